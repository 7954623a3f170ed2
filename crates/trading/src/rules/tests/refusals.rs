//! One document for each way to be refused or warned about, with where that is said.

use super::*;

fn with(indicators: &str, entry: &str) -> String {
    document(indicators, entry, NEVER)
}

fn changed(from: &str, to: &str) -> String {
    let text = with(SMA, "- {indicator: close, operator: greater_than, compare_to: fast}");
    assert!(text.contains(from), "{from}");
    text.replace(from, to)
}

/// The document with nothing under a key of `strategy`.
fn emptied(key: &str) -> String {
    let text = with(SMA, "- {indicator: close, operator: greater_than, compare_to: fast}");
    let (head, rest) = text.split_once(&format!("  {key}:\n")).expect("the key is there");
    let end = rest.find("\n  e").filter(|_| key != "exit").map_or_else(|| rest.find("\nrisk"), Some);
    format!("{head}  {key}: null{}", &rest[end.expect("something follows")..])
}

#[test]
fn the_envelope() {
    use Severity::{Error, Warning};
    let long = "x".repeat(65);
    let rows = [
        (changed("version: \"1.0\"", "version: 1.0"), Error, "version"),
        (changed("version: \"1.0\"", "version: \"v1\""), Error, "version"),
        (changed("metadata:\n  name: 시험\n", ""), Warning, "metadata"),
        (changed("name: 시험", "author: x"), Warning, "metadata.name"),
        (changed("name: 시험", "name: 5"), Error, "metadata.name"),
        (changed("name: 시험", "name: x\n  description: null"), Error, "metadata.description"),
        (changed("name: 시험", "name: x\n  tags: one"), Error, "metadata.tags"),
        (changed("id: test", "id: 5"), Error, "strategy.id"),
        (changed("  id: test\n", ""), Error, "strategy.id"),
        (changed("id: test", "id: ../../etc/passwd"), Error, "strategy.id"),
        (changed("id: test", "id: 'C:\\x'"), Error, "strategy.id"),
        (changed("id: test", "id: .."), Error, "strategy.id"),
        (changed("id: test", "id: 나의 전략"), Warning, "strategy.id"),
        (changed("id: test", &format!("id: {long}")), Warning, "strategy.id"),
        (changed("id: test", "id: test\n  candlesticks: null"), Error, "strategy.candlesticks"),
        (changed("id: test", "id: test\n  params: {p: 5}"), Error, "strategy.params.p"),
        (changed("logic: AND", "logic: and"), Error, "strategy.entry.logic"),
        (changed("logic: OR", "logic: XOR"), Error, "strategy.exit.logic"),
        (emptied("indicators"), Error, "strategy.indicators"),
        (emptied("entry"), Error, "strategy.entry"),
        (emptied("exit"), Error, "strategy.exit"),
        (changed("id: test", "id: test\n  params: [a]"), Error, "strategy.params"),
        (changed("id: test", "id: test\n  category: [trend]"), Error, "strategy.category"),
        (changed("metadata:\n  name: 시험", "metadata: [a]"), Error, "metadata"),
        (changed("metadata:\n  name: 시험", "metadata: null"), Error, "metadata"),
        (changed("risk: {}", "risk: 5"), Error, "risk"),
        ("version: \"1.0\"\nmetadata: {name: x}\n".to_owned(), Error, "strategy"),
        ("strategy: null\n".to_owned(), Error, "strategy"),
    ];
    for (text, severity, path) in rows {
        assert_eq!(first(&text), (severity, Stage::Schema, path.to_owned()), "{text}");
    }
}

#[test]
fn what_may_be_missing_may_be_missing() {
    harmless(&changed("risk: {}", "risk: null"));
    harmless(&changed("risk: {}\n", ""));
    harmless(&changed("version: \"1.0\"\n", ""));
    harmless(&changed("metadata:", "unknown: {a: [1, {b: c}]}\nmetadata:"));
    harmless(&changed("id: test", "id: 시험_1.2-x"));
    let only_pattern = document("[]", "- {candlestick: engulfing_1, signal: bullish}", "- {candlestick: doji}");
    let only_pattern = only_pattern.replace("indicators:\n    []", "candlesticks: []");
    let document = harmless(&only_pattern);
    let declared: Vec<_> =
        document.rules().expect("read").candlesticks.iter().map(|entry| entry.alias.as_str()).collect();
    assert_eq!(declared, ["engulfing_1", "doji"], "named by conditions, in their order");
}

