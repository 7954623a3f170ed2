//! What Strategy Builder can be told: values in place of parameters, no scalars, its own words.

use std::collections::HashSet;

use super::super::check;
use super::super::finding::{Finding, Findings, Path, Sentence, Stage};
use super::super::model::{
    Comparison, Condition, IndicatorEntry, Operand, Operator, PriceField, Right, Rules, Scale, ScaleOperation,
};
use super::super::node::{Content, Node};
use super::super::plan::Plan;
use super::json_node;

/// The document with everything put in other words that the tool has no word for, and the plan of it.
///
/// # Errors
/// What cannot be put in other words.
pub(super) fn convert(root: &Node, rules: &Rules) -> Result<(Rules, Plan), Vec<Finding>> {
    let mut findings = Findings::new(root);
    let mut rules = rules.clone();
    let values = check::parameter_values(&rules);
    for entry in &mut rules.indicators {
        for (_, given) in &mut entry.parameters {
            let name = given.as_text().and_then(check::parameter_name);
            if let Some(value) = name.and_then(|name| values.get(name)) {
                *given = json_node(value);
            }
        }
    }
    rules.parameters.clear();
    rename_candlesticks(&mut rules);

    let mut disparities: Vec<IndicatorEntry> = Vec::new();
    for (key, group) in [("entry", &mut rules.entry), ("exit", &mut rules.exit)] {
        let path = Path::from("strategy").key(key).key("conditions");
        for (place, condition) in group.conditions.iter_mut().enumerate() {
            let Condition::Comparison(comparison) = condition else { continue };
            let path = path.index(place);
            if let Right::Parameter(name) = &comparison.right
                && let Some(number) = values.get(name).and_then(serde_json::Value::as_f64)
            {
                comparison.right = Right::Number(number);
            }
            if let Some(entry) = without_scalar(comparison, &rules.indicators, disparities.len(), &path, &mut findings)
            {
                disparities.push(entry);
            }
            words(comparison, &path, &mut findings);
        }
    }
    rules.indicators.extend(disparities);
    let aliases =
        rules.indicators.iter().map(|entry| &entry.alias).chain(rules.candlesticks.iter().map(|entry| &entry.alias));
    let mut taken = HashSet::new();
    if let Some(alias) = aliases.into_iter().find(|alias| !taken.insert(alias.as_str())) {
        let message = Sentence::new(
            format!("Strategy Builder용 별칭 '{alias}'을(를) 이미 다른 지표가 씁니다. 그 별칭을 바꾸세요"),
            format!("the alias '{alias}' that Strategy Builder needs is already used: rename the other one"),
        );
        findings.error(Stage::Indicators, &"strategy.indicators".into(), message);
    }
    if rules.risk.max_position_size.is_some() {
        let message = Sentence::new(
            "Strategy Builder는 max_position_size를 버립니다. 지우고 내보내세요",
            "Strategy Builder drops max_position_size: remove it to export",
        );
        findings.error(Stage::Risk, &Path::from("risk").key("max_position_size"), message);
    }
    match check::check(&rules, &serde_json::Map::new(), &mut findings) {
        Some(plan) => Ok((rules, plan)),
        None => Err(findings.sorted()),
    }
}

/// The tool finds a pattern by the name of its alias: `engulfing_1`.
fn rename_candlesticks(rules: &mut Rules) {
    let mut names: Vec<(String, String)> = Vec::new();
    for (place, entry) in rules.candlesticks.iter_mut().enumerate() {
        let alias = format!("{}_{}", entry.id, place + 1);
        names.push((std::mem::replace(&mut entry.alias, alias.clone()), alias));
    }
    for condition in rules.entry.conditions.iter_mut().chain(&mut rules.exit.conditions) {
        if let Condition::Candlestick(condition) = condition
            && let Some((_, alias)) = names.iter().find(|(before, _)| *before == condition.alias)
        {
            condition.alias.clone_from(alias);
        }
    }
}

