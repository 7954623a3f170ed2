//! Accounts at KIS beside the demo account: adding, selecting, removing; what others may not do; what is never told.

use exodus_store::accounts::{self, AccountEnv, KeyHints, NewBrokerAccount};
use exodus_store::{Page, audit, strategies as store_strategies};
use reqwest::Method;
use serde_json::{Value, json};

use crate::documented::operations;
use crate::http::{Client, PASSWORD, Reply};
use crate::installation::{Installation, on_each_database};
use crate::{orders, strategies};

on_each_database!(
    an_account_out_of_reach_is_saved_and_its_keys_are_never_told with KIS_OUT_OF_REACH,
    what_cannot_be_keys_is_refused_by_its_field with KIS_OUT_OF_REACH,
    the_selected_account_answers with KIS_OUT_OF_REACH,
    an_account_in_use_is_not_removed with KIS_OUT_OF_REACH,
    others_accounts_do_not_exist with KIS_OUT_OF_REACH,
);

/// Planted where secrets go; must come back nowhere.
const APP_KEY: &str = "PSCANARYkeyCANARYkeyCANARYkeyA1b2";
const APP_SECRET: &str = "CANARYsecret+CANARYsecret/CANARYsecret=CANARYsecret";
const ACCOUNT_NO: &str = "50987654-01";
const HTS_ID: &str = "canaryid";

fn keys(name: &str) -> Value {
    json!({
        "name": name,
        "env": "paper",
        "app_key": APP_KEY,
        "app_secret": APP_SECRET,
        "account_no": ACCOUNT_NO,
        "hts_id": HTS_ID,
        "password": PASSWORD,
    })
}

fn with(mut body: Value, member: &str, value: Value) -> Value {
    body[member] = value;
    body
}

/// Nothing of the keys and of the number but what may be shown.
fn assert_silent(reply: &Reply) {
    for secret in [APP_KEY, APP_SECRET, HTS_ID, ACCOUNT_NO, "5098765401", "50987654"] {
        assert!(!reply.text.contains(secret), "a secret in {reply}");
    }
}

async fn add(client: &Client, name: &str) -> Value {
    let reply = client.post("/accounts", &keys(name)).await;
    assert_silent(&reply);
    reply.ok(201)
}

async fn an_account_out_of_reach_is_saved_and_its_keys_are_never_told(installation: &Installation) {
    let admin = installation.admin().await;
    let [demo] = <[Value; 1]>::try_from(admin.get("/accounts").await.ok(200).as_array().expect("a list").clone())
        .expect("the demo account alone");
    assert_eq!((&demo["broker"], &demo["env"], &demo["is_selected"]), (&json!("demo"), &json!("paper"), &json!(true)));
    assert_eq!((&demo["account_no"], &demo["status"]), (&Value::Null, &json!("ready")));
    assert_eq!(demo["cash"], demo["total_assets"]);

    let checked = admin.post("/accounts/check", &keys("Mock")).await;
    assert_silent(&checked);
    let steps = checked.ok(200)["steps"].as_array().expect("steps").clone();
    let told: Vec<_> = steps.iter().map(|step| [&step["step"], &step["state"]]).collect();
    let expected =
        [("token", "failed"), ("account", "skipped"), ("quote", "skipped"), ("stream", "skipped"), ("hours", "ok")];
    assert_eq!(json!(told), json!(expected));
    assert_eq!(steps[0]["problem"], "UNREACHABLE");
    for text in [&steps[0]["message"], &steps[0]["mend"]] {
        assert!(text["ko"].as_str().is_some_and(|ko| !ko.is_ascii()) && text["en"].as_str().is_some_and(str::is_ascii));
    }

    let added = add(&admin, "Mock").await;
    assert_eq!((&added["status"], &added["problem"]["code"]), (&json!("unreachable"), &json!("UNREACHABLE")));
    assert_eq!((&added["account_no"], &added["hts_id_hint"]), (&json!("******54-01"), &json!("ca***")));
    assert_eq!((&added["app_key_hint"], &added["cash"]), (&json!("…A1b2"), &Value::Null));
    admin.post("/accounts", &keys("Again")).await.refused(409, "ACCOUNT_EXISTS");
    let path = format!("/accounts/{}", added["id"]);
    let renamed = admin.send(Method::PUT, &path, Some(&json!({ "name": "모의" }))).await.ok(200);
    assert_eq!((&renamed["name"], &renamed["status"]), (&json!("모의"), &json!("unreachable")));
    let keys = json!({ "app_key": "other", "app_secret": "other", "hts_id": "other", "password": PASSWORD });
    let changed = admin.send(Method::PUT, &path, Some(&json!({ "keys": keys }))).await.ok(200);
    assert_eq!((&changed["app_key_hint"], &changed["hts_id_hint"]), (&json!("…ther"), &json!("ot***")));
    let wrong = json!({ "keys": with(keys, "password", json!("not my password")) });
    let problem = admin.send(Method::PUT, &path, Some(&wrong)).await.refused(422, "INVALID_FIELD");
    assert_eq!(problem["field"], "keys.password");

    let user = admin.get("/auth/me").await.ok(200)["id"].as_i64();
    let log = audit::list(&installation.store, user, Page { number: 1, size: 100 }).await.expect("a read");
    let actions: Vec<&str> = log.items.iter().map(|row| row.action.as_str()).collect();
    assert!(actions.contains(&"account.add") && actions.contains(&"account.renew_keys"), "{actions:?}");
    let told = format!("{:?}", log.items);
    assert!(!told.contains("CANARY") && !told.contains("987654") && !told.contains(HTS_ID), "{told}");

    // Every answer of every route, with the account selected.
    admin.post(&format!("{path}/select"), &json!({})).await.ok(200);
    for operation in operations().iter().filter(|operation| operation.method == Method::GET) {
        assert_silent(&admin.get(&operation.path_with("1")).await);
    }
}