#[test]
fn indicators_and_their_parameters() {
    use Severity::{Error, Warning};
    let entry = "- {indicator: close, operator: greater_than, value: 1}";
    let rows = [
        ("- {id: max, alias: m, params: {period: 5}}", Error, "[0].id", Some("maximum")),
        ("- {id: sma}", Error, "[0].params.period", Some("period: 20")),
        ("- {id: sma, params: {perod: 5}}", Error, "[0].params.period", Some("period: 20")),
        ("- {id: sma, params: {period: 14.5}}", Error, "[0].params.period", None),
        ("- {id: sma, params: {period: \"14\"}}", Error, "[0].params.period", None),
        ("- {id: sma, params: {period: true}}", Error, "[0].params.period", None),
        ("- {id: sma, params: {period: null}}", Error, "[0].params.period", None),
        ("- {id: sma, params: {period: 0}}", Error, "[0].params.period", None),
        ("- {id: sma, params: {period: 1001}}", Error, "[0].params.period", None),
        ("- {id: macd, params: {fast: 26, slow: 12, signal: 9}}", Error, "[0].params.fast", None),
        ("- {id: bollinger, params: {period: 20, std: 11}}", Error, "[0].params.std", None),
        ("- {id: frama, params: {period: 15}}", Error, "[0].params.period", None),
        ("- {id: hma, params: {period: 1}}", Error, "[0].params.period", None),
        ("- {id: consecutive, params: {direction: sideways}}", Error, "[0].params.direction", None),
        ("- {id: sma, params: {period: $nobody}}", Error, "[0].params.period", None),
        ("- {id: sma, params: {period: 600}}", Warning, "[0].params.period", None),
        ("- {id: sma, params: {period: 14, extra: 1}}", Warning, "[0].params.extra", None),
    ];
    for (indicator, severity, path, suggestion) in rows {
        let text = with(indicator, entry);
        let document = Document::parse(&text);
        let found =
            document.findings().iter().find(|finding| finding.path.to_string() == format!("strategy.indicators{path}"));
        let found = found.unwrap_or_else(|| panic!("nothing found at {path}: {indicator}\n{:#?}", document.findings()));
        assert_eq!(found.severity, severity, "{indicator}");
        assert_eq!(found.suggestion.as_deref(), suggestion, "{indicator}");
    }
    harmless(&with("- {id: sma, params: {period: 14.0}}", entry));
}

#[test]
fn aliases() {
    let entry = "- {indicator: sma_1, operator: greater_than, compare_to: sma_2}";
    let unnamed = "- {id: sma, params: {period: 5}}\n- {id: sma, alias: x, params: {period: 9}}\n- {id: sma, params: {period: 20}}";
    harmless(&with(unnamed, entry));
    let twice = "- {id: sma, alias: x, params: {period: 5}}\n- {id: ema, alias: x, params: {period: 9}}";
    let rows = [
        (twice, "strategy.indicators[1].alias"),
        (
            "- {id: sma, alias: sma_1, params: {period: 5}}\n- {id: sma, params: {period: 9}}",
            "strategy.indicators[1].alias",
        ),
        ("- {id: sma, alias: high, params: {period: 5}}", "strategy.indicators[0].alias"),
    ];
    for (indicators, path) in rows {
        assert_eq!(first(&with(indicators, entry)), (Severity::Error, Stage::Schema, path.to_owned()));
    }
    let quoted = "- {id: sma, alias: \"class 'x'; import os\", params: {period: 5}}";
    harmless(&with(quoted, "- {indicator: \"class 'x'; import os\", value: 1}"));
}

