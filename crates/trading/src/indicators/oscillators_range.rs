//! Oscillators that tell where a close stands in the range of its bars.

use super::blocks::{Filter, Highest, HighestAge, Lowest, LowestAge, Previous, Sma, Sum, TrueRange, ratio_or};
use super::catalog::{Category, IndicatorType, VALUE};
use super::oscillators::{D_SMOOTHING, K_SMOOTHING};
use super::parameters::{IndicatorParameter, Parameters};
use super::values::{Study, StudyBar, Values};
use crate::catalog::LocalText;

pub(super) const TYPES: &[IndicatorType] = &[
    IndicatorType {
        id: "stochastic",
        title: LocalText { ko: "스토캐스틱", en: "Stochastic" },
        description: LocalText {
            ko: "종가가 최근 고가와 저가 사이의 어디쯤인지를 0에서 100까지로 나타냅니다. %D는 %K의 이동평균입니다.",
            en: "Where the close stands between the last highs and lows, from 0 to 100. %D is the mean of %K.",
        },
        category: Category::Oscillator,
        parameters: &[
            IndicatorParameter::integer("k_period", K_SMOOTHING, 14, (1, 100), (1, 100)),
            IndicatorParameter::integer("d_period", D_SMOOTHING, 3, (1, 100), (1, 100)),
        ],
        constraints: &[],
        outputs: &["k", "d"],
        default_output: 0,
        carries_the_past: false,
        ready: |p, _| p.count("k_period") + p.count("d_period") - 1,
        build: |p, _| Box::new(Stochastic::new(p)),
    },
    IndicatorType {
        id: "cci",
        title: LocalText { ko: "상품채널지수 (CCI)", en: "Commodity channel index (CCI)" },
        description: LocalText {
            ko: "대표가격이 평균에서 벗어난 정도를 평균편차로 나눈 값입니다. 대부분 -100에서 100 사이에 있습니다.",
            en: "How far the typical price is from its mean, in mean deviations. Mostly between -100 and 100.",
        },
        category: Category::Oscillator,
        parameters: &[IndicatorParameter::period(20, 100)],
        constraints: &[],
        outputs: VALUE,
        default_output: 0,
        carries_the_past: false,
        ready: |p, _| p.count("period"),
        build: |p, _| Box::new(CommodityChannel::new(p.count("period"))),
    },
    IndicatorType {
        id: "williams_r",
        title: LocalText { ko: "윌리엄스 %R", en: "Williams %R" },
        description: LocalText {
            ko: "종가가 최근 고가에서 얼마나 내려왔는지를 0에서 -100까지로 나타냅니다.",
            en: "How far the close is below the last highs, from 0 to -100.",
        },
        category: Category::Oscillator,
        parameters: &[IndicatorParameter::period(14, 100)],
        constraints: &[],
        outputs: VALUE,
        default_output: 0,
        carries_the_past: false,
        ready: |p, _| p.count("period"),
        build: |p, _| {
            let period = p.count("period");
            Box::new(WilliamsR { highest: Highest::new(period), lowest: Lowest::new(period) })
        },
    },
    IndicatorType {
        id: "aroon",
        title: LocalText { ko: "아룬", en: "Aroon" },
        description: LocalText {
            ko: "최고가와 최저가가 나온 지 얼마나 되었는지를 0에서 100까지로 나타냅니다. 기본값은 둘의 차이입니다.",
            en: "How recent the highest high and the lowest low are, from 0 to 100. Its value is the difference.",
        },
        category: Category::Oscillator,
        parameters: &[
            IndicatorParameter::length("up_period", LocalText { ko: "상승 기간", en: "Up period" }, 25, 100),
            IndicatorParameter::length("down_period", LocalText { ko: "하락 기간", en: "Down period" }, 25, 100),
        ],
        constraints: &[],
        outputs: &["value", "aroon_up", "aroon_down"],
        default_output: 0,
        carries_the_past: false,
        ready: |p, _| p.count("up_period").max(p.count("down_period")) + 1,
        build: |p, _| Box::new(Aroon::new(p)),
    },
    IndicatorType {
        id: "ultosc",
        title: LocalText { ko: "얼티밋 오실레이터", en: "Ultimate oscillator" },
        description: LocalText {
            ko: "세 기간의 매수 압력을 진폭으로 나누어 4:2:1로 합친 값으로 0에서 100까지입니다.",
            en: "Buying pressure over range in three periods, weighted 4 to 2 to 1, from 0 to 100.",
        },
        category: Category::Oscillator,
        parameters: &[
            IndicatorParameter::length("period1", LocalText { ko: "짧은 기간", en: "Short period" }, 7, 200),
            IndicatorParameter::length("period2", LocalText { ko: "중간 기간", en: "Middle period" }, 14, 200),
            IndicatorParameter::length("period3", LocalText { ko: "긴 기간", en: "Long period" }, 28, 200),
        ],
        constraints: &[],
        outputs: VALUE,
        default_output: 0,
        carries_the_past: false,
        ready: |p, _| p.count("period1").max(p.count("period2")).max(p.count("period3")) + 1,
        build: |p, _| Box::new(Ultimate::new(p)),
    },
    IndicatorType {
        id: "rvi",
        title: LocalText { ko: "상대활력지수 (RVI)", en: "Relative vigor index (RVI)" },
        description: LocalText {
            ko: "시가에서 종가까지의 움직임을 고가와 저가의 폭으로 나눈 값입니다.",
            en: "The way from open to close over the range from low to high, both smoothed.",
        },
        category: Category::Oscillator,
        parameters: &[IndicatorParameter::period(10, 100)],
        constraints: &[],
        outputs: VALUE,
        default_output: 0,
        carries_the_past: false,
        ready: |p, _| p.count("period") + 3,
        build: |p, _| Box::new(RelativeVigor::new(p.count("period"))),
    },
];

