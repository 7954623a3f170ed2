//! The strategies. A new type is one file here, one variant of each enum below, and one line in the catalog.
//!
//! A strategy sees closed bars of one issue and how its own position stands, and says buy, sell or nothing. It knows
//! neither time nor money nor whether the bars are live, so it cannot tell a backtest from an account.

pub(crate) mod factor;
pub(crate) mod mean_reversion;
pub(crate) mod momentum;
pub(crate) mod moving_average_cross;
pub(crate) mod rules;

use std::collections::BTreeMap;

use exodus_domain::{Bar, Interval, Reason, Side};
use serde_json::{Value, json};

use crate::catalog::StrategyType;
use crate::exits::Exits;
use crate::ranking::Ranking;
use crate::sizing::Sizing;
use factor::{FactorMeasures, FactorParameters};
use mean_reversion::{MeanReversion, MeanReversionParameters};
use momentum::cross_sectional::RankedMomentum;
use momentum::time_series::Momentum;
use momentum::{MomentumMethod, MomentumParameters};
use moving_average_cross::{MovingAverageCross, MovingAverageCrossParameters};
use rules::{RulesAtWork, RulesParameters};

/// A strategy with valid parameters: what decides, how large, and when out whatever the rule says.
#[derive(Clone, Debug, PartialEq)]
pub struct Strategy {
    /// What decides.
    pub kind: StrategyKind,
    /// How large a position is.
    pub sizing: Sizing,
    /// When it is sold whatever the rule says.
    pub exits: Exits,
}

/// A strategy type with its own parameters.
#[derive(Clone, Debug, PartialEq)]
pub enum StrategyKind {
    /// Momentum over time or across issues.
    Momentum(MomentumParameters),
    /// Mean reversion.
    MeanReversion(MeanReversionParameters),
    /// Ranking by factors.
    Factor(FactorParameters),
    /// Crossing of two moving averages.
    MovingAverageCross(MovingAverageCrossParameters),
    /// A `.kis.yaml` document.
    Rules(RulesParameters),
}

impl Strategy {
    /// A strategy of its parts. A document of rules brings its own stops, and its own limit of a position.
    pub fn new(kind: StrategyKind, sizing: Sizing, exits: Exits) -> Self {
        match &kind {
            StrategyKind::Rules(parameters) => {
                let sizing = Sizing { most: parameters.most_of_equity(), ..sizing };
                let exits = Exits { stops: parameters.stops(), ..exits };
                Self { kind, sizing, exits }
            }
            _ => Self { kind, sizing, exits },
        }
    }

