//! Bars, quotes and order books as they come from a feed or from history.

use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::{Brake, Price, Qty, Symbol, from_kst, kst_date};

text_enum! {
    /// The length of a bar.
    Interval {
        /// One minute.
        Minute1 = "1m",
        /// Five minutes.
        Minute5 = "5m",
        /// One hour.
        Hour1 = "1h",
        /// One trading day.
        Day1 = "1d",
    }
}

text_enum! {
    /// Where the trades of a bar were made. The exchanges trade the same issue at different prices, so their bars never
    /// lie in one series (krx-market §15, 12).
    Venue {
        /// Korea Exchange (한국거래소).
        Krx = "krx",
        /// Nextrade (넥스트레이드), since 2025-03-04.
        Nxt = "nxt",
        /// Both together, as brokers merge them.
        Merged = "merged",
    }
}

impl Interval {
    /// Bar length; a day counts 24 hours.
    pub fn duration(self) -> TimeDelta {
        match self {
            Self::Minute1 => TimeDelta::minutes(1),
            Self::Minute5 => TimeDelta::minutes(5),
            Self::Hour1 => TimeDelta::hours(1),
            Self::Day1 => TimeDelta::days(1),
        }
    }
}

/// Open, high, low, close and volume of one interval.
///
/// `open_time` is the start of the bar; a daily bar starts at 00:00 KST of its trade date. A halted day keeps its row
/// with open, high, low and volume zero and the old close, as the Korean sources deliver it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bar {
    /// Start of the bar.
    pub open_time: DateTime<Utc>,
    /// First price.
    pub open: Price,
    /// Highest price.
    pub high: Price,
    /// Lowest price.
    pub low: Price,
    /// Last price.
    pub close: Price,
    /// Shares traded.
    pub volume: Qty,
}

impl Bar {
    /// The start of the daily bar of `date`.
    pub fn day_start(date: NaiveDate) -> DateTime<Utc> {
        from_kst(date, NaiveTime::MIN)
    }

    /// The trade date in Korea.
    pub fn trade_date(&self) -> NaiveDate {
        kst_date(self.open_time)
    }

    /// True if nothing could be traded: no open or no volume (krx-market §9, halted days).
    pub fn is_halted(&self) -> bool {
        self.open.0 <= 0 || self.volume.0 <= 0
    }
}

/// The last price of an issue and what belongs beside it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quote {
    /// Issue.
    pub symbol: Symbol,
    /// Last trade price.
    pub price: Price,
    /// Base price (기준가) of the trade date: change and limits are measured against it.
    pub base_price: Price,
    /// Shares traded on the trade date so far.
    pub volume: Qty,
    /// What holds trading of the issue up; `None` while nothing does, and where the source does not tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub brake: Option<Brake>,
    /// Exchange time of the quote.
    pub at: DateTime<Utc>,
}

/// One price level of an order book.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Level {
    /// Price of the level.
    pub price: Price,
    /// Shares offered or wanted there.
    pub quantity: Qty,
}

/// The visible order book of one issue, best level first on both sides.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderBook {
    /// Issue.
    pub symbol: Symbol,
    /// Offers, lowest price first.
    pub asks: Vec<Level>,
    /// Bids, highest price first.
    pub bids: Vec<Level>,
    /// Exchange time.
    pub at: DateTime<Utc>,
}

/// What a feed tells.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum FeedEvent {
    /// A new last price.
    Quote(Quote),
    /// A new visible book.
    Book(OrderBook),
    /// A bar that is closed and will not change any more.
    Bar {
        /// Issue.
        symbol: Symbol,
        /// Length.
        interval: Interval,
        /// The bar.
        bar: Bar,
    },
}
