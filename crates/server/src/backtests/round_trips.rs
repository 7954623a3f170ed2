//! The round trips of a backtest.

use axum::extract::State;
use chrono::{DateTime, FixedOffset};
use exodus_domain::AvgPrice;
use exodus_store::backtests::{self, RoundTripSort, StoredRoundTrip};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::bootstrap::App;
use crate::http::caller::Reader;
use crate::http::extract::{Json, Path, Query};
use crate::http::kst;
use crate::http::paging::{Page, PageQuery};
use crate::http::problem::{Answer, BadQuery, Missing, Refusals};
use crate::http::validate::sorting;

/// The routes.
pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(round_trips))
}

/// From the first share bought of an issue until none is left.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct BacktestRoundTrip {
    /// Issue.
    symbol: String,
    /// Time of the first buy.
    opened_at: DateTime<FixedOffset>,
    /// Time of the sell that left nothing; null while something is held.
    #[schema(required)]
    closed_at: Option<DateTime<FixedOffset>>,
    /// Shares bought, all buys together.
    quantity: i64,
    /// Shares sold.
    quantity_sold: i64,
    /// Average price of the buys.
    #[schema(value_type = String)]
    entry_price: AvgPrice,
    /// Average price of the sells; null before the first.
    #[schema(value_type = String, required, nullable)]
    exit_price: Option<AvgPrice>,
    /// Won paid for shares, before costs.
    bought: i64,
    /// Won received for shares, before costs.
    sold: i64,
    /// Commission and taxes in won.
    costs: i64,
    /// Realised gain in won, net of costs.
    pnl: i64,
    /// Gain over what was paid for shares.
    #[serde(rename = "return")]
    #[schema(required)]
    return_on_cost: Option<f64>,
    /// Maximum adverse excursion in won, zero at most; null without bars.
    #[schema(required)]
    mae: Option<i64>,
    /// Maximum favourable excursion in won, zero at least; null without bars.
    #[schema(required)]
    mfe: Option<i64>,
    /// Sessions from the first buy to the last sell, or to the end of the backtest, both counted.
    holding_sessions: i32,
}

impl From<StoredRoundTrip> for BacktestRoundTrip {
    fn from(row: StoredRoundTrip) -> Self {
        Self {
            symbol: row.symbol.to_string(),
            opened_at: kst(row.opened_at),
            closed_at: row.closed_at.map(kst),
            quantity: row.shares_bought.0,
            quantity_sold: row.shares_sold.0,
            entry_price: AvgPrice::of(row.bought, row.shares_bought),
            exit_price: row.shares_sold.is_positive().then(|| AvgPrice::of(row.sold, row.shares_sold)),
            bought: row.bought.0,
            sold: row.sold.0,
            costs: row.costs.0,
            pnl: row.pnl.0,
            return_on_cost: row.return_on_cost,
            mae: row.mae.map(|won| won.0),
            mfe: row.mfe.map(|won| won.0),
            holding_sessions: row.holding_sessions,
        }
    }
}

/// In which order.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct RoundTripOrder {
    /// `opened_at`, `closed_at`, `symbol`, `bought`, `pnl`, `return`, `mae`, `mfe` or `holding_sessions`; with a minus
    /// before it the largest first. What has no value comes last.
    #[param(default = "opened_at")]
    sort: Option<String>,
}

/// The round trips of a backtest. Those of a backtest that an older version ran are not known: run it again.
#[utoipa::path(
    get,
    path = "/backtest/{id}/round-trips",
    operation_id = "list_backtest_round_trips",
    tag = "backtest",
    security(("bearer" = [])),
    params(RoundTripOrder, PageQuery),
    responses((status = OK, body = Page<BacktestRoundTrip>), Refusals, BadQuery, Missing)
)]
async fn round_trips(
    State(app): State<App>,
    Reader(caller): Reader,
    Path(id): Path<i64>,
    Query(order): Query<RoundTripOrder>,
    Query(page): Query<PageQuery>,
) -> Answer<Json<Page<BacktestRoundTrip>>> {
    let rows_of_page = page.checked()?;
    let (sort, descending) = sorting(order.sort.as_deref(), RoundTripSort::OpenedAt)?;
    let rows = backtests::round_trips(&app.store, caller.user_id, id, sort, descending, rows_of_page).await?;
    Ok(Json(page.answer(rows, BacktestRoundTrip::from)))
}
