//! `exodus issue`: what is known of an issue, and its states set by hand.

use anyhow::{anyhow, bail};
use clap::Args;
use exodus_domain::{Clock, IssueState, IssueStates, Symbol, kst_date};
use exodus_live::SystemClock;
use exodus_store::audit::{self, NewAudit};
use exodus_store::instruments;

use super::print;
use crate::bootstrap::open_existing_store;
use crate::config::Config;

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Short code
    symbol: Symbol,
    /// States it is in from now on, such as halted or administrative; the next symbol master may tell others
    #[arg(long)]
    set: Vec<IssueState>,
    /// States it is no longer in
    #[arg(long)]
    clear: Vec<IssueState>,
    /// Why, for the audit log
    #[arg(long, default_value = "")]
    reason: String,
}

pub(super) async fn run(arguments: Arguments, config: &Config) -> anyhow::Result<()> {
    let Arguments { symbol, set, clear, reason } = arguments;
    if set.iter().chain(&clear).any(|state| *state == IssueState::Delisted) {
        bail!("delisted is no state to be set by hand: import a symbol master that says so");
    }
    let store = open_existing_store(config).await?;
    let tx = store.begin().await?;
    let listed = instruments::get(&tx, symbol.as_str()).await?;
    let issue = listed.ok_or_else(|| anyhow!("{symbol} is not known: import a symbol master first"))?.issue;
    let states = set.iter().fold(issue.states, |states, state| states.with(*state));
    let states = clear.iter().fold(states, |states, state| states.without(*state));
    let now = SystemClock.now();
    if states != issue.states {
        instruments::set_states(&tx, symbol, states, now).await?;
        let entry = NewAudit {
            user_id: None,
            actor: "command line".to_owned(),
            action: "issue.states".to_owned(),
            object: format!("issue:{symbol}"),
            detail: serde_json::json!({ "before": words(issue.states), "after": words(states), "reason": reason }),
        };
        audit::append(&tx, &entry, now).await?;
    }
    tx.commit().await?;
    let shown = match (words(states).join(", "), issue.states_on) {
        (none, _) if none.is_empty() => "in no special state".to_owned(),
        (some, _) if states != issue.states => format!("{some}, since {}", kst_date(now)),
        (some, Some(day)) => format!("{some}, since {day}"),
        (some, None) => some,
    };
    print(&format!("{symbol} {}, {}: {shown}", issue.name_ko, issue.market))
}

fn words(states: IssueStates) -> Vec<&'static str> {
    states.iter().map(|state| state.as_str()).collect()
}
