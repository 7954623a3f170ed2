//! Rows that cannot be right: why, and what is kept of them.

use std::collections::BTreeMap;

use exodus_domain::text_enum;

use super::{ImportError, ImportReport};

/// Rows that are kept of one import for people to look at; all are counted.
pub const MAX_QUARANTINED: usize = 10_000;

/// Characters kept of one text of a file.
const MAX_TEXT: usize = 32;

text_enum! {
    /// Why a row of a file cannot be right. A row has one reason, the first that is found in this order.
    RowReason {
        /// The code of the issue is no KRX short code.
        UnknownSymbol = "unknown_symbol",
        /// The date is none, or lies outside 1980 to 2100.
        BadDate = "bad_date",
        /// The time is not the start of a bar.
        OffInterval = "off_interval",
        /// A value is missing or is no whole number, or the row has too few or too many fields.
        Unreadable = "unreadable",
        /// A price or volume is negative.
        Negative = "negative",
        /// A price or volume is larger than any can be.
        TooLarge = "too_large",
        /// A price is zero although the issue was not halted.
        Zero = "zero",
        /// The highest price is below the lowest.
        HighBelowLow = "high_below_low",
        /// Open or close lies outside low to high.
        OutsideRange = "outside_range",
        /// The bar has not happened yet.
        Future = "future",
        /// There was no session on that date.
        NonSession = "non_session",
        /// There was no trading at that time of the day.
        OffHours = "off_hours",
        /// No trade can have that price: raw prices lie on the grid of their market and date.
        OffGrid = "off_grid",
        /// The same symbol and time as another row.
        Duplicate = "duplicate",
        /// The rows of the symbol are in order of time but for this one.
        OutOfOrder = "out_of_order",
        /// What the row says of a corporate action cannot be: an unknown kind, or a ratio that changes nothing.
        BadAction = "bad_action",
    }
}

impl RowReason {
    /// What is wrong, to be read after the name of the column.
    pub(super) fn sentence(self) -> &'static str {
        match self {
            Self::UnknownSymbol => "is not a symbol: a KRX short code has six digits or capital letters",
            Self::BadDate => {
                "is no date from 1980 to 2100: write 2026-08-21, with 09:01 after it for bars shorter than a day"
            }
            Self::OffInterval => "is not the start of a bar",
            Self::Unreadable => "is missing or is not a whole number",
            Self::Negative => "is negative",
            Self::TooLarge => "is larger than any price or volume",
            Self::Zero => "is zero although the issue was not halted",
            Self::HighBelowLow => "is below low",
            Self::OutsideRange => "lies outside low to high",
            Self::Future => "lies in the future",
            Self::NonSession => "is a day without a session",
            Self::OffHours => "is a time without trading",
            Self::OffGrid => "is no price of this market on this date: it lies between two ticks",
            Self::Duplicate => "is the same as in another row of this symbol",
            Self::OutOfOrder => "breaks the order of time of this symbol's rows: sort them",
            Self::BadAction => "is no kind of action, or a ratio of two equal numbers",
        }
    }
}

/// A row that was set aside, as people look at it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuarantinedRow {
    /// Number of the row in its file, from 1; the header does not count.
    pub row: u64,
    /// What the row calls the issue.
    pub symbol: String,
    /// Its date or time.
    pub time: String,
    /// The column that is wrong.
    pub field: String,
    /// Why: a word of [`RowReason`], or of [`crate::symbols::SkipReason`] for symbol masters.
    pub reason: String,
    /// Its other cells, separated by commas.
    pub cells: String,
}

/// A row that cannot be right, with a sentence that says why.
#[derive(Debug)]
pub(super) struct Reject {
    pub(super) row: u64,
    pub(super) field: &'static str,
    pub(super) reason: RowReason,
    /// What the sentence says of this row in particular.
    pub(super) detail: Option<String>,
    pub(super) symbol: String,
    pub(super) time: String,
    pub(super) cells: String,
}

impl Reject {
    /// What is wrong with the row, to be read after the name of the column.
    fn sentence(&self) -> String {
        self.detail.clone().unwrap_or_else(|| self.reason.sentence().to_owned())
    }
}

/// The rows of one file that cannot be right.
#[derive(Debug, Default)]
pub(super) struct Quarantine {
    counts: BTreeMap<RowReason, u64>,
    /// The first ones that were found, at most [`MAX_QUARANTINED`].
    kept: Vec<Reject>,
}

impl Quarantine {
    /// Counts a row, and keeps it while there is room.
    pub(super) fn add(&mut self, reason: RowReason, reject: impl FnOnce() -> Reject) {
        *self.counts.entry(reason).or_default() += 1;
        if self.kept.len() < MAX_QUARANTINED {
            self.kept.push(reject());
        }
    }

    /// The report on a file of which `rows_read` rows were read and nothing is stored yet. If the import is `strict`, one
    /// row that cannot be right refuses the file.
    pub(super) fn into_report(self, file: &str, rows_read: u64, strict: bool) -> Result<ImportReport, ImportError> {
        let first = self.kept.iter().min_by_key(|reject| reject.row).filter(|_| strict);
        let first = first.map(|reject| (reject.row, reject.field.to_owned(), reject.sentence()));
        let (counts, quarantined) = self.into_rows();
        let reasons = counts.into_iter().map(|(reason, count)| (reason.as_str().to_owned(), count)).collect();
        let report = ImportReport { rows_read, reasons, quarantined, ..ImportReport::default() };
        match first {
            None => Ok(report),
            Some((row, column, reason)) => Err(ImportError::refused(file, row, column, reason, report)),
        }
    }

    /// How many rows there are of each reason, and the rows in order of the file.
    fn into_rows(mut self) -> (BTreeMap<RowReason, u64>, Vec<QuarantinedRow>) {
        self.kept.sort_by_key(|reject| reject.row);
        let rows = self.kept.into_iter().map(|reject| QuarantinedRow {
            row: reject.row,
            symbol: reject.symbol,
            time: reject.time,
            field: reject.field.to_owned(),
            reason: reject.reason.as_str().to_owned(),
            cells: reject.cells,
        });
        (self.counts, rows.collect())
    }
}

/// A text of a file as it can be shown and stored: not too long, nothing that is not text.
pub(super) fn shown(text: &[u8]) -> String {
    let text = String::from_utf8_lossy(text);
    text.trim().chars().filter(|c| !c.is_control()).take(MAX_TEXT).collect()
}
