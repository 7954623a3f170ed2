//! Oscillators that weigh prices with the shares traded.

use super::blocks::{AccumulationLine, Ema, Filter, Previous, ratio_or};
use super::catalog::{Category, IndicatorType, VALUE};
use super::oscillators_averages::{fast, signal, slow};
use super::parameters::Parameters;
use super::values::{Study, StudyBar, Values};
use crate::catalog::LocalText;

pub(super) const TYPES: &[IndicatorType] = &[
    IndicatorType {
        id: "cho",
        title: LocalText { ko: "차이킨 오실레이터", en: "Chaikin oscillator" },
        description: LocalText {
            ko: "누적분산선의 단기와 장기 지수이동평균의 차이(주)입니다.",
            en: "Fast less slow exponential average of the accumulation/distribution line, in shares.",
        },
        category: Category::Oscillator,
        parameters: &[fast(3), slow(10)],
        constraints: &[],
        outputs: VALUE,
        default_output: 0,
        carries_the_past: true,
        ready: |p, _| p.count("fast").max(p.count("slow")),
        build: |p, _| Box::new(Chaikin::new(p)),
    },
    IndicatorType {
        id: "kvo",
        title: LocalText { ko: "클링거 거래량 오실레이터 (KVO)", en: "Klinger volume oscillator (KVO)" },
        description: LocalText {
            ko: "추세 방향으로 흐르는 거래량의 단기와 장기 지수이동평균의 차이와 그 시그널선입니다.",
            en: "Fast less slow exponential average of the volume that flows with the trend, and a signal line of it.",
        },
        category: Category::Oscillator,
        parameters: &[fast(34), slow(55), signal(13)],
        constraints: &[],
        outputs: &["value", "signal"],
        default_output: 0,
        carries_the_past: true,
        ready: |p, _| p.count("fast").max(p.count("slow")).max(p.count("signal")) + 2,
        build: |p, _| Box::new(Klinger::new(p)),
    },
];

/// Chaikin oscillator: EMA(fast) − EMA(slow) of the accumulation/distribution line; ready with the longer of both.
///
/// Marc Chaikin; Steven Achelis, "Technical Analysis from A to Z" (1995).
#[derive(Debug)]
struct Chaikin {
    line: AccumulationLine,
    fast: Ema,
    slow: Ema,
}

impl Chaikin {
    fn new(parameters: &Parameters) -> Self {
        Self {
            line: AccumulationLine::default(),
            fast: Ema::new(parameters.count("fast")),
            slow: Ema::new(parameters.count("slow")),
        }
    }
}

impl Study for Chaikin {
    #[inline]
    fn step(&mut self, bar: &StudyBar) -> Option<Values> {
        let line = self.line.push(bar);
        let (fast, slow) = (self.fast.push(line), self.slow.push(line));
        Some((fast? - slow?).into())
    }
}

/// KVO: EMA(fast) − EMA(slow) of the volume force 100 · V · |2·(range / cumulated range − 1)| · trend. The trend is 1
/// where H + L + C rises and −1 where it does not; the cumulated range starts anew, with this range and the one before,
/// where the trend turns. Signal = EMA of it, fed with zeros while the averages are not ready. Forces begin with the
/// third bar, so it is ready with the longest length + 2.
///
/// Stephen Klinger, "Identifying Trends with Volume Analysis", Technical Analysis of Stocks & Commodities, October 1997.
#[derive(Debug)]
struct Klinger {
    price: Previous,
    trend: Previous,
    range: Previous,
    cumulated: f64,
    fast: Ema,
    slow: Ema,
    signal: Ema,
}

impl Klinger {
    fn new(parameters: &Parameters) -> Self {
        Self {
            price: Previous::default(),
            trend: Previous::default(),
            range: Previous::default(),
            cumulated: 0.0,
            fast: Ema::new(parameters.count("fast")),
            slow: Ema::new(parameters.count("slow")),
            signal: Ema::new(parameters.count("signal")),
        }
    }
}

impl Study for Klinger {
    #[inline]
    fn step(&mut self, bar: &StudyBar) -> Option<Values> {
        let (range, price) = (bar.high - bar.low, bar.high + bar.low + bar.close);
        let (last_range, last_price) = (self.range.push(range), self.price.push(price));
        let trend = if price > last_price? { 1.0 } else { -1.0 };
        let last_trend = self.trend.push(trend)?;
        self.cumulated =
            if self.cumulated == 0.0 || trend != last_trend { range + last_range? } else { self.cumulated + range };
        let force = 100.0 * bar.volume * (2.0 * (ratio_or(range, self.cumulated, 0.0) - 1.0)).abs() * trend;

        let (fast, slow) = (self.fast.push(force), self.slow.push(force));
        let value = fast.zip(slow).map(|(fast, slow)| fast - slow);
        let signal = self.signal.push(value.unwrap_or(0.0));
        Some(Values::new([value?, signal?]))
    }
}

#[cfg(test)]
pub(super) const READY: &[(&str, &str, usize)] = &[
    ("cho", "{}", 10),
    ("cho", r#"{"fast": 6, "slow": 20}"#, 20),
    ("kvo", "{}", 57),
    ("kvo", r#"{"fast": 3, "slow": 5, "signal": 4}"#, 7),
    ("kvo", r#"{"fast": 3, "slow": 5, "signal": 9}"#, 11),
];
