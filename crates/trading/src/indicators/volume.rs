//! Shares traded, and the prices they changed hands at.

use super::blocks::{AccumulationLine, Ema, Filter, Previous, Sma, Sum, money_flow_volume, ratio_or, typical_price};
use super::catalog::{Category, IndicatorType, VALUE};
use super::parameters::IndicatorParameter;
use super::values::{Study, StudyBar, Values};
use crate::catalog::LocalText;

pub(super) const TYPES: &[IndicatorType] = &[
    IndicatorType {
        id: "obv",
        title: LocalText { ko: "누적 거래량 (OBV)", en: "On-balance volume (OBV)" },
        description: LocalText {
            ko: "종가가 오른 날의 거래량을 더하고 내린 날의 거래량을 뺀 누계입니다.",
            en: "Running total of volume: added when the close rises, taken away when it falls.",
        },
        category: Category::Volume,
        parameters: &[],
        constraints: &[],
        outputs: VALUE,
        default_output: 0,
        carries_the_past: false,
        ready: |_, _| 1,
        build: |_, _| Box::new(OnBalance::default()),
    },
    IndicatorType {
        id: "ad",
        title: LocalText { ko: "매집·분산선 (AD)", en: "Accumulation/distribution line (AD)" },
        description: ACCUMULATION,
        category: Category::Volume,
        parameters: &[],
        constraints: &[],
        outputs: VALUE,
        default_output: 0,
        carries_the_past: false,
        ready: |_, _| 1,
        build: |_, _| Box::new(Accumulation::default()),
    },
    IndicatorType {
        id: "adl",
        title: LocalText { ko: "매집·분산선 (ADL)", en: "Accumulation/distribution line (ADL)" },
        description: ACCUMULATION,
        category: Category::Volume,
        parameters: &[],
        constraints: &[],
        outputs: VALUE,
        default_output: 0,
        carries_the_past: false,
        ready: |_, _| 1,
        build: |_, _| Box::new(Accumulation::default()),
    },
    IndicatorType {
        id: "cmf",
        title: LocalText { ko: "차이킨 자금 흐름 (CMF)", en: "Chaikin money flow (CMF)" },
        description: LocalText {
            ko: "종가가 봉의 위쪽에서 끝난 거래량의 비중입니다. 1에 가까우면 매집, −1에 가까우면 분산입니다.",
            en: "Volume weighted by where the close stands in its bar: near 1 accumulation, near −1 distribution.",
        },
        category: Category::Volume,
        parameters: &[IndicatorParameter::period(20, 100)],
        constraints: &[],
        outputs: VALUE,
        default_output: 0,
        carries_the_past: false,
        ready: |p, _| p.count("period"),
        build: |p, _| Box::new(ChaikinFlow::new(p.count("period"))),
    },
    IndicatorType {
        id: "mfi",
        title: LocalText { ko: "자금 흐름 지수 (MFI)", en: "Money flow index (MFI)" },
        description: LocalText {
            ko: "가격이 오른 날의 거래대금이 차지하는 비율입니다. 80 이상은 과매수, 20 이하는 과매도로 봅니다.",
            en: "Share of the money traded on days of rising prices. Above 80 reads as overbought, below 20 as oversold.",
        },
        category: Category::Volume,
        parameters: &[IndicatorParameter::period(14, 100)],
        constraints: &[],
        outputs: VALUE,
        default_output: 0,
        carries_the_past: false,
        ready: |p, _| p.count("period"),
        build: |p, _| Box::new(MoneyFlow::new(p.count("period"))),
    },
    IndicatorType {
        id: "force",
        title: LocalText { ko: "세력 지수", en: "Force index" },
        description: LocalText {
            ko: "종가 변화에 거래량을 곱해 평균한 값입니다. 0보다 크면 매수세가 강합니다.",
            en: "Average of the change of the close times the volume. Above 0 the buyers are stronger.",
        },
        category: Category::Volume,
        parameters: &[IndicatorParameter::period(13, 100)],
        constraints: &[],
        outputs: VALUE,
        default_output: 0,
        carries_the_past: true,
        ready: |p, _| p.count("period") + 1,
        build: |p, _| Box::new(Force::new(p.count("period"))),
    },
    IndicatorType {
        id: "vwap",
        title: LocalText { ko: "거래량가중평균가 (VWAP)", en: "Volume-weighted average price (VWAP)" },
        description: LocalText {
            ko: "최근 봉의 평균 가격을 거래량으로 가중한 평균입니다. 하루가 아니라 정한 기간의 값입니다.",
            en: "Mean price of the last bars weighted by volume, over the given period and not over the day.",
        },
        category: Category::Volume,
        parameters: &[IndicatorParameter::period(14, 500)],
        constraints: &[],
        outputs: VALUE,
        default_output: 0,
        carries_the_past: false,
        ready: |p, _| p.count("period"),
        build: |p, _| Box::new(AveragePrice::new(p.count("period"))),
    },
    IndicatorType {
        id: "vwma",
        title: LocalText { ko: "거래량가중이동평균 (VWMA)", en: "Volume-weighted moving average (VWMA)" },
        description: LocalText {
            ko: "최근 종가를 거래량으로 가중한 이동평균입니다.",
            en: "Mean of the last closes weighted by volume.",
        },
        category: Category::Volume,
        parameters: &[IndicatorParameter::period(20, 100)],
        constraints: &[],
        outputs: VALUE,
        default_output: 0,
        carries_the_past: false,
        ready: |p, _| p.count("period"),
        build: |p, _| Box::new(WeightedClose::new(p.count("period"))),
    },
    IndicatorType {
        id: "eom",
        title: LocalText { ko: "이동 용이성 (EOM)", en: "Ease of movement (EOM)" },
        description: LocalText {
            ko: "적은 거래량으로 가격이 얼마나 쉽게 움직이는지를 나타냅니다. 0보다 크면 쉽게 오릅니다.",
            en: "How easily prices move on little volume. Above 0 they rise easily.",
        },
        category: Category::Volume,
        parameters: &[
            IndicatorParameter::period(14, 100),
            IndicatorParameter::integer(
                "scale",
                LocalText { ko: "거래량을 나누는 수", en: "Divisor of the volume" },
                10_000,
                (1, 100_000),
                (1, 1_000_000_000),
            ),
        ],
        constraints: &[],
        outputs: VALUE,
        default_output: 0,
        carries_the_past: false,
        ready: |p, _| p.count("period"),
        build: |p, _| Box::new(EaseOfMovement::new(p.count("period"), p.count("scale"))),
    },
];

