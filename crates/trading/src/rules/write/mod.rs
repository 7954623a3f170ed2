//! A document written anew for one of the broker's tools.

mod backtester;
mod builder;
mod emit;

use serde_json::{Map, Value};

use super::finding::{Finding, Findings, Path, Sentence, Stage};
use super::model::{
    CandlestickEntry, Condition, Group, IndicatorEntry, Metadata, NumberKind, Operand, PriceField, Right, Risk,
    RiskRule, RuleParameter, Rules, ScaleOperation, Unknown,
};
use super::node::{Content, Node, json_number};
use super::plan::{Plan, PlannedCondition, PlannedGroup, PlannedRight, Source, Test};
use crate::indicators::IndicatorType;

/// The tool a document is written for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Target {
    /// The official backtester.
    Backtester,
    /// The official Strategy Builder, which knows less: no parameters, no scalars, no volume.
    StrategyBuilder,
}

/// What a strategy has beside its document.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Extras {
    /// Values of the document's parameters in place of their defaults; they become its defaults.
    pub overrides: Map<String, Value>,
    /// What the format has no word for, such as sizing and the issues to trade. It is written for the backtester, which
    /// ignores it, under the key `x_exodus`. Exits are the strategy's own parameters; those that sell where the document
    /// would not refuse the export.
    pub x_exodus: Map<String, Value>,
}

/// The key, ignored by the broker's tools, of what the format has no word for.
pub(super) const X_EXODUS: &str = "x_exodus";

/// Writes a document without errors. `plan` is that of its overrides.
///
/// # Errors
/// What the target has no way to say.
pub(super) fn write(
    root: &Node,
    rules: &Rules,
    plan: &Plan,
    target: Target,
    extras: &Extras,
) -> Result<String, Vec<Finding>> {
    refuse_other_exits(root, &extras.x_exodus)?;
    let mut rules = rules.clone();
    for parameter in &mut rules.parameters {
        if let Some(value) = extras.overrides.get(&parameter.name) {
            parameter.default = Some(value.clone());
        }
    }
    match target {
        Target::Backtester => {
            if !extras.x_exodus.is_empty() {
                rules.unknown.retain(|(key, _)| key.as_text() != Some(X_EXODUS));
                rules.unknown.push((Node::text(X_EXODUS), json_node(&Value::Object(extras.x_exodus.clone()))));
            }
            backtester::rename(&mut rules);
            Ok(emit::emit(&document(&rules, plan)))
        }
        Target::StrategyBuilder => {
            let (rules, plan) = builder::convert(root, &rules)?;
            let mut tree = document(&rules, &plan);
            builder::rename(&mut tree);
            Ok(emit::emit(&tree))
        }
    }
}

/// Without its ignored keys a file must mean the same entries and exits.
fn refuse_other_exits(root: &Node, extras: &Map<String, Value>) -> Result<(), Vec<Finding>> {
    let mut findings = Findings::new(root);
    let mut refuse = |key: &str, ko: &str, en: &str| {
        findings.error(Stage::Risk, &Path::from(X_EXODUS).key(key), Sentence::new(ko, en));
    };
    if extras.get("max_holding_bars").and_then(Value::as_f64).is_some_and(|bars| bars > 0.0) {
        refuse(
            "max_holding_bars",
            "공식 도구에는 보유 기간 제한이 없습니다. 0으로 바꾸고 내보내세요",
            "the official tools know no longest holding: set it to 0 to export",
        );
    }
    if extras.get("exit_check").and_then(Value::as_str) == Some("intraday") {
        refuse(
            "exit_check",
            "공식 도구는 종가로만 손절·익절합니다. close로 바꾸고 내보내세요",
            "the official tools look at stops on closes only: set it to close to export",
        );
    }
    match findings.are_harmless() {
        true => Ok(()),
        false => Err(findings.sorted()),
    }
}

/// A map in the making.
#[derive(Default)]
struct Members(Vec<(Node, Node)>);

