//! The keys of one map, taken one by one; what is left over is unknown.

use super::super::finding::{Findings, Path, Sentence, Stage};
use super::super::model::Unknown;
use super::super::node::{Content, Node, number};

/// A map and which of its keys were asked for.
pub(super) struct Fields<'a> {
    pub(super) path: Path,
    /// `None` once taken.
    members: Vec<Option<&'a (Node, Node)>>,
}

impl<'a> Fields<'a> {
    /// The map at `path`; something else there is an error and counts as an empty map.
    pub(super) fn of(node: &'a Node, path: Path, findings: &mut Findings<'_>) -> Self {
        let members = match &node.content {
            Content::Mapping(members) => members.iter().map(Some).collect(),
            _ => {
                wrong(findings, &path, "묶음(키: 값)", "a map of keys and values");
                Vec::new()
            }
        };
        Self { path, members }
    }

    pub(super) fn take(&mut self, key: &str) -> Option<&'a Node> {
        let named = |member: &&mut Option<&'a (Node, Node)>| {
            member.is_some_and(|(name, _)| name.scalar().is_some_and(|scalar| scalar.text == key))
        };
        self.members.iter_mut().find(named).and_then(Option::take).map(|(_, value)| value)
    }

    pub(super) fn has(&self, key: &str) -> bool {
        self.members.iter().flatten().any(|(name, _)| name.scalar().is_some_and(|scalar| scalar.text == key))
    }

    /// The members not taken yet, whatever their keys are.
    pub(super) fn rest(&self) -> impl Iterator<Item = &'a (Node, Node)> {
        self.members.iter().flatten().copied()
    }

    /// Everything that was not asked for.
    pub(super) fn unknown(self) -> Unknown {
        self.members.into_iter().flatten().cloned().collect()
    }

    /// A map below this one; nothing if the key is missing.
    pub(super) fn fields(&mut self, key: &str, findings: &mut Findings<'_>) -> Option<Self> {
        let node = self.take(key)?;
        Some(Self::of(node, self.path.key(key), findings))
    }

    /// A text; another type is an error.
    pub(super) fn text(&mut self, key: &str, findings: &mut Findings<'_>) -> Option<String> {
        let node = self.take(key)?;
        match node.as_text() {
            Some(text) => Some(text.to_owned()),
            None => {
                let path = self.path.key(key);
                let mended =
                    node.scalar().filter(|scalar| !scalar.is_null()).map(|scalar| format!("\"{}\"", scalar.text));
                findings.mendable(
                    Stage::Schema,
                    &path,
                    expected("글자(숫자는 따옴표로)", "a text (a number in quotes)"),
                    mended,
                );
                None
            }
        }
    }

    /// A number, also one in quotes; anything else is an error.
    pub(super) fn number(&mut self, key: &str, stage: Stage, findings: &mut Findings<'_>) -> Option<f64> {
        let node = self.take(key)?;
        let found = node.as_number().or_else(|| node.as_text().and_then(|text| number(text.trim())));
        if found.is_none() {
            findings.error(stage, &self.path.key(key), expected("숫자", "a number"));
        }
        found
    }

    /// The items of a list, each with its path; a missing key is an empty list, `null` an error.
    pub(super) fn list(&mut self, key: &str, findings: &mut Findings<'_>) -> Vec<(Path, &'a Node)> {
        let Some(node) = self.take(key) else { return Vec::new() };
        let path = self.path.key(key);
        match &node.content {
            Content::Sequence(items) => {
                items.iter().enumerate().map(|(place, item)| (path.index(place), item)).collect()
            }
            _ => {
                findings.mendable(Stage::Schema, &path, expected("목록", "a list"), Some("[]".to_owned()));
                Vec::new()
            }
        }
    }
}

fn expected(ko: &str, en: &str) -> Sentence {
    Sentence::new(format!("값은 {ko}이어야 합니다"), format!("must be {en}"))
}

pub(super) fn wrong(findings: &mut Findings<'_>, path: &Path, ko: &str, en: &str) {
    findings.error(Stage::Schema, path, expected(ko, en));
}
