//! Oscillators that are the difference of two averages, or the change of one.

use super::blocks::{Delay, Ema, Filter, OfClose, Previous, Sma, WarmUp, percent_change, ratio_or};
use super::catalog::{Category, IndicatorType, VALUE};
use super::parameters::{Constraint, IndicatorParameter, Parameters};
use super::values::{EvaluationMode, Study, StudyBar, Values};
use crate::catalog::LocalText;

const FAST: LocalText = LocalText { ko: "단기 기간", en: "Fast period" };
const SLOW: LocalText = LocalText { ko: "장기 기간", en: "Slow period" };

/// Length of the fast average.
pub(super) const fn fast(default: u32) -> IndicatorParameter {
    IndicatorParameter::integer("fast", FAST, default, (1, 100), (1, 500))
}

/// Length of the slow average.
pub(super) const fn slow(default: u32) -> IndicatorParameter {
    IndicatorParameter::integer("slow", SLOW, default, (1, 200), (1, 500))
}

/// Length of the signal line.
pub(super) const fn signal(default: u32) -> IndicatorParameter {
    let title = LocalText { ko: "시그널 기간", en: "Signal period" };
    IndicatorParameter::integer("signal", title, default, (1, 100), (1, 100))
}

pub(super) const FAST_IS_FASTER: &[Constraint] = &[Constraint::Less("fast", "slow")];
const LINES: &[&str] = &["value", "signal", "histogram"];

pub(super) const TYPES: &[IndicatorType] = &[
    IndicatorType {
        id: "macd",
        title: LocalText { ko: "이동평균 수렴확산 (MACD)", en: "Moving average convergence/divergence (MACD)" },
        description: LocalText {
            ko: "단기와 장기 지수이동평균의 차이와 그 시그널선입니다. 히스토그램은 둘의 차이입니다.",
            en: "Fast less slow exponential average, and a signal line of it. The histogram is their difference.",
        },
        category: Category::Oscillator,
        parameters: &[fast(12), slow(26), signal(9)],
        constraints: FAST_IS_FASTER,
        outputs: LINES,
        default_output: 0,
        carries_the_past: true,
        ready: |p, _| p.count("slow") + p.count("signal") - 1,
        build: |p, _| Box::new(Macd { line: EmaDifference::new(p), signal: Ema::new(p.count("signal")) }),
    },
    IndicatorType {
        id: "apo",
        title: LocalText { ko: "절대 가격 오실레이터 (APO)", en: "Absolute price oscillator (APO)" },
        description: LocalText {
            ko: "단기와 장기 지수이동평균의 차이(원)입니다.",
            en: "Fast less slow exponential average, in won.",
        },
        category: Category::Oscillator,
        parameters: &[fast(12), slow(26)],
        constraints: FAST_IS_FASTER,
        outputs: VALUE,
        default_output: 0,
        carries_the_past: true,
        ready: |p, _| 2 * p.count("slow") - 1,
        build: |p, _| {
            Box::new(OfClose(AbsolutePrice {
                line: EmaDifference::new(p),
                warm_up: WarmUp::new(2 * p.count("slow") - 1),
            }))
        },
    },
    IndicatorType {
        id: "ppo",
        title: LocalText { ko: "비율 가격 오실레이터 (PPO)", en: "Percentage price oscillator (PPO)" },
        description: LocalText {
            ko: "단기와 장기 지수이동평균의 차이를 장기 평균에 대한 비율(%)로 나타냅니다. 시그널선의 기간은 장기 기간과 같습니다.",
            en: "Fast less slow exponential average in percent of the slow one. The signal line is as long as the slow average.",
        },
        category: Category::Oscillator,
        parameters: &[fast(12), slow(26)],
        constraints: FAST_IS_FASTER,
        outputs: LINES,
        default_output: 0,
        carries_the_past: true,
        ready: |p, _| 2 * p.count("slow") - 1,
        build: |p, mode| {
            Box::new(PercentagePrice { line: EmaDifference::new(p), signal: Ema::new(p.count("slow")), mode })
        },
    },
    IndicatorType {
        id: "ao",
        title: LocalText { ko: "오썸 오실레이터 (AO)", en: "Awesome oscillator (AO)" },
        description: LocalText {
            ko: "고가와 저가의 중간값을 단기와 장기로 평균한 차이(원)입니다.",
            en: "Fast less slow mean of the middle between high and low, in won.",
        },
        category: Category::Oscillator,
        parameters: &[fast(5), slow(34)],
        constraints: &[],
        outputs: VALUE,
        default_output: 0,
        carries_the_past: false,
        ready: |p, _| p.count("fast").max(p.count("slow")),
        build: |p, _| Box::new(Awesome { fast: Sma::new(p.count("fast")), slow: Sma::new(p.count("slow")) }),
    },
    IndicatorType {
        id: "trix",
        title: LocalText { ko: "TRIX", en: "TRIX" },
        description: LocalText {
            ko: "세 번 평활한 지수이동평균의 하루 변화율(%)입니다.",
            en: "Change from bar to bar of a three times smoothed exponential average, in percent.",
        },
        category: Category::Oscillator,
        parameters: &[IndicatorParameter::period(15, 100)],
        constraints: &[],
        outputs: VALUE,
        default_output: 0,
        carries_the_past: true,
        ready: |p, _| 3 * p.count("period") - 1,
        build: |p, _| Box::new(OfClose(Trix::new(p.count("period")))),
    },
    IndicatorType {
        id: "dpo",
        title: LocalText { ko: "추세제거 가격 오실레이터 (DPO)", en: "Detrended price oscillator (DPO)" },
        description: LocalText {
            ko: "기간의 절반 남짓 전 종가에서 이동평균을 빼서 추세를 없앤 값(원)입니다.",
            en: "The close a little over half a period ago less the moving average, in won: what is left without the trend.",
        },
        category: Category::Oscillator,
        parameters: &[IndicatorParameter::period(20, 100)],
        constraints: &[],
        outputs: VALUE,
        default_output: 0,
        carries_the_past: false,
        ready: |p, _| p.count("period").max(detrending_lag(p) + 1),
        build: |p, _| {
            Box::new(OfClose(Detrended { past: Delay::new(detrending_lag(p)), mean: Sma::new(p.count("period")) }))
        },
    },
];

