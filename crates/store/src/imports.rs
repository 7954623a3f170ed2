//! The record of each import, from the upload or the question to a broker to its end, and the rows it set aside. The work
//! itself is done by [`crate::import`] and [`crate::symbols`].

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use exodus_domain::{Interval, Notice, text_enum};
use sea_orm::sea_query::ExprTrait;
use sea_orm::{ActiveModelTrait, ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Set};
use serde_json::Value;

use crate::db::{Db, Tx};
use crate::entities::imports::{ActiveModel, Column, Entity, Model};
use crate::entities::quarantined_rows;
use crate::error::{StoreError, json, to_json, word};
use crate::import::{ImportProgress, ImportReport, QuarantinedRow};
use crate::jobs::JobStatus;
use crate::outbox;
use crate::page::{Page, Paged, page_of};

/// Rows written by one statement.
const ROWS_AT_ONCE: usize = 1_000;

/// How long it stays on record what a broker brought.
const BROKER_KEPT: TimeDelta = TimeDelta::days(14);

text_enum! {
    /// What a file holds.
    ImportKind {
        /// Bars.
        Bars = "bars",
        /// A symbol master.
        Symbols = "symbols",
        /// Corporate actions.
        Actions = "actions",
        /// Levels of market indices.
        Indices = "indices",
        /// What was published of the books of issues.
        Fundamentals = "fundamentals",
        /// Which days are sessions, as a broker says. They are only held against our own calendar.
        Sessions = "sessions",
    }
}

text_enum! {
    /// Who brought what is imported.
    ImportSource {
        /// A person, as a file.
        File = "file",
        /// The broker, asked by the product itself.
        Broker = "broker",
    }
}

/// An import.
#[derive(Clone, Debug, PartialEq)]
pub struct Import {
    /// Number.
    pub id: i64,
    /// Who brought the file; `None` for the command line and for what a broker brought.
    pub user_id: Option<i64>,
    /// Where it comes from.
    pub source: ImportSource,
    /// What it holds.
    pub kind: ImportKind,
    /// Its name as the user knows it.
    pub file_name: String,
    /// Length of its bars; says nothing of other files.
    pub interval: Interval,
    /// True if its prices are adjusted.
    pub adjusted: bool,
    /// True if one row that cannot be right refuses it.
    pub strict: bool,
    /// Where the work stands.
    pub status: JobStatus,
    /// Part of the file that is read, 0 to 1.
    pub progress: f64,
    /// Rows read.
    pub rows_read: i64,
    /// Rows that were new.
    pub rows_added: i64,
    /// Rows that replaced other values.
    pub rows_changed: i64,
    /// Rows that were there already.
    pub rows_unchanged: i64,
    /// Rows that cannot be right and were set aside.
    pub rows_quarantined: i64,
    /// How many of them there are for each word of a reason.
    pub reasons: BTreeMap<String, u64>,
    /// Issues in the file.
    pub symbols: i64,
    /// Why it failed.
    pub error: Option<String>,
    /// The same of a broker, in words for people; the server's own record, opaque to the store.
    pub problem: Option<Value>,
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
            source: word(&row.source)?,
            kind: word(&row.kind)?,
            file_name: row.file_name,
            interval: word(&row.interval)?,
            adjusted: row.adjusted,
            strict: row.strict,
            status: word(&row.status)?,
            progress: row.progress,
            rows_read: row.rows_read,
            rows_added: row.rows_added,
            rows_changed: row.rows_changed,
            rows_unchanged: row.rows_unchanged,
            rows_quarantined: row.rows_quarantined,
            reasons: json(row.reasons)?,
            symbols: row.symbols,
            error: row.error,
            problem: row.problem,
            job_id: row.job_id,
            created_at: row.created_at,
            finished_at: row.finished_at,
        })
    }
}

/// An import to be recorded.
#[derive(Clone, Debug)]
pub struct NewImport {
    /// Who brings the file; `None` for the command line and for what a broker brings.
    pub user_id: Option<i64>,
    /// Where it comes from.
    pub source: ImportSource,
    /// What it holds.
    pub kind: ImportKind,
    /// Its name as the user knows it.
    pub file_name: String,
    /// Length of its bars.
    pub interval: Interval,
    /// True if its prices are adjusted.
    pub adjusted: bool,
    /// True if one row that cannot be right refuses it.
    pub strict: bool,
}

