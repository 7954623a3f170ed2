//! What time alone brings about and a person must hear of: orders without an answer, armings that are over, and what was
//! told and nobody has seen (safety §7).

use chrono::{DateTime, TimeDelta, Utc};
use exodus_store::{Store, armings, notifications};

use crate::LiveError;
use crate::worker::WorkerDeps;

/// Between two looks: a person is told within five seconds.
const LOOK_EVERY: TimeDelta = TimeDelta::seconds(2);

/// Looks until it fails or is dropped.
pub(crate) async fn keep(deps: &WorkerDeps) -> Result<(), LiveError> {
    loop {
        look(&deps.store, deps.clock.now()).await?;
        deps.clock.sleep_until(deps.clock.now() + LOOK_EVERY).await;
    }
}

async fn look(store: &Store, now: DateTime<Utc>) -> Result<(), LiveError> {
    notifications::raise_unanswered(store, now).await?;
    notifications::repeat_unseen(store, now).await?;
    armings::end_due(store, now).await?;
    Ok(())
}
