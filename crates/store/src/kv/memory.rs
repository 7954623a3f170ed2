//! The cache of one process.

use std::collections::{HashMap, VecDeque};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use moka::Expiry;
use moka::future::Cache;
use tokio::sync::Mutex;

use super::{Kv, KvDown, REMEMBERED, Rate, RateDecision, Slide, Window, decide, micros};

/// Values kept at most; the least used go first.
const CAPACITY: u64 = 100_000;

#[derive(Clone)]
struct Entry<T> {
    value: T,
    ttl: Duration,
}

/// Each entry brings its own time to live, counted from its last writing.
struct OwnTtl;

impl<T> Expiry<String, Entry<T>> for OwnTtl {
    fn expire_after_create(&self, _: &String, entry: &Entry<T>, _: Instant) -> Option<Duration> {
        Some(entry.ttl)
    }

    fn expire_after_update(&self, _: &String, entry: &Entry<T>, _: Instant, _: Option<Duration>) -> Option<Duration> {
        Some(entry.ttl)
    }
}

/// A cache in memory, for an installation of one process.
pub struct MemoryKv {
    values: Cache<String, Entry<Vec<u8>>>,
    /// Theoretical arrival times in microseconds since `start`. The mutex makes reading and writing one step.
    arrivals: Mutex<Cache<String, Entry<u64>>>,
    start: Instant,
    /// Times of the calls of each window, oldest first.
    windows: Mutex<HashMap<String, VecDeque<DateTime<Utc>>>>,
}

impl MemoryKv {
    /// An empty cache.
    pub fn new() -> Self {
        Self {
            values: Cache::builder().max_capacity(CAPACITY).expire_after(OwnTtl).build(),
            arrivals: Mutex::new(Cache::builder().max_capacity(CAPACITY).expire_after(OwnTtl).build()),
            start: Instant::now(),
            windows: Mutex::default(),
        }
    }
}

impl Default for MemoryKv {
    fn default() -> Self {
        Self::new()
    }
}

#[async_trait]
impl Kv for MemoryKv {
    async fn get(&self, key: &str) -> Result<Option<Vec<u8>>, KvDown> {
        Ok(self.values.get(key).await.map(|entry| entry.value))
    }

    async fn set(&self, key: &str, value: &[u8], ttl: Duration) -> Result<(), KvDown> {
        self.values.insert(key.to_owned(), Entry { value: value.to_vec(), ttl }).await;
        Ok(())
    }

    async fn set_if_absent(&self, key: &str, value: &[u8], ttl: Duration) -> Result<bool, KvDown> {
        let entry = Entry { value: value.to_vec(), ttl };
        Ok(self.values.entry(key.to_owned()).or_insert(entry).await.is_fresh())
    }

    async fn delete(&self, key: &str) -> Result<(), KvDown> {
        self.values.invalidate(key).await;
        Ok(())
    }

    async fn rate_limit(&self, key: &str, rate: Rate) -> Result<RateDecision, KvDown> {
        let arrivals = self.arrivals.lock().await;
        let now = micros(self.start.elapsed());
        let arrival = arrivals.get(key).await.map(|entry| entry.value);
        let (decision, next) = decide(rate, arrival, now);
        if let Some(next) = next {
            let ttl = Duration::from_micros(next - now);
            arrivals.insert(key.to_owned(), Entry { value: next, ttl }).await;
        }
        Ok(decision)
    }

    async fn slide(&self, windows: &[Window], now: DateTime<Utc>) -> Result<Slide, KvDown> {
        let mut counted = self.windows.lock().await;
        for (index, Window { key, calls, per }) in windows.iter().enumerate() {
            let times = counted.entry(key.clone()).or_default();
            let nth_newest = times.len().checked_sub(*calls as usize).and_then(|place| times.get(place));
            if let Some(until) = nth_newest.map(|at| *at + *per).filter(|until| *until > now) {
                return Ok(Slide::Full { index, until });
            }
        }
        for Window { key, per, .. } in windows {
            let times = counted.entry(key.clone()).or_default();
            times.push_back(now);
            while times.front().is_some_and(|at| *at + *per * REMEMBERED < now) {
                times.pop_front();
            }
        }
        Ok(Slide::Counted)
    }
}
