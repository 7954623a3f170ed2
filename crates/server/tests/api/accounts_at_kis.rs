//! Accounts at KIS that is there: the emulator, over sockets.

use std::fmt::Write as _;
use std::sync::{Arc, Mutex};

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use exodus_domain::{
    Bar, Clock, Instrument, InstrumentKind, Market, Symbol, Timer, kst_date, next_session, previous_session,
};
use exodus_kis_emulator::clock::ClockMode;
use exodus_kis_emulator::world::MarketSource;
use exodus_kis_emulator::{Credentials, Emulator, EmulatorConfig, Environment, Limits};
use exodus_live::SystemClock;
use exodus_store::instruments;
use reqwest::Method;
use serde_json::{Value, json};
use tracing_subscriber::EnvFilter;

use crate::http::{Client, PASSWORD};
use crate::installation::{Installation, eventually, on_sqlite_at};

pub(crate) const SAMSUNG: &str = "005930";

/// The session after today: access tokens of a day that is over would have ended.
fn day() -> NaiveDate {
    next_session(kst_date(SystemClock.now())).expect("the calendar reaches on")
}

fn ten_o_clock() -> DateTime<Utc> {
    Bar::day_start(day()) + TimeDelta::hours(10)
}

/// Minutes of one issue, each touching 69,900 and 70,100.
fn bars() -> String {
    let mut text = "symbol,time,open,high,low,close,volume,name\n".to_owned();
    let before = previous_session(day()).expect("the calendar reaches back");
    writeln!(text, "005930,{before},70000,70500,69500,70000,1000000,Samsung").expect("a text grows");
    for minute in 0..380 {
        let time = (ten_o_clock() + TimeDelta::minutes(minute - 60)).to_rfc3339();
        writeln!(text, "005930,{time},70000,70100,69900,70000,12000,Samsung").expect("a text grows");
    }
    text
}

/// Runs a scenario beside an emulator whose trading day has begun.
async fn at_the_emulator(scenario: impl AsyncFnOnce(&Installation, &Emulator)) {
    at_the_emulator_with(&[], scenario).await;
}

