//! What a listener has not taken yet.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use exodus_domain::FeedEvent;
use tokio::sync::Notify;

/// A listener that is so far behind misses quotes and books, which the next ones replace, and never a bar.
const LONGEST: usize = 10_000;

/// Events on their way to one listener.
#[derive(Default)]
pub(super) struct Mailbox {
    events: Mutex<VecDeque<FeedEvent>>,
    filled: Notify,
}

impl Mailbox {
    pub(super) fn put(&self, event: FeedEvent) {
        let mut events = self.lock();
        if events.len() >= LONGEST {
            events.retain(|event| matches!(event, FeedEvent::Bar { .. }));
        }
        events.push_back(event);
        drop(events);
        self.filled.notify_one();
    }

    /// The next event, as soon as there is one.
    pub(super) async fn take(&self) -> FeedEvent {
        loop {
            let event = self.lock().pop_front();
            match event {
                Some(event) => return event,
                None => self.filled.notified().await,
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<FeedEvent>> {
        self.events.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use exodus_domain::{Bar, Interval, OrderBook, Price, Qty};

    use super::*;

    #[tokio::test]
    async fn who_is_far_behind_misses_books_but_no_bar() {
        let symbol = "005930".parse().expect("a code");
        let at = chrono::DateTime::UNIX_EPOCH;
        let price = Price(1);
        let bar = Bar { open_time: at, open: price, high: price, low: price, close: price, volume: Qty(1) };
        let book = OrderBook { symbol, asks: Vec::new(), bids: Vec::new(), at };
        let mailbox = Mailbox::default();
        mailbox.put(FeedEvent::Bar { symbol, interval: Interval::Minute1, bar });
        for _ in 0..=LONGEST {
            mailbox.put(FeedEvent::Book(book.clone()));
        }
        assert!(matches!(mailbox.take().await, FeedEvent::Bar { .. }));
        assert!(mailbox.lock().len() < LONGEST);
    }
}
