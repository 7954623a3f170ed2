//! What the product asks the broker by itself, and what it shows of the market: at the emulator, over sockets.

use std::fmt::Write as _;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::Router;
use axum::extract::Request;
use axum::response::IntoResponse;
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use exodus_domain::{Bar, Clock, Timer, kst_date, next_session, previous_session};
use exodus_kis_emulator::clock::ClockMode;
use exodus_kis_emulator::world::MarketSource;
use exodus_kis_emulator::{Emulator, EmulatorConfig, Environment, Limits};
use exodus_live::SystemClock;
use serde_json::{Value, json};

use crate::http::{Client, PASSWORD};
use crate::installation::{Installation, ended, eventually, on_sqlite_at};

/// Sessions of daily bars before the day. A paper account may ask little in a second, so that it is given less.
fn history(environment: Environment) -> usize {
    if environment == Environment::Real { 250 } else { 40 }
}

/// The session after today: access tokens of a day that is over would have ended.
fn day() -> NaiveDate {
    next_session(kst_date(SystemClock.now())).expect("the calendar reaches on")
}

/// The sessions before the day, the newest first.
fn before() -> impl Iterator<Item = NaiveDate> {
    std::iter::successors(previous_session(day()), |day| previous_session(*day))
}

fn ten_o_clock() -> DateTime<Utc> {
    Bar::day_start(day()) + TimeDelta::hours(10)
}

/// A share of KOSPI with a long history, one of KOSDAQ and a note with a short one.
fn bars(environment: Environment) -> String {
    let mut text = "symbol,time,open,high,low,close,volume,name,market,kind\n".to_owned();
    let days: Vec<NaiveDate> = before().take(history(environment)).collect();
    for (age, day) in days.iter().enumerate() {
        if age == 1 {
            continue;
        }
        let price = 70_000 + 100 * i64::try_from(age % 7).expect("a small number");
        writeln!(text, "005930,{day},{price},{price},{price},{price},1000000,Samsung,kospi,stock").expect("written");
    }
    for (code, market, kind) in [("035720", "kosdaq", "stock"), ("500001", "kospi", "etn")] {
        writeln!(text, "{code},{},10000,10000,10000,10000,5000,Other,{market},{kind}", days[0]).expect("written");
    }
    // Of the last but one the minutes are known.
    for minute in 0..380 {
        let time = (Bar::day_start(days[1]) + TimeDelta::minutes(9 * 60 + minute)).to_rfc3339();
        writeln!(text, "005930,{time},70000,70000,70000,70000,1200,,,").expect("written");
    }
    for minute in 0..120 {
        let time = (ten_o_clock() + TimeDelta::minutes(minute - 60)).to_rfc3339();
        for (code, price) in [("005930", 70_000), ("035720", 10_000), ("500001", 10_000)] {
            writeln!(text, "{code},{time},{price},{price},{price},{price},1200,,,").expect("written");
        }
    }
    text
}

/// Runs a scenario as the owner of an account of `environment`, which is connected and selected.
async fn connected(environment: Environment, scenario: impl AsyncFnOnce(&Installation, &Client, Emulator)) {
    connected_by(environment, async |at| at, scenario).await;
}

/// The same, with something on the way to the REST host: `road` is told where that is, and tells where to ask.
async fn connected_by(
    environment: Environment,
    road: impl AsyncFn(SocketAddr) -> SocketAddr,
    scenario: impl AsyncFnOnce(&Installation, &Client, Emulator),
) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("bars.csv");
    std::fs::write(&file, bars(environment)).expect("the bars are written");
    let config = EmulatorConfig {
        clock: ClockMode::Scaled { start: ten_o_clock(), factor: 1 },
        market: MarketSource::Bars(vec![file]),
        limits: Limits::all(1_000),
        ..EmulatorConfig::default()
    };
    let emulator = Emulator::start(config).await.expect("the emulator starts");
    let place = async |at: Option<exodus_kis_emulator::Addresses>| {
        let at = at.expect("it is served");
        format!("http://{} ws://{}", road(at.rest).await, at.ws)
    };
    let settings = [("EXODUS_KIS_PAPER", place(emulator.mock).await), ("EXODUS_KIS_LIVE", place(emulator.real).await)];
    let clock: Arc<dyn Timer> = emulator.clock();
    on_sqlite_at(clock, &settings, async |installation| {
        let admin = installation.admin().await;
        let of = emulator.accounts().into_iter().find(|one| one.environment == environment).expect("an account");
        let keys = json!({
            "name": "KIS",
            "env": if environment == Environment::Real { "live" } else { "paper" },
            "app_key": of.app_key,
            "app_secret": of.app_secret,
            "account_no": of.account_no,
            "hts_id": of.hts_id,
            "password": PASSWORD,
        });
        let added = admin.post("/accounts", &keys).await.ok(201);
        admin.post(&format!("/accounts/{}/select", added["id"]), &json!({})).await.ok(200);
        scenario(installation, &admin, emulator).await;
    })
    .await;
}

