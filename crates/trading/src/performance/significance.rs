//! Whether the Sharpe ratio may be luck.

use std::f64::consts::E;

use super::curve::annual_deviation;
use super::figures::figures;
use super::statistics::{
    excess_kurtosis, mean_over_deviation, normal_cdf, normal_upper_quantile, sample_deviation, skewness,
};

/// How many variants were tried before this one was chosen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Trials {
    /// Number of variants, this one among them.
    pub count: u64,
    /// Variance of their Sharpe ratios, for a session and not for a year; `None` if they are not known. Then it is what
    /// pure luck gives: 1 / (sessions − 1).
    pub sharpe_variance: Option<f64>,
}

impl Trials {
    /// Nothing else was tried.
    pub const ONE: Self = Self { count: 1, sharpe_variance: None };

    /// The variants with these Sharpe ratios × √252, `None` for one that has none; at least one variant.
    pub fn of(sharpe_ratios: impl IntoIterator<Item = Option<f64>>) -> Self {
        let mut count = 0;
        let of_sessions = sharpe_ratios
            .into_iter()
            .inspect(|_| count += 1)
            .flatten()
            .map(|of_years| of_years / annual_deviation(1.0));
        let of_sessions: Vec<f64> = of_sessions.collect();
        let sharpe_variance = sample_deviation(&of_sessions).map(|deviation| deviation.powi(2));
        Self { count: count.max(1), sharpe_variance }
    }
}

figures! {
    /// How sure the Sharpe ratio is.
    pub struct SignificanceFigures in "significance" {
        /// Chance that the true Sharpe ratio is above zero: Φ(SR √(n − 1) / √(1 − γ3 SR + (γ4 − 1) / 4 · SR²)), with SR of a
        /// session, γ3 the sample skewness and γ4 − 3 the sample excess kurtosis (Bailey & López de Prado 2012).
        pub probabilistic_sharpe_ratio: Option<f64>,
        /// Variants that were tried before this one was chosen, this one among them.
        pub trials: u64,
        /// Sharpe ratio × √252 that the best of so many worthless trials is expected to show: √V ((1 − γ) Φ⁻¹(1 − 1 / N) +
        /// γ Φ⁻¹(1 − 1 / (N e))), with γ the Euler–Mascheroni constant and V the variance of the trials' Sharpe ratios,
        /// 1 / (n − 1) where it is not known (Bailey & López de Prado 2014). Zero for one trial.
        pub expected_best_sharpe_ratio: Option<f64>,
        /// Chance that the true Sharpe ratio is above the one expected of the best of so many worthless trials: the
        /// probabilistic Sharpe ratio with that threshold in place of zero (Bailey & López de Prado 2014).
        pub deflated_sharpe_ratio: Option<f64>,
    }
}

impl SignificanceFigures {
    pub(super) fn of(returns: &[f64], trials: Trials) -> Self {
        let expected_best = expected_best(returns.len(), trials);
        Self {
            probabilistic_sharpe_ratio: chance_above(returns, 0.0),
            trials: trials.count,
            expected_best_sharpe_ratio: expected_best.map(annual_deviation),
            deflated_sharpe_ratio: expected_best.and_then(|threshold| chance_above(returns, threshold)),
        }
    }
}

/// Chance that the true Sharpe ratio of a session is above `threshold`.
fn chance_above(returns: &[f64], threshold: f64) -> Option<f64> {
    let sharpe = mean_over_deviation(returns)?;
    let (skewness, kurtosis) = (skewness(returns)?, excess_kurtosis(returns)? + 3.0);
    let spread = 1.0 - skewness * sharpe + (kurtosis - 1.0) / 4.0 * sharpe.powi(2);
    let degrees = returns.len() as f64 - 1.0;
    (spread > 0.0).then(|| normal_cdf((sharpe - threshold) * (degrees / spread).sqrt()))
}

/// The Sharpe ratio of a session that the best of worthless trials is expected to show.
fn expected_best(sessions: usize, trials: Trials) -> Option<f64> {
    const EULER_MASCHERONI: f64 = 0.577_215_664_901_532_9;
    if sessions < 2 {
        return None;
    }
    if trials.count <= 1 {
        return Some(0.0);
    }
    let variance = trials.sharpe_variance.unwrap_or(1.0 / (sessions as f64 - 1.0));
    let chance = 1.0 / trials.count as f64;
    let (typical, lucky) = (normal_upper_quantile(chance), normal_upper_quantile(chance / E));
    Some(variance.sqrt() * ((1.0 - EULER_MASCHERONI) * typical + EULER_MASCHERONI * lucky))
}

#[cfg(test)]
mod tests {
    use super::*;

    const RETURNS: [f64; 6] = [0.02, -0.01, 0.015, 0.0, 0.01, -0.005];

    #[test]
    fn more_trials_leave_less_to_believe() {
        let believed = |count| {
            let figures = SignificanceFigures::of(&RETURNS, Trials { count, sharpe_variance: None });
            figures.deflated_sharpe_ratio.expect("six returns that vary")
        };
        assert_eq!(believed(1), chance_above(&RETURNS, 0.0).expect("six returns that vary"));
        assert!(believed(1) > believed(2) && believed(2) > believed(1_000) && believed(1_000) > 0.0);
    }

    #[test]
    fn a_known_variance_takes_the_place_of_luck() {
        let as_luck = Trials { count: 50, sharpe_variance: Some(0.2) };
        assert_eq!(expected_best(6, as_luck), expected_best(6, Trials { sharpe_variance: None, ..as_luck }));
        let alike = Trials { count: 50, sharpe_variance: Some(0.0) };
        assert_eq!(expected_best(6, alike), Some(0.0));
    }

    #[test]
    fn trials_are_counted_and_spread_by_the_session() {
        let root = 252.0_f64.sqrt();
        let trials = Trials::of([Some(root), None, Some(3.0 * root), Some(2.0 * root)]);
        assert_eq!(trials.count, 4);
        assert!((trials.sharpe_variance.expect("three ratios") - 1.0).abs() < 1e-12);
        assert_eq!(Trials::of([Some(1.0)]), Trials::ONE);
        assert_eq!(Trials::of([]), Trials::ONE);
    }

    #[test]
    fn three_sessions_say_nothing() {
        let figures = SignificanceFigures::of(&RETURNS[..3], Trials::ONE);
        assert_eq!((figures.probabilistic_sharpe_ratio, figures.deflated_sharpe_ratio), (None, None));
    }
}