    /// Its strategy type.
    fn strategy_type(&self) -> &'static StrategyType {
        match self.kind {
            StrategyKind::Momentum(_) => &momentum::TYPE,
            StrategyKind::MeanReversion(_) => &mean_reversion::TYPE,
            StrategyKind::Factor(_) => &factor::TYPE,
            StrategyKind::MovingAverageCross(_) => &moving_average_cross::TYPE,
            StrategyKind::Rules(_) => &rules::TYPE,
        }
    }

    /// Stable word of the strategy type.
    pub fn type_id(&self) -> &'static str {
        self.strategy_type().id
    }

    /// The complete parameter object, one flat object with defaults included.
    pub fn parameters(&self) -> Value {
        let mut parameters = match &self.kind {
            StrategyKind::Momentum(parameters) => json!(parameters),
            StrategyKind::MeanReversion(parameters) => json!(parameters),
            StrategyKind::Factor(parameters) => json!(parameters),
            StrategyKind::MovingAverageCross(parameters) => json!(parameters),
            StrategyKind::Rules(parameters) => json!(parameters),
        };
        let (mut sizing, mut exits) = (json!(self.sizing), json!(self.exits));
        for spec in self.strategy_type().common_parameters() {
            let value = sizing.get_mut(spec.key).or_else(|| exits.get_mut(spec.key));
            parameters[spec.key] = value.map(Value::take).expect("sizing and exits have what the catalogue lists");
        }
        parameters
    }

    /// Length of the bars it decides on.
    pub fn interval(&self) -> Interval {
        match &self.kind {
            StrategyKind::Momentum(parameters) => parameters.interval,
            StrategyKind::MeanReversion(parameters) => parameters.interval,
            StrategyKind::Factor(_) => FactorParameters::INTERVAL,
            StrategyKind::MovingAverageCross(parameters) => parameters.interval,
            StrategyKind::Rules(parameters) => parameters.interval,
        }
    }

    /// Closed bars it needs before the first one it can decide on.
    pub fn warm_up_bars(&self) -> usize {
        let kind = match &self.kind {
            StrategyKind::Momentum(parameters) => parameters.warm_up_bars(),
            StrategyKind::MeanReversion(parameters) => parameters.warm_up_bars(),
            StrategyKind::Factor(parameters) => parameters.warm_up_bars(),
            StrategyKind::MovingAverageCross(parameters) => parameters.warm_up_bars(),
            StrategyKind::Rules(parameters) => parameters.warm_up_bars(),
        };
        kind.max(self.sizing.warm_up_bars())
    }

    /// How its issues are ranked against each other, if they are: then its rules decide nothing alone.
    pub(crate) fn ranking(&self) -> Option<Ranking> {
        match &self.kind {
            StrategyKind::Momentum(parameters) => parameters.ranking(),
            StrategyKind::Factor(parameters) => Some(parameters.ranking()),
            StrategyKind::MeanReversion(_) | StrategyKind::MovingAverageCross(_) | StrategyKind::Rules(_) => None,
        }
    }

    /// True if it decides for all its issues together, so that one alone shows nothing.
    pub fn ranks(&self) -> bool {
        self.ranking().is_some()
    }

    /// True if it rests on what was [published](exodus_domain::Fundamentals) of its issues.
    pub fn needs_fundamentals(&self) -> bool {
        matches!(&self.kind, StrategyKind::Factor(parameters) if parameters.needs_fundamentals())
    }

    /// A rule for one issue, before its first bar.
    pub(crate) fn rule(&self) -> Rule {
        match &self.kind {
            StrategyKind::Momentum(parameters) => match parameters.method {
                MomentumMethod::TimeSeries => Rule::Momentum(Momentum::new(parameters)),
                MomentumMethod::CrossSectional => {
                    Rule::RankedMomentum(Box::new(RankedMomentum::new(parameters.lookback, parameters.skip)))
                }
            },
            StrategyKind::MeanReversion(parameters) => Rule::MeanReversion(Box::new(MeanReversion::new(parameters))),
            StrategyKind::Factor(parameters) => Rule::Factor(Box::new(FactorMeasures::new(parameters))),
            StrategyKind::MovingAverageCross(parameters) => {
                Rule::MovingAverageCross(MovingAverageCross::new(parameters))
            }
            StrategyKind::Rules(parameters) => Rule::Rules(Box::new(RulesAtWork::new(parameters))),
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
    /// Learns what a ranking asks, and decides nothing alone.
    RankedMomentum(Box<RankedMomentum>),
    MeanReversion(Box<MeanReversion>),
    /// Learns what a ranking asks, and decides nothing alone.
    Factor(Box<FactorMeasures>),
    MovingAverageCross(MovingAverageCross),
    Rules(Box<RulesAtWork>),
}

impl Rule {
    /// Takes the next closed bar and decides on it. Halted bars must not be given (krx-market §9).
    #[inline]
    pub(crate) fn on_bar(&mut self, bar: &Bar, stance: Stance) -> Option<Side> {
        match self {
            Self::Momentum(rule) => rule.on_close(bar.close, stance),
            Self::RankedMomentum(rule) => {
                rule.on_close(bar.close);
                None
            }
            Self::MeanReversion(rule) => rule.on_bar(bar, stance),
            Self::Factor(rule) => {
                rule.on_bar(bar);
                None
            }
            Self::MovingAverageCross(rule) => rule.on_close(bar.close, stance),
            Self::Rules(rule) => rule.on_bar(bar, stance),
        }
    }

    /// True if the last bar has a number undefined that the rule needs.
    #[inline]
    pub(crate) fn is_undefined(&self) -> bool {
        matches!(self, Self::Rules(rule) if rule.is_undefined())
    }

    /// Confidence, 0 to 1, and reason of the decision `side` just taken. Apart from the decision because it costs
    /// more, and most repeated decisions need none.
    pub(crate) fn explain(&self, side: Side) -> (f64, Reason) {
        match self {
            Self::Momentum(rule) => rule.explain(side),
            Self::MeanReversion(rule) => rule.explain(side),
            // A ranking explains what it decides; what is left is an issue that is no member any more.
            Self::RankedMomentum(_) | Self::Factor(_) => {
                let code = "rank_excluded".to_owned();
                (1.0, Reason { code, values: BTreeMap::new(), conditions: Vec::new() })
            }
            Self::MovingAverageCross(rule) => rule.explain(side),
            Self::Rules(rule) => rule.explain(side),
        }
    }
}
