//! The token of each app key at a broker, shared by all processes. The value is sealed; the store compares generations.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, Set};

use crate::db::Db;
use crate::entities::broker_tokens::{ActiveModel, Column, Entity, Model};
use crate::error::StoreError;

/// The stored token of an app key.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct SealedToken {
    /// Grows by one with each renewal; 0 before the first.
    pub generation: i64,
    /// The token, sealed; `None` before the first.
    pub sealed: Option<Vec<u8>>,
}

/// The outcome of [`claim`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenClaim {
    /// The caller alone may ask the broker for a token.
    Granted,
    /// Somebody may ask, or the broker wants to be left alone, until then.
    Held {
        /// When it may be claimed again.
        until: DateTime<Utc>,
    },
    /// There is a newer token: load it.
    Superseded,
}

/// The token of an app key.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn load(db: &dyn Db, fingerprint: &str) -> Result<SealedToken, StoreError> {
    let row = row(db, fingerprint).await?;
    Ok(row.map(|row| SealedToken { generation: row.generation, sealed: row.sealed }).unwrap_or_default())
}

/// Claims the renewal of the token of `generation` until `until`: granted to one caller, if no claim reaches beyond `now`.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn claim(
    db: &dyn Db,
    fingerprint: &str,
    generation: i64,
    now: DateTime<Utc>,
    until: DateTime<Utc>,
) -> Result<TokenClaim, StoreError> {
    make_row(db, fingerprint).await?;
    let is_free = Condition::any().add(Column::ClaimedUntil.is_null()).add(Column::ClaimedUntil.lte(now));
    let claimed = Entity::update_many()
        .col_expr(Column::ClaimedUntil, Expr::value(until))
        .filter(Column::AppKeyFingerprint.eq(fingerprint))
        .filter(Column::Generation.eq(generation))
        .filter(is_free)
        .exec(&db.executor())
        .await?;
    if claimed.rows_affected == 1 {
        return Ok(TokenClaim::Granted);
    }
    match row(db, fingerprint).await? {
        Some(Model { generation: newer, .. }) if newer != generation => Ok(TokenClaim::Superseded),
        Some(Model { claimed_until: Some(until), .. }) => Ok(TokenClaim::Held { until }),
        _ => Err(StoreError::NotFound),
    }
}

/// Stores the successor of the token of `generation`. False if there is another successor already.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn put(db: &dyn Db, fingerprint: &str, generation: i64, sealed: &[u8]) -> Result<bool, StoreError> {
    make_row(db, fingerprint).await?;
    let done = Entity::update_many()
        .col_expr(Column::Generation, Expr::value(generation + 1))
        .col_expr(Column::Sealed, Expr::value(sealed.to_vec()))
        .filter(Column::AppKeyFingerprint.eq(fingerprint))
        .filter(Column::Generation.eq(generation))
        .exec(&db.executor())
        .await?;
    Ok(done.rows_affected == 1)
}

/// Lets the claim that lasts until `claimed_until` end at `until` instead, if it is the newest still.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn settle(
    db: &dyn Db,
    fingerprint: &str,
    claimed_until: DateTime<Utc>,
    until: DateTime<Utc>,
) -> Result<(), StoreError> {
    Entity::update_many()
        .col_expr(Column::ClaimedUntil, Expr::value(until))
        .filter(Column::AppKeyFingerprint.eq(fingerprint))
        .filter(Column::ClaimedUntil.eq(claimed_until))
        .exec(&db.executor())
        .await?;
    Ok(())
}

/// Lets nobody claim before `until`.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn postpone(db: &dyn Db, fingerprint: &str, until: DateTime<Utc>) -> Result<(), StoreError> {
    make_row(db, fingerprint).await?;
    Entity::update_many()
        .col_expr(Column::ClaimedUntil, Expr::value(until))
        .filter(Column::AppKeyFingerprint.eq(fingerprint))
        .filter(Condition::any().add(Column::ClaimedUntil.is_null()).add(Column::ClaimedUntil.lt(until)))
        .exec(&db.executor())
        .await?;
    Ok(())
}

async fn row(db: &dyn Db, fingerprint: &str) -> Result<Option<Model>, StoreError> {
    Ok(Entity::find_by_id(fingerprint.to_owned()).one(&db.executor()).await?)
}

async fn make_row(db: &dyn Db, fingerprint: &str) -> Result<(), StoreError> {
    let first = ActiveModel {
        app_key_fingerprint: Set(fingerprint.to_owned()),
        generation: Set(0),
        sealed: Set(None),
        claimed_until: Set(None),
    };
    let keep = OnConflict::column(Column::AppKeyFingerprint).do_nothing().to_owned();
    Entity::insert(first).on_conflict(keep).exec_without_returning(&db.executor()).await?;
    Ok(())
}
