//! The product's stream and feed on the emulator's sockets.

use std::collections::{BTreeMap, HashSet};
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use exodus_domain::{
    Bar, Broker, BrokerRequest, Clock, FeedEvent, Interval, MarketFeed, OrderAnswer, OrderFields, OrderType,
    PortStream, Qty, Side, Symbol, Timer,
};
use exodus_kis::feed::{KisFeed, Quotations};
use exodus_kis::stream::{Approval, Hint, KisStream, StreamConfig, StreamProblem};
use exodus_kis::{
    Credentials, Env, Environment, Etns, Gateway, GatewayParts, Hosts, KisAccount, KisBroker, Live, Paper,
};
use exodus_kis_emulator::clock::ClockMode;
use exodus_kis_emulator::{Emulator, EmulatorConfig, FaultScript};
use futures::StreamExt;

/// A second of the emulated world, on the wall.
const SECOND: Duration = Duration::from_millis(50);

/// The emulator, and a client of one of its accounts.
struct Stage<E: Env> {
    emulator: Emulator,
    gateway: Gateway<E>,
    stream: KisStream,
    feed: KisFeed,
    hts_id: String,
    account_no: String,
}

impl<E: Env> Stage<E> {
    async fn at(time: &str, faults: &str) -> Self {
        let start = format!("2026-10-01T{time}+09:00").parse().expect("a time");
        let config = EmulatorConfig {
            clock: ClockMode::Stepped { start },
            faults: FaultScript::parse(faults).expect("a script"),
            ..EmulatorConfig::default()
        };
        let emulator = Emulator::start(config).await.expect("the emulator starts");
        let timer: Arc<dyn Timer> = emulator.clock();
        let (addresses, of_environment) = match E::ENVIRONMENT {
            Environment::Live => (emulator.real, exodus_kis_emulator::Environment::Real),
            Environment::Paper => (emulator.mock, exodus_kis_emulator::Environment::Mock),
        };
        let addresses = addresses.expect("the environment is served");
        let account = emulator.accounts().into_iter().find(|one| one.environment == of_environment).expect("one");
        let hosts = Hosts::<E>::loopback(addresses.rest, addresses.ws).expect("it is on this machine");
        let credentials = Credentials::new(account.app_key.into(), account.app_secret.into()).expect("a key pair");
        let parts = GatewayParts::in_memory(hosts, credentials, Arc::clone(&timer));
        let gateway = Gateway::new(parts).expect("a gateway");
        let config = StreamConfig { url: gateway.hosts().websocket().to_owned(), environment: gateway.environment() };
        let approval: Arc<dyn Approval> = Arc::new(gateway.clone());
        let stream = KisStream::start(config, approval, Arc::clone(&timer));
        let quotations: Arc<dyn Quotations> = Arc::new(gateway.clone());
        let feed = KisFeed::new(stream.clone(), quotations, timer, Etns::default());
        // Time passes from now on; before, everything was made ready in no time.
        let clock = emulator.clock();
        tokio::spawn(async move {
            loop {
                tokio::time::sleep(SECOND).await;
                clock.step(TimeDelta::seconds(1)).expect("the clock is stepped");
            }
        });
        let account_no = account.account_no;
        Self { emulator, gateway, stream, feed, hts_id: account.hts_id, account_no }
    }

    fn now(&self) -> DateTime<Utc> {
        self.emulator.clock().now()
    }

    /// Some issues of the market.
    fn symbols(&self, count: usize) -> Vec<Symbol> {
        self.emulator.with_world(|world, _| world.instruments().iter().take(count).map(|one| one.symbol).collect())
    }

    fn hints(&self) -> PortStream<Hint> {
        self.stream.hints(&self.hts_id, &self.account_no.replace('-', ""))
    }
}

async fn soon<T>(event: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(60), event).await.expect("it did not happen")
}

/// Minute bars that a feed tells until each issue has `count` of them.
async fn told_minutes(
    events: &mut PortStream<FeedEvent>,
    symbols: &[Symbol],
    count: usize,
) -> BTreeMap<Symbol, Vec<Bar>> {
    let mut told: BTreeMap<Symbol, Vec<Bar>> = symbols.iter().map(|symbol| (*symbol, Vec::new())).collect();
    while told.values().any(|bars| bars.len() < count) {
        if let FeedEvent::Bar { symbol, interval: Interval::Minute1, bar } = soon(events.next()).await.expect("events")
        {
            told.get_mut(&symbol).expect("an issue that was subscribed to").push(bar);
        }
    }
    told
}

/// The feed's minutes beside the chart of the broker. Gives the number of sessions it took.
async fn minutes_of_stream_and_rest_are_the_same<E: Env>(faults: &str) -> u64 {
    let stage = Stage::<E>::at("10:00:20", faults).await;
    let symbols = stage.symbols(3);
    let mut events = stage.feed.subscribe(&symbols);
    let told = told_minutes(&mut events, &symbols, 4).await;
    for (symbol, bars) in told {
        let begin = bars[0].open_time;
        let end = bars[bars.len() - 1].open_time + TimeDelta::minutes(1);
        let read = soon(stage.feed.bars(symbol, Interval::Minute1, begin, end)).await.expect("bars");
        assert_eq!(bars, read, "{symbol}");
        assert!(end <= stage.now(), "a bar was told before it closed");
    }
    stage.stream.status().sessions
}

