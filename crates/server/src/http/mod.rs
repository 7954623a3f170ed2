//! HTTP: what all routes share.

pub(crate) mod caller;
mod doc;
pub(crate) mod extract;
mod health;
pub(crate) mod paging;
pub(crate) mod problem;
mod trace;
pub(crate) mod words;

use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;

use crate::bootstrap::App;
pub(crate) fn pending() -> problem::Problem {
    problem::Problem::not_found()
}

fn api() -> OpenApiRouter<App> {
    let v1 = OpenApiRouter::new()
        .merge(crate::auth::routes())
        .merge(crate::account::routes())
        .merge(crate::strategies::routes())
        .merge(crate::signals::routes())
        .merge(crate::orders::routes())
        .merge(crate::backtests::routes())
        .merge(crate::market::routes())
        .merge(crate::admin::routes());
    OpenApiRouter::with_openapi(doc::ApiDoc::openapi()).nest("/api/v1", v1).merge(health::routes())
}

/// The OpenAPI document.
pub fn openapi() -> utoipa::openapi::OpenApi {
    let mut document = api().into_openapi();
    doc::describe_answers(&mut document);
    document
}
