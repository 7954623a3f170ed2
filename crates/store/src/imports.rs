//! The record of each import, from the upload to its end. The work itself is done by [`crate::import`].

use chrono::{DateTime, Utc};
use exodus_domain::{Interval, Notice};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, Set};

use crate::db::Db;
use crate::entities::imports::{ActiveModel, Column, Entity, Model};
use crate::error::{StoreError, word};
use crate::import::{ImportProgress, ImportReport};
use crate::jobs::JobStatus;
use crate::outbox;
use crate::page::{Page, Paged, page_of};

/// An import.
#[derive(Clone, Debug, PartialEq)]
pub struct Import {
    /// Number.
    pub id: i64,
    /// Who brought the file.
    pub user_id: i64,
    /// Its name as the user knows it.
    pub file_name: String,
    /// Length of its bars.
    pub interval: Interval,
    /// True if its prices are adjusted.
    pub adjusted: bool,
    /// Where the work stands.
    pub status: JobStatus,
    /// Part of the file that is read, 0 to 1.
    pub progress: f64,
    /// Rows read.
    pub rows_read: i64,
    /// Bars that were new.
    pub rows_added: i64,
    /// Bars that were there already.
    pub rows_unchanged: i64,
    /// Issues in the file.
    pub symbols: i64,
    /// Why it failed.
    pub error: Option<String>,
    /// The job that does the work.
    pub job_id: Option<i64>,
    /// When the file was brought.
    pub created_at: DateTime<Utc>,
    /// When the work ended.
    pub finished_at: Option<DateTime<Utc>>,
}

impl TryFrom<Model> for Import {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.id,
            user_id: row.user_id,
            file_name: row.file_name,
            interval: word(&row.interval)?,
            adjusted: row.adjusted,
            status: word(&row.status)?,
            progress: row.progress,
            rows_read: row.rows_read,
            rows_added: row.rows_added,
            rows_unchanged: row.rows_unchanged,
            symbols: row.symbols,
            error: row.error,
            job_id: row.job_id,
            created_at: row.created_at,
            finished_at: row.finished_at,
        })
    }
}

/// An import to be recorded.
#[derive(Clone, Debug)]
pub struct NewImport {
    /// Who brings the file.
    pub user_id: i64,
    /// Its name as the user knows it.
    pub file_name: String,
    /// Length of its bars.
    pub interval: Interval,
    /// True if its prices are adjusted.
    pub adjusted: bool,
}

/// Records an import that waits for its job.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn create(db: &dyn Db, new: &NewImport, now: DateTime<Utc>) -> Result<Import, StoreError> {
    let row = ActiveModel {
        user_id: Set(new.user_id),
        file_name: Set(new.file_name.clone()),
        interval: Set(new.interval.as_str().to_owned()),
        adjusted: Set(new.adjusted),
        status: Set(JobStatus::Queued.as_str().to_owned()),
        progress: Set(0.0),
        rows_read: Set(0),
        rows_added: Set(0),
        rows_unchanged: Set(0),
        symbols: Set(0),
        error: Set(None),
        job_id: Set(None),
        created_at: Set(now),
        finished_at: Set(None),
        ..Default::default()
    };
    let row = row.insert(&db.executor()).await?;
    announce(db, row, now).await
}

/// Notes which job does the work.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn set_job(db: &dyn Db, id: i64, job_id: i64) -> Result<(), StoreError> {
    update(db, id, ActiveModel { job_id: Set(Some(job_id)), ..Default::default() }).await?;
    Ok(())
}

/// One of a user's imports.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn get(db: &dyn Db, user_id: i64, id: i64) -> Result<Option<Import>, StoreError> {
    let query = Entity::find_by_id(id).filter(Column::UserId.eq(user_id));
    query.one(&db.executor()).await?.map(Import::try_from).transpose()
}

/// An import by number, for work that is not done in a user's name.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn find(db: &dyn Db, id: i64) -> Result<Option<Import>, StoreError> {
    Entity::find_by_id(id).one(&db.executor()).await?.map(Import::try_from).transpose()
}

/// A user's imports, newest first.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn list(db: &dyn Db, user_id: i64, page: Page) -> Result<Paged<Import>, StoreError> {
    page_of(db, Entity::find().filter(Column::UserId.eq(user_id)).order_by_desc(Column::Id), page).await
}

/// Notes how far the work has come.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn progress(
    db: &dyn Db,
    id: i64,
    progress: ImportProgress,
    now: DateTime<Utc>,
) -> Result<Import, StoreError> {
    let change = ActiveModel {
        status: Set(JobStatus::Running.as_str().to_owned()),
        progress: Set(progress.fraction()),
        rows_read: Set(count(progress.rows_read)),
        ..Default::default()
    };
    let row = update(db, id, change).await?;
    announce(db, row, now).await
}

/// Notes that all rows are stored.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn finish_done(
    db: &dyn Db,
    id: i64,
    report: &ImportReport,
    now: DateTime<Utc>,
) -> Result<Import, StoreError> {
    let change = ActiveModel {
        status: Set(JobStatus::Done.as_str().to_owned()),
        progress: Set(1.0),
        rows_read: Set(count(report.rows_read)),
        rows_added: Set(count(report.rows_added)),
        rows_unchanged: Set(count(report.rows_unchanged)),
        symbols: Set(count(report.symbols)),
        error: Set(None),
        finished_at: Set(Some(now)),
        ..Default::default()
    };
    let row = update(db, id, change).await?;
    announce(db, row, now).await
}

/// Notes that the work ended without storing anything.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn finish(
    db: &dyn Db,
    id: i64,
    status: JobStatus,
    error: Option<&str>,
    now: DateTime<Utc>,
) -> Result<Import, StoreError> {
    let change = ActiveModel {
        status: Set(status.as_str().to_owned()),
        error: Set(error.map(str::to_owned)),
        finished_at: Set(Some(now)),
        ..Default::default()
    };
    let row = update(db, id, change).await?;
    announce(db, row, now).await
}

async fn update(db: &dyn Db, id: i64, change: ActiveModel) -> Result<Model, StoreError> {
    let updated = Entity::update_many().set(change).filter(Column::Id.eq(id));
    updated.exec_with_returning(&db.executor()).await?.into_iter().next().ok_or(StoreError::NotFound)
}

async fn announce(db: &dyn Db, row: Model, now: DateTime<Utc>) -> Result<Import, StoreError> {
    outbox::add(db, &Notice::ImportChanged { user_id: row.user_id, import_id: row.id }, now).await?;
    row.try_into()
}

fn count(rows: u64) -> i64 {
    i64::try_from(rows).unwrap_or(i64::MAX)
}
