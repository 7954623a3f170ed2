//! The control API, the page, and what survives a restart.

use exodus_kis_emulator::clock::ClockMode;
use exodus_kis_emulator::{EmulatorConfig, Environment};
use serde_json::{Value, json};

use crate::rig::{Rig, Told, at, config, told};

async fn get(rig: &Rig, path: &str) -> Told {
    told(rig.client.get(rig.url(Environment::Real, path))).await
}

async fn put(rig: &Rig, path: &str, body: Value) -> Told {
    told(rig.client.put(rig.url(Environment::Real, path)).json(&body)).await
}

async fn post(rig: &Rig, path: &str, body: Value) -> Told {
    rig.post(Environment::Real, path, body).await
}

#[tokio::test]
async fn the_log_tells_what_was_asked_without_secrets() {
    let rig = Rig::start().await;
    let real = rig.session(Environment::Real).await;
    real.day_list().await;
    let log = get(&rig, "/emulator/log").await;
    let newest = &log.body["entries"][0];
    assert_eq!(
        (&newest["tr_id"], &newest["code"], &newest["status"]),
        (&json!("TTTC0081R"), &json!("KIOK0510"), &json!(200))
    );
    assert_eq!(newest["account"], json!("******34-01"));
    let text = log.body.to_string();
    for secret in
        [&real.token, &real.credentials.app_secret, &real.credentials.app_key, &real.credentials.cano().to_owned()]
    {
        assert!(!text.contains(secret.as_str()));
    }
}

#[tokio::test]
async fn the_clock_steps_and_says_so_when_it_cannot() {
    let rig = Rig::start().await;
    let stepped = post(&rig, "/emulator/clock/step", json!({ "seconds": 90 })).await;
    assert_eq!(stepped.text("/now"), "2026-10-01T01:01:30Z");
    assert_eq!(post(&rig, "/emulator/clock/step", json!({ "seconds": -1 })).await.status, 422);
    let scaled = ClockMode::Scaled { start: at(crate::rig::MORNING), factor: 2 };
    let running = Rig::with(EmulatorConfig { clock: scaled, ..config() }).await;
    assert_eq!(post(&running, "/emulator/clock/step", json!({ "seconds": 1 })).await.status, 409);
}

#[tokio::test]
async fn somebody_else_can_order_and_everything_can_be_reset() {
    let rig = Rig::start().await;
    let issues = get(&rig, "/emulator/issues").await;
    let symbol = issues.text("/0/symbol").to_owned();
    let real = rig.credentials(Environment::Real);
    let order = json!({ "account": real.account_no, "symbol": symbol, "side": "buy", "quantity": 2 });
    assert_eq!(post(&rig, "/emulator/orders", order).await.status, 200);
    rig.step(5);
    let accounts = get(&rig, "/emulator/accounts").await;
    assert_eq!(
        (accounts.text("/accounts/0/account_no"), accounts.text("/accounts/0/app_key")),
        (real.account_no.as_str(), real.app_key.as_str())
    );
    assert_eq!(
        (
            &accounts.body["accounts"][0]["orders"][0]["by_hand"],
            &accounts.body["accounts"][0]["holdings"][0]["quantity"]
        ),
        (&json!(true), &json!(2))
    );
    assert_eq!(post(&rig, "/emulator/reset", json!({})).await.status, 200);
    let accounts = get(&rig, "/emulator/accounts").await;
    assert_eq!(accounts.body["accounts"][0]["orders"], json!([]));
    assert_eq!(accounts.body["accounts"][0]["cash"]["d2"], json!(100_000_000));
    let wrong = json!({ "account": "99999999-01", "symbol": symbol, "side": "buy", "quantity": 2 });
    let refused = post(&rig, "/emulator/orders", wrong).await;
    assert_eq!((refused.status, refused.text("/error").is_empty()), (422, false));
}

#[tokio::test]
async fn accounts_are_made_tokens_revoked_and_issues_halted() {
    let rig = Rig::start().await;
    let made = post(&rig, "/emulator/accounts", json!({ "env": "mock", "cash": 5_000_000 })).await;
    assert_eq!((made.text("/env"), made.text("/account_no")), ("mock", "50101236-01"));
    let real = rig.session(Environment::Real).await;
    assert_eq!(
        post(&rig, "/emulator/tokens/revoke", json!({ "account": real.credentials.account_no })).await.body["revoked"],
        json!(1)
    );
    assert_eq!(real.day_list().await.code(), "EGW00121");
    let symbol = get(&rig, "/emulator/issues").await.text("/0/symbol").to_owned();
    assert_eq!(post(&rig, "/emulator/market", json!({ "symbol": symbol, "halt": true })).await.status, 200);
    assert_eq!(get(&rig, "/emulator/issues").await.body[0]["halted"], json!(true));
    let both = post(&rig, "/emulator/market", json!({ "symbol": symbol, "halt": true, "price": 1 })).await;
    assert_eq!(both.status, 422);
}

