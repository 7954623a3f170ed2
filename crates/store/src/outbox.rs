//! Notices on their way to the bus. They are written in the transaction that makes them true, so none is lost and
//! none tells what did not happen; after a crash one may be published twice, which harms no reader (see
//! [`Notice`]).

use chrono::{DateTime, TimeDelta, Utc};
use exodus_domain::testing::{Defect, Point, planted, reach};
use exodus_domain::{EventBus, Notice, Timer};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Set};
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

use crate::db::{Backend, Db, Store};
use crate::entities::outbox::{ActiveModel, Column, Entity};
use crate::error::{StoreError, json, to_json};

/// Rows that are published before they are marked; so many may be published again after a crash.
const BATCH: u64 = 200;

/// How often the relay looks without being woken, for what other processes left behind.
const IDLE_PAUSE: TimeDelta = TimeDelta::seconds(1);

/// How long published rows stay on SQLite after the last one came: its one writer belongs to the orders that follow each
/// other, and one deletion serves them all. On PostgreSQL they would be published again by the relays of others.
const LINGER: TimeDelta = TimeDelta::milliseconds(250);

/// Adds a notice.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn add(db: &dyn Db, notice: &Notice, now: DateTime<Utc>) -> Result<(), StoreError> {
    if planted(Defect::PublishBeforeCommit) {
        early::put(notice.clone());
        db.outbox_written();
        // Lets the relay have it.
        tokio::task::yield_now().await;
        return Ok(());
    }
    let row = ActiveModel { notice: Set(to_json(notice)), created_at: Set(now), ..Default::default() };
    row.insert(&db.executor()).await?;
    db.outbox_written();
    Ok(())
}

/// What a planted defect tells before it is true.
mod early {
    use std::sync::{Mutex, PoisonError};

    use exodus_domain::Notice;

    static EARLY: Mutex<Vec<Notice>> = Mutex::new(Vec::new());

    pub(super) fn put(notice: Notice) {
        EARLY.lock().unwrap_or_else(PoisonError::into_inner).push(notice);
    }

    pub(super) fn take() -> Vec<Notice> {
        std::mem::take(&mut EARLY.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Publishes everything that waits, oldest first, and tells how many notices that were. Stops quietly when the bus
/// does not answer: the rest waits for the next call.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn drain(store: &Store, bus: &dyn EventBus) -> Result<usize, StoreError> {
    let mut published = Vec::new();
    let count = publish(store, bus, &mut published).await?;
    forget(store, &mut published).await?;
    Ok(count)
}

/// Publishes what waits and is not among `published`, and adds it there; a full batch is deleted at once.
async fn publish(store: &Store, bus: &dyn EventBus, published: &mut Vec<i64>) -> Result<usize, StoreError> {
    let mut count = 0;
    for notice in early::take() {
        // A planted defect does not keep what could not be told.
        let _ = bus.publish(&notice).await;
    }
    loop {
        let query = Entity::find().filter(Column::Id.is_not_in(published.iter().copied()));
        let rows = query.order_by_asc(Column::Id).limit(BATCH).all(store.connection()).await?;
        let batch_is_full = rows.len() as u64 == BATCH;
        for row in rows {
            if let Err(down) = bus.publish(&json(row.notice)?).await {
                tracing::warn!(%down, "notices wait in the outbox");
                return Ok(count);
            }
            reach(Point::K16);
            published.push(row.id);
            count += 1;
        }
        if published.len() as u64 >= BATCH {
            forget(store, published).await?;
        }
        if !batch_is_full {
            return Ok(count);
        }
    }
}

/// Deletes what was published.
async fn forget(store: &Store, published: &mut Vec<i64>) -> Result<(), StoreError> {
    if published.is_empty() {
        return Ok(());
    }
    // Waits for the one writer of SQLite as everybody does: a statement beside the line would hold orders up for tens
    // of milliseconds, in steps of SQLite's own busy handler.
    let tx = store.begin().await?;
    Entity::delete_many().filter(Column::Id.is_in(published.iter().copied())).exec(&tx.executor()).await?;
    tx.commit().await?;
    published.clear();
    Ok(())
}

/// Publishes what waits, at once when this process commits something, and every second for the others, until `stop`.
pub async fn relay(store: Store, bus: Arc<dyn EventBus>, timer: Arc<dyn Timer>, stop: CancellationToken) {
    let linger = match store.backend() {
        Backend::Sqlite => LINGER,
        Backend::Postgres => TimeDelta::zero(),
    };
    let mut published = Vec::new();
    while !stop.is_cancelled() {
        let done = publish(&store, bus.as_ref(), &mut published).await;
        let done = if linger.is_zero() && done.is_ok() { forget(&store, &mut published).await } else { done.map(drop) };
        if let Err(error) = done {
            tracing::error!(%error, "the outbox could not be read");
        }
        let pause = if published.is_empty() { IDLE_PAUSE } else { linger };
        tokio::select! {
            biased;
            () = stop.cancelled() => {}
            () = store.outbox_filled() => continue,
            () = timer.sleep_until(timer.now() + pause) => {}
        }
        if let Err(error) = forget(&store, &mut published).await {
            tracing::error!(%error, "what was published stays in the outbox");
        }
    }
}
