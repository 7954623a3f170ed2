//! Orders by hand: what the gate lets through, what it denies, and that a key names one order.

use futures::future::join_all;
use serde_json::{Value, json};

use crate::http::{Client, Reply};
use crate::imports;
use crate::installation::{Installation, ended, eventually, on_each_database};

on_each_database!(
    a_denial_names_the_check_and_its_limit,
    orders_end_where_the_cash_does,
    a_key_names_one_order,
    a_resting_order_reserves_cash_until_it_is_cancelled,
);

/// The live quote of an issue, once there is one.
pub(crate) async fn quote(client: &Client, symbol: &str) -> Value {
    eventually("the first quote", async || {
        let reply = client.get(&format!("/market/quote/{symbol}")).await;
        (reply.status == 200).then(|| reply.json())
    })
    .await
}

/// A limit buy of ten shares at the lower limit of the day, where nobody sells.
pub(crate) async fn resting_buy(client: &Client, symbol: &str) -> Value {
    let price = quote(client, symbol).await["lower_limit"].clone();
    let body = json!({ "symbol": symbol, "side": "buy", "order_type": "limit", "quantity": 10, "price": price });
    let order = client.order_as(&format!("rest-{symbol}"), &body).await.ok(202);
    assert_eq!((&order["status"], &order["filled_quantity"]), (&json!("pending"), &json!(0)), "{order}");
    // The answer may come before the order is sent, and what is not sent does not rest.
    eventually("the order to rest", async || {
        let order = client.get(&format!("/orders/{}", order["id"])).await.ok(200);
        (order["state"] == "acked").then_some(order)
    })
    .await
}

/// Orders under a key made of the order itself.
async fn order(client: &Client, body: &Value) -> Reply {
    let key: String = body.to_string().chars().filter(char::is_ascii_alphanumeric).take(64).collect();
    client.order_as(&key, body).await
}

async fn a_denial_names_the_check_and_its_limit(installation: &Installation) {
    let admin = installation.admin().await;
    let quote = quote(&admin, "00I010").await;
    let won = |name: &str| quote[name].as_i64().expect("won");
    let limit = |price: i64, quantity: i64| json!({ "symbol": "00I010", "side": "buy", "order_type": "limit", "quantity": quantity, "price": price });
    let market = |side: &str, quantity: i64| json!({ "symbol": "00I010", "side": side, "order_type": "market", "quantity": quantity });
    for (body, code) in [
        (limit(won("lower_limit") + 1, 1), "BAD_ORDER"),
        (limit(won("upper_limit") + 1_000, 1), "BAD_ORDER"),
        (limit(won("lower_limit") - 1_000, 1), "BAD_ORDER"),
        (limit(1_000_000_000, 1_000_000_000), "BAD_ORDER"),
        (market("buy", 1_000_000_000), "MAX_ORDER_NOTIONAL"),
        (limit(won("lower_limit"), 1_000_000), "MAX_ORDER_NOTIONAL"),
        (market("sell", 1), "SELLABLE"),
    ] {
        let denial = order(&admin, &body).await.refused(422, code);
        if code != "BAD_ORDER" {
            assert!(denial["limit"].is_i64() && denial["observed"].is_i64(), "{denial}");
            assert!(denial["observed"].as_i64() > denial["limit"].as_i64(), "{denial}");
        }
    }

    // What was denied is kept, with the reason, and is not open.
    let denied = admin.get("/orders?status=rejected&page_size=200").await.ok(200);
    assert_eq!(denied["total"], 7);
    let newest = &denied["items"][0];
    assert_eq!((&newest["state"], &newest["denial"]["code"]), (&json!("denied"), &json!("SELLABLE")), "{newest}");
    assert_eq!(admin.get("/orders?status=pending").await.ok(200)["total"], 0);

    // A listed issue is traded at a broker, never at the demo exchange.
    let import = imports::upload(&admin, "history.csv", imports::ROWS).await.ok(202);
    ended(&admin, &format!("/market/imports/{}", import["id"])).await;
    let body = json!({ "symbol": imports::SYMBOL, "side": "buy", "order_type": "market", "quantity": 1 });
    let problem = order(&admin, &body).await.refused(422, "INVALID_FIELD");
    assert_eq!(problem["field"], "symbol");
}

async fn orders_end_where_the_cash_does(installation: &Installation) {
    let admin = installation.admin().await;
    let issues = ["00I010", "00I030", "00I040", "00I050", "00I080", "00I090", "00I100", "00I110", "00O010", "00O020"];
    let mut reserved = 0;
    for (number, symbol) in issues.iter().enumerate() {
        let quote = quote(&admin, symbol).await;
        let (last, lower) = (quote["price"].as_i64().expect("won"), quote["lower_limit"].as_i64().expect("won"));
        // Nearly a fifth of the account at the last price, which is the most of one issue.
        let quantity = 18_000_000 / last;
        let body = json!({
            "symbol": symbol, "side": "buy", "order_type": "limit", "quantity": quantity, "price": lower,
        });
        let reply = admin.order_as(&format!("n{number}"), &body).await;
        let balance = admin.get("/account/balance").await.ok(200);
        let value = |name: &str| balance[name].as_i64().expect("won");
        if reply.status == 202 {
            reserved += quantity * lower;
            assert!((reserved..reserved + reserved / 100).contains(&value("reserved_cash")), "{reserved} {balance}");
            assert_eq!(value("buying_power"), value("cash_balance") - value("reserved_cash"));
            let more = admin.order_as(&format!("more{number}"), &body).await;
            let code = more.problem()["code"].clone();
            assert!(code == "MAX_POSITION" || code == "BUYING_POWER", "{more}");
            continue;
        }
        // All positions together may be worth no more than equity, which is looked at before the cash (RK16, RK21).
        let denial = reply.problem();
        assert_eq!(reply.status, 422, "{denial}");
        assert!(denial["observed"].as_i64() > denial["limit"].as_i64(), "{denial}");
        if denial["code"] == "MAX_GROSS" {
            assert!(
                denial["others"].as_array().is_some_and(|others| others.contains(&json!("BUYING_POWER"))),
                "{denial}"
            );
        } else {
            assert_eq!(
                (&denial["code"], &denial["limit"]),
                (&json!("BUYING_POWER"), &balance["buying_power"]),
                "{denial}"
            );
        }
        assert!(number >= 5, "denied too early: {balance}");
        return;
    }
    panic!("ten orders were taken with the cash for eight");
}

