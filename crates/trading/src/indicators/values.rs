//! What goes into an indicator and what comes out of it.

use std::fmt::Debug;

use exodus_domain::Bar;
use serde::{Deserialize, Serialize};

/// One closed bar as numbers, and the index beside it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StudyBar {
    /// First price in won.
    pub open: f64,
    /// Highest price in won.
    pub high: f64,
    /// Lowest price in won.
    pub low: f64,
    /// Last price in won.
    pub close: f64,
    /// Shares traded.
    pub volume: f64,
    /// Level of the market index at the same time, for `alpha` and `beta`; `None` if none is known.
    pub benchmark: Option<f64>,
}

impl From<&Bar> for StudyBar {
    /// The bar without an index beside it.
    fn from(bar: &Bar) -> Self {
        let price = |price: exodus_domain::Price| price.0 as f64;
        Self {
            open: price(bar.open),
            high: price(bar.high),
            low: price(bar.low),
            close: price(bar.close),
            volume: bar.volume.0 as f64,
            benchmark: None,
        }
    }
}

/// Whose values to give where the broker's tools have a defect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EvaluationMode {
    /// What the indicator is meant to be.
    #[default]
    Exodus,
    /// What the broker's backtester gives, defects included.
    Official,
}

/// Most outputs an indicator has.
pub(crate) const MOST_OUTPUTS: usize = 5;

/// The outputs of an indicator on one bar, in the order of [`IndicatorType::outputs`](super::IndicatorType::outputs).
#[derive(Clone, Copy, Debug)]
pub struct Values([f64; MOST_OUTPUTS]);

impl Values {
    /// The given outputs. One that is NaN or infinite counts as undefined.
    pub(crate) fn new<const N: usize>(outputs: [f64; N]) -> Self {
        const { assert!(N <= MOST_OUTPUTS) };
        let mut values = [f64::NAN; MOST_OUTPUTS];
        values[..N].copy_from_slice(&outputs);
        Self(values)
    }

    /// The output at `index`; `None` if it is undefined on this bar, or if there is none of that index. Never NaN, never
    /// infinite.
    #[inline]
    pub fn get(&self, index: usize) -> Option<f64> {
        self.0.get(index).copied().filter(|value| value.is_finite())
    }
}

impl From<f64> for Values {
    fn from(value: f64) -> Self {
        Self::new([value])
    }
}

/// An indicator at work on one issue.
pub trait Study: Debug + Send {
    /// Takes the next closed bar and gives the values on it; `None` before the indicator is ready, and on a bar on which
    /// it is not defined. Never allocates.
    fn step(&mut self, bar: &StudyBar) -> Option<Values>;
}

/// The values of a series, one entry for each bar.
pub fn compute(study: &mut dyn Study, bars: &[StudyBar]) -> Vec<Option<Values>> {
    bars.iter().map(|bar| study.step(bar)).collect()
}
