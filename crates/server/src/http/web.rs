//! The web app: the static export of Next.js, compiled into the program.

use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use rust_embed::{EmbeddedFile, RustEmbed};

use super::problem::Problem;

#[derive(RustEmbed)]
#[folder = "../../frontend/out"]
#[allow_missing = true]
struct Files;

/// Files whose name holds a hash of their content.
const HASHED: &str = "_next/static/";
const FOREVER: &str = "public, max-age=31536000, immutable";
const ASK_AGAIN: &str = "no-cache";

const NOT_BUILT: &str = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Exodus</title>\
<body><h1>Exodus is running, but its web app was not built into this program.</h1>\
<p>Run <code>make web</code> in the project and build the program again, or use the API at \
<a href=\"/docs\">/docs</a>.</p>";

/// Answers with a page or a file: `/x/` is `x/index.html`, `/x` leads there, anything unknown is the 404 page.
/// Unknown paths of the API get a problem instead.
pub(crate) async fn serve(method: Method, uri: Uri, headers: HeaderMap) -> Response {
    let path = uri.path().trim_start_matches('/');
    if path == "api" || path.starts_with("api/") {
        return Problem::not_found().into_response();
    }
    if method != Method::GET && method != Method::HEAD {
        return super::method_not_allowed().await;
    }
    if Files::get("index.html").is_none() {
        return Html(NOT_BUILT).into_response();
    }
    let name = if path.is_empty() || path.ends_with('/') { format!("{path}index.html") } else { path.to_owned() };
    if let Some(file) = Files::get(&name) {
        return answer(StatusCode::OK, &name, file, &headers);
    }
    if Files::get(&format!("{path}/index.html")).is_some() {
        let query = uri.query().map(|query| format!("?{query}")).unwrap_or_default();
        return Redirect::permanent(&format!("/{path}/{query}")).into_response();
    }
    match Files::get("404.html") {
        Some(file) => answer(StatusCode::NOT_FOUND, "404.html", file, &headers),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

fn answer(status: StatusCode, name: &str, file: EmbeddedFile, request: &HeaderMap) -> Response {
    // Weak, because the compressed answer carries the same tag.
    let tag = format!("W/\"{}\"", hex::encode(&file.metadata.sha256_hash()[..16]));
    let known = request.get(header::IF_NONE_MATCH).is_some_and(|value| value.as_bytes() == tag.as_bytes());
    let caching = if name.starts_with(HASHED) { FOREVER } else { ASK_AGAIN };
    let mut response = if known && status == StatusCode::OK {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        (status, file.data).into_response()
    };
    let headers = response.headers_mut();
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        headers.insert(header::ETAG, tag);
    }
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(caching));
    let mime = mime_guess::from_path(name).first_or_octet_stream();
    if let Ok(mime) = HeaderValue::from_str(mime.as_ref()) {
        headers.insert(header::CONTENT_TYPE, mime);
    }
    response
}
