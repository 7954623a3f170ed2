//! The audit log: append-only, one hash chain per user and one for the system (safety SE60, SE61). The database
//! itself refuses to change or delete a row.

mod chain;
mod steps;

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Set};
use serde_json::Value;
use sha2::{Digest, Sha256};

pub use chain::{Flaw, Head};
pub use steps::unrecorded_orders;
pub(crate) use steps::{ORDER, STEP};

use chain::{Follower, hash};

use crate::db::{Db, Tx};
use crate::entities::audit_log::{ActiveModel, Column, Entity, Model};
use crate::error::StoreError;
use crate::page::{Page, Paged, page_of};

/// The chain of what belongs to no user.
const SYSTEM_STREAM: i64 = 0;

/// Entries that are read at once when a chain is checked.
const BATCH: u64 = 5_000;

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

/// What an action made of its object, and where it was asked for.
#[derive(Clone, Debug, Default)]
pub struct Change {
    /// Address of whoever asked; `None` if nobody did.
    pub address: Option<String>,
    /// The object before, of which a hash is recorded; `None` if there was none.
    pub before: Option<Value>,
    /// The object after.
    pub after: Option<Value>,
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
    /// Address of whoever asked, where it is known.
    pub address: Option<String>,
    /// Hash of the object before, where it was recorded.
    pub before_hash: Option<String>,
    /// Hash of the object after, where it was recorded.
    pub after_hash: Option<String>,
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
            address: row.address,
            before_hash: row.before_hash,
            after_hash: row.after_hash,
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

/// The chain of an entry as it was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StreamCheck {
    /// The last entry that fits.
    pub intact_to: Head,
    /// The place of the first that does not, and what is wrong with it.
    pub flaw: Option<(i64, Flaw)>,
}

/// Records an entry and returns its place in the chain. On PostgreSQL it is the last lock that a transaction should take.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn append(tx: &Tx, new: &NewAudit, now: DateTime<Utc>) -> Result<i64, StoreError> {
    append_change(tx, new, &Change::default(), now).await
}

/// The same, with what changed.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn append_change(tx: &Tx, new: &NewAudit, change: &Change, now: DateTime<Utc>) -> Result<i64, StoreError> {
    let stream = new.user_id.unwrap_or(SYSTEM_STREAM);
    tx.lock_key(&format!("audit:{stream}")).await?;
    let newest = Entity::find().filter(Column::Stream.eq(stream)).order_by_desc(Column::Seq);
    let newest: Option<(i64, String)> =
        newest.select_only().columns([Column::Seq, Column::Hash]).limit(1).into_tuple().one(&tx.executor()).await?;
    let (last, prev_hash) = newest.unwrap_or_default();
    let mut row = Model {
        stream,
        seq: last + 1,
        user_id: new.user_id,
        actor: new.actor.clone(),
        action: new.action.clone(),
        object: new.object.clone(),
        detail: new.detail.clone(),
        recorded_at: now,
        prev_hash,
        hash: String::new(),
        address: change.address.clone(),
        before_hash: change.before.as_ref().map(digest),
        after_hash: change.after.as_ref().map(digest),
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
        address: Set(row.address),
        before_hash: Set(row.before_hash),
        after_hash: Set(row.after_hash),
    };
    Entity::insert(row).exec_without_returning(&tx.executor()).await?;
    Ok(seq)
}

/// The hash of an object, over its JSON with sorted keys.
fn digest(object: &Value) -> String {
    hex::encode(Sha256::digest(object.to_string()))
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
    let stream = user_id.unwrap_or(SYSTEM_STREAM);
    let check = verify_from(db, Head::start(stream), &[]).await?;
    Ok(AuditCheck { intact: check.intact_to.seq, broken_at: check.flaw.map(|(seq, _)| seq) })
}

/// Walks a chain from `from`, whose entry is trusted, past heads that were kept of it, in order of their places.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn verify_from(db: &dyn Db, from: Head, kept: &[Head]) -> Result<StreamCheck, StoreError> {
    let stream = from.stream;
    let mut follower = Follower::new(from, kept);
    loop {
        let rows = Entity::find()
            .filter(Column::Stream.eq(stream))
            .filter(Column::Seq.gt(follower.head().seq))
            .order_by_asc(Column::Seq)
            .limit(BATCH)
            .all(&db.executor())
            .await?;
        let is_last = (rows.len() as u64) < BATCH;
        let mut followed = rows.iter().try_for_each(|row| follower.follow(row));
        if is_last && followed.is_ok() {
            followed = follower.end();
        }
        if is_last || followed.is_err() {
            return Ok(StreamCheck { intact_to: follower.head().clone(), flaw: followed.err() });
        }
    }
}

/// Walks a chain from a head that was kept of it; the entry of the head is compared, what was before it is not.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn verify_after(db: &dyn Db, head: &Head) -> Result<StreamCheck, StoreError> {
    let row = Entity::find_by_id((head.stream, head.seq)).one(&db.executor()).await?;
    let flaw = match row {
        None => Flaw::CutShort,
        Some(row) if row.hash != head.hash => Flaw::WrittenAnew,
        Some(_) => return verify_from(db, head.clone(), &[]).await,
    };
    let intact_to = Head { seq: head.seq - 1, hash: String::new(), stream: head.stream };
    Ok(StreamCheck { intact_to, flaw: Some((head.seq, flaw)) })
}

/// Where every chain stands, in order of their numbers.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn heads(db: &dyn Db) -> Result<Vec<Head>, StoreError> {
    let last: Vec<(i64, i64)> = Entity::find()
        .select_only()
        .column(Column::Stream)
        .column_as(Column::Seq.max(), "last")
        .group_by(Column::Stream)
        .order_by_asc(Column::Stream)
        .into_tuple()
        .all(&db.executor())
        .await?;
    let mut heads = Vec::with_capacity(last.len());
    for (stream, seq) in last {
        let row = Entity::find_by_id((stream, seq)).one(&db.executor()).await?;
        heads.extend(row.map(|row| Head { stream, seq, hash: row.hash }));
    }
    Ok(heads)
}

/// Walks every chain past the heads that were kept of it; a chain that has gone altogether is found by them, too.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn verify_all(db: &dyn Db, kept: &[Head]) -> Result<Vec<StreamCheck>, StoreError> {
    let mut streams: BTreeMap<i64, Vec<Head>> =
        heads(db).await?.into_iter().map(|head| (head.stream, vec![])).collect();
    for head in kept {
        streams.entry(head.stream).or_default().push(head.clone());
    }
    let mut checks = Vec::with_capacity(streams.len());
    for (stream, mut kept) in streams {
        kept.sort_by_key(|head| head.seq);
        checks.push(verify_from(db, Head::start(stream), &kept).await?);
    }
    Ok(checks)
}
