//! Patterns of two bars.

use super::candle::{Candle, Candles};
use super::{PatternType, Signals, bearish, bullish, signal_if};
use crate::catalog::LocalText;

pub(super) const ENGULFING: PatternType = PatternType {
    id: "engulfing",
    title: LocalText { ko: "장악형", en: "Engulfing" },
    description: LocalText {
        ko: "몸통이 앞 봉의 반대색 몸통을 완전히 감쌉니다. 양봉이 감싸면 상승, 음봉이 감싸면 하락 반전 신호로 봅니다.",
        en: "A body wraps the opposite body before it entirely: a white one for a turn upwards, a black one downwards.",
    },
    bars: 3,
    signals: Signals::Both,
    rule: engulfing,
};

/// `CDLENGULFING`: the body contains the body before, of the other colour. An end on an end is no containment: TA-Lib
/// calls that 80 instead of 100 since 0.6, and here it is 0.
fn engulfing(candles: &Candles) -> i8 {
    let [first, second] = candles.last();
    signal_if(is_engulfing(&first, &second), second.colour())
}

/// Two bars of which the second engulfs the first, for [`engulfing`] and three outside up or down.
pub(super) fn is_engulfing(first: &Candle<'_>, second: &Candle<'_>) -> bool {
    second.colour() != first.colour() && second.body_contains(first)
}

pub(super) const HARAMI: PatternType = PatternType {
    id: "harami",
    title: LocalText { ko: "잉태형", en: "Harami" },
    description: LocalText {
        ko: "긴 몸통 안에 다음 봉의 작은 몸통이 완전히 들어갑니다. 첫 봉이 나아가던 방향이 뒤집히는 신호로 봅니다.",
        en: "A small body lies inside the long one before it. Taken for a turn against the first bar.",
    },
    bars: 12,
    signals: Signals::Both,
    rule: harami,
};

/// `CDLHARAMI`: a long body that contains a body not long. An end on an end is no containment, as in [`engulfing`].
fn harami(candles: &Candles) -> i8 {
    let [first, second] = candles.last();
    signal_if(is_harami(&first, &second), -first.colour())
}

/// The first two bars of a harami, for [`harami`] and three inside up or down.
pub(super) fn is_harami(first: &Candle<'_>, second: &Candle<'_>) -> bool {
    first.body_contains(second) && first.is_long() && !second.is_long()
}

pub(super) const HARAMI_CROSS: PatternType = PatternType {
    id: "harami_cross",
    title: LocalText { ko: "십자잉태형", en: "Harami cross" },
    description: LocalText {
        ko: "긴 몸통 안에 다음 봉의 도지가 완전히 들어갑니다. 잉태형보다 강한 반전 신호로 봅니다.",
        en: "A doji lies inside the long body before it. Taken for a stronger turn than a harami.",
    },
    bars: 12,
    signals: Signals::Both,
    rule: harami_cross,
};

/// `CDLHARAMICROSS`: a long body that contains a doji. An end on an end is no containment, as in [`engulfing`].
fn harami_cross(candles: &Candles) -> i8 {
    let [first, second] = candles.last();
    let found = first.body_contains(&second) && first.is_long() && second.is_doji();
    signal_if(found, -first.colour())
}

pub(super) const HOMING_PIGEON: PatternType = PatternType {
    id: "homing_pigeon",
    title: LocalText { ko: "집비둘기형", en: "Homing pigeon" },
    description: LocalText {
        ko: "긴 음봉 안에 작은 음봉이 들어갑니다. 하락하는 힘이 약해져 상승으로 돌아설 신호로 봅니다.",
        en: "A small black body inside a long black one: the fall loses strength. Taken for a turn upwards.",
    },
    bars: 12,
    signals: Signals::Bullish,
    rule: homing_pigeon,
};

/// `CDLHOMINGPIGEON`: a long black body that contains a black body not long.
fn homing_pigeon(candles: &Candles) -> i8 {
    let [first, second] = candles.last();
    bullish(first.is_black() && second.is_black() && is_harami(&first, &second))
}

pub(super) const PIERCING: PatternType = PatternType {
    id: "piercing",
    title: LocalText { ko: "관통형", en: "Piercing line" },
    description: LocalText {
        ko: "긴 음봉의 저가 아래에서 시작한 긴 양봉이 그 몸통의 절반 위에서 마감합니다. 상승 반전 신호로 봅니다.",
        en: "After a long black bar a long white one opens below its low and closes in its upper half. A turn upwards.",
    },
    bars: 12,
    signals: Signals::Bullish,
    rule: piercing,
};

