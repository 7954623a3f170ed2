//! What was gained, session by session and month by month.

use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};

use super::SESSIONS_PER_YEAR;
use super::curve::{EquityCurve, annualised};
use super::figures::figures;
use super::statistics::{compounded, mean, ratio};

figures! {
    /// Gains over the whole period and its parts.
    pub struct ReturnFigures in "returns" {
        /// Final over initial capital, less one.
        pub total_return: f64,
        /// Total return as growth per 365.25 calendar days: (1 + total)^(365.25 / days) − 1, first and last session both
        /// counted. Zero before the first session.
        pub annual_return: f64,
        /// Total return as growth per 252 sessions: (1 + total)^(252 / sessions) − 1. Zero before the first session.
        pub annual_return_by_sessions: f64,
        /// Arithmetic mean of session returns, not annualised.
        pub mean_session: Option<f64>,
        /// Highest session return.
        pub best_session: Option<f64>,
        /// Lowest session return.
        pub worst_session: Option<f64>,
        /// Sessions with a return above zero, of all sessions.
        pub positive_sessions: Option<f64>,
        /// Highest return of a calendar month; the first and the last month may be cut short.
        pub best_month: Option<f64>,
        /// Lowest return of a calendar month; the first and the last month may be cut short.
        pub worst_month: Option<f64>,
        /// Calendar months with a return above zero, of all months with a session.
        pub positive_months: Option<f64>,
        /// Highest return of a calendar year; the first and the last year may be cut short.
        pub best_year: Option<f64>,
        /// Lowest return of a calendar year; the first and the last year may be cut short.
        pub worst_year: Option<f64>,
    }
}

/// Return of a calendar month: of its last session over the last one before it, or over the initial capital.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MonthReturn {
    /// Year.
    pub year: i32,
    /// Month, 1 to 12.
    pub month: u32,
    /// Return.
    pub total_return: f64,
}

/// Return of a calendar year: of its last session over the last one before it, or over the initial capital.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct YearReturn {
    /// Year.
    pub year: i32,
    /// Return.
    pub total_return: f64,
}

impl ReturnFigures {
    pub(super) fn of(curve: &EquityCurve, months: &[MonthReturn], years: &[YearReturn]) -> Self {
        let sessions = curve.returns();
        let months: Vec<f64> = months.iter().map(|month| month.total_return).collect();
        let years: Vec<f64> = years.iter().map(|year| year.total_return).collect();
        let total_return = curve.total_return();
        Self {
            total_return,
            annual_return: curve.annual_return(),
            annual_return_by_sessions: annual_by_sessions(total_return, sessions.len()),
            mean_session: mean(&sessions),
            best_session: highest(&sessions),
            worst_session: lowest(&sessions),
            positive_sessions: positive_share(&sessions),
            best_month: highest(&months),
            worst_month: lowest(&months),
            positive_months: positive_share(&months),
            best_year: highest(&years),
            worst_year: lowest(&years),
        }
    }
}

/// `(1 + total)^(252 / sessions) − 1`; zero for no session.
pub(super) fn annual_by_sessions(total: f64, sessions: usize) -> f64 {
    if sessions == 0 { 0.0 } else { annualised(total, SESSIONS_PER_YEAR / sessions as f64) }
}

/// The months of a curve, oldest first.
pub(super) fn monthly(curve: &EquityCurve) -> Vec<MonthReturn> {
    let parts = by_period(curve, |date| (date.year(), date.month()));
    parts.into_iter().map(|((year, month), total_return)| MonthReturn { year, month, total_return }).collect()
}

/// The years of a curve, oldest first.
pub(super) fn yearly(curve: &EquityCurve) -> Vec<YearReturn> {
    by_period(curve, |date| date.year())
        .into_iter()
        .map(|(year, total_return)| YearReturn { year, total_return })
        .collect()
}

fn by_period<P: PartialEq>(curve: &EquityCurve, period: impl Fn(NaiveDate) -> P) -> Vec<(P, f64)> {
    let returns = curve.returns();
    let mut rest = returns.as_slice();
    let parts = curve.points().chunk_by(|left, right| period(left.date) == period(right.date));
    parts
        .map(|part| {
            let (own, later) = rest.split_at(part.len());
            rest = later;
            (period(part[0].date), compounded(own))
        })
        .collect()
}

fn highest(values: &[f64]) -> Option<f64> {
    values.iter().copied().reduce(f64::max)
}

fn lowest(values: &[f64]) -> Option<f64> {
    values.iter().copied().reduce(f64::min)
}

fn positive_share(values: &[f64]) -> Option<f64> {
    ratio(values.iter().filter(|value| **value > 0.0).count() as f64, values.len() as f64)
}
