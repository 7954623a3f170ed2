//! Trends that carry a stop with them and turn when a price passes it.

use super::blocks::{Filter, TrueRange, Wilder};
use super::catalog::{Category, IndicatorType, VALUE};
use super::parameters::{IndicatorParameter, Parameters};
use super::values::{Study, StudyBar, Values};
use crate::catalog::LocalText;

pub(super) const TYPES: &[IndicatorType] = &[
    IndicatorType {
        id: "sar",
        title: LocalText { ko: "파라볼릭 SAR", en: "Parabolic SAR" },
        description: LocalText {
            ko: "추세가 이어질수록 가격에 빠르게 다가가는 손절선입니다. 가격이 닿으면 추세의 방향이 바뀝니다.",
            en: "A stop that closes in on prices faster the longer a trend lasts. When a price touches it, the trend turns.",
        },
        category: Category::Trend,
        parameters: &[
            factor("af_start", LocalText { ko: "처음 가속도", en: "First acceleration" }, 0.02, (0.01, 0.2), 0.01),
            factor("af_step", LocalText { ko: "가속도 증가 폭", en: "Acceleration step" }, 0.02, (0.01, 0.2), 0.01),
            factor("af_max", LocalText { ko: "최대 가속도", en: "Greatest acceleration" }, 0.2, (0.1, 0.5), 0.05),
        ],
        constraints: &[],
        outputs: VALUE,
        default_output: 0,
        carries_the_past: false,
        ready: |_, _| 2,
        build: |p, _| Box::new(Parabolic::new(p)),
    },
    IndicatorType {
        id: "supertrend",
        title: LocalText { ko: "슈퍼트렌드", en: "SuperTrend" },
        description: LocalText {
            ko: "ATR의 배수만큼 떨어져 가격을 따라가는 선입니다. 종가가 선을 넘으면 추세의 방향이 바뀝니다.",
            en: "A line that follows prices at some multiples of ATR. When a close passes it, the trend turns.",
        },
        category: Category::Trend,
        parameters: &[
            IndicatorParameter::period(10, 100),
            IndicatorParameter::number(
                "multiplier",
                LocalText { ko: "ATR 배수", en: "Multiples of ATR" },
                3.0,
                (0.5, 10.0),
                0.5,
                (0.1, 10.0),
            ),
        ],
        constraints: &[],
        outputs: VALUE,
        default_output: 0,
        carries_the_past: true,
        ready: |p, _| p.count("period"),
        build: |p, _| Box::new(SuperTrend::new(p.count("period"), p.number("multiplier"))),
    },
];

const fn factor(key: &'static str, title: LocalText, default: f64, usual: (f64, f64), step: f64) -> IndicatorParameter {
    IndicatorParameter::number(key, title, default, usual, step, (0.000_1, 1.0))
}

/// Parabolic stop and reverse. The stop of a rising trend moves by factor·(highest high − stop) a bar, never above the
/// lows of this bar and the one before; the factor starts at `af_start` and grows by `af_step` with each new high up to
/// `af_max`. A low at or below the stop turns the trend: the value of that bar is the highest high of the trend that
/// ended, or a higher one of this bar or the one before, and the stop goes on from there. A falling trend is the mirror
/// image. The first trend falls if the second bar's low fell by more than its high rose, and starts from the first bar's
/// high; else it rises from the first bar's low. Ready with bar 2.
///
/// J. Welles Wilder, "New Concepts in Technical Trading Systems" (1978); as TA-Lib's SAR where `af_start` equals
/// `af_step`.
#[derive(Debug)]
struct Parabolic {
    start: f64,
    step: f64,
    greatest: f64,
    previous: Option<StudyBar>,
    trend: Option<ParabolicTrend>,
}

/// A trend with its prices negated if it falls, so that it always rises.
#[derive(Clone, Copy, Debug)]
struct ParabolicTrend {
    /// 1 rising, −1 falling.
    sign: f64,
    /// For the next bar.
    stop: f64,
    highest: f64,
    factor: f64,
}

impl Parabolic {
    fn new(parameters: &Parameters) -> Self {
        Self {
            start: parameters.number("af_start"),
            step: parameters.number("af_step"),
            greatest: parameters.number("af_max"),
            previous: None,
            trend: None,
        }
    }

