//! A whole trading day at the emulator, 08:20 to 20:10, faster than the sun: a momentum strategy and a person trade on
//! one mock account, over sockets, and the product's books are held against the emulator's all day long.
//!
//! `make kis-day` runs it; `EXODUS_KIS_DAY_FACTOR` says how many times as fast as the sun (20, if it is not set).

use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use exodus_domain::{
    Bar, Clock, Instrument, InstrumentKind, Market, Price, Symbol, Timer, kst_date, kst_time, next_session,
    previous_session, tick_size,
};
use exodus_kis_emulator::clock::ClockMode;
use exodus_kis_emulator::world::{MarketSource, OrderAction};
use exodus_kis_emulator::{Credentials, Emulator, EmulatorConfig, Environment, Limits};
use exodus_live::SystemClock;
use exodus_store::instruments;
use serde_json::{Value, json};

use crate::http::{Client, PASSWORD};
use crate::installation::{Installation, on_sqlite_at};

/// Code and first price of each issue.
const ISSUES: [(&str, i64); 4] = [("005930", 70_000), ("000660", 180_000), ("035720", 42_000), ("068270", 165_000)];
/// Between two acts of the person at the screen.
const ACT_EVERY: TimeDelta = TimeDelta::minutes(5);
/// Half an hour: an access token lasts an hour of the day that passes.
const LOGIN_EVERY: usize = 6;
/// How long the books may differ while orders and their fills are on the way, by the clock of the day.
const PATIENCE: TimeDelta = TimeDelta::minutes(5);

/// The session after today: access tokens of a day that is over would have ended.
fn day() -> NaiveDate {
    next_session(kst_date(SystemClock.now())).expect("the calendar reaches on")
}

fn at(hour: i64, minute: i64) -> DateTime<Utc> {
    Bar::day_start(day()) + TimeDelta::hours(hour) + TimeDelta::minutes(minute)
}

/// Minutes of each issue in waves of about two hours, out of step with each other, on round prices.
fn bars() -> String {
    let mut text = "symbol,time,open,high,low,close,volume,name\n".to_owned();
    let before = previous_session(day()).expect("the calendar reaches back");
    for (issue, (code, base)) in (0_i64..).zip(ISSUES) {
        writeln!(text, "{code},{before},{base},{base},{base},{base},1000000,{code}").expect("a text grows");
        let tick = tick(base);
        let level = |minute: i64| {
            // A triangle of 120 minutes and 24 ticks, so that no table of prices is needed.
            let phase = (minute + issue * 30).rem_euclid(120);
            base + tick * (phase.min(120 - phase) * 2 / 5 - 12)
        };
        for minute in 0..390 {
            let (open, close) = (level(minute), level(minute + 1));
            let (high, low) = (open.max(close) + tick, open.min(close) - tick);
            let time = (at(9, 0) + TimeDelta::minutes(minute)).to_rfc3339();
            writeln!(text, "{code},{time},{open},{high},{low},{close},20000,{code}").expect("a text grows");
        }
    }
    text
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes half an hour: make kis-day"]
async fn a_day_ends_with_the_books_of_the_broker() {
    let factor = std::env::var("EXODUS_KIS_DAY_FACTOR").ok().and_then(|text| text.parse().ok()).unwrap_or(20);
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("bars.csv");
    std::fs::write(&file, bars()).expect("the bars are written");
    let config = EmulatorConfig {
        clock: ClockMode::Scaled { start: at(8, 20), factor },
        market: MarketSource::Bars(vec![file]),
        limits: Limits::default(),
        real: None,
        ..EmulatorConfig::default()
    };
    let emulator = Emulator::start(config).await.expect("the emulator starts");
    let mock = emulator.mock.expect("it is served");
    let settings = [("EXODUS_KIS_PAPER", format!("http://{} ws://{}", mock.rest, mock.ws))];
    let clock: Arc<dyn Timer> = emulator.clock();
    on_sqlite_at(Arc::clone(&clock), &settings, async |installation| {
        let mut day = Day::begin(installation, &emulator, clock).await;
        day.live().await;
        day.tell().await;
    })
    .await;
    emulator.stop().await.expect("the emulator stops");
}

/// What a person sees and does, and what the emulator knows.
struct Day<'a> {
    emulator: &'a Emulator,
    clock: Arc<dyn Timer>,
    person: Client,
    number: String,
    acts: usize,
    taken: usize,
    refused: usize,
    compared: usize,
    longest_apart: TimeDelta,
}

