//! Every refusal as `application/problem+json` (RFC 9457), with a stable code that the web app translates.

use std::borrow::Cow;
use std::collections::BTreeMap;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, FixedOffset};
use exodus_domain::{BusDown, ClearedBy, Denial, Halt, KillScope, KillState, RiskCode, RiskUnit};
use exodus_store::{KvDown, StoreError};
use serde::Serialize;
use serde_json::Value;
use utoipa::openapi::{ContentBuilder, Ref, RefOr, ResponseBuilder};
use utoipa::{IntoResponses, ToSchema};

use super::{kst, trace, words};
use crate::accounts::dto::AccountCheck;

/// What a handler answers.
pub(crate) type Answer<T> = Result<T, Problem>;

/// One refused field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct FieldError {
    /// Path of the field in the request, such as `parameters.lookback`.
    pub(crate) field: String,
    /// What is wrong with it.
    pub(crate) message: String,
}

/// A refused request.
#[derive(Serialize, ToSchema)]
#[schema(as = Problem)]
pub(crate) struct ProblemBody<'a> {
    /// `urn:exodus:problem:` and the code.
    #[serde(rename = "type")]
    kind: String,
    /// The HTTP status in words.
    title: &'static str,
    /// The HTTP status.
    status: u16,
    /// One English sentence that names the mend.
    detail: &'a str,
    /// Stable word for programs, such as `INVALID_FIELD`.
    code: &'a str,
    /// The first refused field.
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<&'a str>,
    /// Every refused field.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    errors: &'a [FieldError],
    /// The limit in force, for denials by the risk gate.
    #[serde(skip_serializing_if = "Option::is_none")]
    limit: Option<i64>,
    /// The value that broke it.
    #[serde(skip_serializing_if = "Option::is_none")]
    observed: Option<i64>,
    /// What limit and value are counted in.
    #[schema(value_type = Option<words::RiskUnit>)]
    #[serde(skip_serializing_if = "Option::is_none")]
    unit: Option<RiskUnit>,
    /// The other checks of the risk gate that failed, in their order.
    #[schema(value_type = Vec<words::RiskCode>)]
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    others: &'a [RiskCode],
    /// What the kill switch covers that denies this.
    #[schema(value_type = Option<words::KillScope>)]
    #[serde(skip_serializing_if = "Option::is_none")]
    scope: Option<KillScope>,
    /// How far it is pulled.
    #[schema(value_type = Option<words::KillState>)]
    #[serde(skip_serializing_if = "Option::is_none")]
    state: Option<KillState>,
    /// Why it was pulled.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
    /// Since when it is pulled.
    #[serde(skip_serializing_if = "Option::is_none")]
    since: Option<DateTime<FixedOffset>>,
    /// Who may clear what denies this.
    #[schema(value_type = Option<words::ClearedBy>)]
    #[serde(skip_serializing_if = "Option::is_none")]
    cleared_by: Option<ClearedBy>,
    /// Milliseconds until the same request may pass, if time alone mends it.
    #[serde(skip_serializing_if = "Option::is_none")]
    retry_after_ms: Option<i64>,
    /// What the broker was asked about an account and said, if that is why it is refused.
    #[schema(value_type = Option<AccountCheck>)]
    #[serde(skip_serializing_if = "Option::is_none")]
    check: Option<&'a Value>,
    /// Names the request in the server's log.
    trace_id: String,
}

/// A refused request on its way to the client. Holds nothing that a client may not see.
#[derive(Debug)]
pub(crate) struct Problem(Box<Parts>);

#[derive(Debug)]
struct Parts {
    status: StatusCode,
    code: Cow<'static, str>,
    detail: Cow<'static, str>,
    errors: Vec<FieldError>,
    denial: Option<Denial>,
    retry_after_seconds: Option<u64>,
    check: Option<Value>,
}

impl Problem {
    /// A problem with a stable `code` and one sentence that names the mend.
    pub(crate) fn new(
        status: StatusCode,
        code: impl Into<Cow<'static, str>>,
        detail: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self(Box::new(Parts {
            status,
            code: code.into(),
            detail: detail.into(),
            errors: Vec::new(),
            denial: None,
            retry_after_seconds: None,
            check: None,
        }))
    }

