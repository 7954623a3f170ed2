//! Requests that move money: each goes once over a connection of its own, and is never tried again here (safety §2.3).
//!
//! A request is prepared first (token, connection, slot) and written later, so that whoever sends it can write down in
//! between that it may be on its way.

use std::time::Duration;

use exodus_domain::UnsentProof;
use exodus_domain::testing::{Point, reach};
use futures::future::{BoxFuture, FutureExt};
use http_body_util::Full;
use hyper::Request;
use hyper::body::Bytes;
use reqwest::header::USER_AGENT as USER_AGENT_HEADER;
use serde::Serialize;

use super::Gateway;
use super::http::{self, USER_AGENT};
use crate::budget::Priority;
use crate::environment::Env;
use crate::order_line::{OpenLine, Outcome, Reply};
use crate::wire::call::Call;
use crate::wire::envelope::Failure;
use crate::wire::messages::{Class, class};
use crate::wire::order_answer::{Accepted, OrderAnswer, read_order};

/// Token, connection and slot are to be had in this time, or nothing is sent: what was decided must not grow old.
const PREPARATION: Duration = Duration::from_secs(2);

/// So long after it was handed out a slot may be used: the limits of this client are a good deal below the broker's, so a
/// request that is written this much later is still within them. An older one is not used (safety S4).
const SLOT_KEEPS: Duration = Duration::from_millis(200);

/// What the broker said to a request that moves money (safety §2.4).
#[derive(Clone, Debug, PartialEq)]
pub enum MoneyAnswer<T = Accepted> {
    /// Class A: taken. The exchange may refuse it yet.
    Accepted(T),
    /// Class R: refused for a reason known to be a refusal.
    Refused(Failure),
    /// Class P: proven that it did not reach the order system.
    ProvenUnsent {
        /// What proves it.
        proof: UnsentProof,
        /// In words.
        detail: String,
    },
    /// Class U: it may have been done or not. Ask the lists, never send again.
    Unknown(String),
}

impl<T> MoneyAnswer<T> {
    /// Not one byte was written.
    pub(super) fn unwritten(detail: impl Into<String>) -> Self {
        Self::ProvenUnsent { proof: UnsentProof::NoBytes, detail: detail.into() }
    }
}

/// What was sent, and what became of it so far.
pub(crate) struct Sent<T = Accepted> {
    pub(crate) answer: MoneyAnswer<T>,
    /// What the answer becomes at last, if none came in time.
    pub(crate) late: Option<BoxFuture<'static, MoneyAnswer<T>>>,
}

impl<T> Sent<T> {
    fn at_once(answer: MoneyAnswer<T>) -> Self {
        Self { answer, late: None }
    }
}

/// A request for which everything is ready, and of which nothing was written.
pub(crate) struct Prepared<E, T = Accepted> {
    gateway: Gateway<E>,
    line: OpenLine,
    request: Request<Full<Bytes>>,
    /// Generation of its token.
    generation: i64,
    slot_since: tokio::time::Instant,
    read: Reader<T>,
}

/// How the answer to a call is understood.
type Reader<T> = fn(status: u16, body: &[u8]) -> Said<T>;

/// What an answer says by itself.
pub(super) enum Said<T> {
    Accepted(T),
    Refused(Failure),
    /// The gateway turned the request away.
    Gateway(Failure),
    Unknown(String),
}

impl From<OrderAnswer> for Said<Accepted> {
    fn from(answer: OrderAnswer) -> Self {
        match answer {
            OrderAnswer::Accepted(accepted) => Self::Accepted(accepted),
            OrderAnswer::Refused(failure) => Self::Refused(failure),
            OrderAnswer::Gateway(failure) => Self::Gateway(failure),
            OrderAnswer::Unknown(reason) => Self::Unknown(reason),
        }
    }
}

impl<E: Env, T: Send + 'static> Prepared<E, T> {
    /// Writes it, once. From then on the line goes on by itself, whatever becomes of the caller.
    pub(crate) async fn send(self) -> Sent<T> {
        let Self { gateway, line, request, generation, slot_since, read } = self;
        if slot_since.elapsed() > SLOT_KEEPS {
            return Sent::at_once(MoneyAnswer::unwritten("the slot of the rate budget grew too old"));
        }
        match line.send(request).await {
            Reply::Final(outcome) => Sent::at_once(gateway.judge(outcome, generation, read)),
            Reply::Late(outcome) => {
                let late = async move {
                    let outcome = outcome.await.unwrap_or_else(|_| Outcome::Lost("the line is gone".to_owned()));
                    gateway.judge(outcome, generation, read)
                };
                let answer = MoneyAnswer::Unknown("no answer in time".to_owned());
                Sent { answer, late: Some(late.boxed()) }
            }
        }
    }
}

