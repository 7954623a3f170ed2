//! Faults on demand: a script says what goes wrong and when; REST server and sockets ask before they act. The same seed
//! and the same calls give the same faults.

mod script;

use chrono::{DateTime, TimeDelta, Utc};
use exodus_domain::kst_time;
use serde::Serialize;

pub use script::{AnswerGarbage, Fault, FaultError, FaultScript, Garbage, PageTrouble, What, When};

use crate::environment::Environment;
use crate::rest::fate::{AnswerFault, Before, CallFacts, CallFaults, PageFault};

/// The script with what was seen of it so far.
pub(crate) struct Faults {
    seed: u64,
    rules: Vec<Rule>,
}

struct Rule {
    fault: Fault,
    matched: u32,
    acted: u32,
}

/// A fault and how often it had a chance, and took it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct FaultReport<'a> {
    #[serde(flatten)]
    fault: &'a Fault,
    matched: u32,
    acted: u32,
}

/// What a fault may choose a frame by.
#[derive(Clone, Copy, Debug)]
pub(crate) struct FrameFacts<'a> {
    /// The environment of the socket.
    pub(crate) environment: Environment,
    /// Feed, or `PINGPONG`.
    pub(crate) tr_id: &'a str,
    /// `CANO` of the session's app key.
    pub(crate) account: Option<&'a str>,
    /// A notice about an order.
    pub(crate) is_notice: bool,
}

/// What happens to one frame and its socket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FrameFaults {
    /// How often the frame is sent; 0 = never.
    pub(crate) times: u32,
    /// The frame waits for the notice behind it.
    pub(crate) is_held: bool,
    /// The frame waits so long.
    pub(crate) late: Option<TimeDelta>,
    /// The notice is spoiled.
    pub(crate) garbage: Option<Garbage>,
    /// The socket falls silent so long, beginning with this frame.
    pub(crate) mute: Option<TimeDelta>,
    /// The socket ends instead of this frame.
    pub(crate) is_dropped: bool,
    /// From now on the socket writes so many bytes a second.
    pub(crate) bytes_per_second: Option<u32>,
}

impl Default for FrameFaults {
    fn default() -> Self {
        Self {
            times: 1,
            is_held: false,
            late: None,
            garbage: None,
            mute: None,
            is_dropped: false,
            bytes_per_second: None,
        }
    }
}

impl Faults {
    /// `seed` decides what is left to chance.
    pub(crate) fn new(script: FaultScript, seed: u64) -> Self {
        let rules = script.faults.into_iter().map(|fault| Rule { fault, matched: 0, acted: 0 }).collect();
        Self { seed, rules }
    }

    /// Begins another script; counting starts anew.
    pub(crate) fn replace(&mut self, script: FaultScript) {
        *self = Self::new(script, self.seed);
    }

    /// The faults with their counts.
    pub(crate) fn report(&self) -> Vec<FaultReport<'_>> {
        self.rules
            .iter()
            .map(|rule| FaultReport { fault: &rule.fault, matched: rule.matched, acted: rule.acted })
            .collect()
    }

    /// What happens to a REST call; asked once for each, before it is handled.
    pub(crate) fn on_call(&mut self, call: &CallFacts<'_>, now: DateTime<Utc>) -> CallFaults {
        let mut faults = CallFaults::default();
        for what in self.acting(now, |fault| fault.is_about_call(call)) {
            match what {
                What::AnswerLost => faults.answer = Some(AnswerFault::Lost),
                What::AnswerLate { seconds } => faults.answer = Some(AnswerFault::Late(span(seconds))),
                What::AnswerDoubled => faults.answer = Some(AnswerFault::Doubled),
                What::AnswerCut { bytes } => faults.answer = Some(AnswerFault::Cut(bytes as usize)),
                What::ServerErrorWithOrder => faults.answer = Some(AnswerFault::ServerError),
                What::SlowRead { bytes_per_second } => faults.answer = Some(AnswerFault::Slow(bytes_per_second)),
                What::AnswerOfAnother => faults.answer = Some(AnswerFault::OfAnother),
                What::AnswerGarbage { garbage } => faults.answer = Some(AnswerFault::Garbage(garbage)),
                What::ServerErrorWithoutOrder => faults.before = Some(Before::ServerError),
                What::RequestLost => faults.before = Some(Before::Lost),
                What::TokenExpired => faults.before = Some(Before::TokenExpired),
                What::TokenRevoked => faults.before = Some(Before::TokenRevoked),
                What::RateError { ledger: false } => faults.before = Some(Before::RateError),
                What::RateError { ledger: true } => faults.before = Some(Before::LedgerRateError),
                What::ListLag { seconds } => faults.list_lag = Some(span(seconds)),
                What::PageFault { page } => faults.page = Some(page.into()),
                What::BrokerDoubles => faults.twice = true,
                What::ConnectionRefused
                | What::NoticeLost
                | What::NoticeRepeated { .. }
                | What::NoticeReordered
                | What::NoticeLate { .. }
                | What::NoticeGarbage { .. }
                | What::SocketMute { .. }
                | What::SocketDrop
                | What::StaleSession { .. } => {}
            }
        }
        faults
    }

    /// What happens to a frame that a socket is about to send; asked once for each.
    pub(crate) fn on_frame(&mut self, frame: &FrameFacts<'_>, now: DateTime<Utc>) -> FrameFaults {
        let mut faults = FrameFaults::default();
        let about = |fault: &Fault| !matches!(fault.what, What::StaleSession { .. }) && fault.is_about_frame(frame);
        for what in self.acting(now, about) {
            match what {
                What::NoticeLost => faults.times = 0,
                What::NoticeRepeated { times } => faults.times = times,
                What::NoticeReordered => faults.is_held = true,
                What::NoticeLate { seconds } => faults.late = Some(span(seconds)),
                What::NoticeGarbage { garbage } => faults.garbage = Some(garbage),
                What::SocketMute { seconds } => faults.mute = Some(span(seconds)),
                What::SocketDrop => faults.is_dropped = true,
                What::SlowRead { bytes_per_second } => faults.bytes_per_second = Some(bytes_per_second),
                _ => {}
            }
        }
        faults
    }

    /// Whether a connection that is about to be accepted is refused.
    pub(crate) fn on_connection(&mut self, environment: Environment, now: DateTime<Utc>) -> bool {
        let about = |fault: &Fault| fault.what == What::ConnectionRefused && fault.is_of(environment, None);
        !self.acting(now, about).is_empty()
    }

    /// How long a session still counts as living whose connection broke off.
    pub(crate) fn on_broken_session(
        &mut self,
        environment: Environment,
        account: &str,
        now: DateTime<Utc>,
    ) -> Option<TimeDelta> {
        let about =
            |fault: &Fault| matches!(fault.what, What::StaleSession { .. }) && fault.is_of(environment, Some(account));
        self.acting(now, about).into_iter().find_map(|what| match what {
            What::StaleSession { seconds } => Some(span(seconds)),
            _ => None,
        })
    }

    /// The faults that act now, out of those that `about` chooses; the first of the script last, so that it wins.
    fn acting(&mut self, now: DateTime<Utc>, about: impl Fn(&Fault) -> bool) -> Vec<What> {
        let mut acting = Vec::new();
        for (index, rule) in self.rules.iter_mut().enumerate().rev() {
            if !rule.fault.when.holds_at(now) || !about(&rule.fault) {
                continue;
            }
            rule.matched += 1;
            if rule.fault.when.chooses(rule.matched, self.seed, index) {
                rule.acted += 1;
                acting.push(rule.fault.what.clone());
            }
        }
        acting
    }
}

