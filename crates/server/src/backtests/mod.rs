//! Routes under `/backtest`.

pub(crate) mod benchmark;
pub(crate) mod checks;
mod download;
pub(crate) mod dto;
pub(crate) mod export;
mod figures;
pub(crate) mod report;
pub(crate) mod request;
pub(crate) mod result;
mod round_trips;
pub(crate) mod run;
pub(crate) mod setup;
pub(crate) mod tried;
mod universe;

use axum::extract::{DefaultBodyLimit, State};
use axum::http::StatusCode;
use axum::response::Response;
use exodus_store::{Db, Paged, StoreError, backtests, jobs};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use self::dto::{Backtest, BacktestDescription, BacktestDetail, BacktestFilter, BacktestRequest, BacktestTrade};
use self::result::StoredResult;
use crate::bootstrap::App;
use crate::http::caller::{Reader, Trader};
use crate::http::csv::CsvFile;
use crate::http::extract::{Json, Path, Query};
use crate::http::kst;
use crate::http::paging::{Page, PageQuery};
use crate::http::problem::{Answer, BadBody, BadQuery, Conflict, Missing, Problem, Refusals};
use crate::http::validate::Checks;
use crate::jobs::backtest as backtest_job;
use crate::strategies::MAX_DOCUMENT_BODY;

/// The routes.
pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list, run))
        .routes(routes!(get, describe, remove))
        .routes(routes!(cancel))
        .routes(routes!(trades))
        .routes(routes!(trades_csv))
        .merge(figures::routes())
        .merge(round_trips::routes())
        .merge(checks::routes())
        .merge(download::routes())
        .layer(DefaultBodyLimit::max(MAX_DOCUMENT_BODY))
}

/// Longest name and note in characters.
const MAX_NAME: usize = 100;
const MAX_NOTE: usize = 4_000;

/// Backtests, newest first.
#[utoipa::path(
    get,
    path = "/backtest",
    operation_id = "list_backtests",
    tag = "backtest",
    security(("bearer" = [])),
    params(BacktestFilter, PageQuery),
    responses((status = OK, body = Page<Backtest>), Refusals, BadQuery)
)]
async fn list(
    State(app): State<App>,
    Reader(caller): Reader,
    Query(filter): Query<BacktestFilter>,
    Query(page): Query<PageQuery>,
) -> Answer<Json<Page<Backtest>>> {
    let rows = backtests::list(&app.store, caller.user_id, filter.strategy_id, page.checked()?).await?;
    let ids: Vec<i64> = rows.items.iter().map(|row| row.id).collect();
    let checks = backtests::checks_of(&app.store, &ids).await?;
    let with_checks = |row: backtests::Backtest| {
        let own: Vec<_> = checks.iter().filter(|check| check.backtest_id == row.id).cloned().collect();
        Backtest::read(row, &own)
    };
    let items: Vec<Backtest> = rows.items.into_iter().map(with_checks).collect::<Result<_, _>>()?;
    Ok(Json(page.answer(Paged { items, total: rows.total }, |backtest| backtest)))
}

/// Orders a backtest; a worker runs it.
#[utoipa::path(
    post,
    path = "/backtest",
    operation_id = "run_backtest",
    tag = "backtest",
    security(("bearer" = [])),
    responses((status = ACCEPTED, body = Backtest), Refusals, BadBody, Missing)
)]
async fn run(
    State(app): State<App>,
    Trader(caller): Trader,
    Json(request): Json<BacktestRequest>,
) -> Answer<(StatusCode, Json<Backtest>)> {
    let checked = request::check(&app, caller.user_id, "", request).await?;
    let now = app.now();
    let tx = app.store.begin().await?;
    let backtest = backtests::create(&tx, &checked.new, now).await?;
    let job_id = backtest_job::enqueue(&tx, backtest.id, now).await?;
    backtests::set_job(&tx, backtest.id, job_id).await?;
    tx.commit().await?;
    Ok((StatusCode::ACCEPTED, Json(Backtest::read(backtest, &[])?)))
}

/// One backtest with its result.
#[utoipa::path(
    get,
    path = "/backtest/{id}",
    operation_id = "get_backtest",
    tag = "backtest",
    security(("bearer" = [])),
    responses((status = OK, body = BacktestDetail), Refusals, BadQuery, Missing)
)]
async fn get(State(app): State<App>, Reader(caller): Reader, Path(id): Path<i64>) -> Answer<Json<BacktestDetail>> {
    let backtest = read(&app.store, caller.user_id, id).await?.ok_or_else(Problem::not_found)?;
    let result = match backtests::results(&app.store, caller.user_id, id).await? {
        Some(result) => Some(StoredResult::read(result)?),
        None => None,
    };
    Ok(Json(BacktestDetail::new(backtest, result)))
}

