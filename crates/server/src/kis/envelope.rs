//! Secrets of brokers at rest (safety SE30, SE31): each value is sealed by a data key of its own, and that key is wrapped by
//! the key-encryption key of this installation. What a value is and whose is part of the seal, so rows cannot be swapped.

use aes_gcm::aead::{Aead, KeyInit, Payload};
use aes_gcm::{Aes256Gcm, Key, Nonce};
use secrecy::zeroize::Zeroizing;
use secrecy::{ExposeSecret, SecretBox, SecretString};

use crate::secret::hmac;

const KEY_BYTES: usize = 32;
const NONCE_BYTES: usize = 12;

/// A sealed value cannot be opened. Nothing more is told: whoever tries seals out must learn nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "a sealed key of a broker cannot be opened: EXODUS_SECRET is not the one it was saved with, or the row was changed; set \
     EXODUS_PREVIOUS_SECRET to the former secret, or save the keys again"
)]
pub(crate) struct NotOpened;

/// What a sealed value is, and whose.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Place<'a> {
    /// A field of the keys of an account.
    Field {
        user_id: i64,
        /// The account, which is the credential.
        account_id: i64,
        field: &'a str,
        version: i64,
    },
    /// The token of an app key.
    Token { fingerprint: &'a str, generation: i64 },
}

impl Place<'_> {
    /// The associated data. Names hold no slash, so no two places read the same.
    fn bytes(&self) -> Vec<u8> {
        match self {
            Self::Field { user_id, account_id, field, version } => {
                format!("exodus credential/{user_id}/{account_id}/{field}/{version}")
            }
            Self::Token { fingerprint, generation } => format!("exodus token/{fingerprint}/{generation}"),
        }
        .into_bytes()
    }
}

/// A sealed value with its wrapped data key.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Sealed {
    /// The key-encryption key that wraps the data key.
    pub(crate) key_id: String,
    /// Nonce and wrapped data key.
    pub(crate) wrapped_key: Vec<u8>,
    /// Nonce and sealed value.
    pub(crate) value: Vec<u8>,
}

/// A key-encryption key and its name.
pub(crate) struct WrappingKey {
    id: String,
    key: SecretBox<[u8; KEY_BYTES]>,
}

impl WrappingKey {
    /// Of 32 bytes; the name follows from them and tells nothing of them.
    pub(crate) fn new(key: SecretBox<[u8; KEY_BYTES]>) -> Self {
        let id = hex::encode(&hmac(key.expose_secret(), b"exodus key id v1")[..8]);
        Self { id, key }
    }
}

/// Seals and opens.
pub(crate) struct Vault {
    current: WrappingKey,
    previous: Option<WrappingKey>,
}

impl Vault {
    /// Seals with `current`, opens with both.
    pub(crate) fn new(current: WrappingKey, previous: Option<WrappingKey>) -> Self {
        Self { current, previous }
    }

    /// The name of the key that wraps what is sealed now.
    pub(crate) fn key_id(&self) -> &str {
        &self.current.id
    }

    /// Seals a value under a new data key and new nonces.
    pub(crate) fn seal(&self, place: &Place<'_>, value: &str) -> Result<Sealed, NotOpened> {
        let data_key = Zeroizing::new(rand::random::<[u8; KEY_BYTES]>());
        let value = encrypt(&data_key, &place.bytes(), value.as_bytes())?;
        let wrapped_key = self.wrap(place, &data_key)?;
        Ok(Sealed { key_id: self.current.id.clone(), wrapped_key, value })
    }

    /// Opens a value, if it is what `place` says and a key of ours wraps its data key.
    pub(crate) fn open(&self, place: &Place<'_>, sealed: &Sealed) -> Result<SecretString, NotOpened> {
        let data_key = self.unwrap(place, sealed)?;
        let value = decrypt(&data_key, &place.bytes(), &sealed.value)?;
        let text = std::str::from_utf8(&value).map_err(|_| NotOpened)?;
        Ok(text.to_owned().into())
    }

    /// The data key of a value wrapped by the current key; the value itself stays.
    pub(crate) fn rewrap(&self, place: &Place<'_>, sealed: &Sealed) -> Result<Vec<u8>, NotOpened> {
        self.wrap(place, &*self.unwrap(place, sealed)?)
    }

    fn wrap(&self, place: &Place<'_>, data_key: &[u8; KEY_BYTES]) -> Result<Vec<u8>, NotOpened> {
        encrypt(self.current.key.expose_secret(), &wrap_place(&self.current.id, place), data_key)
    }

    fn unwrap(&self, place: &Place<'_>, sealed: &Sealed) -> Result<Zeroizing<[u8; KEY_BYTES]>, NotOpened> {
        let key =
            [Some(&self.current), self.previous.as_ref()].into_iter().flatten().find(|key| key.id == sealed.key_id);
        let key = key.ok_or(NotOpened)?;
        let bytes = decrypt(key.key.expose_secret(), &wrap_place(&key.id, place), &sealed.wrapped_key)?;
        bytes.as_slice().try_into().map(Zeroizing::new).map_err(|_| NotOpened)
    }
}

/// The associated data of a wrapped key: whose it is, and by which key.
fn wrap_place(key_id: &str, place: &Place<'_>) -> Vec<u8> {
    [key_id.as_bytes(), b"/", &place.bytes()].concat()
}

