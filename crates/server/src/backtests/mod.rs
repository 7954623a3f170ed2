//! Routes under `/backtest`.

pub(crate) mod dto;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use self::dto::{Backtest, BacktestDetail, BacktestFilter, BacktestRequest, BacktestTrade};
use crate::bootstrap::App;
use crate::http::caller::{Reader, Trader};
use crate::http::extract::{Json, Path, Query};
use crate::http::paging::{Page, PageQuery};
use crate::http::problem::{Answer, BadBody, BadQuery, Conflict, Missing, Refusals};

/// The routes.
pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list, run))
        .routes(routes!(get, remove))
        .routes(routes!(cancel))
        .routes(routes!(trades))
        .routes(routes!(trades_csv))
}

/// Backtests, newest first.
#[utoipa::path(get, path = "/backtest", operation_id = "list_backtests", tag = "backtest", security(("bearer" = [])), 
    params(BacktestFilter, PageQuery),
    responses((status = OK, body = Page<Backtest>), Refusals, BadQuery))]
async fn list(
    app: State<App>,
    Reader(caller): Reader,
    Query(filter): Query<BacktestFilter>,
    Query(page): Query<PageQuery>,
) -> Answer<Json<Page<Backtest>>> {
    Err(crate::http::pending())
}

/// Orders a backtest; a worker runs it.
#[utoipa::path(post, path = "/backtest", operation_id = "run_backtest", tag = "backtest", security(("bearer" = [])), 
    responses((status = ACCEPTED, body = Backtest), Refusals, BadBody, Missing))]
async fn run(
    app: State<App>,
    Trader(caller): Trader,
    Json(request): Json<BacktestRequest>,
) -> Answer<(StatusCode, Json<Backtest>)> {
    Err(crate::http::pending())
}

/// One backtest with its result.
#[utoipa::path(get, path = "/backtest/{id}", operation_id = "get_backtest", tag = "backtest", security(("bearer" = [])), 
    responses((status = OK, body = BacktestDetail), Refusals, BadQuery, Missing))]
async fn get(app: State<App>, Reader(caller): Reader, Path(id): Path<i64>) -> Answer<Json<BacktestDetail>> {
    Err(crate::http::pending())
}

/// Deletes a backtest that does not run.
#[utoipa::path(delete, path = "/backtest/{id}", operation_id = "delete_backtest", tag = "backtest", security(("bearer" = [])), 
    responses((status = NO_CONTENT, description = "Deleted"), Refusals, BadQuery, Missing, Conflict))]
async fn remove(app: State<App>, Trader(caller): Trader, Path(id): Path<i64>) -> Answer<StatusCode> {
    Err(crate::http::pending())
}

/// Stops a backtest.
#[utoipa::path(post, path = "/backtest/{id}/cancel", operation_id = "cancel_backtest", tag = "backtest", security(("bearer" = [])), 
    responses((status = ACCEPTED, body = Backtest), Refusals, BadQuery, Missing, Conflict))]
async fn cancel(app: State<App>, Trader(caller): Trader, Path(id): Path<i64>) -> Answer<(StatusCode, Json<Backtest>)> {
    Err(crate::http::pending())
}

/// The fills of a backtest, oldest first.
#[utoipa::path(get, path = "/backtest/{id}/trades", operation_id = "list_backtest_trades", tag = "backtest", security(("bearer" = [])), 
    params(PageQuery),
    responses((status = OK, body = Page<BacktestTrade>), Refusals, BadQuery, Missing))]
async fn trades(
    app: State<App>,
    Reader(caller): Reader,
    Path(id): Path<i64>,
    Query(page): Query<PageQuery>,
) -> Answer<Json<Page<BacktestTrade>>> {
    Err(crate::http::pending())
}

/// The fills of a backtest as a CSV file.
#[utoipa::path(get, path = "/backtest/{id}/trades.csv", operation_id = "export_backtest_trades", tag = "backtest", security(("bearer" = [])), 
    responses((status = OK, body = String, content_type = "text/csv"), Refusals, BadQuery, Missing))]
async fn trades_csv(app: State<App>, Reader(caller): Reader, Path(id): Path<i64>) -> Answer<Response> {
    Err(crate::http::pending())
}
