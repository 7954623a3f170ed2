//! Bodies of `/backtest`.

use chrono::{DateTime, FixedOffset, NaiveDate};
use exodus_backtest::Note;
use exodus_domain::Side;
use exodus_store::StoreError;
use exodus_store::backtests::{self, BacktestCheck};
use exodus_store::jobs::JobStatus;
use exodus_trading as trading;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::{IntoParams, ToSchema};

use super::checks::{LastChecks, Robustness, Verification};
use super::setup::{Fill, Options, TestedStrategy, Universe};
use crate::account::commission::Commission;
use crate::account::dto::{EquityPoint, Metrics};
use crate::http::{kst, words};

/// How far a piece of work is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum RunStatus {
    /// Waits for a worker.
    Queued,
    /// A worker is on it.
    Running,
    /// Finished.
    Done,
    /// Ended with an error.
    Failed,
    /// Stopped by a person.
    Cancelled,
}

/// A backtest and its figures.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Backtest {
    /// Id.
    pub(crate) id: i64,
    /// Name.
    pub(crate) name: String,
    /// The stored strategy it tests, if one.
    #[schema(required)]
    pub(crate) strategy_id: Option<i64>,
    /// The version of it that was tested; null without a stored strategy, and for backtests older than versions.
    #[schema(required)]
    pub(crate) strategy_version: Option<i32>,
    /// Kind of strategy.
    pub(crate) strategy_type: String,
    /// Parameters, defaults filled in.
    #[schema(value_type = HashMap<String, Value>)]
    pub(crate) parameters: Value,
    /// Every strategy that shared the wallet; the first one is named above, too.
    pub(crate) strategies: Vec<TestedStrategy>,
    /// Issues; none if a universe says them.
    pub(crate) symbols: Vec<String>,
    /// Which issues could be bought on which day; null for `symbols` on every day.
    #[schema(required)]
    pub(crate) universe: Option<Universe>,
    /// How orders were filled.
    pub(crate) fill: Fill,
    /// What it is held against: `KOSPI`, `KOSDAQ`, `KOSPI200` or a symbol.
    #[schema(required)]
    pub(crate) benchmark: Option<String>,
    /// The sweep by which its parameters were chosen.
    #[schema(required)]
    pub(crate) sweep_id: Option<i64>,
    /// What its owner wrote about it.
    pub(crate) note: String,
    /// First day.
    pub(crate) start_date: NaiveDate,
    /// Last day.
    pub(crate) end_date: NaiveDate,
    /// Won at the start.
    pub(crate) initial_capital: i64,
    /// Won at the end.
    #[schema(required)]
    pub(crate) final_capital: Option<i64>,
    /// Gain over the whole time.
    #[schema(required)]
    pub(crate) total_return: Option<f64>,
    /// The same a year.
    #[schema(required)]
    pub(crate) annual_return: Option<f64>,
    /// Deepest drawdown, zero or negative.
    #[schema(required)]
    pub(crate) max_drawdown: Option<f64>,
    /// Sharpe ratio.
    #[schema(required)]
    pub(crate) sharpe_ratio: Option<f64>,
    /// Share of closing sells with a profit.
    #[schema(required)]
    pub(crate) win_rate: Option<f64>,
    /// Trades.
    #[schema(required)]
    pub(crate) trades_count: Option<i64>,
    /// How far it is.
    pub(crate) status: RunStatus,
    /// 0 to 1.
    pub(crate) progress: f64,
    /// Why it failed.
    #[schema(required)]
    pub(crate) error: Option<String>,
    /// When it was ordered.
    pub(crate) created_at: DateTime<FixedOffset>,
    /// When it ended.
    #[schema(required)]
    pub(crate) finished_at: Option<DateTime<FixedOffset>>,
    /// Whether it was run again, and what that gave.
    pub(crate) verification: Verification,
    /// Whether it was tested under other conditions, and what that gave.
    pub(crate) robustness: Robustness,
}

/// What a result was computed from, so that it can be repeated.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Manifest {
    /// SHA-256 over the bars.
    pub(crate) data_fingerprint: String,
    /// Version of the program.
    pub(crate) code_version: String,
    /// Version of the market rules.
    pub(crate) rules_version: String,
    /// What the trades paid.
    pub(crate) commission: Commission,
    /// SHA-256 over trades and equity, exact to the won.
    pub(crate) result_fingerprint: String,
    /// True if the prices were adjusted for splits and the like.
    pub(crate) adjusted: bool,
    /// Bars replayed.
    pub(crate) bars: u64,
    /// Time it took.
    pub(crate) elapsed_ms: u64,
    /// Stable words for what a reader has to know.
    #[schema(value_type = Vec<String>)]
    pub(crate) notes: Vec<Note>,
    /// The strategies whose rules missed numbers, by number.
    pub(crate) undefined_bars: Vec<UndefinedBars>,
    /// Issues that a strategy asked for fundamentals of, and of which none were known.
    pub(crate) issues_without_fundamentals: u64,
    /// SHA-256 over the members of the universe by date; null without one.
    #[schema(required)]
    pub(crate) universe_fingerprint: Option<String>,
    /// What chance was drawn from; zero, because a run draws none.
    pub(crate) seed: u64,
}

