//! What a strategy was after each save.

use chrono::{DateTime, Utc};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, Set};

use super::{Strategy, StrategyFields, add_version, announce, get, lock, record};
use crate::db::{Db, Store, Tx};
use crate::entities::strategies;
use crate::entities::strategy_versions::{ActiveModel, Column, Entity, Model};
use crate::error::{StoreError, json, to_json};
use crate::page::{Page, Paged, page_of};

/// A version of a strategy. It never changes.
#[derive(Clone, Debug, PartialEq)]
pub struct StrategyVersion {
    /// Strategy.
    pub strategy_id: i64,
    /// Number, from 1 without gaps.
    pub number: i32,
    /// What the strategy does in this version.
    pub fields: StrategyFields,
    /// The older version that was taken back with it.
    pub restored_from: Option<i32>,
    /// When it was saved.
    pub created_at: DateTime<Utc>,
}

impl TryFrom<Model> for StrategyVersion {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        Ok(Self {
            strategy_id: row.strategy_id,
            number: row.number,
            fields: StrategyFields {
                name: row.name,
                description: row.description,
                strategy_type: row.strategy_type,
                parameters: row.parameters,
                symbols: json(row.symbols)?,
            },
            restored_from: row.restored_from,
            created_at: row.created_at,
        })
    }
}

/// The versions of one of a user's strategies, newest first.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn versions(
    db: &dyn Db,
    user_id: i64,
    strategy_id: i64,
    page: Page,
) -> Result<Paged<StrategyVersion>, StoreError> {
    get(db, user_id, strategy_id).await?.ok_or(StoreError::NotFound)?;
    let query = Entity::find().filter(Column::StrategyId.eq(strategy_id)).order_by_desc(Column::Number);
    page_of(db, query, page).await
}

/// One version of one of a user's strategies.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn version(
    db: &dyn Db,
    user_id: i64,
    strategy_id: i64,
    number: i32,
) -> Result<Option<StrategyVersion>, StoreError> {
    let query = Entity::find_by_id((strategy_id, number))
        .inner_join(strategies::Entity)
        .filter(strategies::Column::UserId.eq(user_id))
        .filter(strategies::Column::DeletedAt.is_null());
    query.one(&db.executor()).await?.map(StrategyVersion::try_from).transpose()
}

/// Makes a new version that is equal to version `number`. What trades is not touched. The newest version itself is not
/// made once more.
///
/// # Errors
/// [`StoreError::NotFound`], also if there is no such version.
pub async fn restore(
    store: &Store,
    user_id: i64,
    strategy_id: i64,
    number: i32,
    now: DateTime<Utc>,
) -> Result<Strategy, StoreError> {
    let tx = store.begin().await?;
    let stored = lock(&tx, user_id, strategy_id).await?;
    let old = version(&tx, user_id, strategy_id, number).await?.ok_or(StoreError::NotFound)?;
    if stored.fields == old.fields {
        return Ok(stored);
    }
    let restored = add_version(&tx, &stored, &old.fields, Some(number), now).await?;
    let detail = serde_json::json!({ "version": restored.version, "restored_from": number });
    record(&tx, (&stored, &restored), "restore", detail, now).await?;
    announce(&tx, &restored, now).await?;
    tx.commit().await?;
    Ok(restored)
}

/// Writes a version down.
pub(super) async fn add(
    tx: &Tx,
    strategy_id: i64,
    number: i32,
    fields: &StrategyFields,
    restored_from: Option<i32>,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let row = ActiveModel {
        strategy_id: Set(strategy_id),
        number: Set(number),
        name: Set(fields.name.clone()),
        description: Set(fields.description.clone()),
        strategy_type: Set(fields.strategy_type.clone()),
        parameters: Set(fields.parameters.clone()),
        symbols: Set(to_json(&fields.symbols)),
        restored_from: Set(restored_from),
        created_at: Set(now),
    };
    row.insert(&tx.executor()).await?;
    Ok(())
}
