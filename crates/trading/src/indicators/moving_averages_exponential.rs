//! Moving averages made of exponential ones.

use super::blocks::{Delay, Ema, Filter, OfClose, Wilder};
use super::catalog::{Category, IndicatorType, VALUE};
use super::parameters::IndicatorParameter;
use crate::catalog::LocalText;

pub(super) const TYPES: &[IndicatorType] = &[
    IndicatorType {
        id: "ema",
        title: LocalText { ko: "지수이동평균 (EMA)", en: "Exponential moving average (EMA)" },
        description: LocalText {
            ko: "새 종가 쪽으로 일정한 비율만큼 움직이는 이동평균입니다. 최근 종가의 비중이 큽니다.",
            en: "Moves a fixed share of the way to each new close, so recent closes count more.",
        },
        category: Category::MovingAverage,
        parameters: &[IndicatorParameter::period(20, 500)],
        constraints: &[],
        outputs: VALUE,
        default_output: 0,
        carries_the_past: true,
        ready: |p, _| p.count("period"),
        build: |p, _| Box::new(OfClose(Ema::new(p.count("period")))),
    },
    IndicatorType {
        id: "dema",
        title: LocalText { ko: "이중지수이동평균 (DEMA)", en: "Double exponential moving average (DEMA)" },
        description: LocalText {
            ko: "지수이동평균의 두 배에서 그 평균의 평균을 빼서 지연을 줄입니다.",
            en: "Twice the exponential average less its own average, which takes lag away.",
        },
        category: Category::MovingAverage,
        parameters: &[IndicatorParameter::period(20, 500)],
        constraints: &[],
        outputs: VALUE,
        default_output: 0,
        carries_the_past: true,
        ready: |p, _| 2 * p.count("period") - 1,
        build: |p, _| Box::new(OfClose(DoubleEma::new(p.count("period"), 1.0))),
    },
    IndicatorType {
        id: "tema",
        title: LocalText { ko: "삼중지수이동평균 (TEMA)", en: "Triple exponential moving average (TEMA)" },
        description: LocalText {
            ko: "지수이동평균을 세 번 겹쳐 지연을 더 줄인 이동평균입니다.",
            en: "Three nested exponential averages, combined so that even less lag is left.",
        },
        category: Category::MovingAverage,
        parameters: &[IndicatorParameter::period(20, 500)],
        constraints: &[],
        outputs: VALUE,
        default_output: 0,
        carries_the_past: true,
        ready: |p, _| 3 * p.count("period") - 2,
        build: |p, _| Box::new(OfClose(TripleEma::new(p.count("period")))),
    },
    IndicatorType {
        id: "t3",
        title: LocalText { ko: "T3 이동평균", en: "T3 moving average" },
        description: LocalText {
            ko: "이중지수이동평균을 세 번 적용한 매끄러운 이동평균입니다. 거래량 계수가 클수록 반응이 빠릅니다.",
            en: "A double exponential average applied three times. The greater the volume factor, the faster it reacts.",
        },
        category: Category::MovingAverage,
        parameters: &[
            IndicatorParameter::period(10, 500),
            IndicatorParameter::number(
                "volume_factor",
                LocalText { ko: "거래량 계수", en: "Volume factor" },
                0.7,
                (0.0, 1.0),
                0.1,
                (0.0, 10.0),
            ),
        ],
        constraints: &[],
        outputs: VALUE,
        default_output: 0,
        carries_the_past: true,
        ready: |p, _| 6 * p.count("period") - 5,
        build: |p, _| Box::new(OfClose(Tillson::new(p.count("period"), p.number("volume_factor")))),
    },
    IndicatorType {
        id: "zlema",
        title: LocalText {
            ko: "무지연 지수이동평균 (ZLEMA)", en: "Zero-lag exponential moving average (ZLEMA)"
        },
        description: LocalText {
            ko: "최근 변화를 종가에 한 번 더 더한 뒤 지수이동평균을 내어 지연을 없앱니다.",
            en: "Exponential average of closes to which their recent change has been added once more.",
        },
        category: Category::MovingAverage,
        parameters: &[IndicatorParameter::period(20, 500)],
        constraints: &[],
        outputs: VALUE,
        default_output: 0,
        carries_the_past: true,
        ready: |p, _| zero_lag(p.count("period")) + p.count("period"),
        build: |p, _| Box::new(OfClose(ZeroLag::new(p.count("period")))),
    },
    IndicatorType {
        id: "wma",
        title: LocalText { ko: "와일더 이동평균 (WMA)", en: "Wilder moving average (WMA)" },
        description: LocalText {
            ko: "새 종가의 비중이 1/기간인 와일더의 이동평균입니다. 선형가중평균은 LWMA입니다.",
            en: "Wilder's average, in which a new close counts one part in the period. The linearly weighted one is LWMA.",
        },
        category: Category::MovingAverage,
        parameters: &[IndicatorParameter::period(14, 500)],
        constraints: &[],
        outputs: VALUE,
        default_output: 0,
        carries_the_past: true,
        ready: |p, _| p.count("period"),
        build: |p, _| Box::new(OfClose(Wilder::new(p.count("period")))),
    },
];

