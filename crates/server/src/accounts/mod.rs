//! Routes under `/accounts`: the accounts of the caller, at the demo exchange and at KIS, and which of them is selected.

mod breaker;
pub(crate) mod dto;
pub(crate) mod problem;
mod save;

use axum::extract::State;
use axum::http::StatusCode;
use exodus_store::accounts::{self, Account};
use exodus_store::{Db, StoreError, holdings};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use self::breaker::{Breaker, BreakerRelease};
use self::dto::{AccountChange, AccountCheck, AccountItem, AccountRelease, NewAccount};
use crate::auth::confirm_password;
use crate::bootstrap::App;
use crate::http::caller::{Caller, Reader, Trader};
use crate::http::extract::{Json, Path};
use crate::http::problem::{Answer, BadBody, BadQuery, Conflict, Missing, Problem, Refusals};
use crate::http::validate::Checks;

/// The longest reason that is kept.
const MAX_REASON: usize = 200;

/// The routes.
pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list, add))
        .routes(routes!(try_out))
        .routes(routes!(change, remove))
        .routes(routes!(check))
        .routes(routes!(select))
        .routes(routes!(release))
        .routes(routes!(breaker))
        .routes(routes!(release_breaker))
}

/// The accounts of the caller, the demo account first.
#[utoipa::path(
    get,
    path = "/accounts",
    operation_id = "list_accounts",
    tag = "accounts",
    security(("bearer" = [])),
    responses((status = OK, body = Vec<AccountItem>), Refusals)
)]
async fn list(State(app): State<App>, Reader(caller): Reader) -> Answer<Json<Vec<AccountItem>>> {
    let selected = accounts::of_user(&app.store, caller.user_id).await?.map(|account| account.id);
    let mut items = Vec::new();
    for account in accounts::list_of_user(&app.store, caller.user_id).await? {
        let is_selected = selected == Some(account.id);
        items.push(item(&app.store, account, is_selected).await?);
    }
    Ok(Json(items))
}

/// Adds an account at KIS, after asking the broker. What the broker refuses is not saved; while it does not answer, the
/// account is saved and tried again by itself.
#[utoipa::path(
    post,
    path = "/accounts",
    operation_id = "add_account",
    tag = "accounts",
    security(("bearer" = [])),
    responses((status = CREATED, body = AccountItem), Refusals, BadBody, Conflict)
)]
async fn add(
    State(app): State<App>,
    Trader(caller): Trader,
    Json(request): Json<NewAccount>,
) -> Answer<(StatusCode, Json<AccountItem>)> {
    let account = save::add(&app, &caller, request).await?;
    Ok((StatusCode::CREATED, Json(own_item(&app.store, account).await?)))
}

/// Asks the broker about an account that is not saved.
#[utoipa::path(
    post,
    path = "/accounts/check",
    operation_id = "check_new_account",
    tag = "accounts",
    security(("bearer" = [])),
    responses((status = OK, body = AccountCheck), Refusals, BadBody)
)]
async fn try_out(
    State(app): State<App>,
    Trader(caller): Trader,
    Json(request): Json<NewAccount>,
) -> Answer<Json<AccountCheck>> {
    save::try_out(&app, &caller, request).await.map(Json)
}

/// Changes the name or the keys of an account. Number and environment never change.
#[utoipa::path(
    put,
    path = "/accounts/{id}",
    operation_id = "change_account",
    tag = "accounts",
    security(("bearer" = [])),
    responses((status = OK, body = AccountItem), Refusals, BadBody, Missing)
)]
async fn change(
    State(app): State<App>,
    Trader(caller): Trader,
    Path(id): Path<i64>,
    Json(request): Json<AccountChange>,
) -> Answer<Json<AccountItem>> {
    let account = save::change(&app, &caller, id, request).await?;
    own_item(&app.store, account).await.map(Json)
}

/// Asks the broker about an account; its status follows.
#[utoipa::path(
    post,
    path = "/accounts/{id}/check",
    operation_id = "check_account",
    tag = "accounts",
    security(("bearer" = [])),
    responses((status = OK, body = AccountCheck), Refusals, BadQuery, Missing, Conflict)
)]
async fn check(State(app): State<App>, Trader(caller): Trader, Path(id): Path<i64>) -> Answer<Json<AccountCheck>> {
    save::check(&app, &caller, id).await.map(Json)
}

/// Selects an account: all other routes answer for it from now on.
#[utoipa::path(
    post,
    path = "/accounts/{id}/select",
    operation_id = "select_account",
    tag = "accounts",
    security(("bearer" = [])),
    responses((status = OK, body = AccountItem), Refusals, BadQuery, Missing)
)]
async fn select(State(app): State<App>, Trader(caller): Trader, Path(id): Path<i64>) -> Answer<Json<AccountItem>> {
    let account = accounts::select(&app.store, caller.user_id, id, app.now()).await?;
    own_item(&app.store, account).await.map(Json)
}

