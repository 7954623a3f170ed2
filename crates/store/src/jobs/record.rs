//! What happens to the row of a job. Every change by a runner names the fence number under which it took the job, so
//! that a runner that has lost it changes nothing.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use exodus_domain::Notice;
use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::{JobError, JobStatus, delivery};
use crate::db::{Db, Store, Tx};
use crate::entities::jobs::{Column, Entity, Model};
use crate::entities::{backfills, backtest_checks, backtest_results, imports, sweeps};
use crate::error::StoreError;
use crate::outbox;

/// How long after its time a job on PostgreSQL may wait before its delivery is repeated: it may have been lost with
/// the worker that had it.
const DELIVERY_PATIENCE: TimeDelta = TimeDelta::seconds(30);

/// Takes the job that is next among `kinds`.
pub(super) async fn claim_next(
    db: &dyn Db,
    kinds: &[&str],
    worker: &str,
    lease: TimeDelta,
    now: DateTime<Utc>,
) -> Result<Option<Model>, StoreError> {
    let next = Query::select()
        .column(Column::Id)
        .from(Entity)
        .cond_where(ready(kinds).add(Column::RunAt.lte(now)))
        .order_by(Column::Priority, sea_orm::Order::Asc)
        .order_by(Column::RunAt, sea_orm::Order::Asc)
        .order_by(Column::Id, sea_orm::Order::Asc)
        .limit(1)
        .to_owned();
    claim(db, Condition::all().add(Column::Id.in_subquery(next)), worker, lease, now).await
}

/// Takes a job by number, if it waits.
pub(super) async fn claim_delivered(
    db: &dyn Db,
    id: i64,
    kinds: &[&str],
    worker: &str,
    lease: TimeDelta,
    now: DateTime<Utc>,
) -> Result<Option<Model>, StoreError> {
    claim(db, ready(kinds).add(Column::Id.eq(id)), worker, lease, now).await
}

/// Prolongs the lease on a job; `None` if it is lost.
pub(super) async fn renew(
    db: &dyn Db,
    job: &Model,
    lease: TimeDelta,
    now: DateTime<Utc>,
) -> Result<Option<Model>, StoreError> {
    let renewed = Entity::update_many()
        .col_expr(Column::LeaseExpiresAt, Expr::value(now + lease))
        .filter(held(job))
        .exec_with_returning(&db.executor())
        .await?;
    Ok(renewed.into_iter().next())
}

/// True if the runner still holds the job and a person has asked to stop it; `None` if it is lost.
pub(super) async fn is_cancel_requested(db: &dyn Db, job: &Model) -> Result<Option<bool>, StoreError> {
    let row = Entity::find().filter(held(job)).one(&db.executor()).await?;
    Ok(row.map(|row| row.cancel_requested))
}

/// Notes progress; false if the job is lost.
pub(super) async fn progress(db: &dyn Db, job: &Model, fraction: f64) -> Result<bool, StoreError> {
    let done = Entity::update_many()
        .col_expr(Column::Progress, Expr::value(fraction.clamp(0.0, 1.0)))
        .filter(held(job))
        .exec(&db.executor())
        .await?;
    Ok(done.rows_affected > 0)
}

/// Notes how an attempt ended; false if the job was lost before, and nothing was noted.
pub(super) async fn settle(
    store: &Store,
    job: &Model,
    outcome: Result<(), JobError>,
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let tx = store.begin().await?;
    let Some(current) = renew(&tx, job, TimeDelta::zero(), now).await? else { return Ok(false) };
    match outcome {
        Ok(()) => end(&tx, &current, JobStatus::Done, None, now).await?,
        Err(_) if current.cancel_requested => end(&tx, &current, JobStatus::Cancelled, None, now).await?,
        Err(JobError::Unfinished) => requeue(&tx, &current, 0, now, None).await?,
        Err(JobError::Failed(error)) => end(&tx, &current, JobStatus::Failed, Some(error), now).await?,
        Err(error) if current.attempts >= current.max_attempts => {
            end(&tx, &current, JobStatus::Dead, Some(error.to_string()), now).await?;
        }
        Err(error) => {
            let run_at = now + pause(&current);
            requeue(&tx, &current, current.attempts, run_at, Some(error.to_string())).await?;
        }
    }
    tx.commit().await?;
    Ok(true)
}

