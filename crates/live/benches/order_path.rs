//! From the close of a bar to the order at the broker port: a whole worker on real SQLite, fsync on, 200 issues watched
//! by 20 strategies each. `make bench-orders` runs it; prints a table in Markdown.
//!
//! A bar closes at an instant of the machine's clock, for all issues at once, and the feed tells it from that instant
//! on. An order counts as handed over when the broker's answer is about to be written down; the paper broker answers in
//! microseconds. Everything else runs beside it as it does in operation: quotes and books each second, the collector
//! that stores every bar, the publisher, the relay of the outbox.

#![allow(clippy::print_stdout, reason = "the table is the point of it")]

use std::collections::{BTreeMap, VecDeque};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use exodus_domain::{
    Bar, Clock, FeedEvent, Instrument, InstrumentKind, Interval, Level, Market, MarketFeed, NoAnswer, OrderBook,
    PortStream, Price, Qty, Quote, Symbol, Timer, Won, round_to_tick, tick_down, tick_up,
};
use exodus_live::{LocalFiles, SystemClock, Worker, WorkerDeps};
use exodus_store::orders::{self, OrderFilter};
use exodus_store::strategies::StrategyFields;
use exodus_store::users::{NewUser, Role};
use exodus_store::{Durability, MemoryBus, MemoryKv, Page, Store, StoreUrl, accounts, strategies, users};
use futures::stream;
use serde_json::{Value, json};

const ISSUES: usize = 200;
const STRATEGIES: u32 = 20;
/// Closes that are measured.
const CLOSES: i32 = 30;
/// A minute of the invented market lasts so long.
const MINUTE: TimeDelta = TimeDelta::seconds(2);
/// Bars that strategies are warmed up with at most.
const PAST: i32 = 100;

/// An invented market: minute `n` closes at `opens + n * MINUTE` by the machine's clock.
struct Invented {
    opens: DateTime<Utc>,
    issues: Vec<Instrument>,
    /// How many issues rise by a few percent in a minute; the others stand still but for a tick.
    movers: u64,
}

impl Invented {
    fn new(movers: u64) -> Self {
        let issue = |number: usize| {
            let symbol: Symbol = format!("9{number:03}00").parse().expect("a valid code");
            let mut issue = Instrument::new(symbol, Market::Kospi, InstrumentKind::Stock);
            issue.is_demo = true; // Trades at any hour.
            issue
        };
        Self { opens: SystemClock.now() + TimeDelta::seconds(20), issues: (0..ISSUES).map(issue).collect(), movers }
    }

    /// When a minute is over by the machine's clock.
    fn closes_at(&self, minute: i32) -> DateTime<Utc> {
        self.opens + MINUTE * minute
    }

    /// The minute that runs.
    fn minute(&self, now: DateTime<Utc>) -> i32 {
        i32::try_from((now - self.opens).num_milliseconds().div_euclid(MINUTE.num_milliseconds())).unwrap_or(0)
    }

    /// What the minute is called in its bar: real minutes of the hours before, so that no bar lies in the future.
    fn open_time(&self, minute: i32) -> DateTime<Utc> {
        let whole = self.opens.timestamp() / 60 * 60;
        DateTime::from_timestamp(whole, 0).expect("now is a valid time") - TimeDelta::hours(6)
            + TimeDelta::minutes(minute.into())
    }

    /// The close of a minute: a tick up or down by turns, and 3 % more in the minutes in which it is this issue's turn.
    fn close(&self, issue: usize, minute: i32) -> Price {
        let turn = (mix(minute.unsigned_abs().into()) + issue as u64 * 7919) % ISSUES as u64;
        let jump = if minute > 0 && turn < self.movers { 300 } else { 0 };
        let price = 20_000 + 100 * (issue as i64 % 50) + jump * 2 + i64::from(minute % 2) * 50;
        round_to_tick(Market::Kospi, InstrumentKind::Stock, self.opens.date_naive(), Price(price))
    }

    fn bar(&self, issue: usize, minute: i32) -> Bar {
        let close = self.close(issue, minute);
        let open_time = self.open_time(minute);
        Bar { open_time, open: close, high: close, low: close, close, volume: Qty(1_000_000) }
    }

