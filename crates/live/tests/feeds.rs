//! What every market feed promises, checked on both: the demo market and a recording of it.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use exodus_domain::{Bar, Clock, FeedEvent, Interval, MarketFeed, Symbol};
use exodus_live::{DemoFeed, ManualClock, ReplayFeed};
use exodus_simulator::DemoMarket;
use futures::{FutureExt, StreamExt};
use tokio::task::unconstrained;

/// 23:57:30 in Korea, so that a day ends within the test.
fn start() -> DateTime<Utc> {
    "2026-11-20T23:57:30+09:00".parse().expect("an RFC 3339 time")
}

fn symbols() -> Vec<Symbol> {
    ["00I010", "00O020", "00U010"].map(|code| code.parse().expect("a valid code")).to_vec()
}

fn demo(clock: &Arc<ManualClock>) -> DemoFeed {
    DemoFeed::new(Arc::new(DemoMarket::new(1)), Arc::clone(clock) as _)
}

/// Everything a feed has to tell right now. Unconstrained, because a task that never waits would be made to pause.
fn told(events: &mut exodus_domain::PortStream<FeedEvent>) -> Vec<FeedEvent> {
    std::iter::from_fn(|| unconstrained(events.next()).now_or_never().flatten()).collect()
}

fn symbol_of(event: &FeedEvent) -> Symbol {
    match event {
        FeedEvent::Quote(quote) => quote.symbol,
        FeedEvent::Book(book) => book.symbol,
        FeedEvent::Bar { symbol, .. } => *symbol,
    }
}

/// Five minutes of the demo, second by second, with the history before them.
fn recording() -> Vec<FeedEvent> {
    let clock = Arc::new(ManualClock::new(start() - TimeDelta::minutes(3)));
    let mut events = demo(&clock).subscribe(&symbols());
    let mut recorded = told(&mut events);
    for _ in 0..480 {
        clock.advance(TimeDelta::seconds(1));
        recorded.extend(told(&mut events));
    }
    recorded
}

fn both_feeds() -> Vec<(&'static str, Arc<ManualClock>, Arc<dyn MarketFeed>)> {
    let clocks = [(); 2].map(|()| Arc::new(ManualClock::new(start())));
    let replay = ReplayFeed::new(recording(), Arc::clone(&clocks[1]) as _);
    vec![
        ("demo", Arc::clone(&clocks[0]), Arc::new(demo(&clocks[0]))),
        ("replay", Arc::clone(&clocks[1]), Arc::new(replay)),
    ]
}

#[tokio::test]
async fn a_subscription_begins_with_the_running_second() {
    for (name, _, feed) in both_feeds() {
        let mut events = feed.subscribe(&symbols()[..1]);
        let first = told(&mut events);
        assert!(
            matches!(&first[..], [FeedEvent::Quote(q), FeedEvent::Book(b)] if q.at == start() && b.at == start()),
            "{name}: {first:?}"
        );
    }
}

#[tokio::test]
async fn only_the_subscribed_issues_are_told() {
    for (name, clock, feed) in both_feeds() {
        let wanted = symbols()[1];
        let mut events = feed.subscribe(&[wanted]);
        clock.advance(TimeDelta::minutes(1));
        assert!(told(&mut events).iter().all(|event| symbol_of(event) == wanted), "{name}");
    }
}

#[tokio::test]
async fn nothing_is_told_before_it_happens_and_each_bar_once() {
    for (name, clock, feed) in both_feeds() {
        let mut events = feed.subscribe(&symbols());
        let mut bars: Vec<(Symbol, Interval, Bar)> = Vec::new();
        for _ in 0..200 {
            for event in told(&mut events) {
                match event {
                    FeedEvent::Quote(quote) => assert!(quote.at <= clock.now(), "{name}"),
                    FeedEvent::Book(book) => assert!(book.at <= clock.now(), "{name}"),
                    FeedEvent::Bar { symbol, interval, bar } => {
                        assert!(bar.open_time + interval.duration() <= clock.now(), "{name}");
                        bars.push((symbol, interval, bar));
                    }
                }
            }
            clock.advance(TimeDelta::seconds(1));
        }
        for symbol in symbols() {
            let of = |interval| {
                bars.iter().filter(|bar| (bar.0, bar.1) == (symbol, interval)).map(|bar| bar.2).collect::<Vec<_>>()
            };
            let minutes = feed.bars(symbol, Interval::Minute1, start() - TimeDelta::seconds(30), clock.now()).await;
            assert_eq!(Ok(of(Interval::Minute1)), minutes, "{name}: the bars told are the bars on record");
            assert_eq!(of(Interval::Minute1).len(), 3, "{name}");
            assert_eq!(of(Interval::Day1).len(), 1, "{name}: the day ended");
        }
    }
}

#[tokio::test]
async fn an_open_bar_is_not_on_record() {
    for (name, _, feed) in both_feeds() {
        let minute = start() - TimeDelta::seconds(30);
        let bars = feed.bars(symbols()[0], Interval::Minute1, minute, minute + TimeDelta::minutes(10)).await;
        assert_eq!(bars, Ok(vec![]), "{name}");
        let bars = feed.bars(symbols()[0], Interval::Minute1, minute - TimeDelta::minutes(2), minute).await;
        assert_eq!(bars.map(|bars| bars.len()), Ok(2), "{name}");
    }
}

#[tokio::test]
async fn a_late_listener_misses_quotes_but_no_bar() {
    let clock = Arc::new(ManualClock::new(start()));
    let feed = demo(&clock);
    let mut events = feed.subscribe(&symbols()[..1]);
    told(&mut events);
    clock.advance(TimeDelta::minutes(10));
    let late = told(&mut events);
    let count = |wanted: fn(&FeedEvent) -> bool| late.iter().filter(|event| wanted(event)).count();
    assert_eq!(count(|event| matches!(event, FeedEvent::Quote(_))), 1);
    assert_eq!(count(|event| matches!(event, FeedEvent::Bar { interval: Interval::Minute1, .. })), 10);
}
