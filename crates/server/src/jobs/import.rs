//! The job that imports an uploaded file.

use std::path::{Path, PathBuf};
use std::time::Duration;

use chrono::{DateTime, Utc};
use exodus_store::import::{
    self, ActionsFile, FundamentalsFile, ImportError, ImportFile, ImportProgress, ImportReport, IndicesFile,
};
use exodus_store::imports::{self, Import, ImportKind};
use exodus_store::jobs::{self, JobContext, JobError, JobKind, NewJob};
use exodus_store::symbols::{self, SymbolFile};
use exodus_store::{Db, Store, StoreError, Tx};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio::sync::watch;

use crate::bootstrap::Platform;
use crate::market::cache;

/// How the queue treats imports.
pub(crate) const KIND: JobKind =
    JobKind { name: "import", max_attempts: 3, timeout: Duration::from_secs(3_600), backoff: Duration::from_secs(5) };

#[derive(Serialize, Deserialize)]
struct Payload {
    import_id: i64,
    path: PathBuf,
}

/// Queues the import of an uploaded file.
pub(crate) async fn enqueue(tx: &Tx, import_id: i64, path: &Path, now: DateTime<Utc>) -> Result<i64, StoreError> {
    let payload = json!(Payload { import_id, path: path.to_owned() });
    Ok(jobs::enqueue(tx, &KIND, &NewJob { payload, ..NewJob::default() }, now).await?.0)
}

/// Imports the file that `payload` names, and deletes it once it is no longer needed.
pub(super) async fn run(ctx: &JobContext, payload: Value, platform: &Platform) -> Result<(), JobError> {
    let payload: Payload = serde_json::from_value(payload).map_err(|error| JobError::Failed(error.to_string()))?;
    let outcome = import_file(ctx, &payload, platform).await;
    let comes_back = match &outcome {
        Err(JobError::Retry(_)) => ctx.attempt().unsigned_abs() < KIND.max_attempts,
        // The process ends: another one takes the job up.
        Err(JobError::Stopped | JobError::Unfinished) => !ctx.is_cancelled(),
        Ok(()) | Err(JobError::Failed(_)) => false,
    };
    if !comes_back && let Err(error) = tokio::fs::remove_file(&payload.path).await {
        tracing::warn!(%error, path = %payload.path.display(), "an uploaded file stays behind");
    }
    outcome
}

async fn import_file(ctx: &JobContext, payload: &Payload, platform: &Platform) -> Result<(), JobError> {
    let (store, id) = (ctx.store(), payload.import_id);
    let Some(stored) = imports::find(store, id).await? else {
        return Err(JobError::Failed("there is no such import".to_owned()));
    };
    let now = platform.clock.now();
    let path = payload.path.clone();
    let outcome = match stored.kind {
        ImportKind::Bars => {
            let Import { file_name, interval, adjusted, strict, .. } = stored;
            let file = ImportFile { path, file_name, interval, adjusted, strict };
            read_and_store(ctx, id, &file, platform).await
        }
        ImportKind::Symbols => {
            let file = SymbolFile { path, file_name: stored.file_name, strict: stored.strict };
            symbols::import(store, &file, now).await.map(ImportReport::from)
        }
        ImportKind::Actions => {
            let file = ActionsFile { path, file_name: stored.file_name, strict: stored.strict };
            import::run_actions(store, &file, now).await
        }
        ImportKind::Indices => {
            let file = IndicesFile { path, file_name: stored.file_name, strict: stored.strict };
            import::run_indices(store, &file, now).await
        }
        ImportKind::Fundamentals => {
            let file = FundamentalsFile { path, file_name: stored.file_name, strict: stored.strict };
            import::run_fundamentals(store, &file, now).await
        }
        ImportKind::Sessions => {
            return Err(JobError::Failed("sessions are told by a broker, not by a file".to_owned()));
        }
    };
    match outcome {
        Ok(report) => {
            let tx = store.begin().await?;
            imports::finish_done(&tx, id, &report, platform.clock.now()).await?;
            tx.commit().await?;
            cache::forget(platform.kv.as_ref()).await;
            Ok(())
        }
        Err(error) => Err(refusal(store, id, error, platform).await?),
    }
}

/// Keeps the rows that made a strict import fail, so that its user can look at all of them.
async fn refusal(store: &Store, id: i64, error: ImportError, platform: &Platform) -> Result<JobError, StoreError> {
    let sentence = error.to_string();
    match error {
        ImportError::Cancelled => Ok(JobError::Stopped),
        ImportError::Store(error) => Ok(error.into()),
        ImportError::Refused { report, .. } => {
            let tx = store.begin().await?;
            imports::finish_refused(&tx, id, &sentence, &report, platform.clock.now()).await?;
            tx.commit().await?;
            Ok(JobError::Failed(sentence))
        }
        ImportError::Format { .. } | ImportError::Io(_) => Ok(JobError::Failed(sentence)),
    }
}

async fn read_and_store(
    ctx: &JobContext,
    id: i64,
    file: &ImportFile,
    platform: &Platform,
) -> Result<ImportReport, ImportError> {
    let (store, clock) = (ctx.store(), platform.clock.as_ref());
    let nothing = ImportProgress { rows_read: 0, total: 0 };
    imports::progress(store, id, nothing, clock.now()).await?;
    let (report, mut progress) = watch::channel(nothing);
    let stopped = ctx.stopped();
    let work = async move {
        let mut on_progress = |progress| {
            report.send_replace(progress);
        };
        import::run(store, file, &mut on_progress, &stopped, clock.now()).await
    };
    let follow = async {
        while let Some(newest) = super::newest(&mut progress).await {
            // A lost progress report delays a screen; the next one or the result mends it.
            drop(imports::progress(store, id, newest, clock.now()).await);
            drop(ctx.progress(newest.fraction()).await);
        }
    };
    let (result, ()) = tokio::join!(work, follow);
    result
}

/// Deletes the file of a job that will never run.
pub(crate) async fn discard(db: &dyn Db, job_id: i64) {
    let job = jobs::get(db, job_id).await.ok().flatten();
    if let Some(payload) = job.and_then(|job| serde_json::from_value::<Payload>(job.payload).ok()) {
        drop(tokio::fs::remove_file(payload.path).await);
    }
}
