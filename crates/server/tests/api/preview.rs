//! Strategies looked at before they are saved, and what they can be made of.

use chrono::{DateTime, NaiveDate, TimeDelta};
use exodus_domain::{Bar, Instrument, InstrumentKind, Interval, Market, Price, Qty, Symbol, kst_date};
use exodus_store::bars::{self, SeriesKind};
use exodus_store::instruments;
use reqwest::Method;
use serde_json::{Value, json};

use crate::backtests;
use crate::http::Client;
use crate::installation::{Installation, ended, on_each_database};

on_each_database!(
    a_preview_is_a_backtest_that_nobody_keeps,
    what_cannot_run_says_why_and_nothing_else_happens,
    there_may_be_nothing_to_run_on,
    minutes_are_few,
    a_hostile_document_is_refused_like_any_other,
    a_document_can_be_made_of_every_block,
    a_viewer_may_look,
);

/// Buys when the close crosses above its mean, and sells when it is below.
const DOCUMENT: &str = "version: \"1.0\"
metadata: {name: 시험}
strategy:
  id: test
  params: {period: {default: 20, min: 2, max: 60}}
  indicators:
    - {id: sma, alias: mean, params: {period: $period}}
    - {id: rsi, alias: rsi, params: {period: 14}}
  entry: {conditions: [{indicator: close, operator: cross_above, compare_to: mean}]}
  exit: {conditions: [{indicator: close, operator: less_than, compare_to: mean}]}
";

async fn preview(client: &Client, body: &Value) -> Value {
    client.post("/strategies/preview", body).await.ok(200)
}

fn rules(document: &str) -> Value {
    json!({ "strategy_type": "rules", "parameters": { "document": document } })
}

fn on(body: &Value, symbol: &str) -> Value {
    let mut body = body.clone();
    body["symbol"] = json!(symbol);
    body
}

/// Every type with its defaults and presets, on daily bars, and a document with a value of its own.
async fn strategies(client: &Client) -> Vec<Value> {
    let types = client.get("/strategies/types").await.ok(200);
    let presets = types.as_array().expect("types").iter().flat_map(|kind| {
        let made =
            |preset: &Value| json!({ "strategy_type": kind["strategy_type"], "parameters": preset["parameters"] });
        kind["presets"].as_array().expect("presets").iter().map(made).collect::<Vec<_>>()
    });
    let mut all: Vec<Value> = presets.filter(|body| body["parameters"]["interval"] == "1d").collect();
    all.push(json!({
        "strategy_type": "rules", "parameters": { "document": DOCUMENT, "overrides": { "period": 5 } },
    }));
    all
}

fn seconds_to_date(seconds: &Value) -> NaiveDate {
    let at = seconds.as_i64().and_then(|seconds| DateTime::from_timestamp(seconds, 0));
    kst_date(at.expect("Unix seconds"))
}

