//! The checks.

use std::collections::HashSet;
use std::time::Duration;

use chrono::TimeDelta;
use exodus_domain::{BrokerOrderId, OrderAnswer, OrderState, Price, Qty, RowEnd, Side, Won, kst_date};
use futures::StreamExt;

use crate::rig::Rig;

pub(crate) async fn a_limit_order_below_the_market_rests(rig: &Rig) {
    let order = rig.order(Side::Buy, 10, Some(rig.prices().lower));
    let sent_at = rig.now();
    let id = rig.accepted(&order).await;
    let row = rig.row(&id).await;
    assert_eq!((row.fields, row.facts.state()), (order, OrderState::Acked));
    // The broker tells whole seconds.
    assert!((row.accepted_at - sent_at).abs() <= TimeDelta::seconds(2), "{} after {sent_at}", row.accepted_at);
}

pub(crate) async fn a_market_order_is_filled(rig: &Rig) {
    let order = rig.order(Side::Buy, 10, None);
    let id = rig.accepted(&order).await;
    let row = rig.row_when(&id, |row| row.facts.state() == OrderState::Filled).await;
    assert_eq!((row.fields.order_type, row.fields.price), (order.order_type, None));
    assert_eq!(row.facts.cum_qty, Qty(10));
    let prices = rig.prices();
    let (least, most) = (prices.lower * Qty(10), prices.upper * Qty(10));
    assert!((least..=most).contains(&row.facts.cum_amount), "{} won", row.facts.cum_amount);
}

pub(crate) async fn an_order_larger_than_the_book_is_filled_in_part(rig: &Rig) {
    let ask = rig.prices().ask;
    // As much more as the cash of the account allows.
    let affordable = 90_000_000 / ask.price.0;
    assert!(affordable > ask.quantity.0, "the best offer alone is {ask:?}");
    let order = rig.order(Side::Buy, affordable, Some(ask.price));
    let id = rig.accepted(&order).await;
    let row = rig.row_when(&id, |row| row.facts.state() != OrderState::Acked).await;
    assert_eq!(row.facts.state(), OrderState::Partial);
    assert!(row.facts.cum_amount <= ask.price * row.facts.cum_qty, "nobody pays more than the limit");
    assert!(matches!(rig.cancel(&id).await, OrderAnswer::Accepted(_)));
    let ended = rig.row_when(&id, |row| row.facts.end.is_some()).await;
    assert_eq!(ended.facts.end, Some(RowEnd::Cancelled));
    assert!(ended.facts.cum_qty >= row.facts.cum_qty, "what was filled stays filled");
}

pub(crate) async fn a_cancel_ends_the_open_rest_once(rig: &Rig) {
    let id = rig.accepted(&rig.order(Side::Buy, 10, Some(rig.prices().lower))).await;
    assert!(matches!(rig.cancel(&id).await, OrderAnswer::Accepted(_)));
    let row = rig.row_when(&id, |row| row.facts.end.is_some()).await;
    assert_eq!((row.facts.end, row.facts.cum_qty), (Some(RowEnd::Cancelled), Qty::ZERO));
    // Nothing is open any more, and of another number nothing ever was.
    let unknown = BrokerOrderId(id.0.chars().map(|c| if c == '0' { '9' } else { c }).collect());
    for gone in [&id, &unknown] {
        let again = rig.cancel(gone).await;
        assert!(!matches!(again, OrderAnswer::Accepted(_)), "{gone:?}");
    }
    let new = rig.orders().await.into_iter().filter(|row| row.original.is_none()).count();
    assert_eq!(new, 1, "a cancel is no order");
}

pub(crate) async fn what_breaks_a_rule_is_refused(rig: &Rig) {
    let prices = rig.prices();
    let off_tick = rig.order(Side::Buy, 1, Some(Price(prices.lower.0 + 1)));
    let too_dear = rig.order(Side::Buy, 1, Some(Price(prices.upper.0 * 2)));
    for order in [off_tick, too_dear] {
        let answer = rig.place(&order).await;
        assert!(matches!(&answer, OrderAnswer::Refused { code, .. } if !code.is_empty()), "{order:?}: {answer:?}");
    }
    let mut unknown = rig.order(Side::Buy, 1, None);
    unknown.symbol = "999999".parse().expect("a code");
    let answer = rig.place(&unknown).await;
    assert!(!matches!(answer, OrderAnswer::Accepted(_)), "{answer:?}");
    assert_eq!(rig.orders().await, [], "what was refused is no order");
}

