//! One subscription to the bus for the whole process, fanned out to every connection.
//!
//! Nobody here waits for a connection. What changed of a user is told to each connection in order, and one that falls
//! behind has to start anew, because a notice it missed would leave its page wrong. Quotes and books go another way: of
//! each only the newest counts, so the hub keeps it, and a connection that falls behind takes it from there.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::extract::ws::Utf8Bytes;
use exodus_domain::{BusDown, EventBus, Instrument, Notice, PortStream, Symbol};
use exodus_store::{Store, instruments};
use futures::StreamExt;
use tokio::sync::broadcast;
use tokio_util::sync::CancellationToken;

use super::message::{Change, ServerMessage, StreamEvent};
use super::outbox::Kind;
use crate::market::dto::{OrderBook, Quote};

/// Events that a connection may be behind before it has to start anew, and quotes before it skips to the newest.
const BACKLOG: usize = 1_024;
/// Pause before the bus is asked again after it went away.
const RECONNECT_PAUSE: Duration = Duration::from_secs(1);
/// Open connections of one user. Browsers that come back leave the old ones behind for a minute.
const CONNECTIONS_PER_USER: usize = 16;

/// A quote or an order book, ready to be sent.
#[derive(Clone, Debug)]
pub(super) struct QuoteEvent {
    pub(super) symbol: Symbol,
    pub(super) kind: Kind,
    pub(super) text: Utf8Bytes,
}

/// The newest of each.
type Newest = Arc<Mutex<HashMap<(Symbol, Kind), Utf8Bytes>>>;

/// What connections are told in order.
#[derive(Clone, Debug)]
pub(crate) enum HubEvent {
    /// Something of a user changed; read it.
    Notice(Notice),
    /// Notices may have been lost: everybody must read again.
    Missed,
}

/// Fans the bus out.
#[derive(Clone)]
pub(crate) struct Hub {
    events: broadcast::Sender<HubEvent>,
    quotes: broadcast::Sender<QuoteEvent>,
    newest: Newest,
    bus: Arc<dyn EventBus>,
    connections: Arc<Mutex<HashMap<i64, usize>>>,
    stop: CancellationToken,
}

impl Hub {
    /// Subscribes to the bus and keeps doing so until `stop`.
    ///
    /// # Errors
    /// [`BusDown`] if the bus does not answer now.
    pub(crate) async fn start(store: Store, bus: Arc<dyn EventBus>, stop: CancellationToken) -> Result<Self, BusDown> {
        let first = bus.subscribe().await?;
        let (events, _) = broadcast::channel(BACKLOG);
        let (quotes, _) = broadcast::channel(BACKLOG);
        let newest = Newest::default();
        let fan = Fan {
            store,
            bus: Arc::clone(&bus),
            events: events.clone(),
            quotes: quotes.clone(),
            newest: Arc::clone(&newest),
            known: HashMap::new(),
        };
        let hub = Self { events, quotes, newest, bus, connections: Arc::default(), stop: stop.clone() };
        tokio::spawn(stop.run_until_cancelled_owned(fan.run(first)));
        Ok(hub)
    }

    /// Every change from now on.
    pub(crate) fn listen(&self) -> broadcast::Receiver<HubEvent> {
        self.events.subscribe()
    }

    /// Every quote and book from now on.
    pub(super) fn listen_to_quotes(&self) -> broadcast::Receiver<QuoteEvent> {
        self.quotes.subscribe()
    }

    /// The newest quote or book of an issue.
    pub(super) fn newest(&self, symbol: Symbol, kind: Kind) -> Option<Utf8Bytes> {
        self.newest.lock().unwrap_or_else(PoisonError::into_inner).get(&(symbol, kind)).cloned()
    }

    /// Tells whoever has a feed that a screen shows these issues. Without the bus their prices come later.
    pub(crate) async fn show(&self, symbols: Vec<Symbol>) {
        if symbols.is_empty() {
            return;
        }
        if let Err(error) = self.bus.publish(&Notice::Watched { symbols }).await {
            tracing::debug!(%error, "what screens show was not told");
        }
    }

