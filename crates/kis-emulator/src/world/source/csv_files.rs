//! Reading CSV files of bars and tapes: every line is checked, and an error names its line.

use std::collections::BTreeMap;
use std::path::Path;

use chrono::{DateTime, NaiveDateTime, Utc};
use exodus_domain::{Bar, Instrument, InstrumentKind, Market, Price, Qty, Symbol, from_kst};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::world::setup::WorldError;

/// A line of a file of bars.
#[derive(Debug, Deserialize)]
struct BarLine {
    symbol: Symbol,
    time: String,
    open: i64,
    high: i64,
    low: i64,
    close: i64,
    volume: i64,
    #[serde(default)]
    market: Option<Market>,
    #[serde(default)]
    kind: Option<InstrumentKind>,
    #[serde(default)]
    name: Option<String>,
}

/// A line of a tape.
#[derive(Debug, Deserialize)]
pub(super) struct TapeLine {
    time: String,
    pub(super) symbol: Symbol,
    pub(super) price: i64,
    pub(super) quantity: i64,
    #[serde(default)]
    pub(super) bid: Option<i64>,
    #[serde(default)]
    pub(super) ask: Option<i64>,
}

/// The bars of a file with the issues that it names.
pub(super) fn read_bars(
    path: &Path,
    issues: &mut BTreeMap<Symbol, Instrument>,
) -> Result<Vec<(Symbol, Bar)>, WorldError> {
    let mut bars = Vec::new();
    for (line, row) in read_lines::<BarLine>(path)? {
        let BarLine { symbol, open, high, low, close, volume, .. } = row;
        let is_sound = low > 0 && low <= open.min(close) && open.max(close) <= high && volume >= 0;
        if !is_sound {
            return Err(problem(path, line, "a bar has low ≤ open, close ≤ high, all above zero, and a volume"));
        }
        let open_time = time(path, line, &row.time)?;
        let issue = issues.entry(symbol).or_insert_with(|| {
            Instrument::new(symbol, row.market.unwrap_or(Market::Kospi), row.kind.unwrap_or(InstrumentKind::Stock))
        });
        if let Some(name) = row.name.filter(|name| !name.is_empty()) {
            *issue = issue.clone().named(name.clone(), name);
        }
        let (open, high, low, close) = (Price(open), Price(high), Price(low), Price(close));
        bars.push((symbol, Bar { open_time, open, high, low, close, volume: Qty(volume) }));
    }
    Ok(bars)
}

/// The trades of a tape with their times.
pub(super) fn read_tape(path: &Path) -> Result<Vec<(DateTime<Utc>, TapeLine)>, WorldError> {
    let mut trades = Vec::new();
    for (line, row) in read_lines::<TapeLine>(path)? {
        let has_spread = row.bid.zip(row.ask).is_none_or(|(bid, ask)| 0 < bid && bid < ask);
        if row.price <= 0 || row.quantity <= 0 || row.bid.is_some() != row.ask.is_some() || !has_spread {
            return Err(problem(
                path,
                line,
                "a trade has a price and a quantity above zero, and bid below ask or neither",
            ));
        }
        trades.push((time(path, line, &row.time)?, row));
    }
    Ok(trades)
}

fn read_lines<T: DeserializeOwned>(path: &Path) -> Result<Vec<(u64, T)>, WorldError> {
    let file = std::fs::File::open(path).map_err(|cause| WorldError::File { path: path.to_owned(), cause })?;
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(file);
    let mut rows = Vec::new();
    for row in reader.deserialize::<T>() {
        let row =
            row.map_err(|error| problem(path, error.position().map_or(0, csv::Position::line), &error.to_string()))?;
        rows.push((rows.len() as u64 + 2, row));
    }
    Ok(rows)
}

/// An instant with its zone, or a time in Korea.
fn time(path: &Path, line: u64, text: &str) -> Result<DateTime<Utc>, WorldError> {
    if let Ok(instant) = DateTime::parse_from_rfc3339(text) {
        return Ok(instant.to_utc());
    }
    let shapes = ["%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"];
    let local = shapes.iter().find_map(|shape| NaiveDateTime::parse_from_str(text, shape).ok());
    let local = local.map(|local| from_kst(local.date(), local.time()));
    let day = chrono::NaiveDate::parse_from_str(text, "%Y-%m-%d").ok().map(Bar::day_start);
    let known = local.or(day);
    known.ok_or_else(|| {
        problem(path, line, &format!("\"{text}\" is no time: write 2026-11-02 09:00:00, in Korean time"))
    })
}

fn problem(path: &Path, line: u64, problem: &str) -> WorldError {
    WorldError::Line { path: path.to_owned(), line, problem: problem.to_owned() }
}
