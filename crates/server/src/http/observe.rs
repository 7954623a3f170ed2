//! Counts requests and their duration by route, and shows everything that is counted at `/metrics`.

use std::sync::OnceLock;
use std::time::{Duration, Instant};

use axum::extract::{MatchedPath, Request};
use axum::http::header;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use metrics_exporter_prometheus::{BuildError, PrometheusBuilder, PrometheusHandle};

use super::problem::Problem;

/// Upper bounds of the duration histogram in seconds.
const SECONDS: &[f64] = &[0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];

/// How often measurements are folded in.
const UPKEEP: Duration = Duration::from_secs(5);

static RECORDER: OnceLock<Result<PrometheusHandle, String>> = OnceLock::new();

/// Starts counting. The recorder belongs to the process: a second call changes nothing.
///
/// # Errors
/// If the process already counts with something else.
pub(crate) fn install() -> Result<(), String> {
    RECORDER.get_or_init(|| start().map_err(|error| error.to_string())).as_ref().map(|_| ()).map_err(Clone::clone)
}

fn start() -> Result<PrometheusHandle, BuildError> {
    PrometheusBuilder::new().set_buckets(SECONDS)?.install_recorder()
}

/// Folds measured durations into their histograms every so often, so that they do not pile up when nobody scrapes.
pub(crate) async fn keep_up() {
    let mut ticks = tokio::time::interval(UPKEEP);
    while let Some(Ok(handle)) = RECORDER.get() {
        ticks.tick().await;
        handle.run_upkeep();
    }
}

/// Counts one request under the pattern of its route, so that ids do not multiply the series.
pub(crate) async fn count(request: Request, next: Next) -> Response {
    let started = Instant::now();
    let route = request.extensions().get::<MatchedPath>().map_or("static", MatchedPath::as_str).to_owned();
    let method = request.method().as_str().to_owned();
    let response = next.run(request).await;
    let status = response.status().as_u16().to_string();
    let labels = [("route", route), ("method", method), ("status", status)];
    metrics::counter!("exodus_http_requests_total", &labels).increment(1);
    metrics::histogram!("exodus_http_request_seconds", &labels).record(started.elapsed().as_secs_f64());
    response
}

/// `/metrics` in the text format of Prometheus.
pub(crate) async fn render() -> Response {
    match RECORDER.get() {
        Some(Ok(handle)) => ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], handle.render()).into_response(),
        _ => Problem::unavailable(&"nothing counts in this process").into_response(),
    }
}
