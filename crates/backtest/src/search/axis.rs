//! The values that one parameter takes.

use exodus_trading::ParameterError;
use serde_json::{Map, Value};

use super::fault;

/// Values on one axis at most.
const MAXIMUM_VALUES: usize = 10_000;

/// A parameter and the values it takes.
#[derive(Clone, Debug, PartialEq)]
pub struct Axis {
    /// Key of the parameter.
    pub name: String,
    /// Its values in the order in which they were given, a range ascending.
    pub values: Vec<Value>,
}

impl Axis {
    /// Reads `{"values": [..]}` or `{"from": .., "to": .., "step": ..}`, both ends included, `step` 1 if it is not given.
    ///
    /// # Errors
    /// What is wrong with which field, such as `axes.lookback.step`.
    pub(super) fn parse(name: &str, given: &Value) -> Result<Self, ParameterError> {
        let field = format!("axes.{name}");
        let members = given.as_object().ok_or_else(|| {
            fault(&field, "must be an object: {\"values\": [..]} or {\"from\": .., \"to\": .., \"step\": ..}")
        })?;
        let known: &[&str] = if members.contains_key("values") { &["values"] } else { &["from", "to", "step"] };
        if let Some(other) = members.keys().find(|key| !known.contains(&key.as_str())) {
            return Err(fault(format!("{field}.{other}"), format!("goes not with {}", known.join(", "))));
        }
        let values = match members.get("values") {
            Some(values) => listed(&field, values)?,
            None => stepped(&field, members)?,
        };
        Ok(Self { name: name.to_owned(), values })
    }

    /// True if all values are numbers, so that neighbours on the axis are neighbours in size.
    pub(super) fn is_numeric(&self) -> bool {
        self.values.iter().all(Value::is_number)
    }
}

fn listed(field: &str, values: &Value) -> Result<Vec<Value>, ParameterError> {
    let field = format!("{field}.values");
    let values = values.as_array().ok_or_else(|| fault(&field, "must be a list of values"))?;
    if values.is_empty() {
        return Err(fault(field, "is empty: give at least one value"));
    }
    if values.len() > MAXIMUM_VALUES {
        return Err(fault(field, format!("has {} values: give at most {MAXIMUM_VALUES}", values.len())));
    }
    for (place, value) in values.iter().enumerate() {
        if !(value.is_number() || value.is_string() || value.is_boolean()) {
            return Err(fault(format!("{field}[{place}]"), "must be a number, a text, true or false"));
        }
    }
    Ok(values.clone())
}

fn stepped(field: &str, members: &Map<String, Value>) -> Result<Vec<Value>, ParameterError> {
    let number = |key: &str| match members.get(key) {
        Some(value) if value.is_number() => Ok(Some(value)),
        Some(_) => Err(fault(format!("{field}.{key}"), "must be a number")),
        None => Ok(None),
    };
    let required = |key| number(key)?.ok_or_else(|| fault(format!("{field}.{key}"), "is missing"));
    let (from, to) = (required("from")?, required("to")?);
    let one = Value::from(1);
    let step = number("step")?.unwrap_or(&one);
    match (from.as_i64(), to.as_i64(), step.as_i64()) {
        (Some(from), Some(to), Some(step)) => whole_steps(field, from, to, step),
        _ => {
            let float = |value: &Value| value.as_f64().unwrap_or(f64::NAN);
            broken_steps(field, float(from), float(to), float(step))
        }
    }
}

fn whole_steps(field: &str, from: i64, to: i64, step: i64) -> Result<Vec<Value>, ParameterError> {
    check_order(field, from > to, step <= 0)?;
    let steps = (i128::from(to) - i128::from(from)) / i128::from(step);
    let count = check_count(field, usize::try_from(steps).unwrap_or(usize::MAX))?;
    Ok((0..).zip(0..count).map(|(place, _)| Value::from(from + place * step)).collect())
}

/// Each value is counted from the first one, and not from the one before, so that errors do not add up; and then rounded
/// to the twelfth digit, so that three steps of 0.1 give 0.3.
fn broken_steps(field: &str, from: f64, to: f64, step: f64) -> Result<Vec<Value>, ParameterError> {
    check_order(field, from > to, step <= 0.0)?;
    let steps = ((to - from) / step + 1e-9).floor();
    let count = check_count(field, steps as usize)?;
    let value = |place: usize| {
        let exact = from + place as f64 * step;
        format!("{exact:.11e}").parse().unwrap_or(exact)
    };
    Ok((0..count).map(|place| Value::from(value(place))).collect())
}

fn check_order(field: &str, reversed: bool, stands_still: bool) -> Result<(), ParameterError> {
    if reversed {
        return Err(fault(format!("{field}.to"), "is below from: exchange the two"));
    }
    if stands_still {
        return Err(fault(format!("{field}.step"), "must be above zero"));
    }
    Ok(())
}

fn check_count(field: &str, steps: usize) -> Result<usize, ParameterError> {
    if steps >= MAXIMUM_VALUES {
        return Err(fault(format!("{field}.step"), format!("gives more than {MAXIMUM_VALUES} values: make it larger")));
    }
    Ok(steps + 1)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_range_has_both_ends_and_clean_numbers() {
        let values = |given| Axis::parse("x", &given).expect("valid").values;
        assert_eq!(values(json!({ "from": 5, "to": 16, "step": 5 })), [json!(5), json!(10), json!(15)]);
        assert_eq!(values(json!({ "from": 1, "to": 3 })), [json!(1), json!(2), json!(3)]);
        assert_eq!(
            values(json!({ "from": 0.1, "to": 0.4, "step": 0.1 })),
            [json!(0.1), json!(0.2), json!(0.3), json!(0.4)]
        );
        assert_eq!(values(json!({ "from": -1, "to": 0, "step": 0.5 })), [json!(-1.0), json!(-0.5), json!(0.0)]);
        assert_eq!(values(json!({ "from": 7, "to": 7 })), [json!(7)]);
        assert_eq!(values(json!({ "values": ["1d", "1m"] })), [json!("1d"), json!("1m")]);
    }

    #[test]
    fn each_fault_names_its_field() {
        let cases = [
            (json!(5), "axes.x"),
            (json!({}), "axes.x.from"),
            (json!({ "from": 1 }), "axes.x.to"),
            (json!({ "from": 1, "to": "9" }), "axes.x.to"),
            (json!({ "from": null, "to": 9 }), "axes.x.from"),
            (json!({ "from": 9, "to": 1 }), "axes.x.to"),
            (json!({ "from": 1, "to": 9, "step": 0 }), "axes.x.step"),
            (json!({ "from": 1, "to": 9, "step": -1.5 }), "axes.x.step"),
            (json!({ "from": 0, "to": 1, "step": 1e-300 }), "axes.x.step"),
            (json!({ "from": i64::MIN, "to": i64::MAX, "step": 1 }), "axes.x.step"),
            (json!({ "from": 1, "to": 9, "steps": 2 }), "axes.x.steps"),
            (json!({ "values": [1], "from": 1 }), "axes.x.from"),
            (json!({ "values": [] }), "axes.x.values"),
            (json!({ "values": 3 }), "axes.x.values"),
            (json!({ "values": [1, null] }), "axes.x.values[1]"),
            (json!({ "values": vec![1; 10_001] }), "axes.x.values"),
        ];
        for (given, field) in cases {
            assert_eq!(Axis::parse("x", &given).expect_err("refused").field, field, "{given}");
        }
    }
}
