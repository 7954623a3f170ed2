//! The market as a process hears it: every second a quote of each issue, every minute its bar.

use std::collections::VecDeque;

use async_trait::async_trait;
use chrono::{DateTime, SubsecRound, TimeDelta, Utc};
use exodus_domain::{
    Bar, Clock as _, FeedEvent, Interval, MarketFeed, NoAnswer, PortStream, Quote, Symbol, Timer as _, kst_date,
};
use futures::stream;

use crate::time::ProcessClock;
use crate::world::SharedWorld;

/// The feed of a process.
pub(crate) struct SimFeed {
    pub(crate) world: SharedWorld,
    pub(crate) clock: ProcessClock,
}

struct Listener {
    world: SharedWorld,
    clock: ProcessClock,
    symbols: Vec<Symbol>,
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
            self.tell();
        }
    }

    fn tell(&mut self) {
        let (now, told) = (self.clock.now().trunc_subsecs(0), self.told);
        // The exchange goes by the right time, in whole seconds.
        let at = self.world.with(|world| world.time.now()).trunc_subsecs(0);
        let minute = |at: DateTime<Utc>| at.timestamp().div_euclid(60);
        let (symbols, queue) = (&self.symbols, &mut self.queue);
        self.world.with(|world| {
            for symbol in symbols {
                let Some(quote) = world.market.quote(*symbol) else { continue };
                queue.push_back(FeedEvent::Quote(Quote {
                    symbol: *symbol,
                    price: quote.price,
                    base_price: quote.base_price,
                    volume: quote.volume,
                    brake: None,
                    at,
                }));
                if minute(now) > minute(told) {
                    let opened = DateTime::from_timestamp(minute(now) * 60 - 60, 0).unwrap_or(now);
                    let closed = world.market.minute_bars(*symbol, opened, opened + TimeDelta::minutes(1));
                    let told = closed.into_iter().map(|bar| FeedEvent::Bar {
                        symbol: *symbol,
                        interval: Interval::Minute1,
                        bar,
                    });
                    queue.extend(told);
                }
            }
        });
        self.told = now.max(self.told + TimeDelta::seconds(1));
    }
}

#[async_trait]
impl MarketFeed for SimFeed {
    fn subscribe(&self, symbols: &[Symbol]) -> PortStream<FeedEvent> {
        let listener = Listener {
            world: self.world.clone(),
            clock: self.clock.clone(),
            symbols: symbols.to_vec(),
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
        if interval == Interval::Day1 {
            let (from, to) = (kst_date(from), kst_date(to).pred_opt().unwrap_or_default());
            return Ok(self.world.with(|world| world.market.daily_bars(symbol, from, to)));
        }
        let closed = self.clock.now() - TimeDelta::minutes(1);
        let bars = self.world.with(|world| world.market.minute_bars(symbol, from, to));
        Ok(bars.into_iter().filter(|bar| bar.open_time <= closed).collect())
    }
}

/// A feed that tells nothing: of the demo market, which nobody trades here.
pub(crate) struct Silence;

#[async_trait]
impl MarketFeed for Silence {
    fn subscribe(&self, _: &[Symbol]) -> PortStream<FeedEvent> {
        Box::pin(stream::pending())
    }

    async fn bars(&self, _: Symbol, _: Interval, _: DateTime<Utc>, _: DateTime<Utc>) -> Result<Vec<Bar>, NoAnswer> {
        Ok(Vec::new())
    }
}
