//! What a backtest may be asked for, and what is refused before it runs.

use serde_json::{Value, json};

use crate::http::Client;
use crate::installation::{Installation, ended, on_each_database};
use crate::{backtests, strategies};

on_each_database!(
    strategies_share_a_wallet,
    a_universe_is_chosen_by_date,
    what_cannot_be_run_is_refused_with_its_field,
);

async fn run(client: &Client, request: &Value) -> Value {
    let queued = client.post("/backtest", request).await.ok(202);
    let done = ended(client, &format!("/backtest/{}", queued["id"])).await;
    assert_eq!(done["status"], "done", "{done}");
    done
}

async fn two_strategies(client: &Client) -> [Value; 2] {
    let mut made = Vec::new();
    for (name, symbol, lookback) in [("Fast", "00I010", 5), ("Slow", "00O020", 20)] {
        let mut strategy = strategies::momentum(name);
        strategy["symbols"] = json!([symbol]);
        strategy["parameters"] = json!({ "lookback": lookback, "entry_threshold_percent": 1.0 });
        made.push(client.post("/strategies", &strategy).await.ok(201)["id"].clone());
    }
    made.try_into().expect("two")
}

async fn strategies_share_a_wallet(installation: &Installation) {
    let admin = installation.admin().await;
    let mut request = backtests::request(&admin, &["00I010", "00O020"]).await;
    let ids = two_strategies(&admin).await;
    for member in ["strategy_type", "parameters", "symbols"] {
        request.as_object_mut().expect("an object").remove(member);
    }
    request["strategy_ids"] = json!(ids);
    let done = run(&admin, &request).await;
    assert_eq!((&done["name"], &done["strategy_id"]), (&json!("Fast + Slow"), &Value::Null));
    let strategies = done["strategies"].as_array().expect("strategies");
    assert_eq!(strategies.iter().map(|one| one["strategy_id"].clone()).collect::<Vec<_>>(), ids);
    assert_eq!(done["symbols"], json!(["00I010", "00O020"]));
    let trades = admin.get(&format!("/backtest/{}/trades?page_size=200", done["id"])).await.ok(200);
    let trades = trades["items"].as_array().expect("trades");
    for (number, symbol) in [(1, "00I010"), (2, "00O020")] {
        let own = trades.iter().filter(|trade| trade["strategy_number"] == number);
        assert!(own.clone().count() > 0 && own.clone().all(|trade| trade["symbol"] == symbol), "{number}");
    }

    for (member, value) in [
        ("symbols", json!(["00I010"])),
        ("strategy_id", ids[0].clone()),
        ("strategy_type", json!("momentum")),
        ("parameters", json!({})),
        ("universe", json!({ "kind": "market", "markets": ["kospi"] })),
    ] {
        let mut both = request.clone();
        both[member] = value;
        let refused = admin.post("/backtest", &both).await.refused(422, "INVALID_FIELD");
        assert_eq!(refused["field"], member, "{refused}");
    }
    request["strategy_ids"] = json!([ids[0], ids[0]]);
    assert_eq!(admin.post("/backtest", &request).await.refused(422, "INVALID_FIELD")["field"], "strategy_ids[1]");
    request["strategy_ids"] = json!([999_999_999]);
    admin.post("/backtest", &request).await.refused(404, "NOT_FOUND");
}

