//! The bars a pattern looks at, and the words patterns are made of: long and short bodies, shadows, gaps, nearness.
//!
//! "Long" or "near" is meant in proportion to the bars right before the one that is measured. The proportions are the
//! defaults of TA-Lib (its `TA_SetCandleSettings`), which the format's engine shares.

use std::array;

use crate::indicators::StudyBar;

/// Bars kept: five of the longest patterns and the ten before them that measure the oldest, rounded up.
const KEPT: usize = 16;

#[derive(Clone, Copy, Debug, Default)]
struct Prices {
    open: f64,
    high: f64,
    low: f64,
    close: f64,
}

impl Prices {
    fn body(&self) -> f64 {
        (self.close - self.open).abs()
    }

    fn range(&self) -> f64 {
        self.high - self.low
    }

    fn shadows(&self) -> f64 {
        self.range() - self.body()
    }
}

/// What a length is compared with: the mean of a measure over the bars before, times a factor.
struct Yardstick {
    measure: fn(&Prices) -> f64,
    bars: usize,
    factor: f64,
}

const BODY: Yardstick = Yardstick { measure: Prices::body, bars: 10, factor: 1.0 };
const DOJI: Yardstick = Yardstick { measure: Prices::range, bars: 10, factor: 0.1 };
const VERY_SHORT_SHADOW: Yardstick = Yardstick { measure: Prices::range, bars: 10, factor: 0.1 };
/// Half of both shadows together: the mean length of one.
const SHORT_SHADOW: Yardstick = Yardstick { measure: Prices::shadows, bars: 10, factor: 0.5 };
const NEAR: Yardstick = Yardstick { measure: Prices::range, bars: 5, factor: 0.2 };
const FAR: Yardstick = Yardstick { measure: Prices::range, bars: 5, factor: 0.6 };
const EQUAL: Yardstick = Yardstick { measure: Prices::range, bars: 5, factor: 0.05 };

/// The newest bars of one issue.
///
/// Means are taken over the bars themselves when a pattern asks for one: at most ten additions, which no rounding
/// error outlives.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Candles {
    ring: [Prices; KEPT],
    seen: usize,
}

impl Candles {
    pub(super) fn push(&mut self, bar: &StudyBar) {
        self.ring[self.seen % KEPT] = Prices { open: bar.open, high: bar.high, low: bar.low, close: bar.close };
        self.seen += 1;
    }

    /// Bars pushed so far.
    pub(super) fn seen(&self) -> usize {
        self.seen
    }

    /// The newest `N` bars, oldest first. There must have been so many, and ten more for their measures.
    pub(super) fn last<const N: usize>(&self) -> [Candle<'_>; N] {
        array::from_fn(|place| self.candle(N - 1 - place))
    }

    fn candle(&self, ago: usize) -> Candle<'_> {
        let Prices { open, high, low, close } = *self.prices(ago);
        Candle { open, high, low, close, ago, candles: self }
    }

    fn prices(&self, ago: usize) -> &Prices {
        &self.ring[(self.seen - 1 - ago) % KEPT]
    }
}

/// One bar among those before it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Candle<'a> {
    pub(super) open: f64,
    pub(super) high: f64,
    pub(super) low: f64,
    pub(super) close: f64,
    ago: usize,
    candles: &'a Candles,
}

