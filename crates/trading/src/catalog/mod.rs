//! The strategy types a user can choose from: their texts, their parameters, and the check of what was filled in.

mod common;
mod parameter;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::exits::Exits;
use crate::sizing::Sizing;
use crate::strategies::{Strategy, StrategyKind, factor, mean_reversion, momentum, moving_average_cross, rules};

pub(crate) use common::Ranks;
pub use parameter::{Choice, ParameterRange, ParameterSpec, Unit, When};

/// A text in the two languages of the product.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct LocalText {
    /// Korean.
    pub ko: &'static str,
    /// English.
    pub en: &'static str,
}

/// A named set of parameters to start from.
#[derive(Clone, Copy, Debug)]
pub struct Preset {
    /// Name.
    pub name: LocalText,
    pub(crate) strategy: fn() -> Strategy,
}

impl Preset {
    /// The complete parameter object.
    pub fn parameters(&self) -> Value {
        (self.strategy)().parameters()
    }
}

/// A kind of strategy.
#[derive(Clone, Copy, Debug)]
pub struct StrategyType {
    /// Stable word, such as `momentum`.
    pub id: &'static str,
    /// Name.
    pub title: LocalText,
    /// What it does, in one or two sentences.
    pub description: LocalText,
    /// The parameters of its kind alone, in the order of the form.
    pub(crate) own: &'static [ParameterSpec],
    /// Whether it ranks issues, which gives it more ways to size positions.
    pub(crate) ranks: Ranks,
    /// True if its stops stand in a document and not among its parameters.
    pub(crate) stops_in_document: bool,
    /// Parameter sets to start from.
    pub presets: &'static [Preset],
    /// Makes the kind of its own parameters, complete and each in range; checks them against each other.
    pub(crate) build: fn(Value) -> Result<StrategyKind, Vec<ParameterError>>,
}

/// Every strategy type there is.
pub fn catalog() -> &'static [StrategyType] {
    static CATALOG: [StrategyType; 5] =
        [momentum::TYPE, mean_reversion::TYPE, factor::TYPE, moving_average_cross::TYPE, rules::TYPE];
    &CATALOG
}

/// The strategy type called `id`.
pub fn strategy_type(id: &str) -> Option<&'static StrategyType> {
    catalog().iter().find(|strategy_type| strategy_type.id == id)
}

/// A parameter that cannot be used as given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{field}: {message}")]
pub struct ParameterError {
    /// Key of the parameter; `strategy_type` or `parameters` if the fault lies there.
    pub field: String,
    /// English sentence that names what would be right.
    pub message: String,
}

impl ParameterError {
    pub(crate) fn new(field: &str, message: impl Into<String>) -> Self {
        Self { field: field.to_owned(), message: message.into() }
    }
}

/// Makes a strategy of what a user gave: missing parameters take their defaults, unknown ones are refused.
///
/// # Errors
/// Every fault found, one for each parameter.
pub fn validate(type_id: &str, parameters: &Value) -> Result<Strategy, Vec<ParameterError>> {
    let Some(strategy_type) = strategy_type(type_id) else {
        let known = catalog().iter().map(|t| t.id).collect::<Vec<_>>().join(", ");
        return Err(vec![ParameterError::new("strategy_type", format!("must be one of {known}"))]);
    };
    let Some(given) = parameters.as_object() else {
        return Err(vec![ParameterError::new("parameters", "must be an object")]);
    };
    let mut errors: Vec<_> = given
        .keys()
        .filter(|key| strategy_type.parameter(key).is_none())
        .map(|key| ParameterError::new(key, format!("is not a parameter of {type_id}")))
        .collect();
    let mut complete = |specs: &mut dyn Iterator<Item = &'static ParameterSpec>| {
        let mut values = Map::new();
        for spec in specs {
            match spec.value(given.get(spec.key)) {
                Ok(value) => drop(values.insert(spec.key.to_owned(), value)),
                Err(message) => errors.push(ParameterError::new(spec.key, message)),
            }
        }
        Value::Object(values)
    };
    let own = complete(&mut strategy_type.own.iter());
    let sizing = complete(&mut common::sizing(strategy_type.ranks));
    let exits = complete(&mut common::exits(strategy_type.stops_in_document));
    if !errors.is_empty() {
        return Err(errors);
    }
    let unread = |error: serde_json::Error| vec![ParameterError::new("parameters", error.to_string())];
    let sizing: Sizing = serde_json::from_value(sizing).map_err(unread)?;
    let exits: Exits = serde_json::from_value(exits).map_err(unread)?;
    (strategy_type.build)(own).map(|kind| Strategy::new(kind, sizing, exits))
}

