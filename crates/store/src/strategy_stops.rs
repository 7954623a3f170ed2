//! Strategies that the program stopped for too many fills or refusals, until a person enables them again (RK19).

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use exodus_domain::{Bar, Notice, OrderState};
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Set};
use serde_json::json;

use crate::accounts;
use crate::audit::{self, NewAudit};
use crate::db::{Db, Store, Tx};
use crate::entities::strategy_stops::{ActiveModel, Column, Entity, Model};
use crate::entities::{orders, trades};
use crate::error::{StoreError, word};
use crate::outbox;

/// How many orders of a strategy are looked at for refusals in a row.
const LOOK_BACK: u64 = 100;

/// A strategy that was stopped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StrategyStop {
    /// Strategy.
    pub strategy_id: i64,
    /// Account it traded on.
    pub account_id: i64,
    /// The word of the reason: `fills` or `refusals`.
    pub reason: String,
    /// The limit then.
    pub limit: i64,
    /// What was counted.
    pub observed: i64,
    /// When.
    pub stopped_at: DateTime<Utc>,
    /// When a person enabled it again; `None` while it is stopped.
    pub enabled_at: Option<DateTime<Utc>>,
}

impl From<Model> for StrategyStop {
    fn from(row: Model) -> Self {
        Self {
            strategy_id: row.strategy_id,
            account_id: row.account_id,
            reason: row.reason,
            limit: row.limit_value,
            observed: row.observed,
            stopped_at: row.stopped_at,
            enabled_at: row.enabled_at,
        }
    }
}

/// What RK19 counts, from the ledger.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StrategyCounts {
    /// Fills on the day since the strategy was enabled.
    pub fills: i64,
    /// Refusals by the broker in a row since then.
    pub refusals: i64,
}

/// Stops a strategy until a person enables it. One that is stopped stays as it is.
///
/// # Errors
/// [`StoreError::NotFound`] if there is no such account.
pub async fn stop(
    store: &Store,
    (strategy_id, account_id): (i64, i64),
    reason: &str,
    (limit, observed): (i64, i64),
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let tx = store.begin().await?;
    let account = accounts::lock(&tx, account_id).await?;
    if find(&tx, strategy_id).await?.is_some_and(|stop| stop.enabled_at.is_none()) {
        return Ok(());
    }
    let row = ActiveModel {
        strategy_id: Set(strategy_id),
        account_id: Set(account_id),
        reason: Set(reason.to_owned()),
        limit_value: Set(limit),
        observed: Set(observed),
        stopped_at: Set(now),
        enabled_at: Set(None),
        enabled_by: Set(None),
    };
    let replace = OnConflict::column(Column::StrategyId)
        .update_columns([
            Column::AccountId,
            Column::Reason,
            Column::LimitValue,
            Column::Observed,
            Column::StoppedAt,
            Column::EnabledAt,
            Column::EnabledBy,
        ])
        .to_owned();
    Entity::insert(row).on_conflict(replace).exec_without_returning(&tx.executor()).await?;
    let detail = json!({ "reason": reason, "limit": limit, "observed": observed });
    tell(&tx, account.user_id, "system", "strategy.stop", strategy_id, detail, now).await?;
    tx.commit().await
}

/// Lets a strategy order again; its counts begin anew.
///
/// # Errors
/// [`StoreError::NotFound`] if the user has no such strategy that is stopped.
pub async fn enable(
    store: &Store,
    user_id: i64,
    strategy_id: i64,
    reason: &str,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let tx = store.begin().await?;
    let stop = find(&tx, strategy_id).await?.filter(|stop| stop.enabled_at.is_none()).ok_or(StoreError::NotFound)?;
    if accounts::lock(&tx, stop.account_id).await?.user_id != user_id {
        return Err(StoreError::NotFound);
    }
    Entity::update_many()
        .col_expr(Column::EnabledAt, Expr::value(now))
        .col_expr(Column::EnabledBy, Expr::value(user_id))
        .filter(Column::StrategyId.eq(strategy_id))
        .exec(&tx.executor())
        .await?;
    let actor = format!("user:{user_id}");
    tell(&tx, user_id, &actor, "strategy.enable", strategy_id, json!({ "reason": reason }), now).await?;
    tx.commit().await
}

