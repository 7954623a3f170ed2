//! What accounts hold. A holding that is sold out has no row.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Utc};
use exodus_domain::{Fill, Holding, Price, Qty, Symbol, Won};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, EntityTrait, ModelTrait, QueryFilter, QueryOrder, QuerySelect, Select, Set,
};

use crate::accounts::Account;
use crate::db::{Db, Tx};
use crate::entities::holdings::{ActiveModel, Column, Entity, Model};
use crate::error::{StoreError, records, word};
use crate::page::{Page, Paged, page_of};

/// A holding of an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HoldingRecord {
    /// Number.
    pub id: i64,
    /// Owner.
    pub user_id: i64,
    /// Account.
    pub account_id: i64,
    /// Issue, shares and their cost.
    pub holding: Holding,
    /// Last price that was noted; `None` before the first.
    pub current_price: Option<Price>,
    /// Last change.
    pub updated_at: DateTime<Utc>,
}

impl HoldingRecord {
    /// Profit or loss at the current price, before the costs of selling.
    pub fn unrealized_pnl(&self) -> Option<Won> {
        self.current_price.map(|price| self.holding.unrealized_pnl(price))
    }
}

impl TryFrom<Model> for HoldingRecord {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.id,
            user_id: row.user_id,
            account_id: row.account_id,
            holding: Holding { symbol: word(&row.symbol)?, quantity: Qty(row.quantity), cost: Won(row.cost) },
            current_price: row.current_price.map(Price),
            updated_at: row.updated_at,
        })
    }
}

/// What an account holds, by symbol.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn list(db: &dyn Db, account_id: i64, page: Page) -> Result<Paged<HoldingRecord>, StoreError> {
    page_of(db, Entity::find().filter(Column::AccountId.eq(account_id)).order_by_asc(Column::Symbol), page).await
}

/// Everything an account holds, by symbol.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn of_account(db: &dyn Db, account_id: i64) -> Result<Vec<HoldingRecord>, StoreError> {
    let query = Entity::find().filter(Column::AccountId.eq(account_id)).order_by_asc(Column::Symbol);
    records(query.all(&db.executor()).await?)
}

/// What an account holds of one issue.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn find(db: &dyn Db, account_id: i64, symbol: Symbol) -> Result<Option<HoldingRecord>, StoreError> {
    let query = of_symbol(account_id, symbol);
    query.one(&db.executor()).await?.map(HoldingRecord::try_from).transpose()
}

/// Notes the last prices on every holding whose price changed, and tells how many those are.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Corrupt`].
pub async fn mark(tx: &Tx, prices: &HashMap<Symbol, Price>, now: DateTime<Utc>) -> Result<u64, StoreError> {
    let held = Entity::find().select_only().columns([Column::Symbol, Column::CurrentPrice]).distinct();
    let held: Vec<(String, Option<i64>)> = held.into_tuple().all(&tx.executor()).await?;
    let mut changed: BTreeMap<Symbol, i64> = BTreeMap::new();
    for (symbol, marked) in held {
        let symbol = word(&symbol)?;
        changed.extend(prices.get(&symbol).filter(|price| marked != Some(price.0)).map(|price| (symbol, price.0)));
    }
    let mut rows = 0;
    for (symbol, price) in changed {
        let value = Expr::col(Column::Quantity).mul(price);
        let done = Entity::update_many()
            .col_expr(Column::CurrentPrice, Expr::value(price))
            .col_expr(Column::UnrealizedPnl, value.sub(Expr::col(Column::Cost)))
            .col_expr(Column::UpdatedAt, Expr::value(now))
            .filter(Column::Symbol.eq(symbol.as_str()))
            .exec(&tx.executor())
            .await?;
        rows += done.rows_affected;
    }
    Ok(rows)
}

/// Books a fill and returns the profit or loss it realised. The account is locked by the caller.
pub(crate) async fn book(
    tx: &Tx,
    account: &Account,
    symbol: Symbol,
    fill: &Fill,
    now: DateTime<Utc>,
) -> Result<Won, StoreError> {
    let row = of_symbol(account.id, symbol).one(&tx.executor()).await?;
    let known = row.clone().map(HoldingRecord::try_from).transpose()?;
    let mut holding = known.as_ref().map_or_else(|| Holding::none(symbol), |known| known.holding);
    let realized = holding.apply(fill)?;
    let mut change = ActiveModel {
        quantity: Set(holding.quantity.0),
        cost: Set(holding.cost.0),
        average_price: Set(holding.average_price().0),
        updated_at: Set(now),
        ..Default::default()
    };
    match (row, known) {
        (Some(row), _) if !holding.quantity.is_positive() => {
            row.delete(&tx.executor()).await?;
        }
        (Some(row), Some(known)) => {
            let unrealized = known.current_price.map(|price| holding.unrealized_pnl(price).0);
            change.id = Set(row.id);
            change.unrealized_pnl = Set(unrealized);
            change.update(&tx.executor()).await?;
        }
        _ => {
            change.user_id = Set(account.user_id);
            change.account_id = Set(account.id);
            change.symbol = Set(symbol.to_string());
            change.current_price = Set(None);
            change.unrealized_pnl = Set(None);
            change.insert(&tx.executor()).await?;
        }
    }
    Ok(realized)
}

fn of_symbol(account_id: i64, symbol: Symbol) -> Select<Entity> {
    Entity::find().filter(Column::AccountId.eq(account_id)).filter(Column::Symbol.eq(symbol.as_str()))
}