const ACCUMULATION: LocalText = LocalText {
    ko: "종가가 봉의 위쪽에서 끝날수록 거래량을 더하고 아래쪽에서 끝날수록 뺀 누계입니다.",
    en: "Running total of volume, added the more the higher the close stands in its bar, taken away the lower it stands.",
};

/// OBV: starts with the first volume; + volume when the close rises, − volume when it falls. Ready with the first bar.
///
/// Joseph Granville, "New Key to Stock Market Profits" (1963); as TA-Lib's OBV.
#[derive(Debug, Default)]
struct OnBalance {
    close: Previous,
    total: f64,
}

impl Study for OnBalance {
    fn step(&mut self, bar: &StudyBar) -> Option<Values> {
        let previous = self.close.push(bar.close).unwrap_or(f64::NEG_INFINITY);
        // Whole shares: exact up to 2⁵³ of them.
        if bar.close > previous {
            self.total += bar.volume;
        } else if bar.close < previous {
            self.total -= bar.volume;
        }
        Some(Values::from(self.total))
    }
}

/// Accumulation/distribution: Σ V·((C − L) − (H − C))/(H − L) from the first bar on, 0 of a bar without a range. Ready with
/// the first bar.
///
/// Marc Chaikin; as TA-Lib's AD.
#[derive(Debug, Default)]
struct Accumulation(AccumulationLine);

impl Study for Accumulation {
    fn step(&mut self, bar: &StudyBar) -> Option<Values> {
        Some(Values::from(self.0.push(bar)))
    }
}

/// Chaikin money flow: Σ money-flow volume / Σ volume over p bars, 0 without volume; ready with bar p.
///
/// Marc Chaikin (1980s).
#[derive(Debug)]
struct ChaikinFlow {
    flow: Sum,
    volume: Sum,
}

impl ChaikinFlow {
    fn new(period: usize) -> Self {
        Self { flow: Sum::new(period), volume: Sum::new(period) }
    }
}

impl Study for ChaikinFlow {
    fn step(&mut self, bar: &StudyBar) -> Option<Values> {
        let (flow, volume) = (self.flow.push(money_flow_volume(bar)), self.volume.push(bar.volume));
        Some(Values::from(ratio_or(flow?, volume?, 0.0)))
    }
}

/// Money flow index: 100·F⁺/(F⁺ + F⁻) over p bars, F⁺ the sum of typical price × volume of bars whose typical price rose,
/// F⁻ of bars whose typical price fell; the first bar counts as risen; 100 where there is no flow. Ready with bar p.
///
/// Gene Quong and Avrum Soudack, "Volume-weighted RSI: Money Flow", Technical Analysis of Stocks & Commodities, March
/// 1989. TA-Lib's MFI leaves the first bar out, and so is equal from bar p + 1 on.
#[derive(Debug)]
struct MoneyFlow {
    price: Previous,
    up: Sum,
    down: Sum,
}

impl MoneyFlow {
    fn new(period: usize) -> Self {
        Self { price: Previous::default(), up: Sum::new(period), down: Sum::new(period) }
    }
}

