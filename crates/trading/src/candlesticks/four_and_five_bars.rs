//! Patterns of four and five bars.

use super::candle::{Candle, Candles};
use super::{PatternType, Signals, bullish, signal_if};
use crate::catalog::LocalText;

pub(super) const THREE_LINE_STRIKE: PatternType = PatternType {
    id: "three_line_strike",
    title: LocalText { ko: "삼선 타격형", en: "Three-line strike" },
    description: LocalText {
        ko: "같은 색 봉 셋이 나아간 만큼을 반대색 봉 하나가 모두 되돌립니다. 앞 세 봉의 방향이 이어질 신호로 봅니다.",
        en: "One bar takes back all that three of the other colour made. Taken for more in the direction of the three.",
    },
    bars: 9,
    signals: Signals::Both,
    rule: three_line_strike,
};

/// `CDL3LINESTRIKE`: three bars of one colour, each opening in or near the body before and closing further on; then the
/// other colour, opening beyond the third close and closing beyond the first open.
fn three_line_strike(candles: &Candles) -> i8 {
    let [first, second, third, strike] = candles.last();
    let opens_in_or_near = |bar: &Candle<'_>, before: &Candle<'_>| {
        let near = before.near();
        bar.open >= before.bottom() - near && bar.open <= before.top() + near
    };
    let one_colour = second.colour() == first.colour() && third.colour() == first.colour();
    let struck = if first.is_white() {
        second.close > first.close
            && third.close > second.close
            && strike.is_black()
            && strike.open > third.close
            && strike.close < first.open
    } else {
        second.close < first.close
            && third.close < second.close
            && strike.is_white()
            && strike.open < third.close
            && strike.close > first.open
    };
    let found = one_colour && struck && opens_in_or_near(&second, &first) && opens_in_or_near(&third, &second);
    signal_if(found, third.colour())
}

pub(super) const CONCEALING_BABY_SWALLOW: PatternType = PatternType {
    id: "concealing_baby_swallow",
    title: LocalText { ko: "숨은 아기제비형", en: "Concealing baby swallow" },
    description: LocalText {
        ko: "꼬리 없는 음봉 둘에 이어, 갭을 둔 음봉을 다음 음봉이 통째로 감쌉니다. 하락이 끝나가는 신호로 봅니다.",
        en: "Two black bars without shadows, a gapped third, and a fourth that swallows it whole: a fall runs out.",
    },
    bars: 14,
    signals: Signals::Bullish,
    rule: concealing_baby_swallow,
};

/// `CDLCONCEALBABYSWALL`: four black bars. Two with hardly a shadow; the third with the body gapped down and an upper
/// shadow into the second body; the fourth with the whole third bar inside its range.
fn concealing_baby_swallow(candles: &Candles) -> i8 {
    let [first, second, third, fourth] = candles.last();
    bullish(
        [first, second, third, fourth].iter().all(Candle::is_black)
            && third.body_gaps_down(&second)
            && third.high > second.close
            && fourth.high > third.high
            && fourth.low < third.low
            && first.lacks_shadows()
            && second.lacks_shadows()
            && third.has_upper_shadow(),
    )
}

pub(super) const BREAKAWAY: PatternType = PatternType {
    id: "breakaway",
    title: LocalText { ko: "이탈형", en: "Breakaway" },
    description: LocalText {
        ko: "긴 봉에서 갭을 두고 더 나아간 뒤 반대색 봉이 갭 안에서 마감합니다. 그 봉의 방향으로 돌아설 신호로 봅니다.",
        en: "After a long bar, a gap and three bars further on, the other colour closes in the gap. A turn its way.",
    },
    bars: 15,
    signals: Signals::Both,
    rule: breakaway,
};

/// `CDLBREAKAWAY`: a long bar; one of its colour with the body gapped away; two that each go further with high and low,
/// the second of them of that colour too; then the other colour, closing in the gap.
fn breakaway(candles: &Candles) -> i8 {
    let [first, second, third, fourth, fifth] = candles.last();
    let one_colour = second.colour() == first.colour() && fourth.colour() == first.colour();
    let breaks_away = if first.is_white() {
        let higher = |bar: &Candle<'_>, than: &Candle<'_>| bar.high > than.high && bar.low > than.low;
        second.body_gaps_up(&first)
            && higher(&third, &second)
            && higher(&fourth, &third)
            && fifth.is_black()
            && fifth.close < second.open
            && fifth.close > first.close
    } else {
        let lower = |bar: &Candle<'_>, than: &Candle<'_>| bar.high < than.high && bar.low < than.low;
        second.body_gaps_down(&first)
            && lower(&third, &second)
            && lower(&fourth, &third)
            && fifth.is_white()
            && fifth.close > second.open
            && fifth.close < first.close
    };
    signal_if(one_colour && breaks_away && first.is_long(), fifth.colour())
}

