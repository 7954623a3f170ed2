//! Routes under `/account`.

pub(crate) mod dto;

use axum::extract::State;
use axum::response::Response;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use self::dto::{
    Balance, DateRange, HaltRequest, HaltResult, Holding, KillSwitch, Performance, ResumeRequest, Snapshot, Trade,
    TradeFilter,
};
use crate::bootstrap::App;
use crate::http::caller::{Reader, Trader};
use crate::http::extract::{Json, Query};
use crate::http::paging::{Page, PageQuery};
use crate::http::problem::{Answer, BadBody, BadQuery, Missing, Refusals};

/// The routes.
pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(balance))
        .routes(routes!(holdings))
        .routes(routes!(snapshots))
        .routes(routes!(performance))
        .routes(routes!(trades))
        .routes(routes!(trades_csv))
        .routes(routes!(kill_switches))
        .routes(routes!(halt))
        .routes(routes!(resume))
}

/// The money of the account.
#[utoipa::path(get, path = "/account/balance", operation_id = "get_balance", tag = "account", security(("bearer" = [])), 
    responses((status = OK, body = Balance), Refusals, Missing))]
async fn balance(app: State<App>, Reader(caller): Reader) -> Answer<Json<Balance>> {
    Err(crate::http::pending())
}

/// What the account holds.
#[utoipa::path(get, path = "/account/holdings", operation_id = "list_holdings", tag = "account", security(("bearer" = [])), 
    params(PageQuery),
    responses((status = OK, body = Page<Holding>), Refusals, BadQuery))]
async fn holdings(
    app: State<App>,
    Reader(caller): Reader,
    Query(page): Query<PageQuery>,
) -> Answer<Json<Page<Holding>>> {
    Err(crate::http::pending())
}

/// The account at the end of each day, newest first.
#[utoipa::path(get, path = "/account/snapshots", operation_id = "list_snapshots", tag = "account", security(("bearer" = [])), 
    params(DateRange, PageQuery),
    responses((status = OK, body = Page<Snapshot>), Refusals, BadQuery))]
async fn snapshots(
    app: State<App>,
    Reader(caller): Reader,
    Query(range): Query<DateRange>,
    Query(page): Query<PageQuery>,
) -> Answer<Json<Page<Snapshot>>> {
    Err(crate::http::pending())
}

/// How well the account does, from daily snapshots and now.
#[utoipa::path(get, path = "/account/performance", operation_id = "get_performance", tag = "account", security(("bearer" = [])), 
    params(DateRange),
    responses((status = OK, body = Performance), Refusals, BadQuery, Missing))]
async fn performance(
    app: State<App>,
    Reader(caller): Reader,
    Query(range): Query<DateRange>,
) -> Answer<Json<Performance>> {
    Err(crate::http::pending())
}

/// Fills, newest first.
#[utoipa::path(get, path = "/account/trades", operation_id = "list_trades", tag = "account", security(("bearer" = [])), 
    params(TradeFilter, PageQuery),
    responses((status = OK, body = Page<Trade>), Refusals, BadQuery))]
async fn trades(
    app: State<App>,
    Reader(caller): Reader,
    Query(filter): Query<TradeFilter>,
    Query(page): Query<PageQuery>,
) -> Answer<Json<Page<Trade>>> {
    Err(crate::http::pending())
}

/// All fills as a CSV file, oldest first.
#[utoipa::path(get, path = "/account/trades.csv", operation_id = "export_trades", tag = "account", security(("bearer" = [])), 
    params(TradeFilter),
    responses((status = OK, body = String, content_type = "text/csv"), Refusals, BadQuery))]
async fn trades_csv(app: State<App>, Reader(caller): Reader, Query(filter): Query<TradeFilter>) -> Answer<Response> {
    Err(crate::http::pending())
}

/// The kill switches that touch the caller.
#[utoipa::path(get, path = "/account/kill-switches", operation_id = "list_kill_switches", tag = "account", security(("bearer" = [])), 
    responses((status = OK, body = Vec<KillSwitch>), Refusals))]
async fn kill_switches(app: State<App>, Reader(caller): Reader) -> Answer<Json<Vec<KillSwitch>>> {
    Err(crate::http::pending())
}

/// Stops trading at once and cancels open orders. Holdings are not sold.
#[utoipa::path(post, path = "/account/halt", operation_id = "halt_account", tag = "account", security(("bearer" = [])), 
    responses((status = OK, body = HaltResult), Refusals, BadBody, Missing))]
async fn halt(app: State<App>, Trader(caller): Trader, Json(request): Json<HaltRequest>) -> Answer<Json<HaltResult>> {
    Err(crate::http::pending())
}

/// Lets trading go on.
#[utoipa::path(post, path = "/account/resume", operation_id = "resume_account", tag = "account", security(("bearer" = [])), 
    responses((status = OK, body = KillSwitch), Refusals, BadBody, Missing))]
async fn resume(
    app: State<App>,
    Trader(caller): Trader,
    Json(request): Json<ResumeRequest>,
) -> Answer<Json<KillSwitch>> {
    Err(crate::http::pending())
}
