//! A broker with a market behind it, and a clock that is turned by hand.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use exodus_domain::{
    Broker, BrokerOrder, BrokerOrderId, BrokerRequest, Clock, Instrument, Level, OrderAnswer, OrderFields, OrderType,
    Price, Qty, Side, Timer, TradingVenue, Won, kst_date, price_limits,
};
use exodus_kis::stream::{Hint, KisStream, StreamConfig};
use exodus_kis::{Credentials, Gateway, GatewayParts, Hosts, KisAccount, KisBroker, Limits, Paper, Rate};
use exodus_kis_emulator::clock::ClockMode;
use exodus_kis_emulator::{Emulator, EmulatorConfig, Environment, FaultScript};
use exodus_live::{DemoFeed, ManualClock, PaperBroker, PaperExchange};
use exodus_simulator::DemoMarket;
use exodus_store::users::{NewUser, Role};
use exodus_store::{Durability, Store, StoreUrl, accounts, instruments, users};
use futures::StreamExt;
use tempfile::TempDir;

/// Thursday in the middle of a session.
const MORNING: &str = "2026-10-01T10:00:00+09:00";

/// So many seconds of the market may pass until something shows.
const PATIENCE: usize = 300;

/// Rigs of both kinds trade this market.
const SEED: u64 = 1;

/// A broker under test.
pub(crate) struct Rig {
    pub(crate) broker: Arc<dyn Broker>,
    pub(crate) issue: Instrument,
    market: Market,
}

/// What is behind it.
enum Market {
    Paper { clock: Arc<ManualClock>, market: Arc<DemoMarket>, _folder: TempDir },
    Kis(Box<Emulator>),
}

/// The best offer of an issue and the limits of its day.
pub(crate) struct Prices {
    pub(crate) ask: Level,
    pub(crate) lower: Price,
    pub(crate) upper: Price,
}

impl Rig {
    /// An account at the paper exchange of the product.
    pub(crate) async fn paper() -> Self {
        let start: DateTime<Utc> = MORNING.parse().expect("a time");
        let clock = Arc::new(ManualClock::new(start));
        let timer: Arc<dyn Timer> = Arc::<ManualClock>::clone(&clock);
        let folder = tempfile::tempdir().expect("a folder");
        let url = StoreUrl::Sqlite(folder.path().join("exodus.db"));
        let store = Store::connect(&url, Durability::RelaxedForTests).await.expect("a database");
        store.migrate_up().await.expect("a schema");
        let market = Arc::new(DemoMarket::new(SEED));
        instruments::upsert(&store, market.instruments(), start).await.expect("stored");
        let (email, full_name) = ("kim@example.com".to_owned(), "Kim".to_owned());
        let new = NewUser { email, hashed_password: "x".to_owned(), full_name };
        let user = users::create(&store, &new, Role::User, start).await.expect("a user");
        let account = accounts::open(&store, user.id, Won(100_000_000), start).await.expect("an account");

        let issue = issue_of(&market);
        let exchange = Arc::new(PaperExchange::new(std::slice::from_ref(&issue), Arc::clone(&timer)));
        let feed = DemoFeed::new(Arc::clone(&market), timer);
        let follower = Arc::clone(&exchange);
        tokio::spawn(async move { follower.follow(&feed).await });
        clock.advance(TimeDelta::seconds(1));
        let broker = PaperBroker::open(exchange, store, account.id, clock.now()).await.expect("a broker");
        Self { broker: Arc::new(broker), issue, market: Market::Paper { clock, market, _folder: folder } }
    }

    /// An account at KIS, as its emulator plays it.
    pub(crate) async fn kis() -> Self {
        Self::kis_with("").await
    }

    /// The same with faults. Time goes by itself then, twenty times as fast: who is refused must wait and come again.
    pub(crate) async fn kis_with_faults(faults: &str) -> Self {
        let rig = Self::kis_with(faults).await;
        if let Market::Kis(emulator) = &rig.market {
            let clock = emulator.clock();
            tokio::spawn(async move {
                while clock.step(TimeDelta::milliseconds(100)).is_ok() {
                    tokio::time::sleep(Duration::from_millis(5)).await;
                }
            });
        }
        rig
    }

