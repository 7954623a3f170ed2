//! Highest and lowest prices of the last bars, and swing points.

use super::blocks::{Delay, Filter, Highest, Lowest, OfClose};
use super::catalog::{Category, IndicatorType, VALUE};
use super::parameters::IndicatorParameter;
use super::values::{Study, StudyBar, Values};
use crate::catalog::LocalText;

pub(super) const TYPES: &[IndicatorType] = &[
    IndicatorType {
        id: "maximum",
        title: LocalText { ko: "최고 종가", en: "Highest close" },
        description: LocalText {
            ko: "오늘을 포함한 최근 종가 가운데 가장 높은 값입니다.",
            en: "The highest of the last closes, today's included.",
        },
        category: Category::Other,
        parameters: &[IndicatorParameter::period(20, 500)],
        constraints: &[],
        outputs: VALUE,
        default_output: 0,
        carries_the_past: false,
        ready: |p, _| p.count("period"),
        build: |p, _| Box::new(OfClose(Highest::new(p.count("period")))),
    },
    IndicatorType {
        id: "minimum",
        title: LocalText { ko: "최저 종가", en: "Lowest close" },
        description: LocalText {
            ko: "오늘을 포함한 최근 종가 가운데 가장 낮은 값입니다.",
            en: "The lowest of the last closes, today's included.",
        },
        category: Category::Other,
        parameters: &[IndicatorParameter::period(20, 500)],
        constraints: &[],
        outputs: VALUE,
        default_output: 0,
        carries_the_past: false,
        ready: |p, _| p.count("period"),
        build: |p, _| Box::new(OfClose(Lowest::new(p.count("period")))),
    },
    IndicatorType {
        id: "midpoint",
        title: LocalText { ko: "종가의 중간값", en: "Midpoint of closes" },
        description: LocalText {
            ko: "최근 종가의 최고와 최저를 더해 둘로 나눈 값입니다.",
            en: "Halfway between the highest and the lowest of the last closes.",
        },
        category: Category::Other,
        parameters: &[IndicatorParameter::period(14, 100)],
        constraints: &[],
        outputs: VALUE,
        default_output: 0,
        carries_the_past: false,
        ready: |p, _| p.count("period"),
        build: |p, _| Box::new(Midpoint(HighLow::new(p.count("period")))),
    },
    IndicatorType {
        id: "midprice",
        title: LocalText { ko: "고가와 저가의 중간값", en: "Midpoint of highs and lows" },
        description: LocalText {
            ko: "최근 봉의 최고가와 최저가를 더해 둘로 나눈 값입니다.",
            en: "Halfway between the highest high and the lowest low of the last bars.",
        },
        category: Category::Other,
        parameters: &[IndicatorParameter::period(14, 100)],
        constraints: &[],
        outputs: VALUE,
        default_output: 0,
        carries_the_past: false,
        ready: |p, _| p.count("period"),
        build: |p, _| Box::new(Midprice(HighLow::new(p.count("period")))),
    },
    IndicatorType {
        id: "pivot",
        title: LocalText { ko: "스윙 고점·저점", en: "Swing highs and lows" },
        description: LocalText {
            ko: "앞뒤 봉보다 높았던 마지막 고점과, 앞뒤 봉보다 낮았던 마지막 저점입니다. 뒤의 봉이 모두 지나야 확정됩니다.",
            en: "The last high above those of the bars before and after it, and the last such low. Known once all bars after it have closed.",
        },
        category: Category::Other,
        parameters: &[
            IndicatorParameter::length("left_bars", LocalText { ko: "앞의 봉 수", en: "Bars before" }, 5, 100),
            IndicatorParameter::length("right_bars", LocalText { ko: "뒤의 봉 수", en: "Bars after" }, 5, 100),
        ],
        constraints: &[],
        outputs: &["high", "low"],
        default_output: 0,
        carries_the_past: false,
        ready: |p, _| p.count("left_bars") + p.count("right_bars") + 1,
        build: |p, _| Box::new(SwingPoints::new(p.count("left_bars"), p.count("right_bars"))),
    },
];

