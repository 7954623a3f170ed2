//! Checking rows and gathering them by issue.

use std::collections::HashMap;

use exodus_domain::Symbol;

use super::Fault;
use super::columns::{Batch, VALUES};
use crate::bars::Columns;

/// How far open and close of adjusted prices may lie outside the range of low to high: sources round each adjusted
/// price for itself, which moves it by up to 3 won, and some take the close one tick off the session's range. No tick
/// of KRX is larger than half a percent of its price.
fn adjusted_tolerance(high: i64) -> i64 {
    (high / 200).max(3)
}

/// No price and no volume is larger; whatever is would be a mistake, and could not be multiplied safely.
const MAX_VALUE: i64 = 1_000_000_000_000;

/// The rows of one issue as they come.
#[derive(Default)]
struct Series {
    columns: Columns,
    /// Number of each row in the file, for messages.
    rows: Vec<u64>,
    is_unsorted: bool,
}

/// Gathers the rows of a file.
pub(super) struct Collector {
    adjusted: bool,
    places: HashMap<Symbol, usize>,
    series: Vec<(Symbol, Series)>,
}

impl Collector {
    /// For adjusted prices, or for prices as they were traded.
    pub(super) fn new(adjusted: bool) -> Self {
        Self { adjusted, places: HashMap::new(), series: Vec::new() }
    }

    /// Checks a batch and takes it over.
    pub(super) fn take(&mut self, batch: &Batch) -> Result<(), Fault> {
        let [open, high, low, close, volume] = &batch.values;
        let mut current: Option<(Symbol, usize)> = None;
        for i in 0..batch.len() {
            let row = batch.first_row + i as u64;
            let values = [open[i], high[i], low[i], close[i], volume[i]];
            if let Err((column, reason)) = check(values, self.adjusted) {
                return Err(Fault::Row { row, column, reason: reason.to_owned() });
            }
            // Files are sorted by issue or by date; the former need no look-up for most rows.
            let symbol = batch.symbol[i];
            let place = match current {
                Some((known, place)) if known == symbol => place,
                _ => self.place(symbol),
            };
            current = Some((symbol, place));
            let series = &mut self.series[place].1;
            let timestamp = batch.timestamp[i];
            if let Some(&previous) = series.columns.timestamp.last() {
                if previous == timestamp {
                    return Err(duplicate(row, *series.rows.last().unwrap_or(&0)));
                }
                series.is_unsorted |= previous > timestamp;
            }
            series.columns.push([timestamp, open[i], high[i], low[i], close[i], volume[i]]);
            series.rows.push(row);
        }
        Ok(())
    }

    /// The series, each in order of time.
    pub(super) fn finish(self) -> Result<Vec<(Symbol, Columns)>, Fault> {
        if self.series.is_empty() {
            return Err(Fault::Format("the file has no rows".to_owned()));
        }
        let mut sorted = Vec::with_capacity(self.series.len());
        for (symbol, series) in self.series {
            sorted.push((symbol, series.sorted()?));
        }
        Ok(sorted)
    }

    fn place(&mut self, symbol: Symbol) -> usize {
        *self.places.entry(symbol).or_insert_with(|| {
            self.series.push((symbol, Series::default()));
            self.series.len() - 1
        })
    }
}

impl Series {
    fn sorted(self) -> Result<Columns, Fault> {
        if !self.is_unsorted {
            return Ok(self.columns);
        }
        let timestamp = &self.columns.timestamp;
        let mut places: Vec<usize> = (0..timestamp.len()).collect();
        places.sort_by_key(|&i| timestamp[i]);
        if let Some(twins) = places.windows(2).find(|w| timestamp[w[0]] == timestamp[w[1]]) {
            return Err(duplicate(self.rows[twins[1]], self.rows[twins[0]]));
        }
        Ok(self.columns.reordered(&places))
    }
}

fn duplicate(row: u64, earlier: u64) -> Fault {
    Fault::Row { row, column: "date", reason: format!("the same symbol and date as row {earlier}") }
}

/// What cannot be right about the values of a row: the column and the reason.
fn check([open, high, low, close, volume]: [i64; 5], adjusted: bool) -> Result<(), (&'static str, &'static str)> {
    for (value, column) in [open, high, low, close, volume].into_iter().zip(VALUES) {
        if !(0..=MAX_VALUE).contains(&value) {
            return Err((column, if value < 0 { "is negative" } else { "is larger than any price or volume" }));
        }
    }
    if close == 0 {
        return Err(("close", "is zero"));
    }
    if open == 0 && high == 0 && low == 0 {
        return Ok(()); // A halted day (krx-market §9) keeps its row with the old close.
    }
    for (value, column) in [open, high, low].into_iter().zip(VALUES) {
        if value == 0 {
            return Err((column, "is zero although the day was not halted"));
        }
    }
    if high < low {
        return Err(("high", "is below low"));
    }
    let tolerance = if adjusted { adjusted_tolerance(high) } else { 0 };
    let range = low - tolerance..=high + tolerance;
    for (value, column) in [(open, "open"), (close, "close")] {
        if !range.contains(&value) {
            return Err((column, "lies outside low to high"));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_that_cannot_be_right_are_refused_by_column() {
        let refused = |row| check(row, false).err().map(|(column, _)| column);
        assert_eq!(refused([10, 12, 9, 11, 5]), None);
        assert_eq!(refused([0, 0, 0, 11, 0]), None, "a halted day");
        assert_eq!(refused([-1, 12, 9, 11, 5]), Some("open"));
        assert_eq!(refused([10, 12, 9, 11, -5]), Some("volume"));
        assert_eq!(refused([10, 12, 9, 0, 5]), Some("close"));
        assert_eq!(refused([10, 12, 0, 11, 5]), Some("low"));
        assert_eq!(refused([10, 9, 12, 11, 5]), Some("high"));
        assert_eq!(refused([13, 12, 9, 11, 5]), Some("open"));
        assert_eq!(refused([10, 12, 9, 8, 5]), Some("close"));
        assert_eq!(refused([10, i64::MAX, 9, 11, 5]), Some("high"));
    }

    #[test]
    fn adjusted_prices_may_be_rounded_apart() {
        assert!(check([10, 12, 9, 15, 5], true).is_ok());
        assert!(check([10, 12, 9, 16, 5], true).is_err());
        assert!(check([24_850, 24_900, 24_350, 24_950, 5], true).is_ok(), "one tick");
        assert!(check([24_850, 24_900, 24_350, 25_050, 5], true).is_err());
    }
}
