//! How much of the gain is left if trading is slower, or dearer.

use super::{Check, Run};
use crate::error::BacktestError;
use crate::result::BacktestResult;
use crate::runner::Stress;
use crate::series::BarSeries;
use crate::spec::BacktestSpec;

/// The part of the growth rate that fills one bar later must leave.
pub const GROWTH_KEPT: f64 = 0.5;

/// Runs with every fill one bar later. Passed if half of the growth rate is left, which is the logarithm of final over
/// initial capital: as a part of the return itself, the same loss a year would weigh the heavier the longer the period is.
/// Skipped if there was no gain.
///
/// # Errors
/// [`BacktestError`] of the run.
pub fn delay_one_bar(
    spec: &BacktestSpec,
    series: &[BarSeries],
    result: &BacktestResult,
    run: &Run<'_>,
) -> Result<Check, BacktestError> {
    let later = run(spec, series, Stress { delay_bars: 1, ..Stress::NONE })?;
    Ok(stressed("delay_one_bar", GROWTH_KEPT, result, &later))
}

/// Runs with commission and taxes doubled. Passed if there is still a gain; skipped if there was none.
///
/// # Errors
/// [`BacktestError`] of the run.
pub fn double_cost(
    spec: &BacktestSpec,
    series: &[BarSeries],
    result: &BacktestResult,
    run: &Run<'_>,
) -> Result<Check, BacktestError> {
    let dearer = run(spec, series, Stress { cost_factor: 2, ..Stress::NONE })?;
    Ok(stressed("double_cost", 0.0, result, &dearer))
}

/// Passed if a gain is left, and at least `kept` of the growth rate.
fn stressed(code: &str, kept: f64, before: &BacktestResult, after: &BacktestResult) -> Check {
    let (before, after) = (before.metrics.total_return, after.metrics.total_return);
    let growth_kept = libm::log1p(after.max(-1.0)) / libm::log1p(before);
    let check = match before > 0.0 {
        true => Check::new(code, after > 0.0 && growth_kept >= kept).with("growth_kept", growth_kept.max(f64::MIN)),
        false => Check::skipped(code, "no_gain"),
    };
    check.with("total_return", before).with("stressed_total_return", after)
}