/// Releases an account from review: its books are taken over from the broker again, and it may send orders.
#[utoipa::path(
    post,
    path = "/accounts/{id}/release",
    operation_id = "release_account",
    tag = "accounts",
    security(("bearer" = [])),
    responses((status = OK, body = AccountItem), Refusals, BadBody, Missing)
)]
async fn release(
    State(app): State<App>,
    Trader(caller): Trader,
    Path(id): Path<i64>,
    Json(request): Json<AccountRelease>,
) -> Answer<Json<AccountItem>> {
    accounts::get(&app.store, caller.user_id, id).await?.ok_or_else(Problem::not_found)?;
    let mut checks = Checks::default();
    let reason = checks.text("reason", &request.reason, 1, MAX_REASON);
    checks.finish()?;
    confirm_password(&app, &caller, "password", &request.password).await?;
    let account = accounts::release(&app.store, caller.user_id, id, &reason, app.now()).await?;
    tracing::warn!(account_id = id, by = caller.user_id, reason, "an account was released from review");
    own_item(&app.store, account).await.map(Json)
}

/// Whether new orders of an account may go to its broker.
#[utoipa::path(
    get,
    path = "/accounts/{id}/breaker",
    operation_id = "get_breaker",
    tag = "accounts",
    security(("bearer" = [])),
    responses((status = OK, body = Breaker), Refusals, BadQuery, Missing)
)]
async fn breaker(State(app): State<App>, Reader(caller): Reader, Path(id): Path<i64>) -> Answer<Json<Breaker>> {
    breaker::read(&app, &caller, id).await.map(Json)
}

/// Lets a circuit that a broken invariant opened be tried again; it closes once the broker has proven itself.
#[utoipa::path(
    post,
    path = "/accounts/{id}/breaker/release",
    operation_id = "release_breaker",
    tag = "accounts",
    security(("bearer" = [])),
    responses((status = OK, body = Breaker), Refusals, BadBody, Missing, Conflict)
)]
async fn release_breaker(
    State(app): State<App>,
    Trader(caller): Trader,
    Path(id): Path<i64>,
    Json(request): Json<BreakerRelease>,
) -> Answer<Json<Breaker>> {
    breaker::release(&app, &caller, id, request).await.map(Json)
}

/// Removes an account at KIS with its keys; its orders and trades stay. The demo account cannot be removed.
#[utoipa::path(
    delete,
    path = "/accounts/{id}",
    operation_id = "remove_account",
    tag = "accounts",
    security(("bearer" = [])),
    responses((status = NO_CONTENT, description = "Removed"), Refusals, BadQuery, Missing, Conflict)
)]
async fn remove(State(app): State<App>, Trader(caller): Trader, Path(id): Path<i64>) -> Answer<StatusCode> {
    accounts::remove(&app.store, caller.user_id, id, app.now()).await.map_err(|error| match error {
        StoreError::Conflict("demo_account") => {
            Problem::conflict("DEMO_ACCOUNT", "The demo account cannot be removed; select another one instead.")
        }
        StoreError::Conflict("open_orders") => {
            Problem::conflict("ACCOUNT_HAS_OPEN_ORDERS", "The account has open orders; cancel them first.")
        }
        StoreError::Conflict("active_strategies") => Problem::conflict(
            "ACCOUNT_HAS_ACTIVE_STRATEGIES",
            "Strategies trade on the account; deactivate them first.",
        ),
        error => error.into(),
    })?;
    Ok(StatusCode::NO_CONTENT)
}

/// The account that the caller has selected; refused if the page shows another one.
pub(crate) async fn selected(app: &App, caller: &Caller) -> Answer<Account> {
    let account = accounts::of_user(&app.store, caller.user_id).await?.ok_or_else(Problem::not_found)?;
    match caller.shown_account {
        Some(shown) if shown != account.id => Err(Problem::conflict(
            "ACCOUNT_SWITCHED",
            "Another account was selected in the meantime: read again, nothing was done.",
        )),
        _ => Ok(account),
    }
}

/// An account of a user, as the API tells it; `None` if it was removed.
pub(crate) async fn read(db: &dyn Db, user_id: i64, id: i64) -> Answer<Option<AccountItem>> {
    match accounts::get(db, user_id, id).await? {
        Some(account) => own_item(db, account).await.map(Some),
        None => Ok(None),
    }
}

async fn own_item(db: &dyn Db, account: Account) -> Answer<AccountItem> {
    let selected = accounts::of_user(db, account.user_id).await?;
    let is_selected = selected.is_some_and(|selected| selected.id == account.id);
    item(db, account, is_selected).await
}

async fn item(db: &dyn Db, account: Account, is_selected: bool) -> Answer<AccountItem> {
    let held = holdings::of_account(db, account.id).await?;
    let value = |record: &holdings::HoldingRecord| match record.current_price {
        Some(price) => record.holding.market_value(price),
        None => record.holding.cost,
    };
    Ok(AccountItem::new(account, held.iter().map(value).sum(), is_selected))
}
