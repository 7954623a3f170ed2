//! What the robustness checks found.

use exodus_backtest::robustness::{Check, CheckOutcome};
use exodus_domain::Won;
use maud::{Markup, html};

use super::check_texts::{CHECKS, CheckText, REASONS};
use super::{Language, format, texts};

/// Every check with its outcome and a sentence.
pub(super) fn all(checks: &[Check], language: Language) -> Markup {
    html! {
        dl.checks {
            @for check in checks {
                @if let Some(text) = CHECKS.iter().find(|text| text.code == check.code) { (row(check, text, language)) }
            }
        }
        p.hint { (language.of(texts::CHECKS_HINT)) }
    }
}

fn row(check: &Check, text: &CheckText, language: Language) -> Markup {
    let class = match check.outcome {
        CheckOutcome::Passed => "passed",
        CheckOutcome::Failed => "failed",
        CheckOutcome::Skipped => "skipped",
    };
    html! {
        dt { (language.of(text.title)) " " span.{ "outcome " (class) } { (language.of(texts::outcome(check.outcome))) } }
        dd { (sentence(check, text, language)) }
    }
}

fn sentence(check: &Check, text: &CheckText, language: Language) -> String {
    match check.outcome {
        CheckOutcome::Passed => filled(check, language.of(text.passed), language),
        CheckOutcome::Failed => filled(check, language.of(text.failed), language),
        CheckOutcome::Skipped => {
            let reasons = REASONS.iter().filter(|(word, _)| check.details.iter().any(|detail| detail == word));
            reasons.map(|(_, reason)| language.of(*reason)).collect::<Vec<_>>().join(" ")
        }
    }
}

/// The sentence with its values in place of their names.
fn filled(check: &Check, sentence: &str, language: Language) -> String {
    let date = check.date.map_or_else(|| format::NOTHING.to_owned(), format::day);
    let mut text = sentence.replace("{date}", &date);
    for (name, value) in &check.values {
        let shown = match name.as_str() {
            name if name.contains("equity") => format::won(Won(*value as i64), language),
            name if name.contains("return") || name.contains("drawdown") => format::percent(*value),
            _ => format::fixed(*value, 0),
        };
        text = text.replace(&format!("{{{name}}}"), &shown);
    }
    text
}