/// `CDLPIERCING`: long black, then long white that opens below its low and closes in the upper half of its body.
fn piercing(candles: &Candles) -> i8 {
    let [first, second] = candles.last();
    bullish(
        first.is_black()
            && second.is_white()
            && second.open < first.low
            && second.close > first.close + 0.5 * first.body()
            && second.close < first.open
            && first.is_long()
            && second.is_long(),
    )
}

pub(super) const DARK_CLOUD_COVER: PatternType = PatternType {
    id: "dark_cloud_cover",
    title: LocalText { ko: "흑운형", en: "Dark cloud cover" },
    description: LocalText {
        ko: "긴 양봉의 고가 위에서 시작한 음봉이 그 몸통의 절반 아래에서 마감합니다. 하락 반전 신호로 봅니다.",
        en: "After a long white bar a black one opens above its high and closes in its lower half. A turn downwards.",
    },
    bars: 12,
    signals: Signals::Bearish,
    rule: dark_cloud_cover,
};

/// `CDLDARKCLOUDCOVER`, penetration 0.5: long white, then black that opens above its high and closes in the lower half
/// of its body.
fn dark_cloud_cover(candles: &Candles) -> i8 {
    let [first, second] = candles.last();
    bearish(
        first.is_white()
            && second.is_black()
            && second.open > first.high
            && second.close < first.close - 0.5 * first.body()
            && second.close > first.open
            && first.is_long(),
    )
}

pub(super) const ON_NECK: PatternType = PatternType {
    id: "on_neck",
    title: LocalText { ko: "온넥", en: "On-neck" },
    description: LocalText {
        ko: "긴 음봉의 저가 아래에서 시작한 양봉이 그 저가까지만 오릅니다. 하락이 이어질 신호로 봅니다.",
        en: "A white bar opens below the low of a long black one and only gets back to that low. The fall goes on.",
    },
    bars: 12,
    signals: Signals::Bearish,
    rule: on_neck,
};

/// `CDLONNECK`: long black, then white that opens below its low and closes at that low.
fn on_neck(candles: &Candles) -> i8 {
    let [first, second] = candles.last();
    bearish(opens_under_long_black(&first, &second) && first.holds_equal(second.close, first.low))
}

pub(super) const IN_NECK: PatternType = PatternType {
    id: "in_neck",
    title: LocalText { ko: "인넥", en: "In-neck" },
    description: LocalText {
        ko: "긴 음봉의 저가 아래에서 시작한 양봉이 그 종가 부근까지만 오릅니다. 하락이 이어질 신호로 봅니다.",
        en: "A white bar opens below the low of a long black one and closes just inside its body. The fall goes on.",
    },
    bars: 12,
    signals: Signals::Bearish,
    rule: in_neck,
};

/// `CDLINNECK`: long black, then white that opens below its low and closes at its close or the least bit above.
fn in_neck(candles: &Candles) -> i8 {
    let [first, second] = candles.last();
    bearish(
        opens_under_long_black(&first, &second)
            && second.close >= first.close
            && first.holds_equal(second.close, first.close),
    )
}

pub(super) const THRUSTING: PatternType = PatternType {
    id: "thrusting",
    title: LocalText { ko: "스러스팅", en: "Thrusting" },
    description: LocalText {
        ko: "긴 음봉의 저가 아래에서 시작한 양봉이 그 몸통의 절반을 넘지 못합니다. 하락이 이어질 신호로 봅니다.",
        en: "A white bar opens below the low of a long black one and stops in its lower half. The fall goes on.",
    },
    bars: 12,
    signals: Signals::Bearish,
    rule: thrusting,
};

/// `CDLTHRUSTING`: long black, then white that opens below its low and closes inside its body, not above the middle.
fn thrusting(candles: &Candles) -> i8 {
    let [first, second] = candles.last();
    bearish(
        opens_under_long_black(&first, &second)
            && second.close > first.close
            && second.close <= first.close + 0.5 * first.body()
            && !first.holds_equal(second.close, first.close),
    )
}

fn opens_under_long_black(first: &Candle<'_>, second: &Candle<'_>) -> bool {
    first.is_black() && second.is_white() && second.open < first.low && first.is_long()
}

