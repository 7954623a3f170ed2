//! Patterns of three bars, except those around a star.

use super::candle::{Candle, Candles};
use super::two_bars::{is_engulfing, is_harami};
use super::{PatternType, Signals, bearish, bullish, signal_if};
use crate::catalog::LocalText;

pub(super) const THREE_WHITE_SOLDIERS: PatternType = PatternType {
    id: "three_white_soldiers",
    title: LocalText { ko: "적삼병", en: "Three white soldiers" },
    description: LocalText {
        ko: "고가 부근에서 마감하는 양봉 셋이 계단처럼 오릅니다. 상승이 시작되는 신호로 봅니다.",
        en: "Three white bars climb like stairs, each closing near its high. Taken for the start of a rise.",
    },
    bars: 13,
    signals: Signals::Bullish,
    rule: three_white_soldiers,
};

/// `CDL3WHITESOLDIERS`: three white bars, higher closes, hardly upper shadows, each opening in or near the body before,
/// none far shorter than the one before, the last not short.
fn three_white_soldiers(candles: &Candles) -> i8 {
    let bars @ [first, second, third] = candles.last();
    bullish(
        climbs(&bars)
            && opens_in_or_near(&second, &first)
            && opens_in_or_near(&third, &second)
            && bars.iter().all(Candle::lacks_upper_shadow)
            && second.body() > first.body() - first.far()
            && third.body() > second.body() - second.far()
            && third.is_long(),
    )
}

pub(super) const ADVANCE_BLOCK: PatternType = PatternType {
    id: "advance_block",
    title: LocalText { ko: "전진 저지형", en: "Advance block" },
    description: LocalText {
        ko: "양봉 셋이 오르지만 몸통이 줄거나 위 꼬리가 길어집니다. 상승이 지쳐 하락으로 돌아설 신호로 봅니다.",
        en: "Three white bars climb, but bodies shrink or upper shadows grow: the rise tires. A turn downwards.",
    },
    bars: 13,
    signals: Signals::Bearish,
    rule: advance_block,
};

/// `CDLADVANCEBLOCK`: three white bars, higher closes, each opening in or near the body before; the first long with a
/// short upper shadow, and the advance weakening in one of four ways.
fn advance_block(candles: &Candles) -> i8 {
    let bars @ [first, second, third] = candles.last();
    let weakens = || {
        let halts_at_the_second =
            second.body() < first.body() - first.far() && third.body() < second.body() + second.near();
        let halts_at_the_third = third.body() < second.body() - second.far();
        let shrinks_under_shadows = third.body() < second.body()
            && second.body() < first.body()
            && (third.has_tall_upper_shadow() || second.has_tall_upper_shadow());
        let shrinks_under_a_long_shadow = third.body() < second.body() && third.has_long_upper_shadow();
        halts_at_the_second || halts_at_the_third || shrinks_under_shadows || shrinks_under_a_long_shadow
    };
    bearish(
        climbs(&bars)
            && opens_in_or_near(&second, &first)
            && opens_in_or_near(&third, &second)
            && first.is_long()
            && first.has_short_upper_shadow()
            && weakens(),
    )
}

pub(super) const STALLED_PATTERN: PatternType = PatternType {
    id: "stalled_pattern",
    title: LocalText { ko: "정체형", en: "Stalled pattern" },
    description: LocalText {
        ko: "긴 양봉 둘에 이어 작은 양봉이 그 끝에 걸터앉습니다. 상승이 멈추고 하락으로 돌아설 신호로 봅니다.",
        en: "After two long white bars a small one sits on their shoulder: the rise stalls. A turn downwards.",
    },
    bars: 13,
    signals: Signals::Bearish,
    rule: stalled_pattern,
};

/// `CDLSTALLEDPATTERN`: three white bars, higher closes; two long ones, the second opening in or near the first and
/// with hardly an upper shadow; then a short one. That it rides on the shoulder of the second follows from its close.
fn stalled_pattern(candles: &Candles) -> i8 {
    let bars @ [first, second, third] = candles.last();
    bearish(
        climbs(&bars)
            && opens_in_or_near(&second, &first)
            && first.is_long()
            && second.is_long()
            && second.lacks_upper_shadow()
            && third.is_short(),
    )
}

