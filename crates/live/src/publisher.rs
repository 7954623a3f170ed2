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
    let mut newest = Newest::default();
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
            mark_holdings(deps, &newest.prices, now).await?;
            marked_at = now;
        }
        tokio::select! {
            biased;
            chunk = chunks.next() => {
                for event in chunk.unwrap_or_default() {
                    publish_event(deps, gauges, &mut newest, event).await?;
                }
            }
            // A feed that is silent must not look like a worker that is down.
            () = deps.clock.sleep_until(now + TimeDelta::seconds(1)) => {}
        }
    }
}

/// The newest that was told of each issue.
#[derive(Default)]
pub(crate) struct Newest {
    pub(crate) prices: HashMap<Symbol, Price>,
    quotes: HashMap<Symbol, DateTime<Utc>>,
    books: HashMap<Symbol, DateTime<Utc>>,
}

/// Notes when something was so. False if something newer is known: a feed that reconnects may tell old news.
fn is_news(known: &mut HashMap<Symbol, DateTime<Utc>>, symbol: Symbol, at: DateTime<Utc>) -> bool {
    let newest = known.entry(symbol).or_insert(at);
    let is_news = *newest <= at;
    *newest = at.max(*newest);
    is_news
}

/// Publishes one event, unless something newer is known.
pub(crate) async fn publish_event(
    deps: &WorkerDeps,
    gauges: &Gauges,
    newest: &mut Newest,
    event: FeedEvent,
) -> Result<(), LiveError> {
    match event {
        FeedEvent::Quote(quote) if is_news(&mut newest.quotes, quote.symbol, quote.at) => {
            gauges.quote_seen(quote.at, deps.clock.now());
            newest.prices.insert(quote.symbol, quote.price);
            deps.kv.set(&quote_key(quote.symbol), &json(&quote), QUOTE_TTL).await?;
            deps.bus.publish(&Notice::Quote(quote)).await?;
        }
        FeedEvent::Book(book) if is_news(&mut newest.books, book.symbol, book.at) => {
            deps.kv.set(&book_key(book.symbol), &json(&book), QUOTE_TTL).await?;
            deps.bus.publish(&Notice::Book(book)).await?;
        }
        FeedEvent::Quote(_) | FeedEvent::Book(_) | FeedEvent::Bar { .. } => {}
    }
    Ok(())
}

/// Writes the last price beside each holding, so that its value can be read where no feed is.
pub(crate) async fn mark_holdings(
    deps: &WorkerDeps,
    prices: &HashMap<Symbol, Price>,
    now: DateTime<Utc>,
) -> Result<(), LiveError> {
    let tx = deps.store.begin().await?;
    holdings::mark(&tx, prices, now).await?;
    tx.commit().await?;
    Ok(())
}

fn json(value: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(value).expect("plain records with text keys always serialize")
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    #[test]
    fn old_news_of_an_issue_is_none() {
        let [one, other] = ["005930", "000660"].map(|code| code.parse::<Symbol>().expect("a code"));
        let at = |second| DateTime::UNIX_EPOCH + TimeDelta::seconds(second);
        let mut known = HashMap::new();
        let told = [(one, 5), (one, 4), (other, 1), (one, 5), (one, 6), (one, 5)];
        let news = told.map(|(symbol, second)| is_news(&mut known, symbol, at(second)));
        assert_eq!(news, [true, false, true, true, true, false]);
    }
}
