//! What the official backtester can be told: it writes names into the code of a program, where not every letter may
//! stand, and where two names must not become one.

use std::collections::{HashMap, HashSet};

use super::super::model::{Condition, Operand, Right, Rules};
use crate::indicators::indicator;

/// Words that mean something else in the program: those of Python, and the variables that it has anyway.
const TAKEN: &[&str] = &[
    "False",
    "None",
    "True",
    "and",
    "as",
    "assert",
    "async",
    "await",
    "break",
    "class",
    "continue",
    "def",
    "del",
    "elif",
    "else",
    "except",
    "finally",
    "for",
    "from",
    "global",
    "if",
    "import",
    "in",
    "is",
    "lambda",
    "nonlocal",
    "not",
    "or",
    "pass",
    "raise",
    "return",
    "try",
    "while",
    "with",
    "yield",
    "self",
    "data",
    "symbol",
    "bar",
    "trade_bar",
    "alias",
    "pattern",
    "ind",
    "p",
    "buf",
    "daily_ret",
    "statistics",
    "holdings",
    "weight",
    "loss_pct",
    "profit_pct",
    "drawdown_pct",
    "all",
    "getattr",
    "len",
    "max",
    "TradeBar",
];

/// Puts other names where the program could not have the document's own. What it means stays the same.
pub(super) fn rename(rules: &mut Rules) {
    for text in [&mut rules.metadata.name, &mut rules.metadata.description] {
        *text = harmless(text);
    }
    for entry in &mut rules.indicators {
        entry.name = entry.name.as_deref().map(harmless);
    }
    let mut variables = HashSet::new();
    let mut renamed = HashMap::new();
    let indicators = rules.indicators.iter_mut().map(|entry| (&*entry.id, &mut entry.alias, true));
    let patterns = rules.candlesticks.iter_mut().map(|entry| (&*entry.id, &mut entry.alias, false));
    for (id, alias, is_indicator) in indicators.chain(patterns) {
        let made = |alias: &str| if is_indicator { of_indicator(id, alias) } else { vec![format!("{alias}_signal")] };
        let is_free = |alias: &str, variables: &HashSet<String>| {
            is_name(alias) && made(alias).iter().all(|name| is_allowed(name) && !variables.contains(name))
        };
        if !is_free(alias, &variables) {
            let new = (1_usize..).map(|number| format!("{id}_{number}")).find(|new| is_free(new, &variables));
            let new = new.expect("there are more numbers than entries");
            renamed.insert(std::mem::replace(alias, new.clone()), new);
        }
        variables.extend(made(alias));
    }
    let follow = |name: &mut String| {
        if let Some(new) = renamed.get(name) {
            name.clone_from(new);
        }
    };
    for condition in rules.entry.conditions.iter_mut().chain(&mut rules.exit.conditions) {
        match condition {
            Condition::Candlestick(condition) => follow(&mut condition.alias),
            Condition::Comparison(comparison) => {
                follow(&mut comparison.left.name);
                if let Right::Series(Operand { name, .. }, _) = &mut comparison.right {
                    follow(name);
                }
            }
        }
    }
}

/// A text that ends no string of the program, and starts no line of it.
fn harmless(text: &str) -> String {
    let letter = |letter: char| match letter {
        '"' => '\'',
        '\\' => '/',
        letter if letter.is_control() || matches!(letter, '\u{2028}' | '\u{2029}') => ' ',
        letter => letter,
    };
    text.chars().map(letter).collect()
}

/// The variables that the program has for an indicator.
fn of_indicator(id: &str, alias: &str) -> Vec<String> {
    let outputs = indicator(id).map(|kind| kind.outputs).unwrap_or_default();
    let named = outputs.iter().filter(|output| **output != "value").copied();
    let inner: &[&str] = match id {
        "disparity" => &["sma", "sma_val"],
        "volatility_ind" => &["returns", "period"],
        "returns" => &["roc", "roc_val"],
        _ => &[],
    };
    let suffixed = named.chain(inner.iter().copied()).map(|suffix| format!("{alias}_{suffix}"));
    std::iter::once(alias.to_owned()).chain(suffixed).collect()
}

/// A name that the program takes as it is.
fn is_name(alias: &str) -> bool {
    let fits = |letter: char| letter.is_ascii_alphanumeric() || letter == '_' || ('가'..='힣').contains(&letter);
    let begins = alias.starts_with(|letter: char| !letter.is_ascii_digit() && letter != '_');
    begins && alias.chars().all(fits) && !alias.ends_with('_') && !alias.contains("__")
}

fn is_allowed(variable: &str) -> bool {
    let is_own = ["prev_", "entry_", "exit_"].iter().any(|start| variable.starts_with(start));
    !is_own && !TAKEN.contains(&variable)
}
