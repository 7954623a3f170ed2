//! What a run gives.

use chrono::{DateTime, Utc};
use exodus_domain::{CashBuckets, Fill, Price, Qty, Side, Signal, Symbol, Won};
use exodus_trading::{
    Benchmark, EquityCurve, EquityPoint, Metrics, OrderTally, PerformanceReport, ReportInputs, RoundTrip, TimedFill,
    TradeTally, Trials,
};
use serde::{Deserialize, Serialize};

use crate::manifest::Manifest;
use crate::runner::AppliedAction;

/// A finished backtest.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BacktestResult {
    /// Headline figures of the whole period.
    pub metrics: Metrics,
    /// All figures; without a benchmark and as the only trial until [`Self::measure`] knows better.
    pub report: PerformanceReport,
    /// Equity at the end of each session that had a bar.
    pub equity: Vec<EquityPoint>,
    /// Every fill, in order.
    pub trades: Vec<BacktestTrade>,
    /// The fills joined to round trips, open ones last.
    pub round_trips: Vec<RoundTrip>,
    /// What became of the orders.
    pub orders: OrderTally,
    /// The cash after the last session, by when it is settled. Trades settle on the second session after them, buys and
    /// sells alike, so cash that never falls below zero is never short of what is due either.
    pub cash: CashBuckets,
    /// Corporate actions that met a holding, in order.
    pub actions: Vec<AppliedAction>,
    /// What the result rests on.
    pub manifest: Manifest,
}

impl BacktestResult {
    /// Measures again, against `benchmark` and as the chosen one of `trials`: a run knows neither what it will be held
    /// against nor how many others there were.
    pub fn measure(&mut self, benchmark: Option<&Benchmark>, trials: Trials) {
        let mut trades = TradeTally::default();
        for trade in &self.trades {
            trades.add(&trade.fill(), trade.realized_pnl.unwrap_or_default());
        }
        self.report = PerformanceReport::new(&ReportInputs {
            curve: &EquityCurve::restored(self.metrics.initial_capital, &self.equity),
            trades: &trades,
            orders: &self.orders,
            round_trips: &self.round_trips,
            benchmark,
            trials,
        });
    }
}

/// One fill of a backtest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BacktestTrade {
    /// The strategy whose order was filled; `None` for what no strategy ordered, and in results that were stored before
    /// a run could have several.
    #[serde(default)]
    pub strategy_id: Option<i64>,
    /// Issue.
    pub symbol: Symbol,
    /// Side.
    pub side: Side,
    /// Shares.
    pub quantity: Qty,
    /// Price of each.
    pub price: Price,
    /// Commission in won.
    pub commission: Won,
    /// Taxes in won.
    pub tax: Won,
    /// Profit or loss of a sell after its own costs; `None` for a buy.
    pub realized_pnl: Option<Won>,
    /// The open of the bar; of a daily bar, the opening time of its session.
    pub executed_at: DateTime<Utc>,
}

/// What was decided behind a fill.
#[derive(Clone, Debug, PartialEq)]
pub struct Decision {
    /// Place of the fill among [`BacktestResult::trades`].
    pub trade: usize,
    /// Start of the bar that filled it.
    pub filled_in: DateTime<Utc>,
    /// Start of the bar at whose close it was decided.
    pub decided_in: DateTime<Utc>,
    /// What the strategy said, reason included.
    pub signal: Signal,
}

impl BacktestTrade {
    /// The fill without its issue and time.
    pub(crate) fn fill(&self) -> Fill {
        let Self { side, quantity, price, commission, tax, .. } = *self;
        Fill { side, quantity, amount: price * quantity, commission, tax }
    }

    /// The fill with its issue and time.
    pub(crate) fn timed_fill(&self) -> TimedFill {
        TimedFill { symbol: self.symbol, at: self.executed_at, fill: self.fill() }
    }
}
