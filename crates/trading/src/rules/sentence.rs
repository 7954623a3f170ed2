//! Reasons as sentences.

use exodus_domain::{Reason, ReasonCondition};

use super::finding::Sentence;
use super::node::decimal;

/// What the reasons of strategies say, by their codes: `{name}` is a value, `{name%}` a ratio in percent.
const SENTENCES: &[(&str, &str, &str)] = &[
    (
        "momentum_above_entry",
        "{lookback}봉 등락률 {momentum%}, 매수 기준 {threshold%} 초과",
        "{lookback}-bar change {momentum%}, above the entry threshold {threshold%}",
    ),
    (
        "momentum_below_exit",
        "{lookback}봉 등락률 {momentum%}, 매도 기준 {threshold%} 미만",
        "{lookback}-bar change {momentum%}, below the exit threshold {threshold%}",
    ),
    (
        "fast_average_above_slow",
        "{fast}봉 이동평균 {fast_average}, {slow}봉 이동평균 {slow_average} 위",
        "{fast}-bar average {fast_average}, above the {slow}-bar average {slow_average}",
    ),
    (
        "fast_average_not_above_slow",
        "{fast}봉 이동평균 {fast_average}, {slow}봉 이동평균 {slow_average} 이하",
        "{fast}-bar average {fast_average}, not above the {slow}-bar average {slow_average}",
    ),
    (
        "stop_loss",
        "손절: {from}에서 {close}(으)로 {change%} (기준 {limit%})",
        "stop loss: {from} to {close}, {change%} (limit {limit%})",
    ),
    (
        "take_profit",
        "익절: {from}에서 {close}(으)로 {change%} (기준 {limit%})",
        "take profit: {from} to {close}, {change%} (limit {limit%})",
    ),
    (
        "trailing_stop",
        "추적 손절: {from}에서 {close}(으)로 {change%} (기준 {limit%})",
        "trailing stop: {from} to {close}, {change%} (limit {limit%})",
    ),
    (
        "time_stop",
        "보유 기간 만료: 매수 후 {bars}봉 (기준 {limit}봉)",
        "time stop: {bars} bars since the entry (limit {limit})",
    ),
];

impl Sentence {
    /// Why a strategy gave a signal; `None` for a code that has no sentence, or without one of its values.
    pub fn of(reason: &Reason) -> Option<Self> {
        if let Some((_, ko, en)) = SENTENCES.iter().find(|(code, ..)| *code == reason.code) {
            return Some(Self::new(filled(ko, reason)?, filled(en, reason)?));
        }
        let (head_ko, head_en) = match reason.code.as_str() {
            "rules_entry" => ("매수", "buy"),
            "rules_exit" => ("매도", "sell"),
            _ => return None,
        };
        let held = reason.conditions.iter().filter(|condition| condition.holds).map(Self::of_condition);
        let (ko, en): (Vec<_>, Vec<_>) = held.map(|sentence| (sentence.ko, sentence.en)).unzip();
        Some(Self::new(format!("{head_ko}: {}", ko.join(", ")), format!("{head_en}: {}", en.join(", "))))
    }

    /// One condition, with what its sides were: "sma_1 (10,100) crossed above sma_2 (10,050)".
    fn of_condition(condition: &ReasonCondition) -> Self {
        let side = |name: &str, value: Option<f64>| match value {
            Some(value) if decimal(value) == name => rounded(value),
            Some(value) => format!("{name} ({})", rounded(value)),
            None => name.to_owned(),
        };
        let left = side(&condition.left, condition.left_value);
        if condition.operator == "signal" {
            let found = condition.left_value.unwrap_or(0.0);
            let (ko, en) = match found {
                found if found > 0.0 => ("상승 신호", "bullish"),
                found if found < 0.0 => ("하락 신호", "bearish"),
                _ => ("신호 없음", "no signal"),
            };
            return Self::new(format!("{} {ko}", condition.left), format!("{} {en}", condition.left));
        }
        let right = side(&condition.right, condition.right_value);
        let (sign_ko, sign_en) = match condition.operator.as_str() {
            "greater_than" => (">", ">"),
            "less_than" => ("<", "<"),
            "greater_equal" => ("≥", "≥"),
            "less_equal" => ("≤", "≤"),
            "equal" => ("=", "="),
            "not_equal" => ("≠", "≠"),
            "cross_above" => ("↗ 상향 돌파", "crossed above"),
            "cross_below" => ("↘ 하향 돌파", "crossed below"),
            other => (other, other),
        };
        Self::new(format!("{left} {sign_ko} {right}"), format!("{left} {sign_en} {right}"))
    }
}

