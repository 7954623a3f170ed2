//! Sessions on a real store, the demo market and the paper exchange, with a clock that is turned by hand.
//!
//! A crash is everything in memory being dropped; only the database file stays.

mod again;
mod crashes;
mod doubts;
mod elsewhere;
mod exits;
mod interruptions;
mod orders;
mod replay;
mod risk;
mod rules;
mod strategies;
mod versions;

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use exodus_domain::{
    Broker, BrokerRequest, Clock, FeedEvent, IssueStates, KillScope, KillState, Level, MarketFeed, OrderAnswer,
    OrderFields, OrderType, PortStream, Price, Qty, Side, Symbol, Timer, Won, kst_date, tick_down,
};
use exodus_simulator::DemoMarket;
use exodus_store::accounts::Account;
use exodus_store::leases::Lease;
use exodus_store::orders::Order;
use exodus_store::requests::{NewRequest, OrderRequest, RequestAction, RequestAnswer, Submitted};
use exodus_store::trades::TradeFilter;
use exodus_store::users::{NewUser, Role};
use exodus_store::{
    Durability, Store, StoreUrl, accounts, instruments, kill_switches, leases, requests, trades, users,
};
use futures::{FutureExt, StreamExt};
use tempfile::TempDir;
use tokio::task::unconstrained;

use super::{Input, Session, SessionDeps};
use crate::breaker::Breaker;
use crate::connector::Connection;
use crate::{DemoFeed, LocalFiles, ManualClock, PaperBroker, PaperExchange};

/// Sends an order to a broker behind the back of the session.
async fn place(broker: &PaperBroker, order: &OrderFields) -> OrderAnswer {
    let line = broker.open_line(&BrokerRequest::New(order.clone())).await.expect("a line");
    line.send().await.answer
}

/// What survives a crash, and the clock.
struct World {
    store: Store,
    clock: Arc<ManualClock>,
    market: Arc<DemoMarket>,
    account: Account,
    folder: TempDir,
}

/// What a process has in memory.
struct Process {
    exchange: Arc<PaperExchange>,
    shown: PortStream<FeedEvent>,
    broker: Arc<PaperBroker>,
    session: Session,
}

impl World {
    async fn new() -> Self {
        Self::at("2026-11-20T10:00:00+09:00").await
    }

    async fn at(start: &str) -> Self {
        let start: DateTime<Utc> = start.parse().expect("an RFC 3339 time");
        let clock = Arc::new(ManualClock::new(start));
        let folder = tempfile::tempdir().expect("a temporary folder");
        let url = StoreUrl::Sqlite(folder.path().join("exodus.db"));
        let store = Store::connect(&url, Durability::RelaxedForTests).await.expect("a new database");
        store.migrate_up().await.expect("a fresh schema");
        let market = Arc::new(DemoMarket::new(1));
        instruments::upsert(&store, market.instruments(), start).await.expect("stored");
        let new = NewUser {
            email: "kim@example.com".to_owned(),
            hashed_password: "x".to_owned(),
            full_name: "Kim".to_owned(),
        };
        let user = users::create(&store, &new, Role::User, start).await.expect("a new user");
        let account = accounts::open(&store, user.id, Won(100_000_000), start).await.expect("a new account");
        Self { store, clock, market, account, folder }
    }

    fn timer(&self) -> Arc<dyn Timer> {
        Arc::clone(&self.clock) as _
    }

    fn feed(&self) -> DemoFeed {
        DemoFeed::new(Arc::clone(&self.market), self.timer())
    }

    async fn lease(&self) -> Lease {
        // The process before was killed and could not give it back.
        for _ in 0..20 {
            let name = format!("account:{}", self.account.id);
            if let Some(lease) = leases::acquire(&self.store, &name, "test", self.clock.now()).await.expect("readable")
            {
                return lease;
            }
            self.clock.advance(TimeDelta::seconds(1));
        }
        panic!("the lease of a dead process never expired");
    }

    async fn exchange(&self) -> (Arc<PaperExchange>, PortStream<FeedEvent>) {
        let exchange = Arc::new(PaperExchange::new(self.market.instruments(), self.timer()));
        let symbols: Vec<Symbol> = self.market.instruments().iter().map(|instrument| instrument.symbol).collect();
        let mut shown = self.feed().subscribe(&symbols);
        show(&exchange, &mut shown);
        (exchange, shown)
    }

    /// A fresh process.
    async fn start(&self) -> Process {
        self.start_on(Arc::new(self.feed())).await
    }

    /// A fresh process whose session listens to `feed`.
    async fn start_on(&self, feed: Arc<dyn MarketFeed>) -> Process {
        let lease = self.lease().await;
        let (exchange, shown) = self.exchange().await;
        let broker =
            PaperBroker::open(Arc::clone(&exchange), self.store.clone(), self.account.id, self.clock.now()).await;
        let broker = Arc::new(broker.expect("the paper broker connects"));
        let session = self.open_on(feed, Arc::clone(&broker), lease).await;
        Process { exchange, shown, broker, session }
    }

