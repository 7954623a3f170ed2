//! How strong a trend is and which way it goes, from highs, lows and closes.

use super::blocks::{Delay, Filter, Sum, TrueRange, WarmUp, Wilder, ratio_or};
use super::catalog::{Category, IndicatorType, VALUE};
use super::other_extremes::HighLow;
use super::parameters::IndicatorParameter;
use super::values::{Study, StudyBar, Values};
use crate::catalog::LocalText;

pub(super) const TYPES: &[IndicatorType] = &[
    IndicatorType {
        id: "adx",
        title: LocalText { ko: "평균방향지수 (ADX)", en: "Average directional index (ADX)" },
        description: LocalText {
            ko: "추세의 강도를 방향과 상관없이 0에서 100까지로 나타냅니다. +DI와 −DI는 상승과 하락의 힘입니다.",
            en: "Strength of a trend from 0 to 100, whichever way it goes. +DI and −DI are its upward and downward force.",
        },
        category: Category::Trend,
        parameters: &[IndicatorParameter::period(14, 100)],
        constraints: &[],
        outputs: &["value", "plus_di", "minus_di"],
        default_output: 0,
        carries_the_past: true,
        ready: |p, _| 2 * p.count("period"),
        build: |p, _| Box::new(DirectionalIndex::new(p.count("period"))),
    },
    IndicatorType {
        id: "adxr",
        title: LocalText { ko: "평균방향지수 등급 (ADXR)", en: "Average directional index rating (ADXR)" },
        description: LocalText {
            ko: "오늘의 ADX와 한 기간 전 ADX의 평균입니다. ADX보다 느리고 매끄럽습니다.",
            en: "Mean of today's ADX and that of one period ago: slower and smoother than ADX.",
        },
        category: Category::Trend,
        parameters: &[IndicatorParameter::period(14, 100)],
        constraints: &[],
        outputs: VALUE,
        default_output: 0,
        carries_the_past: true,
        ready: |p, _| 3 * p.count("period") - 1,
        build: |p, _| Box::new(DirectionalRating::new(p.count("period"))),
    },
    IndicatorType {
        id: "vortex",
        title: LocalText { ko: "볼텍스 지표 (VI)", en: "Vortex indicator (VI)" },
        description: LocalText {
            ko: "이전 봉과 비교한 상승 폭과 하락 폭을 진폭으로 나눕니다. +VI가 −VI보다 크면 상승 추세입니다.",
            en: "Upward and downward movement against the bar before, over the true range. +VI above −VI means a rising trend.",
        },
        category: Category::Trend,
        parameters: &[IndicatorParameter::period(14, 100)],
        constraints: &[],
        outputs: &["plus_vi", "minus_vi"],
        default_output: 0,
        carries_the_past: false,
        ready: |p, _| p.count("period"),
        build: |p, _| Box::new(Vortex::new(p.count("period"))),
    },
    IndicatorType {
        id: "chop",
        title: LocalText { ko: "횡보 지수 (CHOP)", en: "Choppiness index (CHOP)" },
        description: LocalText {
            ko: "100에 가까우면 횡보, 0에 가까우면 추세입니다. 방향은 알려 주지 않습니다.",
            en: "Near 100 prices move sideways, near 0 in a trend. It does not tell the direction.",
        },
        category: Category::Trend,
        parameters: &[IndicatorParameter::period_from(2, 14, 100)],
        constraints: &[],
        outputs: VALUE,
        default_output: 0,
        carries_the_past: false,
        ready: |p, _| p.count("period"),
        build: |p, _| Box::new(Choppiness::new(p.count("period"))),
    },
    IndicatorType {
        id: "ichimoku",
        title: LocalText { ko: "일목균형표", en: "Ichimoku cloud" },
        description: LocalText {
            ko: "전환선, 기준선, 선행스팬 1·2, 후행스팬입니다. 선행스팬은 오늘 자리에 그려지는 값이고, 후행스팬은 과거의 종가입니다.",
            en: "Conversion line, base line, both leading spans as drawn at today's place, and the close that the lagging span is held against.",
        },
        category: Category::Trend,
        parameters: &[
            IndicatorParameter::length("tenkan", LocalText { ko: "전환선 기간", en: "Conversion line" }, 9, 100),
            IndicatorParameter::length("kijun", LocalText { ko: "기준선 기간", en: "Base line" }, 26, 200),
            IndicatorParameter::length("senkou_b", LocalText { ko: "선행스팬 2 기간", en: "Leading span B" }, 52, 300),
        ],
        constraints: &[],
        outputs: &["tenkan", "kijun", "senkou_a", "senkou_b", "chikou"],
        default_output: 0,
        carries_the_past: false,
        ready: |p, _| {
            let (tenkan, kijun) = (p.count("tenkan"), p.count("kijun"));
            (tenkan.max(kijun) + kijun).max(p.count("senkou_b") + LEADING)
        },
        build: |p, _| Box::new(Ichimoku::new(p.count("tenkan"), p.count("kijun"), p.count("senkou_b"))),
    },
];