impl<E: Env> Gateway<E> {
    /// Prepares an order, an amendment or a cancel.
    ///
    /// # Errors
    /// Why it cannot be sent. Nothing was written.
    pub(crate) async fn prepare_order(
        &self,
        call: &'static Call,
        request: &impl Serialize,
        priority: Priority,
    ) -> Result<Prepared<E>, String> {
        self.prepare(call, request, priority, |status, body| read_order(status, body).into()).await
    }

    /// Prepares a request and sends it, once.
    pub(super) async fn send_money<T: Send + 'static>(
        &self,
        call: &'static Call,
        request: &impl Serialize,
        priority: Priority,
        read: Reader<T>,
    ) -> MoneyAnswer<T> {
        match self.prepare(call, request, priority, read).await {
            Ok(prepared) => prepared.send().await.answer,
            Err(reason) => MoneyAnswer::unwritten(reason),
        }
    }

    async fn prepare<T>(
        &self,
        call: &'static Call,
        request: &impl Serialize,
        priority: Priority,
        read: Reader<T>,
    ) -> Result<Prepared<E, T>, String> {
        let prepared = tokio::time::timeout(PREPARATION, self.ready(call, request, priority)).await;
        let prepared = prepared.unwrap_or_else(|_| Err(format!("no slot and connection within {PREPARATION:?}")));
        let (line, request, generation) = prepared?;
        let slot_since = tokio::time::Instant::now();
        Ok(Prepared { gateway: self.clone(), line, request, generation, slot_since, read })
    }

    /// Everything but the writing. The slot comes last, since it counts from when it is handed out.
    async fn ready(
        &self,
        call: &'static Call,
        request: &impl Serialize,
        priority: Priority,
    ) -> Result<(OpenLine, Request<Full<Bytes>>, i64), String> {
        let tr_id = call.tr_id(E::ENVIRONMENT).ok_or_else(|| format!("{} is not served here", call.name))?;
        let body = serde_json::to_vec(request).map_err(|error| error.to_string())?;
        let bearer = async { self.0.tokens.bearer().await.map_err(|error| error.to_string()) };
        let (bearer, line) = futures::try_join!(bearer, self.0.order_line.open())?;
        let headers =
            http::headers(&self.0.credentials, &bearer.value, tr_id, "").map_err(|error| error.to_string())?;
        let mut request = Request::post(call.path)
            .header(USER_AGENT_HEADER, USER_AGENT)
            .body(Full::from(body))
            .map_err(|error| error.to_string())?;
        request.headers_mut().extend(headers);
        reach(Point::K03);
        self.0.governor.slot(priority, true).await.map_err(|error| error.to_string())?;
        Ok((line, request, bearer.generation))
    }

    fn judge<T>(&self, outcome: Outcome, generation: i64, read: Reader<T>) -> MoneyAnswer<T> {
        let (status, body) = match outcome {
            Outcome::Answer { status, body } => (status, body),
            Outcome::Unsent(reason) => return MoneyAnswer::unwritten(reason),
            Outcome::Lost(reason) => return MoneyAnswer::Unknown(reason),
        };
        match read(status, &body) {
            Said::Accepted(accepted) => MoneyAnswer::Accepted(accepted),
            Said::Refused(failure) => MoneyAnswer::Refused(failure),
            Said::Gateway(failure) => {
                self.notice(&failure, generation);
                let said = format!("{} {}", failure.msg_cd, failure.msg1);
                let proof = match class(&failure.msg_cd, &failure.msg1) {
                    Class::Token => UnsentProof::Token,
                    _ => UnsentProof::RateLimit,
                };
                if self.0.gateway_refusals_prove {
                    MoneyAnswer::ProvenUnsent { proof, detail: said }
                } else {
                    MoneyAnswer::Unknown(said)
                }
            }
            Said::Unknown(reason) => MoneyAnswer::Unknown(reason),
        }
    }
}
