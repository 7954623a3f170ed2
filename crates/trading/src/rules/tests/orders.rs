//! Order lists of the official backtester, worked out by hand: defects D1, D3, D6 and D8 of its own.

use std::sync::Arc;

use exodus_domain::Side;

use super::*;
use crate::indicators::{EvaluationMode, StudyBar};

/// Side, bar from 0, price and reason of each order on these closes. Open, high and low are far off, as nothing may be
/// filled there or stopped by them.
fn orders(text: &str, closes: &[f64]) -> Vec<(Side, usize, f64, String)> {
    let plan = harmless(text).plan().expect("runs").clone();
    let mut trading = OfficialTrading::new(Arc::new(plan));
    let step = |(place, close): (usize, &f64)| {
        let bar = StudyBar { open: 1.0, high: 10_000.0, low: 1.0, close: *close, volume: 1_000.0, benchmark: None };
        let (_, order) = trading.step(&bar);
        order.map(|order| (order.side, place, order.price, order.reason.code))
    };
    closes.iter().enumerate().filter_map(step).collect()
}

fn order(side: Side, place: usize, price: f64, code: &str) -> (Side, usize, f64, String) {
    (side, place, price, code.to_owned())
}

/// D1: decided and filled on the same close. D3: 12 lies above its average of 11, which counts as a cross because the bar
/// before is taken for zero; a fall below it on the first bar does not.
#[test]
fn a_cross_that_was_none_is_bought_at_the_close_it_was_seen_on() {
    let text = document(
        SMA,
        "- {indicator: close, operator: cross_above, compare_to: fast}",
        "- {indicator: close, operator: cross_below, compare_to: fast}",
    );
    // The average of two: -, 11, 13, 11.5, 12, 14, 12.5.
    let found = orders(&text, &[10.0, 12.0, 14.0, 9.0, 15.0, 13.0, 12.0]);
    let expected = [
        order(Side::Buy, 1, 12.0, "rules_entry"),
        order(Side::Sell, 3, 9.0, "rules_exit"),
        order(Side::Buy, 4, 15.0, "rules_entry"),
        order(Side::Sell, 5, 13.0, "rules_exit"),
    ];
    assert_eq!(found, expected);
    // The average of two: -, 11, 9.5: below from the first bar on, it never crosses.
    assert_eq!(orders(&text, &[12.0, 10.0, 9.0]), []);
}

/// D6: stop, take and trailing go by the close of the signal, and by closes only.
#[test]
fn exits_are_measured_from_the_close_of_the_signal() {
    let risk = |rules: &str| {
        let entry = "- {indicator: close, operator: cross_above, value: 99.5}";
        document("[]", entry, NEVER).replace("risk: {}", &format!("risk: {{{rules}}}"))
    };
    let loss = risk("stop_loss: {enabled: true, percent: 5}");
    // Bought at 100 on the first bar. 96 is 4 % below, 95 is 5 %; 101 crosses once more and is bought again.
    let expected = [
        order(Side::Buy, 0, 100.0, "rules_entry"),
        order(Side::Sell, 3, 95.0, "stop_loss"),
        order(Side::Buy, 4, 101.0, "rules_entry"),
        // 5 % below 101 is 95.95.
        order(Side::Sell, 6, 95.9, "stop_loss"),
    ];
    assert_eq!(orders(&loss, &[100.0, 98.0, 96.0, 95.0, 101.0, 96.0, 95.9]), expected);

    let take = risk("take_profit: {enabled: true, percent: 10}");
    let expected = [order(Side::Buy, 0, 100.0, "rules_entry"), order(Side::Sell, 2, 110.0, "take_profit")];
    assert_eq!(orders(&take, &[100.0, 109.9, 110.0, 120.0]), expected, "120 lies above 99.5 as 110 did");

    // The mark is the highest close, 120; 10 % below it is 108.
    let trailing = risk("trailing_stop: {enabled: true, percent: 10}");
    let expected = [order(Side::Buy, 0, 100.0, "rules_entry"), order(Side::Sell, 4, 107.0, "trailing_stop")];
    assert_eq!(orders(&trailing, &[100.0, 120.0, 109.0, 108.5, 107.0]), expected);

    // At zero percent any close at or below that of the signal sells.
    let zero = risk("stop_loss: {enabled: true, percent: 0}");
    let expected = [order(Side::Buy, 0, 100.0, "rules_entry"), order(Side::Sell, 2, 100.0, "stop_loss")];
    assert_eq!(orders(&zero, &[100.0, 101.0, 100.0]), expected);
}

/// What is held is read before the entry: a bar that says both buys when nothing is held and sells when something is.
#[test]
fn nothing_is_sold_on_the_bar_it_was_bought_on() {
    let text = document("[]", "- {value: 1}", "- {value: 1}");
    let sides: Vec<_> = orders(&text, &[5.0, 6.0, 7.0, 8.0]).into_iter().map(|(side, ..)| side).collect();
    assert_eq!(sides, [Side::Buy, Side::Sell, Side::Buy, Side::Sell]);
    let rule_first = text.replace("risk: {}", "risk: {stop_loss: {enabled: true, percent: 5}}");
    let expected = [order(Side::Buy, 0, 10.0, "rules_entry"), order(Side::Sell, 1, 5.0, "rules_exit")];
    assert_eq!(orders(&rule_first, &[10.0, 5.0]), expected, "the rule is named before the stop");
}

/// D8: `returns` is a hundred times the percentage: 1 % is 100, 60 % is 6,000.
#[test]
fn returns_a_hundred_times_too_large_buy_too_early() {
    let text = document(
        "- {id: returns, params: {period: 1}}",
        "- {indicator: returns_1, operator: gt, value: 50}",
        "- {indicator: returns_1, operator: lt, value: -50}",
    );
    // In percent: 1, 0, -1, 60.
    let expected = [
        order(Side::Buy, 1, 101.0, "rules_entry"),
        order(Side::Sell, 3, 99.99, "rules_exit"),
        order(Side::Buy, 4, 159.984, "rules_entry"),
    ];
    assert_eq!(orders(&text, &[100.0, 101.0, 101.0, 99.99, 159.984]), expected);
    // What is meant: only the 60 % are above 50 %.
    let plan = harmless(&text).plan().expect("runs").clone();
    let mut study = RulesStudy::new(Arc::new(plan), EvaluationMode::Exodus);
    let entries = [100.0, 101.0, 101.0, 99.99, 159.984].map(|close| {
        let bar = StudyBar { open: close, high: close, low: close, close, volume: 1.0, benchmark: None };
        study.step(&bar).is_some_and(|evaluation| evaluation.entry)
    });
    assert_eq!(entries, [false, false, false, false, true]);
}
