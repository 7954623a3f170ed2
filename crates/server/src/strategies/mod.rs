//! Routes under `/strategies`.

pub(crate) mod dto;

use axum::extract::State;
use axum::http::StatusCode;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use self::dto::{Strategy, StrategyFilter, StrategyRequest, StrategyType};
use crate::bootstrap::App;
use crate::http::caller::{Reader, Trader};
use crate::http::extract::{Json, Path, Query};
use crate::http::paging::{Page, PageQuery};
use crate::http::problem::{Answer, BadBody, BadQuery, Conflict, Missing, Refusals};

/// The routes.
pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(types))
        .routes(routes!(list, create))
        .routes(routes!(get, update, remove))
        .routes(routes!(activate))
        .routes(routes!(deactivate))
}

/// The kinds of strategy, with a JSON Schema of their parameters.
#[utoipa::path(get, path = "/strategies/types", operation_id = "list_strategy_types", tag = "strategies", security(("bearer" = [])), 
    responses((status = OK, body = Vec<StrategyType>), Refusals))]
async fn types(app: State<App>, _: Reader) -> Answer<Json<Vec<StrategyType>>> {
    Err(crate::http::pending())
}

/// The strategies of the caller, newest first.
#[utoipa::path(get, path = "/strategies", operation_id = "list_strategies", tag = "strategies", security(("bearer" = [])), 
    params(StrategyFilter, PageQuery),
    responses((status = OK, body = Page<Strategy>), Refusals, BadQuery))]
async fn list(
    app: State<App>,
    Reader(caller): Reader,
    Query(filter): Query<StrategyFilter>,
    Query(page): Query<PageQuery>,
) -> Answer<Json<Page<Strategy>>> {
    Err(crate::http::pending())
}

/// Makes a strategy, inactive.
#[utoipa::path(post, path = "/strategies", operation_id = "create_strategy", tag = "strategies", security(("bearer" = [])), 
    responses((status = CREATED, body = Strategy), Refusals, BadBody))]
async fn create(
    app: State<App>,
    Trader(caller): Trader,
    Json(request): Json<StrategyRequest>,
) -> Answer<(StatusCode, Json<Strategy>)> {
    Err(crate::http::pending())
}

/// One strategy.
#[utoipa::path(get, path = "/strategies/{id}", operation_id = "get_strategy", tag = "strategies", security(("bearer" = [])), 
    responses((status = OK, body = Strategy), Refusals, BadQuery, Missing))]
async fn get(app: State<App>, Reader(caller): Reader, Path(id): Path<i64>) -> Answer<Json<Strategy>> {
    Err(crate::http::pending())
}

/// Replaces an inactive strategy.
#[utoipa::path(put, path = "/strategies/{id}", operation_id = "update_strategy", tag = "strategies", security(("bearer" = [])), 
    responses((status = OK, body = Strategy), Refusals, BadBody, Missing, Conflict))]
async fn update(
    app: State<App>,
    Trader(caller): Trader,
    Path(id): Path<i64>,
    Json(request): Json<StrategyRequest>,
) -> Answer<Json<Strategy>> {
    Err(crate::http::pending())
}

/// Deletes an inactive strategy; its signals and orders stay.
#[utoipa::path(delete, path = "/strategies/{id}", operation_id = "delete_strategy", tag = "strategies", security(("bearer" = [])), 
    responses((status = NO_CONTENT, description = "Deleted"), Refusals, BadQuery, Missing, Conflict))]
async fn remove(app: State<App>, Trader(caller): Trader, Path(id): Path<i64>) -> Answer<StatusCode> {
    Err(crate::http::pending())
}

/// Lets a strategy trade.
#[utoipa::path(post, path = "/strategies/{id}/activate", operation_id = "activate_strategy", tag = "strategies", security(("bearer" = [])), 
    responses((status = OK, body = Strategy), Refusals, BadQuery, Missing, Conflict))]
async fn activate(app: State<App>, Trader(caller): Trader, Path(id): Path<i64>) -> Answer<Json<Strategy>> {
    Err(crate::http::pending())
}

/// Stops a strategy; its open orders stay.
#[utoipa::path(post, path = "/strategies/{id}/deactivate", operation_id = "deactivate_strategy", tag = "strategies", security(("bearer" = [])), 
    responses((status = OK, body = Strategy), Refusals, BadQuery, Missing))]
async fn deactivate(app: State<App>, Trader(caller): Trader, Path(id): Path<i64>) -> Answer<Json<Strategy>> {
    Err(crate::http::pending())
}
