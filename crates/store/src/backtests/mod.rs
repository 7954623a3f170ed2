//! Backtests, from the request to the result.

mod checks;
mod latest;
mod round_trips;
mod trades;

use chrono::{DateTime, NaiveDate, Utc};
use exodus_domain::{CommissionTerms, Notice, Symbol, Won};
use sea_orm::{
    ActiveModelTrait, ActiveValue, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select, Set,
};
use serde_json::Value;

use crate::db::{Db, Store};
use crate::entities::backtest_results::{ActiveModel, Column, Entity, Model};
use crate::error::{StoreError, json, records, to_json, word};
use crate::jobs::JobStatus;
use crate::outbox;
use crate::page::{Page, Paged, page_of};

pub use checks::{
    BacktestCheck, CheckKind, check_progress, checks_of, find_check, finish_check_done, set_check_job, start_check,
};
pub use latest::{LatestBacktest, latest_done, set_curve};
pub use round_trips::{RoundTripSort, StoredRoundTrip, round_trips};
pub use trades::{BacktestTrade, all_trades, trades};

/// A backtest without its curves and trades.
#[derive(Clone, Debug, PartialEq)]
pub struct Backtest {
    /// Number.
    pub id: i64,
    /// What was asked for.
    pub request: NewBacktest,
    /// What its owner wrote about it.
    pub note: String,
    /// The figures; `None` until it is done.
    pub summary: Option<BacktestSummary>,
    /// Where the work stands.
    pub status: JobStatus,
    /// Part of the work that is done, 0 to 1.
    pub progress: f64,
    /// Why it failed.
    pub error: Option<String>,
    /// The job that does the work.
    pub job_id: Option<i64>,
    /// When it was asked for.
    pub created_at: DateTime<Utc>,
    /// When the work ended.
    pub finished_at: Option<DateTime<Utc>>,
}

/// What a backtest is to do.
#[derive(Clone, Debug, PartialEq)]
pub struct NewBacktest {
    /// Who asks.
    pub user_id: i64,
    /// The strategy it was copied from, if any.
    pub strategy_id: Option<i64>,
    /// The version of that strategy.
    pub strategy_version: Option<i32>,
    /// Name.
    pub name: String,
    /// Word of the strategy's type.
    pub strategy_type: String,
    /// Its parameters.
    pub parameters: Value,
    /// Issues.
    pub symbols: Vec<Symbol>,
    /// First date.
    pub start_date: NaiveDate,
    /// Last date, included.
    pub end_date: NaiveDate,
    /// Cash at the start.
    pub initial_capital: Won,
    /// What its trades pay.
    pub commission: CommissionTerms,
    /// What else was asked for, in the words of whoever runs it; opaque here.
    pub options: Value,
}

/// What a backtest came to.
#[derive(Clone, Debug)]
pub struct BacktestOutcome {
    /// The figures that lists show.
    pub summary: BacktestSummary,
    /// The full result but for trades and round trips; opaque here.
    pub results: Value,
    /// Total return at equal distances over the whole time, as ratios; few enough for a list.
    pub curve: Vec<f64>,
    /// Trades in order.
    pub trades: Vec<BacktestTrade>,
    /// Round trips in order.
    pub round_trips: Vec<StoredRoundTrip>,
}

/// The figures that lists show.
#[derive(Clone, Debug, PartialEq)]
pub struct BacktestSummary {
    /// Assets at the end.
    pub final_capital: Won,
    /// Gain over the whole time, as a ratio.
    pub total_return: f64,
    /// Gain a year, as a ratio.
    pub annual_return: f64,
    /// Deepest fall from a peak, as a ratio.
    pub max_drawdown: f64,
    /// Sharpe ratio, where it is defined.
    pub sharpe_ratio: Option<f64>,
    /// Part of the closed trades that won, where there are any.
    pub win_rate: Option<f64>,
    /// Number of trades.
    pub trades_count: i64,
}

impl TryFrom<Model> for Backtest {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        let summary = summary(&row);
        Ok(Self {
            id: row.id,
            request: NewBacktest {
                user_id: row.user_id,
                strategy_id: row.strategy_id,
                strategy_version: row.strategy_version,
                name: row.name,
                strategy_type: row.strategy_type,
                parameters: row.parameters,
                symbols: json(row.symbols)?,
                start_date: row.start_date,
                end_date: row.end_date,
                initial_capital: Won(row.initial_capital),
                commission: json(row.commission_terms)?,
                options: row.options,
            },
            note: row.note,
            summary,
            status: word(&row.status)?,
            progress: row.progress,
            error: row.error,
            job_id: row.job_id,
            created_at: row.created_at,
            finished_at: row.finished_at,
        })
    }
}

