//! `exodus import actions`.

use std::path::PathBuf;

use clap::Args;
use exodus_domain::{Clock, Interval};
use exodus_live::SystemClock;
use exodus_store::Store;
use exodus_store::import::{ActionsFile, run_actions};
use exodus_store::imports::{ImportKind, NewImport};

use super::{Summary, bare_name};

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// CSV files with the columns symbol, ex_date, kind, numerator, denominator
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// Refuse a file at its first row that cannot be right, instead of setting such rows aside
    #[arg(long)]
    strict: bool,
    /// Print one line of JSON at the end
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(Arguments { files, strict, json }: Arguments, store: &Store) -> anyhow::Result<()> {
    let mut summary = Summary::start();
    for path in files {
        let file_name = path.display().to_string();
        let recorded_as = bare_name(&path);
        let file = ActionsFile { path, file_name: recorded_as.clone(), strict };
        let report = run_actions(store, &file, SystemClock.now()).await;
        let report = report.map_err(|error| summary.refusal(&file_name, error))?;
        let (interval, adjusted) = (Interval::Day1, false);
        let new =
            NewImport { user_id: None, kind: ImportKind::Actions, file_name: recorded_as, interval, adjusted, strict };
        summary.add(store, &new, report).await?;
    }
    summary.print(json)
}