impl<'a> Day<'a> {
    async fn begin(installation: &Installation, emulator: &'a Emulator, clock: Arc<dyn Timer>) -> Self {
        let listed: Vec<Instrument> = ISSUES
            .iter()
            .map(|(code, _)| Instrument::new(symbol(code), Market::Kospi, InstrumentKind::Stock))
            .collect();
        instruments::upsert(&installation.store, &listed, clock.now()).await.expect("stored");
        let person = installation.admin().await;
        let account = emulator.accounts().into_iter().find(|one| one.environment == Environment::Mock);
        let account = account.expect("a mock account");
        let added = person.post("/accounts", &keys(&account)).await.ok(201);
        person.post(&format!("/accounts/{}/select", added["id"]), &json!({})).await.ok(200);
        let strategy = json!({
            "name": "Waves",
            "strategy_type": "momentum",
            "symbols": ISSUES.map(|(code, _)| code),
            "parameters": { "interval": "1m", "lookback": 5, "entry_threshold_percent": 0.2, "position_size_percent": 10.0 },
        });
        let strategy = person.post("/strategies", &strategy).await.ok(201);
        person.post(&format!("/strategies/{}/activate", strategy["id"]), &json!({})).await.ok(200);
        let number = account.account_no.replace('-', "");
        let (acts, taken, refused, compared) = Default::default();
        Self { emulator, clock, person, number, acts, taken, refused, compared, longest_apart: TimeDelta::zero() }
    }

    async fn live(&mut self) {
        let mut next = at(8, 25);
        while next <= at(20, 10) {
            self.clock.sleep_until(next).await;
            if self.acts.is_multiple_of(LOGIN_EVERY) {
                self.log_in().await;
            }
            self.act().await;
            self.compare().await;
            next += ACT_EVERY;
        }
        self.compare().await;
    }

    async fn log_in(&mut self) {
        let entry = json!({ "email": "admin@example.com", "password": PASSWORD });
        self.person = self.person.with_session(&self.person.post("/auth/login", &entry).await.ok(200));
    }

    /// Places an order by hand: in turn a buy that fills, one far from the market that is cancelled the next time, a
    /// market order, a sale. Outside the hours the broker refuses, in words.
    async fn act(&mut self) {
        self.acts += 1;
        let (code, base) = ISSUES[self.acts % ISSUES.len()];
        let now = self.emulator.with_world(|world, _| world.quote(symbol(code)).map_or(base, |quote| quote.price.0));
        let tick = tick(now);
        let order = match self.acts % 4 {
            0 => {
                json!({ "symbol": code, "side": "buy", "order_type": "limit", "quantity": 7, "price": now + 3 * tick })
            }
            1 => {
                json!({ "symbol": code, "side": "buy", "order_type": "limit", "quantity": 3, "price": now - 40 * tick })
            }
            2 => json!({ "symbol": code, "side": "buy", "order_type": "market", "quantity": 2 }),
            _ => {
                json!({ "symbol": code, "side": "sell", "order_type": "limit", "quantity": 2, "price": now - 3 * tick })
            }
        };
        for open in self.open_by_hand().await {
            let reply = self.person.post(&format!("/orders/{open}/cancel"), &json!({})).await;
            assert!(matches!(reply.status, 200 | 202 | 409 | 422), "a cancel: {} {}", reply.status, reply.text);
        }
        let reply = self.person.order_as(&format!("act-{}", self.acts), &order).await;
        match reply.status {
            202 => self.taken += 1,
            // The sentence is the broker's or the gate's; what counts is that it is no crash.
            403 | 409 | 422 | 423 => self.refused += 1,
            status => panic!("{status} for {order}: {}", reply.text),
        }
    }

    async fn open_by_hand(&self) -> Vec<i64> {
        let open = self.person.get("/orders?status=pending&page_size=100").await.ok(200);
        let items = open["items"].as_array().expect("orders").iter();
        let by_hand = items.filter(|order| order["strategy_id"].is_null() && order["state"] == "acked");
        by_hand.filter_map(|order| order["id"].as_i64()).collect()
    }

