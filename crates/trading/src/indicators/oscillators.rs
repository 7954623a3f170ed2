//! Oscillators made of the changes of closes.

use super::blocks::{
    Delay, Ema, Filter, Highest, Lowest, OfClose, Previous, Sma, WarmUp, Wilder, percent_change, ratio_or,
};
use super::catalog::{Category, IndicatorType, VALUE};
use super::parameters::{IndicatorParameter, Parameters};
use super::values::{Study, StudyBar, Values};
use crate::catalog::LocalText;

pub(super) const TYPES: &[IndicatorType] = &[
    IndicatorType {
        id: "rsi",
        title: LocalText { ko: "상대강도지수 (RSI)", en: "Relative strength index (RSI)" },
        description: LocalText {
            ko: "평균 상승폭과 평균 하락폭을 견주어 0에서 100까지로 나타냅니다. 70 이상은 과매수, 30 이하는 과매도로 봅니다.",
            en: "Compares the mean rise with the mean fall, from 0 to 100. Above 70 counts as overbought, below 30 as oversold.",
        },
        category: Category::Oscillator,
        parameters: &[IndicatorParameter::period(14, 100)],
        constraints: &[],
        outputs: VALUE,
        default_output: 0,
        carries_the_past: true,
        ready: |p, _| p.count("period") + 1,
        build: |p, _| Box::new(OfClose(RelativeStrength::new(p.count("period")))),
    },
    IndicatorType {
        id: "stochrsi",
        title: LocalText { ko: "스토캐스틱 RSI", en: "Stochastic RSI" },
        description: LocalText {
            ko: "RSI가 최근 RSI의 범위 가운데 어디쯤인지를 0에서 100까지로 나타냅니다.",
            en: "Where the RSI stands in the range of its own last values, from 0 to 100.",
        },
        category: Category::Oscillator,
        parameters: &[
            IndicatorParameter::length("rsi_period", LocalText { ko: "RSI 기간", en: "RSI period" }, 14, 100),
            IndicatorParameter::length(
                "stoch_period",
                LocalText { ko: "스토캐스틱 기간", en: "Stochastic period" },
                14,
                100,
            ),
            IndicatorParameter::integer("k_period", K_SMOOTHING, 3, (1, 100), (1, 100)),
            IndicatorParameter::integer("d_period", D_SMOOTHING, 3, (1, 100), (1, 100)),
        ],
        constraints: &[],
        outputs: &["k", "d"],
        default_output: 0,
        carries_the_past: true,
        ready: |p, _| stochastic_rsi_ready(p),
        build: |p, _| Box::new(StochasticRsi::new(p)),
    },
    IndicatorType {
        id: "cmo",
        title: LocalText { ko: "찬드 모멘텀 오실레이터 (CMO)", en: "Chande momentum oscillator (CMO)" },
        description: LocalText {
            ko: "상승폭과 하락폭의 차이를 둘의 합으로 나눈 값으로 -100에서 100까지입니다.",
            en: "Rises less falls over their sum, from -100 to 100.",
        },
        category: Category::Oscillator,
        parameters: &[IndicatorParameter::period(14, 100)],
        constraints: &[],
        outputs: VALUE,
        default_output: 0,
        carries_the_past: true,
        ready: |p, _| p.count("period") + 1,
        build: |p, _| Box::new(OfClose(Chande::new(p.count("period")))),
    },
    IndicatorType {
        id: "momentum",
        title: LocalText { ko: "모멘텀", en: "Momentum" },
        description: LocalText {
            ko: "기간 전 종가에 대한 등락률(%)입니다. 변화율(ROC)과 같은 값입니다.",
            en: "Change from the close a period ago, in percent. The same as the rate of change.",
        },
        category: Category::Oscillator,
        parameters: &[IndicatorParameter::period(10, 100)],
        constraints: &[],
        outputs: VALUE,
        default_output: 0,
        carries_the_past: false,
        ready: |p, _| p.count("period") + 1,
        build: |p, _| Box::new(OfClose(RateOfChange(Delay::new(p.count("period"))))),
    },
    IndicatorType {
        id: "roc",
        title: LocalText { ko: "변화율 (ROC)", en: "Rate of change (ROC)" },
        description: LocalText {
            ko: "기간 전 종가에 대한 등락률(%)입니다.",
            en: "Change from the close a period ago, in percent.",
        },
        category: Category::Oscillator,
        parameters: &[IndicatorParameter::period(10, 100)],
        constraints: &[],
        outputs: VALUE,
        default_output: 0,
        carries_the_past: false,
        ready: |p, _| p.count("period") + 1,
        build: |p, _| Box::new(OfClose(RateOfChange(Delay::new(p.count("period"))))),
    },
    IndicatorType {
        id: "tsi",
        title: LocalText { ko: "참강도지수 (TSI)", en: "True strength index (TSI)" },
        description: LocalText {
            ko: "가격 변화를 두 번 평활한 값을 변화 크기를 두 번 평활한 값으로 나눕니다. -100에서 100까지입니다.",
            en: "Twice smoothed changes over twice smoothed sizes of changes, from -100 to 100.",
        },
        category: Category::Oscillator,
        parameters: &[
            IndicatorParameter::length("long_period", LocalText { ko: "긴 평활 기간", en: "Long smoothing" }, 25, 100),
            IndicatorParameter::length(
                "short_period",
                LocalText { ko: "짧은 평활 기간", en: "Short smoothing" },
                13,
                100,
            ),
            IndicatorParameter::length("signal_period", LocalText { ko: "시그널 기간", en: "Signal period" }, 7, 100),
        ],
        constraints: &[],
        outputs: &["value", "signal"],
        default_output: 0,
        carries_the_past: true,
        ready: |p, _| p.count("long_period") + p.count("short_period"),
        build: |p, _| Box::new(TrueStrength::new(p)),
    },
];