impl Members {
    fn put(&mut self, key: &str, value: Node) {
        self.0.push((Node::text(key), value));
    }

    fn put_text(&mut self, key: &str, value: &str) {
        self.put(key, Node::text(value));
    }

    fn put_number(&mut self, key: &str, value: Option<f64>) {
        if let Some(value) = value {
            self.put(key, Node::number(value));
        }
    }

    fn node(mut self, unknown: &Unknown) -> Node {
        self.0.extend(unknown.iter().cloned());
        Node::new(Content::Mapping(self.0))
    }
}

fn list(items: impl Iterator<Item = Node>) -> Node {
    Node::new(Content::Sequence(items.collect()))
}

fn document(rules: &Rules, plan: &Plan) -> Node {
    let mut top = Members::default();
    top.put_text("version", &rules.version);
    top.put("metadata", metadata(&rules.metadata));
    let mut strategy = Members::default();
    strategy.put_text("id", &rules.id);
    strategy.put_text("category", &rules.category);
    let indicators =
        rules.indicators.iter().zip(&plan.indicators).map(|(entry, planned)| indicator(entry, planned.kind));
    strategy.put("indicators", list(indicators));
    strategy.put("candlesticks", list(rules.candlesticks.iter().map(candlestick)));
    strategy.put("entry", group(&rules.entry, &plan.entry, plan));
    strategy.put("exit", group(&rules.exit, &plan.exit, plan));
    if !rules.parameters.is_empty() {
        let named = |parameter: &RuleParameter| (Node::text(&parameter.name), self::parameter(parameter));
        strategy.put("params", Node::new(Content::Mapping(rules.parameters.iter().map(named).collect())));
    }
    top.put("strategy", strategy.node(&rules.unknown_of_strategy));
    top.put("risk", risk(&rules.risk));
    top.node(&rules.unknown)
}

fn metadata(metadata: &Metadata) -> Node {
    let mut members = Members::default();
    members.put_text("name", &metadata.name);
    members.put_text("description", &metadata.description);
    members.put_text("author", &metadata.author);
    for (key, time) in [("created_at", &metadata.created_at), ("updated_at", &metadata.updated_at)] {
        if let Some(time) = time {
            members.put_text(key, time);
        }
    }
    members.put("tags", list(metadata.tags.iter().map(|tag| Node::text(tag))));
    members.node(&metadata.unknown)
}

fn parameter(parameter: &RuleParameter) -> Node {
    let mut members = Members::default();
    if let Some(default) = &parameter.default {
        members.put("default", json_node(default));
    }
    members.put_number("min", parameter.min);
    members.put_number("max", parameter.max);
    members.put_number("step", parameter.step);
    if let Some(kind) = parameter.kind {
        let word = match kind {
            NumberKind::Int => "int",
            NumberKind::Float => "float",
        };
        members.put_text("type", word);
    }
    if let Some(description) = &parameter.description {
        members.put_text("description", description);
    }
    members.node(&parameter.unknown)
}

/// A value as YAML; numbers that are whole are written so.
fn json_node(value: &Value) -> Node {
    match value {
        Value::Number(number) if number.is_i64() => Node::plain(number.to_string()),
        Value::Number(number) => Node::plain(json_number(number.as_f64().unwrap_or_default()).to_string()),
        Value::String(text) => Node::text(text),
        Value::Array(items) => list(items.iter().map(json_node)),
        Value::Object(members) => {
            let members = members.iter().map(|(key, value)| (Node::text(key), json_node(value)));
            Node::new(Content::Mapping(members.collect()))
        }
        Value::Bool(_) | Value::Null => Node::plain(value.to_string()),
    }
}

fn indicator(entry: &IndicatorEntry, kind: &IndicatorType) -> Node {
    let mut members = Members::default();
    members.put_text("id", &entry.id);
    members.put_text("alias", &entry.alias);
    if let Some(name) = &entry.name {
        members.put_text("name", name);
    }
    let number = |node: &Node| node.as_number().map_or_else(|| node.clone(), Node::number);
    let parameters = entry.parameters.iter().map(|(key, node)| (Node::text(key), number(node)));
    members.put("params", Node::new(Content::Mapping(parameters.collect())));
    members.put_text("output", entry.output.as_deref().unwrap_or(kind.outputs[kind.default_output]));
    members.node(&entry.unknown)
}

