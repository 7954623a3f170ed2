//! The feed: what is registered and what is polled, quotes, books, and bars through gaps.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};
use exodus_domain::{
    Bar, Brake, Clock, FeedEvent, Interval, MarketFeed, NoAnswer, PortStream, Price, Qty, Quote, Symbol, Timer, Venue,
    from_kst,
};
use exodus_kis::feed::{Chart, KisFeed, Quotations, Snapshot};
use exodus_kis::stream::{KisStream, Rank, StreamConfig};
use exodus_kis::wire::stream::{
    Book, Code, Feed, KrxBook, MAX_REGISTRATIONS, MarketOperation, Record, Trade, answer, write_frame,
};
use exodus_kis::{Environment, Etns};
use futures::StreamExt;

use crate::broker::{Broker, FastClock, Keys, Request, Session, soon};

/// REST as the test wants it.
struct Rest {
    timer: Arc<FastClock>,
    /// Volume of the day.
    volume: Mutex<i64>,
    minutes: Mutex<Vec<Bar>>,
    asked: Mutex<Vec<String>>,
}

impl Rest {
    fn note(&self, asked: String) {
        self.asked.lock().expect("no test panicked").push(asked);
    }

    fn asked(&self) -> Vec<String> {
        self.asked.lock().expect("no test panicked").clone()
    }
}

#[async_trait]
impl Quotations for Rest {
    async fn snapshot(&self, symbol: Symbol) -> Result<Snapshot, NoAnswer> {
        self.note(format!("price {symbol}"));
        let volume = Qty(*self.volume.lock().expect("no test panicked"));
        let (price, base_price, at) = (Price(70_100), Price(70_000), self.timer.now());
        let quote = Quote { symbol, price, base_price, volume, brake: None, at };
        Ok(Snapshot { quote, open: Price(70_050), high: Price(70_200), low: Price(69_900) })
    }

    async fn minutes_until(&self, symbol: Symbol, _until: DateTime<Utc>) -> Result<Vec<Bar>, NoAnswer> {
        self.note(format!("minutes {symbol}"));
        Ok(self.minutes.lock().expect("no test panicked").clone())
    }

    async fn minutes(&self, symbol: Symbol, day: NaiveDate) -> Result<Chart, NoAnswer> {
        self.note(format!("minutes of {day} {symbol}"));
        Ok(Chart { bars: self.minutes.lock().expect("no test panicked").clone(), requests: 4 })
    }

    async fn days(&self, symbol: Symbol, from: NaiveDate, to: NaiveDate) -> Result<Chart, NoAnswer> {
        self.note(format!("days {symbol} {from} {to}"));
        let days = from.iter_days().take_while(|date| *date <= to);
        Ok(Chart { bars: days.map(|date| bar(Bar::day_start(date), 70_000, 9)).collect(), requests: 1 })
    }
}

/// A feed and everything around it.
struct Stage {
    broker: Broker,
    rest: Arc<Rest>,
    timer: Arc<FastClock>,
    stream: KisStream,
    feed: KisFeed,
}

async fn stage(time: &str, speed: u32, environment: Environment) -> Stage {
    let broker = Broker::listen().await;
    let timer = FastClock::at(time, speed);
    let rest = Arc::new(Rest {
        timer: Arc::clone(&timer),
        volume: Mutex::new(1_000),
        minutes: Mutex::default(),
        asked: Mutex::default(),
    });
    let config = StreamConfig { url: broker.url(), environment };
    let clock: Arc<dyn Timer> = Arc::clone(&timer) as Arc<dyn Timer>;
    let stream = KisStream::start(config, Arc::new(Keys::default()), Arc::clone(&clock));
    let feed = KisFeed::new(stream.clone(), Arc::clone(&rest) as Arc<dyn Quotations>, clock, Etns::default());
    Stage { broker, rest, timer, stream, feed }
}

fn symbol(number: usize) -> Symbol {
    format!("{number:06}").parse().expect("a code")
}

