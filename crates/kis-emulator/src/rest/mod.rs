//! The REST server of one environment: from the request on the wire to the answer on the wire.

mod account;
pub(crate) mod answer;
pub(crate) mod connection;
pub(crate) mod fate;
mod gate;
pub(crate) mod limits;
mod lists;
mod masters;
mod oauth;
mod orders;
mod overseas;
mod pages;
mod profit;
mod quotes;
pub(crate) mod reservations;
mod routes;
pub(crate) mod text;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use axum::Router;
use axum::body::to_bytes;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::{Method, StatusCode};
use axum::response::{Html, IntoResponse, Response};
use exodus_domain::Timer as _;
use exodus_kis::wire::call::{Call, Kind, Method as WireMethod, Rows};
use exodus_kis::wire::fields::{self, Fields};
use rand::RngExt as _;
use serde::de::DeserializeOwned;

use answer::{Answer, Reject};
use connection::{Fate, Wire};
use fate::{AnswerFault, Before, CallFacts, CallFaults, PageFault};
use gate::Incoming;

use crate::environment::Environment;
use crate::keys::Credentials;
use crate::log::{LogEntry, masked, parameters};
use crate::shared::Shared;
use crate::state;

/// No request of the API is longer.
const BODY_LIMIT: usize = 64 * 1024;

/// The REST side of one environment.
#[derive(Clone)]
pub(crate) struct Desk {
    pub(crate) environment: Environment,
    pub(crate) shared: Arc<Shared>,
}

/// A call that passed the gateway, as its handler sees it.
pub(crate) struct Ask<'a> {
    pub(crate) shared: &'a Shared,
    pub(crate) environment: Environment,
    pub(crate) call: &'static Call,
    /// Asked by a TR id from before the venues.
    pub(crate) is_legacy: bool,
    pub(crate) credentials: &'a Credentials,
    fields: &'a BTreeMap<String, String>,
    incoming: &'a Incoming<'a>,
    pub(crate) faults: &'a CallFaults,
}

impl Ask<'_> {
    /// The parameters of the call, each within its length (OPSQ2002).
    pub(crate) fn read<T: DeserializeOwned + Fields>(&self) -> Result<T, Reject> {
        let read: Result<T, _> = match *self.incoming.method {
            Method::GET => fields::from_query(self.incoming.query),
            _ => fields::from_body(self.incoming.body),
        };
        let read = read.map_err(|_| Reject::input("OPSQ9995", ""))?;
        match read.overlong() {
            None => Ok(read),
            Some(field) => Err(Reject::input("OPSQ2002", field.name)),
        }
    }

    /// A parameter by its name in capitals, blank if it is missing.
    pub(crate) fn field(&self, name: &str) -> &str {
        self.fields.get(name).map(|value| value.trim()).unwrap_or_default()
    }

    /// The ten digits of the account.
    pub(crate) fn account(&self) -> String {
        format!("{}{}", self.credentials.cano(), self.credentials.product())
    }

    /// The next page is asked for (§3.4).
    pub(crate) fn is_continued(&self) -> bool {
        self.incoming.header("tr_cont").eq_ignore_ascii_case("N")
    }

    /// Rows on a page, or bars of a call.
    pub(crate) fn rows(&self) -> usize {
        let Rows { real, mock } = self.call.rows;
        usize::from(match self.environment {
            Environment::Real => real,
            Environment::Mock => mock,
        })
    }
}

/// The routes of an environment: the API takes what control and page leave.
pub(crate) fn router(desk: Desk) -> Router {
    crate::control::router().merge(crate::page::router()).fallback(serve).with_state(desk)
}

pub(crate) fn wire_method(method: &Method) -> WireMethod {
    if method == Method::GET { WireMethod::Get } else { WireMethod::Post }
}

async fn serve(State(desk): State<Desk>, ConnectInfo(wire): ConnectInfo<Wire>, request: Request) -> Response {
    let started = Instant::now();
    wire.set(Fate::Kept);
    let (parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, BODY_LIMIT).await else { return StatusCode::PAYLOAD_TOO_LARGE.into_response() };
    let incoming = Incoming {
        environment: desk.environment,
        method: &parts.method,
        path: one_slash(parts.uri.path()),
        query: parts.uri.query().unwrap_or_default(),
        headers: &parts.headers,
        body: &body,
    };
    let mut entry = LogEntry {
        at: desk.shared.now(),
        environment: desk.environment,
        account: String::new(),
        call: format!("{} {}", parts.method, incoming.path),
        tr_id: incoming.header("tr_id").to_owned(),
        parameters: String::new(),
        status: 0,
        code: String::new(),
        milliseconds: 0,
        fault: String::new(),
    };
    let outcome = handle(&incoming, &desk.shared, &mut entry);
    let mut response = match outcome {
        None => {
            wire.set(Fate::Cut(0));
            "no user agent".clone_into(&mut entry.fault);
            StatusCode::BAD_REQUEST.into_response()
        }
        Some(Handled::File(response)) => response,
        Some(Handled::Api(answer, fault)) => deliver(answer, fault, &incoming, &desk.shared, &wire, &mut entry).await,
    };
    entry.status = response.status().as_u16();
    entry.milliseconds = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    desk.shared.note(entry);
    if response.status() == StatusCode::NOT_FOUND {
        response = (StatusCode::NOT_FOUND, Html(NOT_FOUND)).into_response();
    }
    response
}

/// The path behind its first slash: clients are answered that join host and path with a slash of each.
fn one_slash(path: &str) -> &str {
    let behind = path.trim_start_matches('/');
    &path[path.len() - behind.len() - usize::from(behind.len() < path.len())..]
}

