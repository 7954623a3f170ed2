//! Momentum: what rose goes on rising, seen over time for each issue alone or across issues.

pub(crate) mod cross_sectional;
pub(crate) mod time_series;

use exodus_domain::Interval;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Strategy, StrategyKind};
use crate::catalog::{
    Choice, LocalText, ParameterError, ParameterRange, ParameterSpec, Preset, Ranks, StrategyType, Unit, When,
};
use crate::exits::Exits;
use crate::ranking::{HOLD_COUNT, REBALANCE, Ranking, Rebalance, Scoring};
use crate::sizing::{Sizing, SizingMethod};

/// What a rise is measured against.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MomentumMethod {
    /// Thresholds, for each issue alone.
    TimeSeries,
    /// The other issues.
    CrossSectional,
}

/// Parameters of momentum. Those of the method that is not chosen are kept as they were given.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MomentumParameters {
    /// Length of the bars.
    pub interval: Interval,
    /// What a rise is measured against.
    pub method: MomentumMethod,
    /// Bars between the last close and the one it is compared with.
    pub lookback: u32,
    /// Time series: buy above this change, in percent.
    pub entry_threshold_percent: f64,
    /// Time series: sell below this change, in percent; not above the entry threshold.
    pub exit_threshold_percent: f64,
    /// Cross-sectional: the last bars, which do not count.
    pub skip: u32,
    /// Cross-sectional: issues held.
    pub hold_count: u32,
    /// Cross-sectional: how often is decided.
    pub rebalance: Rebalance,
    /// Cross-sectional: least change of an issue that is held, in percent.
    pub minimum_return_percent: f64,
    /// Cross-sectional: rank by change in units of volatility.
    pub volatility_scaled: bool,
}

impl MomentumParameters {
    fn bars(&self) -> usize {
        usize::try_from(self.lookback).expect("a look-back of at most 500 bars fits")
    }

    pub(crate) fn warm_up_bars(&self) -> usize {
        self.bars()
    }

    /// How the issues are ranked against each other, if they are.
    pub(crate) fn ranking(&self) -> Option<Ranking> {
        let scoring = Scoring::Momentum {
            lookback: self.lookback,
            skip: self.skip,
            minimum_return: self.minimum_return_percent / 100.0,
            is_scaled: self.volatility_scaled,
        };
        let is_ranked = self.method == MomentumMethod::CrossSectional;
        is_ranked.then(|| Ranking::new(scoring, self.hold_count, self.rebalance, 1.0))
    }
}

const TIME_SERIES: &[When] = &[When { key: "method", is: &["time_series"] }];
const CROSS_SECTIONAL: &[When] = &[When { key: "method", is: &["cross_sectional"] }];