pub(super) const K_SMOOTHING: LocalText = LocalText { ko: "%K 기간", en: "%K period" };
pub(super) const D_SMOOTHING: LocalText = LocalText { ko: "%D 기간", en: "%D period" };

/// Wilder averages of rises and falls; a change of zero is a rise of zero.
#[derive(Debug)]
struct Changes {
    previous: Previous,
    rises: Wilder,
    falls: Wilder,
}

impl Changes {
    fn new(period: usize) -> Self {
        Self { previous: Previous::default(), rises: Wilder::new(period), falls: Wilder::new(period) }
    }

    /// Mean rise and mean fall, both zero or more.
    #[inline]
    fn push(&mut self, value: f64) -> Option<(f64, f64)> {
        let change = value - self.previous.push(value)?;
        let (rise, fall) = (self.rises.push(change.max(0.0)), self.falls.push((-change).max(0.0)));
        Some((rise?, fall?))
    }
}

/// RSI: 100 · mean rise / (mean rise + mean fall), both Wilder averages; 100 while the mean fall rounds to zero at ten
/// places; ready with bar p + 1.
///
/// J. Welles Wilder, "New Concepts in Technical Trading Systems" (1978).
#[derive(Debug)]
struct RelativeStrength(Changes);

impl RelativeStrength {
    fn new(period: usize) -> Self {
        Self(Changes::new(period))
    }

    /// The index so far; before it is ready of the changes there are, and 100 without any.
    #[inline]
    fn current(&self) -> f64 {
        let (rise, fall) = (self.0.rises.current(), self.0.falls.current());
        if fall <= 0.5e-10 { 100.0 } else { 100.0 * rise / (rise + fall) }
    }
}

impl Filter for RelativeStrength {
    #[inline]
    fn push(&mut self, value: f64) -> Option<f64> {
        self.0.push(value).map(|_| self.current())
    }
}

/// CMO: 100 · (mean rise − mean fall) / (mean rise + mean fall), both Wilder averages; 0 without a change; ready with
/// bar p + 1.
///
/// Tushar Chande and Stanley Kroll, "The New Technical Trader" (1994), smoothed as in TA-Lib.
#[derive(Debug)]
pub(super) struct Chande(Changes);

impl Chande {
    pub(super) fn new(period: usize) -> Self {
        Self(Changes::new(period))
    }
}

impl Filter for Chande {
    #[inline]
    fn push(&mut self, value: f64) -> Option<f64> {
        let (rise, fall) = self.0.push(value)?;
        Some(100.0 * ratio_or(rise - fall, rise + fall, 0.0))
    }
}

/// Rate of change: 100 · (C − C₋ₚ) / C₋ₚ; ready with bar p + 1.
#[derive(Debug)]
struct RateOfChange(Delay);

impl Filter for RateOfChange {
    #[inline]
    fn push(&mut self, value: f64) -> Option<f64> {
        self.0.push(value).map(|base| percent_change(value, base))
    }
}

/// Mean of the last values, or of those there are.
#[derive(Debug)]
struct MeanSoFar {
    mean: Sma,
    sum: f64,
    count: f64,
}

impl MeanSoFar {
    fn new(period: usize) -> Self {
        Self { mean: Sma::new(period), sum: 0.0, count: 0.0 }
    }

    #[inline]
    fn push(&mut self, value: f64) -> f64 {
        self.mean.push(value).unwrap_or_else(|| {
            self.sum += value;
            self.count += 1.0;
            self.sum / self.count
        })
    }
}

