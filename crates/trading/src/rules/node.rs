//! A YAML document as a tree, with the line of each node.

use serde_json::{Map, Number, Value};

use super::finding::{Path, Step};

/// A value and where it stands. Two nodes are equal if their values are, wherever they stand.
#[derive(Clone, Debug)]
pub(super) struct Node {
    /// From 1.
    pub(super) line: usize,
    pub(super) content: Content,
}

impl PartialEq for Node {
    fn eq(&self, other: &Self) -> bool {
        self.content == other.content
    }
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Content {
    Scalar(Scalar),
    Sequence(Vec<Node>),
    /// In the order of the text; keys differ from each other.
    Mapping(Vec<(Node, Node)>),
}

/// A single value as written. What it means depends on what is expected in its place. Two are equal if they mean the
/// same everywhere.
#[derive(Clone, Debug)]
pub(super) struct Scalar {
    pub(super) text: String,
    /// Written without quotes, so that it may be something else than a text.
    pub(super) plain: bool,
}

impl PartialEq for Scalar {
    fn eq(&self, other: &Self) -> bool {
        self.is_null() && other.is_null() || self.text == other.text && self.is_only_text() == other.is_only_text()
    }
}

impl Scalar {
    /// Whether it is a text wherever it stands.
    fn is_only_text(&self) -> bool {
        !self.plain || self.as_text().is_some() && self.as_number().is_none() && self.as_bool().is_none()
    }

    pub(super) fn is_null(&self) -> bool {
        self.plain && matches!(self.text.as_str(), "" | "~" | "null" | "Null" | "NULL")
    }

    /// A YAML 1.1 boolean, `yes` and `on` included.
    pub(super) fn as_bool(&self) -> Option<bool> {
        let is = |words: [&str; 3]| {
            words.iter().any(|word| {
                let (first, rest) = word.split_at(1);
                let capital = first.to_uppercase() + rest;
                [*word, capital.as_str(), word.to_uppercase().as_str()].contains(&self.text.as_str())
            })
        };
        match self.plain {
            true if is(["true", "yes", "on"]) => Some(true),
            true if is(["false", "no", "off"]) => Some(false),
            _ => None,
        }
    }

    /// A finite number. Not one that the two official readers take for different numbers: `014` is twelve to one and
    /// fourteen to the other.
    pub(super) fn as_number(&self) -> Option<f64> {
        if self.plain { number(&self.text) } else { None }
    }

    /// A text: quoted, or nothing else by the rules of both official readers.
    pub(super) fn as_text(&self) -> Option<&str> {
        let text = self.text.as_str();
        // `1e3` is a number to one of the two readers only.
        let is_number = number(text).is_some() && (!text.contains(['e', 'E']) || text.contains(['.', 'x']));
        let other = self.is_null()
            || is_number
            || is_digits(text.trim_start_matches(['+', '-']))
            || matches!(text, "true" | "True" | "TRUE" | "false" | "False" | "FALSE");
        (!self.plain || !other).then_some(text)
    }
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// The number a text stands for: `14`, `1_000`, `-0.5`, `1e3`, `0x1F`.
pub(super) fn number(text: &str) -> Option<f64> {
    let (negative, digits) = match text.as_bytes().first()? {
        b'-' => (true, &text[1..]),
        b'+' => (false, &text[1..]),
        _ => (false, text),
    };
    let digits = digits.replace('_', "");
    let first = *digits.as_bytes().first()?;
    let size = if let Some(hexadecimal) = digits.strip_prefix("0x") {
        u32::from_str_radix(hexadecimal, 16).ok().map(f64::from)?
    } else if (first.is_ascii_digit() || first == b'.')
        && digits.bytes().all(|byte| byte.is_ascii_digit() || b".eE+-".contains(&byte))
        && !(digits.len() > 1 && first == b'0' && is_digits(&digits))
    {
        digits.parse::<f64>().ok().filter(|number| number.is_finite())?
    } else {
        return None;
    };
    Some(if negative { -size } else { size })
}

impl Node {
    /// A node of our own making.
    pub(super) fn new(content: Content) -> Self {
        Self { line: 0, content }
    }

    /// A text, to be quoted where it could be taken for something else.
    pub(super) fn text(text: &str) -> Self {
        Self::new(Content::Scalar(Scalar { text: text.to_owned(), plain: false }))
    }

    /// A number, a boolean or null.
    pub(super) fn plain(text: impl Into<String>) -> Self {
        Self::new(Content::Scalar(Scalar { text: text.into(), plain: true }))
    }

