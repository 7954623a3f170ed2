//! The swing of a trend: rates of change put together, widening ranges, and the place inside a cycle.

use super::blocks::{Delay, Ema, Filter, Lwma, OfClose, Sma, Sum, percent_change, ratio_or};
use super::catalog::{Category, IndicatorType, VALUE};
use super::oscillators_averages::{FAST_IS_FASTER, fast, slow};
use super::other_extremes::HighLow;
use super::parameters::{IndicatorParameter, Parameters};
use super::values::{EvaluationMode, Study, StudyBar, Values};
use crate::catalog::LocalText;

pub(super) const TYPES: &[IndicatorType] = &[
    IndicatorType {
        id: "kst",
        title: LocalText { ko: "확실성 지표 (KST)", en: "Know sure thing (KST)" },
        description: LocalText {
            ko: "길이가 다른 변화율 넷을 평균하여 긴 쪽에 더 큰 비중을 두고 더한 값입니다. 신호선은 그 9봉 평균입니다.",
            en: "Four smoothed rates of change added up, the longer ones counting more. The signal line is its mean over 9 bars.",
        },
        category: Category::Trend,
        parameters: &[
            IndicatorParameter::length("roc1", LocalText { ko: "변화율 1 기간", en: "Rate of change 1" }, 10, 100),
            IndicatorParameter::length("roc2", LocalText { ko: "변화율 2 기간", en: "Rate of change 2" }, 15, 100),
            IndicatorParameter::length("roc3", LocalText { ko: "변화율 3 기간", en: "Rate of change 3" }, 20, 100),
            IndicatorParameter::length("roc4", LocalText { ko: "변화율 4 기간", en: "Rate of change 4" }, 30, 100),
        ],
        constraints: &[],
        outputs: &["value", "signal"],
        default_output: 0,
        carries_the_past: false,
        ready: |p, mode| {
            let value = KnowSureThing::pairs(p, mode).into_iter().map(|(lag, mean)| lag + mean).max().unwrap_or(1);
            match mode {
                EvaluationMode::Exodus => value + KST_SIGNAL - 1,
                EvaluationMode::Official => value,
            }
        },
        build: |p, mode| Box::new(KnowSureThing::new(p, mode)),
    },
    IndicatorType {
        id: "coppock",
        title: LocalText { ko: "코포크 곡선", en: "Coppock curve" },
        description: LocalText {
            ko: "두 기간의 변화율을 더해 가중평균한 값입니다. 0 아래에서 위로 돌아설 때를 매수 신호로 봅니다.",
            en: "Weighted average of the sum of two rates of change. Turning up from below 0 is read as a signal to buy.",
        },
        category: Category::Trend,
        parameters: &[
            IndicatorParameter::length(
                "short_roc",
                LocalText { ko: "짧은 변화율 기간", en: "Short rate of change" },
                11,
                100,
            ),
            IndicatorParameter::length(
                "long_roc",
                LocalText { ko: "긴 변화율 기간", en: "Long rate of change" },
                14,
                100,
            ),
            IndicatorParameter::length("wma", LocalText { ko: "가중평균 기간", en: "Weighted average" }, 10, 100),
        ],
        constraints: &[],
        outputs: VALUE,
        default_output: 0,
        carries_the_past: false,
        ready: |p, _| p.count("short_roc").max(p.count("long_roc")) + p.count("wma"),
        build: |p, _| Box::new(OfClose(Coppock::new(p))),
    },
    IndicatorType {
        id: "mass_index",
        title: LocalText { ko: "매스 지수", en: "Mass index" },
        description: LocalText {
            ko: "봉의 진폭이 넓어지는 정도입니다. 크게 올랐다가 내려오면 추세가 바뀔 수 있다고 봅니다.",
            en: "How much the range of the bars widens. A bulge that falls again is read as a coming reversal.",
        },
        category: Category::Trend,
        parameters: &[
            IndicatorParameter::length(
                "ema_period",
                LocalText { ko: "지수평균 기간", en: "Exponential average" },
                9,
                100,
            ),
            IndicatorParameter::length("sum_period", LocalText { ko: "합계 기간", en: "Sum" }, 25, 100),
        ],
        constraints: &[],
        outputs: VALUE,
        default_output: 0,
        carries_the_past: true,
        ready: |p, _| 2 * (p.count("ema_period") - 1) + p.count("sum_period"),
        build: |p, _| Box::new(MassIndex::new(p.count("ema_period"), p.count("sum_period"))),
    },
    IndicatorType {
        id: "schaff",
        title: LocalText { ko: "샤프 추세 순환 (STC)", en: "Schaff trend cycle (STC)" },
        description: LocalText {
            ko: "MACD가 최근 범위의 어디에 있는지를 두 번 평활하여 0에서 100까지로 나타냅니다.",
            en: "Where MACD stands within its recent range, smoothed twice, from 0 to 100.",
        },
        category: Category::Trend,
        parameters: &[
            IndicatorParameter::length("cycle", LocalText { ko: "순환 기간", en: "Cycle" }, 10, 100),
            fast(23),
            slow(50),
        ],
        constraints: FAST_IS_FASTER,
        outputs: VALUE,
        default_output: 0,
        carries_the_past: true,
        ready: |p, _| p.count("slow") + p.count("cycle") - 1,
        build: |p, _| Box::new(OfClose(SchaffCycle::new(p))),
    },
    IndicatorType {
        id: "fisher",
        title: LocalText { ko: "피셔 변환", en: "Fisher transform" },
        description: LocalText {
            ko: "최근 범위 안의 가격 위치를 정규분포에 가깝게 바꿔 방향이 바뀌는 점을 뚜렷하게 합니다.",
            en: "The place of prices within their recent range, made nearly normal so that turns stand out.",
        },
        category: Category::Trend,
        parameters: &[IndicatorParameter::period(10, 100)],
        constraints: &[],
        outputs: VALUE,
        default_output: 0,
        carries_the_past: true,
        ready: |p, _| p.count("period"),
        build: |p, _| Box::new(Fisher::new(p.count("period"))),
    },
];

