//! Changes of the close, and where it stands.

use super::blocks::{Delay, Filter, Moments, OfClose, Previous, Sma, Window, percent_change, ratio_or};
use super::catalog::{Category, IndicatorType, VALUE};
use super::parameters::{IndicatorParameter, ParameterKind};
use super::values::{EvaluationMode, Study, StudyBar, Values};
use crate::catalog::LocalText;

pub(super) const TYPES: &[IndicatorType] = &[
    IndicatorType {
        id: "change",
        title: LocalText { ko: "전일 대비 등락률", en: "Change" },
        description: LocalText {
            ko: "바로 전 종가에 대한 등락률(%)입니다.",
            en: "Change from the close before, in percent.",
        },
        category: Category::Other,
        parameters: &[],
        constraints: &[],
        outputs: VALUE,
        default_output: 0,
        carries_the_past: false,
        ready: |_, _| 2,
        build: |_, _| Box::new(OfClose(Change { earlier: Delay::new(1), scale: 1.0 })),
    },
    IndicatorType {
        id: "returns",
        title: LocalText { ko: "기간 수익률", en: "Return over a period" },
        description: LocalText {
            ko: "한 기간 전 종가에 대한 수익률(%)입니다.",
            en: "Change from the close one period ago, in percent.",
        },
        category: Category::Other,
        parameters: &[IndicatorParameter::period(60, 500)],
        constraints: &[],
        outputs: VALUE,
        default_output: 0,
        carries_the_past: false,
        ready: |p, _| p.count("period") + 1,
        build: |p, mode| {
            let scale = match mode {
                EvaluationMode::Exodus => 1.0,
                EvaluationMode::Official => 100.0,
            };
            Box::new(OfClose(Change { earlier: Delay::new(p.count("period")), scale }))
        },
    },
    IndicatorType {
        id: "logr",
        title: LocalText { ko: "로그 수익률", en: "Log return" },
        description: LocalText {
            ko: "한 기간 전 종가에 대한 비율의 자연로그입니다. 여러 기간의 값을 더할 수 있습니다.",
            en: "Natural logarithm of the ratio to the close one period ago. Values of several periods add up.",
        },
        category: Category::Other,
        parameters: &[IndicatorParameter::period(1, 100)],
        constraints: &[],
        outputs: VALUE,
        default_output: 0,
        carries_the_past: false,
        ready: |p, _| p.count("period"),
        build: |p, _| Box::new(OfClose(LogReturn { earlier: Delay::new(p.count("period")), is_first: true })),
    },
    IndicatorType {
        id: "disparity",
        title: LocalText { ko: "이격도", en: "Disparity" },
        description: LocalText {
            ko: "종가를 이동평균의 백분율로 나타냅니다. 100보다 크면 종가가 평균보다 높습니다.",
            en: "Close in percent of its moving average. Above 100 the close is above the average.",
        },
        category: Category::Other,
        parameters: &[IndicatorParameter::period(20, 200)],
        constraints: &[],
        outputs: VALUE,
        default_output: 0,
        carries_the_past: false,
        ready: |p, _| p.count("period"),
        build: |p, _| Box::new(OfClose(Disparity(Sma::new(p.count("period"))))),
    },
    IndicatorType {
        id: "consecutive",
        title: LocalText { ko: "연속 상승·하락 횟수", en: "Closes in a row" },
        description: LocalText {
            ko: "종가가 잇달아 오르거나 내린 봉의 수입니다. 같은 종가가 나오면 0으로 돌아갑니다.",
            en: "How many closes in a row were higher, or lower, than the one before. An equal close starts again from 0.",
        },
        category: Category::Other,
        parameters: &[IndicatorParameter {
            key: "direction",
            title: LocalText { ko: "방향", en: "Direction" },
            kind: ParameterKind::Choice(&["up", "down"]),
        }],
        constraints: &[],
        outputs: VALUE,
        default_output: 0,
        carries_the_past: false,
        ready: |_, _| 1,
        build: |p, _| Box::new(InARow::new(p.choice("direction") == "up")),
    },
    IndicatorType {
        id: "augen",
        title: LocalText { ko: "오젠 가격 급등 지표", en: "Augen price spike" },
        description: LocalText {
            ko: "오늘의 가격 변화가 어제까지 변동성의 몇 배인지 나타냅니다.",
            en: "Today's change of the close in standard deviations of the returns up to yesterday.",
        },
        category: Category::Other,
        parameters: &[IndicatorParameter::period_from(3, 3, 100)],
        constraints: &[],
        outputs: VALUE,
        default_output: 0,
        carries_the_past: false,
        ready: |p, _| p.count("period") + 2,
        build: |p, _| Box::new(OfClose(PriceSpike::new(p.count("period")))),
    },
];

