//! Backtests from the request to the CSV file.

use std::time::{Duration, Instant};

use chrono::TimeDelta;
use exodus_domain::{Bar, Instrument, InstrumentKind, Interval, Market, Price, Qty, Symbol, kst_date};
use exodus_store::bars::{self, SeriesKind};
use exodus_store::instruments;
use reqwest::Method;
use serde_json::{Value, json};

use crate::http::Client;
use crate::installation::{Installation, ended, eventually, on_each_database};
use crate::strategies;

on_each_database!(
    a_backtest_gives_figures_that_fit_together,
    a_running_backtest_stops_when_told,
    a_backtest_that_waits_can_be_cancelled with WITHOUT_WORKER,
    what_was_tried_by_hand_counts_against_the_result,
);

/// A backtest of `symbols` over all the history of the first one, waiting for the demo market to have that of each.
pub(crate) async fn request(client: &Client, symbols: &[&str]) -> Value {
    let mut issues = Vec::new();
    for symbol in symbols {
        let path = format!("/market/symbols/{symbol}");
        let with_history = async || {
            let issue = client.get(&path).await.ok(200);
            (issue["daily_bars"].as_u64() > Some(400)).then_some(issue)
        };
        issues.push(eventually("the history of the demo market", with_history).await);
    }
    let issue = &issues[0];
    json!({
        "strategy_type": "momentum",
        "parameters": { "lookback": 5, "entry_threshold_percent": 1.0 },
        "symbols": symbols,
        "start_date": issue["daily_from"],
        "end_date": issue["daily_to"],
        "initial_capital": 100_000_000,
    })
}

