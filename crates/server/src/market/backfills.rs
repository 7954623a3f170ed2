//! Routes under `/market/backfills`: asking the feed or the broker for what is missing.

use axum::extract::State;
use axum::http::StatusCode;
use chrono::{DateTime, FixedOffset, NaiveDate};
use exodus_domain::{Interval, kst_date};
use exodus_store::backfills::{self, NewBackfill};
use exodus_store::{Db, StoreError, jobs};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::backtests::dto::RunStatus;
use crate::bootstrap::App;
use crate::http::caller::{Reader, Trader};
use crate::http::extract::{Json, Path, Query};
use crate::http::paging::{Page, PageQuery};
use crate::http::problem::{Answer, BadBody, BadQuery, Conflict, Missing, Problem, Refusals};
use crate::http::validate::Checks;
use crate::http::{kst, words};

/// Issues of one back-fill: more than are listed.
const MAX_SYMBOLS: usize = 5_000;
/// No calendar is known before.
const FIRST_DAY: NaiveDate = NaiveDate::from_ymd_opt(1990, 1, 1).expect("1 January exists in every year");

/// The routes.
pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_backfills, start_backfill))
        .routes(routes!(get_backfill))
        .routes(routes!(cancel_backfill))
}

/// What the feed, or of listed issues the broker, is to be asked for. Only days that are missing are asked for.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct BackfillRequest {
    /// Issues, each once.
    #[schema(min_items = 1, max_items = 5000)]
    symbols: Vec<String>,
    /// Length of the bars: `1d` or `1m`; the others are made of minutes.
    #[schema(value_type = words::FeedInterval)]
    interval: Interval,
    /// First day, 1990-01-01 at the earliest.
    from: NaiveDate,
    /// Last day; today at the latest. A day is asked for once it is over.
    to: NaiveDate,
}

/// A back-fill at work or done.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Backfill {
    /// Id.
    id: i64,
    /// Issues.
    symbols: Vec<String>,
    /// Length of the bars.
    #[schema(value_type = words::Interval)]
    interval: Interval,
    /// First day.
    from: NaiveDate,
    /// Last day.
    to: NaiveDate,
    /// How far it is.
    status: RunStatus,
    /// 0 to 1.
    progress: f64,
    /// Days of issues that were missing when it began.
    days_missing: u64,
    /// Of those, days that the feed was asked for.
    days_asked: u64,
    /// Bars that came in.
    bars_added: u64,
    /// Requests that it took, to the feed, or to the broker as its limits count them.
    requests: u64,
    /// Issues that nobody tells bars of that length of: no feed knows them, and no connected account is told them.
    unavailable: Vec<String>,
    /// Why it failed. What came in until then stays, and the next back-fill goes on from there.
    #[schema(required)]
    error: Option<String>,
    /// When it was asked for.
    created_at: DateTime<FixedOffset>,
    /// When it ended.
    #[schema(required)]
    finished_at: Option<DateTime<FixedOffset>>,
}

/// Back-fills of the caller, newest first.
#[utoipa::path(
    get,
    path = "/market/backfills",
    operation_id = "list_backfills",
    tag = "market",
    security(("bearer" = [])),
    params(PageQuery),
    responses((status = OK, body = Page<Backfill>), Refusals, BadQuery)
)]
async fn list_backfills(
    State(app): State<App>,
    Reader(caller): Reader,
    Query(page): Query<PageQuery>,
) -> Answer<Json<Page<Backfill>>> {
    let rows = backfills::list(&app.store, caller.user_id, page.checked()?).await?;
    Ok(Json(page.answer(rows, Backfill::from)))
}