    pub(super) fn number(number: f64) -> Self {
        Self::plain(decimal(number))
    }

    pub(super) fn scalar(&self) -> Option<&Scalar> {
        match &self.content {
            Content::Scalar(scalar) => Some(scalar),
            _ => None,
        }
    }

    pub(super) fn is_null(&self) -> bool {
        self.scalar().is_some_and(Scalar::is_null)
    }

    pub(super) fn as_text(&self) -> Option<&str> {
        self.scalar().and_then(Scalar::as_text)
    }

    pub(super) fn as_number(&self) -> Option<f64> {
        self.scalar().and_then(Scalar::as_number)
    }

    /// What is at `path`.
    pub(super) fn at(&self, path: &Path) -> Option<&Self> {
        path.steps().iter().try_fold(self, |node, step| node.below(step).map(|(_, node)| node))
    }

    /// The line of what is at `path`, or of the nearest thing around it that is there.
    pub(super) fn line_of(&self, path: &Path) -> usize {
        let (mut line, mut node) = (self.line, self);
        for step in path.steps() {
            let Some(next) = node.below(step) else { break };
            (line, node) = next;
        }
        line
    }

    /// What is one step below, and the line it begins at: that of the key in a map.
    fn below(&self, step: &Step) -> Option<(usize, &Self)> {
        match (step, &self.content) {
            (Step::Key(key), Content::Mapping(members)) => {
                let named = |(name, _): &&(Self, Self)| name.scalar().is_some_and(|scalar| scalar.text == *key);
                members.iter().find(named).map(|(name, value)| (name.line, value))
            }
            (Step::Index(index), Content::Sequence(items)) => items.get(*index).map(|item| (item.line, item)),
            _ => None,
        }
    }

    /// The value as JSON; scalars mean what the official backtester takes them for.
    pub(super) fn to_json(&self) -> Value {
        match &self.content {
            Content::Scalar(scalar) if scalar.is_null() => Value::Null,
            Content::Scalar(scalar) => match (scalar.as_text(), scalar.as_number(), scalar.as_bool()) {
                (None, Some(number), _) => json_number(number),
                (None, _, Some(truth)) => Value::Bool(truth),
                _ => Value::from(scalar.text.as_str()),
            },
            Content::Sequence(items) => items.iter().map(Self::to_json).collect(),
            Content::Mapping(members) => {
                let named =
                    members.iter().filter_map(|(key, value)| Some((key.scalar()?.text.clone(), value.to_json())));
                Value::Object(named.collect::<Map<_, _>>())
            }
        }
    }
}

/// A number as JSON, whole where it is whole.
pub(super) fn json_number(number: f64) -> Value {
    const EXACT: f64 = (1_u64 << 53) as f64;
    if number.fract() == 0.0 && number.abs() < EXACT {
        return Value::from(number as i64);
    }
    Number::from_f64(number).map_or(Value::Null, Value::Number)
}

/// The shortest decimal that reads back as the same number, without exponent.
pub(super) fn decimal(number: f64) -> String {
    format!("{number}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(text: &str) -> Scalar {
        Scalar { text: text.to_owned(), plain: true }
    }

    #[test]
    fn a_scalar_is_what_both_official_readers_take_it_for() {
        for (text, number) in
            [("14", 14.0), ("-0.5", -0.5), ("1_000", 1_000.0), (".5", 0.5), ("0x1F", 31.0), ("0", 0.0)]
        {
            assert_eq!(plain(text).as_number(), Some(number), "{text}");
            assert_eq!(plain(text).as_text(), None, "{text}");
        }
        for text in ["014", "1:30", ".inf", ".nan", "inf", "NaN", "1e999", "", "-", "1-2", "e5", "-+5"] {
            assert_eq!(plain(text).as_number(), None, "{text}");
        }
        assert_eq!((plain("1e3").as_number(), plain("1e3").as_text()), (Some(1e3), Some("1e3")));
        assert_eq!(plain("014").as_text(), None);
        for text in ["yes", "No", "ON", "off"] {
            assert!(plain(text).as_bool().is_some() && plain(text).as_text().is_some(), "{text}");
        }
        assert_eq!((plain("True").as_bool(), plain("True").as_text()), (Some(true), None));
        let quoted = Scalar { text: "14".to_owned(), plain: false };
        assert_eq!((quoted.as_number(), quoted.as_text()), (None, Some("14")));
    }
}
