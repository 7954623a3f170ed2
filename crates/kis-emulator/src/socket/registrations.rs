//! What a session is registered for.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use exodus_domain::{Qty, Symbol};
use exodus_kis::wire::stream::ShortCode;

use super::channel::Channel;

/// The registrations of one session, of all feeds.
#[derive(Default)]
pub(super) struct Registrations {
    issues: BTreeMap<(Channel, Symbol), Registered>,
    indices: BTreeMap<String, Option<DateTime<Utc>>>,
    customers: BTreeSet<(Channel, String)>,
}

/// A registration for an issue.
pub(super) struct Registered {
    /// As the client named it.
    pub(super) code: ShortCode,
    /// Shares offered and wanted when the book was last told.
    pub(super) totals: Option<(Qty, Qty)>,
}

/// What is registered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Key {
    /// An issue.
    Issue(ShortCode),
    /// A sector code.
    Index(String),
    /// An HTS id.
    Customer(String),
}

impl Registrations {
    pub(super) fn len(&self) -> usize {
        self.issues.len() + self.indices.len() + self.customers.len()
    }

    pub(super) fn contains(&self, channel: Channel, key: &Key) -> bool {
        match key {
            Key::Issue(code) => self.issues.contains_key(&(channel, code.symbol)),
            Key::Index(index) => self.indices.contains_key(index),
            Key::Customer(id) => self.customers.contains(&(channel, id.clone())),
        }
    }

    pub(super) fn add(&mut self, channel: Channel, key: Key) {
        match key {
            Key::Issue(code) => drop(self.issues.insert((channel, code.symbol), Registered { code, totals: None })),
            Key::Index(index) => drop(self.indices.insert(index, None)),
            Key::Customer(id) => drop(self.customers.insert((channel, id))),
        }
    }

    /// False if there was none.
    pub(super) fn remove(&mut self, channel: Channel, key: &Key) -> bool {
        match key {
            Key::Issue(code) => self.issues.remove(&(channel, code.symbol)).is_some(),
            Key::Index(index) => self.indices.remove(index).is_some(),
            Key::Customer(id) => self.customers.remove(&(channel, id.clone())),
        }
    }

    pub(super) fn issue(&self, channel: Channel, symbol: Symbol) -> Option<&Registered> {
        self.issues.get(&(channel, symbol))
    }

    pub(super) fn issue_mut(&mut self, channel: Channel, symbol: Symbol) -> Option<&mut Registered> {
        self.issues.get_mut(&(channel, symbol))
    }

    /// Indices and when each was last told.
    pub(super) fn indices(&mut self) -> impl Iterator<Item = (&str, &mut Option<DateTime<Utc>>)> {
        self.indices.iter_mut().map(|(key, told_at)| (key.as_str(), told_at))
    }

    /// True if the session hears the notices of `hts_id`.
    pub(super) fn hears(&self, channel: Channel, hts_id: &str) -> bool {
        self.customers.contains(&(channel, hts_id.to_owned()))
    }
}
