//! Who we are to the broker. Nothing here can be printed, compared by chance or written out (safety SE32).

use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;

use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

use crate::environment::Env;

/// A person typed something that cannot be right. The value itself is not repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InputError {
    /// The app key has no characters, too many, or some that no header can carry.
    #[error("the app key must be 1 to 64 visible ASCII characters")]
    AppKey,
    /// The same of the app secret.
    #[error("the app secret must be 1 to 256 visible ASCII characters")]
    AppSecret,
    /// The account number is not eight and two digits.
    #[error("the account number must be written as 50001234-01: eight digits and the two of the product")]
    AccountNumber,
}

/// The key pair of one account in one environment (kis-openapi §1.2).
pub struct Credentials<E> {
    app_key: SecretString,
    app_secret: SecretString,
    environment: PhantomData<E>,
}

impl<E: Env> Credentials<E> {
    /// Takes the pair as the broker's page shows it.
    ///
    /// # Errors
    /// [`InputError`] if one of them cannot be a key.
    pub fn new(app_key: SecretString, app_secret: SecretString) -> Result<Self, InputError> {
        let fits = |secret: &SecretString, longest: usize| {
            let text = secret.expose_secret();
            (1..=longest).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
        };
        if !fits(&app_key, 64) {
            return Err(InputError::AppKey);
        }
        if !fits(&app_secret, 256) {
            return Err(InputError::AppSecret);
        }
        Ok(Self { app_key, app_secret, environment: PhantomData })
    }

    /// The name under which processes share what belongs to this pair. It covers the secret too, so that a pair with a
    /// mistyped secret shares nothing with the right one.
    pub fn fingerprint(&self) -> KeyFingerprint {
        let mut hash = Sha256::new();
        for part in [E::REST, self.app_key.expose_secret(), self.app_secret.expose_secret()] {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
        KeyFingerprint(hash.finalize()[..16].iter().map(|byte| format!("{byte:02x}")).collect())
    }

    pub(crate) fn app_key(&self) -> &SecretString {
        &self.app_key
    }

    pub(crate) fn app_secret(&self) -> &SecretString {
        &self.app_secret
    }
}

impl<E> Clone for Credentials<E> {
    fn clone(&self) -> Self {
        Self { app_key: self.app_key.clone(), app_secret: self.app_secret.clone(), environment: PhantomData }
    }
}

/// A hash of a key pair and its environment, in 32 hexadecimal digits. Tells nothing of the keys.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyFingerprint(String);

impl KeyFingerprint {
    /// The digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for KeyFingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// An account number (종합계좌번호): eight digits and the two of the product, `50001234-01`.
#[derive(Clone, PartialEq, Eq)]
pub struct AccountNumber(String);

impl AccountNumber {
    /// All ten digits.
    pub fn digits(&self) -> &str {
        &self.0
    }

    /// The first eight: `CANO`.
    pub fn cano(&self) -> &str {
        &self.0[..8]
    }

    /// The last two: `ACNT_PRDT_CD`.
    pub fn product(&self) -> &str {
        &self.0[8..]
    }

    /// What may be shown and logged: `******34-01`.
    pub fn masked(&self) -> String {
        format!("******{}-{}", &self.0[6..8], self.product())
    }
}

impl FromStr for AccountNumber {
    type Err = InputError;

    fn from_str(text: &str) -> Result<Self, InputError> {
        let text = text.trim();
        let digits = match text.split_once('-') {
            Some((cano, product)) if cano.len() == 8 => format!("{cano}{product}"),
            Some(_) => return Err(InputError::AccountNumber),
            None => text.to_owned(),
        };
        let valid = digits.len() == 10 && digits.bytes().all(|byte| byte.is_ascii_digit());
        if valid { Ok(Self(digits)) } else { Err(InputError::AccountNumber) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::environment::{Live, Paper};

    fn pair<E: Env>(key: &str, secret: &str) -> Result<Credentials<E>, InputError> {
        Credentials::new(key.into(), secret.into())
    }

    #[test]
    fn an_account_number_is_read_with_and_without_its_dash() {
        for text in ["50001234-01", "5000123401", " 50001234-01 "] {
            let number: AccountNumber = text.parse().expect(text);
            assert_eq!(
                (number.cano(), number.product(), number.masked()),
                ("50001234", "01", "******34-01".to_owned())
            );
        }
        for text in ["", "50001234", "50001234-1", "5000-123401", "5000123４01", "50001234-012", "-5000123401"] {
            assert!(text.parse::<AccountNumber>().is_err(), "{text} was taken");
        }
    }

    #[test]
    fn a_fingerprint_is_of_key_secret_and_environment() {
        let of = |key, secret| pair::<Paper>(key, secret).expect("a pair").fingerprint();
        assert_eq!(of("key", "secret"), of("key", "secret"));
        assert_ne!(of("key", "secret"), of("key", "other"));
        assert_ne!(of("key", "secret"), of("keys", "ecret"));
        assert_ne!(of("key", "secret"), pair::<Live>("key", "secret").expect("a pair").fingerprint());
        assert_eq!(of("key", "secret").as_str().len(), 32);
    }

    #[test]
    fn what_no_header_can_carry_is_no_key() {
        assert_eq!(pair::<Paper>("", "secret").err(), Some(InputError::AppKey));
        assert_eq!(pair::<Paper>("key\r\nx: y", "secret").err(), Some(InputError::AppKey));
        assert_eq!(pair::<Paper>("key", "열쇠").err(), Some(InputError::AppSecret));
    }
}
