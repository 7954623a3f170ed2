//! Checking rows and gathering them by issue.

use std::collections::HashMap;

use chrono::DateTime;
use exodus_domain::{Interval, KST, Market, Symbol};

use super::Fault;
use super::checks::{Checks, Issue};
use super::columns::{Batch, NO_CHANGE};
use super::order::{Misplaced, Order, order};
use super::rows::{Quarantine, Reject, RowReason};
use crate::bars::Columns;

/// What a file says of an issue beside its bars.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Said {
    pub(super) market: Option<Market>,
    pub(super) name: Option<String>,
}

/// The bars of one issue in order of time.
#[derive(Debug)]
pub(super) struct Series {
    pub(super) symbol: Symbol,
    pub(super) said: Said,
    pub(super) columns: Columns,
    /// Won from the base price to the close of each bar, or [`NO_CHANGE`]; empty if the file does not tell.
    pub(super) change: Vec<i64>,
}

/// The rows of one issue as they come.
struct Rows {
    symbol: Symbol,
    issue: Issue,
    said: Said,
    columns: Columns,
    change: Vec<i64>,
    /// Number of each row in the file.
    numbers: Vec<u64>,
    rises: bool,
    falls: bool,
    repeats: bool,
}

/// Gathers the rows of a file.
pub(super) struct Collector {
    interval: Interval,
    checks: Checks,
    known: HashMap<Symbol, Issue>,
    places: HashMap<Symbol, usize>,
    rows: Vec<Rows>,
    has_rates: bool,
    rows_read: u64,
    quarantine: Quarantine,
}

/// A file that is read.
pub(super) struct Gathered {
    pub(super) rows_read: u64,
    pub(super) series: Vec<Series>,
    pub(super) quarantine: Quarantine,
}

impl Collector {
    /// For bars of an interval.
    pub(super) fn new(interval: Interval, checks: Checks, known: HashMap<Symbol, Issue>) -> Self {
        Self {
            interval,
            checks,
            known,
            places: HashMap::new(),
            rows: Vec::new(),
            has_rates: false,
            rows_read: 0,
            quarantine: Quarantine::default(),
        }
    }

    /// Checks a batch and takes it over.
    pub(super) fn take(&mut self, batch: Batch) {
        self.rows_read += batch.rows_read() as u64;
        self.has_rates |= batch.has_rates;
        let [open, high, low, close, volume] = &batch.values;
        let mut current: Option<(Symbol, usize)> = None;
        for i in 0..batch.len() {
            // Files are sorted by issue or by date; the former need no look-up for most rows.
            let symbol = batch.symbol[i];
            let place = match current {
                Some((known, place)) if known == symbol => place,
                _ => self.place(symbol),
            };
            current = Some((symbol, place));
            let rows = &mut self.rows[place];
            let market = batch.market.get(i).copied().flatten();
            let (timestamp, values) = (batch.timestamp[i], [open[i], high[i], low[i], close[i], volume[i]]);
            if let Err((field, reason)) = self.checks.check(&rows.issue, market, timestamp, values) {
                let reject = || reject(self.interval, symbol, batch.rows[i], field, reason, timestamp, values);
                self.quarantine.add(reason, reject);
                continue;
            }
            rows.hear(market, batch.name.get(i));
            rows.push(batch.rows[i], timestamp, values, batch.change.get(i).copied());
        }
        for rejected in batch.rejected {
            self.quarantine.add(rejected.reason, || rejected);
        }
    }

    /// What was gathered, without the issues of which no row was right.
    pub(super) fn finish(mut self) -> Result<Gathered, Fault> {
        if self.rows_read == 0 {
            return Err(Fault::Format("the file has no rows".to_owned()));
        }
        self.set_misplaced_aside();
        let has_changes = !self.has_rates && self.rows.iter().any(|rows| rows.change.iter().any(|&c| c != NO_CHANGE));
        let series = self.rows.into_iter().filter(|rows| rows.columns.len() > 0);
        let series = series.map(|rows| Series {
            symbol: rows.symbol,
            said: rows.said,
            columns: rows.columns,
            change: if has_changes { rows.change } else { Vec::new() },
        });
        Ok(Gathered { rows_read: self.rows_read, series: series.collect(), quarantine: self.quarantine })
    }

