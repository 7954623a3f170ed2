//! Leases: who may act for something right now. The epoch grows with every change of hands and never falls, so that
//! what an old holder still tries can be told apart.

use chrono::{DateTime, TimeDelta, Utc};
use exodus_domain::testing::{Point, reach};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, Set};

use crate::db::Db;
use crate::entities::leases::{ActiveModel, Column, Entity, Model};
use crate::error::{StoreError, is_unique_violation};

/// How long a lease holds without being renewed (safety §2.3); renew it every third of that.
pub const TTL: TimeDelta = TimeDelta::seconds(15);

/// How long after expiry a new holder waits, for clocks that differ.
const TAKE_OVER_MARGIN: TimeDelta = TimeDelta::seconds(2);

/// A lease that is held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lease {
    /// What it is for, such as `account:1`.
    pub name: String,
    /// Who holds it: unique for each start of each process.
    pub holder: String,
    /// Number of changes of hands.
    pub epoch: i64,
    /// When it ends without renewal.
    pub expires_at: DateTime<Utc>,
}

impl From<Model> for Lease {
    fn from(row: Model) -> Self {
        Self { name: row.name, holder: row.holder, epoch: row.epoch, expires_at: row.expires_at }
    }
}

/// Takes a lease that nobody holds, or whose holder has been silent for too long; `None` if somebody has it.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn acquire(db: &dyn Db, name: &str, holder: &str, now: DateTime<Utc>) -> Result<Option<Lease>, StoreError> {
    let taken = Entity::update_many()
        .col_expr(Column::Holder, Expr::value(holder))
        .col_expr(Column::Epoch, Expr::col(Column::Epoch).add(1))
        .col_expr(Column::ExpiresAt, Expr::value(now + TTL))
        .filter(Column::Name.eq(name))
        .filter(Column::ExpiresAt.lt(now - TAKE_OVER_MARGIN))
        .exec_with_returning(&db.executor())
        .await?;
    if let Some(row) = taken.into_iter().next() {
        reach(Point::K23);
        return Ok(Some(row.into()));
    }
    if Entity::find_by_id(name.to_owned()).one(&db.executor()).await?.is_some() {
        return Ok(None);
    }
    let first = ActiveModel {
        name: Set(name.to_owned()),
        holder: Set(holder.to_owned()),
        epoch: Set(1),
        expires_at: Set(now + TTL),
    };
    match Entity::insert(first).exec_with_returning(&db.executor()).await {
        Ok(row) => Ok(Some(row.into())),
        Err(error) if is_unique_violation(&error) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Prolongs a lease; `None` if it was lost, and everything done under it must stop.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn renew(db: &dyn Db, lease: &Lease, now: DateTime<Utc>) -> Result<Option<Lease>, StoreError> {
    let renewed = Entity::update_many()
        .col_expr(Column::ExpiresAt, Expr::value(now + TTL))
        .filter(Column::Name.eq(lease.name.as_str()))
        .filter(Column::Holder.eq(lease.holder.as_str()))
        .filter(Column::Epoch.eq(lease.epoch))
        .filter(Column::ExpiresAt.gt(now))
        .exec_with_returning(&db.executor())
        .await?;
    Ok(renewed.into_iter().next().map(Lease::from))
}

/// Gives a lease back, so that the next holder need not wait. A lost lease is left alone.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn release(db: &dyn Db, lease: &Lease) -> Result<(), StoreError> {
    Entity::update_many()
        .col_expr(Column::ExpiresAt, Expr::value(DateTime::<Utc>::UNIX_EPOCH))
        .filter(Column::Name.eq(lease.name.as_str()))
        .filter(Column::Epoch.eq(lease.epoch))
        .exec(&db.executor())
        .await?;
    Ok(())
}

/// Ends every lease, whoever holds it. Only for a process that knows itself to be the only one, by the lock of its
/// data folder: what the leases of a killed predecessor guarded can then go on at once.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn end_all(db: &dyn Db) -> Result<(), StoreError> {
    Entity::update_many()
        .col_expr(Column::ExpiresAt, Expr::value(DateTime::<Utc>::UNIX_EPOCH))
        .exec(&db.executor())
        .await?;
    Ok(())
}

/// Who holds a lease; `None` if nobody does.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn holder(db: &dyn Db, name: &str, now: DateTime<Utc>) -> Result<Option<String>, StoreError> {
    let row = Entity::find_by_id(name.to_owned()).one(&db.executor()).await?;
    Ok(row.filter(|row| row.expires_at > now).map(|row| row.holder))
}

/// True while the lease is held in this epoch.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn is_current(db: &dyn Db, lease: &Lease, now: DateTime<Utc>) -> Result<bool, StoreError> {
    let row = Entity::find_by_id(lease.name.clone()).one(&db.executor()).await?;
    Ok(row.is_some_and(|row| row.epoch == lease.epoch && row.holder == lease.holder && row.expires_at > now))
}