async fn a_key_names_one_order(installation: &Installation) {
    let (_, [kim, lee]) = installation.with_users(["kim", "lee"]).await;
    let price = quote(&kim, "00I050").await["lower_limit"].clone();
    let body = |quantity: i64| json!({ "symbol": "00I050", "side": "buy", "order_type": "limit", "quantity": quantity, "price": price });
    // Five impatient clicks at the same moment.
    let (ten, eleven) = (body(10), body(11));
    let replies = join_all((0..5).map(|_| kim.order_as("click", &ten))).await;
    let ids: Vec<_> = replies.iter().map(|reply| reply.ok(202)["id"].as_i64().expect("an id")).collect();
    assert!(ids.iter().all(|id| *id == ids[0] && *id > 0), "{ids:?}");
    assert_eq!(kim.order_as("click", &ten).await.ok(202)["id"], ids[0]);
    assert_eq!(kim.get("/orders").await.ok(200)["total"], 1);
    kim.order_as("click", &eleven).await.refused(422, "IDEMPOTENCY_MISMATCH");
    assert_ne!(kim.order_as("another", &ten).await.ok(202)["id"], ids[0]);
    // The key of somebody else is another key.
    assert_ne!(lee.order_as("click", &eleven).await.ok(202)["id"], ids[0]);
    assert_eq!(lee.get("/orders").await.ok(200)["total"], 1);
    assert_eq!(kim.get("/orders").await.ok(200)["total"], 2);

    // A denial repeats as well.
    let sell = json!({ "symbol": "00I050", "side": "sell", "order_type": "market", "quantity": 1 });
    for _ in 0..2 {
        kim.order_as("denied", &sell).await.refused(422, "SELLABLE");
    }
    assert_eq!(kim.get("/orders?status=rejected").await.ok(200)["total"], 1);
    for key in ["", &"k".repeat(65), "with blank"] {
        let problem = kim.order_as(key, &ten).await.refused(422, "INVALID_FIELD");
        assert_eq!(problem["field"], "Idempotency-Key");
    }
    assert_eq!(kim.post("/orders", &ten).await.refused(422, "INVALID_FIELD")["field"], "Idempotency-Key");
}

async fn a_resting_order_reserves_cash_until_it_is_cancelled(installation: &Installation) {
    let admin = installation.admin().await;
    let order = resting_buy(&admin, "00I030").await;
    let path = format!("/orders/{}", order["id"]);
    let acked = eventually("the answer of the exchange", async || {
        let order = admin.get(&path).await.ok(200);
        (order["state"] == "acked").then_some(order)
    })
    .await;
    assert!(acked["kis_order_id"].is_string() && acked["filled_price"].is_null(), "{acked}");
    let balance = admin.get("/account/balance").await.ok(200);
    assert!(balance["reserved_cash"].as_i64() > Some(0) && balance["cash_balance"] == 100_000_000, "{balance}");

    admin.post(&format!("{path}/cancel"), &json!({})).await.ok(202);
    let cancelled = ended_order(&admin, &path).await;
    assert_eq!((&cancelled["state"], &cancelled["trades"]), (&json!("cancelled"), &json!([])));
    let states: Vec<_> =
        cancelled["events"].as_array().expect("events").iter().map(|event| event["to"].as_str().unwrap()).collect();
    assert_eq!(states, ["created", "sending", "acked", "cancelled"], "{cancelled}");
    let decision = &cancelled["decisions"][0];
    assert_eq!((&decision["outcome"], &decision["code"]), (&json!("approved"), &Value::Null), "{cancelled}");
    assert!(decision["inputs"]["buying_power"].is_i64(), "the gate tells what it saw: {cancelled}");
    admin.post(&format!("{path}/cancel"), &json!({})).await.refused(409, "ORDER_NOT_OPEN");
    let balance = admin.get("/account/balance").await.ok(200);
    assert_eq!((&balance["reserved_cash"], &balance["buying_power"]), (&json!(0), &json!(100_000_000)));
    assert_eq!(admin.get("/orders?status=cancelled&symbol=00I030").await.ok(200)["total"], 1);
    assert_eq!(admin.get("/orders?status=cancelled&symbol=00I010").await.ok(200)["total"], 0);
}

/// An order once nothing of it is open.
pub(crate) async fn ended_order(client: &Client, path: &str) -> Value {
    eventually("the end of the order", async || {
        let order = client.get(path).await.ok(200);
        (order["status"] != "pending").then_some(order)
    })
    .await
}
