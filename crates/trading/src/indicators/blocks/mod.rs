//! What indicators are built of. Each takes one value and gives one, `None` until it is ready, so that blocks chain with
//! `?`: what is not ready yet feeds nothing. Push into every block of a bar before the first `?`.

mod aggregates;
mod averages;
mod bars;
mod window;

use std::fmt::Debug;

pub(crate) use aggregates::{CoMoments, Moments};
pub(crate) use averages::{Ema, Lwma, Sma, Wilder};
pub(crate) use bars::{
    AccumulationLine, Previous, TrueRange, WarmUp, money_flow_volume, percent_change, typical_price,
};
pub(crate) use window::{Aggregate, Delay, Highest, HighestAge, Lowest, LowestAge, Sum, Window};

use super::values::{Study, StudyBar, Values};

/// A series made of a series: one value in, one out. Never allocates.
pub(crate) trait Filter: Debug + Send {
    /// Takes the next value and gives the next one of the result; `None` before it is ready, or where it is not defined.
    fn push(&mut self, value: f64) -> Option<f64>;
}

/// A filter of closes as an indicator.
#[derive(Debug)]
pub(crate) struct OfClose<F>(pub(crate) F);

impl<F: Filter> Study for OfClose<F> {
    #[inline]
    fn step(&mut self, bar: &StudyBar) -> Option<Values> {
        self.0.push(bar.close).map(Values::from)
    }
}

/// `numerator / denominator`, or `otherwise` where the denominator is zero or too small to divide by.
#[inline]
pub(crate) fn ratio_or(numerator: f64, denominator: f64, otherwise: f64) -> f64 {
    if denominator.abs() < f64::MIN_POSITIVE { otherwise } else { numerator / denominator }
}
