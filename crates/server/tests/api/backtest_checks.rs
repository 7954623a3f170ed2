//! A finished backtest: its benchmark, round trips, note, checks and reports.

use reqwest::Method;
use serde_json::{Value, json};

use crate::backtests;
use crate::http::Client;
use crate::imports::upload_as;
use crate::installation::{Installation, ended, eventually, on_each_database};

on_each_database!(a_result_is_held_against_an_index, a_result_is_noted_verified_tested_and_told);

/// Levels of KOSPI on every day from `from` to `to`, rising and falling by turns.
pub(crate) async fn import_kospi(client: &Client, from: &str, to: &str) {
    let day = |text: &str| text.parse::<chrono::NaiveDate>().expect("a day");
    let mut csv = "symbol,date,close\n".to_owned();
    for (number, date) in day(from).iter_days().take_while(|date| *date <= day(to)).enumerate() {
        csv += &format!("KOSPI,{date},{}.25\n", 2_500 + number * 7 % 40);
    }
    let import = upload_as(client, "indices", "kospi.csv", &csv).await.ok(202);
    let done = ended(client, &format!("/market/imports/{}", import["id"])).await;
    assert_eq!((&done["status"], &done["kind"]), (&json!("done"), &json!("indices")), "{done}");
}

async fn run(client: &Client, request: &Value) -> (String, Value) {
    let queued = client.post("/backtest", request).await.ok(202);
    let path = format!("/backtest/{}", queued["id"]);
    let done = ended(client, &path).await;
    assert_eq!(done["status"], "done", "{done}");
    (path, done)
}

async fn a_result_is_held_against_an_index(installation: &Installation) {
    let admin = installation.admin().await;
    let mut request = backtests::request(&admin, &["00I010", "00O020"]).await;
    request["symbols"] = json!(["00I010"]);
    request["benchmark"] = json!("kospi");
    let refused = admin.post("/backtest", &request).await.refused(422, "INVALID_FIELD");
    assert_eq!(refused["field"], "benchmark", "{refused}");
    assert!(refused["detail"].as_str().is_some_and(|text| text.contains("import indices")), "{refused}");

    let (from, to) = (request["start_date"].as_str().expect("a day"), request["end_date"].as_str().expect("a day"));
    import_kospi(&admin, from, to).await;
    request["fill"] =
        json!({ "timing": "closing_auction", "volume_share_percent": 5, "slippage": { "kind": "ticks", "value": 1 } });
    let (path, done) = run(&admin, &request).await;
    assert_eq!((&done["benchmark"], &done["report"]["benchmark_name"]), (&json!("KOSPI"), &json!("KOSPI")));
    assert!(done["report"]["benchmark"]["beta"].is_number(), "{}", done["report"]["benchmark"]);
    assert!(done["benchmark_levels"].as_array().is_some_and(|levels| levels.len() > 400));
    assert_eq!(
        done["fill"],
        json!({ "timing": "closing_auction", "volume_share_percent": 5.0, "slippage": { "kind": "ticks", "value": 1 } })
    );
    let listed = admin.get("/backtest").await.ok(200)["items"][0].clone();
    assert_eq!((&listed["fill"], &listed["note"]), (&done["fill"], &json!("")));

    // An issue may be what it is held against, too; and how orders are filled changes the result.
    request["benchmark"] = json!("00O020");
    request.as_object_mut().expect("an object").remove("fill");
    let (_, other) = run(&admin, &request).await;
    assert_eq!(other["report"]["benchmark_name"], "00O020");
    assert_ne!(other["manifest"]["result_fingerprint"], done["manifest"]["result_fingerprint"]);

    let page = admin.get(&format!("{path}/round-trips?sort=-pnl&page_size=200")).await.ok(200);
    let trips = page["items"].as_array().expect("round trips");
    assert!(!trips.is_empty() && page["total"] == trips.len());
    let gains: Vec<i64> = trips.iter().map(|trip| trip["pnl"].as_i64().expect("won")).collect();
    assert!(gains.is_sorted_by(|left, right| left >= right), "{gains:?}");
    let closed = trips.iter().filter(|trip| !trip["closed_at"].is_null());
    for trip in closed.clone() {
        let won = |name: &str| trip[name].as_i64().expect("won");
        assert_eq!(won("pnl"), won("sold") - won("bought") - won("costs"), "{trip}");
        assert_eq!(trip["quantity"], trip["quantity_sold"], "{trip}");
        assert!(trip["holding_sessions"].as_i64() > Some(0), "{trip}");
    }
    assert_eq!(done["report"]["trips"]["closed"], closed.count());
    let refused = admin.get(&format!("{path}/round-trips?sort=luck")).await.refused(400, "INVALID_QUERY");
    assert_eq!(refused["field"], "sort");
}

