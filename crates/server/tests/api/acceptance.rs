//! The acceptance of the product on real history: an upload, and a backtest over it from 1999 to 2022.

use std::path::PathBuf;

use serde_json::{Value, json};

use crate::imports;
use crate::installation::{Installation, ended, on_each_database};

on_each_database!(samsung_from_1999_to_2022);

/// The folder of real data, if it is there.
#[allow(clippy::print_stdout, reason = "a test that is skipped must say so")]
fn shared_data() -> Option<PathBuf> {
    let named = std::env::var_os("EXODUS_SHARED_DATA").map(PathBuf::from);
    let folder = named.unwrap_or_else(|| PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data")));
    let is_there = folder.join("samples").is_dir();
    if !is_there {
        println!("skipped: no data");
    }
    is_there.then_some(folder)
}

async fn samsung_from_1999_to_2022(installation: &Installation) {
    let Some(folder) = shared_data() else { return };
    let content = std::fs::read_to_string(folder.join("samples/005930_adj_1999_2022.csv")).expect("the sample");
    let admin = installation.admin().await;
    let mut rows = Vec::new();
    for _ in 0..2 {
        let form = reqwest::multipart::Form::new().text("adjusted", "true").part(
            "file",
            reqwest::multipart::Part::bytes(content.clone().into_bytes()).file_name("005930_adj_1999_2022.csv"),
        );
        let request = admin.request(reqwest::Method::POST, "/market/imports").multipart(form);
        let import = crate::http::Reply::to(request).await.ok(202);
        let import = ended(&admin, &format!("/market/imports/{}", import["id"])).await;
        assert_eq!(import["status"], "done", "{import}");
        rows.push([&import["rows_added"], &import["rows_unchanged"]].map(|count| count.as_u64().expect("a number")));
    }
    let total = u64::try_from(content.lines().count() - 1).expect("a number");
    assert_eq!(rows, [[total, 0], [0, total]]);

    let request = json!({
        "strategy_type": "momentum", "parameters": { "lookback": 60 }, "symbols": [imports::SYMBOL],
        "start_date": "1999-09-16", "end_date": "2022-03-15", "initial_capital": 100_000_000,
    });
    let mut results: Vec<Value> = Vec::new();
    for _ in 0..2 {
        let backtest = admin.post("/backtest", &request).await.ok(202);
        let done = ended(&admin, &format!("/backtest/{}", backtest["id"])).await;
        assert_eq!(done["status"], "done", "{done}");
        results.push(done);
    }
    let (first, manifest) = (&results[0], &results[0]["manifest"]);
    assert_eq!(manifest["adjusted"], true);
    assert_eq!(manifest["bars"], total);
    assert!(first["trades_count"].as_u64() > Some(20), "{first}");
    assert_eq!(manifest["result_fingerprint"], results[1]["manifest"]["result_fingerprint"]);
    assert_eq!(first["equity"], results[1]["equity"]);
}
