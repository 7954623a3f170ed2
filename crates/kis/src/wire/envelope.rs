//! The envelope of every answer but those of OAuth (§3.3), and the shapes of what lies in it.

use serde::de::{DeserializeOwned, Deserializer};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::fields::{is_object, text};

/// An answer as it is written.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Envelope<B> {
    /// `0` success, anything else a failure.
    pub rt_cd: String,
    /// Code of the message, eight characters.
    pub msg_cd: String,
    /// The message, Korean; padded to 80 on ledger calls.
    pub msg1: String,
    /// What was asked for.
    #[serde(flatten)]
    pub body: B,
}

/// The message of an answer, of either envelope, without its padding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// `1` system or mock, `2` input, `7` business, `9` session; blank in answers of OAuth.
    pub rt_cd: String,
    /// The broker's code.
    pub msg_cd: String,
    /// The broker's sentence.
    pub msg1: String,
}

/// Why an answer has no body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AnswerError {
    /// The broker said no.
    Refused(Failure),
    /// It is no answer of the broker's form.
    Unreadable(String),
}

/// Head of both envelopes. An answer of OAuth has `error_code` and `error_description` instead (§2).
#[derive(Deserialize)]
#[serde(default)]
#[derive(Default)]
struct Head {
    #[serde(deserialize_with = "text")]
    rt_cd: String,
    #[serde(alias = "error_code", deserialize_with = "text")]
    msg_cd: String,
    #[serde(alias = "error_description", deserialize_with = "text")]
    msg1: String,
}

impl From<Head> for Failure {
    fn from(head: Head) -> Self {
        let trimmed = |text: String| text.trim().to_owned();
        Self { rt_cd: trimmed(head.rt_cd), msg_cd: trimmed(head.msg_cd), msg1: trimmed(head.msg1) }
    }
}

/// Reads a list, a price or anything else that may be read twice: unknown keys are left out, blank outputs are empty.
///
/// # Errors
/// [`AnswerError`] if the broker refused, or if this is not the body that was asked for.
pub fn read<B: DeserializeOwned>(answer: &[u8]) -> Result<B, AnswerError> {
    if !is_object(answer) {
        return Err(AnswerError::Unreadable("it is no JSON object".to_owned()));
    }
    let head: Head = serde_json::from_slice(answer).map_err(unreadable)?;
    if head.rt_cd.trim() != "0" {
        return match head.msg_cd.trim() {
            "" => Err(AnswerError::Unreadable("an answer without rt_cd and without a code".to_owned())),
            _ => Err(AnswerError::Refused(head.into())),
        };
    }
    serde_json::from_slice(answer).map_err(unreadable)
}

/// The failure that the body of an answer with any status tells of; `None` if it tells of none.
pub fn failure(answer: &[u8]) -> Option<Failure> {
    match read::<serde::de::IgnoredAny>(answer) {
        Err(AnswerError::Refused(failure)) => Some(failure),
        _ => None,
    }
}

/// Where serde stopped; without the text itself, which may tell of an account.
fn unreadable(error: serde_json::Error) -> AnswerError {
    let what = match error.classify() {
        serde_json::error::Category::Eof => "it is cut off",
        serde_json::error::Category::Syntax => "it is no JSON",
        serde_json::error::Category::Data | serde_json::error::Category::Io => "it has not the expected shape",
    };
    AnswerError::Unreadable(format!("{what} (line {}, column {})", error.line(), error.column()))
}

/// Reads an object; the first of an array, since some documents and answers disagree; blank for an empty one.
fn one<'de, D: Deserializer<'de>, T: DeserializeOwned + Default>(deserializer: D) -> Result<T, D::Error> {
    let object = match Value::deserialize(deserializer)? {
        Value::Array(items) => items.into_iter().next().unwrap_or_default(),
        other => other,
    };
    if is_blank(&object) { Ok(T::default()) } else { read_object(object) }
}

