//! `exodus strategy show`.

use exodus_trading::EvaluationMode;
use exodus_trading::rules::{Finding, Group, Logic, Rules, Sentence, Severity};
use serde_json::{Value, json};

use super::{DocumentArguments, Running};
use crate::cli::print;

pub(super) fn run(arguments: &DocumentArguments) -> anyhow::Result<()> {
    let running = arguments.running()?;
    let shown = match running.document.rules() {
        Some(rules) if arguments.json => json(&running, rules).to_string(),
        Some(rules) => text(&running, rules),
        None => unreachable!("a document without rules has no plan"),
    };
    print(&shown)
}

fn differences(running: &Running) -> impl Iterator<Item = &Finding> {
    running.document.findings().iter().filter(|finding| finding.severity != Severity::Error)
}

fn json(running: &Running, rules: &Rules) -> Value {
    let plan = &running.plan;
    let group = |group: &Group, sentences: Vec<Sentence>| json!({ "logic": group.logic, "sentences": sentences });
    let indicators = plan.indicators().iter().map(|one| {
        json!({ "alias": one.alias, "id": one.kind.id, "parameters": one.parameters.to_json(), "outputs": one.kind.outputs })
    });
    json!({
        "rules": rules,
        "overrides": running.overrides,
        "indicators": Value::from_iter(indicators),
        "candlesticks": Value::from_iter(plan.patterns().iter().map(|one| json!({ "alias": one.alias, "id": one.kind.id }))),
        "entry": group(&rules.entry, plan.entry_sentences()),
        "exit": group(&rules.exit, plan.exit_sentences()),
        "ready_bars": { "exodus": plan.ready_bars(EvaluationMode::Exodus), "official": plan.ready_bars(EvaluationMode::Official) },
        "warm_up_bars": plan.warm_up_bars(),
        "findings": differences(running).collect::<Vec<_>>(),
    })
}

fn text(running: &Running, rules: &Rules) -> String {
    let plan = &running.plan;
    let mut lines = vec![format!("{} ({}, {})", rules.metadata.name, rules.id, rules.category)];
    if !rules.metadata.description.is_empty() {
        lines.push(rules.metadata.description.clone());
    }
    let mut section = |title: &str, rows: Vec<String>| {
        if !rows.is_empty() {
            lines.push(format!("\n{title}"));
            lines.extend(rows.into_iter().map(|row| format!("  {row}")));
        }
    };
    let parameter = |parameter: &exodus_trading::rules::RuleParameter| {
        let value = running.overrides.get(&parameter.name).or(parameter.default.as_ref());
        let range = match (parameter.min, parameter.max) {
            (Some(min), Some(max)) => format!(" ({min} to {max})"),
            (Some(min), None) => format!(" (at least {min})"),
            (None, Some(max)) => format!(" (at most {max})"),
            (None, None) => String::new(),
        };
        format!("${} = {}{range}", parameter.name, value.map_or_else(|| "none".to_owned(), word))
    };
    section("Parameters", rules.parameters.iter().map(parameter).collect());
    let indicator = |one: &exodus_trading::rules::PlannedIndicator| {
        let values = one.parameters.to_json();
        let values: Vec<String> = values.iter().map(|(name, value)| format!("{name} {}", word(value))).collect();
        format!("{} = {}({})", one.alias, one.kind.id, values.join(", "))
    };
    section("Indicators", plan.indicators().iter().map(indicator).collect());
    section("Candlesticks", plan.patterns().iter().map(|one| format!("{} = {}", one.alias, one.kind.id)).collect());
    for (verb, group, sentences) in
        [("Buys", &rules.entry, plan.entry_sentences()), ("Sells", &rules.exit, plan.exit_sentences())]
    {
        let when = match (group.logic, sentences.len()) {
            (_, 1) => "when",
            (Logic::And, _) => "when all of these hold",
            (Logic::Or, _) => "when one of these holds",
        };
        section(&format!("{verb} {when}"), sentences.into_iter().map(|sentence| sentence.en).collect());
    }
    let stops = plan.stops();
    let risk = [("stop loss", stops.stop_loss), ("take profit", stops.take_profit), ("trailing stop", stops.trailing)];
    let risk = risk.into_iter().filter_map(|(name, percent)| Some(format!("{name} {} %", percent?)));
    let most = plan.max_position_size().map(|most| format!("at most {} % of equity in one issue", 100.0 * most));
    section("Risk", risk.chain(most).collect());
    let ready = plan.ready_bars(EvaluationMode::Exodus);
    section("Bars", vec![format!("first decision on bar {ready}, {} shown before that", plan.warm_up_bars())]);
    section("Worth knowing", differences(running).map(|finding| finding.message.en.clone()).collect());
    lines.join("\n")
}

/// A value without the quotes of JSON.
fn word(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