    async fn kis_with(faults: &str) -> Self {
        let config = EmulatorConfig {
            clock: ClockMode::Stepped { start: MORNING.parse().expect("a time") },
            limits: exodus_kis_emulator::Limits::all(10_000),
            faults: FaultScript::parse(faults).expect("a script"),
            real: None,
            seed: SEED,
            ..EmulatorConfig::default()
        };
        let emulator = Emulator::start(config).await.expect("an emulator");
        let keys = emulator.accounts().into_iter().find(|keys| keys.environment == Environment::Mock);
        let keys = keys.expect("an account");
        let addresses = emulator.mock.expect("the mock environment");
        let hosts = Hosts::<Paper>::loopback(addresses.rest, addresses.ws).expect("this machine");
        let pair = Credentials::new(keys.app_key.into(), keys.app_secret.into()).expect("a pair");
        let timer: Arc<dyn Timer> = emulator.clock();
        // The clock stands still, so nobody may wait for a slot.
        let rate = Rate { calls: 10_000, per: TimeDelta::seconds(1) };
        let parts = GatewayParts {
            limits: Limits { all: rate, ledger: rate },
            gateway_refusals_prove: true,
            ..GatewayParts::in_memory(hosts.clone(), pair, Arc::clone(&timer))
        };
        let gateway = Gateway::new(parts).expect("a gateway");
        let config = StreamConfig { url: hosts.websocket().to_owned(), environment: gateway.environment() };
        let stream = KisStream::start(config, Arc::new(gateway.clone()), timer);
        let number = keys.account_no.parse::<exodus_kis::AccountNumber>().expect("a number");
        let mut told = stream.hints(&keys.hts_id, number.digits());
        let broker = KisBroker::new(KisAccount::new(gateway, number));
        let hints = broker.hints();
        tokio::spawn(async move {
            while let Some(hint) = told.next().await {
                let id = match hint {
                    Hint::Order(id) => id,
                    Hint::Gap => BrokerOrderId(String::new()),
                };
                // A test that does not listen needs none.
                let _ = hints.send(id);
            }
        });
        let issue = issue_of(&DemoMarket::new(SEED));
        Self { broker: Arc::new(broker), issue, market: Market::Kis(Box::new(emulator)) }
    }

    pub(crate) fn now(&self) -> DateTime<Utc> {
        match &self.market {
            Market::Paper { clock, .. } => clock.now(),
            Market::Kis(emulator) => emulator.clock().now(),
        }
    }

    /// Lets time pass, and whatever is due in it happen.
    pub(crate) async fn pass(&self, time: TimeDelta) {
        match &self.market {
            Market::Paper { clock, .. } => clock.advance(time),
            Market::Kis(emulator) => drop(emulator.clock().step(time).expect("a stepped clock")),
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }

    /// What the market shows now.
    pub(crate) fn prices(&self) -> Prices {
        let (issue, date) = (&self.issue, kst_date(self.now()));
        let (book, base) = match &self.market {
            Market::Paper { clock, market, .. } => {
                let (quote, book) = market.quote_and_book(issue.symbol, clock.now()).expect("a listed issue");
                (book, quote.base_price)
            }
            Market::Kis(emulator) => emulator.with_world(|world, _| {
                let quote = world.quote(issue.symbol).expect("a listed issue");
                (world.book(issue.symbol, TradingVenue::Krx).expect("a book").book, quote.base_price)
            }),
        };
        let limits = price_limits(issue.market, issue.kind, date, base);
        let ask = *book.asks.first().expect("an offer");
        Prices { ask, lower: limits.lower, upper: limits.upper }
    }

    pub(crate) fn order(&self, side: Side, quantity: i64, price: Option<Price>) -> OrderFields {
        let order_type = if price.is_some() { OrderType::Limit } else { OrderType::Market };
        OrderFields { symbol: self.issue.symbol, side, order_type, quantity: Qty(quantity), price }
    }

    /// Sends one request.
    async fn send(&self, request: BrokerRequest) -> OrderAnswer {
        match self.broker.open_line(&request).await {
            Ok(line) => line.send().await.answer,
            Err(reason) => OrderAnswer::unwritten(reason),
        }
    }

    pub(crate) async fn place(&self, order: &OrderFields) -> OrderAnswer {
        self.send(BrokerRequest::New(order.clone())).await
    }

    pub(crate) async fn cancel(&self, id: &BrokerOrderId) -> OrderAnswer {
        self.send(BrokerRequest::Cancel(id.clone())).await
    }

    /// Places an order that must be taken.
    pub(crate) async fn accepted(&self, order: &OrderFields) -> BrokerOrderId {
        match self.place(order).await {
            OrderAnswer::Accepted(id) => id,
            other => panic!("{order:?} was not taken: {other:?}"),
        }
    }

    /// The orders of today.
    pub(crate) async fn orders(&self) -> Vec<BrokerOrder> {
        self.broker.orders(kst_date(self.now())).await.expect("a list")
    }

    /// The row of an order.
    pub(crate) async fn row(&self, id: &BrokerOrderId) -> BrokerOrder {
        let orders = self.orders().await;
        orders.into_iter().find(|order| order.id == *id).unwrap_or_else(|| panic!("{id:?} is not in the list"))
    }

    /// The row of an order once it is as told, while the market goes on.
    pub(crate) async fn row_when(&self, id: &BrokerOrderId, is_so: impl Fn(&BrokerOrder) -> bool) -> BrokerOrder {
        for _ in 0..PATIENCE {
            let row = self.row(id).await;
            if is_so(&row) {
                return row;
            }
            self.pass(TimeDelta::seconds(1)).await;
        }
        panic!("it never came: {:?}", self.row(id).await);
    }
}

/// The dearest issue of the demo market: its tick is more than one won.
fn issue_of(market: &DemoMarket) -> Instrument {
    let at = MORNING.parse().expect("a time");
    let price = |issue: &Instrument| market.quote(issue.symbol, at).map(|quote| quote.price);
    market.instruments().iter().max_by_key(|issue| price(issue)).expect("an issue").clone()
}
