//! Routes under `/account`: money, holdings and trades of the selected account, and the kill switches of the caller.

pub(crate) mod books;
pub(crate) mod commission;
pub(crate) mod dto;
pub(crate) mod kill;
mod performance;
mod switches;

use axum::extract::State;
use axum::response::Response;
use chrono::{NaiveDate, TimeDelta};
use exodus_domain::{Bar, KillScope};
use exodus_store::trades as store_trades;
use exodus_store::{Db, StoreError, accounts, holdings as store_holdings, orders, snapshots as store_snapshots};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use self::books::Books;
use self::commission::Commission;
use self::dto::{
    Balance, DateRange, HaltRequest, HaltResult, Holding, KillSwitch, Performance, ResumeRequest, Snapshot, Trade,
    TradeFilter,
};
use crate::accounts::selected;
use crate::bootstrap::App;
use crate::http::caller::{Reader, Trader};
use crate::http::csv::CsvFile;
use crate::http::extract::{Json, Query};
use crate::http::kst;
use crate::http::paging::{Page, PageQuery};
use crate::http::problem::{Answer, BadBody, BadQuery, Missing, Refusals};
use crate::http::validate::{check_dates, query_value};
use crate::market::names::Names;

/// The routes.
pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(balance))
        .routes(routes!(holdings))
        .routes(routes!(snapshots))
        .routes(routes!(performance))
        .routes(routes!(trades))
        .routes(routes!(trades_csv))
        .routes(routes!(get_commission, put_commission))
        .routes(routes!(kill_switches))
        .routes(routes!(halt))
        .routes(routes!(resume))
        .merge(switches::routes())
}

/// The money of the account.
#[utoipa::path(
    get,
    path = "/account/balance",
    operation_id = "get_balance",
    tag = "account",
    security(("bearer" = [])),
    responses((status = OK, body = Balance), Refusals, Missing)
)]
async fn balance(State(app): State<App>, Reader(caller): Reader) -> Answer<Json<Balance>> {
    Ok(Json(Books::read(&app, selected(&app, &caller).await?).await?.balance()))
}

/// What the account holds.
#[utoipa::path(
    get,
    path = "/account/holdings",
    operation_id = "list_holdings",
    tag = "account",
    security(("bearer" = [])),
    params(PageQuery),
    responses((status = OK, body = Page<Holding>), Refusals, BadQuery)
)]
async fn holdings(
    State(app): State<App>,
    Reader(caller): Reader,
    Query(page): Query<PageQuery>,
) -> Answer<Json<Page<Holding>>> {
    let account = selected(&app, &caller).await?;
    let rows = store_holdings::list(&app.store, account.id, page.checked()?).await?;
    let books = Books::read(&app, account).await?;
    Ok(Json(page.answer(rows, |record| books.holding_of(record.holding.symbol))))
}

/// The account at the end of each day, newest first.
#[utoipa::path(
    get,
    path = "/account/snapshots",
    operation_id = "list_snapshots",
    tag = "account",
    security(("bearer" = [])),
    params(DateRange, PageQuery),
    responses((status = OK, body = Page<Snapshot>), Refusals, BadQuery)
)]
async fn snapshots(
    State(app): State<App>,
    Reader(caller): Reader,
    Query(range): Query<DateRange>,
    Query(page): Query<PageQuery>,
) -> Answer<Json<Page<Snapshot>>> {
    check_dates(range.from, range.to)?;
    let rows =
        store_snapshots::list(&app.store, selected(&app, &caller).await?.id, range.from, range.to, page.checked()?)
            .await?;
    Ok(Json(page.answer(rows, Snapshot::from)))
}

/// How well the account does, from daily snapshots and now.
#[utoipa::path(
    get,
    path = "/account/performance",
    operation_id = "get_performance",
    tag = "account",
    security(("bearer" = [])),
    params(DateRange),
    responses((status = OK, body = Performance), Refusals, BadQuery, Missing)
)]
async fn performance(
    State(app): State<App>,
    Reader(caller): Reader,
    Query(range): Query<DateRange>,
) -> Answer<Json<Performance>> {
    check_dates(range.from, range.to)?;
    performance::measure(&app, selected(&app, &caller).await?, range).await.map(Json)
}

/// Fills, newest first.
#[utoipa::path(
    get,
    path = "/account/trades",
    operation_id = "list_trades",
    tag = "account",
    security(("bearer" = [])),
    params(TradeFilter, PageQuery),
    responses((status = OK, body = Page<Trade>), Refusals, BadQuery)
)]
async fn trades(
    State(app): State<App>,
    Reader(caller): Reader,
    Query(filter): Query<TradeFilter>,
    Query(page): Query<PageQuery>,
) -> Answer<Json<Page<Trade>>> {
    let filter = filter.checked(selected(&app, &caller).await?.id)?;
    let rows = store_trades::list(&app.store, caller.user_id, &filter, page.checked()?).await?;
    let names = Names::read(&app.store, rows.items.iter().map(|trade| trade.symbol)).await?;
    Ok(Json(page.answer(rows, |trade| Trade::new(trade, &names))))
}

