//! The columns a file must have, and a batch of their rows.

use exodus_domain::Symbol;

use super::Fault;

/// Rows in a batch: few enough to stay in the processor's cache, many enough to make calls rare.
pub(super) const BATCH_ROWS: usize = 16_384;

/// The columns of numbers, in the order in which batches hold them.
pub(super) const VALUES: [&str; 5] = ["open", "high", "low", "close", "volume"];

/// Names of the column of time.
const TIMES: [&str; 2] = ["date", "timestamp"];

/// Rows of a file, column by column.
pub(super) struct Batch {
    /// Number of the first row.
    pub(super) first_row: u64,
    pub(super) symbol: Vec<Symbol>,
    /// Seconds since 1970.
    pub(super) timestamp: Vec<i64>,
    /// Open, high, low, close, volume.
    pub(super) values: [Vec<i64>; 5],
}

impl Batch {
    /// No rows yet.
    pub(super) fn starting_at(first_row: u64) -> Self {
        Self { first_row, symbol: Vec::new(), timestamp: Vec::new(), values: Default::default() }
    }

    /// Number of rows.
    pub(super) fn len(&self) -> usize {
        self.symbol.len()
    }
}

/// Where a file has its columns.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Places {
    pub(super) symbol: usize,
    pub(super) time: usize,
    pub(super) values: [usize; 5],
}

impl Places {
    /// Finds the columns by name, in any case and order.
    pub(super) fn find(names: &[String]) -> Result<Self, Fault> {
        let place = |wanted: &[&str]| names.iter().position(|name| wanted.contains(&name.as_str()));
        let missing = |name: &str| {
            let found = names.join(", ");
            Fault::Format(format!("the column {name} is missing: found {found}"))
        };
        let mut values = [0; 5];
        for (to, name) in values.iter_mut().zip(VALUES) {
            *to = place(&[name]).ok_or_else(|| missing(name))?;
        }
        Ok(Self {
            symbol: place(&["symbol"]).ok_or_else(|| missing("symbol"))?,
            time: place(&TIMES).ok_or_else(|| missing("date"))?,
            values,
        })
    }
}

/// A symbol as files write it: bare, or with the letter that sources put before it, `A` for shares and funds and `Q`
/// for notes (ETN).
pub(super) fn symbol_of(text: &[u8]) -> Result<Symbol, String> {
    let bare = match text {
        [b'A' | b'Q', rest @ ..] if rest.len() == 6 => rest,
        _ => text,
    };
    let parsed = std::str::from_utf8(bare).ok().and_then(|text| text.parse().ok());
    parsed.ok_or_else(|| {
        let shown: String = String::from_utf8_lossy(text).chars().take(32).collect();
        format!("\"{shown}\" is not a symbol")
    })
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
        let read = |text: &str| symbol_of(text.as_bytes()).ok().map(|symbol| symbol.to_string());
        for (text, symbol) in [("005930", "005930"), ("A005930", "005930"), ("Q520057", "520057"), ("Q52005", "Q52005")]
        {
            assert_eq!(read(text).as_deref(), Some(symbol));
        }
        for text in ["B005930", "A00593", "5930", "삼성"] {
            assert!(read(text).is_none_or(|symbol| symbol == text), "{text} was accepted");
        }
    }
}
