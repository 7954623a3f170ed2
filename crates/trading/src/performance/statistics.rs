//! The statistics that the figures are made of. What is not defined is `None`, and so is what overflows: nothing here
//! gives NaN or an infinity to finite input.

use libm::erfc;

/// `value`, unless it is NaN or infinite.
pub(super) fn finite(value: f64) -> Option<f64> {
    value.is_finite().then_some(value)
}

/// `numerator / denominator`; `None` for a denominator of zero.
pub(super) fn ratio(numerator: f64, denominator: f64) -> Option<f64> {
    finite(numerator / denominator)
}

/// Arithmetic mean; `None` of nothing.
pub(super) fn mean(values: &[f64]) -> Option<f64> {
    ratio(values.iter().sum(), values.len() as f64)
}

/// Sample deviation (n − 1); `None` for fewer than two values.
pub(super) fn sample_deviation(values: &[f64]) -> Option<f64> {
    Spread::of(values).map(|spread| spread.deviation)
}

/// Mean over sample deviation; `None` for fewer than two values, or where they do not vary.
pub(super) fn mean_over_deviation(values: &[f64]) -> Option<f64> {
    Spread::of(values)?.ratio()
}

/// Where values lie and how far apart.
pub(super) struct Spread {
    mean: f64,
    /// Sample deviation (n − 1).
    pub(super) deviation: f64,
    varies: bool,
}

impl Spread {
    /// `None` for fewer than two values.
    pub(super) fn of(values: &[f64]) -> Option<Self> {
        let mean = mean(values)?;
        let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
        let deviation = finite((squares / (values.len() as f64 - 1.0)).sqrt())?;
        Some(Self { mean, deviation, varies: varies(values) })
    }

    /// Mean over sample deviation; `None` where the values do not vary.
    pub(super) fn ratio(&self) -> Option<f64> {
        if self.varies { ratio(self.mean, self.deviation) } else { None }
    }
}

/// True if not all values are the same. Asked of the values themselves: the deviation of equal values may come out a
/// little above zero, because their mean is rounded.
pub(super) fn varies(values: &[f64]) -> bool {
    values.windows(2).any(|pair| pair[0] != pair[1])
}

/// Sum of the `power`-th powers of the distances to the mean.
fn central_sum(values: &[f64], mean: f64, power: i32) -> f64 {
    values.iter().map(|value| (value - mean).powi(power)).sum()
}

/// Sample skewness G1 = √(n(n−1)) / (n−2) · m3 / m2^1.5 (Joanes & Gill 1998); `None` for fewer than three values, or
/// where they do not vary.
pub(super) fn skewness(values: &[f64]) -> Option<f64> {
    let (mean, n) = (mean(values)?, values.len() as f64);
    if n < 3.0 || !varies(values) {
        return None;
    }
    let (squares, cubes) = (central_sum(values, mean, 2), central_sum(values, mean, 3));
    finite(n * (n - 1.0).sqrt() / (n - 2.0) * cubes / squares.powf(1.5))
}

/// Sample excess kurtosis G2 = (n−1) / ((n−2)(n−3)) · ((n+1)(m4 / m2² − 3) + 6) (Joanes & Gill 1998); `None` for fewer
/// than four values, or where they do not vary.
pub(super) fn excess_kurtosis(values: &[f64]) -> Option<f64> {
    let (mean, n) = (mean(values)?, values.len() as f64);
    if n < 4.0 || !varies(values) {
        return None;
    }
    let (squares, fourths) = (central_sum(values, mean, 2), central_sum(values, mean, 4));
    let excess = n * fourths / squares.powi(2) - 3.0;
    finite((n - 1.0) / ((n - 2.0) * (n - 3.0)) * ((n + 1.0) * excess + 6.0))
}

