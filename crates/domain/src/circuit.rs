//! The circuit to a broker: it opens when calls go wrong, and new orders wait until the broker has proven itself again
//! (safety §3.3).

#[cfg(test)]
mod tests;

use std::collections::VecDeque;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

/// So many failed calls in a row open it.
const FAILURES_IN_ROW: u32 = 5;
/// The stretch over which the share of failures is taken.
const SHARE_WITHIN: TimeDelta = TimeDelta::seconds(30);
/// A share counts from so many calls on.
const SHARE_OF_AT_LEAST: usize = 10;
/// So many orders without an answer, within [`UNKNOWN_WITHIN`], open it.
const UNKNOWN_ORDERS: usize = 2;
/// See [`UNKNOWN_ORDERS`].
const UNKNOWN_WITHIN: TimeDelta = TimeDelta::seconds(60);
/// So many failed renewals of a token in a row open it.
const TOKEN_FAILURES: u32 = 2;
/// A clock that is off by more than this opens it.
const CLOCK_OFFSET: TimeDelta = TimeDelta::seconds(1);
/// How long it stays open before the broker is tried; doubles with each trial that fails.
const FIRST_PAUSE_SECONDS: i64 = 30;
/// The longest such pause.
const LONGEST_PAUSE_SECONDS: i64 = 300;
/// Lists that must be read whole while it is half-open; one balance comes to that.
const LISTS_TO_CLOSE: u32 = 3;

text_enum! {
    /// Whether new orders may go to the broker.
    CircuitState {
        /// They may.
        Closed = "closed",
        /// They may not; reads and cancels go on slowly.
        Open = "open",
        /// They may not yet: the broker is being tried.
        HalfOpen = "half_open",
    }
}

text_enum! {
    /// Why a circuit opened.
    CircuitCause {
        /// Five calls failed in a row.
        FailuresInRow = "failures_in_row",
        /// Half of at least ten calls within 30 seconds failed.
        FailureShare = "failure_share",
        /// Two orders within 60 seconds got no answer.
        UnknownOrders = "unknown_orders",
        /// A token could not be renewed twice in a row.
        TokenRenewal = "token_renewal",
        /// This machine's clock is off by more than a second.
        ClockOffset = "clock_offset",
        /// An invariant of the order path was found broken. Only a person lets the circuit close.
        Breach = "invariant_breach",
    }
}

/// What a circuit hears.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CircuitEvent {
    /// A whole list of orders was read.
    ListRead,
    /// A balance was read.
    BalanceRead,
    /// Another call got an answer that was understood; that the broker refused an order is one.
    Answered,
    /// A call failed.
    Failed(String),
    /// An order got no answer that was understood.
    OrderUnknown(String),
    /// A token was renewed.
    TokenRenewed,
    /// A token could not be renewed.
    TokenFailed(String),
    /// This machine's clock was compared with the broker's.
    ClockCompared(TimeDelta),
    /// An invariant was found broken.
    Breached(String),
    /// Store and broker were brought together (R0, R4).
    Reconciled {
        /// Orders that are in doubt after it.
        unresolved: usize,
    },
    /// A person looked at the breach and lets the circuit be tried.
    Released,
}

/// A change that people and the audit log hear of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CircuitChange {
    /// New orders wait from now on.
    Opened,
    /// A trial failed, or the cause became a graver one.
    OpenedAgain,
    /// A person released it; it closes once the broker has proven itself.
    Released,
    /// New orders may go again.
    Closed,
}

/// The circuit to the broker of one account.
#[derive(Clone, Debug, Default)]
pub struct Circuit {
    record: CircuitRecord,
    /// The calls of the last 30 seconds, true for a good one. Not kept over a restart: they are old by then.
    calls: VecDeque<(DateTime<Utc>, bool)>,
}

