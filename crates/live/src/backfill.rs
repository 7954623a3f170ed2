//! Back-fill: asks the feed for the days that a series lacks, and for nothing else, within a budget of requests.
//!
//! A day is asked for once. What the feed gave is stored together with the note that it was asked, so a back-fill that
//! was cut off, by a kill or by itself to let others go first, goes on where it was; it needs no memory of its own.
//! Bars that are stored already stay as they are.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::{DateTime, Days, NaiveDate, Utc};
use exodus_domain::{Bar, Clock, Instrument, Interval, MarketFeed, Symbol, TradingHours, kst_date};
use exodus_store::backfills::{self, Backfill, BackfillProgress, NewBackfill};
use exodus_store::bars::{self, SeriesKind};
use exodus_store::coverage::{checked_days, measure, note_checked};
use exodus_store::jobs::{self, JobContext, JobError, JobKind, NewJob};
use exodus_store::{Kv, Rate, Store, StoreError, Tx};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::LiveError;
use crate::worker::WorkerDeps;

/// Back-fills that users ask for. They are long and nobody waits for them: everything else goes first.
pub(crate) static BACKFILL: JobKind =
    JobKind { name: "backfill", max_attempts: 5, timeout: Duration::from_secs(600), backoff: Duration::from_secs(30) };
const PRIORITY: i32 = 10;
/// How long a back-fill works before what waits may go first.
const SLICE: Duration = Duration::from_secs(10);
/// How often its owner is told how far it is.
const TELL_EVERY: Duration = Duration::from_millis(500);
/// The key under which all processes together count requests.
const BUDGET: &str = "backfill";

/// Days that one request may span. A feed that can give less at a time asks its source more than once.
fn days_at_once(interval: Interval) -> usize {
    match interval {
        Interval::Day1 => 500,
        Interval::Hour1 => 50,
        Interval::Minute1 | Interval::Minute5 => 5,
    }
}

/// Where missing bars come from, and where they go.
#[derive(Clone)]
pub(crate) struct Filler {
    store: Store,
    kv: Arc<dyn Kv>,
    feed: Arc<dyn MarketFeed>,
    clock: Arc<dyn Clock>,
    /// Requests a second, of all processes together.
    rate: u32,
}

/// Days of one issue that one request asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Window {
    symbol: Symbol,
    interval: Interval,
    /// In order, and without a stored day between them.
    days: Vec<NaiveDate>,
}

impl Filler {
    pub(crate) fn new(deps: &WorkerDeps) -> Self {
        Self {
            store: deps.store.clone(),
            kv: Arc::clone(&deps.kv),
            feed: Arc::clone(&deps.feed),
            clock: Arc::clone(&deps.clock) as Arc<dyn Clock>,
            rate: deps.backfill_rate,
        }
    }

    /// The days from `from` to `to` that an issue lacks, as far as they are over, oldest first.
    pub(crate) async fn missing(
        &self,
        instrument: &Instrument,
        interval: Interval,
        from: NaiveDate,
        to: NaiveDate,
    ) -> Result<Vec<Window>, StoreError> {
        let symbol = instrument.symbol;
        let is_over = |date: NaiveDate| date < kst_date(self.clock.now());
        let kind = SeriesKind::krx(interval, false);
        let (begin, end) = (Bar::day_start(from), Bar::day_start(to + Days::new(1)));
        let times = bars::times(&self.store, &[symbol], kind, begin, end).await?.remove(&symbol).unwrap_or_default();
        let checked = checked_days(&self.store, &[symbol], interval).await?.remove(&symbol).unwrap_or_default();
        // A bar from before the listing shows that the issue came from another market.
        let first_bar = times.first().map(|time| kst_date(*time));
        let listed = instrument.listed_on.filter(|listed| first_bar.is_none_or(|first| *listed <= first));
        let from = listed.map_or(from, |listed| from.max(listed));
        let days = measure(TradingHours::of(instrument), interval, &times, &checked, from, to);
        let mut windows: Vec<Vec<NaiveDate>> = Vec::new();
        let mut is_next = false;
        for day in days {
            let is_missing = day.missing() > 0 && is_over(day.date);
            match windows.last_mut() {
                Some(window) if is_missing && is_next && window.len() < days_at_once(interval) => window.push(day.date),
                _ if is_missing => windows.push(vec![day.date]),
                _ => {}
            }
            is_next = is_missing;
        }
        Ok(windows.into_iter().map(|days| Window { symbol, interval, days }).collect())
    }