impl Study for MoneyFlow {
    fn step(&mut self, bar: &StudyBar) -> Option<Values> {
        let price = typical_price(bar);
        let previous = self.price.push(price).unwrap_or(f64::NEG_INFINITY);
        let flow = price * bar.volume;
        let up = self.up.push(if price > previous { flow } else { 0.0 });
        let down = self.down.push(if price < previous { flow } else { 0.0 });
        let (up, down) = (up?, down?);
        Some(Values::from(ratio_or(100.0 * up, up + down, 100.0)))
    }
}

/// Force index: EMA of (C − C₋₁)·V; ready with bar p + 1.
///
/// Alexander Elder, "Trading for a Living" (1993).
#[derive(Debug)]
struct Force {
    close: Previous,
    average: Ema,
}

impl Force {
    fn new(period: usize) -> Self {
        Self { close: Previous::default(), average: Ema::new(period) }
    }
}

impl Study for Force {
    fn step(&mut self, bar: &StudyBar) -> Option<Values> {
        let previous = self.close.push(bar.close)?;
        self.average.push((bar.close - previous) * bar.volume).map(Values::from)
    }
}

/// Sum of prices times volumes over the sum of volumes.
#[derive(Debug)]
struct VolumeWeighted {
    amount: Sum,
    volume: Sum,
}

impl VolumeWeighted {
    fn new(period: usize) -> Self {
        Self { amount: Sum::new(period), volume: Sum::new(period) }
    }

    /// The average; `otherwise` where nothing was traded.
    #[inline]
    fn push(&mut self, price: f64, volume: f64, otherwise: f64) -> Option<f64> {
        let (amount, volume) = (self.amount.push(price * volume), self.volume.push(volume));
        Some(ratio_or(amount?, volume?, otherwise))
    }
}

/// Rolling VWAP: Σ((O + H + L + C)/4·V) / ΣV over p bars, not defined where nothing was traded; ready with bar p.
#[derive(Debug)]
struct AveragePrice(VolumeWeighted);

impl AveragePrice {
    fn new(period: usize) -> Self {
        Self(VolumeWeighted::new(period))
    }
}

impl Study for AveragePrice {
    fn step(&mut self, bar: &StudyBar) -> Option<Values> {
        let price = (bar.open + bar.high + bar.low + bar.close) / 4.0;
        self.0.push(price, bar.volume, f64::NAN).map(Values::from)
    }
}

/// VWMA: ΣC·V / ΣV over p bars, the close where nothing was traded; ready with bar p.
///
/// Buff Dormeier, "Buff Up Your Moving Averages", Technical Analysis of Stocks & Commodities, February 2001.
#[derive(Debug)]
struct WeightedClose(VolumeWeighted);

impl WeightedClose {
    fn new(period: usize) -> Self {
        Self(VolumeWeighted::new(period))
    }
}

impl Study for WeightedClose {
    fn step(&mut self, bar: &StudyBar) -> Option<Values> {
        self.0.push(bar.close, bar.volume, bar.close).map(Values::from)
    }
}

/// Ease of movement: SMA of Δm ÷ ((V / scale) / (H − L)) with m = (H + L)/2; 0 for a bar without range or volume, whose
/// middle is passed over: the next distance is taken to the last bar that had both, or to the first bar. Ready with bar p.
///
/// Richard Arms, "Volume Cycles in the Stock Market" (1983).
#[derive(Debug)]
struct EaseOfMovement {
    middle: Option<f64>,
    scale: f64,
    average: Sma,
}

impl EaseOfMovement {
    fn new(period: usize, scale: usize) -> Self {
        Self { middle: None, scale: scale as f64, average: Sma::new(period) }
    }
}

impl Study for EaseOfMovement {
    fn step(&mut self, bar: &StudyBar) -> Option<Values> {
        let (middle, range) = ((bar.high + bar.low) / 2.0, bar.high - bar.low);
        let previous = *self.middle.get_or_insert(middle);
        let ease = if range > 0.0 && bar.volume > 0.0 {
            self.middle = Some(middle);
            (middle - previous) * range * (self.scale / bar.volume)
        } else {
            0.0
        };
        self.average.push(ease).map(Values::from)
    }
}

#[cfg(test)]
pub(super) const READY: &[(&str, &str, usize)] = &[
    ("obv", "{}", 1),
    ("ad", "{}", 1),
    ("adl", "{}", 1),
    ("cmf", "{}", 20),
    ("cmf", r#"{"period": 1}"#, 1),
    ("mfi", "{}", 14),
    ("mfi", r#"{"period": 3}"#, 3),
    ("force", "{}", 14),
    ("force", r#"{"period": 2}"#, 3),
    ("vwap", "{}", 14),
    ("vwap", r#"{"period": 100}"#, 100),
    ("vwma", "{}", 20),
    ("vwma", r#"{"period": 4}"#, 4),
    ("eom", "{}", 14),
    ("eom", r#"{"period": 1, "scale": 1}"#, 1),
];
