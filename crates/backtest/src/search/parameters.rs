//! The parameters of a strategy that can be varied, and where their values stand.

use exodus_trading::rules::{Document, RuleParameter};
use exodus_trading::{ParameterError, ParameterRange, Strategy, StrategyKind, StrategyType, strategy_type};
use serde_json::{Map, Value};

use super::fault;
use super::nearest::nearest;

/// The parameter in which values of a document's own parameters stand.
const OVERRIDES: &str = "overrides";

/// Makes the value that a parameter takes of one that was given, or says what it must be.
type ValueCheck<'a> = dyn Fn(&Value) -> Result<Value, String> + 'a;

/// Puts a value into `parameters`: that of `overrides.fast` into the object `overrides`, as `fast`.
pub fn set_parameter(parameters: &mut Map<String, Value>, name: &str, value: Value) {
    match of_document(name) {
        Some(own) => {
            let overrides = parameters.entry(OVERRIDES).or_insert_with(|| Value::Object(Map::new()));
            // What is no object is refused with everything else that is wrong.
            if let Value::Object(overrides) = overrides {
                overrides.insert(own.to_owned(), value);
            }
        }
        None => drop(parameters.insert(name.to_owned(), value)),
    }
}

/// The name that a parameter of a document has there.
fn of_document(name: &str) -> Option<&str> {
    name.strip_prefix(OVERRIDES)?.strip_prefix('.')
}

/// The parameters of one strategy.
pub(super) struct Known {
    kind: &'static StrategyType,
    /// Of its document, if it has one.
    of_document: Vec<RuleParameter>,
}

impl Known {
    pub(super) fn of(strategy: &Strategy) -> Self {
        let of_document = match &strategy.kind {
            StrategyKind::Rules(parameters) => {
                Document::parse(&parameters.document).rules().map(|rules| rules.parameters.clone()).unwrap_or_default()
            }
            _ => Vec::new(),
        };
        let kind = strategy_type(strategy.type_id()).expect("a strategy is of a known type");
        Self { kind, of_document }
    }

    /// The value of each parameter that has one, by the name that it is varied by.
    pub(super) fn values(&self, base: &Map<String, Value>) -> Map<String, Value> {
        let mut values = base.clone();
        let overrides = values.remove(OVERRIDES);
        for parameter in &self.of_document {
            let given = overrides.as_ref().and_then(|overrides| overrides.get(&parameter.name));
            if let Some(value) = given.or(parameter.default.as_ref()) {
                values.insert(format!("{OVERRIDES}.{}", parameter.name), value.clone());
            }
        }
        values
    }

    /// What makes the value that the parameter `name` takes of one that was given, or says what it must be.
    ///
    /// # Errors
    /// There is no such parameter, or it cannot be varied.
    pub(super) fn check(&self, name: &str) -> Result<Box<ValueCheck<'_>>, ParameterError> {
        let own = of_document(name);
        if let Some(parameter) = self.of_document.iter().find(|parameter| own == Some(parameter.name.as_str())) {
            return Ok(Box::new(|given| parameter.value(given).map_err(|sentence| sentence.en)));
        }
        let field = format!("axes.{name}");
        let Some(spec) = self.kind.parameter(name).filter(|spec| spec.key != OVERRIDES) else {
            let names = self.of_document.iter().map(|parameter| format!("{OVERRIDES}.{}", parameter.name));
            let names: Vec<String> = self.kind.parameters().map(|spec| spec.key.to_owned()).chain(names).collect();
            let others = names.iter().map(String::as_str).filter(|known| *known != OVERRIDES);
            let meant = nearest(name, others).map(|meant| format!("; is it {meant:?}?"));
            return Err(fault(field, format!("is no parameter of the strategy{}", meant.unwrap_or_default())));
        };
        if let ParameterRange::Interval(_) = spec.range {
            return Err(fault(field, "cannot be varied: all trials of a sweep run over the same bars"));
        }
        Ok(Box::new(|given| spec.value(Some(given))))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_value_of_a_document_goes_where_the_strategy_looks_for_it() {
        let mut parameters = Map::new();
        for (name, value) in [("lookback", 1), ("overrides.fast", 2), ("overrides.slow", 3), ("overridesfast", 4)] {
            set_parameter(&mut parameters, name, json!(value));
        }
        let expected = json!({ "lookback": 1, "overrides": { "fast": 2, "slow": 3 }, "overridesfast": 4 });
        assert_eq!(Value::Object(parameters), expected);
    }
}
