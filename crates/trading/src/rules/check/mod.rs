//! From the model to the plan: parameters, indicators, candlesticks and conditions against the catalogues.

mod conditions;
mod parameters;

use serde_json::{Map, Value};

use super::finding::{Findings, Path, Sentence, Stage, nearest};
use super::model::{IndicatorEntry, RiskRule, RuleParameter, Rules};
use super::node::{Content, Node, decimal};
use super::plan::{Plan, PlannedIndicator, PlannedPattern, Stops};
pub(super) use super::read::parameter_name;
use crate::candlesticks::{PatternError, pattern, patterns};
use crate::indicators::{IndicatorParameter, IndicatorType, ParameterKind, indicator, indicators};

/// The values of the document's parameters in one run.
pub(super) type Parameters = Map<String, Value>;

/// Makes a plan of the document with `overrides` in place of defaults, and tells what is wrong with it. `None` if there
/// was an error, now or before.
pub(super) fn check(rules: &Rules, overrides: &Parameters, findings: &mut Findings<'_>) -> Option<Plan> {
    let values = parameters::check(rules, overrides, findings);
    let mut names = Names { rules, indicators: Vec::new() };
    let mut planned = Vec::new();
    for entry in &rules.indicators {
        let path = Path::from("strategy.indicators").index(entry.place);
        let one = check_indicator(entry, &path, &values, findings);
        names.indicators.push(indicator(&entry.id));
        planned.extend(one);
    }
    let mut planned_patterns = Vec::new();
    for entry in &rules.candlesticks {
        let path = Path::from("strategy.candlesticks").index(entry.place).key("id");
        match pattern(&entry.id) {
            Ok(kind) => planned_patterns.push(PlannedPattern { kind, alias: entry.alias.clone() }),
            Err(PatternError::NotAvailable(id)) => {
                let message = Sentence::new(
                    format!("'{id}' 패턴은 쓸 수 없습니다. 공식 백테스터에도 정의가 없습니다"),
                    format!(
                        "the pattern '{id}' is not available; the official backtester has no definition of it either"
                    ),
                );
                findings.error(Stage::Candlesticks, &path, message);
            }
            Err(PatternError::Unknown) => {
                let known = patterns().iter().map(|known| known.id);
                unknown(Stage::Candlesticks, &path, ("캔들 패턴", "candlestick pattern"), &entry.id, known, findings);
            }
        }
    }
    let entry = conditions::group(&rules.entry, &"strategy.entry".into(), &names, &values, findings);
    let exit = conditions::group(&rules.exit, &"strategy.exit".into(), &names, &values, findings);
    if !findings.are_harmless() {
        return None;
    }
    let risk = &rules.risk;
    let stops = Stops {
        stop_loss: RiskRule::active(risk.stop_loss.as_ref()),
        take_profit: RiskRule::active(risk.take_profit.as_ref()),
        trailing: RiskRule::active(risk.trailing_stop.as_ref()),
    };
    Some(Plan {
        indicators: planned,
        patterns: planned_patterns,
        entry: entry?,
        exit: exit?,
        stops,
        max_position_size: risk.max_position_size,
    })
}

/// The values that the document's parameters have by themselves.
pub(super) fn parameter_values(rules: &Rules) -> Parameters {
    let with_default = |parameter: &RuleParameter| Some((parameter.name.clone(), parameter.default.clone()?));
    rules.parameters.iter().filter_map(with_default).collect()
}

/// What conditions can name.
struct Names<'a> {
    rules: &'a Rules,
    /// The kind of each indicator of the document; `None` if its id is unknown.
    indicators: Vec<Option<&'static IndicatorType>>,
}

