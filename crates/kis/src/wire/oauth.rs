//! Tokens, the key of the WebSocket and the hash of a body (§2).

use std::fmt;

use chrono::{DateTime, NaiveDateTime, Utc};
use exodus_domain::from_kst;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize, Serializer};
use serde_json::Value;

/// The only value of `grant_type`.
pub const CLIENT_CREDENTIALS: &str = "client_credentials";

/// How the expiry of a token is written, in Korean time.
const EXPIRY: &str = "%Y-%m-%d %H:%M:%S";

/// A secret is written only where it goes to its broker.
fn expose<S: Serializer>(secret: &SecretString, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(secret.expose_secret())
}

/// Body of `tokenP`.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct TokenRequest {
    /// [`CLIENT_CREDENTIALS`].
    pub grant_type: String,
    /// App key, 36 characters.
    #[serde(serialize_with = "expose")]
    pub appkey: SecretString,
    /// App secret, 180 characters.
    #[serde(serialize_with = "expose")]
    pub appsecret: SecretString,
}

/// Answer of `tokenP`.
#[derive(Clone, Default, Serialize, Deserialize)]
pub struct TokenAnswer {
    /// The token, a JWT of at most 350 characters.
    #[serde(serialize_with = "expose")]
    pub access_token: SecretString,
    /// When it ends, `YYYY-MM-DD HH:MM:SS` in Korea: truer than `expires_in`.
    #[serde(default)]
    pub access_token_token_expired: String,
    /// `Bearer`.
    #[serde(default)]
    pub token_type: String,
    /// Seconds from its issue, a number.
    #[serde(default)]
    pub expires_in: u64,
}

impl TokenAnswer {
    /// When the token ends; `None` if the answer does not tell.
    pub fn expires_at(&self) -> Option<DateTime<Utc>> {
        let written = NaiveDateTime::parse_from_str(self.access_token_token_expired.trim(), EXPIRY).ok()?;
        Some(from_kst(written.date(), written.time()))
    }
}

/// Body of `revokeP`.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct RevokeRequest {
    /// App key.
    #[serde(serialize_with = "expose")]
    pub appkey: SecretString,
    /// App secret.
    #[serde(serialize_with = "expose")]
    pub appsecret: SecretString,
    /// The token to end.
    #[serde(serialize_with = "expose")]
    pub token: SecretString,
}

/// Answer of `revokeP`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RevokeAnswer {
    /// 200 when it is done, a number.
    pub code: u16,
    /// What was done.
    pub message: String,
}

/// Body of `Approval`, where the secret has another name.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ApprovalRequest {
    /// [`CLIENT_CREDENTIALS`].
    pub grant_type: String,
    /// App key.
    #[serde(serialize_with = "expose")]
    pub appkey: SecretString,
    /// App secret.
    #[serde(serialize_with = "expose")]
    pub secretkey: SecretString,
}

/// Answer of `Approval`.
#[derive(Clone, Default, Serialize, Deserialize)]
pub struct ApprovalAnswer {
    /// The key of the WebSocket.
    #[serde(serialize_with = "expose")]
    pub approval_key: SecretString,
}

/// Answer of `hashkey`.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct HashkeyAnswer {
    /// The body that was sent.
    #[serde(rename = "BODY")]
    pub body: Value,
    /// Its hash, 64 hexadecimal digits.
    #[serde(rename = "HASH")]
    pub hash: String,
}

/// Shows that there is something, and nothing of it.
macro_rules! secret {
    ($($name:ident),+) => {
        $(impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(stringify!($name)).finish_non_exhaustive()
            }
        })+
    };
}

secret!(TokenRequest, TokenAnswer, RevokeRequest, ApprovalRequest, ApprovalAnswer, HashkeyAnswer);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_examples_of_the_specification_are_read() {
        let text = r#"{"access_token":"eyJ0.e30.sig","access_token_token_expired":"2026-10-02 08:31:07","token_type":"Bearer","expires_in":86400}"#;
        let answer: TokenAnswer = serde_json::from_str(text).expect("read");
        assert_eq!(answer.access_token.expose_secret(), "eyJ0.e30.sig");
        let at = answer.expires_at().expect("an expiry");
        assert_eq!(at.to_rfc3339(), "2026-10-01T23:31:07+00:00");
        assert_eq!(serde_json::to_string(&answer).expect("JSON"), text);
        let revoked: RevokeAnswer =
            serde_json::from_str(r#"{"code":200,"message":"접근토큰 폐기에 성공하였습니다"}"#).expect("read");
        assert_eq!(revoked.code, 200);
        assert!(serde_json::from_str::<TokenAnswer>(r#"{"error_code":"EGW00133"}"#).is_err(), "no token");
    }

    #[test]
    fn nothing_secret_is_shown() {
        let secret = || SecretString::from("canary");
        let shown = format!(
            "{:?} {:?} {:?} {:?} {:?} {:?}",
            TokenRequest { appkey: secret(), appsecret: secret(), ..Default::default() },
            TokenAnswer { access_token: secret(), ..Default::default() },
            RevokeRequest { appkey: secret(), appsecret: secret(), token: secret() },
            ApprovalRequest { appkey: secret(), secretkey: secret(), ..Default::default() },
            ApprovalAnswer { approval_key: secret() },
            HashkeyAnswer { body: Value::String("canary".to_owned()), hash: "canary".to_owned() },
        );
        assert!(!shown.contains("canary"), "{shown}");
    }
}
