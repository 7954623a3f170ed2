//! The parameters that every strategy type has: bar length, size of a position, exits whatever the rule says.

use exodus_domain::Interval;

use super::{Choice, LocalText, ParameterRange, ParameterSpec, Unit, When};

impl ParameterSpec {
    /// Length of the bars a strategy decides on.
    pub(crate) const INTERVAL: Self = Self {
        key: "interval",
        title: LocalText { ko: "봉 간격", en: "Bar interval" },
        description: LocalText {
            ko: "판단에 쓰는 봉의 길이입니다. 봉이 마감될 때마다 한 번 판단합니다.",
            en: "Length of the bars it decides on, once at each close.",
        },
        unit: None,
        group: "signal",
        when: &[],
        range: ParameterRange::Interval(&[Interval::Day1, Interval::Minute1]),
    };
}

/// Which of the sizing methods a type can choose from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ranks {
    /// It decides on each issue alone.
    Never,
    /// Some of its methods rank issues against each other.
    Sometimes,
    /// It ranks issues, and holds the best in equal parts unless told otherwise.
    Always,
}

const PERCENT_OF_EQUITY: Choice =
    Choice { value: "percent_of_equity", title: LocalText { ko: "총자산 대비 비율", en: "Percent of equity" } };
const EQUAL_WEIGHT: Choice =
    Choice { value: "equal_weight", title: LocalText { ko: "동일 비중", en: "Equal weight" } };
const FIXED_AMOUNT: Choice =
    Choice { value: "fixed_amount", title: LocalText { ko: "고정 금액", en: "Fixed amount" } };
const VOLATILITY_TARGET: Choice =
    Choice { value: "volatility_target", title: LocalText { ko: "목표 변동성", en: "Volatility target" } };
const ATR_RISK: Choice = Choice { value: "atr_risk", title: LocalText { ko: "ATR 위험 한도", en: "ATR risk" } };
const RANK_WEIGHT: Choice =
    Choice { value: "rank_weight", title: LocalText { ko: "순위 비중", en: "Rank weight" } };

const METHOD: ParameterSpec = ParameterSpec {
    key: "sizing",
    title: LocalText { ko: "투자 금액 결정 방식", en: "Sizing" },
    description: LocalText {
        ko: "한 종목에 얼마를 투자할지 정하는 방식입니다.",
        en: "How the size of a position is worked out.",
    },
    unit: None,
    group: "sizing",
    when: &[],
    range: ParameterRange::Choice(&[PERCENT_OF_EQUITY, EQUAL_WEIGHT, FIXED_AMOUNT, VOLATILITY_TARGET, ATR_RISK]),
};

const METHOD_IF_RANKED: ParameterSpec = ParameterSpec {
    range: ParameterRange::Choice(&[
        PERCENT_OF_EQUITY,
        EQUAL_WEIGHT,
        FIXED_AMOUNT,
        VOLATILITY_TARGET,
        ATR_RISK,
        RANK_WEIGHT,
    ]),
    ..METHOD
};

const METHOD_OF_RANKING: ParameterSpec = ParameterSpec {
    range: ParameterRange::Choice(&[
        EQUAL_WEIGHT,
        RANK_WEIGHT,
        PERCENT_OF_EQUITY,
        FIXED_AMOUNT,
        VOLATILITY_TARGET,
        ATR_RISK,
    ]),
    ..METHOD
};

const REBALANCE_BAND: ParameterSpec = ParameterSpec {
    key: "rebalance_band_percent",
    title: LocalText { ko: "재조정 허용 폭", en: "Rebalance band" },
    description: LocalText {
        ko: "보유 비중이 목표 비중에서 이 비율 넘게 벗어난 종목만 다시 맞춥니다. 0이면 재조정할 때마다 목표에 맞춥니다.",
        en: "At a rebalance, only positions further from their target weight than this part of it are traded. 0 trades to \
             target every time.",
    },
    unit: Some(Unit::Percent),
    group: "sizing",
    when: &[],
    range: ParameterRange::Number { minimum: 0.0, maximum: 100.0, default: 0.0 },
};

