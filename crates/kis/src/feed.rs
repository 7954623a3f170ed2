//! The market feed of KIS: quotes, books and bars from the stream, and by REST what the stream does not tell.
//!
//! A session may hold 41 registrations. Issues that are held come first, then those that strategies trade, then those
//! somebody looks at; what finds no place is polled within the budget of the app key. Bars are of the regular session of
//! KRX.

mod gateway;
mod issue;
mod mailbox;
mod minutes;
mod quotations;
mod watch;

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use exodus_domain::{
    Bar, FeedEvent, Interval, MarketFeed, NoAnswer, PortStream, Symbol, Timer, TradingHours, aggregate, kst_date,
};
use futures::stream;
use tokio::sync::Notify;
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::etns::Etns;
use crate::stream::{KisStream, Rank};
use crate::wire::stream::ShortCode;
use mailbox::Mailbox;
pub use quotations::{Chart, Quotations, Snapshot};
use watch::Watch;

/// The feed of one app key. Clones are the same feed; it ends with the last of them.
#[derive(Clone)]
pub struct KisFeed {
    shared: Arc<Shared>,
    rank: Rank,
    _stop: Arc<DropGuard>,
}

struct Shared {
    quotations: Arc<dyn Quotations>,
    timer: Arc<dyn Timer>,
    etns: Etns,
    listeners: Mutex<Listeners>,
    /// Listeners have come or gone, or something else is held.
    changed: Notify,
}

impl Shared {
    fn listeners(&self) -> MutexGuard<'_, Listeners> {
        self.listeners.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// An issue as the broker names it.
    fn code_of(&self, symbol: Symbol) -> ShortCode {
        self.etns.code_of(symbol)
    }
}

/// Who listens to what.
#[derive(Default)]
struct Listeners {
    next: u64,
    all: BTreeMap<u64, Listener>,
    held: BTreeSet<Symbol>,
}

struct Listener {
    symbols: HashSet<Symbol>,
    rank: Rank,
    mailbox: Arc<Mailbox>,
}

impl Listeners {
    /// Every issue that somebody listens to, with the highest rank that anybody gives it.
    fn ranks(&self) -> BTreeMap<Symbol, Rank> {
        let mut ranks: BTreeMap<Symbol, Rank> = BTreeMap::new();
        for listener in self.all.values() {
            for symbol in &listener.symbols {
                let held = if self.held.contains(symbol) { Rank::Held } else { listener.rank };
                ranks.entry(*symbol).and_modify(|rank| *rank = held.max(*rank)).or_insert(held);
            }
        }
        ranks
    }

    fn tell(&self, event: &FeedEvent) {
        let symbol = match event {
            FeedEvent::Quote(quote) => quote.symbol,
            FeedEvent::Book(book) => book.symbol,
            FeedEvent::Bar { symbol, .. } => *symbol,
        };
        for listener in self.all.values().filter(|listener| listener.symbols.contains(&symbol)) {
            listener.mailbox.put(event.clone());
        }
    }
}

/// One subscription, for as long as it lives.
struct Subscription {
    feed: KisFeed,
    id: u64,
    mailbox: Arc<Mailbox>,
}

impl Drop for Subscription {
    fn drop(&mut self) {
        self.feed.shared.listeners().all.remove(&self.id);
        self.feed.shared.changed.notify_one();
    }
}

impl KisFeed {
    /// A feed of `stream`, within a Tokio runtime.
    pub fn new(stream: KisStream, quotations: Arc<dyn Quotations>, timer: Arc<dyn Timer>, etns: Etns) -> Self {
        let shared = Arc::new(Shared { quotations, timer, etns, listeners: Mutex::default(), changed: Notify::new() });
        let stop = CancellationToken::new();
        let watch = Watch::new(Arc::clone(&shared), stream);
        tokio::spawn(stop.clone().run_until_cancelled_owned(watch.keep()));
        Self { shared, rank: Rank::Strategy, _stop: Arc::new(stop.drop_guard()) }
    }

