//! `strategy.entry` and `strategy.exit`.

use super::super::finding::{Findings, Path, Sentence, Stage};
use super::super::model::{
    CandlestickCondition, Comparison, Condition, Group, Logic, Operand, Operator, PatternSignal, Right, Scale,
    ScaleOperation,
};
use super::super::node::{Node, number};
use super::fields::{Fields, wrong};
use super::unknown_word;

const STAGE: Stage = Stage::Conditions;

pub(super) fn group(strategy: &mut Fields<'_>, key: &str, missing: Logic, findings: &mut Findings<'_>) -> Group {
    let path = strategy.path.key(key);
    let Some(mut fields) = strategy.fields(key, findings) else {
        empty(&path, key, findings);
        return Group { logic: missing, conditions: Vec::new(), places: Vec::new(), unknown: Vec::new() };
    };
    let told = fields.has("logic");
    let logic = match fields.text("logic", findings).as_deref() {
        Some("AND") | None => Logic::And,
        Some("OR") => Logic::Or,
        Some(other) => {
            let message = Sentence::new(
                format!("'{other}'은(는) 쓸 수 없습니다. AND나 OR를 쓰세요"),
                format!("'{other}' cannot be used: write AND or OR"),
            );
            let meant = other.trim().to_uppercase();
            let mended = ["AND", "OR"].contains(&meant.as_str()).then_some(meant);
            findings.mendable(Stage::Schema, &path.key("logic"), message, mended);
            Logic::And
        }
    };
    let items = fields.list("conditions", findings);
    let count = items.len();
    let read = items.into_iter().enumerate().filter_map(|(place, (path, node))| {
        let condition = condition(node, path, findings)?;
        Some((place, condition))
    });
    let (places, conditions): (Vec<_>, Vec<_>) = read.unzip();
    if count == 0 {
        empty(&path.key("conditions"), key, findings);
    } else if count > 1 && !told {
        let message = Sentence::new(
            "logic이 없어 AND로 읽습니다. 공식 도구들은 여기서 서로 다르므로 AND나 OR를 쓰세요",
            "has no logic and is read as AND; the official tools disagree here, so write AND or OR",
        );
        findings.warning(STAGE, &path, message);
    }
    Group { logic, conditions, places, unknown: fields.unknown() }
}

fn empty(path: &Path, key: &str, findings: &mut Findings<'_>) {
    let message = match key {
        "entry" => Sentence::new(
            "매수 조건이 하나도 없습니다. 공식 백테스터는 이런 파일에서 곧바로 삽니다",
            "has no condition to buy on; the official backtester would buy at once",
        ),
        _ => Sentence::new(
            "매도 조건이 하나도 없습니다. 공식 백테스터는 이런 파일에서 봉마다 팝니다",
            "has no condition to sell on; the official backtester would sell at every bar",
        ),
    };
    findings.error(STAGE, path, message);
}

fn condition(node: &Node, path: Path, findings: &mut Findings<'_>) -> Option<Condition> {
    let mut fields = Fields::of(node, path.clone(), findings);
    if fields.has("conditions") || fields.has("logic") {
        let message = Sentence::new("조건 묶음 안에 다른 묶음을 넣을 수 없습니다", "groups cannot be put into groups");
        findings.error(Stage::Schema, &path, message);
        return None;
    }
    if fields.has("candlestick") {
        return Some(Condition::Candlestick(candlestick(fields, findings)?));
    }
    let name = fields.text("indicator", findings).unwrap_or_else(|| "price".to_owned());
    let left = Operand { name, output: fields.text("output", findings) };
    let operator = operator(&mut fields, findings);
    let right = right(&mut fields, operator, findings);
    let compare_output = fields.text("compare_output", findings);
    let right = match right? {
        Right::Series(operand, scale) => Right::Series(Operand { output: compare_output, ..operand }, scale),
        other => other,
    };
    Some(Condition::Comparison(Comparison { left, operator: operator?, right, unknown: fields.unknown() }))
}

fn candlestick(mut fields: Fields<'_>, findings: &mut Findings<'_>) -> Option<CandlestickCondition> {
    let alias = fields.text("candlestick", findings);
    let signal = fields.text("signal", findings).map_or(PatternSignal::Detected, |word| {
        PatternSignal::of(&word).unwrap_or_else(|| {
            let message = Sentence::new(
                format!("'{word}'은(는) 알 수 없어 detected로 읽습니다. bullish, bearish, detected 중 하나를 쓰세요"),
                format!("'{word}' is not known and read as detected: use bullish, bearish or detected"),
            );
            findings.warning(STAGE, &fields.path.key("signal"), message);
            PatternSignal::Detected
        })
    });
    Some(CandlestickCondition { alias: alias?, signal, unknown: fields.unknown() })
}

