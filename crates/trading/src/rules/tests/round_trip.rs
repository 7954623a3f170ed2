//! Documents written for the broker's tools and read again.

use super::*;
use crate::indicators::EvaluationMode;

fn exported(document: &Document, target: Target) -> String {
    document.export(target, &Extras::default()).unwrap_or_else(|findings| panic!("{findings:#?}\n{}", document.text()))
}

/// Written, read and written again, a document stays as it is.
fn comes_back(document: &Document, target: Target) -> Document {
    let text = exported(document, target);
    let again = harmless(&text);
    assert_eq!(exported(&again, target), text);
    again
}

#[test]
fn presets_come_back_for_both_tools() {
    for preset in presets() {
        let document = harmless(preset.text);
        let again = comes_back(&document, Target::Backtester);
        assert_eq!(again.plan(), document.plan(), "{}", preset.id);
        let rules = document.rules().expect("read");
        assert_eq!(
            again.rules().map(|rules| (&rules.parameters, &rules.risk, &rules.metadata)),
            Some((&rules.parameters, &rules.risk, &rules.metadata))
        );
        let simple = comes_back(&document, Target::StrategyBuilder);
        assert!(!exported(&document, Target::StrategyBuilder).contains('$'));
        let ready = |document: &Document| document.plan().expect("runs").ready_bars(EvaluationMode::Exodus);
        assert_eq!(ready(&simple), ready(&document));
    }
}

#[test]
fn everything_survives_that_is_not_known() {
    let text = document(
        SMA,
        "- {indicator: close, operator: '>', compare_to: fast, note: \"a \\\"b\\\": [c]\", color: '#fff'}",
        NEVER,
    )
    .replace("metadata:\n", "x_exodus: {universe: [\"005930\", on, ~, 014, 1e3]}\nmetadata:\n  icon: 🚀\n")
    .replace("risk: {}", "risk: {note: 'no', stop_loss: {enabled: off, percent: 5, why: \"true\"}}");
    let document = harmless(&text);
    let again = comes_back(&document, Target::Backtester);
    assert_eq!(again.plan(), document.plan());
    let (rules, back) = (document.rules().expect("read"), again.rules().expect("read"));
    assert_eq!((&back.unknown, &back.metadata, &back.risk), (&rules.unknown, &rules.metadata, &rules.risk));
    let note = |rules: &Rules| match &rules.entry.conditions[0] {
        Condition::Comparison(comparison) => comparison.unknown.clone(),
        Condition::Candlestick(other) => other.unknown.clone(),
    };
    assert_eq!(note(back), note(rules));
    assert_eq!(document.text(), text, "and the text itself is kept byte for byte");
}

#[test]
fn an_export_says_everything() {
    let indicators =
        "- {id: macd, params: {fast: 12.0, slow: 26, signal: 9}}\n- {id: bollinger, params: {period: 20, std: 2}}";
    let entry = "- {indicator: macd_1, operator: eq, compare_to: 5}\n- {indicator: price, operator: '>', compare_to: bollinger_1}\n- {candlestick: doji}";
    let document = harmless(&document(indicators, entry, NEVER));
    let text = exported(&document, Target::Backtester);
    for part in [
        "version: \"1.0\"",
        "fast: 12\n",
        "alias: macd_1",
        "output: middle",
        "indicator: close",
        "operator: equal\n",
        "value: 5",
        "compare_output: middle",
        "candlestick: doji\n",
        "signal: detected",
        "risk: {}",
        "id: doji\n",
        "logic: OR",
    ] {
        assert!(text.contains(part), "{part} is not in\n{text}");
    }
    let text = exported(&document, Target::StrategyBuilder);
    for part in ["operator: equals", "compare_to: 5", "candlestick: doji_1", "alias: doji_1"] {
        assert!(text.contains(part), "{part} is not in\n{text}");
    }
    assert!(!text.contains("value:"), "{text}");
}

