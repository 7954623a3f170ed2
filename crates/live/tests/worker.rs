//! Whole workers on a real store: history, quotes, sessions, hand-over, and a session that panics.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use exodus_domain::{
    Bar, Clock, Denial, EventBus, FeedEvent, Interval, IssueState, IssueStates, MarketFeed, NoAnswer, OrderFields,
    OrderState, OrderType, PortStream, Qty, Quote, RiskCode, Side, Symbol, Timer, Won,
};
use exodus_live::{
    DemoFeed, LocalFiles, ManualClock, PhasePayload, SystemClock, WORKER_STATUS_KEY, Worker, WorkerDeps, WorkerHandle,
    WorkerStatus, quote_key, register_jobs, register_phases,
};
use exodus_simulator::DemoMarket;
use exodus_store::accounts::Account;
use exodus_store::jobs::{self, JobContext, JobError, JobKind, JobRunner, JobStatus, NewJob, URGENT};
use exodus_store::operator::{self, OrderPath};
use exodus_store::orders::Order;
use exodus_store::requests::{NewRequest, RequestAction, RequestAnswer, Submitted};
use exodus_store::strategies::StrategyFields;
use exodus_store::users::{NewUser, Role};
use exodus_store::{
    Durability, Kv, MemoryBus, MemoryKv, Page, Store, StoreUrl, accounts, bars, instruments, leases, orders, requests,
    snapshots, strategies, users,
};
use serde_json::{Value, json};
use tempfile::TempDir;

struct Installation {
    store: Store,
    bus: Arc<MemoryBus>,
    kv: Arc<MemoryKv>,
    clock: Arc<dyn Timer>,
    /// The same clock, where the test turns it.
    hands: Option<Arc<ManualClock>>,
    market: Arc<DemoMarket>,
    folder: TempDir,
}

impl Installation {
    /// An installation that lives by the machine's clock: a decision is valid for two seconds of it.
    async fn in_real_time() -> Self {
        Self::new(Arc::new(SystemClock), None).await
    }

    /// An installation for which a minute is over in a second.
    async fn in_fast_motion() -> Self {
        let start = "2026-11-20T10:00:00+09:00".parse().expect("an RFC 3339 time");
        let hands = Arc::new(ManualClock::new(start));
        Self::new(Arc::clone(&hands) as _, Some(hands)).await
    }

