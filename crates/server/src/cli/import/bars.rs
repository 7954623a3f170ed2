//! `exodus import bars`.

use std::path::PathBuf;

use anyhow::Context;
use clap::{Args, ValueEnum};
use exodus_domain::{Clock, Interval};
use exodus_live::SystemClock;
use exodus_store::Store;
use exodus_store::import::{self, ImportFile, ImportProgress};
use exodus_store::imports::{ImportKind, ImportSource, NewImport};
use indicatif::{ProgressBar, ProgressStyle};
use tokio_util::sync::CancellationToken;

use super::{Summary, bare_name};

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Files with the columns symbol, date, open, high, low, close, volume
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// Length of the bars
    #[arg(long, value_enum, default_value = "1d")]
    interval: BarLength,
    /// The prices are adjusted for splits and the like
    #[arg(long)]
    adjusted: bool,
    /// Refuse a file with rows that cannot be right, instead of setting these aside
    #[arg(long)]
    strict: bool,
    /// Print one line of JSON at the end
    #[arg(long)]
    json: bool,
}

/// Length of bars as people write it.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum BarLength {
    #[value(name = "1d")]
    Day1,
    #[value(name = "1h")]
    Hour1,
    #[value(name = "5m")]
    Minute5,
    #[value(name = "1m")]
    Minute1,
}

impl From<BarLength> for Interval {
    fn from(length: BarLength) -> Self {
        match length {
            BarLength::Day1 => Self::Day1,
            BarLength::Hour1 => Self::Hour1,
            BarLength::Minute5 => Self::Minute5,
            BarLength::Minute1 => Self::Minute1,
        }
    }
}

pub(super) async fn run(arguments: Arguments, store: &Store) -> anyhow::Result<()> {
    let cancel = CancellationToken::new();
    tokio::spawn({
        let cancel = cancel.clone();
        async move {
            if tokio::signal::ctrl_c().await.is_ok() {
                cancel.cancel();
            }
        }
    });
    let Arguments { files, interval, adjusted, strict, json } = arguments;
    let interval = Interval::from(interval);
    let mut summary = Summary::start(json);
    for path in files {
        let file_name = path.display().to_string();
        let recorded_as = bare_name(&path);
        let file = ImportFile { path: path.clone(), file_name: file_name.clone(), interval, adjusted, strict };
        let bar = progress_bar(&file_name)?;
        let mut on_progress = |progress: ImportProgress| {
            bar.set_length(progress.total.max(progress.rows_read));
            bar.set_position(progress.rows_read);
        };
        let outcome = import::run(store, &file, &mut on_progress, &cancel, SystemClock.now()).await;
        bar.finish_and_clear();
        let new = NewImport {
            user_id: None,
            source: ImportSource::File,
            kind: ImportKind::Bars,
            file_name: recorded_as,
            interval,
            adjusted,
            strict,
        };
        summary.add(store, &path, &new, outcome).await?;
    }
    summary.print()
}

/// Shows progress on a terminal; elsewhere it draws nothing.
fn progress_bar(name: &str) -> anyhow::Result<ProgressBar> {
    let style = ProgressStyle::with_template("{msg} {wide_bar} {human_pos}/{human_len} rows, {per_sec}, {eta}")
        .context("the progress bar could not be drawn")?;
    Ok(ProgressBar::new(0).with_style(style).with_message(name.to_owned()))
}
