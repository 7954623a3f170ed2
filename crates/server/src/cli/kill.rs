//! `exodus kill`: works with the API down, and with the database down on the machine whose worker it is to halt.

use std::io::{IsTerminal, Write};
use std::time::Duration;

use anyhow::bail;
use clap::Args;
use exodus_domain::{Clock, KillScope, KillState};
use exodus_live::{SystemClock, kill_file};
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

/// How long the database is waited for. The file halts meanwhile.
const DATABASE_WAIT: Duration = Duration::from_secs(10);

pub(super) async fn run(arguments: Arguments, config: &Config) -> anyhow::Result<()> {
    if arguments.clear { clear(&arguments.reason, config).await } else { halt(&arguments.reason, config).await }
}

/// Halts by the file first, which needs nothing but the disk, and then by the switch in the database, which reaches every
/// machine and is what screens show. Where that is done, the file has done its part.
async fn halt(reason: &str, config: &Config) -> anyhow::Result<()> {
    let file = kill_file::path(&config.data_dir);
    let is_new = !kill_file::is_present(&file);
    let written =
        if config.data_dir.is_dir() { Some(kill_file::write(&file, reason, SystemClock.now())) } else { None };
    let set = tokio::time::timeout(DATABASE_WAIT, halt_in_database(reason, config)).await;
    let set = set.unwrap_or_else(|_| {
        Err(anyhow::anyhow!("the database at DATABASE_URL does not answer within {} s", DATABASE_WAIT.as_secs()))
    });
    match (set, written) {
        (Ok(open), written) => {
            if is_new && written.is_some() {
                kill_file::remove(&file)?;
            }
            print(&format!(
                "All trading is halted. Open orders that the worker cancels: {open}. Holdings are not sold."
            ))
        }
        (Err(cause), Some(Ok(()))) => print(&format!(
            "All trading of this machine is halted by {}. The switch in the database is not set: {cause:#}. Run \
             `exodus kill` again once it answers, which tells every machine and cancels open orders.",
            file.display()
        )),
        (Err(cause), Some(Err(refused))) => {
            bail!("nothing is halted: {} cannot be written: {refused}; {cause:#}", file.display())
        }
        (Err(cause), None) => Err(cause),
    }
}

/// How many orders are open.
async fn halt_in_database(reason: &str, config: &Config) -> anyhow::Result<usize> {
    let store = open_existing_store(config).await?;
    let now = SystemClock.now();
    kill_switches::set(&store, KillScope::Global, GLOBAL_ID, KillState::Halted, reason, None, now).await?;
    let mut open = 0;
    for account in accounts::list(&store).await? {
        open += orders::open(&store, account.id).await?.len();
    }
    Ok(open)
}

async fn clear(reason: &str, config: &Config) -> anyhow::Result<()> {
    let store = open_existing_store(config).await?;
    confirm(reason)?;
    let now = SystemClock.now();
    kill_switches::set(&store, KillScope::Global, GLOBAL_ID, KillState::Active, reason, None, now).await?;
    kill_file::remove(&kill_file::path(&config.data_dir))?;
    print("Trading goes on, where nothing else is halted.")
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
