//! Reasons as sentences.

use exodus_domain::{Reason, ReasonCondition};

use super::finding::Sentence;
use super::model::{Operator, PatternSignal};
use super::node::decimal;
use super::plan::{PlannedCondition, Test};

/// What the reasons of strategies say, by their codes: `{name}` is a value, `{name%}` a ratio in percent, and what stands
/// in brackets is left out if one of its values is missing.
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
    (
        "rsi_below_entry",
        "RSI({period}) {rsi}, 매수 기준 {threshold} 아래[, {trend_period}봉 이동평균 {trend_average} 위]",
        "RSI({period}) {rsi}, below the entry level {threshold}[, above the {trend_period}-bar average {trend_average}]",
    ),
    (
        "rsi_above_exit",
        "RSI({period}) {rsi}, 매도 기준 {threshold} 위",
        "RSI({period}) {rsi}, above the exit level {threshold}",
    ),
    (
        "percent_b_below_entry",
        "볼린저 %B({period}) {percent_b}, 매수 기준 {threshold} 아래[, {trend_period}봉 이동평균 {trend_average} 위]",
        "Bollinger %B({period}) {percent_b}, below the entry level {threshold}[, above the {trend_period}-bar average \
         {trend_average}]",
    ),
    (
        "percent_b_above_exit",
        "볼린저 %B({period}) {percent_b}, 매도 기준 {threshold} 위",
        "Bollinger %B({period}) {percent_b}, above the exit level {threshold}",
    ),
    (
        "z_score_below_entry",
        "z점수({period}) {z_score}, 매수 기준 {threshold} 아래[, {trend_period}봉 이동평균 {trend_average} 위]",
        "z-score({period}) {z_score}, below the entry level {threshold}[, above the {trend_period}-bar average \
         {trend_average}]",
    ),
    (
        "z_score_above_exit",
        "z점수({period}) {z_score}, 매도 기준 {threshold} 위",
        "z-score({period}) {z_score}, above the exit level {threshold}",
    ),
    (
        "rank_entered",
        "{members}종목 가운데 {rank}위, 상위 {hold_count}종목 편입[, {lookback}봉 등락률 {momentum%}][, 점수 {score}]",
        "rank {rank} of {members}, among the best {hold_count}[, {lookback}-bar change {momentum%}][, score {score}]",
    ),
    (
        "rank_reweighted",
        "{members}종목 가운데 {rank}위, 비중 조정[, {lookback}봉 등락률 {momentum%}][, 점수 {score}]",
        "rank {rank} of {members}, brought back to its weight[, {lookback}-bar change {momentum%}][, score {score}]",
    ),
    (
        "rank_left",
        "{members}종목 가운데 {rank}위, 상위 {hold_count}종목에서 제외[, {lookback}봉 등락률 {momentum%}][, 점수 {score}]",
        "rank {rank} of {members}, no longer among the best {hold_count}[, {lookback}-bar change {momentum%}]\
         [, score {score}]",
    ),
    (
        "rank_excluded",
        "순위에서 제외: 순위를 매길 수 없거나 최저 기준[ {threshold%}]에 못 미침[, {lookback}봉 등락률 {momentum%}]",
        "left out of the ranking: cannot be ranked, or is below the minimum[ {threshold%}][, {lookback}-bar change \
         {momentum%}]",
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
        let (ko, en) = match (Operator::of(&condition.operator), condition.operator.as_str()) {
            (Some(Operator::CrossAbove), _) => ("↗ 상향 돌파", "crossed above"),
            (Some(Operator::CrossBelow), _) => ("↘ 하향 돌파", "crossed below"),
            (Some(operator), _) => (sign(operator), sign(operator)),
            (None, other) => (other, other),
        };
        Self::new(format!("{left} {ko} {right}"), format!("{left} {en} {right}"))
    }

    /// What a condition asks for: "sma_1 crosses above sma_2".
    pub(super) fn of_planned(PlannedCondition { left, right, test }: &PlannedCondition) -> Self {
        let (ko, en) = match test {
            Test::Pattern { signal, .. } => {
                let (ko, en) = match signal {
                    PatternSignal::Detected => ("신호", "is there"),
                    PatternSignal::Bullish => ("상승 신호", "is bullish"),
                    PatternSignal::Bearish => ("하락 신호", "is bearish"),
                };
                return Self::new(format!("{left} {ko}"), format!("{left} {en}"));
            }
            Test::Compare { operator: Operator::CrossAbove, .. } => ("↗ 상향 돌파", "crosses above"),
            Test::Compare { operator: Operator::CrossBelow, .. } => ("↘ 하향 돌파", "crosses below"),
            Test::Compare { operator, .. } => (sign(*operator), sign(*operator)),
        };
        Self::new(format!("{left} {ko} {right}"), format!("{left} {en} {right}"))
    }
}

fn sign(operator: Operator) -> &'static str {
    match operator {
        Operator::GreaterThan => ">",
        Operator::LessThan => "<",
        Operator::GreaterEqual => "≥",
        Operator::LessEqual => "≤",
        Operator::Equal => "=",
        Operator::NotEqual => "≠",
        Operator::CrossAbove => "↗",
        Operator::CrossBelow => "↘",
    }
}

/// A sentence with the values of a reason in place of their names; `None` if one that must be there is missing.
fn filled(sentence: &str, reason: &Reason) -> Option<String> {
    let mut told = String::new();
    for (place, part) in sentence.split(['[', ']']).enumerate() {
        let is_optional = place % 2 == 1;
        match with_values(part, reason) {
            Some(part) => told += &part,
            None if is_optional => {}
            None => return None,
        }
    }
    Some(told)
}

fn with_values(part: &str, reason: &Reason) -> Option<String> {
    let mut pieces = part.split('{');
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

        let mut values = vec![("rsi", 24.5), ("threshold", 30.0), ("period", 14.0)];
        let told = |values: &[(&str, f64)]| Sentence::of(&reason("rsi_below_entry", values)).expect("a level").en;
        assert_eq!(told(&values), "RSI(14) 24.5, below the entry level 30");
        values.extend([("trend_average", 70_100.0), ("trend_period", 200.0)]);
        assert_eq!(told(&values), "RSI(14) 24.5, below the entry level 30, above the 200-bar average 70,100");

        assert_eq!(Sentence::of(&reason("stop_loss", &[])), None, "values are missing");
        assert_eq!(Sentence::of(&reason("moon_phase", &[])), None);
    }
}