/// Highest high and lowest low of the last `period` bars; ready with the `period`-th.
#[derive(Debug)]
pub(super) struct HighLow {
    highest: Highest,
    lowest: Lowest,
}

impl HighLow {
    pub(super) fn new(period: usize) -> Self {
        Self { highest: Highest::new(period), lowest: Lowest::new(period) }
    }

    /// Takes the high and the low of a bar, gives the highest and the lowest.
    #[inline]
    pub(super) fn push(&mut self, high: f64, low: f64) -> Option<(f64, f64)> {
        self.highest.push(high).zip(self.lowest.push(low))
    }

    /// As [`Self::push`]; halfway between the two.
    #[inline]
    pub(super) fn middle(&mut self, high: f64, low: f64) -> Option<f64> {
        self.push(high, low).map(|(highest, lowest)| (highest + lowest) / 2.0)
    }
}

/// Midpoint: (highest close + lowest close) / 2 over p bars; ready with bar p. As TA-Lib's MIDPOINT.
#[derive(Debug)]
struct Midpoint(HighLow);

impl Study for Midpoint {
    fn step(&mut self, bar: &StudyBar) -> Option<Values> {
        self.0.middle(bar.close, bar.close).map(Values::from)
    }
}

/// Midprice: (highest high + lowest low) / 2 over p bars; ready with bar p. As TA-Lib's MIDPRICE.
#[derive(Debug)]
struct Midprice(HighLow);

impl Study for Midprice {
    fn step(&mut self, bar: &StudyBar) -> Option<Values> {
        self.0.middle(bar.high, bar.low).map(Values::from)
    }
}

/// Swing points: the high of the bar `right` bars ago, once it is above all highs of the `left` bars before and the
/// `right` bars after it, and likewise its low; each until the next one is confirmed, and undefined before the first.
/// Equal neighbours are no swing. Ready with bar left + right + 1.
///
/// The broker's engine takes one length for both sides, and its two outputs do not exist at run time.
#[derive(Debug)]
struct SwingPoints {
    high: SwingHigh,
    /// Of the negated lows.
    low: SwingHigh,
}

impl SwingPoints {
    fn new(left: usize, right: usize) -> Self {
        Self { high: SwingHigh::new(left, right), low: SwingHigh::new(left, right) }
    }
}

impl Study for SwingPoints {
    fn step(&mut self, bar: &StudyBar) -> Option<Values> {
        let (high, low) = (self.high.push(bar.high), self.low.push(-bar.low));
        Some(Values::new([high?, -low?]))
    }
}

#[derive(Debug)]
struct SwingHigh {
    candidates: Delay,
    before: Highest,
    /// The candidate before, which is the newest of the bars before this candidate.
    left: Option<f64>,
    after: Highest,
    confirmed: f64,
}

impl SwingHigh {
    fn new(left: usize, right: usize) -> Self {
        Self {
            candidates: Delay::new(right),
            before: Highest::new(left),
            left: None,
            after: Highest::new(right),
            confirmed: f64::NAN,
        }
    }
}

impl Filter for SwingHigh {
    /// The last confirmed value, NaN if there is none yet; `None` before one could be confirmed.
    #[inline]
    fn push(&mut self, value: f64) -> Option<f64> {
        let after = self.after.push(value);
        let candidate = self.candidates.push(value)?;
        let left = self.left.replace(candidate)?;
        let before = self.before.push(left)?;
        if candidate > before && candidate > after? {
            self.confirmed = candidate;
        }
        Some(self.confirmed)
    }
}

#[cfg(test)]
pub(super) const READY: &[(&str, &str, usize)] = &[
    ("maximum", "{}", 20),
    ("maximum", r#"{"period": 1}"#, 1),
    ("minimum", "{}", 20),
    ("minimum", r#"{"period": 250}"#, 250),
    ("midpoint", "{}", 14),
    ("midpoint", r#"{"period": 3}"#, 3),
    ("midprice", "{}", 14),
    ("midprice", r#"{"period": 3}"#, 3),
    ("pivot", "{}", 11),
    ("pivot", r#"{"left_bars": 2, "right_bars": 7}"#, 10),
];
