//! Kill switches. Pulling one needs no condition and no healthy worker; the strictest of all that apply wins.

use chrono::{DateTime, Utc};
use exodus_domain::testing::{Defect, Point, planted, reach};
use exodus_domain::{ArmingEnd, KillScope, KillState, Notice, NotificationKind};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Set};
use serde_json::{Value, json};

use crate::accounts;
use crate::armings;
use crate::audit::{self, Change, NewAudit};
use crate::db::{Db, Store, Tx};
use crate::entities::kill_switches::{ActiveModel, Column, Entity, Model};
use crate::entities::strategies;
use crate::error::{StoreError, records, word};
use crate::notifications::{self, NewNotification};
use crate::outbox;

/// The scope id of the global kill switch.
pub const GLOBAL_ID: i64 = 0;

/// A kill switch as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KillSwitch {
    /// What it covers.
    pub scope: KillScope,
    /// Which user, account or strategy; 0 for the global one.
    pub scope_id: i64,
    /// How far it is pulled.
    pub state: KillState,
    /// Why.
    pub reason: String,
    /// The user who set it; `None` for the program.
    pub set_by: Option<i64>,
    /// Grows by one with each change.
    pub version: i64,
    /// Last change.
    pub updated_at: DateTime<Utc>,
}

impl TryFrom<Model> for KillSwitch {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        Ok(Self {
            scope: word(&row.scope)?,
            scope_id: row.scope_id,
            state: word(&row.state)?,
            reason: row.reason,
            set_by: row.set_by,
            version: row.version,
            updated_at: row.updated_at,
        })
    }
}

/// Pulls or clears ([`KillState::Active`]) a kill switch, with its audit entry and its notice.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn set(
    store: &Store,
    scope: KillScope,
    scope_id: i64,
    state: KillState,
    reason: &str,
    set_by: Option<i64>,
    now: DateTime<Utc>,
) -> Result<KillSwitch, StoreError> {
    let (tx, before) = begin(store, scope, scope_id).await?;
    write(tx, before.as_ref(), (scope, scope_id), state, (reason, set_by), now).await
}

/// The program halts an account for what must not be, and its owner is told in the same transaction.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn halt_account(
    store: &Store,
    account_id: i64,
    reason: &str,
    now: DateTime<Utc>,
) -> Result<KillSwitch, StoreError> {
    let key = (KillScope::Account, account_id);
    let (tx, before) = begin(store, key.0, key.1).await?;
    if let Some(account) = accounts::find(&tx, account_id).await? {
        let new = NewNotification {
            user_id: account.user_id,
            account_id: Some(account_id),
            order_id: None,
            kind: NotificationKind::AccountHalted,
            subject: format!("account:{account_id}"),
            values: json!({ "reason": reason }),
        };
        notifications::raise(&tx, &new, now).await?;
    }
    write(tx, before.as_ref(), key, KillState::Halted, (reason, None), now).await
}

/// Pulls a kill switch. One that is pulled further already stays as it is: loosening takes [`set`].
///
/// # Errors
/// [`StoreError::Database`].
pub async fn pull(
    store: &Store,
    scope: KillScope,
    scope_id: i64,
    state: KillState,
    reason: &str,
    set_by: Option<i64>,
    now: DateTime<Utc>,
) -> Result<KillSwitch, StoreError> {
    let (tx, before) = begin(store, scope, scope_id).await?;
    match before {
        Some(before) if before.state > state => Ok(before),
        before => write(tx, before.as_ref(), (scope, scope_id), state, (reason, set_by), now).await,
    }
}

/// Begins a change: nobody else changes the switch until it ends.
async fn begin(store: &Store, scope: KillScope, scope_id: i64) -> Result<(Tx, Option<KillSwitch>), StoreError> {
    let tx = store.begin().await?;
    tx.lock_key(&format!("kill:{scope}:{scope_id}")).await?;
    let key = (scope.as_str().to_owned(), scope_id);
    let before = Entity::find_by_id(key).one(&tx.executor()).await?.map(KillSwitch::try_from).transpose()?;
    Ok((tx, before))
}

