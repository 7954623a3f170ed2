//! The master secret, and the keys made from it.

use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Read, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;
use std::sync::Arc;

use hmac::{Hmac, KeyInit, Mac};
use secrecy::zeroize::Zeroize;
use secrecy::{ExposeSecret, SecretBox, SecretString};
use sha2::Sha256;

use crate::kis::envelope::{Vault, WrappingKey};

const FILE_NAME: &str = "secret";
const MIN_LENGTH: usize = 32;
const MIN_DISTINCT: usize = 8;
/// Words of samples and guides. A random text of 32 characters does not hold one.
const SAMPLE_WORDS: &[&str] =
    &["change", "example", "sample", "secret", "password", "default", "exodus", "insecure", "12345678", "abcdefgh"];

/// What the key that wraps others is for.
const KEY_ENCRYPTION: &str = "exodus key encryption v1";

/// The secret cannot be used. The sentence says the mend.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct SecretError(String);

/// Keys for one purpose each, all from the master secret: losing one tells nothing about the others.
pub struct Keys {
    /// Signs access tokens.
    pub(crate) access_token: SecretBox<[u8; 32]>,
    /// Goes into every password hash.
    pub(crate) pepper: SecretBox<[u8; 32]>,
    /// Turns a refresh token into its successor.
    pub(crate) refresh_token: SecretBox<[u8; 32]>,
    /// Seals what must be readable again (safety SE30), and opens what the secret before this one sealed.
    pub(crate) vault: Arc<Vault>,
    /// Tells account numbers apart without telling them.
    pub(crate) account_number: SecretBox<[u8; 32]>,
    /// Signs the ends of the audit chains.
    pub(crate) audit: SecretBox<[u8; 32]>,
}

impl Keys {
    /// Takes the secret of the environment, or the one of the data folder, making it on the first start. What the
    /// `previous` one sealed can still be opened.
    ///
    /// # Errors
    /// [`SecretError`] for a weak or sample secret, or a file that cannot be read or written safely.
    pub fn load(
        from_environment: Option<&SecretString>,
        previous: Option<&SecretString>,
        data_dir: &Path,
    ) -> Result<Self, SecretError> {
        let kept;
        let (secret, source) = match from_environment {
            Some(secret) => (secret, "EXODUS_SECRET".to_owned()),
            None => {
                let path = data_dir.join(FILE_NAME);
                kept = read_or_make(&path)?;
                (&kept, path.display().to_string())
            }
        };
        check_strength(secret.expose_secret(), &source)?;
        Ok(Self::derive(secret, previous))
    }

    fn derive(secret: &SecretString, previous: Option<&SecretString>) -> Self {
        let key_of = |secret: &SecretString, purpose: &str| {
            let mut bytes = hmac(secret.expose_secret().as_bytes(), purpose.as_bytes());
            let boxed = SecretBox::new(Box::new(bytes));
            bytes.zeroize();
            boxed
        };
        let key = |purpose: &str| key_of(secret, purpose);
        Self {
            vault: Arc::new(Vault::new(
                WrappingKey::new(key(KEY_ENCRYPTION)),
                previous.map(|previous| WrappingKey::new(key_of(previous, KEY_ENCRYPTION))),
            )),
            account_number: key("exodus account number v1"),
            audit: key("exodus audit heads v1"),
            access_token: key("exodus access token v1"),
            pepper: key("exodus password pepper v1"),
            refresh_token: key("exodus refresh token v1"),
        }
    }
}

/// HMAC-SHA-256.
pub(crate) fn hmac(key: &[u8], message: &[u8]) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
    mac.update(message);
    mac.finalize().into_bytes().into()
}

/// Refuses a secret that can be guessed or was copied from a guide.
pub(crate) fn check_strength(secret: &str, source: &str) -> Result<(), SecretError> {
    let mend = "set it to 32 or more random characters, for example the output of: openssl rand -hex 32";
    let distinct = secret.chars().collect::<std::collections::BTreeSet<_>>().len();
    let lower = secret.to_lowercase();
    let why = if secret.len() < MIN_LENGTH {
        "too short"
    } else if distinct < MIN_DISTINCT {
        "too regular"
    } else if SAMPLE_WORDS.iter().any(|word| lower.contains(word)) {
        "taken from a sample"
    } else {
        return Ok(());
    };
    Err(SecretError(format!("the secret in {source} is {why}: {mend}")))
}

fn read_or_make(path: &Path) -> Result<SecretString, SecretError> {
    let failed = |e: std::io::Error| {
        SecretError(format!("the secret file {} cannot be used: {e}; set EXODUS_SECRET instead", path.display()))
    };
    match OpenOptions::new().write(true).create_new(true).mode(0o600).open(path) {
        Ok(mut file) => {
            let secret = hex::encode(rand::random::<[u8; 32]>());
            file.write_all(secret.as_bytes()).and_then(|()| file.sync_all()).map_err(failed)?;
            Ok(secret.into())
        }
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            let mut file = File::open(path).map_err(failed)?;
            let mode = file.metadata().map_err(failed)?.permissions().mode();
            if mode & 0o077 != 0 {
                let path = path.display();
                return Err(SecretError(format!("others can read the secret file {path}: run chmod 600 {path}")));
            }
            let mut text = String::new();
            file.read_to_string(&mut text).map_err(failed)?;
            Ok(text.trim().to_owned().into())
        }
        Err(error) => Err(failed(error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weak_and_sample_secrets_are_refused() {
        for (secret, why) in [
            ("short", "too short"),
            ("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "too regular"),
            ("change-me-to-something-long-and-random!", "taken from a sample"),
            ("0123456789012345678901234567890123456789", "taken from a sample"),
        ] {
            let error = Keys::load(Some(&secret.into()), None, Path::new("unused")).err().expect("refused").to_string();
            assert!(error.contains(why) && error.contains("openssl rand"), "{error}");
        }
    }

    #[test]
    fn the_secret_is_made_once_and_only_the_owner_reads_it() {
        let folder = tempfile::tempdir().expect("temporary folder");
        let first = Keys::load(None, None, folder.path()).expect("made");
        let second = Keys::load(None, None, folder.path()).expect("read again");
        assert_eq!(first.pepper.expose_secret(), second.pepper.expose_secret());
        assert_ne!(first.pepper.expose_secret(), first.access_token.expose_secret());
        let path = folder.path().join(FILE_NAME);
        let mode = path.metadata().expect("file").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).expect("chmod");
        let error = Keys::load(None, None, folder.path()).err().expect("refused").to_string();
        assert!(error.contains("chmod 600"), "{error}");
    }
}
