//! The calls of an app key, counted over all processes (safety B7).

use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use exodus_kis::{Quota, RateWindow, Slot, StoreDown};
use exodus_store::{Kv, Slide, Window};

/// Counts in the cache, which all processes share.
pub(crate) struct KvRateWindow(pub(crate) Arc<dyn Kv>);

#[async_trait]
impl RateWindow for KvRateWindow {
    async fn take(&self, quotas: &[Quota], now: DateTime<Utc>) -> Result<Slot, StoreDown> {
        let window = |Quota { key, rate }: &Quota| Window { key: key.clone(), calls: rate.calls, per: rate.per };
        let windows: Vec<Window> = quotas.iter().map(window).collect();
        match self.0.slide(&windows, now).await {
            Ok(Slide::Counted) => Ok(Slot::Taken),
            Ok(Slide::Full { index, until }) => Ok(Slot::Full { index, until }),
            Err(error) => Err(StoreDown(error.to_string())),
        }
    }
}