    /// 401: no valid access token.
    pub(crate) fn unauthenticated() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "UNAUTHENTICATED", "Log in and send the access token as a bearer token.")
    }

    /// 403: the role does not allow this.
    pub(crate) fn forbidden() -> Self {
        Self::new(StatusCode::FORBIDDEN, "FORBIDDEN", "Your role does not allow this; ask an admin.")
    }

    /// 404: it does not exist, or belongs to somebody else. The two are never told apart.
    pub(crate) fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "NOT_FOUND", "There is no such thing here.")
    }

    /// 409 with its own code.
    pub(crate) fn conflict(code: &'static str, detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::CONFLICT, code, detail)
    }

    /// 422: one field of the request was understood but cannot be accepted.
    pub(crate) fn field(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self::fields(vec![FieldError { field: field.into(), message: message.into() }])
    }

    /// 422: these fields of the request were understood but cannot be accepted.
    pub(crate) fn fields(errors: Vec<FieldError>) -> Self {
        Self::malformed(StatusCode::UNPROCESSABLE_ENTITY, "INVALID_FIELD", errors)
    }

    /// A refusal of fields under another status and code.
    pub(crate) fn malformed(status: StatusCode, code: &'static str, errors: Vec<FieldError>) -> Self {
        let detail = errors.first().map_or_else(
            || "The request is not valid.".to_owned(),
            |error| format!("{}: {}", error.field, error.message),
        );
        let mut problem = Self::new(status, code, detail);
        problem.0.errors = errors;
        problem
    }

    /// 429 with the time after which another attempt makes sense.
    pub(crate) fn too_many(code: &'static str, retry_after_seconds: u64) -> Self {
        let detail = format!("Too many requests; try again in {retry_after_seconds} s.");
        Self::new(StatusCode::TOO_MANY_REQUESTS, code, detail).retry_after(retry_after_seconds)
    }

    /// 500. The cause is logged once, here, and never shown.
    pub(crate) fn internal(cause: &dyn std::fmt::Display) -> Self {
        tracing::error!(%cause, "a request failed");
        metrics::counter!("exodus_internal_errors_total").increment(1);
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "INTERNAL", "The server made a mistake; it is in its log.")
    }

    /// 503: a part that this request needs does not answer. The cause is logged once, here.
    pub(crate) fn unavailable(cause: &dyn std::fmt::Display) -> Self {
        tracing::error!(%cause, "a part of the system does not answer");
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "UNAVAILABLE", "A part of the system does not answer; try again.")
            .retry_after(5)
    }

    /// Adds `Retry-After`.
    pub(crate) fn retry_after(mut self, seconds: u64) -> Self {
        self.0.retry_after_seconds = Some(seconds);
        self
    }

    /// Adds what the broker said about an account.
    pub(crate) fn with_check(mut self, check: &AccountCheck) -> Self {
        self.0.check = serde_json::to_value(check).ok();
        self
    }

    /// The sentence.
    pub(crate) fn detail(&self) -> &str {
        &self.0.detail
    }
}

/// Denied by the risk gate (safety §3.1): 423 while something is halted, 409 for doubt and repeats, 429 for rates, 403 for
/// real money, 503 while the account is not ready, 422 otherwise.
impl From<&Denial> for Problem {
    fn from(denial: &Denial) -> Self {
        let status = match denial.code {
            RiskCode::Halted | RiskCode::ReduceOnly | RiskCode::StrategyDisabled | RiskCode::DailyLoss => {
                StatusCode::LOCKED
            }
            RiskCode::OrderInDoubt | RiskCode::DuplicateSignal => StatusCode::CONFLICT,
            RiskCode::OrderRate => StatusCode::TOO_MANY_REQUESTS,
            RiskCode::NotArmed => StatusCode::FORBIDDEN,
            RiskCode::NotReady | RiskCode::BrokerCircuitOpen => StatusCode::SERVICE_UNAVAILABLE,
            _ => StatusCode::UNPROCESSABLE_ENTITY,
        };
        let mut problem = Self::new(status, denial.word().into_owned(), denial.detail.clone());
        let waits = denial.retry_after_ms.and_then(|millis| u64::try_from(millis).ok());
        problem.0.retry_after_seconds = waits.map(|millis| millis.div_ceil(1_000));
        problem.0.denial = Some(denial.clone());
        problem
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let parts = *self.0;
        let denial = parts.denial.as_ref();
        let halt = denial.and_then(|denial| denial.halt.as_ref());
        let day_end = denial.filter(|denial| denial.code == RiskCode::DailyLoss).map(|_| ClearedBy::DayEnd);
        let body = ProblemBody {
            kind: format!("urn:exodus:problem:{}", parts.code),
            title: parts.status.canonical_reason().unwrap_or("Error"),
            status: parts.status.as_u16(),
            detail: &parts.detail,
            code: &parts.code,
            field: parts.errors.first().map(|error| error.field.as_str()),
            errors: &parts.errors,
            limit: denial.and_then(|denial| denial.limit),
            observed: denial.and_then(|denial| denial.observed),
            unit: denial.filter(|denial| denial.limit.is_some()).and_then(|denial| denial.code.unit()),
            others: denial.map_or(&[], |denial| &denial.others),
            scope: halt.map(|halt| halt.scope),
            state: halt.map(|halt| halt.state),
            reason: halt.map(|halt| halt.reason.as_str()).filter(|reason| !reason.is_empty()),
            since: halt.map(|halt| kst(halt.since)),
            cleared_by: halt.map(Halt::cleared_by).or(day_end),
            retry_after_ms: denial.and_then(|denial| denial.retry_after_ms),
            check: parts.check.as_ref(),
            trace_id: trace::current_id(),
        };
        let text = serde_json::to_vec(&body).unwrap_or_default();
        let mut response = (parts.status, text).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(PROBLEM_JSON));
        if let Some(seconds) = parts.retry_after_seconds {
            headers.insert(header::RETRY_AFTER, seconds.into());
        }
        if parts.status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}

