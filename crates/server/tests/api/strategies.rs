//! Strategies from their schema to their end.

use std::collections::BTreeMap;

use exodus_domain::{Price, Qty, Reason, ReasonCondition, Signal, SignalType};
use exodus_store::signals::{self, NewSignal};
use reqwest::Method;
use serde_json::{Value, json};

use crate::imports;
use crate::installation::{Installation, ended, on_each_database};

on_each_database!(
    the_schema_describes_what_is_taken,
    a_strategy_lives_from_creation_to_deletion,
    a_document_is_checked_and_taken,
    a_signal_of_rules_tells_its_sentence,
);

/// A strategy that waits for a year of daily bars, so that it does nothing of itself.
pub(crate) fn momentum(name: &str) -> Value {
    json!({
        "name": name,
        "description": "Buys what rose.",
        "strategy_type": "momentum",
        "parameters": { "lookback": 250 },
        "symbols": ["00I010", "00O020"],
    })
}

async fn the_schema_describes_what_is_taken(installation: &Installation) {
    let admin = installation.admin().await;
    let types = admin.get("/strategies/types").await.ok(200);
    let momentum_type =
        types.as_array().and_then(|types| types.iter().find(|kind| kind["strategy_type"] == "momentum"));
    let kind = momentum_type.expect("momentum is a type").clone();
    let schema = &kind["parameters_schema"];
    assert_eq!((&schema["type"], &schema["additionalProperties"]), (&json!("object"), &json!(false)));
    let properties = schema["properties"].as_object().expect("properties");
    for (name, property) in properties {
        for words in ["title", "description", "x-title-ko", "x-description-ko", "x-group"] {
            assert!(property[words].as_str().is_some_and(|text| !text.is_empty()), "{name} has no {words}");
        }
        assert!(!property["default"].is_null(), "{name} has no default");
    }
    for text in [&kind["title"], &kind["description"]] {
        assert!(text["ko"].is_string() && text["en"].is_string(), "{kind}");
    }

    // What the schema says is what happens: presets are taken, defaults fill in, bounds hold on both sides.
    let create = async |parameters: Value| {
        let body = json!({
            "name": "By the schema", "strategy_type": "momentum", "parameters": parameters, "symbols": ["00I010"],
        });
        admin.post("/strategies", &body).await
    };
    let presets = kind["presets"].as_array().expect("presets");
    assert!(!presets.is_empty());
    for preset in presets {
        assert_eq!(create(preset["parameters"].clone()).await.ok(201)["parameters"], preset["parameters"]);
    }
    let defaults = create(json!({})).await.ok(201)["parameters"].clone();
    for (name, property) in properties {
        assert_eq!(defaults[name], property["default"], "{name}");
        for (bound, beyond) in [("minimum", -1.0), ("maximum", 1.0)] {
            let Some(limit) = property[bound].as_f64() else { continue };
            let value =
                if property["type"] == "integer" { json!((limit + beyond) as i64) } else { json!(limit + beyond) };
            let problem = create(json!({ name: value })).await.refused(422, "INVALID_FIELD");
            assert_eq!(problem["field"], format!("parameters.{name}"), "{problem}");
        }
        if let Some(allowed) = property["enum"].as_array() {
            assert!(allowed.contains(&property["default"]), "{name}");
            let problem = create(json!({ name: "something else" })).await.refused(422, "INVALID_FIELD");
            assert_eq!(problem["field"], format!("parameters.{name}"), "{problem}");
        }
    }
}

