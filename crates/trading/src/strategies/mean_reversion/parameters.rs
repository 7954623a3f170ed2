//! The parameters of mean reversion and its presets.

use exodus_domain::Interval;
use serde_json::Value;

use super::{MeanReversionParameters, ReversionSignal};
use crate::catalog::{
    Choice, LocalText, ParameterError, ParameterRange, ParameterSpec, Preset, Ranks, StrategyType, Unit, When,
};
use crate::exits::Exits;
use crate::sizing::Sizing;
use crate::strategies::{Strategy, StrategyKind};

const RSI: &[When] = &[When { key: "signal", is: &["rsi"] }];
const BOLLINGER: &[When] = &[When { key: "signal", is: &["bollinger"] }];
const Z_SCORE: &[When] = &[When { key: "signal", is: &["z_score"] }];

const fn period(key: &'static str, when: &'static [When], maximum: i64, default: i64) -> ParameterSpec {
    ParameterSpec {
        key,
        title: LocalText { ko: "측정 기간", en: "Period" },
        description: LocalText {
            ko: "신호를 계산하는 봉의 수입니다.",
            en: "How many bars the signal is worked out of.",
        },
        unit: Some(Unit::Bars),
        group: "signal",
        when,
        range: ParameterRange::Integer { minimum: 2, maximum, default },
    }
}

const PARAMETERS: &[ParameterSpec] = &[
    ParameterSpec::INTERVAL,
    ParameterSpec {
        key: "signal",
        title: LocalText { ko: "신호", en: "Signal" },
        description: LocalText {
            ko: "얼마나 많이 내렸는지 재는 지표입니다.",
            en: "What tells how far an issue has fallen.",
        },
        unit: None,
        group: "signal",
        when: &[],
        range: ParameterRange::Choice(&[
            Choice {
                value: "rsi", title: LocalText { ko: "상대강도지수 (RSI)", en: "Relative strength index (RSI)" }
            },
            Choice { value: "bollinger", title: LocalText { ko: "볼린저 밴드 (%b)", en: "Bollinger bands (%b)" } },
            Choice { value: "z_score", title: LocalText { ko: "Z-점수", en: "Z-score" } },
        ]),
    },
    period("rsi_period", RSI, 100, 14),
    ParameterSpec {
        key: "rsi_entry",
        title: LocalText { ko: "매수 RSI", en: "Entry RSI" },
        description: LocalText {
            ko: "RSI가 이 값보다 작으면 매수합니다.", en: "Buys while the index is below this."
        },
        unit: None,
        group: "signal",
        when: RSI,
        range: ParameterRange::Number { minimum: 1.0, maximum: 60.0, default: 30.0 },
    },
    ParameterSpec {
        key: "rsi_exit",
        title: LocalText { ko: "매도 RSI", en: "Exit RSI" },
        description: LocalText {
            ko: "RSI가 이 값보다 커지면 모두 매도합니다. 매수 RSI보다 커야 합니다.",
            en: "Sells everything when the index is above this. Above the entry.",
        },
        unit: None,
        group: "signal",
        when: RSI,
        range: ParameterRange::Number { minimum: 10.0, maximum: 99.0, default: 55.0 },
    },
    period("band_period", BOLLINGER, 500, 20),
    ParameterSpec {
        key: "band_deviations",
        title: LocalText { ko: "밴드 폭", en: "Width of the bands" },
        description: LocalText {
            ko: "밴드가 이동평균에서 표준편차의 몇 배만큼 떨어져 있는지 정합니다.",
            en: "Distance of the bands from their average in standard deviations.",
        },
        unit: Some(Unit::Multiple),
        group: "signal",
        when: BOLLINGER,
        range: ParameterRange::Number { minimum: 0.5, maximum: 5.0, default: 2.0 },
    },
    ParameterSpec {
        key: "percent_b_entry",
        title: LocalText { ko: "매수 %b", en: "Entry %b" },
        description: LocalText {
            ko: "종가의 위치(%b)가 이 값보다 낮으면 매수합니다. 하단 밴드가 0, 상단 밴드가 1입니다.",
            en: "Buys while the close is below this place: 0 is the lower band, 1 the upper one.",
        },
        unit: None,
        group: "signal",
        when: BOLLINGER,
        range: ParameterRange::Number { minimum: -1.0, maximum: 0.5, default: 0.0 },
    },
    ParameterSpec {
        key: "percent_b_exit",
        title: LocalText { ko: "매도 %b", en: "Exit %b" },
        description: LocalText {
            ko: "종가의 위치(%b)가 이 값보다 높아지면 모두 매도합니다. 0.5가 이동평균이며 매수 %b보다 커야 합니다.",
            en: "Sells everything when the close is above this place. 0.5 is the average; above the entry.",
        },
        unit: None,
        group: "signal",
        when: BOLLINGER,
        range: ParameterRange::Number { minimum: -0.5, maximum: 1.5, default: 0.5 },
    },
    period("z_period", Z_SCORE, 500, 20),
    ParameterSpec {
        key: "z_entry",
        title: LocalText { ko: "매수 Z-점수", en: "Entry z-score" },
        description: LocalText {
            ko: "종가가 평균에서 표준편차의 이 배수보다 더 내려가면 매수합니다.",
            en: "Buys while the close is so many standard deviations from its mean, or further below.",
        },
        unit: None,
        group: "signal",
        when: Z_SCORE,
        range: ParameterRange::Number { minimum: -5.0, maximum: 0.0, default: -2.0 },
    },
    ParameterSpec {
        key: "z_exit",
        title: LocalText { ko: "매도 Z-점수", en: "Exit z-score" },
        description: LocalText {
            ko: "Z-점수가 이 값보다 커지면 모두 매도합니다. 0이 평균이며 매수 Z-점수보다 커야 합니다.",
            en: "Sells everything when the z-score is above this. 0 is the mean; above the entry.",
        },
        unit: None,
        group: "signal",
        when: Z_SCORE,
        range: ParameterRange::Number { minimum: -3.0, maximum: 3.0, default: 0.0 },
    },
    ParameterSpec {
        key: "trend_period",
        title: LocalText { ko: "추세 필터", en: "Trend filter" },
        description: LocalText {
            ko: "종가가 이 기간의 이동평균보다 높을 때만 매수합니다. 0이면 쓰지 않습니다.",
            en: "Buys only while the close is above its average of so many bars. 0 is off.",
        },
        unit: Some(Unit::Bars),
        group: "signal",
        when: &[],
        range: ParameterRange::Integer { minimum: 0, maximum: 500, default: 0 },
    },
];