const PARAMETERS: &[ParameterSpec] = &[
    ParameterSpec::INTERVAL,
    ParameterSpec {
        key: "method",
        title: LocalText { ko: "방식", en: "Method" },
        description: LocalText {
            ko: "종목마다 따로 기준과 비교할지, 종목끼리 비교해 순위를 매길지 정합니다.",
            en: "Whether each issue is held against thresholds, or the issues against each other.",
        },
        unit: None,
        group: "signal",
        when: &[],
        range: ParameterRange::Choice(&[
            Choice { value: "time_series", title: LocalText { ko: "종목별 추세", en: "Time series" } },
            Choice { value: "cross_sectional", title: LocalText { ko: "종목 간 순위", en: "Cross-sectional" } },
        ]),
    },
    ParameterSpec {
        key: "lookback",
        title: LocalText { ko: "비교 기간", en: "Look-back" },
        description: LocalText {
            ko: "현재 종가를 몇 봉 전의 종가와 비교할지 정합니다.",
            en: "How many bars back the close lies that the last close is compared with.",
        },
        unit: Some(Unit::Bars),
        group: "signal",
        when: &[],
        range: ParameterRange::Integer { minimum: 1, maximum: 500, default: 60 },
    },
    ParameterSpec {
        key: "entry_threshold_percent",
        title: LocalText { ko: "매수 기준", en: "Entry threshold" },
        description: LocalText {
            ko: "비교 기간의 등락률이 이 값보다 크면 매수합니다.",
            en: "Buys when the change over the look-back is above this.",
        },
        unit: Some(Unit::Percent),
        group: "signal",
        when: TIME_SERIES,
        range: ParameterRange::Number { minimum: -90.0, maximum: 500.0, default: 5.0 },
    },
    ParameterSpec {
        key: "exit_threshold_percent",
        title: LocalText { ko: "매도 기준", en: "Exit threshold" },
        description: LocalText {
            ko: "등락률이 이 값보다 작아지면 모두 매도합니다. 매수 기준보다 클 수 없습니다.",
            en: "Sells everything when the change falls below this. Not above the entry threshold.",
        },
        unit: Some(Unit::Percent),
        group: "signal",
        when: TIME_SERIES,
        range: ParameterRange::Number { minimum: -90.0, maximum: 500.0, default: 0.0 },
    },
    ParameterSpec {
        key: "skip",
        title: LocalText { ko: "제외 기간", en: "Bars skipped" },
        description: LocalText {
            ko: "되돌림이 잦은 최근 봉을 이만큼 빼고 등락률을 계산합니다. 비교 기간보다 2봉 이상 짧아야 합니다.",
            en: "Leaves out so many of the last bars, which tend to reverse. At least two bars less than the look-back.",
        },
        unit: Some(Unit::Bars),
        group: "signal",
        when: CROSS_SECTIONAL,
        range: ParameterRange::Integer { minimum: 0, maximum: 60, default: 21 },
    },
    ParameterSpec {
        key: "minimum_return_percent",
        title: LocalText { ko: "최소 등락률", en: "Least change" },
        description: LocalText {
            ko: "등락률이 이 값보다 작은 종목은 순위가 높아도 보유하지 않습니다.",
            en: "Issues that changed by less are not held, however they rank.",
        },
        unit: Some(Unit::Percent),
        group: "signal",
        when: CROSS_SECTIONAL,
        range: ParameterRange::Number { minimum: -100.0, maximum: 500.0, default: 0.0 },
    },
    ParameterSpec {
        key: "volatility_scaled",
        title: LocalText { ko: "변동성으로 나누기", en: "Scaled by volatility" },
        description: LocalText {
            ko: "등락률을 같은 기간의 변동성으로 나눈 값으로 순위를 매깁니다.",
            en: "Ranks by the change over its volatility in the same period.",
        },
        unit: None,
        group: "signal",
        when: CROSS_SECTIONAL,
        range: ParameterRange::Boolean { default: false },
    },
    ParameterSpec { when: CROSS_SECTIONAL, ..HOLD_COUNT },
    ParameterSpec { when: CROSS_SECTIONAL, ..REBALANCE },
];

const PRESETS: &[Preset] = &[
    Preset {
        name: LocalText { ko: "3개월 추세 (60일)", en: "Three-month trend (60 days)" },
        strategy: || time_series(Interval::Day1, 60, 5.0, 10.0),
    },
    Preset {
        name: LocalText { ko: "12개월 모멘텀 (250일)", en: "Twelve-month momentum (250 days)" },
        strategy: || time_series(Interval::Day1, 250, 0.0, 10.0),
    },
    Preset {
        name: LocalText { ko: "1분봉 시연", en: "One-minute demonstration" },
        strategy: || time_series(Interval::Minute1, 1, 0.0, 5.0),
    },
    Preset {
        name: LocalText {
            ko: "12-1개월 상대 모멘텀 (상위 10종목)", en: "12-1 month relative momentum (best 10)"
        },
        strategy: || cross_sectional(MomentumParameters { lookback: 250, ..DEFAULTS }),
    },
    Preset {
        name: LocalText {
            ko: "6-1개월 상대 모멘텀 (상위 20종목)", en: "6-1 month relative momentum (best 20)"
        },
        strategy: || cross_sectional(MomentumParameters { lookback: 125, hold_count: 20, ..DEFAULTS }),
    },
    Preset {
        name: LocalText {
            ko: "변동성 조정 상대 모멘텀 (상위 10종목)",
            en: "Relative momentum by volatility (best 10)",
        },
        strategy: || cross_sectional(MomentumParameters { lookback: 250, volatility_scaled: true, ..DEFAULTS }),
    },
];

