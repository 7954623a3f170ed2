use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;
use constructed::{CALM, CONSTRUCTED};

mod constructed;

fn study_bar([open, high, low, close]: [i32; 4]) -> StudyBar {
    let [open, high, low, close] = [open, high, low, close].map(f64::from);
    StudyBar { open, high, low, close, volume: 1_000.0, benchmark: None }
}

/// What the pattern says of every bar.
fn signals(id: &str, mode: EvaluationMode, bars: &[[i32; 4]]) -> Vec<Option<i8>> {
    let mut study = pattern(id).expect("an id of the catalogue").start(mode);
    bars.iter().map(|bar| study.step(&study_bar(*bar))).collect()
}

/// What the pattern says of the last of `bars`, after fourteen calm ones.
fn last_signal(id: &str, mode: EvaluationMode, bars: &[[i32; 4]]) -> i8 {
    let all: Vec<_> = CALM.iter().cycle().take(14).chain(bars).copied().collect();
    signals(id, mode, &all).pop().flatten().expect("fourteen bars and the pattern are enough")
}

#[test]
fn constructed_bars_are_found_and_bars_that_fall_short_are_not() {
    for (id, signal, bars) in CONSTRUCTED {
        assert_eq!(last_signal(id, EvaluationMode::Exodus, bars), *signal, "{id} on {bars:?}");
    }
}

#[test]
fn every_pattern_is_constructed_with_each_of_its_signals_and_without() {
    for pattern in patterns() {
        let constructed: BTreeSet<i8> =
            CONSTRUCTED.iter().filter(|(id, ..)| *id == pattern.id).map(|(_, signal, _)| *signal).collect();
        let wanted: &[i8] = match pattern.signals {
            Signals::Bullish => &[0, 1],
            Signals::Bearish => &[-1, 0],
            Signals::Both => &[-1, 0, 1],
        };
        assert!(constructed.iter().eq(wanted), "{}: {constructed:?}", pattern.id);
    }
}

#[test]
fn only_the_official_mode_calls_both_three_methods_by_either_name() {
    let constructed = |wanted: &str| CONSTRUCTED.iter().find(|(id, ..)| *id == wanted).expect("constructed").2;
    let (rising, falling) = (constructed("rising_three_methods"), constructed("falling_three_methods"));
    for (id, bars, official, exodus) in [
        ("rising_three_methods", rising, 1, 1),
        ("rising_three_methods", falling, -1, 0),
        ("falling_three_methods", rising, 1, 0),
        ("falling_three_methods", falling, -1, -1),
    ] {
        assert_eq!(last_signal(id, EvaluationMode::Official, bars), official, "{id}");
        assert_eq!(last_signal(id, EvaluationMode::Exodus, bars), exodus, "{id}");
    }
}

/// The column "Bars" of the format's catalogue.
fn bars_of_the_catalogue(id: &str) -> usize {
    match id {
        "engulfing" | "up_down_gap_three_methods" => 3,
        "three_outside" => 4,
        "matching_low" => 7,
        "gap_side_by_side_white" | "tasuki_gap" | "stick_sandwich" => 8,
        "three_line_strike" => 9,
        "doji" | "dragonfly_doji" | "gravestone_doji" | "long_legged_doji" | "rickshaw_man" | "marubozu"
        | "closing_marubozu" | "belt_hold" | "spinning_top" | "high_wave" => 11,
        "hammer" | "hanging_man" | "inverted_hammer" | "shooting_star" | "harami" | "harami_cross" | "piercing"
        | "dark_cloud_cover" | "counterattack" | "on_neck" | "in_neck" | "thrusting" | "separating_lines"
        | "kicking" | "kicking_by_length" | "homing_pigeon" | "dojistar" => 12,
        "morning_star"
        | "morning_doji_star"
        | "evening_star"
        | "evening_doji_star"
        | "three_white_soldiers"
        | "three_inside"
        | "abandoned_baby"
        | "three_stars_in_south"
        | "advance_block"
        | "stalled_pattern"
        | "upside_gap_two_crows"
        | "two_crows"
        | "unique_three_river"
        | "tristar"
        | "identical_three_crows" => 13,
        "three_black_crows" | "concealing_baby_swallow" => 14,
        "breakaway" | "mat_hold" | "rising_three_methods" | "falling_three_methods" | "ladder_bottom" => 15,
        _ => panic!("{id} is not in the catalogue"),
    }
}

#[test]
fn each_pattern_waits_for_the_bars_of_the_catalogue() {
    let bars: Vec<_> = CALM.iter().cycle().take(20).copied().collect();
    for pattern in patterns() {
        let waiting = signals(pattern.id, EvaluationMode::Exodus, &bars).iter().take_while(|s| s.is_none()).count();
        assert_eq!(waiting + 1, bars_of_the_catalogue(pattern.id), "{}", pattern.id);
        assert_eq!(pattern.bars, waiting + 1, "{}", pattern.id);
    }
}

#[test]
fn ids_are_unique_and_texts_say_something() {
    let ids: BTreeSet<_> = patterns().iter().map(|pattern| pattern.id).collect();
    assert_eq!(ids.len(), 57);
    for pattern in patterns() {
        for text in [pattern.title, pattern.description] {
            assert!(text.ko.chars().any(|letter| ('가'..='힣').contains(&letter)), "{}: {}", pattern.id, text.ko);
            assert!(text.en.starts_with(|letter: char| letter.is_ascii_uppercase()), "{}: {}", pattern.id, text.en);
        }
    }
}

#[test]
fn an_id_that_cannot_run_says_whether_anybody_knows_it() {
    assert_eq!(pattern("engulfing").map(|pattern| pattern.id), Ok("engulfing"));
    assert_eq!(unavailable_patterns().len(), 9);
    for id in unavailable_patterns() {
        assert_eq!(pattern(id).map(|pattern| pattern.id), Err(PatternError::NotAvailable(id)));
    }
    assert_eq!(pattern("Engulfing").map(|pattern| pattern.id), Err(PatternError::Unknown));
}

/// Bars on a coarse grid, so that gaps, equal prices and ties come up.
fn coarse_bars(count: usize) -> impl Strategy<Value = Vec<[i32; 4]>> {
    let bar = (-3..=3, -8..=8, 0..=4, 0..=4);
    prop::collection::vec(bar, count).prop_map(|moves| {
        let mut close: i32 = 1_000;
        moves
            .into_iter()
            .map(|(gap, body, above, below)| {
                let open: i32 = close + gap;
                close = open + body;
                [open, open.max(close) + above, open.min(close) - below, close]
            })
            .collect()
    })
}

proptest! {
    #[test]
    fn a_signal_depends_on_the_catalogue_s_number_of_bars_and_on_no_earlier_one(bars in coarse_bars(60)) {
        for pattern in patterns() {
            let all = signals(pattern.id, EvaluationMode::Exodus, &bars);
            for (window, expected) in bars.windows(pattern.bars).zip(&all[pattern.bars - 1..]) {
                let alone = signals(pattern.id, EvaluationMode::Exodus, window).pop().flatten();
                prop_assert_eq!(alone, *expected, "{}", pattern.id);
            }
        }
    }
}