/// A sentence with the values of a reason in place of their names.
fn filled(sentence: &str, reason: &Reason) -> Option<String> {
    let mut pieces = sentence.split('{');
    let mut told = pieces.next()?.to_owned();
    for piece in pieces {
        let (name, rest) = piece.split_once('}')?;
        told += &match name.strip_suffix('%') {
            Some(name) => percent(*reason.values.get(name)?),
            None => rounded(*reason.values.get(name)?),
        };
        told += rest;
    }
    Some(told)
}

/// At most four places, thousands apart.
fn rounded(value: f64) -> String {
    let text = decimal((value * 1e4).round() / 1e4);
    let (whole, places) = text.split_at(text.find('.').unwrap_or(text.len()));
    let (sign, digits) = whole.split_at(usize::from(whole.starts_with('-')));
    let mut apart = sign.to_owned();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            apart.push(',');
        }
        apart.push(digit);
    }
    apart + places
}

fn percent(ratio: f64) -> String {
    format!("{:+.2}%", 100.0 * ratio)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn condition(operator: &str, left_value: f64, right: &str, right_value: f64) -> ReasonCondition {
        ReasonCondition {
            left: "fast".to_owned(),
            operator: operator.to_owned(),
            right: right.to_owned(),
            left_value: Some(left_value),
            right_value: Some(right_value),
            left_before: None,
            right_before: None,
            holds: true,
        }
    }

    fn reason(code: &str, values: &[(&str, f64)]) -> Reason {
        let values = values.iter().map(|(name, value)| ((*name).to_owned(), *value));
        Reason { code: code.to_owned(), values: values.collect(), conditions: Vec::new() }
    }

    #[test]
    fn conditions_read_as_a_sentence_in_both_languages() {
        let conditions = vec![
            condition("cross_above", 10_100.0, "slow", 10_050.123_456),
            condition("greater_equal", 10_100.0, "30", 30.0),
            condition("less_than", -1_234.5, "1000000", 1_000_000.0),
            condition("signal", -1.0, "bearish", 0.0),
        ];
        let sentence = Sentence::of(&Reason { conditions, ..reason("rules_entry", &[]) }).expect("a rule");
        assert_eq!(
            sentence.en,
            "buy: fast (10,100) crossed above slow (10,050.1235), fast (10,100) ≥ 30, fast (-1,234.5) < 1,000,000, \
             fast bearish"
        );
        assert_eq!(
            sentence.ko,
            "매수: fast (10,100) ↗ 상향 돌파 slow (10,050.1235), fast (10,100) ≥ 30, fast (-1,234.5) < 1,000,000, \
             fast 하락 신호"
        );
    }

    #[test]
    fn values_stand_in_their_places() {
        let stop =
            reason("stop_loss", &[("change", -0.0512), ("limit", -0.05), ("from", 10_200.0), ("close", 9_678.0)]);
        let sentence = Sentence::of(&stop).expect("a stop");
        assert_eq!(sentence.en, "stop loss: 10,200 to 9,678, -5.12% (limit -5.00%)");
        assert_eq!(sentence.ko, "손절: 10,200에서 9,678(으)로 -5.12% (기준 -5.00%)");
        let momentum = reason("momentum_above_entry", &[("momentum", 0.125), ("threshold", 0.1), ("lookback", 20.0)]);
        let sentence = Sentence::of(&momentum).expect("a momentum");
        assert_eq!(sentence.en, "20-bar change +12.50%, above the entry threshold +10.00%");

        assert_eq!(Sentence::of(&reason("stop_loss", &[])), None, "values are missing");
        assert_eq!(Sentence::of(&reason("moon_phase", &[])), None);
    }
}
