//! What a run gives.

use chrono::{DateTime, Utc};
use exodus_domain::{CommissionTerms, Fill, Price, Qty, Side, Symbol, Won};
use exodus_trading::{
    Benchmark, EquityCurve, EquityPoint, Metrics, OrderTally, PerformanceReport, ReportInputs, RoundTrip, TimedFill,
    TradeTally, Trials,
};
use serde::{Deserialize, Serialize};

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

/// What a result rests on: enough to tell whether two results must be equal, and whether they are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// SHA-256 over every bar that was looked at, in hexadecimal.
    pub data_fingerprint: String,
    /// Version of the program.
    pub code_version: String,
    /// [`exodus_domain::rules_version`].
    pub rules_version: String,
    /// What the trades pay. Results that were stored before there was a choice paid [`CommissionTerms::default`].
    #[serde(default)]
    pub commission: CommissionTerms,
    /// SHA-256 over trades and equity, in hexadecimal.
    pub result_fingerprint: String,
    /// True if the prices of an issue are adjusted for corporate actions.
    pub adjusted: bool,
    /// Bars that were looked at, warm-up included.
    pub bars: u64,
    /// How long the run took. A run reads no clock: the caller, who has one, fills it in.
    pub elapsed_ms: Option<u64>,
    /// What a reader has to know to judge the result.
    pub notes: Vec<Note>,
}

/// Something a reader has to know to judge a result; a stable word that screens turn into a sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Note {
    /// Prices are adjusted, so neither ticks nor price limits were checked.
    AdjustedPricesNoTickCheck,
    /// Prices are as traded, so splits and rights issues show as jumps that nobody made or lost.
    RawPricesJumpAtCorporateActions,
    /// An order was cut to what the cash paid for, because the price rose before the fill.
    OrdersCutToCash,
    /// An order was cut to the share of a bar's volume that own orders may take.
    OrdersCutToVolume,
    /// An order ended unfilled: the issue was halted, locked at its limit, or not traded in the next session.
    OrdersUnfilled,
    /// The risk gate denied an order.
    OrdersDenied,
    /// An issue is held whose bars end before the period: it stays valued at its last close.
    HeldBeyondLastBar,
}
