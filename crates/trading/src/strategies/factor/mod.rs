//! Factors: issues are ranked by a weighted sum of value, size, low volatility, momentum and liquidity, and the best are
//! held.
//!
//! Each factor is standardised over the issues watched and cut at three deviations, as is usual since Fama and MacBeth
//! ("Risk, return, and equilibrium", Journal of Political Economy 81, 1973) regressed returns on such scores. Book value,
//! earnings and shares are those published by the date of the bar.

mod measures;

use exodus_domain::Interval;
use serde::{Deserialize, Serialize};
use serde_json::Value;

pub(crate) use self::measures::{FactorMeasures, RawFactors};
use super::{Strategy, StrategyKind};
use crate::catalog::{LocalText, ParameterError, ParameterRange, ParameterSpec, Preset, Ranks, StrategyType, Unit};
use crate::exits::Exits;
use crate::ranking::{Factor, FactorWeights, HOLD_COUNT, REBALANCE, Ranking, Rebalance, Scoring};
use crate::sizing::{Sizing, SizingMethod};

/// Parameters of a ranking by factors.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FactorParameters {
    /// Weight of book value and earnings over price, in percent; below zero the dear ones are held.
    pub value_weight: f64,
    /// Weight of small market capitalisation, in percent.
    pub size_weight: f64,
    /// Weight of low volatility, in percent.
    pub low_volatility_weight: f64,
    /// Weight of the rise over the look-back, in percent.
    pub momentum_weight: f64,
    /// Weight of little price impact, in percent.
    pub liquidity_weight: f64,
    /// Bars that volatility is measured over.
    pub low_volatility_window: u32,
    /// Bars between the last close and the one it is compared with.
    pub momentum_lookback: u32,
    /// The last bars, which do not count for the rise.
    pub momentum_skip: u32,
    /// Bars that price impact is measured over.
    pub liquidity_window: u32,
    /// Issues held.
    pub hold_count: u32,
    /// How often is decided.
    pub rebalance: Rebalance,
    /// Largest part of the places for issues of one sector, in percent, where the sector is known.
    pub sector_cap_percent: f64,
}

impl FactorParameters {
    /// The weights as ratios.
    pub(crate) fn weights(&self) -> FactorWeights {
        let percent = [
            self.value_weight,
            self.size_weight,
            self.low_volatility_weight,
            self.momentum_weight,
            self.liquidity_weight,
        ];
        FactorWeights(percent.map(|weight| weight / 100.0))
    }

    /// Length of its bars: what is published has a date and no time.
    pub(crate) const INTERVAL: Interval = Interval::Day1;

    pub(crate) fn warm_up_bars(&self) -> usize {
        let weights = self.weights();
        let needed = [
            (Factor::LowVolatility, self.low_volatility_window),
            (Factor::Momentum, self.momentum_lookback),
            (Factor::Liquidity, self.liquidity_window),
        ];
        let bars = needed.iter().filter(|(factor, _)| weights.has(*factor)).map(|(_, bars)| *bars).max();
        // One bar at least tells which month is running.
        usize::try_from(bars.unwrap_or(1)).expect("a few hundred bars fit")
    }

    /// True if fundamentals count.
    pub(crate) fn needs_fundamentals(&self) -> bool {
        let weights = self.weights();
        weights.has(Factor::Value) || weights.has(Factor::Size) || self.sector_cap_percent < 100.0
    }

    pub(crate) fn ranking(&self) -> Ranking {
        let scoring = Scoring::Factors(self.weights());
        Ranking::new(scoring, self.hold_count, self.rebalance, self.sector_cap_percent / 100.0)
    }
}

const fn weight(key: &'static str, title: LocalText, description: LocalText, default: f64) -> ParameterSpec {
    ParameterSpec {
        key,
        title,
        description,
        unit: Some(Unit::Percent),
        group: "factors",
        when: &[],
        range: ParameterRange::Number { minimum: -100.0, maximum: 100.0, default },
    }
}

const fn bars(key: &'static str, title: LocalText, description: LocalText, range: ParameterRange) -> ParameterSpec {
    ParameterSpec { key, title, description, unit: Some(Unit::Bars), group: "measures", when: &[], range }
}

