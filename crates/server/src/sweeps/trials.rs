//! The trials of a sweep.

use std::collections::BTreeSet;

use axum::extract::State;
use axum::response::Response;
use exodus_store::Paged;
use exodus_store::sweeps::{self, SweepTrial, TrialSort};
use serde_json::Value;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::answer::Trial;
use super::dto::TrialQuery;
use crate::bootstrap::App;
use crate::http::caller::Reader;
use crate::http::csv::CsvFile;
use crate::http::extract::{Json, Path, Query};
use crate::http::paging::{Page, PageQuery};
use crate::http::problem::{Answer, BadQuery, Missing, Problem, Refusals};
use crate::http::validate::sorting;

/// The routes.
pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(csv))
}

/// The trials of a sweep that are finished.
#[utoipa::path(
    get,
    path = "/backtest/sweeps/{id}/trials",
    operation_id = "list_sweep_trials",
    tag = "backtest",
    security(("bearer" = [])),
    params(TrialQuery, PageQuery),
    responses((status = OK, body = Page<Trial>), Refusals, BadQuery, Missing)
)]
async fn list(
    State(app): State<App>,
    Reader(caller): Reader,
    Path(id): Path<i64>,
    Query(query): Query<TrialQuery>,
    Query(page): Query<PageQuery>,
) -> Answer<Json<Page<Trial>>> {
    let rows_of_page = page.checked()?;
    let (sort, descending) = sorting(query.sort.as_deref(), TrialSort::Number)?;
    let rows = sweeps::trials(&app.store, caller.user_id, id, query.fold, sort, descending, rows_of_page).await?;
    let items = rows.items.into_iter().map(Trial::read).collect::<Result<Vec<_>, _>>()?;
    Ok(Json(page.answer(Paged { items, total: rows.total }, |trial| trial)))
}

/// The finished trials of a sweep, those of walk-forward folds included, as a CSV file.
#[utoipa::path(
    get,
    path = "/backtest/sweeps/{id}/trials.csv",
    operation_id = "export_sweep_trials",
    tag = "backtest",
    security(("bearer" = [])),
    responses((status = OK, body = String, content_type = "text/csv"), Refusals, BadQuery, Missing)
)]
async fn csv(State(app): State<App>, Reader(caller): Reader, Path(id): Path<i64>) -> Answer<Response> {
    sweeps::get(&app.store, caller.user_id, id).await?.ok_or_else(Problem::not_found)?;
    let trials = sweeps::all_trials(&app.store, id).await?;
    table(&trials)?.answer("sweep-trials.csv")
}

/// Trials as a table, with a column for each parameter.
pub(crate) fn table(trials: &[SweepTrial]) -> Answer<CsvFile> {
    let names: BTreeSet<&str> = trials
        .iter()
        .filter_map(|trial| trial.parameters.as_object())
        .flatten()
        .map(|(name, _)| name.as_str())
        .collect();
    let figures =
        ["objective", "total_return", "annual_return", "sharpe_ratio", "max_drawdown", "trades_count", "error"];
    let columns: Vec<&str> = ["fold", "number"].into_iter().chain(names.iter().copied()).chain(figures).collect();
    let mut file = CsvFile::new(&columns)?;
    let number = |value: Option<f64>| value.map(|value| value.to_string()).unwrap_or_default();
    for trial in trials {
        let mut row = vec![trial.fold.to_string(), trial.number.to_string()];
        row.extend(names.iter().map(|name| text(&trial.parameters[*name])));
        row.extend([trial.objective, trial.total_return, trial.annual_return].map(number));
        row.extend([trial.sharpe_ratio, trial.max_drawdown].map(number));
        row.push(trial.trades_count.map(|count| count.to_string()).unwrap_or_default());
        row.push(trial.error.clone().unwrap_or_default());
        file.row(&row)?;
    }
    Ok(file)
}

fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}
