//! What is found while a document is read, and where.

use std::fmt;

use serde::{Serialize, Serializer};

use super::node::Node;

/// How much a finding matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// The document cannot run.
    Error,
    /// It runs, perhaps not as its author thinks.
    Warning,
    /// It runs as its author thinks, and differently in one of the broker's tools.
    RunsDifferently,
}

/// The part of the check that found something, in the order of the check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// The text as YAML.
    Yaml,
    /// Keys, and the types of their values.
    Schema,
    /// `strategy.params` and overrides.
    Parameters,
    /// `strategy.indicators`.
    Indicators,
    /// `strategy.candlesticks`.
    Candlesticks,
    /// `strategy.entry` and `strategy.exit`.
    Conditions,
    /// `risk`.
    Risk,
}

/// A sentence in the two languages of the product.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Sentence {
    /// Korean.
    pub ko: String,
    /// English.
    pub en: String,
}

impl Sentence {
    pub(super) fn new(ko: impl Into<String>, en: impl Into<String>) -> Self {
        Self { ko: ko.into(), en: en.into() }
    }
}

/// Where something stands in a document: `strategy.entry.conditions[2].operator`. Empty for the document itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Path(Vec<Step>);

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Step {
    Key(String),
    Index(usize),
}

impl Path {
    /// The path of a key below this one.
    pub(super) fn key(&self, key: &str) -> Self {
        self.with(Step::Key(key.to_owned()))
    }

    /// The path of a list item below this one.
    pub(super) fn index(&self, index: usize) -> Self {
        self.with(Step::Index(index))
    }

    fn with(&self, step: Step) -> Self {
        let mut steps = self.0.clone();
        steps.push(step);
        Self(steps)
    }

    pub(super) fn steps(&self) -> &[Step] {
        &self.0
    }
}

impl From<&str> for Path {
    /// Keys joined by dots.
    fn from(keys: &str) -> Self {
        Self(keys.split('.').map(|key| Step::Key(key.to_owned())).collect())
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, step) in self.0.iter().enumerate() {
            match step {
                Step::Key(key) if place == 0 => write!(f, "{key}")?,
                Step::Key(key) => write!(f, ".{key}")?,
                Step::Index(index) => write!(f, "[{index}]")?,
            }
        }
        Ok(())
    }
}

impl Serialize for Path {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Something to know about a document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// How much it matters.
    pub severity: Severity,
    /// The part of the check that found it.
    pub stage: Stage,
    /// Where: `strategy.entry.conditions[2].operator`.
    pub path: Path,
    /// Line, from 1. Of something missing, the line of what it is missing in.
    pub line: usize,
    /// What is wrong, and what would be right.
    pub message: Sentence,
    /// A text to put in its place.
    pub suggestion: Option<String>,
}

/// Findings about one document, in the making.
pub(super) struct Findings<'a> {
    root: &'a Node,
    found: Vec<Finding>,
}

impl<'a> Findings<'a> {
    pub(super) fn new(root: &'a Node) -> Self {
        Self { root, found: Vec::new() }
    }

    pub(super) fn error(&mut self, stage: Stage, path: &Path, message: Sentence) {
        self.add(Severity::Error, stage, path, message, None);
    }

    /// An error, with a text that would mend it.
    pub(super) fn mendable(&mut self, stage: Stage, path: &Path, message: Sentence, suggestion: Option<String>) {
        self.add(Severity::Error, stage, path, message, suggestion);
    }

    pub(super) fn warning(&mut self, stage: Stage, path: &Path, message: Sentence) {
        self.add(Severity::Warning, stage, path, message, None);
    }

    pub(super) fn difference(&mut self, stage: Stage, path: &Path, message: Sentence) {
        self.add(Severity::RunsDifferently, stage, path, message, None);
    }

    fn add(&mut self, severity: Severity, stage: Stage, path: &Path, message: Sentence, suggestion: Option<String>) {
        let line = self.root.line_of(path);
        self.found.push(Finding { severity, stage, path: path.clone(), line, message, suggestion });
    }

    /// What the document has at `path`.
    pub(super) fn node_at(&self, path: &Path) -> Option<&'a Node> {
        self.root.at(path)
    }

    /// True if nothing found so far keeps the document from running.
    pub(super) fn are_harmless(&self) -> bool {
        self.found.iter().all(|finding| finding.severity != Severity::Error)
    }

    /// All of them: what concerns the document itself first, in the order of the check.
    pub(super) fn sorted(mut self) -> Vec<Finding> {
        self.found.sort_by_key(|finding| (finding.severity == Severity::RunsDifferently, finding.stage));
        self.found
    }
}

/// Of `known`, the word most likely meant by `given`.
pub(super) fn nearest<'a>(given: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    nearest_words(given, known).first().copied()
}

/// Of `known`, the words that may be meant by `given`, the likeliest first: those that begin with it, and those at most
/// two letters (a third of a long word) away.
pub fn nearest_words<'a>(given: &str, known: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    let given = given.trim().to_lowercase();
    let most = (given.chars().count() / 3).max(2);
    let rated = known.into_iter().filter_map(|word| {
        let begins = given.chars().count() >= 3 && word.starts_with(&given);
        let distance = if begins { 0 } else { distance(&given, word) };
        (distance <= most && distance < word.chars().count()).then_some((distance, word))
    });
    let mut rated: Vec<_> = rated.collect();
    rated.sort_by_key(|(distance, _)| *distance);
    rated.into_iter().map(|(_, word)| word).collect()
}

/// Letters to put in, leave out or change to make one word of the other (Levenshtein).
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().take(64).collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (line, letter) in one.chars().take(64).enumerate() {
        let mut diagonal = row[0];
        row[0] = line + 1;
        for (place, beside) in other.iter().enumerate() {
            let changed = diagonal + usize::from(letter != *beside);
            diagonal = row[place + 1];
            row[place + 1] = changed.min(diagonal + 1).min(row[place] + 1);
        }
    }
    row[other.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_reads_as_in_the_document() {
        let path = Path::from("strategy.entry.conditions").index(2).key("operator");
        assert_eq!(path.to_string(), "strategy.entry.conditions[2].operator");
    }

    #[test]
    fn the_nearest_word_is_found_if_any_is_near() {
        let known = ["macd", "maximum", "sma", "ema"];
        assert_eq!(nearest("max", known), Some("maximum"), "the beginning of a word counts more than a near one");
        assert_eq!(nearest("SMA", known), Some("sma"));
        assert_eq!(nearest("maccd", known), Some("macd"));
        assert_eq!(nearest("supertrend", known), None);
        assert_eq!(nearest("", known), None);
        assert_eq!(nearest_words("smaa", known), ["sma", "ema"], "the nearest first");
    }
}
