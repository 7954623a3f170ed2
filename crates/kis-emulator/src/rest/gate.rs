//! What the gateway checks before a call reaches its service (kis-openapi §1.2, §1.3, §2.5, §3.1, §4).

use std::collections::BTreeMap;

use axum::http::{HeaderMap, Method};
use exodus_kis::wire;
use exodus_kis::wire::call::{Call, Found, Kind};
use serde_json::Value;

use super::answer::Reject;
use crate::environment::Environment;
use crate::keys::{Credentials, TokenProblem};
use crate::shared::Shared;

/// Headers and fields of a call, read.
pub(crate) struct Incoming<'a> {
    pub(crate) environment: Environment,
    pub(crate) method: &'a Method,
    pub(crate) path: &'a str,
    pub(crate) query: &'a str,
    pub(crate) headers: &'a HeaderMap,
    pub(crate) body: &'a [u8],
}

impl Incoming<'_> {
    /// A header's text, blank if it is missing.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().trim()
    }
}

/// The key of a call: it exists, and its secret and its token fit.
pub(crate) fn credentials(incoming: &Incoming<'_>, shared: &Shared) -> Result<Credentials, Reject> {
    let authorization = incoming.header("authorization");
    let token = match authorization.split_once(' ') {
        Some((kind, token)) if kind.eq_ignore_ascii_case("bearer") => token.trim(),
        _ => return Err(Reject::gateway("EGW00205")),
    };
    if token.is_empty() {
        return Err(Reject::gateway("EGW00122"));
    }
    let (app_key, app_secret) = (incoming.header("appkey"), incoming.header("appsecret"));
    if app_key.is_empty() {
        return Err(Reject::gateway("EGW00102"));
    }
    if app_secret.is_empty() {
        return Err(Reject::gateway("EGW00104"));
    }
    let keys = shared.keys();
    let Some(credentials) = keys.by_app_key(app_key) else { return Err(Reject::gateway("EGW00103")) };
    if credentials.app_secret != app_secret {
        return Err(Reject::gateway("EGW00105"));
    }
    match keys.check_token(token, app_key, shared.now()) {
        Ok(()) => Ok(credentials.clone()),
        Err(TokenProblem::Invalid) => Err(Reject::gateway("EGW00121")),
        Err(TokenProblem::Expired) => Err(Reject::gateway("EGW00123")),
    }
}

/// The call that path and TR id name, if the environment serves it.
pub(crate) fn call(incoming: &Incoming<'_>, credentials: &Credentials) -> Result<Found, Reject> {
    let tr_id = incoming.header("tr_id");
    if tr_id.is_empty() {
        return Err(Reject::input("OPSQ9999", ""));
    }
    if tr_id.len() > 13 || !tr_id.bytes().all(|b| b.is_ascii_alphanumeric()) {
        return Err(Reject::gateway("EGW00310"));
    }
    match incoming.header("custtype") {
        // Clients leave it out of quotations.
        "" | "P" => {}
        "B" if incoming.environment == Environment::Mock => return Err(Reject::gateway("EGW00210")),
        "B" => {}
        _ => return Err(Reject::gateway("EGW00208")),
    }
    let wrong_environment = || match incoming.environment {
        Environment::Real => Reject::gateway("EGW02004"),
        Environment::Mock => Reject::gateway("EGW02006"),
    };
    // A key of the other environment gets its token and fails here, at its first call (§1.2).
    if credentials.environment != incoming.environment {
        return Err(wrong_environment());
    }
    let found = Call::find(tr_id).filter(|found| found.call.method == super::wire_method(incoming.method));
    let found = found.ok_or_else(|| Reject::input("OPSQ0002", ""))?;
    let served_here = match (found.environment, incoming.environment) {
        // Quotations have one id in both.
        (None, _)
        | (Some(wire::Environment::Live), Environment::Real)
        | (Some(wire::Environment::Paper), Environment::Mock) => true,
        (Some(_), _) => false,
    };
    if served_here { Ok(found) } else { Err(wrong_environment()) }
}

/// Counts the call; the code of the counter that is full.
pub(crate) fn count(call: &Call, credentials: &Credentials, shared: &Shared) -> Result<(), Reject> {
    let ledger = matches!(call.kind, Kind::Order | Kind::Ledger);
    let limits = shared.settings.limits;
    let now = shared.now();
    match shared.windows().refusal(&credentials.app_key, limits, credentials.environment, ledger, now) {
        Some(code) => Err(Reject::gateway(code)),
        None => Ok(()),
    }
}

/// The fields of a call by their names in capitals: of the query in either case, of a body in capitals only (§ types).
pub(crate) fn fields(incoming: &Incoming<'_>) -> Result<BTreeMap<String, String>, Reject> {
    if incoming.method == Method::GET {
        let mut fields = BTreeMap::new();
        for (name, value) in form_urlencoded::parse(incoming.query.as_bytes()) {
            if fields.insert(name.to_ascii_uppercase(), value.into_owned()).is_some() {
                return Err(Reject::input("OPSQ9995", ""));
            }
        }
        return Ok(fields);
    }
    let content_type = incoming.header("content-type");
    if !content_type.is_empty() && !content_type.to_ascii_lowercase().starts_with("application/json") {
        return Err(Reject::gateway("EGW00132"));
    }
    fields_of_body(incoming.body)
}

/// The fields of a body, its keys as they are.
pub(crate) fn fields_of_body(body: &[u8]) -> Result<BTreeMap<String, String>, Reject> {
    let Ok(Value::Object(body)) = serde_json::from_slice::<Value>(body) else {
        return Err(Reject::input("OPSQ9997", ""));
    };
    let text = |value: Value| match value {
        Value::String(text) => Some(text),
        Value::Null => Some(String::new()),
        // Documented as a text; clients send quantities and prices as numbers all the same.
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    };
    let mut fields = BTreeMap::new();
    for (name, value) in body {
        let Some(value) = text(value) else { return Err(Reject::input("OPSQ2002", &name)) };
        fields.insert(name, value);
    }
    Ok(fields)
}

/// The account of a ledger call is that of its key (OPSQ2000).
pub(crate) fn account(fields: &BTreeMap<String, String>, credentials: &Credentials) -> Result<(), Reject> {
    let field = |name: &str| fields.get(name).map(|value| value.trim()).unwrap_or_default();
    if field("CANO") == credentials.cano() && field("ACNT_PRDT_CD") == credentials.product() {
        Ok(())
    } else {
        Err(Reject::input("OPSQ2000", ""))
    }
}
