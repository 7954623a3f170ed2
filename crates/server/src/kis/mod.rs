//! KIS beside the product: keys at rest, what the processes share, and the one gateway of each app key in this process.

pub(crate) mod envelope;
pub(crate) mod keys;
mod tokens;
mod window;

use std::sync::Arc;

use exodus_domain::Timer;
use exodus_kis::{AccountNumber, Hosts, Live, Paper, RateWindow, TokenStore};
use exodus_store::accounts::{Account, AccountEnv};
use exodus_store::{Kv, Store, StoreError};

use secrecy::ExposeSecret;

use self::envelope::Vault;
use self::keys::{AccountKeys, KeysError};
use self::tokens::SqlTokenStore;
use self::window::KvRateWindow;
use crate::http::problem::Problem;
use crate::secret::{Keys, hmac};

/// Everything of KIS in this process.
pub(crate) struct Kis {
    store: Store,
    vault: Arc<Vault>,
    keys: Arc<Keys>,
    timer: Arc<dyn Timer>,
    tokens: Arc<dyn TokenStore>,
    window: Arc<dyn RateWindow>,
}

/// What [`Kis`] is made of.
pub(crate) struct KisParts {
    pub(crate) store: Store,
    pub(crate) kv: Arc<dyn Kv>,
    pub(crate) timer: Arc<dyn Timer>,
    pub(crate) keys: Arc<Keys>,
    pub(crate) paper: Hosts<Paper>,
    pub(crate) live: Hosts<Live>,
}

impl Kis {
    /// Sends nothing yet.
    pub(crate) fn new(parts: KisParts) -> Self {
        let KisParts { store, kv, timer, keys, .. } = parts;
        let vault = Arc::clone(&keys.vault);
        let tokens = Arc::new(SqlTokenStore::new(store.clone(), Arc::clone(&vault)));
        let window = Arc::new(KvRateWindow(kv));
        Self { store, vault, keys, timer, tokens, window }
    }

    /// Wraps anew what a former secret wraps, if there is any.
    pub(crate) async fn finish_rotation(&self) -> Result<(), StoreError> {
        let left = keys::rewrap_all(&self.store, &self.vault).await?;
        if left > 0 {
            tracing::error!(left, "sealed keys of brokers cannot be opened by this secret or the previous one");
        }
        Ok(())
    }

    /// What seals the keys of accounts.
    pub(crate) fn vault(&self) -> &Vault {
        &self.vault
    }

    /// The keys of an account.
    pub(crate) async fn keys_of(&self, account: &Account) -> Result<AccountKeys, KeysError> {
        keys::open_keys(&self.store, &self.vault, account).await
    }

    /// Tells equal account numbers from different ones, and nothing else of them.
    pub(crate) fn number_fingerprint(&self, env: AccountEnv, number: &AccountNumber) -> String {
        hex::encode(
            &hmac(self.keys.account_number.expose_secret(), format!("{env}/{}", number.digits()).as_bytes())[..16],
        )
    }
}

/// What a client may know of keys that are not to be had.
impl From<KeysError> for Problem {
    fn from(error: KeysError) -> Self {
        match error {
            KeysError::Store(error) => error.into(),
            KeysError::NotOpened(_) | KeysError::Incomplete => {
                tracing::error!(%error, "the keys of an account cannot be used");
                Self::conflict("KEYS_LOST", "The keys of the account cannot be opened here; save them again.")
            }
        }
    }
}