async fn a_universe_is_chosen_by_date(installation: &Installation) {
    let admin = installation.admin().await;
    // The whole history of the demo market: a universe looks at every issue.
    let listed = admin.get("/market/symbols?source=demo&page_size=200").await.ok(200);
    let all: Vec<_> =
        listed["items"].as_array().expect("issues").iter().filter_map(|issue| issue["symbol"].as_str()).collect();
    let mut request = backtests::request(&admin, &all).await;
    request.as_object_mut().expect("an object").remove("symbols");
    let universe = json!({
        "kind": "top", "by": "value", "count": 3, "rebalance": "monthly", "markets": ["kospi", "kosdaq"],
        "lookback_days": 20, "min_listed_days": 0, "exclude_states": [], "sell_on_exit": true,
    });
    request["universe"] = universe.clone();
    // A rule sees only days before: the first month needs some.
    let start = request["start_date"].as_str().expect("a day").parse::<chrono::NaiveDate>().expect("a day");
    request["start_date"] = json!(start + chrono::TimeDelta::days(60));
    let done = run(&admin, &request).await;
    assert_eq!((&done["universe"], &done["symbols"]), (&universe, &json!([])));
    assert_eq!(done["manifest"]["universe_fingerprint"].as_str().map(str::len), Some(64));
    assert!(done["trades_count"].as_u64() > Some(0), "{done}");
    let again = run(&admin, &request).await;
    assert_eq!(again["manifest"]["result_fingerprint"], done["manifest"]["result_fingerprint"]);

    request["universe"]["markets"] = json!(["konex"]);
    let queued = admin.post("/backtest", &request).await.ok(202);
    let failed = ended(&admin, &format!("/backtest/{}", queued["id"])).await;
    assert_eq!(failed["status"], "failed", "{failed}");
    assert!(failed["error"].as_str().is_some_and(|text| text.starts_with("universe.kind: ")), "{failed}");
}

async fn what_cannot_be_run_is_refused_with_its_field(installation: &Installation) {
    let admin = installation.admin().await;
    let good = backtests::request(&admin, &["00I010"]).await;
    let top = json!({ "kind": "top", "by": "value", "count": 3, "rebalance": "monthly", "markets": ["kospi"] });
    let with = |member: &str, value: Value| {
        let mut body = good.clone();
        body[member] = value;
        body
    };
    let universe = |member: &str, value: Value| {
        let mut universe = top.clone();
        universe[member] = value;
        let mut body = with("universe", universe);
        body.as_object_mut().expect("an object").remove("symbols");
        body
    };
    for (body, field) in [
        (with("benchmark", json!("DOW")), "benchmark"),
        (with("benchmark", json!("KOSDAQ")), "benchmark"),
        (with("benchmark", json!("999999")), "benchmark"),
        (with("benchmark", json!(5)), "benchmark"),
        (with("universe", top.clone()), "universe"),
        (with("parameters", json!({ "lookback": 500 })), "parameters"),
        (with("sweep_id", json!(999_999_999)), "sweep_id"),
        (with("strategy_ids", json!([])), "strategy_type"),
        (with("fill", json!({ "timing": "tomorrow" })), "fill.timing"),
        (with("fill", json!({ "volume_share_percent": 0 })), "fill.volume_share_percent"),
        (with("fill", json!({ "volume_share_percent": 100.1 })), "fill.volume_share_percent"),
        (with("fill", json!({ "volume_share_percent": null })), "fill.volume_share_percent"),
        (with("fill", json!({ "slippage": { "kind": "bp", "value": -1 } })), "fill.slippage.value"),
        (with("fill", json!({ "slippage": { "kind": "bp", "value": 1001 } })), "fill.slippage.value"),
        (with("fill", json!({ "slippage": { "kind": "none", "value": 1 } })), "fill.slippage.value"),
        (with("fill", json!({ "slippage": { "kind": "luck" } })), "fill.slippage.kind"),
        (with("fill", json!({ "price": 1 })), "fill.price"),
        (universe("kind", json!("all")), "universe"),
        (universe("count", json!(0)), "universe.count"),
        (universe("count", json!(1_001)), "universe.count"),
        (universe("lookback_days", json!(251)), "universe.lookback_days"),
        (universe("markets", json!([])), "universe.markets"),
        (universe("exclude_states", json!(["administrative"])), "universe.exclude_states"),
    ] {
        let refused = admin.post("/backtest", &body).await.refused(422, "INVALID_FIELD");
        assert!(refused["field"].as_str().is_some_and(|named| named.starts_with(field)), "{body}: {refused}");
    }
    assert_eq!(admin.get("/backtest").await.ok(200)["total"], 0, "nothing of it was queued");
}
