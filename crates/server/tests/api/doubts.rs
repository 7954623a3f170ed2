//! An order of which nobody knows whether the broker has it, before the person who decides.

use chrono::TimeDelta;
use exodus_domain::{
    BrokerOrder, BrokerOrderId, Clock, OrderAnswer, OrderFields, OrderType, Price, Qty, RowFacts, Side, Won, kst_date,
};
use exodus_live::SystemClock;
use exodus_store::orders::{self, Creation, NewOrder};
use exodus_store::{accounts, leases};
use reqwest::Method;
use serde_json::{Value, json};

use crate::http::PASSWORD;
use crate::installation::{Installation, on_each_database};

on_each_database!(
    a_person_binds_an_order_in_doubt_to_its_row with WITHOUT_WORKER,
    a_person_decides_that_an_order_never_came with WITHOUT_WORKER,
);

fn fields(quantity: i64) -> OrderFields {
    OrderFields {
        symbol: "00I030".parse().expect("a code"),
        side: Side::Buy,
        order_type: OrderType::Limit,
        quantity: Qty(quantity),
        price: Some(Price(10_000)),
    }
}

/// An order whose answer was lost and which two rows of the broker's list fit. Its number.
async fn in_doubt(installation: &Installation) -> i64 {
    let (store, now) = (&installation.store, SystemClock.now());
    let account = accounts::list(store).await.expect("a read").remove(0);
    let new = NewOrder {
        user_id: account.user_id,
        account_id: account.id,
        strategy_id: None,
        signal: None,
        request_id: None,
        fields: fields(10),
        commission: None,
        inputs: json!({}),
    };
    let Creation::Created(order) = orders::create_order(store, &new, now).await.expect("created") else {
        panic!("not created")
    };
    let name = format!("account:{}", account.id);
    let lease = leases::acquire(store, &name, "test", now).await.expect("a read").expect("a free lease");
    orders::claim(store, order.id, &lease, now).await.expect("claimed");
    let lost = OrderAnswer::Unknown("timeout".to_owned());
    orders::record_answer(store, order.id, &lost, false, None, now).await.expect("recorded");
    let row = |id: &str, quantity: i64| BrokerOrder {
        id: BrokerOrderId(id.to_owned()),
        fields: fields(quantity),
        facts: RowFacts { order_qty: Qty(quantity), cum_qty: Qty(0), cum_amount: Won(0), end: None },
        accepted_at: now,
        original: None,
        is_foreign: false,
    };
    let rows = [row("1", 10), row("2", 10), row("3", 11)];
    let read_at = now + TimeDelta::seconds(1);
    orders::record_list(store, account.id, kst_date(now), &rows, &[], read_at).await.expect("written down");
    let evidence = json!({ "why": "two_candidates", "lists_read": 0, "candidates": ["1", "2"] });
    orders::doubt(store, order.id, "two_candidates", evidence, read_at).await.expect("noted");
    order.id
}

fn decision(choice: &str, row: Option<&str>) -> Value {
    let mut body = json!({ "choice": choice, "password": PASSWORD, "reason": "seen in the broker's own program" });
    if let Some(row) = row {
        body["broker_order_id"] = json!(row);
    }
    body
}

async fn a_person_binds_an_order_in_doubt_to_its_row(installation: &Installation) {
    let (admin, [other]) = installation.with_users(["other"]).await;
    let id = in_doubt(installation).await;
    let (evidence, decide) = (format!("/orders/{id}/evidence"), format!("/orders/{id}/decide"));
    let told = admin.get(&evidence).await.ok(200);
    assert_eq!((&told["why"], &told["can_decide"]), (&json!("two_candidates"), &json!(true)), "{told}");
    let candidates = told["candidates"].as_array().expect("rows");
    let side_by_side: Vec<_> = candidates.iter().map(|row| (&row["fits"], &row["reasons"])).collect();
    let other_quantity = json!(["other_quantity"]);
    assert_eq!(
        side_by_side,
        [(&json!(true), &json!([])), (&json!(true), &json!([])), (&json!(false), &other_quantity)],
        "{told}"
    );
    other.get(&evidence).await.refused(404, "NOT_FOUND");
    other.post(&decide, &decision("absent", None)).await.refused(404, "NOT_FOUND");
    let wrong = json!({ "choice": "absent", "password": "not the password", "reason": "x" });
    assert_eq!(admin.post(&decide, &wrong).await.problem()["field"], "password");
    for (row, choice) in [(None, "bind"), (Some("1"), "absent"), (Some("3"), "bind"), (Some("9"), "bind")] {
        let refused = admin.post(&decide, &decision(choice, row)).await.problem();
        assert_eq!((&refused["status"], &refused["field"]), (&json!(422), &json!("broker_order_id")), "{refused}");
    }
    let bound = admin.post(&decide, &decision("bind", Some("2"))).await.ok(200);
    assert_eq!((&bound["state"], &bound["kis_order_id"]), (&json!("acked"), &json!("2")), "{bound}");
    let told = admin.get(&evidence).await.ok(200);
    assert_eq!(told["decision"], "seen in the broker's own program");
    assert_eq!(
        (&told["candidates"][0]["reasons"], &told["candidates"][1]["order_id"]),
        (&json!(["disowned"]), &json!(id))
    );
    admin.post(&decide, &decision("bind", Some("1"))).await.refused(409, "NOT_IN_DOUBT");
    let strange = json!({ "choice": "perhaps", "password": PASSWORD, "reason": "x" });
    admin.send(Method::POST, &decide, Some(&strange)).await.problem();
}

async fn a_person_decides_that_an_order_never_came(installation: &Installation) {
    let admin = installation.admin().await;
    let id = in_doubt(installation).await;
    let decided = admin.post(&format!("/orders/{id}/decide"), &decision("absent", None)).await.ok(200);
    assert_eq!(decided["state"], "not_found");
    let told = admin.get(&format!("/orders/{id}/evidence")).await.ok(200);
    assert_eq!((&told["can_decide"], &told["is_suspect"]), (&json!(false), &json!(false)));
    assert_eq!(told["candidates"][0]["reasons"], json!(["disowned"]), "its candidates are somebody else's");
}
