//! Work on a finished backtest: running it once more to compare, and testing how robust it is.

use chrono::{DateTime, Utc};
use exodus_domain::text_enum;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue, ColumnTrait, EntityTrait, QueryFilter, Set};
use serde_json::Value;

use crate::db::{Db, Tx};
use crate::entities::backtest_checks::{ActiveModel, Column, Entity, Model};
use crate::error::{StoreError, records, word};
use crate::jobs::JobStatus;

text_enum! {
    /// What is done with a finished backtest.
    CheckKind {
        /// It is run again from its manifest, and the results are compared.
        Verification = "verification",
        /// It is run under changed conditions, and the results are judged.
        Robustness = "robustness",
    }
}

/// The last check of a kind of a backtest.
#[derive(Clone, Debug, PartialEq)]
pub struct BacktestCheck {
    /// The backtest.
    pub backtest_id: i64,
    /// What is done.
    pub kind: CheckKind,
    /// Where the work stands.
    pub status: JobStatus,
    /// Part of the work that is done, 0 to 1.
    pub progress: f64,
    /// What it came to, in the words of whoever does it; opaque here. `None` until it is done.
    pub outcome: Option<Value>,
    /// Why it failed.
    pub error: Option<String>,
    /// The job that does the work.
    pub job_id: Option<i64>,
    /// When it was asked for.
    pub created_at: DateTime<Utc>,
    /// When the work ended.
    pub finished_at: Option<DateTime<Utc>>,
}

impl TryFrom<Model> for BacktestCheck {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        Ok(Self {
            backtest_id: row.backtest_id,
            kind: word(&row.kind)?,
            status: word(&row.status)?,
            progress: row.progress,
            outcome: row.outcome,
            error: row.error,
            job_id: row.job_id,
            created_at: row.created_at,
            finished_at: row.finished_at,
        })
    }
}

/// Records a check that waits for its job, in place of the last one of its kind.
///
/// # Errors
/// [`StoreError::Conflict`] `running` while the last one is not ended.
pub async fn start_check(tx: &Tx, id: i64, kind: CheckKind, now: DateTime<Utc>) -> Result<(), StoreError> {
    tx.lock_key(&format!("backtest-check:{id}")).await?;
    if find_check(tx, id, kind).await?.is_some_and(|check| check.status.is_live()) {
        return Err(StoreError::Conflict("running"));
    }
    let row = ActiveModel {
        backtest_id: Set(id),
        kind: Set(kind.as_str().to_owned()),
        status: Set(JobStatus::Queued.as_str().to_owned()),
        progress: Set(0.0),
        outcome: Set(None),
        error: Set(None),
        job_id: Set(None),
        created_at: Set(now),
        finished_at: Set(None),
    };
    let key = [Column::BacktestId, Column::Kind];
    let others = [
        Column::Status,
        Column::Progress,
        Column::Outcome,
        Column::Error,
        Column::JobId,
        Column::CreatedAt,
        Column::FinishedAt,
    ];
    let replace = OnConflict::columns(key).update_columns(others).to_owned();
    Entity::insert(row).on_conflict(replace).exec_without_returning(&tx.executor()).await?;
    super::announce_by_id(tx, id, now).await
}

/// Notes which job does the work.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn set_check_job(db: &dyn Db, id: i64, kind: CheckKind, job_id: i64) -> Result<(), StoreError> {
    update(db, id, kind, ActiveModel { job_id: Set(Some(job_id)), ..Default::default() }).await
}

/// A check of a backtest, for work that is not done in a user's name.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn find_check(db: &dyn Db, id: i64, kind: CheckKind) -> Result<Option<BacktestCheck>, StoreError> {
    let row = Entity::find_by_id((id, kind.as_str().to_owned())).one(&db.executor()).await?;
    row.map(BacktestCheck::try_from).transpose()
}

/// The last checks of these backtests.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn checks_of(db: &dyn Db, ids: &[i64]) -> Result<Vec<BacktestCheck>, StoreError> {
    let query = Entity::find().filter(Column::BacktestId.is_in(ids.iter().copied()));
    records(query.all(&db.executor()).await?)
}

/// Notes how far the work has come.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn check_progress(
    db: &dyn Db,
    id: i64,
    kind: CheckKind,
    fraction: f64,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let change = ActiveModel {
        status: Set(JobStatus::Running.as_str().to_owned()),
        progress: Set(fraction.clamp(0.0, 1.0)),
        ..Default::default()
    };
    update(db, id, kind, change).await?;
    super::announce_by_id(db, id, now).await
}

/// Stores what a check came to.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn finish_check_done(
    db: &dyn Db,
    id: i64,
    kind: CheckKind,
    outcome: &Value,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let change = ActiveModel {
        status: Set(JobStatus::Done.as_str().to_owned()),
        progress: Set(1.0),
        outcome: Set(Some(outcome.clone())),
        error: Set(None),
        finished_at: Set(Some(now)),
        ..Default::default()
    };
    update(db, id, kind, change).await?;
    super::announce_by_id(db, id, now).await
}

/// Deletes the checks of a backtest.
///
/// # Errors
/// [`StoreError::Conflict`] `running` while one is not ended.
pub(super) async fn delete(db: &dyn Db, id: i64) -> Result<(), StoreError> {
    if checks_of(db, &[id]).await?.iter().any(|check| check.status.is_live()) {
        return Err(StoreError::Conflict("running"));
    }
    Entity::delete_many().filter(Column::BacktestId.eq(id)).exec(&db.executor()).await?;
    Ok(())
}

async fn update(db: &dyn Db, id: i64, kind: CheckKind, change: ActiveModel) -> Result<(), StoreError> {
    let change = ActiveModel { backtest_id: ActiveValue::NotSet, kind: ActiveValue::NotSet, ..change };
    let query = Entity::update_many().set(change);
    let query = query.filter(Column::BacktestId.eq(id)).filter(Column::Kind.eq(kind.as_str()));
    let done = query.exec(&db.executor()).await?;
    if done.rows_affected == 0 { Err(StoreError::NotFound) } else { Ok(()) }
}
