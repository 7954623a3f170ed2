//! Parts of the client that the simulation runs by themselves, without a network.

use std::sync::Arc;

use exodus_domain::Timer;

use crate::budget::{Governor, Limits, Priority, RateWindow};
use crate::credentials::KeyFingerprint;
use crate::error::StoreDown;

/// The rate governor of a key.
#[derive(Clone)]
pub struct Pace(Governor);

impl Pace {
    /// Begins to hand out slots; must be called inside a tokio runtime.
    pub fn new(key: &KeyFingerprint, limits: Limits, window: Arc<dyn RateWindow>, timer: Arc<dyn Timer>) -> Self {
        Self(Governor::new(key, limits, window, timer))
    }

    /// Waits for a slot. It counts from the moment it is handed out: send at once.
    ///
    /// # Errors
    /// [`StoreDown`] if the shared window does not answer.
    pub async fn slot(&self, priority: Priority, is_ledger: bool) -> Result<(), StoreDown> {
        self.0.slot(priority, is_ledger).await
    }

    /// Slows down, because the broker refused a call for its pace.
    pub fn too_fast(&self, is_ledger: bool) {
        self.0.too_fast(is_ledger);
    }
}