impl Fault {
    fn is_about_call(&self, call: &CallFacts<'_>) -> bool {
        let needs_money = matches!(self.what, What::BrokerDoubles | What::ServerErrorWithOrder);
        let needs_list = matches!(self.what, What::PageFault { .. } | What::ListLag { .. });
        self.what.is_of_calls()
            && self.when.feed.is_none()
            && self.is_of(call.environment, call.account)
            && (!needs_money || call.moves_money)
            && (!needs_list || !call.moves_money)
            && self.when.call.as_deref().is_none_or(|name| {
                name == call.tr_id
                    || call.path.rsplit('/').next().is_some_and(|last| last == name.trim_start_matches('/'))
            })
    }

    fn is_about_frame(&self, frame: &FrameFacts<'_>) -> bool {
        self.what.is_of_frames()
            && self.when.call.is_none()
            && self.is_of(frame.environment, frame.account)
            && (!self.what.is_of_notices() || frame.is_notice)
            && self.when.feed.as_deref().is_none_or(|feed| feed == frame.tr_id)
    }

    fn is_of(&self, environment: Environment, account: Option<&str>) -> bool {
        self.when.environment.is_none_or(|wanted| wanted == environment)
            && self.when.account.as_deref().is_none_or(|wanted| account == Some(wanted))
    }
}

impl When {
    fn holds_at(&self, now: DateTime<Utc>) -> bool {
        let time = kst_time(now);
        self.from.is_none_or(|from| time >= from) && self.to.is_none_or(|to| time < to)
    }

    /// Whether the `matched`-th match, counted from 1, is one to act on.
    fn chooses(&self, matched: u32, seed: u64, rule: usize) -> bool {
        match (self.nth, self.probability) {
            (Some(nth), _) => matched == nth,
            (None, Some(probability)) => draw(seed, rule as u64, u64::from(matched)) < probability,
            (None, None) => true,
        }
    }
}

impl From<PageTrouble> for PageFault {
    fn from(trouble: PageTrouble) -> Self {
        match trouble {
            PageTrouble::Changed => Self::ChangedMeanwhile,
            PageTrouble::EmptyKey => Self::EmptyKey,
            PageTrouble::Repeat => Self::Repeat,
            PageTrouble::ServerError => Self::ServerError,
            PageTrouble::Lost => Self::Lost,
            PageTrouble::Reordered => Self::Reordered,
            PageTrouble::Inserted => Self::Inserted,
            PageTrouble::Doubled => Self::Doubled,
            PageTrouble::Empty => Self::Empty,
        }
    }
}

fn span(seconds: u32) -> TimeDelta {
    TimeDelta::seconds(i64::from(seconds))
}

/// Chance between 0 and 1 as a function: what other rules or calls do changes nothing. SplitMix64 (Steele, Lea and
/// Flood 2014) over seed, rule and match.
fn draw(seed: u64, rule: u64, matched: u64) -> f64 {
    let mix = |key: u64| {
        let z = key.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    };
    let value = mix(mix(mix(seed) ^ rule) ^ matched);
    (value >> 11) as f64 / (1_u64 << 53) as f64
}

#[cfg(test)]
mod tests;
