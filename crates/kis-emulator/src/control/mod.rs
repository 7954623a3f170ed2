//! The control API under `/emulator/`: what a test or a person does to the emulated world. Not of the broker.

pub(crate) mod view;

use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use chrono::{DateTime, TimeDelta, Utc};
use exodus_domain::{Clock as _, Instrument, OrderStyle, Price, Qty, Side, Symbol, Won};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::clock::ClockMode;
use crate::environment::Environment;
use crate::faults::FaultScript;
use crate::rest::Desk;
use crate::world::{MarketChange, NewOrder, OrderVenue, Origin};

/// Entries of the log that are told unless another number is asked for.
const LOG_ENTRIES: usize = 200;
/// The longest step of the clock: a month.
const LONGEST_STEP: i64 = 31 * 24 * 3600;
/// Accounts that can be made while the emulator runs, in each environment.
const MOST_ACCOUNTS: usize = 1_000;

/// The routes.
pub(crate) fn router() -> Router<Desk> {
    Router::new()
        .route("/emulator/clock", get(clock))
        .route("/emulator/clock/step", post(step))
        .route("/emulator/accounts", get(accounts).post(open_account))
        .route("/emulator/issues", get(issues))
        .route("/emulator/log", get(log))
        .route("/emulator/wire", get(wire))
        .route("/emulator/reset", post(reset))
        .route("/emulator/faults", get(faults).put(replace_faults))
        .route("/emulator/orders", post(order))
        .route("/emulator/tokens/revoke", post(revoke))
        .route("/emulator/market", post(market))
}

/// Why the control API did nothing, in a sentence that names the mend.
struct Refused(StatusCode, String);

impl Refused {
    fn input(sentence: impl ToString) -> Self {
        Self(StatusCode::UNPROCESSABLE_ENTITY, sentence.to_string())
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        (self.0, Json(json!({ "error": self.1 }))).into_response()
    }
}

type Answer<T> = Result<Json<T>, Refused>;

/// What the clock shows and how it runs.
#[derive(Serialize)]
pub(crate) struct ClockView {
    pub(crate) now: DateTime<Utc>,
    pub(crate) mode: &'static str,
    /// Seconds of the emulated world in one of the machine.
    pub(crate) factor: u32,
}

/// What the clock shows.
pub(crate) fn clock_view(desk: &Desk) -> ClockView {
    let (mode, factor) = match desk.shared.clock.mode() {
        ClockMode::Real => ("real", 1),
        ClockMode::Stepped { .. } => ("stepped", 0),
        ClockMode::Scaled { factor, .. } => ("scaled", factor),
    };
    ClockView { now: desk.shared.clock.now(), mode, factor }
}

async fn clock(State(desk): State<Desk>) -> Json<ClockView> {
    Json(clock_view(&desk))
}

#[derive(Deserialize)]
struct Step {
    seconds: i64,
}

async fn step(State(desk): State<Desk>, Json(step): Json<Step>) -> Answer<ClockView> {
    if !(0..=LONGEST_STEP).contains(&step.seconds) {
        return Err(Refused::input(format!("seconds: a step is 0 to {LONGEST_STEP} seconds")));
    }
    let stepped = desk.shared.step(TimeDelta::seconds(step.seconds));
    stepped.map_err(|cause| Refused(StatusCode::CONFLICT, cause.to_string()))?;
    Ok(Json(clock_view(&desk)))
}

async fn accounts(State(desk): State<Desk>) -> Json<Value> {
    Json(json!({ "accounts": view::accounts(&desk) }))
}

#[derive(Deserialize)]
struct OpenAccount {
    /// Default: the environment of the port that is asked.
    env: Option<Environment>,
    cash: i64,
}

async fn open_account(State(desk): State<Desk>, Json(wanted): Json<OpenAccount>) -> Answer<Value> {
    let environment = wanted.env.unwrap_or(desk.environment);
    let of_environment = |one: &&crate::keys::Credentials| one.environment == environment;
    if !(0..=1_000_000_000_000).contains(&wanted.cash) {
        return Err(Refused::input("cash: 0 to 1,000,000,000,000 won"));
    }
    if desk.shared.keys().credentials().iter().filter(of_environment).count() >= MOST_ACCOUNTS {
        return Err(Refused::input(format!("there are {MOST_ACCOUNTS} accounts already")));
    }
    let credentials = desk.shared.open_account(environment, Won(wanted.cash)).map_err(Refused::input)?;
    Ok(Json(json!(credentials)))
}

/// An issue as it stands.
#[derive(Serialize)]
struct IssueView {
    symbol: Symbol,
    name: String,
    price: i64,
    halted: bool,
}

