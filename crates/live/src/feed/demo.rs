//! The demo market as a feed: every second a quote and a book of each issue, every minute and every day its bar.

use std::collections::VecDeque;
use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, SubsecRound, TimeDelta, Utc};
use exodus_domain::{Bar, FeedEvent, Interval, MarketFeed, NoAnswer, PortStream, Symbol, Timer};
use exodus_simulator::DemoMarket;
use futures::stream;

/// The lengths of bars that are told when they close.
const TOLD_INTERVALS: [Interval; 2] = [Interval::Minute1, Interval::Day1];

/// Tells the demo market as time goes by, and never what has not happened yet.
pub struct DemoFeed {
    market: Arc<DemoMarket>,
    clock: Arc<dyn Timer>,
}

impl DemoFeed {
    /// A feed of `market` that lives by `clock`.
    pub fn new(market: Arc<DemoMarket>, clock: Arc<dyn Timer>) -> Self {
        Self { market, clock }
    }
}

/// One listener.
struct Listener {
    market: Arc<DemoMarket>,
    clock: Arc<dyn Timer>,
    symbols: Vec<Symbol>,
    /// The last second that was told. Bars that closed later are owed.
    told: DateTime<Utc>,
    queue: VecDeque<FeedEvent>,
}

impl Listener {
    async fn next(&mut self) -> FeedEvent {
        loop {
            if let Some(event) = self.queue.pop_front() {
                return event;
            }
            self.clock.sleep_until(self.told + TimeDelta::seconds(1)).await;
            self.tell(self.clock.now().trunc_subsecs(0));
        }
    }

    /// Queues the second `now`: first what the market shows, then the bars that closed, so that whoever acts on a bar
    /// knows the newest price. A listener that was late misses quotes, but never a bar.
    fn tell(&mut self, now: DateTime<Utc>) {
        for symbol in &self.symbols {
            if let Some((quote, book)) = self.market.quote_and_book(*symbol, now) {
                self.queue.extend([FeedEvent::Quote(quote), FeedEvent::Book(book)]);
            }
        }
        for interval in TOLD_INTERVALS {
            self.tell_bars(interval, self.told, now);
        }
        self.told = now;
    }

    /// Queues the bars that closed after `after` and not later than `until`, oldest first.
    fn tell_bars(&mut self, interval: Interval, after: DateTime<Utc>, until: DateTime<Utc>) {
        let first = after - interval.duration() + TimeDelta::nanoseconds(1);
        let end = until - interval.duration() + TimeDelta::nanoseconds(1);
        // A bar opens on a whole minute, and most seconds hold none: looking costs a day's path for each issue.
        if until.timestamp().div_euclid(60) == after.timestamp().div_euclid(60) {
            return;
        }
        let mut closed: Vec<(Symbol, Bar)> = Vec::new();
        for symbol in &self.symbols {
            closed.extend(self.market.bars(*symbol, interval, first, end).into_iter().map(|bar| (*symbol, bar)));
        }
        closed.sort_by_key(|(symbol, bar)| (bar.open_time, *symbol));
        self.queue.extend(closed.into_iter().map(|(symbol, bar)| FeedEvent::Bar { symbol, interval, bar }));
    }
}

#[async_trait]
impl MarketFeed for DemoFeed {
    fn subscribe(&self, symbols: &[Symbol]) -> PortStream<FeedEvent> {
        let listener = Listener {
            market: Arc::clone(&self.market),
            clock: Arc::clone(&self.clock),
            symbols: symbols.to_vec(),
            // The second that runs is told at once.
            told: self.clock.now().trunc_subsecs(0) - TimeDelta::seconds(1),
            queue: VecDeque::new(),
        };
        Box::pin(stream::unfold(listener, async |mut listener| Some((listener.next().await, listener))))
    }

    async fn bars(
        &self,
        symbol: Symbol,
        interval: Interval,
        from: DateTime<Utc>,
        to: DateTime<Utc>,
    ) -> Result<Vec<Bar>, NoAnswer> {
        let closed = self.clock.now() - interval.duration() + TimeDelta::nanoseconds(1);
        let market = Arc::clone(&self.market);
        // Years of bars take a while to compute; the runtime's threads are for waiting.
        tokio::task::spawn_blocking(move || market.bars(symbol, interval, from, to.min(closed)))
            .await
            .map_err(|error| NoAnswer(error.to_string()))
    }
}