fn check_indicator(
    entry: &IndicatorEntry,
    path: &Path,
    values: &Parameters,
    findings: &mut Findings<'_>,
) -> Option<PlannedIndicator> {
    let Some(kind) = indicator(&entry.id) else {
        let known = indicators().map(|known| known.id);
        unknown(Stage::Indicators, &path.key("id"), ("지표", "indicator"), &entry.id, known, findings);
        return None;
    };
    let path = path.key("params");
    let mut given = Parameters::new();
    let mut is_complete = true;
    for parameter in kind.parameters {
        match entry.parameters.iter().find(|(key, _)| key == parameter.key) {
            Some((key, node)) => drop(given.insert(key.clone(), resolved(node, values))),
            None => {
                is_complete = false;
                missing(parameter, &path, findings);
            }
        }
    }
    for (key, _) in entry.parameters.iter().filter(|(key, _)| kind.parameters.iter().all(|known| known.key != *key)) {
        let message = Sentence::new(
            format!("'{}'에 없는 설정 '{key}'은(는) 무시합니다", kind.id),
            format!("'{}' has no setting '{key}': it is ignored", kind.id),
        );
        findings.warning(Stage::Indicators, &path.key(key), message);
    }
    if !is_complete {
        return None;
    }
    match kind.check(&given) {
        Ok(parameters) => {
            for unusual in kind.unusual(&parameters) {
                let message = Sentence::new(
                    format!("공식 편집기의 범위({})를 벗어납니다", usual_range(unusual)),
                    format!("lies outside the range of the official editor ({})", usual_range(unusual)),
                );
                findings.warning(Stage::Indicators, &path.key(unusual.key), message);
            }
            Some(PlannedIndicator { kind, alias: entry.alias.clone(), parameters })
        }
        Err(errors) => {
            for error in errors {
                findings.error(Stage::Indicators, &path.key(error.key), Sentence::new(error.ko, error.en));
            }
            None
        }
    }
}

fn missing(parameter: &IndicatorParameter, path: &Path, findings: &mut Findings<'_>) {
    let default = match parameter.kind {
        ParameterKind::Integer { default, .. } => default.to_string(),
        ParameterKind::Number { default, .. } => decimal(default),
        ParameterKind::Choice(words) => words[0].to_owned(),
    };
    let key = parameter.key;
    let message = Sentence::new(
        format!("설정 '{key}'이(가) 없습니다. 편집기의 기본값은 {default}입니다"),
        format!("the setting '{key}' is missing; the editor's default is {default}"),
    );
    findings.mendable(Stage::Indicators, &path.key(key), message, Some(format!("{key}: {default}")));
}

fn usual_range(parameter: &IndicatorParameter) -> String {
    match parameter.kind {
        ParameterKind::Integer { usual: (least, most), .. } => format!("{least}–{most}"),
        ParameterKind::Number { usual: (least, most), .. } => format!("{}–{}", decimal(least), decimal(most)),
        ParameterKind::Choice(words) => words.join(", "),
    }
}

/// A value with `$name` replaced, inside lists and maps too.
fn resolved(node: &Node, values: &Parameters) -> Value {
    match (&node.content, node.as_text().and_then(parameter_name)) {
        (_, Some(name)) => values.get(name).cloned().unwrap_or(Value::Null),
        (Content::Sequence(items), _) => items.iter().map(|item| resolved(item, values)).collect(),
        _ => node.to_json(),
    }
}

/// The names of the document's parameters that a value asks for.
fn references<'a>(node: &'a Node, found: &mut Vec<&'a str>) {
    match &node.content {
        Content::Scalar(_) => found.extend(node.as_text().and_then(parameter_name)),
        Content::Sequence(items) => items.iter().for_each(|item| references(item, found)),
        Content::Mapping(members) => members.iter().for_each(|(_, value)| references(value, found)),
    }
}

/// Something is not known by this name.
fn unknown<'a>(
    stage: Stage,
    path: &Path,
    what: (&str, &str),
    given: &str,
    known: impl IntoIterator<Item = &'a str>,
    findings: &mut Findings<'_>,
) {
    let meant = nearest(given, known);
    let (ko, en) = what;
    let message = match meant {
        Some(meant) => Sentence::new(
            format!("'{given}'(이)라는 {ko}이(가) 없습니다. '{meant}'을(를) 뜻하셨나요?"),
            format!("there is no {en} '{given}'; is it '{meant}'?"),
        ),
        None => Sentence::new(format!("'{given}'(이)라는 {ko}이(가) 없습니다"), format!("there is no {en} '{given}'")),
    };
    findings.mendable(stage, path, message, meant.map(str::to_owned));
}
