//! Searches through parameters, from the request to the table.

use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::{Value, json};

use crate::backtests;
use crate::http::Client;
use crate::installation::{Installation, ended, eventually, on_each_database};

on_each_database!(
    a_grid_is_searched_and_told,
    parameters_of_a_document_are_searched,
    a_sweep_stops_when_told_and_goes_on,
    what_cannot_be_searched_is_refused_with_its_field,
);

/// A small sweep around a backtest.
pub(crate) fn request(base: &Value) -> Value {
    json!({
        "name": "Grid",
        "base": base,
        "axes": {
            "lookback": { "from": 5, "to": 20, "step": 5 },
            "entry_threshold_percent": { "values": [0.5, 1.0, 2.0] },
        },
        "constraints": ["lookback < 20"],
        "objective": { "figure": "total_return" },
    })
}

async fn a_grid_is_searched_and_told(installation: &Installation) {
    let admin = installation.admin().await;
    let base = backtests::request(&admin, &["00I010"]).await;
    let mut request = request(&base);
    request["walk_forward"] = json!({ "train_sessions": 120, "test_sessions": 60, "purge_sessions": 5 });
    let queued = admin.post("/backtest/sweeps", &request).await.ok(202);
    assert_eq!((&queued["status"], &queued["trials_done"]), (&json!("queued"), &json!(0)));
    assert_eq!(queued["objective"], json!({ "figure": "returns.total_return", "direction": "maximize" }));
    let total = queued["trials_total"].as_u64().expect("a number");
    assert!(total > 9 && total.is_multiple_of(9), "nine for the period and for each fold: {total}");
    let path = format!("/backtest/sweeps/{}", queued["id"]);
    let done = ended(&admin, &path).await;
    assert_eq!(
        (&done["status"], &done["error"], &done["progress"]),
        (&json!("done"), &Value::Null, &json!(1.0)),
        "{done}"
    );
    assert_eq!(done["trials_done"], total);

    let page = admin.get(&format!("{path}/trials?sort=-objective")).await.ok(200);
    let trials = page["items"].as_array().expect("trials");
    assert_eq!((&page["total"], trials.len()), (&json!(9), 9));
    let objectives: Vec<f64> = trials.iter().map(|trial| trial["objective"].as_f64().expect("a return")).collect();
    assert!(objectives.is_sorted_by(|left, right| left >= right), "{objectives:?}");
    assert_eq!(
        (&done["best"]["objective"], &trials[0]["metrics"]["total_return"]),
        (&trials[0]["objective"], &trials[0]["objective"])
    );
    assert_eq!(
        (&done["best_report"]["significance"]["trials"], done["stability"].as_array().map(Vec::len)),
        (&json!(9), Some(9))
    );
    let folds = done["walk_forward_result"]["folds"].as_array().expect("folds");
    assert_eq!(folds.len() as u64, total / 9 - 1);
    assert_eq!(admin.get(&format!("{path}/trials?fold=1")).await.ok(200)["total"], 9);
    let csv = admin.get(&format!("{path}/trials.csv")).await;
    assert_eq!(csv.text.lines().count() as u64, total + 1, "{csv}");
    assert!(csv.text.contains("fold,number,entry_threshold_percent,lookback,objective"), "{csv}");
    assert_eq!(admin.get(&format!("{path}/trials?sort=luck")).await.refused(400, "INVALID_QUERY")["field"], "sort");

    // Each trial is what a backtest of its own gives; the one that was chosen is judged by how many there were.
    let mut chosen = base.clone();
    chosen["sweep_id"] = queued["id"].clone();
    for (name, value) in trials[0]["parameters"].as_object().expect("parameters") {
        chosen["parameters"][name] = value.clone();
    }
    let backtest = admin.post("/backtest", &chosen).await.ok(202);
    let backtest = ended(&admin, &format!("/backtest/{}", backtest["id"])).await;
    assert_eq!(backtest["metrics"], trials[0]["metrics"]);
    assert_eq!(
        (&backtest["sweep_id"], &backtest["report"]["significance"]),
        (&queued["id"], &done["best_report"]["significance"])
    );

    admin.post(&format!("{path}/cancel"), &json!({})).await.refused(409, "SWEEP_ENDED");
    admin.post(&format!("{path}/resume"), &json!({})).await.refused(409, "SWEEP_DONE");
    assert_eq!(admin.get("/backtest/sweeps").await.ok(200)["total"], 1);
    admin.send(Method::DELETE, &path, None).await.ok(204);
    admin.get(&path).await.refused(404, "NOT_FOUND");
}

