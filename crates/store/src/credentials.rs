//! Sealed keys of accounts at a broker. The store never sees what is inside: sealing and opening is the server's, by the
//! envelope of safety SE30.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, Set};

use crate::db::{Db, Tx};
use crate::entities::broker_credentials::{ActiveModel, Column, Entity, Model};
use crate::error::StoreError;

/// One sealed field. Names, version and owner are part of what the seal vouches for, so that rows cannot be swapped.
#[derive(Clone, PartialEq, Eq)]
pub struct SealedField {
    /// Owner.
    pub user_id: i64,
    /// Account the field belongs to.
    pub account_id: i64,
    /// Which field, such as `app_key`.
    pub field: String,
    /// Grows with each write.
    pub version: i64,
    /// The key-encryption key that wraps the data key.
    pub key_id: String,
    /// The data key, wrapped.
    pub wrapped_key: Vec<u8>,
    /// The value, sealed by the data key.
    pub sealed: Vec<u8>,
}

impl From<Model> for SealedField {
    fn from(row: Model) -> Self {
        Self {
            user_id: row.user_id,
            account_id: row.account_id,
            field: row.field,
            version: row.version,
            key_id: row.key_id,
            wrapped_key: row.wrapped_key,
            sealed: row.sealed,
        }
    }
}

/// Stores a field in place of an older version of it.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn put(tx: &Tx, field: &SealedField, now: DateTime<Utc>) -> Result<(), StoreError> {
    let row = ActiveModel {
        account_id: Set(field.account_id),
        field: Set(field.field.clone()),
        user_id: Set(field.user_id),
        version: Set(field.version),
        key_id: Set(field.key_id.clone()),
        wrapped_key: Set(field.wrapped_key.clone()),
        sealed: Set(field.sealed.clone()),
        saved_at: Set(now),
    };
    let replace = OnConflict::columns([Column::AccountId, Column::Field])
        .update_columns([
            Column::UserId,
            Column::Version,
            Column::KeyId,
            Column::WrappedKey,
            Column::Sealed,
            Column::SavedAt,
        ])
        .to_owned();
    Entity::insert(row).on_conflict(replace).exec_without_returning(&tx.executor()).await?;
    Ok(())
}

/// Every field of an account, by name.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn of_account(db: &dyn Db, account_id: i64) -> Result<Vec<SealedField>, StoreError> {
    let query = Entity::find().filter(Column::AccountId.eq(account_id)).order_by_asc(Column::Field);
    Ok(query.all(&db.executor()).await?.into_iter().map(SealedField::from).collect())
}

/// The fields whose data key another key-encryption key than `key_id` wraps: what a rotation has still to do.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn wrapped_by_others(db: &dyn Db, key_id: &str) -> Result<Vec<SealedField>, StoreError> {
    let query = Entity::find().filter(Column::KeyId.ne(key_id)).order_by_asc(Column::AccountId);
    Ok(query.all(&db.executor()).await?.into_iter().map(SealedField::from).collect())
}

/// How many fields another key-encryption key than `key_id` wraps: at zero the others may be destroyed.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn count_wrapped_by_others(db: &dyn Db, key_id: &str) -> Result<u64, StoreError> {
    Ok(Entity::find().filter(Column::KeyId.ne(key_id)).count(&db.executor()).await?)
}

/// Stores the data key of `old`, wrapped anew. False if the field was written in the meantime; that write has the new key.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn rewrap(db: &dyn Db, old: &SealedField, key_id: &str, wrapped_key: &[u8]) -> Result<bool, StoreError> {
    let done = Entity::update_many()
        .col_expr(Column::KeyId, Expr::value(key_id))
        .col_expr(Column::WrappedKey, Expr::value(wrapped_key.to_vec()))
        .filter(Column::AccountId.eq(old.account_id))
        .filter(Column::Field.eq(old.field.as_str()))
        .filter(Column::Version.eq(old.version))
        .filter(Column::KeyId.eq(old.key_id.as_str()))
        .exec(&db.executor())
        .await?;
    Ok(done.rows_affected == 1)
}

/// Removes every field of an account.
pub(crate) async fn remove(tx: &Tx, account_id: i64) -> Result<(), StoreError> {
    Entity::delete_many().filter(Column::AccountId.eq(account_id)).exec(&tx.executor()).await?;
    Ok(())
}
