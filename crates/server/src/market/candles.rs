//! Bars of one issue for charts.

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, FixedOffset, NaiveDate, TimeDelta, Utc};
use exodus_domain::{Bar as DomainBar, Interval, Symbol, kst_date, text_enum};
use exodus_store::instruments;
use exodus_store::prices::{self, PriceBasis, Wanted};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::cache;
use crate::bootstrap::App;
use crate::http::caller::Reader;
use crate::http::extract::Query;
use crate::http::problem::{Answer, BadQuery, Missing, Problem, Refusals};
use crate::http::validate::{check_dates, query_value, refuse_query};
use crate::http::{kst, words};

const MAX_BARS: u32 = 5_000;
const DEFAULT_BARS: u32 = 500;

/// The routes.
pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(candles))
}

text_enum! {
    /// Which prices a client asks for.
    PriceChoice {
        /// As they were traded.
        Raw = "raw",
        /// Adjusted for splits and the like.
        Adjusted = "adjusted",
    }
}

/// The prices that `choice` means, and the date as of which they are adjusted.
///
/// # Errors
/// 400 if a date is given for prices that need none.
pub(super) fn wanted(
    choice: Option<PriceChoice>,
    as_of: Option<NaiveDate>,
    today: NaiveDate,
) -> Answer<(Wanted, NaiveDate)> {
    check_dates(as_of, None).map_err(|_| refuse_query("as_of", "is out of reach"))?;
    match (choice, as_of) {
        (Some(PriceChoice::Raw), Some(_)) => Err(refuse_query("as_of", "leave it out for raw prices")),
        (Some(PriceChoice::Raw), None) => Ok((Wanted::Raw, today)),
        (_, Some(as_of)) => Ok((Wanted::AsOf, as_of)),
        (Some(PriceChoice::Adjusted), None) => Ok((Wanted::Adjusted, today)),
        (None, None) => Ok((Wanted::Best, today)),
    }
}

/// One bar, prices in won.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Bar {
    /// Start of the bar.
    pub(crate) timestamp: DateTime<FixedOffset>,
    /// First price; zero on a halted day.
    pub(crate) open: i64,
    /// Highest price.
    pub(crate) high: i64,
    /// Lowest price.
    pub(crate) low: i64,
    /// Last price.
    pub(crate) close: i64,
    /// Shares traded.
    pub(crate) volume: i64,
}

/// Bars of one issue, oldest first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Candles {
    /// Issue.
    pub(crate) symbol: String,
    /// Length of the bars.
    #[schema(value_type = words::Interval)]
    pub(crate) interval: Interval,
    /// True if the prices are adjusted for splits and the like.
    pub(crate) adjusted: bool,
    /// What the prices are.
    #[schema(value_type = words::PriceBasis)]
    pub(crate) price_basis: PriceBasis,
    /// The date as of which they are adjusted; null for raw prices and for prices that somebody else adjusted.
    #[schema(required)]
    pub(crate) as_of: Option<NaiveDate>,
    /// The length of the stored bars, if these are made of shorter ones.
    #[schema(required, value_type = Option<words::Interval>)]
    pub(crate) made_of: Option<Interval>,
    /// The bars.
    pub(crate) bars: Vec<Bar>,
}

/// Which bars.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct CandleQuery {
    /// Issue.
    pub(crate) symbol: String,
    /// Length of the bars.
    #[param(value_type = words::Interval)]
    pub(crate) interval: Interval,
    /// First day.
    pub(crate) from: Option<NaiveDate>,
    /// Last day.
    pub(crate) to: Option<NaiveDate>,
    /// `raw` or `adjusted`; without it adjusted prices where there are any.
    #[param(value_type = Option<words::PriceChoice>)]
    pub(crate) prices: Option<PriceChoice>,
    /// Adjust as of this date, and show nothing later.
    pub(crate) as_of: Option<NaiveDate>,
    /// Most bars to answer; the newest are kept.
    #[param(minimum = 1, maximum = 5000, default = 500)]
    pub(crate) limit: Option<u32>,
}

impl From<&exodus_domain::Bar> for Bar {
    fn from(bar: &exodus_domain::Bar) -> Self {
        Self {
            timestamp: kst(bar.open_time),
            open: bar.open.0,
            high: bar.high.0,
            low: bar.low.0,
            close: bar.close.0,
            volume: bar.volume.0,
        }
    }
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
    let wanted = wanted(query.prices, query.as_of, kst_date(app.now()))?;
    if query.interval != Interval::Day1 {
        // A minute that closed is news: it is never answered from memory, nor what is made of it.
        return Ok(json(encode(&read(&app, symbol, &query, wanted, limit).await?)?));
    }
    let question = format!("{symbol}:{:?}:{:?}:{limit}:{wanted:?}", query.from, query.to);
    let Some(key) = cache::key(app.kv.as_ref(), &question).await else {
        return Ok(json(encode(&read(&app, symbol, &query, wanted, limit).await?)?));
    };
    if let Some(remembered) = cache::get(app.kv.as_ref(), &key).await {
        return Ok(json(remembered));
    }
    let answer = encode(&read(&app, symbol, &query, wanted, limit).await?)?;
    cache::put(app.kv.as_ref(), &key, &answer).await;
    Ok(json(answer))
}

fn json(body: Vec<u8>) -> Response {
    ([(header::CONTENT_TYPE, "application/json")], body).into_response()
}

fn encode(candles: &Candles) -> Answer<Vec<u8>> {
    serde_json::to_vec(candles).map_err(|error| Problem::internal(&error))
}

async fn read(
    app: &App,
    symbol: Symbol,
    query: &CandleQuery,
    (wanted, as_of): (Wanted, NaiveDate),
    limit: u32,
) -> Answer<Candles> {
    let interval = query.interval;
    let instrument = instruments::find_many(&app.store, &[symbol]).await?.pop().ok_or_else(Problem::not_found)?;
    let last = match (wanted, query.to) {
        (Wanted::AsOf, to) => Some(to.map_or(as_of, |to| to.min(as_of))),
        (_, to) => to,
    };
    let before = last.map_or_else(|| app.now(), DomainBar::day_start) + TimeDelta::days(1);
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let found = prices::newest(&app.store, &instrument, interval, (wanted, as_of), before, limit).await?;
    let from = query.from.map_or(DateTime::<Utc>::MIN_UTC, DomainBar::day_start);
    let mut candles = Candles {
        symbol: symbol.to_string(),
        interval,
        adjusted: false,
        price_basis: PriceBasis::Raw,
        as_of: None,
        made_of: None,
        bars: Vec::new(),
    };
    if let Some(found) = found {
        candles.adjusted = found.basis != PriceBasis::Raw;
        candles.price_basis = found.basis;
        candles.as_of = found.as_of;
        candles.made_of = found.made_of;
        candles.bars = found.bars.iter().filter(|bar| bar.open_time >= from).map(Bar::from).collect();
    }
    Ok(candles)
}
