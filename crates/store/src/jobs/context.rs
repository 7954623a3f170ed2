//! What a handler is given beside its payload.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio_util::sync::CancellationToken;

use super::record;
use crate::db::Store;
use crate::entities::jobs::Model;
use crate::error::StoreError;

/// The job that a handler works on.
#[derive(Clone)]
pub struct JobContext {
    store: Store,
    job: Arc<Model>,
    stopped: CancellationToken,
    cancel_requested: Arc<AtomicBool>,
}

impl JobContext {
    pub(super) fn new(store: Store, job: Arc<Model>) -> Self {
        Self { store, job, stopped: CancellationToken::new(), cancel_requested: Arc::default() }
    }

    /// Number of the job.
    pub fn job_id(&self) -> i64 {
        self.job.id
    }

    /// Name of its kind.
    pub fn kind(&self) -> &str {
        &self.job.kind
    }

    /// Number of this attempt, from 1.
    pub fn attempt(&self) -> i32 {
        self.job.attempts
    }

    /// The store.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// Fires when the work is to stop: a person cancelled it, it took too long, another worker took it over, or the
    /// process ends. Answer with [`super::JobError::Stopped`] soon.
    pub fn stopped(&self) -> CancellationToken {
        self.stopped.clone()
    }

    /// True if a person cancelled the job.
    pub fn is_cancelled(&self) -> bool {
        self.cancel_requested.load(Ordering::Relaxed)
    }

    /// Notes how much of the work is done, 0 to 1. Does nothing if the job was lost to another worker.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn progress(&self, fraction: f64) -> Result<(), StoreError> {
        if !record::progress(&self.store, &self.job, fraction).await? {
            self.stopped.cancel();
        }
        Ok(())
    }

    pub(super) fn cancel(&self) {
        self.cancel_requested.store(true, Ordering::Relaxed);
        self.stopped.cancel();
    }
}
