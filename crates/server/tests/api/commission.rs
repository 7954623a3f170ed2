//! What an account pays: asked, changed, charged by the next order, and taken over by backtests.

use reqwest::Method;
use serde_json::{Value, json};

use crate::backtests;
use crate::http::Client;
use crate::installation::{Installation, ended, on_each_database};
use crate::orders::{ended_order, quote};

on_each_database!(refused_terms_name_their_field_and_change_nothing, the_next_order_and_backtest_pay_what_was_agreed);

const PATH: &str = "/account/commission";

fn plan(word: &str) -> Value {
    json!({ "plan": word, "rate_ppb": null, "minimum": null, "unit": null, "mode": null })
}

async fn put(client: &Client, body: &Value) -> crate::http::Reply {
    client.send(Method::PUT, PATH, Some(body)).await
}

async fn refused_terms_name_their_field_and_change_nothing(installation: &Installation) {
    let admin = installation.admin().await;
    for (body, field) in [
        (json!({}), "plan"),
        (json!({ "plan": "cheap" }), "plan"),
        (json!({ "plan": "bankis", "rate_ppb": 1 }), "rate_ppb"),
        (json!({ "plan": "bankis", "mode": "floor" }), "mode"),
        (json!({ "rate_ppb": -1 }), "rate_ppb"),
        (json!({ "rate_ppb": 1_000_000_001 }), "rate_ppb"),
        (json!({ "rate_ppb": 0.015 }), "rate_ppb"),
        (json!({ "rate_ppb": 1, "minimum": -1 }), "minimum"),
        (json!({ "rate_ppb": 1, "minimum": 1_000_001 }), "minimum"),
        (json!({ "rate_ppb": 1, "unit": "100" }), "unit"),
        (json!({ "rate_ppb": 1, "mode": "up" }), "mode"),
        (json!({ "rate_ppb": 1, "rebate": 1 }), "rebate"),
    ] {
        let problem = put(&admin, &body).await.refused(422, "INVALID_FIELD").to_string();
        assert!(problem.contains(&format!("\"{field}\"")), "{body}: {problem}");
    }
    assert_eq!(admin.get(PATH).await.ok(200), plan("bankis"));
}

async fn the_next_order_and_backtest_pay_what_was_agreed(installation: &Installation) {
    let (admin, [other]) = installation.with_users(["other"]).await;
    let own = json!({ "plan": null, "rate_ppb": 0, "minimum": 4_321, "unit": "1", "mode": "floor" });
    assert_eq!(put(&admin, &plan("fee_waiver")).await.ok(200), plan("fee_waiver"));
    assert_eq!(put(&admin, &json!({ "rate_ppb": 0, "minimum": 4_321 })).await.ok(200), own);
    assert_eq!(admin.get(PATH).await.ok(200), own);
    assert_eq!(other.get(PATH).await.ok(200), plan("bankis"), "accounts of others are not touched");

    quote(&admin, "00I010").await;
    let body = json!({ "symbol": "00I010", "side": "buy", "order_type": "market", "quantity": 10 });
    let order = admin.order_as("own-terms", &body).await.ok(202);
    let order = ended_order(&admin, &format!("/orders/{}", order["id"])).await;
    let fills = order["trades"].as_array().expect("trades");
    assert_eq!(fills.iter().filter_map(|fill| fill["commission"].as_i64()).sum::<i64>(), 4_321, "{order}");

    let mut request = backtests::request(&admin, &["00I010"]).await;
    let mut run = async |asked: Option<Value>| {
        if let Some(asked) = asked {
            request["commission"] = asked;
        }
        let queued = admin.post("/backtest", &request).await.ok(202);
        ended(&admin, &format!("/backtest/{}", queued["id"])).await
    };
    let as_account = run(None).await;
    assert_eq!(as_account["manifest"]["commission"], own);
    // With a rate of nothing each trade costs the least there is.
    let trades = as_account["trades_count"].as_i64().expect("a count");
    assert!(trades > 2, "{as_account}");
    assert_eq!(as_account["metrics"]["commission"], 4_321 * trades);
    let as_asked = run(Some(json!({ "plan": "kis_paper" }))).await;
    assert_eq!(as_asked["manifest"]["commission"], plan("kis_paper"));
    assert_ne!(as_asked["metrics"]["commission"], as_account["metrics"]["commission"]);

    request["commission"] = json!({ "rate_ppb": -1 });
    let refused = admin.post("/backtest", &request).await.refused(422, "INVALID_FIELD");
    assert_eq!(refused["errors"][0]["field"], "commission.rate_ppb", "{refused}");
}