/// Three white bars, each with a higher close.
fn climbs([first, second, third]: &[Candle<'_>; 3]) -> bool {
    first.is_white()
        && second.is_white()
        && third.is_white()
        && second.close > first.close
        && third.close > second.close
}

/// After the white bar `before`, opens inside its body or not far above it.
fn opens_in_or_near(bar: &Candle<'_>, before: &Candle<'_>) -> bool {
    bar.open > before.open && bar.open <= before.close + before.near()
}

pub(super) const THREE_BLACK_CROWS: PatternType = PatternType {
    id: "three_black_crows",
    title: LocalText { ko: "흑삼병", en: "Three black crows" },
    description: LocalText {
        ko: "양봉 다음에 저가 부근에서 마감하는 음봉 셋이 계단처럼 내립니다. 하락이 시작되는 신호로 봅니다.",
        en: "After a white bar three black ones descend like stairs, each closing near its low. The start of a fall.",
    },
    bars: 14,
    signals: Signals::Bearish,
    rule: three_black_crows,
};

/// `CDL3BLACKCROWS`: after a white bar, three black ones with lower closes and hardly lower shadows, each opening
/// inside the body before; the first closes below the high of the white bar.
fn three_black_crows(candles: &Candles) -> i8 {
    let [before, first, second, third] = candles.last();
    bearish(
        before.is_white()
            && descends(&[first, second, third])
            && first.body_holds(second.open)
            && second.body_holds(third.open)
            && before.high > first.close
            && [first, second, third].iter().all(Candle::lacks_lower_shadow),
    )
}

pub(super) const IDENTICAL_THREE_CROWS: PatternType = PatternType {
    id: "identical_three_crows",
    title: LocalText { ko: "동일 흑삼병", en: "Identical three crows" },
    description: LocalText {
        ko: "앞 봉의 종가에서 시작해 저가 부근에서 마감하는 음봉 셋이 내립니다. 흑삼병보다 강한 하락 신호로 봅니다.",
        en: "Three black bars descend, each opening where the last one closed. A stronger fall than three crows.",
    },
    bars: 13,
    signals: Signals::Bearish,
    rule: identical_three_crows,
};

/// `CDLIDENTICAL3CROWS`: three black bars with lower closes and hardly lower shadows, each opening at the close before.
fn identical_three_crows(candles: &Candles) -> i8 {
    let bars @ [first, second, third] = candles.last();
    bearish(
        descends(&bars)
            && first.holds_equal(second.open, first.close)
            && second.holds_equal(third.open, second.close)
            && bars.iter().all(Candle::lacks_lower_shadow),
    )
}

/// Three black bars, each with a lower close.
fn descends([first, second, third]: &[Candle<'_>; 3]) -> bool {
    first.is_black()
        && second.is_black()
        && third.is_black()
        && second.close < first.close
        && third.close < second.close
}

pub(super) const TWO_CROWS: PatternType = PatternType {
    id: "two_crows",
    title: LocalText { ko: "두 까마귀형", en: "Two crows" },
    description: LocalText {
        ko: "긴 양봉 위로 갭을 둔 음봉이 나오고, 다음 음봉이 첫 몸통 안에서 마감합니다. 하락 반전 신호로 봅니다.",
        en: "A black bar gaps above a long white one, and a second one closes inside the white body. A turn downwards.",
    },
    bars: 13,
    signals: Signals::Bearish,
    rule: two_crows,
};

/// `CDL2CROWS`: long white; black with the body gapped up; black that opens in the second body and closes in the first.
fn two_crows(candles: &Candles) -> i8 {
    let [first, second, third] = candles.last();
    bearish(
        crow_above_long_white(&first, &second)
            && third.is_black()
            && second.body_holds(third.open)
            && first.body_holds(third.close),
    )
}

pub(super) const UPSIDE_GAP_TWO_CROWS: PatternType = PatternType {
    id: "upside_gap_two_crows",
    title: LocalText { ko: "상승갭 두 까마귀형", en: "Upside gap two crows" },
    description: LocalText {
        ko: "긴 양봉 위로 갭을 둔 작은 음봉을 다음 음봉이 감싸되 갭은 메우지 않습니다. 하락 반전 신호로 봅니다.",
        en: "A small black bar gaps above a long white one; a second engulfs it, the gap stays open. A turn downwards.",
    },
    bars: 13,
    signals: Signals::Bearish,
    rule: upside_gap_two_crows,
};

/// `CDLUPSIDEGAP2CROWS`: long white; black, not long, with the body gapped up; black that engulfs the second and closes
/// above the first.
fn upside_gap_two_crows(candles: &Candles) -> i8 {
    let [first, second, third] = candles.last();
    bearish(
        crow_above_long_white(&first, &second)
            && !second.is_long()
            && third.is_black()
            && third.body_contains(&second)
            && third.close > first.close,
    )
}

fn crow_above_long_white(first: &Candle<'_>, second: &Candle<'_>) -> bool {
    first.is_white() && second.is_black() && second.body_gaps_up(first) && first.is_long()
}

pub(super) const THREE_INSIDE: PatternType = PatternType {
    id: "three_inside",
    title: LocalText { ko: "잉태 확인형", en: "Three inside up/down" },
    description: LocalText {
        ko: "잉태형 다음 봉이 첫 봉의 시가를 넘어 반전을 확인합니다. 위로 넘으면 상승, 아래로 넘으면 하락입니다.",
        en: "A harami whose turn a third bar confirms beyond the open of the first, upwards or downwards.",
    },
    bars: 13,
    signals: Signals::Both,
    rule: three_inside,
};

/// `CDL3INSIDE`: a harami, then a bar of the other colour than the first that closes beyond the open of the first.
fn three_inside(candles: &Candles) -> i8 {
    let [first, second, third] = candles.last();
    let confirmed = if first.is_white() {
        third.is_black() && third.close < first.open
    } else {
        third.is_white() && third.close > first.open
    };
    signal_if(confirmed && is_harami(&first, &second), -first.colour())
}

pub(super) const THREE_OUTSIDE: PatternType = PatternType {
    id: "three_outside",
    title: LocalText { ko: "장악 확인형", en: "Three outside up/down" },
    description: LocalText {
        ko: "장악형 다음 봉이 같은 방향으로 더 나아가 반전을 확인합니다. 둘째 봉의 색이 방향입니다.",
        en: "An engulfing whose turn a third bar confirms with a close further on, in the colour of the second.",
    },
    bars: 4,
    signals: Signals::Both,
    rule: three_outside,
};

/// `CDL3OUTSIDE`: an engulfing, then a close beyond that of the second bar.
fn three_outside(candles: &Candles) -> i8 {
    let [first, second, third] = candles.last();
    let goes_on = if second.is_white() { third.close > second.close } else { third.close < second.close };
    signal_if(goes_on && is_engulfing(&first, &second), second.colour())
}

pub(super) const THREE_STARS_IN_SOUTH: PatternType = PatternType {
    id: "three_stars_in_south",
    title: LocalText { ko: "남쪽의 세 별형", en: "Three stars in the south" },
    description: LocalText {
        ko: "아래 꼬리가 긴 음봉에 이어 저가를 높이며 작아지는 음봉 둘이 나옵니다. 하락이 끝나가는 신호로 봅니다.",
        en: "A black bar with a long lower shadow, then two ever smaller ones with higher lows: a fall runs out.",
    },
    bars: 13,
    signals: Signals::Bullish,
    rule: three_stars_in_south,
};

/// `CDL3STARSINSOUTH`: three black bars. The first long with a long lower shadow; the second smaller, opening above the
/// first close within its range, trading below that close but not below its low, with a lower shadow; the third short,
/// with hardly a shadow, inside the range of the second.
fn three_stars_in_south(candles: &Candles) -> i8 {
    let [first, second, third] = candles.last();
    let second_is_higher = || {
        second.body() < first.body()
            && second.open > first.close
            && second.open <= first.high
            && second.low < first.close
            && second.low >= first.low
            && second.has_lower_shadow()
    };
    bullish(
        first.is_black()
            && second.is_black()
            && third.is_black()
            && first.is_long()
            && first.has_long_lower_shadow()
            && second_is_higher()
            && third.is_short()
            && third.lacks_shadows()
            && third.low > second.low
            && third.high < second.high,
    )
}

pub(super) const UNIQUE_THREE_RIVER: PatternType = PatternType {
    id: "unique_three_river",
    title: LocalText { ko: "세 강 바닥형", en: "Unique three river" },
    description: LocalText {
        ko: "긴 음봉 안에서 새 저가를 만든 음봉에 이어 작은 양봉이 나옵니다. 바닥을 다지는 신호로 봅니다.",
        en: "In a long black body a black bar makes a new low, and a small white bar stays above it: a bottom forms.",
    },
    bars: 13,
    signals: Signals::Bullish,
    rule: unique_three_river,
};

/// `CDLUNIQUE3RIVER`: long black; black with the body inside the first and a lower low; short white that opens above
/// that low.
fn unique_three_river(candles: &Candles) -> i8 {
    let [first, second, third] = candles.last();
    bullish(
        first.is_black()
            && second.is_black()
            && second.close > first.close
            && second.open <= first.open
            && second.low < first.low
            && third.is_white()
            && third.open > second.low
            && first.is_long()
            && third.is_short(),
    )
}

pub(super) const STICK_SANDWICH: PatternType = PatternType {
    id: "stick_sandwich",
    title: LocalText { ko: "샌드위치형", en: "Stick sandwich" },
    description: LocalText {
        ko: "같은 종가의 음봉 둘 사이에 양봉이 끼어 있습니다. 그 가격이 지지선이 되어 상승할 신호로 봅니다.",
        en: "A white bar between two black ones with the same close, which becomes a support. A turn upwards.",
    },
    bars: 8,
    signals: Signals::Bullish,
    rule: stick_sandwich,
};

/// `CDLSTICKSANDWICH`: black; white that trades only above its close; black that ends at the first close.
fn stick_sandwich(candles: &Candles) -> i8 {
    let [first, second, third] = candles.last();
    bullish(
        first.is_black()
            && second.is_white()
            && third.is_black()
            && second.low > first.close
            && first.holds_equal(third.close, first.close),
    )
}

pub(super) const TASUKI_GAP: PatternType = PatternType {
    id: "tasuki_gap",
    title: LocalText { ko: "타스키 갭형", en: "Tasuki gap" },
    description: LocalText {
        ko: "갭을 둔 봉을 반대색 봉이 되돌리되 갭을 메우지 못합니다. 둘째 봉의 방향이 이어질 신호로 봅니다.",
        en: "After a gap, a bar of the other colour turns back but leaves it open. The gap's direction goes on.",
    },
    bars: 8,
    signals: Signals::Both,
    rule: tasuki_gap,
};

/// `CDLTASUKIGAP`: a gap between bodies, the second bar of its direction; then the other colour, opening in the second
/// body and closing in the gap, about as large as the second.
fn tasuki_gap(candles: &Candles) -> i8 {
    let [first, second, third] = candles.last();
    let closes_in_the_gap = if second.is_white() {
        second.body_gaps_up(&first) && third.is_black() && third.close < second.open && third.close > first.top()
    } else {
        second.body_gaps_down(&first) && third.is_white() && third.close > second.open && third.close < first.bottom()
    };
    let found =
        closes_in_the_gap && second.body_holds(third.open) && (second.body() - third.body()).abs() < second.near();
    signal_if(found, second.colour())
}

pub(super) const GAP_SIDE_BY_SIDE_WHITE: PatternType = PatternType {
    id: "gap_side_by_side_white",
    title: LocalText { ko: "갭 후 나란한 양봉", en: "Gap side-by-side white" },
    description: LocalText {
        ko: "갭 다음에 시가와 크기가 비슷한 양봉 둘이 나란히 섭니다. 갭의 방향이 이어질 신호로 봅니다.",
        en: "After a gap, two white bars alike in open and size stand side by side. The gap's direction goes on.",
    },
    bars: 8,
    signals: Signals::Both,
    rule: gap_side_by_side_white,
};

/// `CDLGAPSIDESIDEWHITE`: two white bars of about the same size and open, both bodies gapped to the same side of the
/// bar before them.
fn gap_side_by_side_white(candles: &Candles) -> i8 {
    let [first, second, third] = candles.last();
    let above = second.body_gaps_up(&first) && third.body_gaps_up(&first);
    let below = second.body_gaps_down(&first) && third.body_gaps_down(&first);
    let found = (above || below)
        && second.is_white()
        && third.is_white()
        && (third.body() - second.body()).abs() <= second.near()
        && second.holds_equal(third.open, second.open);
    signal_if(found, if above { 1 } else { -1 })
}

pub(super) const UP_DOWN_GAP_THREE_METHODS: PatternType = PatternType {
    id: "up_down_gap_three_methods",
    title: LocalText { ko: "갭 삼법형", en: "Up/down gap three methods" },
    description: LocalText {
        ko: "갭을 둔 같은 색 두 봉 다음에 반대색 봉이 그 갭을 메웁니다. 앞 두 봉의 방향이 이어질 신호로 봅니다.",
        en: "Two bars of one colour with a gap, which a bar of the other colour closes. Their direction goes on.",
    },
    bars: 3,
    signals: Signals::Both,
    rule: up_down_gap_three_methods,
};

/// `CDLXSIDEGAP3METHODS`: two bars of one colour with a gap between their bodies in its direction; then the other
/// colour, opening in the second body and closing in the first.
fn up_down_gap_three_methods(candles: &Candles) -> i8 {
    let [first, second, third] = candles.last();
    let apart = if first.is_white() { second.body_gaps_up(&first) } else { second.body_gaps_down(&first) };
    let found = apart
        && second.colour() == first.colour()
        && third.colour() != first.colour()
        && second.body_holds(third.open)
        && first.body_holds(third.close);
    signal_if(found, first.colour())
}
