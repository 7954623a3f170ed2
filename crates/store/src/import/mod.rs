//! Importing files of bars.
//!
//! A file is CSV with a header, or Parquet. It needs the columns `symbol`, `date` (or `timestamp`), `open`, `high`,
//! `low`, `close` and `volume`, in any order; of others, `market` and `name` tell what the issue is, and `change` (won
//! from the base price to the close) betrays corporate actions. Prices are whole won, times are Korean wall-clock time
//! unless they carry a zone. The rows of an issue may stand oldest or newest first. Halted days, with open, high and low
//! zero, are kept.
//!
//! A row that cannot be right is set aside with its reason, and the others come in; a strict import is refused whole
//! instead. Only when all rows are read and checked are they merged into the stored series, in one transaction;
//! importing the same file again finds every bar unchanged. Memory grows by about 80 bytes a row.

mod actions;
mod checks;
mod collect;
mod columns;
mod csv;
mod derive;
mod fundamentals;
mod indices;
mod order;
mod parquet;
mod rows;
mod standalone;
mod time;

use std::collections::{BTreeMap, HashMap};
use std::fs::File;
use std::io::{Read, Seek};
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use exodus_domain::{Interval, Symbol};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

pub use self::actions::{ActionsFile, run_actions};
pub use self::fundamentals::{FundamentalsFile, run_fundamentals};
pub use self::indices::{IndicesFile, run_indices};
use crate::actions as corporate_actions;
use crate::bars::{self, SeriesKind};
use crate::db::{Db, Store};
use crate::error::StoreError;
use crate::instruments::{self, Mention};
use crate::symbols::SymbolReport;
use checks::{Checks, Issue};
use collect::{Collector, Gathered, Series};
use columns::Batch;
pub use rows::{MAX_QUARANTINED, QuarantinedRow, RowReason};
pub use standalone::{BarsFile, IndexFile, read_bars, read_indices};

/// A file to import.
#[derive(Clone, Debug)]
pub struct ImportFile {
    /// Where it lies.
    pub path: PathBuf,
    /// Its name as the user knows it, for error messages.
    pub file_name: String,
    /// Length of its bars.
    pub interval: Interval,
    /// True if its prices are adjusted for splits and the like.
    pub adjusted: bool,
    /// True if one row that cannot be right refuses the file; all such rows are told then.
    pub strict: bool,
}

/// How far an import has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ImportProgress {
    /// Rows read and checked.
    pub rows_read: u64,
    /// Rows in the file: exact for Parquet, estimated from the bytes read for CSV.
    pub total: u64,
}

impl ImportProgress {
    /// Part of the file that is read, 0 to 1.
    pub fn fraction(&self) -> f64 {
        self.rows_read as f64 / self.total.max(self.rows_read).max(1) as f64
    }
}

/// What an import did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ImportReport {
    /// Rows in the file.
    pub rows_read: u64,
    /// Bars that were not there before.
    pub rows_added: u64,
    /// Bars that replaced one with other values.
    pub rows_changed: u64,
    /// Bars that were there already.
    pub rows_unchanged: u64,
    /// Issues with bars in the file.
    pub symbols: u64,
    /// Start of the oldest bar in the file; `None` if no row was right.
    pub first: Option<DateTime<Utc>>,
    /// Start of the newest bar in the file.
    pub last: Option<DateTime<Utc>>,
    /// Corporate actions that were new or different, read from the base prices of the file.
    pub actions: u64,
    /// Rows that were set aside, counted by the word of their reason.
    pub reasons: BTreeMap<String, u64>,
    /// Those rows, at most [`MAX_QUARANTINED`], in order of the file.
    pub quarantined: Vec<QuarantinedRow>,
}

impl ImportReport {
    /// Rows that were set aside.
    pub fn rows_quarantined(&self) -> u64 {
        self.reasons.values().sum()
    }
}

