//! A broker that fails when it is told to, behind its circuit, on a real store.

use std::collections::BTreeMap;
use std::sync::atomic::AtomicUsize;

use exodus_domain::{CircuitCause, Clock, OrderFields, OrderType, Price, Qty, Side, Won};
use exodus_simulator::DemoMarket;
use exodus_store::users::{self, NewUser, Role};
use exodus_store::{Durability, StoreUrl, accounts};
use futures::StreamExt;

use super::*;
use crate::{DemoFeed, ManualClock};

#[derive(Default)]
struct Moody {
    is_down: AtomicBool,
    reads: AtomicUsize,
    sent: AtomicUsize,
}

struct MoodyLine(Arc<Moody>);

#[async_trait]
impl OrderLine for MoodyLine {
    async fn send(self: Box<Self>) -> Sent {
        self.0.sent.fetch_add(1, Ordering::Relaxed);
        if self.0.is_down.load(Ordering::Relaxed) {
            OrderAnswer::Unknown("no answer".to_owned()).into()
        } else {
            OrderAnswer::Refused { code: "APBK0919".to_owned(), message: "no".to_owned() }.into()
        }
    }
}

struct MoodyBroker(Arc<Moody>);

impl MoodyBroker {
    fn read<T>(&self, good: T) -> Result<T, NoAnswer> {
        self.0.reads.fetch_add(1, Ordering::Relaxed);
        if self.0.is_down.load(Ordering::Relaxed) { Err(NoAnswer("no answer".to_owned())) } else { Ok(good) }
    }
}

#[async_trait]
impl Broker for MoodyBroker {
    async fn open_line(&self, _: &BrokerRequest) -> Result<Box<dyn OrderLine>, String> {
        Ok(Box::new(MoodyLine(Arc::clone(&self.0))))
    }

    async fn orders(&self, _: NaiveDate) -> Result<Vec<BrokerOrder>, NoAnswer> {
        self.read(Vec::new())
    }

    async fn balance(&self) -> Result<BrokerBalance, NoAnswer> {
        self.read(BrokerBalance {
            cash: Won::ZERO,
            orderable_cash: Won::ZERO,
            holdings: Vec::new(),
            sellable: BTreeMap::new(),
        })
    }

    fn notices(&self) -> PortStream<BrokerOrderId> {
        futures::stream::pending().boxed()
    }
}

struct Place {
    store: Store,
    clock: Arc<ManualClock>,
    moody: Arc<Moody>,
    account_id: i64,
    _folder: tempfile::TempDir,
}

impl Place {
    async fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let url = StoreUrl::Sqlite(folder.path().join("exodus.db"));
        let store = Store::connect(&url, Durability::RelaxedForTests).await.expect("a database");
        store.migrate_up().await.expect("tables");
        let clock = Arc::new(ManualClock::new("2026-11-23T10:00:00+09:00".parse().expect("a time")));
        let new = NewUser { email: "kim@example.com".into(), hashed_password: "x".into(), full_name: "Kim".into() };
        let user = users::create(&store, &new, Role::User, clock.now()).await.expect("a user");
        let account = accounts::open(&store, user.id, Won(1_000_000), clock.now()).await.expect("an account");
        Self { store, clock, moody: Arc::default(), account_id: account.id, _folder: folder }
    }

    /// As a process that starts has it.
    async fn process(&self) -> (Arc<dyn Broker>, Arc<Breaker>) {
        let clock: Arc<dyn Timer> = Arc::clone(&self.clock) as _;
        let feed = DemoFeed::new(Arc::new(DemoMarket::new(1)), Arc::clone(&clock));
        let connection = Connection::in_house(Arc::new(MoodyBroker(Arc::clone(&self.moody))), Arc::new(feed));
        let guarded = Breaker::guard(&self.store, &clock, self.account_id, connection).await;
        let (connection, breaker) = guarded.expect("the circuit is read");
        (connection.broker, breaker)
    }

    fn set_down(&self, is_down: bool) {
        self.moody.is_down.store(is_down, Ordering::Relaxed);
    }

    fn pass(&self, seconds: i64) {
        self.clock.advance(TimeDelta::seconds(seconds));
    }

    /// Does something that may have to wait for its turn, while the clock goes on.
    async fn patiently<T>(&self, work: impl Future<Output = T>) -> T {
        tokio::pin!(work);
        loop {
            tokio::select! {
                biased;
                done = &mut work => return done,
                () = tokio::task::yield_now() => self.clock.advance(TimeDelta::milliseconds(10)),
            }
        }
    }
}

