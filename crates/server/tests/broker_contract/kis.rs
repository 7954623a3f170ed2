//! What only a broker behind a network can do wrong.

use exodus_domain::{OrderAnswer, OrderState, Qty, Side, kst_date};

use crate::rig::Rig;

/// What became of an order whose answer the network spoiled, and how many orders the broker has of it.
async fn spoiled(fault: &str) -> (OrderAnswer, usize) {
    let script = format!("[[faults]]\nwhen = {{ call = \"order-cash\", nth = 1 }}\nwhat = {{ {fault} }}\n");
    let rig = Rig::kis_with_faults(&script).await;
    let answer = rig.place(&rig.order(Side::Buy, 7, Some(rig.prices().lower))).await;
    let orders = rig.orders().await;
    assert!(orders.iter().all(|order| order.fields.quantity == Qty(7)));
    (answer, orders.len())
}

#[tokio::test]
async fn a_spoiled_answer_is_doubt_and_the_list_knows_the_order() {
    for fault in ["kind = \"answer_lost\"", "kind = \"answer_cut\", bytes = 20", "kind = \"server_error_with_order\""] {
        let (answer, orders) = spoiled(fault).await;
        assert!(matches!(answer, OrderAnswer::Unknown(_)), "{fault}: {answer:?}");
        assert_eq!(orders, 1, "{fault}");
    }
    let (answer, orders) = spoiled("kind = \"server_error_without_order\"").await;
    assert!(matches!(answer, OrderAnswer::Unknown(_)), "{answer:?}");
    assert_eq!(orders, 0);
}

#[tokio::test]
async fn an_answer_that_comes_twice_is_one_order() {
    let (answer, orders) = spoiled("kind = \"answer_doubled\"").await;
    assert!(matches!(answer, OrderAnswer::Accepted(_)), "{answer:?}");
    assert_eq!(orders, 1);
}

#[tokio::test]
async fn a_refusal_of_the_gateway_proves_that_there_is_no_order() {
    let (answer, orders) = spoiled("kind = \"rate_error\"").await;
    assert!(matches!(answer, OrderAnswer::ProvenUnsent { .. }), "{answer:?}");
    assert_eq!(orders, 0);
}

#[tokio::test]
async fn a_list_with_a_faulty_page_is_whole_or_no_list() {
    for fault in ["empty_key", "repeat", "server_error", "changed"] {
        for page in 1..=3 {
            let script = format!(
                "[[faults]]\nwhen = {{ call = \"inquire-daily-ccld\", nth = {page} }}\nwhat = {{ kind = \"page_fault\", page = \"{fault}\" }}\n"
            );
            let rig = Rig::kis_with_faults(&script).await;
            let order = rig.order(Side::Buy, 1, Some(rig.prices().lower));
            for _ in 0..31 {
                rig.accepted(&order).await;
            }
            let today = kst_date(rig.now());
            if let Ok(orders) = rig.broker.orders(today).await {
                assert_eq!(orders.len(), 31, "{fault} at page {page}");
            }
            assert_eq!(rig.broker.orders(today).await.map(|orders| orders.len()), Ok(31), "{fault} is over");
        }
    }
}

#[tokio::test]
async fn a_fill_moves_cash_and_shares_and_a_sale_needs_them() {
    let rig = Rig::kis().await;
    let sale = rig.place(&rig.order(Side::Sell, 10, None)).await;
    assert!(matches!(sale, OrderAnswer::Refused { .. }), "{sale:?}");
    let before = rig.broker.balance().await.expect("a balance");
    let id = rig.accepted(&rig.order(Side::Buy, 10, None)).await;
    let bought = rig.row_when(&id, |row| row.facts.state() == OrderState::Filled).await.facts;
    let after = rig.broker.balance().await.expect("a balance");
    let spent = before.cash - after.cash;
    assert!(spent >= bought.cum_amount && spent.0 <= bought.cum_amount.0 * 101 / 100, "{spent} won spent");
    assert_eq!(after.holdings.len(), 1);
    assert_eq!((after.holdings[0].symbol, after.holdings[0].quantity), (rig.issue.symbol, Qty(10)));
    assert_eq!(after.holdings[0].cost, bought.cum_amount);
    let id = rig.accepted(&rig.order(Side::Sell, 10, None)).await;
    rig.row_when(&id, |row| row.facts.state() == OrderState::Filled).await;
    assert_eq!(rig.broker.balance().await.expect("a balance").holdings, []);
}

#[tokio::test]
async fn a_revoked_token_is_replaced_and_reads_go_on() {
    let script = "[[faults]]\nwhen = { call = \"inquire-daily-ccld\", nth = 2 }\nwhat = { kind = \"token_revoked\" }\n";
    let rig = Rig::kis_with_faults(script).await;
    assert!(rig.broker.orders(kst_date(rig.now())).await.is_ok());
    // The broker issues one token a minute.
    rig.pass(chrono::TimeDelta::minutes(2)).await;
    assert!(rig.broker.orders(kst_date(rig.now())).await.is_ok());
}
