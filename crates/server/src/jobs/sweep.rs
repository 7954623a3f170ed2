//! The job that searches through parameters. Trials are stored as they come: a worker that takes the job up again, after
//! another one died, runs only what is left.

use std::num::NonZeroUsize;
use std::time::Duration;

use chrono::{DateTime, Utc};
use exodus_backtest::{Flow, MAXIMUM_TRIALS, Sweep, SweepError, SweepOutcome, SweepWatch, Trial};
use exodus_domain::{Clock, kst_date};
use exodus_store::jobs::{self, JobContext, JobError, JobKind, NewJob};
use exodus_store::{StoreError, Tx, sweeps};
use serde_json::{Value, json};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::PROGRESS_EVERY;
use crate::backtests::run::{Plan, Run, RunError, load_with};
use crate::sweeps::dto::StoredRequest;
use crate::sweeps::outcome::{StoredOutcome, engine_trial, stored_trial};
use crate::sweeps::request::most_warm_up_bars;

/// How the queue treats sweeps.
pub(crate) const KIND: JobKind =
    JobKind { name: "sweep", max_attempts: 5, timeout: Duration::from_secs(86_400), backoff: Duration::from_secs(5) };
/// Trials that are stored together at most.
const BATCH: usize = 5_000;

/// Queues the work on a stored sweep.
pub(crate) async fn enqueue(tx: &Tx, sweep_id: i64, now: DateTime<Utc>) -> Result<i64, StoreError> {
    let job = NewJob { payload: json!({ "sweep_id": sweep_id }), ..NewJob::default() };
    Ok(jobs::enqueue(tx, &KIND, &job, now).await?.0)
}

/// Runs the sweep that `payload` names, as far as it was not run before.
pub(super) async fn run(ctx: &JobContext, payload: Value, clock: &dyn Clock) -> Result<(), JobError> {
    let id = payload["sweep_id"].as_i64().ok_or_else(|| JobError::Failed("names no sweep".to_owned()))?;
    let store = ctx.store();
    let gone = || JobError::Failed("the sweep was deleted".to_owned());
    let stored = sweeps::find(store, id).await?.ok_or_else(gone)?;
    sweeps::progress(store, id, stored.progress, clock.now()).await?;
    let request = StoredRequest::read(stored.request.request.clone())?;
    let plan = Plan::of(&request.base.backtest(stored.request.user_id), kst_date(clock.now()))?;
    let loaded = load_history(ctx, &request, &plan).await?;
    let finished = sweeps::all_trials(store, id).await?.into_iter().map(engine_trial);
    let finished = finished.collect::<Result<Vec<_>, _>>()?;

    let (tell, mut told) = mpsc::unbounded_channel();
    let stop_asked = ctx.stopped();
    let stopped = stop_asked.child_token();
    // Where the store fails, nobody takes what is still to come.
    let _stops_with_this = stopped.clone().drop_guard();
    let work = tokio::task::spawn_blocking(move || search(&loaded, finished, &tell, &stopped));
    let total = f64::from(stored.request.trials_total.max(1));
    let mut done = f64::from(stored.trials_done);
    let mut trials: Vec<Trial> = Vec::new();
    while told.recv_many(&mut trials, BATCH).await > 0 {
        let batch = trials.iter().map(stored_trial).collect::<Result<Vec<_>, _>>()?;
        sweeps::add_trials(store, id, &batch, clock.now()).await?;
        done += batch.len() as f64;
        trials.clear();
        // A lost progress report delays a screen; the next one or the outcome mends it.
        drop(sweeps::progress(store, id, done / total, clock.now()).await);
        drop(ctx.progress(done / total).await);
        // A sweep that is stopped is not kept waiting; its last trials are still taken.
        stop_asked.run_until_cancelled(tokio::time::sleep(PROGRESS_EVERY)).await;
    }
    let outcome = work.await.map_err(RunError::crashed)??;
    let outcome = serde_json::to_value(outcome).map_err(|error| StoreError::Corrupt(error.to_string()))?;
    Ok(sweeps::finish_done(store, id, &outcome, clock.now()).await?)
}

/// A sweep with its history.
struct Loaded {
    sweep: Sweep,
    run: Run,
}

/// Loads as many bars in front as the slowest parameters need.
async fn load_history(ctx: &JobContext, request: &StoredRequest, plan: &Plan) -> Result<Loaded, JobError> {
    let run = super::unless_stopped(ctx, load_with(ctx.store(), plan, plan.warm_up_bars())).await?;
    let sweep = sweep_of(&run, request)?;
    let before = plan.strategies.first().map_or(0, |first| most_warm_up_bars(&sweep, &first.strategy));
    if before <= plan.warm_up_bars() {
        return Ok(Loaded { sweep, run });
    }
    let run = super::unless_stopped(ctx, load_with(ctx.store(), plan, before)).await?;
    Ok(Loaded { sweep: sweep_of(&run, request)?, run })
}

fn sweep_of(run: &Run, request: &StoredRequest) -> Result<Sweep, JobError> {
    let sweep = Sweep::new(run.spec.clone(), &request.for_engine(), run.benchmark.clone(), MAXIMUM_TRIALS);
    sweep.map_err(|errors| {
        let sentences: Vec<String> = errors.iter().map(|e| format!("{}: {}", e.field, e.message)).collect();
        JobError::Failed(sentences.join("; "))
    })
}

fn search(
    loaded: &Loaded,
    finished: Vec<Trial>,
    tell: &mpsc::UnboundedSender<Trial>,
    stopped: &CancellationToken,
) -> Result<StoredOutcome, JobError> {
    let Loaded { sweep, run } = loaded;
    let threads = std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
    let mut on_trial = |trial: &Trial| {
        // Nobody listens any more where the store failed: the job ends with that.
        drop(tell.send(trial.clone()));
    };
    let watch = SweepWatch { on_trial: &mut on_trial, stop: &|| stopped.is_cancelled() };
    let SweepOutcome { trials, best, walk_forward } =
        sweep.run(&run.series, finished, threads, watch).map_err(ended)?;
    let mut progress = |_| if stopped.is_cancelled() { Flow::Cancel } else { Flow::Continue };
    let best_report = match &best {
        Some(best) => Some(sweep.result_of(best, &trials, &run.series, &mut progress).map_err(RunError::from)?.report),
        None => None,
    };
    Ok(StoredOutcome { best_report, stability: sweep.stability(&trials), walk_forward })
}

fn ended(error: SweepError) -> JobError {
    match error {
        SweepError::Cancelled => JobError::Stopped,
        error => JobError::Failed(error.to_string()),
    }
}
