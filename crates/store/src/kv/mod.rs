//! Cache, short locks and rate limits: what may be forgotten, but should be fast and, with several processes, shared.
//! Orders, locks of orders, leases and kill switches are never here; they are in the database.

mod memory;
mod redis;

use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};

pub use memory::MemoryKv;
pub use redis::RedisKv;
pub(crate) use redis::manager;

/// The cache does not answer. Go on without it where that is safe.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the cache does not answer: {0}")]
pub struct KvDown(pub String);

/// How often something may happen: `burst` times at once, and as often again within each `per`, evenly (GCRA).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// How often at once; at least once.
    pub burst: u32,
    /// The time in which a spent burst comes back whole.
    pub per: Duration,
}

/// Whether it may happen now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateDecision {
    /// True if it may, and was counted.
    pub allowed: bool,
    /// How often more at once.
    pub remaining: u32,
    /// When to try again; zero if it was allowed.
    pub retry_after: Duration,
}

/// A count that is shared by all who name its key: at most `calls` in any span of `per`, wherever it begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Window {
    /// Its name.
    pub key: String,
    /// Calls at most; at least one.
    pub calls: u32,
    /// The span.
    pub per: TimeDelta,
}

/// The outcome of [`Kv::slide`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Slide {
    /// One call was counted in every window.
    Counted,
    /// Nothing was counted, because one window is full.
    Full {
        /// Which of them.
        index: usize,
        /// When it has room again.
        until: DateTime<Utc>,
    },
}

/// A store of short-lived values.
#[async_trait]
pub trait Kv: Send + Sync {
    /// The value of a key, unless it has ended.
    ///
    /// # Errors
    /// [`KvDown`].
    async fn get(&self, key: &str) -> Result<Option<Vec<u8>>, KvDown>;

    /// Sets a value that ends after `ttl`.
    ///
    /// # Errors
    /// [`KvDown`].
    async fn set(&self, key: &str, value: &[u8], ttl: Duration) -> Result<(), KvDown>;

    /// Sets a value if there is none: true for exactly one of many callers.
    ///
    /// # Errors
    /// [`KvDown`].
    async fn set_if_absent(&self, key: &str, value: &[u8], ttl: Duration) -> Result<bool, KvDown>;

    /// Removes a value.
    ///
    /// # Errors
    /// [`KvDown`].
    async fn delete(&self, key: &str) -> Result<(), KvDown>;

    /// Counts one event against a rate.
    ///
    /// # Errors
    /// [`KvDown`].
    async fn rate_limit(&self, key: &str, rate: Rate) -> Result<RateDecision, KvDown>;

    /// Counts one call at `now` in every window, or in none if one of them is full, in one step. The time is the caller's, so
    /// that a day can pass in minutes.
    ///
    /// # Errors
    /// [`KvDown`].
    async fn slide(&self, windows: &[Window], now: DateTime<Utc>) -> Result<Slide, KvDown>;
}

/// How many spans of a window calls are remembered: its pace may be lowered, and raised again.
const REMEMBERED: i32 = 4;

/// The generic cell rate algorithm on numbers of microseconds. `arrival` is the theoretical arrival time of the next
/// event, as stored; the answer holds the one to store if the event is allowed.
fn decide(rate: Rate, arrival: Option<u64>, now: u64) -> (RateDecision, Option<u64>) {
    let per = micros(rate.per).max(1);
    let step = (per / u64::from(rate.burst.max(1))).max(1);
    let next = arrival.unwrap_or(0).max(now) + step;
    let ahead = next - now;
    if ahead > per {
        let retry_after = Duration::from_micros(ahead - per);
        return (RateDecision { allowed: false, remaining: 0, retry_after }, None);
    }
    let remaining = u32::try_from((per - ahead) / step).unwrap_or(u32::MAX);
    (RateDecision { allowed: true, remaining, retry_after: Duration::ZERO }, Some(next))
}

fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}