async fn done_trials(client: &Client, path: &str) -> u64 {
    client.get(path).await.ok(200)["trials_done"].as_u64().expect("a number")
}

/// Buys when one mean of closes crosses above another.
const DOCUMENT: &str = "version: \"1.0\"
metadata: {name: 교차}
strategy:
  id: cross
  params:
    fast: {default: 5, min: 2, max: 20, type: int}
    slow: {default: 20, min: 5, max: 60, type: int}
  indicators:
    - {id: sma, alias: fast, params: {period: $fast}}
    - {id: sma, alias: slow, params: {period: $slow}}
  entry: {conditions: [{indicator: fast, operator: cross_above, compare_to: slow}]}
  exit: {conditions: [{indicator: fast, operator: cross_below, compare_to: slow}]}
";

async fn parameters_of_a_document_are_searched(installation: &Installation) {
    let admin = installation.admin().await;
    let mut base = backtests::request(&admin, &["00I010"]).await;
    base["strategy_type"] = json!("rules");
    // Longer than other bodies may be.
    let document = format!("{DOCUMENT}{}", "# a note\n".repeat(10_000));
    base["parameters"] = json!({ "document": document, "overrides": { "slow": 30 } });
    let request = json!({
        "base": base,
        "axes": { "overrides.fast": { "from": 4, "to": 16, "step": 4 }, "overrides.slow": { "values": [10, 40] } },
        "constraints": ["overrides.fast < overrides.slow"],
        "objective": { "figure": "total_return" },
    });
    let queued = admin.post("/backtest/sweeps", &request).await.ok(202);
    assert_eq!(queued["trials_total"], 6, "12 and 16 are not below 10");
    let path = format!("/backtest/sweeps/{}", queued["id"]);
    let done = ended(&admin, &path).await;
    assert_eq!((&done["status"], &done["trials_done"]), (&json!("done"), &json!(6)), "{done}");
    let csv = admin.get(&format!("{path}/trials.csv")).await;
    assert!(csv.text.contains("fold,number,overrides.fast,overrides.slow,objective"), "{csv}");

    // Each trial is what a backtest with its values gives, and counts as tried.
    let best = &done["best"];
    let parameters = best["parameters"].as_object().expect("parameters");
    assert_eq!(parameters.keys().collect::<Vec<_>>(), ["overrides.fast", "overrides.slow"]);
    let mut chosen = request["base"].clone();
    chosen["sweep_id"] = queued["id"].clone();
    for (name, value) in parameters {
        chosen["parameters"]["overrides"][name.trim_start_matches("overrides.")] = value.clone();
    }
    let backtest = admin.post("/backtest", &chosen).await.ok(202);
    let backtest = ended(&admin, &format!("/backtest/{}", backtest["id"])).await;
    assert_eq!(backtest["metrics"], best["metrics"], "{backtest}");
    assert_eq!(backtest["report"]["significance"]["trials"], 6);

    for (axes, field, part) in [
        (json!({ "overrides.fsat": { "values": [5] } }), "axes.overrides.fsat", "overrides.fast"),
        (json!({ "overrides.fast": { "from": 1, "to": 5 } }), "axes.overrides.fast", "1 must be at least 2"),
        (json!({ "overrides": { "values": [5] } }), "axes.overrides", "no parameter"),
    ] {
        let mut bad = request.clone();
        bad["axes"] = axes;
        bad["constraints"] = json!([]);
        let problem = admin.post("/backtest/sweeps", &bad).await.refused(422, "INVALID_FIELD");
        assert_eq!(problem["field"], field, "{problem}");
        assert!(problem["detail"].as_str().is_some_and(|detail| detail.contains(part)), "{problem}");
    }
}