pub(super) const COUNTERATTACK: PatternType = PatternType {
    id: "counterattack",
    title: LocalText { ko: "반격형", en: "Counterattack" },
    description: LocalText {
        ko: "긴 봉 다음에 반대색의 긴 봉이 같은 종가에서 마감합니다. 둘째 봉의 방향으로 돌아설 신호로 봅니다.",
        en: "A long bar is answered by a long one of the other colour with the same close. A turn the second's way.",
    },
    bars: 12,
    signals: Signals::Both,
    rule: counterattack,
};

/// `CDLCOUNTERATTACK`: two long bodies of different colours with equal closes.
fn counterattack(candles: &Candles) -> i8 {
    let [first, second] = candles.last();
    let found = first.colour() != second.colour()
        && first.holds_equal(second.close, first.close)
        && first.is_long()
        && second.is_long();
    signal_if(found, second.colour())
}

pub(super) const SEPARATING_LINES: PatternType = PatternType {
    id: "separating_lines",
    title: LocalText { ko: "갈림선형", en: "Separating lines" },
    description: LocalText {
        ko: "같은 시가에서 시작한 반대색의 긴 봉이 앞 봉과 갈라져 나아갑니다. 둘째 봉의 방향이 이어질 신호로 봅니다.",
        en: "From the same open as the bar before, a long bar runs the other way. Taken for more in its direction.",
    },
    bars: 12,
    signals: Signals::Both,
    rule: separating_lines,
};

/// `CDLSEPARATINGLINES`: different colours, equal opens, the second bar a belt hold.
fn separating_lines(candles: &Candles) -> i8 {
    let [first, second] = candles.last();
    let found =
        first.colour() != second.colour() && first.holds_equal(second.open, first.open) && second.is_belt_hold();
    signal_if(found, second.colour())
}

pub(super) const KICKING: PatternType = PatternType {
    id: "kicking",
    title: LocalText { ko: "키킹", en: "Kicking" },
    description: LocalText {
        ko: "마루보주 다음에 갭을 두고 반대색 마루보주가 나옵니다. 둘째 봉의 방향으로 강하게 움직일 신호로 봅니다.",
        en: "Two marubozu of different colours with a gap between them. Taken for a strong move to the second's side.",
    },
    bars: 12,
    signals: Signals::Both,
    rule: kicking,
};

/// `CDLKICKING`: black marubozu, gap up, white marubozu; or white, gap down, black.
fn kicking(candles: &Candles) -> i8 {
    let [first, second] = candles.last();
    signal_if(is_kicking(&first, &second), second.colour())
}

pub(super) const KICKING_BY_LENGTH: PatternType = PatternType {
    id: "kicking_by_length",
    title: LocalText { ko: "길이 기준 키킹", en: "Kicking by length" },
    description: LocalText {
        ko: "키킹과 같은 모양이지만 둘 중 더 긴 봉의 색을 신호로 삼습니다.",
        en: "The shape of kicking, with the colour of the longer of both bars for a signal.",
    },
    bars: 12,
    signals: Signals::Both,
    rule: kicking_by_length,
};

/// `CDLKICKINGBYLENGTH`: [`kicking`] with the colour of the longer body, of the first where both are as long.
fn kicking_by_length(candles: &Candles) -> i8 {
    let [first, second] = candles.last();
    let longer = if second.body() > first.body() { &second } else { &first };
    signal_if(is_kicking(&first, &second), longer.colour())
}

fn is_kicking(first: &Candle<'_>, second: &Candle<'_>) -> bool {
    let apart = if first.is_white() {
        second.is_black() && second.gaps_down(first)
    } else {
        second.is_white() && second.gaps_up(first)
    };
    apart && first.is_marubozu() && second.is_marubozu()
}

pub(super) const MATCHING_LOW: PatternType = PatternType {
    id: "matching_low",
    title: LocalText { ko: "동일 저점형", en: "Matching low" },
    description: LocalText {
        ko: "두 음봉이 같은 종가에서 마감합니다. 그 가격이 지지선이 되어 상승으로 돌아설 신호로 봅니다.",
        en: "Two black bars end at the same close, which becomes a support. Taken for a turn upwards.",
    },
    bars: 7,
    signals: Signals::Bullish,
    rule: matching_low,
};

/// `CDLMATCHINGLOW`: two black bars with equal closes.
fn matching_low(candles: &Candles) -> i8 {
    let [first, second] = candles.last();
    bullish(first.is_black() && second.is_black() && first.holds_equal(second.close, first.close))
}