/// All fills as a CSV file, oldest first, with both names of the issue.
#[utoipa::path(
    get,
    path = "/account/trades.csv",
    operation_id = "export_trades",
    tag = "account",
    security(("bearer" = [])),
    params(TradeFilter),
    responses((status = OK, body = String, content_type = "text/csv"), Refusals, BadQuery)
)]
async fn trades_csv(
    State(app): State<App>,
    Reader(caller): Reader,
    Query(filter): Query<TradeFilter>,
) -> Answer<Response> {
    let filter = filter.checked(selected(&app, &caller).await?.id)?;
    let rows = store_trades::export(&app.store, caller.user_id, &filter).await?;
    let names = Names::read(&app.store, rows.iter().map(|trade| trade.symbol)).await?;
    let mut file = CsvFile::new(&[
        "executed_at",
        "symbol",
        "name_ko",
        "name_en",
        "side",
        "quantity",
        "price",
        "amount",
        "commission",
        "tax",
        "realized_pnl",
        "order_id",
    ])?;
    for trade in rows {
        file.row(&[
            kst(trade.executed_at).to_rfc3339(),
            trade.symbol.to_string(),
            names.ko(trade.symbol),
            names.en(trade.symbol),
            trade.side.to_string(),
            trade.quantity.to_string(),
            trade.price.to_string(),
            trade.amount.to_string(),
            trade.commission.to_string(),
            trade.tax.to_string(),
            trade.realized_pnl.map(|pnl| pnl.to_string()).unwrap_or_default(),
            trade.order_id.to_string(),
        ])?;
    }
    file.answer("trades.csv")
}

/// What the next orders of the account pay.
#[utoipa::path(
    get,
    path = "/account/commission",
    operation_id = "get_commission",
    tag = "account",
    security(("bearer" = [])),
    responses((status = OK, body = Commission), Refusals, Missing)
)]
async fn get_commission(State(app): State<App>, Reader(caller): Reader) -> Answer<Json<Commission>> {
    Ok(Json(selected(&app, &caller).await?.commission.into()))
}

/// Changes what the next orders of the account pay. An order under way pays to its end what it began with.
#[utoipa::path(
    put,
    path = "/account/commission",
    operation_id = "set_commission",
    tag = "account",
    security(("bearer" = [])),
    responses((status = OK, body = Commission), Refusals, BadBody, Missing)
)]
async fn put_commission(
    State(app): State<App>,
    Trader(caller): Trader,
    Json(request): Json<Commission>,
) -> Answer<Json<Commission>> {
    commission::set(&app, &caller, &request).await.map(Json)
}

/// The kill switches that touch the caller.
#[utoipa::path(
    get,
    path = "/account/kill-switches",
    operation_id = "list_kill_switches",
    tag = "account",
    security(("bearer" = [])),
    responses((status = OK, body = Vec<KillSwitch>), Refusals)
)]
async fn kill_switches(State(app): State<App>, Reader(caller): Reader) -> Answer<Json<Vec<KillSwitch>>> {
    kill::touching(&app.store, caller.user_id).await.map(Json)
}

/// Stops trading at once and cancels open orders. Holdings are not sold.
#[utoipa::path(
    post,
    path = "/account/halt",
    operation_id = "halt_account",
    tag = "account",
    security(("bearer" = [])),
    responses((status = OK, body = HaltResult), Refusals, BadBody, Missing)
)]
async fn halt(
    State(app): State<App>,
    Trader(caller): Trader,
    Json(request): Json<HaltRequest>,
) -> Answer<Json<HaltResult>> {
    let kill_switch = kill::halt(&app, &caller, KillScope::User, caller.user_id, request).await?;
    let mut cancelled_orders = Vec::new();
    for account in accounts::list_of_user(&app.store, caller.user_id).await? {
        cancelled_orders.extend(orders::open(&app.store, account.id).await?.iter().map(|order| order.id));
    }
    Ok(Json(HaltResult { kill_switch, cancelled_orders }))
}

/// Lets trading go on.
#[utoipa::path(
    post,
    path = "/account/resume",
    operation_id = "resume_account",
    tag = "account",
    security(("bearer" = [])),
    responses((status = OK, body = KillSwitch), Refusals, BadBody, Missing)
)]
async fn resume(
    State(app): State<App>,
    Trader(caller): Trader,
    Json(request): Json<ResumeRequest>,
) -> Answer<Json<KillSwitch>> {
    kill::resume(&app, &caller, KillScope::User, caller.user_id, request).await.map(Json)
}

impl TradeFilter {
    /// The filter for the store: one account, days in Korea as instants.
    fn checked(&self, account_id: i64) -> Answer<store_trades::TradeFilter> {
        check_dates(self.from, self.to)?;
        let symbol = self.symbol.as_deref().map(|text| query_value("symbol", text)).transpose()?;
        let day_after = |date: NaiveDate| Bar::day_start(date) + TimeDelta::days(1);
        Ok(store_trades::TradeFilter {
            account_id: Some(account_id),
            symbol,
            from: self.from.map(Bar::day_start),
            to: self.to.map(day_after),
        })
    }
}

/// A trade of a user, as the API tells it, with its account.
pub(crate) async fn read_trade(db: &dyn Db, user_id: i64, id: i64) -> Result<Option<(i64, Trade)>, StoreError> {
    let Some(row) = store_trades::get(db, user_id, id).await? else { return Ok(None) };
    let names = Names::read(db, [row.symbol]).await?;
    Ok(Some((row.account_id, Trade::new(row, &names))))
}