/// Gives a job back that was interrupted because its process stops. The attempt does not count: it is not the job's
/// fault. One that a person cancelled ends.
pub(super) async fn release(store: &Store, job: &Model, now: DateTime<Utc>) -> Result<(), StoreError> {
    let tx = store.begin().await?;
    match renew(&tx, job, TimeDelta::zero(), now).await? {
        Some(current) if current.cancel_requested => end(&tx, &current, JobStatus::Cancelled, None, now).await?,
        Some(current) => requeue(&tx, &current, current.attempts - 1, now, None).await?,
        None => {}
    }
    tx.commit().await
}

/// Cancels a job that waits; false if it does not wait.
pub(super) async fn cancel_queued(tx: &Tx, id: i64, now: DateTime<Utc>) -> Result<bool, StoreError> {
    let query = Entity::find_by_id(id).filter(Column::Status.eq(JobStatus::Queued.as_str()));
    let Some(row) = query.lock_exclusive().one(&tx.executor()).await? else { return Ok(false) };
    end(tx, &row, JobStatus::Cancelled, None, now).await?;
    Ok(true)
}

/// Takes up what dead processes left behind: jobs whose lease has ended, and deliveries that were lost.
pub(super) async fn sweep(store: &Store, now: DateTime<Utc>) -> Result<(), StoreError> {
    let abandoned =
        Entity::find().filter(Column::Status.eq(JobStatus::Running.as_str())).filter(Column::LeaseExpiresAt.lt(now));
    if abandoned.clone().one(store.connection()).await?.is_some() {
        let tx = store.begin().await?;
        tx.lock_key("jobs:sweep").await?;
        for job in abandoned.all(&tx.executor()).await? {
            let error = Some("the process that ran it died".to_owned());
            if job.cancel_requested {
                end(&tx, &job, JobStatus::Cancelled, None, now).await?;
            } else if job.attempts >= job.max_attempts {
                end(&tx, &job, JobStatus::Dead, error, now).await?;
            } else {
                requeue(&tx, &job, job.attempts, now, error).await?;
            }
        }
        tx.commit().await?;
    }
    Ok(())
}

/// Repeats deliveries that must have been lost.
pub(super) async fn repeat_deliveries(store: &Store, now: DateTime<Utc>) -> Result<(), StoreError> {
    let overdue = Entity::find()
        .filter(Column::Status.eq(JobStatus::Queued.as_str()))
        .filter(Column::RunAt.lt(now - DELIVERY_PATIENCE))
        .order_by_asc(Column::Id);
    let jobs = overdue.all(store.connection()).await?;
    if jobs.is_empty() {
        return Ok(());
    }
    let tx = store.begin().await?;
    for job in jobs {
        delivery::deliver(&tx, job.id, job.priority, None).await?;
    }
    tx.commit().await
}

/// Jobs that wait.
fn ready(kinds: &[&str]) -> Condition {
    Condition::all().add(Column::Status.eq(JobStatus::Queued.as_str())).add(Column::Kind.is_in(kinds.iter().copied()))
}

/// The job while it is held under the fence number with which it was taken.
fn held(job: &Model) -> Condition {
    Condition::all()
        .add(Column::Id.eq(job.id))
        .add(Column::Fence.eq(job.fence))
        .add(Column::Status.eq(JobStatus::Running.as_str()))
}

async fn claim(
    db: &dyn Db,
    which: Condition,
    worker: &str,
    lease: TimeDelta,
    now: DateTime<Utc>,
) -> Result<Option<Model>, StoreError> {
    let started = Expr::col(Column::StartedAt).if_null(Expr::value(now));
    let claimed = Entity::update_many()
        .col_expr(Column::Status, Expr::value(JobStatus::Running.as_str()))
        .col_expr(Column::Attempts, Expr::col(Column::Attempts).add(1))
        .col_expr(Column::Fence, Expr::col(Column::Fence).add(1))
        .col_expr(Column::Worker, Expr::value(worker))
        .col_expr(Column::LeaseExpiresAt, Expr::value(now + lease))
        .col_expr(Column::StartedAt, started)
        .filter(which)
        .exec_with_returning(&db.executor())
        .await?;
    Ok(claimed.into_iter().next())
}

