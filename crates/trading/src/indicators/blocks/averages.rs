//! The four moving averages that others are made of.

use super::Filter;
use super::window::{Aggregate, Sum, Window};

/// Simple average: mean of the last `period` values; ready with the `period`-th.
#[derive(Debug)]
pub(crate) struct Sma {
    sum: Sum,
    period: f64,
}

impl Sma {
    pub(crate) fn new(period: usize) -> Self {
        Self { sum: Sum::new(period), period: period as f64 }
    }
}

impl Filter for Sma {
    #[inline]
    fn push(&mut self, value: f64) -> Option<f64> {
        self.sum.push(value).map(|sum| sum / self.period)
    }
}

/// An average that moves by a fixed share of the distance to each new value. It starts from the mean of the first
/// `period` values and is ready with it; its `current` value before that is the mean of what there is.
#[derive(Debug)]
struct Smoothed {
    share: f64,
    period: u32,
    seen: u32,
    sum: f64,
    current: f64,
}

impl Smoothed {
    fn new(period: usize, share: f64) -> Self {
        let period = u32::try_from(period.max(1)).unwrap_or(u32::MAX);
        Self { share, period, seen: 0, sum: 0.0, current: 0.0 }
    }

    #[inline]
    fn push(&mut self, value: f64) -> Option<f64> {
        if self.seen == self.period {
            // In this form equal values leave the average where it is, to the last bit.
            self.current += self.share * (value - self.current);
            return Some(self.current);
        }
        self.seen += 1;
        self.sum += value;
        self.current = self.sum / f64::from(self.seen);
        (self.seen == self.period).then_some(self.current)
    }
}

/// Exponential average with the share 2 / (p + 1), from the mean of the first p values on; ready with the p-th.
#[derive(Debug)]
pub(crate) struct Ema(Smoothed);

impl Ema {
    pub(crate) fn new(period: usize) -> Self {
        Self(Smoothed::new(period, 2.0 / (period as f64 + 1.0)))
    }
}

impl Filter for Ema {
    #[inline]
    fn push(&mut self, value: f64) -> Option<f64> {
        self.0.push(value)
    }
}

/// Average of J. Welles Wilder, "New Concepts in Technical Trading Systems" (1978): the share is 1 / p, from the mean of
/// the first p values on; ready with the p-th.
#[derive(Debug)]
pub(crate) struct Wilder(Smoothed);

impl Wilder {
    pub(crate) fn new(period: usize) -> Self {
        Self(Smoothed::new(period, 1.0 / period as f64))
    }

    /// The average so far; before it is ready the mean of what there is, and 0 of nothing.
    #[inline]
    pub(crate) fn current(&self) -> f64 {
        self.0.current
    }
}

impl Filter for Wilder {
    #[inline]
    fn push(&mut self, value: f64) -> Option<f64> {
        self.0.push(value)
    }
}

#[derive(Clone, Copy, Debug, Default)]
struct Weighted {
    count: f64,
    sum: f64,
    /// Sum of the values, each times its place, 1 for the oldest.
    by_place: f64,
}

impl Aggregate for Weighted {
    #[inline]
    fn followed_by(older: Self, newer: Self) -> Self {
        Self {
            count: older.count + newer.count,
            sum: older.sum + newer.sum,
            by_place: older.by_place + newer.by_place + older.count * newer.sum,
        }
    }
}

/// Linearly weighted average: weights 1 to p, the newest value counts most; ready with the p-th.
#[derive(Debug)]
pub(crate) struct Lwma {
    window: Window<Weighted>,
    weights: f64,
}

impl Lwma {
    pub(crate) fn new(period: usize) -> Self {
        let weights = period as f64 * (period as f64 + 1.0) / 2.0;
        Self { window: Window::new(period), weights }
    }
}

impl Filter for Lwma {
    #[inline]
    fn push(&mut self, value: f64) -> Option<f64> {
        let window = self.window.push(Weighted { count: 1.0, sum: value, by_place: value })?;
        Some(window.by_place / self.weights)
    }
}
