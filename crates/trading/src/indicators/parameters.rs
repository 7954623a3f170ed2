//! The parameters of an indicator: what they may be, and the check of what was given.

use serde_json::{Map, Value};

use crate::catalog::LocalText;

/// One parameter of an indicator.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct IndicatorParameter {
    /// Key in the parameters of a `.kis.yaml` file.
    pub key: &'static str,
    /// Label.
    pub title: LocalText,
    /// Values it can take.
    pub kind: ParameterKind,
}

/// The values a parameter can take, ends included. Outside `usual` a value works, but is worth a warning; outside
/// `limit` it is refused.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ParameterKind {
    /// Whole numbers.
    Integer {
        /// Taken when nothing is given.
        default: u32,
        /// Range of the broker's editor.
        usual: (u32, u32),
        /// Least and greatest.
        limit: (u32, u32),
    },
    /// Numbers.
    Number {
        /// Taken when nothing is given.
        default: f64,
        /// Range of the broker's editor.
        usual: (f64, f64),
        /// From one value of a slider to the next.
        step: f64,
        /// Least and greatest.
        limit: (f64, f64),
    },
    /// One of some words; the first is taken when nothing is given.
    Choice(&'static [&'static str]),
}

/// What must hold between parameters, or of one beyond its range.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Constraint {
    /// The first is less than the second.
    Less(&'static str, &'static str),
    /// A whole number divisible by two.
    Even(&'static str),
}

impl IndicatorParameter {
    /// Longest length in bars of anything: what the memory of an indicator is bounded by.
    const LONGEST: u32 = 1_000;

    /// The length of the indicator in bars.
    pub(crate) const fn period(default: u32, usual_maximum: u32) -> Self {
        Self::period_from(1, default, usual_maximum)
    }

    /// The length of an indicator that is not defined for fewer than `minimum` bars.
    pub(crate) const fn period_from(minimum: u32, default: u32, usual_maximum: u32) -> Self {
        let title = LocalText { ko: "기간", en: "Period" };
        Self::integer("period", title, default, (1, usual_maximum), (minimum, Self::LONGEST))
    }

    /// Another length in bars.
    pub(crate) const fn length(key: &'static str, title: LocalText, default: u32, usual_maximum: u32) -> Self {
        Self::integer(key, title, default, (1, usual_maximum), (1, Self::LONGEST))
    }

    /// A whole number.
    pub(crate) const fn integer(
        key: &'static str,
        title: LocalText,
        default: u32,
        usual: (u32, u32),
        limit: (u32, u32),
    ) -> Self {
        Self { key, title, kind: ParameterKind::Integer { default, usual, limit } }
    }

    /// A number.
    pub(crate) const fn number(
        key: &'static str,
        title: LocalText,
        default: f64,
        usual: (f64, f64),
        step: f64,
        limit: (f64, f64),
    ) -> Self {
        Self { key, title, kind: ParameterKind::Number { default, usual, step, limit } }
    }

    /// The value to use: what was given, if it can be, or the default.
    fn value(&self, given: Option<&Value>) -> Result<Parameter, IndicatorParameterError> {
        let refused = |ko: String, en: String| IndicatorParameterError { key: self.key, ko, en };
        match self.kind {
            ParameterKind::Integer { default, limit: (least, most), .. } => {
                let Some(given) = given else { return Ok(Parameter::Integer(default)) };
                // A float without a fraction is a whole number, as everywhere in JSON.
                let number = given.as_f64().filter(|number| number.fract() == 0.0);
                number
                    .filter(|number| (f64::from(least)..=f64::from(most)).contains(number))
                    .map(|number| Parameter::Integer(number as u32))
                    .ok_or_else(|| {
                        refused(
                            format!("{least}부터 {most}까지의 정수여야 합니다"),
                            format!("must be a whole number from {least} to {most}"),
                        )
                    })
            }
            ParameterKind::Number { default, limit: (least, most), .. } => {
                let Some(given) = given else { return Ok(Parameter::Number(default)) };
                given.as_f64().filter(|number| (least..=most).contains(number)).map(Parameter::Number).ok_or_else(
                    || {
                        refused(
                            format!("{least}부터 {most}까지의 수여야 합니다"),
                            format!("must be a number from {least} to {most}"),
                        )
                    },
                )
            }
            ParameterKind::Choice(words) => {
                let Some(given) = given else { return Ok(Parameter::Choice(words[0])) };
                let word = words.iter().find(|word| given.as_str() == Some(**word));
                word.map(|word| Parameter::Choice(word)).ok_or_else(|| {
                    let words = words.join(", ");
                    refused(format!("{words} 중 하나여야 합니다"), format!("must be one of {words}"))
                })
            }
        }
    }