/// What a restart must not forget of a circuit.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CircuitRecord {
    /// Calls that failed since the last good one.
    pub failures_in_row: u32,
    /// Renewals of a token that failed since the last good one.
    pub token_failures: u32,
    /// When orders got no answer, within the last 60 seconds, oldest first.
    pub unknown_at: Vec<DateTime<Utc>>,
    /// Why it is not closed; `None` while it is.
    pub opening: Option<Opening>,
}

/// An open circuit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opening {
    /// Why.
    pub cause: CircuitCause,
    /// What was seen, in English.
    pub detail: String,
    /// Since when.
    pub since: DateTime<Utc>,
    /// True until a person has released it.
    pub needs_person: bool,
    /// How long the present pause is, in seconds.
    pub pause_seconds: i64,
    /// When the broker is tried again.
    pub half_open_at: DateTime<Utc>,
    /// Whole lists read in the present trial, up to three.
    pub lists: u32,
    /// True once the balance was read in the present trial.
    pub balance: bool,
}

impl CircuitRecord {
    /// Where the circuit stands at `now`.
    pub fn state(&self, now: DateTime<Utc>) -> CircuitState {
        match &self.opening {
            None => CircuitState::Closed,
            Some(opening) if opening.needs_person || now < opening.half_open_at => CircuitState::Open,
            Some(_) => CircuitState::HalfOpen,
        }
    }
}

impl Circuit {
    /// The circuit as it was stored.
    pub fn from_record(record: CircuitRecord) -> Self {
        Self { record, calls: VecDeque::new() }
    }

    /// What is to be stored of it.
    pub fn record(&self) -> &CircuitRecord {
        &self.record
    }

    /// Takes what somebody else stored.
    pub fn take_record(&mut self, record: CircuitRecord) {
        self.record = record;
    }

    /// Where it stands at `now`.
    pub fn state(&self, now: DateTime<Utc>) -> CircuitState {
        self.record.state(now)
    }

    /// Takes an event in. Answers what people should hear of.
    pub fn hear(&mut self, event: &CircuitEvent, now: DateTime<Utc>) -> Option<CircuitChange> {
        match event {
            CircuitEvent::ListRead => self.good(now, |trial| trial.lists = (trial.lists + 1).min(LISTS_TO_CLOSE)),
            CircuitEvent::BalanceRead => self.good(now, |trial| trial.balance = true),
            CircuitEvent::Answered => self.good(now, |_| {}),
            CircuitEvent::Failed(why) => self.failed(why, now),
            CircuitEvent::OrderUnknown(why) => self.unknown(why, now),
            CircuitEvent::TokenRenewed => {
                self.record.token_failures = 0;
                None
            }
            CircuitEvent::TokenFailed(why) => {
                self.record.token_failures = (self.record.token_failures + 1).min(TOKEN_FAILURES);
                let is_enough = self.record.token_failures == TOKEN_FAILURES;
                if is_enough { self.trip(CircuitCause::TokenRenewal, why, now) } else { None }
            }
            CircuitEvent::ClockCompared(offset) if offset.abs() > CLOCK_OFFSET => {
                let detail = format!("the clock is off by {} ms", offset.num_milliseconds());
                self.trip(CircuitCause::ClockOffset, &detail, now)
            }
            CircuitEvent::ClockCompared(_) => None,
            CircuitEvent::Breached(why) => self.trip(CircuitCause::Breach, why, now),
            CircuitEvent::Reconciled { unresolved } => self.reconciled(*unresolved, now),
            CircuitEvent::Released => self.released(now),
        }
    }

    fn good(&mut self, now: DateTime<Utc>, note: impl FnOnce(&mut Opening)) -> Option<CircuitChange> {
        self.count(true, now);
        self.record.failures_in_row = 0;
        let state = self.state(now);
        if let Some(trial) = self.record.opening.as_mut().filter(|_| state == CircuitState::HalfOpen) {
            note(trial);
        }
        None
    }

