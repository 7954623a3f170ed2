//! The result of a backtest as it is stored: summary, document, trades and round trips.

use chrono::NaiveDate;
use exodus_backtest::{BacktestResult, Manifest};
use exodus_domain::{Won, kst_date, sessions};
use exodus_store::StoreError;
use exodus_store::backtests::{BacktestOutcome, BacktestSummary, BacktestTrade, StoredRoundTrip};
use exodus_trading::{Benchmark, EquityPoint, Metrics, PerformanceReport, RoundTrip};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::dto::{Backtest, BacktestDetail, BenchmarkLevel};
use crate::account::dto;

/// Most points of a curve in a list.
const CURVE_POINTS: usize = 60;

/// What is stored of a result beside its summary, trades and round trips.
#[derive(Serialize, Deserialize)]
pub(crate) struct StoredResult {
    pub(crate) metrics: Metrics,
    /// Missing in what older versions stored.
    #[serde(default)]
    pub(crate) report: Option<PerformanceReport>,
    pub(crate) equity: Vec<EquityPoint>,
    /// What the report holds the account against, from its last level before the period on.
    #[serde(default)]
    pub(crate) benchmark_levels: Vec<(NaiveDate, f64)>,
    pub(crate) manifest: Manifest,
}

impl StoredResult {
    /// Reads a stored result back.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`].
    pub(crate) fn read(stored: Value) -> Result<Self, StoreError> {
        serde_json::from_value(stored).map_err(|error| StoreError::Corrupt(error.to_string()))
    }
}

/// Everything that is stored of a result, which was measured against `benchmark`.
///
/// # Errors
/// [`StoreError::Corrupt`] if a figure is no JSON.
pub(crate) fn outcome(result: &BacktestResult, benchmark: Option<&Benchmark>) -> Result<BacktestOutcome, StoreError> {
    let metrics = &result.metrics;
    let summary = BacktestSummary {
        final_capital: metrics.final_capital,
        total_return: metrics.total_return,
        annual_return: metrics.annual_return,
        max_drawdown: metrics.max_drawdown,
        sharpe_ratio: metrics.sharpe_ratio,
        win_rate: metrics.win_rate,
        trades_count: i64::try_from(metrics.trades_count).unwrap_or(i64::MAX),
    };
    let stored = StoredResult {
        metrics: *metrics,
        report: Some(result.report.clone()),
        equity: result.equity.clone(),
        benchmark_levels: shown_levels(benchmark, &result.equity),
        manifest: result.manifest.clone(),
    };
    let last_day = result.equity.last().map(|point| point.date);
    Ok(BacktestOutcome {
        summary,
        results: serde_json::to_value(stored).map_err(|error| StoreError::Corrupt(error.to_string()))?,
        curve: short_curve(&result.equity, metrics.initial_capital),
        trades: result.trades.iter().map(stored_trade).collect(),
        round_trips: result.round_trips.iter().map(|trip| stored_trip(trip, last_day)).collect(),
    })
}

/// Total return at no more than [`CURVE_POINTS`] sessions that lie equally far apart, the first and the last among them.
pub(crate) fn short_curve(equity: &[EquityPoint], capital: Won) -> Vec<f64> {
    let points = equity.len().min(CURVE_POINTS);
    let place = |point: usize| point * (equity.len() - 1) / (points - 1).max(1);
    (0..points).map(|point| equity[place(point)].equity.0 as f64 / capital.0 as f64 - 1.0).collect()
}

/// The levels from the last one before the first session of `equity` on.
fn shown_levels(benchmark: Option<&Benchmark>, equity: &[EquityPoint]) -> Vec<(NaiveDate, f64)> {
    let (Some(benchmark), Some(first)) = (benchmark, equity.first()) else { return Vec::new() };
    let before = benchmark.levels.partition_point(|(date, _)| *date < first.date);
    benchmark.levels[before.saturating_sub(1)..].to_vec()
}

fn stored_trade(trade: &exodus_backtest::BacktestTrade) -> BacktestTrade {
    let exodus_backtest::BacktestTrade {
        strategy_id,
        symbol,
        side,
        quantity,
        price,
        commission,
        tax,
        realized_pnl,
        executed_at,
    } = *trade;
    // A run numbers its strategies from one, and has few.
    let strategy_number = strategy_id.and_then(|id| i32::try_from(id).ok());
    BacktestTrade { strategy_number, symbol, side, quantity, price, commission, tax, realized_pnl, executed_at }
}

fn stored_trip(trip: &RoundTrip, last_day: Option<NaiveDate>) -> StoredRoundTrip {
    let opened = kst_date(trip.opened_at);
    let ended = trip.closed_at.map(kst_date).or(last_day).unwrap_or(opened);
    StoredRoundTrip {
        symbol: trip.symbol,
        opened_at: trip.opened_at,
        closed_at: trip.closed_at,
        shares_bought: trip.shares_bought,
        shares_sold: trip.shares_sold,
        bought: trip.bought,
        sold: trip.sold,
        costs: trip.costs,
        pnl: trip.pnl,
        return_on_cost: trip.return_on_cost(),
        mae: trip.mae,
        mfe: trip.mfe,
        holding_sessions: i32::try_from(sessions(opened, ended).count()).unwrap_or(i32::MAX),
    }
}

impl BacktestDetail {
    /// A backtest with its result, if there is one yet.
    pub(crate) fn new(backtest: Backtest, result: Option<StoredResult>) -> Self {
        let Some(StoredResult { metrics, report, equity, benchmark_levels, manifest }) = result else {
            let (equity, benchmark_levels) = (Vec::new(), Vec::new());
            return Self { backtest, metrics: None, report: None, equity, benchmark_levels, manifest: None };
        };
        let level = |(date, level)| BenchmarkLevel { date, level };
        Self {
            backtest,
            metrics: Some(metrics.into()),
            report,
            equity: equity.iter().map(dto::EquityPoint::from).collect(),
            benchmark_levels: benchmark_levels.into_iter().map(level).collect(),
            manifest: Some(manifest.into()),
        }
    }
}
