//! Routes under `/market`.

pub(crate) mod dto;

use axum::extract::Request;
use axum::extract::State;
use axum::http::StatusCode;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use self::dto::{CandleQuery, Candles, Import, ImportForm, Instrument, MarketStatus, OrderBook, Quote, SymbolFilter};
use crate::bootstrap::App;
use crate::http::caller::{Reader, Trader};
use crate::http::extract::{Json, Path, Query};
use crate::http::paging::{Page, PageQuery};
use crate::http::problem::{Answer, BadBody, BadQuery, Conflict, Missing, Refusals};

/// The routes.
pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(symbols))
        .routes(routes!(symbol))
        .routes(routes!(candles))
        .routes(routes!(quote))
        .routes(routes!(orderbook))
        .routes(routes!(status))
        .routes(routes!(imports, start_import))
        .routes(routes!(import))
        .routes(routes!(cancel_import))
}

/// Issues, by code.
#[utoipa::path(get, path = "/market/symbols", operation_id = "list_symbols", tag = "market", security(("bearer" = [])), 
    params(SymbolFilter, PageQuery),
    responses((status = OK, body = Page<Instrument>), Refusals, BadQuery))]
async fn symbols(
    app: State<App>,
    _: Reader,
    Query(filter): Query<SymbolFilter>,
    Query(page): Query<PageQuery>,
) -> Answer<Json<Page<Instrument>>> {
    Err(crate::http::pending())
}

/// One issue.
#[utoipa::path(get, path = "/market/symbols/{symbol}", operation_id = "get_symbol", tag = "market", security(("bearer" = [])), 
    responses((status = OK, body = Instrument), Refusals, BadQuery, Missing))]
async fn symbol(app: State<App>, _: Reader, Path(symbol): Path<String>) -> Answer<Json<Instrument>> {
    Err(crate::http::pending())
}

/// Bars of one issue, oldest first.
#[utoipa::path(get, path = "/market/candles", operation_id = "get_candles", tag = "market", security(("bearer" = [])), 
    params(CandleQuery),
    responses((status = OK, body = Candles), Refusals, BadQuery, Missing))]
async fn candles(app: State<App>, _: Reader, Query(query): Query<CandleQuery>) -> Answer<Json<Candles>> {
    Err(crate::http::pending())
}

/// The last price of an issue.
#[utoipa::path(get, path = "/market/quote/{symbol}", operation_id = "get_quote", tag = "market", security(("bearer" = [])), 
    responses((status = OK, body = Quote), Refusals, BadQuery, Missing))]
async fn quote(app: State<App>, _: Reader, Path(symbol): Path<String>) -> Answer<Json<Quote>> {
    Err(crate::http::pending())
}

/// The visible order book of an issue.
#[utoipa::path(get, path = "/market/orderbook/{symbol}", operation_id = "get_order_book", tag = "market", security(("bearer" = [])), 
    responses((status = OK, body = OrderBook), Refusals, BadQuery, Missing))]
async fn orderbook(app: State<App>, _: Reader, Path(symbol): Path<String>) -> Answer<Json<OrderBook>> {
    Err(crate::http::pending())
}

/// Whether there is trading now.
#[utoipa::path(get, path = "/market/status", operation_id = "get_market_status", tag = "market", security(("bearer" = [])), 
    responses((status = OK, body = MarketStatus), Refusals))]
async fn status(app: State<App>, _: Reader) -> Answer<Json<MarketStatus>> {
    Err(crate::http::pending())
}

/// Imports of the caller, newest first.
#[utoipa::path(get, path = "/market/imports", operation_id = "list_imports", tag = "market", security(("bearer" = [])), 
    params(PageQuery),
    responses((status = OK, body = Page<Import>), Refusals, BadQuery))]
async fn imports(app: State<App>, Reader(caller): Reader, Query(page): Query<PageQuery>) -> Answer<Json<Page<Import>>> {
    Err(crate::http::pending())
}

/// Takes a file of bars; a worker imports it, whole or not at all.
#[utoipa::path(post, path = "/market/imports", operation_id = "start_import", tag = "market", security(("bearer" = [])), request_body(content = ImportForm, content_type = "multipart/form-data"),
    responses((status = ACCEPTED, body = Import), Refusals, BadBody))]
async fn start_import(app: State<App>, Trader(caller): Trader, request: Request) -> Answer<(StatusCode, Json<Import>)> {
    Err(crate::http::pending())
}

/// One import.
#[utoipa::path(get, path = "/market/imports/{id}", operation_id = "get_import", tag = "market", security(("bearer" = [])), 
    responses((status = OK, body = Import), Refusals, BadQuery, Missing))]
async fn import(app: State<App>, Reader(caller): Reader, Path(id): Path<i64>) -> Answer<Json<Import>> {
    Err(crate::http::pending())
}

/// Stops an import; nothing of it stays.
#[utoipa::path(post, path = "/market/imports/{id}/cancel", operation_id = "cancel_import", tag = "market", security(("bearer" = [])), 
    responses((status = ACCEPTED, body = Import), Refusals, BadQuery, Missing, Conflict))]
async fn cancel_import(
    app: State<App>,
    Trader(caller): Trader,
    Path(id): Path<i64>,
) -> Answer<(StatusCode, Json<Import>)> {
    Err(crate::http::pending())
}