#[tokio::test]
async fn faults_are_put_and_reported() {
    let rig = Rig::start().await;
    let script =
        json!({ "faults": [{ "when": { "call": "inquire-balance", "nth": 1 }, "what": { "kind": "rate_error" } }] });
    assert_eq!(put(&rig, "/emulator/faults", script).await.status, 200);
    let real = rig.session(Environment::Real).await;
    let balance = async || real.ledger("inquire-balance", "TTTC8434R", &crate::rig::balance_query()).await;
    assert_eq!(balance().await.code(), "EGW00201");
    assert_eq!(balance().await.code(), "KIOK0510");
    assert_eq!(get(&rig, "/emulator/faults").await.body["faults"][0]["acted"], json!(1));
}

#[tokio::test]
async fn the_page_speaks_both_languages() {
    let rig = Rig::start().await;
    for (path, word) in [("/emulator/", "에뮬레이터"), ("/emulator/?lang=en", "This is a simulation.")] {
        let page = get(&rig, path).await;
        assert!(page.status == 200 && page.body.as_str().is_some_and(|html| html.contains(word)), "{path}");
    }
}

#[tokio::test]
async fn tokens_and_orders_survive_a_restart_in_a_state_folder() {
    let folder = tempfile::tempdir().expect("a folder");
    let config = || EmulatorConfig { state: Some(folder.path().to_owned()), ..config() };
    let first = Rig::with(config()).await;
    let real = first.session(Environment::Real).await;
    let symbol = get(&first, "/emulator/issues").await.text("/0/symbol").to_owned();
    let far = first
        .emulator
        .with_world(|world, _| world.quote(symbol.parse().expect("a symbol")).expect("a quote").limits.lower.0);
    assert_eq!(real.limit("TTTC0012U", &symbol, 1, far).await.code(), "APBK0013");
    let (token, credentials) = (real.token.clone(), real.credentials.clone());
    // Not stopped: what was promised is on disk by then.
    drop(first);
    let second = Rig::with(config()).await;
    let real = crate::rig::Session { rig: &second, credentials, token };
    assert_eq!(real.day_list().await.rows("/output1").len(), 1);
}

#[tokio::test]
async fn a_reservation_is_sent_once_even_if_what_became_of_it_was_not_written() {
    let folder = tempfile::tempdir().expect("a folder");
    let from = |time: &str| EmulatorConfig {
        state: Some(folder.path().to_owned()),
        clock: ClockMode::Stepped { start: at(time) },
        ..config()
    };
    let first = Rig::with(from("2026-10-01T16:00:00+09:00")).await;
    let real = first.session(Environment::Real).await;
    let symbol = get(&first, "/emulator/issues").await.text("/0/symbol").to_owned();
    let body = json!({
        "PDNO": symbol, "ORD_QTY": "1", "ORD_UNPR": "0", "SLL_BUY_DVSN_CD": "02", "ORD_DVSN_CD": "01",
        "ORD_OBJT_CBLC_DVSN_CD": "10",
    });
    assert_eq!(real.order("order-resv", "CTSC0008U", body).await.code(), "APBK2938");
    let gateway = folder.path().join("gateway.json");
    let before = std::fs::read(&gateway).expect("written with the promise");
    let stepped = json!({ "seconds": 17 * 3600 });
    assert_eq!(post(&first, "/emulator/clock/step", stepped).await.status, 200);
    assert_ne!(std::fs::read(&gateway).expect("a file"), before, "what became of it is written");
    let credentials = real.credentials.clone();
    drop(first);
    // As if the emulator had been killed between order and file.
    std::fs::write(&gateway, before).expect("written");
    let second = Rig::with(from("2026-10-02T09:01:00+09:00")).await;
    second.step(60);
    let real = second.session_of(credentials).await;
    let orders = real.ledger("inquire-daily-ccld", "TTTC0081R", &crate::rig::day_query("20261002")).await;
    assert_eq!(orders.rows("/output1").len(), 1);
    let query = [
        ("RSVN_ORD_ORD_DT", "20261001"),
        ("RSVN_ORD_END_DT", "20261010"),
        ("RSVN_ORD_SEQ", ""),
        ("TMNL_MDIA_KIND_CD", "00"),
        ("PRCS_DVSN_CD", "0"),
        ("CNCL_YN", "N"),
        ("PDNO", ""),
        ("SLL_BUY_DVSN_CD", "00"),
        ("CTX_AREA_FK200", ""),
        ("CTX_AREA_NK200", ""),
    ];
    let list = real.ledger("order-resv-ccnl", "CTSC0004R", &query).await;
    assert_eq!(list.text("/output/0/odno"), orders.text("/output1/0/odno"));
}
