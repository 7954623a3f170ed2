//! A worker of the product in a process of its own, connected to the world.

use std::cell::RefCell;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::Context as _;
use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use exodus_domain::testing::{Defect, planted};
use exodus_domain::{Clock as _, Timer as _};
use exodus_kis::simulation::{Pace, Tokens};
use exodus_kis::{
    AccessToken, Environment, KeyFingerprint, Limits, MemoryRateWindow, MemoryTokenStore, RateWindow, TokenStore,
};
use exodus_live::{BooksWatch, BrokerTerms, Connection, Connector, Feeds, LiveError, LocalFiles, Worker, WorkerDeps};
use exodus_store::accounts::Account;
use exodus_store::{MemoryKv, Store, leases};

use crate::broker::SimBroker;
use crate::feed::{Silence, SimFeed};
use crate::ledger::{Ledger, Screen};
use crate::process::Process;
use crate::time::ProcessClock;
use crate::world::{SharedWorld, SimWorld};

/// A worker that runs, or is being started.
pub(crate) struct Node {
    pub(crate) name: String,
    pub(crate) process: Process,
    pub(crate) clock: ProcessClock,
    store: Store,
    is_alive: Arc<AtomicBool>,
    /// Until when it is stopped, as by SIGSTOP.
    pub(crate) paused_until: Option<DateTime<Utc>>,
    /// True if it was stopped since its present instant began.
    pub(crate) stopped: Arc<AtomicBool>,
}

/// What all nodes of a world share.
#[derive(Clone)]
pub(crate) struct Surroundings {
    pub(crate) world: SharedWorld,
    pub(crate) bus: Arc<Screen>,
    pub(crate) kv: Arc<MemoryKv>,
    pub(crate) ledger: Arc<Ledger>,
    pub(crate) key: KeyFingerprint,
    /// Counts the calls of all workers, as the cache of an installation does.
    pub(crate) window: Arc<MemoryRateWindow>,
    /// Where all workers keep the token, as the database of an installation does.
    pub(crate) tokens: Arc<MemoryTokenStore>,
}

thread_local! {
    /// The process that runs on this thread now.
    static CURRENT: RefCell<Option<(Arc<AtomicBool>, Store)>> = const { RefCell::new(None) };
}

impl Node {
    /// Starts a worker on a database file. `is_alone` ends what leases a predecessor may have left, as the program does on a
    /// data folder that it has locked.
    pub(crate) fn start(name: &str, database: &Path, around: &Surroundings, is_alone: bool) -> anyhow::Result<Self> {
        let is_alive = Arc::new(AtomicBool::new(true));
        let time = around.world.with(|world| Arc::clone(&world.time));
        let process = Process::new(Arc::clone(&is_alive), time.now())?;
        let clock = ProcessClock::exact(time, Arc::clone(&is_alive));
        let store = process.block_on(Store::connect_alone(database)).context("a runtime")??;
        process.watch(&store);
        let stopped = Arc::new(AtomicBool::new(false));
        let (connector_clock, connector_world) = (clock.clone(), around.world.clone());
        let feed = Arc::new(SimFeed { world: around.world.clone(), clock: clock.clone() });
        let connector = SimConnector {
            feeds: Feeds { held: feed.clone(), traded: feed.clone(), viewed: Arc::new(Silence) },
            world: connector_world,
            clock: connector_clock,
            worker: name.to_owned(),
            is_alive: Arc::clone(&is_alive),
            ledger: Arc::clone(&around.ledger),
            stopped: Arc::clone(&stopped),
            key: around.key.clone(),
            window: if planted(Defect::LimiterPerProcess) {
                Arc::<MemoryRateWindow>::default()
            } else {
                around.window.clone()
            },
            tokens: if planted(Defect::TokenPerWorker) { Arc::default() } else { around.tokens.clone() },
        };
        let deps = WorkerDeps {
            store: store.clone(),
            bus: Arc::clone(&around.bus) as _,
            kv: Arc::clone(&around.kv) as _,
            clock: Arc::new(clock.clone()),
            feed: Arc::new(Silence),
            brokers: Some(Arc::new(connector)),
            instruments: Vec::new(),
            backfill_rate: 1,
            files: LocalFiles::new(database.parent().unwrap_or(database), "sim"),
            worker_id: name.to_owned(),
        };
        let worker_store = store.clone();
        process.spawn(async move {
            if is_alone && leases::end_all(&worker_store).await.is_err() {
                return;
            }
            if let Ok(_handle) = Worker::start(deps).await {
                std::future::pending::<()>().await;
            }
        });
        Ok(Self { name: name.to_owned(), process, clock, store, is_alive, paused_until: None, stopped })
    }

