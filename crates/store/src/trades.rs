//! Booked fills.

use chrono::{DateTime, Utc};
use exodus_domain::{AvgPrice, Qty, Side, Symbol, Won};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, Select};

use crate::db::Db;
use crate::entities::trades::{Column, Entity, Model};
use crate::error::{StoreError, records, word};
use crate::page::{Page, Paged, page_of};

/// A booked fill. One booking may cover several executions at several prices.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trade {
    /// Number.
    pub id: i64,
    /// Order that was filled.
    pub order_id: i64,
    /// Owner.
    pub user_id: i64,
    /// Account.
    pub account_id: i64,
    /// Issue.
    pub symbol: Symbol,
    /// Side.
    pub side: Side,
    /// Shares.
    pub quantity: Qty,
    /// Average price of this booking.
    pub price: AvgPrice,
    /// Won traded, before costs.
    pub amount: Won,
    /// Commission.
    pub commission: Won,
    /// Taxes.
    pub tax: Won,
    /// Profit or loss of a sale, net of its own costs; `None` for a buy.
    pub realized_pnl: Option<Won>,
    /// When it happened at the exchange.
    pub executed_at: DateTime<Utc>,
}

impl TryFrom<Model> for Trade {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.id,
            order_id: row.order_id,
            user_id: row.user_id,
            account_id: row.account_id,
            symbol: word(&row.symbol)?,
            side: word(&row.side)?,
            quantity: Qty(row.quantity),
            price: AvgPrice(row.price),
            amount: Won(row.amount),
            commission: Won(row.commission),
            tax: Won(row.tax),
            realized_pnl: row.realized_pnl.map(Won),
            executed_at: row.executed_at,
        })
    }
}

/// Which trades are wanted.
#[derive(Clone, Debug, Default)]
pub struct TradeFilter {
    /// Those of one account.
    pub account_id: Option<i64>,
    /// Those in one issue.
    pub symbol: Option<Symbol>,
    /// From this instant on.
    pub from: Option<DateTime<Utc>>,
    /// Before this instant.
    pub to: Option<DateTime<Utc>>,
}

/// One of a user's trades.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn get(db: &dyn Db, user_id: i64, id: i64) -> Result<Option<Trade>, StoreError> {
    let query = Entity::find_by_id(id).filter(Column::UserId.eq(user_id));
    query.one(&db.executor()).await?.map(Trade::try_from).transpose()
}

/// A user's trades, newest first.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn list(db: &dyn Db, user_id: i64, filter: &TradeFilter, page: Page) -> Result<Paged<Trade>, StoreError> {
    let query = matching(user_id, filter).order_by_desc(Column::ExecutedAt).order_by_desc(Column::Id);
    page_of(db, query, page).await
}

/// All of a user's trades, oldest first, for a file.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn export(db: &dyn Db, user_id: i64, filter: &TradeFilter) -> Result<Vec<Trade>, StoreError> {
    let query = matching(user_id, filter).order_by_asc(Column::ExecutedAt).order_by_asc(Column::Id);
    records(query.all(&db.executor()).await?)
}

/// The trades of one of a user's orders, oldest first.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn of_order(db: &dyn Db, user_id: i64, order_id: i64) -> Result<Vec<Trade>, StoreError> {
    let query = Entity::find().filter(Column::UserId.eq(user_id)).filter(Column::OrderId.eq(order_id));
    records(query.order_by_asc(Column::Id).all(&db.executor()).await?)
}

fn matching(user_id: i64, filter: &TradeFilter) -> Select<Entity> {
    let mut query = Entity::find().filter(Column::UserId.eq(user_id));
    if let Some(account_id) = filter.account_id {
        query = query.filter(Column::AccountId.eq(account_id));
    }
    if let Some(symbol) = filter.symbol {
        query = query.filter(Column::Symbol.eq(symbol.as_str()));
    }
    if let Some(from) = filter.from {
        query = query.filter(Column::ExecutedAt.gte(from));
    }
    if let Some(to) = filter.to {
        query = query.filter(Column::ExecutedAt.lt(to));
    }
    query
}