    /// Asks the feed for a window and stores what is new of the answer. `also` is done in the same transaction, with
    /// the number of new bars.
    pub(crate) async fn fill(
        &self,
        window: &Window,
        also: impl AsyncFnOnce(&Tx, u64) -> Result<(), StoreError>,
    ) -> Result<u64, LiveError> {
        let (Some(&first), Some(&last)) = (window.days.first(), window.days.last()) else { return Ok(0) };
        let (begin, end) = (Bar::day_start(first), Bar::day_start(last + Days::new(1)));
        self.wait_for_budget().await?;
        let answer = self.feed.bars(window.symbol, window.interval, begin, end).await?;
        let tx = self.store.begin().await?;
        let added = self.store_new(&tx, window.symbol, window.interval, begin, end, answer).await?;
        note_checked(&tx, window.symbol, window.interval, first, last).await?;
        also(&tx, added).await?;
        tx.commit().await?;
        Ok(added)
    }

    /// Asks the feed for the part of today that is over. It grows, so that it is asked again next time.
    pub(crate) async fn fill_today(&self, symbol: Symbol, interval: Interval) -> Result<u64, LiveError> {
        let now = self.clock.now();
        let begin = Bar::day_start(kst_date(now));
        self.wait_for_budget().await?;
        let answer = self.feed.bars(symbol, interval, begin, now).await?;
        let tx = self.store.begin().await?;
        let added = self.store_new(&tx, symbol, interval, begin, now, answer).await?;
        tx.commit().await?;
        Ok(added)
    }

    /// Stores the bars of an answer that lie between `begin` and `end` and are not there.
    async fn store_new(
        &self,
        tx: &Tx,
        symbol: Symbol,
        interval: Interval,
        begin: DateTime<Utc>,
        end: DateTime<Utc>,
        answer: Vec<Bar>,
    ) -> Result<u64, StoreError> {
        let kind = SeriesKind::krx(interval, false);
        let stored = bars::times(tx, &[symbol], kind, begin, end).await?.remove(&symbol).unwrap_or_default();
        let stored: BTreeSet<DateTime<Utc>> = stored.into_iter().collect();
        let is_new = |bar: &Bar| begin <= bar.open_time && bar.open_time < end && !stored.contains(&bar.open_time);
        let new: Vec<Bar> = answer.into_iter().filter(is_new).collect();
        if new.is_empty() {
            return Ok(0);
        }
        Ok(bars::append_many(tx, kind, &[(symbol, new)]).await?.added)
    }

    /// Waits until one more request may be made.
    async fn wait_for_budget(&self) -> Result<(), LiveError> {
        let rate = Rate { burst: self.rate, per: Duration::from_secs(1) };
        loop {
            let decision = self.kv.rate_limit(BUDGET, rate).await?;
            if decision.allowed {
                return Ok(());
            }
            tokio::time::sleep(decision.retry_after).await;
        }
    }
}

#[derive(Serialize, Deserialize)]
struct Payload {
    backfill_id: i64,
}

/// Records a back-fill and queues its job. The worker that runs it knows the feed.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn enqueue(tx: &Tx, new: &NewBackfill, now: DateTime<Utc>) -> Result<Backfill, StoreError> {
    let backfill = backfills::create(tx, new, now).await?;
    let payload = serde_json::to_value(Payload { backfill_id: backfill.id }).expect("a number always serializes");
    let job = NewJob { payload, priority: PRIORITY, ..NewJob::default() };
    let (job_id, _) = jobs::enqueue(tx, &BACKFILL, &job, now).await?;
    backfills::set_job(tx, backfill.id, job_id).await
}

