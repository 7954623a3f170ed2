//! Work that one worker does for all of them, by lease.

use std::future::Future;

use chrono::TimeDelta;
use exodus_store::leases::{self, Lease};
use tokio_util::sync::CancellationToken;

use crate::LiveError;
use crate::worker::WorkerDeps;

/// Between two attempts to take the lead, and between two renewals: a third of a lease.
const RENEW_EVERY: TimeDelta = TimeDelta::seconds(5);

/// Does `work` whenever this worker holds the lease `name`, until `stop`. The work is cancelled when the lease is
/// lost, and started again after a pause when it fails.
pub(crate) async fn while_leading<Work: Future<Output = Result<(), LiveError>>>(
    deps: &WorkerDeps,
    name: &str,
    stop: &CancellationToken,
    work: impl Fn() -> Work,
) {
    while !stop.is_cancelled() {
        match leases::acquire(&deps.store, name, &deps.worker_id, deps.clock.now()).await {
            Ok(Some(lease)) => {
                let mut held = lease;
                tokio::select! {
                    biased;
                    () = stop.cancelled() => {}
                    () = keep(deps, &mut held) => tracing::warn!(name, "the lease was lost"),
                    done = work() => match done {
                        Ok(()) => tracing::warn!(name, "the work ended and starts again"),
                        Err(error) => tracing::error!(name, %error, "the work failed and starts again"),
                    },
                }
                if let Err(error) = leases::release(&deps.store, &held).await {
                    tracing::warn!(name, %error, "the lease could not be released and will expire");
                }
            }
            Ok(None) => {}
            Err(error) => tracing::error!(name, %error, "the lease could not be read"),
        }
        stop.run_until_cancelled(deps.clock.sleep_until(deps.clock.now() + RENEW_EVERY)).await;
    }
}

/// Renews a lease for as long as that works.
async fn keep(deps: &WorkerDeps, lease: &mut Lease) {
    loop {
        deps.clock.sleep_until(deps.clock.now() + RENEW_EVERY).await;
        match leases::renew(&deps.store, lease, deps.clock.now()).await {
            Ok(Some(renewed)) => *lease = renewed,
            Ok(None) => return,
            Err(error) => {
                // It holds until it expires; whether it did, the next renewal tells.
                tracing::warn!(name = lease.name, %error, "the lease could not be renewed");
            }
        }
    }
}