    /// Ends it, and lets go of its database.
    pub(crate) fn end(self) {
        let Self { process, store, .. } = self;
        drop(store);
        process.kill();
    }

    /// Nothing that it does has an effect any more.
    pub(crate) fn die(&self) {
        self.is_alive.store(false, Ordering::Relaxed);
        self.store.cut_off();
    }

    /// Runs until nothing is left to do at `now`.
    pub(crate) fn run(&self, now: DateTime<Utc>) {
        CURRENT.with_borrow_mut(|current| *current = Some((Arc::clone(&self.is_alive), self.store.clone())));
        self.process.run(now);
        CURRENT.with_borrow_mut(|current| *current = None);
    }
}

/// Kills the process that runs on this thread, here and now: its stack unwinds, and nothing that it does on the way has an
/// effect.
pub(crate) fn kill_current() {
    let current = CURRENT.with_borrow_mut(Option::take);
    if let Some((is_alive, store)) = current {
        is_alive.store(false, Ordering::Relaxed);
        store.cut_off();
        std::panic::resume_unwind(Box::new("killed"));
    }
}

struct SimConnector {
    feeds: Feeds,
    world: SharedWorld,
    clock: ProcessClock,
    worker: String,
    is_alive: Arc<AtomicBool>,
    ledger: Arc<Ledger>,
    stopped: Arc<AtomicBool>,
    key: KeyFingerprint,
    window: Arc<dyn RateWindow>,
    tokens: Arc<MemoryTokenStore>,
}

/// Asks the broker for tokens, which takes a moment.
fn tokens(key: &KeyFingerprint, world: &SharedWorld, clock: &ProcessClock, store: Arc<dyn TokenStore>) -> Tokens {
    let (world, timer) = (world.clone(), clock.clone());
    let issue = move || -> futures::future::BoxFuture<'static, Result<AccessToken, String>> {
        let (world, timer) = (world.clone(), timer.clone());
        Box::pin(async move {
            let value = world.with(SimWorld::issue_token).into();
            timer.sleep_until(timer.now() + TimeDelta::milliseconds(80)).await;
            let issued_at = timer.now();
            Ok(AccessToken { value, issued_at, expires_at: issued_at + TimeDelta::hours(24) })
        })
    };
    Tokens::new(key, issue, store, Arc::new(clock.clone()))
}

#[async_trait]
impl Connector for SimConnector {
    async fn connect(&self, account: &Account) -> Result<Connection, LiveError> {
        let timer = Arc::new(self.clock.clone());
        let broker = SimBroker {
            world: self.world.clone(),
            clock: self.clock.clone(),
            account_id: account.id,
            worker: self.worker.clone(),
            is_alive: Arc::clone(&self.is_alive),
            ledger: Arc::clone(&self.ledger),
            pace: Pace::new(&self.key, Limits::of(Environment::Live), Arc::clone(&self.window), timer),
            tokens: tokens(&self.key, &self.world, &self.clock, Arc::clone(&self.tokens) as _),
            token: Arc::default(),
            has_read: Arc::default(),
            stopped_at: Arc::clone(&self.stopped),
        };
        Ok(Connection {
            broker: Arc::new(broker),
            feeds: self.feeds.clone(),
            terms: BrokerTerms::KIS,
            watch: Some(Arc::new(Unwatched)),
        })
    }
}

/// Nobody looks at what is shown of the books.
struct Unwatched;

#[async_trait]
impl BooksWatch for Unwatched {
    async fn compared(&self, _: bool) {}
}
