//! The conditions: every name they use, and the output of it.

use super::super::finding::{Findings, Path, Sentence, Stage, nearest};
use super::super::model::{
    CandlestickCondition, Comparison, Condition, Group, Operand, Operator, PriceField, Right, ScaleOperation,
};
use super::super::node::{decimal, number};
use super::super::plan::{PlannedCondition, PlannedGroup, PlannedRight, Source, Test};
use super::{Names, Parameters, unknown};
use crate::indicators::IndicatorType;

const STAGE: Stage = Stage::Conditions;

pub(super) fn group(
    group: &Group,
    path: &Path,
    names: &Names<'_>,
    values: &Parameters,
    findings: &mut Findings<'_>,
) -> Option<PlannedGroup> {
    let mut conditions = Vec::with_capacity(group.conditions.len());
    for (path, condition) in group.placed(path) {
        let planned = match condition {
            Condition::Comparison(comparison) => compare(comparison, &path, names, values, findings),
            Condition::Candlestick(condition) => candlestick(condition, &path, names, findings),
        };
        conditions.extend(planned);
    }
    (conditions.len() == group.conditions.len()).then_some(PlannedGroup { logic: group.logic, conditions })
}

fn candlestick(
    condition: &CandlestickCondition,
    path: &Path,
    names: &Names<'_>,
    findings: &mut Findings<'_>,
) -> Option<PlannedCondition> {
    let declared = &names.rules.candlesticks;
    let Some(pattern) = declared.iter().position(|entry| entry.alias == condition.alias) else {
        let known = declared.iter().map(|entry| entry.alias.as_str());
        let what = ("캔들 패턴 별칭", "candlestick alias");
        unknown(STAGE, &path.key("candlestick"), what, &condition.alias, known, findings);
        return None;
    };
    let signal = condition.signal;
    Some(PlannedCondition {
        left: condition.alias.clone(),
        right: signal.as_str().to_owned(),
        test: Test::Pattern { pattern, signal },
    })
}

fn compare(
    comparison: &Comparison,
    path: &Path,
    names: &Names<'_>,
    values: &Parameters,
    findings: &mut Findings<'_>,
) -> Option<PlannedCondition> {
    let left = source(&comparison.left, &path.key("indicator"), &path.key("output"), names, findings);
    let (right, right_label) = match &comparison.right {
        Right::Number(number) => (Some(PlannedRight::Number(*number)), decimal(*number)),
        Right::Parameter(name) => {
            let value = values.get(name);
            let number = value.and_then(serde_json::Value::as_f64);
            if value.is_some() && number.is_none() {
                let message = Sentence::new(
                    format!("'${name}'은(는) 숫자가 아니라서 비교할 수 없습니다"),
                    format!("'${name}' is no number and cannot be compared"),
                );
                findings.error(STAGE, path, message);
            }
            (number.map(PlannedRight::Number), format!("${name}"))
        }
        Right::Series(operand, scale) => {
            let key = path.key("value");
            let key = if findings.node_at(&key).is_some() { key } else { path.key("compare_to") };
            let source = source(operand, &key, &path.key("compare_output"), names, findings);
            let sign = |operation| match operation {
                ScaleOperation::Multiply => '×',
                ScaleOperation::Divide => '÷',
                ScaleOperation::Add => '+',
                ScaleOperation::Subtract => '−',
            };
            let scaled = |name| match scale {
                Some(scale) => format!("{name} {} {}", sign(scale.operation), decimal(scale.factor)),
                None => name,
            };
            (source.map(|source| PlannedRight::Series(source, *scale)), scaled(label(operand, source)))
        }
    };
    if let (Some(left), Some(PlannedRight::Series(right, None))) = (left, right)
        && left == right
    {
        let message = Sentence::new("같은 값끼리 비교합니다", "compares a series with itself");
        findings.warning(STAGE, path, message);
    }
    if let (Some(left), Some(PlannedRight::Series(right, None))) = (left, right)
        && let Some(extreme) = unreachable_extreme(left, comparison.operator, right, names)
    {
        let message = Sentence::new(
            format!("일어날 수 없습니다. {extreme}에는 이 봉의 종가도 들어갑니다. 같을 때도 포함하는 연산자를 쓰세요"),
            format!(
                "can never hold, as the {extreme} includes the close of the bar itself: use an operator that includes equality"
            ),
        );
        findings.warning(STAGE, path, message);
    }
    let test = Test::Compare { left: left?, operator: comparison.operator, right: right? };
    Some(PlannedCondition { left: label(&comparison.left, left), right: right_label, test })
}

