//! Searches through parameters, and their trials.

use chrono::{DateTime, Utc};
use exodus_domain::{Notice, text_enum};
use sea_orm::sea_query::{NullOrdering, OnConflict};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, EntityTrait, Order, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Select,
    Set,
};
use serde_json::Value;

use crate::db::{Db, Store};
use crate::entities::sweep_trials;
use crate::entities::sweeps::{ActiveModel, Column, Entity, Model};
use crate::error::{StoreError, records, word};
use crate::jobs::JobStatus;
use crate::outbox;
use crate::page::{Page, Paged, page_of};

/// Trials written by one statement; SQLite takes 32,766 bound values.
const TRIALS_AT_ONCE: usize = 2_000;

/// A sweep.
#[derive(Clone, Debug, PartialEq)]
pub struct Sweep {
    /// Number.
    pub id: i64,
    /// What was asked for.
    pub request: NewSweep,
    /// Where the work stands.
    pub status: JobStatus,
    /// Part of the work that is done, 0 to 1.
    pub progress: f64,
    /// Trials that are stored.
    pub trials_done: i32,
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

/// What a sweep is to do.
#[derive(Clone, Debug, PartialEq)]
pub struct NewSweep {
    /// Who asks.
    pub user_id: i64,
    /// Name.
    pub name: String,
    /// What is searched, in the words of whoever does it; opaque here.
    pub request: Value,
    /// Trials there will be.
    pub trials_total: i32,
}

/// One trial of a sweep.
#[derive(Clone, Debug, PartialEq)]
pub struct SweepTrial {
    /// 0 for the whole period, otherwise the number of the walk-forward fold.
    pub fold: i32,
    /// Number in the fold.
    pub number: i32,
    /// Its parameters.
    pub parameters: Value,
    /// What the sweep looks for; `None` where it is not defined.
    pub objective: Option<f64>,
    /// Gain over the whole time.
    pub total_return: Option<f64>,
    /// Gain a year.
    pub annual_return: Option<f64>,
    /// Sharpe ratio.
    pub sharpe_ratio: Option<f64>,
    /// Deepest drawdown.
    pub max_drawdown: Option<f64>,
    /// Number of trades.
    pub trades_count: Option<i64>,
    /// The whole trial, in the words of whoever ran it; opaque here.
    pub document: Value,
    /// Why it gave no result.
    pub error: Option<String>,
}

text_enum! {
    /// By what trials are sorted.
    TrialSort {
        /// Number in the fold.
        Number = "number",
        /// What the sweep looks for.
        Objective = "objective",
        /// Gain over the whole time.
        TotalReturn = "total_return",
        /// Gain a year.
        AnnualReturn = "annual_return",
        /// Sharpe ratio.
        SharpeRatio = "sharpe_ratio",
        /// Deepest drawdown.
        MaxDrawdown = "max_drawdown",
        /// Number of trades.
        TradesCount = "trades_count",
    }
}

impl TrialSort {
    fn column(self) -> sweep_trials::Column {
        match self {
            Self::Number => sweep_trials::Column::Number,
            Self::Objective => sweep_trials::Column::Objective,
            Self::TotalReturn => sweep_trials::Column::TotalReturn,
            Self::AnnualReturn => sweep_trials::Column::AnnualReturn,
            Self::SharpeRatio => sweep_trials::Column::SharpeRatio,
            Self::MaxDrawdown => sweep_trials::Column::MaxDrawdown,
            Self::TradesCount => sweep_trials::Column::TradesCount,
        }
    }
}

impl TryFrom<Model> for Sweep {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.id,
            request: NewSweep {
                user_id: row.user_id,
                name: row.name,
                request: row.request,
                trials_total: row.trials_total,
            },
            status: word(&row.status)?,
            progress: row.progress,
            trials_done: row.trials_done,
            outcome: row.outcome,
            error: row.error,
            job_id: row.job_id,
            created_at: row.created_at,
            finished_at: row.finished_at,
        })
    }
}

impl TryFrom<sweep_trials::Model> for SweepTrial {
    type Error = StoreError;

    fn try_from(row: sweep_trials::Model) -> Result<Self, StoreError> {
        Ok(Self {
            fold: row.fold,
            number: row.number,
            parameters: row.parameters,
            objective: row.objective,
            total_return: row.total_return,
            annual_return: row.annual_return,
            sharpe_ratio: row.sharpe_ratio,
            max_drawdown: row.max_drawdown,
            trades_count: row.trades_count,
            document: row.document,
            error: row.error,
        })
    }
}

