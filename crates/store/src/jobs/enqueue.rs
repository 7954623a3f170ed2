//! Adding jobs, and stopping them.

use std::time::Duration;

use chrono::{DateTime, Utc};
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, QueryFilter, Set};
use serde_json::Value;

use super::{JobKind, JobStatus, delivery, record};
use crate::db::{Store, Tx};
use crate::entities::jobs::{ActiveModel, Column, Entity};
use crate::error::{StoreError, word};

/// A job to be added.
#[derive(Clone, Debug, Default)]
pub struct NewJob {
    /// What its handler is given.
    pub payload: Value,
    /// While a job with this key is live, no second one is added.
    pub unique_key: Option<String>,
    /// Lower ones run first.
    pub priority: i32,
    /// Not before this time; at once if there is none.
    pub run_at: Option<DateTime<Utc>>,
}

/// Adds a job in the caller's transaction: it exists if and only if that commits. Answers its number, and true if it
/// is new, false if a live job with the same unique key was found instead.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn enqueue(tx: &Tx, kind: &JobKind, new: &NewJob, now: DateTime<Utc>) -> Result<(i64, bool), StoreError> {
    if let Some(key) = &new.unique_key {
        tx.lock_key(&format!("job:{key}")).await?;
        let live = Entity::find()
            .filter(Column::UniqueKey.eq(key.as_str()))
            .filter(Column::Status.is_in([JobStatus::Queued.as_str(), JobStatus::Running.as_str()]));
        if let Some(row) = live.one(&tx.executor()).await? {
            return Ok((row.id, false));
        }
    }
    let row = ActiveModel {
        kind: Set(kind.name.to_owned()),
        payload: Set(new.payload.clone()),
        status: Set(JobStatus::Queued.as_str().to_owned()),
        priority: Set(new.priority),
        attempts: Set(0),
        max_attempts: Set(i32::try_from(kind.max_attempts).unwrap_or(i32::MAX)),
        timeout_ms: Set(millis(kind.timeout)),
        backoff_ms: Set(millis(kind.backoff)),
        progress: Set(0.0),
        error: Set(None),
        unique_key: Set(new.unique_key.clone()),
        cancel_requested: Set(false),
        run_at: Set(new.run_at.unwrap_or(now)),
        worker: Set(None),
        fence: Set(0),
        lease_expires_at: Set(None),
        created_at: Set(now),
        started_at: Set(None),
        finished_at: Set(None),
        ..Default::default()
    };
    let row = row.insert(&tx.executor()).await?;
    delivery::deliver(tx, row.id, row.priority, new.run_at).await?;
    tx.job_added();
    Ok((row.id, true))
}

/// Asks to stop a job: one that waits is cancelled at once, one that runs is told, and stops when its handler does.
/// Answers where it stands now; `None` if there is no such job.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn request_cancel(store: &Store, id: i64, now: DateTime<Utc>) -> Result<Option<JobStatus>, StoreError> {
    let tx = store.begin().await?;
    if record::cancel_queued(&tx, id, now).await? {
        tx.commit().await?;
        return Ok(Some(JobStatus::Cancelled));
    }
    Entity::update_many()
        .col_expr(Column::CancelRequested, Expr::value(true))
        .filter(Column::Id.eq(id))
        .filter(Column::Status.eq(JobStatus::Running.as_str()))
        .exec(&tx.executor())
        .await?;
    let row = Entity::find_by_id(id).one(&tx.executor()).await?;
    tx.commit().await?;
    row.map(|row| word(&row.status)).transpose()
}

fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}
