//! Who may be bought, as time goes on.

use chrono::NaiveDate;
use exodus_trading::{Portfolio, TradedIssue};

use crate::membership::Membership;

/// A universe by date, followed bar by bar.
pub(super) struct Members<'a> {
    universe: Option<&'a Membership>,
    /// Lists whose date has come.
    begun: usize,
    /// Who may be bought, by track.
    is_member: Vec<bool>,
    /// On whose bars strategies decide, by track: on those of members, and of what is held unless it is to be sold.
    decides: Vec<bool>,
}

impl<'a> Members<'a> {
    pub(super) fn new(universe: Option<&'a Membership>, issues: &[TradedIssue]) -> Self {
        let everybody = vec![universe.is_none(); issues.len()];
        Self { universe, begun: 0, is_member: everybody.clone(), decides: everybody }
    }

    /// Goes on to decisions that are carried out on `date`, which is not before the last one.
    pub(super) fn advance(&mut self, date: NaiveDate, issues: &[TradedIssue], portfolio: &Portfolio) {
        let Some(universe) = self.universe else { return };
        let lists = universe.lists();
        let begun = self.begun + lists[self.begun..].iter().take_while(|(from, _)| *from <= date).count();
        if begun > self.begun {
            self.begun = begun;
            let (_, members) = &lists[begun - 1];
            self.is_member = issues.iter().map(|issue| members.contains(&issue.symbol)).collect();
        }
        self.decides.clone_from(&self.is_member);
        if !universe.sell_on_exit {
            for holding in portfolio.holdings() {
                if let Ok(track) = issues.binary_search_by_key(&holding.symbol, |issue| issue.symbol) {
                    self.decides[track] = true;
                }
            }
        }
    }

    /// True if the issue of a track may be bought.
    pub(super) fn contains(&self, track: usize) -> bool {
        self.is_member[track]
    }

    /// True if strategies decide on the bars of a track.
    pub(super) fn decides(&self, track: usize) -> bool {
        self.decides[track]
    }
}
