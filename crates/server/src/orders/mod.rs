//! Routes under `/orders`.

pub(crate) mod dto;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use self::dto::{Order, OrderDetail, OrderFilter, OrderRequest};
use crate::bootstrap::App;
use crate::http::caller::{Reader, Trader};
use crate::http::extract::{Json, Path, Query};
use crate::http::paging::{Page, PageQuery};
use crate::http::problem::{Answer, BadBody, BadQuery, Conflict, Halted, Missing, Refusals};

/// The routes.
pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list, place)).routes(routes!(get)).routes(routes!(cancel))
}

/// Orders, newest first.
#[utoipa::path(get, path = "/orders", operation_id = "list_orders", tag = "orders", security(("bearer" = [])), 
    params(OrderFilter, PageQuery),
    responses((status = OK, body = Page<Order>), Refusals, BadQuery))]
async fn list(
    app: State<App>,
    Reader(caller): Reader,
    Query(filter): Query<OrderFilter>,
    Query(page): Query<PageQuery>,
) -> Answer<Json<Page<Order>>> {
    Err(crate::http::pending())
}

/// One order with its life and its fills.
#[utoipa::path(get, path = "/orders/{id}", operation_id = "get_order", tag = "orders", security(("bearer" = [])), 
    responses((status = OK, body = OrderDetail), Refusals, BadQuery, Missing))]
async fn get(app: State<App>, Reader(caller): Reader, Path(id): Path<i64>) -> Answer<Json<OrderDetail>> {
    Err(crate::http::pending())
}

/// Places an order. The same key with the same body is one order, however often it is sent.
#[utoipa::path(post, path = "/orders", operation_id = "place_order", tag = "orders", security(("bearer" = [])), params(("Idempotency-Key" = String, Header, min_length = 1, max_length = 64, description = "Names this order ticket.")),
    responses((status = ACCEPTED, body = Order), Refusals, BadBody, Missing, Conflict, Halted))]
async fn place(
    app: State<App>,
    Trader(caller): Trader,
    headers: HeaderMap,
    Json(request): Json<OrderRequest>,
) -> Answer<(StatusCode, Json<Order>)> {
    Err(crate::http::pending())
}

/// Asks to cancel the open rest of an order.
#[utoipa::path(post, path = "/orders/{id}/cancel", operation_id = "cancel_order", tag = "orders", security(("bearer" = [])), 
    responses((status = ACCEPTED, body = Order), Refusals, BadQuery, Missing, Conflict))]
async fn cancel(app: State<App>, Trader(caller): Trader, Path(id): Path<i64>) -> Answer<(StatusCode, Json<Order>)> {
    Err(crate::http::pending())
}
