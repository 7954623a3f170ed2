//! The strategies. A new type is one file here, one variant of each enum below, and one line in the catalog.
//!
//! A strategy sees closed bars of one issue and how its own position stands, and says buy, sell or nothing. It knows
//! neither time nor money nor whether the bars are live, so it cannot tell a backtest from an account.

pub(crate) mod momentum;
pub(crate) mod moving_average_cross;
pub(crate) mod rules;

use exodus_domain::{Bar, Holding, Interval, Reason, Side};
use serde::Serialize;
use serde_json::Value;

use crate::sizing::EquityShare;
use momentum::{Momentum, MomentumParameters};
use moving_average_cross::{MovingAverageCross, MovingAverageCrossParameters};
use rules::{RulesAtWork, RulesParameters};

/// A strategy type with valid parameters.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "strategy_type", content = "parameters", rename_all = "snake_case")]
pub enum Strategy {
    /// Time-series momentum.
    Momentum(MomentumParameters),
    /// Crossing of two moving averages.
    MovingAverageCross(MovingAverageCrossParameters),
    /// A `.kis.yaml` document.
    Rules(RulesParameters),
}

impl Strategy {
    /// Stable word of the strategy type.
    pub fn type_id(&self) -> &'static str {
        match self {
            Self::Momentum(_) => momentum::TYPE.id,
            Self::MovingAverageCross(_) => moving_average_cross::TYPE.id,
            Self::Rules(_) => rules::TYPE.id,
        }
    }

    /// The complete parameter object, defaults included.
    pub fn parameters(&self) -> Value {
        match self {
            Self::Momentum(parameters) => parameters.to_json(),
            Self::MovingAverageCross(parameters) => parameters.to_json(),
            Self::Rules(parameters) => parameters.to_json(),
        }
    }

    /// Length of the bars it decides on.
    pub fn interval(&self) -> Interval {
        match self {
            Self::Momentum(parameters) => parameters.interval,
            Self::MovingAverageCross(parameters) => parameters.interval,
            Self::Rules(parameters) => parameters.interval,
        }
    }

    /// Closed bars it needs before the first one it can decide on.
    pub fn warm_up_bars(&self) -> usize {
        match self {
            Self::Momentum(parameters) => parameters.warm_up_bars(),
            Self::MovingAverageCross(parameters) => parameters.warm_up_bars(),
            Self::Rules(parameters) => parameters.warm_up_bars(),
        }
    }

    /// Intended size of a position.
    pub fn position_size(&self) -> EquityShare {
        match self {
            Self::Momentum(parameters) => parameters.position_size(),
            Self::MovingAverageCross(parameters) => parameters.position_size(),
            Self::Rules(parameters) => parameters.position_size(),
        }
    }

    /// A rule for one issue, before its first bar.
    pub(crate) fn rule(&self) -> Rule {
        match self {
            Self::Momentum(parameters) => Rule::Momentum(Momentum::new(parameters)),
            Self::MovingAverageCross(parameters) => Rule::MovingAverageCross(MovingAverageCross::new(parameters)),
            Self::Rules(parameters) => Rule::Rules(Box::new(RulesAtWork::new(parameters))),
        }
    }
}

/// How the position of a strategy in one issue stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stance {
    /// Nothing held, nothing ordered.
    Flat,
    /// Shares held, nothing ordered.
    Long,
    /// An order is on its way; no other decision until it has ended.
    Pending,
}

/// A strategy at work on one issue.
#[derive(Debug)]
pub(crate) enum Rule {
    Momentum(Momentum),
    MovingAverageCross(MovingAverageCross),
    Rules(Box<RulesAtWork>),
}

impl Rule {
    /// Takes the next closed bar and decides on it; `holding` is what the account holds of the issue. Halted bars must not
    /// be given (krx-market §9).
    #[inline]
    pub(crate) fn on_bar(&mut self, bar: &Bar, stance: Stance, holding: &Holding) -> Option<Side> {
        match self {
            Self::Momentum(rule) => rule.on_close(bar.close, stance),
            Self::MovingAverageCross(rule) => rule.on_close(bar.close, stance),
            Self::Rules(rule) => rule.on_bar(bar, stance, holding),
        }
    }

    /// Confidence, 0 to 1, and reason of the decision `side` just taken. Apart from the decision because it costs
    /// more, and most repeated decisions need none.
    pub(crate) fn explain(&self, side: Side) -> (f64, Reason) {
        match self {
            Self::Momentum(rule) => rule.explain(side),
            Self::MovingAverageCross(rule) => rule.explain(side),
            Self::Rules(rule) => rule.explain(side),
        }
    }
}
