//! What strategies said.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use exodus_domain::{Notice, Price, Qty, Signal, Symbol};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Set};

use crate::db::{Db, Store, Tx};
use crate::entities::orders;
use crate::entities::signals::{ActiveModel, Column, Entity, Model};
use crate::error::{StoreError, json, records, to_json, word};
use crate::outbox;
use crate::page::{Page, Paged, page_of};
use crate::strategies;

/// A signal to be recorded.
#[derive(Clone, Debug)]
pub struct NewSignal {
    /// Owner.
    pub user_id: i64,
    /// Account it was given for.
    pub account_id: i64,
    /// Strategy that gave it.
    pub strategy_id: i64,
    /// The version of it that decided.
    pub strategy_version: Option<i32>,
    /// What it said.
    pub signal: Signal,
    /// Names the decision, without chance or program version in it: after a restart the same decision has the same
    /// key and is recorded only once.
    pub signal_key: String,
}

/// A recorded signal.
#[derive(Clone, Debug, PartialEq)]
pub struct SignalRecord {
    /// Number.
    pub id: i64,
    /// Owner.
    pub user_id: i64,
    /// Account it was given for; `None` if its user has none any more.
    pub account_id: Option<i64>,
    /// Strategy that gave it.
    pub strategy_id: i64,
    /// The version of it that decided; `None` for signals older than versions.
    pub strategy_version: Option<i32>,
    /// Name of that strategy now.
    pub strategy_name: String,
    /// What it said.
    pub signal: Signal,
    /// The order it led to, denied ones included.
    pub order_id: Option<i64>,
    /// When it was recorded.
    pub created_at: DateTime<Utc>,
}

/// Which signals are wanted.
#[derive(Clone, Debug, Default)]
pub struct SignalFilter {
    /// Those given for one account.
    pub account_id: Option<i64>,
    /// Those of one strategy.
    pub strategy_id: Option<i64>,
    /// Those on one issue.
    pub symbol: Option<Symbol>,
}

impl TryFrom<Model> for SignalRecord {
    type Error = StoreError;

    /// Without what lies in other tables, see [`complete`].
    fn try_from(row: Model) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.id,
            user_id: row.user_id,
            account_id: row.account_id,
            strategy_id: row.strategy_id,
            strategy_version: row.strategy_version,
            strategy_name: String::new(),
            signal: Signal {
                symbol: word(&row.symbol)?,
                signal_type: word(&row.signal_type)?,
                confidence: row.confidence_score,
                price: Price(row.price),
                quantity: Qty(row.quantity),
                reason: json(row.reason)?,
            },
            order_id: None,
            created_at: row.created_at,
        })
    }
}

/// Records a signal once; the flag is true if it is new.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn record(store: &Store, new: &NewSignal, now: DateTime<Utc>) -> Result<(SignalRecord, bool), StoreError> {
    let tx = store.begin().await?;
    let (row, is_new) = put(&tx, new, now).await?;
    let record = complete_one(&tx, row).await?;
    tx.commit().await?;
    Ok((record, is_new))
}

/// The same in the caller's transaction.
pub(crate) async fn put(tx: &Tx, new: &NewSignal, now: DateTime<Utc>) -> Result<(Model, bool), StoreError> {
    tx.lock_key(&format!("signals:{}", new.strategy_id)).await?;
    let same = Entity::find()
        .filter(Column::StrategyId.eq(new.strategy_id))
        .filter(Column::SignalKey.eq(new.signal_key.as_str()));
    if let Some(row) = same.one(&tx.executor()).await? {
        return Ok((row, false));
    }
    let signal = &new.signal;
    let row = ActiveModel {
        user_id: Set(new.user_id),
        account_id: Set(Some(new.account_id)),
        strategy_id: Set(new.strategy_id),
        strategy_version: Set(new.strategy_version),
        signal_key: Set(new.signal_key.clone()),
        symbol: Set(signal.symbol.to_string()),
        signal_type: Set(signal.signal_type.as_str().to_owned()),
        confidence_score: Set(signal.confidence),
        price: Set(signal.price.0),
        quantity: Set(signal.quantity.0),
        reason: Set(to_json(&signal.reason)),
        created_at: Set(now),
        ..Default::default()
    };
    let row = row.insert(&tx.executor()).await?;
    outbox::add(tx, &Notice::SignalCreated { user_id: new.user_id, signal_id: row.id }, now).await?;
    Ok((row, true))
}

/// One of a user's signals.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn get(db: &dyn Db, user_id: i64, id: i64) -> Result<Option<SignalRecord>, StoreError> {
    let query = Entity::find_by_id(id).filter(Column::UserId.eq(user_id));
    match query.one(&db.executor()).await? {
        Some(row) => Ok(Some(complete_one(db, row).await?)),
        None => Ok(None),
    }
}

/// A user's signals, newest first.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn list(
    db: &dyn Db,
    user_id: i64,
    filter: &SignalFilter,
    page: Page,
) -> Result<Paged<SignalRecord>, StoreError> {
    let mut query = Entity::find().filter(Column::UserId.eq(user_id)).order_by_desc(Column::Id);
    if let Some(account_id) = filter.account_id {
        query = query.filter(Column::AccountId.eq(account_id));
    }
    if let Some(strategy_id) = filter.strategy_id {
        query = query.filter(Column::StrategyId.eq(strategy_id));
    }
    if let Some(symbol) = filter.symbol {
        query = query.filter(Column::Symbol.eq(symbol.as_str()));
    }
    let mut found = page_of(db, query, page).await?;
    complete(db, &mut found.items).await?;
    Ok(found)
}

async fn complete_one(db: &dyn Db, row: Model) -> Result<SignalRecord, StoreError> {
    let mut found = records(vec![row])?;
    complete(db, &mut found).await?;
    found.pop().ok_or(StoreError::NotFound)
}

/// Fills in the names of the strategies and the orders that followed.
async fn complete(db: &dyn Db, signals: &mut [SignalRecord]) -> Result<(), StoreError> {
    let names = strategies::names(db, signals.iter().map(|s| s.strategy_id)).await?;
    let signal_ids = signals.iter().map(|s| s.id);
    let orders: HashMap<i64, i64> = orders::Entity::find()
        .select_only()
        .columns([orders::Column::SignalId, orders::Column::Id])
        .filter(orders::Column::SignalId.is_in(signal_ids))
        .into_tuple::<(i64, i64)>()
        .all(&db.executor())
        .await?
        .into_iter()
        .collect();
    for signal in signals {
        signal.strategy_name = names.get(&signal.strategy_id).cloned().unwrap_or_default();
        signal.order_id = orders.get(&signal.id).copied();
    }
    Ok(())
}
