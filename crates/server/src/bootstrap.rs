//! The one place that builds: from settings to parts that know each other.

use std::net::SocketAddr;
use std::ops::Deref;
use std::path::PathBuf;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use exodus_domain::{Clock, EventBus, Timer};
use exodus_live::{DemoFeed, LocalFiles, Worker, WorkerDeps, WorkerHandle};
use exodus_simulator::DemoMarket;
use exodus_store::jobs::{self as store_jobs, JobRunner, RunnerHandle};
use exodus_store::{
    DataFolderLock, Durability, Kv, MemoryBus, MemoryKv, RedisBus, RedisKv, Store, StoreUrl, armings, leases, limits,
    operator, outbox, settings,
};
use secrecy::SecretBox;
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::auth::password::Passwords;
use crate::auth::token::Tokens;
use crate::clock;
use crate::config::{Config, Servers};
use crate::jobs;
use crate::kis::{Kis, KisConnector, KisParts, etns};
use crate::program;
use crate::realtime::hub::Hub;
use crate::secret::{Keys, SecretError};
use crate::strategies::preview::Previews;

const SQLITE_FILE: &str = "exodus.sqlite";
const UPLOADS: &str = "uploads";
/// Jobs that run at the same time in one process.
const JOBS_AT_ONCE: usize = 2;
/// Phases of the trading day that run at the same time in one process.
const PHASES_AT_ONCE: usize = 2;

/// Why the program did not start. Each sentence names the mend; nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// A setting cannot be used.
    #[error(transparent)]
    Config(#[from] crate::config::ConfigError),
    /// The secret cannot be used.
    #[error(transparent)]
    Secret(#[from] SecretError),
    /// The data folder cannot be used.
    #[error("the data folder {folder} cannot be written: {cause}; make it writable or set EXODUS_DATA_DIR to another")]
    Folder {
        /// The folder.
        folder: String,
        /// What the operating system says.
        cause: std::io::Error,
    },
    /// Another process has the data folder.
    #[error("{0}")]
    Locked(String),
    /// The database does not answer or is not fit.
    #[error("the database {place} cannot be used: {cause}; check that it runs and that {setting} is right")]
    Database {
        /// Where it was looked for.
        place: String,
        /// What it said.
        cause: String,
        /// The setting that names it.
        setting: &'static str,
    },
    /// Redis does not answer.
    #[error("Redis does not answer: {0}; check that it runs and that REDIS_URL is right")]
    Redis(String),
    /// The amendments to the market rules cannot be used.
    #[error(transparent)]
    MarketRules(#[from] crate::market_rules::MarketRulesError),
    /// The emulator whose time it should be does not tell it.
    #[error("no emulator tells the time at {address}: {cause}; {mend}, or set EXODUS_CLOCK to real")]
    Clock {
        /// Where it was asked.
        address: String,
        /// What went wrong.
        cause: String,
        /// What to do.
        mend: &'static str,
    },
    /// Somebody else listens there.
    #[error("cannot listen on {address}: {cause}; stop what listens there or set EXODUS_LISTEN to another address")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// What the operating system says.
        cause: std::io::Error,
    },
    /// Several processes were asked for where only one can run.
    #[error(
        "`exodus {0}` is one half of a split installation and needs PostgreSQL and Redis: set DATABASE_URL and \
         REDIS_URL, or run `exodus` alone for everything in one process"
    )]
    NeedsServers(&'static str),
    /// A part failed while it started.
    #[error("{part} could not start: {cause}")]
    Part {
        /// The part.
        part: &'static str,
        /// What it said.
        cause: String,
    },
}

/// What the API and the worker both stand on.
#[derive(Clone)]
pub struct Platform {
    /// System of record.
    pub store: Store,
    /// Cache and counters.
    pub kv: Arc<dyn Kv>,
    /// Notices between processes.
    pub bus: Arc<dyn EventBus>,
    /// Time.
    pub clock: Arc<dyn Timer>,
    /// Folder of uploads, secret and SQLite file.
    pub data_dir: PathBuf,
    servers: bool,
    database: StoreUrl,
    backfill_rate: u32,
    demo_seed: u64,
    keys: Arc<Keys>,
    pub(crate) kis: Arc<Kis>,
    _folder: Arc<DataFolder>,
}