#[test]
fn conditions() {
    use Severity::{Error, Warning};
    let bands =
        "- {id: bollinger, alias: bb, params: {period: 20, std: 2}}\n- {id: sma, alias: fast, params: {period: 2}}";
    let rows = [
        ("{indicator: fsat, operator: gt, value: 1}", Error, "[0].indicator", Some("fast")),
        ("{indicator: close, operator: gt, compare_to: fsat}", Error, "[0].compare_to", Some("fast")),
        ("{indicator: close, operator: gt, value: fsat}", Error, "[0].value", Some("fast")),
        ("{indicator: close, operator: gt, compare_to: \"30\"}", Error, "[0].compare_to", Some("30")),
        ("{indicator: close, operator: between, value: 1}", Error, "[0].operator", None),
        ("{indicator: close, operator: crossabove, value: 1}", Error, "[0].operator", Some("cross_above")),
        ("{indicator: close, operator: gt}", Error, "[0]", None),
        ("{indicator: bb, output: uper, operator: gt, value: 1}", Error, "[0].output", Some("upper")),
        ("{indicator: fast, output: signal, operator: gt, value: 1}", Error, "[0].output", None),
        ("{indicator: close, operator: gt, value: $x}", Error, "[0]", None),
        ("{candlestick: hammerr}", Error, "[0].candlestick", None),
        ("{logic: OR, conditions: []}", Error, "[0]", None),
        ("{indicator: close, operator: gt, value: [1]}", Error, "[0].value", None),
        ("{indicator: close, operator: gt, value: 014}", Error, "[0].value", None),
        ("{indicator: bb, operator: gt, value: 1}", Warning, "[0].indicator", None),
        ("{indicator: close, operator: gt, value: 1, compare_to: fast}", Warning, "[0].compare_to", None),
        ("{indicator: close, operator: gt, value: 1, compare_scalar: 2}", Warning, "[0].compare_scalar", None),
        (
            "{indicator: close, operator: cross_above, compare_to: fast, compare_scalar: 2}",
            Warning,
            "[0].compare_scalar",
            None,
        ),
        ("{indicator: close, operator: gt, compare_scalar: 2}", Warning, "[0]", None),
        (
            "{indicator: close, operator: gt, compare_to: fast, compare_scalar: 2, compare_operation: pow}",
            Warning,
            "[0].compare_operation",
            None,
        ),
        ("{indicator: fast, operator: gt, compare_to: fast}", Warning, "[0]", None),
        ("{candlestick: hammer_1, signal: sideways}", Warning, "[0].signal", None),
    ];
    for (condition, severity, path, suggestion) in rows {
        let text = with(bands, &format!("- {condition}"));
        let document = Document::parse(&text);
        let found = document.findings().first().unwrap_or_else(|| panic!("nothing found: {condition}"));
        assert_eq!(found.path.to_string(), format!("strategy.entry.conditions{path}"), "{condition}");
        assert_eq!(found.severity, severity, "{condition}");
        assert_eq!(found.suggestion.as_deref(), suggestion, "{condition}");
    }
    for exit in ["strategy.entry.conditions", "strategy.exit.conditions"] {
        let key = exit.split('.').nth(1).expect("a group");
        let text = format!(
            "version: \"1.0\"\nmetadata: {{name: x}}\nstrategy:\n  id: x\n  entry: {{conditions: [{{value: 1}}]}}\n  exit: {{conditions: [{{value: 1}}]}}\n  {key}: {{conditions: []}}\n"
        );
        let text = text.replacen(&format!("  {key}: {{conditions: [{{value: 1}}]}}\n"), "", 1);
        assert_eq!(first(&text), (Severity::Error, Stage::Conditions, exit.to_owned()), "{text}");
    }
    let null = with(SMA, "- {value: 1}").replace("conditions:\n      - {value: 1}", "conditions: null");
    assert_eq!(first(&null), (Severity::Error, Stage::Schema, "strategy.entry.conditions".to_owned()));
}

