//! Routes under `/notifications`: what the caller must hear of.

pub(crate) mod dto;

use axum::extract::State;
use exodus_store::notifications;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use self::dto::{Notification, NotificationFilter};
use crate::bootstrap::App;
use crate::http::caller::{Reader, Trader};
use crate::http::extract::{Json, Path, Query};
use crate::http::paging::{Page, PageQuery};
use crate::http::problem::{Answer, BadQuery, Missing, Refusals};

/// The routes.
pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(acknowledge))
}

/// What the caller must hear of, newest first, of all accounts.
#[utoipa::path(
    get,
    path = "/notifications",
    operation_id = "list_notifications",
    tag = "notifications",
    security(("bearer" = [])),
    params(NotificationFilter, PageQuery),
    responses((status = OK, body = Page<Notification>), Refusals, BadQuery)
)]
async fn list(
    State(app): State<App>,
    Reader(caller): Reader,
    Query(filter): Query<NotificationFilter>,
    Query(page): Query<PageQuery>,
) -> Answer<Json<Page<Notification>>> {
    let unseen_only = filter.unseen.unwrap_or(false);
    let rows = notifications::list(&app.store, caller.user_id, unseen_only, page.checked()?).await?;
    Ok(Json(page.answer(rows, Notification::from)))
}

/// Says that the caller has seen a notification; saying it twice is no mistake.
#[utoipa::path(
    post,
    path = "/notifications/{id}/acknowledge",
    operation_id = "acknowledge_notification",
    tag = "notifications",
    security(("bearer" = [])),
    responses((status = OK, body = Notification), Refusals, BadQuery, Missing)
)]
async fn acknowledge(
    State(app): State<App>,
    Trader(caller): Trader,
    Path(id): Path<i64>,
) -> Answer<Json<Notification>> {
    let seen = notifications::acknowledge(&app.store, caller.user_id, id, app.now()).await?;
    Ok(Json(seen.into()))
}
