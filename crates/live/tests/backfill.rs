//! Back-fills on a real store and job queue: what is asked of the feed, how often, and what a break costs.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use exodus_domain::{
    Bar, Clock, EventBus, FeedEvent, Instrument, InstrumentKind, Interval, Market, MarketFeed, NoAnswer, PortStream,
    Price, Qty, Symbol, Timer, TradingHours, kst_date, sessions,
};
use exodus_live::{LocalFiles, ManualClock, WorkerDeps, enqueue_backfill, register_jobs};
use exodus_store::backfills::{self, Backfill, NewBackfill};
use exodus_store::bars::{self, SeriesKind};
use exodus_store::coverage::{CheckedDays, measure};
use exodus_store::jobs::{self, JobRunner, JobStatus, RunnerHandle};
use exodus_store::users::{NewUser, Role};
use exodus_store::{Durability, Kv, MemoryBus, MemoryKv, Store, StoreUrl, instruments, users};
use tempfile::TempDir;

fn date(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).expect("a date")
}

fn symbol(code: &str) -> Symbol {
    code.parse().expect("a valid code")
}

/// A day on which the issues of [`Source`] were halted: it has no bar.
const HALT: (i32, u32, u32) = (2024, 7, 10);

/// A feed of made-up daily and minute bars that writes down what it is asked.
#[derive(Default)]
struct Source {
    /// For each issue and interval, every day that was asked for, with how often it was answered.
    asked: Mutex<BTreeMap<(Symbol, Interval, NaiveDate), usize>>,
    requests: AtomicUsize,
    /// After so many answers it is silent for ever.
    silent_after: Option<usize>,
}

impl Source {
    fn asked_more_than_once(&self) -> usize {
        self.asked.lock().expect("no panic holds it").values().filter(|times| **times > 1).count()
    }

    fn asked_days(&self, code: &str, interval: Interval) -> Vec<NaiveDate> {
        let asked = self.asked.lock().expect("no panic holds it");
        asked.keys().filter(|(of, length, _)| (*of, *length) == (symbol(code), interval)).map(|key| key.2).collect()
    }
}

#[async_trait]
impl MarketFeed for Source {
    fn subscribe(&self, _: &[Symbol]) -> PortStream<FeedEvent> {
        Box::pin(futures::stream::pending())
    }

    async fn bars(
        &self,
        symbol: Symbol,
        interval: Interval,
        from: DateTime<Utc>,
        to: DateTime<Utc>,
    ) -> Result<Vec<Bar>, NoAnswer> {
        let number = self.requests.fetch_add(1, Ordering::SeqCst);
        if self.silent_after.is_some_and(|most| number >= most) {
            std::future::pending::<()>().await;
        }
        let days: Vec<NaiveDate> = sessions(kst_date(from), kst_date(to - TimeDelta::seconds(1))).collect();
        let mut asked = self.asked.lock().expect("no panic holds it");
        for day in &days {
            *asked.entry((symbol, interval, *day)).or_default() += 1;
        }
        let halt = date(HALT.0, HALT.1, HALT.2);
        Ok(days.into_iter().filter(|day| *day != halt).flat_map(|day| made_up(interval, day)).collect())
    }
}

fn made_up(interval: Interval, day: NaiveDate) -> Vec<Bar> {
    let bar = |open_time| {
        let price = Price(50_000);
        Bar { open_time, open: price, high: price, low: price, close: price, volume: Qty(1) }
    };
    match interval {
        Interval::Day1 => vec![bar(Bar::day_start(day))],
        // An issue that trades once an hour.
        _ => (9..15).map(|hour| bar(Bar::day_start(day) + TimeDelta::hours(hour))).collect(),
    }
}

struct Installation {
    store: Store,
    kv: Arc<dyn Kv>,
    clock: Arc<ManualClock>,
    user_id: i64,
    rate: u32,
    folder: TempDir,
}