async fn write(
    tx: Tx,
    before: Option<&KillSwitch>,
    (scope, scope_id): (KillScope, i64),
    state: KillState,
    (reason, set_by): (&str, Option<i64>),
    now: DateTime<Utc>,
) -> Result<KillSwitch, StoreError> {
    let version = before.map_or(0, |before| before.version) + 1;
    let kept = if planted(Defect::KillInMemory) { KillState::Active } else { state };
    let row = ActiveModel {
        scope: Set(scope.as_str().to_owned()),
        scope_id: Set(scope_id),
        state: Set(kept.as_str().to_owned()),
        reason: Set(reason.to_owned()),
        set_by: Set(set_by),
        version: Set(version),
        updated_at: Set(now),
    };
    let replace = OnConflict::columns([Column::Scope, Column::ScopeId])
        .update_columns([Column::State, Column::Reason, Column::SetBy, Column::Version, Column::UpdatedAt])
        .to_owned();
    let row = Entity::insert(row).on_conflict(replace).exec_with_returning(&tx.executor()).await?;
    let user_id = touched_user(&tx, scope, scope_id).await?;
    if (scope, state, set_by) == (KillScope::Account, KillState::Halted, None) {
        // The program halts an account for what must not be; a person's halt is none of that.
        armings::end_of_account(&tx, scope_id, ArmingEnd::Breach, now).await?;
    }
    let entry = NewAudit {
        user_id,
        actor: set_by.map_or_else(|| "system".to_owned(), |id| format!("user:{id}")),
        action: "kill_switch.set".to_owned(),
        object: format!("{scope}:{scope_id}"),
        detail: serde_json::json!({ "state": state, "reason": reason, "version": version }),
    };
    let row = KillSwitch::try_from(row)?;
    let change = Change { address: None, before: before.map(facts), after: Some(facts(&row)) };
    audit::append_change(&tx, &entry, &change, now).await?;
    outbox::add(&tx, &Notice::KillSwitchChanged { user_id }, now).await?;
    reach(Point::K24);
    tx.commit().await?;
    Ok(row)
}

/// What an audit entry of a switch is hashed over.
fn facts(switch: &KillSwitch) -> Value {
    let KillSwitch { scope, scope_id, state, reason, set_by, version, .. } = switch;
    json!({ "scope": scope, "scope_id": scope_id, "state": state, "reason": reason, "set_by": set_by, "version": version })
}

/// A kill switch; `None` if it was never pulled.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn find(db: &dyn Db, scope: KillScope, scope_id: i64) -> Result<Option<KillSwitch>, StoreError> {
    let row = Entity::find_by_id((scope.as_str().to_owned(), scope_id)).one(&db.executor()).await?;
    row.map(KillSwitch::try_from).transpose()
}

/// The strictest state in force for an order of this user, account and strategy.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn effective(
    db: &dyn Db,
    user_id: i64,
    account_id: i64,
    strategy_id: Option<i64>,
) -> Result<KillState, StoreError> {
    let mut scopes = Condition::any()
        .add(one(KillScope::Global, GLOBAL_ID))
        .add(one(KillScope::User, user_id))
        .add(one(KillScope::Account, account_id));
    if let Some(strategy_id) = strategy_id {
        scopes = scopes.add(one(KillScope::Strategy, strategy_id));
    }
    let rows = Entity::find().filter(scopes).all(&db.executor()).await?;
    let switches: Vec<KillSwitch> = records(rows)?;
    Ok(switches.iter().map(|switch| switch.state).max().unwrap_or(KillState::Active))
}

/// Every kill switch that touches a user: the global one, the user's own, those of the accounts and strategies.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn touching(db: &dyn Db, user_id: i64) -> Result<Vec<KillSwitch>, StoreError> {
    let strategy_ids: Vec<i64> = strategies::Entity::find()
        .select_only()
        .column(strategies::Column::Id)
        .filter(strategies::Column::UserId.eq(user_id))
        .into_tuple()
        .all(&db.executor())
        .await?;
    let mut scopes = Condition::any()
        .add(one(KillScope::Global, GLOBAL_ID))
        .add(one(KillScope::User, user_id))
        .add(many(KillScope::Strategy, &strategy_ids));
    let accounts = accounts::list_of_user(db, user_id).await?;
    let account_ids: Vec<i64> = accounts.iter().map(|account| account.id).collect();
    scopes = scopes.add(many(KillScope::Account, &account_ids));
    let query = Entity::find().filter(scopes).order_by_asc(Column::Scope).order_by_asc(Column::ScopeId);
    records(query.all(&db.executor()).await?)
}

fn one(scope: KillScope, scope_id: i64) -> Condition {
    Condition::all().add(Column::Scope.eq(scope.as_str())).add(Column::ScopeId.eq(scope_id))
}

fn many(scope: KillScope, scope_ids: &[i64]) -> Condition {
    Condition::all().add(Column::Scope.eq(scope.as_str())).add(Column::ScopeId.is_in(scope_ids.iter().copied()))
}

/// The user whose screens must hear of it; `None` for everybody.
async fn touched_user(tx: &Tx, scope: KillScope, scope_id: i64) -> Result<Option<i64>, StoreError> {
    Ok(match scope {
        KillScope::Global => None,
        KillScope::User => Some(scope_id),
        KillScope::Account => accounts::find(tx, scope_id).await?.map(|account| account.user_id),
        KillScope::Strategy => {
            let row = strategies::Entity::find_by_id(scope_id).one(&tx.executor()).await?;
            row.map(|strategy| strategy.user_id)
        }
    })
}
