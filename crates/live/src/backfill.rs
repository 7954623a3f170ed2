//! Back-fill: asks for the days that a series lacks, and for nothing else: the feed of the demo market within a budget of
//! requests, a broker within what is left over of its own.
//!
//! A day is asked for once. What the feed gave is stored together with the note that it was asked, so a back-fill that
//! was cut off, by a kill or by itself to let others go first, goes on where it was; it needs no memory of its own.
//! Bars that are stored already stay as they are.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use chrono::{DateTime, Days, NaiveDate, Utc};
use exodus_domain::{Bar, Clock, Instrument, Interval, MarketFeed, NoAnswer, Symbol, TradingHours, kst_date};
use exodus_store::backfills::{self, Backfill, BackfillProgress, NewBackfill};
use exodus_store::bars::{self, SeriesKind};
use exodus_store::coverage::{checked_days, measure, note_checked};
use exodus_store::jobs::{self, JobContext, JobError, JobKind, NewJob};
use exodus_store::{Kv, Rate, Store, StoreError, Tx, instruments};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::LiveError;
use crate::connector::{History, Told};
use crate::worker::WorkerDeps;

/// Back-fills that users ask for. They are long and nobody waits for them: everything else goes first.
pub(crate) static BACKFILL: JobKind =
    JobKind { name: "backfill", max_attempts: 5, timeout: Duration::from_secs(600), backoff: Duration::from_secs(30) };
const PRIORITY: i32 = 10;
/// How long a back-fill works before what waits may go first.
const SLICE: Duration = Duration::from_secs(10);
/// How often its owner is told how far it is.
const TELL_EVERY: Duration = Duration::from_millis(500);
/// The key under which all processes together count requests to the feed.
const BUDGET: &str = "backfill";

/// Days that one question may span. A source that can give less at a time makes several requests of it.
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
    source: Arc<dyn History>,
    clock: Arc<dyn Clock>,
}

/// The feed of this process as a source of history. It has no limits, so these are ours.
struct Rationed {
    feed: Arc<dyn MarketFeed>,
    kv: Arc<dyn Kv>,
    /// Requests a second, of all processes together.
    rate: u32,
}

#[async_trait]
impl History for Rationed {
    async fn bars(
        &self,
        symbol: Symbol,
        interval: Interval,
        from: DateTime<Utc>,
        to: DateTime<Utc>,
    ) -> Result<Told, NoAnswer> {
        self.wait().await?;
        Ok(Told { bars: self.feed.bars(symbol, interval, from, to).await?, requests: 1 })
    }
}

impl Rationed {
    /// Waits until one more request may be made.
    async fn wait(&self) -> Result<(), NoAnswer> {
        let rate = Rate { burst: self.rate, per: Duration::from_secs(1) };
        loop {
            let decision = self.kv.rate_limit(BUDGET, rate).await.map_err(|error| NoAnswer(error.to_string()))?;
            if decision.allowed {
                return Ok(());
            }
            tokio::time::sleep(decision.retry_after).await;
        }
    }
}