async fn a_backtest_gives_figures_that_fit_together(installation: &Installation) {
    let admin = installation.admin().await;
    let request = request(&admin, &["00I010", "00O020"]).await;
    let queued = admin.post("/backtest", &request).await.ok(202);
    assert_eq!((&queued["status"], &queued["strategy_id"]), (&json!("queued"), &Value::Null));
    let path = format!("/backtest/{}", queued["id"]);
    let done = ended(&admin, &path).await;
    assert_eq!(
        (&done["status"], &done["progress"], &done["error"]),
        (&json!("done"), &json!(1.0), &Value::Null),
        "{done}"
    );

    let (metrics, manifest) = (&done["metrics"], &done["manifest"]);
    let equity = done["equity"].as_array().expect("equity");
    assert!(equity.len() > 400, "{}", equity.len());
    assert_eq!(metrics["final_capital"], equity.last().expect("a last day")["equity"]);
    for name in ["final_capital", "total_return", "annual_return", "max_drawdown", "sharpe_ratio", "win_rate"] {
        assert_eq!(done[name], metrics[name], "{name}");
    }
    let report = &done["report"];
    for (group, name) in [("returns", "annual_return"), ("risk", "sharpe_ratio"), ("drawdown", "max_drawdown")] {
        assert_eq!(report[group][name], metrics[name], "{name}");
    }
    assert_eq!((&report["benchmark"], &report["significance"]["trials"]), (&Value::Null, &json!(1)));
    assert!(report["trips"]["closed"].as_u64().is_some_and(|closed| closed > 0), "{}", report["trips"]);
    assert!(report["conventions"].as_array().is_some_and(|texts| texts.len() > 80), "every figure says what it is");
    let gain = metrics["final_capital"].as_f64().expect("won") / 100_000_000.0 - 1.0;
    assert!((metrics["total_return"].as_f64().expect("a ratio") - gain).abs() < 1e-9, "{metrics}");
    assert_eq!((&manifest["adjusted"], &manifest["code_version"]), (&json!(false), &json!(env!("CARGO_PKG_VERSION"))));

    let page = admin.get(&format!("{path}/trades?page_size=200")).await.ok(200);
    assert_eq!((&page["total"], &metrics["trades_count"]), (&done["trades_count"], &done["trades_count"]));
    let trades = page["items"].as_array().expect("trades");
    assert!(trades.len() > 10 && page["total"] == trades.len(), "{}", page["total"]);
    let sum = |name: &str| trades.iter().filter_map(|trade| trade[name].as_i64()).sum::<i64>();
    assert_eq!(
        (sum("commission"), sum("tax")),
        (metrics["commission"].as_i64().unwrap(), metrics["tax"].as_i64().unwrap())
    );
    let is_ordered = trades.windows(2).all(|pair| pair[0]["executed_at"].as_str() <= pair[1]["executed_at"].as_str());
    assert!(is_ordered, "oldest first");
    for trade in trades {
        assert_eq!(trade["realized_pnl"].is_null(), trade["side"] == "buy", "{trade}");
    }
    // Cash moved only by these trades: cash and what is still held is the last equity.
    let cash = trades.iter().fold(100_000_000, |cash, trade| {
        let value = |name: &str| trade[name].as_i64().expect("a number");
        let amount = value("price") * value("quantity");
        let sign = if trade["side"] == "buy" { -1 } else { 1 };
        cash + sign * amount - value("commission") - value("tax")
    });
    let still_held = trades.iter().map(|t| t["quantity"].as_i64().unwrap() * if t["side"] == "buy" { 1 } else { -1 });
    if still_held.sum::<i64>() == 0 {
        assert_eq!(metrics["final_capital"], cash);
    } else {
        assert!(metrics["final_capital"].as_i64() > Some(cash), "{metrics} {cash}");
    }

    let csv = admin.get(&format!("{path}/trades.csv")).await;
    assert_eq!(csv.status, 200, "{csv}");
    assert!(csv.header("content-type").starts_with("text/csv") && csv.header("content-disposition").contains(".csv"));
    let text = csv.text.trim_start_matches('\u{feff}');
    let rows: Vec<_> = text.lines().collect();
    assert_eq!(rows.len(), trades.len() + 1);
    assert!(rows[0].starts_with("executed_at,symbol,side,quantity,price"), "{}", rows[0]);
    assert!(rows[1].contains(trades[0]["symbol"].as_str().unwrap()), "{}", rows[1]);

    // The same again is the same to the won, whether its parameters are given or stored.
    let mut strategy = strategies::momentum("Stored");
    strategy["parameters"] = request["parameters"].clone();
    let strategy = admin.post("/strategies", &strategy).await.ok(201);
    let mut stored = request.clone();
    stored["strategy_id"] = strategy["id"].clone();
    let refused = admin.post("/backtest", &stored).await.refused(422, "INVALID_FIELD");
    assert_eq!(refused["errors"].as_array().map(Vec::len), Some(2), "{refused}");
    for member in ["strategy_type", "parameters"] {
        stored.as_object_mut().expect("an object").remove(member);
    }
    let again = admin.post("/backtest", &stored).await.ok(202);
    let again = ended(&admin, &format!("/backtest/{}", again["id"])).await;
    for name in ["data_fingerprint", "result_fingerprint", "rules_version", "bars"] {
        assert_eq!(again["manifest"][name], manifest[name], "{name}");
    }
    let last = admin.get(&format!("/strategies/{}", strategy["id"])).await.ok(200)["last_backtest"].clone();
    assert_eq!((&last["id"], &last["total_return"]), (&again["id"], &again["total_return"]));
    let of_strategy = admin.get(&format!("/backtest?strategy_id={}", strategy["id"])).await.ok(200);
    assert_eq!((&of_strategy["total"], &admin.get("/backtest").await.ok(200)["total"]), (&json!(1), &json!(2)));

    admin.post(&format!("{path}/cancel"), &json!({})).await.refused(409, "BACKTEST_ENDED");
    admin.send(Method::DELETE, &path, None).await.ok(204);
    for gone in [path.clone(), format!("{path}/trades"), format!("{path}/trades.csv")] {
        admin.get(&gone).await.refused(404, "NOT_FOUND");
    }
}

async fn a_running_backtest_stops_when_told(installation: &Installation) {
    let admin = installation.admin().await;
    let symbols: Vec<String> = (0..40).map(|number| format!("9000{number:02}")).collect();
    let days = store_history(installation, &symbols).await;
    let request = json!({
        "strategy_type": "momentum",
        "parameters": { "lookback": 1, "entry_threshold_percent": 0.0, "position_size_percent": 2.0 },
        "symbols": symbols,
        "start_date": days[0], "end_date": days[1], "initial_capital": 1_000_000_000,
    });
    let backtest = admin.post("/backtest", &request).await.ok(202);
    let path = format!("/backtest/{}", backtest["id"]);
    eventually("the start of the backtest", async || {
        (admin.get(&path).await.ok(200)["status"] == "running").then_some(())
    })
    .await;
    admin.send(Method::DELETE, &path, None).await.refused(409, "BACKTEST_RUNNING");
    let told = Instant::now();
    admin.post(&format!("{path}/cancel"), &json!({})).await.ok(202);
    let cancelled = ended(&admin, &path).await;
    assert_eq!(cancelled["status"], "cancelled", "{cancelled}");
    // It takes a second at most, and as much again where other tests have the processor.
    assert!(told.elapsed() < Duration::from_secs(2), "{:?}", told.elapsed());
    assert_eq!((&cancelled["metrics"], &cancelled["final_capital"]), (&Value::Null, &Value::Null));
    eventually("the end of the job", async || {
        let jobs = admin.get("/admin/jobs?status=cancelled").await.ok(200);
        (jobs["total"] == 1).then_some(())
    })
    .await;
    admin.send(Method::DELETE, &path, None).await.ok(204);
}