/// Puts `close < sma × 0.9` as `disparity < 90`, and returns the indicator that takes. There is no other way to say a
/// scalar.
fn without_scalar(
    comparison: &mut Comparison,
    indicators: &[IndicatorEntry],
    number: usize,
    path: &Path,
    findings: &mut Findings<'_>,
) -> Option<IndicatorEntry> {
    let Right::Series(operand, Some(scale)) = &comparison.right else { return None };
    let average = indicators.iter().find(|entry| entry.alias == operand.name && entry.id == "sma");
    let level = match scale {
        Scale { operation: ScaleOperation::Multiply, factor } => Some(100.0 * factor),
        Scale { operation: ScaleOperation::Divide, factor } if *factor != 0.0 => Some(100.0 / factor),
        _ => None,
    };
    let is_close = PriceField::of(&comparison.left.name) == Some(PriceField::Close);
    let (Some(average), Some(level), true) = (average, level, is_close) else {
        let message = Sentence::new(
            "Strategy Builder에는 compare_scalar가 없습니다. 종가와 단순이동평균의 비율만 이격도로 바꿀 수 있습니다",
            "Strategy Builder has no compare_scalar; only a close against a simple average can be put as a disparity",
        );
        findings.error(Stage::Conditions, &path.key("compare_scalar"), message);
        return None;
    };
    let alias = format!("disparity_of_{}_{}", average.alias, number + 1);
    let entry = IndicatorEntry {
        id: "disparity".to_owned(),
        alias: alias.clone(),
        name: None,
        parameters: average.parameters.clone(),
        output: None,
        place: indicators.len() + number,
        unknown: Vec::new(),
    };
    comparison.left = Operand { name: alias, output: None };
    comparison.right = Right::Number(rounded(level));
    Some(entry)
}

/// Without the last bits of a product: 100 × 1.1 is 110.
fn rounded(level: f64) -> f64 {
    (level * 1e9).round() / 1e9
}

fn words(comparison: &Comparison, path: &Path, findings: &mut Findings<'_>) {
    if comparison.operator == Operator::NotEqual {
        let message = Sentence::new("Strategy Builder에는 not_equal이 없습니다", "Strategy Builder has no not_equal");
        findings.error(Stage::Conditions, &path.key("operator"), message);
    }
    let right = match &comparison.right {
        Right::Series(operand, _) => Some(operand),
        _ => None,
    };
    for operand in [Some(&comparison.left), right].into_iter().flatten() {
        if PriceField::of(&operand.name) == Some(PriceField::Volume) {
            let message =
                Sentence::new("Strategy Builder는 거래량을 모릅니다", "Strategy Builder does not know the volume");
            findings.error(Stage::Conditions, path, message);
        }
    }
}

/// The tool's own words in the tree of a document: numbers in `compare_to`, `equals`.
pub(super) fn rename(tree: &mut Node) {
    let Content::Mapping(top) = &mut tree.content else { return };
    let Some((_, strategy)) = top.iter_mut().find(|(key, _)| key.as_text() == Some("strategy")) else { return };
    let Content::Mapping(strategy) = &mut strategy.content else { return };
    for (_, group) in strategy.iter_mut().filter(|(key, _)| matches!(key.as_text(), Some("entry" | "exit"))) {
        let Content::Mapping(group) = &mut group.content else { continue };
        let Some((_, conditions)) = group.iter_mut().find(|(key, _)| key.as_text() == Some("conditions")) else {
            continue;
        };
        let Content::Sequence(conditions) = &mut conditions.content else { continue };
        for condition in conditions {
            let Content::Mapping(members) = &mut condition.content else { continue };
            for (key, value) in members {
                match key.as_text() {
                    Some("value") => *key = Node::text("compare_to"),
                    Some("operator") if value.as_text() == Some("equal") => *value = Node::text("equals"),
                    _ => {}
                }
            }
        }
    }
}