async fn a_preview_is_a_backtest_that_nobody_keeps(installation: &Installation) {
    let admin = installation.admin().await;
    let request = backtests::request(&admin, &["00I010"]).await;
    let (first, last) = (&request["start_date"], &request["end_date"]);
    let mut traded = 0;
    for strategy in strategies(&admin).await {
        let mut body = on(&strategy, "00I010");
        let usual = preview(&admin, &body).await;
        assert_eq!((&usual["runs"], &usual["to"], &usual["interval"]), (&json!(true), last, &json!("1d")), "{usual}");

        // A year of warm-up is there before the period.
        let from = usual["candles"][300][0].clone();
        let from = json!(seconds_to_date(&from));
        body["from"] = from.clone();
        body["to"] = last.clone();
        let told = preview(&admin, &body).await;
        if !told["note"].is_null() {
            assert_eq!(told["summary"], Value::Null, "{}", told["note"]);
            continue;
        }
        let asked = json!({
            "strategy_type": strategy["strategy_type"],
            "parameters": strategy["parameters"],
            "symbols": ["00I010"],
            "start_date": from,
            "end_date": last,
            "initial_capital": 10_000_000,
        });
        let queued = admin.post("/backtest", &asked).await.ok(202);
        let path = format!("/backtest/{}", queued["id"]);
        let done = ended(&admin, &path).await;
        assert_eq!(done["status"], "done", "{done}");
        let page = admin.get(&format!("{path}/trades?page_size=200")).await.ok(200);
        let trades = page["items"].as_array().expect("trades");
        let markers = told["markers"].as_array().expect("markers");
        assert_eq!(markers.len(), trades.len(), "{strategy}");
        for (marker, trade) in markers.iter().zip(trades) {
            for name in ["side", "price", "quantity", "realized_pnl"] {
                assert_eq!(marker[name], trade[name], "{marker} {trade}");
            }
            let day = trade["executed_at"].as_str().map(|text| text[..10].to_owned());
            assert_eq!(Some(seconds_to_date(&marker["time"]).to_string()), day, "{marker} {trade}");
            assert!(marker["decided_at"].as_i64() < marker["time"].as_i64(), "{marker}");
            let [ko, en] = ["ko", "en"].map(|word| marker["reason"][word].as_str().unwrap_or_default());
            assert!(ko != en && !ko.is_empty() && !en.is_empty(), "{marker}");
        }
        let summary = &told["summary"];
        for name in ["total_return", "max_drawdown", "win_rate"] {
            assert_eq!(summary[name], done["metrics"][name], "{name}");
        }
        assert_eq!(summary["trades"], done["metrics"]["trades_count"]);
        assert_eq!(summary["exposure"], done["report"]["activity"]["exposure"]);
        traded += trades.len();
        check_lines(&told);
    }
    assert!(traded > 50, "{traded}");
    let kept = admin.get("/strategies").await.ok(200);
    assert_eq!(kept["total"], 0, "a preview stores nothing");
    assert_eq!(seconds_to_date(&json!(0)).to_string(), "1970-01-01", "{first}");
}

/// Bars and lines of one preview fit together; a mean is the mean of its closes, those before the period included.
fn check_lines(told: &Value) {
    let candles = told["candles"].as_array().expect("candles");
    assert_eq!(told["bars"], candles.len());
    let days: Vec<_> = candles.iter().map(|candle| &candle[0]).collect();
    assert!(days.windows(2).all(|pair| pair[0].as_i64() < pair[1].as_i64()), "oldest first");
    for line in told["series"].as_array().expect("series") {
        let points = line["points"].as_array().expect("points");
        let times: Vec<_> = points.iter().map(|point| point[0].as_i64()).collect();
        assert!(times.iter().all(|time| days.iter().any(|day| day.as_i64() == *time)), "{}", line["key"]);
    }
    let line = |key: &str| told["series"].as_array().expect("series").iter().find(|line| line["key"] == key);
    // The document's own; another type may call something else its mean.
    let (Some(mean), Some(rsi)) = (line("mean.value"), line("rsi.value")) else { return };
    assert_eq!((&mean["pane"], &mean["alias"]), (&json!("price"), &json!("mean")));
    let points = mean["points"].as_array().expect("points");
    assert_eq!(points.len(), candles.len(), "it is warm on the first bar");
    for (place, point) in points.iter().enumerate().skip(5) {
        let closes: i64 = candles[place - 4..=place].iter().map(|candle| candle[4].as_i64().expect("a close")).sum();
        let exact = closes as f64 / 5.0;
        assert!((point[1].as_f64().expect("a mean") - exact).abs() < 1e-6 * exact, "{point}");
    }
    assert_eq!(rsi["pane"], "own");
}

