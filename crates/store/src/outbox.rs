//! Notices on their way to the bus. They are written in the transaction that makes them true, so none is lost and
//! none tells what did not happen; after a crash one may be published twice, which harms no reader (see
//! [`Notice`]).

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use exodus_domain::{EventBus, Notice};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Set};
use tokio_util::sync::CancellationToken;

use crate::db::{Db, Store};
use crate::entities::outbox::{ActiveModel, Column, Entity};
use crate::error::{StoreError, json, to_json};

/// Rows that are published before they are marked; so many may be published again after a crash.
const BATCH: u64 = 200;

/// How often the relay looks without being woken, for what other processes left behind.
const IDLE_PAUSE: Duration = Duration::from_secs(1);

/// Adds a notice.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn add(db: &dyn Db, notice: &Notice, now: DateTime<Utc>) -> Result<(), StoreError> {
    let row = ActiveModel { notice: Set(to_json(notice)), created_at: Set(now), ..Default::default() };
    row.insert(&db.executor()).await?;
    db.outbox_written();
    Ok(())
}

/// Publishes everything that waits, oldest first, and tells how many notices that were. Stops quietly when the bus
/// does not answer: the rest waits for the next call.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn drain(store: &Store, bus: &dyn EventBus) -> Result<usize, StoreError> {
    let mut published = 0;
    loop {
        let query = Entity::find().order_by_asc(Column::Id).limit(BATCH);
        let rows = query.all(store.connection()).await?;
        let batch_is_full = rows.len() as u64 == BATCH;
        let mut done = Vec::with_capacity(rows.len());
        let mut bus_answers = true;
        for row in rows {
            if let Err(down) = bus.publish(&json(row.notice)?).await {
                tracing::warn!(%down, "notices wait in the outbox");
                bus_answers = false;
                break;
            }
            done.push(row.id);
        }
        published += done.len();
        if !done.is_empty() {
            // Waits for the one writer of SQLite as everybody does: a statement beside the line would hold orders up for
            // tens of milliseconds, in steps of SQLite's own busy handler.
            let tx = store.begin().await?;
            Entity::delete_many().filter(Column::Id.is_in(done)).exec(&tx.executor()).await?;
            tx.commit().await?;
        }
        if !bus_answers || !batch_is_full {
            return Ok(published);
        }
    }
}

/// Publishes what waits, at once when this process commits something, and every second for the others, until `stop`.
pub async fn relay(store: Store, bus: Arc<dyn EventBus>, stop: CancellationToken) {
    while !stop.is_cancelled() {
        if let Err(error) = drain(&store, bus.as_ref()).await {
            tracing::error!(%error, "the outbox could not be read");
        }
        tokio::select! {
            () = stop.cancelled() => {}
            () = store.outbox_filled() => {}
            () = tokio::time::sleep(IDLE_PAUSE) => {}
        }
    }
}
