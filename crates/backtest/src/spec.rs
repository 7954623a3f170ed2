//! What to run.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use exodus_domain::{CommissionTerms, CompactBar, Symbol, Won};
use exodus_trading::{EngineError, RiskLimits, Strategy, TradedIssue};

use crate::series::BarSeries;

/// A strategy, the issues it may trade, and the period.
#[derive(Clone, Debug, PartialEq)]
pub struct BacktestSpec {
    /// Strategy with its parameters.
    pub strategy: Strategy,
    /// Issues it watches, each once.
    pub issues: Vec<TradedIssue>,
    /// First session.
    pub from: NaiveDate,
    /// Last session.
    pub to: NaiveDate,
    /// Cash to start with.
    pub capital: Won,
    /// Limits of the risk gate; [`RiskLimits::wide`] unless an account's own are to be tried.
    pub limits: RiskLimits,
    /// The terms that the commissions of the issues were taken from, for the manifest.
    pub commission: CommissionTerms,
    /// Version of the program, for the manifest.
    pub code_version: String,
}

/// Whether to go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flow {
    /// Go on.
    Continue,
    /// Stop; the run ends with [`BacktestError::Cancelled`].
    Cancel,
}

/// Why there is no result.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BacktestError {
    /// The period ends before it begins.
    #[error("the period ends on {to}, before it begins on {from}: exchange the dates")]
    PeriodReversed {
        /// First session.
        from: NaiveDate,
        /// Last session.
        to: NaiveDate,
    },
    /// There is nothing to invest.
    #[error("the initial capital is {0} won: give at least 1")]
    NoCapital(Won),
    /// An issue or a series is there twice.
    #[error("{0} is given twice: name each issue and each series once")]
    Repeated(Symbol),
    /// An issue has no series.
    #[error("there are no bars of {0}: import its history or leave it out")]
    NoSeries(Symbol),
    /// No issue has a bar in the period.
    #[error("no issue has a bar from {from} to {to}: choose a period with history")]
    NoBars {
        /// First session.
        from: NaiveDate,
        /// Last session.
        to: NaiveDate,
    },
    /// The bars are not in ascending order.
    #[error("the bars of {symbol} are out of order at {at}: sort them by time, each time once")]
    OutOfOrder {
        /// Issue.
        symbol: Symbol,
        /// The first bar that is not later than the one before.
        at: DateTime<Utc>,
    },
    /// A price is none, or larger than any won price there is.
    #[error("a price of {symbol} at {at} is below 0 or above 4,294,967,295 won: put it right in the source")]
    Price {
        /// Issue.
        symbol: Symbol,
        /// The bar.
        at: DateTime<Utc>,
    },
    /// The caller stopped the run.
    #[error("the backtest was cancelled")]
    Cancelled,
    /// The engine and the runner disagree about an order.
    #[error(transparent)]
    Engine(#[from] EngineError),
}

impl BacktestSpec {
    /// Each issue with its bars, by symbol: the order in which everything happens that happens at one time.
    pub(crate) fn match_series<'a>(
        &self,
        series: &'a [BarSeries],
    ) -> Result<BTreeMap<Symbol, (TradedIssue, &'a [CompactBar])>, BacktestError> {
        if self.to < self.from {
            return Err(BacktestError::PeriodReversed { from: self.from, to: self.to });
        }
        if !self.capital.is_positive() {
            return Err(BacktestError::NoCapital(self.capital));
        }
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
}