const PARAMETERS: &[ParameterSpec] = &[
    weight(
        "value_weight",
        LocalText { ko: "가치", en: "Value" },
        LocalText {
            ko: "주가에 비해 순자산과 이익이 많은 종목의 비중입니다. 재무 정보를 가져와야 하며, 음수면 반대로 고릅니다.",
            en: "Weight of much book value and earnings for the price. Needs imported fundamentals; below zero it favours the \
                 opposite.",
        },
        0.0,
    ),
    weight(
        "size_weight",
        LocalText { ko: "소형주", en: "Small size" },
        LocalText {
            ko: "시가총액이 작은 종목의 비중입니다. 상장주식수를 가져와야 하며, 음수면 대형주를 고릅니다.",
            en: "Weight of small market capitalisation. Needs imported numbers of shares; below zero it favours large ones.",
        },
        0.0,
    ),
    weight(
        "low_volatility_weight",
        LocalText { ko: "저변동성", en: "Low volatility" },
        LocalText {
            ko: "등락이 작은 종목의 비중입니다. 음수면 등락이 큰 종목을 고릅니다.",
            en: "Weight of small swings. Below zero it favours large ones.",
        },
        50.0,
    ),
    weight(
        "momentum_weight",
        LocalText { ko: "모멘텀", en: "Momentum" },
        LocalText {
            ko: "지난 몇 달 동안 많이 오른 종목의 비중입니다. 음수면 많이 내린 종목을 고릅니다.",
            en: "Weight of a rise over the past months. Below zero it favours what fell.",
        },
        50.0,
    ),
    weight(
        "liquidity_weight",
        LocalText { ko: "유동성", en: "Liquidity" },
        LocalText {
            ko: "거래대금에 비해 가격이 적게 움직이는 종목의 비중입니다. 음수면 거래가 드문 종목을 고릅니다.",
            en: "Weight of little price change for the money traded. Below zero it favours what trades thinly.",
        },
        0.0,
    ),
    bars(
        "low_volatility_window",
        LocalText { ko: "변동성 기간", en: "Volatility period" },
        LocalText { ko: "변동성을 재는 봉의 수입니다.", en: "How many bars volatility is measured over." },
        ParameterRange::Integer { minimum: 5, maximum: 500, default: 60 },
    ),
    bars(
        "momentum_lookback",
        LocalText { ko: "모멘텀 비교 기간", en: "Momentum look-back" },
        LocalText {
            ko: "현재 종가를 몇 봉 전의 종가와 비교할지 정합니다.",
            en: "How many bars back the close lies that the last close is compared with.",
        },
        ParameterRange::Integer { minimum: 2, maximum: 500, default: 250 },
    ),
    bars(
        "momentum_skip",
        LocalText { ko: "모멘텀 제외 기간", en: "Bars momentum skips" },
        LocalText {
            ko: "되돌림이 잦은 최근 봉을 이만큼 빼고 등락률을 계산합니다. 모멘텀 비교 기간보다 2봉 이상 짧아야 합니다.",
            en: "Leaves out so many of the last bars, which tend to reverse. At least two bars less than the look-back.",
        },
        ParameterRange::Integer { minimum: 0, maximum: 60, default: 21 },
    ),
    bars(
        "liquidity_window",
        LocalText { ko: "유동성 기간", en: "Liquidity period" },
        LocalText { ko: "유동성을 재는 봉의 수입니다.", en: "How many bars liquidity is measured over." },
        ParameterRange::Integer { minimum: 5, maximum: 500, default: 60 },
    ),
    HOLD_COUNT,
    REBALANCE,
    ParameterSpec {
        key: "sector_cap_percent",
        title: LocalText { ko: "업종 한도", en: "Sector cap" },
        description: LocalText {
            ko: "한 업종이 차지할 수 있는 보유 종목의 비율입니다. 업종을 아는 종목에만 적용하며 100이면 제한하지 않습니다.",
            en: "Part of the issues held that may be of one sector, where the sector is known. 100 is no cap.",
        },
        unit: Some(Unit::Percent),
        group: "ranking",
        when: &[],
        range: ParameterRange::Number { minimum: 1.0, maximum: 100.0, default: 100.0 },
    },
];