/// The same with other settings beside the usual ones.
pub(crate) async fn at_the_emulator_with(
    others: &[(&'static str, &str)],
    scenario: impl AsyncFnOnce(&Installation, &Emulator),
) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("bars.csv");
    std::fs::write(&file, bars()).expect("the bars are written");
    let config = EmulatorConfig {
        clock: ClockMode::Scaled { start: ten_o_clock(), factor: 1 },
        market: MarketSource::Bars(vec![file]),
        limits: Limits::all(1_000),
        ..EmulatorConfig::default()
    };
    let emulator = Emulator::start(config).await.expect("the emulator starts");
    let place = |at: Option<exodus_kis_emulator::Addresses>| {
        let at = at.expect("it is served");
        format!("http://{} ws://{}", at.rest, at.ws)
    };
    let mut settings = vec![("EXODUS_KIS_PAPER", place(emulator.mock)), ("EXODUS_KIS_LIVE", place(emulator.real))];
    settings.extend(others.iter().map(|(name, value)| (*name, (*value).to_owned())));
    let clock: Arc<dyn Timer> = emulator.clock();
    on_sqlite_at(clock, &settings, async |installation| {
        let symbol: Symbol = SAMSUNG.parse().expect("a code");
        let samsung = Instrument::new(symbol, Market::Kospi, InstrumentKind::Stock);
        instruments::upsert(&installation.store, &[samsung], ten_o_clock()).await.expect("stored");
        scenario(installation, &emulator).await;
    })
    .await;
    emulator.stop().await.expect("the emulator stops");
}

pub(crate) fn credentials(emulator: &Emulator, environment: Environment) -> Credentials {
    emulator.accounts().into_iter().find(|one| one.environment == environment).expect("an account")
}

fn keys(name: &str, env: &str, of: &Credentials) -> Value {
    json!({
        "name": name,
        "env": env,
        "app_key": of.app_key,
        "app_secret": of.app_secret,
        "account_no": of.account_no,
        "hts_id": of.hts_id,
        "password": PASSWORD,
    })
}

fn with(mut body: Value, member: &str, value: &str) -> Value {
    body[member] = json!(value);
    body
}

/// Step, state and problem of each step.
fn told(check: &Value) -> Vec<(String, String, String)> {
    let steps = check["steps"].as_array().unwrap_or_else(|| panic!("no steps in {check}"));
    let word = |step: &Value, name: &str| step[name].as_str().unwrap_or_default().to_owned();
    steps.iter().map(|step| (word(step, "step"), word(step, "state"), word(step, "problem"))).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn each_mistake_is_told_by_cause_and_mend() {
    at_the_emulator(async |installation, emulator| {
        let admin = installation.admin().await;
        let (paper, live) = (credentials(emulator, Environment::Mock), credentials(emulator, Environment::Real));
        // Keys that have no token yet: the broker gives one a minute, wherever it is asked.
        let other = emulator.accounts().into_iter().rfind(|one| one.environment == Environment::Mock).expect("two");
        let good = keys("Mock", "paper", &paper);
        let check = async |body: &Value| admin.post("/accounts/check", body).await.ok(200);
        let fine = check(&good).await;
        assert!(told(&fine).iter().all(|(_, state, _)| state == "ok"), "{fine}");

        let other_number = "50999999-01";
        let cases = [
            (with(good.clone(), "app_key", &"x".repeat(36)), "token", "WRONG_APP_KEY", "app_key"),
            (with(good.clone(), "app_secret", &"x".repeat(180)), "token", "WRONG_APP_SECRET", "app_secret"),
            (keys("Live", "live", &other), "account", "WRONG_ENVIRONMENT", "env"),
            (keys("Live", "paper", &live), "account", "WRONG_ENVIRONMENT", "env"),
            (with(good.clone(), "account_no", other_number), "account", "WRONG_ACCOUNT", "account_no"),
            (with(good.clone(), "hts_id", "nobody"), "stream", "WRONG_HTS_ID", "hts_id"),
        ];
        for (body, step, problem, field) in cases {
            let answer = check(&body).await;
            let failed: Vec<_> = told(&answer).into_iter().filter(|(_, state, _)| state == "failed").collect();
            assert_eq!(failed, [(step.to_owned(), "failed".to_owned(), problem.to_owned())], "{answer}");
            let at = answer["steps"].as_array().expect("steps").iter().find(|one| one["step"] == step).expect("it");
            assert!(at["broker_code"].as_str().is_some_and(|code| code.len() >= 8), "the code is kept: {at}");
            for text in [&at["message"], &at["mend"]] {
                assert!(text["ko"].as_str().is_some_and(|ko| !ko.is_ascii()), "{at}");
                assert!(text["en"].as_str().is_some_and(|en| !en.is_empty() && en != text["ko"]), "{at}");
            }
            let refused = admin.post("/accounts", &body).await.refused(422, "ACCOUNT_REFUSED");
            assert_eq!(refused["field"], field);
            assert_eq!(told(&refused["check"]), told(&answer));
        }
        assert_eq!(admin.get("/accounts").await.ok(200).as_array().map(Vec::len), Some(1), "nothing was saved");
    })
    .await;
}

pub(crate) async fn selected(admin: &Client, name: &str, env: &str, of: &Credentials) -> Value {
    let added = admin.post("/accounts", &keys(name, env, of)).await.ok(201);
    admin.post(&format!("/accounts/{}/select", added["id"]), &json!({})).await.ok(200);
    added
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_trades_and_agrees_with_the_broker_to_the_won() {
    let log = Log::default();
    let own = log.clone();
    // Everything that the product and what it is made of say, down to the last detail.
    let filter = EnvFilter::new("trace,exodus_kis_emulator=off");
    let subscriber = tracing_subscriber::fmt().with_env_filter(filter).with_writer(move || own.clone());
    tracing::subscriber::set_global_default(subscriber.finish()).expect("this process has no other log");
    at_the_emulator(async |installation, emulator| {
        let admin = installation.admin().await;
        let paper = credentials(emulator, Environment::Mock);
        let added = selected(&admin, "Mock", "paper", &paper).await;
        assert_eq!((&added["status"], &added["problem"]), (&json!("ready"), &Value::Null));
        let taken = eventually("the take-over of the books", async || {
            let accounts = admin.get("/accounts").await.ok(200);
            let item = accounts.as_array()?.iter().find(|item| item["id"] == added["id"])?.clone();
            item["cash"].is_number().then_some(item)
        })
        .await;
        assert_eq!((&taken["cash"], &taken["is_selected"]), (&json!(100_000_000), &json!(true)));

        let buy = json!({ "symbol": SAMSUNG, "side": "buy", "order_type": "limit", "quantity": 10, "price": 70_100 });
        let mut attempt = 0;
        let order = eventually("an order that is decided", async || {
            attempt += 1;
            let reply = admin.order_as(&format!("buy-{attempt}"), &buy).await;
            // The first price may come after the first request.
            (reply.status == 202).then(|| reply.json())
        })
        .await;
        let path = format!("/orders/{}", order["id"]);
        eventually("the fill", async || (admin.get(&path).await.ok(200)["status"] == "filled").then_some(())).await;
        let holdings = admin.get("/account/holdings").await.ok(200);
        assert_eq!((&holdings["total"], &holdings["items"][0]["quantity"]), (&json!(1), &json!(10)));

        let sell = json!({ "symbol": SAMSUNG, "side": "sell", "order_type": "limit", "quantity": 4, "price": 69_900 });
        let order = admin.order_as("sell", &sell).await.ok(202);
        let path = format!("/orders/{}", order["id"]);
        eventually("the sale", async || (admin.get(&path).await.ok(200)["status"] == "filled").then_some(())).await;

        let balance = admin.get("/account/balance").await.ok(200);
        let (cash, held) = book(emulator, &paper);
        assert_eq!((balance["cash_balance"].as_i64(), held), (Some(cash), 6), "{balance}");
        assert_eq!((&balance["broker"], &balance["problem"]), (&json!("kis"), &Value::Null));

        let accounts = admin.get("/accounts").await.ok(200);
        assert_eq!(accounts[0]["cash"], 100_000_000, "the demo account is as it was: {accounts}");

        let told = log.text();
        assert!(told.contains("an account was added"), "the log is kept");
        let number = paper.account_no.replace('-', "");
        let secrets = [&paper.app_key, &paper.app_secret, &paper.account_no, &number, &number[..8].to_owned()];
        for secret in secrets {
            let line = told.lines().find(|line| line.contains(secret.as_str()));
            assert_eq!(line, None, "a secret in the log");
        }
        let bearer = told.lines().find(|line| line.contains("Bearer ey"));
        assert_eq!(bearer, None, "a token in the log");
    })
    .await;
}

/// The log of this process.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().expect("nobody panicked while writing")).into_owned()
    }
}

impl std::io::Write for Log {
    fn write(&mut self, text: &[u8]) -> std::io::Result<usize> {
        self.0.lock().expect("nobody panicked while writing").extend_from_slice(text);
        Ok(text.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn real_money_is_read_and_not_ordered_with() {
    at_the_emulator(async |installation, emulator| {
        let admin = installation.admin().await;
        let live = credentials(emulator, Environment::Real);
        let added = selected(&admin, "Real", "live", &live).await;
        assert_eq!((&added["status"], &added["env"]), (&json!("not_armed"), &json!("live")));
        let buy = json!({ "symbol": SAMSUNG, "side": "buy", "order_type": "limit", "quantity": 1, "price": 70_100 });
        let mut attempt = 0;
        let refused = eventually("the denial", async || {
            attempt += 1;
            let reply = admin.order_as(&format!("buy-{attempt}"), &buy).await;
            (reply.status == 403).then(|| reply.refused(403, "NOT_ARMED"))
        })
        .await;
        assert_eq!(refused["code"], "NOT_ARMED");
        let (cash, held) = book(emulator, &live);
        assert_eq!((cash, held), (100_000_000, 0), "nothing reached the broker");
        let path = format!("/accounts/{}", added["id"]);
        assert_eq!(admin.send(Method::DELETE, &path, None).await.status, 204);
    })
    .await;
}

/// Cash on D+2 and shares of the one issue, as the emulator's true book has them.
fn book(emulator: &Emulator, of: &Credentials) -> (i64, i64) {
    let balance = emulator.with_world(|world, now| world.balance(&of.account_no.replace('-', ""), now));
    let balance = balance.expect("the account is there");
    let shares = balance.rows.iter().map(|held| held.quantity.0).sum();
    (balance.cash.d2.0, shares)
}