/// Reads an array; a lone object is an array of one. Blank rows, which charts end with, are left out.
fn many<'de, D: Deserializer<'de>, T: DeserializeOwned>(deserializer: D) -> Result<Vec<T>, D::Error> {
    let items = match Value::deserialize(deserializer)? {
        Value::Array(items) => items,
        lone => vec![lone],
    };
    items.into_iter().filter(|item| !is_blank(item)).map(read_object).collect()
}

/// Reads a struct by its keys only: serde would take an array for one as well, field by field in order.
fn read_object<T: DeserializeOwned, E: serde::de::Error>(value: Value) -> Result<T, E> {
    if value.is_object() { T::deserialize(value).map_err(E::custom) } else { Err(E::custom("no object")) }
}

fn is_blank(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.trim().is_empty(),
        Value::Object(keys) => keys.is_empty(),
        _ => false,
    }
}

/// `output` with one object.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, bound(deserialize = "T: DeserializeOwned + Default"))]
pub struct One<T> {
    /// The object; sometimes documented as `output1` or `Output`.
    #[serde(alias = "output1", alias = "Output", deserialize_with = "one")]
    pub output: T,
}

/// `output` with an array.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, bound(deserialize = "T: DeserializeOwned"))]
pub struct Many<T> {
    /// The rows.
    #[serde(alias = "Output", deserialize_with = "many")]
    pub output: Vec<T>,
}

/// `output1` and `output2`, both objects.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, bound(deserialize = "A: DeserializeOwned + Default, B: DeserializeOwned + Default"))]
pub struct Pair<A, B> {
    /// The first.
    #[serde(alias = "Output1", deserialize_with = "one")]
    pub output1: A,
    /// The second.
    #[serde(alias = "Output2", deserialize_with = "one")]
    pub output2: B,
}

/// `output1` with an object, `output2` with an array.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, bound(deserialize = "H: DeserializeOwned + Default, R: DeserializeOwned"))]
pub struct Chart<H: Default, R> {
    /// What the rows are of.
    #[serde(alias = "Output1", deserialize_with = "one")]
    pub output1: H,
    /// The rows.
    #[serde(alias = "Output2", deserialize_with = "many")]
    pub output2: Vec<R>,
}

/// A page of `output1` with an array and `output2` with an object.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, bound(deserialize = "R: DeserializeOwned, S: DeserializeOwned + Default"))]
pub struct Ledger<R, S: Default> {
    /// Continuation key.
    #[serde(skip_serializing_if = "String::is_empty", deserialize_with = "text")]
    pub ctx_area_fk100: String,
    /// Continuation key.
    #[serde(skip_serializing_if = "String::is_empty", deserialize_with = "text")]
    pub ctx_area_nk100: String,
    /// The rows.
    #[serde(alias = "Output1", deserialize_with = "many")]
    pub output1: Vec<R>,
    /// Their summary.
    #[serde(alias = "Output2", deserialize_with = "one")]
    pub output2: S,
}

/// A page of `output1` with an array and `output2` with an array of one.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, bound(deserialize = "R: DeserializeOwned, S: DeserializeOwned"))]
pub struct Holdings<R, S> {
    /// Continuation key.
    #[serde(skip_serializing_if = "String::is_empty", deserialize_with = "text")]
    pub ctx_area_fk100: String,
    /// Continuation key.
    #[serde(skip_serializing_if = "String::is_empty", deserialize_with = "text")]
    pub ctx_area_nk100: String,
    /// The rows.
    #[serde(alias = "Output1", deserialize_with = "many")]
    pub output1: Vec<R>,
    /// Their summary, one object.
    #[serde(alias = "Output2", deserialize_with = "many")]
    pub output2: Vec<S>,
}