/// ADX, +DI and −DI: +DM is the rise of the high if it is positive and not less than the fall of the low, −DM the fall
/// of the low if it is positive and more than the rise of the high. ±DI = 100·±DM / TR, both as Wilder averages over p bars
/// from the second on, DX = 100·|+DI − −DI| / (+DI + −DI), ADX = Wilder average of DX. ADX is 50 while +DI + −DI is 0, and
/// such bars stay out of the average. Ready with bar 2p.
///
/// J. Welles Wilder, "New Concepts in Technical Trading Systems" (1978). TA-Lib starts its averages from one bar less.
#[derive(Debug)]
struct DirectionalIndex {
    true_range: TrueRange,
    previous: Option<StudyBar>,
    ranges: Wilder,
    rises: Wilder,
    falls: Wilder,
    average: Wilder,
    warm_up: WarmUp,
}

impl DirectionalIndex {
    fn new(period: usize) -> Self {
        Self {
            true_range: TrueRange::default(),
            previous: None,
            ranges: Wilder::new(period),
            rises: Wilder::new(period),
            falls: Wilder::new(period),
            average: Wilder::new(period),
            warm_up: WarmUp::new(2 * period),
        }
    }

    /// ADX, +DI and −DI.
    fn push(&mut self, bar: &StudyBar) -> Option<[f64; 3]> {
        let is_ready = self.warm_up.is_over();
        let range = self.true_range.push(bar);
        let previous = self.previous.replace(*bar)?;
        let (rise, fall) = (bar.high - previous.high, previous.low - bar.low);
        let ranges = self.ranges.push(range);
        let rises = self.rises.push(if rise >= fall { rise.max(0.0) } else { 0.0 });
        let falls = self.falls.push(if fall > rise { fall.max(0.0) } else { 0.0 });
        let ranges = ranges?;
        let (plus, minus) = (100.0 * ratio_or(rises?, ranges, 0.0), 100.0 * ratio_or(falls?, ranges, 0.0));
        let adx = if plus + minus > 0.0 {
            self.average.push(100.0 * (plus - minus).abs() / (plus + minus));
            self.average.current()
        } else {
            50.0
        };
        is_ready.then_some([adx, plus, minus])
    }
}

impl Study for DirectionalIndex {
    fn step(&mut self, bar: &StudyBar) -> Option<Values> {
        self.push(bar).map(Values::new)
    }
}

/// ADXR: mean of ADX and ADX p − 1 bars ago; ready with bar 3p − 1.
///
/// J. Welles Wilder, "New Concepts in Technical Trading Systems" (1978).
#[derive(Debug)]
struct DirectionalRating {
    index: DirectionalIndex,
    earlier: Delay,
}

impl DirectionalRating {
    fn new(period: usize) -> Self {
        Self { index: DirectionalIndex::new(period), earlier: Delay::new(period - 1) }
    }
}

impl Study for DirectionalRating {
    fn step(&mut self, bar: &StudyBar) -> Option<Values> {
        let [adx, ..] = self.index.push(bar)?;
        let earlier = self.earlier.push(adx)?;
        Some(Values::from((adx + earlier) / 2.0))
    }
}

/// Vortex: +VI = Σ|H − L₋₁| / ΣTR and −VI = Σ|L − H₋₁| / ΣTR over p bars. The first bar has a true range of H − L and no
/// movement, so on the first ready bar the sums of movement hold one term less. Not defined over bars without any range;
/// ready with bar p.
///
/// Etienne Botes and Douglas Siepman, "The Vortex Indicator", Technical Analysis of Stocks & Commodities, January 2010.
#[derive(Debug)]
struct Vortex {
    true_range: TrueRange,
    previous: Option<StudyBar>,
    ranges: Sum,
    rises: Sum,
    falls: Sum,
}

impl Vortex {
    fn new(period: usize) -> Self {
        Self {
            true_range: TrueRange::default(),
            previous: None,
            ranges: Sum::new(period),
            rises: Sum::new(period),
            falls: Sum::new(period),
        }
    }
}

