//! What was found in a document, as answers tell it.

use exodus_trading::rules::{Finding, Severity};
use serde::Serialize;
use utoipa::ToSchema;

use super::dto::Text;

/// How much a finding matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum FindingSeverity {
    /// The document cannot run.
    Error,
    /// It runs, perhaps not as its author thinks.
    Warning,
    /// It runs as its author thinks, and differently in one of the broker's tools.
    RunsDifferently,
}

/// One thing found in a document.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DocumentFinding {
    /// How much it matters.
    pub(crate) severity: FindingSeverity,
    /// Line, from 1.
    pub(crate) line: usize,
    /// Where, such as `strategy.entry.conditions[2].operator`; empty for the document itself.
    pub(crate) path: String,
    /// What is wrong, and what would be right.
    pub(crate) message: Text,
    /// A text to put in its place; null where there is no telling what was meant.
    #[schema(required)]
    pub(crate) suggestion: Option<String>,
}

impl From<Finding> for DocumentFinding {
    fn from(Finding { severity, line, path, message, suggestion, .. }: Finding) -> Self {
        let severity = match severity {
            Severity::Error => FindingSeverity::Error,
            Severity::Warning => FindingSeverity::Warning,
            Severity::RunsDifferently => FindingSeverity::RunsDifferently,
        };
        Self { severity, line, path: path.to_string(), message: message.into(), suggestion }
    }
}