async fn a_strategy_lives_from_creation_to_deletion(installation: &Installation) {
    let admin = installation.admin().await;
    let made = admin.post("/strategies", &momentum("  Trend  ")).await.ok(201);
    assert_eq!(
        (&made["name"], &made["is_active"], &made["last_backtest"]),
        (&json!("Trend"), &json!(false), &Value::Null)
    );
    assert_eq!(made["parameters"]["lookback"], 250);
    assert_eq!(made["parameters"]["interval"], "1d", "defaults are filled in");
    let path = format!("/strategies/{}", made["id"]);
    assert_eq!(admin.get(&path).await.ok(200), made);

    let mut changed = momentum("Trend of Dokkaebi");
    changed["symbols"] = json!(["00I010"]);
    let changed = admin.send(Method::PUT, &path, Some(&changed)).await.ok(200);
    assert_eq!((&changed["name"], &changed["symbols"]), (&json!("Trend of Dokkaebi"), &json!(["00I010"])));

    for _ in 0..2 {
        let active = admin.post(&format!("{path}/activate"), &json!({})).await.ok(200);
        assert_eq!(active["is_active"], true);
    }
    assert_eq!(admin.get("/strategies?is_active=true").await.ok(200)["total"], 1);
    assert_eq!(admin.get("/strategies?is_active=false").await.ok(200)["total"], 0);
    assert_eq!(admin.get("/admin/system").await.ok(200)["counts"]["strategies_active"], 1);
    admin.send(Method::DELETE, &path, None).await.refused(409, "STRATEGY_ACTIVE");
    assert_eq!(admin.get(&path).await.ok(200)["name"], "Trend of Dokkaebi");
    for _ in 0..2 {
        assert_eq!(admin.post(&format!("{path}/deactivate"), &json!({})).await.ok(200)["is_active"], false);
    }
    admin.send(Method::DELETE, &path, None).await.ok(204);
    admin.get(&path).await.refused(404, "NOT_FOUND");
    admin.send(Method::DELETE, &path, None).await.refused(404, "NOT_FOUND");
    admin.post(&format!("{path}/activate"), &json!({})).await.refused(404, "NOT_FOUND");
    assert_eq!(admin.get("/strategies").await.ok(200)["total"], 0);

    // An issue without live prices can be tested on its history but not traded.
    let import = imports::upload(&admin, "history.csv", imports::ROWS).await.ok(202);
    ended(&admin, &format!("/market/imports/{}", import["id"])).await;
    let mut imported = momentum("History only");
    imported["symbols"] = json!([imports::SYMBOL]);
    let imported = admin.post("/strategies", &imported).await.ok(201);
    let path = format!("/strategies/{}/activate", imported["id"]);
    admin.post(&path, &json!({})).await.refused(409, "NO_LIVE_PRICES");
}

/// Buys when the close crosses above its mean, and sells when it is below.
pub(crate) const DOCUMENT: &str = "version: \"1.0\"
metadata: {name: 시험}
strategy:
  id: test
  indicators:
    - {id: sma, alias: mean, params: {period: 20}}
  entry: {conditions: [{indicator: close, operator: cross_above, compare_to: mean}]}
  exit: {conditions: [{indicator: close, operator: less_than, compare_to: mean}]}
";

pub(crate) fn rules(document: &str) -> Value {
    json!({ "name": "By document", "strategy_type": "rules", "parameters": { "document": document }, "symbols": ["00I010"] })
}

