//! What to run.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::NaiveDate;
use exodus_domain::{CommissionTerms, CorporateAction, Fundamentals, Interval, Symbol, Won};
use exodus_trading::{RiskLimits, Strategy, TradedIssue};

use crate::error::BacktestError;
use crate::fills::FillModel;
use crate::membership::Membership;

/// Strategies on one wallet, the issues they may trade, and the period.
#[derive(Clone, Debug, PartialEq)]
pub struct BacktestSpec {
    /// Strategies, each id once; all decide on bars of one length. At one close they decide in the order of their ids.
    pub strategies: Vec<StrategySpec>,
    /// Every issue of the run, each once.
    pub issues: Vec<TradedIssue>,
    /// First session.
    pub from: NaiveDate,
    /// Last session.
    pub to: NaiveDate,
    /// The day on which the run is made, in Korea: no period ends after it.
    pub today: NaiveDate,
    /// Cash to start with.
    pub capital: Won,
    /// Limits of the risk gate; [`RiskLimits::wide`] unless an account's own are to be tried.
    pub limits: RiskLimits,
    /// The terms that the commissions of the issues were taken from, for the manifest.
    pub commission: CommissionTerms,
    /// How orders are filled.
    pub fill: FillModel,
    /// Which issues may be bought on which day; `None` for every issue on every day.
    pub universe: Option<Membership>,
    /// Corporate actions of issues with raw prices, in any order.
    pub actions: Vec<CorporateAction>,
    /// Issues that left the market, each once.
    pub delistings: Vec<Delisting>,
    /// What was published of the issues, for strategies that [ask](Strategy::needs_fundamentals): of each a
    /// [history](Fundamentals::history) that fits its prices.
    pub fundamentals: BTreeMap<Symbol, Arc<[Fundamentals]>>,
    /// What the specification was drawn from by chance, if it was; for the manifest.
    pub seed: u64,
    /// Version of the program, for the manifest.
    pub code_version: String,
}

/// A strategy of a run.
#[derive(Clone, Debug, PartialEq)]
pub struct StrategySpec {
    /// The caller's number for it.
    pub id: i64,
    /// Strategy with its parameters.
    pub strategy: Strategy,
    /// Issues it watches, each once.
    pub issues: Vec<Symbol>,
}

/// An issue that left the market (상장폐지).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Delisting {
    /// Issue.
    pub symbol: Symbol,
    /// The first day on which it was listed no more.
    pub date: NaiveDate,
}

/// Whether to go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flow {
    /// Go on.
    Continue,
    /// Stop; the run ends with [`BacktestError::Cancelled`].
    Cancel,
}

impl BacktestSpec {
    /// One strategy, numbered 1, over `issues`, with everything else as usual: market orders at the next open, no limits
    /// of an account, no universe, no corporate actions, the ordinary commission.
    pub fn single(
        strategy: Strategy,
        issues: Vec<TradedIssue>,
        (from, to): (NaiveDate, NaiveDate),
        capital: Won,
        today: NaiveDate,
    ) -> Self {
        let watched = issues.iter().map(|issue| issue.symbol).collect();
        Self {
            strategies: vec![StrategySpec { id: 1, strategy, issues: watched }],
            issues,
            from,
            to,
            today,
            capital,
            limits: RiskLimits::wide(),
            commission: CommissionTerms::default(),
            fill: FillModel::default(),
            universe: None,
            actions: Vec::new(),
            delistings: Vec::new(),
            fundamentals: BTreeMap::new(),
            seed: 0,
            code_version: String::new(),
        }
    }

    /// Issues that a strategy asks for fundamentals of, and of which none are known.
    pub(crate) fn issues_without_fundamentals(&self) -> usize {
        let asking = self.strategies.iter().filter(|one| one.strategy.needs_fundamentals());
        let asked: BTreeSet<Symbol> = asking.flat_map(|one| one.issues.iter().copied()).collect();
        asked.iter().filter(|symbol| self.fundamentals.get(symbol).is_none_or(|history| history.is_empty())).count()
    }

    /// The length of the bars that every strategy decides on.
    pub(crate) fn interval(&self) -> Result<Interval, BacktestError> {
        let first = self.strategies.first().ok_or(BacktestError::NoStrategy)?.strategy.interval();
        match self.strategies.iter().find(|one| one.strategy.interval() != first) {
            Some(other) => Err(BacktestError::IntervalsDiffer(other.id)),
            None => Ok(first),
        }
    }
}
