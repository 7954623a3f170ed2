//! `POST /strategies/preview`: what a strategy would have done with one issue, while it is still being written.
//!
//! It is a backtest that nobody keeps: the same loading, the same runner, the same engine. It ends with its request.

mod answer;
mod bars;
pub(crate) mod dto;
mod notes;
mod running;

use std::sync::Arc;

use axum::extract::State;
use exodus_backtest::{BacktestError, Flow, run_explained};
use exodus_domain::kst_date;
use exodus_trading::rules::Document;
use exodus_trading::{ParameterError, Strategy, validate};
use serde_json::Value;
use tokio::sync::OwnedSemaphorePermit;
use tokio::task::spawn_blocking;
use tokio_util::sync::CancellationToken;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use self::bars::{Found, Place};
use self::dto::{Preview, PreviewRequest};
pub(crate) use self::running::Previews;
use super::findings::{DocumentFinding, FindingSeverity};
use crate::account::commission;
use crate::backtests::run::{Run, RunError};
use crate::bootstrap::App;
use crate::http::caller::{Caller, Reader};
use crate::http::extract::Json;
use crate::http::problem::{Answer, BadBody, Conflict, FieldError, Problem, Refusals};

/// The routes.
pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(preview))
}

/// What a strategy would have done with one issue and 10,000,000 won. Nothing is stored. Of one user two run at a time:
/// a further one ends the oldest, which answers 409.
#[utoipa::path(
    post,
    path = "/strategies/preview",
    operation_id = "preview_strategy",
    tag = "strategies",
    security(("bearer" = [])),
    responses((status = OK, body = Preview), Refusals, BadBody, Conflict)
)]
async fn preview(
    State(app): State<App>,
    Reader(caller): Reader,
    Json(request): Json<PreviewRequest>,
) -> Answer<Json<Preview>> {
    let place = Place::of(&request)?;
    let running = app.previews.begin(caller.user_id);
    let work = work(&app, &caller, request, place, running.stop.clone());
    let answer = running.stop.run_until_cancelled(work).await;
    answer.unwrap_or_else(|| Err(superseded())).map(Json)
}

fn superseded() -> Problem {
    Problem::conflict("PREVIEW_SUPERSEDED", "A newer preview of yours took the place of this one.")
}

async fn work(
    app: &App,
    caller: &Caller,
    request: PreviewRequest,
    place: Option<Place>,
    stop: CancellationToken,
) -> Answer<Preview> {
    let core = Arc::clone(&app.previews.cores).acquire_owned().await.map_err(|error| Problem::internal(&error))?;
    let (strategy, mut preview) = spawn_blocking(move || looked_at(&request)).await.map_err(crashed)?;
    let (Some(strategy), Some(place)) = (strategy, place) else { return Ok(preview) };
    let terms = commission::of_user(app, caller.user_id).await?;
    match bars::find(&app.store, place, &strategy, terms, kst_date(app.now())).await {
        Ok(Found::Bars { run, is_cut }) => {
            preview.note = is_cut.then(notes::cut);
            spawn_blocking(move || run_on(&run, preview, &stop, core)).await.map_err(crashed)?
        }
        Ok(Found::Nothing) | Err(RunError::NoBars { .. } | RunError::UnknownSymbol(_)) => {
            preview.note = Some(notes::no_bars(place.symbol, strategy.interval()));
            Ok(preview)
        }
        Ok(Found::Elsewhere(first, last)) => {
            preview.note = Some(notes::bars_elsewhere(place.symbol, first, last));
            Ok(preview)
        }
        Err(error) => Err(Problem::internal(&error)),
    }
}

fn crashed(error: tokio::task::JoinError) -> Problem {
    Problem::internal(&RunError::crashed(error))
}

/// Runs; holds its core until the end, whether or not somebody still waits for the answer.
fn run_on(run: &Run, mut preview: Preview, stop: &CancellationToken, _core: OwnedSemaphorePermit) -> Answer<Preview> {
    preview.show_bars(run);
    if run.spec.strategies.iter().any(|one| one.strategy.ranks()) {
        preview.note = Some(notes::ranks());
        return Ok(preview);
    }
    let ran = run_explained(&run.spec, &run.series, &mut |_| {
        if stop.is_cancelled() { Flow::Cancel } else { Flow::Continue }
    });
    match ran {
        Ok((result, decisions)) => preview.show_run(run, &result, &decisions),
        Err(BacktestError::Cancelled) => return Err(superseded()),
        Err(error) => preview.note = Some(notes::refused(&error)),
    }
    Ok(preview)
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