const PRESETS: &[Preset] = &[
    Preset {
        name: LocalText { ko: "저변동성 + 모멘텀", en: "Low volatility and momentum" },
        strategy: || preset(DEFAULTS),
    },
    Preset {
        name: LocalText {
            ko: "저변동성 (상위 20종목, 분기마다)", en: "Low volatility (best 20, quarterly)"
        },
        strategy: || {
            preset(FactorParameters {
                low_volatility_weight: 100.0,
                momentum_weight: 0.0,
                low_volatility_window: 250,
                hold_count: 20,
                rebalance: Rebalance::Quarter,
                ..DEFAULTS
            })
        },
    },
    Preset {
        name: LocalText {
            ko: "가치 + 모멘텀 (재무 정보 필요)", en: "Value and momentum (needs fundamentals)"
        },
        strategy: || {
            preset(FactorParameters {
                value_weight: 50.0,
                low_volatility_weight: 0.0,
                hold_count: 20,
                sector_cap_percent: 30.0,
                ..DEFAULTS
            })
        },
    },
    Preset {
        name: LocalText { ko: "다섯 팩터 (재무 정보 필요)", en: "Five factors (needs fundamentals)" },
        strategy: || {
            preset(FactorParameters {
                value_weight: 30.0,
                size_weight: 10.0,
                low_volatility_weight: 25.0,
                momentum_weight: 25.0,
                liquidity_weight: 10.0,
                hold_count: 30,
                sector_cap_percent: 30.0,
                ..DEFAULTS
            })
        },
    },
];

/// What the parameters above default to.
const DEFAULTS: FactorParameters = FactorParameters {
    value_weight: 0.0,
    size_weight: 0.0,
    low_volatility_weight: 50.0,
    momentum_weight: 50.0,
    liquidity_weight: 0.0,
    low_volatility_window: 60,
    momentum_lookback: 250,
    momentum_skip: 21,
    liquidity_window: 60,
    hold_count: 10,
    rebalance: Rebalance::Month,
    sector_cap_percent: 100.0,
};

fn preset(parameters: FactorParameters) -> Strategy {
    let sizing = Sizing { method: SizingMethod::EqualWeight, rebalance_band_percent: 20.0, ..Sizing::default() };
    Strategy::new(StrategyKind::Factor(parameters), sizing, Exits::default())
}

pub(crate) const TYPE: StrategyType = StrategyType {
    id: "factor",
    title: LocalText { ko: "팩터", en: "Factors" },
    description: LocalText {
        ko: "가치·규모·저변동성·모멘텀·유동성 점수를 더해 순위를 매기고, 순위가 높은 종목을 보유합니다.",
        en: "Ranks issues by value, size, low volatility, momentum and liquidity together, and holds the best.",
    },
    own: PARAMETERS,
    ranks: Ranks::Always,
    stops_in_document: false,
    presets: PRESETS,
    build,
};

fn build(parameters: Value) -> Result<StrategyKind, Vec<ParameterError>> {
    let parameters: FactorParameters = serde_json::from_value(parameters)
        .map_err(|error| vec![ParameterError::new("parameters", error.to_string())])?;
    let weights = parameters.weights();
    if !Factor::ALL.iter().any(|factor| weights.has(*factor)) {
        let message = "one of the five weights must not be 0, or nothing tells the issues apart";
        return Err(vec![ParameterError::new("momentum_weight", message)]);
    }
    if weights.has(Factor::Momentum) && parameters.momentum_skip + 2 > parameters.momentum_lookback {
        let message = format!("must be at least two bars less than the look-back, {}", parameters.momentum_lookback);
        return Err(vec![ParameterError::new("momentum_skip", message)]);
    }
    Ok(StrategyKind::Factor(parameters))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::validate;
    use serde_json::json;

    #[test]
    fn weights_that_say_nothing_and_a_skip_that_leaves_nothing_are_refused() {
        let fields = |parameters: Value| {
            let errors = validate("factor", &parameters).err().unwrap_or_default();
            errors.into_iter().map(|error| error.field).collect::<Vec<_>>()
        };
        assert_eq!(fields(json!({ "low_volatility_weight": 0, "momentum_weight": 0 })), ["momentum_weight"]);
        assert_eq!(fields(json!({ "momentum_lookback": 22 })), ["momentum_skip"]);
        assert!(fields(json!({ "momentum_lookback": 22, "momentum_weight": 0 })).is_empty());
        assert_eq!(fields(json!({ "value_weight": 101 })), ["value_weight"]);
        assert!(fields(json!({ "value_weight": -100 })).is_empty());
    }

    #[test]
    fn it_waits_for_the_factors_that_count() {
        let bars = |parameters: Value| validate("factor", &parameters).expect("valid").warm_up_bars();
        assert_eq!(bars(json!({})), 250);
        assert_eq!(bars(json!({ "momentum_weight": 0 })), 60);
        assert_eq!(bars(json!({ "momentum_weight": 0, "low_volatility_weight": 0, "value_weight": 1 })), 1);
    }
}
