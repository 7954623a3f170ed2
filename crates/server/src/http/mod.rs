//! HTTP: the router, and what all routes share.

pub(crate) mod caller;
pub(crate) mod csv;
mod doc;
pub(crate) mod extract;
mod headers;
mod health;
pub(crate) mod observe;
pub(crate) mod origin;
pub(crate) mod paging;
pub(crate) mod problem;
mod rate_limit;
mod trace;
pub(crate) mod validate;
mod web;
pub(crate) mod words;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use chrono::{DateTime, FixedOffset, SubsecRound, Utc};
use exodus_domain::KST;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::cors::CorsLayer;
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_swagger_ui::SwaggerUi;

use self::problem::Problem;
use crate::bootstrap::App;

pub(crate) use self::health::{check as check_health, worker_status};

/// Largest JSON body in bytes (safety SE40), where no document is sent.
pub(crate) const MAX_BODY: usize = 64 * 1024;

fn api() -> OpenApiRouter<App> {
    let v1 = OpenApiRouter::new()
        .merge(crate::auth::routes())
        .merge(crate::accounts::routes())
        .merge(crate::account::routes())
        .merge(crate::strategies::routes())
        .merge(crate::signals::routes())
        .merge(crate::orders::routes())
        .merge(crate::proof::routes())
        .merge(crate::risk::routes())
        .merge(crate::armings::routes())
        .merge(crate::notifications::routes())
        .merge(crate::backtests::routes())
        .merge(crate::sweeps::routes())
        .merge(crate::market::routes())
        .merge(crate::admin::routes());
    OpenApiRouter::with_openapi(doc::ApiDoc::openapi()).nest("/api/v1", v1)
}

/// The OpenAPI document.
pub fn openapi() -> utoipa::openapi::OpenApi {
    let mut document = api().merge(health::routes()).into_openapi();
    doc::describe_answers(&mut document);
    document
}

/// Everything the server answers.
pub(crate) fn router(app: App) -> Router {
    let (api, _) = api().split_for_parts();
    let (health, _) = health::routes().split_for_parts();
    let api = api
        .route("/api/v1/ws", get(crate::realtime::connect))
        .layer(DefaultBodyLimit::max(MAX_BODY))
        .layer(from_fn_with_state(app.clone(), rate_limit::limit))
        .layer(from_fn_with_state(app.clone(), caller::identify))
        .layer(cors(&app.cors_origins));
    Router::new()
        .merge(api)
        .merge(health)
        .route("/metrics", get(observe::render))
        .merge(SwaggerUi::new("/docs").url("/openapi.json", openapi()))
        .method_not_allowed_fallback(method_not_allowed)
        .fallback(web::serve)
        .layer(CompressionLayer::new())
        .layer(CatchPanicLayer::custom(panicked))
        .layer(from_fn(headers::secure))
        .layer(from_fn(observe::count))
        .layer(from_fn(trace::with_id))
        .with_state(app)
}

fn cors(origins: &[String]) -> CorsLayer {
    let origins = origins.iter().filter_map(|origin| HeaderValue::from_str(origin).ok());
    CorsLayer::new()
        .allow_origin(origins.collect::<Vec<_>>())
        .allow_credentials(true)
        .allow_methods([Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE])
        .allow_headers([
            header::AUTHORIZATION,
            header::CONTENT_TYPE,
            HeaderName::from_static("idempotency-key"),
            HeaderName::from_static(caller::ACCOUNT_HEADER),
        ])
        .expose_headers([header::RETRY_AFTER])
}

async fn method_not_allowed() -> Response {
    Problem::new(
        StatusCode::METHOD_NOT_ALLOWED,
        "METHOD_NOT_ALLOWED",
        "This path does not know this method; see /docs.",
    )
    .into_response()
}

/// A panic is a defect: it is counted and logged, and the client learns nothing about it.
fn panicked(cause: Box<dyn std::any::Any + Send>) -> Response {
    let text = cause.downcast_ref::<&str>().map(|text| (*text).to_owned());
    let text = text.or_else(|| cause.downcast_ref::<String>().cloned()).unwrap_or_default();
    Problem::internal(&format!("panic: {text}")).into_response()
}

/// An instant as the API tells it: in Korean time, with its offset, to the millisecond.
pub(crate) fn kst(at: DateTime<Utc>) -> DateTime<FixedOffset> {
    at.trunc_subsecs(3).with_timezone(&KST)
}
