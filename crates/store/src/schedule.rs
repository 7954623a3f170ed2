//! Ticks of schedules: each is taken by one process, however many see it.

use chrono::{DateTime, Utc};
use sea_orm::{EntityTrait, Set};

use crate::db::Db;
use crate::entities::job_runs::{ActiveModel, Entity};
use crate::error::{StoreError, is_unique_violation};

/// Takes a tick: true for exactly one caller, for good. In PostgreSQL a refused tick ends the caller's transaction,
/// so pass the store, or make it the last statement.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn claim_tick(db: &dyn Db, job: &str, tick: DateTime<Utc>, now: DateTime<Utc>) -> Result<bool, StoreError> {
    take(db, job, tick, None, now).await
}

/// Takes a tick that nothing is done for, with the reason; else as [`claim_tick`].
///
/// # Errors
/// [`StoreError::Database`].
pub async fn drop_tick(
    db: &dyn Db,
    job: &str,
    tick: DateTime<Utc>,
    reason: &str,
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    take(db, job, tick, Some(reason.to_owned()), now).await
}

async fn take(
    db: &dyn Db,
    job: &str,
    tick: DateTime<Utc>,
    dropped: Option<String>,
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let row = ActiveModel { job: Set(job.to_owned()), tick: Set(tick), claimed_at: Set(now), dropped: Set(dropped) };
    match Entity::insert(row).exec_without_returning(&db.executor()).await {
        Ok(_) => Ok(true),
        Err(error) if is_unique_violation(&error) => Ok(false),
        Err(error) => Err(error.into()),
    }
}
