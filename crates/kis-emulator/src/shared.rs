//! What REST server, sockets and control API share.

use std::collections::{BTreeSet, HashMap};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use exodus_domain::{Clock as _, CommissionTerms, Timer as _, Won};
use tokio::sync::{Notify, broadcast};
use tokio_util::sync::CancellationToken;

use crate::arrivals::Arrivals;
use crate::clock::{EmulatorClock, NotStepped};
use crate::config::{EmulatorError, Limits};
use crate::environment::Environment;
use crate::faults::Faults;
use crate::keys::{Credentials, KeyRing};
use crate::log::{LogEntry, RequestLog};
use crate::past::Past;
use crate::rest::answer::Answer;
use crate::rest::limits::Windows;
use crate::rest::reservations::Reservations;
use crate::state;
use crate::world::{AccountTerms, Happening, Refusal, World};

/// Batches of happenings that a slow socket may lag behind.
const HAPPENINGS: usize = 4_096;

/// The one state of an emulator. No lock is held over an await; where two are held, `world` is taken first.
pub(crate) struct Shared {
    pub(crate) clock: Arc<EmulatorClock>,
    pub(crate) keys: Mutex<KeyRing>,
    pub(crate) faults: Mutex<Faults>,
    pub(crate) log: Mutex<RequestLog>,
    pub(crate) windows: Mutex<Windows>,
    pub(crate) reservations: Mutex<Reservations>,
    pub(crate) past: Mutex<Past>,
    arrivals: Mutex<Arrivals>,
    /// The latest answer of each environment with its TR id, for the fault that mixes answers up.
    latest: Mutex<HashMap<Environment, (String, Answer)>>,
    /// What of the gateway stands on disk.
    written: Mutex<Written>,
    pub(crate) happenings: broadcast::Sender<Arc<[Happening]>>,
    pub(crate) settings: Settings,
    pub(crate) stop: CancellationToken,
    world: Mutex<World>,
    changed: Notify,
}

/// How often tokens and reservations had changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Written {
    keys: u64,
    reservations: u64,
}

/// What does not change while the emulator runs.
pub(crate) struct Settings {
    pub(crate) limits: Limits,
    pub(crate) legacy_frames: bool,
    pub(crate) require_user_agent: bool,
    pub(crate) state: Option<PathBuf>,
}

impl Shared {
    pub(crate) fn new(
        clock: Arc<EmulatorClock>,
        world: World,
        keys: KeyRing,
        faults: Faults,
        reservations: Reservations,
        settings: Settings,
    ) -> Self {
        Self {
            clock,
            keys: Mutex::new(keys),
            faults: Mutex::new(faults),
            log: Mutex::default(),
            windows: Mutex::default(),
            reservations: Mutex::new(reservations),
            past: Mutex::default(),
            arrivals: Mutex::default(),
            latest: Mutex::default(),
            written: Mutex::default(),
            happenings: broadcast::Sender::new(HAPPENINGS),
            settings,
            stop: CancellationToken::new(),
            world: Mutex::new(world),
            changed: Notify::new(),
        }
    }

    /// Emulated time.
    pub(crate) fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// Brings the world to the present, lets `act` read or change it, and tells everybody what happened.
    pub(crate) fn with_world<T>(&self, act: impl FnOnce(&mut World, DateTime<Utc>) -> T) -> T {
        let outcome = self.touch(act);
        self.changed.notify_one();
        outcome
    }

    /// Reads the state of the last advance, without a new one.
    pub(crate) fn read_world<T>(&self, look: impl FnOnce(&World) -> T) -> T {
        look(&lock(&self.world))
    }

    fn touch<T>(&self, act: impl FnOnce(&mut World, DateTime<Utc>) -> T) -> T {
        let mut world = lock(&self.world);
        // Read under the lock: the world is never told an earlier time than before.
        let now = self.now();
        let mut happened = world.advance(now);
        let outcome = act(&mut world, now);
        happened.extend(world.advance(now));
        self.keep(&mut world, &happened, now);
        if !happened.is_empty() {
            // Fails only while no socket listens.
            drop(self.happenings.send(happened.into()));
        }
        outcome
    }

    /// Keeps how the accounts stand that something happened to.
    fn keep(&self, world: &mut World, happened: &[Happening], now: DateTime<Utc>) {
        let account = |happening: &Happening| match happening {
            Happening::Notice(notice) => Some(notice.account.clone()),
            Happening::Trade { .. } | Happening::Book { .. } | Happening::MarketOperation { .. } => None,
        };
        let accounts: BTreeSet<String> = happened.iter().filter_map(account).collect();
        for account in accounts {
            lock(&self.past).keep(world, &account, now);
        }
    }

    /// Begins the past of every account with how it stands now.
    pub(crate) fn keep_all(&self) {
        self.with_world(|world, now| {
            let accounts: Vec<String> = world.accounts().map(|terms| terms.number.clone()).collect();
            let mut past = lock(&self.past);
            *past = Past::default();
            for account in accounts {
                past.keep(world, &account, now);
            }
        });
    }

