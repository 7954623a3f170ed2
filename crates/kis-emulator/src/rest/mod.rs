//! The REST server of one environment: from the request on the wire to the answer on the wire.

mod account;
pub(crate) mod answer;
pub(crate) mod connection;
pub(crate) mod fate;
mod garbage;
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
use axum::extract::{ConnectInfo, Request, State};
use axum::http::{Method, StatusCode};
use axum::middleware::{self, Next};
use axum::response::{Html, IntoResponse, Response};
use exodus_domain::Timer as _;
use exodus_kis::wire::call::{Call, HASHKEY_PATH, Kind, Method as WireMethod, Rows, TOKEN_PATH};
use exodus_kis::wire::fields::{self, Fields};
use futures::StreamExt as _;
use rand::RngExt as _;
use serde::de::DeserializeOwned;

use answer::{Answer, Reject, oauth_error};
use connection::{Fate, Wire};
use fate::{AnswerFault, Before, CallFacts, CallFaults, PageFault};
use gate::Incoming;

use crate::arrivals::{Arrival, ArrivalKind};
use crate::environment::Environment;
use crate::keys::Credentials;
use crate::log::{LogEntry, masked, parameters};
use crate::shared::Shared;

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
        let pairs = self.fields.iter().map(|(name, value)| (name.clone(), value.clone()));
        let read: T = fields::from_pairs(pairs).map_err(|_| Reject::input("OPSQ9995", ""))?;
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
    let routes = crate::control::router().merge(crate::page::router()).fallback(serve);
    routes.layer(middleware::from_fn(read_whole)).with_state(desk)
}

/// Whatever was read until a request is answered was part of it.
async fn read_whole(ConnectInfo(wire): ConnectInfo<Wire>, request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    wire.read_whole();
    response
}

pub(crate) fn wire_method(method: &Method) -> WireMethod {
    if method == Method::GET { WireMethod::Get } else { WireMethod::Post }
}

async fn serve(State(desk): State<Desk>, ConnectInfo(wire): ConnectInfo<Wire>, request: Request) -> Response {
    wire.set(Fate::Kept);
    let (parts, body) = request.into_parts();
    let body = read(body).await;
    wire.read_whole();
    let mut incoming = Incoming {
        environment: desk.environment,
        method: &parts.method,
        path: one_slash(parts.uri.path()),
        query: parts.uri.query().unwrap_or_default(),
        headers: &parts.headers,
        body: &[],
    };
    let mut noted = Noted::begin(&incoming, &desk.shared);
    let arrival = arrive(&incoming, &body, &desk.shared);
    incoming.body = match &body {
        Body::Whole(body) => body,
        // Nobody waits for an answer.
        Body::Torn(_) => return StatusCode::BAD_REQUEST.into_response(),
        Body::TooLong => return StatusCode::PAYLOAD_TOO_LARGE.into_response(),
    };
    let outcome = handle(&incoming, &desk.shared, &mut noted.entry);
    if let (Some(seq), Some(Handled::Api(answer, _))) = (arrival, &outcome) {
        desk.shared.arrivals().settle(seq, |arrival| {
            arrival.made.clone_from(&answer.made);
            answer.code().clone_into(&mut arrival.code);
            arrival.fault.clone_from(&noted.entry.fault);
        });
    }
    if desk.shared.is_unwritten() {
        let shared = Arc::clone(&desk.shared);
        // What was promised is on disk before anybody is told.
        let written = tokio::task::spawn_blocking(move || shared.write()).await;
        if let Ok(Err(error)) = written {
            tracing::error!(%error, "tokens and reservations were not written: a restart will not know them");
        }
    }
    let mut response = match outcome {
        Some(Handled::File(response)) => response,
        Some(Handled::Api(answer, fault)) => {
            deliver(answer, fault, &incoming, &desk.shared, &wire, &mut noted.entry).await
        }
        None => {
            wire.set(Fate::Cut(0));
            StatusCode::BAD_REQUEST.into_response()
        }
    };
    noted.entry.status = response.status().as_u16();
    if response.status() == StatusCode::NOT_FOUND {
        response = (StatusCode::NOT_FOUND, Html(NOT_FOUND)).into_response();
    }
    response
}

/// A request on its way into the log, also if its client leaves before it is answered.
struct Noted<'a> {
    shared: &'a Shared,
    entry: LogEntry,
    started: Instant,
}

impl<'a> Noted<'a> {
    fn begin(incoming: &Incoming<'_>, shared: &'a Shared) -> Self {
        let entry = LogEntry {
            at: shared.now(),
            environment: incoming.environment,
            account: String::new(),
            call: format!("{} {}", incoming.method, incoming.path),
            tr_id: incoming.header("tr_id").to_owned(),
            parameters: String::new(),
            status: 0,
            code: String::new(),
            milliseconds: 0,
            fault: String::new(),
        };
        Self { shared, entry, started: Instant::now() }
    }
}

impl Drop for Noted<'_> {
    fn drop(&mut self) {
        self.entry.milliseconds = u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.shared.note(self.entry.clone());
    }
}

/// The body of a request.
enum Body {
    Whole(Vec<u8>),
    /// The connection ended behind so many bytes of it.
    Torn(usize),
    TooLong,
}

async fn read(body: axum::body::Body) -> Body {
    let mut chunks = body.into_data_stream();
    let mut whole = Vec::new();
    while let Some(chunk) = chunks.next().await {
        match chunk {
            Ok(chunk) => whole.extend_from_slice(&chunk),
            Err(_) => return Body::Torn(whole.len()),
        }
        if whole.len() > BODY_LIMIT {
            return Body::TooLong;
        }
    }
    Body::Whole(whole)
}

