//! Routes under `/market/actions`: splits, bonus issues and the like, which adjusted prices are derived from.

use axum::extract::State;
use axum::http::StatusCode;
use chrono::{DateTime, FixedOffset, NaiveDate};
use exodus_domain::{ActionKind, CorporateAction as DomainAction, PriceFactor, Symbol};
use exodus_store::actions::{self, ActionFilter, StoredAction};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{cache, record};
use crate::bootstrap::App;
use crate::http::caller::{Reader, Trader};
use crate::http::extract::{Json, Path, Query};
use crate::http::paging::{Page, PageQuery};
use crate::http::problem::{Answer, BadBody, BadQuery, Conflict, Missing, Problem, Refusals};
use crate::http::validate::{Checks, check_dates, query_value};
use crate::http::{kst, words};

/// The year in which KRX opened.
const FIRST_DATE: NaiveDate = NaiveDate::from_ymd_opt(1956, 1, 1).expect("1 January exists in every year");

/// The routes.
pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list_actions)).routes(routes!(add_action)).routes(routes!(delete_action))
}

/// What changed the price of an issue without trading. From the ex-date on, prices are those before times numerator
/// over denominator.
#[derive(Debug, Serialize, ToSchema)]
struct CorporateAction {
    /// Id.
    id: i64,
    /// Issue.
    symbol: String,
    /// First date of the new base price.
    ex_date: NaiveDate,
    /// What it was; `derived` if only prices tell of it.
    #[schema(value_type = words::ActionKind)]
    kind: ActionKind,
    /// Upper part of the factor.
    numerator: i64,
    /// Lower part of the factor.
    denominator: i64,
    /// The user or the file that told it.
    source: String,
    /// When it was stored.
    recorded_at: DateTime<FixedOffset>,
}

impl From<StoredAction> for CorporateAction {
    fn from(stored: StoredAction) -> Self {
        let DomainAction { symbol, ex_date, kind, factor } = stored.action;
        Self {
            id: stored.id,
            symbol: symbol.to_string(),
            ex_date,
            kind,
            numerator: factor.numerator(),
            denominator: factor.denominator(),
            source: stored.source,
            recorded_at: kst(stored.recorded_at),
        }
    }
}

/// Which actions.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ActionQuery {
    /// Only of this issue.
    symbol: Option<String>,
    /// First ex-date.
    from: Option<NaiveDate>,
    /// Last ex-date.
    to: Option<NaiveDate>,
}

/// Corporate actions, newest first.
#[utoipa::path(
    get,
    path = "/market/actions",
    operation_id = "list_corporate_actions",
    tag = "market",
    security(("bearer" = [])),
    params(ActionQuery, PageQuery),
    responses((status = OK, body = Page<CorporateAction>), Refusals, BadQuery)
)]
async fn list_actions(
    State(app): State<App>,
    _: Reader,
    Query(query): Query<ActionQuery>,
    Query(page): Query<PageQuery>,
) -> Answer<Json<Page<CorporateAction>>> {
    check_dates(query.from, query.to)?;
    let symbol = query.symbol.map(|symbol| query_value("symbol", &symbol)).transpose()?;
    let filter = ActionFilter { symbol, from: query.from, to: query.to };
    let rows = actions::list(&app.store, &filter, page.checked()?).await?;
    Ok(Json(page.answer(rows, CorporateAction::from)))
}

/// An action to be stored.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewAction {
    /// Issue.
    symbol: String,
    /// First date of the new base price.
    ex_date: NaiveDate,
    /// What it was.
    #[schema(value_type = words::ActionKind)]
    kind: ActionKind,
    /// New price over old price: the upper part, 1 for a 5:1 split.
    #[schema(minimum = 1)]
    numerator: i64,
    /// The lower part, 5 for a 5:1 split.
    #[schema(minimum = 1)]
    denominator: i64,
}

/// Stores an action. It replaces one that was only derived from prices.
#[utoipa::path(
    post,
    path = "/market/actions",
    operation_id = "add_corporate_action",
    tag = "market",
    security(("bearer" = [])),
    request_body = NewAction,
    responses((status = CREATED, body = CorporateAction), Refusals, BadBody, Conflict)
)]
async fn add_action(
    State(app): State<App>,
    Trader(caller): Trader,
    Json(new): Json<NewAction>,
) -> Answer<(StatusCode, Json<CorporateAction>)> {
    let action = checked(&new)?;
    let DomainAction { symbol, ex_date, .. } = action;
    let tx = app.store.begin().await?;
    let before = actions::find(&tx, symbol, ex_date).await?;
    if before.is_some_and(|stored| stored.action.kind != ActionKind::Derived) {
        let detail = format!("{symbol} has an action on {ex_date}: delete it first, or give both as one factor.");
        return Err(Problem::conflict("ACTION_EXISTS", detail));
    }
    let source = format!("user {}", caller.user_id);
    let now = app.now();
    actions::put(&tx, &[action], &source, now).await?;
    let stored = actions::find(&tx, symbol, ex_date).await?.ok_or_else(Problem::not_found)?;
    record(&tx, caller, "corporate_action.add", format!("corporate_action:{}", stored.id), detail(&stored), now)
        .await?;
    tx.commit().await?;
    cache::forget(app.kv.as_ref()).await;
    Ok((StatusCode::CREATED, Json(stored.into())))
}

fn checked(new: &NewAction) -> Answer<DomainAction> {
    let mut checks = Checks::default();
    let symbol = new.symbol.parse::<Symbol>();
    if let Err(error) = &symbol {
        checks.refuse("symbol", error.to_string());
    }
    checks.require(new.ex_date >= FIRST_DATE, "ex_date", format!("must not be before {FIRST_DATE}"));
    checks.require(new.kind != ActionKind::Derived, "kind", "say what it was; derived actions come from imports");
    let factor = PriceFactor::new(new.numerator, new.denominator);
    checks.require(factor.is_some(), "numerator", "must make a ratio of two different numbers from 1 to 10^12");
    checks.finish()?;
    let (Ok(symbol), Some(factor)) = (symbol, factor) else {
        return Err(Problem::internal(&"an action was neither taken nor refused"));
    };
    Ok(DomainAction { symbol, ex_date: new.ex_date, kind: new.kind, factor })
}

/// What the audit log tells of an action.
fn detail(stored: &StoredAction) -> Value {
    let DomainAction { symbol, ex_date, kind, factor } = stored.action;
    json!({
        "symbol": symbol,
        "ex_date": ex_date,
        "kind": kind,
        "numerator": factor.numerator(),
        "denominator": factor.denominator(),
        "source": stored.source,
    })
}

/// Forgets an action.
#[utoipa::path(
    delete,
    path = "/market/actions/{id}",
    operation_id = "delete_corporate_action",
    tag = "market",
    security(("bearer" = [])),
    responses((status = NO_CONTENT), Refusals, BadQuery, Missing)
)]
async fn delete_action(State(app): State<App>, Trader(caller): Trader, Path(id): Path<i64>) -> Answer<StatusCode> {
    let tx = app.store.begin().await?;
    let deleted = actions::delete(&tx, id).await?.ok_or_else(Problem::not_found)?;
    let object = format!("corporate_action:{id}");
    record(&tx, caller, "corporate_action.delete", object, detail(&deleted), app.now()).await?;
    tx.commit().await?;
    cache::forget(app.kv.as_ref()).await;
    Ok(StatusCode::NO_CONTENT)
}
