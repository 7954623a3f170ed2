//! Moments of a stretch of values, put together without the cancellation that sums of squares suffer from.

use super::window::Aggregate;

/// Count, mean and sum of squared distances to the mean (Chan, Golub, LeVeque, "Updating formulae and a pairwise
/// algorithm for computing sample variances", COMPSTAT 1982).
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Moments {
    count: f64,
    mean: f64,
    squares: f64,
}

impl Moments {
    pub(crate) fn of(value: f64) -> Self {
        Self { count: 1.0, mean: value, squares: 0.0 }
    }

    pub(crate) fn mean(&self) -> f64 {
        self.mean
    }

    /// Mean of squared distances (÷ n).
    pub(crate) fn population_variance(&self) -> f64 {
        self.squares / self.count
    }

    /// Sum of squared distances ÷ (n − 1); NaN of a single value.
    pub(crate) fn sample_variance(&self) -> f64 {
        self.squares / (self.count - 1.0)
    }
}

impl Aggregate for Moments {
    #[inline]
    fn followed_by(older: Self, newer: Self) -> Self {
        let count = older.count + newer.count;
        let distance = newer.mean - older.mean;
        Self {
            count,
            mean: older.mean + distance * (newer.count / count),
            squares: older.squares + newer.squares + distance * distance * (older.count * newer.count / count),
        }
    }
}

/// Count, means, and sums of products of the distances to the means, of pairs (x, y).
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct CoMoments {
    count: f64,
    x_mean: f64,
    y_mean: f64,
    x_squares: f64,
    products: f64,
}

impl CoMoments {
    pub(crate) fn of(x: f64, y: f64) -> Self {
        Self { count: 1.0, x_mean: x, y_mean: y, x_squares: 0.0, products: 0.0 }
    }

    pub(crate) fn x_mean(&self) -> f64 {
        self.x_mean
    }

    pub(crate) fn y_mean(&self) -> f64 {
        self.y_mean
    }

    /// Slope of the line y over x of least squares: covariance over the variance of x; NaN or infinite where x does not
    /// vary.
    pub(crate) fn slope(&self) -> f64 {
        self.products / self.x_squares
    }
}

impl Aggregate for CoMoments {
    #[inline]
    fn followed_by(older: Self, newer: Self) -> Self {
        let count = older.count + newer.count;
        let (x, y) = (newer.x_mean - older.x_mean, newer.y_mean - older.y_mean);
        let (share, weight) = (newer.count / count, older.count * newer.count / count);
        Self {
            count,
            x_mean: older.x_mean + x * share,
            y_mean: older.y_mean + y * share,
            x_squares: older.x_squares + newer.x_squares + x * x * weight,
            products: older.products + newer.products + x * y * weight,
        }
    }
}
