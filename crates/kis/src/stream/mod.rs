//! The stream: one WebSocket session for each app key.
//!
//! A task of its own keeps the session: it connects when something is wanted, makes and leaves registrations at the
//! broker's pace, answers PINGPONG, finds out when the session has died or gone mute, and makes it anew. What comes is
//! told as it comes; that something may have been missed is told as a gap. The broker sends nothing twice, so whoever
//! hears of a gap reads by REST what it needs to know (§7.10).

mod registrations;
mod session;
mod waiting;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use chrono::{DateTime, NaiveTime, TimeDelta, Utc};
use exodus_domain::{BrokerOrderId, PortStream, Timer, is_session, kst_date, kst_time};
use futures::stream;
use secrecy::SecretString;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{Notify, broadcast, watch};
use tokio_util::sync::{CancellationToken, DropGuard};

pub use registrations::{Rank, Registration, Urgency};

use crate::Environment;
use crate::wire::stream::{Code, Feed, KrxBook, MarketOperation, ShortCode, Trade};

/// Events that a listener may be behind before it misses some, which it is told.
const BACKLOG: usize = 4_096;

/// From the pre-market of NXT to the end of the after-market.
const FIRST_HOUR: NaiveTime = NaiveTime::from_hms_opt(8, 0, 0).expect("eight o'clock");
const LAST_HOUR: NaiveTime = NaiveTime::from_hms_opt(20, 0, 0).expect("eight o'clock");

/// True while something may be traded somewhere.
pub(crate) fn is_trading_time(now: DateTime<Utc>) -> bool {
    is_session(kst_date(now)) && (FIRST_HOUR..LAST_HOUR).contains(&kst_time(now))
}

/// Where approval keys come from: `/oauth2/Approval` (§2.3).
#[async_trait]
pub trait Approval: Send + Sync {
    /// A new approval key.
    ///
    /// # Errors
    /// Why there is none, in words without a secret.
    async fn approval_key(&self) -> Result<SecretString, String>;
}

/// What a session needs to know.
#[derive(Clone, Debug)]
pub struct StreamConfig {
    /// `ws://host:port`.
    pub url: String,
    /// Whose feeds and pace to keep.
    pub environment: Environment,
}

/// Something may have happened to an order of the account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Hint {
    /// To this one.
    Order(BrokerOrderId),
    /// To any: the stream was not there, or sent what could not be read.
    Gap,
}

/// Why the stream does not give what was asked for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StreamProblem {
    /// No connection, or no approval key.
    #[error("the stream cannot be reached: {0}")]
    Unreachable(String),
    /// The broker said no.
    #[error("the stream refused: {code} {message}")]
    Refused {
        /// The broker's code.
        code: String,
        /// The broker's sentence.
        message: String,
    },
    /// It neither said yes nor no in time.
    #[error("the stream did not answer in time")]
    NoAnswer,
}

/// How the stream is doing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StreamStatus {
    /// Sessions that were made since the start.
    pub sessions: u64,
    /// Since when the connection stands; `None` without one.
    pub connected_since: Option<DateTime<Utc>>,
    /// When something came last.
    pub heard_at: Option<DateTime<Utc>>,
    /// Registrations that the broker acknowledged.
    pub held: BTreeSet<Registration>,
    /// Registrations that the broker refused.
    pub refused: BTreeMap<Registration, StreamProblem>,
    /// Messages that could not be read, since the start.
    pub garbled: u64,
    /// Why the last session ended, or none could be made.
    pub problem: Option<StreamProblem>,
}

/// What the stream tells about the market.
#[derive(Clone, Debug)]
pub(crate) enum MarketEvent {
    Trade(Trade),
    Book(KrxBook),
    Operation {
        code: ShortCode,
        operation: Code,
        is_vi: bool,
    },
    /// From now on the registration is held.
    Joined(Registration),
    /// From now on it is not.
    Left(Registration),
    /// The session has ended: no registration is held.
    Gap,
}

impl MarketEvent {
    fn operation(told: &MarketOperation<'_>) -> Self {
        let MarketOperation { code, operation, is_vi, .. } = *told;
        Self::Operation { code, operation, is_vi }
    }
}

/// A hint, and whose it is.
#[derive(Clone)]
enum Told {
    Order { account_no: String, id: BrokerOrderId },
    Gap,
}

/// The stream of one app key. Clones are the same stream; it ends with the last of them.
#[derive(Clone)]
pub struct KisStream {
    shared: Arc<Shared>,
    _stop: Arc<DropGuard>,
}

struct Shared {
    config: StreamConfig,
    timer: Arc<dyn Timer>,
    wishes: Mutex<Wishes>,
    /// Wishes have changed.
    changed: Notify,
    status: watch::Sender<StreamStatus>,
    market: broadcast::Sender<MarketEvent>,
    hints: broadcast::Sender<Told>,
}

/// What is wanted of the stream.
#[derive(Default)]
struct Wishes {
    market: BTreeMap<Registration, Urgency>,
    /// HTS ids, with how many listen.
    notices: BTreeMap<String, usize>,
    /// Registrations that the broker refused, and before when nobody asks for them again.
    refused: BTreeMap<Registration, DateTime<Utc>>,
    /// Somebody found out that the session is mute.
    is_mute: bool,
}

