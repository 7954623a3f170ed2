//! Kill switches of a user, of one account and of one strategy: pulled by a click, cleared with a password.

use axum::extract::State;
use exodus_domain::{KillScope, KillState};
use exodus_store::{accounts, strategies};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::dto::{KillSwitch, ResumeRequest};
use super::kill;
use crate::bootstrap::App;
use crate::http::caller::{Caller, Trader};
use crate::http::extract::{Json, Path};
use crate::http::problem::{Answer, BadBody, BadQuery, Conflict, Missing, Problem, Refusals};
use crate::http::words;

/// The routes.
pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(pull)).routes(routes!(clear))
}

/// How far a switch is pulled.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Pull {
    /// Only sells of what is held.
    ReduceOnly,
    /// No new order.
    Halted,
}

/// Pulls a switch.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PullRequest {
    /// How far.
    state: Pull,
    /// Why, for the log.
    #[serde(default)]
    #[schema(max_length = 200)]
    reason: Option<String>,
}

/// Pulls the switch of the caller, or of one of their accounts or strategies. The halted one also cancels open orders.
#[utoipa::path(
    post,
    path = "/account/kill-switches/{scope}/{id}",
    operation_id = "pull_kill_switch",
    tag = "account",
    security(("bearer" = [])),
    params(("scope" = words::KillScope, Path, description = "What it covers."), ("id" = i64, Path, description = "Id within the scope.")),
    responses((status = OK, body = KillSwitch), Refusals, BadBody, BadQuery, Missing, Conflict)
)]
async fn pull(
    State(app): State<App>,
    Trader(caller): Trader,
    Path((scope, id)): Path<(KillScope, i64)>,
    Json(request): Json<PullRequest>,
) -> Answer<Json<KillSwitch>> {
    check_owner(&app, &caller, scope, id).await?;
    let state = match request.state {
        Pull::ReduceOnly => KillState::ReduceOnly,
        Pull::Halted => KillState::Halted,
    };
    let set = kill::pull(&app, &caller, scope, id, state, request.reason).await?;
    if set.state > state {
        return Err(Problem::conflict(
            "ALREADY_HALTED",
            "The switch is pulled further already: clear it with your password first.",
        ));
    }
    Ok(Json(set))
}

/// Clears the switch of the caller, or of one of their accounts or strategies.
#[utoipa::path(
    post,
    path = "/account/kill-switches/{scope}/{id}/clear",
    operation_id = "clear_kill_switch",
    tag = "account",
    security(("bearer" = [])),
    params(("scope" = words::KillScope, Path, description = "What it covers."), ("id" = i64, Path, description = "Id within the scope.")),
    responses((status = OK, body = KillSwitch), Refusals, BadBody, BadQuery, Missing)
)]
async fn clear(
    State(app): State<App>,
    Trader(caller): Trader,
    Path((scope, id)): Path<(KillScope, i64)>,
    Json(request): Json<ResumeRequest>,
) -> Answer<Json<KillSwitch>> {
    check_owner(&app, &caller, scope, id).await?;
    kill::resume(&app, &caller, scope, id, request).await.map(Json)
}

/// What is not the caller's does not exist for them; the global switch is an admin's.
async fn check_owner(app: &App, caller: &Caller, scope: KillScope, id: i64) -> Answer<()> {
    let is_own = match scope {
        KillScope::Global => false,
        KillScope::User => id == caller.user_id,
        KillScope::Account => accounts::get(&app.store, caller.user_id, id).await?.is_some(),
        KillScope::Strategy => strategies::get(&app.store, caller.user_id, id).await?.is_some(),
    };
    if is_own { Ok(()) } else { Err(Problem::not_found()) }
}