fn samsung() -> Symbol {
    "005930".parse().expect("a code")
}

fn day() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 6, 1).expect("a date")
}

fn at(time: &str) -> DateTime<Utc> {
    from_kst(day(), time.parse().expect("a time"))
}

fn bar(open_time: DateTime<Utc>, price: i64, volume: i64) -> Bar {
    let price = Price(price);
    Bar { open_time, open: price, high: price, low: price, close: price, volume: Qty(volume) }
}

fn trade(time: &str, price: i64, quantity: i64, day_volume: i64) -> Trade {
    let time: NaiveTime = time.parse().expect("a time");
    Trade {
        code: samsung().into(),
        time,
        price: Price(price),
        change: Price(500),
        quantity: Qty(quantity),
        day_volume: Qty(day_volume),
        date: day(),
        ..Trade::default()
    }
}

fn frame(trades: &[Trade]) -> String {
    write_frame("H0STCNT0", trades, Trade::WIDTH)
}

async fn next(events: &mut PortStream<FeedEvent>) -> FeedEvent {
    soon(events.next()).await.expect("a feed does not end")
}

async fn next_quote(events: &mut PortStream<FeedEvent>) -> Quote {
    loop {
        if let FeedEvent::Quote(quote) = next(events).await {
            return quote;
        }
    }
}

async fn next_bar(events: &mut PortStream<FeedEvent>) -> (Interval, Bar) {
    loop {
        if let FeedEvent::Bar { interval, bar, .. } = next(events).await {
            return (interval, bar);
        }
    }
}

/// Trades and books of one issue.
async fn registered(session: &mut Session) -> Vec<Request> {
    session.acknowledge(2).await
}

#[tokio::test]
async fn trades_and_books_become_quotes_and_books() {
    let stage = stage("10:00:05", 1, Environment::Paper).await;
    let mut events = stage.feed.subscribe(&[samsung()]);
    let read = next_quote(&mut events).await;
    assert_eq!((read.price, read.base_price), (Price(70_100), Price(70_000)), "REST knows it first");
    let mut session = stage.broker.accept().await;
    let asked: Vec<(String, String)> =
        registered(&mut session).await.into_iter().map(|request| (request.tr_id, request.tr_key)).collect();
    let pair = |tr_id: &str| (tr_id.to_owned(), "005930".to_owned());
    assert_eq!(asked, [pair("H0STCNT0"), pair("H0STASP0")]);

    let trades = [trade("10:00:06", 70_500, 3, 1_003), trade("10:00:07", 70_600, 1, 1_004)];
    session.send(write_frame("H0STCNT0", &trades, Trade::WIDTH + 4)).await;
    let quotes = [next_quote(&mut events).await, next_quote(&mut events).await];
    assert_eq!(quotes.each_ref().map(|quote| quote.price), [Price(70_500), Price(70_600)]);
    assert_eq!((quotes[1].volume, quotes[1].at, quotes[1].base_price), (Qty(1_004), at("10:00:07"), Price(70_000)));

    let mut book = Book { code: samsung().into(), time: "10:00:08".parse().expect("a time"), ..Book::default() };
    for level in 0..7 {
        let step = i64::try_from(level).expect("small");
        (book.asks[level], book.ask_quantities[level]) = (Price(70_700 + step * 100), Qty(10 + step));
        (book.bids[level], book.bid_quantities[level]) = (Price(70_600 - step * 100), Qty(20 + step));
    }
    let told = KrxBook { book, ..KrxBook::default() };
    session.send(write_frame("H0STASP0", &[told], KrxBook::OLDEST)).await;
    let FeedEvent::Book(read) = next(&mut events).await else { panic!("a book was told") };
    assert_eq!((read.asks.len(), read.bids.len(), read.at), (7, 7, at("10:00:08")));
    assert_eq!((read.asks[0].price, read.bids[6].quantity), (Price(70_700), Qty(26)));

    // The mock environment tells an interruption by nothing else.
    let halted = KrxBook { book: Book { hour_class: Code::of("C"), ..book }, ..told };
    session.send(write_frame("H0STASP0", &[halted], KrxBook::WIDTH)).await;
    assert_eq!(next_quote(&mut events).await.brake, Some(Brake::VolatilityInterruption));
    session.send(write_frame("H0STASP0", &[told], KrxBook::WIDTH)).await;
    assert_eq!(next_quote(&mut events).await.brake, None);
}

