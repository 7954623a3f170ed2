//! Routes under `/backtest/sweeps`.

pub(crate) mod answer;
pub(crate) mod dto;
pub(crate) mod outcome;
pub(crate) mod request;
pub(crate) mod trials;

use axum::extract::{DefaultBodyLimit, State};
use axum::http::StatusCode;
use exodus_backtest::Direction;
use exodus_store::{Db, Paged, StoreError, jobs, sweeps};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use self::answer::{Sweep, SweepDetail};
use self::dto::{StoredRequest, SweepRequest};
use self::outcome::StoredOutcome;
use crate::bootstrap::App;
use crate::http::caller::{Reader, Trader};
use crate::http::extract::{Json, Path, Query};
use crate::http::paging::{Page, PageQuery};
use crate::http::problem::{Answer, BadBody, BadQuery, Conflict, Missing, Problem, Refusals};
use crate::jobs::sweep as sweep_job;
use crate::strategies::MAX_DOCUMENT_BODY;

/// The routes.
pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list, start))
        .routes(routes!(get, remove))
        .routes(routes!(cancel))
        .routes(routes!(resume))
        .merge(trials::routes())
        .layer(DefaultBodyLimit::max(MAX_DOCUMENT_BODY))
}

/// Sweeps, newest first.
#[utoipa::path(
    get,
    path = "/backtest/sweeps",
    operation_id = "list_sweeps",
    tag = "backtest",
    security(("bearer" = [])),
    params(PageQuery),
    responses((status = OK, body = Page<Sweep>), Refusals, BadQuery)
)]
async fn list(
    State(app): State<App>,
    Reader(caller): Reader,
    Query(page): Query<PageQuery>,
) -> Answer<Json<Page<Sweep>>> {
    let Paged { items: rows, total } = sweeps::list(&app.store, caller.user_id, page.checked()?).await?;
    let mut items = Vec::with_capacity(rows.len());
    for row in rows {
        items.push(with_best(&app.store, row).await?);
    }
    Ok(Json(page.answer(Paged { items, total }, |sweep| sweep)))
}

/// Starts a search through the parameters of a strategy; a worker does it, on every core it has.
#[utoipa::path(
    post,
    path = "/backtest/sweeps",
    operation_id = "start_sweep",
    tag = "backtest",
    security(("bearer" = [])),
    responses((status = ACCEPTED, body = Sweep), Refusals, BadBody, Missing)
)]
async fn start(
    State(app): State<App>,
    Trader(caller): Trader,
    Json(request): Json<SweepRequest>,
) -> Answer<(StatusCode, Json<Sweep>)> {
    let new = request::check(&app, caller.user_id, request).await?;
    let now = app.now();
    let tx = app.store.begin().await?;
    let sweep = sweeps::create(&tx, &new, now).await?;
    let job_id = sweep_job::enqueue(&tx, sweep.id, now).await?;
    sweeps::set_job(&tx, sweep.id, job_id).await?;
    tx.commit().await?;
    Ok((StatusCode::ACCEPTED, Json(Sweep::read(sweep, None)?)))
}

/// One sweep with what it came to.
#[utoipa::path(
    get,
    path = "/backtest/sweeps/{id}",
    operation_id = "get_sweep",
    tag = "backtest",
    security(("bearer" = [])),
    responses((status = OK, body = SweepDetail), Refusals, BadQuery, Missing)
)]
async fn get(State(app): State<App>, Reader(caller): Reader, Path(id): Path<i64>) -> Answer<Json<SweepDetail>> {
    let mut row = sweeps::get(&app.store, caller.user_id, id).await?.ok_or_else(Problem::not_found)?;
    let outcome = row.outcome.take().map(StoredOutcome::read).transpose()?;
    Ok(Json(SweepDetail::new(with_best(&app.store, row).await?, outcome)))
}