async fn what_cannot_be_keys_is_refused_by_its_field(installation: &Installation) {
    let admin = installation.admin().await;
    let cases = [
        ("name", json!("")),
        ("name", json!("x".repeat(41))),
        ("name", json!("Demo")),
        ("env", json!("real")),
        ("app_key", json!("")),
        ("app_key", json!("with a blank")),
        ("app_key", json!("x".repeat(65))),
        ("app_key", json!("앱키")),
        ("app_secret", json!("a\u{0}b")),
        ("app_secret", json!("x".repeat(257))),
        ("account_no", json!("50987654")),
        ("account_no", json!("5098765a-01")),
        ("account_no", json!("50987654-0١")),
        ("hts_id", json!("")),
        ("password", json!("not my password")),
        ("is_selected", json!(true)),
    ];
    for (field, value) in cases {
        for path in ["/accounts", "/accounts/check"] {
            if (path, field) == ("/accounts/check", "name") && value == "Demo" {
                continue; // Nothing is saved, so nothing has to have a name of its own.
            }
            let reply = admin.post(path, &with(keys("Mock"), field, value.clone())).await;
            assert_silent(&reply);
            assert_eq!(reply.refused(422, "INVALID_FIELD")["field"], field, "{value} to {path}");
        }
    }
    assert_eq!(admin.get("/accounts").await.ok(200).as_array().map(Vec::len), Some(1), "nothing was saved");
    let demo = format!("/accounts/{}", admin.get("/account/balance").await.ok(200)["account_id"]);
    admin.send(Method::DELETE, &demo, None).await.refused(409, "DEMO_ACCOUNT");
    admin.post(&format!("{demo}/check"), &json!({})).await.refused(409, "DEMO_ACCOUNT");
    admin.send(Method::PUT, &demo, Some(&json!({}))).await.refused(422, "INVALID_FIELD");
}

async fn the_selected_account_answers(installation: &Installation) {
    let admin = installation.admin().await;
    let added = add(&admin, "Mock").await;
    let resting = orders::resting_buy(&admin, "00I030").await;
    let demo = admin.get("/account/balance").await.ok(200);
    assert_eq!((&demo["broker"], &demo["account_name"]), (&json!("demo"), &json!("Demo")));

    let selected = admin.post(&format!("/accounts/{}/select", added["id"]), &json!({})).await.ok(200);
    assert_eq!(selected["is_selected"], true);
    let balance = admin.get("/account/balance").await.ok(200);
    assert_eq!(
        (&balance["account_id"], &balance["broker"], &balance["env"]),
        (&added["id"], &json!("kis"), &json!("paper"))
    );
    assert_eq!((&balance["cash_balance"], &balance["problem"]["code"]), (&json!(0), &json!("UNREACHABLE")));
    for list in ["/orders", "/account/holdings", "/account/trades", "/account/snapshots", "/signals"] {
        assert_eq!(admin.get(list).await.ok(200)["total"], 0, "{list}");
    }
    let order = json!({ "symbol": "00I010", "side": "buy", "order_type": "limit", "quantity": 1, "price": 70_000 });
    let refused = admin.order_as("elsewhere", &order).await.refused(422, "INVALID_FIELD");
    assert_eq!(refused["field"], "symbol", "issues of the demo market are not traded at KIS");
    let strategy = admin.post("/strategies", &strategies::momentum("Mine")).await.ok(201);
    let activate = format!("/strategies/{}/activate", strategy["id"]);
    admin.post(&activate, &json!({})).await.refused(409, "NO_LIVE_PRICES");
    let active = admin.post(&activate, &json!({ "account_id": demo["account_id"] })).await.ok(200);
    assert_eq!(active["active_accounts"][0]["id"], demo["account_id"], "an account may be named");
    admin.post(&activate, &json!({ "account_id": 999 })).await.refused(422, "INVALID_FIELD");

    // A page that still shows the other account must not order for this one.
    let stale = admin.request(Method::GET, "/account/balance").header("Exodus-Account", demo["account_id"].to_string());
    Reply::to(stale).await.refused(409, "ACCOUNT_SWITCHED");
    let fresh = admin.request(Method::GET, "/account/balance").header("Exodus-Account", added["id"].to_string());
    Reply::to(fresh).await.ok(200);
    let nonsense = admin.request(Method::GET, "/orders").header("Exodus-Account", "x");
    Reply::to(nonsense).await.refused(409, "ACCOUNT_SWITCHED");

    admin.post(&format!("/accounts/{}/select", demo["account_id"]), &json!({})).await.ok(200);
    assert_eq!(admin.get("/orders").await.ok(200)["items"][0]["id"], resting["id"]);
}

