//! The columns a file must have or may have, and a batch of their rows.

use exodus_domain::{Market, Symbol};

use super::Fault;
use super::rows::Reject;

/// Rows in a batch: few enough to stay in the processor's cache, many enough to make calls rare.
pub(super) const BATCH_ROWS: usize = 16_384;

/// The columns of numbers, in the order in which batches hold them.
pub(super) const VALUES: [&str; 5] = ["open", "high", "low", "close", "volume"];

/// Names of the column of time.
const TIMES: [&str; 2] = ["date", "timestamp"];

/// In a column of changes: the file says nothing for this row.
pub(super) const NO_CHANGE: i64 = i64::MIN;

/// Rows of a file, column by column, and those that could not be read.
#[derive(Default)]
pub(super) struct Batch {
    /// Number of each row in the file.
    pub(super) rows: Vec<u64>,
    pub(super) symbol: Vec<Symbol>,
    /// Seconds since 1970.
    pub(super) timestamp: Vec<i64>,
    /// Open, high, low, close, volume.
    pub(super) values: [Vec<i64>; 5],
    /// The market that each row names; empty if the file has no such column.
    pub(super) market: Vec<Option<Market>>,
    /// The Korean name that each row gives the issue; empty if the file has no such column.
    pub(super) name: Vec<String>,
    /// Won from the base price to the close, or [`NO_CHANGE`]; empty if the file has no such column.
    pub(super) change: Vec<i64>,
    /// True if a change is no whole number: then the column holds rates, not won.
    pub(super) has_rates: bool,
    pub(super) rejected: Vec<Reject>,
}

impl Batch {
    /// Number of rows that could be read.
    pub(super) fn len(&self) -> usize {
        self.rows.len()
    }

    /// Number of rows.
    pub(super) fn rows_read(&self) -> usize {
        self.rows.len() + self.rejected.len()
    }
}

/// Where a file has its columns.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Places {
    pub(super) symbol: usize,
    pub(super) time: usize,
    pub(super) values: [usize; 5],
    pub(super) market: Option<usize>,
    pub(super) name: Option<usize>,
    pub(super) change: Option<usize>,
}

impl Places {
    /// Finds the columns by name, in any case and order.
    pub(super) fn find(names: &[String]) -> Result<Self, Fault> {
        let mut values = [0; 5];
        for (to, name) in values.iter_mut().zip(VALUES) {
            *to = required(names, &[name])?;
        }
        Ok(Self {
            symbol: required(names, &["symbol"])?,
            time: required(names, &TIMES)?,
            values,
            market: place(names, &["market"]),
            name: place(names, &["name_ko", "name"]),
            change: place(names, &["change"]),
        })
    }
}

/// Where a column with one of the names `wanted` is.
pub(super) fn place(names: &[String], wanted: &[&str]) -> Option<usize> {
    names.iter().position(|name| wanted.contains(&name.as_str()))
}

/// The same for a column without which the file is of no use; called by its first name if it is missing.
pub(super) fn required(names: &[String], wanted: &[&str]) -> Result<usize, Fault> {
    place(names, wanted).ok_or_else(|| {
        let found = names.join(", ");
        Fault::Format(format!("the column {} is missing: found {found}", wanted[0]))
    })
}

/// A symbol as files write it: bare, or with the letter that sources put before it, `A` for shares and funds and `Q`
/// for notes (ETN).
pub(super) fn symbol_of(text: &[u8]) -> Option<Symbol> {
    let bare = match text {
        [b'A' | b'Q', rest @ ..] if rest.len() == 6 => rest,
        _ => text,
    };
    std::str::from_utf8(bare).ok()?.parse().ok()
}

/// A market as files write it; the KOSDAQ GLOBAL segment belongs to KOSDAQ.
pub(super) fn market_of(text: &[u8]) -> Option<Market> {
    let is = |name: &str| text.eq_ignore_ascii_case(name.as_bytes());
    match text {
        _ if is("KOSPI") => Some(Market::Kospi),
        _ if is("KOSDAQ") || is("KOSDAQ GLOBAL") => Some(Market::Kosdaq),
        _ if is("KONEX") => Some(Market::Konex),
        _ => None,
    }
}

/// A name as it is compared.
pub(super) fn normalised(name: &str) -> String {
    name.trim().to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_symbol_may_carry_the_letter_of_its_kind() {
        let read = |text: &str| symbol_of(text.as_bytes()).map(|symbol| symbol.to_string());
        for (text, symbol) in [("005930", "005930"), ("A005930", "005930"), ("Q520057", "520057"), ("Q52005", "Q52005")]
        {
            assert_eq!(read(text).as_deref(), Some(symbol));
        }
        for text in ["B005930", "A00593", "5930", "삼성"] {
            assert!(read(text).is_none_or(|symbol| symbol == text), "{text} was accepted");
        }
    }

    #[test]
    fn a_market_is_known_by_its_name() {
        assert_eq!(market_of(b"kospi"), Some(Market::Kospi));
        assert_eq!(market_of(b"KOSDAQ GLOBAL"), Some(Market::Kosdaq));
        assert_eq!(market_of(b"NASDAQ"), None);
        assert_eq!(market_of(b""), None);
    }
}
