//! What is refused before a run.

use std::collections::{BTreeMap, BTreeSet};

use exodus_domain::{CompactBar, Symbol, Won};
use exodus_trading::{TradedIssue, validate};

use crate::error::BacktestError;
use crate::fills::Slippage;
use crate::series::BarSeries;
use crate::spec::{BacktestSpec, StrategySpec};
use crate::timeline::Timeline;

/// The issues of a run with their bars, by symbol: the order in which everything happens that happens at one time.
pub(crate) type Matched<'a> = BTreeMap<Symbol, (TradedIssue, &'a [CompactBar])>;

impl BacktestSpec {
    /// Refuses what cannot be run, or could not trade whatever happened, and gives each issue its bars.
    pub(crate) fn check<'a>(&self, series: &'a [BarSeries]) -> Result<Matched<'a>, BacktestError> {
        self.check_period()?;
        self.check_fill()?;
        if !self.capital.is_positive() {
            return Err(BacktestError::NoCapital(self.capital));
        }
        let matched = self.match_series(series)?;
        self.check_strategies(&matched)?;
        self.check_events(&matched)?;
        self.check_universe(&matched)?;
        self.check_bars(&matched)?;
        Ok(matched)
    }

    fn check_period(&self) -> Result<(), BacktestError> {
        let (from, to, today) = (self.from, self.to, self.today);
        if to < from {
            return Err(BacktestError::PeriodReversed { from, to });
        }
        if to > today {
            return Err(BacktestError::InFuture { to, today });
        }
        Ok(())
    }

    fn check_fill(&self) -> Result<(), BacktestError> {
        if !(1..=10_000).contains(&self.fill.volume_share_bp) {
            return Err(BacktestError::VolumeShare(self.fill.volume_share_bp));
        }
        match self.fill.slippage {
            Slippage::Ticks(amount) | Slippage::BasisPoints(amount) if !(0..=Slippage::MAX).contains(&amount) => {
                Err(BacktestError::Slippage(amount))
            }
            Slippage::Ticks(_) => match self.issues.iter().find(|issue| issue.adjusted) {
                Some(issue) => Err(BacktestError::TicksOfAdjusted(issue.symbol)),
                None => Ok(()),
            },
            Slippage::None | Slippage::BasisPoints(_) => Ok(()),
        }
    }

    fn match_series<'a>(&self, series: &'a [BarSeries]) -> Result<Matched<'a>, BacktestError> {
        let mut by_symbol = BTreeMap::new();
        for one in series {
            if by_symbol.insert(one.symbol(), one.bars()).is_some() {
                return Err(BacktestError::Repeated(one.symbol()));
            }
        }
        let mut matched = BTreeMap::new();
        for issue in &self.issues {
            let bars = by_symbol.get(&issue.symbol).ok_or(BacktestError::NoSeries(issue.symbol))?;
            if matched.insert(issue.symbol, (*issue, *bars)).is_some() {
                return Err(BacktestError::Repeated(issue.symbol));
            }
        }
        Ok(matched)
    }

    fn check_strategies(&self, matched: &Matched<'_>) -> Result<(), BacktestError> {
        self.interval()?;
        let mut ids = BTreeSet::new();
        for StrategySpec { id, strategy, issues } in &self.strategies {
            if !ids.insert(*id) {
                return Err(BacktestError::RepeatedStrategy(*id));
            }
            if issues.is_empty() {
                return Err(BacktestError::NoIssue(*id));
            }
            let mut own = BTreeSet::new();
            if let Some(twice) = issues.iter().find(|symbol| !own.insert(**symbol)) {
                return Err(BacktestError::Repeated(*twice));
            }
            if let Some(unknown) = issues.iter().find(|symbol| !matched.contains_key(*symbol)) {
                return Err(BacktestError::UnknownIssue(*unknown));
            }
            // Parameters are checked where they are read; whoever makes them otherwise may make a NaN.
            validate(strategy.type_id(), &strategy.parameters()).map_err(|errors| {
                let first = errors.into_iter().next();
                let (name, message) = first.map(|error| (error.field, error.message)).unwrap_or_default();
                BacktestError::Parameter { id: *id, name, message }
            })?;
        }
        Ok(())
    }

    fn check_events(&self, matched: &Matched<'_>) -> Result<(), BacktestError> {
        for action in &self.actions {
            let (issue, _) = matched.get(&action.symbol).ok_or(BacktestError::UnknownIssue(action.symbol))?;
            if issue.adjusted {
                return Err(BacktestError::ActionOfAdjusted(action.symbol));
            }
        }
        let mut ended = BTreeSet::new();
        for delisting in &self.delistings {
            if !matched.contains_key(&delisting.symbol) {
                return Err(BacktestError::UnknownIssue(delisting.symbol));
            }
            if !ended.insert(delisting.symbol) {
                return Err(BacktestError::Repeated(delisting.symbol));
            }
        }
        Ok(())
    }

    /// Members without bars are nobody's fault: they are not traded.
    fn check_universe(&self, matched: &Matched<'_>) -> Result<(), BacktestError> {
        let Some(universe) = &self.universe else { return Ok(()) };
        let (lists, from) = (universe.lists(), self.from);
        let first = lists.partition_point(|(date, _)| *date <= from).saturating_sub(1);
        let in_period = lists[first..].iter().take_while(|(date, _)| *date <= self.to);
        let mut members = in_period.flat_map(|(_, members)| members);
        if members.any(|symbol| matched.contains_key(symbol)) { Ok(()) } else { Err(BacktestError::EmptyUniverse) }
    }

    fn check_bars(&self, matched: &Matched<'_>) -> Result<(), BacktestError> {
        let timeline = Timeline::new(matched.values().map(|(_, bars)| *bars), self.from, self.to);
        if timeline.remaining() == 0 {
            return Err(BacktestError::NoBars { from: self.from, to: self.to });
        }
        let known = matched.keys().zip(0..).map(|(symbol, track)| (*symbol, timeline.bars(track).len()));
        let known: BTreeMap<_, _> = known.collect();
        for StrategySpec { id, strategy, issues } in &self.strategies {
            let given = issues.iter().filter_map(|symbol| known.get(symbol)).copied().max().unwrap_or(0);
            if given <= strategy.warm_up_bars() {
                return Err(BacktestError::TooShort { id: *id, needed: strategy.warm_up_bars() + 1, given });
            }
        }
        let first_close = |(symbol, track): (&Symbol, usize)| {
            let ahead = &timeline.bars(track)[timeline.past(track).len()..];
            ahead.iter().find(|bar| !bar.is_halted()).map(|bar| (Won(bar.close().0), *symbol))
        };
        match matched.keys().zip(0..).filter_map(first_close).min() {
            Some((price, symbol)) if price > self.capital => {
                Err(BacktestError::CapitalBelowOneShare { capital: self.capital, symbol, price })
            }
            _ => Ok(()),
        }
    }
}
