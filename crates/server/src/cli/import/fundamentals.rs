//! `exodus import fundamentals`.

use std::path::PathBuf;

use clap::Args;
use exodus_domain::{Clock, Interval};
use exodus_live::SystemClock;
use exodus_store::Store;
use exodus_store::import::{FundamentalsFile, run_fundamentals};
use exodus_store::imports::{ImportKind, ImportSource, NewImport};

use super::{Summary, bare_name};

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// CSV files with the columns symbol, known_on (the day of publication), and any of bps, eps, listed_shares, sector
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
        let file = FundamentalsFile { path: path.clone(), file_name: recorded_as.clone(), strict };
        let outcome = run_fundamentals(store, &file, SystemClock.now()).await;
        let (interval, adjusted) = (Interval::Day1, false);
        let new = NewImport {
            user_id: None,
            source: ImportSource::File,
            kind: ImportKind::Fundamentals,
            file_name: recorded_as,
            interval,
            adjusted,
            strict,
        };
        summary.add(store, &path, &new, outcome).await?;
    }
    summary.print()
}
