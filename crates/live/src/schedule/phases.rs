//! The table of phases: what is done when, for whom, and how late it may still be done.

use std::time::Duration;

use chrono::{DateTime, Days, NaiveDate, NaiveTime, TimeDelta, Utc};
use exodus_domain::{from_kst, is_session, kst_date, previous_session};
use exodus_store::jobs::JobKind;

use super::PhasePayload;

/// A job that begins a phase of the day: tried again after seconds, because after a minute its time is over.
const fn kind(name: &'static str, max_attempts: u32, timeout_seconds: u64) -> JobKind {
    let (timeout, backoff) = (Duration::from_secs(timeout_seconds), Duration::from_secs(10));
    JobKind { name, max_attempts, timeout, backoff }
}

/// Asks the broker for symbol masters, levels of indices and the calendar.
pub static BROKER_DATA: JobKind = kind("broker_data_ask", 3, 60);
/// Sees to it that each app key has a token that lasts. Failed twice, it opens the circuits.
pub static BROKER_TOKENS: JobKind = kind("broker_tokens", 2, 120);
/// Signs the ends of all audit chains into a file outside of the database.
pub static AUDIT_HEADS: JobKind = kind("audit_heads", 5, 300);
/// Looks for what the day before left open.
pub(crate) static MORNING_CHECK: JobKind = kind("morning_check", 3, 60);
/// Sees to it that the books of each account were read from its broker.
pub(crate) static SYNC: JobKind = kind("account_sync", 4, 60);
/// Checks everything that trading needs; an account that lacks something is halted.
pub(crate) static PRE_OPEN: JobKind = kind("pre_open_checks", 2, 60);
/// Sees to it that each account is in operation when the market opens.
pub(crate) static SESSION_OPEN: JobKind = kind("session_open", 3, 60);
/// Looks for orders that are in doubt after the close.
pub(crate) static SESSION_CLOSE: JobKind = kind("session_close", 3, 60);
/// Sums the day up for each account.
pub(crate) static DAY_REPORT: JobKind = kind("day_report", 3, 300);

/// Snapshots of all accounts at the end of a session's day.
pub(crate) static SNAPSHOTS: JobKind = JobKind {
    name: "account_snapshots",
    max_attempts: 5,
    timeout: Duration::from_secs(300),
    backoff: Duration::from_secs(30),
};

/// The bars that a session's day left missing, once it is over.
pub(crate) static DAILY_BARS: JobKind = JobKind {
    name: "daily_bars",
    max_attempts: 5,
    timeout: Duration::from_secs(600),
    backoff: Duration::from_secs(30),
};

/// When a phase comes.
#[derive(Clone, Copy, Debug)]
enum When {
    /// So long after the midnight of each session's date in Korea.
    Session(TimeDelta),
    /// So long after each midnight in Korea.
    Day(TimeDelta),
    /// Each hour.
    Hour,
}

/// Whom a phase is about: whether it is needed, and who hears that it was left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Whom {
    /// It is always done; owners of accounts at brokers hear.
    Everybody,
    /// It is done if an account is connected to a broker; owners of such accounts hear.
    Connected,
}

/// Something to do at a time of day.
pub(super) struct Phase {
    pub(super) job: &'static JobKind,
    when: When,
    /// Missed by more than this, it is left out.
    grace: TimeDelta,
    pub(super) whom: Whom,
    /// True if it must not wait behind back-fills and backtests.
    pub(super) is_urgent: bool,
}

/// What is late by more counts as not done (issue 7, safety F32).
const MINUTE: TimeDelta = TimeDelta::seconds(60);

const fn at(hour: i64, minute: i64) -> TimeDelta {
    TimeDelta::minutes(60 * hour + minute)
}

const fn of_brokers(job: &'static JobKind, hour: i64, minute: i64) -> Phase {
    Phase { job, when: When::Session(at(hour, minute)), grace: MINUTE, whom: Whom::Connected, is_urgent: true }
}

pub(super) static PHASES: [Phase; 11] = [
    // Half an hour before NXT opens, and after the broker has renewed its masters (kis-openapi §6.12). Every day of the
    // week: that a day is no session is our opinion. The data are as good at noon, and whoever connects an account then
    // needs them, so that the grace ends when the next are due.
    Phase {
        job: &BROKER_DATA,
        when: When::Day(at(7, 30)),
        grace: TimeDelta::hours(24),
        whom: Whom::Connected,
        is_urgent: true,
    },
    of_brokers(&BROKER_TOKENS, 8, 0),
    // After the look of each session at the day before (R6, 08:20).
    of_brokers(&MORNING_CHECK, 8, 25),
    of_brokers(&SYNC, 8, 40),
    of_brokers(&PRE_OPEN, 8, 50),
    of_brokers(&SESSION_OPEN, 8, 59),
    // After the first closing run of each session (R5, 15:45).
    of_brokers(&SESSION_CLOSE, 15, 50),
    // After the last closing run (R5, 20:10).
    of_brokers(&DAY_REPORT, 20, 20),
    // After the last session of any venue. The account stands as it stood until the next one opens, so that a worker that
    // was down at midnight still takes the right figures; after the opening they would be those of another day.
    Phase {
        job: &SNAPSHOTS,
        when: When::Session(at(23, 55)),
        grace: TimeDelta::hours(6),
        whom: Whom::Everybody,
        is_urgent: false,
    },
    // The bars of a day stay the same and can be had for weeks.
    Phase {
        job: &DAILY_BARS,
        when: When::Session(at(24, 1)),
        grace: TimeDelta::days(30),
        whom: Whom::Everybody,
        is_urgent: false,
    },
    // Signs all that came since the last time, so that a late one is as good until the next is due. The one of midnight is
    // the day's end (safety SE61).
    Phase { job: &AUDIT_HEADS, when: When::Hour, grace: TimeDelta::hours(1), whom: Whom::Everybody, is_urgent: true },
];

impl Phase {
    /// The newest time at or before `now` at which it was due.
    pub(super) fn newest(&self, now: DateTime<Utc>) -> Option<PhasePayload> {
        let today = kst_date(now);
        let tick_of = |date: NaiveDate, after: TimeDelta| from_kst(date, NaiveTime::MIN) + after;
        let (session, tick) = match self.when {
            When::Hour => {
                let hours = (now - from_kst(today, NaiveTime::MIN)).num_hours();
                (today, tick_of(today, TimeDelta::hours(hours)))
            }
            When::Day(after) => {
                let date = if tick_of(today, after) <= now { today } else { today - Days::new(1) };
                (date, tick_of(date, after))
            }
            When::Session(after) => {
                let newest = if is_session(today) { Some(today) } else { previous_session(today) };
                let session = std::iter::successors(newest, |date| previous_session(*date))
                    .find(|session| tick_of(*session, after) <= now)?;
                (session, tick_of(session, after))
            }
        };
        Some(PhasePayload { session, tick, until: tick + self.grace })
    }
}
