//! Coverage of the stored series, and back-fills of what is missing, against the demo market.

use exodus_domain::sessions;
use serde_json::{Value, json};

use crate::http::Client;
use crate::imports;
use crate::installation::{Installation, ended, eventually, on_each_database};

on_each_database!(
    what_is_missing_is_shown_and_fetched_once,
    an_imported_series_shows_its_gaps_and_flaws,
    a_backfill_that_waits_can_be_cancelled with WITHOUT_WORKER,
    what_cannot_be_asked_for_is_refused with WITHOUT_WORKER,
    longer_bars_are_made_of_minutes,
);

/// Waits until the worker has collected the demo market's history.
async fn collected(client: &Client) {
    eventually("the daily history of the demo market", async || {
        let page = client.get("/market/coverage?interval=1d&page_size=200").await.ok(200);
        let whole = page["items"].as_array().is_some_and(|rows| rows.iter().all(|row| row["missing"] == 0));
        (whole && page["total"].as_i64() > Some(1)).then_some(())
    })
    .await;
}

fn number(value: &Value) -> u64 {
    value.as_u64().unwrap_or_else(|| panic!("{value} is no number"))
}

async fn what_is_missing_is_shown_and_fetched_once(installation: &Installation) {
    let admin = installation.admin().await;
    collected(&admin).await;
    // A year that lies before what was collected.
    let (from, to) = ("2021-01-04", "2021-12-30");
    let days = sessions(from.parse().expect("a date"), to.parse().expect("a date")).count() as u64;
    let path = format!("/market/coverage/00I010?from={from}&to={to}");
    let request = json!({ "symbols": ["00I010", "005930"], "interval": "1d", "from": from, "to": to });
    let backfill = admin.post("/market/backfills", &request).await.ok(202);
    assert_eq!((&backfill["status"], &backfill["symbols"][0]), (&json!("queued"), &json!("00I010")));
    let done = ended(&admin, &format!("/market/backfills/{}", backfill["id"])).await;
    assert_eq!((&done["status"], &done["progress"], &done["error"]), (&json!("done"), &json!(1.0), &json!(null)));
    assert_eq!((number(&done["days_missing"]), number(&done["days_asked"])), (days, days), "{done}");
    assert_eq!((number(&done["bars_added"]), number(&done["requests"])), (days, 1), "{done}");
    assert_eq!(done["unavailable"], json!(["005930"]), "the feed does not know it");
    let detail = admin.get(&path).await.ok(200);
    assert_eq!((number(&detail["expected"]), number(&detail["stored"])), (days, days), "{detail}");
    assert_eq!((&detail["gaps"], &detail["outliers_total"]), (&json!([]), &json!(0)), "{detail}");
    assert_eq!(detail["cells"].as_array().map(Vec::len), Some(12));
    assert_eq!(detail["cells"][0]["period"], "2021-01");
    assert_eq!(detail["first"], from);

    let again = admin.post("/market/backfills", &request).await.ok(202);
    let again = ended(&admin, &format!("/market/backfills/{}", again["id"])).await;
    assert_eq!((&again["status"], number(&again["requests"])), (&json!("done"), 0));
    let list = admin.get("/market/backfills").await.ok(200);
    assert_eq!((&list["total"], &list["items"][0]["id"]), (&json!(2), &again["id"]));

    let yesterday = eventually("minutes of yesterday", async || {
        let minutes = admin.get("/market/coverage?interval=1m&q=00I010").await.ok(200);
        minutes["items"][0]["cells"].as_array().and_then(|cells| cells.last()).cloned()
    })
    .await;
    assert_eq!((number(&yesterday["expected"]), number(&yesterday["stored"])), (1_440, 1_440), "{yesterday}");
}

