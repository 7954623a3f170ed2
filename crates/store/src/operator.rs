//! What the operator chose for the order path of the installation, so that every process goes by the same.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::db::Db;
use crate::error::StoreError;
use crate::settings;

const KEY: &str = "order_path";

/// The operator's choices.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderPath {
    /// Starts of an account's session within five minutes, each but the last ended by a crash, that put the account into
    /// REVIEW (safety F08); 0 for never.
    pub crash_loop_starts: u32,
    /// Whether large orders are lowered by up to two shares, so that no two of a day are equal (safety M1).
    pub fingerprint: bool,
}

/// Before a server has noted its settings: nothing stops by itself.
const UNCHOSEN: OrderPath = OrderPath { crash_loop_starts: 0, fingerprint: true };

/// Notes the operator's choices, as every process does when it starts.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn set_order_path(db: &dyn Db, chosen: &OrderPath, now: DateTime<Utc>) -> Result<(), StoreError> {
    settings::set(db, KEY, chosen, now).await
}

/// The operator's choices.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn order_path(db: &dyn Db) -> Result<OrderPath, StoreError> {
    Ok(settings::get(db, KEY).await?.unwrap_or(UNCHOSEN))
}
