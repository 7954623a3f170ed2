//! The trades of backtests.

use chrono::{DateTime, Utc};
use exodus_domain::{Price, Qty, Side, Symbol, Won};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, Select, Set};

use super::get;
use crate::db::{Db, Tx};
use crate::entities::backtest_trades::{ActiveModel, Column, Entity, Model};
use crate::error::{StoreError, records, word};
use crate::page::{Page, Paged, page_of};

/// Trades written by one statement; SQLite takes 32,766 bound values.
const TRADES_AT_ONCE: usize = 2_500;

/// A trade of a backtest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BacktestTrade {
    /// Number of the strategy in the backtest whose order was filled; `None` for what no strategy ordered, and in
    /// results of older versions.
    pub strategy_number: Option<i32>,
    /// Issue.
    pub symbol: Symbol,
    /// Side.
    pub side: Side,
    /// Shares.
    pub quantity: Qty,
    /// Price.
    pub price: Price,
    /// Commission.
    pub commission: Won,
    /// Taxes.
    pub tax: Won,
    /// Profit or loss of a sale; `None` for a buy.
    pub realized_pnl: Option<Won>,
    /// When.
    pub executed_at: DateTime<Utc>,
}

impl TryFrom<Model> for BacktestTrade {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        Ok(Self {
            strategy_number: row.strategy_number,
            symbol: word(&row.symbol)?,
            side: word(&row.side)?,
            quantity: Qty(row.quantity),
            price: Price(row.price),
            commission: Won(row.commission),
            tax: Won(row.tax),
            realized_pnl: row.realized_pnl.map(Won),
            executed_at: row.executed_at,
        })
    }
}

/// The trades of one of a user's backtests, in order.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn trades(db: &dyn Db, user_id: i64, id: i64, page: Page) -> Result<Paged<BacktestTrade>, StoreError> {
    page_of(db, trades_of(db, user_id, id).await?, page).await
}

/// The same, all of them, for a file.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn all_trades(db: &dyn Db, user_id: i64, id: i64) -> Result<Vec<BacktestTrade>, StoreError> {
    records(trades_of(db, user_id, id).await?.all(&db.executor()).await?)
}

async fn trades_of(db: &dyn Db, user_id: i64, id: i64) -> Result<Select<Entity>, StoreError> {
    if get(db, user_id, id).await?.is_none() {
        return Err(StoreError::NotFound);
    }
    let query = Entity::find().filter(Column::BacktestId.eq(id));
    Ok(query.order_by_asc(Column::Seq))
}

/// Puts `trades` in place of those that are stored.
pub(super) async fn replace(tx: &Tx, id: i64, trades: &[BacktestTrade]) -> Result<(), StoreError> {
    let query = Entity::delete_many().filter(Column::BacktestId.eq(id));
    query.exec(&tx.executor()).await?;
    for (block, some) in trades.chunks(TRADES_AT_ONCE).enumerate() {
        let first = block * TRADES_AT_ONCE;
        let rows = some.iter().enumerate().map(|(i, trade)| trade_row(id, first + i, trade));
        Entity::insert_many(rows).exec_without_returning(&tx.executor()).await?;
    }
    Ok(())
}

fn trade_row(backtest_id: i64, seq: usize, trade: &BacktestTrade) -> ActiveModel {
    ActiveModel {
        backtest_id: Set(backtest_id),
        seq: Set(i32::try_from(seq).unwrap_or(i32::MAX)),
        strategy_number: Set(trade.strategy_number),
        symbol: Set(trade.symbol.to_string()),
        side: Set(trade.side.as_str().to_owned()),
        quantity: Set(trade.quantity.0),
        price: Set(trade.price.0),
        commission: Set(trade.commission.0),
        tax: Set(trade.tax.0),
        realized_pnl: Set(trade.realized_pnl.map(|won| won.0)),
        executed_at: Set(trade.executed_at),
    }
}
