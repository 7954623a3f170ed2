//! Rules: a strategy that is a `.kis.yaml` document, decided by its conditions and its exits.

use std::sync::Arc;

use exodus_domain::{Bar, Interval, Reason, Side};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{Stance, Strategy, StrategyKind};
use crate::catalog::{LocalText, ParameterError, ParameterRange, ParameterSpec, Preset, Ranks, StrategyType};
use crate::exits::Exits;
use crate::indicators::{EvaluationMode, StudyBar};
use crate::rules::{Document, Finding, Plan, RulesStudy, Stops, presets};
use crate::sizing::{EquityShare, Sizing};

/// Parameters of a strategy that is a document.
#[derive(Clone, Debug, Serialize)]
pub struct RulesParameters {
    /// Length of the bars.
    pub interval: Interval,
    /// The document, byte for byte.
    pub document: String,
    /// Values of its parameters in place of their defaults.
    pub overrides: Map<String, Value>,
    /// What document and overrides come to.
    #[serde(skip)]
    plan: Arc<Plan>,
}

impl PartialEq for RulesParameters {
    /// The plan follows from the rest.
    fn eq(&self, other: &Self) -> bool {
        (self.interval, &self.document, &self.overrides) == (other.interval, &other.document, &other.overrides)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Given {
    interval: Interval,
    document: String,
    overrides: Map<String, Value>,
}

impl RulesParameters {
    pub(crate) fn plan(&self) -> &Plan {
        &self.plan
    }

    pub(crate) fn warm_up_bars(&self) -> usize {
        self.plan.warm_up_bars()
    }

    /// The exits by price that the document has.
    pub(crate) fn stops(&self) -> Stops {
        self.plan.stops()
    }

    /// `risk.max_position_size` of the document.
    pub(crate) fn most_of_equity(&self) -> Option<EquityShare> {
        self.plan.max_position_size().map(|most| EquityShare::from_percent(100.0 * most))
    }
}

const PARAMETERS: &[ParameterSpec] = &[
    ParameterSpec::INTERVAL,
    ParameterSpec {
        key: "document",
        title: LocalText { ko: "규칙 문서", en: "Document" },
        description: LocalText {
            ko: ".kis.yaml 문서의 전체 내용입니다.",
            en: "The whole text of a .kis.yaml document.",
        },
        unit: None,
        group: "signal",
        when: &[],
        range: ParameterRange::Document,
    },
    ParameterSpec {
        key: "overrides",
        title: LocalText { ko: "매개변수 값", en: "Parameter values" },
        description: LocalText {
            ko: "문서의 매개변수 가운데 기본값 대신 쓸 값입니다.",
            en: "Values of the document's parameters to use in place of their defaults.",
        },
        unit: None,
        group: "signal",
        when: &[],
        range: ParameterRange::Overrides,
    },
];

const PRESETS: &[Preset] = &[
    preset::<0>(),
    preset::<1>(),
    preset::<2>(),
    preset::<3>(),
    preset::<4>(),
    preset::<5>(),
    preset::<6>(),
    preset::<7>(),
    preset::<8>(),
    preset::<9>(),
];

/// The document preset at `PLACE`, on daily bars.
const fn preset<const PLACE: usize>() -> Preset {
    Preset {
        name: presets()[PLACE].name,
        strategy: || {
            let given =
                Given { interval: Interval::Day1, document: presets()[PLACE].text.to_owned(), overrides: Map::new() };
            let kind = made(given).expect("a test makes each preset");
            Strategy::new(kind, Sizing::default(), Exits::default())
        },
    }
}

pub(crate) const TYPE: StrategyType = StrategyType {
    id: "rules",
    title: LocalText { ko: "규칙 (.kis.yaml)", en: "Rules (.kis.yaml)" },
    description: LocalText {
        ko: "지표와 조건으로 쓴 .kis.yaml 문서대로 사고팝니다. 손절·익절·추적 손절은 평균 매입가로 따집니다.",
        en: "Buys and sells by a .kis.yaml document of indicators and conditions. Stops are measured from the average price \
             paid.",
    },
    own: PARAMETERS,
    ranks: Ranks::Never,
    stops_in_document: true,
    presets: PRESETS,
    build,
};

fn build(parameters: Value) -> Result<StrategyKind, Vec<ParameterError>> {
    let given: Given = serde_json::from_value(parameters)
        .map_err(|error| vec![ParameterError::new("parameters", error.to_string())])?;
    made(given)
}

fn made(given: Given) -> Result<StrategyKind, Vec<ParameterError>> {
    let document = Document::parse(&given.document);
    let plan = document.plan_with(&given.overrides).map_err(refused)?;
    // The engine is told bars of issues, not of indices.
    let against_index = document.index_findings();
    if !against_index.is_empty() {
        return Err(refused(against_index));
    }
    let Given { interval, document, overrides } = given;
    Ok(StrategyKind::Rules(RulesParameters { interval, document, overrides, plan: Arc::new(plan) }))
}

/// Findings as errors of the parameter they are about, each with its line and path.
fn refused(findings: Vec<Finding>) -> Vec<ParameterError> {
    let error = |finding: Finding| {
        let path = finding.path.to_string();
        if path.starts_with("overrides.") {
            return ParameterError::new(&path, finding.message.en);
        }
        let place = if path.is_empty() { path } else { format!(", {path}") };
        ParameterError::new("document", format!("line {}{place}: {}", finding.line, finding.message.en))
    };
    findings.into_iter().map(error).collect()
}

/// A document at work on one issue.
#[derive(Debug)]
pub(crate) struct RulesAtWork {
    study: RulesStudy,
}

impl RulesAtWork {
    pub(crate) fn new(parameters: &RulesParameters) -> Self {
        Self { study: RulesStudy::new(parameters.plan.clone(), EvaluationMode::Exodus) }
    }

    pub(crate) fn on_bar(&mut self, bar: &Bar, stance: Stance) -> Option<Side> {
        let evaluation = self.study.step(&StudyBar::from(bar))?;
        match stance {
            Stance::Flat => evaluation.entry.then_some(Side::Buy),
            Stance::Long => evaluation.exit.then_some(Side::Sell),
            Stance::Pending => None,
        }
    }

    pub(crate) fn is_undefined(&self) -> bool {
        self.study.is_undefined()
    }

    /// Confidence is the share of the group's conditions that hold.
    pub(crate) fn explain(&self, side: Side) -> (f64, Reason) {
        let reason = self.study.reason(side);
        let holding = reason.conditions.iter().filter(|condition| condition.holds).count();
        (holding as f64 / reason.conditions.len().max(1) as f64, reason)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::validate;
    use exodus_domain::{Price, Qty};
    use serde_json::json;

    const DOCUMENT: &str = "version: \"1.0\"
metadata: {name: 시험}
strategy:
  id: test
  params: {level: {default: 100, min: 50, max: 150}}
  indicators: [{id: sma, alias: mean, params: {period: 2}}]
  entry: {conditions: [{indicator: close, operator: greater_than, compare_to: $level}]}
  exit:
    logic: OR
    conditions:
      - {indicator: close, operator: less_than, compare_to: 50}
      - {indicator: mean, operator: less_than, compare_to: 50}
risk:
  stop_loss: {enabled: true, percent: 10}
  take_profit: {enabled: true, percent: 20}
  trailing_stop: {enabled: true, percent: 5}
";

    fn at_work(overrides: Value) -> RulesAtWork {
        match validate("rules", &json!({ "document": DOCUMENT, "overrides": overrides })).map(|strategy| strategy.kind)
        {
            Ok(StrategyKind::Rules(parameters)) => RulesAtWork::new(&parameters),
            other => panic!("{other:?} is no document"),
        }
    }

    fn decide(rule: &mut RulesAtWork, close: i64, stance: Stance) -> Option<Side> {
        let price = Price(close);
        let open_time = chrono::DateTime::from_timestamp(0, 0).expect("a time");
        let bar = Bar { open_time, open: price, high: price, low: price, close: price, volume: Qty(10) };
        rule.on_bar(&bar, stance)
    }

    #[test]
    fn it_buys_and_sells_by_its_conditions_and_tells_them() {
        let mut rule = at_work(json!({}));
        assert_eq!(decide(&mut rule, 101, Stance::Flat), None, "the mean is not ready");
        assert_eq!(decide(&mut rule, 101, Stance::Pending), None);
        assert_eq!(decide(&mut rule, 101, Stance::Flat), Some(Side::Buy));
        let (confidence, reason) = rule.explain(Side::Buy);
        assert_eq!((confidence, reason.code.as_str(), reason.conditions.len()), (1.0, "rules_entry", 1));
        assert_eq!((reason.conditions[0].left_value, reason.conditions[0].right.as_str()), (Some(101.0), "$level"));
        assert_eq!(decide(&mut rule, 100, Stance::Long), None);
        assert_eq!(decide(&mut rule, 49, Stance::Long), Some(Side::Sell));
        let (confidence, reason) = rule.explain(Side::Sell);
        assert_eq!((confidence, reason.code.as_str()), (0.5, "rules_exit"));
        assert_eq!(decide(&mut at_work(json!({ "level": 60 })), 61, Stance::Flat), None);
    }

    #[test]
    fn what_is_wrong_with_a_document_names_line_and_path() {
        let refused = |parameters: Value| {
            let errors = validate("rules", &parameters).expect_err("refused");
            errors.into_iter().map(|error| format!("{}: {}", error.field, error.message)).collect::<Vec<_>>()
        };
        assert_eq!(refused(json!({})), ["document: must be given"]);
        let bad = DOCUMENT.replace("sma,", "smaa,");
        let expected = "document: line 6, strategy.indicators[0].id: there is no indicator 'smaa'; is it 'sma'?";
        assert_eq!(refused(json!({ "document": bad })), [expected]);
        let expected = "overrides.level: must be at most 150";
        assert_eq!(refused(json!({ "document": DOCUMENT, "overrides": { "level": 151 } })), [expected]);
        let index = DOCUMENT.replace("{id: sma,", "{id: beta,");
        let expected = "document: line 6, strategy.indicators[0].id: 'mean' needs levels of an index";
        assert!(refused(json!({ "document": index }))[0].starts_with(expected));
    }
}