pub(super) const LADDER_BOTTOM: PatternType = PatternType {
    id: "ladder_bottom",
    title: LocalText { ko: "사다리 바닥형", en: "Ladder bottom" },
    description: LocalText {
        ko: "내려가는 음봉 셋, 위 꼬리를 단 음봉, 그 고가 위에서 마감하는 양봉이 이어집니다. 상승 반전 신호로 봅니다.",
        en: "Three black bars step down, a fourth tries upwards, a white bar closes above its high. A turn upwards.",
    },
    bars: 15,
    signals: Signals::Bullish,
    rule: ladder_bottom,
};

/// `CDLLADDERBOTTOM`: three black bars with lower opens and closes; black with an upper shadow; white that opens above
/// the body and closes above the high of the fourth.
fn ladder_bottom(candles: &Candles) -> i8 {
    let [first, second, third, fourth, fifth] = candles.last();
    let lower = |bar: &Candle<'_>, than: &Candle<'_>| bar.open < than.open && bar.close < than.close;
    bullish(
        [first, second, third, fourth].iter().all(Candle::is_black)
            && lower(&second, &first)
            && lower(&third, &second)
            && fifth.is_white()
            && fifth.open > fourth.open
            && fifth.close > fourth.high
            && fourth.has_upper_shadow(),
    )
}

pub(super) const MAT_HOLD: PatternType = PatternType {
    id: "mat_hold",
    title: LocalText { ko: "매트 홀드", en: "Mat hold" },
    description: LocalText {
        ko: "긴 양봉 위의 작은 봉 셋이 조금 밀렸다가 양봉이 새 고가에서 마감합니다. 상승이 이어질 신호로 봅니다.",
        en: "Above a long white bar three small ones slip; a white bar closes at a new high. The rise goes on.",
    },
    bars: 15,
    signals: Signals::Bullish,
    rule: mat_hold,
};

/// `CDLMATHOLD`, penetration 0.5: long white; short black with the body gapped up; two short ones that fall on, reach
/// into the first body but not below its middle; white that opens above the fourth close and closes above all three
/// highs.
fn mat_hold(candles: &Candles) -> i8 {
    let [first, second, third, fourth, fifth] = candles.last();
    let dips_into_the_first =
        |bar: &Candle<'_>| bar.bottom() < first.close && bar.bottom() > first.close - 0.5 * first.body();
    bullish(
        first.is_white()
            && second.is_black()
            && fifth.is_white()
            && second.body_gaps_up(&first)
            && dips_into_the_first(&third)
            && dips_into_the_first(&fourth)
            && third.top() < second.open
            && fourth.top() < third.top()
            && fifth.open > fourth.close
            && fifth.close > second.high.max(third.high).max(fourth.high)
            && first.is_long()
            && [second, third, fourth].iter().all(Candle::is_short),
    )
}

pub(super) const RISING_THREE_METHODS: PatternType = PatternType {
    id: "rising_three_methods",
    title: LocalText { ko: "상승삼법형", en: "Rising three methods" },
    description: LocalText {
        ko: "긴 양봉의 범위 안에서 작은 음봉 셋이 쉬어 간 뒤 긴 양봉이 더 오릅니다. 상승이 이어질 신호로 봅니다.",
        en: "Three small black bars rest in the range of a long white one; a long white bar goes on. More of the rise.",
    },
    bars: 15,
    signals: Signals::Bullish,
    rule: three_methods,
};

pub(super) const FALLING_THREE_METHODS: PatternType = PatternType {
    id: "falling_three_methods",
    title: LocalText { ko: "하락삼법형", en: "Falling three methods" },
    description: LocalText {
        ko: "긴 음봉의 범위 안에서 작은 양봉 셋이 쉬어 간 뒤 긴 음봉이 더 내립니다. 하락이 이어질 신호로 봅니다.",
        en: "Three small white bars rest in the range of a long black one; a long black bar goes on. More of the fall.",
    },
    bars: 15,
    signals: Signals::Bearish,
    rule: three_methods,
};

/// `CDLRISEFALL3METHODS`: a long bar; three short ones of the other colour with their bodies in its range, each closing
/// further back; then a long bar of the first colour that opens beyond the fourth close and closes beyond the first.
fn three_methods(candles: &Candles) -> i8 {
    let [first, second, third, fourth, fifth] = candles.last();
    let rest = [second, third, fourth];
    let within_the_first = |bar: &Candle<'_>| bar.bottom() < first.high && bar.top() > first.low;
    let moves = if first.is_white() {
        third.close < second.close
            && fourth.close < third.close
            && fifth.open > fourth.close
            && fifth.close > first.close
    } else {
        third.close > second.close
            && fourth.close > third.close
            && fifth.open < fourth.close
            && fifth.close < first.close
    };
    let found = moves
        && rest.iter().all(|bar| bar.colour() != first.colour() && within_the_first(bar) && bar.is_short())
        && fifth.colour() == first.colour()
        && first.is_long()
        && fifth.is_long();
    signal_if(found, first.colour())
}
