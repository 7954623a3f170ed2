//! `exodus backtest verify`.

use anyhow::{anyhow, bail};
use clap::Args;
use exodus_backtest::Flow;
use exodus_domain::{Clock, kst_date};
use exodus_live::SystemClock;
use exodus_store::backtests;

use super::{progress_bar, show};
use crate::backtests::result::StoredResult;
use crate::backtests::run::{Plan, RunError, execute, load};
use crate::bootstrap::open_existing_store;
use crate::cli::print;
use crate::config::Config;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Number of the backtest
    id: i64,
}

pub(super) async fn run(Arguments { id }: Arguments, config: &Config) -> anyhow::Result<()> {
    let store = open_existing_store(config).await?;
    let unknown = || anyhow!("there is no backtest {id} here: its number is in the address of its page");
    let backtest = backtests::find(&store, id).await?.ok_or_else(unknown)?;
    let stored = backtests::results(&store, backtest.request.user_id, id).await?;
    let stored = stored.ok_or_else(|| anyhow!("backtest {id} has no result: run it first"))?;
    let stored = StoredResult::read(stored)?.manifest;
    let plan = Plan::of(&backtest.request, kst_date(SystemClock.now()))?;
    let run = load(&store, &plan).await?;
    let bar = progress_bar()?;
    let shown = bar.clone();
    let work = tokio::task::spawn_blocking(move || {
        execute(&run, &mut |fraction| {
            show(&shown, fraction);
            Flow::Continue
        })
    });
    let again = work.await.map_err(RunError::crashed)?;
    bar.finish_and_clear();
    let again = again?.manifest;
    let differences = exodus_backtest::verify(&stored, &again);
    if differences.is_empty() {
        return print(&format!("Backtest {id} gives the same result: {}", again.result_fingerprint));
    }
    let words: Vec<String> =
        differences.iter().filter_map(|one| Some(serde_json::to_value(one).ok()?.as_str()?.to_owned())).collect();
    bail!("backtest {id} differs in {}: its stored result cannot be repeated here", words.join(", "))
}
