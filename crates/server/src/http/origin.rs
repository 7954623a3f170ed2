//! Which web pages may speak to this server (safety SE13, SE44).

use axum::http::{HeaderMap, StatusCode, header};

use super::problem::{Answer, Problem};

/// True if the browser says that the page came over HTTPS.
pub(crate) fn is_https(headers: &HeaderMap) -> bool {
    origin(headers).is_some_and(|origin| origin.starts_with("https://"))
}

/// Refuses pages of other sites. What is no browser sends no `Origin` and has no cookies of a user to misuse.
pub(crate) fn refuse_strangers(headers: &HeaderMap, allowed: &[String]) -> Answer<()> {
    match origin(headers) {
        None if headers.contains_key(header::ORIGIN) => Err(not_allowed()),
        Some(origin) if !is_own(origin, headers) && !allowed.iter().any(|known| known == origin) => Err(not_allowed()),
        _ => Ok(()),
    }
}

/// For requests that a cookie authenticates: the `Origin` must be there, and allowed.
pub(crate) fn require_known(headers: &HeaderMap, allowed: &[String]) -> Answer<()> {
    if !headers.contains_key(header::ORIGIN) {
        return Err(not_allowed());
    }
    refuse_strangers(headers, allowed)
}

fn origin(headers: &HeaderMap) -> Option<&str> {
    headers.get(header::ORIGIN)?.to_str().ok()
}

/// True if the page came from the host that it is now talking to.
fn is_own(origin: &str, headers: &HeaderMap) -> bool {
    let host = headers.get(header::HOST).and_then(|value| value.to_str().ok());
    let of_origin = origin.strip_prefix("https://").or_else(|| origin.strip_prefix("http://"));
    host.is_some() && of_origin == host
}

fn not_allowed() -> Problem {
    Problem::new(
        StatusCode::FORBIDDEN,
        "ORIGIN_NOT_ALLOWED",
        "Requests from this web page are not allowed; an operator can add its origin to EXODUS_CORS_ORIGINS.",
    )
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn headers(origin: Option<&'static str>) -> HeaderMap {
        let mut headers = HeaderMap::from_iter([(header::HOST, HeaderValue::from_static("127.0.0.1:8000"))]);
        headers.extend(origin.map(|origin| (header::ORIGIN, HeaderValue::from_static(origin))));
        headers
    }

    #[test]
    fn only_the_own_page_and_named_ones_may_use_the_cookie() {
        let allowed = ["https://app.example.com".to_owned()];
        for origin in ["http://127.0.0.1:8000", "https://app.example.com"] {
            assert!(require_known(&headers(Some(origin)), &allowed).is_ok(), "{origin}");
        }
        for origin in ["null", "http://127.0.0.1:8001", "https://app.example.com.evil.test", "http://app.example.com"] {
            assert!(refuse_strangers(&headers(Some(origin)), &allowed).is_err(), "{origin}");
        }
        assert!(require_known(&headers(None), &allowed).is_err());
        assert!(refuse_strangers(&headers(None), &allowed).is_ok());
    }
}
