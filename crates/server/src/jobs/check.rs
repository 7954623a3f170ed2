//! The job that looks at a finished backtest once more.

use std::time::Duration;

use chrono::{DateTime, Utc};
use exodus_backtest::Flow;
use exodus_domain::{Clock, kst_date};
use exodus_store::backtests::{self, Backtest, CheckKind};
use exodus_store::jobs::{self, JobContext, JobError, JobKind, NewJob};
use exodus_store::{StoreError, Tx};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio::sync::watch;

use crate::backtests::checks::StoredVerification;
use crate::backtests::result::StoredResult;
use crate::backtests::run::{Plan, Run, RunError, execute, load, load_with};

/// How the queue treats checks.
pub(crate) const KIND: JobKind = JobKind {
    name: "backtest_check",
    max_attempts: 3,
    timeout: Duration::from_secs(7_200),
    backoff: Duration::from_secs(5),
};

#[derive(Serialize, Deserialize)]
struct Payload {
    backtest_id: i64,
    kind: CheckKind,
}

/// Queues a check of a stored backtest.
pub(crate) async fn enqueue(tx: &Tx, backtest_id: i64, kind: CheckKind, now: DateTime<Utc>) -> Result<i64, StoreError> {
    let job = NewJob { payload: json!(Payload { backtest_id, kind }), ..NewJob::default() };
    Ok(jobs::enqueue(tx, &KIND, &job, now).await?.0)
}

/// What a check does on a thread of its own: it is told how to report progress and learn that it is to stop.
type Work = Box<dyn FnOnce(&mut dyn FnMut(f64) -> Flow) -> Result<Value, RunError> + Send>;

/// Makes the check that `payload` names.
pub(super) async fn run(ctx: &JobContext, payload: Value, clock: &dyn Clock) -> Result<(), JobError> {
    let Payload { backtest_id, kind } =
        serde_json::from_value(payload).map_err(|error| JobError::Failed(error.to_string()))?;
    let gone = || JobError::Failed("the backtest was deleted".to_owned());
    let backtest = backtests::find(ctx.store(), backtest_id).await?.ok_or_else(gone)?;
    let stored = backtests::results(ctx.store(), backtest.request.user_id, backtest_id).await?.ok_or_else(gone)?;
    let stored = StoredResult::read(stored)?;
    backtests::check_progress(ctx.store(), backtest_id, kind, 0.0, clock.now()).await?;
    let run = load_again(ctx, &backtest, kind, clock.now()).await?;
    let work: Work = match kind {
        CheckKind::Verification => Box::new(move |progress| verify(&run, &stored, progress)),
        CheckKind::Robustness => Box::new(move |progress| robustness(&run, progress)),
    };
    let outcome = follow(ctx, backtest_id, kind, work, clock).await?;
    Ok(backtests::finish_check_done(ctx.store(), backtest_id, kind, &outcome, clock.now()).await?)
}

/// The history as it is stored now. Robustness is also tested with twice the warm-up.
async fn load_again(
    ctx: &JobContext,
    backtest: &Backtest,
    kind: CheckKind,
    now: DateTime<Utc>,
) -> Result<Run, RunError> {
    let plan = Plan::of(&backtest.request, kst_date(now))?;
    match kind {
        CheckKind::Verification => super::unless_stopped(ctx, load(ctx.store(), &plan)).await,
        CheckKind::Robustness => {
            super::unless_stopped(ctx, load_with(ctx.store(), &plan, 2 * plan.warm_up_bars())).await
        }
    }
}

async fn follow(ctx: &JobContext, id: i64, kind: CheckKind, work: Work, clock: &dyn Clock) -> Result<Value, RunError> {
    let (report, mut progress) = watch::channel(0.0);
    let stopped = ctx.stopped();
    let work = tokio::task::spawn_blocking(move || {
        work(&mut |fraction| {
            report.send_replace(fraction);
            if stopped.is_cancelled() { Flow::Cancel } else { Flow::Continue }
        })
    });
    while let Some(fraction) = super::newest(&mut progress).await {
        // A lost progress report delays a screen; the next one or the result mends it.
        drop(backtests::check_progress(ctx.store(), id, kind, fraction, clock.now()).await);
        drop(ctx.progress(fraction).await);
    }
    work.await.map_err(RunError::crashed)?
}

fn verify(run: &Run, stored: &StoredResult, progress: &mut dyn FnMut(f64) -> Flow) -> Result<Value, RunError> {
    let again = execute(run, progress)?;
    Ok(json!(StoredVerification { differences: exodus_backtest::verify(&stored.manifest, &again.manifest) }))
}

fn robustness(run: &Run, progress: &mut dyn FnMut(f64) -> Flow) -> Result<Value, RunError> {
    Ok(json!(exodus_backtest::robustness::check(&run.spec, &run.series, progress)?))
}
