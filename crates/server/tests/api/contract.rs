//! The document, the snapshot of it that the web app is built from, and the routes themselves are one thing.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::documented::{document, operations};
use crate::installation::{Installation, on_each_database};

/// What other parts rely on; an operation that disappears breaks them.
const OPERATIONS: &[&str] = &[
    "GET /auth/setup",
    "POST /auth/register",
    "POST /auth/login",
    "POST /auth/refresh",
    "POST /auth/logout",
    "GET /auth/me",
    "POST /auth/password",
    "GET /account/balance",
    "GET /account/holdings",
    "GET /account/snapshots",
    "GET /account/performance",
    "GET /account/trades",
    "GET /account/trades.csv",
    "GET /account/commission",
    "PUT /account/commission",
    "GET /account/kill-switches",
    "POST /account/kill-switches/{scope}/{id}",
    "POST /account/kill-switches/{scope}/{id}/clear",
    "POST /accounts/{id}/release",
    "GET /proof",
    "GET /proof.csv",
    "GET /broker-orders",
    "POST /broker-orders/{id}/adopt",
    "POST /broker-orders/{id}/confirm",
    "POST /account/halt",
    "POST /account/resume",
    "GET /strategies/types",
    "GET /strategies/blocks",
    "POST /strategies/preview",
    "GET /strategies",
    "POST /strategies",
    "GET /strategies/{id}",
    "PUT /strategies/{id}",
    "DELETE /strategies/{id}",
    "POST /strategies/{id}/activate",
    "POST /strategies/{id}/deactivate",
    "POST /strategies/{id}/archive",
    "POST /strategies/{id}/unarchive",
    "POST /strategies/{id}/clone",
    "GET /strategies/{id}/export",
    "GET /strategies/{id}/versions",
    "GET /strategies/{id}/versions/{number}",
    "GET /strategies/{id}/versions/{number}/changes",
    "POST /strategies/{id}/versions/{number}/restore",
    "GET /signals",
    "GET /signals/{id}",
    "GET /orders",
    "POST /orders",
    "GET /orders/{id}",
    "POST /orders/{id}/cancel",
    "GET /risk",
    "PUT /risk/limits/{name}",
    "DELETE /risk/limits/{name}/pending",
    "GET /risk/limits/{name}/history",
    "POST /risk/restricted",
    "DELETE /risk/restricted/{symbol}",
    "POST /risk/strategies/{id}/enable",
    "POST /admin/restricted",
    "DELETE /admin/restricted/{symbol}",
    "GET /armings",
    "GET /strategies/{id}/arming",
    "POST /strategies/{id}/arming",
    "DELETE /strategies/{id}/arming",
    "GET /orders/{id}/evidence",
    "POST /orders/{id}/decide",
    "GET /backtest",
    "POST /backtest",
    "GET /backtest/{id}",
    "PATCH /backtest/{id}",
    "DELETE /backtest/{id}",
    "GET /backtest/figures",
    "GET /backtest/{id}/round-trips",
    "POST /backtest/{id}/verify",
    "POST /backtest/{id}/verify/cancel",
    "POST /backtest/{id}/robustness",
    "POST /backtest/{id}/robustness/cancel",
    "GET /backtest/{id}/report.json",
    "GET /backtest/{id}/report.csv",
    "GET /backtest/{id}/report.html",
    "GET /backtest/sweeps",
    "POST /backtest/sweeps",
    "GET /backtest/sweeps/{id}",
    "DELETE /backtest/sweeps/{id}",
    "POST /backtest/sweeps/{id}/cancel",
    "POST /backtest/sweeps/{id}/resume",
    "GET /backtest/sweeps/{id}/trials",
    "GET /backtest/sweeps/{id}/trials.csv",
    "POST /backtest/{id}/cancel",
    "GET /backtest/{id}/trades",
    "GET /backtest/{id}/trades.csv",
    "GET /market/symbols",
    "GET /market/symbols/{symbol}",
    "GET /market/candles",
    "GET /market/quote/{symbol}",
    "GET /market/orderbook/{symbol}",
    "GET /market/trades/{symbol}",
    "GET /market/most-traded",
    "GET /market/imports",
    "POST /market/imports",
    "POST /market/imports/broker",
    "GET /market/imports/{id}",
    "POST /market/imports/{id}/cancel",
    "GET /market/imports/{id}/quarantine",
    "GET /market/actions",
    "POST /market/actions",
    "DELETE /market/actions/{id}",
    "GET /market/backfills",
    "POST /market/backfills",
    "GET /market/backfills/{id}",
    "POST /market/backfills/{id}/cancel",
    "GET /market/coverage",
    "GET /market/coverage/{symbol}",
    "GET /market/export",
    "DELETE /market/bars",
    "GET /market/rules/price",
    "GET /market/rules/costs",
    "GET /market/rules/session",
    "GET /market/status",
    "GET /admin/users",
    "PATCH /admin/users/{id}",
    "GET /admin/settings",
    "PUT /admin/settings",
    "GET /admin/jobs",
    "GET /admin/system",
    "GET /accounts",
    "POST /accounts",
    "POST /accounts/check",
    "PUT /accounts/{id}",
    "DELETE /accounts/{id}",
    "POST /accounts/{id}/check",
    "POST /accounts/{id}/select",
    "GET /accounts/{id}/breaker",
    "POST /accounts/{id}/breaker/release",
    "GET /notifications",
    "POST /notifications/{id}/acknowledge",
    "POST /admin/halt",
    "POST /admin/resume",
];

