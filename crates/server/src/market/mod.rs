//! Routes under `/market`: issues, bars, quotes and imports.

mod actions;
pub(crate) mod backfills;
mod broker;
pub(crate) mod cache;
pub(crate) mod candles;
pub(crate) mod coverage;
pub(crate) mod dto;
mod export;
pub(crate) mod imports;
pub(crate) mod names;
pub(crate) mod rules;
pub(crate) mod rules_session;
pub(crate) mod symbols;

use axum::extract::State;
use chrono::{DateTime, TimeDelta, Utc};
use exodus_domain::{Instrument as DomainInstrument, Interval, Price, Symbol, is_session, kst_date, next_session};
use exodus_live::{book_key, quote_key};
use exodus_store::audit::{self, NewAudit};
use exodus_store::bars::SeriesKind;
use exodus_store::{StoreError, Tx, bars, instruments};
use serde::de::DeserializeOwned;
use serde_json::Value;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use self::dto::{MarketStatus, OrderBook, Quote};
use crate::bootstrap::App;
use crate::http::caller::{Caller, Reader};
use crate::http::extract::{Json, Path};
use crate::http::kst;
use crate::http::problem::{Answer, BadQuery, Missing, Problem, Refusals};
use crate::http::validate::path_symbol;

/// The routes.
pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(quote))
        .routes(routes!(orderbook))
        .routes(routes!(status))
        .merge(symbols::routes())
        .merge(candles::routes())
        .merge(imports::routes())
        .merge(actions::routes())
        .merge(export::routes())
        .merge(rules::routes())
        .merge(rules_session::routes())
        .merge(coverage::routes())
        .merge(backfills::routes())
        .merge(broker::routes())
}

/// Writes what a person did to the market data, which belongs to everybody, into the audit log.
async fn record(
    tx: &Tx,
    caller: Caller,
    action: &str,
    object: String,
    detail: Value,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let (user_id, actor) = (Some(caller.user_id), caller.email);
    audit::append(tx, &NewAudit { user_id, actor, action: action.to_owned(), object, detail }, now).await?;
    Ok(())
}

/// The last price of an issue: live where a feed knows it, else the last close that was imported.
#[utoipa::path(
    get,
    path = "/market/quote/{symbol}",
    operation_id = "get_quote",
    tag = "market",
    security(("bearer" = [])),
    responses((status = OK, body = Quote), Refusals, BadQuery, Missing)
)]
async fn quote(State(app): State<App>, _: Reader, Path(symbol): Path<String>) -> Answer<Json<Quote>> {
    let instrument = find(&app, &symbol).await?;
    let live: Option<exodus_domain::Quote> = published(&app, &quote_key(instrument.symbol)).await?;
    let quote = match live {
        Some(quote) => Some(quote),
        None => last_close(&app, instrument.symbol).await?,
    };
    quote.map(|quote| Json(Quote::new(&quote, &instrument))).ok_or_else(Problem::not_found)
}

/// The visible order book of an issue.
#[utoipa::path(
    get,
    path = "/market/orderbook/{symbol}",
    operation_id = "get_order_book",
    tag = "market",
    security(("bearer" = [])),
    responses((status = OK, body = OrderBook), Refusals, BadQuery, Missing)
)]
async fn orderbook(State(app): State<App>, _: Reader, Path(symbol): Path<String>) -> Answer<Json<OrderBook>> {
    let instrument = find(&app, &symbol).await?;
    let live: Option<exodus_domain::OrderBook> = published(&app, &book_key(instrument.symbol)).await?;
    live.map(|book| Json(OrderBook::new(&book, &instrument))).ok_or_else(Problem::not_found)
}

/// Whether there is trading now.
#[utoipa::path(
    get,
    path = "/market/status",
    operation_id = "get_market_status",
    tag = "market",
    security(("bearer" = [])),
    responses((status = OK, body = MarketStatus), Refusals)
)]
async fn status(State(app): State<App>, _: Reader) -> Json<MarketStatus> {
    let now = app.now();
    let today = kst_date(now);
    Json(MarketStatus {
        mode: "demo",
        is_demo: true,
        trading_day: is_session(today),
        session: "demo",
        now: kst(now),
        next_session_date: next_session(today),
    })
}

async fn find(app: &App, symbol: &str) -> Answer<DomainInstrument> {
    let found = instruments::find_many(&app.store, &[path_symbol(symbol)?]).await?;
    found.into_iter().next().ok_or_else(Problem::not_found)
}

/// What the worker last published under `key`.
async fn published<T: DeserializeOwned>(app: &App, key: &str) -> Answer<Option<T>> {
    match app.kv.get(key).await? {
        Some(bytes) => serde_json::from_slice(&bytes).map(Some).map_err(|error| Problem::internal(&error)),
        None => Ok(None),
    }
}

/// The last live price of an issue, if a feed knows it.
pub(crate) async fn last_price(app: &App, symbol: Symbol) -> Option<Price> {
    let quote: Option<exodus_domain::Quote> = published(app, &quote_key(symbol)).await.ok()?;
    quote.map(|quote| quote.price)
}

/// The last two closes as a quote of the last day.
async fn last_close(app: &App, symbol: Symbol) -> Answer<Option<exodus_domain::Quote>> {
    let interval = Interval::Day1;
    let Some(coverage) = bars::preferred(&app.store, symbol, interval).await? else { return Ok(None) };
    let key = SeriesKind::krx(interval, coverage.adjusted).of(symbol);
    let newest = bars::newest(&app.store, key, app.now() + TimeDelta::days(1), 2).await?;
    Ok(newest.last().map(|bar| exodus_domain::Quote {
        symbol,
        price: bar.close,
        base_price: newest.first().map_or(bar.close, |before| before.close),
        volume: bar.volume,
        brake: None,
        at: bar.open_time,
    }))
}
