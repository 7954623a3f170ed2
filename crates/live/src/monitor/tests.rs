//! Rows that a defect of the order path would leave behind, planted round it.

use std::time::Duration;

use exodus_domain::{Clock, OrderFields, OrderType, Price, Qty, Side};
use exodus_store::accounts::{self, Account};
use exodus_store::orders::{self, Creation, NewOrder};
use exodus_store::users::{self, NewUser, Role};
use exodus_store::{Durability, StoreUrl, leases};
use sea_orm::{ConnectionTrait, Database, DatabaseConnection};

use super::*;
use crate::SystemClock;

const HARD_CAP: Won = Won(50_000_000);
const TIME: &str = "'2026-11-20 01:00:00+00:00'";

struct Place {
    store: Store,
    raw: DatabaseConnection,
    account: Account,
    _folder: tempfile::TempDir,
}

impl Place {
    async fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("exodus.db");
        let url = StoreUrl::Sqlite(path.clone());
        let store = Store::connect(&url, Durability::RelaxedForTests).await.expect("a database");
        store.migrate_up().await.expect("tables");
        let raw = Database::connect(format!("sqlite:{}", path.display())).await.expect("it opens twice");
        let now = SystemClock.now();
        let new = NewUser { email: "kim@example.com".into(), hashed_password: "x".into(), full_name: "Kim".into() };
        let user = users::create(&store, &new, Role::User, now).await.expect("a user");
        let account = accounts::open(&store, user.id, Won(100_000_000), now).await.expect("an account");
        Self { store, raw, account, _folder: folder }
    }

    async fn written(&self, quantity: i64) -> i64 {
        let fields = OrderFields {
            symbol: "005930".parse().expect("a code"),
            side: Side::Buy,
            order_type: OrderType::Limit,
            quantity: Qty(quantity),
            price: Some(Price(70_000)),
        };
        let new = NewOrder {
            user_id: self.account.user_id,
            account_id: self.account.id,
            strategy_id: None,
            signal: None,
            request_id: None,
            fields,
            commission: None,
            inputs: json!({}),
        };
        match orders::create_order(&self.store, &new, SystemClock.now()).await.expect("stored") {
            Creation::Created(order) => order.id,
            other => panic!("not written: {other:?}"),
        }
    }

    /// An order that was claimed once, as the executor does.
    async fn sent(&self, quantity: i64) -> i64 {
        let id = self.written(quantity).await;
        let name = format!("account:{}", self.account.id);
        let now = SystemClock.now();
        let lease = leases::acquire(&self.store, &name, "test", now).await.expect("readable").expect("free");
        orders::claim(&self.store, id, &lease, now).await.expect("claimed");
        leases::release(&self.store, &lease).await.expect("released");
        id
    }

    async fn plant(&self, sql: &str) {
        self.raw.execute_unprepared(sql).await.expect(sql);
    }

    async fn state(&self) -> KillState {
        kill_switches::effective(&self.store, self.account.user_id, self.account.id, None).await.expect("readable")
    }

    async fn look(&self, hard_cap: Won) -> usize {
        look(&self.store, hard_cap, SystemClock.now()).await.expect("it looks")
    }
}

fn row(account: &Account, order_id: i64, quantity: i64, price: i64) -> String {
    let date = kst_date(SystemClock.now());
    format!(
        "INSERT INTO broker_orders (account_id, trade_date, broker_order_id, order_id, symbol, side, order_type, quantity, \
         price, cum_quantity, cum_amount, accepted_at, first_seen_at, seen_at) VALUES ({}, '{date}', '{order_id}', \
         {order_id}, '005930', 'buy', 'limit', {quantity}, {price}, 0, 0, {TIME}, {TIME}, {TIME})",
        account.id
    )
}

/// The claim that the executor would not make.
fn second_attempt(order_id: i64) -> String {
    format!("INSERT INTO order_attempts (order_id, n, request_hash, claimed_at) VALUES ({order_id}, 2, 'x', {TIME})")
}

/// What must not be, by the story of how it came to be.
async fn stories() -> Vec<(&'static str, Place, Won)> {
    let mut stories = Vec::new();
    let place = Place::new().await;
    let id = place.sent(10).await;
    place.plant(&second_attempt(id)).await;
    stories.push(("sent twice", place, HARD_CAP));

    let place = Place::new().await;
    let id = place.sent(10).await;
    place.plant(&format!("DELETE FROM risk_decisions WHERE order_id = {id}")).await;
    stories.push(("sent without a decision", place, HARD_CAP));

    let place = Place::new().await;
    let id = place.sent(10).await;
    place.plant(&format!("UPDATE risk_decisions SET fields_hash = 'other' WHERE order_id = {id}")).await;
    stories.push(("sent by the decision of another order", place, HARD_CAP));

    let place = Place::new().await;
    let id = place.written(10).await;
    place.plant(&row(&place.account, id, 10, 70_000)).await;
    stories.push(("at the broker and never sent", place, HARD_CAP));

    let place = Place::new().await;
    let id = place.sent(10).await;
    place.plant(&row(&place.account, id, 11, 70_000)).await;
    stories.push(("at the broker with another quantity", place, HARD_CAP));

    let place = Place::new().await;
    place.sent(10).await;
    stories.push(("above the hard cap", place, Won(699_999)));
    stories
}

#[tokio::test]
async fn each_kind_of_breach_halts_the_account_once() {
    for (story, place, hard_cap) in stories().await {
        assert!(place.look(hard_cap).await > 0, "{story}");
        assert_eq!(place.state().await, KillState::Halted, "{story}");
        let circuit = circuits::get(&place.store, place.account.id).await.expect("readable");
        assert!(circuit.record.opening.is_some_and(|opening| opening.needs_person), "{story}");
        // A person looks and lets trading go on: the same finding does not halt it again.
        let (scope, id, now) = (KillScope::Account, place.account.id, SystemClock.now());
        kill_switches::set(&place.store, scope, id, KillState::Active, "seen", Some(place.account.user_id), now)
            .await
            .expect("cleared");
        assert_eq!(place.look(hard_cap).await, 0, "{story}");
        assert_eq!(place.state().await, KillState::Active, "{story}");
    }
}

#[tokio::test]
async fn what_is_right_halts_nothing() {
    let place = Place::new().await;
    let sent = place.sent(10).await;
    place.plant(&row(&place.account, sent, 10, 70_000)).await;
    place.plant(&format!("UPDATE orders SET state = 'acked' WHERE id = {sent}")).await;
    assert_eq!(place.look(HARD_CAP).await, 0, "one order, one row");
    // Two attempts, of which the first is proven to have written nothing.
    let retried = place.sent(5).await;
    place.plant(&format!("UPDATE order_attempts SET proof = 'p1' WHERE order_id = {retried}")).await;
    place.plant(&second_attempt(retried)).await;
    assert_eq!(place.look(HARD_CAP).await, 0, "an attempt that is proven unsent");
    assert_eq!(place.state().await, KillState::Active);
}

#[tokio::test(flavor = "multi_thread")]
async fn it_halts_within_two_seconds() {
    let place = Place::new().await;
    let id = place.sent(10).await;
    let watching = tokio::spawn(watch(place.store.clone(), Arc::new(SystemClock)));
    tokio::time::sleep(Duration::from_millis(1_300)).await;
    assert_eq!(place.state().await, KillState::Active);
    place.plant(&second_attempt(id)).await;
    let planted = SystemClock.now();
    while place.state().await != KillState::Halted {
        let took = SystemClock.now() - planted;
        assert!(took < TimeDelta::seconds(2), "not halted after {took}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    watching.abort();
}
