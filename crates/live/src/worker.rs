//! The worker: everything that runs without anybody asking.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};

use chrono::{DateTime, TimeDelta, Utc};
use exodus_domain::testing::{Point, reach};
use exodus_domain::{EventBus, Instrument, IssueStates, MarketFeed, Symbol, Timer};
use exodus_store::{Kv, Store, accounts, instruments, outbox};
use serde_json::json;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::connector::{Connector, PaperConnector};
use crate::generation::LocalFiles;
use crate::leading::while_leading;
use crate::paper::{MarkedFeed, PaperExchange};
use crate::publisher::WorkerStatus;
use crate::supervisor::Supervisor;
use crate::{LiveError, alarms, collector, publisher, schedule};

/// How often the paper exchange hears of the states of issues. The risk gate reads them before each decision.
const STATES_EVERY: TimeDelta = TimeDelta::seconds(5);

/// What a worker works with.
#[derive(Clone)]
pub struct WorkerDeps {
    /// The store, migrated.
    pub store: Store,
    /// The bus.
    pub bus: Arc<dyn EventBus>,
    /// The cache that quotes go into.
    pub kv: Arc<dyn Kv>,
    /// The clock.
    pub clock: Arc<dyn Timer>,
    /// Where quotes, books and bars come from.
    pub feed: Arc<dyn MarketFeed>,
    /// Connects accounts that others hold; `None` leaves those alone.
    pub brokers: Option<Arc<dyn Connector>>,
    /// The issues the feed knows.
    pub instruments: Vec<Instrument>,
    /// Requests for missing bars that may be made of the feed in a second, by all processes together.
    pub backfill_rate: u32,
    /// What this machine keeps beside the database.
    pub files: LocalFiles,
    /// The holder of this worker's leases, unique for each start of each process.
    pub worker_id: String,
}

/// Starts workers.
pub struct Worker;

/// A worker that runs.
pub struct WorkerHandle {
    worker_id: String,
    clock: Arc<dyn Timer>,
    gauges: Arc<Gauges>,
    stop: CancellationToken,
    tasks: TaskTracker,
}

impl Worker {
    /// Stores the instruments and starts sessions, collector, quotes, schedule and outbox relay in the background.
    ///
    /// # Errors
    /// [`LiveError::Store`] if the instruments could not be stored; nothing runs then.
    pub async fn start(mut deps: WorkerDeps) -> Result<WorkerHandle, LiveError> {
        let symbols: Vec<Symbol> = deps.instruments.iter().map(|instrument| instrument.symbol).collect();
        keep_states(&deps.store, &symbols, &mut deps.instruments).await?;
        instruments::upsert(&deps.store, &deps.instruments, deps.clock.now()).await?;
        check_generation(&deps).await?;
        let (stop, tasks, gauges) = (CancellationToken::new(), TaskTracker::new(), Arc::new(Gauges::default()));
        let exchange = Arc::new(PaperExchange::new(&deps.instruments, Arc::clone(&deps.clock)));
        tasks.spawn({
            let (exchange, feed, stop) = (Arc::clone(&exchange), Arc::clone(&deps.feed), stop.clone());
            async move { stop.run_until_cancelled(exchange.follow(feed.as_ref())).await.unwrap_or_default() }
        });
        tasks.spawn({
            let (exchange, deps, stop) = (Arc::clone(&exchange), deps.clone(), stop.clone());
            let telling = async move { tell_states(&deps, &symbols, &exchange).await };
            async move { stop.run_until_cancelled(telling).await.unwrap_or_default() }
        });
        let marked = MarkedFeed { feed: Arc::clone(&deps.feed), exchange: Arc::clone(&exchange) };
        let deps = WorkerDeps { feed: Arc::new(marked), ..deps };
        let (store, bus, timer) = (deps.store.clone(), Arc::clone(&deps.bus), Arc::clone(&deps.clock));
        tasks.spawn(outbox::relay(store, bus, timer, stop.clone()));
        let paper = PaperConnector {
            exchange,
            store: deps.store.clone(),
            clock: Arc::clone(&deps.clock),
            feed: Arc::clone(&deps.feed),
        };
        tasks.spawn(Supervisor::new(deps.clone(), Arc::new(paper), Arc::clone(&gauges), stop.clone()).run());
        tasks.spawn({
            let (deps, gauges, stop) = (deps.clone(), Arc::clone(&gauges), stop.clone());
            async move { while_leading(&deps, "publisher", &stop, || publisher::publish(&deps, &gauges)).await }
        });
        tasks.spawn({
            let (deps, stop) = (deps.clone(), stop.clone());
            async move { while_leading(&deps, "collector", &stop, || collector::collect(&deps)).await }
        });
        tasks.spawn({
            let (deps, stop) = (deps.clone(), stop.clone());
            async move { schedule::run(&deps, &stop).await }
        });
        tasks.spawn({
            let (deps, stop) = (deps.clone(), stop.clone());
            async move { while_leading(&deps, "alarms", &stop, || alarms::keep(&deps)).await }
        });
        tasks.close();
        Ok(WorkerHandle { worker_id: deps.worker_id, clock: deps.clock, gauges, stop, tasks })
    }
}