/// What every sizing method needs, after the choice of one.
const SIZES: &[ParameterSpec] = &[
    ParameterSpec {
        key: "position_size_percent",
        title: LocalText { ko: "종목당 투자 비중", en: "Position size" },
        description: LocalText {
            ko: "한 종목에 투자할 금액을 총자산에 대한 비율로 정합니다.",
            en: "How much to invest in one issue, as a part of total equity.",
        },
        unit: Some(Unit::Percent),
        group: "sizing",
        when: &[When { key: "sizing", is: &["percent_of_equity"] }],
        range: ParameterRange::Number { minimum: 0.1, maximum: 100.0, default: 10.0 },
    },
    ParameterSpec {
        key: "position_amount",
        title: LocalText { ko: "종목당 투자 금액", en: "Position amount" },
        description: LocalText {
            ko: "한 종목에 투자할 금액입니다.", en: "How much to invest in one issue."
        },
        unit: Some(Unit::Won),
        group: "sizing",
        when: &[When { key: "sizing", is: &["fixed_amount"] }],
        range: ParameterRange::Integer { minimum: 10_000, maximum: 100_000_000_000, default: 1_000_000 },
    },
    ParameterSpec {
        key: "target_volatility_percent",
        title: LocalText { ko: "목표 변동성 (연)", en: "Target volatility (annual)" },
        description: LocalText {
            ko: "한 종목이 총자산에 더할 연간 변동성입니다. 변동성이 큰 종목일수록 적게 삽니다.",
            en: "Annual volatility one issue is to add to total equity: the more an issue moves, the less of it is bought.",
        },
        unit: Some(Unit::Percent),
        group: "sizing",
        when: &[When { key: "sizing", is: &["volatility_target"] }],
        range: ParameterRange::Number { minimum: 1.0, maximum: 100.0, default: 10.0 },
    },
    ParameterSpec {
        key: "volatility_window",
        title: LocalText { ko: "변동성 측정 기간", en: "Volatility window" },
        description: LocalText {
            ko: "변동성을 재는 봉의 수입니다.",
            en: "How many bars the volatility is measured over.",
        },
        unit: Some(Unit::Bars),
        group: "sizing",
        when: &[When { key: "sizing", is: &["volatility_target"] }],
        range: ParameterRange::Integer { minimum: 5, maximum: 500, default: 60 },
    },
    ParameterSpec {
        key: "risk_percent",
        title: LocalText { ko: "종목당 위험 한도", en: "Risk per position" },
        description: LocalText {
            ko: "주가가 ATR의 배수만큼 내릴 때 잃어도 되는 금액을 총자산에 대한 비율로 정합니다.",
            en: "Part of total equity that is lost if the price falls by the multiple of its ATR.",
        },
        unit: Some(Unit::Percent),
        group: "sizing",
        when: &[When { key: "sizing", is: &["atr_risk"] }],
        range: ParameterRange::Number { minimum: 0.05, maximum: 10.0, default: 1.0 },
    },
    ParameterSpec {
        key: "atr_period",
        title: LocalText { ko: "ATR 기간", en: "ATR period" },
        description: LocalText {
            ko: "ATR(평균 실제 변동폭)을 재는 봉의 수입니다.",
            en: "How many bars the average true range is taken of.",
        },
        unit: Some(Unit::Bars),
        group: "sizing",
        when: &[When { key: "sizing", is: &["atr_risk"] }],
        range: ParameterRange::Integer { minimum: 2, maximum: 200, default: 14 },
    },
    ParameterSpec {
        key: "atr_multiple",
        title: LocalText { ko: "ATR 배수", en: "ATR multiple" },
        description: LocalText {
            ko: "위험을 재는 하락 폭이 ATR의 몇 배인지 정합니다.",
            en: "How many times the average true range the fall is that the risk is measured by.",
        },
        unit: Some(Unit::Multiple),
        group: "sizing",
        when: &[When { key: "sizing", is: &["atr_risk"] }],
        range: ParameterRange::Number { minimum: 0.5, maximum: 10.0, default: 2.0 },
    },
    ParameterSpec {
        key: "cash_buffer_percent",
        title: LocalText { ko: "현금 보유 비율", en: "Cash buffer" },
        description: LocalText {
            ko: "총자산 가운데 투자하지 않고 현금으로 남겨 둘 비율입니다.",
            en: "Part of total equity that is never invested.",
        },
        unit: Some(Unit::Percent),
        group: "sizing",
        when: &[],
        range: ParameterRange::Number { minimum: 0.0, maximum: 90.0, default: 0.0 },
    },
];