/// Stochastic: k = 100 · (C − lowest low) / (highest high − lowest low) over k bars, d = SMA of k; ready with bar
/// k + d − 1. Where highs and lows of all bars are one price, k stays what it was, and is not defined before it was any.
///
/// George Lane, "Lane's Stochastics", Technical Analysis of Stocks & Commodities, May 1984.
#[derive(Debug)]
struct Stochastic {
    highest: Highest,
    lowest: Lowest,
    d: Sma,
    k: Option<f64>,
}

impl Stochastic {
    fn new(parameters: &Parameters) -> Self {
        let period = parameters.count("k_period");
        Self {
            highest: Highest::new(period),
            lowest: Lowest::new(period),
            d: Sma::new(parameters.count("d_period")),
            k: None,
        }
    }
}

impl Study for Stochastic {
    #[inline]
    fn step(&mut self, bar: &StudyBar) -> Option<Values> {
        let (highest, lowest) = (self.highest.push(bar.high), self.lowest.push(bar.low));
        let (highest, lowest) = (highest?, lowest?);
        if highest > lowest {
            self.k = Some(100.0 * (bar.close - lowest) / (highest - lowest));
        }
        let k = self.k?;
        self.d.push(k).map(|d| Values::new([k, d]))
    }
}

/// CCI: (T − mean of T) / (0.015 · mean absolute deviation of T from that mean) over p bars, T = (H + L + C)/3; 0 without
/// a deviation; ready with bar p. Each bar takes time in proportion to p.
///
/// Donald Lambert, "Commodity Channel Index", Commodities, October 1980.
#[derive(Debug)]
struct CommodityChannel {
    /// The last H + L + C, in no order: three times T, because that is a whole number where prices are.
    ring: Box<[f64]>,
    next: usize,
    sum: Sum,
}

impl CommodityChannel {
    fn new(period: usize) -> Self {
        Self { ring: vec![0.0; period].into(), next: 0, sum: Sum::new(period) }
    }
}

impl Study for CommodityChannel {
    #[inline]
    fn step(&mut self, bar: &StudyBar) -> Option<Values> {
        let price = bar.high + bar.low + bar.close;
        self.ring[self.next] = price;
        self.next = if self.next + 1 == self.ring.len() { 0 } else { self.next + 1 };
        let count = self.ring.len() as f64;
        let mean = self.sum.push(price)? / count;
        let deviation = self.ring.iter().map(|value| (value - mean).abs()).sum::<f64>() / count;
        // The mean of equal values that are not whole may be off by a rounding.
        let is_flat = deviation <= 1e-13 * mean.abs();
        Some(if is_flat { 0.0 } else { (price - mean) / (0.015 * deviation) }.into())
    }
}

/// Williams %R: −100 · (highest high − C) / (highest high − lowest low) over p bars; 0 where these are one price; ready
/// with bar p.
///
/// Larry Williams, "How I Made One Million Dollars Last Year Trading Commodities" (1973).
#[derive(Debug)]
struct WilliamsR {
    highest: Highest,
    lowest: Lowest,
}

impl Study for WilliamsR {
    #[inline]
    fn step(&mut self, bar: &StudyBar) -> Option<Values> {
        let (highest, lowest) = (self.highest.push(bar.high), self.lowest.push(bar.low));
        let (highest, lowest) = (highest?, lowest?);
        Some((-100.0 * ratio_or(highest - bar.close, highest - lowest, 0.0)).into())
    }
}

/// Aroon: up = 100 · (n − bars since the highest high) / n over n + 1 bars, the latest one where it occurred twice; down
/// the same of the lowest low; value = up − down; ready with the longer n + 1.
///
/// Tushar Chande, "A Time Price Oscillator", Technical Analysis of Stocks & Commodities, September 1995.
#[derive(Debug)]
struct Aroon {
    highest: HighestAge,
    lowest: LowestAge,
    up_period: f64,
    down_period: f64,
}

impl Aroon {
    fn new(parameters: &Parameters) -> Self {
        let (up, down) = (parameters.count("up_period"), parameters.count("down_period"));
        Self {
            highest: HighestAge::new(up + 1),
            lowest: LowestAge::new(down + 1),
            up_period: up as f64,
            down_period: down as f64,
        }
    }
}

