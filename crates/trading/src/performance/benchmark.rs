//! The account beside an index or an issue.

use chrono::NaiveDate;

use super::SESSIONS_PER_YEAR;
use super::curve::{EquityCurve, annual_deviation};
use super::figures::figures;
use super::returns::annual_by_sessions;
use super::statistics::{compounded, covariance, finite, mean, mean_over_deviation, ratio, sample_deviation, varies};

/// Daily levels of what an account is held against: an index or an issue.
#[derive(Clone, Debug, PartialEq)]
pub struct Benchmark {
    /// What it is.
    pub name: String,
    /// Level at the end of each of its sessions, above zero, oldest first. Those before the account's first session give the base of
    /// that session, and the state of the market when it began.
    pub levels: Vec<(NaiveDate, f64)>,
}

/// Session returns of an account, and of the benchmark over the same sessions.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Aligned {
    pub(super) account: Vec<f64>,
    pub(super) benchmark: Vec<f64>,
    /// Sessions at the start that the benchmark says nothing of.
    pub(super) skipped: usize,
}

figures! {
    /// The account against the benchmark, over the sessions for which both have a return. The benchmark's return of a
    /// session runs from its last level on or before the session before to its last level on or before this one.
    pub struct BenchmarkFigures in "benchmark" {
        /// Sessions that are compared.
        pub sessions: u64,
        /// Return of the benchmark over these sessions.
        pub total_return: f64,
        /// Return of the account over these sessions, less that of the benchmark.
        pub excess_return: f64,
        /// Covariance of both over the variance of the benchmark, of session returns. Undefined where the benchmark does
        /// not vary.
        pub beta: Option<f64>,
        /// Mean session return of the account less beta times that of the benchmark, × 252, risk-free rate zero
        /// (Jensen 1968).
        pub alpha: Option<f64>,
        /// Pearson correlation of session returns. Undefined where either does not vary.
        pub correlation: Option<f64>,
        /// Square of the correlation.
        pub r_squared: Option<f64>,
        /// Sample deviation (n − 1) of the difference of session returns × √252.
        pub tracking_error: Option<f64>,
        /// Mean over sample deviation (n − 1) of the difference of session returns × √252 (Goodwin 1998). Undefined where
        /// the difference does not vary.
        pub information_ratio: Option<f64>,
        /// Annual return by sessions of the account over that of the benchmark, of the sessions in which the benchmark
        /// rose alone.
        pub up_capture: Option<f64>,
        /// Annual return by sessions of the account over that of the benchmark, of the sessions in which the benchmark
        /// fell alone.
        pub down_capture: Option<f64>,
        /// Up capture over down capture.
        pub capture_ratio: Option<f64>,
    }
}

impl Aligned {
    /// The sessions of `curve` for which `benchmark` has a level before and a level at the end.
    pub(super) fn new(curve: &EquityCurve, benchmark: &Benchmark) -> Self {
        let mut aligned = Self::default();
        let mut before = curve.points().first().and_then(|first| benchmark.level_before(first.date));
        for (point, account) in curve.points().iter().zip(curve.returns()) {
            let level = benchmark.level_at(point.date);
            match before.zip(level).and_then(|(before, level)| finite(level / before - 1.0)) {
                Some(own) => {
                    aligned.account.push(account);
                    aligned.benchmark.push(own);
                }
                None => aligned.skipped += 1,
            }
            before = level;
        }
        aligned
    }
}

impl Benchmark {
    /// How many levels there are before `date`.
    pub(super) fn count_before(&self, date: NaiveDate) -> usize {
        self.levels.partition_point(|(day, _)| *day < date)
    }

    fn level_before(&self, date: NaiveDate) -> Option<f64> {
        Some(self.levels[self.count_before(date).checked_sub(1)?].1)
    }

    fn level_at(&self, date: NaiveDate) -> Option<f64> {
        let count = self.levels.partition_point(|(day, _)| *day <= date);
        Some(self.levels[count.checked_sub(1)?].1)
    }
}

impl BenchmarkFigures {
    /// `None` if no session can be compared.
    pub(super) fn of(aligned: &Aligned) -> Option<Self> {
        let Aligned { account, benchmark, .. } = aligned;
        if account.is_empty() {
            return None;
        }
        let active: Vec<f64> = account.iter().zip(benchmark).map(|(account, benchmark)| account - benchmark).collect();
        let beta = beta(account, benchmark);
        let correlation = correlation(account, benchmark);
        let (up_capture, down_capture) = (capture(aligned, |own| own > 0.0), capture(aligned, |own| own < 0.0));
        let total_return = compounded(benchmark);
        Some(Self {
            sessions: account.len() as u64,
            total_return,
            excess_return: compounded(account) - total_return,
            beta,
            alpha: alpha(account, benchmark, beta),
            correlation,
            r_squared: correlation.map(|correlation| correlation.powi(2)),
            tracking_error: sample_deviation(&active).map(annual_deviation),
            information_ratio: mean_over_deviation(&active).map(annual_deviation),
            up_capture,
            down_capture,
            capture_ratio: up_capture.zip(down_capture).and_then(|(up, down)| ratio(up, down)),
        })
    }
}

/// Covariance over the variance of the benchmark.
pub(super) fn beta(account: &[f64], benchmark: &[f64]) -> Option<f64> {
    let variance = covariance(benchmark, benchmark).filter(|_| varies(benchmark))?;
    ratio(covariance(account, benchmark)?, variance)
}

fn alpha(account: &[f64], benchmark: &[f64], beta: Option<f64>) -> Option<f64> {
    finite((mean(account)? - beta? * mean(benchmark)?) * SESSIONS_PER_YEAR)
}

fn correlation(account: &[f64], benchmark: &[f64]) -> Option<f64> {
    let deviations = sample_deviation(account)? * sample_deviation(benchmark)?;
    if varies(account) && varies(benchmark) { ratio(covariance(account, benchmark)?, deviations) } else { None }
}

/// Annual return of the account over that of the benchmark, over the sessions that `chosen` picks by the benchmark.
fn capture(aligned: &Aligned, chosen: impl Fn(f64) -> bool) -> Option<f64> {
    let pairs = aligned.account.iter().zip(&aligned.benchmark).filter(|(_, benchmark)| chosen(**benchmark));
    let (account, benchmark): (Vec<f64>, Vec<f64>) = pairs.unzip();
    let annual = |returns: &[f64]| annual_by_sessions(compounded(returns), returns.len());
    ratio(annual(&account), annual(&benchmark))
}
