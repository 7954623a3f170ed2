//! Sums, extremes and the like over the last bars.

use std::fmt::Debug;

use super::Filter;

/// What is known of a stretch of values; that of two stretches in a row follows from both.
pub(crate) trait Aggregate: Copy + Debug + Default + Send {
    /// What is known of `older` followed by `newer`.
    fn followed_by(older: Self, newer: Self) -> Self;
}

/// The aggregate of the last `period` values, in constant amortised time and without ever taking away what leaves: so
/// nothing drifts, and equal values give exactly what they give from scratch.
///
/// The values come in blocks of `period`. At the end of a block each slot is overwritten with the aggregate of its own
/// value and all later ones of the block; while the next block fills the slots from the front, the window is one such
/// tail and the aggregate of the new values (the queue of two stacks; Tangwongsan, Hirzel, Schneider, "Low-Latency
/// Sliding-Window Aggregation in Worst-Case Constant Time", DEBS 2017, §2).
#[derive(Debug)]
pub(crate) struct Window<A> {
    /// Before `next` the values of this block, from `next` on the tails of the one before.
    slots: Box<[A]>,
    next: usize,
    /// Of the values of this block.
    newer: A,
    is_full: bool,
}

impl<A: Aggregate> Window<A> {
    /// A window over the last `period` values, at least one.
    pub(crate) fn new(period: usize) -> Self {
        Self { slots: vec![A::default(); period.max(1)].into(), next: 0, newer: A::default(), is_full: false }
    }

    /// Takes the next value; the aggregate of the last `period` ones, or `None` if there are not as many yet.
    #[inline]
    pub(crate) fn push(&mut self, value: A) -> Option<A> {
        self.slots[self.next] = value;
        self.newer = if self.next == 0 { value } else { A::followed_by(self.newer, value) };
        self.next += 1;
        if let Some(tail) = self.slots.get(self.next) {
            return self.is_full.then(|| A::followed_by(*tail, self.newer));
        }
        for slot in (1..self.slots.len()).rev() {
            self.slots[slot - 1] = A::followed_by(self.slots[slot - 1], self.slots[slot]);
        }
        self.next = 0;
        self.is_full = true;
        Some(self.newer)
    }
}

#[derive(Clone, Copy, Debug, Default)]
struct Total(f64);

impl Aggregate for Total {
    #[inline]
    fn followed_by(older: Self, newer: Self) -> Self {
        Self(older.0 + newer.0)
    }
}

/// Sum of the last `period` values.
#[derive(Debug)]
pub(crate) struct Sum(Window<Total>);

impl Sum {
    pub(crate) fn new(period: usize) -> Self {
        Self(Window::new(period))
    }
}

impl Filter for Sum {
    #[inline]
    fn push(&mut self, value: f64) -> Option<f64> {
        self.0.push(Total(value)).map(|total| total.0)
    }
}

/// The greatest value and when it last occurred, counted from any fixed bar.
#[derive(Clone, Copy, Debug, Default)]
struct Peak {
    value: f64,
    bar: u64,
}

impl Aggregate for Peak {
    #[inline]
    fn followed_by(older: Self, newer: Self) -> Self {
        if newer.value >= older.value { newer } else { older }
    }
}

/// Highest of the last `period` values and the bars since it last occurred, 0 on the bar itself.
#[derive(Debug)]
pub(crate) struct HighestAge {
    window: Window<Peak>,
    bar: u64,
}

impl HighestAge {
    pub(crate) fn new(period: usize) -> Self {
        Self { window: Window::new(period), bar: 0 }
    }

    #[inline]
    pub(crate) fn push(&mut self, value: f64) -> Option<(f64, u64)> {
        self.bar += 1;
        let peak = self.window.push(Peak { value, bar: self.bar })?;
        Some((peak.value, self.bar - peak.bar))
    }
}

/// Lowest of the last `period` values and the bars since it last occurred, 0 on the bar itself.
#[derive(Debug)]
pub(crate) struct LowestAge(HighestAge);

impl LowestAge {
    pub(crate) fn new(period: usize) -> Self {
        Self(HighestAge::new(period))
    }

    #[inline]
    pub(crate) fn push(&mut self, value: f64) -> Option<(f64, u64)> {
        self.0.push(-value).map(|(value, age)| (-value, age))
    }
}

#[derive(Clone, Copy, Debug, Default)]
struct Greatest(f64);

impl Aggregate for Greatest {
    #[inline]
    fn followed_by(older: Self, newer: Self) -> Self {
        if newer.0 >= older.0 { newer } else { older }
    }
}

/// Highest of the last `period` values.
#[derive(Debug)]
pub(crate) struct Highest(Window<Greatest>);

impl Highest {
    pub(crate) fn new(period: usize) -> Self {
        Self(Window::new(period))
    }
}

impl Filter for Highest {
    #[inline]
    fn push(&mut self, value: f64) -> Option<f64> {
        self.0.push(Greatest(value)).map(|greatest| greatest.0)
    }
}

/// Lowest of the last `period` values.
#[derive(Debug)]
pub(crate) struct Lowest(Highest);

impl Lowest {
    pub(crate) fn new(period: usize) -> Self {
        Self(Highest::new(period))
    }
}

impl Filter for Lowest {
    #[inline]
    fn push(&mut self, value: f64) -> Option<f64> {
        self.0.push(-value).map(|value| -value)
    }
}

/// The value `lag` bars ago; with a lag of 0 the value itself.
#[derive(Debug)]
pub(crate) struct Delay {
    ring: Box<[f64]>,
    next: usize,
    is_full: bool,
}

impl Delay {
    pub(crate) fn new(lag: usize) -> Self {
        Self { ring: vec![0.0; lag].into(), next: 0, is_full: false }
    }
}

impl Filter for Delay {
    #[inline]
    fn push(&mut self, value: f64) -> Option<f64> {
        let Some(slot) = self.ring.get_mut(self.next) else { return Some(value) };
        let leaving = self.is_full.then_some(*slot);
        *slot = value;
        self.next += 1;
        if self.next == self.ring.len() {
            self.next = 0;
            self.is_full = true;
        }
        leaving
    }
}
