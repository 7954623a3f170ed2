//! The cache that several processes share.

use std::time::Duration;

use async_trait::async_trait;
use redis::aio::{ConnectionManager, ConnectionManagerConfig};
use redis::{AsyncCommands, Client, ExistenceCheck, RedisError, Script, SetExpiry, SetOptions};

use super::{Kv, KvDown, Rate, RateDecision, micros};

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

/// A cache in Redis.
pub struct RedisKv {
    connection: ConnectionManager,
    prefix: String,
    gcra: Script,
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
        Ok(Self { connection: manager(url).await?, prefix: prefix.to_owned(), gcra: Script::new(GCRA) })
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
}

/// Redis knows no shorter time than a millisecond.
fn millis(ttl: Duration) -> u64 {
    u64::try_from(ttl.as_millis()).unwrap_or(u64::MAX).max(1)
}