/// Generalised double exponential average: (1 + v)·e₁ − v·e₂ with e₂ the average of e₁; DEMA with v = 1; ready with bar
/// 2p − 1.
///
/// Patrick Mulloy, "Smoothing Data with Faster Moving Averages", Technical Analysis of Stocks & Commodities, January 1994.
#[derive(Debug)]
struct DoubleEma {
    inner: Ema,
    outer: Ema,
    factor: f64,
}

impl DoubleEma {
    fn new(period: usize, factor: f64) -> Self {
        Self { inner: Ema::new(period), outer: Ema::new(period), factor }
    }
}

impl Filter for DoubleEma {
    #[inline]
    fn push(&mut self, value: f64) -> Option<f64> {
        let inner = self.inner.push(value)?;
        let outer = self.outer.push(inner)?;
        Some((1.0 + self.factor) * inner - self.factor * outer)
    }
}

/// Triple exponential average: 3·e₁ − 3·e₂ + e₃, each the average of the one before; ready with bar 3p − 2.
///
/// Patrick Mulloy, "Smoothing Data with Less Lag", Technical Analysis of Stocks & Commodities, February 1994.
#[derive(Debug)]
struct TripleEma {
    averages: [Ema; 3],
}

impl TripleEma {
    fn new(period: usize) -> Self {
        Self { averages: [(); 3].map(|()| Ema::new(period)) }
    }
}

impl Filter for TripleEma {
    #[inline]
    fn push(&mut self, value: f64) -> Option<f64> {
        let [first, second, third] = &mut self.averages;
        let first = first.push(value)?;
        let second = second.push(first)?;
        Some(3.0 * first - 3.0 * second + third.push(second)?)
    }
}

/// T3: the generalised double exponential average, three times; ready with bar 6p − 5.
///
/// Tim Tillson, "Better Moving Averages", Technical Analysis of Stocks & Commodities, January 1998.
#[derive(Debug)]
struct Tillson {
    averages: [DoubleEma; 3],
}

impl Tillson {
    fn new(period: usize, factor: f64) -> Self {
        Self { averages: [(); 3].map(|()| DoubleEma::new(period, factor)) }
    }
}

impl Filter for Tillson {
    #[inline]
    fn push(&mut self, value: f64) -> Option<f64> {
        self.averages.iter_mut().try_fold(value, |value, average| average.push(value))
    }
}

/// Zero-lag average: EMA of 2C − C₋ₗ with the lag l = (p − 1)/2 rounded half to even; ready with bar l + p.
///
/// John Ehlers and Ric Way, "Zero Lag (well, almost)", Technical Analysis of Stocks & Commodities, November 2010.
#[derive(Debug)]
struct ZeroLag {
    delayed: Delay,
    average: Ema,
}

fn zero_lag(period: usize) -> usize {
    ((period as f64 - 1.0) / 2.0).round_ties_even() as usize
}

impl ZeroLag {
    fn new(period: usize) -> Self {
        Self { delayed: Delay::new(zero_lag(period)), average: Ema::new(period) }
    }
}

impl Filter for ZeroLag {
    #[inline]
    fn push(&mut self, value: f64) -> Option<f64> {
        let delayed = self.delayed.push(value)?;
        self.average.push(2.0 * value - delayed)
    }
}

#[cfg(test)]
pub(super) const READY: &[(&str, &str, usize)] = &[
    ("ema", "{}", 20),
    ("ema", r#"{"period": 1}"#, 1),
    ("dema", "{}", 39),
    ("dema", r#"{"period": 5}"#, 9),
    ("tema", "{}", 58),
    ("tema", r#"{"period": 5}"#, 13),
    ("t3", "{}", 55),
    ("t3", r#"{"period": 3, "volume_factor": 0.4}"#, 13),
    // (20 − 1)/2 is 9.5 and goes to the even 10.
    ("zlema", "{}", 30),
    ("zlema", r#"{"period": 18}"#, 26),
    ("zlema", r#"{"period": 1}"#, 1),
    ("wma", "{}", 14),
    ("wma", r#"{"period": 1}"#, 1),
];