impl Study for Aroon {
    #[inline]
    fn step(&mut self, bar: &StudyBar) -> Option<Values> {
        let (highest, lowest) = (self.highest.push(bar.high), self.lowest.push(bar.low));
        let ((_, since_highest), (_, since_lowest)) = (highest?, lowest?);
        let up = 100.0 * (self.up_period - since_highest as f64) / self.up_period;
        let down = 100.0 * (self.down_period - since_lowest as f64) / self.down_period;
        Some(Values::new([up - down, up, down]))
    }
}

/// Ultimate oscillator: 100 · (4·a₁ + 2·a₂ + a₃) / 7 with a = Σ(C − min(L, C₋₁)) / Σ true range over each period; stays
/// what it was, 50 at first, while a sum of ranges is 0; ready with the longest period + 1.
///
/// Larry Williams, "The Ultimate Oscillator", Technical Analysis of Stocks & Commodities, April 1985.
#[derive(Debug)]
struct Ultimate {
    previous: Previous,
    range: TrueRange,
    pressures: [Sum; 3],
    ranges: [Sum; 3],
    current: f64,
}

impl Ultimate {
    fn new(parameters: &Parameters) -> Self {
        let sums = || ["period1", "period2", "period3"].map(|key| Sum::new(parameters.count(key)));
        Self {
            previous: Previous::default(),
            range: TrueRange::default(),
            pressures: sums(),
            ranges: sums(),
            current: 50.0,
        }
    }
}

impl Study for Ultimate {
    #[inline]
    fn step(&mut self, bar: &StudyBar) -> Option<Values> {
        let range = self.range.push(bar);
        let pressure = bar.close - bar.low.min(self.previous.push(bar.close)?);
        let pressures = self.pressures.each_mut().map(|sum| sum.push(pressure));
        let ranges = self.ranges.each_mut().map(|sum| sum.push(range));
        let ([p1, p2, p3], [r1, r2, r3]) = (pressures, ranges);
        let (p1, p2, p3, r1, r2, r3) = (p1?, p2?, p3?, r1?, r2?, r3?);
        if r1 > 0.0 && r2 > 0.0 && r3 > 0.0 {
            self.current = 100.0 * (4.0 * (p1 / r1) + 2.0 * (p2 / r2) + p3 / r3) / 7.0;
        }
        Some(self.current.into())
    }
}

/// RVI: SMA(p) of C − O over SMA(p) of H − L, both weighted 1-2-2-1 over four bars before; 0 where nothing moves; ready
/// with bar p + 3.
///
/// John Ehlers, "Relative Vigor Index", Technical Analysis of Stocks & Commodities, January 2002.
#[derive(Debug)]
struct RelativeVigor {
    bodies: Symmetric,
    ranges: Symmetric,
    body_sum: Sum,
    range_sum: Sum,
}

impl RelativeVigor {
    fn new(period: usize) -> Self {
        Self {
            bodies: Symmetric::default(),
            ranges: Symmetric::default(),
            body_sum: Sum::new(period),
            range_sum: Sum::new(period),
        }
    }
}

impl Study for RelativeVigor {
    #[inline]
    fn step(&mut self, bar: &StudyBar) -> Option<Values> {
        let (body, range) = (self.bodies.push(bar.close - bar.open), self.ranges.push(bar.high - bar.low));
        let (body, range) = (self.body_sum.push(body?), self.range_sum.push(range?));
        Some(ratio_or(body?, range?, 0.0).into())
    }
}

/// x + 2·x₋₁ + 2·x₋₂ + x₋₃: not divided by 6, because only a ratio of two is asked for.
#[derive(Debug, Default)]
struct Symmetric([Previous; 3]);

impl Filter for Symmetric {
    #[inline]
    fn push(&mut self, value: f64) -> Option<f64> {
        let [first, second, third] = &mut self.0;
        let one_ago = first.push(value)?;
        let two_ago = second.push(one_ago)?;
        let three_ago = third.push(two_ago)?;
        Some(value + 2.0 * (one_ago + two_ago) + three_ago)
    }
}

#[cfg(test)]
pub(super) const READY: &[(&str, &str, usize)] = &[
    ("stochastic", "{}", 16),
    ("stochastic", r#"{"k_period": 5, "d_period": 1}"#, 5),
    ("cci", "{}", 20),
    ("cci", r#"{"period": 3}"#, 3),
    ("williams_r", "{}", 14),
    ("williams_r", r#"{"period": 1}"#, 1),
    ("aroon", "{}", 26),
    ("aroon", r#"{"up_period": 5, "down_period": 9}"#, 10),
    ("ultosc", "{}", 29),
    ("ultosc", r#"{"period1": 9, "period2": 3, "period3": 5}"#, 10),
    ("rvi", "{}", 13),
    ("rvi", r#"{"period": 1}"#, 4),
];