/// Bars of the signal line of [`KnowSureThing`].
const KST_SIGNAL: usize = 9;

/// KST: SMA₁₀(r₁) + 2·SMA₁₀(r₂) + 3·SMA₁₀(r₃) + 4·SMA₁₅(r₄) with rᵢ the percent change over `roc`i closes, and its
/// SMA(9) as signal. Ready with bar max(roci + meani) + 8.
///
/// Martin Pring, "Summed Rate of Change (KST)", Technical Analysis of Stocks & Commodities, September 1992. The broker's
/// backtester passes the lengths in another order than its engine takes them: the official mode has the pairs of change and
/// mean (roc1, roc2), (roc3, roc4), (10, 13), (15, 20), is ready with bar max(change + mean), 50 by default, and has no
/// signal, which ends a run there.
#[derive(Debug)]
struct KnowSureThing {
    changes: [SmoothedChange; 4],
    signal: Option<Sma>,
}

#[derive(Debug)]
struct SmoothedChange {
    earlier: Delay,
    mean: Sma,
}

impl Filter for SmoothedChange {
    #[inline]
    fn push(&mut self, close: f64) -> Option<f64> {
        let earlier = self.earlier.push(close)?;
        self.mean.push(percent_change(close, earlier))
    }
}

impl KnowSureThing {
    /// Bars of the four changes, and of the means over them.
    fn pairs(parameters: &Parameters, mode: EvaluationMode) -> [(usize, usize); 4] {
        let [first, second, third, fourth] = ["roc1", "roc2", "roc3", "roc4"].map(|key| parameters.count(key));
        match mode {
            EvaluationMode::Exodus => [(first, 10), (second, 10), (third, 10), (fourth, 15)],
            EvaluationMode::Official => [(first, second), (third, fourth), (10, 13), (15, 20)],
        }
    }

    fn new(parameters: &Parameters, mode: EvaluationMode) -> Self {
        let changes = Self::pairs(parameters, mode)
            .map(|(lag, mean)| SmoothedChange { earlier: Delay::new(lag), mean: Sma::new(mean) });
        let signal = match mode {
            EvaluationMode::Exodus => Some(Sma::new(KST_SIGNAL)),
            EvaluationMode::Official => None,
        };
        Self { changes, signal }
    }
}

impl Study for KnowSureThing {
    fn step(&mut self, bar: &StudyBar) -> Option<Values> {
        let [first, second, third, fourth] = self.changes.each_mut().map(|change| change.push(bar.close));
        let value = first? + 2.0 * second? + 3.0 * third? + 4.0 * fourth?;
        let Some(signal) = &mut self.signal else { return Some(Values::from(value)) };
        Some(Values::new([value, signal.push(value)?]))
    }
}

/// Coppock curve: LWMA of the sum of the percent changes over the short and the long length; ready with bar
/// max(short, long) + wma.
///
/// Edwin Sedgwick Coppock, Barron's, 15 October 1962.
#[derive(Debug)]
struct Coppock {
    short: Delay,
    long: Delay,
    average: Lwma,
}

impl Coppock {
    fn new(parameters: &Parameters) -> Self {
        Self {
            short: Delay::new(parameters.count("short_roc")),
            long: Delay::new(parameters.count("long_roc")),
            average: Lwma::new(parameters.count("wma")),
        }
    }
}

impl Filter for Coppock {
    #[inline]
    fn push(&mut self, close: f64) -> Option<f64> {
        let (short, long) = (self.short.push(close), self.long.push(close));
        self.average.push(percent_change(close, short?) + percent_change(close, long?))
    }
}

/// Mass index: Σ over `sum_period` bars of EMA(H − L) / EMA(EMA(H − L)), a quotient of 0 where bars have no range; ready
/// with bar 2·(ema_period − 1) + sum_period.
///
/// Donald Dorsey, "The Mass Index", Technical Analysis of Stocks & Commodities, June 1992.
#[derive(Debug)]
struct MassIndex {
    inner: Ema,
    outer: Ema,
    sum: Sum,
}

