//! A strategy of rules as a `.kis.yaml` file.

use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use exodus_store::strategies::{self, StrategyFields};
use exodus_trading::rules::{Document, Extras, Finding, Target};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::bootstrap::App;
use crate::http::caller::Reader;
use crate::http::extract::{Path, Query};
use crate::http::problem::{Answer, BadQuery, Conflict, FieldError, Missing, Problem, Refusals};

/// The routes.
pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(export))
}

/// Whom a file is for.
#[derive(Clone, Copy, Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ExportTarget {
    /// The document as it was written.
    #[default]
    Text,
    /// The broker's Backtester, with what stands beside the document under the key `x_exodus`, which it ignores.
    Backtester,
    /// The broker's Strategy Builder.
    Builder,
}

/// Whom the file is for.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ExportQuery {
    /// The document as it was written, which is usual, or written anew for one of the broker's tools.
    #[serde(default)]
    #[param(inline, required = false)]
    target: ExportTarget,
}

/// The newest version of a strategy of rules as a `.kis.yaml` file.
#[utoipa::path(
    get,
    path = "/strategies/{id}/export",
    operation_id = "export_strategy",
    tag = "strategies",
    security(("bearer" = [])),
    params(ExportQuery),
    responses((status = OK, body = String, content_type = "application/yaml"), Refusals, BadQuery, Missing, Conflict)
)]
async fn export(
    State(app): State<App>,
    Reader(caller): Reader,
    Path(id): Path<i64>,
    Query(query): Query<ExportQuery>,
) -> Answer<Response> {
    let fields = strategies::get(&app.store, caller.user_id, id).await?.ok_or_else(Problem::not_found)?.fields;
    let no_document =
        || Problem::conflict("NO_DOCUMENT", "Only a strategy of the type rules has a document to export.");
    let document = Document::parse(fields.parameters["document"].as_str().ok_or_else(no_document)?);
    let target = match query.target {
        ExportTarget::Text => None,
        ExportTarget::Backtester => Some(Target::Backtester),
        ExportTarget::Builder => Some(Target::StrategyBuilder),
    };
    let text = match target {
        Some(target) => document.export(target, &extras(&fields)).map_err(refused)?,
        None => document.text().to_owned(),
    };
    // The check of a document lets no id through that is more than letters, digits and dashes.
    let name = document.rules().map_or("strategy", |rules| rules.id.as_str());
    let disposition = HeaderValue::from_str(&format!("attachment; filename=\"{name}.kis.yaml\""));
    let disposition = disposition.map_err(|error| Problem::internal(&error))?;
    let kind = HeaderValue::from_static("application/yaml");
    Ok(([(header::CONTENT_TYPE, kind), (header::CONTENT_DISPOSITION, disposition)], text).into_response())
}

/// What the strategy has beside its document.
fn extras(fields: &StrategyFields) -> Extras {
    let mut x_exodus: Map<String, Value> = fields.parameters.as_object().cloned().unwrap_or_default();
    x_exodus.remove("document");
    let overrides = x_exodus.remove("overrides").and_then(|value| value.as_object().cloned()).unwrap_or_default();
    x_exodus.insert("symbols".to_owned(), json!(fields.symbols));
    Extras { overrides, x_exodus }
}

fn refused(findings: Vec<Finding>) -> Problem {
    let error = |finding: Finding| FieldError {
        field: "parameters.document".to_owned(),
        message: format!("line {}, {}: {}", finding.line, finding.path, finding.message.en),
    };
    Problem::malformed(StatusCode::CONFLICT, "NOT_EXPORTABLE", findings.into_iter().map(error).collect())
}
