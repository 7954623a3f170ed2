//! What the rules say of the issues that bars are about to decide on.
//!
//! A halt that is imported at noon, or new terms of the account, must meet the next order, so they are read before the
//! decision and not kept. Bars that close together are decided on together, so they are read for all of these at once:
//! two statements, however many issues close. Bars that no strategy decides on read nothing.

use std::collections::{BTreeSet, HashSet};

use chrono::{DateTime, TimeDelta, Utc};
use exodus_domain::{Interval, Symbol};

use super::Session;
use crate::LiveError;
use crate::issues;

/// Rules that were read longer ago are read anew before the next decision, also within a batch that takes that long.
const FRESH_FOR: TimeDelta = TimeDelta::seconds(1);

/// The bars that are here and for which the rules have been read.
#[derive(Default)]
pub(super) struct FreshRules {
    read_at: DateTime<Utc>,
    bars: HashSet<(Symbol, Interval)>,
}

impl FreshRules {
    /// Uses up what was read for a bar. False if nothing was, or too long ago.
    fn take(&mut self, symbol: Symbol, interval: Interval, now: DateTime<Utc>) -> bool {
        self.bars.remove(&(symbol, interval)) && now - self.read_at <= FRESH_FOR
    }
}

impl Session {
    /// Tells the engine the rules of an issue before it decides on a bar of it, and those of all issues whose bars are
    /// here too.
    pub(super) async fn refresh_for_bar(&mut self, symbol: Symbol, interval: Interval) -> Result<(), LiveError> {
        let now = self.now();
        if !self.decides_on(symbol, interval) || self.fresh.take(symbol, interval, now) {
            return Ok(());
        }
        self.market.look_ahead();
        let ahead = self.market.bars_ahead().filter(|(symbol, interval)| self.decides_on(*symbol, *interval)).collect();
        self.fresh = FreshRules { read_at: now, bars: ahead };
        let symbols: BTreeSet<Symbol> =
            self.fresh.bars.iter().map(|(symbol, _)| *symbol).chain(std::iter::once(symbol)).collect();
        metrics::counter!("exodus_rule_reads_total").increment(1);
        for issue in issues::find_many(&self.deps.store, self.account.id, &Vec::from_iter(symbols)).await? {
            self.engine.add_issue(issue);
        }
        Ok(())
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
