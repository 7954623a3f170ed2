//! What holds only for an account at a broker elsewhere: the cap on cancels, orders that can be told from each other, and
//! days of which no calendar is known.

use exodus_domain::{Clock, LimitName, OrderFields, OrderState, OrderType, Price, Qty, RiskCode, Side};
use exodus_store::orders::Order;
use exodus_store::requests::{RequestAction, RequestAnswer};
use exodus_store::{kill_switches, limits};

use super::doubts::Elsewhere;
use super::symbol;

impl Elsewhere {
    /// Has an order of so many shares sent that rests far below the market.
    async fn rests(&mut self, quantity: i64) -> Order {
        let request = self.world.ask_order(OrderFields { quantity: Qty(quantity), ..self.world.resting_buy() }).await;
        self.settle().await;
        self.pass(2).await;
        self.world.order_of(&request).await
    }

    async fn cancel_by_hand(&mut self, order: &Order) -> Option<RequestAnswer> {
        let request = self.world.ask(RequestAction::Cancel { order_id: order.id }).await;
        self.settle().await;
        self.world.answer(&request).await
    }
}

#[tokio::test]
async fn cancels_beyond_the_cap_wait_and_a_person_is_told() {
    let mut desk = Elsewhere::open().await;
    let (user, id) = (desk.world.account.user_id, desk.world.account.id);
    let now = desk.world.clock.now();
    limits::set(&desk.world.store, (user, id), LimitName::MaxCancelsPerMinute, 1, false, now).await.expect("lowered");
    let (first, second) = (desk.rests(10).await, desk.rests(11).await);
    assert_eq!(desk.cancel_by_hand(&first).await, Some(RequestAnswer::CancelSent));
    let refused = desk.cancel_by_hand(&second).await;
    assert!(
        matches!(&refused, Some(RequestAnswer::CancelRefused { detail }) if detail.contains("minute")),
        "{refused:?}"
    );
    // A halt is carried out all the same, as soon as the cap lets it.
    desk.world.set_kill(exodus_domain::KillState::Halted).await;
    desk.pass(20).await;
    assert_eq!(desk.state(&second).await, OrderState::Acked);
    desk.pass(45).await;
    assert_eq!([desk.state(&first).await, desk.state(&second).await], [OrderState::Cancelled; 2]);
    assert_eq!(desk.broker.desk().cancels.len(), 2);
}

#[tokio::test]
async fn a_cancel_is_sent_after_a_fresh_list_and_not_for_what_is_gone() {
    let mut desk = Elsewhere::open().await;
    let order = desk.rests(10).await;
    {
        let mut played = desk.broker.desk();
        let price = order.fields.price.expect("a limit order");
        played.rows[0].facts.cum_qty = Qty(10);
        played.rows[0].facts.cum_amount = exodus_domain::Won(10 * price.0);
    }
    // Nobody has read a list for a while: the order was filled, and nothing is sent.
    desk.session.listed_at = desk.world.clock.now() - chrono::TimeDelta::seconds(6);
    let cause = exodus_store::orders::CancelCause::Person;
    assert_eq!(desk.session.cancel(&order, cause).await.expect("the session goes on"), None);
    assert!(desk.broker.desk().cancels.is_empty());
    assert_eq!(desk.state(&order).await, OrderState::Filled);
}

#[tokio::test]
async fn a_refused_cancel_says_nothing_of_the_order_and_the_third_is_the_last() {
    let mut desk = Elsewhere::open().await;
    let order = desk.rests(10).await;
    desk.broker.desk().refuses_cancels = true;
    for _ in 0..5 {
        desk.cancel_by_hand(&order).await;
        assert_eq!(desk.state(&order).await, OrderState::Acked, "neither gone nor filled");
        desk.pass(12).await;
    }
    assert_eq!(desk.broker.desk().cancels.len(), 3);
    desk.broker.desk().rows[0].facts.end = Some(exodus_domain::RowEnd::Cancelled);
    desk.pass(6).await;
    assert_eq!(desk.state(&order).await, OrderState::Cancelled, "the list has the last word");
}

#[tokio::test]
async fn of_two_equal_orders_the_second_is_lowered_unless_the_operator_does_not_want_it() {
    let mut desk = Elsewhere::open().await;
    let first = desk.rests(60).await;
    let second = desk.rests(60).await;
    assert_eq!([first.fields.quantity, second.fields.quantity], [Qty(60), Qty(59)]);
    let sent: Vec<Qty> = desk.broker.desk().rows.iter().map(|row| row.fields.quantity).collect();
    assert_eq!(sent, [Qty(60), Qty(59)], "what is written down is what is sent");
    let plain = Elsewhere::open_at("2026-11-20T10:00:00+09:00", false).await;
    let mut desk = plain;
    let (first, second) = (desk.rests(60).await, desk.rests(60).await);
    assert_eq!([first.fields.quantity, second.fields.quantity], [Qty(60); 2]);
}

#[tokio::test]
async fn without_a_calendar_of_the_year_the_account_is_closed() {
    let mut desk = Elsewhere::open_at("2028-01-04T10:00:00+09:00", true).await;
    // No market of ours has prices then, so the order is one of its own.
    let (order_type, price) = (OrderType::Limit, Some(Price(10_000)));
    let fields = OrderFields { symbol: symbol(), side: Side::Buy, order_type, quantity: Qty(10), price };
    let request = desk.world.ask_order(fields).await;
    while desk.world.answer(&request).await.is_none() {
        desk.pass(1).await;
    }
    let denial = desk.world.order_of(&request).await.denial.expect("denied");
    assert_eq!(denial.code, RiskCode::NotReady, "before all that is missing beside");
    assert!(denial.detail.contains("2028") && denial.detail.contains("closed"), "{denial}");
    assert!(desk.broker.desk().rows.is_empty());
    let halts = kill_switches::touching(&desk.world.store, desk.world.account.user_id).await.expect("a read");
    assert!(halts.is_empty(), "nobody has to clear anything once a version knows the year");
}