fn buy() -> BrokerRequest {
    BrokerRequest::New(OrderFields {
        symbol: "005930".parse().expect("a code"),
        side: Side::Buy,
        order_type: OrderType::Limit,
        quantity: Qty(1),
        price: Some(Price(70_000)),
    })
}

async fn send(broker: &dyn Broker, request: &BrokerRequest) -> Result<OrderAnswer, String> {
    Ok(broker.open_line(request).await?.send().await.answer)
}

fn today(place: &Place) -> NaiveDate {
    exodus_domain::kst_date(place.clock.now())
}

async fn cause(place: &Place) -> Option<CircuitCause> {
    let stored = circuits::get(&place.store, place.account_id).await.expect("readable");
    stored.record.opening.map(|opening| opening.cause)
}

#[tokio::test]
async fn two_orders_without_an_answer_stop_the_third_over_a_restart_until_the_broker_has_proven_itself() {
    let place = Place::new().await;
    let (broker, breaker) = place.process().await;
    place.set_down(true);
    for _ in 0..2 {
        assert!(matches!(send(broker.as_ref(), &buy()).await, Ok(OrderAnswer::Unknown(_))));
        place.pass(1);
    }
    assert!(!breaker.is_closed());
    assert!(send(broker.as_ref(), &buy()).await.is_err(), "nothing is written");
    assert_eq!((place.moody.sent.load(Ordering::Relaxed), cause(&place).await), (2, Some(CircuitCause::UnknownOrders)));

    place.set_down(false);
    let (broker, breaker) = place.process().await;
    assert!(!breaker.is_closed() && !breaker.is_tried().await, "a restart does not close it");
    assert!(send(broker.as_ref(), &buy()).await.is_err());
    place.pass(31);
    assert!(breaker.is_tried().await);
    for _ in 0..3 {
        place.patiently(broker.orders(today(&place))).await.expect("a list");
    }
    place.patiently(broker.balance()).await.expect("a balance");
    breaker.tell(&CircuitEvent::Reconciled { unresolved: 1 }).await;
    assert!(!breaker.is_closed(), "an order is in doubt");
    breaker.tell(&CircuitEvent::Reconciled { unresolved: 0 }).await;
    assert!(breaker.is_closed());
    assert!(matches!(send(broker.as_ref(), &buy()).await, Ok(OrderAnswer::Refused { .. })));
    assert_eq!(cause(&place).await, None);
}

#[tokio::test]
async fn failures_count_over_restarts_and_refusals_are_none() {
    let place = Place::new().await;
    let (broker, breaker) = place.process().await;
    for _ in 0..20 {
        send(broker.as_ref(), &buy()).await.expect("an answer");
        place.pass(1);
    }
    assert!(breaker.is_closed(), "a broker that refuses is a broker that answers");
    place.set_down(true);
    place.pass(60);
    for n in 0..5 {
        let (broker, breaker) = place.process().await;
        assert!(breaker.is_closed(), "{n} failures");
        broker.orders(today(&place)).await.expect_err("no answer");
    }
    assert_eq!(cause(&place).await, Some(CircuitCause::FailuresInRow));
}

#[tokio::test]
async fn while_it_is_open_reads_go_on_about_once_a_second() {
    let place = Place::new().await;
    let (broker, breaker) = place.process().await;
    breaker.tell(&CircuitEvent::Breached("planted".to_owned())).await;
    let started = place.clock.now();
    for _ in 0..10 {
        place.patiently(broker.orders(today(&place))).await.expect("a list");
    }
    let took = place.clock.now() - started;
    assert!(took >= TimeDelta::seconds(9) && took < TimeDelta::seconds(13), "{took}");
    let cancel = BrokerRequest::Cancel(BrokerOrderId("1".to_owned()));
    place.patiently(send(broker.as_ref(), &cancel)).await.expect("cancels go on");
}

#[tokio::test]
async fn a_session_hears_what_a_person_told_the_stored_circuit() {
    let place = Place::new().await;
    let (_, breaker) = place.process().await;
    breaker.tell(&CircuitEvent::Breached("planted".to_owned())).await;
    place.pass(3_600);
    assert!(!breaker.is_tried().await, "only a person lets it be tried");
    let now = place.clock.now();
    circuits::tell(&place.store, place.account_id, &CircuitEvent::Released, "user:1", now).await.expect("told");
    breaker.refresh().await;
    assert!(breaker.is_tried().await);
}
