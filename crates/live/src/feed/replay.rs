//! Recorded feed events, told again as the clock reaches them.

use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use exodus_domain::{Bar, FeedEvent, Interval, MarketFeed, NoAnswer, PortStream, Symbol, Timer};
use futures::stream;

/// A feed that repeats a recording.
pub struct ReplayFeed {
    /// In the order of [`told_at`].
    events: Arc<[FeedEvent]>,
    clock: Arc<dyn Timer>,
}

impl ReplayFeed {
    /// A feed of `events`, which are put in the order of time first.
    pub fn new(mut events: Vec<FeedEvent>, clock: Arc<dyn Timer>) -> Self {
        events.sort_by_key(told_at);
        Self { events: events.into(), clock }
    }
}

/// When an event can be known: a bar when it has closed.
fn told_at(event: &FeedEvent) -> DateTime<Utc> {
    match event {
        FeedEvent::Quote(quote) => quote.at,
        FeedEvent::Book(book) => book.at,
        FeedEvent::Bar { interval, bar, .. } => bar.open_time + interval.duration(),
    }
}

fn symbol_of(event: &FeedEvent) -> Symbol {
    match event {
        FeedEvent::Quote(quote) => quote.symbol,
        FeedEvent::Book(book) => book.symbol,
        FeedEvent::Bar { symbol, .. } => *symbol,
    }
}

#[async_trait]
impl MarketFeed for ReplayFeed {
    fn subscribe(&self, symbols: &[Symbol]) -> PortStream<FeedEvent> {
        let (events, clock, symbols) = (Arc::clone(&self.events), Arc::clone(&self.clock), symbols.to_vec());
        let next = events.partition_point(|event| told_at(event) < clock.now());
        Box::pin(stream::unfold(next, move |mut next| {
            let (events, clock, symbols) = (Arc::clone(&events), Arc::clone(&clock), symbols.clone());
            async move {
                loop {
                    let Some(event) = events.get(next) else {
                        // A feed does not end; the recording is over and nothing more comes.
                        return std::future::pending().await;
                    };
                    next += 1;
                    if symbols.contains(&symbol_of(event)) {
                        clock.sleep_until(told_at(event)).await;
                        return Some((event.clone(), next));
                    }
                }
            }
        }))
    }

    async fn bars(
        &self,
        symbol: Symbol,
        interval: Interval,
        from: DateTime<Utc>,
        to: DateTime<Utc>,
    ) -> Result<Vec<Bar>, NoAnswer> {
        let now = self.clock.now();
        let recorded = self.events.iter().take_while(|event| told_at(event) <= now).filter_map(|event| match event {
            FeedEvent::Bar { symbol: of, interval: length, bar } if (*of, *length) == (symbol, interval) => Some(*bar),
            _ => None,
        });
        Ok(recorded.filter(|bar| from <= bar.open_time && bar.open_time < to).collect())
    }
}
