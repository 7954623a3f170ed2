//! Routes under `/market`: issues, bars, quotes and imports.

pub(crate) mod cache;
pub(crate) mod dto;
pub(crate) mod imports;
pub(crate) mod names;
pub(crate) mod rules;
pub(crate) mod rules_session;
pub(crate) mod symbols;

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, TimeDelta, Utc};
use exodus_domain::{
    Bar as DomainBar, Instrument as DomainInstrument, Interval, Price, Symbol, is_session, kst_date, next_session,
};
use exodus_live::{book_key, quote_key};
use exodus_store::bars::SeriesKind;
use exodus_store::{bars, instruments};
use serde::de::DeserializeOwned;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use self::dto::{Bar, CandleQuery, Candles, MarketStatus, OrderBook, Quote};
use crate::bootstrap::App;
use crate::http::caller::Reader;
use crate::http::extract::{Json, Path, Query};
use crate::http::kst;
use crate::http::problem::{Answer, BadQuery, Missing, Problem, Refusals};
use crate::http::validate::{check_dates, path_symbol, query_value, refuse_query};

const MAX_BARS: u32 = 5_000;
const DEFAULT_BARS: u32 = 500;

/// The routes.
pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(candles))
        .routes(routes!(quote))
        .routes(routes!(orderbook))
        .routes(routes!(status))
        .merge(symbols::routes())
        .merge(imports::routes())
        .merge(rules::routes())
        .merge(rules_session::routes())
}

/// Bars of one issue, oldest first.
#[utoipa::path(
    get,
    path = "/market/candles",
    operation_id = "get_candles",
    tag = "market",
    security(("bearer" = [])),
    params(CandleQuery),
    responses((status = OK, body = Candles), Refusals, BadQuery, Missing)
)]
async fn candles(State(app): State<App>, _: Reader, Query(query): Query<CandleQuery>) -> Answer<Response> {
    let symbol: Symbol = query_value("symbol", &query.symbol)?;
    let limit = query.limit.unwrap_or(DEFAULT_BARS);
    if !(1..=MAX_BARS).contains(&limit) {
        return Err(refuse_query("limit", format!("must be 1 to {MAX_BARS}")));
    }
    check_dates(query.from, query.to)?;
    let answer = match query.interval {
        Interval::Day1 => {
            let question = format!("{symbol}:{:?}:{:?}:{limit}", query.from, query.to);
            let key = cache::key(app.kv.as_ref(), &question).await;
            match key {
                None => encode(&read_candles(&app, symbol, &query, limit).await?)?,
                Some(key) => match cache::get(app.kv.as_ref(), &key).await {
                    Some(remembered) => remembered,
                    None => {
                        let answer = encode(&read_candles(&app, symbol, &query, limit).await?)?;
                        cache::put(app.kv.as_ref(), &key, &answer).await;
                        answer
                    }
                },
            }
        }
        // A minute that closed is news: it is never answered from memory.
        Interval::Minute1 => encode(&read_candles(&app, symbol, &query, limit).await?)?,
        Interval::Minute5 | Interval::Hour1 => return Err(refuse_query("interval", "must be 1m or 1d")),
    };
    Ok(([(header::CONTENT_TYPE, "application/json")], answer).into_response())
}

fn encode(candles: &Candles) -> Answer<Vec<u8>> {
    serde_json::to_vec(candles).map_err(|error| Problem::internal(&error))
}

async fn read_candles(app: &App, symbol: Symbol, query: &CandleQuery, limit: u32) -> Answer<Candles> {
    let interval = query.interval;
    if instruments::find_many(&app.store, &[symbol]).await?.is_empty() {
        return Err(Problem::not_found());
    }
    let coverage = bars::preferred(&app.store, symbol, interval).await?;
    let adjusted = coverage.is_some_and(|coverage| coverage.adjusted);
    let before = match query.to {
        Some(to) => DomainBar::day_start(to) + TimeDelta::days(1),
        None => app.now() + TimeDelta::days(1),
    };
    let key = SeriesKind::krx(interval, adjusted).of(symbol);
    let newest = bars::newest(&app.store, key, before, usize::try_from(limit).unwrap_or(usize::MAX)).await?;
    let from = query.from.map_or(DateTime::<Utc>::MIN_UTC, DomainBar::day_start);
    let bars = newest.iter().filter(|bar| bar.open_time >= from).map(Bar::from).collect();
    Ok(Candles { symbol: symbol.to_string(), interval, adjusted, bars })
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
        at: bar.open_time,
    }))
}