/// Records a sweep that waits for its job.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn create(db: &dyn Db, new: &NewSweep, now: DateTime<Utc>) -> Result<Sweep, StoreError> {
    let row = ActiveModel {
        user_id: Set(new.user_id),
        name: Set(new.name.clone()),
        request: Set(new.request.clone()),
        status: Set(JobStatus::Queued.as_str().to_owned()),
        progress: Set(0.0),
        trials_total: Set(new.trials_total),
        trials_done: Set(0),
        created_at: Set(now),
        ..Default::default()
    };
    let row = row.insert(&db.executor()).await?;
    announce(db, row.user_id, row.id, now).await?;
    row.try_into()
}

/// Notes which job does the work.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn set_job(db: &dyn Db, id: i64, job_id: i64) -> Result<(), StoreError> {
    update(db, id, ActiveModel { job_id: Set(Some(job_id)), ..Default::default() }).await
}

/// One of a user's sweeps.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn get(db: &dyn Db, user_id: i64, id: i64) -> Result<Option<Sweep>, StoreError> {
    let query = Entity::find_by_id(id).filter(Column::UserId.eq(user_id));
    query.one(&db.executor()).await?.map(Sweep::try_from).transpose()
}

/// A sweep by number, for work that is not done in a user's name.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn find(db: &dyn Db, id: i64) -> Result<Option<Sweep>, StoreError> {
    Entity::find_by_id(id).one(&db.executor()).await?.map(Sweep::try_from).transpose()
}

/// A user's sweeps, newest first.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn list(db: &dyn Db, user_id: i64, page: Page) -> Result<Paged<Sweep>, StoreError> {
    page_of(db, Entity::find().filter(Column::UserId.eq(user_id)).order_by_desc(Column::Id), page).await
}

/// Stores trials as they come. One that is stored already stays as it is: a job that was interrupted may bring it again.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn add_trials(store: &Store, id: i64, trials: &[SweepTrial], now: DateTime<Utc>) -> Result<(), StoreError> {
    let tx = store.begin().await?;
    use sweep_trials::Column::{Fold, Number, SweepId};
    let key = [SweepId, Fold, Number];
    for some in trials.chunks(TRIALS_AT_ONCE) {
        let rows = some.iter().map(|trial| trial_row(id, trial));
        let keep = OnConflict::columns(key).do_nothing().to_owned();
        let insert = sweep_trials::Entity::insert_many(rows).on_conflict(keep);
        insert.exec_without_returning(&tx.executor()).await?;
    }
    let stored = sweep_trials::Entity::find().filter(sweep_trials::Column::SweepId.eq(id));
    let done = i32::try_from(stored.count(&tx.executor()).await?).unwrap_or(i32::MAX);
    update(&tx, id, ActiveModel { trials_done: Set(done), ..Default::default() }).await?;
    announce_by_id(&tx, id, now).await?;
    tx.commit().await
}

/// The trials of one fold of one of a user's sweeps; what has no value comes last in either direction.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn trials(
    db: &dyn Db,
    user_id: i64,
    id: i64,
    fold: i32,
    sort: TrialSort,
    descending: bool,
    page: Page,
) -> Result<Paged<SweepTrial>, StoreError> {
    if get(db, user_id, id).await?.is_none() {
        return Err(StoreError::NotFound);
    }
    let order = if descending { Order::Desc } else { Order::Asc };
    let query = trials_of(id).filter(sweep_trials::Column::Fold.eq(fold));
    let query = query.order_by_with_nulls(sort.column(), order, NullOrdering::Last);
    page_of(db, query.order_by_asc(sweep_trials::Column::Number), page).await
}

/// The best trial of the whole period so far: of equals the first; `None` if the objective is defined for none.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn best_trial(db: &dyn Db, id: i64, wants_most: bool) -> Result<Option<SweepTrial>, StoreError> {
    let order = if wants_most { Order::Desc } else { Order::Asc };
    let query = trials_of(id)
        .filter(sweep_trials::Column::Fold.eq(0))
        .filter(sweep_trials::Column::Objective.is_not_null())
        .order_by(sweep_trials::Column::Objective, order)
        .order_by_asc(sweep_trials::Column::Number);
    query.one(&db.executor()).await?.map(SweepTrial::try_from).transpose()
}

/// All trials of a sweep that are stored, by fold and number, for work that is not done in a user's name.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn all_trials(db: &dyn Db, id: i64) -> Result<Vec<SweepTrial>, StoreError> {
    let query = trials_of(id).order_by_asc(sweep_trials::Column::Fold).order_by_asc(sweep_trials::Column::Number);
    records(query.all(&db.executor()).await?)
}

