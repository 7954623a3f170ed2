//! What waits to be sent to one client: events in order, but of each quote only the newest.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use axum::extract::ws::{CloseFrame, Message, Utf8Bytes};
use exodus_domain::Symbol;
use tokio::sync::Notify;

/// Events that may wait for a slow client.
const MAX_EVENTS: usize = 256;

/// The waiting messages of one client.
#[derive(Default)]
pub(super) struct Outbox {
    waiting: Mutex<Waiting>,
    changed: Notify,
}

#[derive(Default)]
struct Waiting {
    events: VecDeque<Message>,
    newest: HashMap<(Symbol, Kind), Utf8Bytes>,
    /// The keys of `newest`, the one that waits longest first: a lively issue must not keep a quiet one waiting.
    turns: VecDeque<(Symbol, Kind)>,
    close: Option<CloseFrame>,
}

/// Two things are quoted of an issue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Kind {
    /// Its last price.
    Price,
    /// Its order book.
    Book,
}

/// The client is too slow for its events.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Overflow;

impl Outbox {
    /// Queues an event.
    pub(super) fn push(&self, message: Message) -> Result<(), Overflow> {
        let mut waiting = self.lock();
        if waiting.events.len() >= MAX_EVENTS {
            return Err(Overflow);
        }
        waiting.events.push_back(message);
        drop(waiting);
        self.changed.notify_one();
        Ok(())
    }

    /// Replaces what waits of a quote.
    pub(super) fn replace(&self, symbol: Symbol, kind: Kind, text: Utf8Bytes) {
        let mut waiting = self.lock();
        if waiting.newest.insert((symbol, kind), text).is_none() {
            waiting.turns.push_back((symbol, kind));
        }
        drop(waiting);
        self.changed.notify_one();
    }

    /// Forgets quotes that the client gave back.
    pub(super) fn forget(&self, symbol: Symbol) {
        let mut waiting = self.lock();
        waiting.newest.retain(|(known, _), _| *known != symbol);
        waiting.turns.retain(|(known, _)| *known != symbol);
    }

    /// Says good-bye at once; nothing else is sent any more.
    pub(super) fn close(&self, code: u16, reason: &'static str) {
        self.lock().close = Some(CloseFrame { code, reason: reason.into() });
        self.changed.notify_one();
    }

    /// The next message; waits until there is one.
    pub(super) async fn next(&self) -> Message {
        loop {
            if let Some(message) = self.take() {
                return message;
            }
            self.changed.notified().await;
        }
    }

    fn take(&self) -> Option<Message> {
        let mut waiting = self.lock();
        if let Some(frame) = waiting.close.take() {
            return Some(Message::Close(Some(frame)));
        }
        if let Some(event) = waiting.events.pop_front() {
            return Some(event);
        }
        let key = waiting.turns.pop_front()?;
        waiting.newest.remove(&key).map(Message::Text)
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Message {
        Message::text(text)
    }

    #[tokio::test]
    async fn a_slow_client_gets_events_in_order_and_only_the_newest_quote() {
        let outbox = Outbox::default();
        let symbol: Symbol = "005930".parse().expect("symbol");
        outbox.push(text("first")).expect("room");
        for price in ["70000", "70100", "70200"] {
            outbox.replace(symbol, Kind::Price, price.into());
        }
        outbox.push(text("second")).expect("room");
        let sent = [outbox.next().await, outbox.next().await, outbox.next().await];
        assert_eq!(sent, [text("first"), text("second"), text("70200")]);
        assert!(outbox.take().is_none());
    }

    #[tokio::test]
    async fn a_lively_issue_keeps_no_quiet_one_waiting() {
        let outbox = Outbox::default();
        let [lively, quiet, gone]: [Symbol; 3] =
            ["005930", "000660", "035720"].map(|code| code.parse().expect("symbol"));
        for symbol in [lively, gone, quiet] {
            outbox.replace(symbol, Kind::Price, symbol.to_string().into());
        }
        outbox.forget(gone);
        let mut sent = Vec::new();
        for _ in 0..3 {
            sent.push(outbox.next().await);
            outbox.replace(lively, Kind::Price, "005930".into());
        }
        assert_eq!(sent, [text("005930"), text("000660"), text("005930")]);
    }

    #[tokio::test]
    async fn a_client_that_takes_nothing_overflows_instead_of_growing() {
        let outbox = Outbox::default();
        for _ in 0..MAX_EVENTS {
            outbox.push(text("event")).expect("room");
        }
        assert_eq!(outbox.push(text("event")), Err(Overflow));
        outbox.close(1013, "too slow");
        assert!(matches!(outbox.next().await, Message::Close(Some(frame)) if frame.code == 1013));
    }
}
