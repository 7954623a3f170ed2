//! `/health`: the state of each part.

use axum::extract::State;
use axum::response::Response;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::problem::Answer;
use crate::admin::dto::Health;
use crate::bootstrap::App;

/// The route, outside of `/api/v1`.
pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(health))
}

/// The state of each part; 503 if one without which nothing works is down.
#[utoipa::path(get, path = "/health", operation_id = "get_health", tag = "system",
    responses((status = OK, body = Health), (status = SERVICE_UNAVAILABLE, body = Health)))]
async fn health(app: State<App>) -> Answer<Response> {
    Err(super::pending())
}
