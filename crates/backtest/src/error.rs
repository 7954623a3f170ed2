//! Why there is no result.

use chrono::{DateTime, NaiveDate, Utc};
use exodus_domain::{Symbol, Won};
use exodus_trading::EngineError;

use crate::fills::Slippage;

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
    /// The period ends after the day on which the run is made.
    #[error("the period ends on {to}, but today is {today}: end it today or before")]
    InFuture {
        /// Last session.
        to: NaiveDate,
        /// The day of the run.
        today: NaiveDate,
    },
    /// There is nothing to invest.
    #[error("the initial capital is {0} won: give at least 1")]
    NoCapital(Won),
    /// Not even one share can be bought.
    #[error("the initial capital of {capital} won buys no share: the cheapest issue, {symbol}, begins at {price} won")]
    CapitalBelowOneShare {
        /// What there is.
        capital: Won,
        /// The cheapest issue.
        symbol: Symbol,
        /// Its first close in the period.
        price: Won,
    },
    /// There is nothing to run.
    #[error("no strategy is given: name at least one")]
    NoStrategy,
    /// A strategy is there twice.
    #[error("strategy {0} is given twice: name each strategy once")]
    RepeatedStrategy(i64),
    /// Strategies decide on bars of different lengths.
    #[error("strategy {0} decides on bars of another length than the first one: run it apart")]
    IntervalsDiffer(i64),
    /// A parameter is out of range or no number.
    #[error("parameter {name} of strategy {id}: {message}")]
    Parameter {
        /// Strategy.
        id: i64,
        /// Name of the parameter.
        name: String,
        /// What would be right.
        message: String,
    },
    /// A strategy watches no issue.
    #[error("strategy {0} watches no issue: name at least one")]
    NoIssue(i64),
    /// A strategy, a corporate action or a delisting names an issue that the run does not have.
    #[error("{0} is no issue of the run: add it, or leave it out everywhere")]
    UnknownIssue(Symbol),
    /// The universe has no member on any day of the period.
    #[error("the universe has no member in the period: widen it, or choose another period")]
    EmptyUniverse,
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
    /// No issue of a strategy has enough bars for a single decision.
    #[error("strategy {id} decides from its bar {needed} on, but no issue has more than {given}: take in more history")]
    TooShort {
        /// Strategy.
        id: i64,
        /// Bars until the first decision.
        needed: usize,
        /// The most bars that an issue of it has until the end of the period.
        given: usize,
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
    /// The volume share is none.
    #[error("orders may take {0} basis points of the volume: give 1 to 10,000")]
    VolumeShare(i64),
    /// The slippage is out of range.
    #[error("the slippage is {0}: give 0 to {max}", max = Slippage::MAX)]
    Slippage(i64),
    /// Ticks were asked for where there is no grid.
    #[error("the prices of {0} are adjusted and lie on no grid: give the slippage in basis points")]
    TicksOfAdjusted(Symbol),
    /// Corporate actions of prices that are adjusted for them already.
    #[error("the prices of {0} are adjusted already: leave its corporate actions out, or run on raw prices")]
    ActionOfAdjusted(Symbol),
    /// The caller stopped the run.
    #[error("the backtest was cancelled")]
    Cancelled,
    /// The engine and the runner disagree about an order.
    #[error(transparent)]
    Engine(#[from] EngineError),
}

impl BacktestError {
    /// The field of a request for a backtest that has to change; `None` if none has.
    pub fn field(&self) -> Option<&str> {
        Some(match self {
            Self::PeriodReversed { .. } | Self::InFuture { .. } => "end_date",
            Self::NoBars { .. } => "start_date",
            Self::NoCapital(_) | Self::CapitalBelowOneShare { .. } => "initial_capital",
            Self::NoStrategy | Self::RepeatedStrategy(_) | Self::IntervalsDiffer(_) => "strategy_ids",
            Self::Parameter { name, .. } => name,
            Self::NoIssue(_)
            | Self::UnknownIssue(_)
            | Self::Repeated(_)
            | Self::NoSeries(_)
            | Self::OutOfOrder { .. }
            | Self::Price { .. }
            | Self::ActionOfAdjusted(_) => "symbols",
            Self::TooShort { .. } => "start_date",
            Self::EmptyUniverse => "universe",
            Self::VolumeShare(_) => "fill.volume_share_percent",
            Self::Slippage(_) | Self::TicksOfAdjusted(_) => "fill.slippage",
            Self::Cancelled | Self::Engine(_) => return None,
        })
    }
}