/// Writes an order, or an issue of a token, down as having arrived, and counts every call.
fn arrive(incoming: &Incoming<'_>, body: &Body, shared: &Shared) -> Option<u64> {
    let account = shared.keys().by_app_key(incoming.header("appkey")).map(|one| one.account_no.clone());
    let is_post = incoming.method == Method::POST;
    let kind = match incoming.path {
        TOKEN_PATH if is_post => ArrivalKind::Token,
        path if is_post && path.contains("/trading/") => ArrivalKind::Order,
        path => {
            if let Some(account) = account.filter(|_| path.starts_with("/uapi/") && path != HASHKEY_PATH) {
                shared.arrivals().count(&account, shared.now());
            }
            return None;
        }
    };
    let (complete, bytes, text) = match body {
        Body::Whole(body) => (true, body.len(), body.as_slice()),
        Body::Torn(bytes) => (false, *bytes, &[][..]),
        Body::TooLong => (false, BODY_LIMIT, &[][..]),
    };
    let mut fields = gate::fields_of_body(text).unwrap_or_default();
    let mut account = account.unwrap_or_default();
    if kind == ArrivalKind::Token {
        // The key is in the body, and nothing else that anybody may read.
        let owner = fields.get("appkey").and_then(|key| Some(shared.keys().by_app_key(key)?.account_no.clone()));
        account = owner.unwrap_or_default();
        fields.clear();
    }
    let now = shared.now();
    let mut arrivals = shared.arrivals();
    if kind == ArrivalKind::Order {
        arrivals.count(&account, now);
    }
    Some(arrivals.push(Arrival {
        seq: 0,
        at: now,
        environment: incoming.environment,
        kind,
        account,
        tr_id: incoming.header("tr_id").to_owned(),
        path: incoming.path.to_owned(),
        complete,
        bytes,
        fields,
        made: Vec::new(),
        code: String::new(),
        fault: String::new(),
    }))
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
        "no user agent".clone_into(&mut entry.fault);
        return None;
    }
    let is_auth = oauth::PATHS.contains(&incoming.path) && incoming.method == Method::POST;
    let overseas = overseas::list(incoming);
    let method = wire_method(incoming.method);
    let is_call = || Call::ALL.iter().any(|call| call.path == incoming.path && call.method == method);
    if !is_auth && overseas.is_none() && !is_call() {
        return Some(Handled::File(routes::file(incoming, shared)));
    }
    let account = shared.keys().by_app_key(incoming.header("appkey")).map(|one| one.account_no.clone());
    entry.account = account.as_deref().map(masked).unwrap_or_default();
    let faults = faults(incoming, shared, account.as_deref());
    entry.fault = faults.told();
    let instead = match faults.before {
        None => None,
        Some(Before::Lost) => return None,
        Some(Before::RateError) if incoming.path == TOKEN_PATH => Some(oauth_error(StatusCode::FORBIDDEN, "EGW00133")),
        Some(Before::RateError) => Some(Reject::gateway("EGW00201").into()),
        Some(Before::LedgerRateError) => Some(Reject::gateway("EGW00215").into()),
        Some(Before::ServerError) if is_auth => Some(oauth_error(StatusCode::INTERNAL_SERVER_ERROR, "EGW00002")),
        Some(Before::ServerError) => Some(Reject::gateway("EGW00001").into()),
        Some(Before::TokenRevoked) => {
            shared.keys().revoke_all(Some(incoming.header("appkey")));
            None
        }
        Some(Before::TokenExpired) => {
            shared.keys().expire_all(incoming.header("appkey"), shared.now());
            None
        }
    };
    let answer = instead.unwrap_or_else(|| {
        let answer = match overseas {
            _ if is_auth => Ok(oauth::answer(incoming, shared)),
            Some(list) => overseas::answer(list, incoming, shared, entry),
            None => call(incoming, shared, &faults, entry),
        };
        answer.unwrap_or_else(Answer::from)
    });
    Some(Handled::Api(answer, faults.answer))
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
    let mut tr_id = incoming.header("tr_id").to_owned();
    let mut garbage = None;
    match fault {
        None => {
            if !tr_id.is_empty() {
                shared.remember(incoming.environment, &tr_id, &answer);
            }
        }
        Some(AnswerFault::Lost) => wire.set(Fate::Cut(0)),
        Some(AnswerFault::Cut(bytes)) => wire.set(Fate::Cut(bytes)),
        Some(AnswerFault::Doubled) => wire.set(Fate::Doubled),
        Some(AnswerFault::Slow(rate)) => wire.set(Fate::Slow(rate)),
        Some(AnswerFault::ServerError) => answer = Reject::gateway("EGW00302").into(),
        Some(AnswerFault::OfAnother) => {
            (tr_id, answer) = shared.remembered(incoming.environment).unwrap_or((tr_id, answer));
        }
        Some(AnswerFault::Garbage(kind)) => garbage = Some(kind),
        Some(AnswerFault::Late(by)) => {
            tokio::select! {
                () = shared.clock.sleep_until(shared.now() + by) => {}
                () = shared.stop.cancelled() => {}
            }
        }
    }
    answer.code().clone_into(&mut entry.code);
    let tr_cont = answer.tr_cont;
    let mut response = match garbage {
        None => answer.into_response(),
        Some(kind) => garbage::instead_of(&answer, kind),
    };
    let unique = hex::encode_upper(rand::rng().random::<[u8; 16]>());
    let asked = incoming.header("gt_uid");
    let gt_uid = if asked.is_empty() { unique.as_str() } else { asked };
    answer::headers(&mut response, &tr_id, tr_cont, gt_uid);
    response
}
