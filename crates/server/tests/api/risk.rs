//! The limits of an account: seen with today's use, lowered at once, raised by a person and later; and what else keeps an
//! order from being sent.

use exodus_domain::Clock;
use exodus_live::{SystemClock, kill_file};
use reqwest::Method;
use serde_json::{Value, json};

use crate::http::{Client, PASSWORD};
use crate::installation::{Installation, on_each_database};

on_each_database!(
    limits_are_shown_with_their_use_and_changed,
    a_limit_that_cannot_be_is_refused_by_its_field,
    a_denial_tells_check_limit_and_value,
    an_unusual_size_is_confirmed_by_its_amount,
    lists_keep_issues_from_being_traded,
);

async fn limit(client: &Client, name: &str) -> Value {
    let risk = client.get("/risk").await.ok(200);
    let found = risk["limits"].as_array().and_then(|all| all.iter().find(|limit| limit["name"] == name));
    found.cloned().unwrap_or(Value::Null)
}

async fn set(client: &Client, name: &str, body: &Value) -> crate::http::Reply {
    client.send(Method::PUT, &format!("/risk/limits/{name}"), Some(body)).await
}

fn buy(quantity: i64) -> Value {
    json!({ "symbol": "00I030", "side": "buy", "order_type": "market", "quantity": quantity })
}

async fn limits_are_shown_with_their_use_and_changed(installation: &Installation) {
    let (_, [kim, lee]) = installation.with_users(["kim", "lee"]).await;
    kim.order_as("one", &buy(1)).await.ok(202);
    let shown = limit(&kim, "max_orders_per_day").await;
    assert_eq!((&shown["used"], &shown["unit"], &shown["changed_by"]), (&json!(1), &json!("count"), &Value::Null));

    let (told, file) = (kim.get("/risk").await.ok(200), kill_file::path(installation.folder.path()));
    assert_eq!((&told["env"], &told["kill_file"]), (&json!("paper"), &Value::Null));
    kill_file::write(&file, "smoke in the server room", SystemClock.now()).expect("written");
    let told = kim.get("/risk").await.ok(200);
    assert!(told["kill_file"].as_str().is_some_and(|text| text.contains("smoke in the server room")), "{told}");
    kill_file::remove(&file).expect("removed");

    let lowered = set(&kim, "max_orders_per_day", &json!({ "value": 1 })).await.ok(200);
    assert_eq!((&lowered["value"], &lowered["pending"]), (&json!(1), &Value::Null));
    let refused = kim.order_as("two", &buy(1)).await;
    assert!(refused.header("retry-after").parse::<u64>().is_ok_and(|seconds| seconds > 0), "{refused}");
    let problem = refused.refused(429, "ORDER_RATE");
    assert_eq!((&problem["limit"], &problem["observed"], &problem["unit"]), (&json!(1), &json!(1), &json!("count")));
    assert!(problem["retry_after_ms"].as_i64().is_some_and(|wait| wait > 0), "{problem}");

    let body = json!({ "value": 50 });
    assert_eq!(set(&kim, "max_orders_per_day", &body).await.refused(422, "INVALID_FIELD")["field"], "password");
    let body = json!({ "value": 50, "password": "silver fish swims up" });
    assert_eq!(set(&kim, "max_orders_per_day", &body).await.refused(422, "INVALID_FIELD")["field"], "password");
    let body = json!({ "value": 50, "password": PASSWORD });
    let raised = set(&kim, "max_orders_per_day", &body).await.ok(200);
    assert_eq!((&raised["value"], &raised["pending"]["value"]), (&json!(1), &json!(50)), "{raised}");
    kim.order_as("three", &buy(1)).await.refused(429, "ORDER_RATE");
    let withdraw = "/risk/limits/max_orders_per_day/pending";
    kim.send(Method::DELETE, withdraw, None).await.ok(204);
    kim.send(Method::DELETE, withdraw, None).await.refused(404, "NOT_FOUND");
    let history = kim.get("/risk/limits/max_orders_per_day/history").await.ok(200);
    let told: Vec<_> = history["items"].as_array().expect("rows").iter().map(|row| &row["new_value"]).collect();
    assert_eq!(told, [&json!(50), &json!(1)]);

    assert_eq!(limit(&lee, "max_orders_per_day").await["value"], limit(&lee, "max_orders_per_day").await["default"]);
}