    /// False for a value outside the range of the broker's editor.
    fn is_usual(&self, value: Parameter) -> bool {
        match (self.kind, value) {
            (ParameterKind::Integer { usual: (least, most), .. }, Parameter::Integer(value)) => {
                (least..=most).contains(&value)
            }
            (ParameterKind::Number { usual: (least, most), .. }, Parameter::Number(value)) => {
                (least..=most).contains(&value)
            }
            _ => true,
        }
    }
}

impl Constraint {
    fn check(self, parameters: &Parameters) -> Result<(), IndicatorParameterError> {
        match self {
            Self::Less(less, more) if parameters.count(less) >= parameters.count(more) => {
                Err(IndicatorParameterError {
                    key: less,
                    ko: format!("{more}보다 작아야 합니다"),
                    en: format!("must be less than {more}"),
                })
            }
            Self::Even(key) if !parameters.count(key).is_multiple_of(2) => Err(IndicatorParameterError {
                key,
                ko: "짝수여야 합니다".to_owned(),
                en: "must be an even number".to_owned(),
            }),
            _ => Ok(()),
        }
    }
}

/// A parameter that cannot be used as given.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{key}: {en}")]
pub struct IndicatorParameterError {
    /// Key of the parameter.
    pub key: &'static str,
    /// What would be right, in Korean.
    pub ko: String,
    /// What would be right, in English.
    pub en: String,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Parameter {
    Integer(u32),
    Number(f64),
    Choice(&'static str),
}

/// Valid parameters of one indicator, complete.
#[derive(Clone, Debug, PartialEq)]
pub struct Parameters(Vec<(&'static str, Parameter)>);

impl Parameters {
    /// Checks what was given. What is missing takes its default, what is unknown is left aside.
    pub(super) fn check(
        parameters: &'static [IndicatorParameter],
        constraints: &[Constraint],
        given: &Map<String, Value>,
    ) -> Result<Self, Vec<IndicatorParameterError>> {
        let mut errors = Vec::new();
        let mut complete = Vec::with_capacity(parameters.len());
        for parameter in parameters {
            match parameter.value(given.get(parameter.key)) {
                Ok(value) => complete.push((parameter.key, value)),
                Err(error) => errors.push(error),
            }
        }
        if !errors.is_empty() {
            return Err(errors);
        }
        let complete = Self(complete);
        errors.extend(constraints.iter().filter_map(|constraint| constraint.check(&complete).err()));
        if errors.is_empty() { Ok(complete) } else { Err(errors) }
    }

    /// The parameters whose values are outside the range of the broker's editor.
    pub(super) fn unusual(&self, parameters: &'static [IndicatorParameter]) -> Vec<&'static IndicatorParameter> {
        let all = parameters.iter().zip(&self.0);
        all.filter(|(parameter, (_, value))| !parameter.is_usual(*value)).map(|(parameter, _)| parameter).collect()
    }

    fn get(&self, key: &str) -> Parameter {
        let named = self.0.iter().find(|(name, _)| *name == key);
        named.expect("an indicator asks for its own parameters only: a test starts each").1
    }

    /// A whole number as a count.
    pub(crate) fn count(&self, key: &str) -> usize {
        match self.get(key) {
            Parameter::Integer(value) => usize::try_from(value).unwrap_or(usize::MAX),
            other => unreachable!("{key} is no whole number but {other:?}: a test starts each indicator"),
        }
    }

    /// A number.
    pub(crate) fn number(&self, key: &str) -> f64 {
        match self.get(key) {
            Parameter::Number(value) => value,
            other => unreachable!("{key} is no number but {other:?}: a test starts each indicator"),
        }
    }

    /// A word.
    pub(crate) fn choice(&self, key: &str) -> &'static str {
        match self.get(key) {
            Parameter::Choice(word) => word,
            other => unreachable!("{key} is no word but {other:?}: a test starts each indicator"),
        }
    }

    /// The parameters as an object, to store or to show.
    pub fn to_json(&self) -> Map<String, Value> {
        let value = |value: Parameter| match value {
            Parameter::Integer(value) => Value::from(value),
            Parameter::Number(value) => Value::from(value),
            Parameter::Choice(word) => Value::from(word),
        };
        self.0.iter().map(|(key, parameter)| ((*key).to_owned(), value(*parameter))).collect()
    }
}
