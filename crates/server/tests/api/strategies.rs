//! Strategies from their schema to their end.

use reqwest::Method;
use serde_json::{Value, json};

use crate::imports;
use crate::installation::{Installation, ended, on_each_database};

on_each_database!(the_schema_describes_what_is_taken, a_strategy_lives_from_creation_to_deletion);

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
    admin.send(Method::PUT, &path, Some(&momentum("Other"))).await.refused(409, "STRATEGY_ACTIVE");
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
