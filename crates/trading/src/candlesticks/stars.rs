//! Stars: a small body that a gap separates from the one before it.

use super::candle::{Candle, Candles};
use super::{PatternType, Signals, bearish, bullish, signal_if};
use crate::catalog::LocalText;

/// How deep the third bar of a star must reach into the body of the first, as a part of that body.
const PENETRATION: f64 = 0.3;

pub(super) const DOJI_STAR: PatternType = PatternType {
    id: "dojistar",
    title: LocalText { ko: "도지 별형", en: "Doji star" },
    description: LocalText {
        ko: "긴 봉 다음에 같은 방향으로 갭을 두고 도지가 나옵니다. 첫 봉이 나아가던 방향이 뒤집힐 신호로 봅니다.",
        en: "After a long bar, a gap in its direction and a doji. Taken for a turn against the first bar.",
    },
    bars: 12,
    signals: Signals::Both,
    rule: doji_star,
};

/// `CDLDOJISTAR`: a long body, then a doji whose body gaps away in the direction of the first.
fn doji_star(candles: &Candles) -> i8 {
    let [first, second] = candles.last();
    let apart = if first.is_white() { second.body_gaps_up(&first) } else { second.body_gaps_down(&first) };
    signal_if(apart && first.is_long() && second.is_doji(), -first.colour())
}

pub(super) const MORNING_STAR: PatternType = PatternType {
    id: "morning_star",
    title: LocalText { ko: "샛별형", en: "Morning star" },
    description: LocalText {
        ko: "긴 음봉, 아래로 갭을 둔 작은 몸통, 첫 봉 안쪽까지 오르는 양봉이 이어집니다. 상승 반전 신호로 봅니다.",
        en: "A long black bar, a small body gapped below it, a white bar back into the first. A turn upwards.",
    },
    bars: 13,
    signals: Signals::Bullish,
    rule: morning_star,
};

/// `CDLMORNINGSTAR`, penetration 0.3: long black; a body not long, gapped down; long white that closes deep in the
/// first.
fn morning_star(candles: &Candles) -> i8 {
    let [first, star, third] = candles.last();
    bullish(rises_from_a_star(&first, &star, &third) && !star.is_long())
}

pub(super) const MORNING_DOJI_STAR: PatternType = PatternType {
    id: "morning_doji_star",
    title: LocalText { ko: "십자샛별형", en: "Morning doji star" },
    description: LocalText {
        ko: "가운데 봉이 도지인 샛별형입니다. 샛별형보다 강한 상승 반전 신호로 봅니다.",
        en: "A morning star whose middle is a doji. Taken for a stronger turn upwards.",
    },
    bars: 13,
    signals: Signals::Bullish,
    rule: morning_doji_star,
};

/// `CDLMORNINGDOJISTAR`, penetration 0.3: [`morning_star`] with a doji for a star.
fn morning_doji_star(candles: &Candles) -> i8 {
    let [first, star, third] = candles.last();
    bullish(rises_from_a_star(&first, &star, &third) && star.is_doji())
}

fn rises_from_a_star(first: &Candle<'_>, star: &Candle<'_>, third: &Candle<'_>) -> bool {
    first.is_black()
        && star.body_gaps_down(first)
        && third.is_white()
        && third.close > first.close + PENETRATION * first.body()
        && first.is_long()
        && third.is_long()
}

pub(super) const EVENING_STAR: PatternType = PatternType {
    id: "evening_star",
    title: LocalText { ko: "석별형", en: "Evening star" },
    description: LocalText {
        ko: "긴 양봉, 위로 갭을 둔 작은 몸통, 첫 봉 안쪽까지 내리는 음봉이 이어집니다. 하락 반전 신호로 봅니다.",
        en: "A long white bar, a small body gapped above it, a black bar back into the first. A turn downwards.",
    },
    bars: 13,
    signals: Signals::Bearish,
    rule: evening_star,
};