/// What came of a question.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Filled {
    /// New bars.
    pub(crate) added: u64,
    /// Requests it took.
    pub(crate) requests: u64,
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
    /// Asks the feed.
    pub(crate) fn new(deps: &WorkerDeps) -> Self {
        let (feed, kv, rate) = (Arc::clone(&deps.feed), Arc::clone(&deps.kv), deps.backfill_rate);
        Self::of(deps, Arc::new(Rationed { feed, kv, rate }))
    }

    /// Asks another source.
    fn of(deps: &WorkerDeps, source: Arc<dyn History>) -> Self {
        Self { store: deps.store.clone(), source, clock: Arc::clone(&deps.clock) as Arc<dyn Clock> }
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

    /// Asks for a window and stores what is new of the answer. `also` is done in the same transaction, with what came of
    /// it.
    pub(crate) async fn fill(
        &self,
        window: &Window,
        also: impl AsyncFnOnce(&Tx, Filled) -> Result<(), StoreError>,
    ) -> Result<Filled, LiveError> {
        let (Some(&first), Some(&last)) = (window.days.first(), window.days.last()) else {
            return Ok(Filled::default());
        };
        let (begin, end) = (Bar::day_start(first), Bar::day_start(last + Days::new(1)));
        let Told { bars, requests } = self.source.bars(window.symbol, window.interval, begin, end).await?;
        let tx = self.store.begin().await?;
        let added = self.store_new(&tx, window.symbol, window.interval, begin, end, bars).await?;
        note_checked(&tx, window.symbol, window.interval, first, last).await?;
        let filled = Filled { added, requests };
        also(&tx, filled).await?;
        tx.commit().await?;
        Ok(filled)
    }

    /// Asks the feed for the part of today that is over. It grows, so that it is asked again next time.
    pub(crate) async fn fill_today(&self, symbol: Symbol, interval: Interval) -> Result<u64, LiveError> {
        let now = self.clock.now();
        let begin = Bar::day_start(kst_date(now));
        let told = self.source.bars(symbol, interval, begin, now).await?;
        let tx = self.store.begin().await?;
        let added = self.store_new(&tx, symbol, interval, begin, now, told.bars).await?;
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

/// The issues of a request that somebody tells: those of the demo market by the feed, listed ones by the broker of an
/// account of whoever asks.
async fn known(deps: &WorkerDeps, request: &NewBackfill) -> Result<Vec<(Instrument, Filler)>, JobError> {
    let demo = Filler::new(deps);
    let of_feed = |symbol: &Symbol| deps.instruments.iter().find(|known| known.symbol == *symbol).cloned();
    let mut known: Vec<_> = request.symbols.iter().filter_map(of_feed).map(|issue| (issue, demo.clone())).collect();
    let listed: Vec<Symbol> = request.symbols.iter().copied().filter(|symbol| of_feed(symbol).is_none()).collect();
    if listed.is_empty() {
        return Ok(known);
    }
    let Some(brokers) = &deps.brokers else { return Ok(known) };
    let history = brokers.history(request.user_id, request.interval).await;
    if let Some(history) = history.map_err(|error| JobError::Retry(error.to_string()))? {
        let broker = Filler::of(deps, history);
        let issues = instruments::find_many(&deps.store, &listed).await?;
        known.extend(issues.into_iter().map(|issue| (issue, broker.clone())));
    }
    Ok(known)
}

/// One turn of a back-fill.
struct Slice<'a> {
    clock: Arc<dyn Clock>,
    ctx: &'a JobContext,
    backfill: Backfill,
    /// The issues of the request that somebody tells, and who.
    known: Vec<(Instrument, Filler)>,
    progress: BackfillProgress,
    until: Instant,
    told_at: Instant,
}

impl<'a> Slice<'a> {
    async fn begin(deps: &WorkerDeps, ctx: &'a JobContext, mut backfill: Backfill) -> Result<Self, JobError> {
        let known = known(deps, &backfill.request).await?;
        let is_unknown = |symbol: &&Symbol| !known.iter().any(|(known, _)| known.symbol == **symbol);
        backfill.unavailable = backfill.request.symbols.iter().filter(is_unknown).copied().collect();
        let now = Instant::now();
        let progress = backfill.progress;
        let clock = Arc::clone(&deps.clock) as Arc<dyn Clock>;
        let mut slice = Self { clock, ctx, backfill, known, progress, until: now + SLICE, told_at: now };
        if slice.progress == BackfillProgress::default() {
            slice.progress.days_missing = slice.count_missing().await?;
            backfills::progress(ctx.store(), slice.backfill.id, slice.progress, &slice.backfill.unavailable).await?;
        }
        slice.tell().await?;
        Ok(slice)
    }

    async fn work(&mut self) -> Result<(), JobError> {
        for (instrument, filler) in std::mem::take(&mut self.known) {
            for window in self.missing(&filler, &instrument).await? {
                if Instant::now() >= self.until {
                    self.tell().await?;
                    return Err(JobError::Unfinished);
                }
                // Whoever stops must not wait for a feed that is slow; what is half done is as if it had not begun.
                let stopped = self.ctx.stopped();
                let filled = stopped.run_until_cancelled(self.fill(&filler, &window)).await.ok_or(JobError::Stopped)?;
                filled.map_err(|error| JobError::Retry(error.to_string()))?;
                if self.told_at.elapsed() >= TELL_EVERY {
                    self.tell().await?;
                }
            }
        }
        Ok(())
    }

    /// Fills a window and notes that in the same breath, so that a kill can neither lose nor double it.
    async fn fill(&mut self, filler: &Filler, window: &Window) -> Result<(), LiveError> {
        let Backfill { id, unavailable, .. } = &self.backfill;
        let before = self.progress;
        let days = window.days.len() as u64;
        let after = |filled: Filled| BackfillProgress {
            days_asked: before.days_asked + days,
            bars_added: before.bars_added + filled.added,
            requests: before.requests + filled.requests,
            ..before
        };
        let note = async |tx: &Tx, filled: Filled| backfills::progress(tx, *id, after(filled), unavailable).await;
        let filled = filler.fill(window, note).await?;
        self.progress = after(filled);
        Ok(())
    }

    async fn missing(&self, filler: &Filler, instrument: &Instrument) -> Result<Vec<Window>, StoreError> {
        let NewBackfill { interval, from, to, .. } = self.backfill.request;
        filler.missing(instrument, interval, from, to).await
    }

    async fn count_missing(&self) -> Result<u64, StoreError> {
        let mut days = 0;
        for (instrument, filler) in &self.known {
            days += self.missing(filler, instrument).await?.iter().map(|window| window.days.len() as u64).sum::<u64>();
        }
        Ok(days)
    }

    async fn tell(&mut self) -> Result<(), StoreError> {
        self.told_at = Instant::now();
        backfills::tell(self.ctx.store(), &self.backfill, self.clock.now()).await?;
        self.ctx.progress(self.progress.fraction()).await
    }
}
