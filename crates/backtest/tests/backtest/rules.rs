//! `.kis.yaml` documents through a backtest, as the built-in strategies go.

use exodus_backtest::{BarSeries, Flow, Note, StrategySpec, UndefinedBars, run_explained};
use exodus_domain::{Bar, kst_date};
use exodus_trading::{Strategy, strategy_type, validate};
use proptest::prelude::*;
use serde_json::json;

use crate::fixture::{Row, bar, date, finished, rows, series, spec};

const A: &str = "000010";

fn rules(document: &str, size: f64) -> Strategy {
    validate("rules", &json!({ "document": document, "position_size_percent": size }))
        .expect("a document without errors")
}

/// Buys above 10,050 and leaves the exit to `risk`.
fn bought_above(risk: &str) -> Strategy {
    let document = format!(
        "version: \"1.0\"
metadata: {{name: 돌파}}
strategy:
  id: above
  entry: {{conditions: [{{indicator: close, operator: cross_above, compare_to: 10050}}]}}
  exit: {{conditions: [{{indicator: close, operator: less_than, compare_to: 1}}]}}
risk:
  {risk}
"
    );
    rules(&document, 50.0)
}

/// Bought at the open of 10,200 on the second day after the cross, and closes after that.
fn week(closes: [i64; 4]) -> BarSeries {
    let days = ["2024-06-03", "2024-06-04", "2024-06-05", "2024-06-07", "2024-06-10", "2024-06-11"];
    let closes = [vec![10_000, 10_100], closes.to_vec()].concat();
    let opens = [10_000, 10_000, 10_200, 10_000, 10_000, 10_000];
    let bars: Vec<_> = days.into_iter().zip(opens).zip(closes).map(|((day, open), close)| (day, open, close)).collect();
    series(A, &bars)
}

fn sold_on(strategy: Strategy, closes: [i64; 4]) -> Option<String> {
    let result = finished(&spec(strategy, &[A], 1_000_000), &[week(closes)]);
    let trades = rows(&result);
    assert_eq!(trades[0], (A.to_owned(), "buy", 49, 10_200, 70, 0, None));
    let sell = result.trades.get(1)?;
    assert_eq!((sell.side.as_str(), sell.quantity.0), ("sell", 49));
    Some(exodus_domain::kst_date(sell.executed_at).to_string())
}

/// Stops go by the average price paid, 10,200, and not by the close of the signal, 10,100: five percent below it is
/// 9,690. They act on closes and sell at the next open.
#[test]
fn stops_are_measured_from_the_fill() {
    let loss = || bought_above("stop_loss: {enabled: true, percent: 5}");
    assert_eq!(sold_on(loss(), [10_200, 9_691, 9_690, 9_800]).as_deref(), Some("2024-06-11"));
    assert_eq!(sold_on(loss(), [9_690, 9_800, 9_800, 9_800]).as_deref(), Some("2024-06-07"), "on the day of the fill");
    assert_eq!(sold_on(loss(), [10_200, 9_691, 9_700, 9_700]), None);
    let profit = || bought_above("take_profit: {enabled: true, percent: 10}");
    assert_eq!(sold_on(profit(), [10_200, 11_219, 11_220, 11_000]).as_deref(), Some("2024-06-11"));
    assert_eq!(sold_on(profit(), [10_200, 11_219, 11_219, 11_000]), None);
    let trailing = || bought_above("trailing_stop: {enabled: true, percent: 10}");
    assert_eq!(
        sold_on(trailing(), [10_500, 9_450, 9_800, 9_800]).as_deref(),
        Some("2024-06-10"),
        "a tenth below 10,500"
    );
    assert_eq!(sold_on(trailing(), [10_500, 9_451, 9_451, 9_800]), None);
    assert_eq!(sold_on(bought_above("stop_loss: {enabled: false, percent: 5}"), [9_000; 4]), None);
}

#[test]
fn the_largest_position_of_the_document_caps_the_size() {
    let half = |risk| finished(&spec(bought_above(risk), &[A], 1_000_000), &[week([10_200; 4])]).trades[0].quantity.0;
    assert_eq!(half("max_position_size: 1"), 49);
    assert_eq!(half("max_position_size: 0.1"), 9);
}

fn walk(steps: &[i64]) -> BarSeries {
    let mut close = 10_000;
    let bars: Vec<Bar> = (date("2020-01-02").iter_days().zip(steps))
        .map(|(day, step)| {
            let open = close;
            close = (close + step).max(100);
            bar(day, [open, open.max(close), open.min(close), close, 1_000_000])
        })
        .collect();
    BarSeries::new(A.parse().expect("a valid code"), bars).expect("bars in order")
}

