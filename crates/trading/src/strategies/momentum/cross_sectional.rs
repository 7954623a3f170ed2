//! Cross-sectional momentum: of all issues watched, those are held that rose most over the look-back.
//!
//! Jegadeesh, Titman, "Returns to buying winners and selling losers", Journal of Finance 48 (1993). The last weeks are
//! left out, because what rose in them tends to fall back (Jegadeesh, Journal of Finance 45, 1990).

use exodus_domain::Price;

use crate::indicators::blocks::{Delay, Filter, Moments, Window};

/// How an issue did over the look-back.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Trail {
    /// Change from its first to its last close, as a ratio.
    pub(crate) change: f64,
    /// Standard deviation (of a sample) of the changes from bar to bar, as a ratio.
    pub(crate) volatility: f64,
}

/// What a ranking by momentum learns of one issue.
#[derive(Debug)]
pub(crate) struct RankedMomentum {
    skipped: Delay,
    /// Closes of the look-back without the last ones, which are skipped.
    closes: Delay,
    changes: Window<Moments>,
    before: Option<f64>,
    trail: Option<Trail>,
}

impl RankedMomentum {
    /// Compares the closes `lookback` and `skip` bars ago; the look-back is the longer one by two bars at least.
    pub(crate) fn new(lookback: u32, skip: u32) -> Self {
        let count = |bars: u32| usize::try_from(bars).expect("a few hundred bars fit");
        let length = count(lookback.saturating_sub(skip));
        Self {
            skipped: Delay::new(count(skip)),
            closes: Delay::new(length),
            changes: Window::new(length),
            before: None,
            trail: None,
        }
    }

    pub(crate) fn on_close(&mut self, close: Price) {
        self.trail = self.step(close.0 as f64);
    }

    fn step(&mut self, close: f64) -> Option<Trail> {
        let last = self.skipped.push(close)?;
        let first = self.closes.push(last);
        let before = self.before.replace(last)?;
        let changes = self.changes.push(Moments::of((last - before) / before));
        let (first, changes) = first.zip(changes)?;
        Some(Trail { change: (last - first) / first, volatility: changes.sample_variance().sqrt() })
    }

    /// How the issue did up to the last bar; `None` until there are enough of them.
    pub(crate) fn trail(&self) -> Option<Trail> {
        self.trail
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn trails(lookback: u32, skip: u32, closes: &[i64]) -> Vec<Option<Trail>> {
        let mut rule = RankedMomentum::new(lookback, skip);
        let step = |close: &i64| {
            rule.on_close(Price(*close));
            rule.trail()
        };
        closes.iter().map(step).collect()
    }

    #[test]
    fn the_last_bars_are_skipped() {
        // At the fifth close: from 100, four bars ago, to 121, two bars ago; 500 and 7 do not count.
        let trails = trails(4, 2, &[100, 110, 121, 500, 7]);
        assert_eq!(trails[..4], [None; 4]);
        let Trail { change, volatility } = trails[4].expect("enough bars");
        assert!((change - 0.21).abs() < 1e-12);
        assert!(volatility.abs() < 1e-12, "twice ten percent do not scatter");
    }

    #[test]
    fn volatility_is_that_of_the_changes_between_the_two_closes() {
        // Changes of +10 %, −10 %, +10 %: mean 1/30, squares 2 · (1/15)² + (2/15)² = 6/225, over 2: √(3/225).
        let trail = trails(3, 0, &[1_000, 1_100, 990, 1_089])[3].expect("enough bars");
        assert!((trail.change - 0.089).abs() < 1e-12);
        assert!((trail.volatility - (3.0_f64 / 225.0).sqrt()).abs() < 1e-12);
    }

    proptest! {
        /// Only the bars of the look-back count, however long the history is.
        #[test]
        fn what_was_before_the_look_back_does_not_matter(
            closes in prop::collection::vec(1i64..100_000, 40..80),
            lookback in 5u32..30,
            skip in 0u32..4,
        ) {
            let needed = usize::try_from(lookback).expect("few") + 1;
            let whole = trails(lookback, skip, &closes).pop().flatten();
            let late = trails(lookback, skip, &closes[closes.len() - needed..]).pop().flatten();
            prop_assert!(whole.is_some());
            let (whole, late) = (whole.expect("some"), late.expect("enough bars"));
            prop_assert_eq!(whole.change, late.change);
            prop_assert!((whole.volatility - late.volatility).abs() <= 1e-9 * (1.0 + whole.volatility));
        }
    }
}
