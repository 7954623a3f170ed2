//! Tokens of app keys in the store, sealed, so that all processes share one and none issues a second (safety B8, B10).

use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use exodus_kis::{AccessToken, Claim, KeyFingerprint, StoreDown, StoredToken, TokenStore};
use exodus_store::tokens::{self, TokenClaim};
use exodus_store::{Store, StoreError};
use secrecy::zeroize::Zeroizing;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};

use super::envelope::{Place, Sealed, Vault};

/// The SQL store of tokens.
pub(crate) struct SqlTokenStore {
    store: Store,
    vault: Arc<Vault>,
}

impl SqlTokenStore {
    pub(crate) fn new(store: Store, vault: Arc<Vault>) -> Self {
        Self { store, vault }
    }
}

/// What is sealed.
#[derive(Serialize, Deserialize)]
struct Kept<'a> {
    value: &'a str,
    issued_at: DateTime<Utc>,
    expires_at: DateTime<Utc>,
}

/// The sealed value as one column: the three parts, hexadecimal.
#[derive(Serialize, Deserialize)]
struct Column {
    key_id: String,
    wrapped_key: String,
    value: String,
}

impl SqlTokenStore {
    fn seal(&self, key: &KeyFingerprint, generation: i64, token: &AccessToken) -> Result<Vec<u8>, StoreDown> {
        let AccessToken { value, issued_at, expires_at } = token;
        let kept = Kept { value: value.expose_secret(), issued_at: *issued_at, expires_at: *expires_at };
        let text = Zeroizing::new(serde_json::to_string(&kept).map_err(down)?);
        let place = Place::Token { fingerprint: key.as_str(), generation };
        let Sealed { key_id, wrapped_key, value } = self.vault.seal(&place, &text).map_err(down)?;
        let column = Column { key_id, wrapped_key: hex::encode(wrapped_key), value: hex::encode(value) };
        serde_json::to_vec(&column).map_err(down)
    }

    /// `None` if the seal does not open: then a new token is asked for, as if there had been none.
    fn open(&self, key: &KeyFingerprint, generation: i64, column: &[u8]) -> Option<AccessToken> {
        let Column { key_id, wrapped_key, value } = serde_json::from_slice(column).ok()?;
        let sealed = Sealed { key_id, wrapped_key: hex::decode(wrapped_key).ok()?, value: hex::decode(value).ok()? };
        let text = self.vault.open(&Place::Token { fingerprint: key.as_str(), generation }, &sealed).ok()?;
        let Kept { value, issued_at, expires_at } = serde_json::from_str(text.expose_secret()).ok()?;
        Some(AccessToken { value: SecretString::from(value), issued_at, expires_at })
    }
}

#[async_trait]
impl TokenStore for SqlTokenStore {
    async fn load(&self, key: &KeyFingerprint) -> Result<StoredToken, StoreDown> {
        let stored = tokens::load(&self.store, key.as_str()).await.map_err(store_down)?;
        let token = stored.sealed.and_then(|sealed| self.open(key, stored.generation, &sealed));
        Ok(StoredToken { generation: stored.generation, token })
    }

    async fn claim(
        &self,
        key: &KeyFingerprint,
        generation: i64,
        now: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Result<Claim, StoreDown> {
        let claim = tokens::claim(&self.store, key.as_str(), generation, now, until).await.map_err(store_down)?;
        Ok(match claim {
            TokenClaim::Granted => Claim::Granted,
            TokenClaim::Held { until } => Claim::Held { until },
            TokenClaim::Superseded => Claim::Superseded,
        })
    }

    async fn put(&self, key: &KeyFingerprint, generation: i64, token: &AccessToken) -> Result<bool, StoreDown> {
        let sealed = self.seal(key, generation + 1, token)?;
        tokens::put(&self.store, key.as_str(), generation, &sealed).await.map_err(store_down)
    }

    async fn settle(
        &self,
        key: &KeyFingerprint,
        claimed_until: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Result<(), StoreDown> {
        tokens::settle(&self.store, key.as_str(), claimed_until, until).await.map_err(store_down)
    }

    async fn postpone(&self, key: &KeyFingerprint, until: DateTime<Utc>) -> Result<(), StoreDown> {
        tokens::postpone(&self.store, key.as_str(), until).await.map_err(store_down)
    }
}

fn store_down(error: StoreError) -> StoreDown {
    down(error)
}

/// A sentence without the value: none of these errors holds one.
fn down(error: impl std::fmt::Display) -> StoreDown {
    StoreDown(error.to_string())
}
