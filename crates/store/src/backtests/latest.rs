//! The last finished backtests of strategies, as their list shows them.

use chrono::{DateTime, NaiveDate, Utc};
use exodus_domain::Won;
use sea_orm::{ColumnTrait, EntityTrait, FromQueryResult, JsonValue, QueryFilter, QuerySelect, QueryTrait, Set};

use super::{BacktestSummary, update};
use crate::db::Db;
use crate::entities::backtest_results::{ActiveModel, Column, Entity};
use crate::error::{StoreError, json, records, to_json};
use crate::jobs::JobStatus;

/// The last finished backtest of a strategy.
#[derive(Clone, Debug, PartialEq)]
pub struct LatestBacktest {
    /// Number of the backtest.
    pub id: i64,
    /// The strategy it was copied from.
    pub strategy_id: i64,
    /// The version of that strategy; `None` for backtests older than versions.
    pub strategy_version: Option<i32>,
    /// First date.
    pub start_date: NaiveDate,
    /// Last date, included.
    pub end_date: NaiveDate,
    /// Cash at the start.
    pub initial_capital: Won,
    /// The figures.
    pub summary: BacktestSummary,
    /// Total return at equal distances over the whole time, as ratios; `None` if an older version stored the result.
    pub curve: Option<Vec<f64>>,
    /// When it was asked for.
    pub created_at: DateTime<Utc>,
}

/// The columns of a finished backtest that a list needs.
#[derive(FromQueryResult)]
struct Row {
    id: i64,
    strategy_id: i64,
    strategy_version: Option<i32>,
    start_date: NaiveDate,
    end_date: NaiveDate,
    initial_capital: i64,
    final_capital: i64,
    total_return: f64,
    annual_return: f64,
    max_drawdown: f64,
    sharpe_ratio: Option<f64>,
    win_rate: Option<f64>,
    trades_count: i64,
    curve: Option<JsonValue>,
    created_at: DateTime<Utc>,
}

impl TryFrom<Row> for LatestBacktest {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.id,
            strategy_id: row.strategy_id,
            strategy_version: row.strategy_version,
            start_date: row.start_date,
            end_date: row.end_date,
            initial_capital: Won(row.initial_capital),
            summary: BacktestSummary {
                final_capital: Won(row.final_capital),
                total_return: row.total_return,
                annual_return: row.annual_return,
                max_drawdown: row.max_drawdown,
                sharpe_ratio: row.sharpe_ratio,
                win_rate: row.win_rate,
                trades_count: row.trades_count,
            },
            curve: row.curve.map(json).transpose()?,
            created_at: row.created_at,
        })
    }
}

/// The last finished backtest of each of a user's strategies that has one, by one statement that leaves the large results
/// alone.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn latest_done(db: &dyn Db, user_id: i64, strategy_ids: &[i64]) -> Result<Vec<LatestBacktest>, StoreError> {
    let newest = Entity::find()
        .select_only()
        .column_as(Column::Id.max(), "id")
        .filter(Column::UserId.eq(user_id))
        .filter(Column::Status.eq(JobStatus::Done.as_str()))
        .filter(Column::StrategyId.is_in(strategy_ids.iter().copied()))
        .group_by(Column::StrategyId)
        .into_query();
    let columns = [
        Column::Id,
        Column::StrategyId,
        Column::StrategyVersion,
        Column::StartDate,
        Column::EndDate,
        Column::InitialCapital,
        Column::FinalCapital,
        Column::TotalReturn,
        Column::AnnualReturn,
        Column::MaxDrawdown,
        Column::SharpeRatio,
        Column::WinRate,
        Column::TradesCount,
        Column::Curve,
        Column::CreatedAt,
    ];
    let query = Entity::find().select_only().columns(columns).filter(Column::Id.in_subquery(newest));
    records(query.into_model::<Row>().all(&db.executor()).await?)
}

/// Stores the curve of a result that an older version stored without one.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn set_curve(db: &dyn Db, id: i64, curve: &[f64]) -> Result<(), StoreError> {
    update(db, id, ActiveModel { curve: Set(Some(to_json(&curve))), ..Default::default() }).await
}
