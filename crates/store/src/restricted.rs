//! Issues that are not to be traded: the operator's list for everybody, and each user's own (RK05).

use chrono::{DateTime, Utc};
use exodus_domain::{Notice, Symbol};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, Set};
use serde_json::json;

use crate::audit::{self, NewAudit};
use crate::db::{Db, Store, Tx};
use crate::entities::restricted_issues::{ActiveModel, Column, Entity, Model};
use crate::error::{StoreError, records, word};
use crate::outbox;

/// The owner of the operator's list.
const OPERATOR: i64 = 0;

/// Whose list an issue is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListOwner {
    /// The operator: it holds for everybody.
    Operator,
    /// One user.
    User(i64),
}

impl ListOwner {
    fn id(self) -> i64 {
        match self {
            Self::Operator => OPERATOR,
            Self::User(id) => id,
        }
    }
}

/// An issue that is not to be traded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RestrictedIssue {
    /// Whose list it is on.
    pub owner: ListOwner,
    /// Issue.
    pub symbol: Symbol,
    /// Why; may be empty.
    pub reason: String,
    /// The user who put it there; `None` for the command line.
    pub added_by: Option<i64>,
    /// When.
    pub added_at: DateTime<Utc>,
}

impl TryFrom<Model> for RestrictedIssue {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        let owner = if row.owner_id == OPERATOR { ListOwner::Operator } else { ListOwner::User(row.owner_id) };
        let symbol = word(&row.symbol)?;
        Ok(Self { owner, symbol, reason: row.reason, added_by: row.added_by, added_at: row.added_at })
    }
}

/// What a user may not trade: the operator's list, then the user's own, by symbol.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn touching(db: &dyn Db, user_id: i64) -> Result<Vec<RestrictedIssue>, StoreError> {
    let query = Entity::find()
        .filter(Column::OwnerId.is_in([OPERATOR, user_id]))
        .order_by_asc(Column::OwnerId)
        .order_by_asc(Column::Symbol);
    records(query.all(&db.executor()).await?)
}

/// Puts an issue on a list, or changes the reason it is there for.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn add(
    store: &Store,
    owner: ListOwner,
    symbol: Symbol,
    reason: &str,
    added_by: Option<i64>,
    now: DateTime<Utc>,
) -> Result<RestrictedIssue, StoreError> {
    let tx = store.begin().await?;
    let row = ActiveModel {
        owner_id: Set(owner.id()),
        symbol: Set(symbol.to_string()),
        reason: Set(reason.to_owned()),
        added_by: Set(added_by),
        added_at: Set(now),
    };
    let replace = OnConflict::columns([Column::OwnerId, Column::Symbol])
        .update_columns([Column::Reason, Column::AddedBy, Column::AddedAt])
        .to_owned();
    let row = Entity::insert(row).on_conflict(replace).exec_with_returning(&tx.executor()).await?;
    tell(&tx, owner, "restricted.add", symbol, reason, added_by, now).await?;
    tx.commit().await?;
    row.try_into()
}

/// Takes an issue off a list.
///
/// # Errors
/// [`StoreError::NotFound`] if it is not there.
pub async fn remove(
    store: &Store,
    owner: ListOwner,
    symbol: Symbol,
    removed_by: Option<i64>,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let tx = store.begin().await?;
    let done = Entity::delete_by_id((owner.id(), symbol.to_string())).exec(&tx.executor()).await?;
    if done.rows_affected == 0 {
        return Err(StoreError::NotFound);
    }
    tell(&tx, owner, "restricted.remove", symbol, "", removed_by, now).await?;
    tx.commit().await
}

async fn tell(
    tx: &Tx,
    owner: ListOwner,
    action: &str,
    symbol: Symbol,
    reason: &str,
    by: Option<i64>,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let user_id = match owner {
        ListOwner::Operator => None,
        ListOwner::User(id) => Some(id),
    };
    // Sessions that wait for nothing else wake by it and read the lists anew.
    outbox::add(tx, &Notice::KillSwitchChanged { user_id }, now).await?;
    let entry = NewAudit {
        user_id,
        actor: by.map_or_else(|| "system".to_owned(), |id| format!("user:{id}")),
        action: action.to_owned(),
        object: format!("issue:{symbol}"),
        detail: json!({ "reason": reason }),
    };
    audit::append(tx, &entry, now).await.map(drop)
}
