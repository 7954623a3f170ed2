//! Routes under `/proof` and `/broker-orders`: the daily proof that nothing was lost or doubled (safety §7), and what others
//! placed on the selected account (§2.7).

mod dto;

use axum::extract::State;
use axum::response::Response;
use chrono::{Days, NaiveDate};
use exodus_domain::kst_date;
use exodus_store::orders::{self, AccountDay, RowFilter};
use exodus_store::{StoreError, accounts};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use self::dto::{BrokerOrder, BrokerOrderFilter, ProvenDay};
use crate::account::dto::DateRange;
use crate::accounts::selected;
use crate::bootstrap::App;
use crate::http::caller::{Caller, Reader, Trader};
use crate::http::csv::CsvFile;
use crate::http::extract::{Json, Path, Query};
use crate::http::kst;
use crate::http::paging::{Page, PageQuery};
use crate::http::problem::{Answer, BadQuery, Conflict, Missing, Problem, Refusals};
use crate::http::validate::{check_dates, refuse_query};
use crate::market::names::Names;
use crate::orders::dto::Order;

/// Days that are told where nobody says from when.
const DAYS: u64 = 30;
/// The most days at once.
const MOST_DAYS: i64 = 366;

/// The routes.
pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(proof))
        .routes(routes!(proof_csv))
        .routes(routes!(broker_orders))
        .routes(routes!(adopt))
        .routes(routes!(confirm))
}

/// What was sent, what the broker has and what is booked, by day and account of the caller, newest first; the last thirty
/// days where nothing else is asked for. Days without orders are left out.
#[utoipa::path(
    get,
    path = "/proof",
    operation_id = "get_proof",
    tag = "proof",
    security(("bearer" = [])),
    params(DateRange),
    responses((status = OK, body = Vec<ProvenDay>), Refusals, BadQuery)
)]
async fn proof(
    State(app): State<App>,
    Reader(caller): Reader,
    Query(range): Query<DateRange>,
) -> Answer<Json<Vec<ProvenDay>>> {
    let days = days(&app, &caller, range).await?;
    Ok(Json(days.iter().map(|(name, day)| ProvenDay::new(day, name)).collect()))
}

/// The same as a CSV file.
#[utoipa::path(
    get,
    path = "/proof.csv",
    operation_id = "export_proof",
    tag = "proof",
    security(("bearer" = [])),
    params(DateRange),
    responses((status = OK, body = String, content_type = "text/csv"), Refusals, BadQuery)
)]
async fn proof_csv(State(app): State<App>, Reader(caller): Reader, Query(range): Query<DateRange>) -> Answer<Response> {
    let mut file = CsvFile::new(&[
        "date",
        "account_id",
        "account",
        "sent_count",
        "sent_amount",
        "found_count",
        "found_amount",
        "booked_count",
        "booked_amount",
        "external_count",
        "external_amount",
        "refused",
        "absent",
        "doubts",
        "holds",
        "closed_at",
        "checked_at",
    ])?;
    for (name, AccountDay { proof, closed_at, checked_at }) in days(&app, &caller, range).await? {
        let mut row = vec![proof.trade_date.to_string(), proof.account_id.to_string(), name];
        for tally in [proof.sent, proof.found, proof.booked, proof.external] {
            row.extend([tally.count.to_string(), tally.amount.0.to_string()]);
        }
        row.extend([proof.refused, proof.absent, proof.doubts].map(|count| count.to_string()));
        row.push(proof.holds().to_string());
        row.extend([closed_at, checked_at].map(|at| at.map(|at| kst(at).to_rfc3339()).unwrap_or_default()));
        file.row(&row)?;
    }
    file.answer("proof.csv")
}

/// Orders of the selected account as the broker's lists showed them last, newest first.
#[utoipa::path(
    get,
    path = "/broker-orders",
    operation_id = "list_broker_orders",
    tag = "proof",
    security(("bearer" = [])),
    params(BrokerOrderFilter, PageQuery),
    responses((status = OK, body = Page<BrokerOrder>), Refusals, BadQuery)
)]
async fn broker_orders(
    State(app): State<App>,
    Reader(caller): Reader,
    Query(filter): Query<BrokerOrderFilter>,
    Query(page): Query<PageQuery>,
) -> Answer<Json<Page<BrokerOrder>>> {
    check_dates(filter.from, filter.to)?;
    let account_id = selected(&app, &caller).await?.id;
    let filter = RowFilter { is_external: filter.external.unwrap_or(false), from: filter.from, to: filter.to };
    let rows = orders::list_rows(&app.store, account_id, &filter, page.checked()?).await?;
    let names = Names::read(&app.store, rows.items.iter().map(|row| row.symbol)).await?;
    Ok(Json(page.answer(rows, |row| BrokerOrder::new(row, &names))))
}

/// Takes an order of somebody else over as the caller's own: from now on it is followed, booked and can be cancelled here.
#[utoipa::path(
    post,
    path = "/broker-orders/{id}/adopt",
    operation_id = "adopt_broker_order",
    tag = "proof",
    security(("bearer" = [])),
    responses((status = OK, body = Order), Refusals, BadQuery, Missing, Conflict)
)]
async fn adopt(State(app): State<App>, Trader(caller): Trader, Path(id): Path<i64>) -> Answer<Json<Order>> {
    let order = orders::adopt(&app.store, caller.user_id, id, app.now()).await.map_err(refusal)?;
    Ok(Json(crate::orders::complete(&app.store, order).await?))
}

/// Says that an order is somebody else's, so that it is no candidate for an order in doubt.
#[utoipa::path(
    post,
    path = "/broker-orders/{id}/confirm",
    operation_id = "confirm_broker_order",
    tag = "proof",
    security(("bearer" = [])),
    responses((status = OK, body = BrokerOrder), Refusals, BadQuery, Missing, Conflict)
)]
async fn confirm(State(app): State<App>, Trader(caller): Trader, Path(id): Path<i64>) -> Answer<Json<BrokerOrder>> {
    let row = orders::confirm(&app.store, caller.user_id, id, app.now()).await.map_err(refusal)?;
    let names = Names::read(&app.store, [row.symbol]).await?;
    Ok(Json(BrokerOrder::new(row, &names)))
}

fn refusal(error: StoreError) -> Problem {
    match error {
        StoreError::Conflict("own_order") => {
            Problem::conflict("OWN_ORDER", "This order is one of yours already: look at it in your orders.")
        }
        StoreError::Conflict("foreign_order") => Problem::conflict(
            "FOREIGN_ORDER",
            "Orders of this kind are not known here: only plain limit and market orders can be taken over.",
        ),
        other => other.into(),
    }
}

/// The proofs of all accounts of the caller with their names, newest first.
async fn days(app: &App, caller: &Caller, range: DateRange) -> Answer<Vec<(String, AccountDay)>> {
    check_dates(range.from, range.to)?;
    let to = range.to.unwrap_or_else(|| kst_date(app.now()));
    let from = range.from.unwrap_or_else(|| to.checked_sub_days(Days::new(DAYS)).unwrap_or(NaiveDate::MIN));
    if (to - from).num_days() >= MOST_DAYS {
        return Err(refuse_query("from", format!("must be less than {MOST_DAYS} days before to")));
    }
    let mut days = Vec::new();
    for account in accounts::list_of_user(&app.store, caller.user_id).await? {
        for day in orders::proofs(&app.store, account.id, from, to).await? {
            days.push((account.name.clone(), day));
        }
    }
    days.sort_by_key(|(_, day)| std::cmp::Reverse(day.proof.trade_date));
    Ok(days)
}
