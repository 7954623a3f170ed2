//! Starting a strategy, stopping it, putting it away, deleting it.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::ExprTrait;
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, Set};
use serde_json::{Value, json};

use super::versions::{self, StrategyVersion};
use super::{Strategy, StrategyFields, announce, lock, record};
use crate::db::{Db, Store};
use crate::entities::strategies::{ActiveModel, Column, Entity};
use crate::entities::strategy_versions;
use crate::error::{StoreError, records};
use crate::{accounts, armings};

/// A strategy that trades.
#[derive(Clone, Debug, PartialEq)]
pub struct ActiveStrategy {
    /// Number of the strategy.
    pub id: i64,
    /// Number of the version that trades.
    pub version: i32,
    /// What that version does; the newest one may do something else.
    pub fields: StrategyFields,
}

/// What the strategies do that trade on an account, oldest first.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn active_of_account(db: &dyn Db, account_id: i64) -> Result<Vec<ActiveStrategy>, StoreError> {
    let query = strategy_versions::Entity::find()
        .inner_join(Entity)
        .filter(Column::AccountId.eq(account_id))
        .filter(Column::ActiveVersion.into_expr().eq(strategy_versions::Column::Number.into_expr()))
        .order_by_asc(strategy_versions::Column::StrategyId);
    let versions: Vec<StrategyVersion> = records(query.all(&db.executor()).await?)?;
    let active = |version: StrategyVersion| ActiveStrategy {
        id: version.strategy_id,
        version: version.number,
        fields: version.fields,
    };
    Ok(versions.into_iter().map(active).collect())
}

/// How many strategies are active on this installation.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn count_active(db: &dyn Db) -> Result<u64, StoreError> {
    Ok(Entity::find().filter(Column::IsActive.eq(true)).count(&db.executor()).await?)
}

/// Lets a version trade on the account that its owner has selected, see [`activate_on`].
///
/// # Errors
/// As [`activate_on`].
pub async fn activate(
    store: &Store,
    user_id: i64,
    id: i64,
    version: i32,
    now: DateTime<Utc>,
) -> Result<Strategy, StoreError> {
    let account = accounts::of_user(store, user_id).await?.ok_or(StoreError::NotFound)?;
    activate_on(store, user_id, id, version, account.id, now).await
}

/// Lets a version trade on an account, in place of another one that may trade there now, and wakes the worker. Doing it
/// twice changes nothing the second time.
///
/// # Errors
/// [`StoreError::NotFound`], also if there is no such version or account; [`StoreError::Conflict`] `strategy_archived`, or
/// `strategy_active_elsewhere` while it trades on another account.
pub async fn activate_on(
    store: &Store,
    user_id: i64,
    id: i64,
    version: i32,
    account_id: i64,
    now: DateTime<Utc>,
) -> Result<Strategy, StoreError> {
    let tx = store.begin().await?;
    let stored = lock(&tx, user_id, id).await?;
    if stored.archived_at.is_some() {
        return Err(StoreError::Conflict("strategy_archived"));
    }
    if stored.account_id.is_some_and(|other| other != account_id) {
        return Err(StoreError::Conflict("strategy_active_elsewhere"));
    }
    if stored.active_version == Some(version) {
        return Ok(stored);
    }
    accounts::get(&tx, user_id, account_id).await?.ok_or(StoreError::NotFound)?;
    versions::version(&tx, user_id, id, version).await?.ok_or(StoreError::NotFound)?;
    armings::end_of_strategy(&tx, id, now).await?;
    let change = ActiveModel {
        is_active: Set(true),
        active_version: Set(Some(version)),
        account_id: Set(Some(account_id)),
        ..changed(id, now)
    };
    let active = Strategy::try_from(change.update(&tx.executor()).await?)?;
    let detail = json!({ "version": version, "replaced": stored.active_version, "account": account_id });
    record(&tx, (&stored, &active), "activate", detail, now).await?;
    announce(&tx, &active, now).await?;
    tx.commit().await?;
    Ok(active)
}

/// Stops a strategy, and wakes the worker. Doing it twice changes nothing the second time.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn deactivate(store: &Store, user_id: i64, id: i64, now: DateTime<Utc>) -> Result<Strategy, StoreError> {
    let tx = store.begin().await?;
    let stored = lock(&tx, user_id, id).await?;
    if stored.active_version.is_none() {
        return Ok(stored);
    }
    armings::end_of_strategy(&tx, id, now).await?;
    let change =
        ActiveModel { is_active: Set(false), active_version: Set(None), account_id: Set(None), ..changed(id, now) };
    let stopped = Strategy::try_from(change.update(&tx.executor()).await?)?;
    record(&tx, (&stored, &stopped), "deactivate", json!({ "version": stored.active_version }), now).await?;
    announce(&tx, &stored, now).await?;
    tx.commit().await?;
    Ok(stopped)
}

/// Puts a strategy away: it stays with all its versions, and is not listed with the others. Doing it twice changes nothing
/// the second time.
///
/// # Errors
/// [`StoreError::NotFound`]; [`StoreError::Conflict`] `strategy_active` while it trades.
pub async fn archive(store: &Store, user_id: i64, id: i64, now: DateTime<Utc>) -> Result<Strategy, StoreError> {
    put_away(store, user_id, id, true, now).await
}

/// Takes a strategy back that was put away. Doing it twice changes nothing the second time.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn unarchive(store: &Store, user_id: i64, id: i64, now: DateTime<Utc>) -> Result<Strategy, StoreError> {
    put_away(store, user_id, id, false, now).await
}

async fn put_away(
    store: &Store,
    user_id: i64,
    id: i64,
    away: bool,
    now: DateTime<Utc>,
) -> Result<Strategy, StoreError> {
    let tx = store.begin().await?;
    let stored = lock(&tx, user_id, id).await?;
    if stored.archived_at.is_some() == away {
        return Ok(stored);
    }
    require_rest(&stored)?;
    let change = ActiveModel { archived_at: Set(away.then_some(now)), ..changed(id, now) };
    let moved = Strategy::try_from(change.update(&tx.executor()).await?)?;
    record(&tx, (&stored, &moved), if away { "archive" } else { "unarchive" }, Value::Null, now).await?;
    announce(&tx, &stored, now).await?;
    tx.commit().await?;
    Ok(moved)
}

/// Deletes a strategy. Its signals and orders name it, so the row is only hidden.
///
/// # Errors
/// [`StoreError::NotFound`]; [`StoreError::Conflict`] `strategy_active` while it trades.
pub async fn delete(store: &Store, user_id: i64, id: i64, now: DateTime<Utc>) -> Result<(), StoreError> {
    let tx = store.begin().await?;
    let stored = lock(&tx, user_id, id).await?;
    require_rest(&stored)?;
    let change = ActiveModel { deleted_at: Set(Some(now)), ..changed(id, now) };
    change.update(&tx.executor()).await?;
    announce(&tx, &stored, now).await?;
    tx.commit().await
}

fn require_rest(stored: &Strategy) -> Result<(), StoreError> {
    if stored.active_version.is_some() { Err(StoreError::Conflict("strategy_active")) } else { Ok(()) }
}

fn changed(id: i64, now: DateTime<Utc>) -> ActiveModel {
    ActiveModel { id: Set(id), updated_at: Set(now), ..Default::default() }
}
