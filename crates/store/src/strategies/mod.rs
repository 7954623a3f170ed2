//! Strategies of users. What one does is in its versions: a save makes one, and one of them trades.

mod life;
mod list;
mod versions;

use chrono::{DateTime, Utc};
use exodus_domain::{Notice, Symbol};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, QueryFilter, QuerySelect, Select, Set};
use serde_json::{Value, json};

use crate::audit::{self, Change, NewAudit};
use crate::db::{Db, Store, Tx};
use crate::entities::strategies::{ActiveModel, Column, Entity, Model};
use crate::error::{StoreError, json as read_json, to_json};
use crate::outbox;

pub use life::{
    ActiveStrategy, activate, activate_on, active_of_account, archive, count_active, deactivate, delete, unarchive,
};
pub use list::{StrategyFilter, StrategySort, list, names};
pub use versions::{StrategyVersion, restore, version, versions};

/// A strategy.
#[derive(Clone, Debug, PartialEq)]
pub struct Strategy {
    /// Number.
    pub id: i64,
    /// Owner.
    pub user_id: i64,
    /// What the owner wrote last.
    pub fields: StrategyFields,
    /// Number of the version that holds it, the newest one.
    pub version: i32,
    /// The version that trades; `None` while none does.
    pub active_version: Option<i32>,
    /// The account that version trades on; `None` while none does.
    pub account_id: Option<i64>,
    /// When it was put away; `None` if it was not. What is put away does not trade.
    pub archived_at: Option<DateTime<Utc>>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// Last change, of what it does or of whether it does it.
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
                symbols: read_json(row.symbols)?,
            },
            version: row.version,
            active_version: row.active_version,
            account_id: row.account_id,
            archived_at: row.archived_at,
            created_at: row.created_at,
            updated_at: row.updated_at,
        })
    }
}

/// Makes a strategy, inactive, with its first version.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn create(
    store: &Store,
    user_id: i64,
    fields: &StrategyFields,
    now: DateTime<Utc>,
) -> Result<Strategy, StoreError> {
    let tx = store.begin().await?;
    let mut row = with_fields(fields);
    row.user_id = Set(user_id);
    row.is_active = Set(false);
    row.version = Set(1);
    row.created_at = Set(now);
    row.updated_at = Set(now);
    let row = row.insert(&tx.executor()).await?;
    versions::add(&tx, row.id, 1, fields, None, now).await?;
    let made = Strategy::try_from(row)?;
    announce(&tx, &made, now).await?;
    tx.commit().await?;
    Ok(made)
}

/// One of a user's strategies, put away or not.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn get(db: &dyn Db, user_id: i64, id: i64) -> Result<Option<Strategy>, StoreError> {
    let row = of_user(user_id).filter(Column::Id.eq(id)).one(&db.executor()).await?;
    row.map(Strategy::try_from).transpose()
}

/// Saves what the owner wrote as a new version. The version that trades goes on trading. Without a change there is no
/// new version. `based_on` is the version that the owner saw, if that is known.
///
/// # Errors
/// [`StoreError::NotFound`]; [`StoreError::Conflict`] `version` if `based_on` is not the newest version.
pub async fn save(
    store: &Store,
    user_id: i64,
    id: i64,
    fields: &StrategyFields,
    based_on: Option<i32>,
    now: DateTime<Utc>,
) -> Result<Strategy, StoreError> {
    let tx = store.begin().await?;
    let stored = lock(&tx, user_id, id).await?;
    if stored.fields == *fields {
        return Ok(stored);
    }
    if based_on.is_some_and(|seen| seen != stored.version) {
        return Err(StoreError::Conflict("version"));
    }
    let saved = add_version(&tx, &stored, fields, None, now).await?;
    announce(&tx, &saved, now).await?;
    tx.commit().await?;
    Ok(saved)
}

/// Makes `fields` the newest version of a locked strategy.
async fn add_version(
    tx: &Tx,
    stored: &Strategy,
    fields: &StrategyFields,
    restored_from: Option<i32>,
    now: DateTime<Utc>,
) -> Result<Strategy, StoreError> {
    let number = stored.version + 1;
    versions::add(tx, stored.id, number, fields, restored_from, now).await?;
    let mut change = with_fields(fields);
    change.id = Set(stored.id);
    change.version = Set(number);
    change.updated_at = Set(now);
    change.update(&tx.executor()).await?.try_into()
}

/// Those of a user that are not deleted.
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

async fn lock(tx: &Tx, user_id: i64, id: i64) -> Result<Strategy, StoreError> {
    let query = of_user(user_id).filter(Column::Id.eq(id)).lock_exclusive();
    query.one(&tx.executor()).await?.ok_or(StoreError::NotFound)?.try_into()
}

/// Tells the owner's screens, and the worker that owns the account where it trades.
async fn announce(tx: &Tx, strategy: &Strategy, now: DateTime<Utc>) -> Result<(), StoreError> {
    let Strategy { id: strategy_id, user_id, account_id, .. } = *strategy;
    outbox::add(tx, &Notice::StrategyChanged { user_id, account_id, strategy_id }, now).await
}

/// Writes down what the owner did.
async fn record(
    tx: &Tx,
    (before, after): (&Strategy, &Strategy),
    action: &str,
    detail: Value,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let Strategy { id: strategy_id, user_id, .. } = *after;
    let entry = NewAudit {
        user_id: Some(user_id),
        actor: format!("user:{user_id}"),
        action: format!("strategy.{action}"),
        object: format!("strategy:{strategy_id}"),
        detail,
    };
    let change = Change { address: None, before: Some(facts(before)), after: Some(facts(after)) };
    audit::append_change(tx, &entry, &change, now).await.map(drop)
}

/// What an audit entry of a strategy is hashed over: which version it is, and what of it trades where.
fn facts(strategy: &Strategy) -> Value {
    let Strategy { id, version, active_version, account_id, archived_at, .. } = strategy;
    json!({
        "strategy_id": id,
        "version": version,
        "active_version": active_version,
        "account_id": account_id,
        "archived_at": archived_at,
    })
}
