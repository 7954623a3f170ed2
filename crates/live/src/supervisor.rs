//! Which accounts are in operation, and starting again what fell over.

use std::collections::HashMap;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use exodus_domain::{Notice, PortStream};
use exodus_store::accounts::{self, Account, AccountBroker, AccountStatus, KeyHints};
use exodus_store::leases::Lease;
use exodus_store::{StoreError, leases, orders, requests, strategies};
use futures::{FutureExt, StreamExt};
use serde_json::json;
use tokio::sync::Notify;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::LiveError;
use crate::breaker::Breaker;
use crate::connector::Connector;
use crate::session::{Session, SessionDeps, SessionEnd};
use crate::teller;
use crate::watched::Watched;
use crate::worker::{Gauges, WorkerDeps};

/// Between two looks at all accounts.
const LOOK_EVERY: TimeDelta = TimeDelta::seconds(5);
/// The longest pause before a session that keeps failing is started again.
const LONGEST_PAUSE_SECONDS: i64 = 60;

/// Why an account is in REVIEW of which the database holds values that cannot be read.
const DATABASE_UNREADABLE: &str = "DATABASE_UNREADABLE";

/// Starts and watches the sessions of this worker.
pub(crate) struct Supervisor {
    deps: WorkerDeps,
    paper: Arc<dyn Connector>,
    gauges: Arc<Gauges>,
    watched: Arc<Watched>,
    stop: CancellationToken,
    running: HashMap<i64, Arc<Notify>>,
    pauses: HashMap<i64, Pause>,
    tasks: JoinSet<(i64, Outcome)>,
}

/// An account whose session failed.
struct Pause {
    failures: u32,
    until: DateTime<Utc>,
    /// The keys it failed with; `None` if they are not known.
    keys: Option<Option<KeyHints>>,
    /// True if its broker took them all the same.
    was_well: bool,
}

impl Pause {
    /// True while nothing has changed that could let the account be connected.
    fn is_for(&self, account: &Account) -> bool {
        self.keys.as_ref() == Some(&account.keys) && (self.was_well || !is_well(account))
    }
}

fn is_well(account: &Account) -> bool {
    matches!(account.status, AccountStatus::Ready | AccountStatus::NotArmed)
}

/// How a session's task ended.
enum Outcome {
    Ended(SessionEnd),
    /// Another worker has the account.
    Elsewhere,
    Failed(String),
}

impl Supervisor {
    pub(crate) fn new(
        deps: WorkerDeps,
        paper: Arc<dyn Connector>,
        gauges: Arc<Gauges>,
        stop: CancellationToken,
    ) -> Self {
        let (watched, running, pauses) = Default::default();
        Self { deps, paper, gauges, watched, stop, running, pauses, tasks: JoinSet::new() }
    }

    /// Keeps the sessions running until the worker stops, then waits for their end.
    pub(crate) async fn run(mut self) {
        while !self.stop.is_cancelled() {
            match self.deps.bus.subscribe().await {
                Ok(notices) => self.watch(notices).await,
                Err(error) => {
                    tracing::error!(%error, "sessions go on without notices");
                    // Polling finds what notices would have told.
                    self.watch(Box::pin(futures::stream::empty())).await;
                }
            }
        }
        while let Some(done) = self.tasks.join_next().await {
            self.ended(done).await;
        }
    }

    /// Looks at everything and reacts until the worker stops, or until the notices have ended and the next look is due.
    async fn watch(&mut self, mut notices: PortStream<Option<Notice>>) {
        self.look_at_all().await;
        let mut next_look = self.deps.clock.now() + LOOK_EVERY;
        let mut is_listening = true;
        loop {
            let clock = Arc::clone(&self.deps.clock);
            tokio::select! {
                // In this order whatever else is ready, so that a simulation repeats.
                biased;
                () = self.stop.cancelled() => return,
                Some(done) = self.tasks.join_next() => self.ended(done).await,
                () = clock.sleep_until(next_look) => {
                    if !is_listening {
                        return;
                    }
                    self.look_at_all().await;
                    next_look = clock.now() + LOOK_EVERY;
                }
                notice = notices.next(), if is_listening => match notice {
                    Some(Some(notice)) => self.on_notice(&notice).await,
                    Some(None) => self.look_at_all().await,
                    None => is_listening = false,
                },
            }
        }
    }