/// EMA(fast) − EMA(slow), and EMA(slow).
#[derive(Debug)]
struct EmaDifference {
    fast: Ema,
    slow: Ema,
}

impl EmaDifference {
    fn new(parameters: &Parameters) -> Self {
        Self { fast: Ema::new(parameters.count("fast")), slow: Ema::new(parameters.count("slow")) }
    }

    #[inline]
    fn push(&mut self, value: f64) -> Option<(f64, f64)> {
        let (fast, slow) = (self.fast.push(value), self.slow.push(value));
        let slow = slow?;
        Some((fast? - slow, slow))
    }
}

/// MACD: EMA(fast) − EMA(slow); signal = EMA of it from its first value on; histogram = the difference of both; ready
/// with bar slow + signal − 1.
///
/// Gerald Appel, "The Moving Average Convergence-Divergence Trading Method" (1979).
#[derive(Debug)]
struct Macd {
    line: EmaDifference,
    signal: Ema,
}

impl Study for Macd {
    #[inline]
    fn step(&mut self, bar: &StudyBar) -> Option<Values> {
        let (value, _) = self.line.push(bar.close)?;
        let signal = self.signal.push(value)?;
        Some(Values::new([value, signal, value - signal]))
    }
}

/// APO: EMA(fast) − EMA(slow); ready with bar 2·slow − 1, because the engine waits for a signal line as long as the slow
/// average that nobody sees.
#[derive(Debug)]
struct AbsolutePrice {
    line: EmaDifference,
    warm_up: WarmUp,
}

