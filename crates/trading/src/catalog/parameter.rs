//! A parameter of a strategy: its texts, the values it can take, and the JSON Schema of its field.

use exodus_domain::Interval;
use serde_json::{Map, Value, json};

use super::LocalText;
use crate::rules::MOST_BYTES;

/// What a parameter counts, for the label of its field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Closed bars of the strategy's interval.
    Bars,
    /// Hundredths.
    Percent,
    /// Money.
    Won,
    /// So many times something.
    Multiple,
    /// So many things.
    Count,
}

impl Unit {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Bars => "bars",
            Self::Percent => "percent",
            Self::Won => "won",
            Self::Multiple => "multiple",
            Self::Count => "count",
        }
    }
}

/// One of the words a parameter can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Choice {
    /// The word in the parameter object.
    pub value: &'static str,
    /// What a reader sees.
    pub title: LocalText,
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
    /// Yes or no.
    Boolean {
        /// Taken when nothing is given.
        default: bool,
    },
    /// Words; the first one is taken when nothing is given.
    Choice(&'static [Choice]),
    /// Bar lengths; the first one is taken when nothing is given.
    Interval(&'static [Interval]),
    /// The text of a `.kis.yaml` document; there is no default for it.
    Document,
    /// Values by name; none by default.
    Overrides,
}

/// A parameter matters only while another one, a choice, is one of some words. It is checked and defaulted all the
/// same, so that a form keeps what was filled in while it is hidden.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct When {
    /// Key of the choice.
    pub key: &'static str,
    /// The words.
    pub is: &'static [&'static str],
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
    /// When it matters: all of these must hold; always if there is none.
    pub when: &'static [When],
    /// Values it can take.
    pub range: ParameterRange,
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
        let one_of = |words: Vec<&'static str>| {
            let word = words.iter().find(|word| given.as_str() == Some(word));
            word.map(|word| Value::from(*word)).ok_or_else(|| format!("must be one of {}", words.join(", ")))
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
            ParameterRange::Boolean { .. } if given.is_boolean() => Ok(given.clone()),
            ParameterRange::Boolean { .. } => Err("must be true or false".to_owned()),
            ParameterRange::Choice(choices) => one_of(choice_words(choices)),
            ParameterRange::Interval(intervals) => one_of(interval_words(intervals)),
            ParameterRange::Document if given.is_string() => Ok(given.clone()),
            ParameterRange::Document => Err("must be the text of a .kis.yaml document".to_owned()),
            ParameterRange::Overrides if given.is_object() => Ok(given.clone()),
            ParameterRange::Overrides => Err("must be an object of parameter values by name".to_owned()),
        }
    }

    pub(super) fn default_value(&self) -> Option<Value> {
        match self.range {
            ParameterRange::Integer { default, .. } => Some(Value::from(default)),
            ParameterRange::Number { default, .. } => Some(Value::from(default)),
            ParameterRange::Boolean { default } => Some(Value::from(default)),
            ParameterRange::Choice(choices) => Some(Value::from(choices[0].value)),
            ParameterRange::Interval(words) => Some(Value::from(words[0].as_str())),
            ParameterRange::Document => None,
            ParameterRange::Overrides => Some(json!({})),
        }
    }

    pub(super) fn schema(&self, order: usize) -> Value {
        let mut schema = match self.range {
            ParameterRange::Integer { minimum, maximum, .. } => {
                json!({ "type": "integer", "minimum": minimum, "maximum": maximum })
            }
            ParameterRange::Number { minimum, maximum, .. } => {
                json!({ "type": "number", "minimum": minimum, "maximum": maximum })
            }
            ParameterRange::Boolean { .. } => json!({ "type": "boolean" }),
            ParameterRange::Choice(choices) => {
                let titles: Map<_, _> =
                    choices.iter().map(|choice| (choice.value.to_owned(), json!(choice.title))).collect();
                json!({ "type": "string", "enum": choice_words(choices), "x-enum-titles": titles })
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
        if !self.when.is_empty() {
            let when: Map<_, _> = self.when.iter().map(|when| (when.key.to_owned(), json!(when.is))).collect();
            schema["x-when"] = json!(when);
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

fn choice_words(choices: &[Choice]) -> Vec<&'static str> {
    choices.iter().map(|choice| choice.value).collect()
}

fn interval_words(intervals: &[Interval]) -> Vec<&'static str> {
    intervals.iter().map(|interval| interval.as_str()).collect()
}
