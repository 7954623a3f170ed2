//! Extractors whose refusals are problem+json and name the field.

use axum::extract::rejection::BytesRejection;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::problem::{FieldError, Problem};

/// A JSON body, or a JSON answer.
#[derive(Debug)]
pub(crate) struct Json<T>(pub(crate) T);

/// A JSON body that may be left out.
#[derive(Debug)]
pub(crate) struct OptionalJson<T>(pub(crate) Option<T>);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for OptionalJson<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let (parts, body) = request.into_parts();
        let request = Request::from_parts(parts.clone(), body);
        let bytes = Bytes::from_request(request, state).await.map_err(unreadable_body)?;
        if bytes.is_empty() {
            return Ok(Self(None));
        }
        let Json(value) = Json::from_request(Request::from_parts(parts, bytes.into()), state).await?;
        Ok(Self(Some(value)))
    }
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        if !is_json(request.headers()) {
            return Err(Problem::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "UNSUPPORTED_MEDIA_TYPE",
                "Send the body as application/json.",
            ));
        }
        let bytes = Bytes::from_request(request, state).await.map_err(unreadable_body)?;
        read_json(&bytes).map(Self)
    }
}

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        axum::Json(self.0).into_response()
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let essence = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split(';').next())
        .unwrap_or_default();
    essence.trim().eq_ignore_ascii_case("application/json")
}

fn unreadable_body(rejection: BytesRejection) -> Problem {
    if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
        return too_large();
    }
    Problem::new(StatusCode::BAD_REQUEST, "UNREADABLE_BODY", "The body ended before it was complete; send it again.")
}

/// 413.
pub(crate) fn too_large() -> Problem {
    Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "PAYLOAD_TOO_LARGE", "The body is too large; send less.")
}

/// Reads a JSON text; 400 if it is none, 422 naming the field if it does not fit `T`.
///
/// Every body of this API is an object. That has to be asked for: serde takes a list for a struct as well.
fn read_json<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    if bytes.trim_ascii_start().first() == Some(&b'[') {
        return Err(Problem::field("body", "must be a JSON object"));
    }
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut deserializer).map_err(|error| {
        let path = error.path().to_string();
        let cause = error.into_inner();
        if cause.is_data() { Problem::fields(vec![field_error(&path, &cause)]) } else { not_json(&cause) }
    })?;
    deserializer.end().map_err(|error| not_json(&error))?;
    Ok(value)
}

fn not_json(cause: &serde_json::Error) -> Problem {
    let detail = format!("The body is not JSON: line {}, column {}.", cause.line(), cause.column());
    Problem::new(StatusCode::BAD_REQUEST, "MALFORMED_JSON", detail)
}

/// Names the field a serde error is about. A missing field is not on the path yet, only in the sentence.
fn field_error(path: &str, cause: &dyn std::fmt::Display) -> FieldError {
    let text = cause.to_string();
    // The position says nothing to somebody who filled in a form.
    let message = text.split(" at line ").next().unwrap_or_default().to_owned();
    let parent = if path == "." { "" } else { path };
    let named = ["missing field `", "duplicate field `", "unknown field `"]
        .iter()
        .find_map(|prefix| message.strip_prefix(prefix))
        .and_then(|rest| rest.split('`').next())
        .filter(|name| parent.rsplit('.').next() != Some(*name));
    let field = match (parent, named) {
        ("", Some(name)) => name.to_owned(),
        ("", None) => "body".to_owned(),
        (parent, Some(name)) => format!("{parent}.{name}"),
        (parent, None) => parent.to_owned(),
    };
    FieldError { field, message }
}

/// The query string.
#[derive(Debug)]
pub(crate) struct Query<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        let pairs = form_urlencoded::parse(parts.uri.query().unwrap_or_default().as_bytes());
        let deserializer = serde_urlencoded::Deserializer::new(pairs);
        serde_path_to_error::deserialize(deserializer).map(Self).map_err(|error| {
            let path = error.path().to_string();
            let errors = vec![field_error(&path, error.inner())];
            Problem::malformed(StatusCode::BAD_REQUEST, "INVALID_QUERY", errors)
        })
    }
}

/// The one variable part of a path.
#[derive(Debug)]
pub(crate) struct Path<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for Path<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        match axum::extract::Path::<T>::from_request_parts(parts, state).await {
            Ok(axum::extract::Path(value)) => Ok(Self(value)),
            Err(_) => {
                let errors = vec![FieldError { field: "id".to_owned(), message: "not a valid id".to_owned() }];
                Err(Problem::malformed(StatusCode::BAD_REQUEST, "INVALID_PATH", errors))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only read through Debug")]
    struct Ticket {
        quantity: i64,
        inner: Option<Inner>,
    }

    #[derive(Debug, Deserialize)]
    #[expect(dead_code, reason = "only read through Debug")]
    struct Inner {
        price: i64,
    }

    fn refused(text: &str) -> (StatusCode, String) {
        let problem = read_json::<Ticket>(text.as_bytes()).expect_err("the text was accepted");
        let detail = problem.detail().to_owned();
        (problem.into_response().status(), detail)
    }

    #[test]
    fn a_refused_body_names_the_field() {
        for (text, field) in [
            (r#"{"quantity":"ten"}"#, "quantity: "),
            (r#"{}"#, "quantity: missing field"),
            (r#"{"quantity":1,"extra":2}"#, "extra: unknown field"),
            (r#"{"quantity":1,"inner":{}}"#, "inner.price: missing field"),
            (r#"{"quantity":1,"inner":{"price":[]}}"#, "inner.price: "),
            (r#"{"quantity":1.5}"#, "quantity: "),
            (r#"{"quantity":99999999999999999999}"#, "quantity: "),
            (r#"[]"#, "body: "),
            (r#" [10]"#, "body: "),
            (r#"null"#, "body: "),
        ] {
            let (status, detail) = refused(text);
            assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{text}");
            assert!(detail.starts_with(field), "{text} answered {detail}");
        }
    }

    #[test]
    fn what_is_no_json_is_a_bad_request() {
        for text in ["", "{", "{\"quantity\":1}x", "\u{feff}", "nul"] {
            assert_eq!(refused(text).0, StatusCode::BAD_REQUEST, "{text:?}");
        }
    }
}
