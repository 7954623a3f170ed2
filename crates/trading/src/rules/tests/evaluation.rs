//! What documents say on bars, by hand.

use std::sync::Arc;

use super::*;
use crate::indicators::{EvaluationMode, StudyBar};

fn bar(close: f64) -> StudyBar {
    StudyBar { open: close, high: close, low: close, close, volume: 1_000.0, benchmark: None }
}

/// Bars, counted from 0, on which the entry holds.
fn entries_of(text: &str, mode: EvaluationMode, bars: &[StudyBar]) -> Vec<usize> {
    let plan = harmless(text).plan().expect("runs").clone();
    let mut study = RulesStudy::new(Arc::new(plan), mode);
    let told = bars.iter().map(|bar| study.step(bar).is_some_and(|evaluation| evaluation.entry));
    told.enumerate().filter(|(_, entry)| *entry).map(|(place, _)| place).collect()
}

fn entries(indicators: &str, condition: &str, closes: &[f64]) -> Vec<usize> {
    let bars: Vec<_> = closes.iter().map(|close| bar(*close)).collect();
    entries_of(&document(indicators, condition, NEVER), EvaluationMode::Exodus, &bars)
}

#[test]
fn each_operator_by_each_of_its_names() {
    let closes = [1.0, 2.0, 3.0, 2.0, 1.0, 2.0];
    let rows: [(&[&str], &[usize]); 8] = [
        (&["greater_than", "gt", "'>'", "breaks", "' GT '"], &[2]),
        (&["less_than", "lt", "<"], &[0, 4]),
        (&["greater_equal", "gte", "'>='"], &[1, 2, 3, 5]),
        (&["less_equal", "lte", "<="], &[0, 1, 3, 4, 5]),
        (&["equal", "'=='", "equals", "eq"], &[1, 3, 5]),
        (&["not_equal", "'!='"], &[0, 2, 4]),
        (&["cross_above", "crosses_above", "crossover", "indicator_cross_above"], &[2]),
        (&["cross_below", "crosses_below", "crossunder", "indicator_cross_below"], &[4]),
    ];
    for (names, expected) in rows {
        for name in names {
            let found = entries("[]", &format!("- {{indicator: close, operator: {name}, value: 2}}"), &closes);
            assert_eq!(found, expected, "{name}");
        }
    }
    let unnamed = entries("[]", "- {value: 2}", &closes);
    assert_eq!(unnamed, [2], "close greater_than is what nothing said means");
}

#[test]
fn each_way_to_write_the_right_side() {
    let closes = [4.0, 6.0, 10.0];
    // The average of two: -, 5, 8.
    let rows: [(&str, &[usize]); 10] = [
        ("value: 9", &[2]),
        ("value: \"9\"", &[2]),
        ("compare_to: 9", &[2]),
        ("compare_to: fast", &[1, 2]),
        ("value: fast", &[1, 2]),
        ("compare_to: fast, compare_scalar: 1.22", &[2]),
        ("compare_to: fast, compare_scalar: 0.5, compare_operation: div", &[]),
        ("compare_to: fast, compare_scalar: 1.5, compare_operation: add", &[2]),
        ("compare_to: fast, compare_scalar: -1.5, compare_operation: sub", &[2]),
        ("compare_to: high", &[]),
    ];
    for (right, expected) in rows {
        let found = entries(SMA, &format!("- {{indicator: close, operator: gt, {right}}}"), &closes);
        assert_eq!(found, expected, "{right}");
    }
}

#[test]
fn every_price_field_keeps_its_bar_before() {
    let at = |open, high, low, close, volume| StudyBar { open, high, low, close, volume, benchmark: None };
    let bars = [at(5.0, 9.0, 3.0, 6.0, 10.0), at(6.0, 8.0, 4.0, 7.0, 30.0), at(7.0, 10.0, 2.0, 8.0, 20.0)];
    for (field, level, expected) in
        [("price", 6.5, 1), ("close", 7.5, 2), ("open", 5.5, 1), ("high", 9.5, 2), ("low", 3.5, 1), ("volume", 25.0, 1)]
    {
        let condition = format!("- {{indicator: {field}, operator: cross_above, value: {level}}}");
        let found = entries_of(&document("[]", &condition, NEVER), EvaluationMode::Exodus, &bars);
        assert_eq!(found, [expected], "{field}");
    }
}

