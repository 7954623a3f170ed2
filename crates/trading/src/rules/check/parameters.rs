//! `strategy.params`, and the values a run gives in their place.

use serde_json::Value;

use super::super::finding::{Findings, Path, Sentence, Stage};
use super::super::model::{Condition, NumberKind, Right, RuleParameter, Rules};
use super::super::node::{decimal, json_number};
use super::{Parameters, references, unknown};

const STAGE: Stage = Stage::Parameters;

/// The value of each parameter that has one.
pub(super) fn check(rules: &Rules, overrides: &Parameters, findings: &mut Findings<'_>) -> Parameters {
    let names = || rules.parameters.iter().map(|parameter| parameter.name.as_str());
    for name in overrides.keys().filter(|name| !names().any(|known| known == name.as_str())) {
        unknown(STAGE, &Path::from("overrides").key(name), ("매개변수", "parameter"), name, names(), findings);
    }
    let used = used(rules);
    for (path, name) in used.iter().filter(|(_, name)| !names().any(|known| known == *name)) {
        unknown(STAGE, path, ("매개변수", "parameter"), name, names(), findings);
    }
    let mut values = Parameters::new();
    for parameter in &rules.parameters {
        let path = Path::from("strategy.params").key(&parameter.name);
        check_range(parameter, &path, findings);
        if let Some(default) = &parameter.default {
            check_value(parameter, default, &path.key("default"), findings);
        }
        let given = overrides.get(&parameter.name);
        if let Some(given) = given {
            check_value(parameter, given, &Path::from("overrides").key(&parameter.name), findings);
        }
        match given.or(parameter.default.as_ref()) {
            // A whole number written with a fraction is one all the same.
            Some(value) => {
                let value = value.as_f64().map_or_else(|| value.clone(), json_number);
                values.insert(parameter.name.clone(), value);
            }
            None if used.iter().any(|(_, name)| *name == parameter.name) => {
                let message = Sentence::new(
                    format!("'${}'을(를) 쓰지만 default가 없습니다", parameter.name),
                    format!("is used as '${}' but has no default", parameter.name),
                );
                findings.error(STAGE, &path.key("default"), message);
            }
            None => {}
        }
    }
    values
}

/// Where each `$name` stands.
fn used(rules: &Rules) -> Vec<(Path, &str)> {
    let mut used = Vec::new();
    for entry in &rules.indicators {
        let path = Path::from("strategy.indicators").index(entry.place).key("params");
        for (key, node) in &entry.parameters {
            let mut found = Vec::new();
            references(node, &mut found);
            used.extend(found.into_iter().map(|name| (path.key(key), name)));
        }
    }
    for (key, group) in [("entry", &rules.entry), ("exit", &rules.exit)] {
        for (path, condition) in group.placed(&Path::from("strategy").key(key)) {
            if let Condition::Comparison(comparison) = condition
                && let Right::Parameter(name) = &comparison.right
            {
                used.push((path, name.as_str()));
            }
        }
    }
    used
}

fn check_range(parameter: &RuleParameter, path: &Path, findings: &mut Findings<'_>) {
    if let (Some(min), Some(max)) = (parameter.min, parameter.max)
        && min > max
    {
        let message = Sentence::new("min이 max보다 큽니다", "min must not be above max");
        findings.error(STAGE, &path.key("min"), message);
    }
    if parameter.step.is_some_and(|step| step <= 0.0) {
        findings.error(STAGE, &path.key("step"), Sentence::new("0보다 커야 합니다", "must be above 0"));
    }
}

fn check_value(parameter: &RuleParameter, value: &Value, path: &Path, findings: &mut Findings<'_>) {
    for fault in parameter.faults(value) {
        findings.error(STAGE, path, fault);
    }
}

impl RuleParameter {
    /// The value that `given` is for a run, a whole number without a fraction.
    ///
    /// # Errors
    /// What it must be.
    pub fn value(&self, given: &Value) -> Result<Value, Sentence> {
        match self.faults(given).into_iter().next() {
            Some(fault) => Err(fault),
            None => Ok(given.as_f64().map_or_else(|| given.clone(), json_number)),
        }
    }

    fn faults(&self, value: &Value) -> Vec<Sentence> {
        let bounds = (self.min, self.max);
        let Some(number) = value.as_f64() else {
            // A word may be the choice of an indicator; nothing else can be meant.
            let is_word = value.is_string() && self.kind.is_none() && bounds == (None, None);
            return if is_word {
                Vec::new()
            } else {
                vec![Sentence::new("숫자여야 합니다", "must be a number")]
            };
        };
        let mut faults = Vec::new();
        if self.kind == Some(NumberKind::Int) && number.fract() != 0.0 {
            faults.push(Sentence::new("정수여야 합니다", "must be a whole number"));
        }
        if let Some(min) = bounds.0.filter(|min| number < *min).map(decimal) {
            faults.push(Sentence::new(format!("{min} 이상이어야 합니다"), format!("must be at least {min}")));
        }
        if let Some(max) = bounds.1.filter(|max| number > *max).map(decimal) {
            faults.push(Sentence::new(format!("{max} 이하여야 합니다"), format!("must be at most {max}")));
        }
        faults
    }
}
