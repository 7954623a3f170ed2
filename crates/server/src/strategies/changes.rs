//! In what two versions of a strategy differ.

use std::collections::BTreeSet;
use std::time::Duration;

use exodus_store::strategies::StrategyFields;
use serde::Serialize;
use serde_json::{Value, json};
use similar::{ChangeTag, TextDiff};
use utoipa::ToSchema;

use super::request::completed;

/// Lines that are shown before and after a change.
const CONTEXT: usize = 3;
/// How long the shortest difference is looked for; after that a longer one will do.
const PATIENCE: Duration = Duration::from_millis(100);
/// The parameter of a strategy of rules that is told line by line.
const DOCUMENT: &str = "document";

/// In what two versions of a strategy differ.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Changes {
    /// The version before; null before the first one.
    #[schema(required)]
    pub(crate) from: Option<i32>,
    /// The version after.
    pub(crate) to: i32,
    /// What is different, but for the document.
    pub(crate) fields: Vec<FieldChange>,
    /// The lines of the document about the changes, three around each; null where it did not change.
    #[schema(required)]
    pub(crate) document: Option<Vec<DocumentLine>>,
}

/// A field with two values.
#[derive(Debug, PartialEq, Serialize, ToSchema)]
pub(crate) struct FieldChange {
    /// Such as `name`, `symbols`, `parameters.lookback`.
    pub(crate) field: String,
    /// Value before; null if there was none.
    pub(crate) before: Value,
    /// Value after; null if there is none.
    pub(crate) after: Value,
}

/// What became of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum LineKind {
    /// It is in both.
    Same,
    /// It is new.
    Added,
    /// It is gone.
    Removed,
}

/// A line of a document.
#[derive(Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct DocumentLine {
    /// What became of it.
    pub(crate) kind: LineKind,
    /// Its number before, from 1; null if it is new.
    #[schema(required)]
    pub(crate) before_line: Option<usize>,
    /// Its number after, from 1; null if it is gone.
    #[schema(required)]
    pub(crate) after_line: Option<usize>,
    /// The line without its end.
    pub(crate) text: String,
}

impl Changes {
    /// What is different after `before`, which is `None` for the first version.
    pub(super) fn between(before: Option<(i32, StrategyFields)>, (to, after): (i32, StrategyFields)) -> Self {
        let Some((from, before)) = before else { return Self { from: None, to, fields: Vec::new(), document: None } };
        let (before, after) = comparable(before, after);
        let document = lines(document(&before), document(&after));
        Self { from: Some(from), to, fields: fields(&before, &after), document }
    }
}

/// How many fields are different; the document is one.
pub(super) fn count(before: StrategyFields, after: StrategyFields) -> usize {
    let (before, after) = comparable(before, after);
    fields(&before, &after).len() + usize::from(document(&before) != document(&after))
}

/// Both with the same parameters, if they are of one kind: older programs stored fewer, and that is no change.
fn comparable(before: StrategyFields, after: StrategyFields) -> (StrategyFields, StrategyFields) {
    let names =
        |fields: &StrategyFields| fields.parameters.as_object().map(|all| all.keys().cloned().collect::<Vec<_>>());
    if names(&before) == names(&after) { (before, after) } else { (completed(before), completed(after)) }
}

fn fields(before: &StrategyFields, after: &StrategyFields) -> Vec<FieldChange> {
    let own = |fields: &StrategyFields| {
        [
            ("name", json!(fields.name)),
            ("description", json!(fields.description)),
            ("strategy_type", json!(fields.strategy_type)),
            ("symbols", json!(fields.symbols)),
        ]
    };
    let pairs = own(before).into_iter().zip(own(after));
    let own = pairs.map(|((name, before), (_, after))| FieldChange { field: name.to_owned(), before, after });
    let names: BTreeSet<&String> = [before, after]
        .into_iter()
        .filter_map(|fields| fields.parameters.as_object())
        .flat_map(|all| all.keys())
        .collect();
    let parameters = names.into_iter().filter(|name| *name != DOCUMENT).map(|name| FieldChange {
        field: format!("parameters.{name}"),
        before: before.parameters[name].clone(),
        after: after.parameters[name].clone(),
    });
    own.chain(parameters).filter(|change| change.before != change.after).collect()
}

fn document(fields: &StrategyFields) -> &str {
    fields.parameters[DOCUMENT].as_str().unwrap_or_default()
}

fn lines(before: &str, after: &str) -> Option<Vec<DocumentLine>> {
    if before == after {
        return None;
    }
    let difference = TextDiff::configure().timeout(PATIENCE).diff_lines(before, after);
    let groups = difference.grouped_ops(CONTEXT);
    let changes = groups.iter().flatten().flat_map(|operation| difference.iter_changes(operation));
    let line = changes.map(|change| DocumentLine {
        kind: match change.tag() {
            ChangeTag::Equal => LineKind::Same,
            ChangeTag::Insert => LineKind::Added,
            ChangeTag::Delete => LineKind::Removed,
        },
        before_line: change.old_index().map(|index| index + 1),
        after_line: change.new_index().map(|index| index + 1),
        text: change.value().trim_end_matches(['\r', '\n']).to_owned(),
    });
    Some(line.collect())
}