impl Installation {
    async fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let url = StoreUrl::Sqlite(folder.path().join("exodus.db"));
        let store = Store::connect(&url, Durability::RelaxedForTests).await.expect("a new database");
        store.migrate_up().await.expect("a fresh schema");
        let clock = Arc::new(ManualClock::new("2026-06-05T12:00:00+09:00".parse().expect("an RFC 3339 time")));
        let new = NewUser { email: "kim@example.com".into(), hashed_password: "x".into(), full_name: "Kim".into() };
        let user = users::create(&store, &new, Role::User, clock.now()).await.expect("a user");
        instruments::upsert(&store, &known(), clock.now()).await.expect("stored");
        Self { store, kv: Arc::new(MemoryKv::new()), clock, user_id: user.id, rate: 10_000, folder }
    }

    /// A worker's job runner with this feed.
    async fn runner(&self, feed: Arc<Source>) -> RunnerHandle {
        let deps = WorkerDeps {
            store: self.store.clone(),
            bus: Arc::new(MemoryBus::new()) as Arc<dyn EventBus>,
            kv: Arc::clone(&self.kv),
            clock: Arc::clone(&self.clock) as Arc<dyn Timer>,
            feed,
            instruments: known(),
            backfill_rate: self.rate,
            brokers: None,
            files: LocalFiles::new(self.folder.path(), "test"),
            worker_id: "one".to_owned(),
        };
        let clock = Arc::clone(&self.clock) as Arc<dyn Clock>;
        let runner = JobRunner::new(self.store.clone(), clock, "one").lease(Duration::from_secs(1));
        register_jobs(runner, &deps).start(2).await.expect("the runner starts")
    }

    async fn ask(&self, codes: &[&str], interval: Interval, from: NaiveDate, to: NaiveDate) -> i64 {
        let symbols = codes.iter().map(|code| symbol(code)).collect();
        let new = NewBackfill { user_id: self.user_id, symbols, interval, from, to };
        let tx = self.store.begin().await.expect("a transaction");
        let backfill = enqueue_backfill(&tx, &new, self.clock.now()).await.expect("queued");
        tx.commit().await.expect("committed");
        backfill.id
    }

    async fn get(&self, id: i64) -> Backfill {
        backfills::find(&self.store, id).await.expect("a read").expect("kept")
    }

    /// Waits until a back-fill is as wanted. The clock goes on, so that leases end.
    async fn wait(&self, id: i64, wanted: impl Fn(&Backfill) -> bool) -> Backfill {
        let deadline = Instant::now() + Duration::from_secs(30);
        loop {
            let backfill = self.get(id).await;
            if wanted(&backfill) {
                return backfill;
            }
            assert!(Instant::now() < deadline, "{backfill:?}");
            self.clock.advance(TimeDelta::milliseconds(20));
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    async fn ended(&self, id: i64) -> Backfill {
        self.wait(id, |backfill| !backfill.status.is_live()).await
    }

    async fn stored_days(&self, code: &str, interval: Interval, from: NaiveDate, to: NaiveDate) -> Vec<NaiveDate> {
        let kind = SeriesKind::krx(interval, false);
        let (begin, end) = (Bar::day_start(from), Bar::day_start(to) + TimeDelta::days(1));
        let times = bars::times(&self.store, &[symbol(code)], kind, begin, end).await.expect("a read");
        let times = times.get(&symbol(code)).cloned().unwrap_or_default();
        let days = measure(TradingHours::Krx, interval, &times, &CheckedDays::default(), from, to);
        days.iter().filter(|day| day.stored > 0).map(|day| day.date).collect()
    }
}

/// The issues the feed knows.
fn known() -> Vec<Instrument> {
    ["005930", "000660"].map(|code| Instrument::new(symbol(code), Market::Kospi, InstrumentKind::Stock)).into()
}

#[tokio::test(flavor = "multi_thread")]
async fn only_what_is_missing_is_asked_for_and_once() {
    let place = Installation::new().await;
    let (from, to) = (date(2024, 1, 2), date(2024, 12, 30));
    let all: Vec<NaiveDate> = sessions(from, to).collect();
    let stored: Vec<Bar> = all[30..60].iter().flat_map(|day| made_up(Interval::Day1, *day)).collect();
    let key = SeriesKind::krx(Interval::Day1, false).of(symbol("005930"));
    bars::append(&place.store, key, &stored).await.expect("stored");
    let feed = Arc::new(Source::default());
    let runner = place.runner(Arc::clone(&feed)).await;

    let first = place.ask(&["005930", "999999"], Interval::Day1, from, to).await;
    let first = place.ended(first).await;
    assert_eq!((first.status, first.unavailable.as_slice()), (JobStatus::Done, [symbol("999999")].as_slice()));
    let missing = all.len() as u64 - 30;
    assert_eq!((first.progress.days_missing, first.progress.days_asked), (missing, missing));
    assert_eq!((first.progress.bars_added, first.progress.requests), (missing - 1, 2), "one day was a halt");
    let asked = feed.asked_days("005930", Interval::Day1);
    assert!(asked.iter().all(|day| !all[30..60].contains(day)), "a stored day was asked for");

    let again = place.ask(&["005930"], Interval::Day1, from, to).await;
    let again = place.ended(again).await;
    assert_eq!((again.status, again.progress.requests, again.progress.days_missing), (JobStatus::Done, 0, 0));
    assert_eq!(feed.asked_more_than_once(), 0, "not even the halt");
    runner.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn minutes_of_an_issue_that_trades_seldom_are_asked_for_once_and_today_never() {
    let place = Installation::new().await;
    let (from, to) = (date(2026, 6, 1), date(2026, 6, 5));
    let feed = Arc::new(Source::default());
    let runner = place.runner(Arc::clone(&feed)).await;
    for expected in [1, 0] {
        let id = place.ask(&["005930"], Interval::Minute1, from, to).await;
        let done = place.ended(id).await;
        assert_eq!((done.status, done.progress.requests), (JobStatus::Done, expected));
    }
    let over: Vec<NaiveDate> = sessions(from, date(2026, 6, 4)).collect();
    assert_eq!(feed.asked_days("005930", Interval::Minute1), over);
    assert_eq!(place.stored_days("005930", Interval::Minute1, from, to).await, over);
    runner.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_that_dies_costs_no_more_than_the_answer_it_waited_for() {
    let place = Installation::new().await;
    let (from, to) = (date(2024, 1, 2), date(2025, 12, 30));
    let minutes = sessions(from, to).count();
    let dying = Arc::new(Source { silent_after: Some(40), ..Source::default() });
    let process = tokio::runtime::Runtime::new().expect("a runtime");
    let runner = tokio::task::block_in_place(|| process.block_on(place.runner(Arc::clone(&dying))));
    let id = place.ask(&["005930"], Interval::Minute1, from, to).await;
    place.wait(id, |backfill| backfill.progress.requests == 40).await;
    let stored = place.stored_days("005930", Interval::Minute1, from, to).await.len();
    assert!((100..=200).contains(&stored), "{stored}");
    // Every task ends where it is. As after a kill nothing is given back, and the lease has to end first.
    process.shutdown_background();
    std::mem::forget(runner);

    let feed = Arc::new(Source::default());
    let next = place.runner(Arc::clone(&feed)).await;
    let done = place.ended(id).await;
    assert_eq!(done.status, JobStatus::Done);
    assert_eq!(place.stored_days("005930", Interval::Minute1, from, to).await.len(), minutes - 1);
    let (before, after) = (dying.asked_days("005930", Interval::Minute1), feed.asked_days("005930", Interval::Minute1));
    assert!(after.iter().all(|day| !before.contains(day)), "what was stored was asked for again");
    assert_eq!(before.len() + after.len(), minutes);
    assert_eq!(done.progress.days_asked, done.progress.days_missing);
    assert_eq!(done.progress.requests as usize, 40 + feed.requests.load(Ordering::SeqCst));
    next.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_came_in_before_a_back_fill_was_cancelled_stays() {
    let place = Installation::new().await;
    let (from, to) = (date(2024, 1, 2), date(2024, 12, 30));
    let slow = Arc::new(Source { silent_after: Some(3), ..Source::default() });
    let runner = place.runner(slow).await;
    let id = place.ask(&["005930"], Interval::Minute1, from, to).await;
    let backfill = place.wait(id, |backfill| backfill.progress.requests == 3).await;
    jobs::request_cancel(&place.store, backfill.job_id.expect("a job"), place.clock.now()).await.expect("asked");
    // The feed never answers again, and nobody waits for it.
    let ended = place.ended(id).await;
    assert_eq!((ended.status, ended.progress.requests), (JobStatus::Cancelled, 3));
    assert_eq!(place.stored_days("005930", Interval::Minute1, from, to).await.len(), 15);
    runner.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn all_workers_together_keep_the_budget() {
    let mut place = Installation::new().await;
    place.rate = 10;
    let feed = Arc::new(Source::default());
    let runners = [place.runner(Arc::clone(&feed)).await, place.runner(Arc::clone(&feed)).await];
    let started = Instant::now();
    let (from, to) = (date(2024, 1, 2), date(2024, 4, 30));
    let mut ids = Vec::new();
    for code in ["005930", "000660"] {
        ids.push(place.ask(&[code], Interval::Minute1, from, to).await);
    }
    for id in ids {
        assert_eq!(place.ended(id).await.status, JobStatus::Done);
    }
    let requests = feed.requests.load(Ordering::SeqCst);
    let allowed = 10.0 + 10.0 * started.elapsed().as_secs_f64();
    assert!((30..60).contains(&requests), "{requests} windows of five days");
    assert!(requests as f64 <= allowed, "{requests} requests where {allowed:.1} are allowed");
    for runner in runners {
        runner.stop().await;
    }
}
