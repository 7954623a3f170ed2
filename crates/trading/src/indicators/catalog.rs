//! Every indicator there is.

use serde::Serialize;
use serde_json::{Map, Value};

use super::parameters::{Constraint, IndicatorParameter, IndicatorParameterError, Parameters};
use super::values::{EvaluationMode, Study};
use super::{
    moving_averages, moving_averages_adaptive, moving_averages_exponential, oscillators, oscillators_averages,
    oscillators_range, oscillators_volume, other_changes, other_extremes, other_places, trend, trend_cycles,
    trend_stops, volatility, volatility_bands, volatility_market, volume,
};
use crate::catalog::LocalText;

/// The shelf an indicator stands on in an editor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Category {
    /// Averages of prices.
    MovingAverage,
    /// Values that swing around a middle or between two ends.
    Oscillator,
    /// Direction and strength of a trend.
    Trend,
    /// Made of the shares traded.
    Volume,
    /// How far prices swing, and bands of it.
    Volatility,
    /// Everything else.
    Other,
}

/// Where a chart draws an output.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Pane {
    /// Over the bars: it is a price.
    Price,
    /// Below them, on a scale of its own.
    Own,
}

/// A kind of indicator.
#[derive(Clone, Copy, Debug)]
pub struct IndicatorType {
    /// Stable word, as in `.kis.yaml` files.
    pub id: &'static str,
    /// Name.
    pub title: LocalText,
    /// What it tells, in one or two sentences.
    pub description: LocalText,
    /// Its shelf.
    pub category: Category,
    /// Its parameters, in the order of the form.
    pub parameters: &'static [IndicatorParameter],
    /// What must hold between them.
    pub constraints: &'static [Constraint],
    /// Names of its outputs, in the order of [`Values`](super::Values).
    pub outputs: &'static [&'static str],
    /// Index of the output meant when none is named.
    pub default_output: usize,
    /// Whether its value depends on all bars so far, as that of an exponential or Wilder average does: on the first bar
    /// with a value it has not settled yet.
    pub(crate) carries_the_past: bool,
    /// Bars until the first value, that bar included.
    pub(crate) ready: fn(&Parameters, EvaluationMode) -> usize,
    pub(crate) build: fn(&Parameters, EvaluationMode) -> Box<dyn Study>,
}

/// The only output of an indicator that has one.
pub(crate) const VALUE: &[&str] = &["value"];

/// Indicators beside the moving averages whose outputs are prices.
const PRICES: &[&str] = &[
    "ichimoku",
    "sar",
    "supertrend",
    "vwap",
    "vwma",
    "bollinger",
    "keltner",
    "donchian",
    "accbands",
    "maximum",
    "minimum",
    "midpoint",
    "midprice",
    "pivot",
    "regression",
];

/// Every indicator, shelf by shelf.
pub fn indicators() -> impl Iterator<Item = &'static IndicatorType> {
    const SHELVES: &[&[IndicatorType]] = &[
        moving_averages::TYPES,
        moving_averages_exponential::TYPES,
        moving_averages_adaptive::TYPES,
        oscillators::TYPES,
        oscillators_range::TYPES,
        oscillators_averages::TYPES,
        oscillators_volume::TYPES,
        trend::TYPES,
        trend_stops::TYPES,
        trend_cycles::TYPES,
        volume::TYPES,
        volatility::TYPES,
        volatility_bands::TYPES,
        volatility_market::TYPES,
        other_extremes::TYPES,
        other_changes::TYPES,
        other_places::TYPES,
    ];
    SHELVES.iter().copied().flatten()
}

/// The indicator called `id`.
pub fn indicator(id: &str) -> Option<&'static IndicatorType> {
    indicators().find(|indicator| indicator.id == id)
}

impl IndicatorType {
    /// The complete parameters of what was given. What is missing takes its default, what is unknown is left aside.
    ///
    /// # Errors
    /// Every fault found.
    pub fn check(&self, given: &Map<String, Value>) -> Result<Parameters, Vec<IndicatorParameterError>> {
        Parameters::check(self.parameters, self.constraints, given)
    }

    /// The parameters whose values work but lie outside the range of the broker's editor.
    pub fn unusual(&self, parameters: &Parameters) -> Vec<&'static IndicatorParameter> {
        parameters.unusual(self.parameters)
    }

    /// Where a chart draws the output at `output`.
    pub fn pane(&self, output: usize) -> Pane {
        let is_price = self.category == Category::MovingAverage || PRICES.contains(&self.id);
        // The slope of a regression is the one that is won a bar.
        if is_price && self.outputs.get(output) != Some(&"slope") { Pane::Price } else { Pane::Own }
    }

    /// True if it is measured against a market index: without levels of one in its bars it never has a value.
    pub fn needs_index(&self) -> bool {
        matches!(self.id, "alpha" | "beta")
    }

    /// Bars until the first value, that bar included. `parameters` must come from [`Self::check`].
    pub fn ready(&self, parameters: &Parameters, mode: EvaluationMode) -> usize {
        (self.ready)(parameters, mode)
    }

    /// The indicator before its first bar. `parameters` must come from [`Self::check`].
    pub fn start(&self, parameters: &Parameters, mode: EvaluationMode) -> Box<dyn Study> {
        (self.build)(parameters, mode)
    }
}