/// Stochastic RSI: k = SMA of 100 · (RSI − lowest) / (highest − lowest) over the last RSIs, 100 where these are equal;
/// d = SMA of k; ready with bar rsi + stoch + max(k, d).
///
/// As in the engine, RSIs from before theirs is ready take part: one of them is still in d on the first bar. RSIs less
/// than a billionth apart count as equal: while closes stand still, an RSI moves by rounding alone.
///
/// Tushar Chande and Stanley Kroll, "The New Technical Trader" (1994).
#[derive(Debug)]
struct StochasticRsi {
    index: RelativeStrength,
    highest: Highest,
    lowest: Lowest,
    k: MeanSoFar,
    d: MeanSoFar,
    warm_up: WarmUp,
}

fn stochastic_rsi_ready(p: &Parameters) -> usize {
    p.count("rsi_period") + p.count("stoch_period") + p.count("k_period").max(p.count("d_period"))
}

impl StochasticRsi {
    fn new(parameters: &Parameters) -> Self {
        let range = parameters.count("stoch_period");
        Self {
            index: RelativeStrength::new(parameters.count("rsi_period")),
            highest: Highest::new(range),
            lowest: Lowest::new(range),
            k: MeanSoFar::new(parameters.count("k_period")),
            d: MeanSoFar::new(parameters.count("d_period")),
            warm_up: WarmUp::new(stochastic_rsi_ready(parameters)),
        }
    }
}

impl Study for StochasticRsi {
    #[inline]
    fn step(&mut self, bar: &StudyBar) -> Option<Values> {
        let is_ready = self.warm_up.is_over();
        self.index.push(bar.close);
        let index = self.index.current();
        let (highest, lowest) = (self.highest.push(index), self.lowest.push(index));
        let (highest, lowest) = (highest?, lowest?);
        let range = highest - lowest;
        let k = self.k.push(if range <= 1e-9 { 100.0 } else { 100.0 * (index - lowest) / range });
        let d = self.d.push(k);
        is_ready.then(|| Values::new([k, d]))
    }
}

/// TSI: 100 · EMA(EMA(ΔC)) / EMA(EMA(|ΔC|)), the long average inside the short one; signal = EMA of it, 0 until it has
/// as many values as it averages; ready with bar long + short.
///
/// William Blau, "True Strength Index", Technical Analysis of Stocks & Commodities, November 1991.
#[derive(Debug)]
struct TrueStrength {
    previous: Previous,
    change: Twice,
    size: Twice,
    signal: Ema,
}

/// Exponential average of an exponential average.
#[derive(Debug)]
struct Twice {
    long: Ema,
    short: Ema,
}

impl Twice {
    fn new(parameters: &Parameters) -> Self {
        let average = |key| Ema::new(parameters.count(key));
        Self { long: average("long_period"), short: average("short_period") }
    }
}

impl Filter for Twice {
    #[inline]
    fn push(&mut self, value: f64) -> Option<f64> {
        let long = self.long.push(value)?;
        self.short.push(long)
    }
}

impl TrueStrength {
    fn new(parameters: &Parameters) -> Self {
        Self {
            previous: Previous::default(),
            change: Twice::new(parameters),
            size: Twice::new(parameters),
            signal: Ema::new(parameters.count("signal_period")),
        }
    }
}

impl Study for TrueStrength {
    #[inline]
    fn step(&mut self, bar: &StudyBar) -> Option<Values> {
        let change = bar.close - self.previous.push(bar.close)?;
        let (smooth, size) = (self.change.push(change), self.size.push(change.abs()));
        let value = 100.0 * ratio_or(smooth?, size?, 0.0);
        let signal = self.signal.push(value).unwrap_or(0.0);
        Some(Values::new([value, signal]))
    }
}

#[cfg(test)]
pub(super) const READY: &[(&str, &str, usize)] = &[
    ("rsi", "{}", 15),
    ("rsi", r#"{"period": 2}"#, 3),
    ("stochrsi", "{}", 31),
    ("stochrsi", r#"{"rsi_period": 7, "stoch_period": 5, "k_period": 2, "d_period": 4}"#, 16),
    ("cmo", "{}", 15),
    ("cmo", r#"{"period": 9}"#, 10),
    ("momentum", "{}", 11),
    ("momentum", r#"{"period": 60}"#, 61),
    ("roc", "{}", 11),
    ("roc", r#"{"period": 1}"#, 2),
    ("tsi", "{}", 38),
    ("tsi", r#"{"long_period": 10, "short_period": 5, "signal_period": 3}"#, 15),
];