/// A path that is none of the broker's is answered by HTML (§3.6).
const NOT_FOUND: &str =
    "<!DOCTYPE html><html><head><title>404 Not Found</title></head><body><h1>Not Found</h1></body></html>";

enum Handled {
    /// Not of the API: a master file, or nothing at all.
    File(Response),
    Api(Answer, Option<AnswerFault>),
}

/// `None` if the connection is to be dropped without an answer.
fn handle(incoming: &Incoming<'_>, shared: &Shared, entry: &mut LogEntry) -> Option<Handled> {
    if shared.settings.require_user_agent && !has_user_agent(incoming) {
        return None;
    }
    let is_auth = oauth::PATHS.contains(&incoming.path) && incoming.method == Method::POST;
    if let Some(answer) = overseas::answer(incoming, shared) {
        return Some(Handled::Api(answer.unwrap_or_else(Answer::from), None));
    }
    let method = wire_method(incoming.method);
    if !is_auth && !Call::ALL.iter().any(|call| call.path == incoming.path && call.method == method) {
        return Some(Handled::File(routes::file(incoming, shared)));
    }
    let account = shared.keys().by_app_key(incoming.header("appkey")).map(|one| one.account_no.clone());
    entry.account = account.as_deref().map(masked).unwrap_or_default();
    let faults = faults(incoming, shared, account.as_deref());
    entry.fault = faults.told();
    let answer = match faults.before {
        Some(Before::RateError) => Err(Reject::gateway("EGW00201")),
        Some(Before::LedgerRateError) => Err(Reject::gateway("EGW00215")),
        Some(Before::ServerError) => Err(Reject::gateway("EGW00001")),
        Some(Before::TokenRevoked) | None => {
            if is_auth {
                Ok(oauth::answer(incoming, shared))
            } else {
                if faults.before.is_some() {
                    shared.keys().revoke_all(Some(incoming.header("appkey")));
                }
                call(incoming, shared, &faults, entry)
            }
        }
    };
    // The world keeps its own state; what else a client was promised must survive as well.
    let is_promise = is_auth || (incoming.method == Method::POST && incoming.path.contains("/order-resv"));
    if is_promise && let Err(error) = state::write(shared) {
        tracing::error!(%error, "tokens and reservations were not written: a restart will not know them");
    }
    Some(Handled::Api(answer.unwrap_or_else(Answer::from), faults.answer))
}

/// Asks the faults about a call.
fn faults(incoming: &Incoming<'_>, shared: &Shared, account: Option<&str>) -> CallFaults {
    let tr_id = incoming.header("tr_id");
    let found = Call::find(tr_id);
    let facts = CallFacts {
        environment: incoming.environment,
        path: incoming.path,
        tr_id,
        account: account.and_then(|number| number.split('-').next()),
        moves_money: found.is_some_and(|found| found.call.kind == Kind::Order),
    };
    shared.faults().on_call(&facts, shared.now())
}

/// A call of the API, from the checks of the gateway to its handler.
fn call(incoming: &Incoming<'_>, shared: &Shared, faults: &CallFaults, entry: &mut LogEntry) -> Result<Answer, Reject> {
    let credentials = gate::credentials(incoming, shared)?;
    let found = gate::call(incoming, &credentials)?;
    gate::count(found.call, &credentials, shared)?;
    let fields = gate::fields(incoming)?;
    entry.parameters = parameters(&fields);
    if routes::is_of_account(found.call) {
        gate::account(&fields, &credentials)?;
    }
    if faults.page == Some(PageFault::ChangedMeanwhile) {
        return Err(Reject::business("SYDB0050"));
    }
    if faults.page == Some(PageFault::ServerError) {
        return Err(Reject::gateway("EGW00300"));
    }
    let ask = Ask {
        shared,
        environment: incoming.environment,
        call: found.call,
        is_legacy: found.is_legacy,
        credentials: &credentials,
        fields: &fields,
        incoming,
        faults,
    };
    routes::handler(found.call)(&ask)
}

/// A value that a library sends by itself, or none, is told by support to be the cause of dropped connections (§3.1).
fn has_user_agent(incoming: &Incoming<'_>) -> bool {
    const LIBRARIES: [&str; 6] = ["python", "aiohttp", "curl", "okhttp", "java", "go-http-client"];
    let agent = incoming.header("user-agent").to_ascii_lowercase();
    !agent.is_empty() && !LIBRARIES.iter().any(|library| agent.starts_with(library))
}

/// Writes an answer, or does to it what the fault wants.
async fn deliver(
    mut answer: Answer,
    fault: Option<AnswerFault>,
    incoming: &Incoming<'_>,
    shared: &Shared,
    wire: &Wire,
    entry: &mut LogEntry,
) -> Response {
    match fault {
        None => {}
        Some(AnswerFault::Lost) => wire.set(Fate::Cut(0)),
        Some(AnswerFault::Cut(bytes)) => wire.set(Fate::Cut(bytes)),
        Some(AnswerFault::Doubled) => wire.set(Fate::Doubled),
        Some(AnswerFault::Slow(rate)) => wire.set(Fate::Slow(rate)),
        Some(AnswerFault::ServerError) => answer = Reject::gateway("EGW00302").into(),
        Some(AnswerFault::Late(by)) => {
            tokio::select! {
                () = shared.clock.sleep_until(shared.now() + by) => {}
                () = shared.stop.cancelled() => {}
            }
        }
    }
    answer.code().clone_into(&mut entry.code);
    let tr_cont = answer.tr_cont;
    let mut response = answer.into_response();
    let unique = hex::encode_upper(rand::rng().random::<[u8; 16]>());
    let asked = incoming.header("gt_uid");
    let gt_uid = if asked.is_empty() { unique.as_str() } else { asked };
    answer::headers(&mut response, incoming.header("tr_id"), tr_cont, gt_uid);
    response
}
