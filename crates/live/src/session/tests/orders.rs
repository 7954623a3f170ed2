//! Orders by hand, from the request to the books.

use std::collections::HashMap;

use chrono::TimeDelta;
use exodus_domain::{
    Broker, Clock, CommissionSchedule, CommissionTerms, IssueState, IssueStates, OrderState, Price, Qty, RiskCode,
    Side, Won, kst_date,
};
use exodus_store::requests::{RequestAction, RequestAnswer};
use exodus_store::{accounts, holdings, snapshots};

use super::super::Input;
use super::{World, market_order, symbol};
use crate::take_snapshot;

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
        process.session.handle(Input::BrokerHint(Vec::new())).await.expect("the session goes on");
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
async fn a_request_that_waited_for_a_worker_still_waits_for_a_price() {
    let world = World::new().await;
    let request = world.ask_order(market_order(Side::Buy, 10)).await;
    world.clock.advance(TimeDelta::seconds(20));
    let mut process = world.start().await;
    assert_eq!(world.answer(&request).await, None, "not denied for want of a price that is on its way");
    process.pass(&world.clock, 2).await;
    assert_eq!(world.order_of(&request).await.state, OrderState::Filled);
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

#[tokio::test]
async fn the_broker_s_balance_is_the_store_s_less_what_open_buys_hold_back() {
    let world = World::new().await;
    let mut process = world.start().await;
    world.ask_order(market_order(Side::Buy, 10)).await;
    process.settle().await;
    process.pass(&world.clock, 2).await;
    let resting = world.resting_buy();
    let held_back = resting.price.expect("a limit order") * resting.quantity;
    world.ask_order(resting).await;
    process.settle().await;
    let account = accounts::find(&world.store, world.account.id).await.expect("readable").expect("kept");
    let balance = process.broker.balance().await.expect("an answer");
    assert_eq!((balance.cash, balance.orderable_cash), (account.cash, account.cash - held_back));
    assert_eq!(balance.holdings.iter().map(|holding| holding.quantity).collect::<Vec<_>>(), [Qty(10)]);
}

#[tokio::test]
async fn a_snapshot_says_what_the_account_is_worth_and_is_replaced_on_the_same_day() {
    let world = World::new().await;
    let mut process = world.start().await;
    world.ask_order(market_order(Side::Buy, 10)).await;
    process.settle().await;
    process.pass(&world.clock, 2).await;
    let account = accounts::find(&world.store, world.account.id).await.expect("readable").expect("kept");
    let date = kst_date(world.clock.now());
    for price in [Price(100_000), Price(110_000)] {
        let tx = world.store.begin().await.expect("a transaction");
        let prices = HashMap::from([(symbol(), price)]);
        assert_eq!(holdings::mark(&tx, &prices, world.clock.now()).await.expect("stored"), 1);
        assert_eq!(holdings::mark(&tx, &prices, world.clock.now()).await.expect("no news"), 0);
        tx.commit().await.expect("committed");
        let snapshot = take_snapshot(&world.store, &account, date).await.expect("stored");
        assert_eq!(snapshot.stock_value, price * Qty(10));
        assert_eq!(snapshot.total_assets, account.cash + snapshot.stock_value);
        let gained = snapshot.realized_pnl + snapshot.unrealized_pnl;
        assert_eq!(snapshot.total_assets, account.initial_cash + gained, "the books balance to the won");
    }
    let kept = snapshots::range(&world.store, account.user_id, Some(date), Some(date)).await.expect("readable");
    assert_eq!(kept.iter().map(|snapshot| snapshot.stock_value).collect::<Vec<_>>(), [Won(1_100_000)]);
}

#[tokio::test]
async fn an_issue_that_is_halted_during_the_day_takes_no_further_order() {
    let world = World::new().await;
    let mut process = world.start().await;
    let before = world.ask_order(market_order(Side::Buy, 10)).await;
    process.settle().await;
    process.pass(&world.clock, 2).await;
    assert_eq!(world.order_of(&before).await.state, OrderState::Filled);

    world.import_states(symbol(), [IssueState::Halted].into_iter().collect()).await;
    let halted = world.ask_order(market_order(Side::Buy, 10)).await;
    process.settle().await;
    let denied = world.order_of(&halted).await;
    assert_eq!(denied.state, OrderState::Denied);
    assert_eq!(denied.denial.map(|denial| denial.code), Some(RiskCode::Restricted));

    world.import_states(symbol(), IssueStates::default()).await;
    let after = world.ask_order(market_order(Side::Buy, 10)).await;
    process.settle().await;
    process.pass(&world.clock, 2).await;
    assert_eq!(world.order_of(&after).await.state, OrderState::Filled, "trading has resumed");
}

#[tokio::test]
async fn an_order_under_way_keeps_its_commission_and_the_next_one_pays_what_was_agreed_since() {
    let world = World::new().await;
    let mut process = world.start().await;
    let resting = world.ask_order(world.resting_buy()).await;
    process.settle().await;
    let reserved = process.session.engine.portfolio().reserved();
    let own = CommissionSchedule { minimum: Won(5_000), ..CommissionSchedule::of_rate(10_000_000) };
    accounts::set_commission(&world.store, world.account.id, CommissionTerms::Custom(own)).await.expect("stored");

    let request = world.ask_order(market_order(Side::Buy, 10)).await;
    process.settle().await;
    process.pass(&world.clock, 2).await;
    let next = world.order_of(&request).await;
    assert_eq!((next.state, next.commission), (OrderState::Filled, own.commission(next.filled_amount)));
    assert_eq!(process.session.engine.portfolio().reserved(), reserved, "held back as it was agreed");

    // The process dies: what the open order pays is known from the store alone.
    drop(process);
    let mut process = world.start().await;
    assert_eq!(process.session.engine.portfolio().reserved(), reserved);
    let limit = world.order_of(&resting).await.fields.price.expect("a limit order");
    process.offer(&world, limit);
    process.session.handle(Input::BrokerHint(Vec::new())).await.expect("the session goes on");
    let first = world.order_of(&resting).await;
    assert_eq!(first.state, OrderState::Filled);
    assert_eq!(first.commission, CommissionSchedule::bankis().commission(first.filled_amount));

    let paid: Won = world.trades().await.iter().map(|trade| trade.amount + trade.commission).sum();
    let account = accounts::find(&world.store, world.account.id).await.expect("readable").expect("kept");
    assert_eq!(account.cash, Won(100_000_000) - paid, "the ledger is exact to the won");
    assert_eq!(process.session.engine.portfolio().cash(), account.cash);
}