/// What was last said of a strategy.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn find(db: &dyn Db, strategy_id: i64) -> Result<Option<StrategyStop>, StoreError> {
    Ok(Entity::find_by_id(strategy_id).one(&db.executor()).await?.map(StrategyStop::from))
}

/// What was last said of the strategies that traded on an account.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn of_account(db: &dyn Db, account_id: i64) -> Result<Vec<StrategyStop>, StoreError> {
    let query = Entity::find().filter(Column::AccountId.eq(account_id)).order_by_asc(Column::StrategyId);
    Ok(query.all(&db.executor()).await?.into_iter().map(StrategyStop::from).collect())
}

/// Counts fills and refusals of a strategy on an account anew.
///
/// # Errors
/// [`StoreError::Corrupt`] if an order cannot be read.
pub async fn counts(
    db: &dyn Db,
    (strategy_id, account_id): (i64, i64),
    date: NaiveDate,
    enabled_at: Option<DateTime<Utc>>,
) -> Result<StrategyCounts, StoreError> {
    let since = enabled_at.unwrap_or(DateTime::UNIX_EPOCH);
    let latest: Vec<(i64, String)> = orders::Entity::find()
        .select_only()
        .columns([orders::Column::Id, orders::Column::State])
        .filter(orders::Column::AccountId.eq(account_id))
        .filter(orders::Column::StrategyId.eq(strategy_id))
        .filter(orders::Column::CreatedAt.gt(since))
        .order_by_desc(orders::Column::Id)
        .limit(LOOK_BACK)
        .into_tuple()
        .all(&db.executor())
        .await?;
    let mut refusals = 0;
    for (_, state) in &latest {
        match word::<OrderState>(state)? {
            OrderState::Rejected => refusals += 1,
            OrderState::Acked
            | OrderState::Partial
            | OrderState::Filled
            | OrderState::Cancelled
            | OrderState::Expired => break,
            _ => {}
        }
    }
    let from = Bar::day_start(date).max(since);
    let fills: Vec<i64> = trades::Entity::find()
        .select_only()
        .column(trades::Column::OrderId)
        .filter(trades::Column::AccountId.eq(account_id))
        .filter(trades::Column::ExecutedAt.gte(from))
        .into_tuple()
        .all(&db.executor())
        .await?;
    Ok(StrategyCounts { fills: own_fills(db, strategy_id, &fills).await?, refusals })
}

/// How many of these fills are of orders of the strategy.
async fn own_fills(db: &dyn Db, strategy_id: i64, order_ids: &[i64]) -> Result<i64, StoreError> {
    let mut of_order: BTreeMap<i64, i64> = BTreeMap::new();
    for id in order_ids {
        *of_order.entry(*id).or_default() += 1;
    }
    let own: Vec<i64> = orders::Entity::find()
        .select_only()
        .column(orders::Column::Id)
        .filter(orders::Column::StrategyId.eq(strategy_id))
        .filter(orders::Column::Id.is_in(of_order.keys().copied()))
        .into_tuple()
        .all(&db.executor())
        .await?;
    Ok(own.iter().filter_map(|id| of_order.get(id)).sum())
}

async fn tell(
    tx: &Tx,
    user_id: i64,
    actor: &str,
    action: &str,
    strategy_id: i64,
    detail: serde_json::Value,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    // Screens and sessions read what stops trading by the same notice.
    outbox::add(tx, &Notice::KillSwitchChanged { user_id: Some(user_id) }, now).await?;
    let entry = NewAudit {
        user_id: Some(user_id),
        actor: actor.to_owned(),
        action: action.to_owned(),
        object: format!("strategy:{strategy_id}"),
        detail,
    };
    audit::append(tx, &entry, now).await.map(drop)
}
