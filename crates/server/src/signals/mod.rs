//! Routes under `/signals`.

pub(crate) mod dto;

use axum::extract::State;
use exodus_store::{Db, StoreError, signals};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use self::dto::{Signal, SignalFilter};
use crate::accounts::selected;
use crate::bootstrap::App;
use crate::http::caller::Reader;
use crate::http::extract::{Json, Path, Query};
use crate::http::paging::{Page, PageQuery};
use crate::http::problem::{Answer, BadQuery, Missing, Problem, Refusals};
use crate::http::validate::query_value;
use crate::market::names::Names;

/// The routes.
pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(get))
}

/// Signals, newest first.
#[utoipa::path(
    get,
    path = "/signals",
    operation_id = "list_signals",
    tag = "signals",
    security(("bearer" = [])),
    params(SignalFilter, PageQuery),
    responses((status = OK, body = Page<Signal>), Refusals, BadQuery)
)]
async fn list(
    State(app): State<App>,
    Reader(caller): Reader,
    Query(filter): Query<SignalFilter>,
    Query(page): Query<PageQuery>,
) -> Answer<Json<Page<Signal>>> {
    let symbol = filter.symbol.as_deref().map(|text| query_value("symbol", text)).transpose()?;
    let account_id = Some(selected(&app, &caller).await?.id);
    let filter = signals::SignalFilter { account_id, strategy_id: filter.strategy_id, symbol };
    let rows = signals::list(&app.store, caller.user_id, &filter, page.checked()?).await?;
    let names = Names::read(&app.store, rows.items.iter().map(|row| row.signal.symbol)).await?;
    Ok(Json(page.answer(rows, |row| Signal::new(row, &names))))
}

/// One signal.
#[utoipa::path(
    get,
    path = "/signals/{id}",
    operation_id = "get_signal",
    tag = "signals",
    security(("bearer" = [])),
    responses((status = OK, body = Signal), Refusals, BadQuery, Missing)
)]
async fn get(State(app): State<App>, Reader(caller): Reader, Path(id): Path<i64>) -> Answer<Json<Signal>> {
    read(&app.store, caller.user_id, id).await?.map(Json).ok_or_else(Problem::not_found)
}

/// A signal of a user, as the API tells it.
pub(crate) async fn read(db: &dyn Db, user_id: i64, id: i64) -> Result<Option<Signal>, StoreError> {
    Ok(read_with_account(db, user_id, id).await?.map(|(_, signal)| signal))
}

/// A signal of a user, as the API tells it, with the account it was given for.
pub(crate) async fn read_with_account(
    db: &dyn Db,
    user_id: i64,
    id: i64,
) -> Result<Option<(Option<i64>, Signal)>, StoreError> {
    let Some(row) = signals::get(db, user_id, id).await? else { return Ok(None) };
    let names = Names::read(db, [row.signal.symbol]).await?;
    Ok(Some((row.account_id, Signal::new(row, &names))))
}
