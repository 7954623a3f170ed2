//! Routes under `/market/coverage`: what is stored of each series, and what is wrong with it.

use axum::extract::State;
use chrono::{DateTime, Days, FixedOffset, NaiveDate};
use exodus_domain::{Finding, Flaw, Interval, kst_date};
use exodus_store::coverage::{self, Cell, CoverageFilter, Gap, GapReason, SeriesCoverage, SeriesDetail};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::bootstrap::App;
use crate::http::caller::Reader;
use crate::http::extract::{Json, Path, Query};
use crate::http::paging::{Page, PageQuery};
use crate::http::problem::{Answer, BadQuery, Missing, Problem, Refusals};
use crate::http::validate::{check_dates, path_symbol, refuse_query};
use crate::http::{kst, words};

const MAX_SEARCH: usize = 100;
/// Days that a list of series shorter than a day shows when nobody says, and at most: a session has 381 minutes.
const INTRADAY_DAYS: u64 = 92;
/// Days of minutes that one answer in detail looks at.
const INTRADAY_DETAIL_DAYS: u64 = 400;
/// Findings of a kind that an answer lists; all are counted.
const MAX_FINDINGS: usize = 500;

/// The routes.
pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list_coverage)).routes(routes!(get_coverage))
}

/// Which series, over which days.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct CoverageQuery {
    /// Length of the bars.
    #[serde(default = "daily")]
    #[param(value_type = Option<words::Interval>, default = "1d")]
    interval: Interval,
    /// Text that finds the issue: code, name or initial consonants.
    #[param(max_length = 100)]
    q: Option<String>,
    /// First day; without it a daily series is measured from its first bar, a shorter one over three months.
    from: Option<NaiveDate>,
    /// Last day; yesterday at the latest, because today is not over.
    to: Option<NaiveDate>,
}

/// Which series of an issue, over which days.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct SeriesQuery {
    /// Length of the bars.
    #[serde(default = "daily")]
    #[param(value_type = Option<words::Interval>, default = "1d")]
    interval: Interval,
    /// True for adjusted prices.
    #[serde(default)]
    #[param(default = false)]
    adjusted: bool,
    /// First day; without it a daily series is measured from its first bar, a shorter one over three months.
    from: Option<NaiveDate>,
    /// Last day; yesterday at the latest, because today is not over.
    to: Option<NaiveDate>,
}

fn daily() -> Interval {
    Interval::Day1
}

/// A month of daily bars, or a day of shorter ones.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CoverageCell {
    /// `2024-03`, or `2024-03-04`.
    period: String,
    /// Bars there can be by the calendar.
    expected: u64,
    /// Bars that are stored.
    stored: u64,
    /// Bars that are not stored and may exist: a feed was not asked yet.
    missing: u64,
}

/// A series, and how complete it is.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Coverage {
    /// Short code.
    symbol: String,
    /// Korean name.
    name_ko: String,
    /// English name.
    name_en: String,
    /// True for adjusted prices; no feed can mend those.
    adjusted: bool,
    /// Day of the first bar stored.
    first: NaiveDate,
    /// Day of the last bar stored.
    last: NaiveDate,
    /// Bars there can be in the days asked for.
    expected: u64,
    /// Bars that are stored.
    stored: u64,
    /// Bars that are not stored and may exist.
    missing: u64,
    /// By month for daily bars, by day for shorter ones, oldest first; periods without trading are left out.
    cells: Vec<CoverageCell>,
}

/// Days with fewer bars than there could be.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CoverageGap {
    /// First day.
    from: NaiveDate,
    /// Last day.
    to: NaiveDate,
    /// Trading days from the one to the other.
    sessions: u64,
    /// `missing`: no feed was asked. `partial`: some bars are there, no feed was asked for the others. `absent`: the feed
    /// has none, because the issue was halted or not traded.
    #[schema(value_type = words::GapReason)]
    reason: GapReason,
}

/// A close beyond the price limits of its day that no corporate action explains.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Outlier {
    /// Start of the bar.
    at: DateTime<FixedOffset>,
    /// The close.
    price: i64,
    /// Lowest price that was allowed.
    #[schema(required)]
    lower_limit: Option<i64>,
    /// Highest price that was allowed.
    #[schema(required)]
    upper_limit: Option<i64>,
}

/// A bar with something wrong.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FlawedBar {
    /// Start of the bar.
    at: DateTime<FixedOffset>,
    /// The price that is wrong, or the close.
    price: i64,
}

/// A series in detail. Lists of bars hold the newest 500 of each kind. Two bars of one instant cannot be stored, so there
/// are no duplicates.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CoverageDetail {
    /// How complete it is.
    #[serde(flatten)]
    coverage: Coverage,
    /// Length of the bars.
    #[schema(value_type = words::Interval)]
    interval: Interval,
    /// Days with gaps, oldest first.
    gaps: Vec<CoverageGap>,
    /// Closes beyond the limits of their day; raw prices only.
    outliers: Vec<Outlier>,
    /// All of them.
    outliers_total: u64,
    /// Prices that are neither on the tick grid of their day nor half ticks where those are traded; raw prices only.
    off_grid: Vec<FlawedBar>,
    /// All of them.
    off_grid_total: u64,
    /// Bars on days without a session, or off its hours; raw prices only.
    off_session: Vec<FlawedBar>,
    /// All of them.
    off_session_total: u64,
}

