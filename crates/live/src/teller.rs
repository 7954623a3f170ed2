//! Tells what the feed of a connected account says: quotes and books into the cache and onto the bus, closed bars into the
//! store. For what the account holds and trades, and for what screens look at.

use std::collections::{BTreeSet, HashMap};
use std::convert::Infallible;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use exodus_domain::{MarketFeed, Symbol};
use exodus_store::{holdings, instruments, orders, strategies};
use futures::stream::{AbortHandle, SelectAll, abortable};
use futures::{FutureExt, StreamExt};
use tokio::task::unconstrained;

use crate::LiveError;
use crate::collector::{self, Closed};
use crate::publisher::{Newest, mark_holdings, publish_event};
use crate::watched::Watched;
use crate::worker::{Gauges, WorkerDeps};

/// Between two looks at what is wanted.
const LOOK_EVERY: TimeDelta = TimeDelta::seconds(5);
/// How often holdings are marked to the last price.
const MARK_EVERY: TimeDelta = TimeDelta::seconds(10);
/// Events that are taken at once.
const CHUNK: usize = 1_000;

/// Tells for ever. What fails begins again: a cache that is down must not keep an account from trading.
pub(crate) async fn keep_telling(
    deps: &WorkerDeps,
    gauges: &Gauges,
    watched: &Watched,
    account_id: i64,
    feed: Arc<dyn MarketFeed>,
) -> Infallible {
    loop {
        if let Err(error) = tell(deps, gauges, watched, account_id, &feed).await {
            tracing::error!(account_id, %error, "prices are not told and begin again");
        }
        deps.clock.sleep_until(deps.clock.now() + LOOK_EVERY).await;
    }
}

/// Tells until something fails.
async fn tell(
    deps: &WorkerDeps,
    gauges: &Gauges,
    watched: &Watched,
    account_id: i64,
    feed: &Arc<dyn MarketFeed>,
) -> Result<(), LiveError> {
    let (mut streams, mut held) = (SelectAll::new(), HashMap::<Symbol, AbortHandle>::new());
    let (mut newest, mut closed) = (Newest::default(), Closed::new());
    let (mut looked_at, mut marked_at) = (DateTime::<Utc>::MIN_UTC, deps.clock.now());
    loop {
        let now = deps.clock.now();
        if now - looked_at >= LOOK_EVERY {
            looked_at = now;
            let wanted = wanted(deps, watched, account_id, now).await?;
            held.retain(|symbol, subscription| {
                let is_wanted = wanted.contains(symbol);
                if !is_wanted {
                    subscription.abort();
                }
                is_wanted
            });
            for symbol in wanted {
                held.entry(symbol).or_insert_with(|| {
                    let (stream, subscription) = abortable(feed.subscribe(&[symbol]));
                    streams.push(stream);
                    subscription
                });
            }
        }
        if now - marked_at >= MARK_EVERY {
            marked_at = now;
            mark_holdings(deps, &newest.prices, now).await?;
        }
        let mut events = Vec::new();
        tokio::select! {
            biased;
            event = streams.next(), if !streams.is_empty() => events.extend(event),
            () = deps.clock.sleep_until(now + TimeDelta::seconds(1)) => {}
        }
        while events.len() < CHUNK
            && let Some(event) = unconstrained(streams.next()).now_or_never().flatten()
        {
            events.push(event);
        }
        collector::gather(&mut closed, &events);
        for event in events {
            publish_event(deps, gauges, &mut newest, event).await?;
        }
        collector::append_closed(deps, &mut closed).await?;
    }
}

/// What the account holds, has on order or trades, and what screens look at: listed issues that are not of the demo market.
async fn wanted(
    deps: &WorkerDeps,
    watched: &Watched,
    account_id: i64,
    now: DateTime<Utc>,
) -> Result<BTreeSet<Symbol>, LiveError> {
    let store = &deps.store;
    let mut symbols: BTreeSet<Symbol> = watched.now(now).into_iter().collect();
    symbols.extend(holdings::of_account(store, account_id).await?.iter().map(|record| record.holding.symbol));
    symbols.extend(orders::open(store, account_id).await?.iter().map(|order| order.fields.symbol));
    let strategies = strategies::active_of_account(store, account_id).await?;
    symbols.extend(strategies.iter().flat_map(|strategy| strategy.fields.symbols.iter().copied()));
    let known = instruments::find_many(store, &Vec::from_iter(symbols)).await?;
    Ok(known.iter().filter(|issue| !issue.is_demo).map(|issue| issue.symbol).collect())
}