    fn place(&mut self, symbol: Symbol) -> usize {
        *self.places.entry(symbol).or_insert_with(|| {
            let issue = self.known.get(&symbol).copied().unwrap_or_default();
            self.rows.push(Rows::new(symbol, issue));
            self.rows.len() - 1
        })
    }

    /// Puts every issue's rows in order of time, and sets aside those that break it.
    fn set_misplaced_aside(&mut self) {
        let mut orders: Vec<(usize, Order)> = Vec::new();
        for (place, rows) in self.rows.iter_mut().enumerate() {
            if rows.is_in_order() {
                continue;
            }
            if rows.only_falls() {
                rows.keep(&(0..rows.numbers.len()).rev().collect::<Vec<_>>());
            } else {
                orders.push((place, order(&rows.columns.timestamp)));
            }
        }
        let misplaced = orders.iter().flat_map(|(place, order)| order.misplaced.iter().map(|m| (*place, *m)));
        let mut misplaced: Vec<(usize, (usize, Misplaced))> = misplaced.collect();
        misplaced.sort_by_key(|&(place, (i, _))| self.rows[place].numbers[i]);
        for (place, (i, why)) in misplaced {
            let (reason, twin) = match why {
                Misplaced::Duplicate(twin) => (RowReason::Duplicate, Some(twin)),
                Misplaced::OutOfOrder => (RowReason::OutOfOrder, None),
            };
            self.quarantine.add(reason, || self.rows[place].reject(self.interval, i, reason, twin));
        }
        for (place, order) in orders {
            self.rows[place].keep(&order.places);
        }
    }
}

impl Rows {
    fn new(symbol: Symbol, issue: Issue) -> Self {
        Self {
            symbol,
            issue,
            said: Said::default(),
            columns: Columns::default(),
            change: Vec::new(),
            numbers: Vec::new(),
            rises: false,
            falls: false,
            repeats: false,
        }
    }

    /// Remembers what the row says of the issue; what is said last stays.
    fn hear(&mut self, market: Option<Market>, name: Option<&String>) {
        self.said.market = market.or(self.said.market);
        if let Some(name) = name.filter(|name| !name.is_empty() && self.said.name.as_ref() != Some(name)) {
            self.said.name = Some(name.clone());
        }
    }

    fn push(&mut self, number: u64, timestamp: i64, [open, high, low, close, volume]: [i64; 5], change: Option<i64>) {
        if let Some(&previous) = self.columns.timestamp.last() {
            self.rises |= previous < timestamp;
            self.falls |= previous > timestamp;
            self.repeats |= previous == timestamp;
        }
        self.columns.push([timestamp, open, high, low, close, volume]);
        self.numbers.push(number);
        self.change.extend(change);
    }

    fn is_in_order(&self) -> bool {
        !self.falls && !self.repeats
    }

    fn only_falls(&self) -> bool {
        self.falls && !self.rises && !self.repeats
    }

    /// Keeps only the rows at `places`, in that order, which is the order of time.
    fn keep(&mut self, places: &[usize]) {
        self.columns = self.columns.reordered(places);
        self.numbers = places.iter().map(|&i| self.numbers[i]).collect();
        if !self.change.is_empty() {
            self.change = places.iter().map(|&i| self.change[i]).collect();
        }
        (self.rises, self.falls, self.repeats) = (true, false, false);
    }

    fn reject(&self, interval: Interval, i: usize, reason: RowReason, twin: Option<usize>) -> Reject {
        let Columns { timestamp, open, high, low, close, volume } = &self.columns;
        let values = [open[i], high[i], low[i], close[i], volume[i]];
        let detail = twin.map(|twin| format!("the same symbol and date as row {}", self.numbers[twin]));
        Reject { detail, ..reject(interval, self.symbol, self.numbers[i], "date", reason, timestamp[i], values) }
    }
}

/// A row that could be read and cannot be right.
fn reject(
    interval: Interval,
    symbol: Symbol,
    row: u64,
    field: &'static str,
    reason: RowReason,
    timestamp: i64,
    values: [i64; 5],
) -> Reject {
    let time = DateTime::from_timestamp(timestamp, 0).unwrap_or_default().with_timezone(&KST);
    let format = if interval == Interval::Day1 { "%Y-%m-%d" } else { "%Y-%m-%d %H:%M" };
    Reject {
        row,
        field,
        reason,
        detail: None,
        symbol: symbol.to_string(),
        time: time.format(format).to_string(),
        cells: values.map(|value| value.to_string()).join(","),
    }
}
