//! App keys, access tokens and approval keys (kis-openapi §1.2, §2).

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::environment::Environment;

/// How long an access token or an approval key lives (§2.1, §2.3).
pub(crate) const LIFETIME: TimeDelta = TimeDelta::hours(24);
/// Within this time of an issue the same token is told again (§2.1).
const SAME_TOKEN: TimeDelta = TimeDelta::hours(6);
/// Two issues of an access token lie at least this far apart (§2.1, EGW00133).
const BETWEEN_ISSUES: TimeDelta = TimeDelta::minutes(1);
/// `expires_in` of a token that is told again is off by up to this many seconds (§2.1).
const DRIFT_SECONDS: i64 = 4000;

/// What a client needs to know of one account. The secrets are made up from the seed and open nothing but this
/// emulator.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct Credentials {
    /// Where the key is accepted.
    #[serde(rename = "env")]
    pub environment: Environment,
    /// 36 characters.
    pub app_key: String,
    /// 180 characters.
    pub app_secret: String,
    /// `50001234-01`.
    pub account_no: String,
    /// The customer's id, at most eight characters: key of the order notices.
    pub hts_id: String,
}

impl Credentials {
    /// The credentials of the account `index` of an environment, the same for the same seed.
    pub(crate) fn generate(seed: u64, environment: Environment, index: usize) -> Self {
        let bytes =
            |purpose: &str, length: usize| chaff(&format!("{seed} {} {index} {purpose}", environment.as_str()), length);
        let prefix = match environment {
            Environment::Real => "PS",
            Environment::Mock => "PSVT",
        };
        let letters = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
        let tail =
            bytes("key", 36 - prefix.len()).into_iter().map(|b| char::from(letters[usize::from(b) % letters.len()]));
        let first = match environment {
            Environment::Real => 50_001_234,
            Environment::Mock => 50_101_234,
        };
        let hts = match environment {
            Environment::Real => 'r',
            Environment::Mock => 'm',
        };
        Self {
            environment,
            app_key: prefix.chars().chain(tail).collect(),
            app_secret: BASE64_STANDARD.encode(bytes("secret", 134)),
            account_no: format!("{}-01", first + index),
            hts_id: format!("exo{hts}{:04}", index + 1),
        }
    }

    /// `CANO`, the first eight digits of the account.
    pub fn cano(&self) -> &str {
        self.account_no.split('-').next().unwrap_or_default()
    }

    /// `ACNT_PRDT_CD`, the last two digits of the account.
    pub fn product(&self) -> &str {
        self.account_no.split('-').nth(1).unwrap_or_default()
    }
}

/// Bytes that look random and depend on `text` alone.
fn chaff(text: &str, length: usize) -> Vec<u8> {
    let blocks = (0_u32..).flat_map(|block| Sha256::digest(format!("{text} {block}")));
    blocks.take(length).collect()
}

/// An access token and what became of it.
#[derive(Clone, Serialize, Deserialize)]
struct Token {
    text: String,
    app_key: String,
    issued_at: DateTime<Utc>,
    expires_at: DateTime<Utc>,
}

/// An access token as `tokenP` tells it.
#[derive(Clone)]
pub(crate) struct IssuedToken {
    pub(crate) text: String,
    pub(crate) expires_at: DateTime<Utc>,
    pub(crate) expires_in: i64,
}

/// Why a token opens nothing (§2.5).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TokenProblem {
    /// EGW00121: never issued, revoked, replaced, or of another key.
    Invalid,
    /// EGW00123.
    Expired,
}

/// Why an approval key opens no session (OPSP0011).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ApprovalProblem {
    /// Never issued.
    NotFound,
    /// Issued more than 24 hours ago.
    Expired,
}

#[derive(Clone, Serialize, Deserialize)]
struct Approval {
    app_key: String,
    issued_at: DateTime<Utc>,
}

/// What must survive a restart for a client not to notice it.
#[derive(Default, Serialize, Deserialize)]
pub(crate) struct Issued {
    tokens: Vec<Token>,
    asked_at: BTreeMap<String, DateTime<Utc>>,
    approvals: BTreeMap<String, Approval>,
    serial: u64,
}

/// Every key of both environments, and what was issued to it.
pub(crate) struct KeyRing {
    seed: u64,
    previous_token_lives: bool,
    credentials: Vec<Credentials>,
    issued: Issued,
    changes: u64,
}

impl KeyRing {
    /// `previous_token_lives`: an old token stays usable after a new one was issued (§2.1 leaves it open).
    pub(crate) fn new(seed: u64, previous_token_lives: bool, credentials: Vec<Credentials>, issued: Issued) -> Self {
        Self { seed, previous_token_lives, credentials, issued, changes: 0 }
    }

    pub(crate) fn credentials(&self) -> &[Credentials] {
        &self.credentials
    }

