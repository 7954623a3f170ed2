//! Series over time, made ready to be drawn.

use chrono::NaiveDate;
use exodus_trading::{Benchmark, EquityPoint};

/// A value at a day.
pub(super) type Sample = (NaiveDate, f64);

/// Columns of a chart that can be told apart.
const COLUMNS: i64 = 480;

/// Equity at the end of each session.
pub(super) fn equity(points: &[EquityPoint]) -> Vec<Sample> {
    points.iter().map(|point| (point.date, point.equity.0 as f64)).collect()
}

/// Drawdown at the end of each session.
pub(super) fn drawdown(points: &[EquityPoint]) -> Vec<Sample> {
    points.iter().map(|point| (point.date, point.drawdown)).collect()
}

/// What `capital` would have become in the benchmark over the days of `points`, from its level before the first of them.
pub(super) fn rebased(benchmark: &Benchmark, points: &[EquityPoint], capital: f64) -> Vec<Sample> {
    let (Some(first), Some(last)) = (points.first(), points.last()) else { return Vec::new() };
    let start = benchmark.levels.partition_point(|(date, _)| *date < first.date);
    let end = benchmark.levels.partition_point(|(date, _)| *date <= last.date);
    let Some((_, base)) = benchmark.levels.get(start.saturating_sub(1)) else { return Vec::new() };
    benchmark.levels[start..end].iter().map(|(date, level)| (*date, capital * level / base)).collect()
}

/// The samples that matter at the width of a chart: of each column the first, the lowest, the highest and the last
/// (M4: Jugel, Jerzak, Hackenbroich, Markl 2014). The line looks as it would with all of them.
pub(super) fn thinned(samples: &[Sample]) -> Vec<Sample> {
    let (Some((first, _)), Some((last, _))) = (samples.first(), samples.last()) else { return Vec::new() };
    let days = (*last - *first).num_days() + 1;
    let column = |sample: &Sample| (sample.0 - *first).num_days() * COLUMNS / days;
    let mut kept = Vec::new();
    for part in samples.chunk_by(|left, right| column(left) == column(right)) {
        let by_value = |left: &&Sample, right: &&Sample| left.1.total_cmp(&right.1);
        let ends = [part.first(), part.iter().min_by(by_value), part.iter().max_by(by_value), part.last()];
        let mut chosen: Vec<Sample> = ends.into_iter().flatten().copied().collect();
        chosen.sort_by_key(|sample| sample.0);
        chosen.dedup_by_key(|sample| sample.0);
        kept.extend(chosen);
    }
    kept
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use exodus_domain::Won;

    use super::*;

    fn day(number: i64) -> NaiveDate {
        NaiveDate::from_ymd_opt(2020, 1, 1).expect("a date") + TimeDelta::days(number)
    }

    fn point(number: i64) -> EquityPoint {
        EquityPoint { date: day(number), equity: Won(100), stock_value: Won(0), drawdown: 0.0 }
    }

    #[test]
    fn thinning_keeps_the_ends_and_the_extremes() {
        let wave: Vec<Sample> = (0..8_000).map(|number| (day(number), (number as f64 / 50.0).sin())).collect();
        let mut spiked = wave.clone();
        spiked[4_321].1 = 9.0;
        spiked[4_322].1 = -9.0;
        let thin = thinned(&spiked);
        assert!(thin.len() <= 4 * 480 && thin.windows(2).all(|pair| pair[0].0 < pair[1].0));
        assert_eq!((thin[0], thin[thin.len() - 1]), (spiked[0], spiked[7_999]));
        assert!(thin.contains(&spiked[4_321]) && thin.contains(&spiked[4_322]));
        assert_eq!(thinned(&wave[..100]), wave[..100]);
    }

    #[test]
    fn a_benchmark_starts_from_its_level_before_the_first_session() {
        let levels = (0..10).map(|number| (day(number), 100.0 + number as f64)).collect();
        let benchmark = Benchmark { name: "index".to_owned(), levels };
        let points = [point(5), point(6)];
        let base = 104.0;
        let expected = vec![(day(5), 1_000.0 * 105.0 / base), (day(6), 1_000.0 * 106.0 / base)];
        assert_eq!(rebased(&benchmark, &points, 1_000.0), expected);
        assert_eq!(rebased(&benchmark, &[], 1_000.0), []);
    }
}
