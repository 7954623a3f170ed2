//! A minute of memory for charts: many look at the same bars, and closed bars do not change.
//!
//! An import makes everything forgotten at once, by moving on to keys that nobody has used.

use std::time::Duration;

use exodus_store::Kv;

/// How long bars may be answered from memory.
const TTL: Duration = Duration::from_secs(60);
const GENERATION: &str = "candles:generation";
/// Outlives every entry made under it.
const GENERATION_TTL: Duration = Duration::from_secs(3_600);

/// The key of an answer in the present generation.
pub(super) async fn key(kv: &dyn Kv, question: &str) -> Option<String> {
    let generation = kv.get(GENERATION).await.ok()?.unwrap_or_default();
    Some(format!("candles:{}:{question}", hex::encode(generation)))
}

/// A remembered answer.
pub(super) async fn get(kv: &dyn Kv, key: &str) -> Option<Vec<u8>> {
    kv.get(key).await.ok()?
}

/// Remembers an answer. A cache that is down only costs time.
pub(super) async fn put(kv: &dyn Kv, key: &str, answer: &[u8]) {
    drop(kv.set(key, answer, TTL).await);
}

/// Forgets every answer.
pub(crate) async fn forget(kv: &dyn Kv) {
    drop(kv.set(GENERATION, &rand::random::<[u8; 8]>(), GENERATION_TTL).await);
}
