//! The strategy types a user can choose from: their texts, their parameters, and the check of what was filled in.

use exodus_domain::Interval;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::rules::MOST_BYTES;
use crate::strategies::{Strategy, momentum, moving_average_cross, rules};

/// A text in the two languages of the product.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct LocalText {
    /// Korean.
    pub ko: &'static str,
    /// English.
    pub en: &'static str,
}

/// What a parameter counts, for the label of its field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Closed bars of the strategy's interval.
    Bars,
    /// Hundredths.
    Percent,
}

impl Unit {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Bars => "bars",
            Self::Percent => "percent",
        }
    }
}

/// The values a parameter can take, ends included.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ParameterRange {
    /// Whole numbers.
    Integer {
        /// Least.
        minimum: i64,
        /// Greatest.
        maximum: i64,
        /// Taken when nothing is given.
        default: i64,
    },
    /// Numbers.
    Number {
        /// Least.
        minimum: f64,
        /// Greatest.
        maximum: f64,
        /// Taken when nothing is given.
        default: f64,
    },
    /// Bar lengths; the first one is taken when nothing is given.
    Interval(&'static [Interval]),
    /// The text of a `.kis.yaml` document; there is no default for it.
    Document,
    /// Values by name; none by default.
    Overrides,
}

/// One parameter of a strategy type.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ParameterSpec {
    /// Key in the parameter object.
    pub key: &'static str,
    /// Label.
    pub title: LocalText,
    /// One sentence of help.
    pub description: LocalText,
    /// What it counts, if anything.
    pub unit: Option<Unit>,
    /// Word that groups the fields of a form.
    pub group: &'static str,
    /// Values it can take.
    pub range: ParameterRange,
}

impl ParameterSpec {
    /// Length of the bars a strategy decides on.
    pub(crate) const INTERVAL: Self = Self {
        key: "interval",
        title: LocalText { ko: "봉 간격", en: "Bar interval" },
        description: LocalText {
            ko: "판단에 쓰는 봉의 길이입니다. 봉이 마감될 때마다 한 번 판단합니다.",
            en: "Length of the bars it decides on, once at each close.",
        },
        unit: None,
        group: "signal",
        range: ParameterRange::Interval(&[Interval::Day1, Interval::Minute1]),
    };

    /// Intended size of a position.
    pub(crate) const POSITION_SIZE: Self = Self {
        key: "position_size_percent",
        title: LocalText { ko: "종목당 투자 비중", en: "Position size" },
        description: LocalText {
            ko: "한 종목에 투자할 금액을 총자산에 대한 비율로 정합니다.",
            en: "How much to invest in one issue, as a part of total equity.",
        },
        unit: Some(Unit::Percent),
        group: "sizing",
        range: ParameterRange::Number { minimum: 0.1, maximum: 100.0, default: 10.0 },
    };
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
    /// Its parameters, in the order of the form.
    pub parameters: &'static [ParameterSpec],
    /// Parameter sets to start from.
    pub presets: &'static [Preset],
    /// Makes the strategy of a complete object whose single values are in range; checks them against each other.
    pub(crate) build: fn(Value) -> Result<Strategy, Vec<ParameterError>>,
}

/// Every strategy type there is.
pub fn catalog() -> &'static [StrategyType] {
    static CATALOG: [StrategyType; 3] = [momentum::TYPE, moving_average_cross::TYPE, rules::TYPE];
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
    let specs = strategy_type.parameters;
    let mut errors: Vec<_> = given
        .keys()
        .filter(|key| !specs.iter().any(|spec| spec.key == key.as_str()))
        .map(|key| ParameterError::new(key, format!("is not a parameter of {type_id}")))
        .collect();
    let mut complete = Map::new();
    for spec in specs {
        match spec.value(given.get(spec.key)) {
            Ok(value) => drop(complete.insert(spec.key.to_owned(), value)),
            Err(message) => errors.push(ParameterError::new(spec.key, message)),
        }
    }
    if errors.is_empty() { (strategy_type.build)(Value::Object(complete)) } else { Err(errors) }
}