impl Study for Vortex {
    fn step(&mut self, bar: &StudyBar) -> Option<Values> {
        let range = self.true_range.push(bar);
        let (rise, fall) = match self.previous.replace(*bar) {
            Some(previous) => ((bar.high - previous.low).abs(), (bar.low - previous.high).abs()),
            None => (0.0, 0.0),
        };
        let (ranges, rises, falls) = (self.ranges.push(range), self.rises.push(rise), self.falls.push(fall));
        let ranges = ranges?;
        (ranges > 0.0).then_some(Values::new([rises? / ranges, falls? / ranges]))
    }
}

/// Choppiness: 100·log₁₀(ΣTR / (highest high − lowest low)) / log₁₀ p over p bars, 100 where all prices are equal; ready
/// with bar p.
///
/// E. W. Dreiss, as told in the documentation of most charting programs.
#[derive(Debug)]
struct Choppiness {
    true_range: TrueRange,
    ranges: Sum,
    extremes: HighLow,
    scale: f64,
}

impl Choppiness {
    fn new(period: usize) -> Self {
        Self {
            true_range: TrueRange::default(),
            ranges: Sum::new(period),
            extremes: HighLow::new(period),
            scale: 100.0 / (period as f64).log10(),
        }
    }
}

impl Study for Choppiness {
    fn step(&mut self, bar: &StudyBar) -> Option<Values> {
        let range = self.true_range.push(bar);
        let (ranges, extremes) = (self.ranges.push(range), self.extremes.push(bar.high, bar.low));
        let (ranges, (highest, lowest)) = (ranges?, extremes?);
        let value = if highest > lowest { self.scale * (ranges / (highest - lowest)).log10() } else { 100.0 };
        Some(Values::from(value))
    }
}

/// Bars by which the second leading span is drawn ahead, whatever the other lengths.
const LEADING: usize = 26;

/// Ichimoku cloud, as it stands at the place of today: tenkan, kijun and senkou B are the middle between the highest high
/// and the lowest low of their lengths; senkou A is the mean of tenkan and kijun `kijun` bars ago, senkou B its own middle
/// 26 bars ago, chikou the close `kijun` bars ago. Ready with bar max(tenkan + kijun, 2·kijun, senkou_b + 26).
///
/// Goichi Hosoda (Ichimoku Sanjin), 1969.
#[derive(Debug)]
struct Ichimoku {
    tenkan: HighLow,
    kijun: HighLow,
    senkou_a: Delay,
    senkou_b: HighLow,
    senkou_b_ahead: Delay,
    chikou: Delay,
}

impl Ichimoku {
    fn new(tenkan: usize, kijun: usize, senkou_b: usize) -> Self {
        Self {
            tenkan: HighLow::new(tenkan),
            kijun: HighLow::new(kijun),
            senkou_a: Delay::new(kijun),
            senkou_b: HighLow::new(senkou_b),
            senkou_b_ahead: Delay::new(LEADING),
            chikou: Delay::new(kijun),
        }
    }
}

impl Study for Ichimoku {
    fn step(&mut self, bar: &StudyBar) -> Option<Values> {
        let tenkan = self.tenkan.middle(bar.high, bar.low);
        let kijun = self.kijun.middle(bar.high, bar.low);
        let widest = self.senkou_b.middle(bar.high, bar.low);
        let chikou = self.chikou.push(bar.close);
        let senkou_b = widest.and_then(|middle| self.senkou_b_ahead.push(middle));
        let (tenkan, kijun) = (tenkan?, kijun?);
        let senkou_a = self.senkou_a.push((tenkan + kijun) / 2.0);
        Some(Values::new([tenkan, kijun, senkou_a?, senkou_b?, chikou?]))
    }
}

#[cfg(test)]
pub(super) const READY: &[(&str, &str, usize)] = &[
    ("adx", "{}", 28),
    ("adx", r#"{"period": 1}"#, 2),
    ("adx", r#"{"period": 20}"#, 40),
    ("adxr", "{}", 41),
    ("adxr", r#"{"period": 1}"#, 2),
    ("vortex", "{}", 14),
    ("vortex", r#"{"period": 5}"#, 5),
    ("chop", "{}", 14),
    ("chop", r#"{"period": 2}"#, 2),
    ("ichimoku", "{}", 78),
    ("ichimoku", r#"{"tenkan": 5, "kijun": 60, "senkou_b": 70}"#, 120),
    ("ichimoku", r#"{"tenkan": 90, "kijun": 60, "senkou_b": 100}"#, 150),
];
