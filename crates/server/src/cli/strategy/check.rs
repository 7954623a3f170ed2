//! `exodus strategy validate`.

use anyhow::anyhow;
use exodus_trading::rules::{Document, Finding, Severity};
use serde_json::{Map, Value, json};

use super::DocumentArguments;
use crate::cli::print;

/// All that is found in a document.
pub(super) struct Findings(Vec<Finding>);

pub(super) fn run(arguments: &DocumentArguments) -> anyhow::Result<()> {
    let findings = Findings::of(&arguments.read()?, &arguments.overrides()?);
    if findings.count(Severity::Error) > 0 {
        return Err(findings.refuse(arguments));
    }
    if arguments.json {
        return print(&findings.json());
    }
    findings.list()?;
    let (warnings, differences) = (findings.count(Severity::Warning), findings.count(Severity::RunsDifferently));
    print(&format!("{} can run: {warnings} warnings, {differences} differences", arguments.file))
}

impl Findings {
    pub(super) fn of(read: &Result<Document, Finding>, overrides: &Map<String, Value>) -> Self {
        let document = match read {
            Ok(document) => document,
            Err(finding) => return Self(vec![finding.clone()]),
        };
        let mut found = document.index_findings();
        if document.plan().is_ok()
            && let Err(refused) = document.plan_with(overrides)
        {
            found.extend(refused);
        }
        found.extend_from_slice(document.findings());
        Self(found)
    }

    fn count(&self, severity: Severity) -> usize {
        self.0.iter().filter(|finding| finding.severity == severity).count()
    }

    /// Prints what is found, and gives the sentence to end with.
    pub(super) fn refuse(&self, arguments: &DocumentArguments) -> anyhow::Error {
        let printed = if arguments.json { print(&self.json()) } else { self.list() };
        let errors = match self.count(Severity::Error) {
            1 => "one error".to_owned(),
            count => format!("{count} errors"),
        };
        printed.err().unwrap_or_else(|| anyhow!("{} cannot run because of {errors}", arguments.file))
    }

    fn list(&self) -> anyhow::Result<()> {
        for Finding { severity, line, path, message, suggestion, .. } in &self.0 {
            let severity = match severity {
                Severity::Error => "error",
                Severity::Warning => "warning",
                Severity::RunsDifferently => "differs",
            };
            let path = path.to_string();
            let place = match path.strip_prefix("overrides.") {
                Some(name) => format!("--param {name}"),
                None if path.is_empty() => format!("line {line}"),
                None => format!("line {line}, {path}"),
            };
            let mend = suggestion.as_ref().filter(|mend| !message.en.contains(mend.as_str()));
            let mend = mend.map(|mend| format!(" (write {mend})")).unwrap_or_default();
            print(&format!("{severity:7} {place}: {}{mend}", message.en))?;
        }
        Ok(())
    }

    fn json(&self) -> String {
        let count = |severity| self.count(severity);
        let answer = json!({
            "runs": count(Severity::Error) == 0,
            "errors": count(Severity::Error),
            "warnings": count(Severity::Warning),
            "differences": count(Severity::RunsDifferently),
            "findings": self.0,
        });
        answer.to_string()
    }
}
