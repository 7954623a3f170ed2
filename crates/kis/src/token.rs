//! The access token of a key pair: one for all processes, issued as seldom as can be (kis-openapi §2.1, safety B8, B10).
//!
//! Each issue sends the owner a message, and too many block the key. So whoever wants to issue must claim that first in
//! the [`TokenStore`]. A claim lasts long enough for the slowest answer and a minute more, so it also keeps issues apart
//! if the claimer died; one that has heard its answer says how long the claim still has to last.

mod keeper;

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use secrecy::SecretString;

use crate::credentials::KeyFingerprint;
use crate::error::StoreDown;

pub(crate) use keeper::{TokenKeeper, over_http};

/// A token is renewed when this much of its 24 hours is left, which is at 20 hours of age.
const RENEWAL_MARGIN: TimeDelta = TimeDelta::hours(4);

/// A token that ends sooner is not put on a request any more.
const LAST_USE: TimeDelta = TimeDelta::minutes(1);

/// An access token. Whoever stores it outside this process seals its value first (safety SE30).
#[derive(Clone)]
pub struct AccessToken {
    /// What the header carries after `Bearer`.
    pub value: SecretString,
    /// When we got it.
    pub issued_at: DateTime<Utc>,
    /// When the broker says that it ends.
    pub expires_at: DateTime<Utc>,
}

impl AccessToken {
    fn is_usable(&self, now: DateTime<Utc>) -> bool {
        now + LAST_USE < self.expires_at
    }

    /// A token that came with little time left is not renewed at once again: the broker hands out the same one for hours.
    fn is_due(&self, now: DateTime<Utc>) -> bool {
        now >= (self.expires_at - RENEWAL_MARGIN).max(self.issued_at + TimeDelta::hours(1))
    }
}

/// The token of a key pair as all processes have it.
#[derive(Clone, Default)]
pub struct StoredToken {
    /// Counts the tokens of this key; zero if there never was one.
    pub generation: i64,
    /// The newest one.
    pub token: Option<AccessToken>,
}

/// The answer to a claim to issue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Claim {
    /// Issue now.
    Granted,
    /// Somebody has the claim, and nobody else gets it before that time.
    Held {
        /// When the claim ends.
        until: DateTime<Utc>,
    },
    /// There is a newer token: load again.
    Superseded,
}

/// Where the processes that use a key pair keep its token.
#[async_trait]
pub trait TokenStore: Send + Sync {
    /// The newest token.
    ///
    /// # Errors
    /// [`StoreDown`] if the store does not answer.
    async fn load(&self, key: &KeyFingerprint) -> Result<StoredToken, StoreDown>;

    /// Claims the right to issue the token after `generation`, in one atomic step: granted if `generation` is the newest
    /// still and no claim reaches beyond `now`. It then lasts until `until`, whatever comes of it.
    ///
    /// # Errors
    /// [`StoreDown`] if the store does not answer.
    async fn claim(
        &self,
        key: &KeyFingerprint,
        generation: i64,
        now: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Result<Claim, StoreDown>;

    /// Stores the token after `generation` if that is the newest still; false if it is not. The claim stays.
    ///
    /// # Errors
    /// [`StoreDown`] if the store does not answer.
    async fn put(&self, key: &KeyFingerprint, generation: i64, token: &AccessToken) -> Result<bool, StoreDown>;

    /// Lets the claim that lasts until `claimed_until` end at `until` instead, if it is the newest still.
    ///
    /// # Errors
    /// [`StoreDown`] if the store does not answer.
    async fn settle(
        &self,
        key: &KeyFingerprint,
        claimed_until: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Result<(), StoreDown>;

    /// Lets nobody claim before `until`.
    ///
    /// # Errors
    /// [`StoreDown`] if the store does not answer.
    async fn postpone(&self, key: &KeyFingerprint, until: DateTime<Utc>) -> Result<(), StoreDown>;
}

/// Tokens in the memory of one process.
#[derive(Default)]
pub struct MemoryTokenStore {
    rows: Mutex<HashMap<KeyFingerprint, Row>>,
}

#[derive(Clone, Default)]
struct Row {
    stored: StoredToken,
    claimed_until: Option<DateTime<Utc>>,
}

impl MemoryTokenStore {
    fn with<T>(&self, key: &KeyFingerprint, act: impl FnOnce(&mut Row) -> T) -> T {
        let mut rows = self.rows.lock().unwrap_or_else(PoisonError::into_inner);
        act(rows.entry(key.clone()).or_default())
    }
}

#[async_trait]
impl TokenStore for MemoryTokenStore {
    async fn load(&self, key: &KeyFingerprint) -> Result<StoredToken, StoreDown> {
        Ok(self.with(key, |row| row.stored.clone()))
    }

    async fn claim(
        &self,
        key: &KeyFingerprint,
        generation: i64,
        now: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Result<Claim, StoreDown> {
        Ok(self.with(key, |row| {
            if row.stored.generation != generation {
                return Claim::Superseded;
            }
            if let Some(until) = row.claimed_until.filter(|claimed_until| *claimed_until > now) {
                return Claim::Held { until };
            }
            row.claimed_until = Some(until);
            Claim::Granted
        }))
    }

    async fn put(&self, key: &KeyFingerprint, generation: i64, token: &AccessToken) -> Result<bool, StoreDown> {
        Ok(self.with(key, |row| {
            let is_newest = row.stored.generation == generation;
            if is_newest {
                row.stored = StoredToken { generation: generation + 1, token: Some(token.clone()) };
            }
            is_newest
        }))
    }

    async fn settle(
        &self,
        key: &KeyFingerprint,
        claimed_until: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Result<(), StoreDown> {
        self.with(key, |row| {
            if row.claimed_until == Some(claimed_until) {
                row.claimed_until = Some(until);
            }
        });
        Ok(())
    }

    async fn postpone(&self, key: &KeyFingerprint, until: DateTime<Utc>) -> Result<(), StoreDown> {
        self.with(key, |row| row.claimed_until = row.claimed_until.max(Some(until)));
        Ok(())
    }
}

#[cfg(test)]
mod tests;
