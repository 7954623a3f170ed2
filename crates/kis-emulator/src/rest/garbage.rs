//! What comes instead of an answer when a fault wants it so.

use axum::body::{Body, Bytes};
use axum::http::header;
use axum::response::{Html, IntoResponse, Response};
use futures::stream;
use serde_json::Value;

use super::answer::Answer;
use crate::faults::AnswerGarbage;

/// Blanks in one piece, and the pieces: 100 MiB.
const PIECE: usize = 1024 * 1024;
const PIECES: usize = 100;

/// A page as gateways show it while they are under repair.
const PAGE: &str = "<!DOCTYPE html><html><head><title>502 Bad Gateway</title></head><body>Bad Gateway</body></html>";

/// An answer that is none.
pub(super) fn instead_of(answer: &Answer, garbage: AnswerGarbage) -> Response {
    let json = [(header::CONTENT_TYPE, "application/json; charset=utf-8")];
    let text = answer.body.to_string();
    match garbage {
        AnswerGarbage::Html => Html(PAGE).into_response(),
        AnswerGarbage::CutJson => {
            let half: String = text.chars().take(text.chars().count() / 2).collect();
            (json, half).into_response()
        }
        AnswerGarbage::WrongTypes => (json, wrapped(&answer.body).to_string()).into_response(),
        AnswerGarbage::Huge => {
            let blanks = std::iter::repeat_n(Bytes::from(vec![b' '; PIECE]), PIECES);
            let pieces = blanks.chain([Bytes::from(text)]).map(Ok::<Bytes, std::convert::Infallible>);
            (json, Body::from_stream(stream::iter(pieces))).into_response()
        }
    }
}

/// Every text in a list of its own.
fn wrapped(value: &Value) -> Value {
    match value {
        Value::Object(fields) => fields.iter().map(|(name, value)| (name.clone(), wrapped(value))).collect(),
        Value::Array(rows) => rows.iter().map(wrapped).collect(),
        leaf => Value::Array(vec![leaf.clone()]),
    }
}