fn summary(row: &Model) -> Option<BacktestSummary> {
    Some(BacktestSummary {
        final_capital: Won(row.final_capital?),
        total_return: row.total_return?,
        annual_return: row.annual_return?,
        max_drawdown: row.max_drawdown?,
        sharpe_ratio: row.sharpe_ratio,
        win_rate: row.win_rate,
        trades_count: row.trades_count?,
    })
}

/// Records a backtest that waits for its job.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn create(db: &dyn Db, new: &NewBacktest, now: DateTime<Utc>) -> Result<Backtest, StoreError> {
    let row = ActiveModel {
        user_id: Set(new.user_id),
        strategy_id: Set(new.strategy_id),
        strategy_version: Set(new.strategy_version),
        name: Set(new.name.clone()),
        strategy_type: Set(new.strategy_type.clone()),
        parameters: Set(new.parameters.clone()),
        symbols: Set(to_json(&new.symbols)),
        start_date: Set(new.start_date),
        end_date: Set(new.end_date),
        initial_capital: Set(new.initial_capital.0),
        commission_terms: Set(to_json(&new.commission)),
        options: Set(new.options.clone()),
        note: Set(String::new()),
        status: Set(JobStatus::Queued.as_str().to_owned()),
        progress: Set(0.0),
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

/// One of a user's backtests.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn get(db: &dyn Db, user_id: i64, id: i64) -> Result<Option<Backtest>, StoreError> {
    let row = of_user(user_id).filter(Column::Id.eq(id)).one(&db.executor()).await?;
    row.map(Backtest::try_from).transpose()
}

/// A backtest by number, for work that is not done in a user's name.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn find(db: &dyn Db, id: i64) -> Result<Option<Backtest>, StoreError> {
    let row = without_results().filter(Column::Id.eq(id)).one(&db.executor()).await?;
    row.map(Backtest::try_from).transpose()
}

/// A user's backtests, newest first.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn list(
    db: &dyn Db,
    user_id: i64,
    strategy_id: Option<i64>,
    page: Page,
) -> Result<Paged<Backtest>, StoreError> {
    let mut query = of_user(user_id).order_by_desc(Column::Id);
    if let Some(strategy_id) = strategy_id {
        query = query.filter(Column::StrategyId.eq(strategy_id));
    }
    page_of(db, query, page).await
}

/// The finished backtests that the owner of `backtest` ordered before it with the same kind of first strategy, on a period
/// that shares days with its own, oldest first.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn done_before(db: &dyn Db, backtest: &Backtest) -> Result<Vec<Backtest>, StoreError> {
    let NewBacktest { user_id, strategy_type, start_date, end_date, .. } = &backtest.request;
    let query = of_user(*user_id)
        .filter(Column::Id.lt(backtest.id))
        .filter(Column::Status.eq(JobStatus::Done.as_str()))
        .filter(Column::StrategyType.eq(strategy_type))
        .filter(Column::StartDate.lte(*end_date))
        .filter(Column::EndDate.gte(*start_date));
    records(query.order_by_asc(Column::Id).all(&db.executor()).await?)
}

/// The full result of one of a user's backtests, as it was stored.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn results(db: &dyn Db, user_id: i64, id: i64) -> Result<Option<Value>, StoreError> {
    let query = Entity::find_by_id(id).filter(Column::UserId.eq(user_id));
    Ok(query.one(&db.executor()).await?.and_then(|row| row.results))
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

/// Stores the result, all of it or nothing. A second result of the same backtest replaces the first, because a job
/// that was interrupted runs again.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn finish_done(
    store: &Store,
    id: i64,
    outcome: &BacktestOutcome,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let BacktestOutcome { summary, results, curve, trades, round_trips } = outcome;
    let tx = store.begin().await?;
    let change = ActiveModel {
        final_capital: Set(Some(summary.final_capital.0)),
        total_return: Set(Some(summary.total_return)),
        annual_return: Set(Some(summary.annual_return)),
        max_drawdown: Set(Some(summary.max_drawdown)),
        sharpe_ratio: Set(summary.sharpe_ratio),
        win_rate: Set(summary.win_rate),
        trades_count: Set(Some(summary.trades_count)),
        results: Set(Some(results.clone())),
        curve: Set(Some(to_json(curve))),
        status: Set(JobStatus::Done.as_str().to_owned()),
        progress: Set(1.0),
        error: Set(None),
        finished_at: Set(Some(now)),
        ..Default::default()
    };
    update(&tx, id, change).await?;
    trades::replace(&tx, id, trades).await?;
    round_trips::replace(&tx, id, round_trips).await?;
    announce_by_id(&tx, id, now).await?;
    tx.commit().await
}