#[tokio::test]
async fn what_the_exchange_says_of_an_issue_is_told_with_its_quote() {
    let stage = stage("10:00:05", 1, Environment::Live).await;
    let mut events = stage.feed.subscribe(&[samsung()]);
    next_quote(&mut events).await;
    let mut session = stage.broker.accept().await;
    assert_eq!(session.acknowledge(3).await[2].tr_id, "H0STMKO0");
    let said = |operation, is_vi| {
        let said = MarketOperation {
            code: samsung().into(),
            operation: Code::of(operation),
            is_vi,
            ..MarketOperation::default()
        };
        write_frame("H0STMKO0", &[said], MarketOperation::OLDEST)
    };
    for (operation, is_vi, brake) in [
        ("", true, Some(Brake::VolatilityInterruption)),
        ("", false, None),
        ("174", false, Some(Brake::MarketHalt)),
        ("175", false, Some(Brake::ReopeningAuction)),
        ("182", false, None),
    ] {
        session.send(said(operation, is_vi)).await;
        assert_eq!(next_quote(&mut events).await.brake, brake, "{operation:?} {is_vi}");
    }
}

#[tokio::test]
async fn minutes_are_built_from_trades_and_close_by_the_clock() {
    let stage = stage("09:59:40", 10, Environment::Live).await;
    let mut events = stage.feed.subscribe(&[samsung()]);
    let mut session = stage.broker.accept().await;
    session.acknowledge(3).await;
    // The minute that runs was seen in part, so it is read; nothing was traded in it.
    session.send(frame(&[trade("10:00:01", 70_500, 5, 1_005), trade("10:00:20", 70_300, 5, 1_030)])).await;
    let (interval, told) = next_bar(&mut events).await;
    assert_eq!(interval, Interval::Minute1);
    assert_eq!((told.open_time, told.volume), (at("10:00:00"), Qty(30)), "volume is the growth of that of the day");
    assert_eq!((told.open, told.low, told.close), (Price(70_500), Price(70_300), Price(70_300)));
    assert!(stage.timer.now() >= at("10:01:02"), "a bar is not told before it has closed");
    assert_eq!(stage.rest.asked().iter().filter(|asked| asked.starts_with("minutes")).count(), 1);
}

#[tokio::test]
async fn the_minutes_of_a_gap_are_read_by_rest() {
    let stage = stage("10:00:40", 20, Environment::Live).await;
    let mut events = stage.feed.subscribe(&[samsung()]);
    let minute = |time: &str, volume| bar(at(time), 70_000, volume);
    let read = [minute("09:59:00", 1), minute("10:00:00", 2), minute("10:01:00", 3), minute("10:30:00", 4)];
    *stage.rest.minutes.lock().expect("no test panicked") = read.to_vec();
    let mut session = stage.broker.accept().await;
    session.acknowledge(3).await;
    assert_eq!(next_bar(&mut events).await.1, read[1], "the minute in which the feed began");
    session.send(frame(&[trade("10:01:03", 70_500, 5, 1_005)])).await;
    session.drop();
    let mut session = stage.broker.accept().await;
    session.acknowledge(3).await;
    session.send(frame(&[trade("10:02:10", 70_900, 6, 2_006)])).await;
    assert_eq!(next_bar(&mut events).await.1, read[2], "the minute of the gap is that of REST");
}