impl ParameterSpec {
    /// The value to use: what was given, if it is in range, or the default.
    ///
    /// # Errors
    /// What it must be: `must be a whole number from 1 to 500`.
    pub fn value(&self, given: Option<&Value>) -> Result<Value, String> {
        let Some(given) = given else {
            return self.default_value().ok_or_else(|| "must be given".to_owned());
        };
        match self.range {
            ParameterRange::Integer { minimum, maximum, .. } => whole_number(given)
                .filter(|number| (minimum..=maximum).contains(number))
                .map(Value::from)
                .ok_or_else(|| format!("must be a whole number from {minimum} to {maximum}")),
            ParameterRange::Number { minimum, maximum, .. } => given
                .as_f64()
                .filter(|number| (minimum..=maximum).contains(number))
                .map(Value::from)
                .ok_or_else(|| format!("must be a number from {minimum} to {maximum}")),
            ParameterRange::Interval(words) => words
                .iter()
                .find(|word| given.as_str() == Some(word.as_str()))
                .map(|word| Value::from(word.as_str()))
                .ok_or_else(|| format!("must be one of {}", interval_words(words).join(", "))),
            ParameterRange::Document if given.is_string() => Ok(given.clone()),
            ParameterRange::Document => Err("must be the text of a .kis.yaml document".to_owned()),
            ParameterRange::Overrides if given.is_object() => Ok(given.clone()),
            ParameterRange::Overrides => Err("must be an object of parameter values by name".to_owned()),
        }
    }

    fn default_value(&self) -> Option<Value> {
        match self.range {
            ParameterRange::Integer { default, .. } => Some(Value::from(default)),
            ParameterRange::Number { default, .. } => Some(Value::from(default)),
            ParameterRange::Interval(words) => Some(Value::from(words[0].as_str())),
            ParameterRange::Document => None,
            ParameterRange::Overrides => Some(json!({})),
        }
    }

    fn schema(&self, order: usize) -> Value {
        let mut schema = match self.range {
            ParameterRange::Integer { minimum, maximum, .. } => {
                json!({ "type": "integer", "minimum": minimum, "maximum": maximum })
            }
            ParameterRange::Number { minimum, maximum, .. } => {
                json!({ "type": "number", "minimum": minimum, "maximum": maximum })
            }
            ParameterRange::Interval(words) => json!({ "type": "string", "enum": interval_words(words) }),
            ParameterRange::Document => {
                json!({ "type": "string", "maxLength": MOST_BYTES, "contentMediaType": "application/yaml" })
            }
            ParameterRange::Overrides => {
                json!({ "type": "object", "additionalProperties": { "type": ["number", "string"] } })
            }
        };
        if let Some(default) = self.default_value() {
            schema["default"] = default;
        }
        schema["title"] = json!(self.title.en);
        schema["description"] = json!(self.description.en);
        schema["x-title-ko"] = json!(self.title.ko);
        schema["x-description-ko"] = json!(self.description.ko);
        schema["x-group"] = json!(self.group);
        schema["x-order"] = json!(order);
        if let Some(unit) = self.unit {
            schema["x-unit"] = json!(unit.as_str());
        }
        schema
    }
}

/// A JSON number without a fraction; `60.0` is one too (JSON Schema 2020-12, validation §6.1.1).
fn whole_number(value: &Value) -> Option<i64> {
    const EXACT: f64 = (1_i64 << 53) as f64;
    let from_float = |number: f64| (number.fract() == 0.0 && number.abs() < EXACT).then_some(number as i64);
    value.as_i64().or_else(|| value.as_f64().and_then(from_float))
}

fn interval_words(intervals: &[Interval]) -> Vec<&'static str> {
    intervals.iter().map(|interval| interval.as_str()).collect()
}

impl StrategyType {
    /// The parameters as a JSON Schema (draft 2020-12) that a form can be made of. `x-order` is the place of a field,
    /// because the members of a JSON object have none.
    pub fn parameters_schema(&self) -> Value {
        let properties: Map<_, _> =
            self.parameters.iter().enumerate().map(|(order, spec)| (spec.key.to_owned(), spec.schema(order))).collect();
        let required: Vec<_> =
            self.parameters.iter().filter(|spec| spec.default_value().is_none()).map(|spec| spec.key).collect();
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
            if strategy_type.parameters.iter().all(|spec| spec.default_value().is_some()) {
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
            for spec in strategy_type.parameters {
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
