//! The broker of a crash test: `exodus emulator` as a process of its own, which outlives every process that is killed.

use std::fmt::Write as _;
use std::fs::File;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use exodus_domain::{Bar, Clock, InstrumentKind, Market, Price, kst_date, next_session, previous_session, tick_size};
use exodus_kis_emulator::clock::EmulatorClock;
use exodus_live::SystemClock;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// Code and first price of each issue. All have the same tick, and an order of a few dozen shares stays below a million.
pub(crate) const ISSUES: [(&str, i64); 6] = [
    ("005930", 15_000),
    ("000660", 16_000),
    ("035720", 14_000),
    ("068270", 17_000),
    ("051910", 13_000),
    ("105560", 12_000),
];
/// How many sessions of daily bars come before the day.
const PAST: usize = 25;
/// How long it may take to start.
const START_WAIT: Duration = Duration::from_secs(60);

/// The running emulator.
pub(crate) struct Emulator {
    child: Child,
    http: reqwest::Client,
    /// Control API, and REST of the mock environment.
    rest: String,
    /// What `EXODUS_KIS_PAPER` and `EXODUS_KIS_LIVE` are set to.
    pub(crate) paper: String,
    pub(crate) live: String,
    /// Its clock, followed as the product does.
    pub(crate) clock: EmulatorClock,
}

/// An account as it truly is.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct TrueAccount {
    pub(crate) env: String,
    pub(crate) app_key: String,
    pub(crate) app_secret: String,
    pub(crate) account_no: String,
    pub(crate) hts_id: String,
    pub(crate) cash: Cash,
    pub(crate) holdings: Vec<Holding>,
    pub(crate) orders: Vec<TrueOrder>,
}

/// Won.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Cash {
    /// Every trade counted, settled or not.
    pub(crate) d2: i64,
}

/// Shares.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Holding {
    pub(crate) symbol: String,
    pub(crate) quantity: i64,
}

/// An order of the day in the true book.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct TrueOrder {
    pub(crate) branch: String,
    pub(crate) odno: String,
    pub(crate) action: String,
    pub(crate) by_hand: bool,
    pub(crate) symbol: String,
    pub(crate) side: String,
    pub(crate) quantity: i64,
    pub(crate) price: Option<i64>,
    pub(crate) filled: i64,
    pub(crate) amount: i64,
}

/// A request that really arrived.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Arrival {
    pub(crate) at: DateTime<Utc>,
    pub(crate) kind: String,
    pub(crate) account: String,
    pub(crate) path: String,
    pub(crate) tr_id: String,
    pub(crate) complete: bool,
    pub(crate) fields: std::collections::BTreeMap<String, String>,
}

#[derive(Deserialize)]
struct Accounts {
    accounts: Vec<TrueAccount>,
}

#[derive(Deserialize)]
struct Wire {
    arrivals: Vec<Arrival>,
}

#[derive(Deserialize)]
struct Told {
    now: DateTime<Utc>,
    factor: u32,
}

#[derive(Deserialize)]
struct Issue {
    symbol: String,
    price: i64,
}

