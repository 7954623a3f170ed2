//! A document made ready to run: every name looked up, every number known.

use super::finding::Sentence;
use super::model::{Logic, Operator, PatternSignal, PriceField, Scale};
use crate::candlesticks::PatternType;
use crate::indicators::{EvaluationMode, IndicatorType, Parameters};

/// A document with its parameters filled in, without faults.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    pub(super) indicators: Vec<PlannedIndicator>,
    pub(super) patterns: Vec<PlannedPattern>,
    pub(super) entry: PlannedGroup,
    pub(super) exit: PlannedGroup,
    pub(super) stops: Stops,
    pub(super) max_position_size: Option<f64>,
}

impl Plan {
    /// Bars until the first one it can decide on, that bar included: all indicators and patterns are ready then,
    /// whether a condition asks for them or not.
    pub fn ready_bars(&self, mode: EvaluationMode) -> usize {
        let indicators = self.indicators.iter().map(|one| one.kind.ready(&one.parameters, mode));
        indicators.chain(self.patterns.iter().map(|one| one.kind.bars)).max().unwrap_or(1).max(1)
    }

    /// Bars to show before the first one that counts. More than it takes to be ready where an indicator carries all of the
    /// past along: four more of its lengths leave less than two percent of a Wilder average to what came before, so that a
    /// session that starts today sees what a long backtest sees.
    pub fn warm_up_bars(&self) -> usize {
        let carried = self.indicators.iter().filter(|one| one.kind.carries_the_past);
        let mode = EvaluationMode::Exodus;
        let settled = carried.map(|one| one.kind.ready(&one.parameters, mode) + 4 * one.length());
        settled.max().unwrap_or(0).max(self.ready_bars(mode)) - 1
    }

    /// What its conditions look at, in the order of the document.
    pub fn indicators(&self) -> &[PlannedIndicator] {
        &self.indicators
    }

    /// What its conditions look for, in the order of the document, and after those it declares.
    pub fn patterns(&self) -> &[PlannedPattern] {
        &self.patterns
    }

    /// The conditions to buy on as sentences, in their order.
    pub fn entry_sentences(&self) -> Vec<Sentence> {
        self.entry.conditions.iter().map(Sentence::of_planned).collect()
    }

    /// The conditions to sell on as sentences, in their order.
    pub fn exit_sentences(&self) -> Vec<Sentence> {
        self.exit.conditions.iter().map(Sentence::of_planned).collect()
    }

    /// The indicators that are measured against a market index, by alias. Without index levels in its bars, a study of
    /// this plan never says anything.
    pub fn against_index(&self) -> impl Iterator<Item = &str> {
        self.indicators.iter().filter(|one| one.kind.needs_index()).map(|one| one.alias.as_str())
    }

    /// When to sell whatever the conditions say.
    pub fn stops(&self) -> Stops {
        self.stops
    }

    /// Most of the equity in one issue, 0 to 1.
    pub fn max_position_size(&self) -> Option<f64> {
        self.max_position_size
    }
}

/// Exits by the price paid, in percent of it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Stops {
    /// Sell at a close this far below the average price paid.
    pub stop_loss: Option<f64>,
    /// Sell at a close this far above it.
    pub take_profit: Option<f64>,
    /// Sell at a close this far below the highest close since the entry.
    pub trailing: Option<f64>,
}

/// An indicator that a document or another strategy looks at.
#[derive(Clone, Debug)]
pub struct PlannedIndicator {
    /// Kind.
    pub kind: &'static IndicatorType,
    /// Name that conditions use.
    pub alias: String,
    /// Its parameters, complete.
    pub parameters: Parameters,
}

impl PlannedIndicator {
    /// Its longest length in bars.
    fn length(&self) -> usize {
        let lengths = self.parameters.to_json().into_iter().filter_map(|(_, value)| value.as_u64());
        lengths.max().and_then(|length| usize::try_from(length).ok()).unwrap_or(0)
    }
}

impl PartialEq for PlannedIndicator {
    fn eq(&self, other: &Self) -> bool {
        (self.kind.id, &self.alias, &self.parameters) == (other.kind.id, &other.alias, &other.parameters)
    }
}

/// A candlestick pattern of a document.
#[derive(Clone, Debug)]
pub struct PlannedPattern {
    /// Kind.
    pub kind: &'static PatternType,
    /// Name that conditions use.
    pub alias: String,
}

impl PartialEq for PlannedPattern {
    fn eq(&self, other: &Self) -> bool {
        (self.kind.id, &self.alias) == (other.kind.id, &other.alias)
    }
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct PlannedGroup {
    pub(super) logic: Logic,
    pub(super) conditions: Vec<PlannedCondition>,
}

/// A condition with what to call its sides.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct PlannedCondition {
    pub(super) left: String,
    pub(super) right: String,
    pub(super) test: Test,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Test {
    Compare { left: Source, operator: Operator, right: PlannedRight },
    Pattern { pattern: usize, signal: PatternSignal },
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum PlannedRight {
    Number(f64),
    Series(Source, Option<Scale>),
}

/// Where a number comes from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Source {
    Price(PriceField),
    Output {
        indicator: usize,
        output: usize,
    },
    /// Of an indicator with several outputs, none is named: what is meant depends on the mode.
    Unnamed {
        indicator: usize,
    },
}