/// Records an import that waits for its job.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn create(db: &dyn Db, new: &NewImport, now: DateTime<Utc>) -> Result<Import, StoreError> {
    let row = ActiveModel {
        user_id: Set(new.user_id),
        source: Set(new.source.as_str().to_owned()),
        kind: Set(new.kind.as_str().to_owned()),
        file_name: Set(new.file_name.clone()),
        interval: Set(new.interval.as_str().to_owned()),
        adjusted: Set(new.adjusted),
        strict: Set(new.strict),
        status: Set(JobStatus::Queued.as_str().to_owned()),
        progress: Set(0.0),
        rows_read: Set(0),
        rows_added: Set(0),
        rows_changed: Set(0),
        rows_unchanged: Set(0),
        rows_quarantined: Set(0),
        reasons: Set(to_json(&BTreeMap::<String, u64>::new())),
        symbols: Set(0),
        error: Set(None),
        problem: Set(None),
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

/// One of a user's imports, or one of the command line, which everybody may see: bars belong to all.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn get(db: &dyn Db, user_id: i64, id: i64) -> Result<Option<Import>, StoreError> {
    let query = Entity::find_by_id(id).filter(visible_to(user_id));
    query.one(&db.executor()).await?.map(Import::try_from).transpose()
}

/// An import by number, for work that is not done in a user's name.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn find(db: &dyn Db, id: i64) -> Result<Option<Import>, StoreError> {
    Entity::find_by_id(id).one(&db.executor()).await?.map(Import::try_from).transpose()
}

/// A user's imports and those of the command line, newest first.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn list(db: &dyn Db, user_id: i64, page: Page) -> Result<Paged<Import>, StoreError> {
    page_of(db, Entity::find().filter(visible_to(user_id)).order_by_desc(Column::Id), page).await
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

/// Notes that all rows are stored or set aside, and keeps those set aside.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn finish_done(tx: &Tx, id: i64, report: &ImportReport, now: DateTime<Utc>) -> Result<Import, StoreError> {
    finish_read(tx, id, JobStatus::Done, None, report, now).await
}

/// Notes that a strict import was refused, and keeps the rows that cannot be right.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn finish_refused(
    tx: &Tx,
    id: i64,
    error: &str,
    report: &ImportReport,
    now: DateTime<Utc>,
) -> Result<Import, StoreError> {
    finish_read(tx, id, JobStatus::Failed, Some(error), report, now).await
}

/// Notes the end of an import whose file was read to the end.
async fn finish_read(
    tx: &Tx,
    id: i64,
    status: JobStatus,
    error: Option<&str>,
    report: &ImportReport,
    now: DateTime<Utc>,
) -> Result<Import, StoreError> {
    let change = ActiveModel {
        status: Set(status.as_str().to_owned()),
        progress: Set(1.0),
        rows_read: Set(count(report.rows_read)),
        rows_added: Set(count(report.rows_added)),
        rows_changed: Set(count(report.rows_changed)),
        rows_unchanged: Set(count(report.rows_unchanged)),
        rows_quarantined: Set(count(report.rows_quarantined())),
        reasons: Set(to_json(&report.reasons)),
        symbols: Set(count(report.symbols)),
        error: Set(error.map(str::to_owned)),
        problem: Set(None),
        finished_at: Set(Some(now)),
        ..Default::default()
    };
    let row = update(tx, id, change).await?;
    set_aside(tx, id, &report.quarantined).await?;
    announce(tx, row, now).await
}

async fn set_aside(tx: &Tx, import_id: i64, rows: &[QuarantinedRow]) -> Result<(), StoreError> {
    use quarantined_rows::{ActiveModel, Column, Entity};
    // The job may have been done before by a worker that could not say so any more.
    Entity::delete_many().filter(Column::ImportId.eq(import_id)).exec(&tx.executor()).await?;
    let models = (0i32..).zip(rows).map(|(seq, row)| ActiveModel {
        import_id: Set(import_id),
        seq: Set(seq),
        row: Set(count(row.row)),
        symbol: Set(row.symbol.clone()),
        time: Set(row.time.clone()),
        field: Set(row.field.clone()),
        reason: Set(row.reason.clone()),
        cells: Set(row.cells.clone()),
    });
    let models: Vec<ActiveModel> = models.collect();
    for some in models.chunks(ROWS_AT_ONCE) {
        Entity::insert_many(some.iter().cloned()).exec_without_returning(&tx.executor()).await?;
    }
    Ok(())
}

