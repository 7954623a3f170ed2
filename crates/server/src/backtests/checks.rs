//! Routes that look at a finished backtest once more: is it repeatable, and how robust is it?

use std::collections::BTreeMap;

use axum::extract::State;
use axum::http::StatusCode;
use chrono::{DateTime, FixedOffset, NaiveDate};
use exodus_backtest::Difference;
use exodus_store::backtests::{self, BacktestCheck, CheckKind};
use exodus_store::jobs::{self, JobStatus};
use exodus_store::{Db, StoreError};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::dto::Backtest;
use crate::bootstrap::App;
use crate::http::caller::Trader;
use crate::http::extract::{Json, Path};
use crate::http::problem::{Answer, BadQuery, Conflict, Missing, Problem, Refusals};
use crate::http::{kst, words};
use crate::jobs::check as check_job;

/// The routes.
pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(verify))
        .routes(routes!(cancel_verification))
        .routes(routes!(test_robustness))
        .routes(routes!(cancel_robustness))
}

/// How far a check of a backtest is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum CheckStatus {
    /// Nobody has asked for it.
    None,
    /// Waits for a worker.
    Queued,
    /// A worker is on it.
    Running,
    /// Finished.
    Done,
    /// Ended with an error.
    Failed,
    /// Stopped by a person.
    Cancelled,
}

impl From<JobStatus> for CheckStatus {
    fn from(status: JobStatus) -> Self {
        match status {
            JobStatus::Queued => Self::Queued,
            JobStatus::Running => Self::Running,
            JobStatus::Done => Self::Done,
            JobStatus::Failed | JobStatus::Dead => Self::Failed,
            JobStatus::Cancelled => Self::Cancelled,
        }
    }
}

/// Whether a run from the same inputs gives the same result.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Verification {
    /// How far it is.
    pub(crate) status: CheckStatus,
    /// 0 to 1.
    pub(crate) progress: f64,
    /// True if nothing differs; null until it is done.
    #[schema(required)]
    pub(crate) matches: Option<bool>,
    /// What differs.
    #[schema(value_type = Vec<words::Difference>)]
    pub(crate) differences: Vec<Difference>,
    /// Why it failed.
    #[schema(required)]
    pub(crate) error: Option<String>,
    /// When it ended.
    #[schema(required)]
    pub(crate) checked_at: Option<DateTime<FixedOffset>>,
}

/// Whether a result stands up to other conditions.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Robustness {
    /// How far it is.
    pub(crate) status: CheckStatus,
    /// 0 to 1.
    pub(crate) progress: f64,
    /// What was tried.
    pub(crate) checks: Vec<RobustnessCheck>,
    /// Why it failed.
    #[schema(required)]
    pub(crate) error: Option<String>,
    /// When it ended.
    #[schema(required)]
    pub(crate) checked_at: Option<DateTime<FixedOffset>>,
}

/// One of the robustness checks.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub(crate) struct RobustnessCheck {
    /// Stable word: `look_ahead`, `warm_up`, `delay_one_bar`, `double_cost`, `trade_order`.
    pub(crate) code: String,
    /// How it came out.
    pub(crate) outcome: CheckOutcome,
    /// What was measured, by stable words; ratios and won.
    pub(crate) values: BTreeMap<String, f64>,
    /// Stable words for what has to be known beside the outcome.
    pub(crate) details: Vec<String>,
    /// Where the first difference showed; null if none did.
    #[serde(default)]
    #[schema(required)]
    pub(crate) date: Option<NaiveDate>,
}

/// How a robustness check came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum CheckOutcome {
    /// The result stands.
    Passed,
    /// It does not.
    Failed,
    /// There was nothing to check.
    Skipped,
}

/// What is stored of a verification.
#[derive(Serialize, Deserialize)]
pub(crate) struct StoredVerification {
    pub(crate) differences: Vec<Difference>,
}

/// The last checks of a backtest.
pub(crate) struct LastChecks {
    pub(crate) verification: Verification,
    pub(crate) robustness: Robustness,
}

impl LastChecks {
    /// Of the checks of one backtest; a kind that was never asked for has the status `none`.
    pub(crate) fn read(checks: &[BacktestCheck]) -> Result<Self, StoreError> {
        let of = |kind| checks.iter().find(|check| check.kind == kind);
        let status = |check: Option<&BacktestCheck>| check.map_or(CheckStatus::None, |check| check.status.into());
        let progress = |check: Option<&BacktestCheck>| check.map_or(0.0, |check| check.progress);
        let error = |check: Option<&BacktestCheck>| check.and_then(|check| check.error.clone());
        let ended = |check: Option<&BacktestCheck>| check.and_then(|check| check.finished_at).map(kst);

        let verified = of(CheckKind::Verification);
        let stored: Option<StoredVerification> = outcome(verified)?;
        let tested = of(CheckKind::Robustness);
        Ok(Self {
            verification: Verification {
                status: status(verified),
                progress: progress(verified),
                matches: stored.as_ref().map(|stored| stored.differences.is_empty()),
                differences: stored.map(|stored| stored.differences).unwrap_or_default(),
                error: error(verified),
                checked_at: ended(verified),
            },
            robustness: Robustness {
                status: status(tested),
                progress: progress(tested),
                checks: outcome(tested)?.unwrap_or_default(),
                error: error(tested),
                checked_at: ended(tested),
            },
        })
    }
}

