//! Strategies of users.

use chrono::{DateTime, Utc};
use exodus_domain::{Notice, Symbol};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Select, Set,
};
use serde_json::Value;

use crate::accounts;
use crate::db::{Db, Store, Tx};
use crate::entities::strategies::{ActiveModel, Column, Entity, Model};
use crate::error::{StoreError, json, records, to_json};
use crate::outbox;
use crate::page::{Page, Paged, page_of};

/// A strategy.
#[derive(Clone, Debug, PartialEq)]
pub struct Strategy {
    /// Number.
    pub id: i64,
    /// Owner.
    pub user_id: i64,
    /// What the owner wrote.
    pub fields: StrategyFields,
    /// True while it trades.
    pub is_active: bool,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// Last change.
    pub updated_at: DateTime<Utc>,
}

/// What the owner of a strategy writes.
#[derive(Clone, Debug, PartialEq)]
pub struct StrategyFields {
    /// Name.
    pub name: String,
    /// Description; may be empty.
    pub description: String,
    /// Word of the type, such as `momentum`.
    pub strategy_type: String,
    /// Parameters as the type's schema wants them.
    pub parameters: Value,
    /// Issues it trades.
    pub symbols: Vec<Symbol>,
}

impl TryFrom<Model> for Strategy {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.id,
            user_id: row.user_id,
            fields: StrategyFields {
                name: row.name,
                description: row.description,
                strategy_type: row.strategy_type,
                parameters: row.parameters,
                symbols: json(row.symbols)?,
            },
            is_active: row.is_active,
            created_at: row.created_at,
            updated_at: row.updated_at,
        })
    }
}

/// Makes a strategy, inactive.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn create(
    db: &dyn Db,
    user_id: i64,
    fields: &StrategyFields,
    now: DateTime<Utc>,
) -> Result<Strategy, StoreError> {
    let mut row = with_fields(fields);
    row.user_id = Set(user_id);
    row.is_active = Set(false);
    row.created_at = Set(now);
    row.updated_at = Set(now);
    row.deleted_at = Set(None);
    row.insert(&db.executor()).await?.try_into()
}

/// One of a user's strategies.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn get(db: &dyn Db, user_id: i64, id: i64) -> Result<Option<Strategy>, StoreError> {
    let row = of_user(user_id).filter(Column::Id.eq(id)).one(&db.executor()).await?;
    row.map(Strategy::try_from).transpose()
}

/// A user's strategies, newest first.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn list(
    db: &dyn Db,
    user_id: i64,
    is_active: Option<bool>,
    page: Page,
) -> Result<Paged<Strategy>, StoreError> {
    let mut query = of_user(user_id).order_by_desc(Column::Id);
    if let Some(is_active) = is_active {
        query = query.filter(Column::IsActive.eq(is_active));
    }
    page_of(db, query, page).await
}

/// A user's active strategies, oldest first.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn active_of_user(db: &dyn Db, user_id: i64) -> Result<Vec<Strategy>, StoreError> {
    let query = of_user(user_id).filter(Column::IsActive.eq(true)).order_by_asc(Column::Id);
    records(query.all(&db.executor()).await?)
}

/// How many strategies are active on this installation.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn count_active(db: &dyn Db) -> Result<u64, StoreError> {
    Ok(Entity::find().filter(Column::IsActive.eq(true)).count(&db.executor()).await?)
}

/// Replaces what the owner wrote.
///
/// # Errors
/// [`StoreError::NotFound`]; [`StoreError::Conflict`] `strategy_active` while it trades.
pub async fn update(
    store: &Store,
    user_id: i64,
    id: i64,
    fields: &StrategyFields,
    now: DateTime<Utc>,
) -> Result<Strategy, StoreError> {
    let tx = store.begin().await?;
    lock_inactive(&tx, user_id, id).await?;
    let mut change = with_fields(fields);
    change.id = Set(id);
    change.updated_at = Set(now);
    let row = change.update(&tx.executor()).await?;
    announce(&tx, user_id, now).await?;
    tx.commit().await?;
    row.try_into()
}

/// Deletes a strategy. Its signals and orders stay, so the row is only hidden.
///
/// # Errors
/// [`StoreError::NotFound`]; [`StoreError::Conflict`] `strategy_active` while it trades.
pub async fn delete(store: &Store, user_id: i64, id: i64, now: DateTime<Utc>) -> Result<(), StoreError> {
    let tx = store.begin().await?;
    lock_inactive(&tx, user_id, id).await?;
    let change = ActiveModel { id: Set(id), deleted_at: Set(Some(now)), updated_at: Set(now), ..Default::default() };
    change.update(&tx.executor()).await?;
    tx.commit().await
}

/// Starts or stops a strategy, and wakes the worker. Doing it twice changes nothing the second time.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn set_active(
    store: &Store,
    user_id: i64,
    id: i64,
    is_active: bool,
    now: DateTime<Utc>,
) -> Result<Strategy, StoreError> {
    let tx = store.begin().await?;
    let row = lock(&tx, user_id, id).await?;
    if row.is_active == is_active {
        return row.try_into();
    }
    let change = ActiveModel { id: Set(id), is_active: Set(is_active), updated_at: Set(now), ..Default::default() };
    let row = change.update(&tx.executor()).await?;
    announce(&tx, user_id, now).await?;
    tx.commit().await?;
    row.try_into()
}

fn of_user(user_id: i64) -> Select<Entity> {
    Entity::find().filter(Column::UserId.eq(user_id)).filter(Column::DeletedAt.is_null())
}

fn with_fields(fields: &StrategyFields) -> ActiveModel {
    ActiveModel {
        name: Set(fields.name.clone()),
        description: Set(fields.description.clone()),
        strategy_type: Set(fields.strategy_type.clone()),
        parameters: Set(fields.parameters.clone()),
        symbols: Set(to_json(&fields.symbols)),
        ..Default::default()
    }
}

async fn lock(tx: &Tx, user_id: i64, id: i64) -> Result<Model, StoreError> {
    let query = of_user(user_id).filter(Column::Id.eq(id)).lock_exclusive();
    query.one(&tx.executor()).await?.ok_or(StoreError::NotFound)
}

async fn lock_inactive(tx: &Tx, user_id: i64, id: i64) -> Result<(), StoreError> {
    if lock(tx, user_id, id).await?.is_active { Err(StoreError::Conflict("strategy_active")) } else { Ok(()) }
}

async fn announce(tx: &Tx, user_id: i64, now: DateTime<Utc>) -> Result<(), StoreError> {
    match accounts::of_user(tx, user_id).await? {
        Some(account) => outbox::add(tx, &Notice::StrategyChanged { account_id: account.id }, now).await,
        None => Ok(()),
    }
}
