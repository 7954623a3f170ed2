//! The limits of accounts: what is in force, what waits, and who changed what (safety §3.1). Lowering takes effect at once,
//! raising ten minutes later, so that somebody who found a screen open, or a person in a rage, can be stopped in time.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use exodus_domain::{AccountLimits, ArmingEnd, HardCaps, LimitName, Notice};
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, Set};
use serde_json::{Value, json};

use crate::accounts::{self, Account, AccountBroker};
use crate::audit::{self, Change, NewAudit};
use crate::db::{Db, Store, Tx};
use crate::entities::limit_changes::{ActiveModel, Column, Entity, Model};
use crate::error::{StoreError, records, word};
use crate::page::{Page, Paged, page_of};
use crate::{armings, outbox, settings};

/// How long a raise waits.
pub const RAISE_WAITS: TimeDelta = TimeDelta::minutes(10);

/// The setting that the operator's hard caps are kept in, so that every process goes by the same.
const CAPS: &str = "risk_caps";

/// A change of a limit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LimitChange {
    /// Number.
    pub id: i64,
    /// Account.
    pub account_id: i64,
    /// Which limit.
    pub name: LimitName,
    /// Value in force when it was asked for.
    pub old_value: i64,
    /// Value from `effective_at` on.
    pub new_value: i64,
    /// The user who asked.
    pub changed_by: i64,
    /// When.
    pub changed_at: DateTime<Utc>,
    /// From when on it holds.
    pub effective_at: DateTime<Utc>,
    /// When it was taken back, or overtaken by another change, before it held; `None` if it was not.
    pub withdrawn_at: Option<DateTime<Utc>>,
}

impl TryFrom<Model> for LimitChange {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.id,
            account_id: row.account_id,
            name: word(&row.name)?,
            old_value: row.old_value,
            new_value: row.new_value,
            changed_by: row.changed_by,
            changed_at: row.changed_at,
            effective_at: row.effective_at,
            withdrawn_at: row.withdrawn_at,
        })
    }
}

/// A limit of an account as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LimitStanding {
    /// Which.
    pub name: LimitName,
    /// Value in force, within the operator's hard cap.
    pub value: i64,
    /// Value if nobody had changed it.
    pub default: i64,
    /// The greatest value a person may set.
    pub hard_cap: i64,
    /// The change that made it; `None` for the default.
    pub last: Option<LimitChange>,
    /// A raise that waits.
    pub pending: Option<LimitChange>,
}

/// Notes the operator's hard caps, as every process does when it starts.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn set_caps(db: &dyn Db, caps: &HardCaps, now: DateTime<Utc>) -> Result<(), StoreError> {
    settings::set(db, CAPS, caps, now).await
}

/// The operator's hard caps.
///
/// # Errors
/// [`StoreError::Corrupt`] if they cannot be read.
pub async fn caps(db: &dyn Db) -> Result<HardCaps, StoreError> {
    Ok(settings::get(db, CAPS).await?.unwrap_or_default())
}

/// The limits in force on an account, and the hard caps they were cut to.
///
/// # Errors
/// [`StoreError::Corrupt`] if one cannot be read.
pub async fn in_force(
    db: &dyn Db,
    account: &Account,
    now: DateTime<Utc>,
) -> Result<(AccountLimits, HardCaps), StoreError> {
    let caps = caps(db).await?;
    let standings = standings(account, changes(db, account.id).await?, &caps, now);
    let limits = standings.into_iter().fold(AccountLimits::at_broker(), |limits, one| limits.with(one.name, one.value));
    Ok((limits, caps))
}

/// Every limit of an account as it stands.
///
/// # Errors
/// [`StoreError::Corrupt`] if one cannot be read.
pub async fn list(db: &dyn Db, account: &Account, now: DateTime<Utc>) -> Result<Vec<LimitStanding>, StoreError> {
    Ok(standings(account, changes(db, account.id).await?, &caps(db).await?, now))
}

/// The changes of one limit, newest first.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn history(
    db: &dyn Db,
    account_id: i64,
    name: LimitName,
    page: Page,
) -> Result<Paged<LimitChange>, StoreError> {
    let query = Entity::find().filter(Column::AccountId.eq(account_id)).filter(Column::Name.eq(name.as_str()));
    page_of(db, query.order_by_desc(Column::Id), page).await
}

