//! What if the same trades had come in another order, or some of them more often than others?

use exodus_domain::{Bar, Won};

use super::Check;
use crate::chance::Chance;
use crate::result::BacktestResult;
use crate::spec::BacktestSpec;

const CODE: &str = "trade_order";
/// Fewer closed round trips than these say nothing.
pub const LEAST_TRIPS: usize = 20;
/// How often the round trips are drawn.
const DRAWS: usize = 1_000;

/// Takes each closed round trip as a gain on the equity before it, and puts them one after the other again, 1,000 times:
/// in another order, for the deepest drawdown at the ends of trips (the end is the same in any order); and drawn with
/// replacement, for the final equity. Passed if 95 of 100 final equities are above the initial capital. Round trips that
/// overlap count as if they had not.
pub fn trade_order(spec: &BacktestSpec, result: &BacktestResult) -> Check {
    let gains = gains(result);
    if gains.len() < LEAST_TRIPS {
        return Check::skipped(CODE, "too_few_round_trips").with("round_trips", gains.len() as f64);
    }
    let mut chance = Chance::new(spec.seed);
    let mut order = gains.clone();
    let (mut finals, mut drawdowns) = (Vec::with_capacity(DRAWS), Vec::with_capacity(DRAWS));
    for _ in 0..DRAWS {
        chance.shuffle(&mut order);
        drawdowns.push(deepest(&order));
        let growth: f64 = gains.iter().map(|_| 1.0 + gains[chance.below(gains.len())]).product();
        finals.push(growth * spec.capital.0 as f64);
    }
    let (finals, drawdowns) = (Ascending::new(finals), Ascending::new(drawdowns));
    Check::new(CODE, finals.quantile(0.05) > spec.capital.0 as f64)
        .with("round_trips", gains.len() as f64)
        .with("draws", DRAWS as f64)
        .with("final_equity", result.metrics.final_capital.0 as f64)
        .with("final_equity_5", finals.quantile(0.05))
        .with("final_equity_50", finals.quantile(0.50))
        .with("final_equity_95", finals.quantile(0.95))
        .with("max_drawdown", deepest(&gains))
        .with("max_drawdown_5", drawdowns.quantile(0.05))
        .with("max_drawdown_50", drawdowns.quantile(0.50))
        .with("max_drawdown_95", drawdowns.quantile(0.95))
}

/// Gain of each closed round trip over the equity at the end of the session before it, in the order in which they closed.
fn gains(result: &BacktestResult) -> Vec<f64> {
    let closed = result.round_trips.iter().filter(|trip| trip.closed_at.is_some());
    closed
        .filter_map(|trip| {
            let before = result.equity.partition_point(|point| Bar::day_start(point.date) < trip.opened_at);
            // The session of the buy itself begins before it; the one before that is the last whose end is known.
            let equity = before.checked_sub(2).map_or(result.metrics.initial_capital, |at| result.equity[at].equity);
            (equity > Won::ZERO).then(|| trip.pnl.0 as f64 / equity.0 as f64)
        })
        .collect()
}

/// The deepest fall below the highest point so far: zero or negative.
fn deepest(gains: &[f64]) -> f64 {
    let (mut level, mut peak, mut deepest) = (1.0_f64, 1.0_f64, 0.0_f64);
    for gain in gains {
        level *= 1.0 + gain;
        peak = peak.max(level);
        deepest = deepest.min(level / peak - 1.0);
    }
    deepest
}

struct Ascending(Vec<f64>);

impl Ascending {
    fn new(mut values: Vec<f64>) -> Self {
        values.sort_by(f64::total_cmp);
        Self(values)
    }

    /// The value that `share` of all values stay below.
    fn quantile(&self, share: f64) -> f64 {
        let place = (share * self.0.len() as f64) as usize;
        self.0[place.min(self.0.len() - 1)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_deepest_fall_counts_from_the_highest_point() {
        assert_eq!(deepest(&[0.5, -0.5, 1.0, -0.25]), -0.5);
        assert_eq!(deepest(&[0.1, 0.2]), 0.0);
    }

    #[test]
    fn quantiles_of_a_thousand_values() {
        let values = Ascending::new((0..1_000).rev().map(f64::from).collect());
        assert_eq!([0.05, 0.5, 0.95, 1.0].map(|share| values.quantile(share)), [50.0, 500.0, 950.0, 999.0]);
    }
}