/// Stops, which the type `rules` has in its documents.
const STOPS: &[ParameterSpec] = &[
    ParameterSpec {
        key: "stop_loss_percent",
        title: LocalText { ko: "손절", en: "Stop-loss" },
        description: LocalText {
            ko: "평균 매입가보다 이만큼 내리면 모두 매도합니다. 0이면 쓰지 않습니다.",
            en: "Sells everything this far below the average price paid. 0 is off.",
        },
        unit: Some(Unit::Percent),
        group: "exits",
        when: &[],
        range: ParameterRange::Number { minimum: 0.0, maximum: 90.0, default: 0.0 },
    },
    ParameterSpec {
        key: "take_profit_percent",
        title: LocalText { ko: "익절", en: "Take-profit" },
        description: LocalText {
            ko: "평균 매입가보다 이만큼 오르면 모두 매도합니다. 0이면 쓰지 않습니다.",
            en: "Sells everything this far above the average price paid. 0 is off.",
        },
        unit: Some(Unit::Percent),
        group: "exits",
        when: &[],
        range: ParameterRange::Number { minimum: 0.0, maximum: 1_000.0, default: 0.0 },
    },
    ParameterSpec {
        key: "trailing_stop_percent",
        title: LocalText { ko: "추적 손절", en: "Trailing stop" },
        description: LocalText {
            ko: "매수 후 가장 높은 종가보다 이만큼 내리면 모두 매도합니다. 0이면 쓰지 않습니다.",
            en: "Sells everything this far below the highest close since the entry. 0 is off.",
        },
        unit: Some(Unit::Percent),
        group: "exits",
        when: &[],
        range: ParameterRange::Number { minimum: 0.0, maximum: 90.0, default: 0.0 },
    },
];

const EXITS: &[ParameterSpec] = &[
    ParameterSpec {
        key: "max_holding_bars",
        title: LocalText { ko: "최대 보유 기간", en: "Longest holding" },
        description: LocalText {
            ko: "매수 후 봉이 이만큼 마감되면 모두 매도합니다. 0이면 쓰지 않습니다.",
            en: "Sells everything so many closed bars after the entry. 0 is off.",
        },
        unit: Some(Unit::Bars),
        group: "exits",
        when: &[],
        range: ParameterRange::Integer { minimum: 0, maximum: 10_000, default: 0 },
    },
    ParameterSpec {
        key: "exit_check",
        title: LocalText { ko: "청산 판단 시점", en: "Exit check" },
        description: LocalText {
            ko: "손절·익절·추적 손절을 봉이 마감될 때 판단할지, 장중에 가격이 닿는 즉시 판단할지 정합니다.",
            en: "Whether stops are looked at when a bar closes, or as soon as the price reaches them within the bar.",
        },
        unit: None,
        group: "exits",
        when: &[],
        range: ParameterRange::Choice(&[
            Choice { value: "close", title: LocalText { ko: "봉 마감", en: "Close of the bar" } },
            Choice { value: "intraday", title: LocalText { ko: "장중", en: "Within the bar" } },
        ]),
    },
];

/// The parameters of sizing.
pub(super) fn sizing(ranks: Ranks) -> impl Iterator<Item = &'static ParameterSpec> {
    let (method, band): (&'static ParameterSpec, &'static [ParameterSpec]) = match ranks {
        Ranks::Never => (&METHOD, &[]),
        Ranks::Sometimes => (&METHOD_IF_RANKED, &[REBALANCE_BAND]),
        Ranks::Always => (&METHOD_OF_RANKING, &[REBALANCE_BAND]),
    };
    std::iter::once(method).chain(SIZES).chain(band)
}

/// The parameters of exits.
pub(super) fn exits(stops_in_document: bool) -> impl Iterator<Item = &'static ParameterSpec> {
    let stops = if stops_in_document { &[] } else { STOPS };
    stops.iter().chain(EXITS)
}
