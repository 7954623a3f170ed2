//! The wire as it really was: every order and every issue of a token that arrived, written down when it arrived. A test
//! of a client counts here what it sent, whatever became of the answers.

use std::collections::{BTreeMap, HashMap, VecDeque};

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use serde::Serialize;

use crate::environment::Environment;
use crate::world::OrderKey;

/// Arrivals that are kept.
const KEPT: usize = 100_000;

/// What a request was for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ArrivalKind {
    /// A new order, an amendment, a cancellation, or anything about a reservation.
    Order,
    /// An issue of an access token.
    Token,
    /// Nobody can say: the connection ended before the request had told.
    Unknown,
}

/// An order that a request made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MadeOrder {
    /// The day in Korea whose number it is.
    pub date: NaiveDate,
    /// `KRX_FWDG_ORD_ORGNO`.
    pub branch: String,
    /// Ten digits.
    pub odno: String,
}

impl From<&OrderKey> for MadeOrder {
    fn from(key: &OrderKey) -> Self {
        Self { date: key.date, branch: key.branch.clone(), odno: key.odno() }
    }
}

/// A request that arrived.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Arrival {
    /// Counts from 1 in the order of arrival.
    pub seq: u64,
    /// Emulated time.
    pub at: DateTime<Utc>,
    /// Where.
    #[serde(rename = "env")]
    pub environment: Environment,
    /// What it was for.
    pub kind: ArrivalKind,
    /// `50001234-01`, by the app key; blank for a key that nobody has.
    pub account: String,
    /// As it was sent.
    pub tr_id: String,
    /// Path of the call.
    pub path: String,
    /// False if the connection ended within the request: nothing was done then.
    pub complete: bool,
    /// Bytes of the body that arrived; of everything, where the kind is unknown.
    pub bytes: usize,
    /// The fields of an order as they were sent.
    pub fields: BTreeMap<String, String>,
    /// The orders that it made, also if no answer tells: none if it was refused, two if the broker doubled it.
    pub made: Vec<MadeOrder>,
    /// The broker's code for it, before a fault did anything to the answer.
    pub code: String,
    /// The fault that acted, blank if none did.
    pub fault: String,
}

impl Arrival {
    /// So many bytes of nobody knows what.
    pub(crate) fn torn(environment: Environment, at: DateTime<Utc>, bytes: usize) -> Self {
        Self {
            seq: 0,
            at,
            environment,
            kind: ArrivalKind::Unknown,
            account: String::new(),
            tr_id: String::new(),
            path: String::new(),
            complete: false,
            bytes,
            fields: BTreeMap::new(),
            made: Vec::new(),
            code: String::new(),
            fault: String::new(),
        }
    }
}

/// The most calls of one account in any second.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Busiest {
    /// `50001234-01`.
    pub account: String,
    /// Calls of the API, tokens and approval keys not counted.
    pub calls: usize,
    /// When the last of them arrived.
    pub at: DateTime<Utc>,
}

#[derive(Default)]
struct Pace {
    latest: VecDeque<DateTime<Utc>>,
    most: Option<(usize, DateTime<Utc>)>,
}

/// What arrived, oldest first.
#[derive(Default)]
pub(crate) struct Arrivals {
    kept: VecDeque<Arrival>,
    total: u64,
    paces: HashMap<String, Pace>,
}

impl Arrivals {
    /// Writes a request down, and tells its number. `arrival` has none yet.
    pub(crate) fn push(&mut self, arrival: Arrival) -> u64 {
        if self.kept.len() == KEPT {
            self.kept.pop_front();
        }
        self.total += 1;
        self.kept.push_back(Arrival { seq: self.total, ..arrival });
        self.total
    }

    /// Adds what became of a request.
    pub(crate) fn settle(&mut self, seq: u64, act: impl FnOnce(&mut Arrival)) {
        let behind = usize::try_from(self.total - seq).unwrap_or(usize::MAX);
        let place = self.kept.len().checked_sub(behind + 1);
        if let Some(arrival) = place.and_then(|place| self.kept.get_mut(place)) {
            act(arrival);
        }
    }

    /// Counts a call of the API.
    pub(crate) fn count(&mut self, account: &str, now: DateTime<Utc>) {
        let pace = self.paces.entry(account.to_owned()).or_default();
        pace.latest.push_back(now);
        while pace.latest.front().is_some_and(|first| *first + TimeDelta::seconds(1) <= now) {
            pace.latest.pop_front();
        }
        if pace.most.is_none_or(|(calls, _)| calls < pace.latest.len()) {
            pace.most = Some((pace.latest.len(), now));
        }
    }

    /// Those behind `after`, oldest first.
    pub(crate) fn after(&self, after: u64) -> Vec<Arrival> {
        let skip = self.kept.partition_point(|arrival| arrival.seq <= after);
        self.kept.iter().skip(skip).cloned().collect()
    }

    /// Requests since the start, also those no longer kept.
    pub(crate) fn total(&self) -> u64 {
        self.total
    }

    /// The most calls in a second, by account.
    pub(crate) fn busiest(&self) -> Vec<Busiest> {
        let told = |(account, pace): (&String, &Pace)| {
            pace.most.map(|(calls, at)| Busiest { account: account.clone(), calls, at })
        };
        let mut busiest: Vec<Busiest> = self.paces.iter().filter_map(told).collect();
        busiest.sort_by(|a, b| a.account.cmp(&b.account));
        busiest
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_busiest_second_is_any_second() {
        let at = |millis| DateTime::<Utc>::UNIX_EPOCH + TimeDelta::milliseconds(millis);
        let mut arrivals = Arrivals::default();
        for millis in [0, 900, 1_100, 1_899, 1_900, 5_000] {
            arrivals.count("50001234-01", at(millis));
        }
        let most = Busiest { account: "50001234-01".to_owned(), calls: 3, at: at(1_899) };
        assert_eq!(arrivals.busiest(), [most]);
    }
}