/// `CDLEVENINGSTAR`, penetration 0.3: long white; a body not long, gapped up; long black that closes deep in the
/// first.
fn evening_star(candles: &Candles) -> i8 {
    let [first, star, third] = candles.last();
    bearish(falls_from_a_star(&first, &star, &third) && !star.is_long())
}

pub(super) const EVENING_DOJI_STAR: PatternType = PatternType {
    id: "evening_doji_star",
    title: LocalText { ko: "십자석별형", en: "Evening doji star" },
    description: LocalText {
        ko: "가운데 봉이 도지인 석별형입니다. 석별형보다 강한 하락 반전 신호로 봅니다.",
        en: "An evening star whose middle is a doji. Taken for a stronger turn downwards.",
    },
    bars: 13,
    signals: Signals::Bearish,
    rule: evening_doji_star,
};

/// `CDLEVENINGDOJISTAR`, penetration 0.3: [`evening_star`] with a doji for a star.
fn evening_doji_star(candles: &Candles) -> i8 {
    let [first, star, third] = candles.last();
    bearish(falls_from_a_star(&first, &star, &third) && star.is_doji())
}

fn falls_from_a_star(first: &Candle<'_>, star: &Candle<'_>, third: &Candle<'_>) -> bool {
    first.is_white()
        && star.body_gaps_up(first)
        && third.is_black()
        && third.close < first.close - PENETRATION * first.body()
        && first.is_long()
        && third.is_long()
}

pub(super) const ABANDONED_BABY: PatternType = PatternType {
    id: "abandoned_baby",
    title: LocalText { ko: "버려진 아기형", en: "Abandoned baby" },
    description: LocalText {
        ko: "꼬리까지 앞뒤 봉과 갭을 둔 도지가 홀로 남습니다. 셋째 봉의 방향으로 돌아설 강한 신호로 봅니다.",
        en: "A doji that gaps, shadows included, separate from both its neighbours. A strong turn the third bar's way.",
    },
    bars: 13,
    signals: Signals::Both,
    rule: abandoned_baby,
};

/// `CDLABANDONEDBABY`, penetration 0.3: a long bar, a doji beyond a gap of whole bars, and beyond a gap back a long bar
/// of the other colour that closes deep in the first.
fn abandoned_baby(candles: &Candles) -> i8 {
    let [first, baby, third] = candles.last();
    let depth = PENETRATION * first.body();
    let turns = if first.is_white() {
        third.is_black() && baby.gaps_up(&first) && third.gaps_down(&baby) && third.close < first.close - depth
    } else {
        third.is_white() && baby.gaps_down(&first) && third.gaps_up(&baby) && third.close > first.close + depth
    };
    signal_if(turns && first.is_long() && baby.is_doji() && third.is_long(), third.colour())
}

pub(super) const TRISTAR: PatternType = PatternType {
    id: "tristar",
    title: LocalText { ko: "세 도지 별형", en: "Tristar" },
    description: LocalText {
        ko: "도지 셋 중 가운데 것이 갭을 두고 떨어져 있습니다. 위에 있으면 하락, 아래에 있으면 상승 반전 신호입니다.",
        en: "Three doji, the middle one beyond a gap: above its neighbours a turn downwards, below them one upwards.",
    },
    bars: 13,
    signals: Signals::Both,
    rule: tristar,
};

/// `CDLTRISTAR`: three doji by the measure of the first; the second gaps away, and the third does not reach as far.
fn tristar(candles: &Candles) -> i8 {
    let [first, second, third] = candles.last();
    let summit = second.body_gaps_up(&first) && third.top() < second.top();
    let valley = second.body_gaps_down(&first) && third.bottom() > second.bottom();
    let found = (summit || valley) && [&first, &second, &third].iter().all(|bar| bar.is_doji_beside(&first));
    signal_if(found, if summit { -1 } else { 1 })
}