async fn what_cannot_run_says_why_and_nothing_else_happens(installation: &Installation) {
    let admin = installation.admin().await;
    let errors = async |body: Value| {
        let told = preview(&admin, &on(&body, "00I010")).await;
        assert_eq!((&told["runs"], &told["candles"], &told["summary"]), (&json!(false), &json!([]), &Value::Null));
        let field = |error: &Value| error["field"].as_str().expect("a field").to_owned();
        told["errors"].as_array().expect("errors").iter().map(field).collect::<Vec<_>>()
    };
    let momentum = |parameters: Value| json!({ "strategy_type": "momentum", "parameters": parameters });
    assert_eq!(
        errors(momentum(json!({ "lookback": 0, "entry": 1 }))).await,
        ["parameters.entry", "parameters.lookback"]
    );
    assert_eq!(errors(json!({ "strategy_type": "magic", "parameters": {} })).await, ["strategy_type"]);
    assert_eq!(errors(json!({ "strategy_type": "rules", "parameters": {} })).await, ["parameters.document"]);
    let beyond = json!({ "document": DOCUMENT, "overrides": { "period": 61 } });
    let beyond = json!({ "strategy_type": "rules", "parameters": beyond });
    assert_eq!(errors(beyond).await, ["parameters.overrides.period"]);

    // Of a document the findings tell it, with a mend where one is known.
    let bad = DOCUMENT.replace("id: rsi,", "id: rssi,");
    assert!(errors(rules(&bad)).await.is_empty());
    let told = preview(&admin, &rules(&bad)).await;
    let finding = &told["findings"][0];
    assert_eq!(
        (&finding["severity"], &finding["line"], &finding["suggestion"]),
        (&json!("error"), &json!(8), &json!("rsi"))
    );
    assert_eq!(finding["path"], "strategy.indicators[1].id");

    // What divides by zero orders nothing, and is counted.
    let zero = "operator: greater_than, compare_to: mean, compare_operation: div, compare_scalar: 0}";
    let division = DOCUMENT.replace("operator: cross_above, compare_to: mean}", zero);
    backtests::request(&admin, &["00I010"]).await;
    let told = preview(&admin, &on(&rules(&division), "00I010")).await;
    assert_eq!((&told["runs"], &told["markers"], &told["summary"]["trades"]), (&json!(true), &json!([]), &json!(0)));
    let [undefined, bars] = ["undefined_bars", "bars"].map(|name| told[name].as_u64().expect("a count"));
    assert!(bars - 80 < undefined && undefined <= bars, "all but the warm-up: {undefined} of {bars}");

    // Without an issue there is nothing more to say about a good one.
    let told = preview(&admin, &rules(DOCUMENT)).await;
    assert_eq!((&told["runs"], &told["interval"], &told["bars"]), (&json!(true), &json!("1d"), &json!(0)), "{told}");
    assert!(told["note"].is_null() && told["summary"].is_null(), "{told}");

    // What is no strategy is refused as everywhere.
    for (member, value) in [
        ("symbol", json!("nonsense")),
        ("symbol", json!(5930)),
        ("from", json!("1989-12-31")),
        ("from", json!("-262143-01-01")),
        ("to", json!("2200-01-01")),
        ("to", json!("+262142-12-31")),
        ("to", json!("yesterday")),
        ("parameters", json!([])),
        ("capital", json!(1)),
    ] {
        let mut body = on(&rules(DOCUMENT), "00I010");
        body[member] = value;
        let problem = admin.post("/strategies/preview", &body).await.refused(422, "INVALID_FIELD");
        assert_eq!(problem["field"], member, "{problem}");
    }
    let mut reversed = on(&rules(DOCUMENT), "00I010");
    (reversed["from"], reversed["to"]) = (json!("2025-01-02"), json!("2025-01-01"));
    assert_eq!(admin.post("/strategies/preview", &reversed).await.refused(422, "INVALID_FIELD")["field"], "to");
}

/// Stores bars of a new issue, each one `step` after the one before.
async fn history(installation: &Installation, code: &str, interval: Interval, first: &str, closes: &[i64]) {
    let symbol: Symbol = code.parse().expect("a code");
    let first: DateTime<chrono::Utc> = first.parse().expect("an instant");
    let instrument = Instrument::new(symbol, Market::Kospi, InstrumentKind::Stock);
    instruments::upsert(&installation.store, &[instrument], first).await.expect("an issue");
    let mut time = first;
    let mut bars = Vec::new();
    for close in closes {
        let price = Price(*close);
        bars.push(Bar { open_time: time, open: price, high: price, low: price, close: price, volume: Qty(1_000_000) });
        time += if interval == Interval::Day1 { TimeDelta::days(1) } else { TimeDelta::minutes(1) };
    }
    let key = SeriesKind::krx(interval, true).of(symbol);
    bars::append(&installation.store, key, &bars).await.expect("bars");
}