/// On how many bars a number that the rule of a strategy needs was not defined, so that it decided nothing.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct UndefinedBars {
    /// The strategy's number in the backtest, from 1.
    pub(crate) strategy_number: i64,
    /// Bars of its issues in the period.
    pub(crate) bars: u64,
}

/// A backtest with its result.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct BacktestDetail {
    #[serde(flatten)]
    pub(crate) backtest: Backtest,
    /// Headline figures, once it is done.
    #[schema(required)]
    pub(crate) metrics: Option<Metrics>,
    /// All figures, once it is done; null for a result that an older version stored.
    #[schema(required)]
    pub(crate) report: Option<trading::PerformanceReport>,
    /// Total assets by day.
    pub(crate) equity: Vec<EquityPoint>,
    /// Levels of the benchmark, from its last one before the first day on; empty without one.
    pub(crate) benchmark_levels: Vec<BenchmarkLevel>,
    /// What it was computed from.
    #[schema(required)]
    pub(crate) manifest: Option<Manifest>,
}

/// What a benchmark stood at.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct BenchmarkLevel {
    /// Day in Korea.
    pub(crate) date: NaiveDate,
    /// Points of an index, or won of an issue.
    pub(crate) level: f64,
}

/// A fill of a backtest.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct BacktestTrade {
    /// Number of the strategy whose order was filled; null for what no strategy ordered.
    #[schema(required)]
    pub(crate) strategy_number: Option<i32>,
    /// Issue.
    pub(crate) symbol: String,
    /// Side.
    #[schema(value_type = words::Side)]
    pub(crate) side: Side,
    /// Shares.
    pub(crate) quantity: i64,
    /// Price in won.
    pub(crate) price: i64,
    /// Commission in won.
    pub(crate) commission: i64,
    /// Tax in won.
    pub(crate) tax: i64,
    /// Profit or loss of a sell; null for a buy.
    #[schema(required)]
    pub(crate) realized_pnl: Option<i64>,
    /// When.
    pub(crate) executed_at: DateTime<FixedOffset>,
}

/// A backtest to run: of a stored strategy, or of a kind with parameters.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct BacktestRequest {
    /// Name.
    #[schema(max_length = 100)]
    pub(crate) name: Option<String>,
    /// A stored strategy, whose kind and parameters are taken.
    pub(crate) strategy_id: Option<i64>,
    /// The version of it; the newest if left out.
    #[schema(minimum = 1)]
    pub(crate) strategy_version: Option<i32>,
    /// Several stored strategies on one wallet, each with its own issues, in place of `strategy_id` and `symbols`.
    #[schema(min_items = 1, max_items = 20)]
    pub(crate) strategy_ids: Option<Vec<i64>>,
    /// Their versions in the same order; null for the newest one, as for all if left out.
    #[schema(max_items = 20)]
    pub(crate) strategy_versions: Option<Vec<Option<i32>>>,
    /// Kind of strategy, without `strategy_id`.
    pub(crate) strategy_type: Option<String>,
    /// Parameters, without `strategy_id`; defaults fill what is missing.
    #[schema(value_type = Option<HashMap<String, Value>>)]
    pub(crate) parameters: Option<Map<String, Value>>,
    /// Issues, in place of `universe`.
    #[schema(min_items = 1, max_items = 1000)]
    pub(crate) symbols: Option<Vec<String>>,
    /// Which issues may be bought on which day, in place of `symbols`.
    pub(crate) universe: Option<Universe>,
    /// First day.
    pub(crate) start_date: NaiveDate,
    /// Last day.
    pub(crate) end_date: NaiveDate,
    /// Won at the start.
    #[schema(minimum = 100_000, maximum = 1_000_000_000_000_i64)]
    pub(crate) initial_capital: i64,
    /// What its trades pay; the terms of the caller's account if left out.
    pub(crate) commission: Option<Commission>,
    /// How orders are filled; a market order at the next open if left out.
    pub(crate) fill: Option<Fill>,
    /// What it is held against: `KOSPI`, `KOSDAQ`, `KOSPI200` or a symbol.
    #[schema(max_length = 16)]
    pub(crate) benchmark: Option<String>,
    /// The sweep by which the parameters were chosen: its trials count in the deflated Sharpe ratio.
    pub(crate) sweep_id: Option<i64>,
}

