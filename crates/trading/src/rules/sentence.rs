//! Reasons of rules as sentences.

use exodus_domain::{Reason, ReasonCondition};

use super::finding::Sentence;
use super::node::decimal;

impl Sentence {
    /// Why a strategy of the type `rules` gave a signal; `None` for the reason of another type.
    pub fn of_rules(reason: &Reason) -> Option<Self> {
        let value = |name: &str| reason.values.get(name).copied();
        let stop = |ko: &str, en: &str| {
            let (change, limit) = (percent(value("change")?), percent(value("limit")?));
            let (from, close) = (rounded(value("from")?), rounded(value("close")?));
            Some(Self::new(
                format!("{ko}: {from}에서 {close}(으)로 {change} (기준 {limit})"),
                format!("{en}: {from} to {close}, {change} (limit {limit})"),
            ))
        };
        match reason.code.as_str() {
            "stop_loss" => stop("손절", "stop loss"),
            "take_profit" => stop("익절", "take profit"),
            "trailing_stop" => stop("추적 손절", "trailing stop"),
            "rules_entry" | "rules_exit" => {
                let held = reason.conditions.iter().filter(|condition| condition.holds).map(Self::of_condition);
                let (ko, en): (Vec<_>, Vec<_>) = held.map(|sentence| (sentence.ko, sentence.en)).unzip();
                let (head_ko, head_en) =
                    if reason.code == "rules_entry" { ("매수", "buy") } else { ("매도", "sell") };
                Some(Self::new(format!("{head_ko}: {}", ko.join(", ")), format!("{head_en}: {}", en.join(", "))))
            }
            _ => None,
        }
    }

    /// One condition, with what its sides were: "sma_1 (10,100) crossed above sma_2 (10,050)".
    pub fn of_condition(condition: &ReasonCondition) -> Self {
        let side = |name: &str, value: Option<f64>| match value {
            Some(value) if rounded(value) != name => format!("{name} ({})", rounded(value)),
            _ => name.to_owned(),
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

/// At most four places.
fn rounded(value: f64) -> String {
    decimal((value * 1e4).round() / 1e4)
}

fn percent(ratio: f64) -> String {
    format!("{:+.2}%", 100.0 * ratio)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

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

    #[test]
    fn a_reason_reads_as_a_sentence_in_both_languages() {
        let conditions = vec![
            condition("cross_above", 10_100.0, "slow", 10_050.123_456),
            condition("greater_equal", 10_100.0, "30", 30.0),
            condition("signal", -1.0, "bearish", 0.0),
        ];
        let reason = Reason { code: "rules_entry".to_owned(), values: BTreeMap::new(), conditions };
        let sentence = Sentence::of_rules(&reason).expect("a rule");
        assert_eq!(sentence.en, "buy: fast (10100) crossed above slow (10050.1235), fast (10100) ≥ 30, fast bearish");
        assert_eq!(sentence.ko, "매수: fast (10100) ↗ 상향 돌파 slow (10050.1235), fast (10100) ≥ 30, fast 하락 신호");

        let values = [("change", -0.0512), ("limit", -0.05), ("from", 10_200.0), ("close", 9_678.0)];
        let values = BTreeMap::from(values.map(|(name, value)| (name.to_owned(), value)));
        let reason = Reason { code: "stop_loss".to_owned(), values, conditions: Vec::new() };
        let sentence = Sentence::of_rules(&reason).expect("a stop");
        assert_eq!(sentence.en, "stop loss: 10200 to 9678, -5.12% (limit -5.00%)");

        let other = Reason { code: "momentum_above_entry".to_owned(), values: BTreeMap::new(), conditions: Vec::new() };
        assert_eq!(Sentence::of_rules(&other), None);
    }
}
