//! Which issues are ETNs: the broker names them in its own way. What one process takes in, the connections of the others
//! must hear of.

use chrono::TimeDelta;

use crate::bootstrap::Platform;

/// Between two reads.
const LEARN_EVERY: TimeDelta = TimeDelta::minutes(1);

/// Reads them again and again. Never ends.
pub(crate) async fn keep(platform: Platform) {
    loop {
        if let Err(error) = platform.kis.learn_etns().await {
            tracing::warn!(%error, "which issues are ETNs is read again later");
        }
        platform.clock.sleep_until(platform.clock.now() + LEARN_EVERY).await;
    }
}
