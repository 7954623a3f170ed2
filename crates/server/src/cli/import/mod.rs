//! `exodus import`: history, symbol masters, corporate actions, index levels and fundamentals from files.

mod actions;
mod bars;
mod fundamentals;
mod indices;
mod symbols;

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Instant;

use anyhow::anyhow;
use clap::Subcommand;
use exodus_domain::Clock;
use exodus_live::SystemClock;
use exodus_store::Store;
use exodus_store::import::{ImportError, ImportReport};
use exodus_store::imports::{self, NewImport};
use exodus_store::symbols::SkipReason;
use serde::Serialize;

pub(super) use self::bars::BarLength;
use super::print;
use crate::bootstrap::{DataFolder, open_store};
use crate::config::Config;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Import bars from CSV or Parquet files
    Bars(bars::Arguments),
    /// Import what KRX or the broker lists of every issue, from CSV or .mst files
    Symbols(symbols::Arguments),
    /// Import splits, bonus issues and the like from CSV files
    Actions(actions::Arguments),
    /// Import levels of KOSPI, KOSDAQ and KOSPI200 from CSV or Parquet files
    Indices(indices::Arguments),
    /// Import book values, earnings, numbers of shares and industries from CSV files
    Fundamentals(fundamentals::Arguments),
}

pub(super) async fn run(command: Command, config: &Config) -> anyhow::Result<()> {
    DataFolder::prepare(config)?;
    let store = open_store(config).await?;
    store.migrate_up().await?;
    match command {
        Command::Bars(arguments) => bars::run(arguments, &store).await,
        Command::Symbols(arguments) => symbols::run(arguments, &store).await,
        Command::Actions(arguments) => actions::run(arguments, &store).await,
        Command::Indices(arguments) => indices::run(arguments, &store).await,
        Command::Fundamentals(arguments) => fundamentals::run(arguments, &store).await,
    }
}

/// Rows listed on the terminal, of each file.
const LISTED_ROWS: usize = 20;

/// What all files together did; the line that `--json` prints.
#[derive(Serialize)]
struct Summary {
    files: usize,
    rows_read: u64,
    rows_added: u64,
    rows_changed: u64,
    rows_unchanged: u64,
    rows_quarantined: u64,
    reasons: BTreeMap<String, u64>,
    symbols: u64,
    actions: u64,
    elapsed_ms: u64,
    #[serde(skip)]
    started: Instant,
    /// True if the summary is one line for programs, which nothing else may stand beside.
    #[serde(skip)]
    json: bool,
}

/// The name of a file without its folder, which is nobody else's business: every user sees what was imported.
fn bare_name(path: &Path) -> String {
    path.file_name().map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into_owned())
}

impl Summary {
    fn start(json: bool) -> Self {
        Self {
            files: 0,
            rows_read: 0,
            rows_added: 0,
            rows_changed: 0,
            rows_unchanged: 0,
            rows_quarantined: 0,
            reasons: BTreeMap::new(),
            symbols: 0,
            actions: 0,
            elapsed_ms: 0,
            started: Instant::now(),
            json,
        }
    }

    /// Adds what a file did, and records it where the page shows imports: a strict import that was refused too, with the
    /// rows that it was refused for.
    async fn add(
        &mut self,
        store: &Store,
        path: &Path,
        new: &NewImport,
        outcome: Result<ImportReport, ImportError>,
    ) -> anyhow::Result<()> {
        let now = SystemClock.now();
        let report = match outcome {
            Ok(report) => report,
            Err(error) => {
                if let ImportError::Refused { report, .. } = &error {
                    let tx = store.begin().await?;
                    let import = imports::create(&tx, new, now).await?;
                    imports::finish_refused(&tx, import.id, &error.to_string(), report, now).await?;
                    tx.commit().await?;
                    self.list(path, report)?;
                }
                return Err(self.refusal(&path.display().to_string(), error));
            }
        };
        let tx = store.begin().await?;
        let import = imports::create(&tx, new, now).await?;
        imports::finish_done(&tx, import.id, &report, now).await?;
        tx.commit().await?;
        self.list(path, &report)?;
        self.files += 1;
        self.rows_read += report.rows_read;
        self.rows_added += report.rows_added;
        self.rows_changed += report.rows_changed;
        self.rows_unchanged += report.rows_unchanged;
        self.rows_quarantined += report.rows_quarantined();
        self.symbols += report.symbols;
        self.actions += report.actions;
        for (reason, count) in report.reasons {
            *self.reasons.entry(reason).or_default() += count;
        }
        self.elapsed_ms = u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX);
        Ok(())
    }

    /// Prints the line for programs, or sentences for people.
    fn print(&self) -> anyhow::Result<()> {
        if self.json {
            return print(&serde_json::to_string(self)?);
        }
        let Self { rows_read, rows_added, rows_changed, rows_unchanged, symbols, elapsed_ms, .. } = self;
        print(&format!(
            "{rows_read} rows of {symbols} issues in {:.1} s: {rows_added} new, {rows_changed} changed, \
             {rows_unchanged} unchanged, {} set aside",
            *elapsed_ms as f64 / 1_000.0,
            self.rows_quarantined
        ))?;
        for (reason, count) in &self.reasons {
            print(&format!("  {reason:16} {count}"))?;
        }
        match self.actions {
            0 => Ok(()),
            found => print(&format!("{found} corporate actions were new or different.")),
        }
    }

    /// Lists the rows of a file that cannot be right: the first ones here, all of them on the page. Rights are in every
    /// symbol master of the broker and no mistake of anybody's.
    fn list(&self, path: &Path, report: &ImportReport) -> anyhow::Result<()> {
        if self.json {
            return Ok(());
        }
        let wrong = report.quarantined.iter().filter(|row| row.reason != SkipReason::Right.as_str());
        for row in wrong.take(LISTED_ROWS) {
            let place = [row.symbol.as_str(), row.time.as_str()].join(" ");
            let (path, number, field) = (path.display(), row.row, &row.field);
            print(&format!("{path}: row {number}, {}, {field}: {} ({})", place.trim(), row.reason, row.cells))?;
        }
        match report.rows_quarantined() {
            0 => Ok(()),
            _ => print("All rows that cannot be right are listed on the page, under Market, Imports."),
        }
    }

    /// Names the file, and says which ones are in if one of several failed.
    fn refusal(&self, file_name: &str, error: ImportError) -> anyhow::Error {
        let error = match error {
            ImportError::Io(cause) => anyhow!("{file_name} cannot be read: {cause}"),
            error => anyhow::Error::from(error),
        };
        match self.files {
            0 => error,
            done => error.context(format!("the first {done} files are imported, this one and those after it are not")),
        }
    }
}