async fn there_may_be_nothing_to_run_on(installation: &Installation) {
    let admin = installation.admin().await;
    let noted = async |body: &Value| {
        let told = preview(&admin, body).await;
        assert_eq!((&told["runs"], &told["summary"]), (&json!(true), &Value::Null), "{told}");
        let [ko, en] = ["ko", "en"].map(|word| told["note"][word].as_str().unwrap_or_default().to_owned());
        assert!(!ko.is_empty() && ko != en, "{told}");
        (en, told)
    };
    let (note, _) = noted(&on(&rules(DOCUMENT), "999999")).await;
    assert_eq!(note, "There are no daily bars of 999999; import its history first.");

    let closes: Vec<i64> = (0..30).map(|day| 10_000 + 100 * (day % 7)).collect();
    history(installation, "000010", Interval::Day1, "2024-05-31T15:00:00Z", &closes).await;
    let mut minutes = on(&rules(DOCUMENT), "000010");
    minutes["parameters"]["interval"] = json!("1m");
    let (note, _) = noted(&minutes).await;
    assert_eq!(note, "There are no minute bars of 000010; import its history first.");

    let mut before = on(&rules(DOCUMENT), "000010");
    (before["from"], before["to"]) = (json!("2020-01-01"), json!("2020-12-31"));
    let (note, _) = noted(&before).await;
    assert!(note.contains("there are some from 2024-06-01 to 2024-06-30"), "{note}");

    // Too few for a decision: the bars are shown all the same.
    let slow = json!({ "strategy_type": "momentum", "parameters": { "lookback": 250 } });
    let (note, told) = noted(&on(&slow, "000010")).await;
    assert!(note.contains("no issue has more than 30"), "{note}");
    assert_eq!((&told["bars"], &told["from"]), (&json!(30), &json!("2022-06-30")), "{told}");

    // What ranks issues is shown on none, and the bars all the same.
    let (note, told) = noted(&on(&json!({ "strategy_type": "factor", "parameters": {} }), "000010")).await;
    assert!(note.contains("ranks issues"), "{note}");
    assert_eq!((&told["bars"], &told["markers"]), (&json!(30), &json!([])), "{told}");

    history(installation, "000020", Interval::Day1, "2024-05-31T15:00:00Z", &[20_000_000; 100]).await;
    let (note, _) = noted(&on(&rules(DOCUMENT), "000020")).await;
    assert!(note.contains("buys no share"), "{note}");
}

async fn minutes_are_few(installation: &Installation) {
    let admin = installation.admin().await;
    // Day and night, so that there are more than in any session: 3 to 17 June.
    let closes: Vec<i64> = (0..14 * 1_440).map(|minute| 10_000 + 10 * (minute % 97)).collect();
    history(installation, "000030", Interval::Minute1, "2024-06-02T15:00:00Z", &closes).await;
    let mut body = on(&rules(DOCUMENT), "000030");
    body["parameters"]["interval"] = json!("1m");
    let told = preview(&admin, &body).await;
    // Five sessions back from Sunday the 16th: 14, 13, 12, 11; of their seven days the newest whole ones are shown.
    assert_eq!((&told["interval"], &told["to"]), (&json!("1m"), &json!("2024-06-16")), "{}", told["note"]);
    assert_eq!((&told["from"], &told["bars"]), (&json!("2024-06-14"), &json!(3 * 1_440)), "{}", told["note"]);
    assert!(told["note"]["en"].as_str().is_some_and(|note| note.contains("newest part")), "{}", told["note"]);
    assert!(told["summary"]["trades"].as_u64() > Some(3), "{}", told["summary"]);

    (body["from"], body["to"]) = (json!("2024-06-04"), json!("2024-06-05"));
    let told = preview(&admin, &body).await;
    assert_eq!((&told["bars"], &told["note"]), (&json!(2 * 1_440), &Value::Null));
    let (marker, candles) = (&told["markers"][0], told["candles"].as_array().expect("candles"));
    let at = |time: &Value| candles.iter().position(|candle| candle[0] == *time).expect("a marker meets a candle");
    assert_eq!(at(&marker["time"]), at(&marker["decided_at"]) + 1, "filled at the open after the close");
    body["from"] = json!("1990-01-01");
    assert!(!preview(&admin, &body).await["note"].is_null(), "a month at most");
}