/// A page of `output` with an array.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, bound(deserialize = "R: DeserializeOwned"))]
pub struct OpenOrders<R> {
    /// Continuation key.
    #[serde(skip_serializing_if = "String::is_empty", deserialize_with = "text")]
    pub ctx_area_fk100: String,
    /// Continuation key.
    #[serde(skip_serializing_if = "String::is_empty", deserialize_with = "text")]
    pub ctx_area_nk100: String,
    /// The rows.
    #[serde(alias = "Output", alias = "output1", deserialize_with = "many")]
    pub output: Vec<R>,
}

/// A page of `output` with an array, with keys 200 wide.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, bound(deserialize = "R: DeserializeOwned"))]
pub struct Reservations<R> {
    /// Continuation key.
    #[serde(skip_serializing_if = "String::is_empty", deserialize_with = "text")]
    pub ctx_area_fk200: String,
    /// Continuation key.
    #[serde(skip_serializing_if = "String::is_empty", deserialize_with = "text")]
    pub ctx_area_nk200: String,
    /// The rows.
    #[serde(alias = "Output", alias = "output1", deserialize_with = "many")]
    pub output: Vec<R>,
}

/// A page of `output` with an array, with keys 20 wide.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, bound(deserialize = "R: DeserializeOwned"))]
pub struct Holidays<R> {
    /// Continuation key.
    #[serde(skip_serializing_if = "String::is_empty", deserialize_with = "text")]
    pub ctx_area_fk: String,
    /// Continuation key.
    #[serde(skip_serializing_if = "String::is_empty", deserialize_with = "text")]
    pub ctx_area_nk: String,
    /// The rows.
    #[serde(alias = "Output", alias = "output1", deserialize_with = "many")]
    pub output: Vec<R>,
}

impl<T> Default for Many<T> {
    fn default() -> Self {
        Self { output: Vec::new() }
    }
}

impl<H: Default, R> Default for Chart<H, R> {
    fn default() -> Self {
        Self { output1: H::default(), output2: Vec::new() }
    }
}

/// What bodies with continuation keys have in common: they can be empty, shown without the keys, and asked for them.
macro_rules! paged {
    ($body:ident<R $(, $summary:ident $(: $bound:ident)?)?>, $fk:ident, $nk:ident, $rows:ident $(, $rest:ident)?) => {
        impl<R $(, $summary $(: $bound)?)?> Default for $body<R $(, $summary)?> {
            fn default() -> Self {
                Self { $fk: String::new(), $nk: String::new(), $rows: Vec::new() $(, $rest: Default::default())? }
            }
        }

        impl<R $(, $summary $(: $bound)?)?> Paged for $body<R $(, $summary)?> {
            fn keys(&self) -> Keys<'_> {
                Keys { fk: &self.$fk, nk: &self.$nk }
            }
        }

        impl<R: std::fmt::Debug $(, $summary: std::fmt::Debug $(+ $bound)?)?> std::fmt::Debug for $body<R $(, $summary)?> {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                let mut shown = f.debug_struct(stringify!($body));
                shown.field(stringify!($rows), &self.$rows);
                $(shown.field(stringify!($rest), &self.$rest);)?
                shown.finish_non_exhaustive()
            }
        }
    };
}

paged!(Ledger<R, S: Default>, ctx_area_fk100, ctx_area_nk100, output1, output2);
paged!(Holdings<R, S>, ctx_area_fk100, ctx_area_nk100, output1, output2);
paged!(OpenOrders<R>, ctx_area_fk100, ctx_area_nk100, output);
paged!(Reservations<R>, ctx_area_fk200, ctx_area_nk200, output);
paged!(Holidays<R>, ctx_area_fk, ctx_area_nk, output);

/// The keys that ask for the next page, as they came: their content is the broker's own affair.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Keys<'a> {
    /// Key of the question.
    pub fk: &'a str,
    /// Key of the next row.
    pub nk: &'a str,
}

/// A body that may be one page of several.
pub trait Paged {
    /// The keys of the next page.
    fn keys(&self) -> Keys<'_>;
}

