//! Access and refresh tokens (safety SE10–SE12).

use std::sync::Arc;

use axum_extra::extract::cookie::{Cookie, SameSite};
use chrono::{DateTime, TimeDelta, Utc};
use exodus_store::users::Role;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, encode};
use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::secret::{Keys, hmac};

/// Seconds an access token is good for.
pub(crate) const ACCESS_SECONDS: i64 = 3_600;
/// Days a login lasts, however often it is refreshed.
const REFRESH_DAYS: i64 = 7;
/// Name of the refresh cookie.
pub(crate) const COOKIE: &str = "exodus_refresh";
const COOKIE_PATH: &str = "/api/v1/auth";
const AUDIENCE: &str = "exodus";
/// Clocks of several API processes may differ by this much.
const LEEWAY_SECONDS: i64 = 30;

#[derive(Serialize, Deserialize)]
struct Claims {
    sub: String,
    role: Role,
    sid: i64,
    aud: String,
    iss: String,
    iat: i64,
    exp: i64,
}

/// Whom an access token was given to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Identity {
    /// User.
    pub(crate) user_id: i64,
    /// Login that the token belongs to.
    pub(crate) session_id: i64,
}

/// Makes and reads tokens.
pub(crate) struct Tokens {
    encoding: EncodingKey,
    decoding: DecodingKey,
    validation: Validation,
    keys: Arc<Keys>,
}

impl Tokens {
    /// Signs with the keys made from the master secret.
    pub(crate) fn new(keys: Arc<Keys>) -> Self {
        let secret = keys.access_token.expose_secret();
        let mut validation = Validation::new(Algorithm::HS256);
        // The end is compared in `identify`: the library would ask the machine for the time, which need not be the clock
        // of this program.
        validation.validate_exp = false;
        validation.set_audience(&[AUDIENCE]);
        validation.set_issuer(&[AUDIENCE]);
        validation.set_required_spec_claims(&["exp", "aud", "iss", "sub"]);
        Self {
            encoding: EncodingKey::from_secret(secret),
            decoding: DecodingKey::from_secret(secret),
            validation,
            keys,
        }
    }

    /// An access token for one hour from `now`.
    pub(crate) fn access(
        &self,
        user_id: i64,
        role: Role,
        session_id: i64,
        now: DateTime<Utc>,
    ) -> Result<String, String> {
        let iat = now.timestamp();
        let claims = Claims {
            sub: user_id.to_string(),
            role,
            sid: session_id,
            aud: AUDIENCE.to_owned(),
            iss: AUDIENCE.to_owned(),
            iat,
            exp: iat + ACCESS_SECONDS,
        };
        encode(&Header::new(Algorithm::HS256), &claims, &self.encoding).map_err(|error| error.to_string())
    }

    /// Whom the token was given to; `None` for anything but a token that is valid at `now`.
    pub(crate) fn identify(&self, token: &str, now: DateTime<Utc>) -> Option<Identity> {
        let claims = decode::<Claims>(token, &self.decoding, &self.validation).ok()?.claims;
        if claims.exp.saturating_add(LEEWAY_SECONDS) < now.timestamp() {
            return None;
        }
        Some(Identity { user_id: claims.sub.parse().ok()?, session_id: claims.sid })
    }

    /// The refresh token that follows `spent`: the same one for each parallel use of the cookie.
    pub(crate) fn successor(&self, spent: &str) -> RefreshToken {
        RefreshToken(hex::encode(hmac(self.keys.refresh_token.expose_secret(), spent.as_bytes())))
    }
}

/// A refresh token. The store only ever sees its hash.
pub(crate) struct RefreshToken(String);

impl RefreshToken {
    /// A new random one.
    pub(crate) fn random() -> Self {
        Self(hex::encode(rand::random::<[u8; 32]>()))
    }

    /// What is stored of it.
    pub(crate) fn hash(&self) -> String {
        hash(&self.0)
    }

    /// The cookie that carries it until `expires_at`.
    pub(crate) fn cookie(&self, expires_at: DateTime<Utc>, now: DateTime<Utc>, secure: bool) -> String {
        cookie(&self.0, (expires_at - now).num_seconds().max(0), secure)
    }
}

/// What is stored of a presented refresh token.
pub(crate) fn hash(token: &str) -> String {
    hex::encode(Sha256::digest(token.as_bytes()))
}

/// The end of a login that starts `now`.
pub(crate) fn refresh_end(now: DateTime<Utc>) -> DateTime<Utc> {
    now + TimeDelta::days(REFRESH_DAYS)
}

/// The cookie that takes the refresh token away.
pub(crate) fn no_cookie(secure: bool) -> String {
    cookie("", 0, secure)
}

fn cookie(value: &str, seconds: i64, secure: bool) -> String {
    // The cookie crate takes its durations from the `time` crate; the attribute is plain text all the same.
    let mut cookie = Cookie::new(COOKIE, value);
    cookie.set_http_only(true);
    cookie.set_same_site(SameSite::Strict);
    cookie.set_path(COOKIE_PATH);
    cookie.set_secure(secure);
    format!("{cookie}; Max-Age={seconds}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens() -> Tokens {
        let folder = tempfile::tempdir().expect("temporary folder");
        Tokens::new(Arc::new(Keys::load(None, None, folder.path()).expect("keys")))
    }

    fn now() -> DateTime<Utc> {
        DateTime::from_timestamp(4_000_000_000, 0).expect("an instant")
    }

    #[test]
    fn a_token_names_its_user_and_session() {
        let own = tokens();
        let token = own.access(7, Role::Viewer, 3, now()).expect("token");
        assert_eq!(own.identify(&token, now()), Some(Identity { user_id: 7, session_id: 3 }));
    }

    #[test]
    fn nothing_but_an_own_valid_token_is_accepted() {
        let own = tokens();
        let token = own.access(7, Role::Admin, 3, now()).expect("token");
        let good_for = TimeDelta::seconds(ACCESS_SECONDS + LEEWAY_SECONDS);
        let expired = own.access(7, Role::Admin, 3, now() - good_for - TimeDelta::seconds(1));
        let last_second = own.access(7, Role::Admin, 3, now() - good_for).expect("token");
        assert!(own.identify(&last_second, now()).is_some());
        let unsigned = {
            let parts: Vec<&str> = token.split('.').collect();
            format!("eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.{}.", parts[1])
        };
        let foreign = tokens().access(7, Role::Admin, 3, now()).expect("token");
        let mut flipped = token.clone().into_bytes();
        let middle = flipped.len() / 2;
        flipped[middle] ^= 1;
        let flipped = String::from_utf8_lossy(&flipped).into_owned();
        for bad in [&expired.expect("token"), &unsigned, &foreign, &flipped, "", "a.b.c", &token[1..]] {
            assert_eq!(own.identify(bad, now()), None, "{bad}");
        }
    }

    #[test]
    fn the_cookie_is_out_of_reach_for_scripts_and_other_sites() {
        let token = RefreshToken::random();
        let text = token.cookie(now() + TimeDelta::seconds(60), now(), true);
        for part in ["HttpOnly", "SameSite=Strict", "Secure", "Path=/api/v1/auth", "Max-Age=60"] {
            assert!(text.contains(part), "{text}");
        }
        assert!(!token.cookie(now(), now(), false).contains("Secure"));
    }

    #[test]
    fn a_spent_token_always_leads_to_the_same_successor() {
        let own = tokens();
        assert_eq!(own.successor("a").hash(), own.successor("a").hash());
        assert_ne!(own.successor("a").hash(), own.successor("b").hash());
        assert_ne!(own.successor("a").hash(), hash("a"));
    }
}