    fn quote_and_book(&self, issue: usize, now: DateTime<Utc>) -> [FeedEvent; 2] {
        let (symbol, price) = (self.issues[issue].symbol, self.close(issue, self.minute(now)));
        let (market, kind, date) = (Market::Kospi, InstrumentKind::Stock, now.date_naive());
        let level = |price| vec![Level { price, quantity: Qty(1_000_000) }];
        let (asks, bids) = (level(tick_up(market, kind, date, price)), level(tick_down(market, kind, date, price)));
        [
            FeedEvent::Quote(Quote {
                symbol,
                price,
                base_price: Price(22_000),
                volume: Qty(1_000_000),
                brake: None,
                at: now,
            }),
            FeedEvent::Book(OrderBook { symbol, asks, bids, at: now }),
        ]
    }
}

fn mix(value: u64) -> u64 {
    let value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    (value ^ (value >> 27)) % 1_000_003
}

/// One listener: what it was told last, and what waits.
struct Listener {
    market: Arc<Invented>,
    issues: Vec<usize>,
    minute: i32,
    told: DateTime<Utc>,
    queue: VecDeque<FeedEvent>,
}

impl Listener {
    async fn next(&mut self) -> FeedEvent {
        loop {
            if let Some(event) = self.queue.pop_front() {
                return event;
            }
            let (close, quotes) = (self.market.closes_at(self.minute), self.told + TimeDelta::seconds(1));
            SystemClock.sleep_until(close.min(quotes)).await;
            let now = SystemClock.now();
            for issue in self.issues.iter().copied() {
                if now >= quotes {
                    self.queue.extend(self.market.quote_and_book(issue, now));
                }
                if now >= close {
                    let (symbol, interval) = (self.market.issues[issue].symbol, Interval::Minute1);
                    let bar = self.market.bar(issue, self.minute - 1);
                    self.queue.push_back(FeedEvent::Bar { symbol, interval, bar });
                }
            }
            self.told = if now >= quotes { now } else { self.told };
            self.minute += i32::from(now >= close);
        }
    }
}

struct Feed(Arc<Invented>);

#[async_trait]
impl MarketFeed for Feed {
    fn subscribe(&self, symbols: &[Symbol]) -> PortStream<FeedEvent> {
        let market = Arc::clone(&self.0);
        let issues = (0..ISSUES).filter(|issue| symbols.contains(&market.issues[*issue].symbol)).collect();
        let minute = market.minute(SystemClock.now()).max(0) + 1;
        let listener = Listener { market, issues, minute, told: DateTime::<Utc>::MIN_UTC, queue: VecDeque::new() };
        Box::pin(stream::unfold(listener, async |mut listener| Some((listener.next().await, listener))))
    }

    async fn bars(
        &self,
        symbol: Symbol,
        interval: Interval,
        from: DateTime<Utc>,
        to: DateTime<Utc>,
    ) -> Result<Vec<Bar>, NoAnswer> {
        let Some(issue) = self.0.issues.iter().position(|issue| issue.symbol == symbol) else { return Ok(Vec::new()) };
        let past = -PAST..self.0.minute(SystemClock.now()).max(0);
        let bars = past.filter(|_| interval == Interval::Minute1).map(|minute| self.0.bar(issue, minute));
        Ok(bars.filter(|bar| from <= bar.open_time && bar.open_time < to).collect())
    }
}

/// Milliseconds after the close for every order, and how many orders a close had.
#[derive(Default)]
struct Measured {
    /// The decision is about to be written down, with its signal.
    decided: Vec<f64>,
    /// The order is about to be claimed for sending.
    claimed: Vec<f64>,
    /// The first byte may leave: everything of ours is done.
    wire: Vec<f64>,
    /// The broker has it.
    sent: Vec<f64>,
    /// From the decision to the first byte.
    decision_to_wire: Vec<f64>,
    closes: BTreeMap<i32, usize>,
}

async fn measure(movers: u64) -> Measured {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let url = StoreUrl::Sqlite(folder.path().join("exodus.db"));
    let store = Store::connect(&url, Durability::Required).await.expect("a new database");
    store.migrate_up().await.expect("a fresh schema");
    let market = Arc::new(Invented::new(movers));
    let now = SystemClock.now();
    let new = NewUser { email: "a@b.c".to_owned(), hashed_password: "x".to_owned(), full_name: "A".to_owned() };
    let user = users::create(&store, &new, Role::User, now).await.expect("a new user");
    accounts::open(&store, user.id, Won(4_000_000_000), now).await.expect("a new account");
    for lookback in 1..=STRATEGIES {
        // All see a rise of 3 %, and one in three acts on it, each at its own threshold.
        let entry = if lookback % 3 == 0 { 2.0 } else { 50.0 };
        let fields = StrategyFields {
            name: format!("momentum {lookback}"),
            description: String::new(),
            strategy_type: "momentum".to_owned(),
            parameters: json!({ "interval": "1m", "lookback": lookback, "entry_threshold_percent": entry,
                "exit_threshold_percent": 1.0, "position_size_percent": 0.1 }),
            symbols: market.issues.iter().map(|issue| issue.symbol).collect(),
        };
        let strategy = strategies::create(&store, user.id, &fields, now).await.expect("stored");
        strategies::activate(&store, user.id, strategy.id, 1, now).await.expect("activated");
    }
    let deps = WorkerDeps {
        store: store.clone(),
        bus: Arc::new(MemoryBus::new()),
        kv: Arc::new(MemoryKv::new()),
        clock: Arc::new(SystemClock),
        feed: Arc::new(Feed(Arc::clone(&market))),
        instruments: market.issues.clone(),
        backfill_rate: 1_000_000,
        brokers: None,
        files: LocalFiles::new(folder.path(), "bench"),
        worker_id: "bench".to_owned(),
    };
    let worker = Worker::start(deps).await.expect("the worker starts");
    SystemClock.sleep_until(market.closes_at(CLOSES) + MINUTE).await;
    worker.stop().await;
    read(&store, user.id, &market).await
}

