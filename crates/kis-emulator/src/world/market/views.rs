//! The shapes in which the market is told.

use chrono::{DateTime, NaiveDate, Utc};
use exodus_domain::{
    AvgPrice, IssueStates, Level, OrderBook, Phase, Price, PriceLimits, Qty, Side, Symbol, TradingVenue, Won,
};
use exodus_simulator::Interruption;
use serde::{Deserialize, Serialize};

/// One trade on the tape.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tick {
    /// When.
    pub at: DateTime<Utc>,
    /// Where.
    pub venue: TradingVenue,
    /// Price.
    pub price: Price,
    /// Shares.
    pub quantity: Qty,
    /// Who came to the other; `None` in an auction.
    pub taker: Option<Side>,
    /// Shares traded on its venue on the day so far, this trade included.
    pub volume: Qty,
    /// Won traded there on the day so far, this trade included.
    pub value: Won,
    /// Best ask after it, or zero.
    pub ask: Price,
    /// Best bid after it, or zero.
    pub bid: Price,
}

/// Trades that one side came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SideCount {
    /// How many.
    pub count: u64,
    /// Shares.
    pub quantity: Qty,
}

/// One issue on one day so far.
#[derive(Clone, Debug, PartialEq)]
pub struct DayQuote {
    /// Issue.
    pub symbol: Symbol,
    /// Trade date, or the last one before today.
    pub date: NaiveDate,
    /// Last price; the base price before the first trade.
    pub price: Price,
    /// Base price of the day (기준가).
    pub base_price: Price,
    /// Price limits of the day.
    pub limits: PriceLimits,
    /// First price and its time.
    pub open: Option<(Price, DateTime<Utc>)>,
    /// Highest price and its time.
    pub high: Option<(Price, DateTime<Utc>)>,
    /// Lowest price and its time.
    pub low: Option<(Price, DateTime<Utc>)>,
    /// Shares traded.
    pub volume: Qty,
    /// Won traded.
    pub value: Won,
    /// Shares traded on the session before.
    pub previous_volume: Qty,
    /// Best offer.
    pub ask: Option<Level>,
    /// Best bid.
    pub bid: Option<Level>,
    /// Trades that a buyer came to.
    pub buys: SideCount,
    /// Trades that a seller came to.
    pub sells: SideCount,
    /// What is said of the issue.
    pub states: IssueStates,
    /// The volatility interruption that holds.
    pub interruption: Option<Interruption>,
    /// The price that static interruptions are measured from.
    pub vi_base: Price,
    /// Phase that KRX holds for the issue.
    pub phase: Option<Phase>,
    /// Smallest step of prices near the last one.
    pub tick: Price,
    /// Time of the last trade; of the beginning of the day before the first.
    pub at: DateTime<Utc>,
}

impl DayQuote {
    /// Average price of the day by volume.
    pub fn vwap(&self) -> AvgPrice {
        AvgPrice::of(self.value, self.volume)
    }

    /// Last price against the base price, in won.
    pub fn change(&self) -> i64 {
        self.price.0 - self.base_price.0
    }

    /// Shares that buyers took for a hundred that sellers gave (체결강도); zero while nobody sold.
    pub fn strength(&self) -> f64 {
        match self.sells.quantity.0 {
            0 => 0.0,
            sold => 100.0 * self.buys.quantity.0 as f64 / sold as f64,
        }
    }
}

/// The book of an issue on a venue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BookView {
    /// Up to ten levels a side.
    pub book: OrderBook,
    /// While orders are collected for an auction: the price that it would have now, and the shares.
    pub expected: Option<Level>,
    /// Phase that the venue holds.
    pub phase: Option<Phase>,
}

/// An index made of the issues of this market. It shares its name with the real one, and nothing else: an equal-weighted
/// chain of what is listed here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum IndexCode {
    /// 0001.
    Kospi,
    /// 1001.
    Kosdaq,
    /// 2001.
    Kospi200,
}

/// An index now. Levels are in hundredths of a point.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct IndexView {
    /// Level.
    pub level: i64,
    /// First level of the day.
    pub open: i64,
    /// Highest.
    pub high: i64,
    /// Lowest.
    pub low: i64,
    /// Last level of the session before.
    pub previous: i64,
    /// Shares traded.
    pub volume: Qty,
    /// Won traded.
    pub value: Won,
    /// Issues above their base price.
    pub rising: u32,
    /// Issues at it.
    pub unchanged: u32,
    /// Issues below it.
    pub falling: u32,
    /// Issues at their upper limit.
    pub at_upper: u32,
    /// Issues at their lower limit.
    pub at_lower: u32,
}

/// An index on one day. Levels are in hundredths of a point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IndexDay {
    /// Trade date.
    pub date: NaiveDate,
    /// First level.
    pub open: i64,
    /// Highest.
    pub high: i64,
    /// Lowest.
    pub low: i64,
    /// Last level.
    pub close: i64,
    /// Shares traded.
    pub volume: Qty,
    /// Won traded.
    pub value: Won,
}