/// Rows that an import set aside, in order of the file; those of one reason if it is given.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn quarantine(
    db: &dyn Db,
    import_id: i64,
    reason: Option<&str>,
    page: Page,
) -> Result<Paged<QuarantinedRow>, StoreError> {
    use quarantined_rows::{Column, Entity};
    let mut query = Entity::find().filter(Column::ImportId.eq(import_id)).order_by_asc(Column::Seq);
    if let Some(reason) = reason {
        query = query.filter(Column::Reason.eq(reason));
    }
    page_of(db, query, page).await
}

impl TryFrom<quarantined_rows::Model> for QuarantinedRow {
    type Error = StoreError;

    fn try_from(row: quarantined_rows::Model) -> Result<Self, StoreError> {
        Ok(Self {
            row: row.row.unsigned_abs(),
            symbol: row.symbol,
            time: row.time,
            field: row.field,
            reason: row.reason,
            cells: row.cells,
        })
    }
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

/// Notes why a broker did not give what was asked for. Whether that is the end of it, the job decides.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn set_problem(db: &dyn Db, id: i64, problem: Value) -> Result<(), StoreError> {
    update(db, id, ActiveModel { problem: Set(Some(problem)), ..Default::default() }).await?;
    Ok(())
}

/// Records what a broker is to be asked for; `None` if something else is being asked for already. What it brought long ago
/// is forgotten: it comes every day, and must not bury what people brought.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn ask_broker(tx: &Tx, asked: &[NewImport], now: DateTime<Utc>) -> Result<Option<Vec<Import>>, StoreError> {
    tx.lock_key("imports:broker").await?;
    let live = Column::Status.is_in([JobStatus::Queued.as_str(), JobStatus::Running.as_str()]);
    let of_broker = Column::Source.eq(ImportSource::Broker.as_str());
    if Entity::find().filter(of_broker).filter(live).one(&tx.executor()).await?.is_some() {
        return Ok(None);
    }
    forget_old(tx, now).await?;
    let mut recorded = Vec::with_capacity(asked.len());
    for new in asked {
        recorded.push(create(tx, new, now).await?);
    }
    Ok(Some(recorded))
}

async fn forget_old(tx: &Tx, now: DateTime<Utc>) -> Result<(), StoreError> {
    let is_old = Column::Source.eq(ImportSource::Broker.as_str()).and(Column::FinishedAt.lt(now - BROKER_KEPT));
    let ids: Vec<i64> =
        Entity::find().select_only().column(Column::Id).filter(is_old).into_tuple().all(&tx.executor()).await?;
    for some in ids.chunks(ROWS_AT_ONCE) {
        let rows = quarantined_rows::Column::ImportId.is_in(some.iter().copied());
        quarantined_rows::Entity::delete_many().filter(rows).exec(&tx.executor()).await?;
        Entity::delete_many().filter(Column::Id.is_in(some.iter().copied())).exec(&tx.executor()).await?;
    }
    Ok(())
}

async fn update(db: &dyn Db, id: i64, change: ActiveModel) -> Result<Model, StoreError> {
    let updated = Entity::update_many().set(change).filter(Column::Id.eq(id));
    updated.exec_with_returning(&db.executor()).await?.into_iter().next().ok_or(StoreError::NotFound)
}

fn visible_to(user_id: i64) -> Condition {
    Condition::any().add(Column::UserId.eq(user_id)).add(Column::UserId.is_null())
}

/// Tells the user who brought the file, if there is one.
pub(crate) async fn announce(db: &dyn Db, row: Model, now: DateTime<Utc>) -> Result<Import, StoreError> {
    if let Some(user_id) = row.user_id {
        outbox::add(db, &Notice::ImportChanged { user_id, import_id: row.id }, now).await?;
    }
    row.try_into()
}

fn count(rows: u64) -> i64 {
    i64::try_from(rows).unwrap_or(i64::MAX)
}