/// What a check came to, read back.
fn outcome<T: serde::de::DeserializeOwned>(check: Option<&BacktestCheck>) -> Result<Option<T>, StoreError> {
    let stored: Option<Value> = check.and_then(|check| check.outcome.clone());
    let read = |stored| serde_json::from_value(stored).map_err(|error| StoreError::Corrupt(error.to_string()));
    stored.map(read).transpose()
}

/// Runs a finished backtest again from its manifest and compares; a worker does it.
#[utoipa::path(
    post,
    path = "/backtest/{id}/verify",
    operation_id = "verify_backtest",
    tag = "backtest",
    security(("bearer" = [])),
    responses((status = ACCEPTED, body = Backtest), Refusals, BadQuery, Missing, Conflict)
)]
async fn verify(
    State(app): State<App>,
    Trader(caller): Trader,
    Path(id): Path<i64>,
) -> Answer<(StatusCode, Json<Backtest>)> {
    start(&app, caller.user_id, id, CheckKind::Verification).await
}

/// Tests how robust a finished backtest is; a worker does it.
#[utoipa::path(
    post,
    path = "/backtest/{id}/robustness",
    operation_id = "test_backtest_robustness",
    tag = "backtest",
    security(("bearer" = [])),
    responses((status = ACCEPTED, body = Backtest), Refusals, BadQuery, Missing, Conflict)
)]
async fn test_robustness(
    State(app): State<App>,
    Trader(caller): Trader,
    Path(id): Path<i64>,
) -> Answer<(StatusCode, Json<Backtest>)> {
    start(&app, caller.user_id, id, CheckKind::Robustness).await
}

/// Stops a verification.
#[utoipa::path(
    post,
    path = "/backtest/{id}/verify/cancel",
    operation_id = "cancel_backtest_verification",
    tag = "backtest",
    security(("bearer" = [])),
    responses((status = ACCEPTED, body = Backtest), Refusals, BadQuery, Missing, Conflict)
)]
async fn cancel_verification(
    State(app): State<App>,
    Trader(caller): Trader,
    Path(id): Path<i64>,
) -> Answer<(StatusCode, Json<Backtest>)> {
    stop(&app, caller.user_id, id, CheckKind::Verification).await
}

/// Stops the robustness checks.
#[utoipa::path(
    post,
    path = "/backtest/{id}/robustness/cancel",
    operation_id = "cancel_backtest_robustness",
    tag = "backtest",
    security(("bearer" = [])),
    responses((status = ACCEPTED, body = Backtest), Refusals, BadQuery, Missing, Conflict)
)]
async fn cancel_robustness(
    State(app): State<App>,
    Trader(caller): Trader,
    Path(id): Path<i64>,
) -> Answer<(StatusCode, Json<Backtest>)> {
    stop(&app, caller.user_id, id, CheckKind::Robustness).await
}

async fn start(app: &App, user_id: i64, id: i64, kind: CheckKind) -> Answer<(StatusCode, Json<Backtest>)> {
    let stored = backtests::get(&app.store, user_id, id).await?.ok_or_else(Problem::not_found)?;
    if stored.status != JobStatus::Done {
        return Err(Problem::conflict("BACKTEST_NOT_DONE", "The backtest has no result yet; wait for its end."));
    }
    let now = app.now();
    let tx = app.store.begin().await?;
    backtests::start_check(&tx, id, kind, now).await.map_err(|error| match error {
        StoreError::Conflict(_) => Problem::conflict("CHECK_RUNNING", "This check runs already; wait for its end."),
        error => error.into(),
    })?;
    let job_id = check_job::enqueue(&tx, id, kind, now).await?;
    backtests::set_check_job(&tx, id, kind, job_id).await?;
    tx.commit().await?;
    answer(&app.store, user_id, id).await
}

async fn stop(app: &App, user_id: i64, id: i64, kind: CheckKind) -> Answer<(StatusCode, Json<Backtest>)> {
    backtests::get(&app.store, user_id, id).await?.ok_or_else(Problem::not_found)?;
    let check = backtests::find_check(&app.store, id, kind).await?;
    let live = check.filter(|check| check.status.is_live()).and_then(|check| check.job_id);
    let job_id = live.ok_or_else(|| Problem::conflict("CHECK_ENDED", "This check does not run."))?;
    jobs::request_cancel(&app.store, job_id, app.now()).await?;
    answer(&app.store, user_id, id).await
}

async fn answer(db: &dyn Db, user_id: i64, id: i64) -> Answer<(StatusCode, Json<Backtest>)> {
    let backtest = super::read(db, user_id, id).await?.ok_or_else(Problem::not_found)?;
    Ok((StatusCode::ACCEPTED, Json(backtest)))
}