/// Leaves issues in the states that the store knows: a halt by an operator outlives a restart.
async fn keep_states(store: &Store, symbols: &[Symbol], issues: &mut [Instrument]) -> Result<(), LiveError> {
    let known = instruments::find_many(store, symbols).await?;
    let known: HashMap<Symbol, IssueStates> = known.into_iter().map(|issue| (issue.symbol, issue.states)).collect();
    for issue in issues {
        issue.states = known.get(&issue.symbol).copied().unwrap_or(issue.states);
    }
    Ok(())
}

/// Tells the paper exchange again and again which states issues have: an operator or a symbol master may change them.
async fn tell_states(deps: &WorkerDeps, symbols: &[Symbol], exchange: &PaperExchange) {
    loop {
        deps.clock.sleep_until(deps.clock.now() + STATES_EVERY).await;
        match instruments::find_many(&deps.store, symbols).await {
            Ok(known) => exchange.set_states(&known),
            Err(error) => tracing::warn!(%error, "the states of issues are read again later"),
        }
    }
}

impl WorkerHandle {
    /// How the worker is doing.
    pub fn status(&self) -> WorkerStatus {
        self.gauges.status(&self.worker_id, self.clock.now())
    }

    /// Ends everything in order: sessions finish what they do, leases are given back.
    pub async fn stop(self) {
        self.stop.cancel();
        self.tasks.wait().await;
    }
}

/// Figures that the parts of a worker tell each other.
#[derive(Default)]
pub(crate) struct Gauges {
    sessions: AtomicUsize,
    /// Exchange time of the newest quote in milliseconds since 1970; zero before the first.
    feed_at: AtomicI64,
}

impl Gauges {
    pub(crate) fn sessions(&self, count: usize) {
        self.sessions.store(count, Ordering::Relaxed);
        metrics::gauge!("exodus_sessions").set(count as f64);
    }

    pub(crate) fn quote_seen(&self, at: DateTime<Utc>, now: DateTime<Utc>) {
        self.feed_at.fetch_max(at.timestamp_millis(), Ordering::Relaxed);
        metrics::gauge!("exodus_feed_lag_seconds").set((now - at).as_seconds_f64());
    }

    pub(crate) fn status(&self, worker_id: &str, now: DateTime<Utc>) -> WorkerStatus {
        let feed_at = Some(self.feed_at.load(Ordering::Relaxed)).filter(|millis| *millis > 0);
        WorkerStatus {
            worker_id: worker_id.to_owned(),
            sessions: self.sessions.load(Ordering::Relaxed),
            feed_at: feed_at.and_then(DateTime::from_timestamp_millis),
            at: now,
        }
    }
}

/// Why an account is in REVIEW whose database is older than what was sent for it.
const DATABASE_BEHIND: &str = "DATABASE_BEHIND";

/// Puts every account into REVIEW if the database is older than what this machine has sent (safety §2.8, F13): the day is
/// rebuilt from the lists, and a person releases it.
async fn check_generation(deps: &WorkerDeps) -> Result<(), LiveError> {
    let Some(missing) = deps.files.generation.missing_in(&deps.store).await? else { return Ok(()) };
    reach(Point::GenerationBehind);
    for account in accounts::list(&deps.store).await? {
        let found = json!({ "missing": missing });
        accounts::put_into_review(&deps.store, account.id, DATABASE_BEHIND, found, deps.clock.now()).await?;
    }
    // Every account has been told; what is sent from now on is a generation of its own.
    deps.files.generation.put_aside().map_err(|error| LiveError::Files(error.to_string()))
}
