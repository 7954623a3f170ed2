//! Exports as the official backtester took them.
//!
//! `recorded.json` holds what its loader read of each export (commit 885dd4e of koreainvestment/open-trading-api), and
//! that its code generator then made an algorithm of it that compiles. While the exports stay the same, so does that.

use std::fmt::Write as _;

use serde::Deserialize;
use serde_json::json;

use super::super::plan::{PlannedCondition, PlannedGroup, PlannedRight, Test};
use super::*;
use crate::candlesticks::patterns;
use crate::indicators::{ParameterKind, indicators};

/// One export and what the official backtester made of it.
#[derive(Deserialize)]
struct Recorded {
    name: String,
    export: String,
    /// What its loader read, in its own words.
    read: Value,
    /// True if it made an algorithm of it.
    generated: bool,
}

/// The presets, and documents that say everything the format can say.
fn documents() -> Vec<(&'static str, String)> {
    let mut documents: Vec<_> = presets().iter().map(|preset| (preset.id, preset.text.to_owned())).collect();
    documents.push(("every_indicator", every_indicator()));
    documents.push(("every_pattern", every_pattern()));
    documents.push(("every_word", every_word()));
    documents.push(("odd_names", odd_names()));
    documents
}

/// Each indicator with its usual parameters, and each of its outputs in a condition.
fn every_indicator() -> String {
    let (mut entries, mut conditions) = (String::new(), String::new());
    for kind in indicators() {
        let default = |kind: ParameterKind| match kind {
            ParameterKind::Integer { default, .. } => json!(default),
            ParameterKind::Number { default, .. } => json!(default),
            ParameterKind::Choice(words) => json!(words[0]),
        };
        let parameters: Map<_, _> =
            kind.parameters.iter().map(|parameter| (parameter.key.to_owned(), default(parameter.kind))).collect();
        writeln!(entries, "- {{id: {0}, alias: my_{0}, params: {1}}}", kind.id, Value::Object(parameters))
            .expect("text");
        for output in kind.outputs {
            writeln!(conditions, "- {{indicator: my_{}, output: {output}, operator: gt, value: 1.5}}", kind.id)
                .expect("text");
        }
    }
    document(&entries, &conditions, NEVER)
}

fn every_pattern() -> String {
    let conditions = patterns().iter().zip(["bullish", "bearish", "detected"].iter().cycle());
    let conditions: String = conditions
        .map(|(pattern, signal)| format!("- {{candlestick: {}_1, signal: {signal}}}\n", pattern.id))
        .collect();
    document("[]", &conditions, "- {candlestick: doji}")
}

/// Each operator, price field, scalar and way to give a number, and all of `risk`.
fn every_word() -> String {
    let operators = Operator::WORDS.iter().map(|(word, _)| format!("- {{operator: '{word}', compare_to: fast}}\n"));
    let fields = PriceField::WORDS.iter().map(|(word, _)| {
        format!("- {{indicator: {word}, operator: cross_above, value: 5}}\n- {{indicator: fast, compare_to: {word}}}\n")
    });
    let scales = ScaleOperation::WORDS
        .iter()
        .map(|(word, _)| format!("- {{compare_to: fast, compare_scalar: 0.95, compare_operation: {word}}}\n"));
    let numbers = ["value: 30", "value: \"30\"", "compare_to: -1e3", "value: $level", "compare_to: $level"];
    let numbers = numbers.into_iter().map(|right| format!("- {{indicator: fast, {right}}}\n"));
    let entry: String = operators.chain(fields).chain(scales).chain(numbers).collect();
    document("- {id: sma, alias: fast, name: 빠른 선, params: {period: $days}}", &entry, "- {candlestick: engulfing_2}")
        .replace(
            "id: test",
            "id: test\n  category: trend\n  params:\n    days: {default: 5, min: 2, max: 60, step: 1, type: int}\n    level: {default: 2.5, type: float, description: 기준}\n  candlesticks: [{id: hammer, alias: hammer_7}]",
        )
        .replace(
            "risk: {}",
            "risk:\n  stop_loss: {enabled: true, percent: 5}\n  take_profit: {enabled: false, percent: 10}\n  trailing_stop: {enabled: true, percent: \"2.5\"}\n  max_position_size: 0.5",
        )
        .replace("name: 시험", "name: 시험\n  author: 나\n  created_at: 2026-01-02T03:04:05\n  tags: [추세, '1', yes]")
}