fn operator(fields: &mut Fields<'_>, findings: &mut Findings<'_>) -> Option<Operator> {
    if !fields.has("operator") {
        return Some(Operator::GreaterThan);
    }
    let given = fields.text("operator", findings)?;
    let path = fields.path.key("operator");
    let word = given.trim().to_lowercase();
    if word == "between" {
        let message = Sentence::new(
            "between은 두 번째 값을 쓸 곳이 없어 쓸 수 없습니다. 조건 두 개로 나누세요",
            "between cannot be used, as there is no place for its second bound: write two conditions",
        );
        findings.error(STAGE, &path, message);
        return None;
    }
    let known = Operator::of(&word);
    if known.is_none() {
        unknown_word(STAGE, &path, &given, Operator::WORDS.iter().map(|(word, _)| *word), findings);
    }
    known
}

/// The right side, without the output of a series.
fn right(fields: &mut Fields<'_>, operator: Option<Operator>, findings: &mut Findings<'_>) -> Option<Right> {
    let path = fields.path.clone();
    let (value, compare_to) = (fields.take("value"), fields.take("compare_to"));
    let scale = scale(fields, findings);
    let given = |node: &&Node| !node.is_null();
    let right = match (value.filter(given), compare_to.filter(given)) {
        (Some(node), other) => {
            if other.is_some() {
                let message = Sentence::new(
                    "value와 compare_to가 함께 있으면 value를 씁니다. 하나를 지우세요",
                    "value and compare_to are both given and value is used: remove one",
                );
                findings.warning(STAGE, &path.key("compare_to"), message);
            }
            of_value(node, &path.key("value"), findings)?
        }
        (None, Some(node)) => of_compare_to(node, &path.key("compare_to"), findings)?,
        (None, None) if scale.is_some() => {
            let message = Sentence::new(
                "비교할 대상이 없어 0과 비교합니다. value나 compare_to를 쓰세요",
                "has nothing to compare with and is compared with 0: give value or compare_to",
            );
            findings.warning(STAGE, &path, message);
            return Some(Right::Number(0.0));
        }
        (None, None) => {
            let message = Sentence::new(
                "비교할 대상이 없습니다. value나 compare_to를 쓰세요",
                "needs value or compare_to to compare with",
            );
            findings.error(STAGE, &path, message);
            return None;
        }
    };
    let Some(scale) = scale else { return Some(right) };
    match right {
        Right::Series(operand, _) if !operator.is_some_and(Operator::is_cross) => {
            Some(Right::Series(operand, Some(scale)))
        }
        other => {
            let message = Sentence::new(
                "compare_scalar는 다른 지표와 크기를 비교할 때만 쓰입니다. 여기서는 무시합니다",
                "compare_scalar counts only beside another series and without a cross: it is ignored here",
            );
            findings.warning(STAGE, &path.key("compare_scalar"), message);
            Some(other)
        }
    }
}

/// A number, a `$parameter`, a number in quotes, or an alias.
fn of_value(node: &Node, path: &Path, findings: &mut Findings<'_>) -> Option<Right> {
    let from_text = |text: &str| number(text.trim()).filter(|_| !text.starts_with("0x")).map(Right::Number);
    match node.as_text().and_then(from_text) {
        Some(number) => Some(number),
        None => of_compare_to(node, path, findings),
    }
}

/// A number, a `$parameter`, a price field or an alias.
fn of_compare_to(node: &Node, path: &Path, findings: &mut Findings<'_>) -> Option<Right> {
    if let Some(number) = node.as_number() {
        return Some(Right::Number(number));
    }
    let Some(text) = node.as_text() else {
        wrong(findings, path, "숫자나 이름", "a number or a name");
        return None;
    };
    if let Some(name) = parameter_name(text) {
        return Some(Right::Parameter(name.to_owned()));
    }
    Some(Right::Series(Operand { name: text.to_owned(), output: None }, None))
}

/// What is done to the right series; nothing for a word that the official backtester passes over.
fn scale(fields: &mut Fields<'_>, findings: &mut Findings<'_>) -> Option<Scale> {
    let word = fields.text("compare_operation", findings);
    let factor = fields.number("compare_scalar", STAGE, findings)?;
    let Some(word) = word else { return Some(Scale { operation: ScaleOperation::Multiply, factor }) };
    let operation = ScaleOperation::of(&word);
    if operation.is_none() {
        let message = Sentence::new(
            format!("'{word}'은(는) 알 수 없어 compare_scalar를 무시합니다. mul, div, add, sub 중 하나를 쓰세요"),
            format!("'{word}' is not known and compare_scalar is ignored: use mul, div, add or sub"),
        );
        findings.warning(STAGE, &fields.path.key("compare_operation"), message);
    }
    operation.map(|operation| Scale { operation, factor })
}

/// The name in `$name`: a letter or `_`, then letters, digits and `_`.
pub(in super::super) fn parameter_name(text: &str) -> Option<&str> {
    let name = text.strip_prefix('$')?;
    let begins = name.starts_with(|letter: char| letter.is_ascii_alphabetic() || letter == '_');
    (begins && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')).then_some(name)
}
