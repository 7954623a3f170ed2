//! Starting and stopping strategies, putting them away, deleting them.

use axum::extract::State;
use axum::http::StatusCode;
use exodus_store::{StoreError, accounts, strategies};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::answer::answer;
use super::dto::{ActivateRequest, Strategy};
use super::request;
use crate::accounts::selected;
use crate::bootstrap::App;
use crate::http::caller::Trader;
use crate::http::extract::{Json, OptionalJson, Path};
use crate::http::problem::{Answer, BadBody, BadQuery, Conflict, Missing, Problem, Refusals};

/// The routes.
pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(remove))
        .routes(routes!(activate))
        .routes(routes!(deactivate))
        .routes(routes!(archive))
        .routes(routes!(unarchive))
}

/// Deletes an inactive strategy; its signals and orders stay.
#[utoipa::path(
    delete,
    path = "/strategies/{id}",
    operation_id = "delete_strategy",
    tag = "strategies",
    security(("bearer" = [])),
    responses((status = NO_CONTENT, description = "Deleted"), Refusals, BadQuery, Missing, Conflict)
)]
async fn remove(State(app): State<App>, Trader(caller): Trader, Path(id): Path<i64>) -> Answer<StatusCode> {
    strategies::delete(&app.store, caller.user_id, id, app.now()).await.map_err(refused)?;
    Ok(StatusCode::NO_CONTENT)
}

/// Lets a version of a strategy trade, in place of the one that trades now.
#[utoipa::path(
    post,
    path = "/strategies/{id}/activate",
    operation_id = "activate_strategy",
    tag = "strategies",
    security(("bearer" = [])),
    request_body = Option<ActivateRequest>,
    responses((status = OK, body = Strategy), Refusals, BadBody, Missing, Conflict)
)]
async fn activate(
    State(app): State<App>,
    Trader(caller): Trader,
    Path(id): Path<i64>,
    OptionalJson(request): OptionalJson<ActivateRequest>,
) -> Answer<Json<Strategy>> {
    let stored = strategies::get(&app.store, caller.user_id, id).await?.ok_or_else(Problem::not_found)?;
    let request = request.unwrap_or_default();
    let account = match request.account_id {
        Some(id) => accounts::get(&app.store, caller.user_id, id).await?.ok_or_else(unknown_account)?,
        None => selected(&app, &caller).await?,
    };
    let number = request.version.unwrap_or(stored.version);
    let none =
        || Problem::field("version", format!("is no version of this strategy; its newest is {}", stored.version));
    let version = strategies::version(&app.store, caller.user_id, id, number).await?.ok_or_else(none)?;
    request::require_runnable(&version.fields)?;
    request::require_traded_by(&app, &account, &version.fields.symbols).await?;
    let active = strategies::activate_on(&app.store, caller.user_id, id, number, account.id, app.now()).await;
    let active = active.map_err(refused)?;
    answer(&app, active).await.map(Json)
}

/// Stops a strategy; its open orders are cancelled, what it bought is held on.
#[utoipa::path(
    post,
    path = "/strategies/{id}/deactivate",
    operation_id = "deactivate_strategy",
    tag = "strategies",
    security(("bearer" = [])),
    responses((status = OK, body = Strategy), Refusals, BadQuery, Missing)
)]
async fn deactivate(State(app): State<App>, Trader(caller): Trader, Path(id): Path<i64>) -> Answer<Json<Strategy>> {
    let strategy = strategies::deactivate(&app.store, caller.user_id, id, app.now()).await?;
    answer(&app, strategy).await.map(Json)
}

/// Puts an inactive strategy away: it is listed only among those that were put away.
#[utoipa::path(
    post,
    path = "/strategies/{id}/archive",
    operation_id = "archive_strategy",
    tag = "strategies",
    security(("bearer" = [])),
    responses((status = OK, body = Strategy), Refusals, BadQuery, Missing, Conflict)
)]
async fn archive(State(app): State<App>, Trader(caller): Trader, Path(id): Path<i64>) -> Answer<Json<Strategy>> {
    let strategy = strategies::archive(&app.store, caller.user_id, id, app.now()).await.map_err(refused)?;
    answer(&app, strategy).await.map(Json)
}

/// Takes a strategy back that was put away.
#[utoipa::path(
    post,
    path = "/strategies/{id}/unarchive",
    operation_id = "unarchive_strategy",
    tag = "strategies",
    security(("bearer" = [])),
    responses((status = OK, body = Strategy), Refusals, BadQuery, Missing)
)]
async fn unarchive(State(app): State<App>, Trader(caller): Trader, Path(id): Path<i64>) -> Answer<Json<Strategy>> {
    let strategy = strategies::unarchive(&app.store, caller.user_id, id, app.now()).await?;
    answer(&app, strategy).await.map(Json)
}

fn unknown_account() -> Problem {
    Problem::field("account_id", "is not one of your accounts")
}

/// What trades is neither put away nor deleted, and what was put away does not trade.
fn refused(error: StoreError) -> Problem {
    match error {
        StoreError::Conflict("strategy_active") => {
            Problem::conflict("STRATEGY_ACTIVE", "The strategy is active; deactivate it first.")
        }
        StoreError::Conflict("strategy_active_elsewhere") => Problem::conflict(
            "STRATEGY_ACTIVE_ELSEWHERE",
            "The strategy trades on another account; deactivate it first.",
        ),
        StoreError::Conflict("strategy_archived") => {
            Problem::conflict("STRATEGY_ARCHIVED", "The strategy was put away; take it back first.")
        }
        error => error.into(),
    }
}
