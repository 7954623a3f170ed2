//! The indicators that rules and charts are made of: 80 of them, by the ids, parameters and outputs of the broker's
//! `.kis.yaml` files.
//!
//! Each is one file's worth of meaning in `moving_averages`, `oscillators`, `trend`, `volume`, `volatility` and `other`,
//! and works bar by bar: one closed bar in, one set of values out, in constant amortised time (`alma` and `cci` in time
//! that grows with their period) and without allocation. A whole series is the same step over a slice.
//!
//! Values are those of the engine behind the broker's own backtester, except where [`EvaluationMode::Exodus`] mends it.
//! They rest on `f64`; sums over windows are never made by taking away what leaves, so a value does not depend on how
//! long a series has run. `scripts/peers.sh` holds all of them against TA-Lib or against a second computation.

pub(crate) mod blocks;
mod catalog;
mod moving_averages;
mod moving_averages_adaptive;
mod moving_averages_exponential;
mod oscillators;
mod oscillators_averages;
mod oscillators_range;
mod oscillators_volume;
mod other_changes;
mod other_extremes;
mod other_places;
mod parameters;
#[cfg(test)]
mod tests;
mod trend;
mod trend_cycles;
mod trend_stops;
mod values;
mod volatility;
mod volatility_bands;
mod volatility_market;
mod volume;
#[cfg(test)]
mod worked_examples;

pub use catalog::{Category, IndicatorType, Pane, indicator, indicators};
pub use parameters::{Constraint, IndicatorParameter, IndicatorParameterError, ParameterKind, Parameters};
pub use values::{EvaluationMode, Study, StudyBar, Values, compute};
