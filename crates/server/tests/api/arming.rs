//! Arming a strategy for real money: what is asked for, what it takes, and what ends it.

use exodus_kis_emulator::Environment;
use reqwest::Method;
use serde_json::{Value, json};

use crate::accounts_at_kis::{SAMSUNG, at_the_emulator_with, credentials, selected};
use crate::http::{Client, PASSWORD};
use crate::installation::{Installation, eventually};
use crate::strategies;

/// A strategy that trades on an account of real money; its number.
async fn live_strategy(installation: &Installation, of: &exodus_kis_emulator::Credentials) -> (Client, i64) {
    let admin = installation.admin().await;
    let account = selected(&admin, "Real", "live", of).await;
    let mut body = strategies::momentum("Rises");
    body["symbols"] = json!([SAMSUNG]);
    let id = admin.post("/strategies", &body).await.ok(201)["id"].as_i64().expect("an id");
    let on = json!({ "version": 1, "account_id": account["id"] });
    admin.post(&format!("/strategies/{id}/activate"), &on).await.ok(200);
    (admin, id)
}

fn missing(standing: &Value) -> Vec<String> {
    let checks = standing["checks"].as_array().expect("checks");
    let unmet = checks.iter().filter(|check| check["is_met"] == false);
    unmet.map(|check| check["need"].as_str().unwrap_or_default().to_owned()).collect()
}

async fn set_limit(client: &Client, name: &str, value: i64) {
    let body = json!({ "value": value, "password": PASSWORD });
    client.send(Method::PUT, &format!("/risk/limits/{name}"), Some(&body)).await.ok(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_strategy_is_armed_by_password_and_sentence_and_disarmed_by_what_changes() {
    at_the_emulator_with(&[("EXODUS_ARMING_PAPER_DAYS", "false")], async |installation, emulator| {
        let of = credentials(emulator, Environment::Real);
        let (admin, id) = live_strategy(installation, &of).await;
        let path = format!("/strategies/{id}/arming");
        let standing = eventually("the books are read", async || {
            let standing = admin.get(&path).await.ok(200);
            (missing(&standing) == ["limits"]).then_some(standing)
        })
        .await;
        assert_eq!((&standing["env"], &standing["armed"]), (&json!("live"), &Value::Null), "{standing}");
        let offer = |standing: &Value| standing["offer"].clone();
        let request = |offer: &Value| {
            json!({
                "version": 1, "days": 1, "max_loss": offer["max_loss"], "sentence": offer["sentence_ko"],
                "password": PASSWORD,
            })
        };
        admin.post(&path, &request(&offer(&standing))).await.refused(409, "ARMING_NEEDS_MORE");
        set_limit(&admin, "max_order_notional", 500_000).await;
        set_limit(&admin, "max_daily_loss", 300_000).await;
        let standing = admin.get(&path).await.ok(200);
        assert_eq!(missing(&standing), Vec::<String>::new());
        let offered = offer(&standing);
        // Five orders of 50,000 won on the first day: 250,000 × 6 / 13 and costs, in steps of 10,000.
        let seen = (&offered["is_first_day"], &offered["exposure"], &offered["max_loss"]);
        assert_eq!(seen, (&json!(true), &json!(250_000), &json!(120_000)), "{offered}");
        let digits = standing["account_digits"].as_str().expect("digits");
        assert!(of.account_no.ends_with(digits), "{digits}");
        let longer = admin.get(&format!("{path}?days=5")).await.ok(200);
        assert!(offer(&longer)["max_loss"].as_i64() > offered["max_loss"].as_i64(), "{longer}");
        for days in ["0", "6", "x"] {
            assert_eq!(admin.get(&format!("{path}?days={days}")).await.refused(400, "INVALID_QUERY")["field"], "days");
        }

        let good = request(&offered);
        for (member, value) in [
            ("days", json!(6)),
            ("version", json!(2)),
            ("max_loss", json!(119_999)),
            ("sentence", json!("I arm it")),
            ("password", json!("not the password")),
            ("env", json!("paper")),
        ] {
            let mut bad = good.clone();
            bad[member] = value;
            assert_eq!(admin.post(&path, &bad).await.refused(422, "INVALID_FIELD")["field"], member);
        }
        assert_eq!(admin.get("/armings").await.ok(200)["total"], 0, "none of it armed anything");

        let armed = admin.post(&path, &good).await.ok(201);
        assert_eq!((&armed["armed"]["max_loss"], &armed["armed"]["version"]), (&json!(120_000), &json!(1)), "{armed}");
        admin.post(&path, &good).await.refused(409, "ALREADY_ARMED");

        let raise = json!({ "value": 600_000, "password": PASSWORD });
        admin.send(Method::PUT, "/risk/limits/max_order_notional", Some(&raise)).await.ok(200);
        let ended = admin.get("/armings").await.ok(200);
        assert_eq!(ended["items"][0]["end_reason"], "limit_raised", "{ended}");
        let told = admin.get("/notifications").await.ok(200);
        assert_eq!(told["items"][0]["kind"], "arming_ended", "{told}");
        admin.send(Method::DELETE, "/risk/limits/max_order_notional/pending", None).await.ok(204);

        admin.post(&path, &good).await.ok(201);
        assert_eq!(admin.send(Method::DELETE, &path, None).await.status, 204);
        admin.send(Method::DELETE, &path, None).await.refused(404, "NOT_FOUND");
        let reasons: Vec<Value> = admin.get("/armings").await.ok(200)["items"]
            .as_array()
            .expect("a list")
            .iter()
            .map(|one| one["end_reason"].clone())
            .collect();
        assert_eq!(reasons, ["disarmed", "limit_raised"]);

        // A person's orders are not a strategy's.
        let buy = json!({ "symbol": SAMSUNG, "side": "buy", "order_type": "limit", "quantity": 1, "price": 70_100 });
        admin.post(&path, &good).await.ok(201);
        let mut attempt = 0;
        eventually("the denial", async || {
            attempt += 1;
            let reply = admin.order_as(&format!("buy-{attempt}"), &buy).await;
            (reply.status == 403).then(|| reply.refused(403, "NOT_ARMED"))
        })
        .await;
        admin.post(&format!("/strategies/{id}/deactivate"), &json!({})).await.ok(200);
        let standing = admin.get(&path).await.ok(200);
        assert_eq!((&standing["armed"], &standing["offer"]), (&Value::Null, &Value::Null), "{standing}");
        admin.post(&path, &good).await.refused(409, "NOT_LIVE");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn days_on_paper_are_asked_for_unless_the_operator_says_otherwise() {
    at_the_emulator_with(&[], async |installation, emulator| {
        let (admin, id) = live_strategy(installation, &credentials(emulator, Environment::Real)).await;
        set_limit(&admin, "max_order_notional", 500_000).await;
        set_limit(&admin, "max_daily_loss", 300_000).await;
        let path = format!("/strategies/{id}/arming");
        let standing = eventually("the books are read", async || {
            let standing = admin.get(&path).await.ok(200);
            (missing(&standing) == ["paper_days"]).then_some(standing)
        })
        .await;
        assert_eq!((&standing["paper_days_needed"], &standing["paper_days"]), (&json!(5), &json!([])));
        let offer = &standing["offer"];
        let body = json!({
            "version": 1, "days": 1, "max_loss": offer["max_loss"], "sentence": offer["sentence_en"],
            "password": PASSWORD,
        });
        admin.post(&path, &body).await.refused(409, "ARMING_NEEDS_MORE");
    })
    .await;
}
