//! `POST /strategies/preview`: what a strategy would have done with one issue, while it is still being written.

pub(crate) mod dto;

use exodus_trading::rules::Document;
use exodus_trading::{ParameterError, Strategy, validate};
use serde_json::Value;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use self::dto::{Preview, PreviewRequest};
use super::findings::{DocumentFinding, FindingSeverity};
use crate::bootstrap::App;
use crate::http::caller::Reader;
use crate::http::extract::Json;
use crate::http::problem::{Answer, BadBody, FieldError, Refusals};

/// The routes.
pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(preview))
}

/// What a strategy would have done with one issue. Nothing is stored.
#[utoipa::path(
    post,
    path = "/strategies/preview",
    operation_id = "preview_strategy",
    tag = "strategies",
    security(("bearer" = [])),
    responses((status = OK, body = Preview), Refusals, BadBody)
)]
async fn preview(_: Reader, Json(request): Json<PreviewRequest>) -> Answer<Json<Preview>> {
    let (_, answer) = looked_at(&request);
    Ok(Json(answer))
}

/// The strategy, if it can run, and what there is to know without bars.
fn looked_at(request: &PreviewRequest) -> (Option<Strategy>, Preview) {
    let findings = match request.parameters.get("document") {
        Some(Value::String(text)) if request.strategy_type == "rules" => findings(text),
        _ => Vec::new(),
    };
    let is_told = findings.iter().any(|finding| finding.severity == FindingSeverity::Error);
    match validate(&request.strategy_type, &Value::Object(request.parameters.clone())) {
        Ok(strategy) => {
            let interval = Some(strategy.interval());
            (Some(strategy), Preview { runs: true, findings, interval, ..Preview::default() })
        }
        Err(errors) => {
            let untold = errors.into_iter().filter(|error| !(is_told && error.field == "document"));
            (None, Preview { errors: untold.map(refused).collect(), findings, ..Preview::default() })
        }
    }
}

fn findings(text: &str) -> Vec<DocumentFinding> {
    let document = Document::parse(text);
    let mut findings = document.index_findings();
    findings.extend_from_slice(document.findings());
    findings.into_iter().map(DocumentFinding::from).collect()
}

/// A fault of a parameter, its field named as in refusals.
fn refused(ParameterError { field, message }: ParameterError) -> FieldError {
    let is_own = field == "strategy_type" || field == "parameters";
    FieldError { field: if is_own { field } else { format!("parameters.{field}") }, message }
}