on_each_database!(every_documented_operation_answers);

#[test]
fn the_document_is_the_snapshot() {
    let snapshot: Value = serde_json::from_str(include_str!("../../../../openapi.json")).expect("openapi.json is JSON");
    let (document, paths) = (document(), |value: &Value| value["paths"].as_object().cloned().unwrap_or_default());
    for (path, item) in paths(&document) {
        assert_eq!(snapshot["paths"][&path], item, "{path}: run `make openapi`");
    }
    assert_eq!(paths(&snapshot).len(), paths(&document).len(), "paths that are gone: run `make openapi`");
    assert_eq!(snapshot, document, "run `make openapi`");
}

#[test]
fn the_document_names_what_others_rely_on() {
    let documented: BTreeSet<String> = operations().iter().map(|o| format!("{} {}", o.method, o.path)).collect();
    let relied_on: BTreeSet<String> = OPERATIONS.iter().map(|text| (*text).to_owned()).collect();
    let missing: Vec<_> = relied_on.difference(&documented).collect();
    let unknown: Vec<_> = documented.difference(&relied_on).collect();
    assert!(missing.is_empty() && unknown.is_empty(), "missing {missing:?}, not in this list {unknown:?}");
}

#[test]
fn operations_are_named_once_and_refusals_described() {
    let (document, mut names) = (document(), BTreeSet::new());
    for (path, item) in document["paths"].as_object().expect("paths") {
        for (method, operation) in item.as_object().expect("operations") {
            let name = operation["operationId"].as_str().unwrap_or_default();
            assert!(!name.is_empty() && names.insert(name.to_owned()), "{method} {path} has no name of its own");
            let answers = operation["responses"].as_object().expect("responses");
            for (status, answer) in answers.iter().filter(|(status, _)| status.starts_with('4')) {
                let schema = &answer["content"]["application/problem+json"]["schema"]["$ref"];
                assert_eq!(schema, "#/components/schemas/Problem", "{method} {path} {status}");
            }
        }
    }
}

/// A route that is documented but not there would answer as an unknown path does.
async fn every_documented_operation_answers(installation: &Installation) {
    let anyone = installation.anyone();
    for operation in operations() {
        let reply = anyone.send(operation.method.clone(), &operation.path_with("1"), None).await;
        assert!(![404, 405].contains(&reply.status) && reply.status < 500, "{reply}");
    }
    let served = anyone.get("//openapi.json").await.ok(200);
    assert_eq!(served, document());
    let docs = anyone.get("//docs/").await;
    assert!(docs.status == 200 && docs.text.contains("swagger"), "{docs}");
}
