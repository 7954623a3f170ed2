//! `exodus import symbols`.

use std::path::PathBuf;

use clap::Args;
use exodus_domain::{Clock, Interval};
use exodus_live::SystemClock;
use exodus_store::Store;
use exodus_store::imports::{ImportKind, NewImport};
use exodus_store::symbols::{self, SkipReason, Skipped, SymbolFile};

use super::{Summary, bare_name, print};

/// Rows named on the terminal; the page lists them all.
const NAMED_ROWS: usize = 20;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// CSV files, or the broker's kospi_code.mst, kosdaq_code.mst and konex_code.mst
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// Print one line of JSON at the end
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(Arguments { files, json }: Arguments, store: &Store) -> anyhow::Result<()> {
    let mut summary = Summary::start();
    for path in files {
        let file_name = path.display().to_string();
        let recorded_as = bare_name(&path);
        let file = SymbolFile { path, file_name: file_name.clone() };
        let report = symbols::import(store, &file, SystemClock.now()).await;
        let report = report.map_err(|error| summary.refusal(&file_name, error))?;
        // Rights are in every file of the broker and no mistake of anybody's.
        let faults = report.skipped.iter().filter(|skipped| skipped.reason != SkipReason::Right);
        for Skipped { row, code, column, detail, .. } in faults.take(if json { 0 } else { NAMED_ROWS }) {
            print(&format!("{file_name}: row {row}, {code}, {column}: {detail}"))?;
        }
        let (interval, adjusted, strict) = (Interval::Day1, false, false);
        let new =
            NewImport { user_id: None, kind: ImportKind::Symbols, file_name: recorded_as, interval, adjusted, strict };
        summary.add(store, &new, report.into()).await?;
    }
    summary.print(json)
}
