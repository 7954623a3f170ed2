//! A plan at work on the bars of one issue.

use std::collections::BTreeMap;
use std::sync::Arc;

use exodus_domain::{Reason, ReasonCondition, Side};

use super::model::{Logic, Operator, PatternSignal, PriceField, Scale, ScaleOperation};
use super::plan::{Plan, PlannedGroup, PlannedRight, Source, Test};
use crate::candlesticks::PatternStudy;
use crate::indicators::{EvaluationMode, Study, StudyBar, Values};

/// What a document says on one bar, whatever is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Evaluation {
    /// The conditions of `entry` hold.
    pub entry: bool,
    /// The conditions of `exit` hold.
    pub exit: bool,
}

/// All indicators, patterns and conditions of a document on the bars of one issue.
///
/// A pure function of the bars so far: backtest, preview and live account give the same answers for the same bars. A
/// bar costs what its indicators cost; nothing is allocated.
#[derive(Debug)]
pub struct RulesStudy {
    plan: Arc<Plan>,
    mode: EvaluationMode,
    indicators: Vec<Box<dyn Study>>,
    patterns: Vec<PatternStudy>,
    /// Values on the last bar, by indicator.
    values: Vec<Option<Values>>,
    /// Signals on the last bar, by pattern.
    signals: Vec<i8>,
    entry: Vec<Sides>,
    exit: Vec<Sides>,
    /// Bars until the first evaluation.
    bars_missing: usize,
    undefined: u64,
    /// Whether the last bar is one of them.
    is_undefined: bool,
}

/// The two numbers of a condition.
#[derive(Clone, Copy, Debug, Default)]
struct Sides {
    now: Option<(f64, f64)>,
    before: Option<(f64, f64)>,
    holds: bool,
}

/// Zeros: what the official backtester takes for the bar before the first one it evaluates. On that one whatever is above
/// has "crossed above", and nothing can cross below.
const NOTHING_BEFORE: Option<(f64, f64)> = Some((0.0, 0.0));

impl RulesStudy {
    /// Before the first bar.
    pub fn new(plan: Arc<Plan>, mode: EvaluationMode) -> Self {
        let indicators: Vec<_> = plan.indicators.iter().map(|one| one.kind.start(&one.parameters, mode)).collect();
        let now = if mode == EvaluationMode::Official { NOTHING_BEFORE } else { None };
        let sides = Sides { now, ..Sides::default() };
        Self {
            mode,
            values: vec![None; indicators.len()],
            indicators,
            patterns: plan.patterns.iter().map(|one| one.kind.start(mode)).collect(),
            signals: vec![0; plan.patterns.len()],
            entry: vec![sides; plan.entry.conditions.len()],
            exit: vec![sides; plan.exit.conditions.len()],
            bars_missing: plan.ready_bars(mode),
            undefined: 0,
            is_undefined: false,
            plan,
        }
    }

    /// Takes the next closed bar. `None` until all indicators and patterns are ready.
    pub fn step(&mut self, bar: &StudyBar) -> Option<Evaluation> {
        for (study, values) in self.indicators.iter_mut().zip(&mut self.values) {
            *values = study.step(bar);
        }
        for (study, signal) in self.patterns.iter_mut().zip(&mut self.signals) {
            *signal = study.step(bar).unwrap_or(0);
        }
        let is_first = self.bars_missing == 1;
        self.bars_missing = self.bars_missing.saturating_sub(1);
        let is_ready = self.bars_missing == 0;
        let (values, signals) = (&self.values, &self.signals);
        let now = Now { bar, values, signals, plan: &self.plan, mode: self.mode, is_first };
        let (entry, undefined_entry) = now.group(&self.plan.entry, &mut self.entry);
        let (exit, undefined_exit) = now.group(&self.plan.exit, &mut self.exit);
        if !is_ready {
            if self.mode == EvaluationMode::Official {
                let all = self.entry.iter_mut().chain(&mut self.exit);
                all.for_each(|sides| sides.now = NOTHING_BEFORE);
            }
            return None;
        }
        self.is_undefined = undefined_entry || undefined_exit;
        self.undefined += u64::from(self.is_undefined);
        Some(Evaluation { entry, exit })
    }

    /// Bars evaluated so far on which a number was not defined, as by a division by zero. A group that needs such a
    /// number does not hold.
    pub fn undefined_bars(&self) -> u64 {
        self.undefined
    }

    /// True if the last bar is one of the [`undefined_bars`](Self::undefined_bars).
    pub fn is_undefined(&self) -> bool {
        self.is_undefined
    }

    /// The plan at work.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// Why the conditions say buy or sell on the last bar, with what their sides were.
    pub fn reason(&self, side: Side) -> Reason {
        let (code, conditions) = match side {
            Side::Buy => ("rules_entry", self.explain_entry()),
            Side::Sell => ("rules_exit", self.explain_exit()),
        };
        let holding = conditions.iter().filter(|condition| condition.holds).count();
        let values = [("conditions", conditions.len() as f64), ("holding", holding as f64)];
        let values = BTreeMap::from(values.map(|(name, value)| (name.to_owned(), value)));
        Reason { code: code.to_owned(), values, conditions }
    }

    /// The conditions of `entry` on the last bar.
    pub fn explain_entry(&self) -> Vec<ReasonCondition> {
        explain(&self.plan.entry, &self.entry)
    }

    /// The conditions of `exit` on the last bar.
    pub fn explain_exit(&self) -> Vec<ReasonCondition> {
        explain(&self.plan.exit, &self.exit)
    }
}

