//! Routes under `/risk`: the limits of the selected account, what is used of them, issues that are not to be traded, and
//! strategies that were stopped (safety §3).

mod dto;
mod today;

use axum::extract::State;
use axum::http::StatusCode;
use exodus_domain::{LimitName, Symbol};
use exodus_store::accounts::Account;
use exodus_store::limits::{self, LimitStanding};
use exodus_store::restricted::{self, ListOwner};
use exodus_store::strategy_stops;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use self::dto::{Change, Limit, LimitRequest, RestrictRequest, RestrictedIssue, Risk};
use crate::account::dto::ResumeRequest;
use crate::accounts::selected;
use crate::auth::confirm_password;
use crate::bootstrap::App;
use crate::http::caller::{Admin, Caller, Reader, Trader};
use crate::http::extract::{Json, Path, Query};
use crate::http::paging::{Page, PageQuery};
use crate::http::problem::{Answer, BadBody, BadQuery, Missing, Problem, Refusals};
use crate::http::validate::{Checks, path_symbol};
use crate::market::names::Names;

const MAX_REASON: usize = 200;

/// The routes.
pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(get))
        .routes(routes!(set))
        .routes(routes!(withdraw))
        .routes(routes!(history))
        .routes(routes!(restrict))
        .routes(routes!(release))
        .routes(routes!(restrict_all))
        .routes(routes!(release_all))
        .routes(routes!(enable))
}

/// What limits the selected account, with today's use.
#[utoipa::path(
    get,
    path = "/risk",
    operation_id = "get_risk",
    tag = "risk",
    security(("bearer" = [])),
    responses((status = OK, body = Risk), Refusals, Missing)
)]
async fn get(State(app): State<App>, Reader(caller): Reader) -> Answer<Json<Risk>> {
    today::read(&app, selected(&app, &caller).await?).await.map(Json)
}

/// Changes a limit of the selected account. Lowering holds for the next decision; raising needs the password, and holds ten
/// minutes later.
#[utoipa::path(
    put,
    path = "/risk/limits/{name}",
    operation_id = "set_limit",
    tag = "risk",
    security(("bearer" = [])),
    params(("name" = crate::http::words::LimitName, Path, description = "Which limit.")),
    responses((status = OK, body = Limit), Refusals, BadBody, Missing)
)]
async fn set(
    State(app): State<App>,
    Trader(caller): Trader,
    Path(name): Path<String>,
    Json(request): Json<LimitRequest>,
) -> Answer<Json<Limit>> {
    let name = limit_name(&name)?;
    let account = selected(&app, &caller).await?;
    let known = standing(&app, &account, name).await?;
    check(&known, &request)?;
    let is_raise = name.is_raise(known.value, request.value);
    if is_raise {
        let Some(password) = &request.password else {
            return Err(Problem::field("password", "is needed to raise a limit"));
        };
        confirm_password(&app, &caller, "password", password).await?;
    }
    let owner = (caller.user_id, account.id);
    let set = limits::set(&app.store, owner, name, request.value, is_raise, app.now()).await?;
    tracing::warn!(account_id = account.id, %name, value = request.value, is_raise, by = caller.user_id, "a limit changes");
    today::limit(&app, set, None).await.map(Json)
}

/// Takes back a raise that waits.
#[utoipa::path(
    delete,
    path = "/risk/limits/{name}/pending",
    operation_id = "withdraw_limit",
    tag = "risk",
    security(("bearer" = [])),
    params(("name" = crate::http::words::LimitName, Path, description = "Which limit.")),
    responses((status = NO_CONTENT), Refusals, BadQuery, Missing)
)]
async fn withdraw(State(app): State<App>, Trader(caller): Trader, Path(name): Path<String>) -> Answer<StatusCode> {
    let name = limit_name(&name)?;
    let account = selected(&app, &caller).await?;
    limits::withdraw(&app.store, (caller.user_id, account.id), name, app.now()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Who changed a limit of the selected account, newest first.
#[utoipa::path(
    get,
    path = "/risk/limits/{name}/history",
    operation_id = "list_limit_changes",
    tag = "risk",
    security(("bearer" = [])),
    params(("name" = crate::http::words::LimitName, Path, description = "Which limit."), PageQuery),
    responses((status = OK, body = Page<Change>), Refusals, BadQuery, Missing)
)]
async fn history(
    State(app): State<App>,
    Reader(caller): Reader,
    Path(name): Path<String>,
    Query(page): Query<PageQuery>,
) -> Answer<Json<Page<Change>>> {
    let name = limit_name(&name)?;
    let account = selected(&app, &caller).await?;
    let rows = limits::history(&app.store, account.id, name, page.checked()?).await?;
    // Only the owner changes the limits of an account.
    let owner = today::name_of(&app, account.user_id).await?;
    Ok(Json(page.answer(rows, |change| Change::new(change, owner.clone()))))
}

