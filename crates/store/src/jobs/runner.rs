//! Running jobs.

use std::collections::HashMap;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use exodus_domain::Clock;
use graphile_worker::WorkerOptions;
use sea_orm::DbErr;
use serde_json::Value;
use tokio::task::{JoinHandle, JoinSet};
use tokio_util::sync::CancellationToken;

use super::delivery::{Delivery, SCHEMA, UrgentDelivery};
use super::{JobContext, JobError, JobKind, record};
use crate::db::{Backend, Store};
use crate::entities::jobs::Model;
use crate::error::StoreError;

/// How long a job stays with a process that gives no sign of life.
const LEASE: Duration = Duration::from_secs(30);

/// How often the embedded runner looks without being woken, for jobs whose time has come.
const IDLE_PAUSE: Duration = Duration::from_millis(500);

/// How often a running job is asked about, so that a cancellation is noticed.
const WATCH_PAUSE: Duration = Duration::from_millis(200);

/// How long running jobs may go on when the process stops.
const GRACE: Duration = Duration::from_secs(5);

type Outcome = Result<(), JobError>;
type Handler = Arc<dyn Fn(JobContext, Value) -> Pin<Box<dyn Future<Output = Outcome> + Send>> + Send + Sync>;

/// Runs jobs of the kinds that handlers are registered for.
pub struct JobRunner {
    store: Store,
    clock: Arc<dyn Clock>,
    worker: String,
    lease: Duration,
    is_urgent: bool,
    handlers: HashMap<&'static str, Handler>,
}

impl JobRunner {
    /// A runner without handlers. `worker` names this start of this process in the records.
    pub fn new(store: Store, clock: Arc<dyn Clock>, worker: impl Into<String>) -> Self {
        Self { store, clock, worker: worker.into(), lease: LEASE, is_urgent: false, handlers: HashMap::new() }
    }

    /// Registers the handler of a kind.
    #[must_use]
    pub fn register<F, Fut>(mut self, kind: &JobKind, handler: F) -> Self
    where
        F: Fn(JobContext, Value) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Outcome> + Send + 'static,
    {
        self.handlers.insert(kind.name, Arc::new(move |context, payload| Box::pin(handler(context, payload))));
        self
    }

    /// Changes how long a job stays with a process that gives no sign of life, 30 s if nothing is said.
    #[must_use]
    pub fn lease(mut self, lease: Duration) -> Self {
        self.lease = lease;
        self
    }

    /// Makes it a runner of jobs of the priority [`URGENT`](super::URGENT) and of no others, which so never wait behind
    /// long ones.
    #[must_use]
    pub fn urgent(mut self) -> Self {
        self.is_urgent = true;
        self
    }

    /// Starts running up to `concurrency` jobs at a time.
    ///
    /// # Errors
    /// [`StoreError::Database`] if graphile_worker could not start.
    pub async fn start(self, concurrency: usize) -> Result<RunnerHandle, StoreError> {
        let (concurrency, is_urgent) = (concurrency.max(1), self.is_urgent);
        let shared = Shared(Arc::new(Inner {
            kinds: self.handlers.keys().copied().collect(),
            handlers: self.handlers,
            lease: TimeDelta::from_std(self.lease).unwrap_or(TimeDelta::seconds(30)),
            watch_pause: WATCH_PAUSE.min(self.lease / 3),
            store: self.store,
            clock: self.clock,
            worker: self.worker,
            stop: CancellationToken::new(),
            abort: CancellationToken::new(),
        }));
        let mut tasks = JoinSet::new();
        tasks.spawn(shared.clone().sweep());
        match shared.0.store.backend() {
            Backend::Sqlite => {
                for _ in 0..concurrency {
                    tasks.spawn(shared.clone().take_next());
                }
            }
            Backend::Postgres => spawn_deliveries(&mut tasks, &shared, concurrency, is_urgent).await?,
        }
        Ok(RunnerHandle { shared, tasks })
    }
}