/// Names that the code of the official generator would stumble over.
fn odd_names() -> String {
    let indicators = "- {id: sma, alias: class, params: {period: 2}}
- {id: sma, alias: \"it's\", params: {period: 3}}
- {id: sma, alias: \"a-b\", params: {period: 4}}
- {id: sma, alias: \"a b\", params: {period: 5}}
- {id: sma, alias: \"5일선\", params: {period: 6}}
- {id: macd, alias: 종가, params: {fast: 12, slow: 26, signal: 9}}
- {id: sma, alias: 종가_signal, params: {period: 7}}
- {id: sma, alias: symbol, params: {period: 8}}";
    let entry = "- {indicator: class, operator: gt, compare_to: \"it's\"}
- {indicator: a-b, operator: cross_above, compare_to: \"a b\"}
- {indicator: 5일선, operator: gt, compare_to: 종가, compare_output: signal}
- {indicator: 종가_signal, operator: lt, compare_to: symbol}
- {candlestick: \"my pattern\", signal: bullish}";
    document(indicators, entry, NEVER)
        .replace("name: 시험", "name: \"say \\\"hi\\\" {x} \\\\ \\n bye\"\n  description: 'ends with \"\"\" and \\x'")
        .replace("id: test", "id: 시험.1\n  candlesticks: [{id: doji, alias: my pattern}]")
}

/// What the export says, in the words of the official loader.
fn read(document: &Document) -> Value {
    let (rules, plan) = (document.rules().expect("read"), document.plan().expect("runs"));
    let group = |group: &Group, planned: &PlannedGroup| {
        let conditions = group.conditions.iter().zip(&planned.conditions);
        let conditions: Vec<_> = conditions.map(|(condition, planned)| condition_read(condition, planned)).collect();
        // A group of one is that one.
        let logic = (conditions.len() > 1).then(|| group.logic.as_str());
        json!({ "logic": logic, "conditions": conditions })
    };
    let indicators = plan
        .indicators
        .iter()
        .map(|one| json!({ "id": one.kind.id, "alias": one.alias, "params": one.parameters.to_json() }));
    let stops = plan.stops();
    let risk =
        json!({ "stop_loss": stops.stop_loss, "take_profit": stops.take_profit, "trailing_stop": stops.trailing });
    json!({
        "id": rules.id,
        "category": rules.category,
        "indicators": indicators.collect::<Vec<_>>(),
        "candlesticks": plan.patterns.iter().map(|one| json!({ "id": one.kind.id, "alias": one.alias })).collect::<Vec<_>>(),
        "entry": group(&rules.entry, &plan.entry),
        "exit": group(&rules.exit, &plan.exit),
        "risk": risk,
    })
}

fn condition_read(condition: &Condition, planned: &PlannedCondition) -> Value {
    let comparison = match condition {
        Condition::Candlestick(one) => return json!({ "candlestick": one.alias, "signal": one.signal.as_str() }),
        Condition::Comparison(comparison) => comparison,
    };
    let output = |operand: &Operand| operand.output.clone().unwrap_or_else(|| "value".to_owned());
    let (left, operator) = (&comparison.left, comparison.operator.as_str());
    let mut read = json!({ "left": left.name, "left_output": output(left), "operator": operator });
    match (&comparison.right, planned.test) {
        (Right::Series(operand, scale), _) => {
            read["right"] = json!(operand.name);
            read["right_output"] = json!(output(operand));
            if let Some(scale) = scale {
                read["scalar"] = json!(scale.factor);
                read["operation"] = json!(scale.operation.as_str());
            }
        }
        (_, Test::Compare { right: PlannedRight::Number(number), .. }) => read["value"] = json!(number),
        other => panic!("{other:?} is no comparison"),
    }
    read
}

/// The same with every number as a fraction.
fn fractions(value: &Value) -> Value {
    match value {
        Value::Number(number) => json!(number.as_f64()),
        Value::Array(items) => items.iter().map(fractions).collect(),
        Value::Object(members) => members.iter().map(|(key, value)| (key.clone(), fractions(value))).collect(),
        other => other.clone(),
    }
}

#[test]
fn exports_are_those_that_the_official_backtester_took() {
    let recorded: Vec<Recorded> = serde_json::from_str(include_str!("recorded.json")).expect("the recorded exports");
    let documents = documents();
    assert_eq!(recorded.len(), documents.len());
    for ((name, text), recorded) in documents.iter().zip(recorded) {
        assert_eq!(*name, recorded.name);
        let export = harmless(text).export(Target::Backtester, &Extras::default()).expect("exported");
        assert_eq!(export, recorded.export, "{name}: have the official backtester take the new export, and record it");
        assert!(recorded.generated, "{name}");
        let (ours, theirs) = (fractions(&read(&harmless(&export))), fractions(&recorded.read));
        for part in ["id", "category", "indicators", "candlesticks", "entry", "exit", "risk"] {
            assert_eq!(ours[part], theirs[part], "{name}: both read the same {part}");
        }
    }
}
