//! The WebSocket: who may listen, what arrives, and what never does.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

use exodus_domain::{Clock, Instrument, InstrumentKind, Level, Market, Notice, OrderBook, Price, Qty};
use exodus_live::SystemClock;
use exodus_store::instruments;
use futures::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use crate::http::PASSWORD;
use crate::installation::{Installation, on_each_database};
use crate::{imports, orders, strategies};

on_each_database!(
    only_who_is_logged_in_may_listen,
    what_changes_is_told_to_its_owner_alone,
    a_browser_that_reads_nothing_slows_nobody_and_comes_back_to_the_newest_values with WITHOUT_WORKER,
);

const PATIENCE: Duration = Duration::from_secs(15);

/// A connection of one client.
struct Stream(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Stream {
    async fn open(installation: &Installation) -> Self {
        let url = format!("{}/api/v1/ws", installation.url.replace("http://", "ws://"));
        Self(connect_async(url).await.expect("the WebSocket opens").0)
    }

    /// A connection that is logged in and holds `topics`.
    async fn of(installation: &Installation, token: &str, topics: &[&str]) -> Self {
        let mut stream = Self::open(installation).await;
        stream.say(&json!({ "type": "auth", "token": token })).await;
        assert_eq!(stream.next().await["type"], "ready");
        stream.say(&json!({ "type": "subscribe", "topics": topics })).await;
        let subscribed = stream.next().await;
        assert_eq!(
            (&subscribed["type"], subscribed["topics"].as_array().map(Vec::len)),
            (&json!("subscribed"), Some(topics.len()))
        );
        stream
    }

    async fn say(&mut self, message: &Value) {
        self.0.send(Message::text(message.to_string())).await.expect("the message is sent");
    }

    /// The next message; `Null` if the server closed.
    async fn next(&mut self) -> Value {
        loop {
            let message = timeout(PATIENCE, self.0.next()).await.expect("a message in time");
            match message {
                Some(Ok(Message::Text(text))) => return serde_json::from_str(&text).expect("JSON"),
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                Some(Ok(Message::Close(frame))) => {
                    return json!({ "closed": frame.map(|frame| u16::from(frame.code)) });
                }
                other => panic!("{other:?}"),
            }
        }
    }

    /// The next event of this name whose data fits.
    async fn event(&mut self, name: &str, mut fits: impl FnMut(&Value) -> bool) -> Value {
        let found = async {
            loop {
                let message = self.next().await;
                assert_eq!(message["type"], "event", "{message}");
                if message["event"] == name && fits(&message["data"]) {
                    return message;
                }
            }
        };
        timeout(PATIENCE, found).await.unwrap_or_else(|_| panic!("no fitting {name} in time"))
    }
}

async fn only_who_is_logged_in_may_listen(installation: &Installation) {
    let admin = installation.admin().await;
    for first in [
        json!({ "type": "auth", "token": "made up" }),
        json!({ "type": "subscribe", "topics": ["orders"] }),
        json!({ "type": "ping" }),
        json!("nothing"),
    ] {
        let mut stream = Stream::open(installation).await;
        stream.say(&first).await;
        assert_eq!(stream.next().await["closed"], 4401, "{first}");
    }
    let mut silent = Stream::open(installation).await;
    assert_eq!(silent.next().await["closed"], 4401, "who says nothing is sent away");

    let url = format!("{}/api/v1/ws", installation.url.replace("http://", "ws://"));
    let mut foreign = url.into_client_request().expect("a request");
    foreign.headers_mut().insert("origin", "https://evil.example".parse().expect("a header"));
    assert!(connect_async(foreign).await.is_err(), "pages of other sites are refused");
    assert_eq!(admin.get("/ws").await.status, 426);

    let mut stream = Stream::open(installation).await;
    stream.say(&json!({ "type": "auth", "token": admin.token() })).await;
    let ready = stream.next().await;
    assert_eq!(ready, json!({ "type": "ready", "user_id": admin.get("/auth/me").await.ok(200)["id"] }));
    stream.say(&json!({ "type": "ping" })).await;
    assert_eq!(stream.next().await, json!({ "type": "pong" }));
    stream.say(&json!({ "type": "subscribe", "topics": ["orders", "weather"] })).await;
    assert_eq!(stream.next().await["code"], "UNKNOWN_TOPIC");
    assert_eq!(stream.next().await["topics"], json!(["orders"]));
    for nonsense in [json!({ "type": "order" }), json!([]), json!({ "type": "subscribe", "topics": "orders" })] {
        stream.say(&nonsense).await;
        assert_eq!(stream.next().await["code"], "MALFORMED_MESSAGE", "{nonsense}");
    }
    stream.say(&json!({ "type": "unsubscribe", "topics": ["orders"] })).await;
    assert_eq!(stream.next().await, json!({ "type": "subscribed", "topics": [] }));
}

async fn what_changes_is_told_to_its_owner_alone(installation: &Installation) {
    let (_, [kim, lee]) = installation.with_users(["kim", "lee"]).await;
    let mut quotes = Stream::of(installation, kim.token(), &["quotes:00I010"]).await;
    let quote = quotes.event("quote", |_| true).await;
    assert_eq!((&quote["topic"], &quote["data"]["symbol"]), (&json!("quotes:00I010"), &json!("00I010")));
    assert_eq!(quote["data"]["is_demo"], true);
    let book = quotes.event("orderbook", |_| true).await["data"].clone();
    assert!(book["asks"][0]["price"].as_i64() > book["bids"][0]["price"].as_i64(), "{book}");
    let later = quotes.event("quote", |data| data["timestamp"] != quote["data"]["timestamp"]).await;
    assert!(later["data"]["timestamp"].as_str() > quote["data"]["timestamp"].as_str(), "{later}");

    let topics = ["orders", "account", "jobs", "signals", "strategies"];
    let mut of_kim = Stream::of(installation, kim.token(), &topics).await;
    let mut of_lee = Stream::of(installation, lee.token(), &topics).await;
    let buy = json!({ "symbol": "00I030", "side": "buy", "order_type": "market", "quantity": 10 });
    let order = kim.order_as("first", &buy).await.ok(202);
    let filled = of_kim.event("order.changed", |data| data["state"] == "filled").await;
    assert_eq!((&filled["topic"], &filled["data"]["id"]), (&json!("orders"), &order["id"]));
    orders::ended_order(&kim, &format!("/orders/{}", order["id"])).await;

    // Each kind of event comes; they may come in any order, so each is looked for on a connection of its own.
    let mut books = Stream::of(installation, kim.token(), &["account"]).await;
    let mut trades = Stream::of(installation, kim.token(), &["orders"]).await;
    kim.order_as("second", &buy).await.ok(202);
    let trade = trades.event("trade.booked", |_| true).await;
    assert_eq!((&trade["topic"], &trade["data"]["symbol"]), (&json!("orders"), &json!("00I030")));
    let holding = books.event("holding.changed", |data| data["quantity"] == 20).await;
    assert_eq!(holding["topic"], "account");
    let balance = books.event("balance.changed", |_| true).await["data"].clone();
    assert_eq!(balance["initial_cash"], 100_000_000);
    let import = imports::upload(&kim, "kim.csv", imports::ROWS).await.ok(202);
    let imported = of_kim.event("import.changed", |data| data["status"] == "done").await;
    assert_eq!((&imported["topic"], &imported["data"]["id"]), (&json!("jobs"), &import["id"]));
    let strategy = kim.post("/strategies", &strategies::momentum("Told")).await.ok(201);
    let told = of_kim.event("strategy.changed", |_| true).await;
    assert_eq!((&told["topic"], &told["data"]), (&json!("strategies"), &json!({ "id": strategy["id"] })));
    kim.post("/account/halt", &json!({})).await.ok(200);
    books.event("kill_switch.changed", |data| data["state"] == "halted").await;
    kim.post("/account/resume", &json!({ "password": PASSWORD, "reason": "over" })).await.ok(200);

    // Whatever Kim did came before this, and nothing of it came to Lee.
    let sell = json!({ "symbol": "00I030", "side": "sell", "order_type": "market", "quantity": 1 });
    lee.order_as("first", &sell).await.refused(422, "SELLABLE");
    let first = of_lee.next().await;
    assert_eq!((&first["event"], &first["data"]["state"]), (&json!("order.changed"), &json!("denied")), "{first}");
}

/// Order books published in the test, of a kilobyte each: far more than a socket takes in without a reader.
const BOOKS: i64 = 15_000;
/// The most that the last book may be late for a browser that reads, with the whole test on the same two cores.
const LATE: Duration = Duration::from_secs(5);

async fn a_browser_that_reads_nothing_slows_nobody_and_comes_back_to_the_newest_values(installation: &Installation) {
    let admin = installation.admin().await;
    let codes = ["005930", "000660", "035720", "247540"];
    let issues = codes.map(|code| Instrument::new(code.parse().expect("a code"), Market::Kospi, InstrumentKind::Stock));
    let now = SystemClock.now();
    instruments::upsert(&installation.store, &issues, now).await.expect("stored");
    let topics = codes.map(|code| format!("quotes:{code}"));
    let topics: Vec<&str> = topics.iter().map(String::as_str).collect();
    let mut reader = Stream::of(installation, admin.token(), &topics).await;
    let mut stalled = Stream::of(installation, admin.token(), &topics).await;

    let bus = Arc::clone(&installation.bus);
    // The price of the best offer counts the books.
    let book = move |number: i64| OrderBook {
        symbol: issues[usize::try_from(number).expect("positive") % issues.len()].symbol,
        asks: (0..10).map(|level| Level { price: Price(number + 1 + level), quantity: Qty(1_000_000) }).collect(),
        bids: (0..10).map(|level| Level { price: Price(1_000_000 + level), quantity: Qty(1_000_000) }).collect(),
        at: now,
    };
    let number_of = |message: &Value| message["data"]["asks"][0]["price"].as_i64().expect("a price");
    let is_last = |number: i64| number > BOOKS - 4;
    let began = Instant::now();
    let feed = tokio::spawn(async move {
        for number in 0..BOOKS {
            bus.publish(&Notice::Book(book(number))).await.expect("published");
            if number % 100 == 99 {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        }
        began.elapsed()
    });

    // The one that reads sees books of each issue in their order, and the last one soon after it was told.
    let mut seen: BTreeMap<String, i64> = BTreeMap::new();
    let mut messages_read = 0;
    while seen.values().filter(|number| is_last(**number)).count() < codes.len() {
        let message = reader.event("orderbook", |_| true).await;
        let number = number_of(&message);
        let before = seen.insert(message["data"]["symbol"].to_string(), number).unwrap_or_default();
        assert!(number > before, "{number} came after {before}");
        messages_read += 1;
    }
    let read_in = began.elapsed();
    let published_in = feed.await.expect("the feed ends");
    assert!(read_in < published_in + LATE, "read in {read_in:?}, published in {published_in:?}");
    assert!(messages_read > 100, "{messages_read} books are no stream");

    // The other one finds what its socket had taken in, then at once the newest of each issue: no queue stood behind it.
    let mut messages_late = 0;
    let mut newest = BTreeSet::new();
    while newest.len() < codes.len() {
        let message = stalled.event("orderbook", |_| true).await;
        if is_last(number_of(&message)) {
            newest.insert(message["data"]["symbol"].to_string());
        }
        messages_late += 1;
    }
    eprintln!("published in {published_in:?}, read in {read_in:?}; reader {messages_read}, stalled {messages_late}");
    assert!(messages_late < BOOKS / 2, "{messages_late} of {BOOKS} books had been queued");
    stalled.say(&json!({ "type": "ping" })).await;
    assert_eq!(stalled.next().await, json!({ "type": "pong" }), "the connection is as good as before");
}