async fn a_sweep_stops_when_told_and_goes_on(installation: &Installation) {
    let admin = installation.admin().await;
    let days = backtests::store_history(installation, &["900001".to_owned(), "900002".to_owned()]).await;
    let mut request = request(&json!({
        "strategy_type": "momentum", "parameters": {}, "symbols": ["900001", "900002"],
        "start_date": days[0], "end_date": days[1], "initial_capital": 100_000_000,
    }));
    request["axes"] = json!({ "lookback": { "from": 2, "to": 300 } });
    request["constraints"] = json!([]);
    let queued = admin.post("/backtest/sweeps", &request).await.ok(202);
    assert_eq!(queued["trials_total"], 299);
    let path = format!("/backtest/sweeps/{}", queued["id"]);
    eventually("some trials", async || (done_trials(&admin, &path).await > 0).then_some(())).await;
    admin.send(Method::DELETE, &path, None).await.refused(409, "SWEEP_RUNNING");
    admin.post(&format!("{path}/resume"), &json!({})).await.refused(409, "SWEEP_RUNNING");
    let told = Instant::now();
    admin.post(&format!("{path}/cancel"), &json!({})).await.ok(202);
    let cancelled = ended(&admin, &path).await;
    assert_eq!(cancelled["status"], "cancelled", "{cancelled}");
    assert!(told.elapsed() < Duration::from_secs(2), "{:?}", told.elapsed());
    let before = admin.get(&format!("{path}/trials?page_size=200")).await.ok(200);
    assert!(before["total"].as_u64().is_some_and(|count| count > 0 && count < 299), "{}", before["total"]);

    admin.post(&format!("{path}/resume"), &json!({})).await.ok(202);
    eventually("its end", async || (admin.get(&path).await.ok(200)["status"] == "done").then_some(())).await;
    assert_eq!(done_trials(&admin, &path).await, 299);
}

async fn what_cannot_be_searched_is_refused_with_its_field(installation: &Installation) {
    let admin = installation.admin().await;
    let base = backtests::request(&admin, &["00I010"]).await;
    let good = request(&base);
    let with = |member: &str, value: Value| {
        let mut body = good.clone();
        body[member] = value;
        body
    };
    let of_base = |member: &str, value: Value| {
        let mut body = good.clone();
        body["base"][member] = value;
        body
    };
    for (body, field) in [
        (with("name", json!("x".repeat(101))), "name"),
        (with("axes", json!({})), "axes"),
        (with("axes", json!({ "luck": { "values": [1] } })), "axes.luck"),
        (with("axes", json!({ "lookback": { "values": [] } })), "axes.lookback.values"),
        (with("axes", json!({ "lookback": { "values": [0] } })), "axes.lookback"),
        (with("axes", json!({ "lookback": { "values": [1.5] } })), "axes.lookback"),
        (with("axes", json!({ "lookback": { "from": 1, "to": 5, "step": 0 } })), "axes.lookback.step"),
        (with("axes", json!({ "lookback": { "from": 9, "to": 5 } })), "axes.lookback.to"),
        (
            with(
                "axes",
                json!({ "entry_threshold_percent": { "from": 0.1, "to": 20.0, "step": 0.1 }, "position_size_percent": { "from": 1, "to": 100 } }),
            ),
            "axes",
        ),
        (with("axes", json!([])), "axes"),
        (with("constraints", json!(["lookback <"])), "constraints[0]"),
        (with("constraints", json!(["lookback > 1000"])), "constraints"),
        (with("objective", json!({ "figure": "luck" })), "objective.figure"),
        (with("objective", json!({ "figure": "benchmark.beta" })), "objective.figure"),
        (with("objective", json!({ "figure": "sharpe_ratio", "direction": "up" })), "objective.direction"),
        (with("search", json!({ "kind": "random" })), "search.trials"),
        (with("search", json!({ "kind": "random", "trials": 10_001 })), "search.trials"),
        (with("search", json!({ "kind": "tpe", "trials": 0 })), "search.trials"),
        (with("search", json!({ "kind": "grid", "trials": 5 })), "search.trials"),
        (with("search", json!({ "kind": "luck" })), "search.kind"),
        (with("walk_forward", json!({ "train_sessions": 0, "test_sessions": 5 })), "walk_forward.train_sessions"),
        (with("walk_forward", json!({ "train_sessions": 100_000, "test_sessions": 5 })), "walk_forward"),
        (of_base("initial_capital", json!(1)), "base.initial_capital"),
        (of_base("symbols", json!(["999999"])), "base.symbols[0]"),
        (of_base("end_date", json!("2999-01-01")), "base.end_date"),
        (of_base("benchmark", json!("KOSPI")), "base.benchmark"),
        (of_base("strategy_ids", json!([1])), "base.strategy_ids"),
        (of_base("parameters", json!({ "lookback": -1 })), "base.parameters.lookback"),
    ] {
        let refused = admin.post("/backtest/sweeps", &body).await.refused(422, "INVALID_FIELD");
        assert!(refused["field"].as_str().is_some_and(|named| named.starts_with(field)), "{field} {body}: {refused}");
    }
    assert_eq!(admin.get("/backtest/sweeps").await.ok(200)["total"], 0, "nothing of it was queued");
}
