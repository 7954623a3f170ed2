//! How many requests may be sent: a window that all processes share, and an order of precedence among those who wait
//! (kis-openapi §4, safety B7, §2.8).

mod governor;
mod queue;

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};

use crate::environment::Environment;
use crate::error::StoreDown;

pub(crate) use governor::Governor;

/// A pace: so many calls in any window of a length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// Calls, at least one.
    pub calls: u32,
    /// Length of the window.
    pub per: TimeDelta,
}

impl Rate {
    /// The pace at `percent` of this one: fewer calls, or a longer window for the last one.
    fn at_percent(self, percent: u32) -> Self {
        let calls = self.calls * percent / 100;
        if calls >= 1 && self.calls > 1 {
            return Self { calls, per: self.per };
        }
        Self { calls: 1, per: self.per * 100 / i32::try_from(percent.max(1)).unwrap_or(100) }
    }
}

/// The paces of one app key. The broker counts all calls at its gateway, and those of the ledger once more behind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// All calls (EGW00201).
    pub all: Rate,
    /// Orders and account queries (EGW00215).
    pub ledger: Rate,
}

impl Limits {
    /// Two thirds of the broker's limit live, and four fifths of the one call a second on paper: calls below the limit
    /// are refused too at times. The limit of the ledger is not told; it is met first.
    pub const fn of(environment: Environment) -> Self {
        let second = TimeDelta::seconds(1);
        match environment {
            Environment::Live => Self { all: Rate { calls: 12, per: second }, ledger: Rate { calls: 8, per: second } },
            Environment::Paper => {
                let rate = Rate { calls: 1, per: TimeDelta::milliseconds(1250) };
                Self { all: rate, ledger: rate }
            }
        }
    }
}

/// One counted pace: calls under `key` may come at `rate`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quota {
    /// What is counted.
    pub key: String,
    /// How many may come.
    pub rate: Rate,
}

/// The answer of a [`RateWindow`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Slot {
    /// Counted: send now.
    Taken,
    /// Not counted in any quota.
    Full {
        /// The first quota that is used up.
        index: usize,
        /// When it has room again, if nobody else takes that.
        until: DateTime<Utc>,
    },
}

/// Counts the calls of all processes that share a key.
#[async_trait]
pub trait RateWindow: Send + Sync {
    /// Counts one call at `now` in every quota, or in none if one of them is full, in one atomic step. A quota is full while
    /// `calls` counted calls are younger than `per`, and has room again when the oldest of these is as old as that.
    ///
    /// # Errors
    /// [`StoreDown`] if the count does not answer.
    async fn take(&self, quotas: &[Quota], now: DateTime<Utc>) -> Result<Slot, StoreDown>;
}

/// Counts in the memory of one process.
#[derive(Default)]
pub struct MemoryRateWindow {
    taken: Mutex<HashMap<String, VecDeque<DateTime<Utc>>>>,
}

#[async_trait]
impl RateWindow for MemoryRateWindow {
    async fn take(&self, quotas: &[Quota], now: DateTime<Utc>) -> Result<Slot, StoreDown> {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        for (index, Quota { key, rate }) in quotas.iter().enumerate() {
            let times = taken.entry(key.clone()).or_default();
            let nth_newest = times.len().checked_sub(rate.calls as usize).and_then(|place| times.get(place));
            if let Some(until) = nth_newest.map(|at| *at + rate.per).filter(|until| *until > now) {
                return Ok(Slot::Full { index, until });
            }
        }
        for Quota { key, rate } in quotas {
            let times = taken.entry(key.clone()).or_default();
            times.push_back(now);
            // The pace may be raised again, so more is kept than this one needs.
            while times.front().is_some_and(|at| *at + rate.per * 4 < now) {
                times.pop_front();
            }
        }
        Ok(Slot::Taken)
    }
}

/// What a call is for. The first ones go first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Priority {
    /// Takes risk away.
    Cancel,
    /// A sell order.
    Sell,
    /// A buy order.
    Buy,
    /// Order lists and balances: what doubts are resolved by. A part of all calls is theirs whatever else waits.
    Reconcile,
    /// What a screen or a strategy looks at.
    Quote,
    /// What can wait.
    Backfill,
}

#[cfg(test)]
mod tests;