async fn an_imported_series_shows_its_gaps_and_flaws(installation: &Installation) {
    let admin = installation.admin().await;
    let rows = imports::ROWS.replace("005930,2020-01-03,55500,56000,55000", "")
        + "005930,2020-01-09,90000,90000,90000,90000,1\n005930,2020-01-13,60000,60000,60000,60000,1\n";
    let rows: String =
        rows.lines().filter(|line| !line.contains("2020-01-03")).map(|line| format!("{line}\n")).collect();
    let import = imports::upload(&admin, "samsung.csv", &rows).await.ok(202);
    let import = ended(&admin, &format!("/market/imports/{}", import["id"])).await;
    assert_eq!(import["status"], "done", "{import}");
    let detail = admin.get("/market/coverage/005930?to=2020-01-13").await.ok(200);
    assert_eq!((&detail["first"], &detail["last"]), (&json!("2020-01-02"), &json!("2020-01-13")));
    assert_eq!((&detail["expected"], &detail["stored"], &detail["missing"]), (&json!(8), &json!(6), &json!(2)));
    let gap = |day: &str| json!({ "from": day, "to": day, "sessions": 1, "reason": "missing" });
    assert_eq!(detail["gaps"], json!([gap("2020-01-03"), gap("2020-01-10")]));
    let outlier = json!({
        "at": "2020-01-09T00:00:00+09:00", "price": 90_000, "lower_limit": 39_800, "upper_limit": 73_800
    });
    assert_eq!(detail["outliers"], json!([outlier]), "the day after a gap is not judged");
    assert_eq!((&detail["off_grid"], &detail["off_session"]), (&json!([]), &json!([])));
    let list = admin.get("/market/coverage?q=005930").await.ok(200);
    assert_eq!((&list["total"], &list["items"][0]["adjusted"]), (&json!(1), &json!(false)));
    admin.get("/market/coverage/005930?adjusted=true").await.refused(404, "NOT_FOUND");
    admin.get("/market/coverage/005930?interval=1m").await.refused(404, "NOT_FOUND");
}

async fn a_backfill_that_waits_can_be_cancelled(installation: &Installation) {
    let (admin, [kim]) = installation.with_users(["kim"]).await;
    let request = json!({ "symbols": ["00I010"], "interval": "1m", "from": "2026-01-02", "to": "2026-01-05" });
    let backfill = admin.post("/market/backfills", &request).await.ok(202);
    let path = format!("/market/backfills/{}", backfill["id"]);
    kim.get(&path).await.refused(404, "NOT_FOUND");
    assert_eq!(admin.post(&format!("{path}/cancel"), &json!({})).await.ok(202)["status"], "cancelled");
    assert_eq!(admin.get(&path).await.ok(200)["status"], "cancelled");
    admin.post(&format!("{path}/cancel"), &json!({})).await.refused(409, "BACKFILL_ENDED");
}

async fn what_cannot_be_asked_for_is_refused(installation: &Installation) {
    let admin = installation.admin().await;
    let request = json!({ "symbols": ["00I010"], "interval": "1d", "from": "2026-01-02", "to": "2026-01-05" });
    for (field, value, named) in [
        ("symbols", json!([]), "symbols"),
        ("symbols", json!(["nothing"]), "symbols[0]"),
        ("interval", json!("1h"), "interval"),
        ("from", json!("1989-12-31"), "from"),
        ("to", json!("2025-12-31"), "to"),
        ("to", json!("2099-01-01"), "to"),
    ] {
        let mut bad = request.clone();
        bad[field] = value;
        let refused = admin.post("/market/backfills", &bad).await.refused(422, "INVALID_FIELD");
        assert_eq!(refused["field"], named, "{refused}");
    }
    for query in ["interval=2h", "interval=1m&from=2020-01-01", "from=2026-02-01&to=2026-01-01", "page=0"] {
        admin.get(&format!("/market/coverage?{query}")).await.refused(400, "INVALID_QUERY");
    }
    installation.anyone().get("/market/coverage").await.refused(401, "UNAUTHENTICATED");
}

async fn longer_bars_are_made_of_minutes(installation: &Installation) {
    let admin = installation.admin().await;
    let candles = async |interval: &str, limit: u32| {
        let path = format!("/market/candles?symbol=00I010&interval={interval}&limit={limit}");
        admin.get(&path).await.ok(200)
    };
    eventually("minutes", async || {
        (candles("1m", 600).await["bars"].as_array().map(Vec::len) >= Some(600)).then_some(())
    })
    .await;
    let (minutes, hours, fives) = (candles("1m", 600).await, candles("1h", 5).await, candles("5m", 20).await);
    assert_eq!((&hours["interval"], &fives["interval"]), (&json!("1h"), &json!("5m")));
    assert_eq!((hours["bars"].as_array().map(Vec::len), fives["bars"].as_array().map(Vec::len)), (Some(5), Some(20)));
    // An hour that is over holds its sixty minutes.
    let hour = &hours["bars"][2];
    let begin = hour["timestamp"].as_str().expect("a time");
    let inside: Vec<&Value> = minutes["bars"]
        .as_array()
        .expect("bars")
        .iter()
        .skip_while(|bar| bar["timestamp"].as_str() != Some(begin))
        .take(60)
        .collect();
    assert_eq!(inside.len(), 60, "{begin}");
    let sum: i64 = inside.iter().filter_map(|bar| bar["volume"].as_i64()).sum();
    assert_eq!((&hour["open"], hour["volume"].as_i64()), (&inside[0]["open"], Some(sum)));
    assert_eq!(&hour["close"], &inside[59]["close"]);
    assert!(begin.contains(":00:00"), "{begin}");
}