impl Platform {
    /// Opens the parts that `config` names, by the clock that it names, and brings the tables up to date.
    ///
    /// # Errors
    /// [`StartError`] if a part cannot be used.
    pub async fn open(config: &Config, folder: DataFolder) -> Result<Self, StartError> {
        Self::open_at(config, folder, clock::chosen(config).await?).await
    }

    /// The same by another clock than the machine's, so that a day can pass in minutes.
    ///
    /// # Errors
    /// [`StartError`] if a part cannot be used.
    pub async fn open_at(config: &Config, folder: DataFolder, clock: Arc<dyn Timer>) -> Result<Self, StartError> {
        let (kv, bus) = connect(config.servers.as_ref()).await?;
        let store = open_store(config).await?;
        store.check_whole().await.map_err(|error| database_error(config, &error))?;
        store.migrate_up().await.map_err(|error| database_error(config, &error))?;
        if folder.is_exclusive() {
            leases::end_all(&store).await.map_err(|error| database_error(config, &error))?;
            store_jobs::end_leases(&store).await.map_err(|error| database_error(config, &error))?;
        }
        limits::set_caps(&store, &config.risk_caps, clock.now())
            .await
            .map_err(|error| database_error(config, &error))?;
        operator::set_order_path(&store, &config.order_path, clock.now())
            .await
            .map_err(|error| database_error(config, &error))?;
        armings::end_of_other_programs(&store, program::identity(), clock.now())
            .await
            .map_err(|error| database_error(config, &error))?;
        let keys = Keys::load(config.secret.as_ref(), config.previous_secret.as_ref(), &config.data_dir)?;
        let keys = Arc::new(keys);
        let kis = Kis::new(KisParts {
            store: store.clone(),
            kv: Arc::clone(&kv),
            timer: Arc::clone(&clock),
            keys: Arc::clone(&keys),
            paper: config.kis_paper.clone(),
            live: config.kis_live.clone(),
        });
        kis.finish_rotation().await.map_err(|error| database_error(config, &error))?;
        Ok(Self {
            store,
            kv,
            bus,
            clock,
            keys,
            kis: Arc::new(kis),
            data_dir: config.data_dir.clone(),
            servers: config.servers.is_some(),
            database: store_url(config),
            backfill_rate: config.backfill_rate,
            demo_seed: config.demo_seed,
            _folder: Arc::new(folder),
        })
    }

    /// Signs the ends of the audit chains.
    pub(crate) fn audit_key(&self) -> &SecretBox<[u8; 32]> {
        &self.keys.audit
    }

    /// The folder that holds uploads until they are imported.
    pub(crate) fn uploads(&self) -> PathBuf {
        self.data_dir.join(UPLOADS)
    }
}

/// Opens the store that `config` names, without changing it.
///
/// # Errors
/// [`StartError::Database`].
pub async fn open_store(config: &Config) -> Result<Store, StartError> {
    let url = store_url(config);
    Store::connect(&url, Durability::Required).await.map_err(|error| database_error(config, &error))
}

fn store_url(config: &Config) -> StoreUrl {
    match &config.servers {
        Some(servers) => servers.database.clone(),
        None => StoreUrl::Sqlite(config.data_dir.join(SQLITE_FILE)),
    }
}

fn database_error(config: &Config, cause: &dyn std::fmt::Display) -> StartError {
    let setting = if config.servers.is_some() { "DATABASE_URL" } else { "EXODUS_DATA_DIR" };
    StartError::Database { place: store_url(config).to_string(), cause: cause.to_string(), setting }
}

async fn connect(servers: Option<&Servers>) -> Result<(Arc<dyn Kv>, Arc<dyn EventBus>), StartError> {
    let Some(servers) = servers else {
        return Ok((Arc::new(MemoryKv::new()), Arc::new(MemoryBus::new())));
    };
    let kv = RedisKv::connect(servers.redis(), &servers.redis_prefix).await;
    let bus = RedisBus::connect(servers.redis(), &servers.redis_prefix).await;
    let failed = |error: &dyn std::fmt::Display| StartError::Redis(error.to_string());
    Ok((Arc::new(kv.map_err(|e| failed(&e))?), Arc::new(bus.map_err(|e| failed(&e))?)))
}

