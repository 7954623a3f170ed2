//! Universes by rule: which issues are members on which day, from nothing but what was known before that day.

use std::collections::BTreeSet;

use chrono::{Datelike, Days, NaiveDate};
use exodus_domain::{IssueState, IssueStates, Market, Symbol, Won, previous_session, sessions};
use serde::{Deserialize, Serialize};

use crate::membership::Membership;

/// A rule that says who is a member.
///
/// Issues that left the market later are members as long as they were listed: a universe of today's names would know
/// who survived.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Universe {
    /// These issues, on every day.
    List {
        /// Each once.
        symbols: Vec<Symbol>,
    },
    /// Every issue of some markets, seen anew each session.
    Market {
        /// Markets.
        markets: Vec<Market>,
        /// Calendar days since the listing, at least.
        #[serde(default)]
        min_listed_days: u32,
        /// What must not be said of a member on the session before.
        #[serde(default)]
        exclude_states: Vec<IssueState>,
    },
    /// The largest issues, chosen anew on the first session of each month, quarter or year, and on the first of the
    /// period.
    Top {
        /// By what.
        by: RankBy,
        /// How many.
        count: u32,
        /// Sessions before the choice that are looked at.
        #[serde(default = "default_lookback_days")]
        lookback_days: u32,
        /// How often.
        rebalance: Rebalance,
        /// Markets.
        markets: Vec<Market>,
        /// Calendar days since the listing, at least.
        #[serde(default)]
        min_listed_days: u32,
        /// What must not be said of a member on the session before.
        #[serde(default)]
        exclude_states: Vec<IssueState>,
    },
}

const fn default_lookback_days() -> u32 {
    20
}

/// What makes an issue large.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RankBy {
    /// Won traded in the sessions looked at, all together; a session without a trade counts nothing.
    Value,
    /// The last market capitalisation known in the sessions looked at.
    MarketCap,
}

/// How often a choice is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rebalance {
    /// First session of each month.
    Monthly,
    /// First session of January, April, July and October.
    Quarterly,
    /// First session of each year.
    Yearly,
}

/// What is known of an issue, day by day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IssueFacts {
    /// Issue.
    pub symbol: Symbol,
    /// First day of trading; the first of `days` where it is not known.
    pub listed_on: Option<NaiveDate>,
    /// First day without trading, where it has left the market.
    pub delisted_on: Option<NaiveDate>,
    /// Oldest first, each date once.
    pub days: Vec<DayFact>,
}

/// What the end of a day tells of an issue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DayFact {
    /// Day.
    pub date: NaiveDate,
    /// Market on that day; issues move from one to another.
    pub market: Market,
    /// What was said of it on that day; nothing where that is not known by date.
    pub states: IssueStates,
    /// Won traded.
    pub value: Won,
    /// Shares times close, where the number of shares is known.
    pub market_cap: Option<Won>,
}

/// Why a universe has no members.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UniverseError {
    /// Nothing to choose from.
    #[error("{0} is empty: name at least one")]
    Empty(&'static str),
    /// Zero of something that is counted from one.
    #[error("{0} is 0: give at least 1")]
    Zero(&'static str),
    /// Nobody is a member on any day.
    #[error("no issue belongs to the universe from {from} to {to}: widen it, or import the history it needs")]
    NoMember {
        /// First day.
        from: NaiveDate,
        /// Last day.
        to: NaiveDate,
    },
}

impl UniverseError {
    /// The field of the universe that has to change.
    pub fn field(&self) -> &'static str {
        match self {
            Self::Empty(field) | Self::Zero(field) => field,
            Self::NoMember { .. } => "kind",
        }
    }
}

impl Universe {
    /// Sessions before a day whose facts decide who is a member on it.
    pub fn lookback_days(&self) -> u32 {
        match self {
            Self::List { .. } => 0,
            Self::Market { .. } => 1,
            Self::Top { lookback_days, .. } => *lookback_days,
        }
    }

    /// Refuses a rule that can have no members whatever the facts are.
    ///
    /// # Errors
    /// [`UniverseError::Empty`], [`UniverseError::Zero`].
    pub fn check(&self) -> Result<(), UniverseError> {
        match self {
            Self::List { symbols } if symbols.is_empty() => Err(UniverseError::Empty("symbols")),
            Self::Market { markets, .. } | Self::Top { markets, .. } if markets.is_empty() => {
                Err(UniverseError::Empty("markets"))
            }
            Self::Top { count: 0, .. } => Err(UniverseError::Zero("count")),
            Self::Top { lookback_days: 0, .. } => Err(UniverseError::Zero("lookback_days")),
            _ => Ok(()),
        }
    }