/// The imports that the broker brought, once all have ended.
async fn brought(admin: &Client) -> Vec<Value> {
    eventually("what the broker brings", async || {
        let page = admin.get("/market/imports").await.ok(200);
        let imports = page["items"].as_array()?.clone();
        let is_over = |import: &Value| !matches!(import["status"].as_str(), Some("queued" | "running"));
        (!imports.is_empty() && imports.iter().all(is_over)).then_some(imports)
    })
    .await
}

fn import_of<'a>(imports: &'a [Value], file: &str) -> &'a Value {
    imports.iter().find(|import| import["file_name"] == file).unwrap_or_else(|| panic!("no {file} in {imports:?}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn masters_indices_and_the_calendar_come_by_themselves() {
    connected(Environment::Real, async |_, admin, _| {
        let imports = brought(admin).await;
        assert_eq!(imports.len(), 5, "{imports:?}");
        for import in &imports {
            assert_eq!((&import["source"], &import["status"]), (&json!("broker"), &json!("done")), "{import}");
        }
        let kospi = import_of(&imports, "kospi_code.mst");
        assert_eq!((&kospi["kind"], &kospi["rows_added"]), (&json!("symbols"), &json!(2)));
        let note = admin.get("/market/symbols/500001").await.ok(200);
        assert_eq!((&note["kind"], &note["market"]), (&json!("etn"), &json!("kospi")));
        assert_eq!(admin.get("/market/symbols/035720").await.ok(200)["market"], "kosdaq");
        let calendar = import_of(&imports, "chk-holiday");
        assert_eq!((&calendar["kind"], &calendar["rows_quarantined"]), (&json!("sessions"), &json!(0)));
        assert!(calendar["rows_unchanged"].as_i64().is_some_and(|days| days > 14), "{calendar}");
        let indices = imports.iter().find(|import| import["kind"] == "indices").expect("the indices");
        assert_eq!(indices["symbols"], 3);
        assert!(indices["rows_added"].as_i64().is_some_and(|days| days >= 100), "{indices}");

        // Asked again, it tells nothing new.
        admin.post("/market/imports/broker", &json!({})).await.ok(202);
        let again = eventually("the second answer", async || {
            let imports = brought(admin).await;
            (imports.len() == 10).then_some(imports)
        })
        .await;
        let kospi = import_of(&again, "kospi_code.mst");
        assert_eq!((&kospi["rows_added"], &kospi["rows_unchanged"]), (&json!(0), &json!(2)));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broker_that_does_not_answer_is_told_in_words() {
    connected(Environment::Mock, async |_, admin, emulator| {
        let imports = brought(admin).await;
        assert_eq!(imports.len(), 4, "paper accounts are not told the calendar: {imports:?}");
        emulator.stop().await.expect("the emulator stops");
        admin.post("/market/imports/broker", &json!({})).await.ok(202);
        let refused = eventually("the reason", async || {
            let page = admin.get("/market/imports").await.ok(200);
            page["items"].as_array()?.iter().find(|import| import["problem"].is_object()).cloned()
        })
        .await;
        let problem = &refused["problem"];
        assert_eq!(problem["code"], "UNREACHABLE", "{refused}");
        assert!(problem["message"]["ko"].as_str().is_some_and(|ko| !ko.is_ascii()), "{problem}");
        assert!(problem["mend"]["en"].as_str().is_some_and(str::is_ascii), "{problem}");
        admin.post("/market/imports/broker", &json!({})).await.refused(409, "FETCH_RUNNING");
        assert_eq!(admin.get("/market/symbols/500001").await.ok(200)["kind"], "etn", "what is known stays");
    })
    .await;
}

/// A road on which symbol masters are cut in half once `is_bad`. Everything else passes as it is.
async fn bad_road(rest: SocketAddr, is_bad: Arc<AtomicBool>) -> SocketAddr {
    // As everywhere: reqwest wants to be told the provider of cryptography, and whoever was first did it.
    drop(rustls::crypto::ring::default_provider().install_default());
    let client = reqwest::Client::new();
    let pass = async move |request: Request| {
        let (head, body) = request.into_parts();
        let is_master = head.uri.path().starts_with("/common/master/");
        let body = axum::body::to_bytes(body, usize::MAX).await.expect("a body");
        let asked = client.request(head.method, format!("http://{rest}{}", head.uri)).headers(head.headers).body(body);
        let answer = asked.send().await.expect("an answer");
        let (status, headers) = (answer.status(), answer.headers().clone());
        let mut body = answer.bytes().await.expect("a body");
        if is_master && is_bad.load(Ordering::Relaxed) {
            body.truncate(body.len() / 2);
            return (status, body).into_response();
        }
        (status, headers, body).into_response()
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let at = listener.local_addr().expect("an address");
    tokio::spawn(axum::serve(listener, Router::new().fallback(pass)).into_future());
    at
}

#[tokio::test(flavor = "multi_thread")]
async fn a_master_that_is_cut_leaves_the_issues_as_they_are() {
    let is_bad = Arc::new(AtomicBool::new(false));
    let road = async |rest| bad_road(rest, Arc::clone(&is_bad)).await;
    connected_by(Environment::Mock, road, async |_, admin, _| {
        brought(admin).await;
        let before = admin.get("/market/symbols?source=imported").await.ok(200);
        assert_eq!(before["total"], 3, "{before}");
        is_bad.store(true, Ordering::Relaxed);
        admin.post("/market/imports/broker", &json!({})).await.ok(202);
        let refused = eventually("the reason", async || {
            let page = admin.get("/market/imports").await.ok(200);
            page["items"].as_array()?.iter().find(|import| import["problem"].is_object()).cloned()
        })
        .await;
        assert_eq!((&refused["kind"], &refused["rows_read"]), (&json!("symbols"), &json!(0)), "{refused}");
        assert_eq!(refused["problem"]["code"], "UNKNOWN_ANSWER", "{refused}");
        assert_eq!(admin.get("/market/symbols?source=imported").await.ok(200), before);
    })
    .await;
}

async fn backfill(admin: &Client, interval: &str, from: NaiveDate, to: NaiveDate) -> Value {
    let request = json!({ "symbols": ["005930"], "interval": interval, "from": from, "to": to });
    let started = admin.post("/market/backfills", &request).await.ok(202);
    ended(admin, &format!("/market/backfills/{}", started["id"])).await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_past_of_a_listed_issue_is_filled_in_from_the_broker() {
    connected(Environment::Real, async |_, admin, _| {
        brought(admin).await;
        let last = previous_session(day()).expect("the calendar reaches back");
        let first = before().nth(149).expect("the calendar reaches back");
        let done = backfill(admin, "1d", first, last).await;
        assert_eq!((&done["status"], &done["bars_added"]), (&json!("done"), &json!(150)), "{done}");
        assert_eq!(done["requests"], 2, "a hundred bars come at a time: {done}");
        let candles = admin.get(&format!("/market/candles?symbol=005930&interval=1d&from={first}&to={last}")).await;
        let candles = candles.ok(200);
        assert_eq!((candles["bars"].as_array().map(Vec::len), &candles["adjusted"]), (Some(150), &json!(false)));

        let of_minutes = before().nth(1).expect("the calendar reaches back");
        let minutes = backfill(admin, "1m", of_minutes, of_minutes).await;
        assert_eq!((&minutes["status"], &minutes["unavailable"]), (&json!("done"), &json!([])), "{minutes}");
        assert_eq!(minutes["bars_added"], 380, "{minutes}");
        assert_eq!(minutes["requests"], 4, "a hundred and twenty come at a time: {minutes}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_traded_is_shown_as_the_broker_tells_it() {
    connected(Environment::Real, async |_, admin, _| {
        brought(admin).await;
        let trades = eventually("trades", async || {
            let trades = admin.get("/market/trades/005930").await.ok(200);
            trades.as_array().is_some_and(|trades| !trades.is_empty()).then_some(trades)
        })
        .await;
        let newest = &trades[0];
        assert!(newest["price"].as_i64().is_some_and(|price| price > 0), "{newest}");
        assert_eq!(newest["time"].as_str().map(str::len), Some(8), "{newest}");
        admin.get("/market/trades/00I010").await.refused(404, "NOT_FOUND");
        let ranking = admin.get("/market/most-traded").await.ok(200);
        assert_eq!((&ranking[0]["rank"], &ranking[0]["symbol"]), (&json!(1), &json!("005930")), "{ranking}");
        // The note is asked for by the code that the broker knows.
        admin.get("/market/trades/500001").await.ok(200);

        let accounts = admin.get("/accounts").await.ok(200);
        let demo = accounts.as_array().expect("accounts").iter().find(|one| one["broker"] == "demo").expect("it");
        admin.post(&format!("/accounts/{}/select", demo["id"]), &json!({})).await.ok(200);
        admin.get("/market/most-traded").await.refused(409, "NO_BROKER_ACCOUNT");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_paper_account_is_told_less_and_it_says_so() {
    connected(Environment::Mock, async |_, admin, _| {
        brought(admin).await;
        admin.get("/market/most-traded").await.refused(409, "NOT_SERVED");
        let last = previous_session(day()).expect("the calendar reaches back");
        let minutes = backfill(admin, "1m", last, last).await;
        assert_eq!((&minutes["status"], &minutes["unavailable"]), (&json!("done"), &json!(["005930"])), "{minutes}");
    })
    .await;
}