/// Changes a limit: at once where less passes by it, else after [`RAISE_WAITS`]. What waited before is withdrawn. A raise
/// ends what is armed on the account. A default that is set to what it is is confirmed by that.
///
/// # Errors
/// [`StoreError::NotFound`] if the user has no such account; [`StoreError::Conflict`] `limit_bounds` if the value lies
/// outside the bounds, `limit_raise` if it is a raise that was not confirmed with the password.
pub async fn set(
    store: &Store,
    (user_id, account_id): (i64, i64),
    name: LimitName,
    value: i64,
    may_raise: bool,
    now: DateTime<Utc>,
) -> Result<LimitStanding, StoreError> {
    let tx = store.begin().await?;
    let account = own(&tx, user_id, account_id).await?;
    let caps = caps(&tx).await?;
    if value < name.spec().least || value > caps.of(name) {
        return Err(StoreError::Conflict("limit_bounds"));
    }
    let known = standing(&account, &changes(&tx, account_id).await?, name, &caps, now);
    let is_raise = name.is_raise(known.value, value);
    if is_raise && !may_raise {
        return Err(StoreError::Conflict("limit_raise"));
    }
    withdraw_pending(&tx, account_id, name, now).await?;
    if is_raise {
        armings::end_of_account(&tx, account_id, ArmingEnd::LimitRaised, now).await?;
    }
    if value != known.value || known.last.is_none() {
        let effective_at = if is_raise { now + RAISE_WAITS } else { now };
        let row = ActiveModel {
            account_id: Set(account_id),
            name: Set(name.as_str().to_owned()),
            old_value: Set(known.value),
            new_value: Set(value),
            changed_by: Set(user_id),
            changed_at: Set(now),
            effective_at: Set(effective_at),
            withdrawn_at: Set(None),
            ..Default::default()
        };
        row.insert(&tx.executor()).await?;
        let detail = json!({ "limit": name, "from": known.value, "to": value, "effective_at": effective_at });
        let after = standing(&account, &changes(&tx, account_id).await?, name, &caps, now);
        tell(&tx, &account, "limit.set", detail, (&known, &after), now).await?;
    } else if known.pending.is_some() {
        let after = LimitStanding { pending: None, ..known.clone() };
        tell(&tx, &account, "limit.withdraw", json!({ "limit": name }), (&known, &after), now).await?;
    }
    let standing = standing(&account, &changes(&tx, account_id).await?, name, &caps, now);
    tx.commit().await?;
    Ok(standing)
}

/// Takes back a raise that waits.
///
/// # Errors
/// [`StoreError::NotFound`] if the user has no such account, or nothing waits.
pub async fn withdraw(
    store: &Store,
    (user_id, account_id): (i64, i64),
    name: LimitName,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let tx = store.begin().await?;
    let account = own(&tx, user_id, account_id).await?;
    let known = standing(&account, &changes(&tx, account_id).await?, name, &caps(&tx).await?, now);
    if withdraw_pending(&tx, account_id, name, now).await? == 0 {
        return Err(StoreError::NotFound);
    }
    let after = LimitStanding { pending: None, ..known.clone() };
    tell(&tx, &account, "limit.withdraw", json!({ "limit": name }), (&known, &after), now).await?;
    tx.commit().await
}

async fn own(tx: &Tx, user_id: i64, account_id: i64) -> Result<Account, StoreError> {
    let account = accounts::lock(tx, account_id).await?;
    if account.user_id == user_id { Ok(account) } else { Err(StoreError::NotFound) }
}

async fn withdraw_pending(tx: &Tx, account_id: i64, name: LimitName, now: DateTime<Utc>) -> Result<u64, StoreError> {
    let done = Entity::update_many()
        .col_expr(Column::WithdrawnAt, Expr::value(now))
        .filter(Column::AccountId.eq(account_id))
        .filter(Column::Name.eq(name.as_str()))
        .filter(Column::EffectiveAt.gt(now))
        .filter(Column::WithdrawnAt.is_null())
        .exec(&tx.executor())
        .await?;
    Ok(done.rows_affected)
}

async fn tell(
    tx: &Tx,
    account: &Account,
    action: &str,
    detail: Value,
    (before, after): (&LimitStanding, &LimitStanding),
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let entry = NewAudit {
        user_id: Some(account.user_id),
        actor: format!("user:{}", account.user_id),
        action: action.to_owned(),
        object: format!("account:{}", account.id),
        detail,
    };
    outbox::add(tx, &Notice::AccountChanged { user_id: account.user_id, account_id: account.id }, now).await?;
    let change = Change { address: None, before: Some(facts(before)), after: Some(facts(after)) };
    audit::append_change(tx, &entry, &change, now).await.map(drop)
}

/// What an audit entry of a limit is hashed over.
fn facts(standing: &LimitStanding) -> Value {
    let waits = standing.pending.as_ref().map(|change| (change.new_value, change.effective_at));
    json!({ "limit": standing.name, "value": standing.value, "waits": waits })
}

/// The changes of an account that were not withdrawn, oldest first.
async fn changes(db: &dyn Db, account_id: i64) -> Result<Vec<LimitChange>, StoreError> {
    let query = Entity::find().filter(Column::AccountId.eq(account_id)).filter(Column::WithdrawnAt.is_null());
    records(query.order_by_asc(Column::Id).all(&db.executor()).await?)
}

fn standings(account: &Account, changes: Vec<LimitChange>, caps: &HardCaps, now: DateTime<Utc>) -> Vec<LimitStanding> {
    let mut of_name: BTreeMap<LimitName, Vec<LimitChange>> = BTreeMap::new();
    for change in changes {
        of_name.entry(change.name).or_default().push(change);
    }
    let none = Vec::new();
    let one = |name: &LimitName| standing(account, of_name.get(name).unwrap_or(&none), *name, caps, now);
    LimitName::ALL.iter().map(one).collect()
}

fn standing(
    account: &Account,
    changes: &[LimitChange],
    name: LimitName,
    caps: &HardCaps,
    now: DateTime<Utc>,
) -> LimitStanding {
    let spec = name.spec();
    let default = match account.broker {
        AccountBroker::Demo => spec.on_demo,
        AccountBroker::Kis => spec.at_broker,
    };
    let default = caps.cut(name, default);
    let (held, waiting): (Vec<_>, Vec<_>) =
        changes.iter().filter(|change| change.name == name).cloned().partition(|change| change.effective_at <= now);
    let last = held.last().cloned();
    let value = last.as_ref().map_or(default, |change| caps.cut(name, change.new_value));
    LimitStanding { name, value, default, hard_cap: caps.of(name), last, pending: waiting.last().cloned() }
}