    async fn on_notice(&mut self, notice: &Notice) {
        match notice {
            Notice::OrderRequested { account_id } | Notice::StrategyChanged { account_id: Some(account_id), .. } => {
                self.turn_to(*account_id).await
            }
            Notice::AccountChanged { account_id, .. } => {
                self.end_pause_if_mended(*account_id).await;
                self.turn_to(*account_id).await;
            }
            Notice::Watched { symbols } => self.watched.note(symbols, self.deps.clock.now()),
            Notice::KillSwitchChanged { .. } => self.running.values().for_each(|wake| wake.notify_one()),
            _ => {}
        }
    }

    /// Tries an account again at once if what kept it from being connected may be mended: its keys are others, or a check
    /// found it ready. That a failed attempt wrote its reason down is no reason for the next.
    async fn end_pause_if_mended(&mut self, account_id: i64) {
        let Some(pause) = self.pauses.get(&account_id) else { return };
        match accounts::find(&self.deps.store, account_id).await {
            Ok(Some(account)) if pause.is_for(&account) => {}
            Ok(_) => drop(self.pauses.remove(&account_id)),
            Err(error) => tracing::error!(account_id, %error, "the account could not be read"),
        }
    }

    /// Wakes the session of an account, or starts it.
    async fn turn_to(&mut self, account_id: i64) {
        match self.running.get(&account_id) {
            Some(wake) => wake.notify_one(),
            None => self.look_at(account_id).await,
        }
    }

    /// Wakes every session and starts those that are missing.
    async fn look_at_all(&mut self) {
        self.running.values().for_each(|wake| wake.notify_one());
        match accounts::list(&self.deps.store).await {
            Ok(accounts) => {
                for account in accounts {
                    self.start_if_needed(&account).await;
                }
            }
            Err(error) => tracing::error!(%error, "the accounts could not be read"),
        }
    }

    async fn look_at(&mut self, account_id: i64) {
        match accounts::find(&self.deps.store, account_id).await {
            Ok(Some(account)) => self.start_if_needed(&account).await,
            Ok(None) => {}
            Err(error) => tracing::error!(account_id, %error, "the account could not be read"),
        }
    }

    async fn start_if_needed(&mut self, account: &Account) {
        let now = self.deps.clock.now();
        let is_paused = self.pauses.get(&account.id).is_some_and(|pause| now < pause.until);
        if is_paused || self.running.contains_key(&account.id) {
            return;
        }
        match self.has_work(account).await {
            Ok(true) => self.start(account.clone()),
            Ok(false) => {}
            Err(error) => tracing::error!(account_id = account.id, %error, "the account could not be read"),
        }
    }

    /// True if a session is wanted: of an account elsewhere always, as far as its broker takes it.
    async fn has_work(&self, account: &Account) -> Result<bool, LiveError> {
        if account.broker != AccountBroker::Demo {
            return Ok(self.deps.brokers.is_some() && account.status != AccountStatus::Refused);
        }
        let store = &self.deps.store;
        Ok(!strategies::active_of_account(store, account.id).await?.is_empty()
            || !orders::open(store, account.id).await?.is_empty()
            || !requests::queued(store, account.id).await?.is_empty())
    }

    fn start(&mut self, account: Account) {
        let connector = match (account.broker, &self.deps.brokers) {
            (AccountBroker::Demo, _) => Arc::clone(&self.paper),
            (_, Some(brokers)) => Arc::clone(brokers),
            (_, None) => return,
        };
        let (account_id, wake) = (account.id, Arc::new(Notify::new()));
        self.running.insert(account_id, Arc::clone(&wake));
        self.gauges.sessions(self.running.len());
        let operation = Operation {
            deps: self.deps.clone(),
            gauges: Arc::clone(&self.gauges),
            watched: Arc::clone(&self.watched),
            connector,
            account,
            wake,
            stop: self.stop.clone(),
        };
        self.tasks.spawn(async move { (account_id, operation.run().await) });
    }

    async fn ended(&mut self, done: Result<(i64, Outcome), tokio::task::JoinError>) {
        // The task catches panics itself and nobody aborts it.
        let Ok((account_id, outcome)) = done else { return };
        self.running.remove(&account_id);
        self.gauges.sessions(self.running.len());
        match outcome {
            Outcome::Ended(end) => {
                tracing::info!(account_id, ?end, "the session ended");
                self.pauses.remove(&account_id);
            }
            Outcome::Elsewhere => {}
            Outcome::Failed(error) => {
                let failures = self.pauses.get(&account_id).map_or(1, |pause| pause.failures + 1);
                let seconds = 1_i64.checked_shl(failures.min(16)).unwrap_or(LONGEST_PAUSE_SECONDS);
                let seconds = seconds.min(LONGEST_PAUSE_SECONDS);
                tracing::error!(account_id, error, failures, seconds, "the session failed and starts again");
                let until = self.deps.clock.now() + TimeDelta::seconds(seconds);
                let known = accounts::find(&self.deps.store, account_id).await.ok().flatten();
                let was_well = known.as_ref().is_some_and(is_well);
                let keys = known.map(|account| account.keys);
                self.pauses.insert(account_id, Pause { failures, until, keys, was_well });
            }
        }
    }
}

