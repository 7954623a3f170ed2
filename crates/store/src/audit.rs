//! The audit log: append-only, one hash chain per user and one for the system (safety SE60, SE61). The database
//! itself refuses to change or delete a row.

use chrono::{DateTime, Utc};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, Set};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::db::{Db, Tx};
use crate::entities::audit_log::{ActiveModel, Column, Entity, Model};
use crate::error::StoreError;
use crate::page::{Page, Paged, page_of};

/// The chain of what belongs to no user.
const SYSTEM_STREAM: i64 = 0;

/// What is to be recorded.
#[derive(Clone, Debug)]
pub struct NewAudit {
    /// The user whose chain it belongs to; `None` for the system.
    pub user_id: Option<i64>,
    /// Who did it.
    pub actor: String,
    /// What was done, such as `kill_switch.set`.
    pub action: String,
    /// To what, such as `order:17`.
    pub object: String,
    /// Inputs; never secrets.
    pub detail: Value,
}

/// A recorded entry.
#[derive(Clone, Debug, PartialEq)]
pub struct AuditRow {
    /// Place in its chain, from 1, without gaps.
    pub seq: i64,
    /// The user whose chain it belongs to; `None` for the system.
    pub user_id: Option<i64>,
    /// Who did it.
    pub actor: String,
    /// What was done.
    pub action: String,
    /// To what.
    pub object: String,
    /// Inputs.
    pub detail: Value,
    /// When.
    pub recorded_at: DateTime<Utc>,
}

impl TryFrom<Model> for AuditRow {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        Ok(Self {
            seq: row.seq,
            user_id: row.user_id,
            actor: row.actor,
            action: row.action,
            object: row.object,
            detail: row.detail,
            recorded_at: row.recorded_at,
        })
    }
}

/// What [`verify`] found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AuditCheck {
    /// Entries that fit their chain, from the first on.
    pub intact: i64,
    /// The first entry that does not fit; `None` if all do.
    pub broken_at: Option<i64>,
}

/// Records an entry and returns its place in the chain.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn append(tx: &Tx, new: &NewAudit, now: DateTime<Utc>) -> Result<i64, StoreError> {
    let stream = new.user_id.unwrap_or(SYSTEM_STREAM);
    tx.lock_key(&format!("audit:{stream}")).await?;
    let newest = Entity::find().filter(Column::Stream.eq(stream)).order_by_desc(Column::Seq);
    let newest = newest.one(&tx.executor()).await?;
    let mut row = Model {
        stream,
        seq: newest.as_ref().map_or(0, |row| row.seq) + 1,
        user_id: new.user_id,
        actor: new.actor.clone(),
        action: new.action.clone(),
        object: new.object.clone(),
        detail: new.detail.clone(),
        recorded_at: now,
        prev_hash: newest.map_or_else(String::new, |row| row.hash),
        hash: String::new(),
    };
    row.hash = hash(&row);
    let seq = row.seq;
    let row = ActiveModel {
        stream: Set(row.stream),
        seq: Set(row.seq),
        user_id: Set(row.user_id),
        actor: Set(row.actor),
        action: Set(row.action),
        object: Set(row.object),
        detail: Set(row.detail),
        recorded_at: Set(row.recorded_at),
        prev_hash: Set(row.prev_hash),
        hash: Set(row.hash),
    };
    row.insert(&tx.executor()).await?;
    Ok(seq)
}

/// The chain of a user, or of the system, newest first.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn list(db: &dyn Db, user_id: Option<i64>, page: Page) -> Result<Paged<AuditRow>, StoreError> {
    let query = Entity::find().filter(Column::Stream.eq(user_id.unwrap_or(SYSTEM_STREAM)));
    page_of(db, query.order_by_desc(Column::Seq), page).await
}

/// Walks a chain and finds the first entry that was changed, removed, inserted or moved.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn verify(db: &dyn Db, user_id: Option<i64>) -> Result<AuditCheck, StoreError> {
    let query = Entity::find().filter(Column::Stream.eq(user_id.unwrap_or(SYSTEM_STREAM)));
    let rows = query.order_by_asc(Column::Seq).all(&db.executor()).await?;
    let mut intact = 0;
    let mut prev_hash = String::new();
    for row in rows {
        if row.seq != intact + 1 || row.prev_hash != prev_hash || row.hash != hash(&row) {
            return Ok(AuditCheck { intact, broken_at: Some(row.seq) });
        }
        intact += 1;
        prev_hash = row.hash;
    }
    Ok(AuditCheck { intact, broken_at: None })
}

/// The hash over everything in the row but itself. The time counts in microseconds, all that PostgreSQL keeps.
fn hash(row: &Model) -> String {
    let time = row.recorded_at.timestamp_micros();
    let content = serde_json::json!([
        row.stream,
        row.seq,
        row.user_id,
        row.actor,
        row.action,
        row.object,
        row.detail,
        time,
        row.prev_hash
    ]);
    hex::encode(Sha256::digest(content.to_string()))
}
