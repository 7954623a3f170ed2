//! Numbers and days as the report writes them; the same way as the web app.

use chrono::{DateTime, NaiveDate, Utc};
use exodus_domain::{KST, Won};

use super::Language;

/// Where there is no value.
pub(super) const NOTHING: &str = "–";

/// `12.34%`.
pub(super) fn percent(ratio: f64) -> String {
    format!("{}%", fixed(ratio * 100.0, 2))
}

/// `+12.34%`, so that colour is never the only sign of a gain.
pub(super) fn signed_percent(ratio: f64) -> String {
    signed(ratio > 0.0, percent(ratio))
}

/// `1,234,567원` or `₩1,234,567`.
pub(super) fn won(amount: Won, language: Language) -> String {
    let minus = if amount.0 < 0 { "-" } else { "" };
    let digits = grouped(&amount.0.unsigned_abs().to_string());
    match language {
        Language::Ko => format!("{minus}{digits}원"),
        Language::En => format!("{minus}₩{digits}"),
    }
}

/// With a plus before gains.
pub(super) fn signed_won(amount: Won, language: Language) -> String {
    signed(amount.is_positive(), won(amount, language))
}

/// An amount for an axis: `1.5억`, `₩150M`.
pub(super) fn short_won(amount: f64, language: Language) -> String {
    let units: &[(f64, &str)] = match language {
        Language::Ko => &[(1e12, "조"), (1e8, "억"), (1e4, "만")],
        Language::En => &[(1e12, "T"), (1e9, "B"), (1e6, "M"), (1e3, "K")],
    };
    let (size, unit) = units.iter().copied().find(|(size, _)| amount.abs() >= *size).unwrap_or((1.0, ""));
    let digits = trimmed(amount.abs() / size);
    let minus = if amount < 0.0 { "-" } else { "" };
    match language {
        Language::Ko => format!("{minus}{digits}{unit}"),
        Language::En => format!("{minus}₩{digits}{unit}"),
    }
}

/// A number with `decimals` places and its thousands parted.
pub(super) fn fixed(value: f64, decimals: usize) -> String {
    let text = format!("{:.decimals$}", value.abs());
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    // A loss of 0.001 must not read "-0.00".
    let minus = if value < 0.0 && text.bytes().any(|digit| (b'1'..=b'9').contains(&digit)) { "-" } else { "" };
    let point = if fraction.is_empty() { "" } else { "." };
    format!("{minus}{}{point}{fraction}", grouped(whole))
}

/// A whole number with its thousands parted.
pub(super) fn count(value: u64) -> String {
    grouped(&value.to_string())
}

/// `2026-11-20`, alike in both languages, because it sorts and is never misread.
pub(super) fn day(date: NaiveDate) -> String {
    date.to_string()
}

/// The minute in Korea.
pub(super) fn minute(at: DateTime<Utc>) -> String {
    at.with_timezone(&KST).format("%Y-%m-%d %H:%M").to_string()
}

/// The word for the colour of a value: above zero, below, or neither.
pub(super) fn tone(value: f64) -> &'static str {
    match value {
        value if value > 0.0 => "up",
        value if value < 0.0 => "down",
        _ => "flat",
    }
}

fn signed(is_gain: bool, text: String) -> String {
    let is_zero = !text.bytes().any(|digit| (b'1'..=b'9').contains(&digit));
    if is_gain && !is_zero { format!("+{text}") } else { text }
}

fn trimmed(value: f64) -> String {
    let text = fixed(value, 2);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn grouped(digits: &str) -> String {
    let mut text = String::with_capacity(digits.len() * 4 / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_is_grouped_in_both_languages() {
        assert_eq!(won(Won(0), Language::Ko), "0원");
        assert_eq!(won(Won(-1_234_567), Language::Ko), "-1,234,567원");
        assert_eq!(won(Won(i64::MIN), Language::En), "-₩9,223,372,036,854,775,808");
        assert_eq!(signed_won(Won(100), Language::En), "+₩100");
        assert_eq!(signed_won(Won(0), Language::Ko), "0원");
    }

    #[test]
    fn an_axis_has_short_amounts() {
        assert_eq!(short_won(150_000_000.0, Language::Ko), "1.5억");
        assert_eq!(short_won(-2_500.0, Language::Ko), "-2,500");
        assert_eq!(short_won(150_000_000.0, Language::En), "₩150M");
    }

    #[test]
    fn nothing_reads_minus_zero() {
        assert_eq!(percent(-0.000_01), "0.00%");
        assert_eq!(signed_percent(0.000_01), "0.00%");
        assert_eq!(signed_percent(12.5), "+1,250.00%");
        assert_eq!(fixed(-1234.5, 1), "-1,234.5");
    }
}