    async fn open(&self, broker: Arc<PaperBroker>, lease: Lease) -> Session {
        self.open_on(Arc::new(self.feed()), broker, lease).await
    }

    async fn open_on(&self, feed: Arc<dyn MarketFeed>, broker: Arc<PaperBroker>, lease: Lease) -> Session {
        let connection = Connection::in_house(broker, feed);
        let files = LocalFiles::new(self.folder.path(), "test");
        let guarded = Breaker::guard(&self.store, &self.timer(), self.account.id, connection).await;
        let (connection, breaker) = guarded.expect("the circuit is read");
        let deps = SessionDeps { store: self.store.clone(), clock: self.timer(), connection, files, breaker };
        Session::open(deps, self.account.id, lease).await.expect("the session opens")
    }

    async fn ask(&self, action: RequestAction) -> OrderRequest {
        let new = NewRequest {
            user_id: self.account.user_id,
            account_id: self.account.id,
            body_hash: format!("{action:?}"),
            action,
            idempotency_key: None,
        };
        match requests::submit(&self.store, &new, self.clock.now()).await.expect("stored") {
            Submitted::New(request) => request,
            other => panic!("not new: {other:?}"),
        }
    }

    async fn ask_order(&self, fields: OrderFields) -> OrderRequest {
        self.ask(RequestAction::Place { fields, confirmed: None }).await
    }

    async fn answer(&self, request: &OrderRequest) -> Option<RequestAnswer> {
        let request = requests::get(&self.store, self.account.user_id, request.id).await.expect("readable");
        request.expect("kept").answer
    }

    /// The order that answered a request.
    async fn order_of(&self, request: &OrderRequest) -> Order {
        match self.answer(request).await {
            Some(RequestAnswer::Order { order_id }) => self.order(order_id).await,
            other => panic!("no order: {other:?}"),
        }
    }

    async fn order(&self, id: i64) -> Order {
        exodus_store::orders::find(&self.store, id).await.expect("readable").expect("kept")
    }

    async fn trades(&self) -> Vec<trades::Trade> {
        trades::export(&self.store, self.account.user_id, &TradeFilter::default()).await.expect("readable")
    }

    /// What a symbol master of the day says of an issue.
    async fn import_states(&self, symbol: Symbol, states: IssueStates) {
        let mut told = instruments::find_many(&self.store, &[symbol]).await.expect("readable");
        told[0].states = states;
        instruments::upsert(&self.store, &told, self.clock.now()).await.expect("stored");
    }

    async fn set_kill(&self, state: KillState) {
        let (id, now) = (self.account.id, self.clock.now());
        kill_switches::set(&self.store, KillScope::Account, id, state, "test", None, now).await.expect("stored");
    }

    fn price(&self) -> Price {
        self.market.quote(symbol(), self.clock.now()).expect("a demo issue").price
    }

    /// A limit buy far below the market.
    fn resting_buy(&self) -> OrderFields {
        let instrument = &self.market.instruments()[0];
        let mut price = self.price();
        for _ in 0..40 {
            price = tick_down(instrument.market, instrument.kind, kst_date(self.clock.now()), price);
        }
        OrderFields {
            symbol: symbol(),
            side: Side::Buy,
            order_type: OrderType::Limit,
            quantity: Qty(10),
            price: Some(price),
        }
    }
}

fn symbol() -> Symbol {
    "00I010".parse().expect("a valid code")
}

fn market_order(side: Side, quantity: i64) -> OrderFields {
    OrderFields { symbol: symbol(), side, order_type: OrderType::Market, quantity: Qty(quantity), price: None }
}

fn show(exchange: &PaperExchange, shown: &mut PortStream<FeedEvent>) {
    while let Some(event) = unconstrained(shown.next()).now_or_never().flatten() {
        exchange.on_feed(&event);
    }
}

impl Process {
    /// Shows shares for sale at a price, and nothing else.
    fn offer(&self, world: &World, price: Price) {
        let mut book = world.market.book(symbol(), world.clock.now()).expect("a demo issue");
        book.bids.clear();
        book.asks.truncate(1);
        book.asks[0] = Level { price, quantity: Qty(1_000) };
        self.exchange.on_feed(&FeedEvent::Book(book));
    }

    /// Lets the session react to everything that is there: feed, wake-up, broker.
    async fn settle(&mut self) {
        show(&self.exchange, &mut self.shown);
        while let Some(event) = unconstrained(self.session.market.next()).now_or_never().flatten() {
            self.session.handle(Input::Feed(event)).await.expect("the session goes on");
        }
        for input in [Input::Wake, Input::Tick, Input::BrokerHint(Vec::new())] {
            self.session.handle(input).await.expect("the session goes on");
        }
        while let Some(event) = unconstrained(self.session.market.next()).now_or_never().flatten() {
            self.session.handle(Input::Feed(event)).await.expect("the session goes on");
        }
    }

    async fn pass(&mut self, clock: &ManualClock, seconds: i64) {
        for _ in 0..seconds {
            clock.advance(TimeDelta::seconds(1));
            self.settle().await;
        }
    }
}
