//! Sessions on a real store, the demo market and the paper exchange, with a clock that is turned by hand.
//!
//! A crash is everything in memory being dropped; only the database file stays.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use exodus_domain::{
    Broker, Clock, FeedEvent, KillScope, KillState, OrderFields, OrderState, OrderType, PlaceAnswer, PortStream, Price,
    Qty, RiskCode, Side, Symbol, Won, tick_down,
};
use exodus_simulator::DemoMarket;
use exodus_store::accounts::Account;
use exodus_store::leases::Lease;
use exodus_store::orders::{ClaimOutcome, Creation, NewOrder, Order};
use exodus_store::requests::{NewRequest, OrderRequest, RequestAction, RequestAnswer, Submitted};
use exodus_store::signals::SignalFilter;
use exodus_store::strategies::StrategyFields;
use exodus_store::trades::TradeFilter;
use exodus_store::users::{NewUser, Role};
use exodus_store::{
    Durability, Page, Store, StoreUrl, accounts, holdings, instruments, kill_switches, leases, orders, requests,
    signals, strategies, trades, users,
};
use futures::{FutureExt, StreamExt};
use serde_json::json;
use tempfile::TempDir;
use tokio::task::unconstrained;

use super::{Input, Session, SessionDeps};
use crate::{DemoFeed, ManualClock, PaperBroker, PaperExchange, Timer};

const ALL: Page = Page { number: 1, size: 200 };