/// What an import of a symbol master did, in the words of all imports.
impl From<SymbolReport> for ImportReport {
    fn from(report: SymbolReport) -> Self {
        let reasons = report.reasons().into_iter().map(|(reason, count)| (reason.to_owned(), count)).collect();
        let quarantined = report.skipped.into_iter().take(MAX_QUARANTINED).map(|skipped| QuarantinedRow {
            row: skipped.row,
            symbol: skipped.code,
            time: String::new(),
            field: skipped.column.to_owned(),
            reason: skipped.reason.as_str().to_owned(),
            cells: skipped.detail,
        });
        Self {
            rows_read: report.rows_read,
            rows_added: report.rows_added,
            rows_changed: report.rows_changed,
            rows_unchanged: report.rows_unchanged,
            symbols: report.rows_added + report.rows_changed + report.rows_unchanged,
            reasons,
            quarantined: quarantined.collect(),
            ..Self::default()
        }
    }
}

/// Why a file was not imported. Nothing of it was stored.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The file as a whole is not what it should be; the sentence says the mend.
    #[error("{file}: {reason}")]
    Format {
        /// The file.
        file: String,
        /// One sentence.
        reason: String,
    },
    /// Rows cannot be right, and the import is strict.
    #[error("{file}: row {row}, column {column}: {reason}{others}")]
    Refused {
        /// The file.
        file: String,
        /// Number of the first such row, from 1; the header does not count.
        row: u64,
        /// Its column.
        column: String,
        /// What is wrong with it.
        reason: String,
        /// How many there are beside it, to be read after the reason; empty if there are none.
        others: String,
        /// All of them; nothing was stored.
        report: Box<ImportReport>,
    },
    /// The import was cancelled.
    #[error("the import was cancelled")]
    Cancelled,
    /// The file could not be read.
    #[error("the file cannot be read: {0}")]
    Io(#[from] std::io::Error),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl ImportError {
    /// A strict import of a file with rows that cannot be right.
    pub(crate) fn refused(file: &str, row: u64, column: String, reason: String, report: ImportReport) -> Self {
        let others = match report.rows_quarantined() - 1 {
            0 => String::new(),
            1 => "; one more row cannot be right".to_owned(),
            others => format!("; {others} more rows cannot be right"),
        };
        Self::Refused { file: file.to_owned(), row, column, reason, others, report: Box::new(report) }
    }
}

/// What is wrong with a file, before its name is known.
#[derive(Debug)]
enum Fault {
    Format(String),
    Cancelled,
    Io(std::io::Error),
}

impl From<std::io::Error> for Fault {
    fn from(error: std::io::Error) -> Self {
        Self::Io(error)
    }
}

impl Fault {
    fn of_file(self, file: &str) -> ImportError {
        let file = file.to_owned();
        match self {
            Self::Format(reason) => ImportError::Format { file, reason },
            Self::Cancelled => ImportError::Cancelled,
            Self::Io(error) => ImportError::Io(error),
        }
    }
}

/// Takes over each batch of rows, with an estimate of how many rows the file has.
type Sink<'a> = dyn FnMut(Batch, u64) -> Result<(), Fault> + 'a;

/// Imports a file and reports what that did.
///
/// # Errors
/// [`ImportError`]; nothing of the file is stored then.
pub async fn run(
    store: &Store,
    file: &ImportFile,
    on_progress: &mut (dyn FnMut(ImportProgress) + Send),
    cancel: &CancellationToken,
    now: DateTime<Utc>,
) -> Result<ImportReport, ImportError> {
    let known = known_issues(store).await?;
    let gathered = read_series(file, &known, on_progress, cancel, now).await?;
    let Gathered { rows_read, series, quarantine } = gathered;
    let mut report = quarantine.into_report(&file.file_name, rows_read, file.strict)?;
    report.symbols = series.len() as u64;
    (report.first, report.last) = ends(&series);

    let tx = store.begin().await?;
    let mentions = series.iter().map(|series| Mention {
        symbol: series.symbol,
        market: series.said.market,
        name: series.said.name.clone(),
    });
    instruments::ensure(&tx, &mentions.collect::<Vec<_>>(), now).await?;
    if !file.adjusted && file.interval == Interval::Day1 {
        let actions = derive::actions(&tx, &series, &known).await?;
        let stored = corporate_actions::put(&tx, &actions, &file.file_name, now).await?;
        report.actions = stored.added + stored.changed;
    }
    let columns = series.into_iter().map(|series| (series.symbol, series.columns)).collect();
    let appended = bars::write_series(&tx, SeriesKind::krx(file.interval, file.adjusted), columns).await?;
    if file.interval == Interval::Day1 {
        instruments::derive_delistings(&tx, now).await?;
    }
    if cancel.is_cancelled() {
        return Err(ImportError::Cancelled);
    }
    tx.commit().await?;
    report.rows_added = appended.added;
    report.rows_changed = appended.changed;
    report.rows_unchanged = appended.unchanged;
    Ok(report)
}

