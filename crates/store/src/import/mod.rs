//! Importing files of bars, whole or not at all.
//!
//! A file is CSV with a header, or Parquet. It needs the columns `symbol`, `date` (or `timestamp`), `open`, `high`,
//! `low`, `close` and `volume`, in any order; others are ignored. Prices are whole won, times are Korean wall-clock
//! time unless they carry a zone. Rows may come in any order; halted days, with open, high and low zero, are kept.
//!
//! The first row that cannot be right refuses the file, named by its number. Only when all rows are read and checked
//! are they merged into the stored series, in one transaction; importing the same file again finds every bar
//! unchanged. Memory grows by about 60 bytes a row.

mod collect;
mod columns;
mod csv;
mod parquet;
mod time;

use std::fs::File;
use std::io::{Read, Seek};
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use exodus_domain::{Interval, Symbol};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::bars::{self, Columns, SeriesKind};
use crate::db::Store;
use crate::error::StoreError;
use crate::instruments::{self, Mention};
use collect::Collector;
use columns::Batch;

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
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ImportReport {
    /// Rows in the file.
    pub rows_read: u64,
    /// Bars that were not there before.
    pub rows_added: u64,
    /// Bars that replaced one with other values.
    pub rows_changed: u64,
    /// Bars that were there already.
    pub rows_unchanged: u64,
    /// Issues in the file.
    pub symbols: u64,
    /// Start of the oldest bar in the file.
    pub first: DateTime<Utc>,
    /// Start of the newest bar in the file.
    pub last: DateTime<Utc>,
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
    /// A row cannot be right.
    #[error("{file}: row {row}, column {column}: {reason}")]
    Row {
        /// The file.
        file: String,
        /// Number of the row, from 1; the header does not count.
        row: u64,
        /// Column.
        column: String,
        /// What is wrong with it.
        reason: String,
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

/// What is wrong with a file, before its name is known.
#[derive(Debug)]
enum Fault {
    Format(String),
    Row { row: u64, column: &'static str, reason: String },
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
            Self::Row { row, column, reason } => ImportError::Row { file, row, column: column.to_owned(), reason },
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
    let series = read_series(file, on_progress, cancel).await?;
    let symbols: Vec<Symbol> = series.iter().map(|(symbol, _)| *symbol).collect();
    let rows_read = series.iter().map(|(_, columns)| columns.len() as u64).sum();
    let ends = series.iter().flat_map(|(_, columns)| [columns.timestamp.first(), columns.timestamp.last()]);
    let (first, last) = ends.flatten().fold((i64::MAX, i64::MIN), |(a, b), &t| (a.min(t), b.max(t)));

    let tx = store.begin().await?;
    let mentions: Vec<Mention> = symbols.iter().copied().map(Mention::from).collect();
    instruments::ensure(&tx, &mentions, now).await?;
    let appended = bars::write_series(&tx, SeriesKind::krx(file.interval, file.adjusted), series).await?;
    if cancel.is_cancelled() {
        return Err(ImportError::Cancelled);
    }
    tx.commit().await?;
    Ok(ImportReport {
        rows_read,
        rows_added: appended.added,
        rows_changed: appended.changed,
        rows_unchanged: appended.unchanged,
        symbols: symbols.len() as u64,
        first: DateTime::from_timestamp(first, 0).unwrap_or_default(),
        last: DateTime::from_timestamp(last, 0).unwrap_or_default(),
    })
}

/// Reads and checks the whole file on a thread of its own.
async fn read_series(
    file: &ImportFile,
    on_progress: &mut (dyn FnMut(ImportProgress) + Send),
    cancel: &CancellationToken,
) -> Result<Vec<(Symbol, Columns)>, ImportError> {
    let (progress, mut news) = mpsc::channel(16);
    let (owned, cancel) = (file.clone(), cancel.clone());
    let reading = tokio::task::spawn_blocking(move || {
        let mut collector = Collector::new(owned.adjusted);
        let mut rows_read = 0;
        read(&owned.path, owned.interval, &mut |batch, total| {
            if cancel.is_cancelled() {
                return Err(Fault::Cancelled);
            }
            rows_read += batch.len() as u64;
            collector.take(&batch)?;
            // A full channel only means that nobody looks right now.
            let _ = progress.try_send(ImportProgress { rows_read, total });
            Ok(())
        })?;
        collector.finish()
    });
    while let Some(step) = news.recv().await {
        on_progress(step);
    }
    let series = reading.await.map_err(std::io::Error::other)?;
    series.map_err(|fault| fault.of_file(&file.file_name))
}

/// Reads a file of either format; Parquet files start with their magic word.
fn read(path: &Path, interval: Interval, sink: &mut Sink<'_>) -> Result<(), Fault> {
    let mut file = File::open(path)?;
    let mut magic = [0; 4];
    let is_parquet = file.read_exact(&mut magic).is_ok() && &magic == b"PAR1";
    file.rewind()?;
    if is_parquet { parquet::read(file, interval, sink) } else { csv::read(file, interval, sink) }
}
