//! Patterns of a single bar, some of them with a look at where the bar before it lies.

use super::candle::{Candle, Candles};
use super::{PatternType, Signals, bearish, bullish, signal_if};
use crate::catalog::LocalText;

pub(super) const DOJI: PatternType = PatternType {
    id: "doji",
    title: LocalText { ko: "도지", en: "Doji" },
    description: LocalText {
        ko: "시가와 종가가 거의 같은 봉입니다. 매수와 매도의 힘이 맞섰다는 뜻이며 방향은 말하지 않습니다.",
        en: "Open and close are nearly the same: buyers and sellers balanced each other. It names no direction.",
    },
    bars: 11,
    signals: Signals::Bullish,
    rule: doji,
};

/// `CDLDOJI`: the body is at most a tenth of the mean high-low range of ten bars before.
fn doji(candles: &Candles) -> i8 {
    let [bar] = candles.last();
    bullish(bar.is_doji())
}

pub(super) const DRAGONFLY_DOJI: PatternType = PatternType {
    id: "dragonfly_doji",
    title: LocalText { ko: "잠자리형 도지", en: "Dragonfly doji" },
    description: LocalText {
        ko: "아래 꼬리만 있는 도지입니다. 장중에 밀린 가격을 모두 되찾아 상승 반전의 신호로 봅니다.",
        en: "A doji with a lower shadow only: all that was lost was won back. Taken for a turn upwards.",
    },
    bars: 11,
    signals: Signals::Bullish,
    rule: dragonfly_doji,
};

/// `CDLDRAGONFLYDOJI`: a doji with a lower shadow and hardly an upper one.
fn dragonfly_doji(candles: &Candles) -> i8 {
    let [bar] = candles.last();
    bullish(bar.is_doji() && bar.has_lower_shadow() && bar.lacks_upper_shadow())
}

pub(super) const GRAVESTONE_DOJI: PatternType = PatternType {
    id: "gravestone_doji",
    title: LocalText { ko: "비석형 도지", en: "Gravestone doji" },
    description: LocalText {
        ko: "위 꼬리만 있는 도지입니다. 하락 반전으로 보는 책이 많지만, 공식 엔진처럼 나타나면 1로 알립니다.",
        en: "A doji with an upper shadow only. Books take it for a turn downwards; as in the official engine it is 1.",
    },
    bars: 11,
    signals: Signals::Bullish,
    rule: gravestone_doji,
};

/// `CDLGRAVESTONEDOJI`: a doji with an upper shadow and hardly a lower one. Like every doji it says that it is there,
/// not a direction, so its signal is 1.
fn gravestone_doji(candles: &Candles) -> i8 {
    let [bar] = candles.last();
    bullish(bar.is_doji() && bar.has_upper_shadow() && bar.lacks_lower_shadow())
}

pub(super) const LONG_LEGGED_DOJI: PatternType = PatternType {
    id: "long_legged_doji",
    title: LocalText { ko: "긴 다리 도지", en: "Long-legged doji" },
    description: LocalText {
        ko: "위나 아래 꼬리가 몸통보다 긴 도지입니다. 방향을 정하지 못한 시장을 나타냅니다.",
        en: "A doji with a shadow longer than its body on either side: a market that cannot decide.",
    },
    bars: 11,
    signals: Signals::Bullish,
    rule: long_legged_doji,
};

/// `CDLLONGLEGGEDDOJI`: a doji with at least one shadow longer than its body.
fn long_legged_doji(candles: &Candles) -> i8 {
    let [bar] = candles.last();
    bullish(bar.is_doji() && (bar.has_long_upper_shadow() || bar.has_long_lower_shadow()))
}

pub(super) const RICKSHAW_MAN: PatternType = PatternType {
    id: "rickshaw_man",
    title: LocalText { ko: "인력거꾼형", en: "Rickshaw man" },
    description: LocalText {
        ko: "위아래 꼬리가 모두 길고 몸통이 한가운데에 있는 도지입니다. 방향을 정하지 못한 시장을 나타냅니다.",
        en: "A doji in the middle of its range, with long shadows on both sides: a market that cannot decide.",
    },
    bars: 11,
    signals: Signals::Bullish,
    rule: rickshaw_man,
};

