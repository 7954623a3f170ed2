//! What is left after a crash at each step of an order's way, and after losing the right to act.

use std::sync::Arc;

use chrono::TimeDelta;
use exodus_domain::{Broker, Clock, KillState, OrderAnswer, OrderState, RiskCode, Side, UnsentProof};
use exodus_store::leases::{self, Lease};
use exodus_store::orders::{self, ClaimOutcome, Creation, NewOrder, Order};
use serde_json::json;

use super::super::Input;
use super::{Process, World, market_order, place};

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
    process.offer(&world, limit);
    process.session.handle(Input::BrokerHint(Vec::new())).await.expect("the session goes on");
    assert_eq!(world.order(order.id).await.state, OrderState::Filled);
    assert_eq!(world.trades().await.len(), 1);
}

/// An order that is written down and approved, as a session leaves it when it dies before the claim.
async fn written(world: &World) -> Order {
    let new = NewOrder {
        user_id: world.account.user_id,
        account_id: world.account.id,
        strategy_id: None,
        signal: None,
        request_id: None,
        fields: world.resting_buy(),
        commission: None,
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
        ClaimOutcome::Claimed { order, .. } => order,
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
    let OrderAnswer::Accepted(id) = place(&process.broker, &order.fields).await else { panic!("not accepted") };
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
        assert!(matches!(place(&process.broker, &order.fields).await, OrderAnswer::Accepted(_)));
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
    let sent = process.session.executor.send(&order, &process.session.lease).await.expect("answered");
    assert_eq!(sent.order.state, OrderState::NotSent);
    assert_eq!(process.broker.orders(order.trade_date).await, Ok(vec![]));
}

#[tokio::test]
async fn a_lease_that_is_about_to_end_lets_nothing_out() {
    let world = World::new().await;
    let process = world.start().await;
    let send = async |seconds: i64| {
        let order = written(&world).await;
        let mut lease = process.session.lease.clone();
        lease.expires_at = world.clock.now() + TimeDelta::seconds(seconds);
        process.session.executor.send(&order, &lease).await.expect("answered").order
    };
    let order = send(4).await;
    assert_eq!(order.state, OrderState::NotSent, "it was claimed, and the claim is no longer worth a byte (T8)");
    let attempts = orders::attempts_of(&world.store, order.id).await.expect("readable");
    assert_eq!(
        attempts.iter().map(|one| (one.wrote_bytes, one.proof)).collect::<Vec<_>>(),
        [(Some(false), Some(UnsentProof::NoBytes))]
    );
    assert_eq!(process.broker.orders(order.trade_date).await, Ok(vec![]));
    assert_eq!(send(5).await.state, OrderState::Acked);
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
    assert!(process.session.executor.send(&order, &stale).await.is_err());
    assert_eq!(world.order(order.id).await.state, OrderState::Created);
    assert_eq!(process.broker.orders(order.trade_date).await, Ok(vec![]));
}
