//! Routes that answer a whole result as a file.

use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::export::Export;
use super::report::Language;
use crate::bootstrap::App;
use crate::http::caller::Reader;
use crate::http::extract::{Path, Query};
use crate::http::problem::{Answer, BadQuery, Conflict, Missing, Problem, Refusals};

/// What the document may do where somebody opens it in place: nothing but show itself.
const DOCUMENT_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src data:";

/// The routes.
pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(report_json)).routes(routes!(report_csv)).routes(routes!(report_html))
}

/// In which language.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ReportQuery {
    /// `ko` or `en`.
    #[serde(default)]
    #[param(inline)]
    language: Language,
}

/// The whole result as one JSON document, trades and round trips included.
#[utoipa::path(
    get,
    path = "/backtest/{id}/report.json",
    operation_id = "export_backtest_json",
    tag = "backtest",
    security(("bearer" = [])),
    responses((status = OK, body = String, content_type = "application/json"), Refusals, BadQuery, Missing, Conflict)
)]
async fn report_json(State(app): State<App>, Reader(caller): Reader, Path(id): Path<i64>) -> Answer<Response> {
    let document = Export::read(&app.store, caller.user_id, id).await?.json()?;
    file("application/json", &format!("backtest-{id}.json"), document)
}

/// Every figure of the result with its convention, as a CSV file.
#[utoipa::path(
    get,
    path = "/backtest/{id}/report.csv",
    operation_id = "export_backtest_csv",
    tag = "backtest",
    security(("bearer" = [])),
    responses((status = OK, body = String, content_type = "text/csv"), Refusals, BadQuery, Missing, Conflict)
)]
async fn report_csv(State(app): State<App>, Reader(caller): Reader, Path(id): Path<i64>) -> Answer<Response> {
    let figures = Export::read(&app.store, caller.user_id, id).await?.csv()?;
    file("text/csv; charset=utf-8", &format!("backtest-{id}.csv"), figures.bytes()?)
}

/// The whole result as one HTML document that opens from disk.
#[utoipa::path(
    get,
    path = "/backtest/{id}/report.html",
    operation_id = "export_backtest_html",
    tag = "backtest",
    security(("bearer" = [])),
    params(ReportQuery),
    responses((status = OK, body = String, content_type = "text/html"), Refusals, BadQuery, Missing, Conflict)
)]
async fn report_html(
    State(app): State<App>,
    Reader(caller): Reader,
    Path(id): Path<i64>,
    Query(query): Query<ReportQuery>,
) -> Answer<Response> {
    let document = Export::read(&app.store, caller.user_id, id).await?.html(query.language)?;
    let mut answer = file("text/html; charset=utf-8", &format!("backtest-{id}.html"), document.into_bytes())?;
    let policy = HeaderValue::from_static(DOCUMENT_POLICY);
    answer.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    Ok(answer)
}

fn file(kind: &'static str, name: &str, bytes: Vec<u8>) -> Answer<Response> {
    let disposition = HeaderValue::from_str(&format!("attachment; filename=\"{name}\""));
    let disposition = disposition.map_err(|error| Problem::internal(&error))?;
    let kind = HeaderValue::from_static(kind);
    Ok(([(header::CONTENT_TYPE, kind), (header::CONTENT_DISPOSITION, disposition)], bytes).into_response())
}
