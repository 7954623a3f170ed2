//! What a session sees of the market: the issues it watches, which of them have a price, which bars it has seen.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use exodus_domain::{Bar, FeedEvent, Interval, MarketFeed, PortStream, Symbol};
use futures::stream::SelectAll;
use futures::{FutureExt, StreamExt};
use tokio::task::unconstrained;

use crate::connector::Feeds;

/// Events that are looked at ahead of their turn at most.
const LOOK_AHEAD: usize = 10_000;

pub(super) struct MarketView {
    feeds: Feeds,
    events: SelectAll<PortStream<FeedEvent>>,
    /// Events that have come and wait for their turn.
    ahead: VecDeque<FeedEvent>,
    /// The watched issues, with the instant since when.
    watched: HashMap<Symbol, DateTime<Utc>>,
    priced: HashSet<Symbol>,
    /// Start of the newest bar seen.
    newest: HashMap<(Symbol, Interval), DateTime<Utc>>,
}

impl MarketView {
    pub(super) fn new(feeds: Feeds) -> Self {
        let (ahead, watched, priced, newest) = Default::default();
        Self { feeds, events: SelectAll::new(), ahead, watched, priced, newest }
    }

    /// The next event of the watched issues; `None` while none is watched.
    pub(super) async fn next(&mut self) -> Option<FeedEvent> {
        if let Some(event) = self.ahead.pop_front() { Some(event) } else { self.events.next().await }
    }

    /// True if events have been taken in that wait for their turn.
    pub(super) fn is_ahead(&self) -> bool {
        !self.ahead.is_empty()
    }

    /// Takes in what the feed has told by now, without waiting for more.
    fn look_ahead(&mut self) {
        while self.ahead.len() < LOOK_AHEAD
            && let Some(event) = unconstrained(self.events.next()).now_or_never().flatten()
        {
            self.ahead.push_back(event);
        }
    }

    /// Takes the bars of one close out of what the feed has told by now.
    pub(super) fn take_bars(&mut self, interval: Interval, open_time: DateTime<Utc>) -> Vec<(Symbol, Bar)> {
        self.look_ahead();
        let mut bars = Vec::new();
        self.ahead.retain(|event| match event {
            FeedEvent::Bar { symbol, interval: length, bar } if (*length, bar.open_time) == (interval, open_time) => {
                bars.push((*symbol, *bar));
                false
            }
            _ => true,
        });
        bars
    }

    /// The events that wait for their turn, in its order.
    #[cfg(test)]
    pub(super) fn told(&mut self) -> Vec<FeedEvent> {
        self.look_ahead();
        self.ahead.iter().cloned().collect()
    }

    /// Watches more issues from now on. What is watched already keeps its subscription, so that no bar falls between
    /// an old one and a new one.
    pub(super) fn watch(&mut self, symbols: impl IntoIterator<Item = Symbol>, now: DateTime<Utc>) {
        let feed = Arc::clone(&self.feeds.traded);
        self.subscribe(feed.as_ref(), symbols, now);
    }

    /// The same of what is held or on order.
    pub(super) fn watch_held(&mut self, symbols: impl IntoIterator<Item = Symbol>, now: DateTime<Utc>) {
        let feed = Arc::clone(&self.feeds.held);
        self.subscribe(feed.as_ref(), symbols, now);
    }

    fn subscribe(&mut self, feed: &dyn MarketFeed, symbols: impl IntoIterator<Item = Symbol>, now: DateTime<Utc>) {
        let mut added = Vec::new();
        for symbol in symbols {
            if let Entry::Vacant(free) = self.watched.entry(symbol) {
                free.insert(now);
                added.push(symbol);
            }
        }
        if !added.is_empty() {
            self.events.push(feed.subscribe(&added));
        }
    }

    /// Since when an issue is watched; `None` if it is not.
    pub(super) fn watched_since(&self, symbol: Symbol) -> Option<DateTime<Utc>> {
        self.watched.get(&symbol).copied()
    }

    pub(super) fn priced(&mut self, symbol: Symbol) {
        self.priced.insert(symbol);
    }

    pub(super) fn is_priced(&self, symbol: Symbol) -> bool {
        self.priced.contains(&symbol)
    }

    /// Notes a bar. False if it, or a later one, was seen before: at the edge of a warm-up bars come twice.
    pub(super) fn is_new(&mut self, symbol: Symbol, interval: Interval, bar: &Bar) -> bool {
        let newest = self.newest.entry((symbol, interval)).or_insert(DateTime::<Utc>::MIN_UTC);
        let is_new = bar.open_time > *newest;
        *newest = bar.open_time.max(*newest);
        is_new
    }
}
