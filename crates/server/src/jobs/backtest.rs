//! The job that runs a backtest and stores its result.

use std::time::Duration;

use chrono::{DateTime, Utc};
use exodus_backtest::{BacktestError, Flow};
use exodus_domain::{Clock, kst_date};
use exodus_store::backtests::{self, Backtest, BacktestOutcome};
use exodus_store::jobs::{self, JobContext, JobError, JobKind, NewJob};
use exodus_store::{StoreError, Tx};
use exodus_trading::Trials;
use serde_json::{Value, json};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::backtests::result::outcome;
use crate::backtests::run::{Plan, Run, RunError, execute, load};
use crate::backtests::tried::Tried;

/// How the queue treats backtests.
pub(crate) const KIND: JobKind =
    JobKind { name: "backtest", max_attempts: 3, timeout: Duration::from_secs(3_600), backoff: Duration::from_secs(5) };

/// Queues the run of a stored backtest.
pub(crate) async fn enqueue(tx: &Tx, backtest_id: i64, now: DateTime<Utc>) -> Result<i64, StoreError> {
    let job = NewJob { payload: json!({ "backtest_id": backtest_id }), ..NewJob::default() };
    Ok(jobs::enqueue(tx, &KIND, &job, now).await?.0)
}

/// Runs the backtest that `payload` names.
pub(super) async fn run(ctx: &JobContext, payload: Value, clock: &dyn Clock) -> Result<(), JobError> {
    let store = ctx.store();
    let id = payload["backtest_id"].as_i64().ok_or_else(|| JobError::Failed("names no backtest".to_owned()))?;
    let Some(backtest) = backtests::find(store, id).await? else {
        return Err(JobError::Failed("the backtest was deleted".to_owned()));
    };
    let outcome = compute(ctx, &backtest, clock).await?;
    Ok(backtests::finish_done(store, id, &outcome, clock.now()).await?)
}

impl From<RunError> for JobError {
    fn from(error: RunError) -> Self {
        match error {
            RunError::Refused(BacktestError::Cancelled) => Self::Stopped,
            RunError::Store(error) => error.into(),
            error => Self::Failed(error.with_field()),
        }
    }
}

async fn compute(ctx: &JobContext, backtest: &Backtest, clock: &dyn Clock) -> Result<BacktestOutcome, RunError> {
    let plan = Plan::of(&backtest.request, kst_date(clock.now()))?;
    backtests::progress(ctx.store(), backtest.id, 0.0, clock.now()).await?;
    let run = super::unless_stopped(ctx, load(ctx.store(), &plan)).await?;
    let tried = Tried::before(ctx.store(), backtest).await?;
    let (report, mut progress) = watch::channel(0.0);
    let stopped = ctx.stopped();
    let work = tokio::task::spawn_blocking(move || work(&run, tried, &report, &stopped));
    while let Some(fraction) = super::newest(&mut progress).await {
        // A lost progress report delays a screen; the next one or the result mends it.
        drop(backtests::progress(ctx.store(), backtest.id, fraction, clock.now()).await);
        drop(ctx.progress(fraction).await);
    }
    work.await.map_err(RunError::crashed)?
}

fn work(
    run: &Run,
    tried: Tried,
    report: &watch::Sender<f64>,
    stopped: &CancellationToken,
) -> Result<BacktestOutcome, RunError> {
    let mut result = execute(run, &mut |fraction| {
        report.send_replace(fraction);
        if stopped.is_cancelled() { Flow::Cancel } else { Flow::Continue }
    })?;
    let trials = tried.with_own(result.metrics.sharpe_ratio);
    if trials != Trials::ONE {
        result.measure(run.benchmark.as_ref(), trials);
    }
    Ok(outcome(&result, run.benchmark.as_ref())?)
}
