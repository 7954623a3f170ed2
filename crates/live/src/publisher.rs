//! The newest quote and book of each issue: into the cache for whoever asks, onto the bus for whoever listens. One
//! worker does it for all.

use std::collections::HashMap;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use exodus_domain::{FeedEvent, Notice, Price, Symbol};
use exodus_store::holdings;
use futures::StreamExt;
use serde::{Deserialize, Serialize};

use crate::LiveError;
use crate::worker::{Gauges, WorkerDeps};

/// How long a quote stays in the cache.
const QUOTE_TTL: Duration = Duration::from_secs(60);
/// How long a status stays in the cache; without a new one the worker is down.
const STATUS_TTL: Duration = Duration::from_secs(15);
/// How often holdings are marked to the last price.
const MARK_EVERY: TimeDelta = TimeDelta::seconds(10);
/// Events that are taken at once.
const CHUNK: usize = 1_000;

/// The cache key of an issue's quote: a [`Quote`](exodus_domain::Quote) as JSON.
pub fn quote_key(symbol: Symbol) -> String {
    format!("quote:{symbol}")
}

/// The cache key of an issue's book: an [`OrderBook`](exodus_domain::OrderBook) as JSON.
pub fn book_key(symbol: Symbol) -> String {
    format!("book:{symbol}")
}

/// The cache key of the [`WorkerStatus`] as JSON.
pub const WORKER_STATUS_KEY: &str = "worker:status";

/// How the worker that publishes quotes is doing. A missing status means that no worker runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkerStatus {
    /// The worker.
    pub worker_id: String,
    /// Accounts it operates.
    pub sessions: usize,
    /// Exchange time of the newest quote.
    pub feed_at: Option<DateTime<Utc>>,
    /// When this was written.
    pub at: DateTime<Utc>,
}

/// Publishes what the feed tells until something fails.
pub(crate) async fn publish(deps: &WorkerDeps, gauges: &Gauges) -> Result<(), LiveError> {
    let symbols: Vec<Symbol> = deps.instruments.iter().map(|instrument| instrument.symbol).collect();
    let mut chunks = deps.feed.subscribe(&symbols).ready_chunks(CHUNK);
    let mut prices: HashMap<Symbol, Price> = HashMap::new();
    let mut marked_at = deps.clock.now();
    let mut status_at = DateTime::<Utc>::MIN_UTC;
    loop {
        let now = deps.clock.now();
        if now - status_at >= TimeDelta::seconds(1) {
            let status = gauges.status(&deps.worker_id, now);
            deps.kv.set(WORKER_STATUS_KEY, &json(&status), STATUS_TTL).await?;
            status_at = now;
        }
        if now - marked_at >= MARK_EVERY {
            mark_holdings(deps, &prices, now).await?;
            marked_at = now;
        }
        tokio::select! {
            chunk = chunks.next() => {
                for event in chunk.unwrap_or_default() {
                    publish_event(deps, gauges, &mut prices, event).await?;
                }
            }
            // A feed that is silent must not look like a worker that is down.
            () = deps.clock.sleep_until(now + TimeDelta::seconds(1)) => {}
        }
    }
}

async fn publish_event(
    deps: &WorkerDeps,
    gauges: &Gauges,
    prices: &mut HashMap<Symbol, Price>,
    event: FeedEvent,
) -> Result<(), LiveError> {
    match event {
        FeedEvent::Quote(quote) => {
            gauges.quote_seen(quote.at, deps.clock.now());
            prices.insert(quote.symbol, quote.price);
            deps.kv.set(&quote_key(quote.symbol), &json(&quote), QUOTE_TTL).await?;
            deps.bus.publish(&Notice::Quote(quote)).await?;
        }
        FeedEvent::Book(book) => {
            deps.kv.set(&book_key(book.symbol), &json(&book), QUOTE_TTL).await?;
            deps.bus.publish(&Notice::Book(book)).await?;
        }
        FeedEvent::Bar { .. } => {}
    }
    Ok(())
}

/// Writes the last price beside each holding, so that its value can be read where no feed is.
async fn mark_holdings(
    deps: &WorkerDeps,
    prices: &HashMap<Symbol, Price>,
    now: DateTime<Utc>,
) -> Result<(), LiveError> {
    let tx = deps.store.begin().await?;
    for (symbol, price) in prices {
        holdings::mark(&tx, *symbol, *price, now).await?;
    }
    tx.commit().await?;
    Ok(())
}

fn json(value: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(value).expect("plain records with text keys always serialize")
}
