//! How bars are best stored: the row table against packed columns, cut at different periods, in SQLite and, where
//! `EXODUS_TEST_POSTGRES_URL` names a server that may be filled, in PostgreSQL. All in one run, over the same bars.
//!
//! `make bench-storage` runs it; `ROWS="14000000 19000000" make bench-storage` with as many daily bars as a whole market
//! has in 20 years, and as many minute bars as 200 issues have in one. Prints a table in Markdown for daily bars and one
//! for minute bars, and how long our way takes beside the reading of bare columns from files. Each database is deleted
//! before the next is made: the largest takes about 4 GB.

#![allow(clippy::print_stdout, reason = "the table is the point of it")]
#![allow(clippy::disallowed_methods, reason = "nobody else writes to these databases")]

mod data;
mod ours;
mod packed;
mod place;
mod raw;
mod rows;

use std::future::Future;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use exodus_domain::{Bar, CompactBar, Interval, Symbol};
use futures::{StreamExt, stream};

use data::Market;
use ours::{Ours, ever};
use packed::{Months, Packed};
use place::Place;
use rows::RowTable;

const DEFAULT_ROWS: usize = 2_500_000;
/// Bars that are imported in one transaction.
const BARS_AT_ONCE: usize = 500_000;
/// Issues of the wide question.
const MANY: usize = 500;
/// Issues that are loaded one by one.
const SINGLES: usize = 15;

/// A way to store bars.
#[async_trait::async_trait]
trait Layout {
    /// Stores new series.
    async fn import(&self, series: Vec<(Symbol, Vec<Bar>)>);
    /// Stores one more bar of each issue, as a feed does when a minute closes.
    async fn append(&self, bars: Vec<(Symbol, Bar)>);
    /// Reads bars into memory and tells how many they were.
    async fn load(&self, symbols: &[Symbol], from: DateTime<Utc>, to: DateTime<Utc>) -> usize;
    /// Bytes on disk.
    async fn bytes(&self) -> u64;
    /// Lets go of the database.
    async fn close(self: Box<Self>);
}

/// Reads some issues after the other into memory, as many at once as the store does. Tells how many bars they have.
async fn read_in_parts<'a, Reading: Future<Output = Vec<CompactBar>>>(
    symbols: &'a [Symbol],
    at_once: usize,
    read: impl Fn(&'a [Symbol]) -> Reading,
) -> usize {
    let parts: Vec<Reading> = symbols.chunks(at_once).map(read).collect();
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let loaded: Vec<Vec<CompactBar>> = stream::iter(parts).buffered(cores + 1).collect().await;
    loaded.iter().map(Vec::len).sum()
}

/// The ways that are compared.
#[derive(Clone, Copy)]
enum Way {
    Rows,
    Ours(&'static str),
    Packed(&'static str, Months),
}

const DAILY: [Way; 4] = [
    Way::Rows,
    Way::Packed("packed, 1 year", Months(12)),
    Way::Ours("packed, 8 years (ours)"),
    Way::Packed("packed, 100 years", Months(1_200)),
];
const MINUTES: [Way; 4] = [
    Way::Rows,
    Way::Ours("packed, 1 day (ours)"),
    Way::Packed("packed, 1 month", Months(1)),
    Way::Packed("packed, 1 year", Months(12)),
];

fn main() {
    // `cargo bench` passes flags of its own.
    let mut asked = std::env::args().skip(1).filter_map(|text| text.parse().ok());
    let daily = asked.next().unwrap_or(DEFAULT_ROWS);
    let minutes = asked.next().unwrap_or(daily);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        compare("Daily bars, 20 years", &Market::daily(daily), Interval::Day1, &DAILY).await;
        compare("Minute bars, 1 year", &Market::minutes(minutes), Interval::Minute1, &MINUTES).await;
    });
}