/// Opens the store for a tool that only reads or changes a little, beside a running server if there is one.
///
/// # Errors
/// [`StartError::Database`] if it does not answer or was never set up.
pub(crate) async fn open_existing_store(config: &Config) -> Result<Store, StartError> {
    if let StoreUrl::Sqlite(path) = store_url(config)
        && !path.exists()
    {
        let missing = "it was never set up, run `exodus` or `exodus migrate` first";
        return Err(database_error(config, &missing));
    }
    let store = open_store(config).await?;
    match store.is_migrated().await {
        Ok(true) => Ok(store),
        Ok(false) => Err(database_error(config, &"its tables are not up to date, run `exodus migrate`")),
        Err(error) => Err(database_error(config, &error)),
    }
}

/// The data folder, as far as it has to belong to this process alone.
pub struct DataFolder {
    lock: Option<DataFolderLock>,
}

impl DataFolder {
    /// Makes the data folder, and finds out whether it can be written before anything else is tried.
    ///
    /// # Errors
    /// [`StartError::Folder`].
    pub fn prepare(config: &Config) -> Result<(), StartError> {
        let folder = &config.data_dir;
        let probe = folder.join(format!(".write-test-{}", std::process::id()));
        std::fs::create_dir_all(folder.join(UPLOADS))
            .and_then(|()| std::fs::write(&probe, b""))
            .and_then(|()| std::fs::remove_file(&probe))
            .map_err(|cause| StartError::Folder { folder: folder.display().to_string(), cause })
    }

    /// Prepares the folder and takes it for this process. With PostgreSQL and Redis it is shared.
    ///
    /// # Errors
    /// [`StartError::Folder`], [`StartError::Locked`].
    pub fn claim(config: &Config) -> Result<Self, StartError> {
        Self::prepare(config)?;
        if config.servers.is_some() {
            return Ok(Self { lock: None });
        }
        let lock = DataFolderLock::acquire(&config.data_dir);
        let lock = lock.map_err(|error| StartError::Locked(error.to_string()))?;
        Ok(Self { lock: Some(lock) })
    }

    /// True if no other process can have it, and so none holds a lease in its database.
    fn is_exclusive(&self) -> bool {
        self.lock.is_some()
    }
}

/// What every handler of the API works with.
#[derive(Clone)]
pub struct App(Arc<AppState>);

/// The parts of the API.
pub struct AppState {
    pub(crate) store: Store,
    pub(crate) kv: Arc<dyn Kv>,
    pub(crate) clock: Arc<dyn Timer>,
    pub(crate) tokens: Tokens,
    pub(crate) passwords: Passwords,
    pub(crate) kis: Arc<Kis>,
    pub(crate) hub: Hub,
    pub(crate) previews: Previews,
    pub(crate) cors_origins: Vec<String>,
    pub(crate) rate_limit: u32,
    /// True if a strategy needs clean days on paper before it is armed.
    pub(crate) arming_paper_days: bool,
    pub(crate) data_dir: PathBuf,
    pub(crate) uploads: PathBuf,
    /// `memory` or `redis`.
    pub(crate) cache: &'static str,
    pub(crate) started_at: DateTime<Utc>,
}

impl Deref for App {
    type Target = AppState;

    fn deref(&self) -> &AppState {
        &self.0
    }
}

impl AppState {
    /// The current instant.
    pub(crate) fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }
}

/// The API of one process: its state and the tasks behind it.
pub struct Api {
    app: App,
    stop: CancellationToken,
}

impl Api {
    /// Builds the API. Alone it also carries the outbox to the bus; beside a worker the worker does.
    ///
    /// # Errors
    /// [`StartError`] if the bus does not answer.
    pub async fn start(platform: &Platform, config: &Config, alone: bool) -> Result<Self, StartError> {
        let keys = Arc::clone(&platform.keys);
        let part = |part, cause: String| StartError::Part { part, cause };
        crate::http::observe::install().map_err(|error| part("the metrics", error))?;
        let stop = CancellationToken::new();
        let hub = Hub::start(platform.store.clone(), Arc::clone(&platform.bus), stop.clone())
            .await
            .map_err(|error| part("the realtime hub", error.to_string()))?;
        tokio::spawn(stop.clone().run_until_cancelled_owned(crate::http::observe::keep_up()));
        if alone {
            let (store, bus, timer) = (platform.store.clone(), Arc::clone(&platform.bus), Arc::clone(&platform.clock));
            tokio::spawn(outbox::relay(store, bus, timer, stop.clone()));
        }
        let app = App(Arc::new(AppState {
            store: platform.store.clone(),
            kv: Arc::clone(&platform.kv),
            clock: Arc::clone(&platform.clock),
            tokens: Tokens::new(Arc::clone(&keys)),
            passwords: Passwords::new(keys),
            kis: Arc::clone(&platform.kis),
            hub,
            previews: Previews::default(),
            cors_origins: config.cors_origins.clone(),
            rate_limit: config.rate_limit,
            arming_paper_days: config.arming_paper_days,
            data_dir: config.data_dir.clone(),
            uploads: platform.uploads(),
            cache: if platform.servers { "redis" } else { "memory" },
            started_at: platform.clock.now(),
        }));
        Ok(Self { app, stop })
    }