#[tokio::test]
async fn minutes_of_stream_and_rest_are_the_same_on_paper() {
    minutes_of_stream_and_rest_are_the_same::<Paper>("").await;
}

#[tokio::test]
async fn minutes_of_stream_and_rest_are_the_same_live() {
    minutes_of_stream_and_rest_are_the_same::<Live>("").await;
}

#[tokio::test]
async fn minutes_are_whole_although_the_socket_drops() {
    let faults = r#"
        [[faults]]
        when = { feed = "H0STCNT0", nth = 40 }
        what = { kind = "socket_drop" }
    "#;
    assert!(minutes_of_stream_and_rest_are_the_same::<Live>(faults).await > 1, "the session was made anew");
}

#[tokio::test]
async fn minutes_are_whole_although_the_socket_goes_mute() {
    let faults = r#"
        [[faults]]
        when = { feed = "H0STCNT0", nth = 40 }
        what = { kind = "socket_mute", seconds = 3600 }
    "#;
    assert!(minutes_of_stream_and_rest_are_the_same::<Live>(faults).await > 1, "the session was made anew");
}

#[tokio::test]
async fn quotes_and_books_are_those_of_the_market() {
    let stage = Stage::<Live>::at("10:00:20", "").await;
    let symbols = stage.symbols(2);
    let mut events = stage.feed.subscribe(&symbols);
    let (mut quotes, mut books) = (HashSet::new(), HashSet::new());
    while quotes.len() + books.len() < 4 {
        match soon(events.next()).await.expect("events") {
            FeedEvent::Quote(quote) => {
                let truth = stage.emulator.with_world(|world, _| world.quote(quote.symbol).cloned()).expect("a quote");
                assert_eq!(quote.base_price, truth.base_price);
                assert!(quote.price.0 > 0 && quote.volume <= truth.volume);
                quotes.insert(quote.symbol);
            }
            FeedEvent::Book(book) => {
                assert!(book.asks.is_sorted_by_key(|level| level.price) && book.asks.len() <= 10);
                assert!(book.bids.is_sorted_by_key(|level| std::cmp::Reverse(level.price)));
                books.insert(book.symbol);
            }
            FeedEvent::Bar { .. } => {}
        }
    }
}

async fn an_order_gives_a_hint_about_itself<E: Env>() {
    let stage = Stage::<E>::at("10:00:20", "").await;
    let mut hints = stage.hints();
    assert_eq!(soon(hints.next()).await, Some(Hint::Gap), "the notices are registered");
    let number = stage.account_no.parse().expect("an account number");
    let broker = KisBroker::new(KisAccount::new(stage.gateway.clone(), number));
    let order = OrderFields {
        symbol: stage.symbols(1)[0],
        side: Side::Buy,
        order_type: OrderType::Market,
        quantity: Qty(3),
        price: None,
    };
    let line = soon(broker.open_line(&BrokerRequest::New(order))).await.expect("a line");
    let OrderAnswer::Accepted(id) = soon(line.send()).await.answer else { panic!("the order was not accepted") };
    let (receipt, fill) = (soon(hints.next()).await, soon(hints.next()).await);
    assert_eq!([receipt, fill], [Some(Hint::Order(id.clone())), Some(Hint::Order(id))], "a receipt and a fill");
}

#[tokio::test]
async fn an_order_on_paper_gives_hints_about_itself() {
    an_order_gives_a_hint_about_itself::<Paper>().await;
}

#[tokio::test]
async fn a_live_order_gives_hints_about_itself() {
    an_order_gives_a_hint_about_itself::<Live>().await;
}

#[tokio::test]
async fn a_wrong_hts_id_is_told() {
    let stage = Stage::<Paper>::at("10:00:20", "").await;
    let refused = soon(stage.stream.check("nobody", TimeDelta::seconds(120))).await;
    assert!(matches!(refused, Err(StreamProblem::Refused { .. })), "{refused:?}");
    assert_eq!(soon(stage.stream.check(&stage.hts_id, TimeDelta::seconds(240))).await, Ok(()));
}

#[tokio::test]
async fn the_bar_of_the_day_is_that_of_the_chart() {
    let stage = Stage::<Live>::at("15:29:00", "").await;
    let symbols = stage.symbols(1);
    let mut events = stage.feed.subscribe(&symbols);
    let told = loop {
        if let FeedEvent::Bar { interval: Interval::Day1, bar, .. } = soon(events.next()).await.expect("events") {
            break bar;
        }
    };
    let today = told.trade_date();
    let read = soon(stage.gateway.daily_bars(symbols[0], today, today)).await.expect("bars");
    assert_eq!((read.bars, read.requests), (vec![told], 1));
}
