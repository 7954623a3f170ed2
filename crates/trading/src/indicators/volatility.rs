//! How far prices swing.

use super::blocks::{Filter, Moments, OfClose, Previous, Sma, TrueRange, Wilder, Window};
use super::catalog::{Category, IndicatorType, VALUE};
use super::parameters::IndicatorParameter;
use super::values::{Study, StudyBar, Values};
use crate::catalog::LocalText;

pub(super) const TYPES: &[IndicatorType] = &[
    IndicatorType {
        id: "atr",
        title: LocalText { ko: "평균 진폭 (ATR)", en: "Average true range (ATR)" },
        description: LocalText {
            ko: "갭을 포함한 하루 진폭의 단순평균입니다. 단위는 원입니다.",
            en: "Simple mean of the range of the bars, gaps included, in won.",
        },
        category: Category::Volatility,
        parameters: &[IndicatorParameter::period(14, 100)],
        constraints: &[],
        outputs: VALUE,
        default_output: 0,
        carries_the_past: false,
        ready: |p, _| p.count("period"),
        build: |p, _| Box::new(AverageRange::new(p.count("period"))),
    },
    IndicatorType {
        id: "natr",
        title: LocalText { ko: "평균 진폭 비율 (NATR)", en: "Normalised average true range (NATR)" },
        description: LocalText {
            ko: "와일더 방식의 평균 진폭을 종가의 백분율로 나타냅니다. 가격이 다른 종목끼리 비교할 수 있습니다.",
            en: "Wilder's average true range in percent of the close, so that issues of different prices compare.",
        },
        category: Category::Volatility,
        parameters: &[IndicatorParameter::period(14, 100)],
        constraints: &[],
        outputs: VALUE,
        default_output: 0,
        carries_the_past: true,
        ready: |p, _| p.count("period") + 1,
        build: |p, _| Box::new(NormalisedRange::new(p.count("period"))),
    },
    IndicatorType {
        id: "std",
        title: LocalText { ko: "표준편차", en: "Standard deviation" },
        description: LocalText {
            ko: "최근 종가가 평균에서 흩어진 정도입니다. 단위는 원입니다.",
            en: "How far the last closes scatter about their mean, in won.",
        },
        category: Category::Volatility,
        parameters: &[IndicatorParameter::period(20, 100)],
        constraints: &[],
        outputs: VALUE,
        default_output: 0,
        carries_the_past: false,
        ready: |p, _| p.count("period"),
        build: |p, _| Box::new(OfClose(Deviation(Window::new(p.count("period"))))),
    },
    IndicatorType {
        id: "variance",
        title: LocalText { ko: "분산", en: "Variance" },
        description: LocalText {
            ko: "표준편차의 제곱입니다. 단위는 원의 제곱입니다.",
            en: "Square of the standard deviation, in square won.",
        },
        category: Category::Volatility,
        parameters: &[IndicatorParameter::period(20, 100)],
        constraints: &[],
        outputs: VALUE,
        default_output: 0,
        carries_the_past: false,
        ready: |p, _| p.count("period"),
        build: |p, _| Box::new(OfClose(Variance(Window::new(p.count("period"))))),
    },
    IndicatorType {
        id: "volatility_ind",
        title: LocalText { ko: "수익률 변동성", en: "Volatility of returns" },
        description: LocalText {
            ko: "하루 수익률의 표준편차입니다. 0.02는 2%를 뜻합니다.",
            en: "Standard deviation of the one-bar returns. 0.02 means 2%.",
        },
        category: Category::Volatility,
        parameters: &[IndicatorParameter::period_from(2, 10, 100)],
        constraints: &[],
        outputs: VALUE,
        default_output: 0,
        carries_the_past: false,
        ready: |p, _| p.count("period") + 1,
        build: |p, _| Box::new(OfClose(ReturnVolatility::new(p.count("period")))),
    },
];

/// ATR: SMA of the true range; ready with bar p.
///
/// J. Welles Wilder, "New Concepts in Technical Trading Systems" (1978), whose own average is that of `natr`: the
/// broker's backtester asks for the simple mean, whatever its help text says.
#[derive(Debug)]
struct AverageRange {
    true_range: TrueRange,
    mean: Sma,
}

impl AverageRange {
    fn new(period: usize) -> Self {
        Self { true_range: TrueRange::default(), mean: Sma::new(period) }
    }
}

impl Study for AverageRange {
    fn step(&mut self, bar: &StudyBar) -> Option<Values> {
        self.mean.push(self.true_range.push(bar)).map(Values::from)
    }
}

/// Normalised ATR: 100·(Wilder average of the true range from the second bar on) / C; ready with bar p + 1.
///
/// John Forman, "Cross-Market Evaluations With Normalized Average True Range", Technical Analysis of Stocks & Commodities,
/// May 2006; as TA-Lib's NATR.
#[derive(Debug)]
struct NormalisedRange {
    true_range: TrueRange,
    is_first: bool,
    average: Wilder,
}

impl NormalisedRange {
    fn new(period: usize) -> Self {
        Self { true_range: TrueRange::default(), is_first: true, average: Wilder::new(period) }
    }
}

impl Study for NormalisedRange {
    fn step(&mut self, bar: &StudyBar) -> Option<Values> {
        let range = self.true_range.push(bar);
        if std::mem::replace(&mut self.is_first, false) {
            return None;
        }
        self.average.push(range).map(|average| Values::from(100.0 * average / bar.close))
    }
}

/// Standard deviation: root of [`Variance`]; ready with bar p. As TA-Lib's STDDEV.
#[derive(Debug)]
struct Deviation(Window<Moments>);

impl Filter for Deviation {
    #[inline]
    fn push(&mut self, value: f64) -> Option<f64> {
        self.0.push(Moments::of(value)).map(|closes| closes.population_variance().sqrt())
    }
}

/// Variance: Σ(C − mean)² / p over p closes, that of a population; ready with bar p. As TA-Lib's VAR.
#[derive(Debug)]
struct Variance(Window<Moments>);

impl Filter for Variance {
    #[inline]
    fn push(&mut self, value: f64) -> Option<f64> {
        self.0.push(Moments::of(value)).map(|closes| closes.population_variance())
    }
}

/// Volatility of returns: √(Σ(r − mean)² / (p − 1)) of the p returns r = C/C₋₁ − 1, that of a sample; ready with bar p + 1.
#[derive(Debug)]
struct ReturnVolatility {
    previous: Previous,
    returns: Window<Moments>,
}

impl ReturnVolatility {
    fn new(period: usize) -> Self {
        Self { previous: Previous::default(), returns: Window::new(period) }
    }
}

impl Filter for ReturnVolatility {
    #[inline]
    fn push(&mut self, close: f64) -> Option<f64> {
        let previous = self.previous.push(close)?;
        let returns = self.returns.push(Moments::of((close - previous) / previous))?;
        Some(returns.sample_variance().sqrt())
    }
}

#[cfg(test)]
pub(super) const READY: &[(&str, &str, usize)] = &[
    ("atr", "{}", 14),
    ("atr", r#"{"period": 1}"#, 1),
    ("natr", "{}", 15),
    ("natr", r#"{"period": 5}"#, 6),
    ("std", "{}", 20),
    ("std", r#"{"period": 2}"#, 2),
    ("variance", "{}", 20),
    ("variance", r#"{"period": 1}"#, 1),
    ("volatility_ind", "{}", 11),
    ("volatility_ind", r#"{"period": 2}"#, 3),
];