pub(crate) async fn the_list_has_every_order_of_its_day(rig: &Rig) {
    let today = kst_date(rig.now());
    assert_eq!(rig.broker.orders(today - TimeDelta::days(1)).await, Ok(Vec::new()));
    let order = rig.order(Side::Buy, 1, Some(rig.prices().lower));
    let mut placed = Vec::new();
    // More than two pages of the broker.
    for _ in 0..40 {
        placed.push(rig.accepted(&order).await);
    }
    let orders = rig.orders().await;
    let listed: Vec<&BrokerOrderId> = orders.iter().map(|order| &order.id).collect();
    assert_eq!(listed.len(), listed.iter().collect::<HashSet<_>>().len(), "each once");
    for id in &placed {
        let row = orders.iter().find(|row| row.id == *id).unwrap_or_else(|| panic!("{id:?} is missing"));
        assert_eq!(row.fields, order);
    }
    assert_eq!(orders.len(), placed.len());
}

pub(crate) async fn an_open_buy_holds_cash_back(rig: &Rig) {
    let before = rig.broker.balance().await.expect("a balance");
    assert_eq!((before.cash, before.holdings.len()), (Won(100_000_000), 0));
    let price = rig.prices().lower;
    let id = rig.accepted(&rig.order(Side::Buy, 10, Some(price))).await;
    let held_back = before.orderable_cash - rig.broker.balance().await.expect("a balance").orderable_cash;
    let (least, most) = (price * Qty(10), price * Qty(11));
    assert!((least..=most).contains(&held_back), "{held_back} won held back");
    assert_eq!(rig.broker.balance().await.expect("a balance").cash, before.cash, "an open order costs nothing");
    assert!(matches!(rig.cancel(&id).await, OrderAnswer::Accepted(_)));
    rig.row_when(&id, |row| row.facts.end.is_some()).await;
    assert_eq!(rig.broker.balance().await, Ok(before));
}

pub(crate) async fn a_fill_is_hinted_at(rig: &Rig) {
    let mut hints = rig.broker.notices();
    let id = rig.accepted(&rig.order(Side::Buy, 10, None)).await;
    rig.row_when(&id, |row| row.facts.state() == OrderState::Filled).await;
    let hinted = async { hints.by_ref().any(async |hint| hint == id).await };
    assert_eq!(tokio::time::timeout(Duration::from_secs(10), hinted).await, Ok(true), "nobody hinted at {id:?}");
}

pub(crate) async fn a_day_ends_its_orders(rig: &Rig) {
    let today = kst_date(rig.now());
    let id = rig.accepted(&rig.order(Side::Buy, 10, Some(rig.prices().lower))).await;
    // From ten in the morning to the next.
    for _ in 0..24 {
        rig.pass(TimeDelta::hours(1)).await;
    }
    let tomorrow = kst_date(rig.now());
    assert_ne!(today, tomorrow);
    let ended = async || {
        let orders = rig.broker.orders(today).await.expect("a list");
        orders.into_iter().find(|order| order.id == id).expect("the order").facts.end
    };
    let mut end = ended().await;
    for _ in 0..50 {
        if end.is_some() {
            break;
        }
        rig.pass(TimeDelta::seconds(1)).await;
        end = ended().await;
    }
    assert_eq!(end, Some(RowEnd::Expired));
    assert_eq!(rig.broker.orders(tomorrow).await, Ok(Vec::new()), "a day begins without orders");
    // Numbers may begin again, orders do not.
    let next = rig.accepted(&rig.order(Side::Buy, 20, Some(rig.prices().lower))).await;
    assert_eq!(rig.row(&next).await.fields.quantity, Qty(20));
}
