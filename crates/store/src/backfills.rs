//! The record of each back-fill, from the request to its end. The work itself is done where the feed is.

use chrono::{DateTime, NaiveDate, Utc};
use exodus_domain::{Interval, Notice, Symbol};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, Set};

use crate::db::Db;
use crate::entities::backfills::{ActiveModel, Column, Entity, Model};
use crate::error::{StoreError, json, to_json, word};
use crate::jobs::JobStatus;
use crate::outbox;
use crate::page::{Page, Paged, page_of};

/// A back-fill.
#[derive(Clone, Debug, PartialEq)]
pub struct Backfill {
    /// Number.
    pub id: i64,
    /// What was asked for.
    pub request: NewBackfill,
    /// Where the work stands.
    pub status: JobStatus,
    /// How far it is.
    pub progress: BackfillProgress,
    /// Issues that no feed knows.
    pub unavailable: Vec<Symbol>,
    /// Why it failed.
    pub error: Option<String>,
    /// The job that does the work.
    pub job_id: Option<i64>,
    /// When it was asked for.
    pub created_at: DateTime<Utc>,
    /// When the work ended.
    pub finished_at: Option<DateTime<Utc>>,
}

/// A back-fill to be recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewBackfill {
    /// Who asks.
    pub user_id: i64,
    /// Issues.
    pub symbols: Vec<Symbol>,
    /// Length of the bars.
    pub interval: Interval,
    /// The first day.
    pub from: NaiveDate,
    /// The last day.
    pub to: NaiveDate,
}

/// What a back-fill has done, all attempts together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BackfillProgress {
    /// Days that the feed had to be asked for when the work began.
    pub days_missing: u64,
    /// Days that it was asked for since.
    pub days_asked: u64,
    /// Bars that were new.
    pub bars_added: u64,
    /// Questions to the feed.
    pub requests: u64,
}

impl BackfillProgress {
    /// The part that is done, 0 to 1.
    pub fn fraction(&self) -> f64 {
        if self.days_missing == 0 { 0.0 } else { (self.days_asked as f64 / self.days_missing as f64).min(1.0) }
    }
}

impl TryFrom<Model> for Backfill {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.id,
            request: NewBackfill {
                user_id: row.user_id,
                symbols: json(row.symbols)?,
                interval: word(&row.interval)?,
                from: row.from_date,
                to: row.to_date,
            },
            status: word(&row.status)?,
            progress: BackfillProgress {
                days_missing: row.days_missing.unsigned_abs(),
                days_asked: row.days_asked.unsigned_abs(),
                bars_added: row.bars_added.unsigned_abs(),
                requests: row.requests.unsigned_abs(),
            },
            unavailable: json(row.unavailable)?,
            error: row.error,
            job_id: row.job_id,
            created_at: row.created_at,
            finished_at: row.finished_at,
        })
    }
}

/// Records a back-fill that waits for its job.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn create(db: &dyn Db, new: &NewBackfill, now: DateTime<Utc>) -> Result<Backfill, StoreError> {
    let row = ActiveModel {
        user_id: Set(new.user_id),
        symbols: Set(to_json(&new.symbols)),
        interval: Set(new.interval.as_str().to_owned()),
        from_date: Set(new.from),
        to_date: Set(new.to),
        status: Set(JobStatus::Queued.as_str().to_owned()),
        progress: Set(0.0),
        days_missing: Set(0),
        days_asked: Set(0),
        bars_added: Set(0),
        requests: Set(0),
        unavailable: Set(to_json(&Vec::<Symbol>::new())),
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
pub async fn set_job(db: &dyn Db, id: i64, job_id: i64) -> Result<Backfill, StoreError> {
    update(db, id, ActiveModel { job_id: Set(Some(job_id)), ..Default::default() }).await?.try_into()
}

/// One of a user's back-fills.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn get(db: &dyn Db, user_id: i64, id: i64) -> Result<Option<Backfill>, StoreError> {
    let query = Entity::find_by_id(id).filter(Column::UserId.eq(user_id));
    query.one(&db.executor()).await?.map(Backfill::try_from).transpose()
}

/// A back-fill by number, for work that is not done in a user's name.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn find(db: &dyn Db, id: i64) -> Result<Option<Backfill>, StoreError> {
    Entity::find_by_id(id).one(&db.executor()).await?.map(Backfill::try_from).transpose()
}

/// A user's back-fills, newest first.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn list(db: &dyn Db, user_id: i64, page: Page) -> Result<Paged<Backfill>, StoreError> {
    page_of(db, Entity::find().filter(Column::UserId.eq(user_id)).order_by_desc(Column::Id), page).await
}

/// Notes how far the work has come, and which issues no feed knows, without telling anybody: a part is often done in
/// milliseconds.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn progress(
    db: &dyn Db,
    id: i64,
    progress: BackfillProgress,
    unavailable: &[Symbol],
) -> Result<(), StoreError> {
    let change = ActiveModel {
        status: Set(JobStatus::Running.as_str().to_owned()),
        progress: Set(progress.fraction()),
        days_missing: Set(count(progress.days_missing)),
        days_asked: Set(count(progress.days_asked)),
        bars_added: Set(count(progress.bars_added)),
        requests: Set(count(progress.requests)),
        unavailable: Set(to_json(&unavailable)),
        ..Default::default()
    };
    update(db, id, change).await?;
    Ok(())
}

/// Tells its owner how far a back-fill has come.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn tell(db: &dyn Db, backfill: &Backfill, now: DateTime<Utc>) -> Result<(), StoreError> {
    let notice = Notice::BackfillChanged { user_id: backfill.request.user_id, backfill_id: backfill.id };
    outbox::add(db, &notice, now).await
}

/// Notes that nothing is missing any more.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn finish(db: &dyn Db, id: i64, now: DateTime<Utc>) -> Result<Backfill, StoreError> {
    let change = ActiveModel {
        status: Set(JobStatus::Done.as_str().to_owned()),
        progress: Set(1.0),
        error: Set(None),
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

async fn announce(db: &dyn Db, row: Model, now: DateTime<Utc>) -> Result<Backfill, StoreError> {
    outbox::add(db, &Notice::BackfillChanged { user_id: row.user_id, backfill_id: row.id }, now).await?;
    row.try_into()
}

fn count(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
