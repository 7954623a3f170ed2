//! Importing symbol masters: what KRX and brokers list of every issue.
//!
//! Two kinds of file are read. A `.mst` file is the broker's daily list of one market; it must keep its name, which
//! tells the market (`kospi_code.mst`, `kosdaq_code.mst`, `konex_code.mst`). Anything else is CSV in UTF-8 with a
//! header: `symbol`, `isin`, `name_ko`, `market`, `asset` and `status`, and perhaps `name_en`, `security_group`,
//! `stock_kind`, `dept`, `listed_on`, `delisted_on`, `par_value`, `listed_shares` and `tax_type`.
//!
//! No file tells everything, so each replaces what it tells and leaves the rest; an issue that a file does not name
//! stays as it is, and so does one of the demo market. A row that cannot be right is skipped and named, the others come
//! in, in one transaction. Importing the same file again changes nothing.

mod csv;
mod mst;
mod told;

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

use chrono::{DateTime, NaiveDate, Utc};
use exodus_domain::{kst_date, text_enum};

use crate::db::Store;
use crate::import::ImportError;
use crate::instruments::{self, Issue};
use told::{Told, merged};

/// Larger than any symbol master there is, in bytes: they have one megabyte.
const MAX_FILE: u64 = 64 * 1024 * 1024;

/// A file to import.
#[derive(Clone, Debug)]
pub struct SymbolFile {
    /// Where it lies.
    pub path: PathBuf,
    /// Its name as the user knows it: it tells the kind of file, and stands in error messages.
    pub file_name: String,
    /// True if one row that cannot be right refuses the file; all such rows are told then. Rights do not count: they
    /// are in every file of the broker and no mistake of anybody's.
    pub strict: bool,
}

text_enum! {
    /// Why a row of a symbol master was skipped.
    SkipReason {
        /// A subscription right, warrant or ELW of a `.mst` file: this product does not trade them.
        Right = "right",
        /// The code has neither six nor eight digits and capital letters.
        Code = "code",
        /// The ISIN has not the form of one, or its check digit is wrong.
        Isin = "isin",
        /// The file has named the issue before.
        Duplicate = "duplicate",
        /// A cell cannot be read.
        Unreadable = "unreadable",
    }
}

/// A row that was skipped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skipped {
    /// Number of the row, from 1; the header does not count.
    pub row: u64,
    /// Code of the issue as the file has it.
    pub code: String,
    /// Column or field.
    pub column: &'static str,
    /// Why.
    pub reason: SkipReason,
    /// One sentence.
    pub detail: String,
}

/// What an import did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SymbolReport {
    /// Rows in the file.
    pub rows_read: u64,
    /// Issues that were not known before.
    pub rows_added: u64,
    /// Issues of which something was new.
    pub rows_changed: u64,
    /// Issues that were known as they are.
    pub rows_unchanged: u64,
    /// Rows that were skipped, in order.
    pub skipped: Vec<Skipped>,
}

impl SymbolReport {
    /// How many rows were skipped for each reason.
    pub fn reasons(&self) -> BTreeMap<&'static str, u64> {
        let mut counts = BTreeMap::new();
        for skipped in &self.skipped {
            *counts.entry(skipped.reason.as_str()).or_default() += 1;
        }
        counts
    }
}

/// Reads a file and stores what it tells.
///
/// # Errors
/// [`ImportError::Format`] if it is no symbol master or no row of it can be right, [`ImportError::Refused`],
/// [`ImportError::Io`], [`ImportError::Store`]. Nothing was stored then.
pub async fn import(store: &Store, file: &SymbolFile, now: DateTime<Utc>) -> Result<SymbolReport, ImportError> {
    let owned = file.clone();
    let reading = tokio::task::spawn_blocking(move || read(&owned));
    let Rows { read, told, skipped, .. } = reading.await.map_err(std::io::Error::other)??;
    let mut report = SymbolReport { rows_read: read, skipped, ..SymbolReport::default() };
    if file.strict {
        refuse_faults(&report, &file.file_name)?;
    }

    let tx = store.begin().await?;
    tx.lock_key("symbols").await?;
    let stored = instruments::all(&tx).await?;
    let stored: HashMap<&str, &Issue> = stored.iter().map(|issue| (issue.code.as_str(), issue)).collect();
    let mut news = Vec::new();
    for told in told {
        let before = stored.get(told.code.as_str()).copied();
        // The issues of the demo market are fictional, and an emulator of the broker lists them, too.
        if before.is_some_and(|issue| issue.is_demo) {
            report.rows_unchanged += 1;
            continue;
        }
        let after = merged(before, told, kst_date(now));
        match before {
            None => report.rows_added += 1,
            Some(before) if *before != after => report.rows_changed += 1,
            Some(_) => {
                report.rows_unchanged += 1;
                continue;
            }
        }
        news.push(after);
    }
    instruments::write(&tx, &news, now).await?;
    instruments::derive_delistings(&tx, now).await?;
    tx.commit().await?;
    Ok(report)
}