const PRESETS: &[Preset] = &[
    Preset {
        name: LocalText { ko: "RSI 과매도 반등 (14일)", en: "RSI oversold (14 days)" },
        strategy: || preset(DEFAULTS, Exits::default()),
    },
    Preset {
        name: LocalText {
            ko: "상승 추세 속 단기 눌림목 (RSI 2일)", en: "Short dip in a rising trend (RSI of 2 days)"
        },
        strategy: || {
            let parameters = MeanReversionParameters {
                rsi_period: 2,
                rsi_entry: 10.0,
                rsi_exit: 70.0,
                trend_period: 200,
                ..DEFAULTS
            };
            preset(parameters, Exits { max_holding_bars: Some(10), ..Exits::default() })
        },
    },
    Preset {
        name: LocalText { ko: "볼린저 하단 이탈 (20일)", en: "Below the lower Bollinger band (20 days)" },
        strategy: || {
            preset(MeanReversionParameters { signal: ReversionSignal::Bollinger, ..DEFAULTS }, Exits::default())
        },
    },
    Preset {
        name: LocalText {
            ko: "평균에서 2표준편차 하락 (60일)", en: "Two deviations below the mean (60 days)"
        },
        strategy: || {
            let parameters = MeanReversionParameters { signal: ReversionSignal::ZScore, z_period: 60, ..DEFAULTS };
            preset(parameters, Exits { max_holding_bars: Some(60), ..Exits::default() })
        },
    },
];

/// What the parameters above default to.
const DEFAULTS: MeanReversionParameters = MeanReversionParameters {
    interval: Interval::Day1,
    signal: ReversionSignal::Rsi,
    rsi_period: 14,
    rsi_entry: 30.0,
    rsi_exit: 55.0,
    band_period: 20,
    band_deviations: 2.0,
    percent_b_entry: 0.0,
    percent_b_exit: 0.5,
    z_period: 20,
    z_entry: -2.0,
    z_exit: 0.0,
    trend_period: 0,
};

fn preset(parameters: MeanReversionParameters, exits: Exits) -> Strategy {
    Strategy::new(StrategyKind::MeanReversion(parameters), Sizing::percent_of_equity(10.0), exits)
}

pub(crate) const TYPE: StrategyType = StrategyType {
    id: "mean_reversion",
    title: LocalText { ko: "평균 회귀", en: "Mean reversion" },
    description: LocalText {
        ko: "평소보다 많이 내린 종목을 사고, 제자리로 돌아오면 팝니다.",
        en: "Buys an issue that fell further than usual and sells it when it is back.",
    },
    own: PARAMETERS,
    ranks: Ranks::Never,
    stops_in_document: false,
    presets: PRESETS,
    build,
};

fn build(parameters: Value) -> Result<StrategyKind, Vec<ParameterError>> {
    let parameters: MeanReversionParameters = serde_json::from_value(parameters)
        .map_err(|error| vec![ParameterError::new("parameters", error.to_string())])?;
    let (entry, exit) = parameters.levels();
    if exit <= entry {
        let field = match parameters.signal {
            ReversionSignal::Rsi => "rsi_exit",
            ReversionSignal::Bollinger => "percent_b_exit",
            ReversionSignal::ZScore => "z_exit",
        };
        let message = format!("must be above the entry, {entry}, or each buy would be sold at the next bar");
        return Err(vec![ParameterError::new(field, message)]);
    }
    Ok(StrategyKind::MeanReversion(parameters))
}
