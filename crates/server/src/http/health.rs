//! `/health`: the state of each part.

use std::time::Duration;

use axum::extract::State;
use axum::http::StatusCode;
use chrono::TimeDelta;
use exodus_live::{WORKER_STATUS_KEY, WorkerStatus};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::extract::Json;
use crate::VERSION;
use crate::admin::dto::{Health, HealthPart, HealthParts, HealthStatus};
use crate::bootstrap::App;

/// A part that takes longer to answer counts as down.
const PATIENCE: Duration = Duration::from_secs(2);
/// Quotes come every second; silence longer than this means that the feed is down.
const FEED_SILENCE: TimeDelta = TimeDelta::seconds(5);
/// The cache must give back what it was given.
const PROBE_KEY: &str = "health:probe";

/// The route, outside of `/api/v1`.
pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(health))
}

/// The state of each part; 503 if one without which nothing works is down.
#[utoipa::path(
    get,
    path = "/health",
    operation_id = "get_health",
    tag = "system",
    responses((status = OK, body = Health), (status = SERVICE_UNAVAILABLE, body = Health))
)]
async fn health(State(app): State<App>) -> (StatusCode, Json<Health>) {
    let health = check(&app).await;
    let status = if health.status == HealthStatus::Down { StatusCode::SERVICE_UNAVAILABLE } else { StatusCode::OK };
    (status, Json(health))
}

/// Asks each part.
pub(crate) async fn check(app: &App) -> Health {
    let worker = worker_status(app).await;
    let parts = HealthParts {
        database: check_database(app).await,
        cache: check_cache(app).await,
        worker: check_worker(worker.as_ref()),
        feed: check_feed(app, worker.as_ref()),
    };
    // Without the database nothing works; without one of the others the rest still answers.
    let others = [parts.cache.status, parts.worker.status, parts.feed.status];
    let status = match parts.database.status {
        HealthStatus::Ok if others.iter().all(|status| *status == HealthStatus::Ok) => HealthStatus::Ok,
        HealthStatus::Down => HealthStatus::Down,
        _ => HealthStatus::Degraded,
    };
    Health { status, parts, version: VERSION }
}

/// What the worker that publishes quotes last said; `None` if none runs.
pub(crate) async fn worker_status(app: &App) -> Option<WorkerStatus> {
    let stored = tokio::time::timeout(PATIENCE, app.kv.get(WORKER_STATUS_KEY)).await.ok()?.ok()??;
    serde_json::from_slice(&stored).ok()
}

async fn check_database(app: &App) -> HealthPart {
    match tokio::time::timeout(PATIENCE, app.store.ping()).await {
        Ok(Ok(())) => ok(app.store.backend().as_str()),
        Ok(Err(_)) | Err(_) => down("does not answer"),
    }
}

async fn check_cache(app: &App) -> HealthPart {
    let probe = async {
        app.kv.set(PROBE_KEY, b"1", PATIENCE).await?;
        app.kv.get(PROBE_KEY).await
    };
    match tokio::time::timeout(PATIENCE, probe).await {
        Ok(Ok(Some(_))) => ok(app.cache),
        Ok(Ok(None)) => down("forgets what it is given"),
        Ok(Err(_)) | Err(_) => down("does not answer"),
    }
}

fn check_worker(worker: Option<&WorkerStatus>) -> HealthPart {
    match worker {
        Some(status) => ok(&format!("accounts traded: {}", status.sessions)),
        None => down("no worker was heard of in the last 15 s"),
    }
}

fn check_feed(app: &App, worker: Option<&WorkerStatus>) -> HealthPart {
    match worker.and_then(|status| status.feed_at) {
        Some(at) if app.now() - at <= FEED_SILENCE => ok("demo market"),
        Some(at) => down(&format!("silent since {}", super::kst(at).format("%H:%M:%S"))),
        None => down("no quote yet"),
    }
}

fn ok(detail: &str) -> HealthPart {
    HealthPart { status: HealthStatus::Ok, detail: detail.to_owned() }
}

fn down(detail: &str) -> HealthPart {
    HealthPart { status: HealthStatus::Down, detail: detail.to_owned() }
}