#[tokio::test]
async fn the_bar_of_the_day_comes_after_the_close() {
    let stage = stage("15:32:30", 20, Environment::Live).await;
    let mut events = stage.feed.subscribe(&[samsung()]);
    loop {
        let (interval, told) = next_bar(&mut events).await;
        if interval == Interval::Day1 {
            assert_eq!((told.open_time, told.open, told.close), (Bar::day_start(day()), Price(70_050), Price(70_100)));
            assert_eq!((told.high, told.low, told.volume), (Price(70_200), Price(69_900), Qty(1_000)));
            break;
        }
    }
    assert!(stage.timer.now() >= at("15:33:00"));
}

#[tokio::test]
async fn forty_one_registrations_are_made_and_the_rest_is_polled() {
    let stage = stage("10:00:05", 10, Environment::Paper).await;
    let _hints = stage.stream.hints("myhtsid", "5000123401");
    let symbols: Vec<Symbol> = (1..=50).map(symbol).collect();
    stage.feed.hold(&[symbol(50)]);
    let _events = stage.feed.subscribe(&symbols);
    let _viewed = stage.feed.at(Rank::Viewed).subscribe(&[symbol(60)]);
    let mut session = stage.broker.accept().await;
    let mut asked = session.acknowledge(MAX_REGISTRATIONS).await;
    assert_eq!(session.request_within(Duration::from_millis(500)).await, None, "a 42nd is never asked for");
    let notices = asked.remove(0);
    assert_eq!(notices.tr_id, "H0STCNI9", "own orders come first");
    assert!(asked.iter().all(|request| request.tr_id == "H0STCNT0"), "a price for each before a book for any");
    let mut keys: Vec<String> = asked.into_iter().map(|request| request.tr_key).collect();
    assert_eq!(keys.remove(0), "000050", "then what is held");
    assert_eq!(keys.len(), 39);
    assert!(!keys.contains(&"000060".to_owned()), "what is only looked at comes last");

    let polls = |symbol: Symbol| stage.rest.asked().iter().filter(|asked| **asked == format!("price {symbol}")).count();
    soon(async {
        while polls(symbol(60)) < 2 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    })
    .await;
    assert_eq!(polls(symbol(50)), 1, "what is streamed is read once for its base price");
}

#[tokio::test]
async fn a_lower_limit_of_the_broker_is_kept() {
    let stage = stage("10:00:05", 10, Environment::Paper).await;
    let symbols: Vec<Symbol> = (1..=10).map(symbol).collect();
    let _events = stage.feed.subscribe(&symbols);
    let mut session = stage.broker.accept().await;
    session.acknowledge(5).await;
    let request = session.request().await;
    session.answer(&request, answer::MAX_OVER).await;
    assert_eq!(session.request_within(Duration::from_millis(500)).await, None, "no more is asked for");
    let held = stage.stream.status().held;
    assert_eq!(held.len(), 5);

    // What is held now takes the place of something else.
    stage.feed.hold(&[symbol(10)]);
    let left = session.request().await;
    assert!(left.is_leaving);
    session.answer(&left, answer::UNSUBSCRIBED).await;
    let made = session.request().await;
    assert_eq!((made.tr_id.as_str(), made.tr_key.as_str(), made.is_leaving), ("H0STCNT0", "000010", false));
}

#[tokio::test]
async fn a_stream_that_is_silent_while_the_market_moves_is_made_anew() {
    let stage = stage("10:00:05", 20, Environment::Paper).await;
    let mut events = stage.feed.subscribe(&[samsung()]);
    let mut session = stage.broker.accept().await;
    registered(&mut session).await;
    session.send(frame(&[trade("10:00:06", 70_500, 1, 1_001)])).await;
    while next_quote(&mut events).await.price != Price(70_500) {}
    *stage.rest.volume.lock().expect("no test panicked") = 5_000;
    let mut again = stage.broker.accept().await;
    assert!(stage.timer.now() < at("10:01:30"), "silence alone would have taken until 10:02:30");
    registered(&mut again).await;
}