/// How complete the stored series are.
#[utoipa::path(
    get,
    path = "/market/coverage",
    operation_id = "list_coverage",
    tag = "market",
    security(("bearer" = [])),
    params(CoverageQuery, PageQuery),
    responses((status = OK, body = Page<Coverage>), Refusals, BadQuery)
)]
async fn list_coverage(
    State(app): State<App>,
    _: Reader,
    Query(query): Query<CoverageQuery>,
    Query(page): Query<PageQuery>,
) -> Answer<Json<Page<Coverage>>> {
    let text = query.q.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
    if text.as_ref().is_some_and(|text| text.chars().count() > MAX_SEARCH || text.contains('\0')) {
        return Err(refuse_query("q", format!("must be a text of at most {MAX_SEARCH} characters")));
    }
    let (from, to) = window(&app, query.interval, query.from, query.to, INTRADAY_DAYS)?;
    let filter = CoverageFilter { interval: query.interval, text, from, to };
    let rows = coverage::list(&app.store, &filter, page.checked()?).await?;
    Ok(Json(page.answer(rows, |row| Coverage::new(&row, filter.interval))))
}

/// One series: its gaps, and what is wrong with its bars.
#[utoipa::path(
    get,
    path = "/market/coverage/{symbol}",
    operation_id = "get_coverage",
    tag = "market",
    security(("bearer" = [])),
    params(SeriesQuery),
    responses((status = OK, body = CoverageDetail), Refusals, BadQuery, Missing)
)]
async fn get_coverage(
    State(app): State<App>,
    _: Reader,
    Path(symbol): Path<String>,
    Query(query): Query<SeriesQuery>,
) -> Answer<Json<CoverageDetail>> {
    let symbol = path_symbol(&symbol)?;
    let (from, to) = window(&app, query.interval, query.from, query.to, INTRADAY_DETAIL_DAYS)?;
    let filter = CoverageFilter { interval: query.interval, text: None, from, to };
    let detail = coverage::detail(&app.store, symbol, query.adjusted, &filter).await?.ok_or_else(Problem::not_found)?;
    Ok(Json(CoverageDetail::new(&detail, filter.interval)))
}

/// The days that a question is about.
fn window(
    app: &App,
    interval: Interval,
    from: Option<NaiveDate>,
    to: Option<NaiveDate>,
    most_days: u64,
) -> Answer<(Option<NaiveDate>, NaiveDate)> {
    check_dates(from, to)?;
    let yesterday = kst_date(app.now()) - Days::new(1);
    let to = to.map_or(yesterday, |to| to.min(yesterday));
    if interval == Interval::Day1 {
        return Ok((from, to));
    }
    let earliest = to - Days::new(most_days);
    match from {
        Some(from) if from < earliest => Err(refuse_query(
            "from",
            format!("must be at most {most_days} days before the last day, for bars shorter than a day"),
        )),
        _ => Ok((Some(from.unwrap_or(to - Days::new(INTRADAY_DAYS))), to)),
    }
}

impl CoverageCell {
    fn new(cell: &Cell, interval: Interval) -> Self {
        let form = if interval == Interval::Day1 { "%Y-%m" } else { "%Y-%m-%d" };
        let period = cell.start.format(form).to_string();
        Self { period, expected: cell.expected, stored: cell.stored, missing: cell.missing }
    }
}

impl Coverage {
    fn new(row: &SeriesCoverage, interval: Interval) -> Self {
        let Cell { expected, stored, missing, .. } = row.total();
        Self {
            symbol: row.instrument.symbol.to_string(),
            name_ko: row.instrument.name_ko.clone(),
            name_en: row.instrument.name_en.clone(),
            adjusted: row.adjusted,
            first: kst_date(row.first),
            last: kst_date(row.last),
            expected,
            stored,
            missing,
            cells: row.cells.iter().map(|cell| CoverageCell::new(cell, interval)).collect(),
        }
    }
}

impl CoverageDetail {
    fn new(detail: &SeriesDetail, interval: Interval) -> Self {
        let of = |flaw: Flaw| detail.findings.iter().filter(move |finding| finding.flaw == flaw);
        let flawed = |finding: &Finding| FlawedBar { at: kst(finding.at), price: finding.price.0 };
        let total = |flaw| of(flaw).count() as u64;
        Self {
            coverage: Coverage::new(&detail.coverage, interval),
            interval,
            gaps: detail.gaps.iter().map(CoverageGap::from).collect(),
            outliers: of(Flaw::Outlier).rev().take(MAX_FINDINGS).map(Outlier::from).collect(),
            outliers_total: total(Flaw::Outlier),
            off_grid: of(Flaw::OffGrid).rev().take(MAX_FINDINGS).map(flawed).collect(),
            off_grid_total: total(Flaw::OffGrid),
            off_session: of(Flaw::OffSession).rev().take(MAX_FINDINGS).map(flawed).collect(),
            off_session_total: total(Flaw::OffSession),
        }
    }
}

impl From<&Gap> for CoverageGap {
    fn from(gap: &Gap) -> Self {
        Self { from: gap.days.first, to: gap.days.last, sessions: gap.days.days, reason: gap.reason }
    }
}

impl From<&Finding> for Outlier {
    fn from(finding: &Finding) -> Self {
        Self {
            at: kst(finding.at),
            price: finding.price.0,
            lower_limit: finding.limits.map(|limits| limits.lower.0),
            upper_limit: finding.limits.map(|limits| limits.upper.0),
        }
    }
}
