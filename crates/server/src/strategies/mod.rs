//! Routes under `/strategies`.

mod answer;
pub(crate) mod blocks;
mod changes;
pub(crate) mod dto;
mod export;
pub(crate) mod findings;
mod life;
pub(crate) mod preview;
pub(crate) mod request;
mod versions;

use axum::extract::{DefaultBodyLimit, State};
use axum::http::StatusCode;
use exodus_store::StoreError;
use exodus_store::strategies::{self, StrategySort};
use exodus_trading::rules::MOST_BYTES;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use self::answer::{Shown, answer};
use self::dto::{CloneRequest, Strategy, StrategyFilter, StrategyRequest, StrategyType};
use crate::bootstrap::App;
use crate::http::MAX_BODY;
use crate::http::caller::{Reader, Trader};
use crate::http::extract::{Json, Path, Query};
use crate::http::paging::{Page, PageQuery};
use crate::http::problem::{Answer, BadBody, BadQuery, Conflict, Missing, Problem, Refusals};
use crate::http::validate::refuse_query;

/// Largest body with a document in it: a line end of the document takes two bytes in JSON, and the rest of the request
/// has the size that every other one has.
pub(crate) const MAX_DOCUMENT_BODY: usize = 2 * MOST_BYTES + MAX_BODY;

/// Longest text to search for, in characters.
const MAX_SEARCH: usize = 100;

/// The routes.
pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(types))
        .routes(routes!(list, create))
        .routes(routes!(get, update))
        .routes(routes!(clone))
        .merge(life::routes())
        .merge(versions::routes())
        .merge(export::routes())
        .merge(blocks::routes())
        .merge(preview::routes())
        .layer(DefaultBodyLimit::max(MAX_DOCUMENT_BODY))
}

/// The kinds of strategy, with a JSON Schema of their parameters.
#[utoipa::path(
    get,
    path = "/strategies/types",
    operation_id = "list_strategy_types",
    tag = "strategies",
    security(("bearer" = [])),
    responses((status = OK, body = Vec<StrategyType>), Refusals)
)]
async fn types(_: Reader) -> Answer<Json<Vec<StrategyType>>> {
    Ok(Json(exodus_trading::catalog().iter().map(StrategyType::from).collect()))
}

/// The strategies of the caller.
#[utoipa::path(
    get,
    path = "/strategies",
    operation_id = "list_strategies",
    tag = "strategies",
    security(("bearer" = [])),
    params(StrategyFilter, PageQuery),
    responses((status = OK, body = Page<Strategy>), Refusals, BadQuery)
)]
async fn list(
    State(app): State<App>,
    Reader(caller): Reader,
    Query(filter): Query<StrategyFilter>,
    Query(page): Query<PageQuery>,
) -> Answer<Json<Page<Strategy>>> {
    let StrategyFilter { search, strategy_type, archived: is_archived, is_active, sort } = filter;
    let search = search.as_deref().map(str::trim).filter(|text| !text.is_empty());
    if search.is_some_and(|text| text.chars().count() > MAX_SEARCH || text.chars().any(char::is_control)) {
        return Err(refuse_query(
            "search",
            format!("must have at most {MAX_SEARCH} characters, and no control characters"),
        ));
    }
    let filter =
        strategies::StrategyFilter { search: search.map(str::to_owned), strategy_type, is_active, is_archived };
    let sort = sort.unwrap_or(StrategySort::Newest);
    let rows = strategies::list(&app.store, caller.user_id, &filter, sort, page.checked()?).await?;
    let ids: Vec<i64> = rows.items.iter().map(|strategy| strategy.id).collect();
    let shown = Shown::read(&app, caller.user_id, &ids).await?;
    Ok(Json(page.answer(rows, |strategy| shown.answer(strategy))))
}

/// Makes a strategy, inactive.
#[utoipa::path(
    post,
    path = "/strategies",
    operation_id = "create_strategy",
    tag = "strategies",
    security(("bearer" = [])),
    responses((status = CREATED, body = Strategy), Refusals, BadBody)
)]
async fn create(
    State(app): State<App>,
    Trader(caller): Trader,
    Json(request): Json<StrategyRequest>,
) -> Answer<(StatusCode, Json<Strategy>)> {
    if request.based_on.is_some() {
        return Err(Problem::field("based_on", "leave it out of a new strategy"));
    }
    let fields = request::check(&app, request).await?;
    let strategy = strategies::create(&app.store, caller.user_id, &fields, app.now()).await?;
    Ok((StatusCode::CREATED, Json(answer(&app, strategy).await?)))
}

/// One strategy.
#[utoipa::path(
    get,
    path = "/strategies/{id}",
    operation_id = "get_strategy",
    tag = "strategies",
    security(("bearer" = [])),
    responses((status = OK, body = Strategy), Refusals, BadQuery, Missing)
)]
async fn get(State(app): State<App>, Reader(caller): Reader, Path(id): Path<i64>) -> Answer<Json<Strategy>> {
    let strategy = strategies::get(&app.store, caller.user_id, id).await?.ok_or_else(Problem::not_found)?;
    answer(&app, strategy).await.map(Json)
}

/// Saves a strategy as a new version. The version that trades goes on trading; without a change there is no new version.
#[utoipa::path(
    put,
    path = "/strategies/{id}",
    operation_id = "update_strategy",
    tag = "strategies",
    security(("bearer" = [])),
    responses((status = OK, body = Strategy), Refusals, BadBody, Missing, Conflict)
)]
async fn update(
    State(app): State<App>,
    Trader(caller): Trader,
    Path(id): Path<i64>,
    Json(request): Json<StrategyRequest>,
) -> Answer<Json<Strategy>> {
    let stored = strategies::get(&app.store, caller.user_id, id).await?.ok_or_else(Problem::not_found)?;
    let based_on = request.based_on;
    let fields = request::check(&app, request).await?;
    if request::completed(stored.fields.clone()) == fields {
        return answer(&app, stored).await.map(Json);
    }
    let saved = strategies::save(&app.store, caller.user_id, id, &fields, based_on, app.now()).await;
    let saved = saved.map_err(|error| match error {
        StoreError::Conflict(_) => Problem::conflict(
            "STRATEGY_CHANGED",
            "The strategy was saved elsewhere in the meantime: read its newest version, or save without based_on.",
        ),
        error => error.into(),
    })?;
    answer(&app, saved).await.map(Json)
}

/// Makes a strategy that does what the newest version of another one does, inactive.
#[utoipa::path(
    post,
    path = "/strategies/{id}/clone",
    operation_id = "clone_strategy",
    tag = "strategies",
    security(("bearer" = [])),
    responses((status = CREATED, body = Strategy), Refusals, BadBody, Missing)
)]
async fn clone(
    State(app): State<App>,
    Trader(caller): Trader,
    Path(id): Path<i64>,
    Json(request): Json<CloneRequest>,
) -> Answer<(StatusCode, Json<Strategy>)> {
    let mut fields = strategies::get(&app.store, caller.user_id, id).await?.ok_or_else(Problem::not_found)?.fields;
    fields.name = request::check_name(&request.name)?;
    let made = strategies::create(&app.store, caller.user_id, &fields, app.now()).await?;
    Ok((StatusCode::CREATED, Json(answer(&app, made).await?)))
}