async fn compare(title: &str, market: &Market, interval: Interval, ways: &[Way]) {
    println!("\n{title}: {} bars of {} issues\n", market.rows(), market.symbols.len());
    println!(
        "| Database | Layout | Import, rows/s | Bytes a row | One issue | {MANY} issues | One day of all | One more bar each |"
    );
    println!("|---|---|---:|---:|---:|---:|---:|---:|");
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut beside_raw = Vec::new();
    for (number, way) in ways.iter().enumerate() {
        let place = Place::sqlite(folder.path(), &number.to_string());
        beside_raw.extend(measure(market, interval, *way, &place, folder.path()).await);
    }
    if let Ok(server) = std::env::var("EXODUS_TEST_POSTGRES_URL") {
        for (number, way) in ways.iter().enumerate() {
            let place = Place::postgres(&server, &number.to_string()).await;
            beside_raw.extend(measure(market, interval, *way, &place, folder.path()).await);
        }
    }
    println!("\n{}", beside_raw.join("\n"));
}

/// Prints a line of the table. Answers with a sentence on our way beside bare columns.
async fn measure(market: &Market, interval: Interval, way: Way, place: &Place, folder: &Path) -> Option<String> {
    let bars_of_each = market.rows() / market.symbols.len();
    let (name, layout): (&str, Box<dyn Layout>) = match way {
        Way::Rows => ("rows", Box::new(RowTable::open(place, bars_of_each).await)),
        Way::Ours(name) => (name, Box::new(Ours::open(place, interval).await)),
        Way::Packed(name, months) => (name, Box::new(Packed::open(place, months).await)),
    };
    let mut importing = Duration::ZERO;
    let issues_at_once = (BARS_AT_ONCE / bars_of_each).max(1);
    for first in (0..market.symbols.len()).step_by(issues_at_once) {
        let last = (first + issues_at_once).min(market.symbols.len());
        let series = (first..last).map(|index| (market.symbols[index], market.series(index))).collect();
        let began = Instant::now();
        layout.import(series).await;
        importing += began.elapsed();
    }
    let (from, to) = ever();
    let singles = market.symbols.iter().step_by(market.symbols.len().div_ceil(SINGLES));
    let mut single = Vec::new();
    for symbol in singles {
        let began = Instant::now();
        assert_eq!(layout.load(&[*symbol], from, to).await, bars_of_each);
        single.push(began.elapsed());
    }
    single.sort_unstable();
    let many = &market.symbols[..market.symbols.len().min(MANY)];
    let began = Instant::now();
    assert_eq!(layout.load(many, from, to).await, bars_of_each * many.len());
    let wide = began.elapsed();
    let day = market.some_day();
    let began = Instant::now();
    let bars_of_day = layout.load(&market.symbols, day, day + TimeDelta::days(1)).await;
    assert!(bars_of_day >= market.symbols.len() && bars_of_day < market.rows(), "{bars_of_day} bars of one day");
    let cross = began.elapsed();
    let bytes = layout.bytes().await;
    let more = market.symbols.iter().map(|symbol| (*symbol, market.one_more())).collect();
    let began = Instant::now();
    layout.append(more).await;
    let one_more = began.elapsed();
    assert_eq!(layout.load(&market.symbols[..1], from, to).await, bars_of_each + 1);
    let database = if matches!(place, Place::Sqlite(_)) { "SQLite" } else { "PostgreSQL" };
    let of_many = if many.len() < MANY { format!(" ({})", many.len()) } else { String::new() };
    println!(
        "| {database} | {name} | {:.0} | {:.1} | {:.1} ms | {:.2} s{of_many} | {:.0} ms | {:.0} ms |",
        market.rows() as f64 / importing.as_secs_f64(),
        bytes as f64 / market.rows() as f64,
        single[single.len() / 2].as_secs_f64() * 1e3,
        wide.as_secs_f64(),
        cross.as_secs_f64() * 1e3,
        one_more.as_secs_f64() * 1e3,
    );
    let beside_raw = match way {
        Way::Ours(_) => Some(raw::beside(&*layout, market, folder, database).await),
        Way::Rows | Way::Packed(..) => None,
    };
    layout.close().await;
    place.clone().delete().await;
    beside_raw
}