async fn requeue(
    tx: &Tx,
    job: &Model,
    attempts: i32,
    run_at: DateTime<Utc>,
    error: Option<String>,
) -> Result<(), StoreError> {
    Entity::update_many()
        .col_expr(Column::Status, Expr::value(JobStatus::Queued.as_str()))
        .col_expr(Column::Attempts, Expr::value(attempts))
        .col_expr(Column::RunAt, Expr::value(run_at))
        .col_expr(Column::Error, Expr::value(error))
        .filter(held(job))
        .exec(&tx.executor())
        .await?;
    delivery::deliver(tx, job.id, job.priority, Some(run_at)).await?;
    tx.job_added();
    Ok(())
}

/// Ends a job, and what it works for, if that has not ended by itself.
async fn end(
    tx: &Tx,
    job: &Model,
    status: JobStatus,
    error: Option<String>,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    Entity::update_many()
        .col_expr(Column::Status, Expr::value(status.as_str()))
        .col_expr(Column::Error, Expr::value(error.clone()))
        .col_expr(Column::FinishedAt, Expr::value(now))
        .filter(Column::Id.eq(job.id))
        .filter(Column::Fence.eq(job.fence))
        .exec(&tx.executor())
        .await?;
    if status == JobStatus::Done {
        return set_full_progress(tx, job.id).await;
    }
    // For people, an attempt too many is a failure like any other.
    let status = if status == JobStatus::Dead { JobStatus::Failed } else { status };
    end_work(tx, job.id, status, error.as_deref(), now).await
}

/// Ends whatever rows the job works for.
async fn end_work(
    tx: &Tx,
    job_id: i64,
    status: JobStatus,
    error: Option<&str>,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    /// The rows of a table that the job has not ended, now ended.
    macro_rules! ended {
        ($table:ident) => {
            $table::Entity::update_many()
                .col_expr($table::Column::Status, Expr::value(status.as_str()))
                .col_expr($table::Column::Error, Expr::value(error.map(str::to_owned)))
                .col_expr($table::Column::FinishedAt, Expr::value(now))
                .filter($table::Column::JobId.eq(job_id))
                .filter($table::Column::Status.is_in([JobStatus::Queued.as_str(), JobStatus::Running.as_str()]))
                .exec_with_returning(&tx.executor())
                .await?
        };
    }
    for row in ended!(imports) {
        crate::imports::announce(tx, row, now).await?;
    }
    for row in ended!(backtest_results) {
        outbox::add(tx, &Notice::BacktestChanged { user_id: row.user_id, backtest_id: row.id }, now).await?;
    }
    for row in ended!(backtest_checks) {
        crate::backtests::announce_by_id(tx, row.backtest_id, now).await?;
    }
    for row in ended!(sweeps) {
        outbox::add(tx, &Notice::SweepChanged { user_id: row.user_id, sweep_id: row.id }, now).await?;
    }
    for row in ended!(backfills) {
        outbox::add(tx, &Notice::BackfillChanged { user_id: row.user_id, backfill_id: row.id }, now).await?;
    }
    Ok(())
}

async fn set_full_progress(tx: &Tx, id: i64) -> Result<(), StoreError> {
    let full = Entity::update_many().col_expr(Column::Progress, Expr::value(1.0));
    full.filter(Column::Id.eq(id)).exec(&tx.executor()).await?;
    Ok(())
}

/// The pause before the next attempt: doubled with each attempt, at most a day, spread by half up and down. The
/// spread follows from the number of the job, which is chance enough to keep jobs apart.
fn pause(job: &Model) -> TimeDelta {
    let base = Duration::from_millis(job.backoff_ms.unsigned_abs());
    let doublings = u32::try_from(job.attempts - 1).unwrap_or_default().clamp(0, 16);
    let full = base.saturating_mul(1 << doublings).min(Duration::from_secs(86_400));
    let spread = (job.id.unsigned_abs().wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 54) as f64 / 1_024.0;
    TimeDelta::from_std(full.mul_f64(0.5 + spread)).unwrap_or(TimeDelta::days(1))
}