    /// Answers on `listener` until `stop`, then lets running requests end.
    ///
    /// # Errors
    /// If the listener fails.
    pub async fn serve(self, listener: tokio::net::TcpListener, stop: CancellationToken) -> std::io::Result<()> {
        let service = crate::http::router(self.app).into_make_service_with_connect_info::<SocketAddr>();
        let behind = self.stop;
        let shutdown = async move {
            stop.cancelled().await;
            // Open WebSockets would keep the server waiting for ever: they end with the hub.
            behind.cancel();
        };
        axum::serve(listener, service).with_graceful_shutdown(shutdown).await
    }
}

/// The worker of one process: sessions, schedule and jobs.
pub struct RunningWorker {
    worker: WorkerHandle,
    jobs: RunnerHandle,
    phases: RunnerHandle,
    _background: DropGuard,
}

impl RunningWorker {
    /// Starts sessions on the demo market, and the jobs.
    ///
    /// # Errors
    /// [`StartError::Part`].
    pub async fn start(platform: &Platform) -> Result<Self, StartError> {
        let market = Arc::new(DemoMarket::new(platform.demo_seed));
        let worker_id = format!("worker-{}-{}", std::process::id(), hex::encode(rand::random::<[u8; 4]>()));
        let part = |part, cause: &dyn std::fmt::Display| StartError::Part { part, cause: cause.to_string() };
        let fresh = hex::encode(rand::random::<[u8; 8]>());
        let database = settings::database_id(&platform.store, &fresh, platform.clock.now()).await;
        let database = database.map_err(|error| part("the worker", &error))?;
        let deps = WorkerDeps {
            store: platform.store.clone(),
            bus: Arc::clone(&platform.bus),
            kv: Arc::clone(&platform.kv),
            clock: Arc::clone(&platform.clock),
            feed: Arc::new(DemoFeed::new(Arc::clone(&market), Arc::clone(&platform.clock))),
            instruments: market.instruments().to_vec(),
            brokers: Some(Arc::new(KisConnector(Arc::clone(&platform.kis)))),
            backfill_rate: platform.backfill_rate,
            files: LocalFiles::new(&platform.data_dir, &database),
            worker_id: worker_id.clone(),
        };
        let clock: Arc<dyn Clock> = Arc::clone(&platform.clock) as Arc<dyn Clock>;
        let runner = JobRunner::new(platform.store.clone(), Arc::clone(&clock), worker_id.clone());
        let runner = jobs::register(runner, platform);
        let runner = exodus_live::register_jobs(runner, &deps);
        let phases = JobRunner::new(platform.store.clone(), clock, worker_id).urgent();
        let phases = jobs::phases::register(exodus_live::register_phases(phases, &deps), platform);
        let worker = Worker::start(deps).await.map_err(|error| part("the worker", &error))?;
        let jobs = runner.start(JOBS_AT_ONCE).await.map_err(|error| part("the job runner", &error))?;
        let phases = phases.start(PHASES_AT_ONCE).await.map_err(|error| part("the runner of phases", &error))?;
        // A connection of its own: what watches the order path must not wait for it.
        let watching = Store::connect(&platform.database, Durability::Required);
        let watching = watching.await.map_err(|error| part("the monitor", &error))?;
        let watch = exodus_live::watch(watching, Arc::clone(&platform.clock));
        let stop = CancellationToken::new();
        tokio::spawn(stop.clone().run_until_cancelled_owned(watch));
        tokio::spawn(stop.clone().run_until_cancelled_owned(etns::keep(platform.clone())));
        Ok(Self { worker, jobs, phases, _background: stop.drop_guard() })
    }

    /// Ends everything in order.
    pub async fn stop(self) {
        self.jobs.stop().await;
        self.phases.stop().await;
        self.worker.stop().await;
    }
}