fn explain(group: &PlannedGroup, sides: &[Sides]) -> Vec<ReasonCondition> {
    let conditions = group.conditions.iter().zip(sides);
    let explained = conditions.map(|(condition, sides)| {
        let operator = match condition.test {
            Test::Compare { operator, .. } => operator.as_str(),
            Test::Pattern { .. } => "signal",
        };
        ReasonCondition {
            left: condition.left.clone(),
            operator: operator.to_owned(),
            right: condition.right.clone(),
            left_value: sides.now.map(|(left, _)| left),
            right_value: sides.now.map(|(_, right)| right),
            left_before: sides.before.map(|(left, _)| left),
            right_before: sides.before.map(|(_, right)| right),
            holds: sides.holds,
        }
    });
    explained.collect()
}

/// One bar with all values on it.
struct Now<'a> {
    bar: &'a StudyBar,
    values: &'a [Option<Values>],
    signals: &'a [i8],
    plan: &'a Plan,
    mode: EvaluationMode,
    /// The first bar that is evaluated.
    is_first: bool,
}

impl Now<'_> {
    /// Whether the conditions of a group hold, and whether one of their numbers is not defined.
    fn group(&self, group: &PlannedGroup, sides: &mut [Sides]) -> (bool, bool) {
        let (mut holding, mut undefined) = (0, false);
        for (condition, sides) in group.conditions.iter().zip(sides.iter_mut()) {
            sides.before = sides.now;
            sides.now = self.sides(&condition.test);
            sides.holds = match (&condition.test, sides.now) {
                (Test::Pattern { signal, .. }, Some((found, _))) => match signal {
                    PatternSignal::Detected => found != 0.0,
                    PatternSignal::Bullish => found > 0.0,
                    PatternSignal::Bearish => found < 0.0,
                },
                (Test::Compare { operator: Operator::CrossBelow, .. }, _) if self.knows_nothing_before() => false,
                (Test::Compare { operator, right, .. }, Some(now)) => {
                    holds(*operator, now, self.before(sides.before, right))
                }
                (_, None) => false,
            };
            holding += usize::from(sides.holds);
            undefined |= sides.now.is_none();
        }
        let holds = match group.logic {
            Logic::And => holding == group.conditions.len(),
            Logic::Or => holding > 0,
        };
        (holds && !undefined, undefined)
    }

    /// Whether this is the first bar of the official backtester.
    fn knows_nothing_before(&self) -> bool {
        self.is_first && self.mode == EvaluationMode::Official
    }

    /// The numbers of the bar before; a number that stands in the document is the same on every bar.
    fn before(&self, before: Option<(f64, f64)>, right: &PlannedRight) -> Option<(f64, f64)> {
        match right {
            PlannedRight::Number(number) => before.map(|(left, _)| (left, *number)),
            PlannedRight::Series(..) => before,
        }
    }

    fn sides(&self, test: &Test) -> Option<(f64, f64)> {
        match test {
            Test::Pattern { pattern, .. } => Some((f64::from(self.signals[*pattern]), 0.0)),
            Test::Compare { left, right, .. } => {
                let right = match right {
                    PlannedRight::Number(number) => *number,
                    PlannedRight::Series(source, scale) => scaled(self.value(source)?, *scale)?,
                };
                Some((self.value(left)?, right))
            }
        }
    }

    fn value(&self, source: &Source) -> Option<f64> {
        match *source {
            Source::Price(field) => Some(self.price(field)),
            Source::Output { indicator, output } => self.values[indicator]?.get(output),
            Source::Unnamed { indicator } => self.unnamed(indicator),
        }
    }

    fn price(&self, field: PriceField) -> f64 {
        match field {
            PriceField::Close => self.bar.close,
            PriceField::Open => self.bar.open,
            PriceField::High => self.bar.high,
            PriceField::Low => self.bar.low,
            PriceField::Volume => self.bar.volume,
        }
    }

    /// The value of an indicator with several outputs of which none is named.
    fn unnamed(&self, indicator: usize) -> Option<f64> {
        let kind = self.plan.indicators[indicator].kind;
        let values = self.values[indicator]?;
        let middle = || Some((values.get(0)? + values.get(1)?) / 2.0);
        match (kind.id, self.mode) {
            ("donchian", _) | ("vortex", EvaluationMode::Official) => middle(),
            ("bollinger" | "stochrsi" | "ichimoku", EvaluationMode::Official) => Some(self.bar.close),
            _ => values.get(kind.default_output),
        }
    }
}

fn scaled(value: f64, scale: Option<Scale>) -> Option<f64> {
    let Some(Scale { operation, factor }) = scale else { return Some(value) };
    let scaled = match operation {
        ScaleOperation::Multiply => value * factor,
        ScaleOperation::Divide => value / factor,
        ScaleOperation::Add => value + factor,
        ScaleOperation::Subtract => value - factor,
    };
    Some(scaled).filter(|scaled| scaled.is_finite())
}

/// A cross needs a real bar before it.
fn holds(operator: Operator, (left, right): (f64, f64), before: Option<(f64, f64)>) -> bool {
    match operator {
        Operator::GreaterThan => left > right,
        Operator::LessThan => left < right,
        Operator::GreaterEqual => left >= right,
        Operator::LessEqual => left <= right,
        // To the last bit, as in the official tools.
        Operator::Equal => left == right,
        Operator::NotEqual => left != right,
        Operator::CrossAbove => left > right && before.is_some_and(|(left, right)| left <= right),
        Operator::CrossBelow => left < right && before.is_some_and(|(left, right)| left >= right),
    }
}