    /// Ends when the server stops.
    pub(crate) async fn stopped(&self) {
        self.stop.cancelled().await;
    }

    /// Counts a connection of a user until the seat is dropped; `None` if there are too many.
    pub(crate) fn seat(&self, user_id: i64) -> Option<Seat> {
        let mut connections = self.connections.lock().unwrap_or_else(PoisonError::into_inner);
        let count = connections.entry(user_id).or_default();
        if *count >= CONNECTIONS_PER_USER {
            return None;
        }
        *count += 1;
        metrics::gauge!("exodus_websocket_connections").increment(1.0);
        Some(Seat { user_id, connections: Arc::clone(&self.connections) })
    }
}

/// One counted connection.
pub(crate) struct Seat {
    user_id: i64,
    connections: Arc<Mutex<HashMap<i64, usize>>>,
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut connections = self.connections.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = connections.get_mut(&self.user_id) {
            *count -= 1;
            if *count == 0 {
                connections.remove(&self.user_id);
            }
        }
        metrics::gauge!("exodus_websocket_connections").decrement(1.0);
    }
}

/// The task behind the hub.
struct Fan {
    store: Store,
    bus: Arc<dyn EventBus>,
    events: broadcast::Sender<HubEvent>,
    quotes: broadcast::Sender<QuoteEvent>,
    newest: Newest,
    known: HashMap<Symbol, Instrument>,
}

impl Fan {
    async fn run(mut self, mut notices: PortStream<Option<Notice>>) {
        loop {
            while let Some(notice) = notices.next().await {
                self.tell(notice).await;
            }
            notices = self.resubscribe().await;
            drop(self.events.send(HubEvent::Missed));
        }
    }

    async fn resubscribe(&self) -> PortStream<Option<Notice>> {
        loop {
            tokio::time::sleep(RECONNECT_PAUSE).await;
            match self.bus.subscribe().await {
                Ok(notices) => return notices,
                Err(error) => tracing::warn!(%error, "no live updates until the bus is back"),
            }
        }
    }

    /// Passes a notice on. Without a listener there is nobody to tell.
    async fn tell(&mut self, notice: Option<Notice>) {
        match notice {
            None => drop(self.events.send(HubEvent::Missed)),
            Some(Notice::Quote(quote)) => {
                let symbol = quote.symbol;
                let change = self.instrument(symbol).await.map(|issue| Change::Quote(Quote::new(&quote, issue)));
                self.tell_quote(symbol, Kind::Price, change);
            }
            Some(Notice::Book(book)) => {
                let symbol = book.symbol;
                let change = self.instrument(symbol).await.map(|issue| Change::OrderBook(OrderBook::new(&book, issue)));
                self.tell_quote(symbol, Kind::Book, change);
            }
            // What screens show is for feeds.
            Some(Notice::Watched { .. }) => {}
            Some(notice) => drop(self.events.send(HubEvent::Notice(notice))),
        }
    }

    fn tell_quote(&self, symbol: Symbol, kind: Kind, change: Option<Change>) {
        let Some(text) = change.and_then(|change| event_text(format!("quotes:{symbol}"), None, change)) else { return };
        // It is kept first: whoever skips to the newest must not find the one before it.
        self.newest.lock().unwrap_or_else(PoisonError::into_inner).insert((symbol, kind), text.clone());
        drop(self.quotes.send(QuoteEvent { symbol, kind, text }));
    }

    /// The issue a quote is about. What an issue is does not change, so it is read once.
    async fn instrument(&mut self, symbol: Symbol) -> Option<&Instrument> {
        if !self.known.contains_key(&symbol) {
            let found = instruments::find_many(&self.store, &[symbol]).await.ok()?;
            self.known.extend(found.into_iter().map(|instrument| (symbol, instrument)));
        }
        self.known.get(&symbol)
    }
}

/// The text of one event.
pub(crate) fn event_text(topic: String, account_id: Option<i64>, change: Change) -> Option<Utf8Bytes> {
    let message = ServerMessage::Event(Box::new(StreamEvent { topic, account_id, change }));
    serde_json::to_string(&message).ok().map(Utf8Bytes::from)
}