    /// Holds cash and shares against the true book, once nothing is on the way any more.
    async fn compare(&mut self) {
        let begun = self.clock.now();
        loop {
            let (ours, theirs) = (self.ours().await, self.theirs());
            let apart = self.clock.now() - begun;
            if ours == theirs {
                self.compared += 1;
                self.longest_apart = self.longest_apart.max(apart);
                return;
            }
            let time = kst_time(self.clock.now());
            assert!(apart < PATIENCE, "at {time} the product has {ours:?}, the broker {theirs:?}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    async fn ours(&self) -> (i64, Vec<(String, i64)>) {
        let balance = self.person.get("/account/balance").await.ok(200);
        let held = self.person.get("/account/holdings?page_size=100").await.ok(200);
        let items = held["items"].as_array().expect("holdings").iter();
        let mut shares: Vec<_> = items
            .map(|held| {
                (held["symbol"].as_str().expect("a code").to_owned(), held["quantity"].as_i64().expect("shares"))
            })
            .collect();
        shares.sort();
        (balance["cash_balance"].as_i64().expect("won"), shares)
    }

    fn theirs(&self) -> (i64, Vec<(String, i64)>) {
        let balance = self.emulator.with_world(|world, now| world.balance(&self.number, now)).expect("the account");
        let held = balance.rows.iter().filter(|row| row.quantity.is_positive());
        let mut shares: Vec<_> = held.map(|row| (row.symbol.to_string(), row.quantity.0)).collect();
        shares.sort();
        (balance.cash.d2.0, shares)
    }

    /// Every order of ours is one of theirs, and the figures of the day.
    async fn tell(&self) {
        let ours = self.all_orders().await;
        let state = |name: &str| ours.iter().filter(|order| order["state"] == name).count();
        let doubt = ["created", "sending", "unknown", "ambiguous", "acked", "partial"];
        let open: Vec<_> = ours.iter().filter(|order| doubt.iter().any(|name| order["state"] == *name)).collect();
        let (placed, filled, amount) = self.emulator.with_world(|world, _| {
            let rows = world.orders(&self.number, day(), day());
            let placed: Vec<_> = rows.into_iter().filter(|row| row.action == OrderAction::New).collect();
            let filled = placed.iter().filter(|row| row.filled.is_positive()).count();
            (placed.len(), filled, placed.iter().map(|row| row.amount.0).sum::<i64>())
        });
        eprintln!(
            "{} orders of ours ({} filled, {} cancelled, {} rejected, {} expired, {} denied, {} not sent, {} not found), \
             {placed} at the broker, {filled} with fills, {amount} won traded; by hand {} taken, {} refused; \
             books equal all {} times, at most {} s apart",
            ours.len(),
            state("filled"),
            state("cancelled"),
            state("rejected"),
            state("expired"),
            state("denied"),
            state("not_sent"),
            state("not_found"),
            self.taken,
            self.refused,
            self.compared,
            self.longest_apart.num_seconds(),
        );
        assert!(open.is_empty(), "nothing may be open or in doubt after the day: {open:?}");
        let at_broker = ours.iter().filter(|order| !order["kis_order_id"].is_null()).count();
        assert_eq!(at_broker, placed, "orders with a number of the broker, and the broker's orders");
        assert_eq!(self.traded().await, amount, "won traded");
        assert!(filled > 20 && self.taken > 20, "a day with trades: {filled} filled, {} by hand", self.taken);
    }

    async fn all_orders(&self) -> Vec<Value> {
        let mut all = Vec::new();
        for page in 1.. {
            let answer = self.person.get(&format!("/orders?page={page}&page_size=100")).await.ok(200);
            let items = answer["items"].as_array().expect("orders").clone();
            if items.is_empty() {
                return all;
            }
            all.extend(items);
        }
        all
    }

    /// Won of all fills, from the file that a person would export.
    async fn traded(&self) -> i64 {
        let file = self.person.get("/account/trades.csv").await;
        let mut lines = file.text.lines();
        let column = lines.next().and_then(|head| head.split(',').position(|name| name == "amount"));
        let column = column.expect("a column of amounts");
        lines.filter_map(|line| line.split(',').nth(column)?.parse::<i64>().ok()).sum()
    }
}

/// The tick at a price in won.
fn tick(price: i64) -> i64 {
    tick_size(Market::Kospi, InstrumentKind::Stock, day(), Price(price)).0
}

fn symbol(code: &str) -> Symbol {
    code.parse().expect("a code")
}

fn keys(of: &Credentials) -> Value {
    json!({
        "name": "Mock", "env": "paper", "app_key": of.app_key, "app_secret": of.app_secret,
        "account_no": of.account_no, "hts_id": of.hts_id, "password": PASSWORD,
    })
}
