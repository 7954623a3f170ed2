//! `exodus import symbols`.

use std::path::PathBuf;

use clap::Args;
use exodus_domain::{Clock, Interval};
use exodus_live::SystemClock;
use exodus_store::Store;
use exodus_store::imports::{ImportKind, ImportSource, NewImport};
use exodus_store::symbols::{self, SymbolFile};

use super::{Summary, bare_name};

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// CSV files, or the broker's kospi_code.mst, kosdaq_code.mst and konex_code.mst
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
        let file = SymbolFile { path: path.clone(), file_name: path.display().to_string(), strict };
        let outcome = symbols::import(store, &file, SystemClock.now()).await;
        let (interval, adjusted) = (Interval::Day1, false);
        let new = NewImport {
            user_id: None,
            source: ImportSource::File,
            kind: ImportKind::Symbols,
            file_name: recorded_as,
            interval,
            adjusted,
            strict,
        };
        summary.add(store, &path, &new, outcome.map(Into::into)).await?;
    }
    summary.print()
}