impl StrategyType {
    /// All its parameters, those that every type has included, in the order of the form.
    pub fn parameters(&self) -> impl Iterator<Item = &'static ParameterSpec> {
        self.own.iter().chain(self.common_parameters())
    }

    /// Sizing and exits.
    pub(crate) fn common_parameters(&self) -> impl Iterator<Item = &'static ParameterSpec> {
        common::sizing(self.ranks).chain(common::exits(self.stops_in_document))
    }

    /// The parameter called `key`.
    pub fn parameter(&self, key: &str) -> Option<&'static ParameterSpec> {
        self.parameters().find(|spec| spec.key == key)
    }

    /// The parameters as a JSON Schema (draft 2020-12) that a form can be made of. `x-order` is the place of a field,
    /// because the members of a JSON object have none.
    pub fn parameters_schema(&self) -> Value {
        let properties: Map<_, _> =
            self.parameters().enumerate().map(|(order, spec)| (spec.key.to_owned(), spec.schema(order))).collect();
        let required: Vec<_> =
            self.parameters().filter(|spec| spec.default_value().is_none()).map(|spec| spec.key).collect();
        json!({
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "type": "object",
            "properties": properties,
            "required": required,
            "additionalProperties": false,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(result: Result<Strategy, Vec<ParameterError>>) -> Vec<String> {
        result.expect_err("refused").into_iter().map(|error| error.field).collect()
    }

    #[test]
    fn every_type_accepts_its_own_defaults_and_its_presets() {
        for strategy_type in catalog() {
            if strategy_type.parameters().all(|spec| spec.default_value().is_some()) {
                let defaults = validate(strategy_type.id, &json!({})).expect("defaults are in range");
                assert_eq!(validate(strategy_type.id, &defaults.parameters()), Ok(defaults));
            }
            for preset in strategy_type.presets {
                let parameters = preset.parameters();
                let strategy = validate(strategy_type.id, &parameters).expect("a preset is valid");
                assert_eq!(strategy.parameters(), parameters);
            }
        }
    }

    #[test]
    fn each_fault_names_its_field() {
        assert_eq!(fields(validate("magic", &json!({}))), ["strategy_type"]);
        assert_eq!(fields(validate("momentum", &json!([60]))), ["parameters"]);
        assert_eq!(fields(validate("momentum", &json!({ "look_back": 60 }))), ["look_back"]);
        for lookback in [json!(0), json!(501), json!(1.5), json!("60"), json!(null), json!(1e300)] {
            assert_eq!(fields(validate("momentum", &json!({ "lookback": lookback }))), ["lookback"], "{lookback}");
        }
        let several = json!({ "interval": "5m", "position_size_percent": 0, "lookback": -1 });
        assert_eq!(fields(validate("momentum", &several)), ["interval", "lookback", "position_size_percent"]);
    }

    #[test]
    fn parameters_stored_before_sizing_and_exits_are_still_valid() {
        let old = json!({ "interval": "1d", "lookback": 60, "entry_threshold_percent": 5.0,
            "exit_threshold_percent": 0.0, "position_size_percent": 12.5 });
        let strategy = validate("momentum", &old).expect("valid");
        assert_eq!((strategy.sizing, strategy.exits), (Sizing::percent_of_equity(12.5), Exits::default()));
        let new = strategy.parameters();
        assert!(old.as_object().expect("an object").iter().all(|(key, value)| new[key] == *value));
        assert_eq!((&new["sizing"], &new["exit_check"]), (&json!("percent_of_equity"), &json!("close")));
    }

    #[test]
    fn the_stops_of_rules_stand_in_the_document() {
        let rules = strategy_type("rules").expect("a type");
        let preset = rules.presets.iter().map(Preset::parameters).find_map(|parameters| {
            validate("rules", &parameters).ok().filter(|strategy| strategy.exits.stops.stop_loss.is_some())
        });
        let parameters = preset.expect("a preset has a stop").parameters();
        assert!(parameters.get("stop_loss_percent").is_none() && parameters.get("max_holding_bars").is_some());
        let mut given = parameters;
        given["stop_loss_percent"] = json!(5);
        assert_eq!(fields(validate("rules", &given)), ["stop_loss_percent"]);
    }

    #[test]
    fn words_have_titles_and_a_field_tells_when_it_matters() {
        let schema = strategy_type("momentum").expect("a type").parameters_schema();
        let properties = &schema["properties"];
        assert_eq!(properties["sizing"]["x-enum-titles"]["atr_risk"]["en"], json!("ATR risk"));
        assert_eq!(properties["atr_period"]["x-when"], json!({ "sizing": ["atr_risk"] }));
        assert_eq!(properties["position_amount"]["x-unit"], json!("won"));
        for kind in catalog() {
            for (spec, when) in kind.parameters().flat_map(|spec| spec.when.iter().map(move |when| (spec, when))) {
                let range = kind.parameter(when.key).map(|choice| choice.range);
                let Some(ParameterRange::Choice(choices)) = range else { panic!("{} is no choice", when.key) };
                assert!(when.is.iter().all(|word| choices.iter().any(|choice| choice.value == *word)), "{}", spec.key);
            }
        }
    }

    #[test]
    fn a_whole_float_is_an_integer() {
        assert_eq!(
            validate("momentum", &json!({ "lookback": 20.0 })),
            validate("momentum", &json!({ "lookback": 20 }))
        );
    }

    #[test]
    fn the_schema_describes_every_parameter() {
        for strategy_type in catalog() {
            let schema = strategy_type.parameters_schema();
            assert_eq!(schema["additionalProperties"], json!(false));
            for spec in strategy_type.parameters() {
                let property = &schema["properties"][spec.key];
                for key in ["type", "title", "description", "x-title-ko", "x-description-ko", "x-group"] {
                    assert!(!property[key].is_null(), "{} lacks {key}", spec.key);
                }
                let is_required = schema["required"].as_array().is_some_and(|keys| keys.contains(&json!(spec.key)));
                assert_eq!(property["default"].is_null(), is_required, "{}", spec.key);
            }
        }
    }
}
