//! Bars into the store: what is missing at start, and each bar as it closes. One worker does it for all.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use exodus_domain::{Bar, FeedEvent, Interval, Symbol, kst_date};
use exodus_store::bars::{self, SeriesKind};
use futures::{FutureExt, StreamExt};
use tokio::task::unconstrained;

use crate::LiveError;
use crate::backfill::Filler;
use crate::worker::WorkerDeps;

/// How far back each interval is collected.
const DEPTH: [(Interval, TimeDelta); 2] =
    [(Interval::Day1, TimeDelta::days(2 * 365 + 1)), (Interval::Minute1, TimeDelta::days(3))];
/// Events that are taken at once.
const CHUNK: usize = 1_000;
/// Closed bars are gathered for so long before they are stored: then the orders that follow from them are on their way,
/// and SQLite has one writer only.
const GATHER: TimeDelta = TimeDelta::milliseconds(500);

/// Bars that have closed and are not stored yet.
pub(crate) type Closed = BTreeMap<Interval, BTreeMap<Symbol, Vec<Bar>>>;

/// Collects bars until something fails.
pub(crate) async fn collect(deps: &WorkerDeps) -> Result<(), LiveError> {
    let symbols: Vec<Symbol> = deps.instruments.iter().map(|instrument| instrument.symbol).collect();
    // The feed is asked first and history second, so that no bar falls between the two.
    let mut chunks = deps.feed.subscribe(&symbols).ready_chunks(CHUNK);
    let added = fill(deps).await? + fill_today(deps, &symbols).await?;
    tracing::info!(added, "history is complete");
    let mut closed = Closed::new();
    while let Some(events) = chunks.next().await {
        gather(&mut closed, &events);
        if closed.is_empty() {
            continue;
        }
        deps.clock.sleep_until(deps.clock.now() + GATHER).await;
        while let Some(events) = unconstrained(chunks.next()).now_or_never().flatten() {
            gather(&mut closed, &events);
        }
        append_closed(deps, &mut closed).await?;
    }
    Ok(())
}

/// Takes the closed bars out of what a feed told.
pub(crate) fn gather(closed: &mut Closed, events: &[FeedEvent]) {
    for event in events {
        if let FeedEvent::Bar { symbol, interval, bar } = event {
            closed.entry(*interval).or_default().entry(*symbol).or_default().push(*bar);
        }
    }
}

/// Stores the bars that are missing of the days that are over. Tells how many came in.
pub(crate) async fn fill(deps: &WorkerDeps) -> Result<u64, LiveError> {
    let filler = Filler::new(deps);
    let now = deps.clock.now();
    let mut added = 0;
    for (interval, depth) in DEPTH {
        for instrument in &deps.instruments {
            let windows = filler.missing(instrument, interval, kst_date(now - depth), kst_date(now)).await?;
            for window in windows {
                added += filler.fill(&window, async |_, _| Ok(())).await?.added;
            }
        }
    }
    Ok(added)
}

/// Stores the minutes of today that are over.
async fn fill_today(deps: &WorkerDeps, symbols: &[Symbol]) -> Result<u64, LiveError> {
    let filler = Filler::new(deps);
    let mut added = 0;
    for &symbol in symbols {
        added += filler.fill_today(symbol, Interval::Minute1).await?;
    }
    Ok(added)
}

/// Stores the bars that were gathered.
pub(crate) async fn append_closed(deps: &WorkerDeps, closed: &mut Closed) -> Result<(), LiveError> {
    for (interval, series) in std::mem::take(closed) {
        append(deps, interval, series.into_iter().collect()).await?;
    }
    Ok(())
}

async fn append(deps: &WorkerDeps, interval: Interval, series: Vec<(Symbol, Vec<Bar>)>) -> Result<(), LiveError> {
    let tx = deps.store.begin().await?;
    bars::append_many(&tx, SeriesKind::krx(interval, false), &series).await?;
    tx.commit().await?;
    Ok(())
}
