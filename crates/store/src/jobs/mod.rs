//! Background jobs: backtests, imports, collection, reports. **Orders are never jobs.**
//!
//! The rows of `jobs` are the record, on both databases: what is to be done, how often it was tried, how it ended.
//! A job is added in the transaction that makes it necessary ([`enqueue`]). It is run by a handler that is registered
//! for its kind ([`JobRunner`]), and its row says RUNNING, under a lease that the runner keeps renewing. Three things
//! follow. A job whose process dies is run again when the lease has ended, with the attempt counted. A job that kills
//! every process that takes it ends dead after its attempts. A process that was stopped for long finds its fence
//! number outdated and can neither report progress nor an end.
//!
//! What differs is who brings a job to a runner. On SQLite, with its one process, the runner asks the table. On
//! PostgreSQL graphile_worker brings it: [`enqueue`] adds a delivery in the same transaction, workers are woken by
//! `NOTIFY`, and no two get the same delivery. A delivery only names the row; the row decides, so a delivery that
//! comes twice, late or not at all (it is repeated then) does no harm. Of graphile_worker's own retries nothing is
//! used: its attempts could not be counted together with those of the embedded runner.
//!
//! When a job ends, the import or backtest it works for ends with it, also where no handler was left to say so.

mod context;
mod delivery;
mod enqueue;
mod record;
mod runner;

use std::time::Duration;

use chrono::{DateTime, Utc};
use exodus_domain::text_enum;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde_json::Value;

pub use context::JobContext;
pub(crate) use delivery::{drop_deliveries, prepare_deliveries};
pub use enqueue::{NewJob, enqueue, request_cancel};
pub use runner::{JobRunner, RunnerHandle};

use crate::db::Db;
use crate::entities::jobs::{Column, Entity, Model};
use crate::error::{StoreError, word};
use crate::page::{Page, Paged, page_of};

/// The priority of jobs that have a runner of their own ([`JobRunner::urgent`]): the phases of the trading day.
pub const URGENT: i32 = -100;

text_enum! {
    /// Where a job stands.
    JobStatus {
        /// Waits for its time and a free worker.
        Queued = "queued",
        /// A worker is at it.
        Running = "running",
        /// Ended well.
        Done = "done",
        /// Its handler said that it cannot be done; trying again would not help.
        Failed = "failed",
        /// A person stopped it.
        Cancelled = "cancelled",
        /// Every attempt failed, or was cut short.
        Dead = "dead",
    }
}

impl JobStatus {
    /// True until it has ended.
    pub fn is_live(self) -> bool {
        matches!(self, Self::Queued | Self::Running)
    }
}

/// A kind of job, as a constant beside its handler.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct JobKind {
    /// Its name, such as `backtest`.
    pub name: &'static str,
    /// How often it is tried in all.
    pub max_attempts: u32,
    /// How long one attempt may take.
    pub timeout: Duration,
    /// Pause before the second attempt. It doubles with each further one, and is spread by half up and down, so that
    /// jobs that failed together do not come back together.
    pub backoff: Duration,
}

/// Why a handler did not do its job.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JobError {
    /// It may work next time.
    #[error("{0}")]
    Retry(String),
    /// It will not work next time either.
    #[error("{0}")]
    Failed(String),
    /// [`JobContext::stopped`] said to stop.
    #[error("stopped")]
    Stopped,
    /// A part is done, and what waits may go first: it is queued again at once, as if it had never been tried. How a
    /// long job keeps from holding up short ones.
    #[error("to be continued")]
    Unfinished,
}

impl From<StoreError> for JobError {
    /// What the store could not do now may work next time.
    fn from(error: StoreError) -> Self {
        Self::Retry(error.to_string())
    }
}

/// A job as it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Job {
    /// Number.
    pub id: i64,
    /// Name of its kind.
    pub kind: String,
    /// What its handler is given.
    pub payload: Value,
    /// Where it stands.
    pub status: JobStatus,
    /// Lower ones run first.
    pub priority: i32,
    /// How often it was started.
    pub attempts: i32,
    /// How often it may be started.
    pub max_attempts: i32,
    /// Part of the work that is done, 0 to 1.
    pub progress: f64,
    /// What went wrong last.
    pub error: Option<String>,
    /// No two live jobs have the same.
    pub unique_key: Option<String>,
    /// True if a person asked to stop it.
    pub cancel_requested: bool,
    /// Not before this time.
    pub run_at: DateTime<Utc>,
    /// When it was added.
    pub created_at: DateTime<Utc>,
    /// When the first attempt began.
    pub started_at: Option<DateTime<Utc>>,
    /// When it ended.
    pub finished_at: Option<DateTime<Utc>>,
}

impl TryFrom<Model> for Job {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.id,
            kind: row.kind,
            payload: row.payload,
            status: word(&row.status)?,
            priority: row.priority,
            attempts: row.attempts,
            max_attempts: row.max_attempts,
            progress: row.progress,
            error: row.error,
            unique_key: row.unique_key,
            cancel_requested: row.cancel_requested,
            run_at: row.run_at,
            created_at: row.created_at,
            started_at: row.started_at,
            finished_at: row.finished_at,
        })
    }
}

/// Ends the lease of every running job. Only for a process that knows itself to be the only one, by the lock of its data
/// folder: what a killed predecessor left behind is then taken up at once.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn end_leases(db: &dyn Db) -> Result<(), StoreError> {
    Entity::update_many()
        .col_expr(Column::LeaseExpiresAt, Expr::value(DateTime::<Utc>::UNIX_EPOCH))
        .filter(Column::Status.eq(JobStatus::Running.as_str()))
        .exec(&db.executor())
        .await?;
    Ok(())
}

/// A job by number.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn get(db: &dyn Db, id: i64) -> Result<Option<Job>, StoreError> {
    Entity::find_by_id(id).one(&db.executor()).await?.map(Job::try_from).transpose()
}

/// Jobs, newest first.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn list(db: &dyn Db, status: Option<JobStatus>, page: Page) -> Result<Paged<Job>, StoreError> {
    let mut query = Entity::find().order_by_desc(Column::Id);
    if let Some(status) = status {
        query = query.filter(Column::Status.eq(status.as_str()));
    }
    page_of(db, query, page).await
}