async fn a_document_is_checked_and_taken(installation: &Installation) {
    let admin = installation.admin().await;
    let check = async |document: &str| {
        let body = json!({ "strategy_type": "rules", "parameters": { "document": document } });
        admin.post("/strategies/preview", &body).await.ok(200)
    };
    assert_eq!(check(DOCUMENT).await["runs"], true);
    let made = admin.post("/strategies", &rules(DOCUMENT)).await.ok(201);
    assert_eq!((&made["parameters"]["document"], &made["parameters"]["interval"]), (&json!(DOCUMENT), &json!("1d")));

    // All that is wrong is told at once, by the check in both languages, and by the refusal for the field.
    let bad = DOCUMENT.replace("id: sma", "id: smaa").replace("less_than", "lower");
    let told = check(&bad).await;
    assert_eq!(told["runs"], false);
    let findings = told["findings"].as_array().expect("findings");
    let errors: Vec<_> = findings.iter().filter(|finding| finding["severity"] == "error").collect();
    let places: Vec<_> = errors.iter().map(|error| (error["line"].as_u64(), error["path"].as_str())).collect();
    let operator = "strategy.exit.conditions[0].operator";
    let expected = [(Some(6), Some("strategy.indicators[0].id")), (Some(8), Some(operator))];
    assert_eq!(places.iter().filter(|place| expected.contains(place)).count(), 2, "{told}");
    assert!(errors.iter().all(|error| error["message"]["ko"] != error["message"]["en"]), "{told}");
    let problem = admin.post("/strategies", &rules(&bad)).await.refused(422, "INVALID_FIELD");
    let refused = problem["errors"].as_array().expect("errors");
    assert_eq!(refused.len(), errors.len(), "{problem}");
    for (error, finding) in refused.iter().zip(&errors) {
        let word = |name: &str| finding[name].as_str().unwrap_or_default();
        let sentence = finding["message"]["en"].as_str().unwrap_or_default();
        assert_eq!(error["field"], "parameters.document");
        assert_eq!(error["message"], format!("line {}, {}: {sentence}", finding["line"], word("path")));
    }

    // An index is not told to strategies: the check says so before anything is stored.
    let index = DOCUMENT.replace("id: sma", "id: beta");
    let told = check(&index).await;
    assert_eq!((&told["runs"], &told["findings"][0]["line"]), (&json!(false), &json!(6)), "{told}");
    admin.post("/strategies", &rules(&index)).await.refused(422, "INVALID_FIELD");

    // A document may be longer than other bodies, up to its own limit.
    let long = |bytes: usize| format!("{DOCUMENT}{}", "#\n".repeat((bytes - DOCUMENT.len()) / 2));
    admin.post("/strategies", &rules(&long(256 * 1024))).await.ok(201);
    let problem = admin.post("/strategies", &rules(&long(256 * 1024 + 2))).await.refused(422, "INVALID_FIELD");
    assert_eq!(problem["field"], "parameters.document");
}

async fn a_signal_of_rules_tells_its_sentence(installation: &Installation) {
    let admin = installation.admin().await;
    let strategy = admin.post("/strategies", &rules(DOCUMENT)).await.ok(201);
    let user = admin.get("/auth/me").await.ok(200);
    let balance = admin.get("/account/balance").await.ok(200);
    let crossed = ReasonCondition {
        left: "close".to_owned(),
        operator: "cross_above".to_owned(),
        right: "mean".to_owned(),
        left_value: Some(71_000.0),
        right_value: Some(70_500.0),
        left_before: Some(70_000.0),
        right_before: Some(70_400.0),
        holds: true,
    };
    let new = NewSignal {
        user_id: user["id"].as_i64().expect("an id"),
        account_id: balance["account_id"].as_i64().expect("an id"),
        strategy_id: strategy["id"].as_i64().expect("an id"),
        strategy_version: Some(1),
        signal: Signal {
            symbol: "00I010".parse().expect("a symbol"),
            signal_type: SignalType::Buy,
            confidence: 1.0,
            price: Price(71_000),
            quantity: Qty(1),
            reason: Reason {
                code: "rules_entry".to_owned(),
                values: BTreeMap::from([("conditions".to_owned(), 1.0)]),
                conditions: vec![crossed],
            },
        },
        signal_key: "by a rule".to_owned(),
    };
    let now = "2026-01-05T10:00:00+09:00".parse().expect("an instant");
    let (signal, _) = signals::record(&installation.store, &new, now).await.expect("a signal");
    let told = admin.get(&format!("/signals/{}", signal.id)).await.ok(200);
    assert_eq!((&told["strategy_id"], &told["strategy_version"]), (&strategy["id"], &json!(1)));
    let told = told["reason"].clone();
    assert_eq!(told["code"], "rules_entry");
    assert_eq!(told["sentence"]["ko"], "매수: close (71,000) ↗ 상향 돌파 mean (70,500)");
    assert_eq!(told["sentence"]["en"], "buy: close (71,000) crossed above mean (70,500)");
}