/// The extreme that a close is asked to lie beyond, although it is one of the closes the extreme is taken of.
fn unreachable_extreme(left: Source, operator: Operator, right: Source, names: &Names<'_>) -> Option<&'static str> {
    let is_close = |source| source == Source::Price(PriceField::Close);
    let id = |source| match source {
        Source::Output { indicator, .. } => names.indicators[indicator].map(|kind| kind.id),
        _ => None,
    };
    let wants_more = matches!(operator, Operator::GreaterThan | Operator::CrossAbove);
    let wants_less = matches!(operator, Operator::LessThan | Operator::CrossBelow);
    let (other, close_above) = match (is_close(left), is_close(right)) {
        (true, false) => (right, wants_more),
        (false, true) => (left, wants_less),
        _ => return None,
    };
    match id(other)? {
        "maximum" if close_above => Some("maximum"),
        "minimum" if !close_above && (wants_more || wants_less) => Some("minimum"),
        _ => None,
    }
}

/// The series an operand names.
fn source(
    operand: &Operand,
    path: &Path,
    output_path: &Path,
    names: &Names<'_>,
    findings: &mut Findings<'_>,
) -> Option<Source> {
    if let Some(field) = PriceField::of(&operand.name) {
        return Some(Source::Price(field));
    }
    let entries = &names.rules.indicators;
    let Some(indicator) = entries.iter().position(|entry| entry.alias == operand.name) else {
        if names.rules.candlesticks.iter().any(|entry| entry.alias == operand.name) {
            let message = Sentence::new(
                format!("'{}'은(는) 캔들 패턴입니다. 'candlestick: {0}'으로 쓰세요", operand.name),
                format!("'{}' is a candlestick pattern: write 'candlestick: {0}'", operand.name),
            );
            findings.mendable(STAGE, path, message, Some(format!("candlestick: {}", operand.name)));
            return None;
        }
        if number(&operand.name).is_some() {
            let message = Sentence::new(
                format!("'{}'은(는) 글자입니다. 숫자로 비교하려면 따옴표를 지우세요", operand.name),
                format!("'{}' is a text: remove the quotes to compare with a number", operand.name),
            );
            findings.mendable(STAGE, path, message, Some(operand.name.clone()));
            return None;
        }
        let fields = PriceField::WORDS.iter().map(|(word, _)| *word);
        let known = entries.iter().map(|entry| entry.alias.as_str()).chain(fields);
        unknown(
            STAGE,
            path,
            ("지표 별칭이나 가격 항목", "indicator alias or price field"),
            &operand.name,
            known,
            findings,
        );
        return None;
    };
    // An id that is not known was told already.
    let kind = names.indicators[indicator]?;
    let single = kind.outputs.len() == 1;
    match operand.output.as_deref() {
        None | Some("value") if single => Some(Source::Output { indicator, output: 0 }),
        None => unnamed(kind, indicator, path, findings),
        Some(word) => match kind.outputs.iter().position(|output| *output == word) {
            Some(output) => Some(Source::Output { indicator, output }),
            None if word == "value" => unnamed(kind, indicator, path, findings),
            None => {
                let message = Sentence::new(
                    format!("'{}'에는 '{word}' 값이 없습니다. {} 중 하나를 쓰세요", kind.id, kind.outputs.join(", ")),
                    format!("'{}' has no output '{word}': use one of {}", kind.id, kind.outputs.join(", ")),
                );
                let meant = nearest(word, kind.outputs.iter().copied());
                findings.mendable(STAGE, output_path, message, meant.map(str::to_owned));
                None
            }
        },
    }
}

/// No output of several is named: where the official tools agree on one, it is that; elsewhere it is worth a warning.
fn unnamed(kind: &'static IndicatorType, indicator: usize, path: &Path, findings: &mut Findings<'_>) -> Option<Source> {
    if kind.outputs[kind.default_output] == "value" {
        return Some(Source::Output { indicator, output: kind.default_output });
    }
    let taken = if kind.id == "donchian" { "(upper + lower) / 2" } else { kind.outputs[kind.default_output] };
    if matches!(kind.id, "bollinger" | "stochrsi" | "ichimoku" | "donchian" | "vortex" | "pivot") {
        let message = Sentence::new(
            format!("'{}'의 어느 값인지 쓰지 않아 {taken}(으)로 읽습니다. 공식 도구들은 서로 다르게 읽습니다", kind.id),
            format!("names no output of '{}' and is read as {taken}; the official tools disagree here", kind.id),
        );
        findings.warning(STAGE, path, message);
    }
    Some(Source::Unnamed { indicator })
}

/// What to call a series in a sentence: `close`, `sma_1`, `macd_1.signal`.
fn label(operand: &Operand, source: Option<Source>) -> String {
    match (source, operand.output.as_deref()) {
        (Some(Source::Output { .. }), Some(output)) if output != "value" => format!("{}.{output}", operand.name),
        _ => operand.name.clone(),
    }
}