/// What the session of an account works with.
struct Operation {
    deps: WorkerDeps,
    gauges: Arc<Gauges>,
    watched: Arc<Watched>,
    connector: Arc<dyn Connector>,
    account: Account,
    wake: Arc<Notify>,
    stop: CancellationToken,
}

impl Operation {
    /// Takes the lease of the account and runs its session. The lease is given back however the session ends.
    async fn run(self) -> Outcome {
        let (deps, account_id) = (self.deps.clone(), self.account.id);
        let name = format!("account:{account_id}");
        let lease = match leases::acquire(&deps.store, &name, &deps.worker_id, deps.clock.now()).await {
            Ok(Some(lease)) => lease,
            Ok(None) => return Outcome::Elsewhere,
            Err(error) => return Outcome::Failed(error.to_string()),
        };
        // A session shares nothing in memory but the paper exchange, whose state is changed by whole calls only.
        let outcome = match AssertUnwindSafe(self.counted(lease.clone())).catch_unwind().await {
            Ok(Ok(end)) => Outcome::Ended(end),
            Ok(Err(error)) => Outcome::Failed(error.to_string()),
            Err(_) => Outcome::Failed("the session panicked".to_owned()),
        };
        if let Err(error) = leases::release(&deps.store, &lease).await {
            tracing::warn!(account_id, %error, "the lease could not be released and will expire");
        }
        outcome
    }

    /// Runs the session between the notes of its start and of its end. A crash and a panic leave no end (safety F08).
    async fn counted(self, lease: Lease) -> Result<SessionEnd, LiveError> {
        let (store, clock, account_id) = (self.deps.store.clone(), Arc::clone(&self.deps.clock), self.account.id);
        accounts::note_start(&store, account_id, clock.now()).await?;
        let done = self.session(lease).await;
        match &done {
            // Another worker has it by now, and has noted its own start.
            Err(LiveError::LeaseLost) => return done,
            Err(LiveError::Store(StoreError::Corrupt(what))) => {
                let found = json!({ "unreadable": what });
                accounts::put_into_review(&store, account_id, DATABASE_UNREADABLE, found, clock.now()).await?;
            }
            _ => {}
        }
        accounts::note_end(&store, account_id).await?;
        done
    }

    async fn session(self, lease: Lease) -> Result<SessionEnd, LiveError> {
        let Self { deps, gauges, watched, connector, account, wake, stop } = self;
        let connecting = connector.connect(&account);
        let Some(connection) = prepare(&deps, &lease, &stop, connecting).await? else { return Ok(SessionEnd::Stopped) };
        let (connection, breaker) = Breaker::guard(&deps.store, &deps.clock, account.id, connection).await?;
        let viewed = connection.watch.is_some().then(|| Arc::clone(&connection.feeds.viewed));
        let session_deps = SessionDeps {
            store: deps.store.clone(),
            clock: Arc::clone(&deps.clock),
            connection,
            files: deps.files.clone(),
            breaker,
        };
        let opening = Session::open(session_deps, account.id, lease.clone());
        let Some(session) = prepare(&deps, &lease, &stop, opening).await? else { return Ok(SessionEnd::Stopped) };
        let session = session.run(wake, stop);
        let Some(feed) = viewed else { return session.await };
        tokio::select! {
            biased;
            end = session => end,
            never = teller::keep_telling(&deps, &gauges, &watched, account.id, feed) => match never {},
        }
    }
}

/// Does what comes before a session, and keeps the lease meanwhile: a broker may take longer to answer than a lease holds.
/// `None` if the worker stops first.
async fn prepare<T>(
    deps: &WorkerDeps,
    lease: &Lease,
    stop: &CancellationToken,
    work: impl Future<Output = Result<T, LiveError>>,
) -> Result<Option<T>, LiveError> {
    tokio::pin!(work);
    loop {
        let renewal = deps.clock.now() + leases::TTL / 3;
        tokio::select! {
            biased;
            () = stop.cancelled() => return Ok(None),
            done = &mut work => return done.map(Some),
            () = deps.clock.sleep_until(renewal) => {
                leases::renew(&deps.store, lease, deps.clock.now()).await?.ok_or(LiveError::LeaseLost)?;
            }
        }
    }
}
