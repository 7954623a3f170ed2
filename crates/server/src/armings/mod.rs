//! Live arming: what a strategy needs before it may order with real money, and a person's word that it may (safety SE50,
//! SE51).

mod dto;
mod standing;

use axum::extract::State;
use axum::http::StatusCode;
use exodus_domain::{MAX_ARMED_DAYS, Won, is_arming_sentence};
use exodus_store::armings::{self, NewArming};
use exodus_store::{StoreError, strategies};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use self::dto::{ArmRequest, Arming, ArmingQuery, ArmingStanding};
use self::standing::Subject;
use crate::accounts::selected;
use crate::auth::confirm_password;
use crate::bootstrap::App;
use crate::http::caller::{Reader, Trader};
use crate::http::extract::{Json, Path, Query};
use crate::http::paging::{Page, PageQuery};
use crate::http::problem::{Answer, BadBody, BadQuery, Conflict, Missing, Problem, Refusals};
use crate::http::validate::{Checks, refuse_query};
use crate::program;

/// The routes.
pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(get, arm, disarm))
}

/// The armings of the selected account, newest first, ended ones included.
#[utoipa::path(
    get,
    path = "/armings",
    operation_id = "list_armings",
    tag = "armings",
    security(("bearer" = [])),
    params(PageQuery),
    responses((status = OK, body = Page<Arming>), Refusals, BadQuery, Missing)
)]
async fn list(
    State(app): State<App>,
    Reader(caller): Reader,
    Query(page): Query<PageQuery>,
) -> Answer<Json<Page<Arming>>> {
    let account = selected(&app, &caller).await?;
    let rows = armings::list(&app.store, account.id, page.checked()?).await?;
    let names = strategies::names(&app.store, rows.items.iter().map(|row| row.strategy_id)).await?;
    let named = |row: armings::Arming| {
        let name = names.get(&row.strategy_id).cloned().unwrap_or_default();
        Arming::new(row, name)
    };
    Ok(Json(page.answer(rows, named)))
}

/// How a strategy stands to real money: what it needs, what it may lose, and whether it is armed.
#[utoipa::path(
    get,
    path = "/strategies/{id}/arming",
    operation_id = "get_arming",
    tag = "armings",
    security(("bearer" = [])),
    params(ArmingQuery),
    responses((status = OK, body = ArmingStanding), Refusals, BadQuery, Missing)
)]
async fn get(
    State(app): State<App>,
    Reader(caller): Reader,
    Path(id): Path<i64>,
    Query(query): Query<ArmingQuery>,
) -> Answer<Json<ArmingStanding>> {
    let days = query.days.unwrap_or(1);
    if !(1..=MAX_ARMED_DAYS).contains(&days) {
        return Err(refuse_query("days", format!("must be 1 to {MAX_ARMED_DAYS}")));
    }
    Subject::read(&app, caller.user_id, id).await?.standing(&app, days).await.map(Json)
}

/// Arms the version of a strategy that trades: its orders of real money are let out for a few trading days. Needs the
/// password again, and the sentence with the account's digits and what may be lost, typed.
#[utoipa::path(
    post,
    path = "/strategies/{id}/arming",
    operation_id = "arm_strategy",
    tag = "armings",
    security(("bearer" = [])),
    responses((status = CREATED, body = ArmingStanding), Refusals, BadBody, Missing, Conflict)
)]
async fn arm(
    State(app): State<App>,
    Trader(caller): Trader,
    Path(id): Path<i64>,
    Json(request): Json<ArmRequest>,
) -> Answer<(StatusCode, Json<ArmingStanding>)> {
    let subject = Subject::read(&app, caller.user_id, id).await?;
    let mut checks = Checks::default();
    checks.range("days", request.days, 1, MAX_ARMED_DAYS.into());
    checks.finish()?;
    let days = u32::try_from(request.days).unwrap_or(MAX_ARMED_DAYS);
    let not_live = || Problem::conflict("NOT_LIVE", "Arming is for strategies that trade on an account of real money.");
    let live = subject.live().ok_or_else(not_live)?;
    let mut checks = Checks::default();
    checks.require(
        request.version == live.version,
        "version",
        format!("version {} trades: arm that one", live.version),
    );
    let worst = subject.worst_case(&app, days).await?;
    let enough = format!("must be {} or more, the worst case in won", worst.loss.0);
    checks.require(request.max_loss >= worst.loss.0, "max_loss", enough);
    let is_typed = is_arming_sentence(&request.sentence, live.digits, Won(request.max_loss));
    checks.require(
        is_typed,
        "sentence",
        "is not the sentence with the account's digits and the loss: type it as shown",
    );
    checks.finish()?;
    let dates = subject.dates(&app, days)?;
    confirm_password(&app, &caller, "password", &request.password).await?;
    let new = NewArming {
        candidate: subject.candidate(&app).ok_or_else(not_live)?,
        max_loss: Won(request.max_loss),
        days: dates,
        program: program::identity().to_owned(),
        address: None,
    };
    armings::arm(&app.store, &new, app.now()).await.map_err(refused)?;
    tracing::warn!(strategy_id = id, account_id = new.candidate.account_id, by = caller.user_id, "a strategy is armed");
    Ok((StatusCode::CREATED, Json(subject.standing(&app, days).await?)))
}

/// Takes the arming of a strategy back, at once and without a password.
#[utoipa::path(
    delete,
    path = "/strategies/{id}/arming",
    operation_id = "disarm_strategy",
    tag = "armings",
    security(("bearer" = [])),
    responses((status = NO_CONTENT, description = "Disarmed"), Refusals, BadQuery, Missing)
)]
async fn disarm(State(app): State<App>, Trader(caller): Trader, Path(id): Path<i64>) -> Answer<StatusCode> {
    armings::disarm(&app.store, caller.user_id, id, app.now()).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn refused(error: StoreError) -> Problem {
    match error {
        StoreError::Conflict("arming_needs") => Problem::conflict(
            "ARMING_NEEDS_MORE",
            "Something that arming needs is missing: GET the same address and look at `checks`.",
        ),
        StoreError::Conflict("armed") => {
            Problem::conflict("ALREADY_ARMED", "The strategy is armed already: disarm it first.")
        }
        error => error.into(),
    }
}