#[test]
fn outputs_are_named_or_the_editors_own() {
    let bands = "- {id: bollinger, alias: bb, params: {period: 2, std: 1}}";
    // Of 4 and 8: middle 6, deviation 2.
    for (output, level, expected) in
        [(", output: upper", 7.9, 1), (", output: lower", 4.1, 0), ("", 5.9, 1), (", output: value", 6.1, 0)]
    {
        let condition = format!("- {{indicator: bb{output}, operator: gt, value: {level}}}");
        assert_eq!(entries(bands, &condition, &[4.0, 8.0]).len(), expected, "{output}");
    }
    let text = document(bands, "- {indicator: bb, operator: gt, value: 6.5}", NEVER);
    let bars = [bar(4.0), bar(8.0)];
    assert_eq!(entries_of(&text, EvaluationMode::Official, &bars), [1], "the official backtester takes the close");
    assert!(entries_of(&text, EvaluationMode::Exodus, &bars).is_empty());
}

#[test]
fn groups_hold_together_or_apart() {
    let conditions = "- {indicator: close, operator: gt, value: 2}\n- {indicator: close, operator: lt, value: 4}";
    assert_eq!(entries("[]", conditions, &[1.0, 3.0, 5.0]), [1]);
    let bars = [bar(1.0), bar(3.0), bar(5.0)];
    let either = document("[]", conditions, NEVER).replace("logic: AND", "logic: OR");
    assert_eq!(entries_of(&either, EvaluationMode::Exodus, &bars), [0, 1, 2]);
}

#[test]
fn nothing_is_said_before_everything_declared_is_ready() {
    let unused = format!("{SMA}\n- {{id: sma, alias: slow, params: {{period: 4}}}}");
    assert_eq!(
        entries(&unused, "- {value: 0}", &[1.0; 6]),
        [3, 4, 5],
        "an indicator that no condition asks for counts"
    );
}

/// What depends on all of the past is shown more of it.
#[test]
fn recursive_averages_are_given_time_to_settle() {
    let rows = [
        ("- {id: sma, params: {period: 20}}", 20, 19),
        ("- {id: rsi, params: {period: 14}}", 15, 14 + 56),
        ("- {id: macd, params: {fast: 12, slow: 26, signal: 9}}", 34, 33 + 104),
        ("- {id: rsi, params: {period: 2}}\n- {id: sma, params: {period: 100}}", 100, 99),
    ];
    for (indicators, ready, warm_up) in rows {
        let document = harmless(&document(indicators, "- {value: 1}", NEVER));
        let plan = document.plan().expect("runs");
        assert_eq!((plan.ready_bars(EvaluationMode::Exodus), plan.warm_up_bars()), (ready, warm_up), "{indicators}");
    }
}

/// A cross on the first bar that is evaluated: the official backtester takes the bar before for zero.
#[test]
fn the_first_bar_crosses_nothing_but_in_official_mode() {
    let text = document(SMA, "- {indicator: close, operator: cross_above, compare_to: fast}", NEVER);
    let bars = [10.0, 12.0, 14.0, 9.0, 15.0].map(bar);
    assert_eq!(entries_of(&text, EvaluationMode::Exodus, &bars), [4]);
    assert_eq!(entries_of(&text, EvaluationMode::Official, &bars), [1, 4]);
    let below = text.replace("cross_above", "cross_below");
    assert_eq!(entries_of(&below, EvaluationMode::Exodus, &bars), [3]);
    let falling = [10.0, 8.0, 14.0, 9.0].map(bar);
    for mode in [EvaluationMode::Exodus, EvaluationMode::Official] {
        assert_eq!(entries_of(&below, mode, &falling), [3], "nothing crosses below on the first bar");
    }
    let at_once = document("[]", "- {indicator: close, operator: cross_above, value: 9.5}", NEVER);
    assert_eq!(entries_of(&at_once, EvaluationMode::Exodus, &bars), [4]);
    assert_eq!(entries_of(&at_once, EvaluationMode::Official, &bars), [0, 4]);
}