async fn a_result_is_noted_verified_tested_and_told(installation: &Installation) {
    let admin = installation.admin().await;
    let request = backtests::request(&admin, &["00I010"]).await;
    let (path, done) = run(&admin, &request).await;
    for check in ["verification", "robustness"] {
        assert_eq!(done[check]["status"], "none", "{check}");
    }

    let described = json!({ "name": "  <b>Best</b>  ", "note": "첫 줄\n둘째 줄" });
    let noted = admin.send(Method::PATCH, &path, Some(&described)).await.ok(200);
    assert_eq!((&noted["name"], &noted["note"]), (&json!("<b>Best</b>"), &json!("첫 줄\n둘째 줄")));
    for (bad, field) in [
        (json!({ "note": "x".repeat(4_001) }), "note"),
        (json!({ "name": " " }), "name"),
        (json!({ "name": "a\u{0}" }), "name"),
        (json!({ "status": "done" }), "status"),
    ] {
        assert_eq!(admin.send(Method::PATCH, &path, Some(&bad)).await.refused(422, "INVALID_FIELD")["field"], field);
    }

    let check_done = async |name: &'static str| {
        eventually(name, async || {
            let check = admin.get(&path).await.ok(200)[name].clone();
            (!matches!(check["status"].as_str(), Some("queued" | "running"))).then_some(check)
        })
        .await
    };
    admin.post(&format!("{path}/verify/cancel"), &json!({})).await.refused(409, "CHECK_ENDED");
    admin.post(&format!("{path}/verify"), &json!({})).await.ok(202);
    let verified = check_done("verification").await;
    assert_eq!((&verified["status"], &verified["matches"]), (&json!("done"), &json!(true)), "{verified}");
    assert_eq!((&verified["differences"], &verified["progress"]), (&json!([]), &json!(1.0)));

    admin.post(&format!("{path}/robustness"), &json!({})).await.ok(202);
    let tested = check_done("robustness").await;
    assert_eq!((&tested["status"], &tested["error"]), (&json!("done"), &Value::Null), "{tested}");
    let checks = tested["checks"].as_array().expect("checks");
    let codes: Vec<_> = checks.iter().map(|check| check["code"].as_str().expect("a code")).collect();
    assert_eq!(codes, ["look_ahead", "warm_up", "delay_one_bar", "double_cost", "trade_order"]);
    for check in &checks[..2] {
        assert_ne!(check["outcome"], "failed", "the engine sees no future: {check}");
    }

    let html = admin.get(&format!("{path}/report.html?language=en")).await;
    assert!(html.status == 200 && html.text.starts_with("<!DOCTYPE html>"), "{html}");
    assert!(
        html.header("content-type").starts_with("text/html") && html.header("content-disposition").contains(".html")
    );
    assert!(html.header("content-security-policy").starts_with("default-src 'none'"));
    assert!(
        html.text.contains("&lt;b&gt;Best&lt;/b&gt;") && !html.text.contains("<b>Best"),
        "what is typed is escaped"
    );
    assert_eq!(
        admin.get(&format!("{path}/report.html?language=fr")).await.refused(400, "INVALID_QUERY")["field"],
        "language"
    );
    let document = admin.get(&format!("{path}/report.json")).await.ok(200);
    assert_eq!(document["trades"].as_array().map(Vec::len), document["trades_count"].as_u64().map(|n| n as usize));
    assert_eq!(document["report"], done["report"]);
    let csv = admin.get(&format!("{path}/report.csv")).await;
    let figures = admin.get("/backtest/figures").await.ok(200);
    let figures = figures.as_array().expect("figures");
    assert!(csv.text.lines().filter(|line| line.contains('.')).count() >= figures.len(), "{csv}");
    let conventions = done["report"]["conventions"].as_array().expect("conventions");
    for (figure, convention) in figures.iter().zip(conventions) {
        assert_eq!((&figure["id"], &figure["convention"]), (&convention["figure"], &convention["text"]));
    }
    assert_eq!(figures.len(), conventions.len());

    admin.send(Method::DELETE, &path, None).await.ok(204);
    for gone in ["round-trips", "report.json", "report.csv", "report.html"] {
        admin.get(&format!("{path}/{gone}")).await.refused(404, "NOT_FOUND");
    }
}
