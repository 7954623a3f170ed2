//! Tokens, approval keys and the hash of a body (kis-openapi §2).

use axum::http::StatusCode;
use exodus_domain::KST;
use exodus_kis::wire::call::{APPROVAL_PATH, HASHKEY_PATH, REVOKE_PATH, TOKEN_PATH};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::answer::{Answer, Reject, oauth_error};
use super::gate::Incoming;
use super::limits::Counter;
use crate::shared::Shared;

/// The paths that need no token, all by POST.
pub(crate) const PATHS: [&str; 4] = [TOKEN_PATH, REVOKE_PATH, APPROVAL_PATH, HASHKEY_PATH];

/// The answer of one of [`PATHS`].
pub(crate) fn answer(incoming: &Incoming<'_>, shared: &Shared) -> Answer {
    let Ok(body @ Value::Object(_)) = serde_json::from_slice::<Value>(incoming.body) else {
        return oauth_error(StatusCode::FORBIDDEN, "EGW00101");
    };
    let answer = match incoming.path {
        TOKEN_PATH => token(&body, shared),
        REVOKE_PATH => revoke(&body, shared),
        APPROVAL_PATH => approval(&body, shared),
        _ => hashkey(incoming, &body, shared),
    };
    answer.unwrap_or_else(|error| error)
}

fn field<'a>(body: &'a Value, name: &str) -> &'a str {
    body.get(name).and_then(Value::as_str).unwrap_or_default().trim()
}

/// The app key of a request, if its secret is the right one.
fn key_of<'a>(body: &'a Value, secret_field: &str, shared: &Shared) -> Result<&'a str, Answer> {
    let refuse = |code| Err(oauth_error(StatusCode::FORBIDDEN, code));
    let (app_key, secret) = (field(body, "appkey"), field(body, secret_field));
    if app_key.is_empty() {
        return refuse("EGW00102");
    }
    if secret.is_empty() {
        return refuse("EGW00104");
    }
    match shared.keys().by_app_key(app_key) {
        None => refuse("EGW00103"),
        Some(known) if known.app_secret != secret => refuse("EGW00105"),
        Some(_) => Ok(app_key),
    }
}

fn check_grant_type(body: &Value) -> Result<(), Answer> {
    match field(body, "grant_type") {
        "client_credentials" => Ok(()),
        "" => Err(oauth_error(StatusCode::FORBIDDEN, "EGW00115")),
        _ => Err(oauth_error(StatusCode::FORBIDDEN, "EGW00116")),
    }
}

/// §2.1. A key of the other environment gets a token too: only its first call tells (§1.2).
fn token(body: &Value, shared: &Shared) -> Result<Answer, Answer> {
    check_grant_type(body)?;
    let app_key = key_of(body, "appsecret", shared)?;
    let issued = shared.keys().issue_token(app_key, shared.now());
    let Some(token) = issued else { return Err(oauth_error(StatusCode::FORBIDDEN, "EGW00133")) };
    let expires = token.expires_at.with_timezone(&KST).format("%Y-%m-%d %H:%M:%S").to_string();
    Ok(Answer::plain(
        StatusCode::OK,
        json!({
            "access_token": token.text,
            "access_token_token_expired": expires,
            "token_type": "Bearer",
            "expires_in": token.expires_in,
        }),
    ))
}

/// §2.2.
fn revoke(body: &Value, shared: &Shared) -> Result<Answer, Answer> {
    let app_key = key_of(body, "appsecret", shared)?;
    if shared.keys().revoke(field(body, "token"), app_key) {
        Ok(Answer::plain(StatusCode::OK, json!({ "code": 200, "message": "접근토큰 폐기에 성공하였습니다" })))
    } else {
        Err(oauth_error(StatusCode::FORBIDDEN, "EGW00121"))
    }
}

/// §2.3.
fn approval(body: &Value, shared: &Shared) -> Result<Answer, Answer> {
    check_grant_type(body)?;
    let app_key = key_of(body, "secretkey", shared)?;
    let (now, limit) = (shared.now(), shared.settings.limits.approval);
    if !shared.windows().take(app_key, Counter::Approval, limit, now) {
        return Err(oauth_error(StatusCode::INTERNAL_SERVER_ERROR, "EGW00201"));
    }
    Ok(Answer::plain(StatusCode::OK, json!({ "approval_key": shared.keys().issue_approval(app_key, now) })))
}

/// §2.4. The algorithm is not documented; this is SHA-256 of the body as it was sent.
fn hashkey(incoming: &Incoming<'_>, body: &Value, shared: &Shared) -> Result<Answer, Answer> {
    let (app_key, app_secret) = (incoming.header("appkey"), incoming.header("appsecret"));
    let known = shared.keys().by_app_key(app_key).is_some_and(|known| known.app_secret == app_secret);
    if !known {
        return Err(Reject::gateway(if app_key.is_empty() { "EGW00102" } else { "EGW00103" }).into());
    }
    let hash = hex::encode(Sha256::digest(incoming.body));
    Ok(Answer::plain(StatusCode::OK, json!({ "BODY": body, "HASH": hash })))
}