    async fn new(clock: Arc<dyn Timer>, hands: Option<Arc<ManualClock>>) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let url = StoreUrl::Sqlite(folder.path().join("exodus.db"));
        let store = Store::connect(&url, Durability::RelaxedForTests).await.expect("a new database");
        store.migrate_up().await.expect("a fresh schema");
        Self {
            store,
            bus: Arc::new(MemoryBus::new()),
            kv: Arc::new(MemoryKv::new()),
            clock,
            hands,
            market: Arc::new(DemoMarket::new(1)),
            folder,
        }
    }

    fn demo_feed(&self) -> DemoFeed {
        DemoFeed::new(Arc::clone(&self.market), Arc::clone(&self.clock))
    }

    async fn start(&self, worker_id: &str, feed: Arc<dyn MarketFeed>) -> WorkerHandle {
        Worker::start(self.deps(worker_id, feed)).await.expect("the worker starts")
    }

    fn deps(&self, worker_id: &str, feed: Arc<dyn MarketFeed>) -> WorkerDeps {
        WorkerDeps {
            store: self.store.clone(),
            bus: Arc::clone(&self.bus) as Arc<dyn EventBus>,
            kv: Arc::clone(&self.kv) as Arc<dyn Kv>,
            clock: Arc::clone(&self.clock),
            feed,
            instruments: self.market.instruments().to_vec(),
            backfill_rate: 1_000,
            brokers: None,
            files: LocalFiles::new(self.folder.path(), "test"),
            worker_id: worker_id.to_owned(),
        }
    }

    async fn account(&self, email: &str) -> Account {
        let new = NewUser { email: email.to_owned(), hashed_password: "x".to_owned(), full_name: "Kim".to_owned() };
        let now = self.clock.now();
        let user = users::create(&self.store, &new, Role::User, now).await.expect("a new user");
        accounts::open(&self.store, user.id, Won(100_000_000), now).await.expect("a new account")
    }

    async fn buy(&self, account: &Account, symbol: &str) -> i64 {
        let fields = OrderFields {
            symbol: symbol.parse().expect("a valid code"),
            side: Side::Buy,
            order_type: OrderType::Market,
            quantity: Qty(1),
            price: None,
        };
        let new = NewRequest {
            user_id: account.user_id,
            account_id: account.id,
            action: RequestAction::Place { fields, confirmed: None },
            idempotency_key: None,
            body_hash: String::new(),
        };
        match requests::submit(&self.store, &new, self.clock.now()).await.expect("stored") {
            Submitted::New(request) => request.id,
            other => panic!("not new: {other:?}"),
        }
    }

    /// Lets time pass until `found` finds something.
    async fn wait_for<T>(&self, what: &str, mut found: impl AsyncFnMut() -> Option<T>) -> T {
        for _ in 0..1_500 {
            if let Some(found) = found().await {
                return found;
            }
            if let Some(hands) = &self.hands {
                hands.advance(TimeDelta::seconds(1));
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("thirty seconds passed without {what}");
    }

    async fn filled_order(&self, account: &Account, request_id: i64) -> Order {
        self.wait_for("a filled order", async || {
            let request = requests::get(&self.store, account.user_id, request_id).await.expect("readable")?;
            let Some(RequestAnswer::Order { order_id }) = request.answer else { return None };
            let order = orders::find(&self.store, order_id).await.expect("readable")?;
            assert!(!order.state.is_ended() || order.state == OrderState::Filled, "{order:?}");
            (order.state == OrderState::Filled).then_some(order)
        })
        .await
    }
}

fn day_bars(stored: &[bars::Coverage]) -> u64 {
    stored.iter().map(|coverage| coverage.rows).sum()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_fills_history_publishes_quotes_and_appends_bars() {
    let place = Installation::in_fast_motion().await;
    let worker = place.start("one", Arc::new(place.demo_feed())).await;
    let symbol: Symbol = "00I010".parse().expect("a valid code");
    let coverage = async |interval| bars::coverage(&place.store, symbol, interval).await.expect("readable");
    let daily = place
        .wait_for("daily history", async || Some(day_bars(&coverage(Interval::Day1).await)).filter(|n| *n > 0))
        .await;
    assert!((480..500).contains(&daily), "{daily} daily bars are not two years");
    let before = place.wait_for("minutes", async || coverage(Interval::Minute1).await.pop()).await;
    assert!(before.rows > 4_000, "{} minutes are not three days", before.rows);
    let after = place
        .wait_for("the next minute", async || {
            coverage(Interval::Minute1).await.pop().filter(|now| now.last > before.last)
        })
        .await;
    assert_eq!(after.rows - before.rows, u64::try_from((after.last - before.last).num_minutes()).expect("later"));

    let quote = place.wait_for("a quote", async || place.kv.get(&quote_key(symbol)).await.expect("readable")).await;
    let quote: Quote = serde_json::from_slice(&quote).expect("a quote");
    assert_eq!(Some(quote.price), place.market.quote(symbol, quote.at).map(|quote| quote.price));
    let status = place.kv.get(WORKER_STATUS_KEY).await.expect("readable").expect("a status");
    let status: WorkerStatus = serde_json::from_slice(&status).expect("a status");
    assert_eq!((status.worker_id.as_str(), status.sessions), ("one", 0));
    assert!(status.feed_at.is_some());
    worker.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_halt_by_hand_denies_orders_and_outlives_a_restart() {
    let place = Installation::in_real_time().await;
    let account = place.account("kim@example.com").await;
    let symbol: Symbol = "00I010".parse().expect("a valid code");
    let first = place.start("first", Arc::new(place.demo_feed())).await;
    let tx = place.store.begin().await.expect("a transaction");
    let halted = IssueStates::default().with(IssueState::Halted);
    instruments::set_states(&tx, symbol, halted, place.clock.now()).await.expect("stored");
    tx.commit().await.expect("committed");
    first.stop().await;
    let second = place.start("second", Arc::new(place.demo_feed())).await;
    let known = instruments::find_many(&place.store, &[symbol]).await.expect("readable");
    assert_eq!(known[0].states, halted);
    let request_id = place.buy(&account, "00I010").await;
    let denial = place
        .wait_for("an answer", async || {
            let request = requests::get(&place.store, account.user_id, request_id).await.expect("readable")?;
            let Some(RequestAnswer::Order { order_id }) = request.answer else { return None };
            orders::find(&place.store, order_id).await.expect("readable")?.denial
        })
        .await;
    assert_eq!(denial.code, RiskCode::Restricted, "{denial}");
    second.stop().await;
}

/// How a request was answered: with the denial of its order, or with none.
async fn denial_of(place: &Installation, account: &Account, request_id: i64) -> Option<Denial> {
    place
        .wait_for("an answer", async || {
            let request = requests::get(&place.store, account.user_id, request_id).await.expect("readable")?;
            let Some(RequestAnswer::Order { order_id }) = request.answer else { return None };
            Some(orders::find(&place.store, order_id).await.expect("readable")?.denial)
        })
        .await
}

async fn review_of(place: &Installation, account: &Account) -> Option<String> {
    let known = accounts::find(&place.store, account.id).await.expect("readable").expect("kept");
    known.review.map(|review| review.reason)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_is_behind_puts_accounts_into_review_until_a_person_released_them() {
    let place = Installation::in_real_time().await;
    let account = place.account("kim@example.com").await;
    let first = place.start("first", Arc::new(place.demo_feed())).await;
    assert_eq!(review_of(&place, &account).await, None);
    first.stop().await;
    // This machine sent an order that the database does not know: a backup was put back.
    std::fs::write(place.folder.path().join("generation-test"), "99 99\n").expect("written");
    let second = place.start("second", Arc::new(place.demo_feed())).await;
    assert_eq!(review_of(&place, &account).await.as_deref(), Some("DATABASE_BEHIND"));
    let request_id = place.buy(&account, "00I010").await;
    let denial = denial_of(&place, &account, request_id).await.expect("denied");
    assert_eq!(denial.code, RiskCode::NotReady, "{denial}");
    accounts::release(&place.store, account.user_id, account.id, "compared", place.clock.now())
        .await
        .expect("released");
    second.stop().await;
    let third = place.start("third", Arc::new(place.demo_feed())).await;
    assert_eq!(review_of(&place, &account).await, None, "the file was put aside");
    let request_id = place.buy(&account, "00I010").await;
    assert_eq!(denial_of(&place, &account, request_id).await, None);
    third.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_whose_stored_values_cannot_be_read_is_put_into_review() {
    let place = Installation::in_real_time().await;
    let account = place.account("kim@example.com").await;
    exodus_store::settings::set(&place.store, "risk_caps", &"garbage", place.clock.now()).await.expect("stored");
    let worker = place.start("one", Arc::new(place.demo_feed())).await;
    place.buy(&account, "00I010").await;
    let reason = place.wait_for("a review", async || review_of(&place, &account).await).await;
    assert_eq!(reason, "DATABASE_UNREADABLE");
    worker.stop().await;
    let today = exodus_domain::kst_date(place.clock.now());
    assert_eq!(orders::of_day(&place.store, account.id, today).await.expect("readable"), [], "it never was READY");
}

#[test]
fn a_third_start_in_five_minutes_after_crashes_is_a_review() {
    let runtime = || {
        let mut builder = tokio::runtime::Builder::new_multi_thread();
        builder.worker_threads(2).enable_all().build().expect("a runtime")
    };
    let keeper = runtime();
    let place = keeper.block_on(Installation::in_real_time());
    let account = keeper.block_on(place.account("kim@example.com"));
    let chosen = OrderPath { crash_loop_starts: 3, fingerprint: true };
    keeper.block_on(operator::set_order_path(&place.store, &chosen, place.clock.now())).expect("stored");
    let lease = format!("account:{}", account.id);
    // Each process is a runtime, and ends with everything in it.
    let lives_until_its_session_runs = |name: &str| {
        let process = runtime();
        process.block_on(async {
            leases::end_all(&place.store).await.expect("the process before is dead");
            place.buy(&account, "00I010").await;
            let url = StoreUrl::Sqlite(place.folder.path().join("exodus.db"));
            let store = Store::connect(&url, Durability::RelaxedForTests).await.expect("its own connections");
            let deps = WorkerDeps { store, ..place.deps(name, Arc::new(place.demo_feed())) };
            let worker = Worker::start(deps).await.expect("the worker starts");
            let holds = async || leases::holder(&place.store, &lease, place.clock.now()).await.expect("readable");
            place.wait_for("a session", async || holds().await.filter(|holder| holder == name)).await;
            // The session notes its start before it does anything else.
            tokio::time::sleep(Duration::from_millis(300)).await;
            std::mem::forget(worker);
        });
        process.shutdown_background();
    };
    for name in ["first", "second"] {
        lives_until_its_session_runs(name);
        assert_eq!(keeper.block_on(review_of(&place, &account)), None, "{name}");
    }
    lives_until_its_session_runs("third");
    let reason = keeper.block_on(place.wait_for("a review", async || review_of(&place, &account).await));
    assert_eq!(reason, accounts::CRASH_LOOP);
}

#[tokio::test(flavor = "multi_thread")]
async fn orders_go_on_with_the_next_worker_when_one_stops() {
    let place = Installation::in_real_time().await;
    let account = place.account("kim@example.com").await;
    let first = place.start("first", Arc::new(place.demo_feed())).await;
    let request = place.buy(&account, "00I010").await;
    let order = place.filled_order(&account, request).await;
    let second = place.start("second", Arc::new(place.demo_feed())).await;
    assert_eq!((order.attempts, first.status().sessions, second.status().sessions), (1, 1, 0));
    first.stop().await;
    let request = place.buy(&account, "00O010").await;
    place.filled_order(&account, request).await;
    assert_eq!(second.status().sessions, 1);
    let today = orders::of_day(&place.store, account.id, order.trade_date).await.expect("readable");
    assert_eq!(today.len(), 2, "each request became one order");
    second.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_active_strategy_is_operated_and_stopped() {
    let place = Installation::in_fast_motion().await;
    let account = place.account("kim@example.com").await;
    let worker = place.start("one", Arc::new(place.demo_feed())).await;
    let fields = StrategyFields {
        name: "fast".to_owned(),
        description: String::new(),
        strategy_type: "momentum".to_owned(),
        parameters: json!({ "interval": "1m", "lookback": 1, "entry_threshold_percent": 0, "exit_threshold_percent": 0 }),
        symbols: place.market.instruments().iter().map(|instrument| instrument.symbol).collect(),
    };
    let now = place.clock.now();
    let strategy = strategies::create(&place.store, account.user_id, &fields, now).await.expect("stored");
    strategies::activate(&place.store, account.user_id, strategy.id, 1, now).await.expect("active");
    let order = place
        .wait_for("an order of the strategy", async || {
            let today = orders::of_day(&place.store, account.id, exodus_domain::kst_date(place.clock.now())).await;
            today.expect("readable").into_iter().find(|order| order.filled_quantity.is_positive())
        })
        .await;
    assert_eq!(order.strategy_id, Some(strategy.id));
    assert_eq!(worker.status().sessions, 1);
    worker.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_day_ends_with_one_snapshot_of_each_account_however_many_workers_see_it() {
    let place = Installation::in_fast_motion().await;
    let account = place.account("kim@example.com").await;
    let hands = place.hands.as_ref().expect("fast motion");
    hands.advance(TimeDelta::hours(13) + TimeDelta::minutes(54));
    let mut parts = Vec::new();
    for worker_id in ["one", "two"] {
        let deps = place.deps(worker_id, Arc::new(place.demo_feed()));
        let runner = JobRunner::new(place.store.clone(), Arc::clone(&place.clock) as Arc<dyn Clock>, worker_id);
        let runner = register_jobs(runner, &deps).start(1).await.expect("the runner starts");
        parts.push((runner, Worker::start(deps).await.expect("the worker starts")));
    }
    let snapshot = place
        .wait_for("a snapshot", async || {
            snapshots::range(&place.store, account.user_id, None, None).await.expect("readable").pop()
        })
        .await;
    assert_eq!(snapshot.snapshot_date, exodus_domain::kst_date(place.clock.now()));
    assert_eq!(snapshot.total_assets, Won(100_000_000));
    let found = jobs::list(&place.store, None, Page { number: 1, size: 50 }).await.expect("readable");
    let of_today = found.items.iter().filter(|job| job.kind == "account_snapshots").count();
    assert_eq!(of_today, 1);
    for (runner, worker) in parts {
        worker.stop().await;
        runner.stop().await;
    }
}

/// A job that goes on until the process stops.
static ENDLESS: JobKind =
    JobKind { name: "endless", max_attempts: 1, timeout: Duration::from_secs(600), backoff: Duration::from_secs(1) };

#[tokio::test(flavor = "multi_thread")]
async fn long_jobs_delay_neither_a_session_nor_the_phases_of_the_day() {
    let place = Installation::in_real_time().await;
    let account = place.account("kim@example.com").await;
    let deps = place.deps("one", Arc::new(place.demo_feed()));
    let clock = Arc::clone(&place.clock) as Arc<dyn Clock>;
    let began = Arc::new(AtomicUsize::new(0));
    let runner = JobRunner::new(place.store.clone(), Arc::clone(&clock), "one").register(&ENDLESS, {
        let began = Arc::clone(&began);
        move |context: JobContext, _| {
            began.fetch_add(1, Ordering::Relaxed);
            async move {
                context.stopped().cancelled().await;
                Err(JobError::Stopped)
            }
        }
    });
    let usual = runner.start(2).await.expect("the runner starts");
    let phases = register_phases(JobRunner::new(place.store.clone(), clock, "one").urgent(), &deps);
    let phases = phases.start(1).await.expect("the runner of phases starts");
    let worker = Worker::start(deps).await.expect("the worker starts");
    let enqueue = async |kind: &JobKind, priority, payload: Value| {
        let tx = place.store.begin().await.expect("a transaction");
        let new = NewJob { payload, priority, ..NewJob::default() };
        let (id, _) = jobs::enqueue(&tx, kind, &new, place.clock.now()).await.expect("queued");
        tx.commit().await.expect("committed");
        id
    };
    // Every slot is taken, and more wait.
    for _ in 0..5 {
        enqueue(&ENDLESS, 0, json!({})).await;
    }
    place.wait_for("two long jobs", async || (began.load(Ordering::Relaxed) == 2).then_some(())).await;

    let asked = place.clock.now();
    let request = place.buy(&account, "00I010").await;
    place.filled_order(&account, request).await;
    let took = place.clock.now() - asked;
    assert!(took < TimeDelta::seconds(10), "the order took {took}");

    let now = place.clock.now();
    let payload =
        json!(PhasePayload { session: exodus_domain::kst_date(now), tick: now, until: now + TimeDelta::seconds(60) });
    let kind = JobKind { name: "session_close", ..ENDLESS };
    let id = enqueue(&kind, URGENT, payload).await;
    place
        .wait_for("the phase", async || {
            let job = jobs::get(&place.store, id).await.expect("readable")?;
            (job.status == JobStatus::Done).then_some(())
        })
        .await;
    let took = place.clock.now() - now;
    assert!(took < TimeDelta::seconds(5), "the phase took {took}");
    assert_eq!(began.load(Ordering::Relaxed), 2, "the long jobs are still at it");
    worker.stop().await;
    drop(usual);
    phases.stop().await;
}

/// The demo feed with a fault: a subscription to one issue alone makes whoever asks panic.
struct FaultyFeed {
    feed: DemoFeed,
    poison: Symbol,
    panics: Arc<AtomicUsize>,
}

#[async_trait]
impl MarketFeed for FaultyFeed {
    fn subscribe(&self, symbols: &[Symbol]) -> PortStream<FeedEvent> {
        if symbols == [self.poison] {
            self.panics.fetch_add(1, Ordering::Relaxed);
            panic!("the poisoned issue was asked for");
        }
        self.feed.subscribe(symbols)
    }

    async fn bars(
        &self,
        symbol: Symbol,
        interval: Interval,
        from: DateTime<Utc>,
        to: DateTime<Utc>,
    ) -> Result<Vec<Bar>, NoAnswer> {
        self.feed.bars(symbol, interval, from, to).await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_panics_takes_no_other_with_it() {
    let place = Installation::in_real_time().await;
    let (unlucky, lucky) = (place.account("unlucky@example.com").await, place.account("lucky@example.com").await);
    let poison: Symbol = "00I030".parse().expect("a valid code");
    let panics = Arc::new(AtomicUsize::new(0));
    let feed = FaultyFeed { feed: place.demo_feed(), poison, panics: Arc::clone(&panics) };
    let worker = place.start("one", Arc::new(feed)).await;
    let stuck = place.buy(&unlucky, "00I030").await;
    // Twice, because its session is started again.
    place.wait_for("two panics", async || (panics.load(Ordering::Relaxed) >= 2).then_some(())).await;
    for symbol in ["00I010", "00I020"] {
        let request = place.buy(&lucky, symbol).await;
        place.filled_order(&lucky, request).await;
    }
    let request = requests::get(&place.store, unlucky.user_id, stuck).await.expect("readable").expect("kept");
    assert_eq!(request.answer, None, "its session cannot get beyond this request");
    worker.stop().await;
}