impl Candle<'_> {
    /// Closed at or above its open.
    pub(super) fn is_white(&self) -> bool {
        self.close >= self.open
    }

    /// Closed below its open.
    pub(super) fn is_black(&self) -> bool {
        !self.is_white()
    }

    /// 1 for white, −1 for black.
    pub(super) fn colour(&self) -> i8 {
        if self.is_white() { 1 } else { -1 }
    }

    /// Length of the real body, between open and close.
    pub(super) fn body(&self) -> f64 {
        (self.close - self.open).abs()
    }

    /// Upper end of the body.
    pub(super) fn top(&self) -> f64 {
        self.open.max(self.close)
    }

    /// Lower end of the body.
    pub(super) fn bottom(&self) -> f64 {
        self.open.min(self.close)
    }

    /// Middle between high and low.
    pub(super) fn middle(&self) -> f64 {
        self.low + (self.high - self.low) / 2.0
    }

    pub(super) fn upper_shadow(&self) -> f64 {
        self.high - self.top()
    }

    pub(super) fn lower_shadow(&self) -> f64 {
        self.bottom() - self.low
    }

    fn length(&self, yardstick: &Yardstick) -> f64 {
        let before = (1..=yardstick.bars).map(|bars| (yardstick.measure)(self.candles.prices(self.ago + bars)));
        yardstick.factor * (before.sum::<f64>() / yardstick.bars as f64)
    }

    /// Body longer than the mean of ten before.
    pub(super) fn is_long(&self) -> bool {
        self.body() > self.length(&BODY)
    }

    /// Body shorter than the mean of ten before.
    pub(super) fn is_short(&self) -> bool {
        self.body() < self.length(&BODY)
    }

    /// Body of at most a tenth of the mean high-low range: open and close count as one.
    pub(super) fn is_doji(&self) -> bool {
        self.is_doji_beside(self)
    }

    /// Doji by the measure of another bar.
    pub(super) fn is_doji_beside(&self, other: &Candle<'_>) -> bool {
        self.body() <= other.length(&DOJI)
    }

    /// Upper shadow long enough to be seen: above a tenth of the mean high-low range.
    pub(super) fn has_upper_shadow(&self) -> bool {
        self.upper_shadow() > self.length(&VERY_SHORT_SHADOW)
    }

    /// Lower shadow long enough to be seen: above a tenth of the mean high-low range.
    pub(super) fn has_lower_shadow(&self) -> bool {
        self.lower_shadow() > self.length(&VERY_SHORT_SHADOW)
    }

    /// Upper shadow below a tenth of the mean high-low range.
    pub(super) fn lacks_upper_shadow(&self) -> bool {
        self.upper_shadow() < self.length(&VERY_SHORT_SHADOW)
    }

    /// Lower shadow below a tenth of the mean high-low range.
    pub(super) fn lacks_lower_shadow(&self) -> bool {
        self.lower_shadow() < self.length(&VERY_SHORT_SHADOW)
    }

    /// A body with hardly a shadow.
    pub(super) fn lacks_shadows(&self) -> bool {
        self.lacks_upper_shadow() && self.lacks_lower_shadow()
    }

    /// A long body with hardly a shadow.
    pub(super) fn is_marubozu(&self) -> bool {
        self.is_long() && self.lacks_shadows()
    }

    /// A long body that starts at an end of the bar: white from its low, black from its high.
    pub(super) fn is_belt_hold(&self) -> bool {
        self.is_long() && if self.is_white() { self.lacks_lower_shadow() } else { self.lacks_upper_shadow() }
    }

    /// Upper shadow longer than the body.
    pub(super) fn has_long_upper_shadow(&self) -> bool {
        self.upper_shadow() > self.body()
    }

    /// Lower shadow longer than the body.
    pub(super) fn has_long_lower_shadow(&self) -> bool {
        self.lower_shadow() > self.body()
    }

    /// Upper shadow shorter than the mean shadow of ten bars before.
    pub(super) fn has_short_upper_shadow(&self) -> bool {
        self.upper_shadow() < self.length(&SHORT_SHADOW)
    }

    /// Upper shadow longer than the mean shadow of ten bars before.
    pub(super) fn has_tall_upper_shadow(&self) -> bool {
        self.upper_shadow() > self.length(&SHORT_SHADOW)
    }

    /// How far apart near things may lie: a fifth of the mean range of five bars before.
    pub(super) fn near(&self) -> f64 {
        self.length(&NEAR)
    }

    /// How far apart far things lie at least: three fifths of the mean range of five bars before.
    pub(super) fn far(&self) -> f64 {
        self.length(&FAR)
    }

    /// `price` is as good as `level`: within a twentieth of the mean range of five bars before this one.
    pub(super) fn holds_equal(&self, price: f64, level: f64) -> bool {
        let tolerance = self.length(&EQUAL);
        price <= level + tolerance && price >= level - tolerance
    }

    /// `price` lies inside the body, not on its ends.
    pub(super) fn body_holds(&self, price: f64) -> bool {
        self.bottom() < price && price < self.top()
    }

    /// The whole body of `other` lies inside this body, and no end on an end.
    pub(super) fn body_contains(&self, other: &Candle<'_>) -> bool {
        other.top() < self.top() && other.bottom() > self.bottom()
    }

    /// Gap between the bodies, this one above `other`.
    pub(super) fn body_gaps_up(&self, other: &Candle<'_>) -> bool {
        self.bottom() > other.top()
    }

    /// Gap between the bodies, this one below `other`.
    pub(super) fn body_gaps_down(&self, other: &Candle<'_>) -> bool {
        self.top() < other.bottom()
    }

    /// Gap between the bars with their shadows, this one above `other`.
    pub(super) fn gaps_up(&self, other: &Candle<'_>) -> bool {
        self.low > other.high
    }

    /// Gap between the bars with their shadows, this one below `other`.
    pub(super) fn gaps_down(&self, other: &Candle<'_>) -> bool {
        self.high < other.low
    }
}