async fn read(store: &Store, user_id: i64, market: &Invented) -> Measured {
    let mut measured = Measured::default();
    for number in 1.. {
        let page = orders::list(store, user_id, &OrderFilter::default(), Page { number, size: 200 }).await;
        let page = page.expect("readable");
        for order in &page.items {
            let timeline = orders::timeline(store, order.id).await.expect("readable");
            let Some(answered) = timeline.iter().find(|entry| entry.event == "accepted") else { continue };
            let close = market.minute(order.decided_at);
            let after = |at: DateTime<Utc>| (at - market.closes_at(close)).as_seconds_f64() * 1_000.0;
            measured.decided.push(after(order.decided_at));
            measured.claimed.extend(order.claimed_at.map(after));
            measured.wire.extend(order.sent_at.map(after));
            let since_decision = |at: DateTime<Utc>| (at - order.decided_at).as_seconds_f64() * 1_000.0;
            measured.decision_to_wire.extend(order.sent_at.map(since_decision));
            measured.sent.push(after(answered.at));
            *measured.closes.entry(close).or_default() += 1;
        }
        if number * 200 >= page.total {
            break;
        }
    }
    let Measured { decided, claimed, wire, sent, decision_to_wire, .. } = &mut measured;
    for latencies in [decided, claimed, wire, sent, decision_to_wire] {
        latencies.sort_by(f64::total_cmp);
    }
    measured
}

fn rank(sorted: &[f64], percent: usize) -> Option<f64> {
    let place = (sorted.len() * percent / 100).min(sorted.len().saturating_sub(1));
    sorted.get(place).copied()
}

/// What `make safety-report` prints.
fn write(steps: &[Value]) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/safety");
    std::fs::create_dir_all(&folder).expect("the folder is made");
    let text = serde_json::to_string_pretty(&json!({ "steps": steps })).expect("JSON");
    std::fs::write(folder.join("orders.json"), text).expect("the figures are written");
}

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    println!("| Issues that move | Orders | Orders a close, most | Step | p50 | p90 | p99 | max |");
    println!("|---:|---:|---:|---|---:|---:|---:|---:|");
    let mut steps = Vec::new();
    for movers in [1, 5, 20] {
        let Measured { decided, claimed, wire, sent, decision_to_wire, closes } = runtime.block_on(measure(movers));
        let (orders, most) = (sent.len(), closes.values().max().copied().unwrap_or(0));
        for (name, latencies) in [("decision to wire", &decision_to_wire), ("close of the bar to wire", &wire)] {
            let [p50, p99] =
                [50, 99].map(|percent| rank(latencies, percent).map(|millis| (millis * 100.0).round() / 100.0));
            let name = format!("{name}, up to {most} orders a close");
            steps.push(json!({ "name": name, "bound": "p99 ≤ 5 ms", "orders": orders, "p50_ms": p50, "p99_ms": p99 }));
        }
        let rows = [
            ("decided", decided),
            ("claimed", claimed),
            ("first byte", wire),
            ("at the broker", sent),
            ("decision to first byte", decision_to_wire),
        ];
        for (step, latencies) in rows {
            let text = |percent| rank(&latencies, percent).map_or("–".to_owned(), |millis| format!("{millis:.1} ms"));
            let [p50, p90, p99, max] = [50, 90, 99, 100].map(text);
            println!("| {movers} | {orders} | {most} | {step} | {p50} | {p90} | {p99} | {max} |");
        }
    }
    write(&steps);
    runtime.shutdown_timeout(Duration::from_secs(1));
}