/// Changes the name of a backtest, and the note on it.
#[utoipa::path(
    patch,
    path = "/backtest/{id}",
    operation_id = "describe_backtest",
    tag = "backtest",
    security(("bearer" = [])),
    responses((status = OK, body = Backtest), Refusals, BadBody, Missing)
)]
async fn describe(
    State(app): State<App>,
    Trader(caller): Trader,
    Path(id): Path<i64>,
    Json(description): Json<BacktestDescription>,
) -> Answer<Json<Backtest>> {
    let mut checks = Checks::default();
    let BacktestDescription { name, note } = description;
    let name = name.map(|name| checks.text("name", &name, 1, MAX_NAME));
    let note = note.map(|note| checks.text("note", &note, 0, MAX_NOTE));
    checks.finish()?;
    backtests::describe(&app.store, caller.user_id, id, name, note, app.now()).await?;
    read(&app.store, caller.user_id, id).await?.map(Json).ok_or_else(Problem::not_found)
}

/// Deletes a backtest that does not run.
#[utoipa::path(
    delete,
    path = "/backtest/{id}",
    operation_id = "delete_backtest",
    tag = "backtest",
    security(("bearer" = [])),
    responses((status = NO_CONTENT, description = "Deleted"), Refusals, BadQuery, Missing, Conflict)
)]
async fn remove(State(app): State<App>, Trader(caller): Trader, Path(id): Path<i64>) -> Answer<StatusCode> {
    backtests::delete(&app.store, caller.user_id, id).await.map_err(|error| match error {
        StoreError::Conflict(_) => {
            Problem::conflict("BACKTEST_RUNNING", "The backtest or a check of it runs; cancel it first.")
        }
        error => error.into(),
    })?;
    Ok(StatusCode::NO_CONTENT)
}

/// Stops a backtest.
#[utoipa::path(
    post,
    path = "/backtest/{id}/cancel",
    operation_id = "cancel_backtest",
    tag = "backtest",
    security(("bearer" = [])),
    responses((status = ACCEPTED, body = Backtest), Refusals, BadQuery, Missing, Conflict)
)]
async fn cancel(
    State(app): State<App>,
    Trader(caller): Trader,
    Path(id): Path<i64>,
) -> Answer<(StatusCode, Json<Backtest>)> {
    let stored = backtests::get(&app.store, caller.user_id, id).await?.ok_or_else(Problem::not_found)?;
    let running = || Problem::conflict("BACKTEST_ENDED", "The backtest has ended already.");
    let job_id = stored.job_id.filter(|_| stored.status.is_live()).ok_or_else(running)?;
    jobs::request_cancel(&app.store, job_id, app.now()).await?;
    let stored = read(&app.store, caller.user_id, id).await?.ok_or_else(Problem::not_found)?;
    Ok((StatusCode::ACCEPTED, Json(stored)))
}

/// The fills of a backtest, oldest first.
#[utoipa::path(
    get,
    path = "/backtest/{id}/trades",
    operation_id = "list_backtest_trades",
    tag = "backtest",
    security(("bearer" = [])),
    params(PageQuery),
    responses((status = OK, body = Page<BacktestTrade>), Refusals, BadQuery, Missing)
)]
async fn trades(
    State(app): State<App>,
    Reader(caller): Reader,
    Path(id): Path<i64>,
    Query(page): Query<PageQuery>,
) -> Answer<Json<Page<BacktestTrade>>> {
    let rows = backtests::trades(&app.store, caller.user_id, id, page.checked()?).await?;
    Ok(Json(page.answer(rows, BacktestTrade::from)))
}

/// The fills of a backtest as a CSV file.
#[utoipa::path(
    get,
    path = "/backtest/{id}/trades.csv",
    operation_id = "export_backtest_trades",
    tag = "backtest",
    security(("bearer" = [])),
    responses((status = OK, body = String, content_type = "text/csv"), Refusals, BadQuery, Missing)
)]
async fn trades_csv(State(app): State<App>, Reader(caller): Reader, Path(id): Path<i64>) -> Answer<Response> {
    let rows = backtests::all_trades(&app.store, caller.user_id, id).await?;
    let mut file = CsvFile::new(&[
        "executed_at",
        "symbol",
        "side",
        "quantity",
        "price",
        "commission",
        "tax",
        "realized_pnl",
        "strategy_number",
    ])?;
    for trade in rows {
        file.row(&[
            kst(trade.executed_at).to_rfc3339(),
            trade.symbol.to_string(),
            trade.side.to_string(),
            trade.quantity.to_string(),
            trade.price.to_string(),
            trade.commission.to_string(),
            trade.tax.to_string(),
            trade.realized_pnl.map(|pnl| pnl.to_string()).unwrap_or_default(),
            trade.strategy_number.map(|number| number.to_string()).unwrap_or_default(),
        ])?;
    }
    file.answer("backtest-trades.csv")
}

/// A backtest of a user, as the API tells it.
pub(crate) async fn read(db: &dyn Db, user_id: i64, id: i64) -> Result<Option<Backtest>, StoreError> {
    let Some(row) = backtests::get(db, user_id, id).await? else { return Ok(None) };
    let checks = backtests::checks_of(db, &[id]).await?;
    Backtest::read(row, &checks).map(Some)
}
