//! Background work: what users start, and what the broker is asked for.

pub(crate) mod backtest;
pub(crate) mod broker_data;
pub(crate) mod check;
pub(crate) mod import;
pub(crate) mod phases;
pub(crate) mod sweep;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Duration;

use exodus_backtest::BacktestError;
use exodus_store::jobs::{JobContext, JobRunner};
use tokio::sync::watch;

use crate::backtests::run::{Run, RunError};
use crate::bootstrap::Platform;

/// How often the progress of a job is written down and told.
const PROGRESS_EVERY: Duration = Duration::from_millis(400);

/// Adds the kinds of this crate to a runner.
pub(crate) fn register(runner: JobRunner, platform: &Platform) -> JobRunner {
    let clock = Arc::clone(&platform.clock);
    let runner = runner.register(&backtest::KIND, move |ctx: JobContext, payload| {
        let clock = Arc::clone(&clock);
        async move { backtest::run(&ctx, payload, clock.as_ref()).await }
    });
    let clock = Arc::clone(&platform.clock);
    let runner = runner.register(&check::KIND, move |ctx: JobContext, payload| {
        let clock = Arc::clone(&clock);
        async move { check::run(&ctx, payload, clock.as_ref()).await }
    });
    let clock = Arc::clone(&platform.clock);
    let runner = runner.register(&sweep::KIND, move |ctx: JobContext, payload| {
        let clock = Arc::clone(&clock);
        async move { sweep::run(&ctx, payload, clock.as_ref()).await }
    });
    let of_broker = platform.clone();
    let runner = runner.register(&broker_data::KIND, move |ctx: JobContext, payload| {
        let platform = of_broker.clone();
        async move { broker_data::run(&ctx, payload, &platform).await }
    });
    let platform = platform.clone();
    runner.register(&import::KIND, move |ctx: JobContext, payload| {
        let platform = platform.clone();
        async move { import::run(&ctx, payload, &platform).await }
    })
}

/// The history of a run, unless the job is stopped before all of it is there.
async fn unless_stopped(
    ctx: &JobContext,
    loading: impl Future<Output = Result<Run, RunError>>,
) -> Result<Run, RunError> {
    ctx.stopped().run_until_cancelled(loading).await.unwrap_or(Err(BacktestError::Cancelled.into()))
}

/// The newest progress, every so often; `None` once the work has ended.
async fn newest<T: Clone>(progress: &mut watch::Receiver<T>) -> Option<T> {
    // Never true: this ends early only when the work does.
    drop(tokio::time::timeout(PROGRESS_EVERY, progress.wait_for(|_| false)).await);
    progress.has_changed().ok()?;
    Some(progress.borrow_and_update().clone())
}