/// What its owner says of a backtest; what is left out stays as it is.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct BacktestDescription {
    /// Name.
    #[schema(min_length = 1, max_length = 100)]
    pub(crate) name: Option<String>,
    /// Note.
    #[schema(max_length = 4000)]
    pub(crate) note: Option<String>,
}

/// Which backtests.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct BacktestFilter {
    /// Only of this strategy.
    pub(crate) strategy_id: Option<i64>,
}

impl From<JobStatus> for RunStatus {
    fn from(status: JobStatus) -> Self {
        match status {
            JobStatus::Queued => Self::Queued,
            JobStatus::Running => Self::Running,
            JobStatus::Done => Self::Done,
            JobStatus::Failed | JobStatus::Dead => Self::Failed,
            JobStatus::Cancelled => Self::Cancelled,
        }
    }
}

impl Backtest {
    /// A stored backtest with its last checks.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`].
    pub(crate) fn read(row: backtests::Backtest, checks: &[BacktestCheck]) -> Result<Self, StoreError> {
        let (request, summary) = (row.request, row.summary.as_ref());
        let LastChecks { verification, robustness } = LastChecks::read(checks)?;
        let options = Options::read(request.options.clone())?;
        let strategies = if options.strategies.is_empty() { vec![sole(&request)] } else { options.strategies };
        Ok(Self {
            id: row.id,
            name: request.name,
            strategy_id: request.strategy_id,
            strategy_version: request.strategy_version,
            strategy_type: request.strategy_type,
            parameters: request.parameters,
            strategies,
            symbols: request.symbols.iter().map(ToString::to_string).collect(),
            universe: options.universe,
            fill: options.fill.into(),
            benchmark: options.benchmark,
            sweep_id: options.sweep_id,
            note: row.note,
            start_date: request.start_date,
            end_date: request.end_date,
            initial_capital: request.initial_capital.0,
            final_capital: summary.map(|figures| figures.final_capital.0),
            total_return: summary.map(|figures| figures.total_return),
            annual_return: summary.map(|figures| figures.annual_return),
            max_drawdown: summary.map(|figures| figures.max_drawdown),
            sharpe_ratio: summary.and_then(|figures| figures.sharpe_ratio),
            win_rate: summary.and_then(|figures| figures.win_rate),
            trades_count: summary.map(|figures| figures.trades_count),
            status: row.status.into(),
            progress: row.progress,
            error: row.error,
            created_at: kst(row.created_at),
            finished_at: row.finished_at.map(kst),
            verification,
            robustness,
        })
    }
}

/// The only strategy of a backtest.
pub(crate) fn sole(request: &backtests::NewBacktest) -> TestedStrategy {
    TestedStrategy {
        number: 1,
        strategy_id: request.strategy_id,
        strategy_version: request.strategy_version,
        name: request.name.clone(),
        strategy_type: request.strategy_type.clone(),
        parameters: request.parameters.clone(),
        symbols: request.symbols.clone(),
    }
}

impl From<backtests::BacktestTrade> for BacktestTrade {
    fn from(row: backtests::BacktestTrade) -> Self {
        Self {
            strategy_number: row.strategy_number,
            symbol: row.symbol.to_string(),
            side: row.side,
            quantity: row.quantity.0,
            price: row.price.0,
            commission: row.commission.0,
            tax: row.tax.0,
            realized_pnl: row.realized_pnl.map(|pnl| pnl.0),
            executed_at: kst(row.executed_at),
        }
    }
}

impl From<exodus_backtest::Manifest> for Manifest {
    fn from(manifest: exodus_backtest::Manifest) -> Self {
        Self {
            data_fingerprint: manifest.data_fingerprint,
            code_version: manifest.code_version,
            rules_version: manifest.rules_version,
            commission: manifest.commission.into(),
            result_fingerprint: manifest.result_fingerprint,
            adjusted: manifest.adjusted,
            bars: manifest.bars,
            elapsed_ms: manifest.elapsed_ms.unwrap_or_default(),
            notes: manifest.notes,
            issues_without_fundamentals: manifest.issues_without_fundamentals,
            undefined_bars: manifest.undefined_bars.into_iter().map(UndefinedBars::from).collect(),
            universe_fingerprint: manifest.inputs.as_ref().and_then(|inputs| inputs.universe_fingerprint.clone()),
            seed: manifest.inputs.map(|inputs| inputs.seed).unwrap_or_default(),
        }
    }
}

impl From<exodus_backtest::UndefinedBars> for UndefinedBars {
    fn from(undefined: exodus_backtest::UndefinedBars) -> Self {
        Self { strategy_number: undefined.strategy_id, bars: undefined.bars }
    }
}