/// Asks the feed for what is missing, and of listed issues the broker of a connected account of the caller; minutes of the
/// past need one of real money. A worker does it, when nothing shorter waits, and the broker hears everything else first.
#[utoipa::path(
    post,
    path = "/market/backfills",
    operation_id = "start_backfill",
    tag = "market",
    security(("bearer" = [])),
    request_body = BackfillRequest,
    responses((status = ACCEPTED, body = Backfill), Refusals, BadBody)
)]
async fn start_backfill(
    State(app): State<App>,
    Trader(caller): Trader,
    Json(request): Json<BackfillRequest>,
) -> Answer<(StatusCode, Json<Backfill>)> {
    let now = app.now();
    let mut checks = Checks::default();
    let symbols = checks.symbols("symbols", &request.symbols, 1, MAX_SYMBOLS);
    let is_fed = matches!(request.interval, Interval::Minute1 | Interval::Day1);
    checks.require(is_fed, "interval", "must be 1d or 1m; 5m and 1h are made of minutes");
    checks.require(request.from >= FIRST_DAY, "from", format!("must not be before {FIRST_DAY}"));
    checks.require(request.to >= request.from, "to", "must not be before from");
    checks.require(request.to <= kst_date(now), "to", "must not be after today");
    checks.finish()?;
    let BackfillRequest { interval, from, to, .. } = request;
    let new = NewBackfill { user_id: caller.user_id, symbols, interval, from, to };
    let tx = app.store.begin().await?;
    let backfill = exodus_live::enqueue_backfill(&tx, &new, now).await?;
    tx.commit().await?;
    Ok((StatusCode::ACCEPTED, Json(backfill.into())))
}

/// One back-fill.
#[utoipa::path(
    get,
    path = "/market/backfills/{id}",
    operation_id = "get_backfill",
    tag = "market",
    security(("bearer" = [])),
    responses((status = OK, body = Backfill), Refusals, BadQuery, Missing)
)]
async fn get_backfill(State(app): State<App>, Reader(caller): Reader, Path(id): Path<i64>) -> Answer<Json<Backfill>> {
    read(&app.store, caller.user_id, id).await?.map(Json).ok_or_else(Problem::not_found)
}

/// Stops a back-fill; what came in stays.
#[utoipa::path(
    post,
    path = "/market/backfills/{id}/cancel",
    operation_id = "cancel_backfill",
    tag = "market",
    security(("bearer" = [])),
    responses((status = ACCEPTED, body = Backfill), Refusals, BadQuery, Missing, Conflict)
)]
async fn cancel_backfill(
    State(app): State<App>,
    Trader(caller): Trader,
    Path(id): Path<i64>,
) -> Answer<(StatusCode, Json<Backfill>)> {
    let stored = backfills::get(&app.store, caller.user_id, id).await?.ok_or_else(Problem::not_found)?;
    let ended = || Problem::conflict("BACKFILL_ENDED", "The back-fill has ended already.");
    let job_id = stored.job_id.filter(|_| stored.status.is_live()).ok_or_else(ended)?;
    jobs::request_cancel(&app.store, job_id, app.now()).await?;
    let backfill = read(&app.store, caller.user_id, id).await?.ok_or_else(Problem::not_found)?;
    Ok((StatusCode::ACCEPTED, Json(backfill)))
}

/// A back-fill of a user, as the API tells it.
pub(crate) async fn read(db: &dyn Db, user_id: i64, id: i64) -> Result<Option<Backfill>, StoreError> {
    Ok(backfills::get(db, user_id, id).await?.map(Backfill::from))
}

impl From<backfills::Backfill> for Backfill {
    fn from(row: backfills::Backfill) -> Self {
        let status = RunStatus::from(row.status);
        let fraction = row.progress.fraction();
        let NewBackfill { symbols, interval, from, to, .. } = row.request;
        Self {
            id: row.id,
            symbols: symbols.iter().map(ToString::to_string).collect(),
            interval,
            from,
            to,
            // Nothing was missing: that is done, too.
            progress: if status == RunStatus::Done { 1.0 } else { fraction },
            status,
            days_missing: row.progress.days_missing,
            days_asked: row.progress.days_asked,
            bars_added: row.progress.bars_added,
            requests: row.progress.requests,
            unavailable: row.unavailable.iter().map(ToString::to_string).collect(),
            error: row.error,
            created_at: kst(row.created_at),
            finished_at: row.finished_at.map(kst),
        }
    }
}