/// `returns` of the official backtester is a hundred times the percentage.
#[test]
fn returns_are_in_percent_but_in_official_mode() {
    let text =
        document("- {id: returns, params: {period: 1}}", "- {indicator: returns_1, operator: gt, value: 50}", NEVER);
    let bars = [100.0, 101.0, 160.0].map(bar);
    assert_eq!(entries_of(&text, EvaluationMode::Exodus, &bars), [2]);
    assert_eq!(entries_of(&text, EvaluationMode::Official, &bars), [1, 2]);
}

#[test]
fn a_number_that_is_not_defined_holds_everything_and_is_counted() {
    let text = document(
        SMA,
        "- {indicator: close, operator: gt, compare_to: fast, compare_scalar: 0, compare_operation: div}\n- {value: 1}",
        NEVER,
    );
    let text = text.replace("logic: AND", "logic: OR");
    let plan = harmless(&text).plan().expect("runs").clone();
    let mut study = RulesStudy::new(Arc::new(plan), EvaluationMode::Exodus);
    for close in [10.0, 11.0, 12.0] {
        assert_ne!(study.step(&bar(close)), Some(Evaluation { entry: true, exit: false }));
    }
    assert_eq!(study.undefined_bars(), 2);
}

#[test]
fn the_explanation_has_both_sides_on_both_bars() {
    let text = document(SMA, "- {indicator: close, operator: cross_above, compare_to: fast}\n- {value: 0}", NEVER);
    let plan = harmless(&text).plan().expect("runs").clone();
    let mut study = RulesStudy::new(Arc::new(plan), EvaluationMode::Exodus);
    for close in [10.0, 8.0, 12.0] {
        study.step(&bar(close));
    }
    let [cross, level] = &study.explain_entry()[..] else { panic!("two conditions") };
    assert_eq!((cross.left.as_str(), cross.operator.as_str(), cross.right.as_str()), ("close", "cross_above", "fast"));
    assert_eq!((cross.left_value, cross.right_value), (Some(12.0), Some(10.0)));
    assert_eq!((cross.left_before, cross.right_before, cross.holds), (Some(8.0), Some(9.0), true));
    assert_eq!((level.left.as_str(), level.right.as_str(), level.holds), ("price", "0", true));
}

#[test]
fn conditions_are_told_as_sentences() {
    let text = document(
        SMA,
        "- {indicator: close, operator: cross_above, compare_to: fast, compare_output: value}
- {indicator: fast, compare_to: close, compare_scalar: 0.9}
- {candlestick: engulfing, signal: bearish}",
        NEVER,
    );
    let document = harmless(&text);
    let plan = document.plan().expect("runs");
    let (ko, en): (Vec<_>, Vec<_>) = plan.entry_sentences().into_iter().map(|told| (told.ko, told.en)).unzip();
    assert_eq!(en, ["close crosses above fast", "fast > close × 0.9", "engulfing is bearish"]);
    assert_eq!(ko, ["close ↗ 상향 돌파 fast", "fast > close × 0.9", "engulfing 하락 신호"]);
    assert_eq!(plan.exit_sentences()[0].en, "close < 0");
}

#[test]
fn a_pattern_points_one_way() {
    let at = |open, close| StudyBar {
        open,
        high: f64::max(open, close) + 1.0,
        low: f64::min(open, close) - 1.0,
        close,
        volume: 1.0,
        benchmark: None,
    };
    let bars = [at(10.0, 11.0), at(12.0, 11.0), at(10.0, 13.0)];
    for (signal, expected) in [("bullish", 1), ("bearish", 0), ("detected", 1)] {
        let text = document("[]", &format!("- {{candlestick: engulfing, signal: {signal}}}"), NEVER);
        assert_eq!(entries_of(&text, EvaluationMode::Exodus, &bars).len(), expected, "{signal}");
    }
}
