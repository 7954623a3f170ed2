//! `exodus kill`: works with the API down, on whatever machine reaches the database.

use std::io::{IsTerminal, Write};

use anyhow::bail;
use clap::Args;
use exodus_domain::{Clock, KillScope, KillState};
use exodus_live::SystemClock;
use exodus_store::kill_switches::{self, GLOBAL_ID};
use exodus_store::{accounts, orders};

use super::print;
use crate::bootstrap::open_existing_store;
use crate::config::Config;

const WORD: &str = "RESUME";

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Why, for the log
    #[arg(long, default_value = "")]
    reason: String,
    /// Let trading go on instead; asks a person for confirmation
    #[arg(long)]
    clear: bool,
}

pub(super) async fn run(arguments: Arguments, config: &Config) -> anyhow::Result<()> {
    let store = open_existing_store(config).await?;
    let state = if arguments.clear { KillState::Active } else { KillState::Halted };
    if arguments.clear {
        confirm(&arguments.reason)?;
    }
    kill_switches::set(&store, KillScope::Global, GLOBAL_ID, state, &arguments.reason, None, SystemClock.now()).await?;
    if arguments.clear {
        return print("Trading goes on, where nothing else is halted.");
    }
    let mut open = 0;
    for account in accounts::list(&store).await? {
        open += orders::open(&store, account.id).await?.len();
    }
    print(&format!("All trading is halted. Open orders that the worker cancels: {open}. Holdings are not sold."))
}

/// Clearing is a person's act: it needs a terminal, a reason and a typed word (safety §3.3).
fn confirm(reason: &str) -> anyhow::Result<()> {
    if reason.trim().is_empty() {
        bail!("say why it is safe to go on: add --reason \"…\"");
    }
    if !std::io::stdin().is_terminal() {
        bail!("clearing the kill switch needs a person: run the command on a terminal");
    }
    let mut out = std::io::stdout().lock();
    write!(out, "Type {WORD} to let all trading go on: ")?;
    out.flush()?;
    let mut answer = String::new();
    std::io::stdin().read_line(&mut answer)?;
    if answer.trim() != WORD {
        bail!("nothing was changed: the word was not {WORD}");
    }
    Ok(())
}