#[test]
fn the_builder_gets_a_disparity_for_a_scaled_average_or_a_refusal() {
    let scaled = |condition: &str| harmless(&document(SMA, condition, NEVER));
    let below = scaled("- {indicator: close, operator: lt, compare_to: fast, compare_scalar: 0.9}");
    let text = exported(&below, Target::StrategyBuilder);
    assert!(text.contains("id: disparity") && text.contains("compare_to: 90\n"), "{text}");
    for (condition, path) in [
        ("- {indicator: open, operator: lt, compare_to: fast, compare_scalar: 0.9}", "[0].compare_scalar"),
        (
            "- {indicator: close, operator: lt, compare_to: fast, compare_scalar: 9, compare_operation: add}",
            "[0].compare_scalar",
        ),
        ("- {indicator: volume, operator: gt, value: 5}", "[0]"),
        ("- {indicator: close, operator: '!=', value: 5}", "[0].operator"),
    ] {
        let findings =
            scaled(condition).export(Target::StrategyBuilder, &Extras::default()).expect_err("no word for it");
        assert_eq!(findings[0].path.to_string(), format!("strategy.entry.conditions{path}"));
    }
}

#[test]
fn the_builder_gets_no_alias_twice() {
    let taken = "- {id: sma, alias: doji_1, params: {period: 2}}";
    let findings =
        harmless(&document(taken, "- {candlestick: doji}", NEVER)).export(Target::StrategyBuilder, &Extras::default());
    assert_eq!(findings.expect_err("refused")[0].path.to_string(), "strategy.indicators");
}

/// A strategy is more than its document: parameter values become the defaults, the rest stands where nobody reads it.
#[test]
fn what_a_strategy_has_beside_its_document_is_kept_apart() {
    let document = harmless(
        &document("- {id: sma, alias: fast, params: {period: $days}}", "- {indicator: close, value: 1}", NEVER)
            .replace("id: test", "id: test\n  params: {days: {default: 5, min: 2, max: 50, type: int}}")
            .replace("metadata:\n", "x_exodus: {symbols: [old]}\nmetadata:\n"),
    );
    let json = |text: &str| serde_json::from_str::<Map<String, Value>>(text).expect("an object");
    let x_exodus = json(
        r#"{"sizing": "equal_weight", "position_amount": 1000000, "cash_buffer_percent": 2.5,
        "symbols": ["005930", "0126Z0"], "nested": {"none": null, "on": true}, "max_holding_bars": 0}"#,
    );
    let extras = Extras { overrides: json(r#"{"days": 7.0}"#), x_exodus: x_exodus.clone() };
    let text = document.export(Target::Backtester, &extras).expect("written");
    let again = harmless(&text);
    assert_eq!(again.plan().ok(), document.plan_with(&extras.overrides).as_ref().ok(), "{text}");
    assert_eq!(again.x_exodus(), Some(Value::Object(x_exodus)));
    assert_eq!(again.rules().map(|rules| &rules.parameters[0].default), Some(&Some(7.into())));
    let mut without = again.rules().expect("read").clone();
    without.unknown.clear();
    let plain =
        harmless(&document.text().replace("x_exodus: {symbols: [old]}\n", "").replace("default: 5", "default: 7"));
    assert_eq!(Some(&without.parameters), plain.rules().map(|rules| &rules.parameters), "nothing else is read from it");

    let simple = document.export(Target::StrategyBuilder, &extras).expect("written");
    assert!(simple.contains("period: 7\n") && !simple.contains("equal_weight"), "{simple}");
    let overridden = |overrides| document.export(Target::Backtester, &Extras { overrides, ..Extras::default() });
    assert_eq!(overridden(json(r#"{"days": 51}"#)).expect_err("refused")[0].path.to_string(), "overrides.days");
    for (key, value) in [("max_holding_bars", Value::from(5)), ("exit_check", "intraday".into())] {
        let extras = Extras { x_exodus: Map::from_iter([(key.to_owned(), value)]), ..Extras::default() };
        for target in [Target::Backtester, Target::StrategyBuilder] {
            let findings = document.export(target, &extras).expect_err("the file would sell at other times");
            assert_eq!(findings[0].path.to_string(), format!("x_exodus.{key}"));
        }
    }
}

#[test]
fn the_presets_are_found_by_all_their_ids() {
    for preset in presets() {
        assert_eq!(harmless(preset.text).rules().expect("read").id, preset.id);
        for id in preset.official_ids {
            assert_eq!(super::preset(id).map(|found| found.id), Some(preset.id), "{id}");
        }
    }
    assert!(super::preset("nobody").is_none());
    assert_eq!(presets().len(), 10);
}