    /// How often what was issued changed.
    pub(crate) fn changes(&self) -> u64 {
        self.changes
    }

    pub(crate) fn issued(&self) -> &Issued {
        &self.issued
    }

    /// Credentials for one more account of an environment.
    pub(crate) fn add(&mut self, environment: Environment) -> Credentials {
        let index = self.credentials.iter().filter(|one| one.environment == environment).count();
        let made = Credentials::generate(self.seed, environment, index);
        self.credentials.push(made.clone());
        made
    }

    /// The account of an app key.
    pub(crate) fn by_app_key(&self, app_key: &str) -> Option<&Credentials> {
        self.credentials.iter().find(|one| one.app_key == app_key)
    }

    /// The account of an approval key.
    pub(crate) fn by_approval_key(&self, key: &str, now: DateTime<Utc>) -> Result<&Credentials, ApprovalProblem> {
        let approval = self.issued.approvals.get(key).ok_or(ApprovalProblem::NotFound)?;
        if now >= approval.issued_at + LIFETIME {
            return Err(ApprovalProblem::Expired);
        }
        self.by_app_key(&approval.app_key).ok_or(ApprovalProblem::NotFound)
    }

    /// An access token for `app_key`: the same within six hours. `None` within a minute of the last one told.
    pub(crate) fn issue_token(&mut self, app_key: &str, now: DateTime<Utc>) -> Option<IssuedToken> {
        if self.issued.asked_at.get(app_key).is_some_and(|asked| now < *asked + BETWEEN_ISSUES) {
            return None;
        }
        self.changes += 1;
        self.issued.asked_at.insert(app_key.to_owned(), now);
        self.issued.tokens.retain(|token| now < token.expires_at + LIFETIME);
        let latest = self.issued.tokens.iter().rfind(|token| token.app_key == app_key);
        if let Some(token) = latest.filter(|token| now < token.issued_at + SAME_TOKEN && now < token.expires_at) {
            let remaining = (token.expires_at - now).num_seconds();
            let drift = now.timestamp().rem_euclid(2 * DRIFT_SECONDS + 1) - DRIFT_SECONDS;
            return Some(IssuedToken {
                text: token.text.clone(),
                expires_at: token.expires_at,
                expires_in: (remaining + drift).clamp(1, LIFETIME.num_seconds()),
            });
        }
        if !self.previous_token_lives {
            self.issued.tokens.retain(|token| token.app_key != app_key);
        }
        let text = self.jwt(app_key, now);
        let token = Token { text, app_key: app_key.to_owned(), issued_at: now, expires_at: now + LIFETIME };
        self.issued.tokens.push(token.clone());
        Some(IssuedToken { text: token.text, expires_at: token.expires_at, expires_in: LIFETIME.num_seconds() })
    }