    fn first_trend(&self, first: &StudyBar, second: &StudyBar) -> ParabolicTrend {
        let (rise, fall) = (second.high - first.high, first.low - second.low);
        let sign = if fall > 0.0 && fall > rise { -1.0 } else { 1.0 };
        let (_, low) = as_rising(first, sign);
        let (high, _) = as_rising(second, sign);
        ParabolicTrend { sign, stop: low, highest: high, factor: self.start }
    }
}

/// High and low of the bar; of a falling trend (sign −1) of its mirror image.
#[inline]
fn as_rising(bar: &StudyBar, sign: f64) -> (f64, f64) {
    if sign > 0.0 { (bar.high, bar.low) } else { (-bar.low, -bar.high) }
}

impl Study for Parabolic {
    fn step(&mut self, bar: &StudyBar) -> Option<Values> {
        let previous = self.previous.replace(*bar)?;
        // The first stop is held against the second bar alone.
        let (mut trend, previous) = match self.trend {
            Some(trend) => (trend, previous),
            None => (self.first_trend(&previous, bar), *bar),
        };
        let (mut high, mut low) = as_rising(bar, trend.sign);
        if low <= trend.stop {
            trend.sign = -trend.sign;
            (high, low) = as_rising(bar, trend.sign);
            let (_, previous_low) = as_rising(&previous, trend.sign);
            trend.stop = (-trend.highest).min(previous_low).min(low);
            trend.highest = high;
            trend.factor = self.start;
        }
        let value = trend.sign * trend.stop;
        if high > trend.highest {
            trend.highest = high;
            trend.factor = (trend.factor + self.step).min(self.greatest);
        }
        let (_, previous_low) = as_rising(&previous, trend.sign);
        trend.stop = (trend.stop + trend.factor * (trend.highest - trend.stop)).min(previous_low).min(low);
        self.trend = Some(trend);
        Some(Values::from(value))
    }
}

/// SuperTrend: bands at (H + L)/2 ± m·ATR with Wilder's ATR from the first bar's H − L on. The lower band only rises, until
/// a close falls below it; the upper band only falls, until a close rises above it; the lower one starts from 0. The value
/// is the upper band while closes stay at or below it, then the lower band while closes stay at or above that; it starts on
/// the upper side. Where both bands are equal it is on the upper side again. Ready with bar p.
///
/// Olivier Seban, "Tout le monde mérite d'être riche" (2009).
#[derive(Debug)]
struct SuperTrend {
    true_range: TrueRange,
    average: Wilder,
    multiplier: f64,
    lower: f64,
    upper: f64,
    /// The band that was the value of the bar before.
    active: f64,
    previous_close: f64,
}

impl SuperTrend {
    fn new(period: usize, multiplier: f64) -> Self {
        Self {
            true_range: TrueRange::default(),
            average: Wilder::new(period),
            multiplier,
            lower: 0.0,
            upper: f64::INFINITY,
            active: f64::INFINITY,
            previous_close: 0.0,
        }
    }
}

impl Study for SuperTrend {
    fn step(&mut self, bar: &StudyBar) -> Option<Values> {
        let previous_close = std::mem::replace(&mut self.previous_close, bar.close);
        let range = self.true_range.push(bar);
        let distance = self.multiplier * self.average.push(range)?;
        let middle = (bar.high + bar.low) / 2.0;
        let is_upper = self.active == self.upper;
        if middle - distance > self.lower || previous_close < self.lower {
            self.lower = middle - distance;
        }
        if middle + distance < self.upper || previous_close > self.upper {
            self.upper = middle + distance;
        }
        let stays = if is_upper { bar.close <= self.upper } else { bar.close >= self.lower };
        self.active = if is_upper == stays { self.upper } else { self.lower };
        Some(Values::from(self.active))
    }
}

#[cfg(test)]
pub(super) const READY: &[(&str, &str, usize)] = &[
    ("sar", "{}", 2),
    ("sar", r#"{"af_start": 0.05, "af_step": 0.01, "af_max": 0.3}"#, 2),
    ("supertrend", "{}", 10),
    ("supertrend", r#"{"period": 3, "multiplier": 1.5}"#, 3),
];
