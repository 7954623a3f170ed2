//! The trace id: names one request in the answer and in the log.

use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;
use tracing::Instrument;

/// The header that carries the trace id back.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

tokio::task_local! {
    static TRACE_ID: String;
}

/// The id of the request that is being answered; empty outside of one.
pub(crate) fn current_id() -> String {
    TRACE_ID.try_with(Clone::clone).unwrap_or_default()
}

/// Gives each request an id, and its log lines a span that carries it.
pub(crate) async fn with_id(request: Request, next: Next) -> Response {
    let id = hex::encode(rand::random::<[u8; 8]>());
    let span = tracing::info_span!("request", trace_id = %id, method = %request.method(), path = request.uri().path());
    let mut response = TRACE_ID.scope(id.clone(), next.run(request)).instrument(span).await;
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    response
}
