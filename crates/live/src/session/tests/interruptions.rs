//! Orders while an issue is interrupted.

use exodus_domain::{
    Brake, Clock, FeedEvent, IssueState, IssueStates, Level, MarketFeed, OrderAnswer, OrderBook, OrderState, Price,
    Qty, Side,
};
use futures::{FutureExt, StreamExt};
use tokio::task::unconstrained;

use super::{Process, World, market_order, place, symbol};
use crate::paper::MarkedFeed;

impl Process {
    /// Shows the exchange a price that is 7 % above the last.
    fn jump(&self, world: &World) {
        let mut quote = world.market.quote(symbol(), world.clock.now()).expect("a demo issue");
        quote.price = Price(quote.price.0 * 107 / 100);
        self.exchange.on_feed(&FeedEvent::Quote(quote));
    }

    /// What a quote says of the issue now.
    fn brake(&self, world: &World) -> Option<Brake> {
        let feed = MarkedFeed { feed: std::sync::Arc::new(world.feed()), exchange: self.exchange.clone() };
        match unconstrained(feed.subscribe(&[symbol()]).next()).now_or_never().flatten() {
            Some(FeedEvent::Quote(quote)) => quote.brake,
            other => panic!("no quote: {other:?}"),
        }
    }
}

#[tokio::test]
async fn an_order_in_an_interruption_waits_for_its_auction() {
    let world = World::new().await;
    let mut process = world.start().await;
    process.settle().await;
    assert_eq!(process.brake(&world), None);
    process.jump(&world);
    assert_eq!(process.brake(&world), Some(Brake::VolatilityInterruption));
    process.pass(&world.clock, 1).await;

    let request = world.ask_order(market_order(Side::Buy, 10)).await;
    process.pass(&world.clock, 115).await;
    assert_eq!(world.order_of(&request).await.state, OrderState::Acked, "collected");

    process.pass(&world.clock, 40).await;
    assert_eq!(world.order_of(&request).await.state, OrderState::Filled);
    assert_eq!(world.trades().await.len(), 1, "one price for the whole order");
    assert_eq!(process.brake(&world), None);
}

#[tokio::test]
async fn a_halted_issue_is_neither_taken_nor_filled() {
    let world = World::new().await;
    let mut process = world.start().await;
    process.settle().await;
    let fields = world.resting_buy();
    let request = world.ask_order(fields.clone()).await;
    process.pass(&world.clock, 2).await;
    assert_eq!(world.order_of(&request).await.state, OrderState::Acked);

    let mut issue = world.market.instruments()[0].clone();
    issue.states = IssueStates::default().with(IssueState::Halted);
    process.exchange.set_states(std::slice::from_ref(&issue));
    let offer = vec![Level { price: fields.price.expect("a limit"), quantity: Qty(100) }];
    let at = world.clock.now();
    let book = FeedEvent::Book(OrderBook { symbol: symbol(), asks: offer, bids: Vec::new(), at });
    process.exchange.on_feed(&book);
    process.pass(&world.clock, 6).await;
    assert_eq!(world.order_of(&request).await.state, OrderState::Acked, "an offer at its limit fills nothing");
    let answer = place(&process.broker, &fields).await;
    assert!(matches!(&answer, OrderAnswer::Refused { message, .. } if message.contains("halted")), "{answer:?}");

    issue.states = IssueStates::default();
    process.exchange.set_states(&[issue]);
    process.exchange.on_feed(&book);
    process.pass(&world.clock, 6).await;
    assert_eq!(world.order_of(&request).await.state, OrderState::Filled);
}