/// The `share` quantile of ascending values, interpolated between neighbours (type 7 of Hyndman & Fan 1996, as numpy
/// and pandas do); `None` of nothing.
pub(super) fn quantile(ascending: &[f64], share: f64) -> Option<f64> {
    let last = ascending.len().checked_sub(1)?;
    let place = share * last as f64;
    let (below, part) = (place.floor() as usize, place.fract());
    let above = (below + 1).min(last);
    finite(ascending[below] + (ascending[above] - ascending[below]) * part)
}

/// Covariance of two equally long series, n − 1; `None` for fewer than two pairs.
pub(super) fn covariance(left: &[f64], right: &[f64]) -> Option<f64> {
    let (left_mean, right_mean) = (mean(left)?, mean(right)?);
    let products: f64 = left.iter().zip(right).map(|(l, r)| (l - left_mean) * (r - right_mean)).sum();
    finite(products / (left.len() as f64 - 1.0))
}

/// Gains joined as compound growth, less one: `Π(1 + r) − 1`.
pub(super) fn compounded(returns: &[f64]) -> f64 {
    returns.iter().map(|one| 1.0 + one).product::<f64>() - 1.0
}

/// Chance that a standard normal variable stays below `x`.
pub(super) fn normal_cdf(x: f64) -> f64 {
    erfc(-x / std::f64::consts::SQRT_2) / 2.0
}

/// The value that a standard normal variable exceeds with chance `tail`, between 0 and 1.
///
/// Halving an interval gives every bit that `erfc` gives, and takes no table of coefficients; it is asked twice a report.
pub(super) fn normal_upper_quantile(tail: f64) -> f64 {
    let (mut low, mut high) = (-40.0, 40.0);
    for _ in 0..100 {
        let middle = (low + high) / 2.0;
        if normal_cdf(-middle) > tail { low = middle } else { high = middle }
    }
    high
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(left: Option<f64>, right: f64) -> bool {
        left.is_some_and(|left| (left - right).abs() < 1e-12)
    }

    #[test]
    fn moments_worked_out_by_hand() {
        let values = [1.0, 2.0, 3.0, 4.0, 10.0];
        assert!(close(mean(&values), 4.0));
        // Squares 9 + 4 + 1 + 0 + 36 = 50, cubes −27 − 8 − 1 + 0 + 216 = 180, fourths 81 + 16 + 1 + 0 + 1296 = 1394.
        assert!(close(sample_deviation(&values), 12.5_f64.sqrt()));
        assert!(close(skewness(&values), 5.0 * 2.0 / 3.0 * 180.0 / 50.0_f64.powf(1.5)));
        assert!(close(excess_kurtosis(&values), 4.0 / 6.0 * (6.0 * (5.0 * 1394.0 / 2500.0 - 3.0) + 6.0)));
    }

    #[test]
    fn a_quantile_lies_between_its_neighbours() {
        assert!(close(quantile(&[1.0, 2.0, 4.0], 0.25), 1.5));
        assert!(close(quantile(&[1.0, 2.0, 4.0], 1.0), 4.0));
        assert_eq!(quantile(&[], 0.5), None);
    }

    #[test]
    fn what_does_not_vary_has_no_shape() {
        // The mean of three times 0.1 is not 0.1, so the deviation is not zero.
        let flat = [0.1; 3];
        assert!(!varies(&flat));
        assert_eq!((skewness(&flat), excess_kurtosis(&[0.1; 4]), mean_over_deviation(&flat)), (None, None, None));
        assert_eq!((sample_deviation(&[1.0]), covariance(&[1.0], &[1.0]), mean(&[])), (None, None, None));
    }

    #[test]
    fn the_normal_distribution_as_tables_print_it() {
        assert!(close(Some(normal_cdf(0.0)), 0.5));
        assert!(close(Some(normal_cdf(1.0)), 0.841_344_746_068_542_9));
        assert!(close(Some(normal_upper_quantile(0.025)), 1.959_963_984_540_054));
        assert!(close(Some(normal_upper_quantile(0.5)), 0.0));
        assert!(close(Some(normal_upper_quantile(0.9)), -1.281_551_565_544_600_4));
    }
}