#[test]
fn each_fill_can_be_told_with_its_decision() {
    let spec = spec(bought_above("take_profit: {enabled: true, percent: 10}"), &[A], 1_000_000);
    let series = [week([10_200, 11_219, 11_220, 11_000])];
    let (result, decisions) = run_explained(&spec, &series, &mut |_| Flow::Continue).expect("a run");
    assert_eq!(result, finished(&spec, &series), "to tell more changes nothing");
    let told: Vec<_> = decisions
        .iter()
        .map(|one| (one.trade, kst_date(one.decided_in).to_string(), kst_date(one.filled_in).to_string()))
        .collect();
    let day = |text: &str| text.to_owned();
    assert_eq!(told, [(0, day("2024-06-04"), day("2024-06-05")), (1, day("2024-06-10"), day("2024-06-11"))]);
    let reasons: Vec<_> = decisions.iter().map(|one| one.signal.reason.code.as_str()).collect();
    assert_eq!(reasons, ["rules_entry", "take_profit"]);
    assert_eq!(decisions[0].signal.reason.conditions[0].left_value, Some(10_100.0));
}

/// Divides by zero in its second condition, on every bar on which the indicator is ready.
const UNDEFINED: &str = "version: \"1.0\"
metadata: {name: 나눗셈}
strategy:
  id: division
  indicators: [{id: sma, alias: mean, params: {period: 2}}]
  entry:
    conditions:
      - {indicator: close, operator: greater_than, compare_to: 1}
      - {indicator: close, operator: greater_than, compare_to: mean, compare_operation: div, compare_scalar: 0}
  exit: {conditions: [{indicator: close, operator: less_than, compare_to: 1}]}
";

#[test]
fn what_is_not_defined_orders_nothing_and_is_counted_for_each_strategy() {
    let mut spec = spec(rules(UNDEFINED, 50.0), &[A], 1_000_000);
    let issues = spec.strategies[0].issues.clone();
    spec.strategies.push(StrategySpec { id: 2, strategy: bought_above("max_position_size: 1"), issues });
    spec.from = date("2024-06-04");
    let result = finished(&spec, &[week([10_200; 4])]);
    assert_eq!(result.trades.iter().filter(|trade| trade.strategy_id == Some(1)).count(), 0);
    assert_eq!(result.trades.iter().filter(|trade| trade.strategy_id == Some(2)).count(), 1);
    // Five bars in the period; the one before it is only shown.
    assert_eq!(result.manifest.undefined_bars, [UndefinedBars { strategy_id: 1, bars: 5 }]);
    assert!(result.manifest.notes.contains(&Note::UndefinedValues));
    let well =
        finished(&crate::fixture::spec(bought_above("max_position_size: 1"), &[A], 1_000_000), &[week([10_200; 4])]);
    assert!(well.manifest.undefined_bars.is_empty() && !well.manifest.notes.contains(&Note::UndefinedValues));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]

    /// A document that says what a built-in strategy does trades as that one does, to the won.
    #[test]
    fn a_document_trades_as_the_built_in_strategy_it_describes(steps in prop::collection::vec(-300_i64..300, 30..120)) {
        let document = "version: \"1.0\"
metadata: {name: 교차}
strategy:
  id: cross
  indicators:
    - {id: sma, alias: fast, params: {period: 2}}
    - {id: sma, alias: slow, params: {period: 8}}
  entry: {conditions: [{indicator: fast, operator: greater_than, compare_to: slow}]}
  exit: {conditions: [{indicator: fast, operator: less_equal, compare_to: slow}]}
";
        let built_in = validate("moving_average_cross", &json!({ "fast": 2, "slow": 8, "position_size_percent": 30 }));
        let trades = |strategy| -> Vec<Row> { rows(&finished(&spec(strategy, &[A], 100_000_000), &[walk(&steps)])) };
        prop_assert_eq!(trades(rules(document, 30.0)), trades(built_in.expect("valid")));
    }
}

#[test]
fn every_preset_runs_and_most_trade() {
    let mut state = 7_i64;
    let steps: Vec<i64> = (0..1_500)
        .map(|day| {
            state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
            let noise = state / 65_536 % 601 - 300;
            if day / 150 % 2 == 0 { noise + 25 } else { noise - 25 }
        })
        .collect();
    let kind = strategy_type("rules").expect("a type");
    let traded = kind.presets.iter().filter(|preset| {
        let strategy = validate("rules", &preset.parameters()).expect("valid");
        let result = finished(&spec(strategy, &[A], 100_000_000), &[walk(&steps)]);
        !result.trades.is_empty()
    });
    assert!(traded.count() >= 8, "ten presets over 1,500 bars");
}