/// What the store knows of every issue, as far as the checks need it.
async fn known_issues(db: &dyn Db) -> Result<HashMap<Symbol, Issue>, StoreError> {
    let issues = instruments::all(db).await?;
    let known = issues.iter().filter_map(|issue| {
        let kind = issue.kind.tradable().filter(|_| !issue.is_assumed);
        Some((issue.symbol()?, Issue { known: kind.map(|kind| (issue.market, kind)), is_demo: issue.is_demo }))
    });
    Ok(known.collect())
}

/// The starts of the oldest and of the newest bar.
fn ends(series: &[Series]) -> (Option<DateTime<Utc>>, Option<DateTime<Utc>>) {
    let instant = |timestamp: Option<i64>| timestamp.and_then(|timestamp| DateTime::from_timestamp(timestamp, 0));
    let first = series.iter().filter_map(|series| series.columns.timestamp.first()).min();
    let last = series.iter().filter_map(|series| series.columns.timestamp.last()).max();
    (instant(first.copied()), instant(last.copied()))
}

/// Reads and checks the whole file on a thread of its own.
async fn read_series(
    file: &ImportFile,
    known: &HashMap<Symbol, Issue>,
    on_progress: &mut (dyn FnMut(ImportProgress) + Send),
    cancel: &CancellationToken,
    now: DateTime<Utc>,
) -> Result<Gathered, ImportError> {
    let (progress, mut news) = mpsc::channel(16);
    let (owned, known, cancel) = (file.clone(), known.clone(), cancel.clone());
    let reading = tokio::task::spawn_blocking(move || {
        gather(&owned, known, now, &mut |rows_read, total| {
            if cancel.is_cancelled() {
                return Err(Fault::Cancelled);
            }
            // A full channel only means that nobody looks right now.
            let _ = progress.try_send(ImportProgress { rows_read, total });
            Ok(())
        })
    });
    while let Some(step) = news.recv().await {
        on_progress(step);
    }
    let gathered = reading.await.map_err(std::io::Error::other)?;
    gathered.map_err(|fault| fault.of_file(&file.file_name))
}

/// Reads and checks the whole file. `watch` is told the rows read and an estimate of all after each batch, and may end it.
fn gather(
    file: &ImportFile,
    known: HashMap<Symbol, Issue>,
    now: DateTime<Utc>,
    watch: &mut dyn FnMut(u64, u64) -> Result<(), Fault>,
) -> Result<Gathered, Fault> {
    let checks = Checks::new(file.interval, file.adjusted, now);
    let mut collector = Collector::new(file.interval, checks, known);
    let mut rows_read = 0;
    read(&file.path, file.interval, &mut |batch, total| {
        rows_read += batch.rows_read() as u64;
        collector.take(batch);
        watch(rows_read, total)
    })?;
    collector.finish()
}

/// Reads a file of either format; Parquet files start with their magic word.
fn read(path: &Path, interval: Interval, sink: &mut Sink<'_>) -> Result<(), Fault> {
    let mut file = File::open(path)?;
    let mut magic = [0; 4];
    let is_parquet = file.read_exact(&mut magic).is_ok() && &magic == b"PAR1";
    file.rewind()?;
    if is_parquet { parquet::read(file, interval, sink) } else { csv::read(file, interval, sink) }
}