impl Shared {
    fn wishes(&self) -> MutexGuard<'_, Wishes> {
        self.wishes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Everything that is wanted and has not been refused just now.
    fn wanted(&self, now: DateTime<Utc>) -> BTreeMap<Registration, Urgency> {
        let wishes = self.wishes();
        let mut wanted = wishes.market.clone();
        wanted.extend(wishes.notices.keys().map(|hts_id| (self.notices_of(hts_id), Urgency::Notice)));
        wanted.retain(|one, _| wishes.refused.get(one).is_none_or(|again_at| *again_at <= now));
        wanted
    }

    /// When something that was refused may be asked for again.
    fn next_again(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        self.wishes().refused.values().copied().filter(|again_at| *again_at > now).min()
    }

    fn notices_of(&self, hts_id: &str) -> Registration {
        let feed = match self.config.environment {
            Environment::Live => Feed::Notices,
            Environment::Paper => Feed::MockNotices,
        };
        Registration { feed, key: hts_id.to_owned() }
    }
}

/// Somebody listens to the notices of an HTS id, for as long as this lives.
struct Listening {
    stream: KisStream,
    hts_id: String,
}

impl Listening {
    fn new(stream: &KisStream, hts_id: &str) -> Self {
        let notices = stream.shared.notices_of(hts_id);
        let mut wishes = stream.shared.wishes();
        *wishes.notices.entry(hts_id.to_owned()).or_default() += 1;
        // Who comes anew may ask anew.
        wishes.refused.remove(&notices);
        drop(wishes);
        stream.shared.status.send_modify(|status| {
            status.refused.remove(&notices);
        });
        stream.shared.changed.notify_one();
        Self { stream: stream.clone(), hts_id: hts_id.to_owned() }
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        let mut wishes = self.stream.shared.wishes();
        if let Some(listeners) = wishes.notices.get_mut(&self.hts_id) {
            *listeners -= 1;
            if *listeners == 0 {
                wishes.notices.remove(&self.hts_id);
            }
        }
    }
}

impl KisStream {
    /// Begins a stream, within a Tokio runtime. It connects as soon as something is asked of it.
    pub fn start(config: StreamConfig, approval: Arc<dyn Approval>, timer: Arc<dyn Timer>) -> Self {
        let shared = Arc::new(Shared {
            config,
            timer,
            wishes: Mutex::default(),
            changed: Notify::new(),
            status: watch::Sender::default(),
            market: broadcast::Sender::new(BACKLOG),
            hints: broadcast::Sender::new(BACKLOG),
        });
        let stop = CancellationToken::new();
        let keeper = waiting::Keeper::new(Arc::clone(&shared), approval);
        tokio::spawn(stop.clone().run_until_cancelled_owned(keeper.keep()));
        Self { shared, _stop: Arc::new(stop.drop_guard()) }
    }

    /// Hints about the orders of one account, ten digits, which is one of the HTS id's.
    pub fn hints(&self, hts_id: &str, account_no: &str) -> PortStream<Hint> {
        let told = self.shared.hints.subscribe();
        let state = (told, account_no.to_owned(), Listening::new(self, hts_id));
        Box::pin(stream::unfold(state, async |(mut told, account_no, listening)| {
            loop {
                let hint = match told.recv().await {
                    Ok(Told::Order { account_no: other, .. }) if other != account_no => continue,
                    Ok(Told::Order { id, .. }) => Hint::Order(id),
                    Ok(Told::Gap) | Err(RecvError::Lagged(_)) => Hint::Gap,
                    Err(RecvError::Closed) => return None,
                };
                return Some((hint, (told, account_no, listening)));
            }
        }))
    }

    /// Registers the notices of an HTS id and waits for the broker's answer: the test of a connection.
    ///
    /// # Errors
    /// [`StreamProblem`], after `within` at the latest.
    pub async fn check(&self, hts_id: &str, within: TimeDelta) -> Result<(), StreamProblem> {
        let mut status = self.shared.status.subscribe();
        let _listening = Listening::new(self, hts_id);
        let notices = self.shared.notices_of(hts_id);
        let answered = async {
            loop {
                let (is_held, refusal) = {
                    let now = status.borrow_and_update();
                    (now.held.contains(&notices), now.refused.get(&notices).cloned())
                };
                match refusal {
                    Some(problem) => return Err(problem),
                    None if is_held => return Ok(()),
                    None if status.changed().await.is_err() => return Err(StreamProblem::NoAnswer),
                    None => {}
                }
            }
        };
        let timer = &self.shared.timer;
        tokio::select! {
            answer = answered => answer,
            () = timer.sleep_until(timer.now() + within) => Err(self.status().problem.unwrap_or(StreamProblem::NoAnswer)),
        }
    }

    /// How the stream is doing.
    pub fn status(&self) -> StreamStatus {
        self.shared.status.borrow().clone()
    }

    /// The environment whose stream it is.
    pub fn environment(&self) -> Environment {
        self.shared.config.environment
    }

    /// Everything that the stream tells about the market from now on.
    pub(crate) fn market(&self) -> broadcast::Receiver<MarketEvent> {
        self.shared.market.subscribe()
    }

    /// What is wanted of the market from now on.
    pub(crate) fn want(&self, market: BTreeMap<Registration, Urgency>) {
        let mut wishes = self.shared.wishes();
        if wishes.market != market {
            wishes.market = market;
            self.shared.changed.notify_one();
        }
    }

    /// Somebody has seen that the market moves while the session tells nothing: it is made anew.
    pub(crate) fn is_mute(&self) {
        self.shared.wishes().is_mute = true;
        self.shared.changed.notify_one();
    }
}
