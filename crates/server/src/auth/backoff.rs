//! Slows down whoever guesses passwords (safety SE03).
//!
//! Counted per account and address, so that a stranger cannot lock an owner out; how many accounts an address can
//! try is limited by the sign-in rate. Unknown accounts are counted like known ones.

use std::net::IpAddr;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use exodus_store::Kv;
use serde::{Deserialize, Serialize};

use super::token;

/// Failures that cost nothing.
const FREE_FAILURES: u32 = 5;
/// Longest delay in seconds.
const LONGEST_DELAY: i64 = 900;
/// Failures are forgotten after this time without another one.
const MEMORY: Duration = Duration::from_secs(3_600);

#[derive(Default, Serialize, Deserialize)]
struct Failures {
    count: u32,
    blocked_until: Option<DateTime<Utc>>,
}

/// The failures of one account from one address.
pub(crate) struct Guard<'a> {
    kv: &'a dyn Kv,
    key: String,
    failures: Failures,
}

impl<'a> Guard<'a> {
    /// Looks the failures up. A cache that does not answer slows nobody down: the sign-in rate still holds.
    pub(crate) async fn open(kv: &'a dyn Kv, account: &str, address: IpAddr) -> Self {
        let key = format!("login:{}", token::hash(&format!("{account} {address}")));
        let stored = kv.get(&key).await.ok().flatten();
        let failures = stored.and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default();
        Self { kv, key, failures }
    }

    /// Seconds to wait before the next attempt, if any.
    pub(crate) fn wait(&self, now: DateTime<Utc>) -> Option<u64> {
        let left = (self.failures.blocked_until? - now).num_milliseconds();
        (left > 0).then(|| u64::try_from(left).unwrap_or_default().div_ceil(1_000))
    }

    /// Counts one more failure.
    pub(crate) async fn failed(mut self, now: DateTime<Utc>) {
        self.failures.count += 1;
        self.failures.blocked_until = delay_seconds(self.failures.count).map(|delay| now + TimeDelta::seconds(delay));
        if let Ok(bytes) = serde_json::to_vec(&self.failures) {
            drop(self.kv.set(&self.key, &bytes, MEMORY).await);
        }
    }

    /// Forgets the failures.
    pub(crate) async fn succeeded(self) {
        if self.failures.count > 0 {
            drop(self.kv.delete(&self.key).await);
        }
    }
}

/// 1, 2, 4 … 900 seconds from the sixth failure on.
fn delay_seconds(failures: u32) -> Option<i64> {
    let doublings = failures.checked_sub(FREE_FAILURES + 1)?;
    Some(1_i64.checked_shl(doublings.min(20)).unwrap_or(LONGEST_DELAY).min(LONGEST_DELAY))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delays_start_after_the_fifth_failure_and_double_up_to_fifteen_minutes() {
        let delays: Vec<_> = (1..=18).map(delay_seconds).collect();
        assert_eq!(delays[..7], [None, None, None, None, None, Some(1), Some(2)]);
        assert_eq!(delays[14], Some(512));
        assert_eq!(delays[15..], [Some(900), Some(900), Some(900)]);
        assert_eq!(delay_seconds(u32::MAX), Some(900));
    }
}