async fn issues(State(desk): State<Desk>) -> Json<Vec<IssueView>> {
    Json(desk.shared.with_world(|world, _| {
        let view = |issue: &Instrument| {
            let quote = world.quote(issue.symbol)?;
            let halted = !quote.states.accepts_orders();
            Some(IssueView { symbol: issue.symbol, name: issue.name_ko.clone(), price: quote.price.0, halted })
        };
        world.instruments().iter().filter_map(view).collect()
    }))
}

#[derive(Deserialize)]
struct LogQuery {
    limit: Option<usize>,
}

async fn log(State(desk): State<Desk>, Query(query): Query<LogQuery>) -> Json<Value> {
    let log = desk.shared.log();
    Json(json!({ "total": log.total(), "entries": log.newest(query.limit.unwrap_or(LOG_ENTRIES)) }))
}

#[derive(Deserialize)]
struct WireQuery {
    #[serde(default)]
    after: u64,
}

/// What really arrived, whatever became of the answers.
async fn wire(State(desk): State<Desk>, Query(query): Query<WireQuery>) -> Json<Value> {
    let arrivals = desk.shared.arrivals();
    Json(json!({
        "total": arrivals.total(),
        "arrivals": arrivals.after(query.after),
        "busiest": arrivals.busiest(),
    }))
}

async fn reset(State(desk): State<Desk>) -> Answer<Value> {
    desk.shared.reset().map_err(Refused::input)?;
    Ok(Json(json!({ "reset": true })))
}

async fn faults(State(desk): State<Desk>) -> Json<Value> {
    Json(json!({ "faults": desk.shared.faults().report() }))
}

async fn replace_faults(State(desk): State<Desk>, Json(script): Json<FaultScript>) -> Answer<Value> {
    script.check().map_err(Refused::input)?;
    let mut faults = desk.shared.faults();
    faults.replace(script);
    Ok(Json(json!({ "faults": faults.report() })))
}

/// An order that the owner of an account sends by another way, such as a phone.
#[derive(Deserialize)]
struct ByHand {
    /// `50001234-01`, dashes optional.
    account: String,
    symbol: Symbol,
    side: Side,
    quantity: i64,
    /// Limit price; without one a market order.
    price: Option<i64>,
}

async fn order(State(desk): State<Desk>, Json(by_hand): Json<ByHand>) -> Answer<Value> {
    let account = by_hand.account.replace('-', "");
    let order = NewOrder {
        symbol: by_hand.symbol,
        side: by_hand.side,
        style: if by_hand.price.is_some() { OrderStyle::Limit } else { OrderStyle::Market },
        code: if by_hand.price.is_some() { "00" } else { "01" }.to_owned(),
        only_in: None,
        quantity: Qty(by_hand.quantity),
        price: by_hand.price.map(Price),
        stop: None,
        venue: OrderVenue::Krx,
    };
    let placed = desk.shared.with_world(|world, now| world.place(&account, order, Origin::Other, now));
    let key = placed.map_err(Refused::input)?;
    Ok(Json(json!({ "branch": key.branch, "odno": key.odno() })))
}

#[derive(Deserialize)]
struct Revoke {
    /// Whose tokens; without one everybody's.
    account: Option<String>,
}

async fn revoke(State(desk): State<Desk>, Json(revoke): Json<Revoke>) -> Answer<Value> {
    let mut keys = desk.shared.keys();
    let app_key =
        match &revoke.account {
            None => None,
            Some(account) => {
                let known =
                    keys.credentials().iter().find(|one| one.account_no.replace('-', "") == account.replace('-', ""));
                let known = known.map(|one| one.app_key.clone());
                Some(known.ok_or_else(|| {
                    Refused::input("account: there is none of that number, see GET /emulator/accounts")
                })?)
            }
        };
    let revoked = keys.revoke_all(app_key.as_deref());
    Ok(Json(json!({ "revoked": revoked })))
}

/// What happens to an issue.
#[derive(Deserialize)]
struct MarketAct {
    symbol: Symbol,
    /// A trade between others at this price.
    price: Option<i64>,
    /// Its shares; default 1.
    quantity: Option<i64>,
    /// Halts or resumes the issue.
    halt: Option<bool>,
}

async fn market(State(desk): State<Desk>, Json(act): Json<MarketAct>) -> Answer<Value> {
    let change = match (act.price, act.halt) {
        (Some(price), None) => MarketChange::Trade { price: Price(price), quantity: Qty(act.quantity.unwrap_or(1)) },
        (None, Some(true)) => MarketChange::Halt,
        (None, Some(false)) => MarketChange::Resume,
        _ => return Err(Refused::input("give either price (a trade between others) or halt (true or false)")),
    };
    let changed = desk.shared.with_world(|world, now| world.change_market(act.symbol, change, now));
    changed.map_err(Refused::input)?;
    Ok(Json(json!({ "symbol": act.symbol })))
}