fn candlestick(entry: &CandlestickEntry) -> Node {
    let mut members = Members::default();
    members.put_text("id", &entry.id);
    members.put_text("alias", &entry.alias);
    members.node(&entry.unknown)
}

fn group(group: &Group, planned: &PlannedGroup, plan: &Plan) -> Node {
    let mut members = Members::default();
    members.put("logic", Node::plain(group.logic.as_str()));
    let conditions = group.conditions.iter().zip(&planned.conditions);
    members.put("conditions", list(conditions.map(|(condition, planned)| self::condition(condition, planned, plan))));
    members.node(&group.unknown)
}

fn condition(condition: &Condition, planned: &PlannedCondition, plan: &Plan) -> Node {
    let mut members = Members::default();
    match (condition, planned.test) {
        (Condition::Comparison(comparison), Test::Compare { left, right, .. }) => {
            series(&mut members, "indicator", "output", &comparison.left, left, plan);
            members.put_text("operator", comparison.operator.as_str());
            match (&comparison.right, right) {
                (Right::Series(operand, scale), PlannedRight::Series(source, _)) => {
                    series(&mut members, "compare_to", "compare_output", operand, source, plan);
                    if let Some(scale) = scale {
                        members.put("compare_scalar", Node::number(scale.factor));
                        if scale.operation != ScaleOperation::Multiply {
                            members.put_text("compare_operation", scale.operation.as_str());
                        }
                    }
                }
                (Right::Parameter(name), _) => members.put_text("value", &format!("${name}")),
                (_, PlannedRight::Number(number)) => members.put("value", Node::number(number)),
                (Right::Number(number), _) => members.put("value", Node::number(*number)),
            }
            members.node(&comparison.unknown)
        }
        (Condition::Candlestick(candlestick), _) => {
            members.put_text("candlestick", &candlestick.alias);
            members.put_text("signal", candlestick.signal.as_str());
            members.node(&candlestick.unknown)
        }
        (Condition::Comparison(comparison), Test::Pattern { .. }) => {
            unreachable!("{comparison:?} is planned as a pattern: both lists come from one another")
        }
    }
}

/// Writes a series with its output, so that every tool reads the same one. Only the middle of a Donchian channel has no
/// name; the backtester takes it where none is given.
fn series(members: &mut Members, key: &str, output_key: &str, operand: &Operand, source: Source, plan: &Plan) {
    let field = PriceField::of(&operand.name);
    members.put_text(
        key,
        match field {
            Some(field) => field.as_str(),
            None => &operand.name,
        },
    );
    let output = match source {
        Source::Price(_) => return,
        Source::Output { indicator, output } => plan.indicators[indicator].kind.outputs[output],
        Source::Unnamed { indicator } if plan.indicators[indicator].kind.id == "donchian" => return,
        Source::Unnamed { indicator } => {
            let kind = plan.indicators[indicator].kind;
            kind.outputs[kind.default_output]
        }
    };
    members.put_text(output_key, output);
}

fn risk(risk: &Risk) -> Node {
    let mut members = Members::default();
    let rules =
        [("stop_loss", &risk.stop_loss), ("take_profit", &risk.take_profit), ("trailing_stop", &risk.trailing_stop)];
    for (key, rule) in rules {
        if let Some(rule) = rule {
            members.put(key, risk_rule(rule));
        }
    }
    members.put_number("max_position_size", risk.max_position_size);
    members.node(&risk.unknown)
}

fn risk_rule(rule: &RiskRule) -> Node {
    let mut members = Members::default();
    members.put("enabled", Node::plain(rule.enabled.to_string()));
    members.put_number("percent", rule.percent);
    members.node(&rule.unknown)
}
