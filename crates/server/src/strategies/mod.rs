//! Routes under `/strategies`.

pub(crate) mod blocks;
pub(crate) mod dto;
pub(crate) mod findings;
pub(crate) mod preview;
pub(crate) mod request;

use std::collections::HashMap;

use axum::extract::{DefaultBodyLimit, State};
use axum::http::StatusCode;
use exodus_store::{StoreError, backtests, strategies};
use exodus_trading::rules::{Document, MOST_BYTES};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use self::dto::{
    DocumentFindings, DocumentRequest, LastBacktest, Strategy, StrategyFilter, StrategyRequest, StrategyType,
};
use self::findings::DocumentFinding;
use crate::bootstrap::App;
use crate::http::caller::{Reader, Trader};
use crate::http::extract::{Json, Path, Query};
use crate::http::paging::{Page, PageQuery};
use crate::http::problem::{Answer, BadBody, BadQuery, Conflict, Missing, Problem, Refusals};
use crate::http::{MAX_BODY, kst};

/// Largest body with a document in it: a line end of the document takes two bytes in JSON, and the rest of the request
/// has the size that every other one has.
pub(crate) const MAX_DOCUMENT_BODY: usize = 2 * MOST_BYTES + MAX_BODY;

/// The routes.
pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(types))
        .routes(routes!(check_document))
        .routes(routes!(list, create))
        .routes(routes!(get, update, remove))
        .routes(routes!(activate))
        .routes(routes!(deactivate))
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

/// What there is to know about a document, before a strategy is made of it.
#[utoipa::path(
    post,
    path = "/strategies/documents/check",
    operation_id = "check_document",
    tag = "strategies",
    security(("bearer" = [])),
    responses((status = OK, body = DocumentFindings), Refusals, BadBody)
)]
async fn check_document(_: Trader, Json(request): Json<DocumentRequest>) -> Json<DocumentFindings> {
    let document = Document::parse(&request.document);
    let mut findings = document.index_findings();
    let runs = findings.is_empty() && document.plan().is_ok();
    findings.extend_from_slice(document.findings());
    Json(DocumentFindings { runs, findings: findings.into_iter().map(DocumentFinding::from).collect() })
}

/// The strategies of the caller, newest first.
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
    let rows = strategies::list(&app.store, caller.user_id, filter.is_active, page.checked()?).await?;
    let ids: Vec<i64> = rows.items.iter().map(|strategy| strategy.id).collect();
    let newest = Newest::read(&app, caller.user_id, &ids).await?;
    Ok(Json(page.answer(rows, |strategy| newest.answer(strategy))))
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

/// Replaces an inactive strategy.
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
    strategies::get(&app.store, caller.user_id, id).await?.ok_or_else(Problem::not_found)?;
    let fields = request::check(&app, request).await?;
    let updated = strategies::update(&app.store, caller.user_id, id, &fields, app.now()).await;
    answer(&app, updated.map_err(active)?).await.map(Json)
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
    strategies::delete(&app.store, caller.user_id, id, app.now()).await.map_err(active)?;
    Ok(StatusCode::NO_CONTENT)
}

/// Lets a strategy trade.
#[utoipa::path(
    post,
    path = "/strategies/{id}/activate",
    operation_id = "activate_strategy",
    tag = "strategies",
    security(("bearer" = [])),
    responses((status = OK, body = Strategy), Refusals, BadQuery, Missing, Conflict)
)]
async fn activate(State(app): State<App>, Trader(caller): Trader, Path(id): Path<i64>) -> Answer<Json<Strategy>> {
    let strategy = strategies::get(&app.store, caller.user_id, id).await?.ok_or_else(Problem::not_found)?;
    request::require_live_prices(&app, &strategy.fields.symbols).await?;
    let strategy = strategies::set_active(&app.store, caller.user_id, id, true, app.now()).await?;
    answer(&app, strategy).await.map(Json)
}

/// Stops a strategy; its open orders stay.
#[utoipa::path(
    post,
    path = "/strategies/{id}/deactivate",
    operation_id = "deactivate_strategy",
    tag = "strategies",
    security(("bearer" = [])),
    responses((status = OK, body = Strategy), Refusals, BadQuery, Missing)
)]
async fn deactivate(State(app): State<App>, Trader(caller): Trader, Path(id): Path<i64>) -> Answer<Json<Strategy>> {
    let strategy = strategies::set_active(&app.store, caller.user_id, id, false, app.now()).await?;
    answer(&app, strategy).await.map(Json)
}

/// A strategy that trades is neither changed nor deleted.
fn active(error: StoreError) -> Problem {
    match error {
        StoreError::Conflict(_) => Problem::conflict("STRATEGY_ACTIVE", "The strategy is active; deactivate it first."),
        error => error.into(),
    }
}

async fn answer(app: &App, strategy: strategies::Strategy) -> Answer<Strategy> {
    let newest = Newest::read(app, strategy.user_id, &[strategy.id]).await?;
    Ok(newest.answer(strategy))
}

/// The newest finished backtests of some strategies.
struct Newest(HashMap<i64, LastBacktest>);

impl Newest {
    async fn read(app: &App, user_id: i64, strategy_ids: &[i64]) -> Answer<Self> {
        let done = backtests::latest_done(&app.store, user_id, strategy_ids).await?;
        Ok(Self(
            done.into_iter()
                .filter_map(|backtest| Some((backtest.request.strategy_id?, LastBacktest::of(&backtest)?)))
                .collect(),
        ))
    }

    fn answer(&self, strategy: strategies::Strategy) -> Strategy {
        let strategies::Strategy { id, fields, is_active, created_at, updated_at, .. } = strategy;
        Strategy {
            id,
            name: fields.name,
            description: fields.description,
            strategy_type: fields.strategy_type,
            parameters: fields.parameters,
            symbols: fields.symbols.iter().map(ToString::to_string).collect(),
            is_active,
            created_at: kst(created_at),
            updated_at: kst(updated_at),
            last_backtest: self.0.get(&id).cloned(),
        }
    }
}