#[test]
fn candlesticks() {
    let text =
        |id: &str| with(SMA, "- {value: 1}").replace("id: test", &format!("id: test\n  candlesticks: [{{id: {id}}}]"));
    let path = "strategy.candlesticks[0].id".to_owned();
    assert_eq!(first(&text("opening_marubozu")), (Severity::Error, Stage::Candlesticks, path.clone()));
    assert_eq!(first(&text("hamer")), (Severity::Error, Stage::Candlesticks, path));
    harmless(&text("hammer"));
}

#[test]
fn risk() {
    use Severity::{Error, Warning};
    let rows = [
        ("stop_loss: {enabled: \"false\", percent: 5}", Error, "risk.stop_loss.enabled"),
        ("stop_loss: {enabled: true}", Error, "risk.stop_loss.percent"),
        ("take_profit: {enabled: true, percent: 101}", Error, "risk.take_profit.percent"),
        ("trailing_stop: {enabled: true, percent: -1}", Error, "risk.trailing_stop.percent"),
        ("trailing_stop: {enabled: true, percent: many}", Error, "risk.trailing_stop.percent"),
        ("max_position_size: 20", Error, "risk.max_position_size"),
        ("stop_loss: {enabled: true, percent: 0}", Warning, "risk.stop_loss.percent"),
    ];
    for (rule, severity, path) in rows {
        let text = changed("risk: {}", &format!("risk:\n  {rule}"));
        assert_eq!(first(&text), (severity, Stage::Risk, path.to_owned()), "{rule}");
    }
    let document =
        harmless(&changed("risk: {}", "risk: {stop_loss: {enabled: yes, percent: \"5\"}, take_profit: {percent: 5}}"));
    let stops = document.plan().expect("runs").stops();
    assert_eq!(stops, Stops { stop_loss: Some(5.0), ..Stops::default() });
}

#[test]
fn parameters_and_overrides() {
    let text = with(SMA, "- {indicator: close, operator: gt, value: $level}")
        .replace("id: test", "id: test\n  params:\n    level: {default: 5, min: 1, max: 9, type: int}\n    spare: {}");
    let document = harmless(&text);
    let overridden = |name: &str, value: Value| {
        let overrides = Map::from_iter([(name.to_owned(), value)]);
        document.plan_with(&overrides).map_err(|findings| findings[0].path.to_string())
    };
    assert!(overridden("level", 7.into()).is_ok_and(|plan| plan != *document.plan().expect("runs")));
    assert_eq!(overridden("level", Value::from(5.0)).as_ref(), Ok(document.plan().expect("runs")));
    for (name, value) in [
        ("level", Value::from(10)),
        ("level", 0.into()),
        ("level", 2.5.into()),
        ("level", "x".into()),
        ("levl", 5.into()),
    ] {
        assert_eq!(overridden(name, value.clone()), Err(format!("overrides.{name}")), "{value}");
    }
    let path = "strategy.params.level.default".to_owned();
    assert_eq!(first(&text.replace("default: 5, ", "")), (Severity::Error, Stage::Parameters, path.clone()));
    assert_eq!(first(&text.replace("default: 5", "default: 50")), (Severity::Error, Stage::Parameters, path));
    let path = "strategy.params.level.min".to_owned();
    assert_eq!(first(&text.replace("min: 1", "min: 10")), (Severity::Error, Stage::Parameters, path));
}

#[test]
fn too_much_of_anything() {
    let many = (0..201).map(|n| format!("- {{id: sma, alias: a{n}, params: {{period: 2}}}}\n")).collect::<String>();
    assert_eq!(first(&with(&many, "- {value: 1}")).2, "strategy.indicators");
    let many = "- {value: 1}\n".repeat(200);
    assert_eq!(first(&with(SMA, &many)).2, "strategy.entry");
    let many: Vec<_> = (0..51).map(|n| format!("p{n}: {{}}")).collect();
    let text = changed("id: test", &format!("id: test\n  params: {{{}}}", many.join(", ")));
    assert_eq!(first(&text).2, "strategy.params");
}
