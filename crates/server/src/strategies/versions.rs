//! Routes of the versions of a strategy.

use axum::extract::State;
use chrono::{DateTime, FixedOffset};
use exodus_store::strategies;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::answer::answer;
use super::changes::{self, Changes};
use super::dto::Strategy;
use super::request;
use crate::bootstrap::App;
use crate::http::caller::{Reader, Trader};
use crate::http::extract::{Json, Path, Query};
use crate::http::kst;
use crate::http::paging::{Page, PageQuery};
use crate::http::problem::{Answer, BadQuery, Missing, Problem, Refusals};
use crate::http::validate::refuse_query;

/// The routes.
pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(get)).routes(routes!(changes)).routes(routes!(restore))
}

/// What a strategy was after a save.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct StrategyVersion {
    /// Number, from 1 without gaps.
    number: i32,
    /// Name.
    name: String,
    /// Description.
    description: String,
    /// Kind.
    strategy_type: String,
    /// Parameters as they were stored.
    #[schema(value_type = HashMap<String, Value>)]
    parameters: Value,
    /// Issues it watches.
    symbols: Vec<String>,
    /// When it was saved.
    created_at: DateTime<FixedOffset>,
    /// The older version that was taken back with it.
    #[schema(required)]
    restored_from: Option<i32>,
    /// True if it is the version that trades.
    is_active: bool,
    /// How many fields are different from the version before; 0 for the first one.
    changes: usize,
}

/// Which version to compare with.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ChangesQuery {
    /// Changes since this version; since the one before if left out.
    #[param(minimum = 1)]
    since: Option<i32>,
}

/// The versions of a strategy, newest first.
#[utoipa::path(
    get,
    path = "/strategies/{id}/versions",
    operation_id = "list_strategy_versions",
    tag = "strategies",
    security(("bearer" = [])),
    params(PageQuery),
    responses((status = OK, body = Page<StrategyVersion>), Refusals, BadQuery, Missing)
)]
async fn list(
    State(app): State<App>,
    Reader(caller): Reader,
    Path(id): Path<i64>,
    Query(page): Query<PageQuery>,
) -> Answer<Json<Page<StrategyVersion>>> {
    let stored = strategies::get(&app.store, caller.user_id, id).await?.ok_or_else(Problem::not_found)?;
    let rows = strategies::versions(&app.store, caller.user_id, id, page.checked()?).await?;
    let mut before: Vec<_> = rows.items.iter().skip(1).cloned().map(Some).collect();
    if let Some(oldest) = rows.items.last() {
        before.push(strategies::version(&app.store, caller.user_id, id, oldest.number - 1).await?);
    }
    let mut before = before.into_iter();
    let show = |version| StrategyVersion::new(version, before.next().flatten(), stored.active_version);
    Ok(Json(page.answer(rows, show)))
}

/// One version of a strategy.
#[utoipa::path(
    get,
    path = "/strategies/{id}/versions/{number}",
    operation_id = "get_strategy_version",
    tag = "strategies",
    security(("bearer" = [])),
    responses((status = OK, body = StrategyVersion), Refusals, BadQuery, Missing)
)]
async fn get(
    State(app): State<App>,
    Reader(caller): Reader,
    Path((id, number)): Path<(i64, i32)>,
) -> Answer<Json<StrategyVersion>> {
    let stored = strategies::get(&app.store, caller.user_id, id).await?.ok_or_else(Problem::not_found)?;
    let version = read(&app, caller.user_id, id, number).await?.ok_or_else(Problem::not_found)?;
    let before = read(&app, caller.user_id, id, number - 1).await?;
    Ok(Json(StrategyVersion::new(version, before, stored.active_version)))
}

/// In what a version differs from another one.
#[utoipa::path(
    get,
    path = "/strategies/{id}/versions/{number}/changes",
    operation_id = "get_strategy_changes",
    tag = "strategies",
    security(("bearer" = [])),
    params(ChangesQuery),
    responses((status = OK, body = Changes), Refusals, BadQuery, Missing)
)]
async fn changes(
    State(app): State<App>,
    Reader(caller): Reader,
    Path((id, number)): Path<(i64, i32)>,
    Query(query): Query<ChangesQuery>,
) -> Answer<Json<Changes>> {
    let after = read(&app, caller.user_id, id, number).await?.ok_or_else(Problem::not_found)?;
    let before = read(&app, caller.user_id, id, query.since.unwrap_or(number - 1)).await?;
    if before.is_none() && query.since.is_some() {
        return Err(refuse_query("since", "is no version of this strategy"));
    }
    let before = before.map(|version| (version.number, version.fields));
    Ok(Json(Changes::between(before, (number, after.fields))))
}

/// Makes a new version that is equal to an older one. The version that trades goes on trading.
#[utoipa::path(
    post,
    path = "/strategies/{id}/versions/{number}/restore",
    operation_id = "restore_strategy_version",
    tag = "strategies",
    security(("bearer" = [])),
    responses((status = OK, body = Strategy), Refusals, BadQuery, Missing)
)]
async fn restore(
    State(app): State<App>,
    Trader(caller): Trader,
    Path((id, number)): Path<(i64, i32)>,
) -> Answer<Json<Strategy>> {
    let version = read(&app, caller.user_id, id, number).await?.ok_or_else(Problem::not_found)?;
    request::require_runnable(&version.fields)?;
    let restored = strategies::restore(&app.store, caller.user_id, id, number, app.now()).await?;
    answer(&app, restored).await.map(Json)
}

async fn read(app: &App, user_id: i64, id: i64, number: i32) -> Answer<Option<strategies::StrategyVersion>> {
    Ok(strategies::version(&app.store, user_id, id, number).await?)
}

impl StrategyVersion {
    fn new(
        version: strategies::StrategyVersion,
        before: Option<strategies::StrategyVersion>,
        active_version: Option<i32>,
    ) -> Self {
        let changes = before.map_or(0, |before| changes::count(before.fields, version.fields.clone()));
        let fields = version.fields;
        Self {
            number: version.number,
            name: fields.name,
            description: fields.description,
            strategy_type: fields.strategy_type,
            parameters: fields.parameters,
            symbols: fields.symbols.iter().map(ToString::to_string).collect(),
            created_at: kst(version.created_at),
            restored_from: version.restored_from,
            is_active: active_version == Some(version.number),
            changes,
        }
    }
}
