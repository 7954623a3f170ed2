//! `.kis.yaml` documents: strategies as indicators and conditions, in the interchange format of the broker's own tools.
//!
//! A document is read, never executed: [`Document::parse`] makes a tree of the text (`yaml`, with limits), a model of
//! the tree (`read`), and a plan of the model (`check`), in which every name is looked up in the catalogues of
//! indicators and candlesticks. All that is wrong is told at once. [`RulesStudy`] is the plan at work on the bars of one
//! issue; backtest, preview and live account decide by it alone.
//!
//! Where the broker's tools have a defect or disagree, `differences` says how this program does it.

mod check;
mod differences;
mod finding;
mod model;
mod node;
mod official;
mod plan;
mod presets;
mod read;
mod sentence;
mod study;
mod write;
mod yaml;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use serde_json::{Map, Value};

pub use finding::{Finding, Path, Sentence, Severity, Stage, nearest_words};
pub use model::{
    CandlestickCondition, CandlestickEntry, Comparison, Condition, Group, IndicatorEntry, Logic, Metadata, NumberKind,
    Operand, Operator, PatternSignal, PriceField, Right, Risk, RiskRule, RuleParameter, Rules, Scale, ScaleOperation,
};
pub use official::{OfficialOrder, OfficialTrading};
pub use plan::{Plan, PlannedIndicator, PlannedPattern, Stops};
pub use presets::{RulesPreset, preset, presets};
pub use study::{Evaluation, RulesStudy};
pub use write::{Extras, Target};
pub use yaml::MOST_BYTES;

use finding::Findings;
use node::Node;

/// A `.kis.yaml` document: its text as given, what it says, and everything there is to know about it.
#[derive(Clone, Debug)]
pub struct Document {
    text: Arc<str>,
    /// `None` if the text is no YAML map.
    read: Option<(Node, Rules)>,
    /// With the document's own parameter values; `None` if it has an error.
    plan: Option<Plan>,
    findings: Vec<Finding>,
}

impl Document {
    /// Reads a file.
    ///
    /// # Errors
    /// Bytes that are no UTF-8 text, or more than [`MOST_BYTES`]: nothing to keep as a draft.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Finding> {
        if bytes.len() > MOST_BYTES {
            return Err(yaml::too_long());
        }
        match std::str::from_utf8(bytes) {
            Ok(text) => Ok(Self::parse(text)),
            Err(error) => {
                let line = 1 + bytes[..error.valid_up_to()].iter().filter(|byte| **byte == b'\n').count();
                let message =
                    Sentence::new("UTF-8 텍스트가 아닙니다. UTF-8로 저장하세요", "is no UTF-8 text: save it as UTF-8");
                Err(yaml::finding(line, message))
            }
        }
    }

    /// Reads a text. What is wrong with it is among the [`findings`](Self::findings).
    pub fn parse(text: &str) -> Self {
        let keep = |read, plan, findings| Self { text: text.into(), read, plan, findings };
        let root = match yaml::read(text) {
            Ok(root) => root,
            Err(finding) => return keep(None, None, vec![finding]),
        };
        let mut findings = Findings::new(&root);
        let rules = read::read(&root, &mut findings);
        let plan = check::check(&rules, &Map::new(), &mut findings);
        differences::tell(&rules, plan.as_ref(), &mut findings);
        let findings = findings.sorted();
        keep(Some((root, rules)), plan, findings)
    }

    /// The text as given, byte for byte.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What it says, as far as it can be read.
    pub fn rules(&self) -> Option<&Rules> {
        self.read.as_ref().map(|(_, rules)| rules)
    }

    /// Everything found: errors and warnings in the order of the check, then what runs differently elsewhere.
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// What keeps it from running.
    pub fn errors(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|finding| finding.severity == Severity::Error)
    }

    /// The plan with the document's own parameter values.
    ///
    /// # Errors
    /// What keeps the document from running.
    pub fn plan(&self) -> Result<&Plan, Vec<Finding>> {
        self.plan.as_ref().ok_or_else(|| self.errors().cloned().collect())
    }

    /// The plan with `overrides`, parameter values of one run by name.
    ///
    /// # Errors
    /// What keeps the document from running with them.
    pub fn plan_with(&self, overrides: &Map<String, Value>) -> Result<Plan, Vec<Finding>> {
        let plan = self.plan()?;
        let Some((root, rules)) = self.read.as_ref().filter(|_| !overrides.is_empty()) else { return Ok(plan.clone()) };
        let mut findings = Findings::new(root);
        check::check(rules, overrides, &mut findings).ok_or_else(|| {
            let mut found = findings.sorted();
            found.retain(|finding| finding.severity == Severity::Error);
            found
        })
    }

    /// What keeps it from deciding where bars come without levels of a market index, as strategies are told them.
    pub fn index_findings(&self) -> Vec<Finding> {
        let (Some((root, rules)), Some(plan)) = (&self.read, &self.plan) else { return Vec::new() };
        let mut findings = Findings::new(root);
        for entry in rules.indicators.iter().filter(|entry| plan.against_index().any(|alias| alias == entry.alias)) {
            let alias = &entry.alias;
            let message = Sentence::new(
                format!("'{alias}'에는 지수 값이 필요하지만 전략에는 전해지지 않습니다. 빼세요"),
                format!("'{alias}' needs levels of an index, which strategies are not told: remove it"),
            );
            findings.error(Stage::Indicators, &Path::from("strategy.indicators").index(entry.place).key("id"), message);
        }
        findings.sorted()
    }

    /// The document written anew for one of the broker's tools: comments and layout are lost, keys that the format does
    /// not know are kept, and aliases that the backtester's program could not have are put otherwise. It means what the
    /// strategy means that `extras` completes, or is refused.
    ///
    /// # Errors
    /// What keeps the document from running, or what the tool has no way to say.
    pub fn export(&self, target: Target, extras: &Extras) -> Result<String, Vec<Finding>> {
        let plan = self.plan_with(&extras.overrides)?;
        match &self.read {
            Some((root, rules)) => write::write(root, rules, &plan, target, extras),
            None => Err(self.findings.clone()),
        }
    }

    /// What an export for the backtester kept of the strategy beside the document. Nothing is read from it by itself.
    pub fn x_exodus(&self) -> Option<Value> {
        let (root, _) = self.read.as_ref()?;
        root.at(&write::X_EXODUS.into()).map(Node::to_json)
    }
}