    /// The same feed for subscriptions that matter so much. Minute and daily bars are told from [`Rank::Strategy`] on
    /// where the stream alone does not give them.
    #[must_use]
    pub fn at(&self, rank: Rank) -> Self {
        Self { rank, ..self.clone() }
    }

    /// Names the issues that are held or have an open order now, in place of those named before. They matter most.
    pub fn hold(&self, symbols: &[Symbol]) {
        self.shared.listeners().held = symbols.iter().copied().collect();
        self.shared.changed.notify_one();
    }

    /// The closed bars of the past that start from `from` until before `to`, and what it took to read them.
    ///
    /// # Errors
    /// [`NoAnswer`] for anything less than all of them.
    pub async fn history(
        &self,
        symbol: Symbol,
        interval: Interval,
        from: DateTime<Utc>,
        to: DateTime<Utc>,
    ) -> Result<Chart, NoAnswer> {
        let mut chart = match interval {
            Interval::Day1 => self.days(symbol, from, to).await?,
            Interval::Minute1 => self.minutes(symbol, from, to).await?,
            Interval::Minute5 | Interval::Hour1 => {
                let whole_days = Bar::day_start(kst_date(from));
                let minutes = self.minutes(symbol, whole_days, to).await?;
                Chart { bars: aggregate(&minutes.bars, interval, TradingHours::Krx), ..minutes }
            }
        };
        let now = self.shared.timer.now();
        chart.bars.retain(|bar| from <= bar.open_time && bar.open_time < to && closes_at(bar, interval) <= now);
        Ok(chart)
    }

    /// The minute bars of some days, oldest first.
    async fn minutes(&self, symbol: Symbol, from: DateTime<Utc>, to: DateTime<Utc>) -> Result<Chart, NoAnswer> {
        let last = kst_date(to - TimeDelta::nanoseconds(1)).min(kst_date(self.shared.timer.now()));
        let mut all = Chart::default();
        for day in TradingHours::Krx.days(Interval::Minute1, kst_date(from), last) {
            let Chart { bars, requests } = self.shared.quotations.minutes(symbol, day).await?;
            all.bars.extend(bars);
            all.requests += requests;
        }
        let starts = |bar: &Bar| TradingHours::Krx.bar_start(bar.open_time, Interval::Minute1);
        all.bars.retain(|bar| bar.volume.0 > 0 && starts(bar) == Some(bar.open_time));
        Ok(all)
    }

    async fn days(&self, symbol: Symbol, from: DateTime<Utc>, to: DateTime<Utc>) -> Result<Chart, NoAnswer> {
        let last = kst_date(to - TimeDelta::nanoseconds(1)).min(kst_date(self.shared.timer.now()));
        self.shared.quotations.days(symbol, kst_date(from), last).await
    }
}

/// When a bar has closed. The last ones of a day close with the closing print.
fn closes_at(bar: &Bar, interval: Interval) -> DateTime<Utc> {
    let over = bar.open_time + interval.duration();
    let closed = TradingHours::Krx.stretches(bar.trade_date()).last().map(|stretch| stretch.closing_until);
    closed.map_or(over, |closed| closed.min(over))
}

#[async_trait]
impl MarketFeed for KisFeed {
    fn subscribe(&self, symbols: &[Symbol]) -> PortStream<FeedEvent> {
        let mailbox = Arc::new(Mailbox::default());
        let mut listeners = self.shared.listeners();
        let id = listeners.next;
        listeners.next += 1;
        let symbols = symbols.iter().copied().collect();
        listeners.all.insert(id, Listener { symbols, rank: self.rank, mailbox: Arc::clone(&mailbox) });
        drop(listeners);
        self.shared.changed.notify_one();
        let subscription = Subscription { feed: self.clone(), id, mailbox };
        Box::pin(stream::unfold(subscription, async |subscription| {
            Some((subscription.mailbox.take().await, subscription))
        }))
    }

    async fn bars(
        &self,
        symbol: Symbol,
        interval: Interval,
        from: DateTime<Utc>,
        to: DateTime<Utc>,
    ) -> Result<Vec<Bar>, NoAnswer> {
        Ok(self.history(symbol, interval, from, to).await?.bars)
    }
}