/// Refuses a file with rows that are skipped for another reason than being rights.
fn refuse_faults(report: &SymbolReport, file: &str) -> Result<(), ImportError> {
    let is_fault = |skipped: &&Skipped| skipped.reason != SkipReason::Right;
    let skipped: Vec<Skipped> = report.skipped.iter().filter(is_fault).cloned().collect();
    let Some(Skipped { row, column, detail, .. }) = skipped.first().cloned() else { return Ok(()) };
    let faults = SymbolReport { rows_read: report.rows_read, skipped, ..SymbolReport::default() };
    Err(ImportError::refused(file, row, column.to_owned(), detail, faults.into()))
}

/// What a file holds.
#[derive(Default)]
struct Rows {
    read: u64,
    told: Vec<Told>,
    skipped: Vec<Skipped>,
    /// The row that told of each code.
    row_of: HashMap<String, u64>,
}

/// What is wrong with a row, before its number and code are known.
struct Fault {
    column: &'static str,
    reason: SkipReason,
    detail: String,
}

impl Fault {
    fn unreadable(column: &'static str, text: &str, wanted: &str) -> Self {
        let shown: String = text.chars().take(32).collect();
        Self { column, reason: SkipReason::Unreadable, detail: format!("\"{shown}\" is not {wanted}") }
    }
}

impl Rows {
    /// Takes a row up; the second one of an issue is skipped.
    fn take(&mut self, code: &str, row: Result<Told, Fault>) {
        self.read += 1;
        match row.and_then(|told| self.first_of_its_code(told)) {
            Ok(told) => self.told.push(told),
            Err(Fault { column, reason, detail }) => {
                self.skipped.push(Skipped { row: self.read, code: code.to_owned(), column, reason, detail });
            }
        }
    }

    fn first_of_its_code(&mut self, told: Told) -> Result<Told, Fault> {
        match self.row_of.entry(told.code.clone()) {
            Entry::Vacant(free) => {
                free.insert(self.read);
                Ok(told)
            }
            Entry::Occupied(taken) => {
                let detail = format!("row {} has told of this issue already", taken.get());
                Err(Fault { column: "symbol", reason: SkipReason::Duplicate, detail })
            }
        }
    }
}

fn read(file: &SymbolFile) -> Result<Rows, ImportError> {
    let format = |reason: String| ImportError::Format { file: file.file_name.clone(), reason };
    if std::fs::metadata(&file.path)?.len() > MAX_FILE {
        return Err(format("it is larger than any symbol master".to_owned()));
    }
    let bytes = std::fs::read(&file.path)?;
    let is_mst = Path::new(&file.file_name).extension().is_some_and(|suffix| suffix.eq_ignore_ascii_case("mst"));
    let rows = if is_mst { mst::read(&bytes, &file.file_name) } else { csv::read(&bytes) }.map_err(format)?;
    match (rows.told.is_empty(), rows.skipped.first()) {
        (false, _) => Ok(rows),
        (true, None) => Err(format("it has no rows".to_owned())),
        (true, Some(Skipped { row, column, detail, .. })) => {
            Err(format(format!("no row of it can be imported; row {row}, {column}: {detail}")))
        }
    }
}

/// A day of KRX, written with or without hyphens; zeros mean that there is none.
fn day(column: &'static str, text: &str) -> Result<Option<NaiveDate>, Fault> {
    let digits: String = text.chars().filter(|&c| c != '-').collect();
    if digits.chars().all(|c| c == '0') {
        return Ok(None);
    }
    let day = NaiveDate::parse_from_str(&digits, "%Y%m%d").ok().filter(|_| digits.len() == 8);
    day.map(Some).ok_or_else(|| Fault::unreadable(column, text, "a day"))
}

/// A whole number that is not negative; an empty cell has none.
fn number(column: &'static str, text: &str) -> Result<Option<i64>, Fault> {
    if text.is_empty() {
        return Ok(None);
    }
    let number = text.parse().ok().filter(|number| (0..1_000_000_000_000_000).contains(number));
    number.map(Some).ok_or_else(|| Fault::unreadable(column, text, "a whole number"))
}