/// Works at the back-fill that `payload` names, until it is done or others should go first.
pub(crate) async fn run(deps: &WorkerDeps, ctx: &JobContext, payload: Value) -> Result<(), JobError> {
    let payload: Payload = serde_json::from_value(payload).map_err(|error| JobError::Failed(error.to_string()))?;
    let Some(backfill) = backfills::find(&deps.store, payload.backfill_id).await? else {
        return Err(JobError::Failed("there is no such back-fill".to_owned()));
    };
    let id = backfill.id;
    let mut slice = Slice::begin(deps, ctx, backfill).await?;
    slice.work().await?;
    backfills::finish(&deps.store, id, deps.clock.now()).await?;
    Ok(())
}

/// One turn of a back-fill.
struct Slice<'a> {
    filler: Filler,
    ctx: &'a JobContext,
    backfill: Backfill,
    /// The issues of the request that the feed knows.
    known: Vec<Instrument>,
    progress: BackfillProgress,
    until: Instant,
    told_at: Instant,
}

impl<'a> Slice<'a> {
    async fn begin(deps: &WorkerDeps, ctx: &'a JobContext, mut backfill: Backfill) -> Result<Self, JobError> {
        let of_feed = |symbol: &Symbol| deps.instruments.iter().find(|known| known.symbol == *symbol).cloned();
        let known: Vec<Instrument> = backfill.request.symbols.iter().filter_map(of_feed).collect();
        let is_unknown = |symbol: &&Symbol| !known.iter().any(|known| known.symbol == **symbol);
        backfill.unavailable = backfill.request.symbols.iter().filter(is_unknown).copied().collect();
        let now = Instant::now();
        let progress = backfill.progress;
        let filler = Filler::new(deps);
        let mut slice = Self { filler, ctx, backfill, known, progress, until: now + SLICE, told_at: now };
        if slice.progress == BackfillProgress::default() {
            slice.progress.days_missing = slice.count_missing().await?;
            backfills::progress(ctx.store(), slice.backfill.id, slice.progress, &slice.backfill.unavailable).await?;
        }
        slice.tell().await?;
        Ok(slice)
    }

    async fn work(&mut self) -> Result<(), JobError> {
        for instrument in std::mem::take(&mut self.known) {
            for window in self.missing(&instrument).await? {
                if Instant::now() >= self.until {
                    self.tell().await?;
                    return Err(JobError::Unfinished);
                }
                // Whoever stops must not wait for a feed that is slow; what is half done is as if it had not begun.
                let stopped = self.ctx.stopped();
                let filled = stopped.run_until_cancelled(self.fill(&window)).await.ok_or(JobError::Stopped)?;
                filled.map_err(|error| JobError::Retry(error.to_string()))?;
                if self.told_at.elapsed() >= TELL_EVERY {
                    self.tell().await?;
                }
            }
        }
        Ok(())
    }

    /// Fills a window and notes that in the same breath, so that a kill can neither lose nor double it.
    async fn fill(&mut self, window: &Window) -> Result<(), LiveError> {
        let Backfill { id, unavailable, .. } = &self.backfill;
        let before = self.progress;
        let days = window.days.len() as u64;
        let after = |bars_added| BackfillProgress {
            days_asked: before.days_asked + days,
            bars_added: before.bars_added + bars_added,
            requests: before.requests + 1,
            ..before
        };
        let note = async |tx: &Tx, added: u64| backfills::progress(tx, *id, after(added), unavailable).await;
        let added = self.filler.fill(window, note).await?;
        self.progress = after(added);
        Ok(())
    }

    async fn missing(&self, instrument: &Instrument) -> Result<Vec<Window>, StoreError> {
        let NewBackfill { interval, from, to, .. } = self.backfill.request;
        self.filler.missing(instrument, interval, from, to).await
    }

    async fn count_missing(&self) -> Result<u64, StoreError> {
        let mut days = 0;
        for instrument in &self.known {
            days += self.missing(instrument).await?.iter().map(|window| window.days.len() as u64).sum::<u64>();
        }
        Ok(days)
    }

    async fn tell(&mut self) -> Result<(), StoreError> {
        self.told_at = Instant::now();
        backfills::tell(self.ctx.store(), &self.backfill, self.filler.clock.now()).await?;
        self.ctx.progress(self.progress.fraction()).await
    }
}