#[tokio::test]
async fn a_quiet_market_is_no_mute_stream() {
    let stage = stage("10:00:05", 20, Environment::Paper).await;
    let _events = stage.feed.subscribe(&[samsung()]);
    let mut session = stage.broker.accept().await;
    registered(&mut session).await;
    session.send(frame(&[trade("10:00:06", 70_500, 1, 1_001)])).await;
    // A minute and a half.
    assert!(stage.broker.is_left_alone(Duration::from_millis(4_500)).await);
}

#[tokio::test]
async fn history_holds_no_bar_that_has_not_closed() {
    let stage = stage("10:02:30", 1, Environment::Live).await;
    let minutes: Vec<Bar> = ["09:00:00", "09:01:00", "10:00:00", "10:01:00", "10:02:00"]
        .iter()
        .map(|time| bar(at(time), 70_000, 5))
        .chain([bar(at("10:00:00") + TimeDelta::days(1), 1, 1)])
        .collect();
    *stage.rest.minutes.lock().expect("no test panicked") = minutes.clone();
    let (begin, end) = (Bar::day_start(day()), Bar::day_start(day()) + TimeDelta::days(1));
    let read = stage.feed.bars(samsung(), Interval::Minute1, begin, end).await.expect("bars");
    assert_eq!(read, minutes[..4], "the minute of 10:02 runs");
    let read = stage.feed.bars(samsung(), Interval::Minute1, at("09:01:00"), at("10:01:00")).await.expect("bars");
    assert_eq!(read, minutes[1..3]);
    let hours = stage.feed.bars(samsung(), Interval::Hour1, begin, end).await.expect("bars");
    assert_eq!(hours.len(), 1, "the second hour runs");
    assert_eq!((hours[0].open_time, hours[0].volume), (at("09:00:00"), Qty(10)));
    let days = stage.feed.bars(samsung(), Interval::Day1, begin - TimeDelta::days(2), end).await.expect("bars");
    let dates: Vec<NaiveDate> = days.iter().map(Bar::trade_date).collect();
    assert_eq!(dates, [day() - TimeDelta::days(2), day() - TimeDelta::days(1)], "today runs");
}

#[tokio::test]
async fn a_feed_asks_only_for_what_its_environment_has() {
    for (environment, count) in [(Environment::Live, 3), (Environment::Paper, 2)] {
        let stage = stage("10:00:05", 10, environment).await;
        let _events = stage.feed.subscribe(&[samsung()]);
        let mut session = stage.broker.accept().await;
        let asked: BTreeMap<String, usize> =
            session.acknowledge(count).await.into_iter().map(|request| (request.tr_id, 1)).collect();
        assert_eq!(asked.contains_key(Feed::Operations(Venue::Krx).tr_id()), environment == Environment::Live);
        assert_eq!(session.request_within(Duration::from_millis(300)).await, None);
    }
}

/// Safety SE45: the stream is not encrypted, so the price of what is held is read by REST as well.
#[tokio::test]
async fn a_forged_price_of_a_held_issue_counts_as_stale_and_one_that_nobody_trades_is_not_checked() {
    for is_held in [true, false] {
        let stage = stage("10:00:05", 10, Environment::Live).await;
        if is_held {
            stage.feed.hold(&[samsung()]);
        }
        let mut events = stage.feed.subscribe(&[samsung()]);
        let mut session = stage.broker.accept().await;
        session.acknowledge(3).await;
        next_quote(&mut events).await;
        // REST tells 70,100. Quotes of a stream that goes on are no reason to ask for anything else.
        session.send(frame(&[trade("10:00:30", 80_000, 5, 1_005)])).await;
        assert_eq!(next_quote(&mut events).await.price, Price(80_000));
        let again = tokio::time::timeout(Duration::from_millis(1_500), next_quote(&mut events)).await;
        let told = again.ok().map(|quote| (quote.price, quote.at <= at("10:00:30")));
        assert_eq!(told, is_held.then_some((Price(80_000), true)));
    }
}