/// Percent change of the close over some bars: 100·(C − C₋ₚ)/C₋ₚ; ready with bar p + 1.
///
/// The broker's backtester multiplies that of `returns` by 100 once more.
#[derive(Debug)]
struct Change {
    earlier: Delay,
    scale: f64,
}

impl Filter for Change {
    #[inline]
    fn push(&mut self, close: f64) -> Option<f64> {
        self.earlier.push(close).map(|earlier| self.scale * percent_change(close, earlier))
    }
}

/// Log return: ln(C/C₋ₚ); ready with bar p, on which it goes back to the first close, by p − 1 bars only.
#[derive(Debug)]
struct LogReturn {
    earlier: Delay,
    is_first: bool,
}

impl Filter for LogReturn {
    #[inline]
    fn push(&mut self, close: f64) -> Option<f64> {
        if std::mem::replace(&mut self.is_first, false) {
            // Taken twice, the first close answers for the bar before it too.
            self.earlier.push(close);
        }
        self.earlier.push(close).map(|earlier| (close / earlier).ln())
    }
}

/// Disparity: 100·C/SMA; ready with bar p.
///
/// Greg Morris, "Candlestick Charting Explained" (1995), calls 100 less than that the disparity index.
#[derive(Debug)]
struct Disparity(Sma);

impl Filter for Disparity {
    #[inline]
    fn push(&mut self, close: f64) -> Option<f64> {
        self.0.push(close).map(|mean| 100.0 * close / mean)
    }
}

/// Closes in a row above the one before, or below; an equal one starts again from 0. Ready with the first bar, which is 0.
#[derive(Debug)]
struct InARow {
    upwards: bool,
    previous: Previous,
    count: u32,
}

impl InARow {
    fn new(upwards: bool) -> Self {
        Self { upwards, previous: Previous::default(), count: 0 }
    }
}

impl Study for InARow {
    fn step(&mut self, bar: &StudyBar) -> Option<Values> {
        let previous = self.previous.push(bar.close).unwrap_or(bar.close);
        let goes_on = if self.upwards { bar.close > previous } else { bar.close < previous };
        self.count = if goes_on { self.count.saturating_add(1) } else { 0 };
        Some(Values::from(f64::from(self.count)))
    }
}

/// Price spike: (C − C₋₁) / (C₋₁·s) with s the standard deviation (that of a population) of the p log returns up to
/// yesterday, 0 where s is 0; ready with bar p + 2.
///
/// Jeff Augen, "The Volatility Edge in Options Trading" (2008).
#[derive(Debug)]
struct PriceSpike {
    previous: Previous,
    returns: Window<Moments>,
    /// Of the log returns up to the bar before.
    deviation: Option<f64>,
}

impl PriceSpike {
    fn new(period: usize) -> Self {
        Self { previous: Previous::default(), returns: Window::new(period), deviation: None }
    }
}

impl Filter for PriceSpike {
    #[inline]
    fn push(&mut self, close: f64) -> Option<f64> {
        let previous = self.previous.push(close)?;
        let returns = self.returns.push(Moments::of((close / previous).ln()));
        let deviation = returns.map(|returns| returns.population_variance().sqrt());
        let deviation = std::mem::replace(&mut self.deviation, deviation)?;
        Some(ratio_or(close - previous, previous * deviation, 0.0))
    }
}

#[cfg(test)]
pub(super) const READY: &[(&str, &str, usize)] = &[
    ("change", "{}", 2),
    ("returns", "{}", 61),
    ("returns", r#"{"period": 1}"#, 2),
    ("logr", "{}", 1),
    ("logr", r#"{"period": 10}"#, 10),
    ("disparity", "{}", 20),
    ("disparity", r#"{"period": 5}"#, 5),
    ("consecutive", "{}", 1),
    ("consecutive", r#"{"direction": "down"}"#, 1),
    ("augen", "{}", 5),
    ("augen", r#"{"period": 10}"#, 12),
];
