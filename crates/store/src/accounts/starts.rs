//! Starts of an account's session, and their ends. A process that dies again and again over an account must not go on
//! trying (safety F08).

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, QueryFilter, QuerySelect, Set};
use serde_json::{Value, json};

use super::{lock, put_into_review};
use crate::db::{Db, Store};
use crate::entities::accounts::{ActiveModel, Column, Entity};
use crate::error::{self, StoreError, to_json};
use crate::operator;

/// Starts that are farther apart are no loop.
const WITHIN: TimeDelta = TimeDelta::minutes(5);

/// Why an account is in REVIEW whose sessions were ended by crashes only.
pub const CRASH_LOOP: &str = "CRASH_LOOP";

/// Notes that the session of an account starts. If it started too often in the last five minutes and never ended, the
/// account is put into REVIEW.
///
/// # Errors
/// [`StoreError::NotFound`] if there is no such account.
pub async fn note_start(store: &Store, id: i64, now: DateTime<Utc>) -> Result<(), StoreError> {
    let most = operator::order_path(store).await?.crash_loop_starts;
    let tx = store.begin().await?;
    lock(&tx, id).await?;
    let query = Entity::find_by_id(id).select_only().column(Column::Starts);
    let kept: Option<Value> = query.into_tuple().one(&tx.executor()).await?.flatten();
    let mut starts: Vec<DateTime<Utc>> = kept.map(error::json).transpose()?.unwrap_or_default();
    starts.retain(|start| *start > now - WITHIN);
    starts.push(now);
    let change = ActiveModel { id: Set(id), starts: Set(Some(to_json(&starts))), ..Default::default() };
    change.update(&tx.executor()).await?;
    tx.commit().await?;
    if most > 0 && starts.len() >= most as usize {
        put_into_review(store, id, CRASH_LOOP, json!({ "starts": starts }), now).await?;
    }
    Ok(())
}

/// Notes that the session of an account came to an end that is no crash, whatever its reason.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn note_end(db: &dyn Db, id: i64) -> Result<(), StoreError> {
    let change = ActiveModel { starts: Set(None), ..Default::default() };
    Entity::update_many().set(change).filter(Column::Id.eq(id)).exec(&db.executor()).await?;
    Ok(())
}