/// A running [`JobRunner`]. Dropping it stops at once: what runs is given back where there is still time for that, else
/// it runs again when its lease has ended.
pub struct RunnerHandle {
    shared: Shared,
    tasks: JoinSet<()>,
}

impl Drop for RunnerHandle {
    fn drop(&mut self) {
        self.shared.0.stop.cancel();
        self.shared.0.abort.cancel();
    }
}

impl RunnerHandle {
    /// Takes no further job, waits a few seconds for those that run, and gives the others back.
    pub async fn stop(mut self) {
        let Inner { stop, abort, .. } = self.shared.0.as_ref();
        stop.cancel();
        tokio::select! {
            () = async { while self.tasks.join_next().await.is_some() {} } => return,
            () = tokio::time::sleep(GRACE) => abort.cancel(),
        }
        while self.tasks.join_next().await.is_some() {}
    }
}

/// What the tasks of a runner share.
#[derive(Clone)]
pub(super) struct Shared(Arc<Inner>);

struct Inner {
    store: Store,
    clock: Arc<dyn Clock>,
    worker: String,
    lease: TimeDelta,
    watch_pause: Duration,
    kinds: Vec<&'static str>,
    handlers: HashMap<&'static str, Handler>,
    /// Fires when no further job is to be taken.
    stop: CancellationToken,
    /// Fires when running jobs are to be given back.
    abort: CancellationToken,
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "JobRunner({})", self.0.worker)
    }
}

/// How an attempt ended.
enum Ended {
    Settled(Outcome),
    /// The process stops.
    Interrupted,
    /// Another worker has the job.
    Lost,
}

impl Shared {
    /// Runs a job that graphile_worker brings, if it waits.
    pub(super) async fn run_delivered(&self, id: i64) -> Result<(), StoreError> {
        let Inner { store, clock, worker, lease, kinds, .. } = self.0.as_ref();
        match record::claim_delivered(store, id, kinds, worker, *lease, clock.now()).await? {
            Some(job) => self.run(job).await,
            None => Ok(()),
        }
    }

    /// Takes one job after the other from the table.
    async fn take_next(self) {
        let Inner { store, clock, worker, lease, kinds, stop, .. } = self.0.as_ref();
        while !stop.is_cancelled() {
            let taken = match record::claim_next(store, kinds, worker, *lease, clock.now()).await {
                Ok(Some(job)) => self.run(job).await.map(|()| true),
                Ok(None) => Ok(false),
                Err(error) => Err(error),
            };
            if let Err(error) = &taken {
                tracing::error!(%error, "a job could not be taken or noted");
            }
            if !matches!(taken, Ok(true)) {
                tokio::select! {
                    () = stop.cancelled() => {}
                    () = store.job_added() => {}
                    () = tokio::time::sleep(IDLE_PAUSE) => {}
                }
            }
        }
    }

    /// Takes up what dead processes left behind, again and again.
    async fn sweep(self) {
        let Inner { store, clock, lease, stop, .. } = self.0.as_ref();
        let pause = (*lease / 3).to_std().unwrap_or(LEASE);
        while !stop.is_cancelled() {
            let mut swept = record::sweep(store, clock.now()).await;
            if store.backend() == Backend::Postgres && swept.is_ok() {
                swept = record::repeat_deliveries(store, clock.now()).await;
            }
            if let Err(error) = swept {
                tracing::error!(%error, "abandoned jobs could not be taken up");
            }
            tokio::select! {
                () = stop.cancelled() => {}
                () = tokio::time::sleep(pause) => {}
            }
        }
    }

