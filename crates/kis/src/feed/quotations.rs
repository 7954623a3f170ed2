//! What a feed reads by REST.

use async_trait::async_trait;
use chrono::{DateTime, NaiveDate, Utc};
use exodus_domain::{Bar, NoAnswer, Price, Quote, Symbol};

/// The day of an issue so far.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshot {
    /// Last price, base price, volume and brake.
    pub quote: Quote,
    /// First price of the day, zero before it.
    pub open: Price,
    /// Highest price.
    pub high: Price,
    /// Lowest price.
    pub low: Price,
}

/// Bars of the past, and what it took to read them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Chart {
    /// Oldest first.
    pub bars: Vec<Bar>,
    /// Requests to the broker, as its limits count them.
    pub requests: u64,
}

/// The reads that a feed needs, besides the stream.
#[async_trait]
pub trait Quotations: Send + Sync {
    /// The day of an issue so far.
    ///
    /// # Errors
    /// [`NoAnswer`].
    async fn snapshot(&self, symbol: Symbol) -> Result<Snapshot, NoAnswer>;

    /// Some minute bars of the day of `until`, up to it: the newest thirty at least, oldest first.
    ///
    /// # Errors
    /// [`NoAnswer`].
    async fn minutes_until(&self, symbol: Symbol, until: DateTime<Utc>) -> Result<Vec<Bar>, NoAnswer>;

    /// All minute bars of a day, oldest first.
    ///
    /// # Errors
    /// [`NoAnswer`] for anything less, and for past days in the mock environment, which does not serve them.
    async fn minutes(&self, symbol: Symbol, day: NaiveDate) -> Result<Chart, NoAnswer>;

    /// The daily bars of some days, both included, oldest first, at the prices as they were traded.
    ///
    /// # Errors
    /// [`NoAnswer`] for anything less than all of them.
    async fn days(&self, symbol: Symbol, from: NaiveDate, to: NaiveDate) -> Result<Chart, NoAnswer>;
}