/// What survives a crash, and the clock.
struct World {
    store: Store,
    clock: Arc<ManualClock>,
    market: Arc<DemoMarket>,
    account: Account,
    _folder: TempDir,
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
        let start: DateTime<Utc> = "2026-11-20T10:00:00+09:00".parse().expect("an RFC 3339 time");
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
        let account = match accounts::of_user(&store, user.id).await.expect("readable") {
            Some(account) => account,
            None => accounts::open(&store, user.id, Won(100_000_000), start).await.expect("a new account"),
        };
        Self { store, clock, market, account, _folder: folder }
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
        use exodus_domain::MarketFeed;
        let exchange = Arc::new(PaperExchange::new(self.market.instruments(), self.timer()));
        let symbols: Vec<Symbol> = self.market.instruments().iter().map(|instrument| instrument.symbol).collect();
        let mut shown = self.feed().subscribe(&symbols);
        show(&exchange, &mut shown);
        (exchange, shown)
    }

    /// A fresh process.
    async fn start(&self) -> Process {
        let lease = self.lease().await;
        let (exchange, shown) = self.exchange().await;
        let broker =
            PaperBroker::open(Arc::clone(&exchange), self.store.clone(), self.account.id, self.clock.now()).await;
        let broker = Arc::new(broker.expect("the paper broker connects"));
        let session = self.open(Arc::clone(&broker), lease).await;
        Process { exchange, shown, broker, session }
    }

    async fn open(&self, broker: Arc<PaperBroker>, lease: Lease) -> Session {
        let deps = SessionDeps { store: self.store.clone(), clock: self.timer(), feed: Arc::new(self.feed()), broker };
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
        self.ask(RequestAction::Place { fields }).await
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
        orders::find(&self.store, id).await.expect("readable").expect("kept")
    }

    async fn trades(&self) -> Vec<trades::Trade> {
        trades::export(&self.store, self.account.user_id, &TradeFilter::default()).await.expect("readable")
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
            price = tick_down(instrument.market, instrument.kind, exodus_domain::kst_date(self.clock.now()), price);
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
    /// Lets the session react to everything that is there: feed, wake-up, broker.
    async fn settle(&mut self) {
        show(&self.exchange, &mut self.shown);
        while let Some(event) = unconstrained(self.session.market.next()).now_or_never().flatten() {
            self.session.handle(Input::Feed(event)).await.expect("the session goes on");
        }
        for input in [Input::Wake, Input::Tick, Input::BrokerHint] {
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

#[tokio::test]
async fn an_order_by_hand_is_sent_filled_and_booked_once() {
    let world = World::new().await;
    let mut process = world.start().await;
    let request = world.ask_order(market_order(Side::Buy, 10)).await;
    process.settle().await;
    process.pass(&world.clock, 2).await;
    let order = world.order_of(&request).await;
    assert_eq!((order.state, order.filled_quantity), (OrderState::Filled, Qty(10)));
    for _ in 0..3 {
        process.session.handle(Input::BrokerHint).await.expect("the session goes on");
    }
    let trades = world.trades().await;
    assert_eq!(trades.iter().map(|trade| trade.quantity).sum::<Qty>(), Qty(10));
    let paid: Won = trades.iter().map(|trade| trade.amount + trade.commission).sum();
    let account = accounts::find(&world.store, world.account.id).await.expect("readable").expect("kept");
    assert_eq!(account.cash, Won(100_000_000) - paid);
    assert_eq!(process.session.engine.portfolio().cash(), account.cash);
    let held = holdings::of_account(&world.store, world.account.id).await.expect("readable");
    assert_eq!(held.iter().map(|record| record.holding.quantity).collect::<Vec<_>>(), [Qty(10)]);
}

#[tokio::test]
async fn a_denied_order_is_kept_with_its_reason() {
    let world = World::new().await;
    let mut process = world.start().await;
    let request = world.ask_order(market_order(Side::Sell, 1)).await;
    process.settle().await;
    let order = world.order_of(&request).await;
    assert_eq!(order.state, OrderState::Denied);
    assert_eq!(order.denial.map(|denial| denial.code), Some(RiskCode::Sellable));
    let rows = process.broker.orders(order.trade_date).await.expect("a list");
    assert_eq!(rows, [], "nothing reached the broker");
}

#[tokio::test]
async fn a_resting_order_is_cancelled_by_hand() {
    let world = World::new().await;
    let mut process = world.start().await;
    let request = world.ask_order(world.resting_buy()).await;
    process.settle().await;
    let order = world.order_of(&request).await;
    assert_eq!(order.state, OrderState::Acked);
    let cancel = world.ask(RequestAction::Cancel { order_id: order.id }).await;
    process.settle().await;
    assert_eq!(world.answer(&cancel).await, Some(RequestAnswer::CancelSent));
    assert_eq!(world.order(order.id).await.state, OrderState::Cancelled);
    let again = world.ask(RequestAction::Cancel { order_id: order.id }).await;
    process.settle().await;
    assert!(matches!(world.answer(&again).await, Some(RequestAnswer::CancelRefused { .. })));
    assert_eq!(process.session.engine.portfolio().reserved(), Won::ZERO);
}

#[tokio::test]
async fn an_open_order_survives_a_crash_and_is_filled_later() {
    let world = World::new().await;
    let mut process = world.start().await;
    let request = world.ask_order(world.resting_buy()).await;
    process.settle().await;
    let order = world.order_of(&request).await;
    drop(process);
    let mut process = world.start().await;
    assert_eq!(world.order(order.id).await.state, OrderState::Acked);
    assert!(process.session.engine.portfolio().reserved().is_positive());
    // Somebody sells through our limit.
    let limit = order.fields.price.expect("a limit order");
    let mut book = world.market.book(symbol(), world.clock.now()).expect("a demo issue");
    book.bids.clear();
    book.asks.truncate(1);
    book.asks[0] = exodus_domain::Level { price: limit, quantity: Qty(1_000) };
    process.exchange.on_feed(&FeedEvent::Book(book));
    process.session.handle(Input::BrokerHint).await.expect("the session goes on");
    assert_eq!(world.order(order.id).await.state, OrderState::Filled);
    assert_eq!(world.trades().await.len(), 1);
}

/// An order that is written down and approved, as a session leaves it when it dies before the claim.
async fn written(world: &World) -> Order {
    let new = NewOrder {
        user_id: world.account.user_id,
        account_id: world.account.id,
        strategy_id: None,
        signal_id: None,
        request_id: None,
        fields: world.resting_buy(),
        inputs: json!({}),
    };
    match orders::create_order(&world.store, &new, world.clock.now()).await.expect("stored") {
        Creation::Created(order) => order,
        other => panic!("not created: {other:?}"),
    }
}

async fn claimed(world: &World, lease: &Lease) -> Order {
    let order = written(world).await;
    match orders::claim(&world.store, order.id, lease, world.clock.now()).await.expect("stored") {
        ClaimOutcome::Claimed(order) => order,
        other => panic!("not claimed: {other:?}"),
    }
}

#[tokio::test]
async fn killed_before_the_claim_an_order_is_not_sent() {
    let world = World::new().await;
    let order = written(&world).await;
    let mut process = world.start().await;
    process.pass(&world.clock, 20).await;
    assert_eq!(world.order(order.id).await.state, OrderState::NotSent);
    assert_eq!(process.broker.orders(order.trade_date).await, Ok(vec![]));
}

#[tokio::test]
async fn killed_after_the_claim_an_order_is_in_doubt_until_its_absence_is_proven() {
    let world = World::new().await;
    let lease = world.lease().await;
    let order = claimed(&world, &lease).await;
    leases::release(&world.store, &lease).await.expect("released");
    let mut process = world.start().await;
    assert_eq!(world.order(order.id).await.state, OrderState::Unknown);
    let locked = world.ask_order(world.resting_buy()).await;
    process.pass(&world.clock, 3).await;
    let denial = world.order_of(&locked).await.denial;
    assert_eq!(denial.map(|denial| denial.code), Some(RiskCode::OrderInDoubt), "the doubt blocks issue and side");
    process.pass(&world.clock, 10).await;
    assert_eq!(world.order(order.id).await.state, OrderState::NotFound);
    assert_eq!(process.broker.orders(order.trade_date).await, Ok(vec![]), "it was never sent again");
}

#[tokio::test]
async fn killed_after_the_send_an_order_is_found_in_the_list_and_bound() {
    let world = World::new().await;
    let process = world.start().await;
    let lease = process.session.lease.clone();
    let order = claimed(&world, &lease).await;
    let PlaceAnswer::Accepted(id) = process.broker.place(&order.fields).await else { panic!("not accepted") };
    // The broker lives on, the session dies before it could write the answer down.
    let Process { broker, session, .. } = process;
    drop(session);
    let _session = world.open(Arc::clone(&broker), lease).await;
    let found = world.order(order.id).await;
    assert_eq!((found.state, found.kis_order_id), (OrderState::Acked, Some(id)));
    assert_eq!(broker.orders(order.trade_date).await.map(|rows| rows.len()), Ok(1), "it was sent once");
}

#[tokio::test]
async fn two_fitting_rows_leave_the_doubt_to_a_person() {
    let world = World::new().await;
    let process = world.start().await;
    let lease = process.session.lease.clone();
    let order = claimed(&world, &lease).await;
    for _ in 0..2 {
        assert!(matches!(process.broker.place(&order.fields).await, PlaceAnswer::Accepted(_)));
    }
    let Process { broker, session, .. } = process;
    drop(session);
    let _session = world.open(broker, lease).await;
    assert_eq!(world.order(order.id).await.state, OrderState::Ambiguous);
}

#[tokio::test]
async fn a_halt_cancels_what_is_open_and_outlives_a_crash() {
    let world = World::new().await;
    let mut process = world.start().await;
    let request = world.ask_order(world.resting_buy()).await;
    process.settle().await;
    let order = world.order_of(&request).await;
    world.set_kill(KillState::Halted).await;
    process.settle().await;
    assert_eq!(world.order(order.id).await.state, OrderState::Cancelled);
    drop(process);
    let mut process = world.start().await;
    let request = world.ask_order(market_order(Side::Buy, 1)).await;
    process.settle().await;
    process.pass(&world.clock, 3).await;
    let denied = world.order_of(&request).await;
    assert_eq!((denied.state, denied.denial.map(|denial| denial.code)), (OrderState::Denied, Some(RiskCode::Halted)));
    world.set_kill(KillState::Active).await;
    let request = world.ask_order(market_order(Side::Buy, 1)).await;
    process.settle().await;
    process.pass(&world.clock, 3).await;
    assert_eq!(world.order_of(&request).await.state, OrderState::Filled);
}

#[tokio::test]
async fn killed_between_a_halt_and_its_cancels_the_next_start_cancels() {
    let world = World::new().await;
    let mut process = world.start().await;
    let request = world.ask_order(world.resting_buy()).await;
    process.settle().await;
    let order = world.order_of(&request).await;
    drop(process);
    world.set_kill(KillState::Halted).await;
    let _process = world.start().await;
    assert_eq!(world.order(order.id).await.state, OrderState::Cancelled);
}

#[tokio::test]
async fn the_kill_switch_is_read_again_at_the_claim() {
    let world = World::new().await;
    let process = world.start().await;
    let order = written(&world).await;
    // The engine has not heard of it yet.
    world.set_kill(KillState::Halted).await;
    let sent = process.session.executor.send(order.id, &process.session.lease).await.expect("answered");
    assert_eq!(sent.state, OrderState::NotSent);
    assert_eq!(process.broker.orders(order.trade_date).await, Ok(vec![]));
}

#[tokio::test]
async fn who_lost_the_lease_sends_nothing() {
    let world = World::new().await;
    let process = world.start().await;
    let order = written(&world).await;
    let stale = process.session.lease.clone();
    leases::release(&world.store, &stale).await.expect("released");
    let name = stale.name.clone();
    leases::acquire(&world.store, &name, "other", world.clock.now()).await.expect("readable").expect("free");
    assert!(process.session.executor.send(order.id, &stale).await.is_err());
    assert_eq!(world.order(order.id).await.state, OrderState::Created);
    assert_eq!(process.broker.orders(order.trade_date).await, Ok(vec![]));
}

#[tokio::test]
async fn open_orders_expire_with_the_day() {
    let world = World::new().await;
    world.clock.advance(TimeDelta::hours(14) - TimeDelta::seconds(10));
    let mut process = world.start().await;
    let request = world.ask_order(world.resting_buy()).await;
    process.settle().await;
    let order = world.order_of(&request).await;
    assert_eq!(order.state, OrderState::Acked);
    process.pass(&world.clock, 20).await;
    assert_eq!(world.order(order.id).await.state, OrderState::Expired);
}

async fn activate_momentum(world: &World) -> i64 {
    let fields = StrategyFields {
        name: "fast".to_owned(),
        description: String::new(),
        strategy_type: "momentum".to_owned(),
        parameters: json!({
            "interval": "1m", "lookback": 1, "entry_threshold_percent": 0.0, "exit_threshold_percent": 0.0,
            "position_size_percent": 5.0,
        }),
        symbols: vec![symbol(), "00O010".parse().expect("a valid code")],
    };
    let (user_id, now) = (world.account.user_id, world.clock.now());
    let strategy = strategies::create(&world.store, user_id, &fields, now).await.expect("stored");
    strategies::set_active(&world.store, user_id, strategy.id, true, now).await.expect("activated");
    strategy.id
}

#[tokio::test]
async fn a_strategy_goes_from_the_feed_to_a_holding() {
    let world = World::new().await;
    let strategy_id = activate_momentum(&world).await;
    let mut process = world.start().await;
    process.pass(&world.clock, 600).await;
    let filter = SignalFilter { strategy_id: Some(strategy_id), symbol: None };
    let found = signals::list(&world.store, world.account.user_id, &filter, ALL).await.expect("readable");
    assert!(found.total > 0, "ten minutes without a signal");
    let trades = world.trades().await;
    assert!(!trades.is_empty(), "no trade");
    for trade in &trades {
        let order = world.order(trade.order_id).await;
        assert_eq!(order.strategy_id, Some(strategy_id));
        assert!(order.signal_id.is_some());
    }
    // The books of the engine and of the store are the same, to the won.
    let account = accounts::find(&world.store, world.account.id).await.expect("readable").expect("kept");
    assert_eq!(process.session.engine.portfolio().cash(), account.cash);
    let mut held = holdings::of_account(&world.store, world.account.id).await.expect("readable");
    held.sort_by_key(|record| record.holding.symbol);
    let mut engine: Vec<_> =
        process.session.engine.portfolio().holdings().filter(|h| h.quantity.is_positive()).copied().collect();
    engine.sort_by_key(|holding| holding.symbol);
    assert_eq!(held.into_iter().map(|record| record.holding).collect::<Vec<_>>(), engine);
}

#[tokio::test]
async fn a_restart_gives_each_bar_one_signal_and_keeps_the_books() {
    let world = World::new().await;
    let strategy_id = activate_momentum(&world).await;
    for _ in 0..6 {
        let mut process = world.start().await;
        process.pass(&world.clock, 75).await;
    }
    let process = world.start().await;
    let filter = SignalFilter { strategy_id: Some(strategy_id), symbol: None };
    let found = signals::list(&world.store, world.account.user_id, &filter, ALL).await.expect("readable");
    assert!(found.total > 0);
    let trades = world.trades().await;
    let account = accounts::find(&world.store, world.account.id).await.expect("readable").expect("kept");
    let flow: Won = trades
        .iter()
        .map(|trade| match trade.side {
            Side::Buy => -(trade.amount + trade.commission + trade.tax),
            Side::Sell => trade.amount - trade.commission - trade.tax,
        })
        .sum();
    assert_eq!(account.cash, Won(100_000_000) + flow);
    assert_eq!(process.session.engine.portfolio().cash(), account.cash);
}

#[tokio::test]
async fn a_deactivated_strategy_stops_and_a_session_without_work_is_idle() {
    let world = World::new().await;
    let strategy_id = activate_momentum(&world).await;
    let mut process = world.start().await;
    process.settle().await;
    assert_eq!(process.session.strategies.len(), 1);
    let (user_id, now) = (world.account.user_id, world.clock.now());
    strategies::set_active(&world.store, user_id, strategy_id, false, now).await.expect("stored");
    process.settle().await;
    assert!(process.session.strategies.is_empty());
    process.pass(&world.clock, 10).await;
    let is_open = !orders::open(&world.store, world.account.id).await.expect("readable").is_empty();
    assert_eq!(process.session.idle_since.is_none(), is_open);
}