async fn a_hostile_document_is_refused_like_any_other(installation: &Installation) {
    let admin = installation.admin().await;
    let bomb = "a: &a [x, x, x]\nb: &b [*a, *a, *a]\nc: [*b, *b, *b]\n".repeat(3);
    let deep = format!("{}1{}", "[".repeat(100_000), "]".repeat(100_000));
    let lines = "strategy: {indicators: [{id: sma}]}\n".repeat(7_000);
    let texts = ["", "\u{0}", "[]", "!!python/object:os.system 'x'", "a: *a", &bomb, &deep, &lines];
    for text in texts {
        let told = preview(&admin, &on(&rules(text), "00I010")).await;
        assert_eq!(told["runs"], false, "{text:.60}");
        let findings = told["findings"].as_array().expect("findings");
        assert!(findings.iter().any(|finding| finding["severity"] == "error"), "{text:.60}: {told}");
    }
    let long = |bytes: usize| format!("{DOCUMENT}{}", "#\n".repeat((bytes - DOCUMENT.len()) / 2));
    assert_eq!(preview(&admin, &rules(&long(256 * 1024))).await["runs"], true);
    assert_eq!(preview(&admin, &rules(&long(256 * 1024 + 2))).await["runs"], false);
    admin.post("/strategies/preview", &rules(&"#".repeat(700_000))).await.refused(413, "PAYLOAD_TOO_LARGE");
}

async fn a_document_can_be_made_of_every_block(installation: &Installation) {
    let admin = installation.admin().await;
    let blocks = admin.get("/strategies/blocks").await.ok(200);
    let list = |name: &str| blocks[name].as_array().expect("a list").clone();
    assert_eq!((list("indicators").len(), list("candlesticks").len(), list("presets").len()), (80, 66, 10));
    let document =
        |strategy: &str| format!("version: \"1.0\"\nmetadata: {{name: 시험}}\nstrategy:\n  id: test\n{strategy}\n");
    let exit = "exit: {conditions: [{indicator: close, operator: less_than, compare_to: 1}]}";
    for indicator in list("indicators") {
        let mut parameters = serde_json::Map::new();
        for parameter in indicator["parameters"].as_array().expect("parameters") {
            let is_choice = parameter["kind"] == "choice";
            assert_eq!(is_choice, parameter["minimum"].is_null(), "{indicator}");
            assert_eq!(is_choice, parameter["choices"] != json!([]), "{indicator}");
            parameters.insert(parameter["key"].as_str().expect("a key").to_owned(), parameter["default"].clone());
        }
        let outputs = indicator["outputs"].as_array().expect("outputs");
        assert!(outputs.contains(&indicator["default_output"]), "{indicator}");
        let [id, output] = [&indicator["id"], &indicator["default_output"]];
        let text = document(&format!(
            "  indicators: [{{id: {id}, alias: one, params: {}}}]\n  entry: {{conditions: [{{indicator: one, output: {output}, operator: greater_than, compare_to: 0}}]}}\n  {exit}",
            Value::Object(parameters),
        ));
        let told = preview(&admin, &rules(&text)).await;
        assert_eq!(told["runs"], indicator["available"], "{id}: {told}");
    }
    for pattern in list("candlesticks") {
        let text = document(&format!(
            "  candlesticks: [{{id: {}, alias: one}}]\n  entry: {{conditions: [{{candlestick: one, signal: detected}}]}}\n  {exit}",
            pattern["id"]
        ));
        let told = preview(&admin, &rules(&text)).await;
        assert_eq!(told["runs"], pattern["available"], "{pattern}: {told}");
    }
    for operator in list("operators") {
        for field in list("price_fields") {
            let (operator, field) = (&operator["id"], &field["id"]);
            let entry =
                format!("entry: {{conditions: [{{indicator: {field}, operator: {operator}, compare_to: open}}]}}");
            let told = preview(&admin, &rules(&document(&format!("  {entry}\n  {exit}")))).await;
            assert_eq!(told["runs"], true, "{field} {operator}: {told}");
        }
    }
    for preset in list("presets") {
        let told = preview(&admin, &rules(preset["document"].as_str().expect("a text"))).await;
        assert_eq!(told["runs"], true, "{preset}");
    }
}

async fn a_viewer_may_look(installation: &Installation) {
    let (admin, [viewer]) = installation.with_users(["viewer"]).await;
    let id = viewer.get("/auth/me").await.ok(200)["id"].as_i64().expect("an id");
    admin.send(Method::PATCH, &format!("/admin/users/{id}"), Some(&json!({ "role": "viewer" }))).await.ok(200);
    assert_eq!(preview(&viewer, &rules(DOCUMENT)).await["runs"], true);
    assert_eq!(viewer.get("/strategies/blocks").await.ok(200)["indicators"][0]["id"], "sma");
}