/// What the parameters above default to.
const DEFAULTS: MomentumParameters = MomentumParameters {
    interval: Interval::Day1,
    method: MomentumMethod::TimeSeries,
    lookback: 60,
    entry_threshold_percent: 5.0,
    exit_threshold_percent: 0.0,
    skip: 21,
    hold_count: 10,
    rebalance: Rebalance::Month,
    minimum_return_percent: 0.0,
    volatility_scaled: false,
};

fn time_series(interval: Interval, lookback: u32, entry_threshold_percent: f64, size: f64) -> Strategy {
    let kind = StrategyKind::Momentum(MomentumParameters { interval, lookback, entry_threshold_percent, ..DEFAULTS });
    Strategy::new(kind, Sizing::percent_of_equity(size), Exits::default())
}

fn cross_sectional(parameters: MomentumParameters) -> Strategy {
    let kind = StrategyKind::Momentum(MomentumParameters { method: MomentumMethod::CrossSectional, ..parameters });
    let sizing = Sizing { method: SizingMethod::EqualWeight, rebalance_band_percent: 20.0, ..Sizing::default() };
    Strategy::new(kind, sizing, Exits::default())
}

pub(crate) const TYPE: StrategyType = StrategyType {
    id: "momentum",
    title: LocalText { ko: "모멘텀", en: "Momentum" },
    description: LocalText {
        ko: "일정 기간 오른 종목을 사고, 상승세가 사라지면 팝니다. 종목끼리 비교해 가장 많이 오른 종목을 보유할 수도 있습니다.",
        en: "Buys an issue that rose over a period and sells it when the rise has gone, or holds those that rose most of all.",
    },
    own: PARAMETERS,
    ranks: Ranks::Sometimes,
    stops_in_document: false,
    presets: PRESETS,
    build,
};

fn build(parameters: Value) -> Result<StrategyKind, Vec<ParameterError>> {
    let parameters: MomentumParameters = serde_json::from_value(parameters)
        .map_err(|error| vec![ParameterError::new("parameters", error.to_string())])?;
    match parameters.method {
        MomentumMethod::TimeSeries if parameters.exit_threshold_percent > parameters.entry_threshold_percent => {
            let message = "must not be above the entry threshold, or each buy would be sold at the next bar";
            Err(vec![ParameterError::new("exit_threshold_percent", message)])
        }
        MomentumMethod::CrossSectional if parameters.skip + 2 > parameters.lookback => {
            let message = format!("must be at least two bars less than the look-back, {}", parameters.lookback);
            Err(vec![ParameterError::new("skip", message)])
        }
        _ => Ok(StrategyKind::Momentum(parameters)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::validate;
    use serde_json::json;

    #[test]
    fn what_does_not_fit_together_is_refused_for_the_chosen_method_only() {
        let fields = |parameters: Value| {
            let errors = validate("momentum", &parameters).err().unwrap_or_default();
            errors.into_iter().map(|error| error.field).collect::<Vec<_>>()
        };
        let crossed = json!({ "entry_threshold_percent": 1, "exit_threshold_percent": 2 });
        assert_eq!(fields(crossed), ["exit_threshold_percent"]);
        let short = json!({ "method": "cross_sectional", "lookback": 22 });
        assert_eq!(fields(short), ["skip"]);
        assert!(fields(json!({ "lookback": 22 })).is_empty());
        let crossed = json!({ "method": "cross_sectional", "entry_threshold_percent": 1, "exit_threshold_percent": 2 });
        assert!(fields(crossed).is_empty());
        assert!(fields(json!({ "method": "cross_sectional", "lookback": 23 })).is_empty());
    }

    #[test]
    fn only_the_method_across_issues_ranks() {
        let ranks =
            |method: &str| validate("momentum", &json!({ "method": method })).expect("valid").ranking().is_some();
        assert_eq!((ranks("time_series"), ranks("cross_sectional")), (false, true));
    }
}
