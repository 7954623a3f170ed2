//! One click stops; only a person with a password goes on.

use serde_json::{Value, json};

use crate::http::{Client, PASSWORD};
use crate::installation::{Installation, on_each_database};
use crate::orders::{ended_order, resting_buy};

on_each_database!(
    a_halt_cancels_and_denies_until_it_is_resumed,
    an_admin_halts_everybody,
    a_switch_of_one_account_is_tightened_by_a_click_and_cleared_with_a_password
);

/// The state of a scope, as a user sees it.
async fn state(client: &Client, scope: &str) -> Value {
    let switches = client.get("/account/kill-switches").await.ok(200);
    let found = switches.as_array().and_then(|all| all.iter().find(|switch| switch["scope"] == scope));
    found.map_or(Value::Null, |switch| switch["state"].clone())
}

fn buy() -> Value {
    json!({ "symbol": "00I030", "side": "buy", "order_type": "market", "quantity": 1 })
}

async fn a_halt_cancels_and_denies_until_it_is_resumed(installation: &Installation) {
    let (_, [kim, lee]) = installation.with_users(["kim", "lee"]).await;
    let order = resting_buy(&kim, "00I030").await;

    let halted = kim.post("/account/halt", &json!({ "reason": "too hot" })).await.ok(200);
    let switch = &halted["kill_switch"];
    assert_eq!(
        (&switch["scope"], &switch["state"], &switch["reason"]),
        (&json!("user"), &json!("halted"), &json!("too hot"))
    );
    assert_eq!(halted["cancelled_orders"], json!([order["id"]]));
    assert_eq!(ended_order(&kim, &format!("/orders/{}", order["id"])).await["state"], "cancelled");
    assert_eq!(state(&kim, "user").await, "halted");
    kim.order_as("halted", &buy()).await.refused(423, "HALTED");
    // Pressing twice is no mistake, and a long reason is no reason to refuse.
    kim.post("/account/halt", &json!({ "reason": "x".repeat(5_000) })).await.ok(200);

    // It is the halt of one user.
    assert_ne!(state(&lee, "user").await, "halted");
    lee.order_as("free", &buy()).await.ok(202);

    for (body, field) in [
        (json!({ "password": "silver fish swims up", "reason": "all is well" }), "password"),
        (json!({ "password": PASSWORD, "reason": "  " }), "reason"),
        (json!({ "password": PASSWORD }), "reason"),
        (json!({ "reason": "all is well" }), "password"),
    ] {
        assert_eq!(kim.post("/account/resume", &body).await.refused(422, "INVALID_FIELD")["field"], field);
        assert_eq!(state(&kim, "user").await, "halted");
    }
    let resume = json!({ "password": PASSWORD, "reason": "all is well" });
    assert_eq!(kim.post("/account/resume", &resume).await.ok(200)["state"], "active");
    assert_ne!(state(&kim, "user").await, "halted");
    kim.order_as("resumed", &buy()).await.ok(202);
    // The answer to the old ticket stays what it was.
    kim.order_as("halted", &buy()).await.refused(423, "HALTED");
}

async fn an_admin_halts_everybody(installation: &Installation) {
    let (admin, [kim]) = installation.with_users(["kim"]).await;
    let order = resting_buy(&kim, "00I030").await;
    let halted = admin.post("/admin/halt", &json!({})).await.ok(200);
    let switch = &halted["kill_switch"];
    assert_eq!(
        (&switch["scope"], &switch["scope_id"], &switch["reason"]),
        (&json!("global"), &Value::Null, &Value::Null)
    );
    assert_eq!(halted["cancelled_orders"], json!([order["id"]]));
    assert_eq!(state(&kim, "global").await, "halted");
    assert_eq!(ended_order(&kim, &format!("/orders/{}", order["id"])).await["state"], "cancelled");
    for user in [&admin, &kim] {
        user.order_as("halted", &buy()).await.refused(423, "HALTED");
    }
    // A user cannot lift what an admin pulled.
    let resume = json!({ "password": PASSWORD, "reason": "all is well" });
    kim.post("/admin/resume", &resume).await.refused(403, "FORBIDDEN");
    kim.post("/account/resume", &resume).await.ok(200);
    kim.order_as("still", &buy()).await.refused(423, "HALTED");
    admin.post("/admin/resume", &resume).await.ok(200);
    kim.order_as("resumed", &buy()).await.ok(202);
}

async fn a_switch_of_one_account_is_tightened_by_a_click_and_cleared_with_a_password(installation: &Installation) {
    let (admin, [kim, lee]) = installation.with_users(["kim", "lee"]).await;
    let id = kim.get("/account/balance").await.ok(200)["account_id"].clone();
    let path = format!("/account/kill-switches/account/{id}");
    let reduce = json!({ "state": "reduce_only", "reason": "enough for today" });

    // What is not theirs does not exist for others; nobody but an admin has the global one.
    for other in [&lee, &admin] {
        other.post(&path, &reduce).await.refused(404, "NOT_FOUND");
        other
            .post(&format!("{path}/clear"), &json!({ "password": PASSWORD, "reason": "x" }))
            .await
            .refused(404, "NOT_FOUND");
    }
    kim.post("/account/kill-switches/global/0", &reduce).await.refused(404, "NOT_FOUND");
    kim.post("/account/kill-switches/strategy/999", &reduce).await.refused(404, "NOT_FOUND");

    let pulled = kim.post(&path, &reduce).await.ok(200);
    assert_eq!((&pulled["state"], &pulled["reason"]), (&json!("reduce_only"), &json!("enough for today")));
    kim.order_as("reduced", &buy()).await.refused(423, "REDUCE_ONLY");
    kim.post(&path, &json!({ "state": "halted" })).await.ok(200);
    kim.order_as("halted", &buy()).await.refused(423, "HALTED");
    lee.order_as("free", &buy()).await.ok(202);

    // A click tightens and never loosens.
    kim.post(&path, &reduce).await.refused(409, "ALREADY_HALTED");
    kim.post(&path, &json!({ "state": "active" })).await.refused(422, "INVALID_FIELD");
    assert_eq!(state(&kim, "account").await, "halted");
    let wrong = json!({ "password": "silver fish swims up", "reason": "all is well" });
    assert_eq!(kim.post(&format!("{path}/clear"), &wrong).await.refused(422, "INVALID_FIELD")["field"], "password");
    let clear = json!({ "password": PASSWORD, "reason": "all is well" });
    assert_eq!(kim.post(&format!("{path}/clear"), &clear).await.ok(200)["state"], "active");
    kim.order_as("cleared", &buy()).await.ok(202);
}