/// Notes how far the work has come.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn progress(db: &dyn Db, id: i64, fraction: f64, now: DateTime<Utc>) -> Result<(), StoreError> {
    let change = ActiveModel {
        status: Set(JobStatus::Running.as_str().to_owned()),
        progress: Set(fraction.clamp(0.0, 1.0)),
        ..Default::default()
    };
    update(db, id, change).await?;
    announce_by_id(db, id, now).await
}

/// Stores what the sweep came to.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn finish_done(db: &dyn Db, id: i64, outcome: &Value, now: DateTime<Utc>) -> Result<(), StoreError> {
    let change = ActiveModel {
        status: Set(JobStatus::Done.as_str().to_owned()),
        progress: Set(1.0),
        outcome: Set(Some(outcome.clone())),
        error: Set(None),
        finished_at: Set(Some(now)),
        ..Default::default()
    };
    update(db, id, change).await?;
    announce_by_id(db, id, now).await
}

/// Makes a sweep that ended without an outcome wait again; its trials stay.
///
/// # Errors
/// [`StoreError::NotFound`]; [`StoreError::Conflict`] `running` or `done` if there is nothing to resume.
pub async fn resume(db: &dyn Db, user_id: i64, id: i64, now: DateTime<Utc>) -> Result<(), StoreError> {
    let query = Entity::find_by_id(id).filter(Column::UserId.eq(user_id)).lock_exclusive();
    let row = query.one(&db.executor()).await?.ok_or(StoreError::NotFound)?;
    match word::<JobStatus>(&row.status)? {
        JobStatus::Done => return Err(StoreError::Conflict("done")),
        status if status.is_live() => return Err(StoreError::Conflict("running")),
        _ => {}
    }
    let change = ActiveModel {
        status: Set(JobStatus::Queued.as_str().to_owned()),
        error: Set(None),
        finished_at: Set(None),
        ..Default::default()
    };
    update(db, id, change).await?;
    announce(db, user_id, id, now).await
}

/// Deletes one of a user's sweeps with its trials.
///
/// # Errors
/// [`StoreError::NotFound`]; [`StoreError::Conflict`] `running` while a job works on it.
pub async fn delete(store: &Store, user_id: i64, id: i64) -> Result<(), StoreError> {
    let tx = store.begin().await?;
    let query = Entity::find_by_id(id).filter(Column::UserId.eq(user_id)).lock_exclusive();
    let row = query.one(&tx.executor()).await?.ok_or(StoreError::NotFound)?;
    if word::<JobStatus>(&row.status)?.is_live() {
        return Err(StoreError::Conflict("running"));
    }
    let trials = sweep_trials::Entity::delete_many().filter(sweep_trials::Column::SweepId.eq(id));
    trials.exec(&tx.executor()).await?;
    Entity::delete_by_id(id).exec(&tx.executor()).await?;
    tx.commit().await
}

fn trials_of(id: i64) -> Select<sweep_trials::Entity> {
    sweep_trials::Entity::find().filter(sweep_trials::Column::SweepId.eq(id))
}

fn trial_row(sweep_id: i64, trial: &SweepTrial) -> sweep_trials::ActiveModel {
    sweep_trials::ActiveModel {
        sweep_id: Set(sweep_id),
        fold: Set(trial.fold),
        number: Set(trial.number),
        parameters: Set(trial.parameters.clone()),
        objective: Set(trial.objective),
        total_return: Set(trial.total_return),
        annual_return: Set(trial.annual_return),
        sharpe_ratio: Set(trial.sharpe_ratio),
        max_drawdown: Set(trial.max_drawdown),
        trades_count: Set(trial.trades_count),
        document: Set(trial.document.clone()),
        error: Set(trial.error.clone()),
    }
}

async fn update(db: &dyn Db, id: i64, change: ActiveModel) -> Result<(), StoreError> {
    let done = Entity::update_many().set(change).filter(Column::Id.eq(id)).exec(&db.executor()).await?;
    if done.rows_affected == 0 { Err(StoreError::NotFound) } else { Ok(()) }
}

async fn announce_by_id(db: &dyn Db, id: i64, now: DateTime<Utc>) -> Result<(), StoreError> {
    let owner = Entity::find_by_id(id).select_only().column(Column::UserId).into_tuple::<i64>();
    match owner.one(&db.executor()).await? {
        Some(user_id) => announce(db, user_id, id, now).await,
        None => Err(StoreError::NotFound),
    }
}

async fn announce(db: &dyn Db, user_id: i64, id: i64, now: DateTime<Utc>) -> Result<(), StoreError> {
    outbox::add(db, &Notice::SweepChanged { user_id, sweep_id: id }, now).await
}
