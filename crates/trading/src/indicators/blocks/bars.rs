//! Numbers that follow from one bar, or from a bar and the one before.

use crate::indicators::StudyBar;

/// (high + low + close) / 3.
#[inline]
pub(crate) fn typical_price(bar: &StudyBar) -> f64 {
    (bar.high + bar.low + bar.close) / 3.0
}

/// Change from `base` to `value` in percent; infinite or NaN for a base of zero.
#[inline]
pub(crate) fn percent_change(value: f64, base: f64) -> f64 {
    100.0 * (value - base) / base
}

/// Volume times ((close − low) − (high − close)) / (high − low); 0 for a bar without a range.
#[inline]
pub(crate) fn money_flow_volume(bar: &StudyBar) -> f64 {
    let range = bar.high - bar.low;
    if range > 0.0 { ((bar.close - bar.low) - (bar.high - bar.close)) / range * bar.volume } else { 0.0 }
}

/// The value of the bar before; `None` on the first.
#[derive(Debug, Default)]
pub(crate) struct Previous(Option<f64>);

impl Previous {
    /// Takes the value of this bar, gives that of the bar before.
    #[inline]
    pub(crate) fn push(&mut self, value: f64) -> Option<f64> {
        self.0.replace(value)
    }
}

/// True range: the greatest of high − low, |high − previous close| and |low − previous close|; high − low on the first
/// bar (Wilder 1978).
#[derive(Debug, Default)]
pub(crate) struct TrueRange(Previous);

impl TrueRange {
    #[inline]
    pub(crate) fn push(&mut self, bar: &StudyBar) -> f64 {
        let range = bar.high - bar.low;
        match self.0.push(bar.close) {
            Some(close) => range.max((bar.high - close).abs()).max((bar.low - close).abs()),
            None => range,
        }
    }
}

/// Running sum of the money-flow volumes (Marc Chaikin's accumulation/distribution line). The rounding of each addition
/// is kept and made up for (Neumaier 1974), so a long series is as exact as a short one.
#[derive(Debug, Default)]
pub(crate) struct AccumulationLine {
    sum: f64,
    lost: f64,
}

impl AccumulationLine {
    #[inline]
    pub(crate) fn push(&mut self, bar: &StudyBar) -> f64 {
        let value = money_flow_volume(bar);
        let sum = self.sum + value;
        self.lost += if self.sum.abs() >= value.abs() { (self.sum - sum) + value } else { (value - sum) + self.sum };
        self.sum = sum;
        self.sum + self.lost
    }
}

/// Counts the bars until an indicator is ready.
#[derive(Debug)]
pub(crate) struct WarmUp(usize);

impl WarmUp {
    /// Over with bar `ready`.
    pub(crate) fn new(ready: usize) -> Self {
        Self(ready)
    }

    /// Counts this bar; true from the bar on with which the indicator is ready.
    #[inline]
    pub(crate) fn is_over(&mut self) -> bool {
        self.0 = self.0.saturating_sub(1);
        self.0 == 0
    }
}
