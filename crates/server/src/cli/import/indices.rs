//! `exodus import indices`.

use std::path::PathBuf;

use clap::Args;
use exodus_domain::{Clock, Interval};
use exodus_live::SystemClock;
use exodus_store::Store;
use exodus_store::import::{IndicesFile, run_indices};
use exodus_store::imports::{ImportKind, ImportSource, NewImport};

use super::{Summary, bare_name};

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// CSV or Parquet files with the columns symbol (KOSPI, KOSDAQ, KOSPI200), date, close
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// Refuse a file with rows that cannot be right, instead of setting these aside
    #[arg(long)]
    strict: bool,
    /// Print one line of JSON at the end
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(Arguments { files, strict, json }: Arguments, store: &Store) -> anyhow::Result<()> {
    let mut summary = Summary::start(json);
    for path in files {
        let recorded_as = bare_name(&path);
        let file = IndicesFile { path: path.clone(), file_name: recorded_as.clone(), strict };
        let outcome = run_indices(store, &file, SystemClock.now()).await;
        let (kind, interval, adjusted) = (ImportKind::Indices, Interval::Day1, false);
        let new = NewImport {
            user_id: None,
            source: ImportSource::File,
            kind,
            file_name: recorded_as,
            interval,
            adjusted,
            strict,
        };
        summary.add(store, &path, &new, outcome).await?;
    }
    summary.print()
}
