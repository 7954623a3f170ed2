//! A feed with what the paper exchange makes of it: which issues it holds up.
//!
//! The exchange is interrupted by the prices it is shown. That fits a feed that knows no interruptions, as the demo
//! market and recordings of it. A feed of KRX tells its own; its prices have waited already.

use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use exodus_domain::{Bar, Brake, FeedEvent, Interval, MarketFeed, NoAnswer, PortStream, Symbol};
use futures::StreamExt;

use super::PaperExchange;

/// What `feed` tells, its quotes marked with the interruptions of `exchange`.
pub(crate) struct MarkedFeed {
    pub(crate) feed: Arc<dyn MarketFeed>,
    pub(crate) exchange: Arc<PaperExchange>,
}

#[async_trait]
impl MarketFeed for MarkedFeed {
    fn subscribe(&self, symbols: &[Symbol]) -> PortStream<FeedEvent> {
        let exchange = Arc::clone(&self.exchange);
        Box::pin(self.feed.subscribe(symbols).map(move |mut event| {
            if let FeedEvent::Quote(quote) = &mut event {
                quote.brake = exchange.interruption(quote.symbol).map(|_| Brake::VolatilityInterruption);
            }
            event
        }))
    }

    async fn bars(
        &self,
        symbol: Symbol,
        interval: Interval,
        from: DateTime<Utc>,
        to: DateTime<Utc>,
    ) -> Result<Vec<Bar>, NoAnswer> {
        self.feed.bars(symbol, interval, from, to).await
    }
}
