//! The OpenAPI document: everything that cannot be read off a single route.

use axum::http::StatusCode;
use utoipa::openapi::RefOr;
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityScheme};
use utoipa::{Modify, OpenApi};

use super::problem::{FieldError, ProblemBody};
use super::words;
use crate::market::symbols::SymbolSource;
use crate::realtime::message::{ClientMessage, ServerMessage};

/// Tags, shared schemas and the way to authenticate.
#[derive(OpenApi)]
#[openapi(
    info(title = "Exodus", description = "Rule-based trading on the Korean stock market."),
    modifiers(&Bearer),
    components(schemas(
        ProblemBody<'_>,
        FieldError,
        ClientMessage,
        ServerMessage,
        // Words that only a query string uses.
        SymbolSource,
        words::InstrumentKind,
        words::CommissionPlan,
        words::PriceChoice,
        words::ExportFormat,
        words::StrategySort,
    )),
    tags(
        (name = "auth", description = "Users and sessions"),
        (name = "accounts", description = "The caller's accounts, at the demo exchange and at KIS; one is selected"),
        (name = "account", description = "Money, holdings, trades and the kill switch of the selected account"),
        (name = "strategies", description = "Rules that decide"),
        (name = "signals", description = "What the rules said"),
        (name = "orders", description = "What was ordered"),
        (name = "proof", description = "Whether orders, the broker's lists and the ledger agree, and what others placed"),
        (name = "risk", description = "What limits the selected account, and what is used of it"),
        (name = "notifications", description = "What a person must hear of"),
        (name = "backtest", description = "Rules on history"),
        (name = "market", description = "Issues, bars, quotes and imports"),
        (name = "admin", description = "The installation; role admin"),
        (name = "system", description = "State of the program"),
    ),
)]
pub(crate) struct ApiDoc;

struct Bearer;

impl Modify for Bearer {
    fn modify(&self, openapi: &mut utoipa::openapi::OpenApi) {
        let scheme = SecurityScheme::Http(Http::builder().scheme(HttpAuthScheme::Bearer).bearer_format("JWT").build());
        openapi.components.get_or_insert_default().add_security_scheme("bearer", scheme);
    }
}

/// Gives each answer the sentence that OpenAPI demands; the HTTP status in words where the route says no more.
pub(crate) fn describe_answers(document: &mut utoipa::openapi::OpenApi) {
    let operations = document.paths.paths.values_mut().flat_map(|item| {
        [&mut item.get, &mut item.put, &mut item.post, &mut item.delete, &mut item.patch].into_iter().flatten()
    });
    for (status, answer) in operations.flat_map(|operation| operation.responses.responses.iter_mut()) {
        let RefOr::T(answer) = answer else { continue };
        if answer.description.is_empty() {
            let status = StatusCode::from_bytes(status.as_bytes()).ok();
            answer.description = status.and_then(|s| s.canonical_reason()).unwrap_or("Answer").to_owned();
        }
    }
}