/// What the header `tr_cont` of an answer says: true if more pages follow, false if this was the last; `None` for a
/// letter that the specification does not know (§3.4).
pub fn more(tr_cont: &str) -> Option<bool> {
    match tr_cont.trim() {
        "F" | "M" => Some(true),
        "D" | "E" | "" => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::trading::{InquireBalanceRow, InquireBalanceSummary};

    type Balance = Holdings<InquireBalanceRow, InquireBalanceSummary>;

    #[test]
    fn outputs_may_be_objects_arrays_or_blank() {
        for empty in ["", r#","output":null"#, r#","output":{}"#, r#","output":[]"#, r#","output":"""#] {
            let answer = format!(r#"{{"rt_cd":"0","msg_cd":"MCA00000","msg1":"x"{empty}}}"#);
            assert_eq!(read::<Many<InquireBalanceRow>>(answer.as_bytes()), Ok(Many::default()), "{empty}");
            assert_eq!(read::<One<InquireBalanceRow>>(answer.as_bytes()), Ok(One::default()), "{empty}");
        }
        let lone = br#"{"rt_cd":"0","msg_cd":"x","output1":{"pdno":"005930"},"output2":{"nass_amt":"1"}}"#;
        let balance: Balance = read(lone).expect("read");
        assert_eq!((balance.output1.len(), balance.output2[0].nass_amt.as_str()), (1, "1"));
        let blanks = br#"{"rt_cd":"0","msg_cd":"x","output1":[{"pdno":"005930"},{},{}]}"#;
        assert_eq!(read::<Balance>(blanks).expect("read").output1.len(), 1);
    }

    #[test]
    fn both_envelopes_tell_of_failures() {
        let business = r#"{"rt_cd":"7","msg_cd":"APBK0952","msg1":"주문가능금액을 초과 했습니다    ","output":null}"#;
        let failure_of = |text: &str| failure(text.as_bytes()).map(|failure| (failure.msg_cd, failure.msg1));
        assert_eq!(failure_of(business), Some(("APBK0952".to_owned(), "주문가능금액을 초과 했습니다".to_owned())));
        let oauth = r#"{"error_code":"EGW00103","error_description":"유효하지 않은 AppKey입니다."}"#;
        assert_eq!(failure_of(oauth), Some(("EGW00103".to_owned(), "유효하지 않은 AppKey입니다.".to_owned())));
        assert_eq!(failure_of("<html>"), None);
        assert_eq!(failure_of(r#"{"rt_cd":"0","msg_cd":"MCA00000","msg1":"ok"}"#), None);
        for strange in ["{}", "[]", r#"["0","",""]"#, "0", "", r#"{"rt_cd":"0","output1":[["005930"]]}"#] {
            assert!(matches!(read::<Balance>(strange.as_bytes()), Err(AnswerError::Unreadable(_))), "{strange}");
        }
        assert!(matches!(read::<Balance>(br#"{"rt_cd":"0","msg_cd":"#), Err(AnswerError::Unreadable(_))));
    }

    #[test]
    fn an_envelope_is_flat() {
        let body = Many { output: vec![InquireBalanceRow { pdno: "005930".to_owned(), ..Default::default() }] };
        let envelope =
            Envelope { rt_cd: "0".to_owned(), msg_cd: "KIOK0510".to_owned(), msg1: " ".repeat(80), body: body.clone() };
        let text = serde_json::to_vec(&envelope).expect("JSON");
        assert_eq!(read(&text), Ok(body));
    }

    #[test]
    fn debug_of_a_page_hides_its_keys() {
        let page = Balance { ctx_area_fk100: "50001234!^01".to_owned(), ..Default::default() };
        assert!(!format!("{page:?}").contains("50001234"));
    }

    #[test]
    fn letters_of_continuation() {
        assert_eq!(
            ["F", "M", "D", "E", "", "N"].map(more),
            [Some(true), Some(true), Some(false), Some(false), Some(false), None]
        );
    }
}
