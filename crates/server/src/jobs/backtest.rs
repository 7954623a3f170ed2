//! The job that runs a backtest and stores its result.

use std::time::Duration;

use chrono::{DateTime, Utc};
use exodus_backtest::{BacktestError, BacktestResult, Flow};
use exodus_domain::{Clock, kst_date};
use exodus_store::backtests::{self, Backtest, BacktestSummary, BacktestTrade};
use exodus_store::jobs::{self, JobContext, JobError, JobKind, NewJob};
use exodus_store::{Store, StoreError, Tx};
use serde_json::{Value, json};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::backtests::dto::StoredResult;
use crate::backtests::run::{Plan, Run, RunError, execute, load};

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
    match compute(ctx, &backtest, clock).await {
        Ok(result) => Ok(store_result(store, id, &result, clock.now()).await?),
        Err(RunError::Refused(BacktestError::Cancelled)) => Err(JobError::Stopped),
        Err(RunError::Store(error)) => Err(error.into()),
        Err(error) => Err(JobError::Failed(error.to_string())),
    }
}

async fn compute(ctx: &JobContext, backtest: &Backtest, clock: &dyn Clock) -> Result<BacktestResult, RunError> {
    let request = &backtest.request;
    // What was stored passed the same check; a new version of the program may see it otherwise.
    let strategy = exodus_trading::validate(&request.strategy_type, &request.parameters).map_err(|errors| {
        let sentences: Vec<String> = errors.iter().map(|e| format!("{}: {}", e.field, e.message)).collect();
        RunError::Parameters(sentences.join("; "))
    })?;
    let plan = Plan {
        strategy,
        symbols: request.symbols.clone(),
        from: request.start_date,
        to: request.end_date,
        today: kst_date(clock.now()),
        capital: request.initial_capital,
        commission: request.commission,
    };
    backtests::progress(ctx.store(), backtest.id, 0.0, clock.now()).await?;
    let run = load(ctx.store(), &plan).await?;
    let (report, mut progress) = watch::channel(0.0);
    let stopped = ctx.stopped();
    let work = tokio::task::spawn_blocking(move || work(&run, &report, &stopped));
    while let Some(fraction) = super::newest(&mut progress).await {
        // A lost progress report delays a screen; the next one or the result mends it.
        drop(backtests::progress(ctx.store(), backtest.id, fraction, clock.now()).await);
        drop(ctx.progress(fraction).await);
    }
    work.await.map_err(|error| RunError::Crashed(error.to_string()))?
}

fn work(run: &Run, report: &watch::Sender<f64>, stopped: &CancellationToken) -> Result<BacktestResult, RunError> {
    let result = execute(run, &mut |fraction| {
        report.send_replace(fraction);
        if stopped.is_cancelled() { Flow::Cancel } else { Flow::Continue }
    });
    Ok(result?)
}

async fn store_result(store: &Store, id: i64, result: &BacktestResult, now: DateTime<Utc>) -> Result<(), StoreError> {
    let metrics = &result.metrics;
    let summary = BacktestSummary {
        final_capital: metrics.final_capital,
        total_return: metrics.total_return,
        annual_return: metrics.annual_return,
        max_drawdown: metrics.max_drawdown,
        sharpe_ratio: metrics.sharpe_ratio,
        win_rate: metrics.win_rate,
        trades_count: i64::try_from(metrics.trades_count).unwrap_or(i64::MAX),
    };
    let stored = StoredResult {
        metrics: *metrics,
        report: Some(result.report.clone()),
        equity: result.equity.clone(),
        manifest: result.manifest.clone(),
    };
    let stored = serde_json::to_value(stored).map_err(|error| StoreError::Corrupt(error.to_string()))?;
    let trades: Vec<BacktestTrade> = result.trades.iter().map(stored_trade).collect();
    backtests::finish_done(store, id, &summary, &stored, &trades, now).await
}

fn stored_trade(trade: &exodus_backtest::BacktestTrade) -> BacktestTrade {
    let exodus_backtest::BacktestTrade {
        symbol,
        side,
        quantity,
        price,
        commission,
        tax,
        realized_pnl,
        executed_at,
        ..
    } = *trade;
    BacktestTrade { symbol, side, quantity, price, commission, tax, realized_pnl, executed_at }
}
