//! Routes under `/signals`.

pub(crate) mod dto;

use axum::extract::State;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use self::dto::{Signal, SignalFilter};
use crate::bootstrap::App;
use crate::http::caller::Reader;
use crate::http::extract::{Json, Path, Query};
use crate::http::paging::{Page, PageQuery};
use crate::http::problem::{Answer, BadQuery, Missing, Refusals};

/// The routes.
pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(get))
}

/// Signals, newest first.
#[utoipa::path(get, path = "/signals", operation_id = "list_signals", tag = "signals", security(("bearer" = [])), 
    params(SignalFilter, PageQuery),
    responses((status = OK, body = Page<Signal>), Refusals, BadQuery))]
async fn list(
    app: State<App>,
    Reader(caller): Reader,
    Query(filter): Query<SignalFilter>,
    Query(page): Query<PageQuery>,
) -> Answer<Json<Page<Signal>>> {
    Err(crate::http::pending())
}

/// One signal.
#[utoipa::path(get, path = "/signals/{id}", operation_id = "get_signal", tag = "signals", security(("bearer" = [])), 
    responses((status = OK, body = Signal), Refusals, BadQuery, Missing))]
async fn get(app: State<App>, Reader(caller): Reader, Path(id): Path<i64>) -> Answer<Json<Signal>> {
    Err(crate::http::pending())
}
