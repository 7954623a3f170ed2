//! `exodus import bars`.

use std::path::PathBuf;
use std::time::Instant;

use anyhow::{Context, anyhow};
use clap::{Args, Subcommand, ValueEnum};
use exodus_domain::{Clock, Interval};
use exodus_live::SystemClock;
use exodus_store::import::{self, ImportError, ImportFile, ImportProgress};
use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;
use tokio_util::sync::CancellationToken;

use super::print;
use crate::bootstrap::{DataFolder, open_store};
use crate::config::Config;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Import bars from CSV or Parquet files, each whole or not at all
    Bars(Bars),
}

#[derive(Debug, Args)]
pub(super) struct Bars {
    /// Files with the columns symbol, date, open, high, low, close, volume
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// Length of the bars
    #[arg(long, value_enum, default_value = "1d")]
    interval: BarLength,
    /// The prices are adjusted for splits and the like
    #[arg(long)]
    adjusted: bool,
    /// Print one line of JSON at the end
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum BarLength {
    #[value(name = "1d")]
    Day1,
    #[value(name = "1m")]
    Minute1,
}

/// What all files together did.
#[derive(Default, Serialize)]
struct Summary {
    files: usize,
    rows_read: u64,
    rows_added: u64,
    rows_changed: u64,
    rows_unchanged: u64,
    symbols: u64,
    elapsed_ms: u64,
}

pub(super) async fn run(Command::Bars(bars): Command, config: &Config) -> anyhow::Result<()> {
    DataFolder::prepare(config)?;
    let store = open_store(config).await?;
    store.migrate_up().await?;
    let cancel = CancellationToken::new();
    tokio::spawn({
        let cancel = cancel.clone();
        async move {
            if tokio::signal::ctrl_c().await.is_ok() {
                cancel.cancel();
            }
        }
    });
    let started = Instant::now();
    let mut summary = Summary::default();
    for path in bars.files {
        let file_name = path.display().to_string();
        let interval = match bars.interval {
            BarLength::Day1 => Interval::Day1,
            BarLength::Minute1 => Interval::Minute1,
        };
        let file = ImportFile { path, file_name: file_name.clone(), interval, adjusted: bars.adjusted };
        let bar = progress_bar(&file_name)?;
        let mut on_progress = |progress: ImportProgress| {
            bar.set_length(progress.total.max(progress.rows_read));
            bar.set_position(progress.rows_read);
        };
        let report = import::run(&store, &file, &mut on_progress, &cancel, SystemClock.now()).await;
        bar.finish_and_clear();
        let report = report.map_err(|error| refusal(&summary, &file_name, error))?;
        summary.files += 1;
        summary.rows_read += report.rows_read;
        summary.rows_added += report.rows_added;
        summary.rows_changed += report.rows_changed;
        summary.rows_unchanged += report.rows_unchanged;
        summary.symbols += report.symbols;
    }
    summary.elapsed_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    if bars.json {
        return print(&serde_json::to_string(&summary)?);
    }
    let Summary { rows_read, rows_added, rows_changed, rows_unchanged, symbols, elapsed_ms, .. } = summary;
    print(&format!(
        "{rows_read} rows of {symbols} issues in {:.1} s: {rows_added} new, {rows_changed} changed, \
         {rows_unchanged} unchanged",
        elapsed_ms as f64 / 1_000.0
    ))
}

/// Names the file, and says which ones are in if one of several failed.
fn refusal(summary: &Summary, file_name: &str, error: ImportError) -> anyhow::Error {
    let error = match error {
        ImportError::Io(cause) => anyhow!("{file_name} cannot be read: {cause}"),
        error => anyhow::Error::from(error),
    };
    match summary.files {
        0 => error,
        done => error.context(format!("the first {done} files are imported, this one and those after it are not")),
    }
}

/// Shows progress on a terminal; elsewhere it draws nothing.
fn progress_bar(name: &str) -> anyhow::Result<ProgressBar> {
    let style = ProgressStyle::with_template("{msg} {wide_bar} {human_pos}/{human_len} rows, {per_sec}, {eta}")
        .context("the progress bar could not be drawn")?;
    Ok(ProgressBar::new(0).with_style(style).with_message(name.to_owned()))
}
