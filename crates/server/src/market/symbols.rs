//! Routes under `/market/symbols`: issues, found by code, name and initial consonants.

use axum::extract::State;
use chrono::NaiveDate;
use exodus_domain::{IssueState, Market, kst_date};
use exodus_store::instruments::{self, Issue, Listed, ListingStatus, SecurityKind, TaxClass};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::bootstrap::App;
use crate::http::caller::Reader;
use crate::http::extract::{Json, Path, Query};
use crate::http::paging::{Page, PageQuery};
use crate::http::problem::{Answer, BadQuery, Missing, Problem, Refusals};
use crate::http::validate::refuse_query;
use crate::http::words;

const MAX_SEARCH: usize = 100;

/// The routes.
pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list_symbols)).routes(routes!(get_symbol))
}

/// An issue, and how much history there is of it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Instrument {
    /// Short code: six characters for what is traded, eight for listed funds, rights and warrants.
    symbol: String,
    /// 표준코드.
    #[schema(required)]
    isin: Option<String>,
    /// Korean name; the code where no name is known.
    name_ko: String,
    /// English name; the Korean one where none is known.
    name_en: String,
    /// Market division.
    #[schema(value_type = words::Market)]
    market: Market,
    /// Kind of issue.
    #[schema(value_type = words::SecurityKind)]
    kind: SecurityKind,
    /// Kind of security in the words of KRX (증권구분).
    #[schema(required)]
    security_group: Option<String>,
    /// Kind of share; what a fund holds (주식종류).
    #[schema(required)]
    share_kind: Option<String>,
    /// Section of the market (소속부).
    #[schema(required)]
    section: Option<String>,
    /// Whether it is still on the market.
    #[schema(value_type = words::ListingStatus)]
    status: ListingStatus,
    /// What is said of it: halted, under administration and so on.
    #[schema(value_type = Vec<words::IssueState>)]
    states: Vec<IssueState>,
    /// The day since which the states are known as they are; null where no master told them.
    #[schema(required)]
    states_on: Option<NaiveDate>,
    /// First day of trading.
    #[schema(required)]
    listed_on: Option<NaiveDate>,
    /// Day on which it left the market, where it is known.
    #[schema(required)]
    delisted_on: Option<NaiveDate>,
    /// Par value in won or, of a foreign issuer, in its currency; zero for shares without one.
    #[schema(required)]
    par_value: Option<i64>,
    /// Shares, units or notes that are listed.
    #[schema(required)]
    listed_shares: Option<i64>,
    /// How the gains of an ETF or ETN are taxed.
    #[schema(required, value_type = Option<words::TaxClass>)]
    tax_class: Option<TaxClass>,
    /// How many times the price limit of the market applies, in hundredths.
    limit_multiple: u32,
    /// True for the fictional issuers of the demo market.
    is_demo: bool,
    /// True if only bars are known: market and kind are assumed until a symbol master is imported.
    is_assumed: bool,
    /// Day of the first daily bar.
    #[schema(required)]
    daily_from: Option<NaiveDate>,
    /// Day of the last daily bar.
    #[schema(required)]
    daily_to: Option<NaiveDate>,
    /// Daily bars.
    daily_bars: u64,
}

impl From<Listed> for Instrument {
    fn from(Listed { issue, daily }: Listed) -> Self {
        let name_en = issue.english_name().to_owned();
        let Issue { name_ko, market, kind, security_group, share_kind, section, status, states_on, .. } = issue;
        let Issue { listed_on, delisted_on, par_value, listed_shares, tax_class, limit_multiple, .. } = issue;
        Self {
            symbol: issue.code,
            isin: issue.isin.map(|isin| isin.to_string()),
            name_ko,
            name_en,
            market,
            kind,
            security_group,
            share_kind,
            section,
            status,
            states: issue.states.iter().collect(),
            states_on,
            listed_on,
            delisted_on,
            par_value,
            listed_shares,
            tax_class,
            limit_multiple,
            is_demo: issue.is_demo,
            is_assumed: issue.is_assumed,
            daily_from: daily.map(|daily| kst_date(daily.first)),
            daily_to: daily.map(|daily| kst_date(daily.last)),
            daily_bars: daily.map_or(0, |daily| daily.rows),
        }
    }
}

/// Where an issue comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum SymbolSource {
    /// The demo market.
    Demo,
    /// An imported file.
    Imported,
}

/// Which issues.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct SymbolFilter {
    /// Part of the code or of a name, or initial consonants such as `ㅅㅅㅈㅈ`.
    #[param(max_length = 100)]
    q: Option<String>,
    /// Only of this division.
    #[param(value_type = Option<words::Market>)]
    market: Option<Market>,
    /// Only of this kind.
    #[param(value_type = Option<words::SecurityKind>)]
    kind: Option<SecurityKind>,
    /// Only those on the market, or only those that left it.
    #[param(value_type = Option<words::ListingStatus>)]
    status: Option<ListingStatus>,
    /// Only from this source.
    source: Option<SymbolSource>,
}

/// Issues, the best match first; without a text by code, the delisted ones last.
#[utoipa::path(
    get,
    path = "/market/symbols",
    operation_id = "list_symbols",
    tag = "market",
    security(("bearer" = [])),
    params(SymbolFilter, PageQuery),
    responses((status = OK, body = Page<Instrument>), Refusals, BadQuery)
)]
async fn list_symbols(
    State(app): State<App>,
    _: Reader,
    Query(filter): Query<SymbolFilter>,
    Query(page): Query<PageQuery>,
) -> Answer<Json<Page<Instrument>>> {
    let text = filter.q.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
    if text.as_ref().is_some_and(|text| text.chars().count() > MAX_SEARCH || text.contains('\0')) {
        return Err(refuse_query("q", format!("must be a text of at most {MAX_SEARCH} characters")));
    }
    let filter = instruments::InstrumentFilter {
        text,
        market: filter.market,
        kind: filter.kind,
        status: filter.status,
        is_demo: filter.source.map(|source| source == SymbolSource::Demo),
    };
    let rows = instruments::search(&app.store, &filter, page.checked()?).await?;
    Ok(Json(page.answer(rows, Instrument::from)))
}

/// One issue.
#[utoipa::path(
    get,
    path = "/market/symbols/{symbol}",
    operation_id = "get_symbol",
    tag = "market",
    security(("bearer" = [])),
    responses((status = OK, body = Instrument), Refusals, BadQuery, Missing)
)]
async fn get_symbol(State(app): State<App>, _: Reader, Path(code): Path<String>) -> Answer<Json<Instrument>> {
    // What is no code is not found either; a database would refuse some of it.
    let is_code = code.len() <= 8 && code.bytes().all(|b| b.is_ascii_alphanumeric());
    let listed = if is_code { instruments::get(&app.store, &code).await? } else { None };
    listed.map(|listed| Json(listed.into())).ok_or_else(Problem::not_found)
}
