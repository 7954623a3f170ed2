//! What the rules say of the issues that bars are about to decide on.
//!
//! A halt that is imported at noon, or new terms of the account, must meet the next order, so they are read before the
//! decision and not kept. Bars that close together are decided on together, so they are read for all of these at once:
//! two statements, however many issues close. Bars that no strategy decides on read nothing.

use std::collections::BTreeSet;

use exodus_domain::{Bar, Interval, Symbol};

use super::Session;
use crate::LiveError;
use crate::issues;

impl Session {
    /// Tells the engine the rules of the issues whose bars it is about to decide on.
    pub(super) async fn refresh_for_bars(
        &mut self,
        bars: &[(Symbol, Bar)],
        interval: Interval,
    ) -> Result<(), LiveError> {
        let closed = bars.iter().map(|(symbol, _)| *symbol);
        let symbols: BTreeSet<Symbol> = closed.filter(|symbol| self.decides_on(*symbol, interval)).collect();
        if symbols.is_empty() {
            return Ok(());
        }
        metrics::counter!("exodus_rule_reads_total").increment(1);
        for issue in issues::find_many(&self.deps.store, self.account.id, &Vec::from_iter(symbols)).await? {
            self.engine.add_issue(issue);
        }
        self.refresh_facts().await
    }

    /// Tells the engine the rules of an issue as they are at a decision. False if the store does not list it.
    pub(super) async fn refresh_issue(&mut self, symbol: Symbol) -> Result<bool, LiveError> {
        let issue = issues::find(&self.deps.store, self.account.id, symbol).await?;
        if let Some(issue) = issue {
            self.engine.add_issue(issue);
        }
        Ok(issue.is_some())
    }

    /// True if a strategy decides on such bars.
    fn decides_on(&self, symbol: Symbol, interval: Interval) -> bool {
        self.strategies.values().any(|running| running.bars.contains(&(symbol, interval)))
    }
}