/// Changes what its owner calls a backtest, and what they wrote about it; `None` leaves it as it is.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn describe(
    store: &Store,
    user_id: i64,
    id: i64,
    name: Option<String>,
    note: Option<String>,
    now: DateTime<Utc>,
) -> Result<Backtest, StoreError> {
    let tx = store.begin().await?;
    get(&tx, user_id, id).await?.ok_or(StoreError::NotFound)?;
    let change = ActiveModel {
        name: name.map_or(ActiveValue::NotSet, Set),
        note: note.map_or(ActiveValue::NotSet, Set),
        ..Default::default()
    };
    if change.is_changed() {
        update(&tx, id, change).await?;
        announce(&tx, user_id, id, now).await?;
    }
    let described = get(&tx, user_id, id).await?.ok_or(StoreError::NotFound)?;
    tx.commit().await?;
    Ok(described)
}

/// Notes that the work ended without a result.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn finish(
    db: &dyn Db,
    id: i64,
    status: JobStatus,
    error: Option<&str>,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let change = ActiveModel {
        status: Set(status.as_str().to_owned()),
        error: Set(error.map(str::to_owned)),
        finished_at: Set(Some(now)),
        ..Default::default()
    };
    update(db, id, change).await?;
    announce_by_id(db, id, now).await
}

/// Deletes one of a user's backtests with everything that belongs to it.
///
/// # Errors
/// [`StoreError::NotFound`]; [`StoreError::Conflict`] `running` while a job works on it or checks it.
pub async fn delete(store: &Store, user_id: i64, id: i64) -> Result<(), StoreError> {
    let tx = store.begin().await?;
    let query = of_user(user_id).filter(Column::Id.eq(id)).lock_exclusive();
    let row = query.one(&tx.executor()).await?.ok_or(StoreError::NotFound)?;
    if word::<JobStatus>(&row.status)?.is_live() {
        return Err(StoreError::Conflict("running"));
    }
    checks::delete(&tx, id).await?;
    round_trips::replace(&tx, id, &[]).await?;
    trades::replace(&tx, id, &[]).await?;
    Entity::delete_by_id(id).exec(&tx.executor()).await?;
    tx.commit().await
}

/// Rows with an empty place where the large result and the curve would be.
fn without_results() -> Select<Entity> {
    use sea_orm::Iterable;
    use sea_orm::sea_query::{Expr, Keyword};
    let mut query = Entity::find().select_only();
    for column in Column::iter() {
        query = match column {
            Column::Results => query.column_as(Expr::value(Keyword::Null), "results"),
            Column::Curve => query.column_as(Expr::value(Keyword::Null), "curve"),
            _ => query.column(column),
        };
    }
    query
}

fn of_user(user_id: i64) -> Select<Entity> {
    without_results().filter(Column::UserId.eq(user_id))
}

async fn update(db: &dyn Db, id: i64, change: ActiveModel) -> Result<(), StoreError> {
    let done = Entity::update_many().set(change).filter(Column::Id.eq(id)).exec(&db.executor()).await?;
    if done.rows_affected == 0 { Err(StoreError::NotFound) } else { Ok(()) }
}

pub(crate) async fn announce_by_id(db: &dyn Db, id: i64, now: DateTime<Utc>) -> Result<(), StoreError> {
    let owner = Entity::find_by_id(id).select_only().column(Column::UserId).into_tuple::<i64>();
    match owner.one(&db.executor()).await? {
        Some(user_id) => announce(db, user_id, id, now).await,
        None => Err(StoreError::NotFound),
    }
}

async fn announce(db: &dyn Db, user_id: i64, id: i64, now: DateTime<Utc>) -> Result<(), StoreError> {
    outbox::add(db, &Notice::BacktestChanged { user_id, backtest_id: id }, now).await
}
