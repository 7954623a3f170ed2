//! Bars into the store: what is missing at start, and each bar as it closes. One worker does it for all.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use exodus_domain::{Bar, FeedEvent, Interval, Symbol};
use exodus_store::bars::{self, SeriesKind};
use futures::StreamExt;

use crate::LiveError;
use crate::worker::WorkerDeps;

/// How far back each interval is collected.
const DEPTH: [(Interval, TimeDelta); 2] =
    [(Interval::Day1, TimeDelta::days(2 * 365 + 1)), (Interval::Minute1, TimeDelta::days(3))];
/// Events that are taken at once.
const CHUNK: usize = 1_000;

/// Collects bars until something fails.
pub(crate) async fn collect(deps: &WorkerDeps) -> Result<(), LiveError> {
    let symbols: Vec<Symbol> = deps.instruments.iter().map(|instrument| instrument.symbol).collect();
    // The feed is asked first and history second, so that no bar falls between the two.
    let mut chunks = deps.feed.subscribe(&symbols).ready_chunks(CHUNK);
    for (interval, depth) in DEPTH {
        let added = fill(deps, interval, depth).await?;
        tracing::info!(%interval, added, "history is complete");
    }
    while let Some(events) = chunks.next().await {
        let mut closed: BTreeMap<Interval, BTreeMap<Symbol, Vec<Bar>>> = BTreeMap::new();
        for event in events {
            if let FeedEvent::Bar { symbol, interval, bar } = event {
                closed.entry(interval).or_default().entry(symbol).or_default().push(bar);
            }
        }
        for (interval, series) in closed {
            append(deps, interval, series.into_iter().collect()).await?;
        }
    }
    Ok(())
}

/// Stores the bars of an interval that are missing between the newest stored one and now. Tells how many came in.
async fn fill(deps: &WorkerDeps, interval: Interval, depth: TimeDelta) -> Result<u64, LiveError> {
    let now = deps.clock.now();
    let mut series = Vec::new();
    for instrument in &deps.instruments {
        let symbol = instrument.symbol;
        let stored = bars::coverage(&deps.store, symbol, interval).await?;
        let next = stored.iter().find(|coverage| !coverage.adjusted).map(|raw| raw.last + interval.duration());
        let from = next.unwrap_or(DateTime::<Utc>::MIN_UTC).max(now - depth);
        series.push((symbol, deps.feed.bars(symbol, interval, from, now).await?));
    }
    append(deps, interval, series).await
}

/// Stores the daily bars that are missing.
pub(crate) async fn fill_daily(deps: &WorkerDeps) -> Result<u64, LiveError> {
    let (interval, depth) = DEPTH[0];
    fill(deps, interval, depth).await
}

async fn append(deps: &WorkerDeps, interval: Interval, series: Vec<(Symbol, Vec<Bar>)>) -> Result<u64, LiveError> {
    if series.iter().all(|(_, bars)| bars.is_empty()) {
        return Ok(0);
    }
    let tx = deps.store.begin().await?;
    let appended = bars::append_many(&tx, SeriesKind::krx(interval, false), &series).await?;
    tx.commit().await?;
    Ok(appended.added)
}
