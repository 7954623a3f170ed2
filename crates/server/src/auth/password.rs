//! Passwords: which are taken, and how they are kept (safety SE01, SE02).

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::Semaphore;

use crate::http::problem::{Answer, Problem};
use crate::secret::{Keys, hmac};

/// Work factor of bcrypt, as the founding document and SE01 fix it.
const COST: u32 = 12;
/// Names the pepper a hash was made with, so that it can be changed one day.
const PEPPER_ID: &str = "1:";
/// Hashing takes half a second of a core: more at once would only starve the rest.
const HASHES_AT_ONCE: usize = 2;
/// The hash of a password that nobody has: an unknown user costs as much work as a known one.
const NOBODYS_HASH: &str = "$2b$12$rQa76mywWC0h.njj8vSq7uPWMIJ2YwCqiYmm7YwHiJ/DtEn89zXWy";

const MIN_LENGTH: usize = 12;
const MAX_LENGTH: usize = 128;
const SITE_NAME: &str = "exodus";

/// Passwords that many people have used. Short by purpose: it names only what meets the length rule.
const COMMON: &str = include_str!("common_passwords.txt");

/// Why a password is not taken; `None` if it is.
pub(crate) fn refusal(password: &str, email: &str) -> Option<&'static str> {
    let length = password.chars().count();
    let lower = password.to_lowercase();
    let mailbox = email.split('@').next().unwrap_or_default().to_lowercase();
    if !(MIN_LENGTH..=MAX_LENGTH).contains(&length) {
        Some("must have 12 to 128 characters")
    } else if lower.contains(SITE_NAME) {
        Some("must not contain the name of this site")
    } else if mailbox.chars().count() >= 3 && lower.contains(&mailbox) {
        Some("must not contain your e-mail address")
    } else if COMMON.lines().any(|common| common == lower) {
        Some("is one of the most common passwords")
    } else {
        None
    }
}

/// Makes and checks password hashes: bcrypt over base64(HMAC-SHA-256(pepper, password)), so that no password is cut
/// at 72 bytes.
#[derive(Clone)]
pub(crate) struct Passwords {
    keys: Arc<Keys>,
    gate: Arc<Semaphore>,
}

impl Passwords {
    /// Hashes with the pepper of `keys`.
    pub(crate) fn new(keys: Arc<Keys>) -> Self {
        Self { keys, gate: Arc::new(Semaphore::new(HASHES_AT_ONCE)) }
    }

    /// The hash to store.
    ///
    /// # Errors
    /// A sentence if the hash could not be computed.
    pub(crate) async fn hash(&self, password: &SecretString) -> Result<String, String> {
        let peppered = self.peppered(password);
        self.on_a_thread(move || bcrypt::hash(peppered.expose_secret(), COST))
            .await
            .map(|hash| format!("{PEPPER_ID}{hash}"))
    }

    /// True if `stored` is the hash of `password`. `None`, an unknown user, takes as long and is never true.
    pub(crate) async fn verify(&self, password: &SecretString, stored: Option<&str>) -> Answer<bool> {
        let known = stored.and_then(|hash| hash.strip_prefix(PEPPER_ID));
        let hash = known.unwrap_or(NOBODYS_HASH).to_owned();
        let peppered = self.peppered(password);
        let matches = self.on_a_thread(move || bcrypt::verify(peppered.expose_secret(), &hash)).await;
        matches.map(|matches| matches && known.is_some()).map_err(|error| Problem::internal(&error))
    }

    fn peppered(&self, password: &SecretString) -> SecretString {
        STANDARD.encode(hmac(self.keys.pepper.expose_secret(), password.expose_secret().as_bytes())).into()
    }

    async fn on_a_thread<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> bcrypt::BcryptResult<T> + Send + 'static,
    ) -> Result<T, String> {
        let _permit = self.gate.acquire().await.map_err(|error| error.to_string())?;
        let done = tokio::task::spawn_blocking(work).await.map_err(|error| error.to_string())?;
        done.map_err(|error| error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rules_name_what_is_wrong() {
        let email = "minji.kim@example.com";
        for (password, part) in [
            ("kurz", "12 to 128"),
            (&"가".repeat(129), "12 to 128"),
            ("my-Exodus-account", "name of this site"),
            ("MINJI.KIM-2026!", "e-mail"),
            ("Password1234", "most common"),
            ("비밀번호비밀번호비밀번호", "most common"),
        ] {
            let why = refusal(password, email).expect("refused");
            assert!(why.contains(part), "{password}: {why}");
        }
        for password in ["gold fish swims", "한강 자전거 길 산책로", &"x9".repeat(64)] {
            assert_eq!(refusal(password, email), None, "{password}");
        }
    }

    #[tokio::test]
    async fn a_hash_knows_its_password_beyond_72_bytes() {
        let folder = tempfile::tempdir().expect("temporary folder");
        let passwords = Passwords::new(Arc::new(Keys::load(None, None, folder.path()).expect("keys")));
        let long = |last: &str| SecretString::from(format!("{}{last}", "가".repeat(60)));
        let hash = passwords.hash(&long("a")).await.expect("hash");
        assert!(passwords.verify(&long("a"), Some(&hash)).await.expect("answer"));
        assert!(!passwords.verify(&long("b"), Some(&hash)).await.expect("answer"));
        assert!(!passwords.verify(&long("a"), None).await.expect("answer"));
    }
}
