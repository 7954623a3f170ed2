//! What an account began each trading day with, and whether it lost as much as it may on a day (RK20). A restart finds the
//! same base again, and a limit that was reached stays so until the day ends.

use chrono::{DateTime, NaiveDate, Utc};
use exodus_domain::testing::{Defect, planted};
use exodus_domain::{ArmingEnd, Notice, Won};
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, Set};
use serde_json::json;

use crate::accounts;
use crate::armings;
use crate::audit::{self, NewAudit};
use crate::db::{Db, Store};
use crate::entities::trading_days::{ActiveModel, Column, Entity, Model};
use crate::error::StoreError;
use crate::outbox;

/// A trading day of an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TradingDay {
    /// Account.
    pub account_id: i64,
    /// Date in Korea.
    pub trade_date: NaiveDate,
    /// Cash and holdings when it began.
    pub opening_equity: Won,
    /// When that was known.
    pub opened_at: DateTime<Utc>,
    /// The loss and its limit when the limit was reached, and when that was; `None` if it was not.
    pub loss_reached: Option<LossReached>,
}

/// A day's loss that ended the buying.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LossReached {
    /// The limit in force then.
    pub limit: Won,
    /// The loss then.
    pub loss: Won,
    /// When.
    pub at: DateTime<Utc>,
}

impl From<Model> for TradingDay {
    fn from(row: Model) -> Self {
        let loss_reached = row.loss_reached_at.map(|at| LossReached {
            limit: Won(row.loss_limit.unwrap_or_default()),
            loss: Won(row.loss.unwrap_or_default()),
            at,
        });
        Self {
            account_id: row.account_id,
            trade_date: row.trade_date,
            opening_equity: Won(row.opening_equity),
            opened_at: row.opened_at,
            loss_reached,
        }
    }
}

/// Begins a trading day with this equity, if it has not begun, and tells what it began with.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn open(
    db: &dyn Db,
    account_id: i64,
    trade_date: NaiveDate,
    equity: Won,
    now: DateTime<Utc>,
) -> Result<TradingDay, StoreError> {
    let row = ActiveModel {
        account_id: Set(account_id),
        trade_date: Set(trade_date),
        opening_equity: Set(equity.0),
        opened_at: Set(now),
        loss_limit: Set(None),
        loss: Set(None),
        loss_reached_at: Set(None),
    };
    let mut keep = OnConflict::columns([Column::AccountId, Column::TradeDate]);
    if planted(Defect::LossBaseReset) {
        keep.update_column(Column::OpeningEquity);
    } else {
        keep.do_nothing();
    }
    Entity::insert(row).on_conflict(keep).exec_without_returning(&db.executor()).await?;
    find(db, account_id, trade_date).await?.ok_or(StoreError::NotFound)
}

/// A trading day, if it has begun.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn find(db: &dyn Db, account_id: i64, trade_date: NaiveDate) -> Result<Option<TradingDay>, StoreError> {
    Ok(Entity::find_by_id((account_id, trade_date)).one(&db.executor()).await?.map(TradingDay::from))
}

/// Notes that the loss of a day was reached, once.
///
/// # Errors
/// [`StoreError::NotFound`] if there is no such account or its day has not begun.
pub async fn reach_loss(
    store: &Store,
    account_id: i64,
    trade_date: NaiveDate,
    limit: Won,
    loss: Won,
    now: DateTime<Utc>,
) -> Result<TradingDay, StoreError> {
    let tx = store.begin().await?;
    let account = accounts::lock(&tx, account_id).await?;
    let done = Entity::update_many()
        .col_expr(Column::LossLimit, Expr::value(limit.0))
        .col_expr(Column::Loss, Expr::value(loss.0))
        .col_expr(Column::LossReachedAt, Expr::value(now))
        .filter(Column::AccountId.eq(account_id))
        .filter(Column::TradeDate.eq(trade_date))
        .filter(Column::LossReachedAt.is_null())
        .exec(&tx.executor())
        .await?;
    if done.rows_affected > 0 {
        let notice = Notice::AccountChanged { user_id: account.user_id, account_id };
        outbox::add(&tx, &notice, now).await?;
        armings::end_of_account(&tx, account_id, ArmingEnd::DailyLoss, now).await?;
        let entry = NewAudit {
            user_id: Some(account.user_id),
            actor: "system".to_owned(),
            action: "daily_loss.reached".to_owned(),
            object: format!("account:{account_id}"),
            detail: json!({ "date": trade_date, "limit": limit, "loss": loss }),
        };
        audit::append(&tx, &entry, now).await?;
    }
    let day = find(&tx, account_id, trade_date).await?.ok_or(StoreError::NotFound)?;
    tx.commit().await?;
    Ok(day)
}
