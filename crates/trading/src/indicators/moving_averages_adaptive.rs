//! Moving averages that follow fast in a trend and slowly in a range.

use std::f64::consts::LN_2;

use super::blocks::{Delay, Filter, Highest, Lowest, OfClose, Previous, Sum};
use super::catalog::{Category, IndicatorType, VALUE};
use super::oscillators::Chande;
use super::parameters::{Constraint, IndicatorParameter};
use super::values::{Study, StudyBar, Values};
use crate::catalog::LocalText;

pub(super) const TYPES: &[IndicatorType] = &[
    IndicatorType {
        id: "kama",
        title: LocalText { ko: "카우프만 적응이동평균 (KAMA)", en: "Kaufman adaptive moving average (KAMA)" },
        description: LocalText {
            ko: "한 방향으로 움직일수록 빠르게, 오르내릴수록 느리게 따라가는 이동평균입니다.",
            en: "Follows fast while closes run one way, and slowly while they go up and down.",
        },
        category: Category::MovingAverage,
        parameters: &[IndicatorParameter::period(10, 500)],
        constraints: &[],
        outputs: VALUE,
        default_output: 0,
        carries_the_past: true,
        ready: |p, _| p.count("period") + 1,
        build: |p, _| Box::new(OfClose(Kaufman::new(p.count("period")))),
    },
    IndicatorType {
        id: "frama",
        title: LocalText { ko: "프랙털 적응이동평균 (FRAMA)", en: "Fractal adaptive moving average (FRAMA)" },
        description: LocalText {
            ko: "고가와 저가의 프랙털 차원을 재어 추세에서는 빠르게, 횡보에서는 느리게 따라갑니다.",
            en: "Measures the fractal dimension of highs and lows: fast in a trend, slow in a range.",
        },
        category: Category::MovingAverage,
        parameters: &[IndicatorParameter::period_from(2, 16, 500)],
        constraints: &[Constraint::Even("period")],
        outputs: VALUE,
        default_output: 0,
        carries_the_past: true,
        ready: |p, _| p.count("period"),
        build: |p, _| Box::new(Fractal::new(p.count("period"))),
    },
    IndicatorType {
        id: "vidya",
        title: LocalText { ko: "변동지수 동적평균 (VIDYA)", en: "Variable index dynamic average (VIDYA)" },
        description: LocalText {
            ko: "찬드 모멘텀(CMO)이 강할수록 빠르게 따라가는 지수이동평균입니다.",
            en: "An exponential average that follows the faster, the stronger Chande's momentum is.",
        },
        category: Category::MovingAverage,
        parameters: &[IndicatorParameter::period(14, 500)],
        constraints: &[],
        outputs: VALUE,
        default_output: 0,
        carries_the_past: true,
        ready: |p, _| p.count("period") + 1,
        build: |p, _| Box::new(OfClose(DynamicAverage::new(p.count("period")))),
    },
];

/// Kaufman's average: moves by (e·(2/3 − 2/31) + 2/31)² of the distance to each close, where e = |C − C₋ₚ| / Σ|ΔC| over p
/// changes, 1 if the sum is zero or not larger than the signed move. Starts from the close before; ready with bar p + 1.
///
/// Perry Kaufman, "Smarter Trading" (1995).
#[derive(Debug)]
struct Kaufman {
    past: Delay,
    previous: Previous,
    path: Sum,
    current: Option<f64>,
}

impl Kaufman {
    fn new(period: usize) -> Self {
        Self { past: Delay::new(period), previous: Previous::default(), path: Sum::new(period), current: None }
    }
}

impl Filter for Kaufman {
    #[inline]
    fn push(&mut self, value: f64) -> Option<f64> {
        const FAST: f64 = 2.0 / 3.0;
        const SLOW: f64 = 2.0 / 31.0;
        let past = self.past.push(value);
        let previous = self.previous.push(value)?;
        let path = self.path.push((value - previous).abs())?;
        let change = value - past?;
        let efficiency = if path == 0.0 || path <= change { 1.0 } else { (change / path).abs() };
        let share = (efficiency * (FAST - SLOW) + SLOW).powi(2);
        let current = self.current.unwrap_or(previous);
        self.current = Some(current + share * (value - current));
        self.current
    }
}

/// Fractal average of (H + L)/2: moves by α = exp(ln(2/199)·(D − 1)), kept within .01 and 1, of the distance, where
/// D = log₂((r₁ + r₂)/r), r₁ and r₂ are the ranges of the two halves of the period over p/2, and r that of all of it over
/// p; D = 0 where nothing moves. Starts from the price of bar p, and is ready with it.
///
/// John Ehlers, "Fractal Adaptive Moving Average", Technical Analysis of Stocks & Commodities, October 2005.
#[derive(Debug)]
struct Fractal {
    half: f64,
    high: Highest,
    low: Lowest,
    earlier_high: Delay,
    earlier_low: Delay,
    current: Option<f64>,
}

impl Fractal {
    fn new(period: usize) -> Self {
        let half = period / 2;
        Self {
            half: half as f64,
            high: Highest::new(half),
            low: Lowest::new(half),
            earlier_high: Delay::new(half),
            earlier_low: Delay::new(half),
            current: None,
        }
    }
}

impl Study for Fractal {
    #[inline]
    fn step(&mut self, bar: &StudyBar) -> Option<Values> {
        let (high, low) = (self.high.push(bar.high), self.low.push(bar.low));
        let (high, low) = (high?, low?);
        let (earlier_high, earlier_low) = (self.earlier_high.push(high), self.earlier_low.push(low));
        let (earlier_high, earlier_low) = (earlier_high?, earlier_low?);

        let price = (bar.high + bar.low) / 2.0;
        let halves = ((high - low) + (earlier_high - earlier_low)) / self.half;
        let whole = (high.max(earlier_high) - low.min(earlier_low)) / (2.0 * self.half);
        let dimension = if halves > 0.0 && whole > 0.0 { (halves / whole).ln() / LN_2 } else { 0.0 };
        let share = ((2.0_f64 / 199.0).ln() * (dimension - 1.0)).exp().clamp(0.01, 1.0);
        let current = self.current.unwrap_or(price);
        self.current = Some(current + share * (price - current));
        self.current.map(Values::from)
    }
}

/// Chande's dynamic average: moves by 2/(p + 1) · |CMO(p)|/100 of the distance to each close, from the p-th close on;
/// ready with bar p + 1.
///
/// Tushar Chande, "Adapting Moving Averages to Market Volatility", Technical Analysis of Stocks & Commodities, March 1992.
#[derive(Debug)]
struct DynamicAverage {
    momentum: Chande,
    share: f64,
    current: f64,
}

impl DynamicAverage {
    fn new(period: usize) -> Self {
        Self { momentum: Chande::new(period), share: 2.0 / (period as f64 + 1.0), current: 0.0 }
    }
}

impl Filter for DynamicAverage {
    #[inline]
    fn push(&mut self, value: f64) -> Option<f64> {
        let Some(momentum) = self.momentum.push(value) else {
            self.current = value;
            return None;
        };
        self.current += self.share * (momentum.abs() / 100.0) * (value - self.current);
        Some(self.current)
    }
}

#[cfg(test)]
pub(super) const READY: &[(&str, &str, usize)] = &[
    ("kama", "{}", 11),
    ("kama", r#"{"period": 1}"#, 2),
    ("frama", "{}", 16),
    ("frama", r#"{"period": 2}"#, 2),
    ("frama", r#"{"period": 30}"#, 30),
    ("vidya", "{}", 15),
    ("vidya", r#"{"period": 5}"#, 6),
];