/// `CDLRICKSHAWMAN`: a doji with two shadows longer than its body, the body near the middle of the range.
fn rickshaw_man(candles: &Candles) -> i8 {
    let [bar] = candles.last();
    let near_the_middle = || bar.bottom() <= bar.middle() + bar.near() && bar.top() >= bar.middle() - bar.near();
    bullish(bar.is_doji() && bar.has_long_upper_shadow() && bar.has_long_lower_shadow() && near_the_middle())
}

pub(super) const MARUBOZU: PatternType = PatternType {
    id: "marubozu",
    title: LocalText { ko: "마루보주", en: "Marubozu" },
    description: LocalText {
        ko: "꼬리가 거의 없는 긴 봉입니다. 양봉이면 매수세, 음봉이면 매도세가 하루를 지배했다는 뜻입니다.",
        en: "A long body with hardly a shadow: buyers ruled a white one, sellers a black one.",
    },
    bars: 11,
    signals: Signals::Both,
    rule: marubozu,
};

/// `CDLMARUBOZU`: a long body with hardly a shadow.
fn marubozu(candles: &Candles) -> i8 {
    let [bar] = candles.last();
    signal_if(bar.is_marubozu(), bar.colour())
}

pub(super) const CLOSING_MARUBOZU: PatternType = PatternType {
    id: "closing_marubozu",
    title: LocalText { ko: "종가 마루보주", en: "Closing marubozu" },
    description: LocalText {
        ko: "종가 쪽에 꼬리가 거의 없는 긴 봉입니다. 고가에서 끝난 양봉은 상승, 저가에서 끝난 음봉은 하락 신호입니다.",
        en: "A long body that closes at its end of the range: at the high a bullish sign, at the low a bearish one.",
    },
    bars: 11,
    signals: Signals::Both,
    rule: closing_marubozu,
};

/// `CDLCLOSINGMARUBOZU`: a long body with hardly a shadow beyond the close.
fn closing_marubozu(candles: &Candles) -> i8 {
    let [bar] = candles.last();
    let closes_at_the_end = || if bar.is_white() { bar.lacks_upper_shadow() } else { bar.lacks_lower_shadow() };
    signal_if(bar.is_long() && closes_at_the_end(), bar.colour())
}

pub(super) const BELT_HOLD: PatternType = PatternType {
    id: "belt_hold",
    title: LocalText { ko: "샅바형", en: "Belt hold" },
    description: LocalText {
        ko: "시가 쪽에 꼬리가 거의 없는 긴 봉입니다. 저가에서 연 양봉은 상승, 고가에서 연 음봉은 하락 신호로 봅니다.",
        en: "A long body that opens at its end of the range: at the low a bullish sign, at the high a bearish one.",
    },
    bars: 11,
    signals: Signals::Both,
    rule: belt_hold,
};

/// `CDLBELTHOLD`: a long body with hardly a shadow beyond the open.
fn belt_hold(candles: &Candles) -> i8 {
    let [bar] = candles.last();
    signal_if(bar.is_belt_hold(), bar.colour())
}

pub(super) const SPINNING_TOP: PatternType = PatternType {
    id: "spinning_top",
    title: LocalText { ko: "팽이형", en: "Spinning top" },
    description: LocalText {
        ko: "몸통이 작고 위아래 꼬리가 몸통보다 긴 봉입니다. 망설이는 시장을 나타내며 신호는 봉의 색을 따릅니다.",
        en: "A small body between shadows longer than it: a market that hesitates. The signal is the bar's colour.",
    },
    bars: 11,
    signals: Signals::Both,
    rule: spinning_top,
};

/// `CDLSPINNINGTOP`: a short body between two shadows longer than it.
fn spinning_top(candles: &Candles) -> i8 {
    let [bar] = candles.last();
    let found = bar.is_short() && bar.has_long_upper_shadow() && bar.has_long_lower_shadow();
    signal_if(found, bar.colour())
}

pub(super) const HIGH_WAVE: PatternType = PatternType {
    id: "high_wave",
    title: LocalText { ko: "하이 웨이브", en: "High wave" },
    description: LocalText {
        ko: "몸통이 작고 위아래 꼬리가 그 두 배보다 긴 봉입니다. 방향을 잃은 시장이며 신호는 봉의 색을 따릅니다.",
        en: "A small body between shadows over twice as long: a market that lost its way. The signal is the colour.",
    },
    bars: 11,
    signals: Signals::Both,
    rule: high_wave,
};