    pub(crate) fn past(&self) -> MutexGuard<'_, Past> {
        lock(&self.past)
    }

    /// Sends reservations that are due, and tells when something happens next by itself.
    fn catch_up(&self) -> DateTime<Utc> {
        let (any, next) = self.touch(|world, now| {
            let mut reservations = self.reservations();
            let any = reservations.send_due(world, now);
            (any, reservations.next_at().map_or(world.next_at(), |next| next.min(world.next_at())))
        });
        // Once a day; until it is written the world's journal tells what was sent.
        if any && let Err(error) = self.write() {
            tracing::error!(%error, "what became of reservations was not written");
        }
        next
    }

    /// True if what was promised differs from what stands on disk.
    pub(crate) fn is_unwritten(&self) -> bool {
        self.settings.state.is_some() && *lock(&self.written) != self.promised()
    }

    fn promised(&self) -> Written {
        Written { keys: self.keys().changes(), reservations: self.reservations().changes() }
    }

    /// Writes down what was promised, whole or not at all. It waits for the disk.
    pub(crate) fn write(&self) -> Result<(), EmulatorError> {
        let mut written = lock(&self.written);
        let promised = self.promised();
        state::write(self)?;
        *written = promised;
        Ok(())
    }

    /// Makes the driver look again for what happens next.
    pub(crate) fn wake(&self) {
        self.changed.notify_one();
    }

    /// Steps a stepped clock, with a halt wherever a reservation is to be sent.
    pub(crate) fn step(&self, by: TimeDelta) -> Result<(), NotStepped> {
        let end = self.now() + by.max(TimeDelta::zero());
        loop {
            let next = self.reservations().next_at().filter(|next| *next > self.now());
            let next = next.map_or(end, |next| next.min(end));
            let now = self.clock.step(next - self.now())?;
            self.catch_up();
            if now >= end {
                self.wake();
                return Ok(());
            }
        }
    }

    /// Opens one more account.
    pub(crate) fn open_account(&self, environment: Environment, cash: Won) -> Result<Credentials, Refusal> {
        self.with_world(|world, now| {
            let credentials = self.keys().add(environment);
            let terms = account_terms(&credentials, cash);
            world.open_account(&terms, now)?;
            self.past().keep(world, &terms.number, now);
            Ok(credentials)
        })
    }

    /// Puts accounts, orders and reservations back to the start. Keys stay, so that clients can go on.
    pub(crate) fn reset(&self) -> Result<(), EmulatorError> {
        let reset: Result<(), EmulatorError> = self.with_world(|world, now| {
            let accounts: Vec<AccountTerms> = world.accounts().cloned().collect();
            world.reset(now)?;
            self.reservations().clear();
            for terms in accounts {
                let opened = world.open_account(&terms, now);
                opened.map_err(|cause| EmulatorError::Account { number: terms.number, cause })?;
            }
            Ok(())
        });
        self.keep_all();
        reset?;
        self.write()
    }

    /// Keeps the world at the present until the emulator stops.
    pub(crate) async fn drive(self: Arc<Self>) {
        while !self.stop.is_cancelled() {
            let next = self.catch_up();
            tokio::select! {
                () = self.clock.sleep_until(next) => {}
                () = self.changed.notified() => {}
                () = self.stop.cancelled() => {}
            }
        }
    }

    pub(crate) fn keys(&self) -> MutexGuard<'_, KeyRing> {
        lock(&self.keys)
    }

    pub(crate) fn faults(&self) -> MutexGuard<'_, Faults> {
        lock(&self.faults)
    }

    pub(crate) fn windows(&self) -> MutexGuard<'_, Windows> {
        lock(&self.windows)
    }

    pub(crate) fn reservations(&self) -> MutexGuard<'_, Reservations> {
        lock(&self.reservations)
    }

    pub(crate) fn arrivals(&self) -> MutexGuard<'_, Arrivals> {
        lock(&self.arrivals)
    }

    /// Keeps an answer for the fault that mixes answers up.
    pub(crate) fn remember(&self, environment: Environment, tr_id: &str, answer: &Answer) {
        lock(&self.latest).insert(environment, (tr_id.to_owned(), answer.clone()));
    }

    /// The latest answer of an environment with its TR id.
    pub(crate) fn remembered(&self, environment: Environment) -> Option<(String, Answer)> {
        lock(&self.latest).get(&environment).cloned()
    }

    pub(crate) fn log(&self) -> MutexGuard<'_, RequestLog> {
        lock(&self.log)
    }

    /// Writes a request down.
    pub(crate) fn note(&self, entry: LogEntry) {
        self.log().push(entry);
    }
}

/// How the broker knows the account of some credentials.
pub(crate) fn account_terms(credentials: &Credentials, cash: Won) -> AccountTerms {
    AccountTerms {
        number: format!("{}{}", credentials.cano(), credentials.product()),
        holder: "홍길동".to_owned(),
        hts_id: credentials.hts_id.clone(),
        branch: match credentials.environment {
            Environment::Real => "91252",
            Environment::Mock => "00950",
        }
        .to_owned(),
        cash,
        commission: CommissionTerms::default(),
    }
}

/// A panic of another request is told by its own answer; the state it left is as good as any.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