/// Stores so many bars of `symbols` that a run over them takes seconds. Tells the first and the last day.
pub(crate) async fn store_history(installation: &Installation, symbols: &[String]) -> [String; 2] {
    let first = "1991-01-03".parse().expect("a day");
    let bar = |day: i64, issue: i64| {
        let close = 10_000 + 50 * ((day * 7 + issue * 13) % 200);
        let at = Bar::day_start(first) + TimeDelta::days(day);
        let [open, high, low, close] = [close, close + 50, close - 50, close].map(Price);
        Bar { open_time: at, open, high, low, close, volume: Qty(1_000_000) }
    };
    let series: Vec<_> = symbols
        .iter()
        .zip(0..)
        .map(|(symbol, issue)| (symbol.parse().expect("a symbol"), (0..12_000).map(|day| bar(day, issue)).collect()))
        .collect();
    let issue = |symbol: Symbol| Instrument::new(symbol, Market::Kospi, InstrumentKind::Stock);
    let issues: Vec<_> = series.iter().map(|(symbol, _): &(Symbol, Vec<Bar>)| issue(*symbol)).collect();
    let now = "2026-01-05T10:00:00+09:00".parse().expect("an instant");
    let tx = installation.store.begin().await.expect("a transaction");
    instruments::upsert(&tx, &issues, now).await.expect("issues");
    bars::append_many(&tx, SeriesKind::krx(Interval::Day1, true), &series).await.expect("bars");
    tx.commit().await.expect("committed");
    let last = Bar::day_start(first) + TimeDelta::days(11_999);
    [first.to_string(), kst_date(last).to_string()]
}

async fn a_backtest_that_waits_can_be_cancelled(installation: &Installation) {
    let admin = installation.admin().await;
    let days = store_history(installation, &["900001".to_owned()]).await;
    let request = json!({
        "name": "Waits", "strategy_type": "momentum", "parameters": {}, "symbols": ["900001"],
        "start_date": days[0], "end_date": days[1], "initial_capital": 1_000_000,
    });
    let backtest = admin.post("/backtest", &request).await.ok(202);
    let path = format!("/backtest/{}", backtest["id"]);
    assert_eq!((&backtest["status"], &backtest["name"]), (&json!("queued"), &json!("Waits")));
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!(admin.get(&path).await.ok(200)["status"], "queued", "nobody works here");
    assert_eq!(admin.post(&format!("{path}/cancel"), &json!({})).await.ok(202)["status"], "cancelled");
    admin.post(&format!("{path}/cancel"), &json!({})).await.refused(409, "BACKTEST_ENDED");
    assert_eq!(admin.get(&format!("{path}/trades")).await.ok(200)["total"], 0);
    admin.send(Method::DELETE, &path, None).await.ok(204);
    admin.get(&path).await.refused(404, "NOT_FOUND");
}

async fn what_was_tried_by_hand_counts_against_the_result(installation: &Installation) {
    let admin = installation.admin().await;
    let days = store_history(installation, &["900001".to_owned(), "900002".to_owned()]).await;
    let run = async |lookback: i64, symbol: &str, from: &str, size: f64| {
        let request = json!({
            "strategy_type": "momentum",
            "parameters": { "lookback": lookback, "position_size_percent": size },
            "symbols": [symbol], "start_date": from, "end_date": "1999-12-30", "initial_capital": 10_000_000,
        });
        let queued = admin.post("/backtest", &request).await.ok(202);
        let done = ended(&admin, &format!("/backtest/{}", queued["id"])).await;
        assert_eq!(done["status"], "done", "{done}");
        done["report"]["significance"].clone()
    };
    let first = days[0].as_str();
    let alone = run(5, "900001", first, 50.0).await;
    assert_eq!(alone["trials"], 1);
    assert_eq!(alone["deflated_sharpe_ratio"], alone["probabilistic_sharpe_ratio"]);
    // Other issues, or the same parameters once more, are no choice between variants of this one.
    assert_eq!(run(9, "900002", first, 50.0).await["trials"], 1);
    assert_eq!(run(5, "900001", first, 50.0).await["trials"], 1);
    // Another parameter is one, on other days too.
    assert_eq!(run(9, "900001", first, 50.0).await["trials"], 2);
    assert_eq!(run(9, "900001", "1995-01-03", 40.0).await["trials"], 3);
    let again = run(5, "900001", first, 50.0).await;
    assert_eq!(again["trials"], 3);
    assert!(again["deflated_sharpe_ratio"].as_f64() < alone["deflated_sharpe_ratio"].as_f64(), "{again} {alone}");
}
