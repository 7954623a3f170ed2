//! Settings that an admin changes while the program runs.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::OnConflict;
use sea_orm::{EntityTrait, Set};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::db::Db;
use crate::entities::settings::{ActiveModel, Column, Entity};
use crate::error::{StoreError, json, to_json};

/// Whether strangers may register (`bool`). Not set means no: only the first user of all may.
pub const REGISTRATION_OPEN: &str = "registration_open";

/// What this database is called, for files that lie beside it (`String`); see [`database_id`].
const DATABASE_ID: &str = "database_id";

/// The name of this database, which no other has: `fresh`, if it has none yet.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn database_id(db: &dyn Db, fresh: &str, now: DateTime<Utc>) -> Result<String, StoreError> {
    let row = ActiveModel { key: Set(DATABASE_ID.to_owned()), value: Set(to_json(&fresh)), updated_at: Set(now) };
    let keep = OnConflict::column(Column::Key).do_nothing().to_owned();
    Entity::insert(row).on_conflict(keep).exec_without_returning(&db.executor()).await?;
    get(db, DATABASE_ID).await?.ok_or(StoreError::NotFound)
}

/// The value of a setting, if it was ever set.
///
/// # Errors
/// [`StoreError::Corrupt`] if the stored value is of another type.
pub async fn get<T: DeserializeOwned>(db: &dyn Db, key: &str) -> Result<Option<T>, StoreError> {
    let row = Entity::find_by_id(key.to_owned()).one(&db.executor()).await?;
    row.map(|row| json(row.value)).transpose()
}

/// Sets a setting.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn set<T: Serialize + Sync>(db: &dyn Db, key: &str, value: &T, now: DateTime<Utc>) -> Result<(), StoreError> {
    let row = ActiveModel { key: Set(key.to_owned()), value: Set(to_json(value)), updated_at: Set(now) };
    let replace = OnConflict::column(Column::Key).update_columns([Column::Value, Column::UpdatedAt]).to_owned();
    Entity::insert(row).on_conflict(replace).exec_without_returning(&db.executor()).await?;
    Ok(())
}