const PROBLEM_JSON: &str = "application/problem+json";

fn describe(statuses: &[StatusCode]) -> BTreeMap<String, RefOr<utoipa::openapi::Response>> {
    statuses
        .iter()
        .map(|status| {
            let content = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
            let response = ResponseBuilder::new()
                .description(status.canonical_reason().unwrap_or_default())
                .content(PROBLEM_JSON, content)
                .build();
            (status.as_str().to_owned(), response.into())
        })
        .collect()
}

macro_rules! problem_sets {
    ($($(#[$doc:meta])* $name:ident = [$($status:ident),+];)+) => {$(
        $(#[$doc])*
        pub(crate) struct $name;

        impl IntoResponses for $name {
            fn responses() -> BTreeMap<String, RefOr<utoipa::openapi::Response>> {
                describe(&[$(StatusCode::$status),+])
            }
        }
    )+};
}

problem_sets! {
    /// What every operation behind the login may answer; a part that is down included.
    Refusals = [UNAUTHORIZED, FORBIDDEN, TOO_MANY_REQUESTS, SERVICE_UNAVAILABLE];
    /// What an operation without login may answer.
    PublicRefusals = [TOO_MANY_REQUESTS, SERVICE_UNAVAILABLE];
    /// A query or path that cannot be read.
    BadQuery = [BAD_REQUEST];
    /// A body that cannot be read, is too large, is of another type, or has refused fields.
    BadBody = [BAD_REQUEST, PAYLOAD_TOO_LARGE, UNSUPPORTED_MEDIA_TYPE, UNPROCESSABLE_ENTITY];
    /// Nothing under this id, or somebody else's.
    Missing = [NOT_FOUND];
    /// The state of the thing does not allow this.
    Conflict = [CONFLICT];
    /// A kill switch is pulled.
    Halted = [LOCKED];
    /// Wrong or missing credentials, on operations without bearer token.
    NoCredentials = [UNAUTHORIZED];
    /// The `Origin` is not allowed, or registration is closed.
    NotAllowed = [FORBIDDEN];
}

/// What the store could not do, told by what the client can do about it.
impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        match &error {
            StoreError::NotFound => Self::not_found(),
            StoreError::Conflict(what) => {
                Self::conflict("CONFLICT", format!("This contradicts what is stored ({what}); read it again."))
            }
            StoreError::Transition(_) => Self::conflict("ORDER_STATE", "The order has moved on; read it again."),
            StoreError::Database(_) => Self::unavailable(&error),
            StoreError::OverSold(_) | StoreError::Refused(_) | StoreError::Corrupt(_) => Self::internal(&error),
        }
    }
}

impl From<KvDown> for Problem {
    fn from(error: KvDown) -> Self {
        Self::unavailable(&error)
    }
}

impl From<BusDown> for Problem {
    fn from(error: BusDown) -> Self {
        Self::unavailable(&error)
    }
}
