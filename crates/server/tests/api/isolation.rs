//! Nobody can see, change or even notice what belongs to somebody else.

use std::collections::BTreeMap;

use exodus_domain::{
    BrokerOrder, BrokerOrderId, Clock, NotificationKind, OrderFields, OrderType, Price, Qty, Reason, RowFacts, Side,
    Signal, SignalType, Won, kst_date,
};
use exodus_live::SystemClock;
use exodus_store::notifications::{self, NewNotification};
use exodus_store::orders as stored;
use exodus_store::signals::{self, NewSignal};
use serde_json::{Value, json};

use crate::documented::operations;
use crate::http::{Client, PASSWORD};
use crate::installation::{Installation, on_each_database};
use crate::{backtests, imports, orders, strategies, sweeps};

on_each_database!(ids_of_others_do_not_exist);

/// Lists that must stay empty for whoever owns nothing.
const LISTS: &[&str] = &[
    "/strategies",
    "/signals",
    "/orders",
    "/backtest",
    "/backtest/sweeps",
    "/armings",
    "/market/imports",
    "/market/backfills",
    "/account/trades",
    "/account/holdings",
    "/account/snapshots",
];

/// What belongs to the installation: everybody sees it, and no owner is kept.
const SHARED: &str = "/market/actions/";

/// What is told as a list only.
const TOLD_AS_A_LIST: &[&str] =
    &["/accounts/", "/account/kill-switches/", "/broker-orders/", "/notifications/", "/risk/strategies/"];

/// One of everything, by the start of its path.
async fn one_of_everything(installation: &Installation, owner: &Client) -> BTreeMap<&'static str, i64> {
    let id = |made: Value| made["id"].as_i64().expect("an id");
    let user_id = id(owner.get("/auth/me").await.ok(200));
    let strategy = id(owner.post("/strategies", &strategies::momentum("Mine")).await.ok(201));
    let resting = id(orders::resting_buy(owner, "00I030").await);
    let import = id(imports::upload(owner, "mine.csv", imports::ROWS).await.ok(202));
    let backfill = json!({ "symbols": ["00I010"], "interval": "1d", "from": "2026-01-02", "to": "2026-01-05" });
    let backfill = id(owner.post("/market/backfills", &backfill).await.ok(202));
    let backtest = backtests::request(owner, &["00I010"]).await;
    let sweep = id(owner.post("/backtest/sweeps", &sweeps::request(&backtest)).await.ok(202));
    let backtest = id(owner.post("/backtest", &backtest).await.ok(202));
    let account = owner.get("/account/balance").await.ok(200)["account_id"].as_i64().expect("an id");
    let new = NewSignal {
        user_id,
        account_id: account,
        strategy_id: strategy,
        strategy_version: Some(1),
        signal: Signal {
            symbol: "00I010".parse().expect("a symbol"),
            signal_type: SignalType::Hold,
            confidence: 0.5,
            price: Price(71_000),
            quantity: Qty(0),
            reason: Reason { code: "momentum_above_entry".to_owned(), values: BTreeMap::new(), conditions: Vec::new() },
        },
        signal_key: "the only one".to_owned(),
    };
    let now = "2026-01-05T10:00:00+09:00".parse().expect("an instant");
    let (signal, _) = signals::record(&installation.store, &new, now).await.expect("a signal");
    let notification = NewNotification {
        user_id,
        account_id: Some(account),
        order_id: None,
        kind: NotificationKind::JobDropped,
        subject: "isolation".to_owned(),
        values: json!({}),
    };
    notifications::raise(&installation.store, &notification, now).await.expect("told");
    let notification = id(owner.get("/notifications").await.ok(200)["items"][0].clone());
    BTreeMap::from([
        ("/accounts/", account),
        ("/account/kill-switches/", strategy),
        ("/broker-orders/", somebody_elses_order(installation, account).await),
        ("/notifications/", notification),
        ("/risk/strategies/", strategy),
        ("/strategies/", strategy),
        ("/signals/", signal.id),
        ("/orders/", resting),
        ("/market/imports/", import),
        ("/market/backfills/", backfill),
        ("/backtest/", backtest),
        ("/backtest/sweeps/", sweep),
    ])
}

