//! Bars out of the store: as CSV or Parquet, which [`crate::import`] reads back, and as a plain table, of a new SQLite
//! file or of the store's own database.
//!
//! One issue is read at a time, so that the whole market is never in memory.

mod csv;
mod parquet;
mod plain;
mod sqlite;
mod table;

use std::collections::VecDeque;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use exodus_domain::{Bar, Interval, Symbol, text_enum};
use futures::{Stream, stream};

use crate::bars::{FIRST_DAY, stored_series};
use crate::db::{Db, Store};
use crate::error::StoreError;
use crate::prices::{self, Wanted};

pub use sqlite::to_sqlite;
pub use table::{Written, to_table};

text_enum! {
    /// The format of a file.
    ExportFormat {
        /// Text with a header: `symbol`, `date` (or `timestamp`), `open`, `high`, `low`, `close`, `volume`.
        Csv = "csv",
        /// The same columns, compressed.
        Parquet = "parquet",
    }
}

/// No bar is newer.
const LAST_DAY: NaiveDate = NaiveDate::from_ymd_opt(2200, 1, 1).expect("1 January exists in every year");

/// Which bars are wanted.
#[derive(Clone, Debug)]
pub struct ExportRequest {
    /// Issues, each once; those without bars are left out.
    pub symbols: Vec<Symbol>,
    /// Length of the bars.
    pub interval: Interval,
    /// First day.
    pub from: Option<NaiveDate>,
    /// Last day.
    pub to: Option<NaiveDate>,
    /// Which prices.
    pub wanted: Wanted,
    /// The date as of which prices are adjusted.
    pub as_of: NaiveDate,
}

/// Every issue with bars of an interval, in order of code.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn symbols(db: &dyn Db, interval: Interval) -> Result<Vec<Symbol>, StoreError> {
    let mut symbols: Vec<Symbol> = stored_series(db, interval).await?.into_iter().map(|(symbol, _)| symbol).collect();
    symbols.dedup();
    Ok(symbols)
}

/// The file, piece by piece.
pub fn stream(
    store: Store,
    request: ExportRequest,
    format: ExportFormat,
) -> impl Stream<Item = Result<Vec<u8>, StoreError>> {
    let left = VecDeque::from(request.symbols.clone());
    let file = File::new(format, request.interval);
    stream::try_unfold(Some((file, left)), move |state| {
        let (store, request) = (store.clone(), request.clone());
        async move {
            let Some((mut file, mut left)) = state else { return Ok(None) };
            while let Some(symbol) = left.pop_front() {
                let piece = file.add(symbol, &read(&store, &request, symbol).await?)?;
                if !piece.is_empty() {
                    return Ok(Some((piece, Some((file, left)))));
                }
            }
            Ok(Some((file.finish()?, None)))
        }
    })
}

/// The wanted bars of one issue.
async fn read(db: &dyn Db, request: &ExportRequest, symbol: Symbol) -> Result<Vec<Bar>, StoreError> {
    let (from, to) = period(request);
    match prices::choose(db, symbol, request.interval, request.wanted, request.as_of).await? {
        Some(prices) => prices.load(db, from, to).await,
        None => Ok(Vec::new()),
    }
}

/// The first instant that is wanted, and the one after the last.
fn period(request: &ExportRequest) -> (DateTime<Utc>, DateTime<Utc>) {
    let from = Bar::day_start(request.from.unwrap_or(FIRST_DAY));
    let to = Bar::day_start(request.to.unwrap_or(LAST_DAY)) + TimeDelta::days(1);
    (from, to)
}

/// A file in the making.
enum File {
    Csv(csv::Writer),
    Parquet(Box<parquet::Writer>),
}

impl File {
    fn new(format: ExportFormat, interval: Interval) -> Self {
        match format {
            ExportFormat::Csv => Self::Csv(csv::Writer::new(interval)),
            ExportFormat::Parquet => Self::Parquet(Box::new(parquet::Writer::new(interval))),
        }
    }

    /// Takes over the bars of an issue. Answers what of the file is ready.
    fn add(&mut self, symbol: Symbol, bars: &[Bar]) -> Result<Vec<u8>, StoreError> {
        match self {
            Self::Csv(writer) => Ok(writer.add(symbol, bars)),
            Self::Parquet(writer) => writer.add(symbol, bars),
        }
    }

    /// The rest of the file.
    fn finish(self) -> Result<Vec<u8>, StoreError> {
        match self {
            Self::Csv(mut writer) => Ok(writer.take()),
            Self::Parquet(writer) => writer.finish(),
        }
    }
}
