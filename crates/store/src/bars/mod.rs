//! Bars, packed by column.
//!
//! A series is (symbol, venue, interval, adjusted). Raw prices and adjusted prices (수정주가) of an issue are two series,
//! and so are its prices on KRX and on Nextrade: their keys differ, so neither an import nor a feed can mix them, and
//! every function that reads or writes says which one it means. Whoever has no wish of its own, such as a chart, asks
//! [`preferred`], which names the adjusted series if there is one, else the raw one; its answer says which it is.
//!
//! A row of `packed_bars` holds one period of a series: as many calendar years of daily bars, or one day of minute
//! bars, as `period` says. Each column of the bars is one blob of its row, compressed as a sequence of integers: short ones
//! as `short` says, long ones by pco.
//! Measured on 3.3 million daily bars of 599 issues, rows of eight years take 7 bytes a bar and are unpacked at
//! 18 million bars a second; rows of one year take 8 bytes and a third of the speed, longer ones gain nothing more.

mod columns;
mod cores;
mod made;
mod many;
mod period;
mod read;
mod short;
mod stored;
mod times;
mod write;

use chrono::{DateTime, Utc};
use exodus_domain::{Interval, Symbol, Venue};

pub(crate) use columns::Columns;
pub use columns::Unpacked;
#[cfg(feature = "testing")]
pub(crate) use cores::nothing_under_way;
pub(crate) use cores::{on_every_core, where_blocking_is_allowed};
pub use made::{Made, newest_made};
pub(crate) use many::FIRST_DAY;
pub use many::{Span, load_many};
pub use read::{count, coverage, coverages, load, newest, preferred};
pub(crate) use stored::{Stored, stored_among, stored_series};
pub use times::times;
pub(crate) use write::write_series;
pub use write::{append, append_many, delete};

/// Tells the series of one issue apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SeriesKind {
    /// Where the trades were made.
    pub venue: Venue,
    /// Length of the bars.
    pub interval: Interval,
    /// True for prices adjusted for splits and the like, false for prices as they were traded.
    pub adjusted: bool,
}

impl SeriesKind {
    /// Prices of Korea Exchange.
    pub const fn krx(interval: Interval, adjusted: bool) -> Self {
        Self { venue: Venue::Krx, interval, adjusted }
    }

    /// The series of this kind of an issue.
    pub const fn of(self, symbol: Symbol) -> SeriesKey {
        SeriesKey { symbol, kind: self }
    }
}

/// Names one series.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SeriesKey {
    /// Issue.
    pub symbol: Symbol,
    /// Which of its series.
    pub kind: SeriesKind,
}

/// What is stored of a series.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Coverage {
    /// Which of the two series.
    pub adjusted: bool,
    /// Start of the oldest bar.
    pub first: DateTime<Utc>,
    /// Start of the newest bar.
    pub last: DateTime<Utc>,
    /// Number of bars.
    pub rows: u64,
}

/// What writing bars did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Appended {
    /// Bars that were not there before.
    pub added: u64,
    /// Bars that replaced one with other values.
    pub changed: u64,
    /// Bars that were there already, value for value.
    pub unchanged: u64,
}

impl std::ops::AddAssign for Appended {
    fn add_assign(&mut self, other: Self) {
        self.added += other.added;
        self.changed += other.changed;
        self.unchanged += other.unchanged;
    }
}
