//! The cipher of notices (§7.5): AES-256-CBC with PKCS#7, key and IV as the characters that the acknowledgement gave.

use aes::Aes256;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use cbc::cipher::block_padding::Pkcs7;
use cbc::cipher::{BlockModeDecrypt, BlockModeEncrypt, KeyIvInit};

/// Why a text was not decrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CipherError {
    /// The key is not 32 bytes or the IV not 16.
    #[error("the key or the IV does not have its length")]
    BadKey,
    /// It is no base64.
    #[error("the text is not base64")]
    NoBase64,
    /// It was encrypted with another key, or has been damaged.
    #[error("the text was not encrypted with this key")]
    WrongKey,
    /// What came out is no text.
    #[error("what came out is not UTF-8")]
    NoText,
}

/// The key and IV of one subscription.
#[derive(Clone)]
pub struct Cipher {
    key: [u8; 32],
    iv: [u8; 16],
}

impl Cipher {
    /// A cipher of the characters of `key` (32) and `iv` (16).
    ///
    /// # Errors
    /// [`CipherError::BadKey`].
    pub fn new(key: &str, iv: &str) -> Result<Self, CipherError> {
        let key = key.as_bytes().try_into().map_err(|_| CipherError::BadKey)?;
        let iv = iv.as_bytes().try_into().map_err(|_| CipherError::BadKey)?;
        Ok(Self { key, iv })
    }

    /// Encrypts a text, to base64.
    pub fn seal(&self, plain: &str) -> String {
        let cipher = cbc::Encryptor::<Aes256>::new(&self.key.into(), &self.iv.into());
        STANDARD.encode(cipher.encrypt_padded_vec::<Pkcs7>(plain.as_bytes()))
    }

    /// Decrypts base64. There is no authentication tag: what comes out may still be forged (safety B11).
    ///
    /// # Errors
    /// [`CipherError`].
    pub fn open(&self, sealed: &str) -> Result<String, CipherError> {
        let bytes = STANDARD.decode(sealed.trim()).map_err(|_| CipherError::NoBase64)?;
        let cipher = cbc::Decryptor::<Aes256>::new(&self.key.into(), &self.iv.into());
        let plain = cipher.decrypt_padded_vec::<Pkcs7>(&bytes).map_err(|_| CipherError::WrongKey)?;
        String::from_utf8(plain).map_err(|_| CipherError::NoText)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn cipher() -> Cipher {
        Cipher::new("abcdefghijklmnopabcdefghijklmnop", "0f1e2d3c4b5a6978").expect("lengths are right")
    }

    /// Made with `openssl enc -aes-256-cbc`, from the same characters as bytes.
    #[test]
    fn the_cipher_is_that_of_openssl() {
        let plain = "myhtsid^5000123401^0000117057^^02^0^00^0^005930^0000000004^000071200^093020^삼성전자";
        let sealed = "jbumKMntPA00jXQqVbkpS4ywkQATD16CmMQEDLT87LPvlABHbjpnjv2ktrdN+lyhwhvcDIkfP+wNOVOt1FGk6tEAdIWRt/P7tSEQvE9OStAsMxoEHsY6W/BCQiJXRlIL";
        assert_eq!(cipher().seal(plain), sealed);
        assert_eq!(cipher().open(sealed).as_deref(), Ok(plain));
    }

    #[test]
    fn what_does_not_fit_is_told() {
        assert!(matches!(Cipher::new("short", "0f1e2d3c4b5a6978"), Err(CipherError::BadKey)));
        assert!(matches!(Cipher::new("abcdefghijklmnopabcdefghijklmnop", ""), Err(CipherError::BadKey)));
        assert_eq!(cipher().open("no base64!"), Err(CipherError::NoBase64));
        assert_eq!(cipher().open(""), Err(CipherError::WrongKey));
        let other = Cipher::new("ABCDEFGHIJKLMNOPABCDEFGHIJKLMNOP", "0f1e2d3c4b5a6978").expect("lengths are right");
        let opened = other.open(&cipher().seal("myhtsid^5000123401"));
        assert!(matches!(opened, Err(CipherError::WrongKey | CipherError::NoText)), "another key opened it");
    }

    proptest! {
        #[test]
        fn every_text_comes_back(plain in ".*") {
            prop_assert_eq!(cipher().open(&cipher().seal(&plain)), Ok(plain));
        }

        #[test]
        fn nothing_panics(sealed in "[A-Za-z0-9+/=]{0,200}") {
            let _ = cipher().open(&sealed);
        }
    }
}
