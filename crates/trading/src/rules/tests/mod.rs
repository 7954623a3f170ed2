//! Documents against what must be found in them, what they mean, and what they are written back as.

mod evaluation;
mod official;
mod orders;
mod properties;
mod recorded;
mod refusals;
mod round_trip;

use super::*;

/// A document with `indicators`, `entry` and `exit` filled in, each indented to its place.
fn document(indicators: &str, entry: &str, exit: &str) -> String {
    let list = |items: &str, indent: usize| {
        let lines = items.lines().map(|line| format!("{:indent$}{line}\n", ""));
        lines.collect::<String>()
    };
    format!(
        "version: \"1.0\"\nmetadata:\n  name: 시험\nstrategy:\n  id: test\n  indicators:\n{}  entry:\n    logic: AND\n    conditions:\n{}  exit:\n    logic: OR\n    conditions:\n{}risk: {{}}\n",
        list(indicators, 4),
        list(entry, 6),
        list(exit, 6),
    )
}

const SMA: &str = "- {id: sma, alias: fast, params: {period: 2}}";
const NEVER: &str = "- {indicator: close, operator: less_than, value: 0}";

/// Severity, stage and path of the first finding that is not about the official tools.
fn first(text: &str) -> (Severity, Stage, String) {
    let document = Document::parse(text);
    let first = document.findings().first().expect("something is found");
    (first.severity, first.stage, first.path.to_string())
}

fn harmless(text: &str) -> Document {
    let document = Document::parse(text);
    let errors: Vec<_> = document.errors().collect();
    assert!(errors.is_empty(), "{errors:#?}\n{text}");
    document
}

/// A plan without the names its author gave, which an export may have to change.
fn meaning(plan: &Plan) -> Plan {
    let mut plan = plan.clone();
    plan.indicators.iter_mut().for_each(|one| one.alias.clear());
    plan.patterns.iter_mut().for_each(|one| one.alias.clear());
    for condition in plan.entry.conditions.iter_mut().chain(&mut plan.exit.conditions) {
        condition.left.clear();
        condition.right.clear();
    }
    plan
}

#[test]
fn every_finding_is_told_at_once_in_the_order_of_the_check() {
    let text = "\
version: 1.0
metadata:
  name: x
strategy:
  id: x
  params:
    p: {default: 5, max: 3}
  indicators:
    - id: smaa
    - id: rsi
      params: {period: 0}
  candlesticks:
    - id: hamer
  entry:
    conditions:
      - {indicator: nobody, operator: greather_than, value: 1}
risk:
  stop_loss: {enabled: true, percent: 101}
";
    let document = Document::parse(text);
    let found: Vec<_> = document
        .errors()
        .map(|finding| {
            (finding.stage, finding.path.to_string(), finding.line, finding.suggestion.as_deref().unwrap_or(""))
        })
        .collect();
    let expected = [
        (Stage::Schema, "version", 1, "\"1.0\""),
        (Stage::Parameters, "strategy.params.p.default", 7, ""),
        (Stage::Indicators, "strategy.indicators[0].id", 9, "sma"),
        (Stage::Indicators, "strategy.indicators[1].params.period", 11, ""),
        (Stage::Candlesticks, "strategy.candlesticks[0].id", 13, "hammer"),
        (Stage::Conditions, "strategy.entry.conditions[0].operator", 16, "greater_than"),
        (Stage::Conditions, "strategy.exit", 4, ""),
        (Stage::Risk, "risk.stop_loss.percent", 18, ""),
    ];
    let expected: Vec<_> =
        expected.into_iter().map(|(stage, path, line, mend)| (stage, path.to_owned(), line, mend)).collect();
    assert_eq!(found, expected);
    let lines = |text: &str| Document::parse(text).findings().iter().map(|finding| finding.line).collect::<Vec<_>>();
    assert_eq!(lines(&text.replace('\n', "\r\n")), lines(text));
    assert_eq!(document.text(), text);
    assert!(document.plan().is_err() && document.rules().is_some(), "it can be kept as a draft");
}

#[test]
fn what_cannot_be_read_shifts_no_path() {
    let indicators = "- {alias: x}\n- {id: smaa}";
    let entry = "- {operator: gt}\n- {operator: between, value: 1}\n- {indicator: nobody, value: 1}";
    let document = Document::parse(&document(indicators, entry, NEVER));
    let found: Vec<_> = document.errors().map(|finding| (finding.path.to_string(), finding.line)).collect();
    let expected = [
        ("strategy.indicators[0].id", 7),
        ("strategy.indicators[1].id", 8),
        ("strategy.entry.conditions[0]", 12),
        ("strategy.entry.conditions[1].operator", 13),
        ("strategy.entry.conditions[2].indicator", 14),
    ];
    assert_eq!(found, expected.map(|(path, line)| (path.to_owned(), line)));
}

#[test]
fn model_and_findings_are_told_as_json() {
    let text = document(SMA, "- {indicator: close, operator: gt, compare_to: fast, compare_scalar: 2}", NEVER);
    let document = harmless(&text);
    let rules = serde_json::to_value(document.rules()).expect("json");
    let indicator =
        serde_json::json!({ "id": "sma", "alias": "fast", "name": null, "params": { "period": 2 }, "output": null });
    assert_eq!(rules["indicators"][0], indicator);
    let condition = serde_json::json!({
        "kind": "comparison",
        "left": { "name": "close", "output": null },
        "operator": "greater_than",
        "right": { "series": [{ "name": "fast", "output": null }, { "operation": "mul", "factor": 2.0 }] },
    });
    assert_eq!(rules["entry"], serde_json::json!({ "logic": "AND", "conditions": [condition] }));
    let finding = serde_json::to_value(&document.findings()[0]).expect("json");
    assert_eq!((&finding["severity"], &finding["path"]), (&"runs_differently".into(), &"strategy".into()));
}

#[test]
fn bytes_that_are_no_text_are_refused_with_their_line() {
    let finding = Document::from_bytes(b"version: \"1.0\"\nmetadata: \xff\n").expect_err("refused");
    assert_eq!((finding.stage, finding.line), (Stage::Yaml, 2));
    assert!(Document::from_bytes(&vec![b'#'; MOST_BYTES + 1]).is_err());
    assert!(Document::from_bytes("\u{feff}version: \"1.0\"".as_bytes()).is_ok());
}
