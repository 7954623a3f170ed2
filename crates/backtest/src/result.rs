//! What a run gives.

use chrono::{DateTime, Utc};
use exodus_domain::{Price, Qty, Side, Symbol, Won};
use exodus_trading::{EquityPoint, Metrics};
use serde::{Deserialize, Serialize};

/// A finished backtest.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BacktestResult {
    /// Figures of the whole period.
    pub metrics: Metrics,
    /// Equity at the end of each session that had a bar.
    pub equity: Vec<EquityPoint>,
    /// Every fill, in order.
    pub trades: Vec<BacktestTrade>,
    /// What the result rests on.
    pub manifest: Manifest,
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

/// What a result rests on: enough to tell whether two results must be equal, and whether they are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// SHA-256 over every bar that was looked at, in hexadecimal.
    pub data_fingerprint: String,
    /// Version of the program.
    pub code_version: String,
    /// [`exodus_domain::rules_version`].
    pub rules_version: String,
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
