//! Routes under `/orders`.

mod doubt;
pub(crate) mod dto;
mod place;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use exodus_store::accounts::{self, AccountEnv};
use exodus_store::{Db, StoreError, orders, strategies, trades};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(crate) use self::place::is_traded_by;

use self::dto::{Order, OrderAttempt, OrderCancel, OrderDetail, OrderEvent, OrderFilter, OrderRequest, RiskDecision};
use crate::account::dto::Trade;
use crate::accounts::selected;
use crate::bootstrap::App;
use crate::http::caller::{Reader, Trader};
use crate::http::extract::{Json, Path, Query};
use crate::http::kst;
use crate::http::paging::{Page, PageQuery};
use crate::http::problem::{Answer, BadBody, BadQuery, Conflict, Halted, Missing, Problem, Refusals};
use crate::http::validate::query_value;
use crate::market::names::Names;

/// The routes.
pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list, place))
        .routes(routes!(get))
        .routes(routes!(cancel))
        .routes(routes!(doubt::evidence))
        .routes(routes!(doubt::decide))
}

/// Orders, newest first.
#[utoipa::path(
    get,
    path = "/orders",
    operation_id = "list_orders",
    tag = "orders",
    security(("bearer" = [])),
    params(OrderFilter, PageQuery),
    responses((status = OK, body = Page<Order>), Refusals, BadQuery)
)]
async fn list(
    State(app): State<App>,
    Reader(caller): Reader,
    Query(filter): Query<OrderFilter>,
    Query(page): Query<PageQuery>,
) -> Answer<Json<Page<Order>>> {
    let symbol = filter.symbol.as_deref().map(|text| query_value("symbol", text)).transpose()?;
    let account = selected(&app, &caller).await?;
    let account_id = Some(account.id);
    let filter = orders::OrderFilter { account_id, status: filter.status, symbol };
    let rows = orders::list(&app.store, caller.user_id, &filter, page.checked()?).await?;
    let names = Names::read(&app.store, rows.items.iter().map(|row| row.fields.symbol)).await?;
    let strategies = strategies::names(&app.store, rows.items.iter().filter_map(|row| row.strategy_id)).await?;
    Ok(Json(page.answer(rows, |row| Order::new(row, account.env, &names, &strategies))))
}

/// One order with the decisions about it, its life and its fills.
#[utoipa::path(
    get,
    path = "/orders/{id}",
    operation_id = "get_order",
    tag = "orders",
    security(("bearer" = [])),
    responses((status = OK, body = OrderDetail), Refusals, BadQuery, Missing)
)]
async fn get(State(app): State<App>, Reader(caller): Reader, Path(id): Path<i64>) -> Answer<Json<OrderDetail>> {
    let row = orders::get(&app.store, caller.user_id, id).await?.ok_or_else(Problem::not_found)?;
    let names = Names::read(&app.store, [row.fields.symbol]).await?;
    let strategies = strategies::names(&app.store, row.strategy_id).await?;
    let decisions = orders::decisions_of(&app.store, id).await?;
    let events = orders::timeline(&app.store, id).await?;
    let attempts = orders::attempts_of(&app.store, id).await?;
    let cancels = orders::cancels_of(&app.store, id).await?;
    let trades = trades::of_order(&app.store, caller.user_id, id).await?;
    let env = env_of(&app.store, row.account_id).await?;
    Ok(Json(OrderDetail {
        sent_at: row.sent_at.map(kst),
        hard_deadline_at: row.hard_deadline_at.map(kst),
        bound_by: row.bound_by.map(|by| by.as_str().to_owned()),
        locked_until: row.locked_until.map(kst),
        attempts: attempts.into_iter().map(OrderAttempt::from).collect(),
        cancels: cancels.into_iter().map(OrderCancel::from).collect(),
        order: Order::new(row, env, &names, &strategies),
        decisions: decisions.into_iter().map(RiskDecision::from).collect(),
        events: events.into_iter().map(OrderEvent::from).collect(),
        trades: trades.into_iter().map(|trade| Trade::new(trade, &names)).collect(),
    }))
}

/// Places an order. The same key with the same body is one order, however often it is sent.
#[utoipa::path(
    post,
    path = "/orders",
    operation_id = "place_order",
    tag = "orders",
    security(("bearer" = [])),
    params((
        "Idempotency-Key" = String,
        Header,
        min_length = 1,
        max_length = 64,
        description = "Names this order ticket."
    )),
    responses((status = ACCEPTED, body = Order), Refusals, BadBody, Missing, Conflict, Halted)
)]
async fn place(
    State(app): State<App>,
    Trader(caller): Trader,
    headers: HeaderMap,
    Json(request): Json<OrderRequest>,
) -> Answer<(StatusCode, Json<Order>)> {
    let key = place::idempotency_key(&headers)?;
    place::place(&app, &caller, key, request).await.map(|order| (StatusCode::ACCEPTED, Json(order)))
}

/// Asks to cancel the open rest of an order.
#[utoipa::path(
    post,
    path = "/orders/{id}/cancel",
    operation_id = "cancel_order",
    tag = "orders",
    security(("bearer" = [])),
    responses((status = ACCEPTED, body = Order), Refusals, BadQuery, Missing, Conflict)
)]
async fn cancel(
    State(app): State<App>,
    Trader(caller): Trader,
    Path(id): Path<i64>,
) -> Answer<(StatusCode, Json<Order>)> {
    place::cancel(&app, &caller, id).await.map(|order| (StatusCode::ACCEPTED, Json(order)))
}

/// An order of a user, as the API tells it.
pub(crate) async fn read(db: &dyn Db, user_id: i64, id: i64) -> Result<Option<Order>, StoreError> {
    match orders::get(db, user_id, id).await? {
        Some(row) => complete(db, row).await.map(Some),
        None => Ok(None),
    }
}

/// An order with the names of its issue and its strategy.
pub(crate) async fn complete(db: &dyn Db, row: orders::Order) -> Result<Order, StoreError> {
    let names = Names::read(db, [row.fields.symbol]).await?;
    let strategies = strategies::names(db, row.strategy_id).await?;
    let env = env_of(db, row.account_id).await?;
    Ok(Order::new(row, env, &names, &strategies))
}

/// Whether the money of an account is real.
async fn env_of(db: &dyn Db, account_id: i64) -> Result<AccountEnv, StoreError> {
    Ok(accounts::find(db, account_id).await?.ok_or(StoreError::NotFound)?.env)
}