/// Keeps an issue from being traded on every account of the caller.
#[utoipa::path(
    post,
    path = "/risk/restricted",
    operation_id = "restrict_issue",
    tag = "risk",
    security(("bearer" = [])),
    responses((status = OK, body = RestrictedIssue), Refusals, BadBody)
)]
async fn restrict(
    State(app): State<App>,
    Trader(caller): Trader,
    Json(request): Json<RestrictRequest>,
) -> Answer<Json<RestrictedIssue>> {
    put_on_list(&app, ListOwner::User(caller.user_id), &caller, &request).await.map(Json)
}

/// Takes an issue off the caller's list.
#[utoipa::path(
    delete,
    path = "/risk/restricted/{symbol}",
    operation_id = "release_issue",
    tag = "risk",
    security(("bearer" = [])),
    params(("symbol" = String, Path, description = "Issue.")),
    responses((status = NO_CONTENT), Refusals, BadQuery, Missing)
)]
async fn release(State(app): State<App>, Trader(caller): Trader, Path(symbol): Path<String>) -> Answer<StatusCode> {
    let owner = ListOwner::User(caller.user_id);
    restricted::remove(&app.store, owner, path_symbol(&symbol)?, Some(caller.user_id), app.now()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Keeps an issue from being traded by anybody.
#[utoipa::path(
    post,
    path = "/admin/restricted",
    operation_id = "restrict_issue_for_all",
    tag = "admin",
    security(("bearer" = [])),
    responses((status = OK, body = RestrictedIssue), Refusals, BadBody)
)]
async fn restrict_all(
    State(app): State<App>,
    Admin(caller): Admin,
    Json(request): Json<RestrictRequest>,
) -> Answer<Json<RestrictedIssue>> {
    put_on_list(&app, ListOwner::Operator, &caller, &request).await.map(Json)
}

/// Takes an issue off the operator's list.
#[utoipa::path(
    delete,
    path = "/admin/restricted/{symbol}",
    operation_id = "release_issue_for_all",
    tag = "admin",
    security(("bearer" = [])),
    params(("symbol" = String, Path, description = "Issue.")),
    responses((status = NO_CONTENT), Refusals, BadQuery, Missing)
)]
async fn release_all(State(app): State<App>, Admin(caller): Admin, Path(symbol): Path<String>) -> Answer<StatusCode> {
    let symbol = path_symbol(&symbol)?;
    restricted::remove(&app.store, ListOwner::Operator, symbol, Some(caller.user_id), app.now()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Lets a strategy order again that the program stopped. Its counts begin anew.
#[utoipa::path(
    post,
    path = "/risk/strategies/{id}/enable",
    operation_id = "enable_strategy",
    tag = "risk",
    security(("bearer" = [])),
    responses((status = NO_CONTENT), Refusals, BadBody, Missing)
)]
async fn enable(
    State(app): State<App>,
    Trader(caller): Trader,
    Path(id): Path<i64>,
    Json(request): Json<ResumeRequest>,
) -> Answer<StatusCode> {
    let mut checks = Checks::default();
    let reason = checks.text("reason", &request.reason, 1, MAX_REASON);
    checks.finish()?;
    confirm_password(&app, &caller, "password", &request.password).await?;
    strategy_stops::enable(&app.store, caller.user_id, id, &reason, app.now()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The limit of a path; what is no limit is not found.
fn limit_name(text: &str) -> Answer<LimitName> {
    text.parse().map_err(|_| Problem::not_found())
}

async fn standing(app: &App, account: &Account, name: LimitName) -> Answer<LimitStanding> {
    let standings = limits::list(&app.store, account, app.now()).await?;
    standings.into_iter().find(|one| one.name == name).ok_or_else(Problem::not_found)
}

fn check(known: &LimitStanding, request: &LimitRequest) -> Answer<()> {
    let (spec, name) = (known.name.spec(), known.name);
    let (least, cap, unit) = (spec.least, known.hard_cap, spec.unit);
    let mut checks = Checks::default();
    checks.require(
        request.unit.is_none_or(|given| given == unit),
        "unit",
        format!("{name} is counted in {unit}: give it so"),
    );
    checks.require(request.value >= least, "value", format!("must be {least} or more, in {unit}"));
    checks.require(
        request.value <= cap,
        "value",
        format!("is above the operator's hard cap of {cap} {unit}: choose a smaller one"),
    );
    checks.finish()
}

async fn put_on_list(
    app: &App,
    owner: ListOwner,
    caller: &Caller,
    request: &RestrictRequest,
) -> Answer<RestrictedIssue> {
    let mut checks = Checks::default();
    let reason = checks.text("reason", &request.reason, 0, MAX_REASON);
    let symbol: Result<Symbol, _> = request.symbol.parse();
    if let Err(error) = &symbol {
        checks.refuse("symbol", error.to_string());
    }
    checks.finish()?;
    let symbol = symbol.map_err(|error| Problem::field("symbol", error.to_string()))?;
    let names = Names::read(&app.store, [symbol]).await?;
    if names.get(symbol).is_none() {
        return Err(Problem::field("symbol", format!("{symbol} is not known here")));
    }
    let issue = restricted::add(&app.store, owner, symbol, &reason, Some(caller.user_id), app.now()).await?;
    today::restricted_issue(app, issue, &names).await
}