    /// Runs one attempt and notes how it ended.
    async fn run(&self, job: Model) -> Result<(), StoreError> {
        let Inner { store, clock, handlers, .. } = self.0.as_ref();
        let Some(handler) = handlers.get(job.kind.as_str()) else { return Ok(()) };
        let job = Arc::new(job);
        let context = JobContext::new(store.clone(), Arc::clone(&job));
        // A task of its own: a handler that panics must not take the runner with it.
        let work = AbortOnDrop(tokio::spawn(handler(context.clone(), job.payload.clone())));
        match self.attend(&job, &context, work).await {
            Ended::Settled(outcome) => {
                if let Err(error) = &outcome
                    && *error != JobError::Unfinished
                {
                    tracing::warn!(job = job.id, kind = job.kind, %error, "an attempt failed");
                }
                if !record::settle(store, &job, outcome, clock.now()).await? {
                    tracing::warn!(job = job.id, "the job was lost to another worker before it ended");
                }
                Ok(())
            }
            Ended::Interrupted => record::release(store, &job, clock.now()).await,
            Ended::Lost => {
                tracing::warn!(job = job.id, "the job was lost to another worker");
                Ok(())
            }
        }
    }

    /// Waits for the end of an attempt, keeps the lease, and passes on what makes it stop.
    async fn attend(&self, job: &Model, context: &JobContext, mut work: AbortOnDrop) -> Ended {
        let timeout = tokio::time::sleep(Duration::from_millis(job.timeout_ms.unsigned_abs()));
        tokio::pin!(timeout);
        let mut renew_at = self.0.clock.now() + self.0.lease / 3;
        let ended = loop {
            tokio::select! {
                outcome = &mut work.0 => break Ended::Settled(outcome.unwrap_or_else(|panic| {
                    Err(JobError::Retry(format!("the handler broke off: {panic}")))
                })),
                () = &mut timeout => break Ended::Settled(Err(JobError::Retry("it took too long".to_owned()))),
                () = self.0.abort.cancelled() => break Ended::Interrupted,
                () = tokio::time::sleep(self.0.watch_pause) => {}
            }
            let now = self.0.clock.now();
            let seen = if now >= renew_at {
                renew_at = now + self.0.lease / 3;
                let renewed = record::renew(&self.0.store, job, self.0.lease, now).await;
                renewed.map(|row| row.map(|row| row.cancel_requested))
            } else {
                record::is_cancel_requested(&self.0.store, job).await
            };
            match seen {
                Ok(Some(false)) => {}
                Ok(Some(true)) => context.cancel(),
                Ok(None) => break Ended::Lost,
                // The database may be back before the lease ends; if not, another worker takes over.
                Err(error) => tracing::error!(job = job.id, %error, "the lease on a job could not be checked"),
            }
        };
        context.stopped().cancel();
        ended
    }
}

/// A handler at work; it ends with whoever attends to it.
struct AbortOnDrop(JoinHandle<Outcome>);

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Lets graphile_worker bring the jobs.
async fn spawn_deliveries(
    tasks: &mut JoinSet<()>,
    shared: &Shared,
    concurrency: usize,
    is_urgent: bool,
) -> Result<(), StoreError> {
    let lease = shared.0.lease.to_std().unwrap_or(LEASE);
    let worker = WorkerOptions::default()
        .pg_pool(shared.0.store.connection().get_postgres_connection_pool().clone())
        .schema(SCHEMA)
        .concurrency(concurrency)
        .add_extension(shared.clone());
    let worker = if is_urgent { worker.define_job::<UrgentDelivery>() } else { worker.define_job::<Delivery>() };
    let worker = worker
        .heartbeat_interval(lease / 3)
        .sweep_interval(lease)
        .sweep_threshold(lease * 2)
        .listen_os_shutdown_signals(false)
        .shutdown_grace_period(GRACE * 2)
        .init()
        .await
        .map_err(|e| StoreError::Database(DbErr::Custom(e.to_string())))?;
    let worker = Arc::new(worker);
    let stopping = (Arc::clone(&worker), shared.0.stop.clone());
    tasks.spawn(async move {
        let (worker, stop) = stopping;
        stop.cancelled().await;
        worker.request_shutdown();
    });
    tasks.spawn(async move {
        if let Err(error) = worker.run().await {
            tracing::error!(%error, "graphile_worker ended");
        }
    });
    Ok(())
}