impl MassIndex {
    fn new(ema_period: usize, sum_period: usize) -> Self {
        Self { inner: Ema::new(ema_period), outer: Ema::new(ema_period), sum: Sum::new(sum_period) }
    }
}

impl Study for MassIndex {
    fn step(&mut self, bar: &StudyBar) -> Option<Values> {
        let inner = self.inner.push(bar.high - bar.low)?;
        let outer = self.outer.push(inner)?;
        self.sum.push(ratio_or(inner, outer, 0.0)).map(Values::from)
    }
}

/// Schaff trend cycle: K = place of MACD(fast, slow) in its range of `cycle` bars, D = EMA₃(K), K' = place of D in its
/// range of `cycle` bars, value = EMA₃(K'), each place from 0 to 100, and 0 where there is no range. Ready with bar
/// slow + cycle − 1.
///
/// Doug Schaff (1999). As in the broker's engine everything runs from the first bar on: averages are 0 before they are
/// ready, and ranges hold what there is.
#[derive(Debug)]
struct SchaffCycle {
    fast: Ema,
    slow: Ema,
    inner: SmoothedPlace,
    outer: SmoothedPlace,
    bars: usize,
    ready: usize,
}

impl SchaffCycle {
    fn new(parameters: &Parameters) -> Self {
        let (cycle, slow) = (parameters.count("cycle"), parameters.count("slow"));
        Self {
            fast: Ema::new(parameters.count("fast")),
            slow: Ema::new(slow),
            inner: SmoothedPlace::new(cycle),
            outer: SmoothedPlace::new(cycle),
            bars: 0,
            ready: slow + cycle - 1,
        }
    }
}

impl Filter for SchaffCycle {
    fn push(&mut self, close: f64) -> Option<f64> {
        let macd = self.fast.push(close).unwrap_or(0.0) - self.slow.push(close).unwrap_or(0.0);
        let value = self.outer.push(self.inner.push(macd));
        self.bars += 1;
        (self.bars >= self.ready).then_some(value)
    }
}

/// Place of a value in the range of the last bars, from 0 to 100, averaged by EMA₃.
#[derive(Debug)]
struct SmoothedPlace {
    range: HighLow,
    average: Ema,
}

impl SmoothedPlace {
    fn new(period: usize) -> Self {
        let mut range = HighLow::new(period);
        // What no value falls short of and none exceeds: so the range is that of what there is from the first bar on.
        for _ in 1..period {
            range.push(f64::NEG_INFINITY, f64::INFINITY);
        }
        Self { range, average: Ema::new(3) }
    }

    #[inline]
    fn push(&mut self, value: f64) -> f64 {
        let (highest, lowest) = self.range.push(value, value).unwrap_or((value, value));
        let place = if highest > lowest { 100.0 * (value - lowest) / (highest - lowest) } else { 0.0 };
        self.average.push(place).unwrap_or(0.0)
    }
}

/// Fisher transform: of m = (H + L)/2 the place in the range of p bars, x = 0.66·(place − ½) + 0.67·x₋₁ (0 where there is
/// no range), y = ½·ln((1 + x)/(1 − x)) with x held within ±0.999, value = y + ½·value₋₁; ready with bar p, both
/// recursions starting there from 0.
///
/// John Ehlers, "Using the Fisher Transform", Technical Analysis of Stocks & Commodities, November 2002.
#[derive(Debug)]
struct Fisher {
    range: HighLow,
    smoothed: f64,
    value: f64,
}

impl Fisher {
    fn new(period: usize) -> Self {
        Self { range: HighLow::new(period), smoothed: 0.0, value: 0.0 }
    }
}

impl Study for Fisher {
    fn step(&mut self, bar: &StudyBar) -> Option<Values> {
        let middle = (bar.high + bar.low) / 2.0;
        let (highest, lowest) = self.range.push(middle, middle)?;
        self.smoothed = if highest > lowest {
            0.66 * ((middle - lowest) / (highest - lowest) - 0.5) + 0.67 * self.smoothed
        } else {
            0.0
        };
        let held = self.smoothed.clamp(-0.999, 0.999);
        self.value = 0.5 * ((1.0 + held) / (1.0 - held)).ln() + 0.5 * self.value;
        Some(Values::from(self.value))
    }
}

#[cfg(test)]
pub(super) const READY: &[(&str, &str, usize)] = &[
    // The change over 30 and its mean over 15 come last; the signal takes 8 bars more.
    ("kst", "{}", 53),
    ("kst", r#"{"roc1": 2, "roc2": 40, "roc3": 4, "roc4": 5}"#, 58),
    ("coppock", "{}", 24),
    ("coppock", r#"{"short_roc": 20, "long_roc": 14, "wma": 3}"#, 23),
    ("mass_index", "{}", 41),
    ("mass_index", r#"{"ema_period": 1, "sum_period": 4}"#, 4),
    ("schaff", "{}", 59),
    ("schaff", r#"{"cycle": 5, "fast": 3, "slow": 12}"#, 16),
    ("fisher", "{}", 10),
    ("fisher", r#"{"period": 4}"#, 4),
];
