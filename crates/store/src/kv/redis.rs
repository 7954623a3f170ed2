//! The cache that several processes share.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use redis::aio::{ConnectionManager, ConnectionManagerConfig};
use redis::{AsyncCommands, Client, ExistenceCheck, RedisError, Script, SetExpiry, SetOptions};

use super::{Kv, KvDown, Rate, RateDecision, Slide, Window, micros};

/// How long an answer may take before the cache counts as down.
const PATIENCE: Duration = Duration::from_secs(2);

/// The generic cell rate algorithm, in one step and by the server's clock, so that processes need not agree on the
/// time. Keeps the theoretical arrival time in microseconds; answers allowed, remaining, microseconds to wait.
const GCRA: &str = r"
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local per = tonumber(ARGV[1])
local step = math.max(math.floor(per / tonumber(ARGV[2])), 1)
local arrival = tonumber(redis.call('GET', KEYS[1]) or '0')
local next = math.max(arrival, now) + step
local ahead = next - now
if ahead > per then return {0, 0, ahead - per} end
redis.call('SET', KEYS[1], string.format('%.0f', next), 'PX', math.ceil(ahead / 1000))
return {1, math.floor((per - ahead) / step), 0}
";

/// Sliding windows by the caller's time in microseconds, as sets ordered by it. Answers 0, or the number of the full window
/// and when it has room again.
const SLIDE: &str = r"
local now = tonumber(ARGV[1])
for i, key in ipairs(KEYS) do
  local calls, per = tonumber(ARGV[2 * i + 1]), tonumber(ARGV[2 * i + 2])
  local nth = redis.call('ZREVRANGE', key, calls - 1, calls - 1, 'WITHSCORES')
  if nth[2] and tonumber(nth[2]) + per > now then return {i, string.format('%.0f', tonumber(nth[2]) + per)} end
end
for i, key in ipairs(KEYS) do
  local kept = tonumber(ARGV[2 * i + 2]) * 4
  redis.call('ZADD', key, string.format('%.0f', now), ARGV[2])
  redis.call('ZREMRANGEBYSCORE', key, '-inf', string.format('(%.0f', now - kept))
  redis.call('PEXPIRE', key, math.ceil(kept / 1000))
end
return {0, '0'}
";

/// A cache in Redis.
pub struct RedisKv {
    connection: ConnectionManager,
    prefix: String,
    gcra: Script,
    slide: Script,
    /// Tells calls of the same instant apart, with the number of this handle.
    calls: AtomicU64,
    handle: String,
}

impl From<RedisError> for KvDown {
    fn from(error: RedisError) -> Self {
        Self(error.to_string())
    }
}

impl RedisKv {
    /// Connects; the connection is made anew whenever it breaks. Every key gets the prefix.
    ///
    /// # Errors
    /// [`KvDown`] if the server cannot be reached now.
    pub async fn connect(url: &str, prefix: &str) -> Result<Self, KvDown> {
        let mut connection = manager(url).await?;
        let prefix = prefix.to_owned();
        let number: u64 = connection.incr(format!("{prefix}handles"), 1).await?;
        let (gcra, slide) = (Script::new(GCRA), Script::new(SLIDE));
        Ok(Self { connection, prefix, gcra, slide, calls: AtomicU64::new(0), handle: number.to_string() })
    }

    fn key(&self, key: &str) -> String {
        format!("{}{key}", self.prefix)
    }
}

/// A connection that mends itself.
pub(crate) async fn manager(url: &str) -> Result<ConnectionManager, RedisError> {
    let config = ConnectionManagerConfig::new()
        .set_connection_timeout(Some(PATIENCE))
        .set_response_timeout(Some(PATIENCE))
        .set_number_of_retries(2);
    ConnectionManager::new_with_config(Client::open(url)?, config).await
}

#[async_trait]
impl Kv for RedisKv {
    async fn get(&self, key: &str) -> Result<Option<Vec<u8>>, KvDown> {
        Ok(self.connection.clone().get(self.key(key)).await?)
    }

    async fn set(&self, key: &str, value: &[u8], ttl: Duration) -> Result<(), KvDown> {
        let () = self.connection.clone().pset_ex(self.key(key), value, millis(ttl)).await?;
        Ok(())
    }

    async fn set_if_absent(&self, key: &str, value: &[u8], ttl: Duration) -> Result<bool, KvDown> {
        let options =
            SetOptions::default().conditional_set(ExistenceCheck::NX).with_expiration(SetExpiry::PX(millis(ttl)));
        let set: Option<String> = self.connection.clone().set_options(self.key(key), value, options).await?;
        Ok(set.is_some())
    }

    async fn delete(&self, key: &str) -> Result<(), KvDown> {
        let () = self.connection.clone().del(self.key(key)).await?;
        Ok(())
    }

    async fn rate_limit(&self, key: &str, rate: Rate) -> Result<RateDecision, KvDown> {
        let mut call = self.gcra.key(format!("{}rate:{key}", self.prefix));
        call.arg(micros(rate.per).max(1)).arg(rate.burst.max(1));
        let (allowed, remaining, wait): (u8, u32, u64) = call.invoke_async(&mut self.connection.clone()).await?;
        Ok(RateDecision { allowed: allowed == 1, remaining, retry_after: Duration::from_micros(wait) })
    }

    async fn slide(&self, windows: &[Window], now: DateTime<Utc>) -> Result<Slide, KvDown> {
        let member = format!("{}:{}", self.handle, self.calls.fetch_add(1, Ordering::Relaxed));
        let mut call = self.slide.prepare_invoke();
        call.arg(now.timestamp_micros()).arg(member);
        for Window { key, calls, per } in windows {
            call.key(format!("{}window:{key}", self.prefix));
            call.arg((*calls).max(1)).arg(per.num_microseconds().unwrap_or(i64::MAX));
        }
        let (full, until): (usize, i64) = call.invoke_async(&mut self.connection.clone()).await?;
        Ok(match full.checked_sub(1) {
            None => Slide::Counted,
            Some(index) => Slide::Full { index, until: DateTime::from_timestamp_micros(until).unwrap_or(now) },
        })
    }
}

/// Redis knows no shorter time than a millisecond.
fn millis(ttl: Duration) -> u64 {
    u64::try_from(ttl.as_millis()).unwrap_or(u64::MAX).max(1)
}
