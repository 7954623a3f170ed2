//! KIS beside the product: keys at rest, what the processes share, and the one gateway of each app key in this process.

mod check;
mod connector;
pub(crate) mod envelope;
pub(crate) mod etns;
pub(crate) mod keys;
mod reads;
mod tokens;
mod window;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use chrono::{DateTime, TimeDelta, Utc};
use exodus_domain::Timer;
use exodus_kis::feed::KisFeed;
use exodus_kis::stream::{KisStream, StreamConfig};
use exodus_kis::{
    AccountNumber, Credentials, Env, Etns, Gateway, GatewayParts, Hosts, KeyFingerprint, KisError, Limits, Live, Paper,
    RateWindow, TokenStore,
};
use exodus_store::accounts::{Account, AccountEnv};
use exodus_store::instruments::{self, SecurityKind};
use exodus_store::{Kv, Store, StoreError};

pub(crate) use self::connector::KisConnector;
pub(crate) use self::reads::{BrokerReads, NotAsked, is_connected};

use secrecy::ExposeSecret;

use self::envelope::Vault;
use self::keys::{AccountKeys, KeysError};
use self::tokens::SqlTokenStore;
use self::window::KvRateWindow;
use crate::accounts::problem::AccountProblem;
use crate::http::problem::Problem;
use crate::secret::{Keys, hmac};

/// How long it is remembered that keys got no token: longer than the broker is not asked for another token.
const REMEMBERED: TimeDelta = TimeDelta::minutes(3);

/// How long the broker is not asked again about keys that got no token.
const ASKED_AGAIN_AFTER: TimeDelta = TimeDelta::minutes(1);

/// Everything of KIS in this process.
pub(crate) struct Kis {
    store: Store,
    vault: Arc<Vault>,
    keys: Arc<Keys>,
    timer: Arc<dyn Timer>,
    tokens: Arc<dyn TokenStore>,
    window: Arc<dyn RateWindow>,
    etns: Etns,
    paper: Lanes<Paper>,
    live: Lanes<Live>,
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
        let KisParts { store, kv, timer, keys, paper, live } = parts;
        let vault = Arc::clone(&keys.vault);
        let tokens = Arc::new(SqlTokenStore::new(store.clone(), Arc::clone(&vault)));
        let window = Arc::new(KvRateWindow(kv));
        let (etns, paper, live) = (Etns::default(), Lanes::new(paper), Lanes::new(live));
        Self { store, vault, keys, timer, tokens, window, etns, paper, live }
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

    /// The gateway of an app key: the one that is in use in this process, or a new one.
    async fn lane<E: Env>(&self, lanes: &Lanes<E>, keys: &AccountKeys) -> Result<Arc<Lane<E>>, KisError> {
        let credentials = Credentials::<E>::new(keys.app_key.clone(), keys.app_secret.clone())?;
        let key = credentials.fingerprint();
        if let Some(lane) = lanes.standing(&key) {
            return Ok(lane);
        }
        // Without this list an ETN is asked for by a code that the broker does not know, and nothing worse.
        if let Err(error) = self.learn_etns().await {
            tracing::warn!(%error, "which issues are ETNs is read again later");
        }
        let mut open = lanes.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.retain(|_, lane| lane.strong_count() > 0);
        if let Some(lane) = open.get(&key).and_then(Weak::upgrade) {
            return Ok(lane);
        }
        let gateway = Gateway::new(GatewayParts {
            hosts: lanes.hosts.clone(),
            credentials,
            limits: Limits::of(E::ENVIRONMENT),
            tokens: Arc::clone(&self.tokens),
            window: Arc::clone(&self.window),
            timer: Arc::clone(&self.timer),
            etns: self.etns.clone(),
            gateway_refusals_prove: false,
        })?;
        let config = StreamConfig { url: lanes.hosts.websocket().to_owned(), environment: E::ENVIRONMENT };
        let stream = KisStream::start(config, Arc::new(gateway.clone()), Arc::clone(&self.timer));
        let feed = KisFeed::new(stream.clone(), Arc::new(gateway.clone()), Arc::clone(&self.timer), self.etns.clone());
        let lane = Arc::new(Lane { gateway, stream, feed });
        open.insert(key, Arc::downgrade(&lane));
        Ok(lane)
    }

    /// Reads which issues are ETNs, which the broker names in its own way. A symbol master told; connections that stand
    /// hear of it, too.
    pub(crate) async fn learn_etns(&self) -> Result<(), StoreError> {
        let etns = instruments::symbols_of(&self.store, SecurityKind::Etn).await?;
        self.etns.set(etns.into_iter().collect());
        Ok(())
    }
}

/// What a refused request means, in words for people.
pub(crate) fn problem(error: &KisError) -> AccountProblem {
    check::problem_of(&check::finding(error))
}

/// One environment.
struct Lanes<E> {
    hosts: Hosts<E>,
    /// Those in use; a lane ends with its last user.
    open: Mutex<HashMap<KeyFingerprint, Weak<Lane<E>>>>,
    /// Keys that lately got no token, and why. The broker may be asked for one once a minute only, and whoever asks again
    /// meanwhile must hear the reason, not that it is too early.
    refused: Mutex<HashMap<KeyFingerprint, (DateTime<Utc>, KisError)>>,
}

impl<E: Env> Lanes<E> {
    fn new(hosts: Hosts<E>) -> Self {
        Self { hosts, open: Mutex::default(), refused: Mutex::default() }
    }

    /// The lane of a key that is in use now.
    fn standing(&self, key: &KeyFingerprint) -> Option<Arc<Lane<E>>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner).get(key).and_then(Weak::upgrade)
    }

    /// Why keys get nothing from the broker: what was the reason before, if it is not asked again so soon.
    fn refusal(&self, key: &KeyFingerprint, error: KisError, now: DateTime<Utc>) -> KisError {
        let mut refused = self.refused.lock().unwrap_or_else(PoisonError::into_inner);
        refused.retain(|_, (at, _)| now - *at < REMEMBERED);
        match error {
            KisError::Busy { .. } => refused.get(key).map_or(error, |(_, why)| why.clone()),
            KisError::Credential(_) | KisError::Unreachable(_) | KisError::Again(_) => {
                refused.insert(key.clone(), (now, error.clone()));
                error
            }
            error => error,
        }
    }

    /// Why keys got no token a moment ago: asking again would only wait, and be told that it is too early.
    fn just_refused(&self, key: &KeyFingerprint, now: DateTime<Utc>) -> Option<KisError> {
        let refused = self.refused.lock().unwrap_or_else(PoisonError::into_inner);
        refused.get(key).filter(|(at, _)| now - *at < ASKED_AGAIN_AFTER).map(|(_, why)| why.clone())
    }

    /// Forgets why keys got no token: now they do.
    fn accepted(&self, key: &KeyFingerprint) {
        self.refused.lock().unwrap_or_else(PoisonError::into_inner).remove(key);
    }
}

/// One app key: its gateway, its one stream, its one feed.
struct Lane<E> {
    gateway: Gateway<E>,
    stream: KisStream,
    feed: KisFeed,
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