impl Filter for AbsolutePrice {
    #[inline]
    fn push(&mut self, value: f64) -> Option<f64> {
        let is_ready = self.warm_up.is_over();
        let (value, _) = self.line.push(value)?;
        is_ready.then_some(value)
    }
}

/// PPO: 100 · (EMA(fast) − EMA(slow)) / EMA(slow); signal = EMA(slow) of it, histogram = the difference of both; ready
/// with bar 2·slow − 1. The official signal and histogram are those of the difference in won, not of the percentage.
#[derive(Debug)]
struct PercentagePrice {
    line: EmaDifference,
    signal: Ema,
    mode: EvaluationMode,
}

impl Study for PercentagePrice {
    #[inline]
    fn step(&mut self, bar: &StudyBar) -> Option<Values> {
        let (difference, slow) = self.line.push(bar.close)?;
        let value = 100.0 * ratio_or(difference, slow, 0.0);
        let line = match self.mode {
            EvaluationMode::Exodus => value,
            EvaluationMode::Official => difference,
        };
        let signal = self.signal.push(line)?;
        Some(Values::new([value, signal, line - signal]))
    }
}

/// AO: SMA(fast) − SMA(slow) of (H + L)/2; ready with the longer of both.
///
/// Bill Williams, "Trading Chaos" (1995).
#[derive(Debug)]
struct Awesome {
    fast: Sma,
    slow: Sma,
}

impl Study for Awesome {
    #[inline]
    fn step(&mut self, bar: &StudyBar) -> Option<Values> {
        let middle = (bar.high + bar.low) / 2.0;
        let (fast, slow) = (self.fast.push(middle), self.slow.push(middle));
        Some((fast? - slow?).into())
    }
}

/// TRIX: percent change from bar to bar of an EMA of an EMA of an EMA; ready with bar 3p − 1.
///
/// Jack Hutson, "Good TRIX", Technical Analysis of Stocks & Commodities, July 1983.
#[derive(Debug)]
struct Trix {
    averages: [Ema; 3],
    previous: Previous,
}

impl Trix {
    fn new(period: usize) -> Self {
        Self { averages: [(); 3].map(|()| Ema::new(period)), previous: Previous::default() }
    }
}

impl Filter for Trix {
    #[inline]
    fn push(&mut self, value: f64) -> Option<f64> {
        let smooth = self.averages.iter_mut().try_fold(value, |value, average| average.push(value))?;
        self.previous.push(smooth).map(|base| percent_change(smooth, base))
    }
}

/// DPO: the close p/2 + 1 bars ago − SMA(p) of today; ready with bar p, or with the first bar that has such a close.
#[derive(Debug)]
struct Detrended {
    past: Delay,
    mean: Sma,
}

fn detrending_lag(parameters: &Parameters) -> usize {
    parameters.count("period") / 2 + 1
}

impl Filter for Detrended {
    #[inline]
    fn push(&mut self, value: f64) -> Option<f64> {
        let (past, mean) = (self.past.push(value), self.mean.push(value));
        Some(past? - mean?)
    }
}

#[cfg(test)]
pub(super) const READY: &[(&str, &str, usize)] = &[
    ("macd", "{}", 34),
    ("macd", r#"{"fast": 3, "slow": 10, "signal": 16}"#, 25),
    ("apo", "{}", 51),
    ("apo", r#"{"fast": 2, "slow": 5}"#, 9),
    ("ppo", "{}", 51),
    ("ppo", r#"{"fast": 2, "slow": 5}"#, 9),
    ("ao", "{}", 34),
    ("ao", r#"{"fast": 12, "slow": 7}"#, 12),
    ("trix", "{}", 44),
    ("trix", r#"{"period": 5}"#, 14),
    ("dpo", "{}", 20),
    ("dpo", r#"{"period": 7}"#, 7),
    // A close two bars ago takes three bars.
    ("dpo", r#"{"period": 2}"#, 3),
];