/// Deletes a sweep that does not run, with its trials.
#[utoipa::path(
    delete,
    path = "/backtest/sweeps/{id}",
    operation_id = "delete_sweep",
    tag = "backtest",
    security(("bearer" = [])),
    responses((status = NO_CONTENT, description = "Deleted"), Refusals, BadQuery, Missing, Conflict)
)]
async fn remove(State(app): State<App>, Trader(caller): Trader, Path(id): Path<i64>) -> Answer<StatusCode> {
    sweeps::delete(&app.store, caller.user_id, id).await.map_err(|error| match error {
        StoreError::Conflict(_) => Problem::conflict("SWEEP_RUNNING", "The sweep runs; cancel it first."),
        error => error.into(),
    })?;
    Ok(StatusCode::NO_CONTENT)
}

/// Stops a sweep; its trials stay, and it can be resumed.
#[utoipa::path(
    post,
    path = "/backtest/sweeps/{id}/cancel",
    operation_id = "cancel_sweep",
    tag = "backtest",
    security(("bearer" = [])),
    responses((status = ACCEPTED, body = Sweep), Refusals, BadQuery, Missing, Conflict)
)]
async fn cancel(
    State(app): State<App>,
    Trader(caller): Trader,
    Path(id): Path<i64>,
) -> Answer<(StatusCode, Json<Sweep>)> {
    let stored = sweeps::get(&app.store, caller.user_id, id).await?.ok_or_else(Problem::not_found)?;
    let ended = || Problem::conflict("SWEEP_ENDED", "The sweep has ended already.");
    let job_id = stored.job_id.filter(|_| stored.status.is_live()).ok_or_else(ended)?;
    jobs::request_cancel(&app.store, job_id, app.now()).await?;
    accepted(&app, caller.user_id, id).await
}

/// Takes up a sweep that was stopped or failed; finished trials are not run again.
#[utoipa::path(
    post,
    path = "/backtest/sweeps/{id}/resume",
    operation_id = "resume_sweep",
    tag = "backtest",
    security(("bearer" = [])),
    responses((status = ACCEPTED, body = Sweep), Refusals, BadQuery, Missing, Conflict)
)]
async fn resume(
    State(app): State<App>,
    Trader(caller): Trader,
    Path(id): Path<i64>,
) -> Answer<(StatusCode, Json<Sweep>)> {
    let now = app.now();
    let tx = app.store.begin().await?;
    sweeps::resume(&tx, caller.user_id, id, now).await.map_err(|error| match error {
        StoreError::Conflict("done") => Problem::conflict("SWEEP_DONE", "The sweep is done; nothing is left to run."),
        StoreError::Conflict(_) => Problem::conflict("SWEEP_RUNNING", "The sweep runs already."),
        error => error.into(),
    })?;
    let job_id = sweep_job::enqueue(&tx, id, now).await?;
    sweeps::set_job(&tx, id, job_id).await?;
    tx.commit().await?;
    accepted(&app, caller.user_id, id).await
}

async fn accepted(app: &App, user_id: i64, id: i64) -> Answer<(StatusCode, Json<Sweep>)> {
    let sweep = read(&app.store, user_id, id).await?.ok_or_else(Problem::not_found)?;
    Ok((StatusCode::ACCEPTED, Json(sweep)))
}

/// A sweep of a user, as the API tells it.
pub(crate) async fn read(db: &dyn Db, user_id: i64, id: i64) -> Result<Option<Sweep>, StoreError> {
    match sweeps::get(db, user_id, id).await? {
        Some(row) => with_best(db, row).await.map(Some),
        None => Ok(None),
    }
}

async fn with_best(db: &dyn Db, row: sweeps::Sweep) -> Result<Sweep, StoreError> {
    let request = StoredRequest::read(row.request.request.clone())?;
    let wants_most = request.objective.direction != Some(Direction::Minimize);
    let best = sweeps::best_trial(db, row.id, wants_most).await?;
    Sweep::read(row, best)
}