fn encrypt(key: &[u8; KEY_BYTES], aad: &[u8], plain: &[u8]) -> Result<Vec<u8>, NotOpened> {
    let nonce = nonce();
    let sealed = cipher(key).encrypt(&Nonce::from(nonce), Payload { msg: plain, aad }).map_err(|_| NotOpened)?;
    Ok([nonce.as_slice(), &sealed].concat())
}

/// A new one for each write (safety SE30).
fn nonce() -> [u8; NONCE_BYTES] {
    rand::random()
}

fn decrypt(key: &[u8; KEY_BYTES], aad: &[u8], sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, NotOpened> {
    let (nonce, sealed) = sealed.split_first_chunk::<NONCE_BYTES>().ok_or(NotOpened)?;
    let plain = cipher(key).decrypt(&Nonce::from(*nonce), Payload { msg: sealed, aad });
    plain.map(Zeroizing::new).map_err(|_| NotOpened)
}

fn cipher(key: &[u8; KEY_BYTES]) -> Aes256Gcm {
    Aes256Gcm::new(&Key::<Aes256Gcm>::from(*key))
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    fn key(byte: u8) -> WrappingKey {
        WrappingKey::new(SecretBox::new(Box::new([byte; KEY_BYTES])))
    }

    fn field(account_id: i64, field: &str, version: i64) -> Place<'_> {
        Place::Field { user_id: 1, account_id, field, version }
    }

    #[test]
    fn what_is_sealed_opens_at_its_place_only() {
        let vault = Vault::new(key(1), None);
        let place = field(7, "app_key", 1);
        let sealed = vault.seal(&place, "PSED321z").expect("sealed");
        assert_eq!(vault.open(&place, &sealed).expect("opened").expose_secret(), "PSED321z");
        let others = [
            field(8, "app_key", 1),
            field(7, "app_secret", 1),
            field(7, "app_key", 2),
            Place::Field { user_id: 2, account_id: 7, field: "app_key", version: 1 },
            Place::Token { fingerprint: "7", generation: 1 },
        ];
        for other in others {
            assert_eq!(vault.open(&other, &sealed).err(), Some(NotOpened), "{other:?}");
        }
    }

    #[test]
    fn halves_of_two_rows_do_not_open_together() {
        let vault = Vault::new(key(1), None);
        let place = field(7, "app_key", 1);
        let [one, other] = ["a", "b"].map(|value| vault.seal(&place, value).expect("sealed"));
        let mixed = Sealed { value: other.value, ..one };
        assert!(vault.open(&place, &mixed).is_err());
    }

    #[test]
    fn no_bit_can_be_flipped() {
        let vault = Vault::new(key(1), None);
        let place = field(7, "app_secret", 3);
        for value in ["x", "a secret of usual length, 0123456789", ""] {
            let sealed = vault.seal(&place, value).expect("sealed");
            for bit in 0..sealed.value.len() * 8 {
                let mut flipped = sealed.clone();
                flipped.value[bit / 8] ^= 1 << (bit % 8);
                assert!(vault.open(&place, &flipped).is_err(), "bit {bit} of the value");
            }
            for bit in 0..sealed.wrapped_key.len() * 8 {
                let mut flipped = sealed.clone();
                flipped.wrapped_key[bit / 8] ^= 1 << (bit % 8);
                assert!(vault.open(&place, &flipped).is_err(), "bit {bit} of the wrapped key");
            }
            for length in 0..NONCE_BYTES + 16 {
                let cut = Sealed { value: sealed.value[..length].to_vec(), ..sealed.clone() };
                assert!(vault.open(&place, &cut).is_err(), "{length} bytes");
            }
        }
    }

    #[test]
    fn another_installation_opens_nothing_and_a_rotated_one_everything() {
        let place = field(7, "hts_id", 1);
        let sealed = Vault::new(key(1), None).seal(&place, "kim01").expect("sealed");
        assert!(Vault::new(key(2), None).open(&place, &sealed).is_err());
        // A stranger's key under our name does not help either.
        let renamed = Sealed { key_id: key(2).id, ..sealed.clone() };
        assert!(Vault::new(key(2), Some(key(1))).open(&place, &renamed).is_err());

        let rotating = Vault::new(key(2), Some(key(1)));
        assert_eq!(rotating.open(&place, &sealed).expect("opened").expose_secret(), "kim01");
        let wrapped_key = rotating.rewrap(&place, &sealed).expect("rewrapped");
        let rewrapped = Sealed { key_id: rotating.key_id().to_owned(), wrapped_key, value: sealed.value };
        let rotated = Vault::new(key(2), None);
        assert_eq!(rotated.open(&place, &rewrapped).expect("opened").expose_secret(), "kim01");
    }

    #[test]
    fn a_million_nonces_differ() {
        let mut drawn: Vec<_> = (0..1_000_000).map(|_| nonce()).collect();
        drawn.sort_unstable();
        drawn.dedup();
        assert_eq!(drawn.len(), 1_000_000);
    }

    #[test]
    fn keys_and_nonces_are_never_used_twice() {
        let vault = Vault::new(key(1), None);
        let place = field(7, "app_key", 1);
        let mut seen = HashSet::new();
        for _ in 0..20_000 {
            let sealed = vault.seal(&place, "same").expect("sealed");
            assert!(seen.insert(sealed.value[..NONCE_BYTES].to_vec()));
            assert!(seen.insert(sealed.wrapped_key[..NONCE_BYTES].to_vec()));
        }
    }
}
