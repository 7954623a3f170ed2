//! Bands about prices that widen with their swings.

use super::blocks::{Filter, Moments, Sma, TrueRange, Window, ratio_or, typical_price};
use super::catalog::{Category, IndicatorType};
use super::other_extremes::HighLow;
use super::parameters::IndicatorParameter;
use super::values::{Study, StudyBar, Values};
use crate::catalog::LocalText;

pub(super) const TYPES: &[IndicatorType] = &[
    IndicatorType {
        id: "bollinger",
        title: LocalText { ko: "볼린저 밴드", en: "Bollinger bands" },
        description: LocalText {
            ko: "이동평균에서 표준편차의 배수만큼 떨어진 위아래 선입니다. 변동이 클수록 넓어집니다.",
            en: "Moving average with lines some standard deviations above and below. They widen as prices swing more.",
        },
        category: Category::Volatility,
        parameters: &[
            IndicatorParameter::period(20, 100),
            IndicatorParameter::number(
                "std",
                LocalText { ko: "표준편차 배수", en: "Standard deviations" },
                2.0,
                (0.5, 5.0),
                0.5,
                (0.1, 10.0),
            ),
        ],
        constraints: &[],
        outputs: BANDS,
        default_output: MIDDLE,
        carries_the_past: false,
        ready: |p, _| p.count("period"),
        build: |p, _| Box::new(Bollinger { closes: Window::new(p.count("period")), width: p.number("std") }),
    },
    IndicatorType {
        id: "keltner",
        title: LocalText { ko: "켈트너 채널", en: "Keltner channels" },
        description: LocalText {
            ko: "대표 가격의 이동평균에서 ATR의 배수만큼 떨어진 위아래 선입니다.",
            en: "Moving average of the typical price with lines some multiples of ATR above and below.",
        },
        category: Category::Volatility,
        parameters: &[
            IndicatorParameter::period(20, 100),
            IndicatorParameter::number(
                "multiplier",
                LocalText { ko: "ATR 배수", en: "Multiples of ATR" },
                2.0,
                (0.5, 5.0),
                0.5,
                (0.1, 10.0),
            ),
        ],
        constraints: &[],
        outputs: BANDS,
        default_output: MIDDLE,
        carries_the_past: false,
        ready: |p, _| p.count("period"),
        build: |p, _| Box::new(Keltner::new(p.count("period"), p.number("multiplier"))),
    },
    IndicatorType {
        id: "donchian",
        title: LocalText { ko: "돈치안 채널", en: "Donchian channel" },
        description: LocalText {
            ko: "오늘을 포함한 최근 봉의 최고가와 최저가입니다.",
            en: "Highest high and lowest low of the last bars, today's included.",
        },
        category: Category::Volatility,
        parameters: &[IndicatorParameter::period(20, 100)],
        constraints: &[],
        outputs: &["upper", "lower"],
        default_output: 0,
        carries_the_past: false,
        ready: |p, _| p.count("period"),
        build: |p, _| Box::new(Donchian(HighLow::new(p.count("period")))),
    },
    IndicatorType {
        id: "accbands",
        title: LocalText { ko: "가속 밴드", en: "Acceleration bands" },
        description: LocalText {
            ko: "고가와 저가를 봉의 상대 진폭만큼 벌려 평균한 위아래 선입니다.",
            en: "Means of highs and lows pushed apart by the relative range of each bar.",
        },
        category: Category::Volatility,
        parameters: &[
            IndicatorParameter::period(20, 100),
            IndicatorParameter::number(
                "width",
                LocalText { ko: "폭", en: "Width" },
                4.0,
                (1.0, 10.0),
                1.0,
                (0.01, 100.0),
            ),
        ],
        constraints: &[],
        outputs: BANDS,
        default_output: MIDDLE,
        carries_the_past: false,
        ready: |p, _| p.count("period"),
        build: |p, _| Box::new(Acceleration::new(p.count("period"), p.number("width"))),
    },
];

