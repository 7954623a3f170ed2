//! How bars are best stored: the row table against packed columns, cut at different periods, in SQLite and, where
//! `EXODUS_TEST_POSTGRES_URL` names a server that may be filled, in PostgreSQL. All in one run, over the same bars.
//!
//! `make bench-storage` runs it; `ROWS=14000000 make bench-storage` on the size of a whole market. Prints a table in
//! Markdown for daily bars and one for minute bars.

#![allow(clippy::print_stdout, reason = "the table is the point of it")]
#![allow(clippy::disallowed_methods, reason = "nobody else writes to these databases")]

mod data;
mod ours;
mod packed;
mod place;
mod rows;

use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use exodus_domain::{Bar, Interval, Symbol};

use data::Market;
use ours::{Ours, ever};
use packed::{Months, Packed};
use place::Place;
use rows::RowTable;

const DEFAULT_ROWS: usize = 2_500_000;
/// Issues that are imported at a time.
const ISSUES_AT_ONCE: usize = 64;
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
    let rows = std::env::args().skip(1).find_map(|text| text.parse().ok()).unwrap_or(DEFAULT_ROWS);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        compare("Daily bars, 20 years", &Market::daily(rows), Interval::Day1, &DAILY).await;
        compare("Minute bars, 1 year", &Market::minutes(rows), Interval::Minute1, &MINUTES).await;
    });
}

async fn compare(title: &str, market: &Market, interval: Interval, ways: &[Way]) {
    println!("\n{title}: {} bars of {} issues\n", market.rows(), market.symbols.len());
    println!(
        "| Database | Layout | Import, rows/s | Bytes a row | One issue | {MANY} issues | One day of all | One more bar each |"
    );
    println!("|---|---|---:|---:|---:|---:|---:|---:|");
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (number, way) in ways.iter().enumerate() {
        measure(market, interval, *way, &Place::sqlite(folder.path(), &number.to_string())).await;
    }
    if let Ok(server) = std::env::var("EXODUS_TEST_POSTGRES_URL") {
        for (number, way) in ways.iter().enumerate() {
            measure(market, interval, *way, &Place::postgres(&server, &number.to_string()).await).await;
        }
    }
}

async fn measure(market: &Market, interval: Interval, way: Way, place: &Place) {
    let (name, layout): (&str, Box<dyn Layout>) = match way {
        Way::Rows => ("rows", Box::new(RowTable::open(place).await)),
        Way::Ours(name) => (name, Box::new(Ours::open(place, interval).await)),
        Way::Packed(name, months) => (name, Box::new(Packed::open(place, months).await)),
    };
    let mut importing = Duration::ZERO;
    for first in (0..market.symbols.len()).step_by(ISSUES_AT_ONCE) {
        let last = (first + ISSUES_AT_ONCE).min(market.symbols.len());
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
        assert_eq!(layout.load(&[*symbol], from, to).await, market.rows() / market.symbols.len());
        single.push(began.elapsed());
    }
    single.sort_unstable();
    let many = &market.symbols[..market.symbols.len().min(MANY)];
    let began = Instant::now();
    assert_eq!(layout.load(many, from, to).await, market.rows() / market.symbols.len() * many.len());
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
    assert_eq!(layout.load(&market.symbols[..1], from, to).await, market.rows() / market.symbols.len() + 1);
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
    drop(layout);
    place.clone().delete().await;
}