/// An order that somebody else placed on an account at its broker, as the list told it. Its number.
async fn somebody_elses_order(installation: &Installation, account: i64) -> i64 {
    let now = SystemClock.now();
    let fields = OrderFields {
        symbol: "00I010".parse().expect("a symbol"),
        side: Side::Buy,
        order_type: OrderType::Limit,
        quantity: Qty(10),
        price: Some(Price(70_000)),
    };
    let row = BrokerOrder {
        id: BrokerOrderId("991".to_owned()),
        fields,
        facts: RowFacts { order_qty: Qty(10), cum_qty: Qty(0), cum_amount: Won(0), end: None },
        accepted_at: now,
        original: None,
        is_foreign: false,
    };
    stored::record_list(&installation.store, account, kst_date(now), &[row], &[], now).await.expect("written down");
    let rows = stored::rows_of_day(&installation.store, account, kst_date(now)).await.expect("a read");
    rows.iter().find(|row| row.broker_order_id.0 == "991").expect("the row").id
}

async fn ids_of_others_do_not_exist(installation: &Installation) {
    let (admin, [owner, stranger]) = installation.with_users(["owner", "stranger"]).await;
    let things = one_of_everything(installation, &owner).await;
    let mut tried = 0;
    let owned = operations().into_iter().filter(|operation| operation.has_id() && !operation.is_admins());
    for operation in owned.filter(|operation| !operation.path.starts_with(SHARED)) {
        // From the end: the longer of two paths with one beginning comes first.
        let (_, id) = things
            .iter()
            .rev()
            .find(|(start, _)| operation.path.starts_with(**start))
            .unwrap_or_else(|| panic!("{} has no row in this test", operation.path));
        let body = match operation.method {
            reqwest::Method::PUT if operation.path.starts_with("/accounts/") => Some(json!({ "name": "Yours" })),
            reqwest::Method::PUT => Some(strategies::momentum("Yours")),
            reqwest::Method::PATCH => Some(json!({ "name": "Yours" })),
            reqwest::Method::POST if operation.path.ends_with("/clone") => Some(json!({ "name": "Yours" })),
            reqwest::Method::POST if operation.path.ends_with("/arming") => Some(json!({
                "version": 1, "days": 1, "max_loss": 1, "sentence": "mine", "password": PASSWORD
            })),
            reqwest::Method::POST if operation.path.ends_with("/decide") => {
                Some(json!({ "choice": "absent", "password": PASSWORD, "reason": "mine" }))
            }
            reqwest::Method::POST if operation.path.ends_with("/kill-switches/{scope}/{id}") => {
                Some(json!({ "state": "halted" }))
            }
            reqwest::Method::POST
                if ["/clear", "/release", "/enable"].iter().any(|end| operation.path.ends_with(end)) =>
            {
                Some(json!({ "password": PASSWORD, "reason": "mine" }))
            }
            _ => None,
        };
        // An admin manages users, not their money: the same answer for both, and for what does not exist.
        for outsider in [&stranger, &admin] {
            for id in [id.to_string(), "999999999".to_owned()] {
                let path = operation.path_with(&id);
                outsider.send(operation.method.clone(), &path, body.as_ref()).await.refused(404, "NOT_FOUND");
                tried += 1;
            }
        }
    }
    assert!(tried >= 60, "{tried}");

    for list in LISTS {
        assert_eq!(stranger.get(list).await.ok(200)["total"], 0, "{list}");
    }
    let filtered = format!("/signals?strategy_id={}", things["/strategies/"]);
    assert_eq!(stranger.get(&filtered).await.ok(200)["total"], 0);
    let mut backtest = backtests::request(&stranger, &["00I010"]).await;
    backtest["strategy_id"] = json!(things["/strategies/"]);
    for member in ["strategy_type", "parameters"] {
        backtest.as_object_mut().expect("an object").remove(member);
    }
    stranger.post("/backtest", &backtest).await.refused(404, "NOT_FOUND");

    for (start, id) in things.iter().filter(|(start, _)| !TOLD_AS_A_LIST.contains(start)) {
        owner.get(&format!("{start}{id}")).await.ok(200);
    }
    assert_eq!(owner.get("/strategies").await.ok(200)["items"][0]["name"], "Mine");
    let signal = owner.get(&format!("/signals/{}", things["/signals/"])).await.ok(200);
    let names = (&signal["name_ko"], &signal["name_en"]);
    assert_eq!(names, (&json!("도깨비전자"), &json!("Dokkaebi Electronics")), "{signal}");
    let order = owner.get(&format!("/orders/{}", things["/orders/"])).await.ok(200);
    assert_eq!(order["status"], "pending", "{order}");
}