async fn an_account_in_use_is_not_removed(installation: &Installation) {
    let admin = installation.admin().await;
    let added = add(&admin, "Mock").await;
    let id = added["id"].as_i64().expect("an id");
    let path = format!("/accounts/{id}");
    let strategy = admin.post("/strategies", &strategies::momentum("Mine")).await.ok(201);
    let (user, strategy) = (admin.get("/auth/me").await.ok(200)["id"].as_i64(), strategy["id"].as_i64());
    let (user, strategy) = (user.expect("an id"), strategy.expect("an id"));
    let now = "2026-11-23T10:00:00+09:00".parse().expect("an instant");
    store_strategies::activate_on(&installation.store, user, strategy, 1, id, now).await.expect("activated");
    let shown = admin.get(&format!("/strategies/{strategy}")).await.ok(200);
    assert_eq!(
        (&shown["active_accounts"][0]["name"], &shown["active_accounts"][0]["broker"]),
        (&json!("Mock"), &json!("kis"))
    );
    admin.send(Method::DELETE, &path, None).await.refused(409, "ACCOUNT_HAS_ACTIVE_STRATEGIES");
    admin.post(&format!("/strategies/{strategy}/deactivate"), &json!({})).await.ok(200);

    admin.post(&format!("{path}/select"), &json!({})).await.ok(200);
    assert_eq!(admin.send(Method::DELETE, &path, None).await.status, 204);
    admin.send(Method::DELETE, &path, None).await.refused(404, "NOT_FOUND");
    let accounts = admin.get("/accounts").await.ok(200);
    assert_eq!((accounts.as_array().map(Vec::len), &accounts[0]["is_selected"]), (Some(1), &json!(true)));
    add(&admin, "Mock").await;
}

async fn others_accounts_do_not_exist(installation: &Installation) {
    let (admin, [kim, lee]) = installation.with_users(["kim", "lee"]).await;
    let added = add(&kim, "Mock").await;
    let path = format!("/accounts/{}", added["id"]);
    for stranger in [&lee, &admin] {
        for (method, path, body) in [
            (Method::PUT, path.clone(), Some(json!({ "name": "mine now" }))),
            (Method::POST, format!("{path}/check"), None),
            (Method::POST, format!("{path}/select"), None),
            (Method::DELETE, path.clone(), None),
        ] {
            stranger.send(method, &path, body.as_ref()).await.refused(404, "NOT_FOUND");
        }
        let listed = stranger.get("/accounts").await.ok(200);
        assert_eq!(listed.as_array().map(Vec::len), Some(1));
    }
    // The same number is another account with another user: the row of one does not open for the other.
    add(&lee, "Mock").await;
    let id = lee.get("/auth/me").await.ok(200)["id"].as_i64().expect("an id");
    let now = "2026-11-23T10:00:00+09:00".parse().expect("an instant");
    let new = NewBrokerAccount {
        user_id: id,
        name: "without keys".to_owned(),
        env: AccountEnv::Live,
        number_hint: "******11-01".to_owned(),
        number_fingerprint: "1".to_owned(),
        keys: KeyHints { app_key: "…1111".to_owned(), hts_id: "11***".to_owned(), saved_at: now },
    };
    let tx = installation.store.begin().await.expect("a transaction");
    let bare = accounts::add(&tx, &new, now).await.expect("added");
    tx.commit().await.expect("committed");
    lee.post(&format!("/accounts/{}/check", bare.id), &json!({})).await.refused(409, "KEYS_LOST");
    // A role that only reads sees accounts and changes none.
    admin.send(Method::PATCH, &format!("/admin/users/{id}"), Some(&json!({ "role": "viewer" }))).await.ok(200);
    let viewer = installation.log_in("lee@example.com").await;
    assert_eq!(viewer.get("/accounts").await.ok(200).as_array().map(Vec::len), Some(3));
    viewer.post("/accounts", &keys("Other")).await.refused(403, "FORBIDDEN");
}