/// `CDLHIGHWAVE`: a short body between two shadows more than twice as long.
fn high_wave(candles: &Candles) -> i8 {
    let [bar] = candles.last();
    let very_long = 2.0 * bar.body();
    let found = bar.is_short() && bar.upper_shadow() > very_long && bar.lower_shadow() > very_long;
    signal_if(found, bar.colour())
}

pub(super) const HAMMER: PatternType = PatternType {
    id: "hammer",
    title: LocalText { ko: "망치형", en: "Hammer" },
    description: LocalText {
        ko: "앞 봉의 저가 부근에 나온, 몸통이 작고 아래 꼬리가 긴 봉입니다. 하락 뒤의 상승 반전 신호로 봅니다.",
        en: "A small body over a long lower shadow, near the low of the bar before. After a fall, a turn upwards.",
    },
    bars: 12,
    signals: Signals::Bullish,
    rule: hammer,
};

/// `CDLHAMMER`: short body, long lower shadow, hardly an upper one, the body not clear above the low before.
fn hammer(candles: &Candles) -> i8 {
    let [before, bar] = candles.last();
    bullish(hangs_on_a_lower_shadow(&bar) && bar.bottom() <= before.low + before.near())
}

pub(super) const HANGING_MAN: PatternType = PatternType {
    id: "hanging_man",
    title: LocalText { ko: "교수형", en: "Hanging man" },
    description: LocalText {
        ko: "앞 봉의 고가 부근에 나온, 몸통이 작고 아래 꼬리가 긴 봉입니다. 상승 뒤의 하락 반전 신호로 봅니다.",
        en: "A small body over a long lower shadow, near the high of the bar before. After a rise, a turn downwards.",
    },
    bars: 12,
    signals: Signals::Bearish,
    rule: hanging_man,
};

/// `CDLHANGINGMAN`: short body, long lower shadow, hardly an upper one, the body not clear below the high before.
fn hanging_man(candles: &Candles) -> i8 {
    let [before, bar] = candles.last();
    bearish(hangs_on_a_lower_shadow(&bar) && bar.bottom() >= before.high - before.near())
}

fn hangs_on_a_lower_shadow(bar: &Candle<'_>) -> bool {
    bar.is_short() && bar.has_long_lower_shadow() && bar.lacks_upper_shadow()
}

pub(super) const INVERTED_HAMMER: PatternType = PatternType {
    id: "inverted_hammer",
    title: LocalText { ko: "역망치형", en: "Inverted hammer" },
    description: LocalText {
        ko: "아래로 갭을 두고 나온, 몸통이 작고 위 꼬리가 긴 봉입니다. 하락 뒤의 상승 반전 신호로 봅니다.",
        en: "After a gap down, a small body under a long upper shadow. After a fall, a turn upwards.",
    },
    bars: 12,
    signals: Signals::Bullish,
    rule: inverted_hammer,
};

/// `CDLINVERTEDHAMMER`: short body, long upper shadow, hardly a lower one, the body gapped down from the one before.
fn inverted_hammer(candles: &Candles) -> i8 {
    let [before, bar] = candles.last();
    bullish(stands_under_an_upper_shadow(&bar) && bar.body_gaps_down(&before))
}

pub(super) const SHOOTING_STAR: PatternType = PatternType {
    id: "shooting_star",
    title: LocalText { ko: "유성형", en: "Shooting star" },
    description: LocalText {
        ko: "위로 갭을 두고 나온, 몸통이 작고 위 꼬리가 긴 봉입니다. 상승 뒤의 하락 반전 신호로 봅니다.",
        en: "After a gap up, a small body under a long upper shadow. After a rise, a turn downwards.",
    },
    bars: 12,
    signals: Signals::Bearish,
    rule: shooting_star,
};

/// `CDLSHOOTINGSTAR`: short body, long upper shadow, hardly a lower one, the body gapped up from the one before.
fn shooting_star(candles: &Candles) -> i8 {
    let [before, bar] = candles.last();
    bearish(stands_under_an_upper_shadow(&bar) && bar.body_gaps_up(&before))
}

fn stands_under_an_upper_shadow(bar: &Candle<'_>) -> bool {
    bar.is_short() && bar.has_long_upper_shadow() && bar.lacks_lower_shadow()
}