    /// Who is a member from `from` to `to`. On each day this depends on facts of earlier days alone.
    ///
    /// # Errors
    /// [`UniverseError`]: the rule has no members, or none of `facts` is one.
    pub fn members(
        &self,
        facts: &[IssueFacts],
        from: NaiveDate,
        to: NaiveDate,
        sell_on_exit: bool,
    ) -> Result<Membership, UniverseError> {
        self.check()?;
        let lists = self.decision_days(from, to).into_iter().map(|date| (date, self.members_on(date, facts)));
        let membership = Membership::new(lists, sell_on_exit);
        if membership.symbols().is_empty() {
            return Err(UniverseError::NoMember { from, to });
        }
        Ok(membership)
    }

    /// The days on which a choice is made.
    fn decision_days(&self, from: NaiveDate, to: NaiveDate) -> Vec<NaiveDate> {
        match self {
            Self::List { .. } => vec![from],
            Self::Market { .. } => sessions(from, to).collect(),
            Self::Top { rebalance, .. } => {
                let mut last = None;
                let begins = |date: &NaiveDate| last.replace(rebalance.period(*date)) != Some(rebalance.period(*date));
                sessions(from, to).filter(begins).collect()
            }
        }
    }

    /// The members on `date`.
    fn members_on(&self, date: NaiveDate, facts: &[IssueFacts]) -> Vec<Symbol> {
        match self {
            Self::List { symbols } => symbols.clone(),
            Self::Market { markets, min_listed_days, exclude_states } => {
                let filter = Filter { markets, min_listed_days: *min_listed_days, exclude_states };
                let start = window_start(date, self.lookback_days());
                facts.iter().filter_map(|issue| filter.known(issue, start, date).map(|_| issue.symbol)).collect()
            }
            Self::Top { by, count, lookback_days, markets, min_listed_days, exclude_states, .. } => {
                let filter = Filter { markets, min_listed_days: *min_listed_days, exclude_states };
                let start = window_start(date, *lookback_days);
                let ranked = facts.iter().filter_map(|issue| {
                    let days = filter.known(issue, start, date)?;
                    let size = by.size(days)?;
                    Some((std::cmp::Reverse(size), issue.symbol))
                });
                let ranked: BTreeSet<_> = ranked.collect();
                let count = usize::try_from(*count).unwrap_or(usize::MAX);
                ranked.into_iter().take(count).map(|(_, symbol)| symbol).collect()
            }
        }
    }
}

impl Rebalance {
    /// Which of the periods that begin with a choice `date` lies in.
    fn period(self, date: NaiveDate) -> (i32, u32) {
        match self {
            Self::Monthly => (date.year(), date.month()),
            Self::Quarterly => (date.year(), date.month0() / 3),
            Self::Yearly => (date.year(), 0),
        }
    }
}

impl RankBy {
    /// How large an issue with these days is; `None` if nothing is known.
    fn size(self, days: &[DayFact]) -> Option<i128> {
        match self {
            Self::Value => Some(days.iter().map(|day| i128::from(day.value.0)).sum()),
            Self::MarketCap => days.iter().rev().find_map(|day| day.market_cap).map(|cap| i128::from(cap.0)),
        }
    }
}

/// What members must have in common.
struct Filter<'a> {
    markets: &'a [Market],
    min_listed_days: u32,
    exclude_states: &'a [IssueState],
}

impl Filter<'_> {
    /// The days of an issue from `start` up to, not including, `date`; `None` if it cannot be a member on `date`.
    ///
    /// Nothing at or after `date` is read: neither days, nor a delisting that is still to come.
    fn known<'b>(&self, issue: &'b IssueFacts, start: NaiveDate, date: NaiveDate) -> Option<&'b [DayFact]> {
        let end = issue.days.partition_point(|day| day.date < date);
        let begin = issue.days[..end].partition_point(|day| day.date < start);
        let days = &issue.days[begin..end];
        let last = days.last()?;
        let listed_on = issue.listed_on.unwrap_or(issue.days[0].date);
        let old_enough =
            listed_on.checked_add_days(Days::new(self.min_listed_days.into())).is_some_and(|day| day <= date);
        let gone = issue.delisted_on.is_some_and(|day| day <= date);
        let excluded = self.exclude_states.iter().any(|state| last.states.contains(*state));
        (old_enough && !gone && !excluded && self.markets.contains(&last.market)).then_some(days)
    }
}

/// The first of the `count` sessions before `date`.
fn window_start(date: NaiveDate, count: u32) -> NaiveDate {
    (0..count).try_fold(date, |day, _| previous_session(day)).unwrap_or(NaiveDate::MIN)
}

#[cfg(test)]
#[path = "universe_tests.rs"]
mod tests;
