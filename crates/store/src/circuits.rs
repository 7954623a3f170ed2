//! The circuits to brokers, one for each account, so that a restart does not close what was open (safety §3.3).

use chrono::{DateTime, Utc};
use exodus_domain::{ArmingEnd, Circuit, CircuitChange, CircuitEvent, CircuitRecord, Notice, NotificationKind};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, Set};
use serde_json::json;

use crate::accounts;
use crate::armings;
use crate::audit::{self, Change, NewAudit};
use crate::db::{Db, Store, Tx};
use crate::entities::broker_circuits::{ActiveModel, Column, Entity};
use crate::error::{StoreError, is_unique_violation, json as read, to_json};
use crate::notifications::{self, NewNotification};
use crate::outbox;

/// A circuit as it is stored.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StoredCircuit {
    /// Where it stands.
    pub record: CircuitRecord,
    /// Grows by one with each change; zero before the first.
    pub version: i64,
}

/// The circuit of an account; closed if nothing was ever stored of it.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn get(db: &dyn Db, account_id: i64) -> Result<StoredCircuit, StoreError> {
    let row = Entity::find_by_id(account_id).one(&db.executor()).await?;
    Ok(match row {
        Some(row) => StoredCircuit { record: read(row.record)?, version: row.version },
        None => StoredCircuit::default(),
    })
}

/// Stores a circuit over the version it was read in; with a `change`, its audit entry and the notification with it.
/// Answers the new version, or `None` if somebody else was faster: read it again and decide anew.
///
/// # Errors
/// [`StoreError::NotFound`] if there is no such account.
pub async fn save(
    store: &Store,
    account_id: i64,
    known: i64,
    record: &CircuitRecord,
    change: Option<(CircuitChange, &str)>,
    now: DateTime<Utc>,
) -> Result<Option<i64>, StoreError> {
    let tx = store.begin().await?;
    if !replace(&tx, account_id, known, record, now).await? {
        return Ok(None);
    }
    if let Some((change, actor)) = change {
        announce(&tx, account_id, record, change, actor, now).await?;
    }
    tx.commit().await?;
    Ok(Some(known + 1))
}

/// Tells the stored circuit of an account something, from outside of its session.
///
/// # Errors
/// [`StoreError::NotFound`] if there is no such account.
pub async fn tell(
    store: &Store,
    account_id: i64,
    event: &CircuitEvent,
    actor: &str,
    now: DateTime<Utc>,
) -> Result<Option<CircuitChange>, StoreError> {
    loop {
        let stored = get(store, account_id).await?;
        let mut circuit = Circuit::from_record(stored.record.clone());
        let change = circuit.hear(event, now);
        if *circuit.record() == stored.record {
            return Ok(change);
        }
        let change_by = change.map(|change| (change, actor));
        if save(store, account_id, stored.version, circuit.record(), change_by, now).await?.is_some() {
            return Ok(change);
        }
    }
}

async fn replace(
    tx: &Tx,
    account_id: i64,
    known: i64,
    record: &CircuitRecord,
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    if known > 0 {
        let changed = Entity::update_many()
            .col_expr(Column::Record, Expr::value(to_json(record)))
            .col_expr(Column::Version, Expr::col(Column::Version).add(1))
            .col_expr(Column::UpdatedAt, Expr::value(now))
            .filter(Column::AccountId.eq(account_id))
            .filter(Column::Version.eq(known))
            .exec(&tx.executor())
            .await?;
        return Ok(changed.rows_affected == 1);
    }
    let row = ActiveModel {
        account_id: Set(account_id),
        record: Set(to_json(record)),
        version: Set(1),
        updated_at: Set(now),
    };
    match Entity::insert(row).exec_without_returning(&tx.executor()).await {
        Ok(_) => Ok(true),
        Err(error) if is_unique_violation(&error) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

async fn announce(
    tx: &Tx,
    account_id: i64,
    record: &CircuitRecord,
    change: CircuitChange,
    actor: &str,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let user_id = accounts::find(tx, account_id).await?.ok_or(StoreError::NotFound)?.user_id;
    let action = match change {
        CircuitChange::Opened => "circuit.open",
        CircuitChange::OpenedAgain => "circuit.stay_open",
        CircuitChange::Released => "circuit.release",
        CircuitChange::Closed => "circuit.close",
    };
    let kind = match change {
        CircuitChange::Opened | CircuitChange::OpenedAgain => Some(NotificationKind::CircuitOpened),
        CircuitChange::Closed => Some(NotificationKind::CircuitClosed),
        CircuitChange::Released => None,
    };
    let opening = record.opening.as_ref();
    let values = json!({
        "cause": opening.map(|opening| opening.cause),
        "detail": opening.map(|opening| &opening.detail),
        "needs_person": opening.is_some_and(|opening| opening.needs_person),
        "tries_again_at": opening.map(|opening| opening.half_open_at),
    });
    if let Some(kind) = kind {
        let subject = format!("account:{account_id}");
        let (account_id, values) = (Some(account_id), values.clone());
        let new = NewNotification { user_id, account_id, order_id: None, kind, subject, values };
        notifications::raise(tx, &new, now).await?;
    }
    if kind == Some(NotificationKind::CircuitOpened) && opening.is_some_and(|opening| opening.needs_person) {
        armings::end_of_account(tx, account_id, ArmingEnd::Breach, now).await?;
    }
    outbox::add(tx, &Notice::AccountChanged { user_id, account_id }, now).await?;
    let entry = NewAudit {
        user_id: Some(user_id),
        actor: actor.to_owned(),
        action: action.to_owned(),
        object: format!("account:{account_id}"),
        detail: values,
    };
    let change = Change { address: None, before: None, after: Some(to_json(record)) };
    audit::append_change(tx, &entry, &change, now).await.map(drop)
}
