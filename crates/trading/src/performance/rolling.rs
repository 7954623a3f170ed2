//! Figures over windows that roll along the curve.

use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};

use super::benchmark::{Aligned, beta};
use super::curve::{EquityCurve, annual_deviation};
use super::risk::sortino;
use super::statistics::{Spread, compounded};

/// Lengths of the windows in sessions: a quarter, half a year and a year.
const WINDOWS: [usize; 3] = [63, 126, 252];

/// A window that rolls along the curve.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RollingWindow {
    /// Sessions in the window.
    pub sessions: u64,
    /// The window at its places, oldest first; none if the curve is shorter than the window.
    pub points: Vec<RollingPoint>,
}

/// The figures of a window; each as its namesake for the whole period.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RollingPoint {
    /// Last session of the window.
    pub date: NaiveDate,
    /// Return over the window.
    pub total_return: f64,
    /// Sample deviation of session returns × √252.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub volatility: Option<f64>,
    /// Sharpe ratio.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub sharpe_ratio: Option<f64>,
    /// Sortino ratio.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub sortino_ratio: Option<f64>,
    /// Beta against the benchmark; `None` without one.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub beta: Option<f64>,
}

/// Every window, at the last session of each calendar week: often enough to draw, and a fifth of the size.
pub(super) fn rolling(curve: &EquityCurve, aligned: &Aligned) -> Vec<RollingWindow> {
    let returns = curve.returns();
    let dates: Vec<NaiveDate> = curve.points().iter().map(|point| point.date).collect();
    let week_ends: Vec<usize> = (0..dates.len())
        .filter(|place| dates.get(place + 1).is_none_or(|next| next.iso_week() != dates[*place].iso_week()))
        .collect();
    let windows = WINDOWS.iter().map(|sessions| RollingWindow {
        sessions: *sessions as u64,
        points: week_ends
            .iter()
            .filter_map(|last| {
                let first = (last + 1).checked_sub(*sessions)?;
                let window = &returns[first..=*last];
                let spread = Spread::of(window);
                Some(RollingPoint {
                    date: dates[*last],
                    total_return: compounded(window),
                    volatility: spread.as_ref().map(|spread| annual_deviation(spread.deviation)),
                    sharpe_ratio: spread.and_then(|spread| spread.ratio()).map(annual_deviation),
                    sortino_ratio: sortino(window),
                    beta: rolling_beta(aligned, first, *last),
                })
            })
            .collect(),
    });
    windows.collect()
}

/// Beta from session `first` to session `last` of the curve; `None` if the benchmark does not reach back as far.
fn rolling_beta(aligned: &Aligned, first: usize, last: usize) -> Option<f64> {
    let range = first.checked_sub(aligned.skipped)?..=last.checked_sub(aligned.skipped)?;
    beta(aligned.account.get(range.clone())?, aligned.benchmark.get(range)?)
}
