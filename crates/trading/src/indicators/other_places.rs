//! Where the close stands in its bar, and the straight line through the last closes.

use super::blocks::{Aggregate, Window, ratio_or};
use super::catalog::{Category, IndicatorType, VALUE};
use super::parameters::IndicatorParameter;
use super::values::{Study, StudyBar, Values};
use crate::catalog::LocalText;

pub(super) const TYPES: &[IndicatorType] = &[
    IndicatorType {
        id: "ibs",
        title: LocalText { ko: "봉 안의 종가 위치 (IBS)", en: "Internal bar strength (IBS)" },
        description: LocalText {
            ko: "종가가 저가와 같으면 0, 고가와 같으면 1입니다.",
            en: "0 when the close is the low of its bar, 1 when it is the high.",
        },
        category: Category::Other,
        parameters: &[],
        constraints: &[],
        outputs: VALUE,
        default_output: 0,
        carries_the_past: false,
        ready: |_, _| 1,
        build: |_, _| Box::new(BarStrength),
    },
    IndicatorType {
        id: "bop",
        title: LocalText { ko: "힘의 균형 (BOP)", en: "Balance of power (BOP)" },
        description: LocalText {
            ko: "시가에서 종가까지의 변화를 봉의 진폭으로 나눈 값으로, −1에서 1까지입니다.",
            en: "Move from open to close over the range of the bar, from −1 to 1.",
        },
        category: Category::Other,
        parameters: &[],
        constraints: &[],
        outputs: VALUE,
        default_output: 0,
        carries_the_past: false,
        ready: |_, _| 1,
        build: |_, _| Box::new(PowerBalance),
    },
    IndicatorType {
        id: "regression",
        title: LocalText { ko: "선형 회귀", en: "Linear regression" },
        description: LocalText {
            ko: "최근 종가를 지나는 회귀 직선의 오늘 값, 기울기, 절편입니다.",
            en: "Straight line of least squares through the last closes: its value today, its slope and its intercept.",
        },
        category: Category::Other,
        parameters: &[IndicatorParameter::period_from(2, 14, 100)],
        constraints: &[],
        outputs: &["value", "slope", "intercept"],
        default_output: 0,
        carries_the_past: false,
        ready: |p, _| p.count("period"),
        build: |p, _| Box::new(Regression(Window::new(p.count("period")))),
    },
];

/// Internal bar strength: (C − L)/(H − L), 0.5 of a bar without a range; ready with the first bar.
#[derive(Debug)]
struct BarStrength;

impl Study for BarStrength {
    fn step(&mut self, bar: &StudyBar) -> Option<Values> {
        Some(Values::from(ratio_or(bar.close - bar.low, bar.high - bar.low, 0.5)))
    }
}

/// Balance of power: (C − O)/(H − L), 0 of a bar without a range; ready with the first bar.
///
/// Igor Livshin, "Balance of Market Power", Technical Analysis of Stocks & Commodities, August 2001; as TA-Lib's BOP.
#[derive(Debug)]
struct PowerBalance;

impl Study for PowerBalance {
    fn step(&mut self, bar: &StudyBar) -> Option<Values> {
        Some(Values::from(ratio_or(bar.close - bar.open, bar.high - bar.low, 0.0)))
    }
}

/// Linear regression: least squares of the closes over t = 1 … p, 1 for the oldest; value = intercept + slope·p. Ready
/// with bar p.
///
/// As TA-Lib's LINEARREG and LINEARREG_SLOPE; its LINEARREG_INTERCEPT counts t from 0.
#[derive(Debug)]
struct Regression(Window<Line>);

impl Study for Regression {
    fn step(&mut self, bar: &StudyBar) -> Option<Values> {
        let line = self.0.push(Line::of(bar.close))?;
        let (slope, half) = (line.slope(), (line.count - 1.0) / 2.0);
        Some(Values::new([line.mean + slope * half, slope, line.mean - slope * (half + 1.0)]))
    }
}

/// Count and mean of values at equal distances of time, and the sum of products of the distances to the mean value and to
/// the mean time.
#[derive(Clone, Copy, Debug, Default)]
struct Line {
    count: f64,
    mean: f64,
    products: f64,
}

impl Line {
    fn of(value: f64) -> Self {
        Self { count: 1.0, mean: value, products: 0.0 }
    }

    /// Change of the value from one time to the next. The squared distances to the mean time add up to n(n² − 1)/12.
    fn slope(&self) -> f64 {
        self.products * 12.0 / (self.count * (self.count * self.count - 1.0))
    }
}

impl Aggregate for Line {
    #[inline]
    fn followed_by(older: Self, newer: Self) -> Self {
        let count = older.count + newer.count;
        let distance = newer.mean - older.mean;
        Self {
            count,
            mean: older.mean + distance * (newer.count / count),
            // The mean times of two stretches in a row are half of all bars apart.
            products: older.products + newer.products + distance * (count / 2.0) * (older.count * newer.count / count),
        }
    }
}

#[cfg(test)]
pub(super) const READY: &[(&str, &str, usize)] = &[
    ("ibs", "{}", 1),
    ("bop", "{}", 1),
    ("regression", "{}", 14),
    ("regression", r#"{"period": 2}"#, 2),
    ("regression", r#"{"period": 60}"#, 60),
];