impl Emulator {
    /// Starts it in `folder`, at half past nine of the next session, so many times as fast as the machine.
    pub(crate) async fn start(folder: &Path, factor: u32, accounts: usize) -> Self {
        let bars = folder.join("bars.csv");
        std::fs::write(&bars, bars_of(day())).expect("the bars are written");
        let told = folder.join("emulator.log");
        let log = || File::create(&told).expect("a log");
        let child = Command::new(env!("CARGO_BIN_EXE_exodus"))
            .args(["emulator", "--rest-port", "0", "--ws-port", "0", "--mock-rest-port", "0", "--mock-ws-port", "0"])
            .args(["--clock", &format!("x{factor}"), "--start", &at(9, 30).to_rfc3339()])
            .args(["--accounts", &accounts.to_string(), "--cash", "50000000"])
            .args(["--state", &folder.join("broker").display().to_string(), "--bars", &bars.display().to_string()])
            .env_clear()
            .env("HOME", folder)
            .env("EXODUS_LOG", "warn")
            .stdin(Stdio::null())
            .stdout(log())
            .stderr(File::create(folder.join("emulator.err")).expect("a log"))
            .spawn()
            .expect("the emulator starts");
        let deadline = tokio::time::Instant::now() + START_WAIT;
        let (paper, live) = loop {
            let text = std::fs::read_to_string(&told).expect("the log is read");
            if let (Some(mock), Some(real)) = (address(&text, "mock: "), address(&text, "real: ")) {
                break (mock, real);
            }
            assert!(tokio::time::Instant::now() < deadline, "the emulator did not start: {text}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        };
        let rest = paper.split_whitespace().next().expect("REST comes first").to_owned();
        let http = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(20)).build().expect("a client");
        let clock: Told = read(&http, &format!("{rest}/emulator/clock")).await;
        let clock = EmulatorClock::scaled(clock.now, clock.factor);
        Self { child, http, rest, paper, live, clock }
    }

    pub(crate) fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// The accounts of the mock environment as they truly are.
    pub(crate) async fn accounts(&self) -> Vec<TrueAccount> {
        let all: Accounts = self.get("accounts").await;
        all.accounts.into_iter().filter(|one| one.env == "mock").collect()
    }

    /// Everything that arrived since its start.
    pub(crate) async fn wire(&self) -> Vec<Arrival> {
        self.get::<Wire>("wire").await.arrivals
    }

    /// The last price of an issue.
    pub(crate) async fn price(&self, symbol: &str) -> i64 {
        let issues: Vec<Issue> = self.get("issues").await;
        issues.into_iter().find(|issue| issue.symbol == symbol).expect("a listed issue").price
    }

    /// Replaces the faults.
    pub(crate) async fn set_faults(&self, script: &Value) {
        let answer = self.http.put(format!("{}/emulator/faults", self.rest)).json(script).send().await;
        let answer = answer.expect("the emulator answers");
        assert!(answer.status().is_success(), "{}", answer.text().await.unwrap_or_default());
    }

    async fn get<T: DeserializeOwned>(&self, what: &str) -> T {
        read(&self.http, &format!("{}/emulator/{what}", self.rest)).await
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

async fn read<T: DeserializeOwned>(http: &reqwest::Client, url: &str) -> T {
    let answer = http.get(url).send().await.expect("the emulator answers");
    answer.json().await.unwrap_or_else(|error| panic!("{url}: {error}"))
}

/// `http://… ws://…` of an environment, once it was told whole.
fn address(text: &str, name: &str) -> Option<String> {
    let (line, _) = text.split_once(name)?.1.split_once('\n')?;
    let words: Vec<&str> = line.split_whitespace().filter(|word| word.contains("://")).collect();
    Some(format!("{} {}", words.first()?, words.get(1)?))
}

/// The session after today: access tokens of a day that is over would have ended.
pub(crate) fn day() -> NaiveDate {
    next_session(kst_date(SystemClock.now())).expect("the calendar reaches on")
}

/// A time of the day in Korea.
pub(crate) fn at(hour: i64, minute: i64) -> DateTime<Utc> {
    Bar::day_start(day()) + TimeDelta::hours(hour) + TimeDelta::minutes(minute)
}

/// The tick of every issue.
pub(crate) fn tick() -> i64 {
    tick_size(Market::Kospi, InstrumentKind::Stock, day(), Price(ISSUES[0].1)).0
}

/// Minutes of each issue in waves of about two hours, out of step with each other, on round prices, and days before.
fn bars_of(day: NaiveDate) -> String {
    let mut text = "symbol,time,open,high,low,close,volume,name\n".to_owned();
    let mut past = vec![day];
    while past.len() <= PAST {
        past.push(previous_session(past[past.len() - 1]).expect("the calendar reaches back"));
    }
    let tick = tick();
    for (issue, (code, base)) in (0_i64..).zip(ISSUES) {
        for date in past.iter().skip(1).rev() {
            writeln!(text, "{code},{date},{base},{base},{base},{base},1000000,{code}").expect("a text grows");
        }
        let level = |minute: i64| {
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