    fn failed(&mut self, why: &str, now: DateTime<Utc>) -> Option<CircuitChange> {
        self.count(false, now);
        self.record.failures_in_row = (self.record.failures_in_row + 1).min(FAILURES_IN_ROW);
        let failed = self.calls.iter().filter(|(_, is_good)| !is_good).count();
        let cause = if self.record.failures_in_row == FAILURES_IN_ROW {
            CircuitCause::FailuresInRow
        } else if self.calls.len() >= SHARE_OF_AT_LEAST && failed * 2 >= self.calls.len() {
            CircuitCause::FailureShare
        } else {
            return self.trial_failed(None, why, now);
        };
        self.trip(cause, why, now)
    }

    fn unknown(&mut self, why: &str, now: DateTime<Utc>) -> Option<CircuitChange> {
        let known = &mut self.record.unknown_at;
        known.retain(|at| now - *at < UNKNOWN_WITHIN);
        known.push(now);
        if known.len() >= UNKNOWN_ORDERS {
            let change = self.trip(CircuitCause::UnknownOrders, why, now);
            self.count(false, now);
            return change;
        }
        self.failed(why, now)
    }

    fn count(&mut self, is_good: bool, now: DateTime<Utc>) {
        self.calls.retain(|(at, _)| now - *at < SHARE_WITHIN);
        self.calls.push_back((now, is_good));
    }

    /// Opens it, or notes that it must stay open. A breach outweighs every other cause.
    fn trip(&mut self, cause: CircuitCause, detail: &str, now: DateTime<Utc>) -> Option<CircuitChange> {
        let Some(opening) = &mut self.record.opening else {
            self.record.opening = Some(Opening::new(cause, detail, now));
            return Some(CircuitChange::Opened);
        };
        if cause == CircuitCause::Breach && !opening.needs_person {
            *opening = Opening { since: opening.since, ..Opening::new(cause, detail, now) };
            return Some(CircuitChange::OpenedAgain);
        }
        self.trial_failed(Some(cause), detail, now)
    }

    /// Ends a trial, if there is one, and waits longer for the next.
    fn trial_failed(&mut self, cause: Option<CircuitCause>, detail: &str, now: DateTime<Utc>) -> Option<CircuitChange> {
        let is_tried = self.state(now) == CircuitState::HalfOpen;
        let opening = self.record.opening.as_mut().filter(|_| is_tried)?;
        let pause_seconds = (opening.pause_seconds * 2).min(LONGEST_PAUSE_SECONDS);
        *opening = Opening {
            cause: cause.unwrap_or(opening.cause),
            detail: detail.to_owned(),
            since: opening.since,
            needs_person: false,
            pause_seconds,
            half_open_at: now + TimeDelta::seconds(pause_seconds),
            lists: 0,
            balance: false,
        };
        Some(CircuitChange::OpenedAgain)
    }

    fn reconciled(&mut self, unresolved: usize, now: DateTime<Utc>) -> Option<CircuitChange> {
        let state = self.state(now);
        let trial = self.record.opening.as_ref().filter(|_| state == CircuitState::HalfOpen)?;
        if unresolved > 0 || trial.lists < LISTS_TO_CLOSE || !trial.balance {
            return None;
        }
        *self = Self::default();
        Some(CircuitChange::Closed)
    }

    fn released(&mut self, now: DateTime<Utc>) -> Option<CircuitChange> {
        let opening = self.record.opening.as_mut().filter(|opening| opening.needs_person)?;
        opening.needs_person = false;
        opening.half_open_at = now;
        Some(CircuitChange::Released)
    }
}

impl Opening {
    fn new(cause: CircuitCause, detail: &str, now: DateTime<Utc>) -> Self {
        Self {
            cause,
            detail: detail.to_owned(),
            since: now,
            needs_person: cause == CircuitCause::Breach,
            pause_seconds: FIRST_PAUSE_SECONDS,
            half_open_at: now + TimeDelta::seconds(FIRST_PAUSE_SECONDS),
            lists: 0,
            balance: false,
        }
    }
}
