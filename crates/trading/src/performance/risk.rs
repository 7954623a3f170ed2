//! How gains varied, and what was earned for it.

use super::curve::{EquityCurve, annual_deviation};
use super::figures::figures;
use super::returns::ReturnFigures;
use super::statistics::{
    excess_kurtosis, finite, mean, mean_over_deviation, quantile, ratio, sample_deviation, skewness,
};

figures! {
    /// Spread and tails of session returns, and gains in proportion to them.
    pub struct RiskFigures in "risk" {
        /// Sample deviation (n − 1) of session returns × √252.
        pub volatility: Option<f64>,
        /// Root of the mean square of session returns below zero, over all n sessions, × √252 (Sortino & Price 1994,
        /// target zero).
        pub downside_deviation: Option<f64>,
        /// Mean over sample deviation (n − 1) of session returns × √252, risk-free rate zero (Sharpe 1994). Undefined
        /// where returns do not vary.
        pub sharpe_ratio: Option<f64>,
        /// Mean session return × 252 over downside deviation, target zero (Sortino & Price 1994). Undefined without a
        /// session that lost.
        pub sortino_ratio: Option<f64>,
        /// Annual return by calendar days over the depth of the deepest drawdown (Young 1991), of the whole period and not
        /// of 36 months. Undefined without a drawdown.
        pub calmar_ratio: Option<f64>,
        /// Annual return by sessions over the depth of the deepest drawdown. Undefined without a drawdown.
        pub calmar_ratio_by_sessions: Option<f64>,
        /// Sum of session returns above zero over the sum of those below (Keating & Shadwick 2002, threshold zero).
        /// Undefined without a session that lost.
        pub omega_ratio: Option<f64>,
        /// Size of the 95 % quantile of session returns over the size of the 5 % quantile, both interpolated between
        /// neighbours (Hyndman & Fan 1996, type 7).
        pub tail_ratio: Option<f64>,
        /// 5 % quantile of session returns, as it was and without assuming a distribution: a return, negative for a loss.
        pub value_at_risk_95: Option<f64>,
        /// 1 % quantile of session returns, as it was and without assuming a distribution: a return, negative for a loss.
        pub value_at_risk_99: Option<f64>,
        /// Mean of the lowest 5 % of session returns, of ⌊0.05 (n − 1)⌋ + 1 of them (Rockafellar & Uryasev 2000).
        pub conditional_value_at_risk_95: Option<f64>,
        /// Mean of the lowest 1 % of session returns, of ⌊0.01 (n − 1)⌋ + 1 of them (Rockafellar & Uryasev 2000).
        pub conditional_value_at_risk_99: Option<f64>,
        /// Sample skewness G1 of session returns, corrected for bias (Joanes & Gill 1998). Three sessions at least.
        pub skewness: Option<f64>,
        /// Sample excess kurtosis G2 of session returns, corrected for bias; zero for a normal distribution (Joanes & Gill
        /// 1998). Four sessions at least.
        pub excess_kurtosis: Option<f64>,
    }
}

impl RiskFigures {
    pub(super) fn of(curve: &EquityCurve, gains: &ReturnFigures) -> Self {
        let returns = curve.returns();
        let mut ascending = returns.clone();
        ascending.sort_unstable_by(f64::total_cmp);
        let depth = -curve.max_drawdown();
        Self {
            volatility: sample_deviation(&returns).map(annual_deviation),
            downside_deviation: downside(&returns).map(annual_deviation),
            sharpe_ratio: sharpe(&returns),
            sortino_ratio: sortino(&returns),
            calmar_ratio: ratio(gains.annual_return, depth),
            calmar_ratio_by_sessions: ratio(gains.annual_return_by_sessions, depth),
            omega_ratio: omega(&returns),
            tail_ratio: tail_ratio(&ascending),
            value_at_risk_95: quantile(&ascending, 0.05),
            value_at_risk_99: quantile(&ascending, 0.01),
            conditional_value_at_risk_95: conditional_value_at_risk(&ascending, 0.05),
            conditional_value_at_risk_99: conditional_value_at_risk(&ascending, 0.01),
            skewness: skewness(&returns),
            excess_kurtosis: excess_kurtosis(&returns),
        }
    }
}

/// Sharpe ratio of session returns, for a year.
pub(super) fn sharpe(returns: &[f64]) -> Option<f64> {
    mean_over_deviation(returns).map(annual_deviation)
}

/// Sortino ratio of session returns, for a year.
pub(super) fn sortino(returns: &[f64]) -> Option<f64> {
    ratio(mean(returns)?, downside(returns)?).map(annual_deviation)
}

/// Root of the mean square of what fell below zero, for a session.
fn downside(returns: &[f64]) -> Option<f64> {
    let squares: f64 = returns.iter().map(|one| one.min(0.0).powi(2)).sum();
    ratio(squares, returns.len() as f64).map(f64::sqrt)
}

fn omega(returns: &[f64]) -> Option<f64> {
    let gains: f64 = returns.iter().map(|one| one.max(0.0)).sum();
    let losses: f64 = returns.iter().map(|one| one.min(0.0)).sum();
    ratio(gains, -losses)
}

fn tail_ratio(ascending: &[f64]) -> Option<f64> {
    ratio(quantile(ascending, 0.95)?.abs(), quantile(ascending, 0.05)?.abs())
}

fn conditional_value_at_risk(ascending: &[f64], share: f64) -> Option<f64> {
    let last = ascending.len().checked_sub(1)?;
    let worst = (share * last as f64) as usize + 1;
    finite(mean(&ascending[..worst])?)
}