    /// A text of three parts as a JWT has them, with the claims of §2.1. Nobody but this ring checks it.
    fn jwt(&mut self, app_key: &str, now: DateTime<Utc>) -> String {
        let serial = self.serial();
        let claims = serde_json::json!({
            "sub": "token", "aud": self.uuid(now), "iss": "unogw",
            "exp": (now + LIFETIME).timestamp(), "iat": now.timestamp(), "jti": app_key,
        });
        let part = |bytes: &[u8]| BASE64_URL_SAFE_NO_PAD.encode(bytes);
        let signature = chaff(&format!("{} {app_key} {now} {serial}", self.seed), 64);
        let header = part(br#"{"typ":"JWT","alg":"HS512"}"#);
        format!("{header}.{}.{}", part(claims.to_string().as_bytes()), part(&signature))
    }

    fn serial(&mut self) -> u64 {
        self.issued.serial += 1;
        self.issued.serial
    }

    fn uuid(&mut self, now: DateTime<Utc>) -> String {
        let serial = self.serial();
        let mut bytes = chaff(&format!("{} {now} {serial} uuid", self.seed), 16);
        bytes[6] = bytes[6] & 0x0f | 0x40;
        bytes[8] = bytes[8] & 0x3f | 0x80;
        let hex = hex::encode(bytes);
        format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
    }

    /// A new approval key; the ones before stay good until their day is over.
    pub(crate) fn issue_approval(&mut self, app_key: &str, now: DateTime<Utc>) -> String {
        self.changes += 1;
        self.issued.approvals.retain(|_, approval| now < approval.issued_at + LIFETIME);
        let key = self.uuid(now);
        self.issued.approvals.insert(key.clone(), Approval { app_key: app_key.to_owned(), issued_at: now });
        key
    }

    /// Whether `token` opens the calls of `app_key`.
    pub(crate) fn check_token(&self, token: &str, app_key: &str, now: DateTime<Utc>) -> Result<(), TokenProblem> {
        let known = self.issued.tokens.iter().find(|known| known.text == token && known.app_key == app_key);
        match known {
            None => Err(TokenProblem::Invalid),
            Some(known) if now >= known.expires_at => Err(TokenProblem::Expired),
            Some(_) => Ok(()),
        }
    }

    /// Forgets a token of a key; false if there was none.
    pub(crate) fn revoke(&mut self, token: &str, app_key: &str) -> bool {
        self.changes += 1;
        let before = self.issued.tokens.len();
        self.issued.tokens.retain(|known| known.text != token || known.app_key != app_key);
        self.issued.tokens.len() < before
    }

    /// Ends every token of a key before its time, so that the next call is answered EGW00123.
    pub(crate) fn expire_all(&mut self, app_key: &str, now: DateTime<Utc>) {
        self.changes += 1;
        for token in self.issued.tokens.iter_mut().filter(|token| token.app_key == app_key) {
            token.expires_at = token.expires_at.min(now);
        }
    }

    /// Forgets every token of a key, or of all keys, so that the next call is answered EGW00121.
    pub(crate) fn revoke_all(&mut self, app_key: Option<&str>) -> usize {
        self.changes += 1;
        let before = self.issued.tokens.len();
        self.issued.tokens.retain(|known| app_key.is_some_and(|key| key != known.app_key));
        before - self.issued.tokens.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ring(previous_token_lives: bool) -> KeyRing {
        let credentials = vec![Credentials::generate(1, Environment::Real, 0)];
        KeyRing::new(1, previous_token_lives, credentials, Issued::default())
    }

    fn at(hours: i64, seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_790_000_000 + hours * 3600 + seconds, 0).expect("a time")
    }

    #[test]
    fn credentials_have_the_lengths_of_section_1_2() {
        for environment in Environment::ALL {
            let one = Credentials::generate(7, environment, 3);
            assert_eq!((one.app_key.len(), one.app_secret.len(), one.account_no.len()), (36, 180, 11));
            assert!(one.hts_id.len() <= 8 && one.app_secret.ends_with('='));
            assert!(one == Credentials::generate(7, environment, 3));
            assert!(one != Credentials::generate(8, environment, 3));
        }
    }

    #[test]
    fn a_token_is_one_a_minute_the_same_for_six_hours_and_dead_after_a_day_section_2_1() {
        let mut ring = ring(true);
        let key = ring.credentials()[0].app_key.clone();
        let first = ring.issue_token(&key, at(0, 0)).expect("a token");
        assert!(first.text.len() <= 350 && first.expires_in == 86_400);
        assert!(ring.issue_token(&key, at(0, 59)).is_none());
        let again = ring.issue_token(&key, at(5, 0)).expect("a token");
        assert_eq!((&again.text, again.expires_at), (&first.text, first.expires_at));
        let second = ring.issue_token(&key, at(6, 0)).expect("a token");
        assert_ne!(second.text, first.text);
        assert_eq!(ring.check_token(&first.text, &key, at(23, 0)), Ok(()));
        assert_eq!(ring.check_token(&first.text, &key, at(24, 0)), Err(TokenProblem::Expired));
        assert_eq!(ring.check_token("of nobody", &key, at(0, 0)), Err(TokenProblem::Invalid));
    }

    #[test]
    fn a_new_token_can_end_the_one_before_section_2_1() {
        let mut ring = ring(false);
        let key = ring.credentials()[0].app_key.clone();
        let first = ring.issue_token(&key, at(0, 0)).expect("a token");
        ring.issue_token(&key, at(7, 0)).expect("a token");
        assert_eq!(ring.check_token(&first.text, &key, at(7, 1)), Err(TokenProblem::Invalid));
    }

    #[test]
    fn an_approval_key_is_a_uuid_that_lives_a_day_section_2_3() {
        let mut ring = ring(true);
        let key = ring.credentials()[0].app_key.clone();
        let approval = ring.issue_approval(&key, at(0, 0));
        assert_eq!(approval.len(), 36);
        assert!(ring.by_approval_key(&approval, at(23, 0)).is_ok_and(|one| one.app_key == key));
        assert_eq!(ring.by_approval_key(&approval, at(24, 0)).err(), Some(ApprovalProblem::Expired));
        assert_eq!(ring.by_approval_key("none", at(0, 0)).err(), Some(ApprovalProblem::NotFound));
    }

    #[test]
    fn revoking_ends_a_token_at_once_section_2_2() {
        let mut ring = ring(true);
        let key = ring.credentials()[0].app_key.clone();
        let token = ring.issue_token(&key, at(0, 0)).expect("a token").text;
        assert!(ring.revoke(&token, &key) && !ring.revoke(&token, &key));
        assert_eq!(ring.check_token(&token, &key, at(0, 1)), Err(TokenProblem::Invalid));
    }
}
