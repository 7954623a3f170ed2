//! What must hold between parameters: `lookback < 60`, `exit <= entry`.

use exodus_trading::ParameterError;
use serde_json::{Map, Value};

use super::fault;
use super::nearest::nearest;

/// A comparison of two parameters, or of a parameter and a number.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Constraint {
    left: Operand,
    relation: Relation,
    right: Operand,
}

#[derive(Clone, Debug, PartialEq)]
enum Operand {
    Name(String),
    Number(f64),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Relation {
    Less,
    AtMost,
    Equal,
    Unequal,
    AtLeast,
    Greater,
}

impl Relation {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Less => "<",
            Self::AtMost => "<=",
            Self::Equal => "==",
            Self::Unequal => "!=",
            Self::AtLeast => ">=",
            Self::Greater => ">",
        }
    }

    fn parse(token: &str) -> Option<Self> {
        [Self::Less, Self::AtMost, Self::Equal, Self::Unequal, Self::AtLeast, Self::Greater]
            .into_iter()
            .find(|relation| relation.as_str() == token)
    }

    fn holds(self, left: f64, right: f64) -> bool {
        match self {
            Self::Less => left < right,
            Self::AtMost => left <= right,
            Self::Equal => left == right,
            Self::Unequal => left != right,
            Self::AtLeast => left >= right,
            Self::Greater => left > right,
        }
    }
}

impl Constraint {
    /// Reads `name|number relation name|number`, the relation one of `<`, `<=`, `==`, `!=`, `>=`, `>`. `known` has every
    /// parameter there is, with a value; `field` is what the text is called in an error.
    ///
    /// # Errors
    /// The part of the text that is wrong.
    pub(super) fn parse(field: &str, text: &str, known: &Map<String, Value>) -> Result<Self, ParameterError> {
        let refuse = |message: String| fault(field, message);
        let tokens = tokens(text).map_err(refuse)?;
        let [left, relation, right] = tokens.as_slice() else {
            let message = match tokens.get(3) {
                Some(rest) => format!("nothing may follow the comparison, but {rest:?} does"),
                None => format!("{text:?} is no comparison, such as \"lookback < 60\""),
            };
            return Err(refuse(message));
        };
        let relation = Relation::parse(relation)
            .ok_or_else(|| refuse(format!("{relation:?} is no comparison: use one of < <= == != >= >")))?;
        let operand = |token| Operand::parse(token, known).map_err(refuse);
        let (left, right) = (operand(left)?, operand(right)?);
        if let (Operand::Number(_), Operand::Number(_)) = (&left, &right) {
            return Err(refuse(format!("{text:?} names no parameter")));
        }
        Ok(Self { left, relation, right })
    }

    /// True if it holds where `number` gives the value of each parameter.
    pub(super) fn holds(&self, number: impl Fn(&str) -> Option<f64>) -> bool {
        match (self.left.value(&number), self.right.value(&number)) {
            (Some(left), Some(right)) => self.relation.holds(left, right),
            _ => false,
        }
    }
}

impl Operand {
    fn parse(token: &str, known: &Map<String, Value>) -> Result<Self, String> {
        if token.starts_with(|first: char| first.is_ascii_digit() || "+-.".contains(first)) {
            let number = token.parse().ok().filter(|number: &f64| number.is_finite());
            return number.map(Self::Number).ok_or_else(|| format!("{token:?} is no number"));
        }
        match known.get(token) {
            Some(Value::Number(_)) => Ok(Self::Name(token.to_owned())),
            Some(_) => Err(format!("{token:?} is no number, so it cannot be compared")),
            None => {
                let meant = nearest(token, known.keys().map(String::as_str));
                Err(format!(
                    "{token:?} is no parameter{}",
                    meant.map(|name| format!("; is it {name:?}?")).unwrap_or_default()
                ))
            }
        }
    }

    fn value(&self, number: impl Fn(&str) -> Option<f64>) -> Option<f64> {
        match self {
            Self::Name(name) => number(name),
            Self::Number(fixed) => Some(*fixed),
        }
    }
}

/// Words of letters, digits and `_ . + -`, and runs of `< > = !`, with or without blanks between.
fn tokens(text: &str) -> Result<Vec<&str>, String> {
    let is_word = |letter: char| letter.is_alphanumeric() || "_.+-".contains(letter);
    let is_sign = |letter: char| "<>=!".contains(letter);
    let mut found = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let length = if is_word(first) {
            rest.find(|letter| !is_word(letter))
        } else if is_sign(first) {
            rest.find(|letter| !is_sign(letter))
        } else {
            return Err(format!("{first:?} has no meaning here"));
        };
        let (token, later) = rest.split_at(length.unwrap_or(rest.len()));
        found.push(token);
        rest = later.trim_start();
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn parse(text: &str) -> Result<Constraint, ParameterError> {
        let known = json!({ "fast": 5, "slow": 20.5, "interval": "1d" });
        Constraint::parse("constraints[0]", text, known.as_object().expect("an object"))
    }

    fn holds(text: &str, fast: f64, slow: f64) -> bool {
        parse(text).expect("valid").holds(|name| Some(if name == "fast" { fast } else { slow }))
    }

    #[test]
    fn every_relation_compares() {
        for (text, below, same, above) in [
            ("fast<slow", true, false, false),
            ("fast <= slow", true, true, false),
            ("fast == slow", false, true, false),
            ("fast != slow", true, false, true),
            ("  fast>=slow ", false, true, true),
            ("fast > slow", false, false, true),
        ] {
            assert_eq!(
                [holds(text, 1.0, 2.0), holds(text, 2.0, 2.0), holds(text, 3.0, 2.0)],
                [below, same, above],
                "{text}"
            );
        }
        assert!(holds("-1.5e1 < fast", -14.0, 0.0) && !holds("fast < -15", -14.0, 0.0));
    }

    #[test]
    fn each_fault_names_its_token() {
        for (text, token) in [
            ("", "\"\""),
            ("fast", "\"fast\""),
            ("fast <", "\"fast <\""),
            ("fast < slow < 3", "\"<\""),
            ("fast => slow", "\"=>\""),
            ("fast slow 3", "\"slow\""),
            ("fasst < slow", "\"fasst\" is no parameter; is it \"fast\"?"),
            ("fast < 1x", "\"1x\""),
            ("fast < 1e999", "\"1e999\""),
            ("interval < slow", "\"interval\""),
            ("1 < 2", "\"1 < 2\""),
            ("fast < (slow)", "'('"),
        ] {
            let error = parse(text).expect_err("refused");
            assert_eq!(error.field, "constraints[0]");
            assert!(error.message.contains(token), "{text}: {}", error.message);
        }
    }
}