async fn a_limit_that_cannot_be_is_refused_by_its_field(installation: &Installation) {
    let admin = installation.admin().await;
    for (name, body, field) in [
        ("max_order_notional", json!({ "value": -1 }), "value"),
        ("max_order_notional", json!({ "value": 50_000_001, "password": PASSWORD }), "value"),
        ("max_order_notional", json!({ "value": 1, "unit": "shares" }), "unit"),
        ("max_gross", json!({ "value": 50, "unit": "won" }), "unit"),
        ("duplicate_window", json!({ "value": 1, "password": PASSWORD }), "value"),
    ] {
        assert_eq!(set(&admin, name, &body).await.refused(422, "INVALID_FIELD")["field"], field, "{name} {body}");
    }
    let cap = set(&admin, "max_order_notional", &json!({ "value": 50_000_001 })).await.refused(422, "INVALID_FIELD");
    assert!(cap["detail"].as_str().is_some_and(|text| text.contains("hard cap of 50000000 won")), "{cap}");
    for body in [json!({ "value": 1.5 }), json!({ "value": "1" }), json!({}), json!({ "value": 1, "env": "live" })] {
        let status = set(&admin, "max_gross", &body).await.status;
        assert!((400..500).contains(&status), "{body}: {status}");
    }
    set(&admin, "no_such_limit", &json!({ "value": 1 })).await.refused(404, "NOT_FOUND");
    let untouched = admin.get("/risk").await.ok(200);
    assert!(untouched["limits"].as_array().expect("limits").iter().all(|limit| limit["value"] == limit["default"]));
}

async fn a_denial_tells_check_limit_and_value(installation: &Installation) {
    let admin = installation.admin().await;
    let problem = admin.order_as("large", &buy(900_000)).await.refused(422, "MAX_ORDER_NOTIONAL");
    assert_eq!((&problem["limit"], &problem["unit"]), (&json!(20_000_000), &json!("won")));
    assert!(problem["observed"].as_i64().is_some_and(|observed| observed > 20_000_000), "{problem}");
    let others: Vec<_> = problem["others"].as_array().expect("others").iter().filter_map(Value::as_str).collect();
    assert!(others.contains(&"MAX_POSITION") && others.contains(&"BUYING_POWER"), "{problem}");
    assert!(problem["trace_id"].is_string());
    admin.post("/account/halt", &json!({ "reason": "lunch" })).await.ok(200);
    let problem = admin.order_as("halted", &buy(1)).await.refused(423, "HALTED");
    let halt = ["scope", "state", "reason", "cleared_by"].map(|name| problem[name].as_str().unwrap_or_default());
    assert_eq!(halt, ["user", "halted", "lunch", "owner"], "{problem}");
    assert!(problem["since"].is_string(), "{problem}");
}

async fn an_unusual_size_is_confirmed_by_its_amount(installation: &Installation) {
    let admin = installation.admin().await;
    set(&admin, "fat_finger_equity", &json!({ "value": 0 })).await.ok(200);
    let problem = admin.order_as("one", &buy(1)).await.refused(422, "FAT_FINGER");
    let observed = problem["observed"].as_i64().expect("what it is worth");
    let with = |amount: i64| {
        let mut body = buy(1);
        body["confirmed_amount"] = json!(amount);
        body
    };
    admin.order_as("two", &with(observed / 4)).await.refused(422, "FAT_FINGER");
    admin.order_as("three", &with(observed)).await.ok(202);
    assert_eq!(admin.order_as("four", &with(0)).await.refused(422, "INVALID_FIELD")["field"], "confirmed_amount");
    admin.order_as("one", &with(observed)).await.refused(422, "IDEMPOTENCY_MISMATCH");
}

async fn lists_keep_issues_from_being_traded(installation: &Installation) {
    let (admin, [kim, lee]) = installation.with_users(["kim", "lee"]).await;
    let listed = kim.post("/risk/restricted", &json!({ "symbol": "00I030", "reason": "my employer" })).await.ok(200);
    assert_eq!((&listed["scope"], &listed["symbol"]), (&json!("user"), &json!("00I030")));
    let problem = kim.order_as("one", &buy(1)).await.refused(422, "RESTRICTED");
    assert!(problem["detail"].as_str().is_some_and(|text| text.contains("my employer")), "{problem}");
    lee.order_as("one", &buy(1)).await.ok(202);
    kim.send(Method::DELETE, "/risk/restricted/00I030", None).await.ok(204);
    kim.send(Method::DELETE, "/risk/restricted/00I030", None).await.refused(404, "NOT_FOUND");
    kim.order_as("two", &buy(1)).await.ok(202);

    admin.post("/admin/restricted", &json!({ "symbol": "00I030" })).await.ok(200);
    assert_eq!(kim.get("/risk").await.ok(200)["restricted"][0]["scope"], "operator");
    lee.order_as("two", &buy(1)).await.refused(422, "RESTRICTED");
    kim.send(Method::DELETE, "/risk/restricted/00I030", None).await.refused(404, "NOT_FOUND");
    admin.send(Method::DELETE, "/admin/restricted/00I030", None).await.ok(204);
    for (body, field) in [
        (json!({ "symbol": "nonsense" }), "symbol"),
        (json!({ "symbol": "999999" }), "symbol"),
        (json!({ "symbol": "00I030", "reason": "x".repeat(201) }), "reason"),
    ] {
        assert_eq!(kim.post("/risk/restricted", &body).await.refused(422, "INVALID_FIELD")["field"], field, "{body}");
    }
}