const BANDS: &[&str] = &["upper", "middle", "lower"];
/// Place of the middle in [`BANDS`].
const MIDDLE: usize = 1;

/// The line and those `distance` above and below it, in the order of [`BANDS`].
#[inline]
fn bands(middle: f64, distance: f64) -> Values {
    Values::new([middle + distance, middle, middle - distance])
}

/// Bollinger bands: SMA of the close ± std · standard deviation of the p closes (that of a population); ready with bar p.
///
/// John Bollinger, "Bollinger on Bollinger Bands" (2001); as TA-Lib's BBANDS.
#[derive(Debug)]
struct Bollinger {
    closes: Window<Moments>,
    width: f64,
}

impl Study for Bollinger {
    fn step(&mut self, bar: &StudyBar) -> Option<Values> {
        let closes = self.closes.push(Moments::of(bar.close))?;
        Some(bands(closes.mean(), self.width * closes.population_variance().sqrt()))
    }
}

/// Keltner channels: SMA of (H + L + C)/3 ± m · SMA of the true range; ready with bar p.
///
/// Chester Keltner, "How to Make Money in Commodities" (1960), with the true range of later users.
#[derive(Debug)]
struct Keltner {
    true_range: TrueRange,
    prices: Sma,
    ranges: Sma,
    multiplier: f64,
}

impl Keltner {
    fn new(period: usize, multiplier: f64) -> Self {
        Self { true_range: TrueRange::default(), prices: Sma::new(period), ranges: Sma::new(period), multiplier }
    }
}

impl Study for Keltner {
    fn step(&mut self, bar: &StudyBar) -> Option<Values> {
        let range = self.true_range.push(bar);
        let (price, range) = (self.prices.push(typical_price(bar)), self.ranges.push(range));
        Some(bands(price?, self.multiplier * range?))
    }
}

/// Donchian channel: highest high and lowest low over p bars; ready with bar p.
///
/// Richard Donchian (1960s).
#[derive(Debug)]
struct Donchian(HighLow);

impl Study for Donchian {
    fn step(&mut self, bar: &StudyBar) -> Option<Values> {
        let (upper, lower) = self.0.push(bar.high, bar.low)?;
        Some(Values::new([upper, lower]))
    }
}

/// Acceleration bands: SMA of H·(1 + w·q), of C, and of L·(1 − w·q) with q = (H − L)/(H + L); ready with bar p.
///
/// Price Headley, "Big Trends in Trading" (2002); as TA-Lib's ACCBANDS where w is 4.
#[derive(Debug)]
struct Acceleration {
    upper: Sma,
    middle: Sma,
    lower: Sma,
    width: f64,
}

impl Acceleration {
    fn new(period: usize, width: f64) -> Self {
        Self { upper: Sma::new(period), middle: Sma::new(period), lower: Sma::new(period), width }
    }
}

impl Study for Acceleration {
    fn step(&mut self, bar: &StudyBar) -> Option<Values> {
        let spread = self.width * ratio_or(bar.high - bar.low, bar.high + bar.low, 0.0);
        let upper = self.upper.push(bar.high * (1.0 + spread));
        let middle = self.middle.push(bar.close);
        let lower = self.lower.push(bar.low * (1.0 - spread));
        Some(Values::new([upper?, middle?, lower?]))
    }
}

#[cfg(test)]
pub(super) const READY: &[(&str, &str, usize)] = &[
    ("bollinger", "{}", 20),
    ("bollinger", r#"{"period": 5, "std": 2.5}"#, 5),
    ("keltner", "{}", 20),
    ("keltner", r#"{"period": 1, "multiplier": 1}"#, 1),
    ("donchian", "{}", 20),
    ("donchian", r#"{"period": 55}"#, 55),
    ("accbands", "{}", 20),
    ("accbands", r#"{"period": 3, "width": 1.5}"#, 3),
];
