//! Orders that somebody else placed on an account: by telephone, by another program (safety §2.7). They are stored, counted
//! and shown, and nothing here ever cancels them; a person may take one over as an order of this system.

use chrono::{DateTime, NaiveDate, Utc};
use exodus_domain::{OrderFields, OrderState, OrderType, Symbol};
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveModelTrait, ColumnTrait, Condition, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, Set};
use serde_json::json;

use super::broker_orders::{BrokerRow, FOREIGN};
use super::{BoundBy, Order, fields_hash, step};
use crate::accounts::{self, Account};
use crate::audit::{self, NewAudit};
use crate::db::{Db, Store, Tx};
use crate::entities::broker_orders::{ActiveModel, Column, Entity};
use crate::entities::orders;
use crate::error::{StoreError, records, to_json};
use crate::holdings;
use crate::page::{Page, Paged, page_of};

/// Which rows of the broker's lists are wanted.
#[derive(Clone, Copy, Debug, Default)]
pub struct RowFilter {
    /// Only those that no order of ours is bound to.
    pub is_external: bool,
    /// From this trade date on.
    pub from: Option<NaiveDate>,
    /// Up to this trade date.
    pub to: Option<NaiveDate>,
}

/// Rows of an account, newest first.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn list_rows(
    db: &dyn Db,
    account_id: i64,
    filter: &RowFilter,
    page: Page,
) -> Result<Paged<BrokerRow>, StoreError> {
    let mut query = Entity::find().filter(Column::AccountId.eq(account_id)).order_by_desc(Column::Id);
    if filter.is_external {
        query = query.filter(Column::OrderId.is_null()).filter(is_an_order());
    }
    if let Some(from) = filter.from {
        query = query.filter(Column::TradeDate.gte(from));
    }
    if let Some(to) = filter.to {
        query = query.filter(Column::TradeDate.lte(to));
    }
    page_of(db, query, page).await
}

/// What is not a request about another order: a cancel never trades, an amended order may.
fn is_an_order() -> Condition {
    Condition::any().add(Column::OriginalId.is_null()).add(Column::CumQuantity.gt(0))
}

/// External rows of an account whose fills its books do not hold, of any date.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn uncounted(db: &dyn Db, account_id: i64) -> Result<Vec<BrokerRow>, StoreError> {
    let query = Entity::find()
        .filter(Column::AccountId.eq(account_id))
        .filter(Column::OrderId.is_null())
        .filter(is_an_order())
        .order_by_asc(Column::Id);
    let rows: Vec<BrokerRow> = records(query.all(&db.executor()).await?)?;
    Ok(rows.into_iter().filter(|row| row.uncounted_quantity().is_positive()).collect())
}

/// Notes that the books of an account hold everything that others have traded until now.
pub(crate) async fn count_others(tx: &Tx, account_id: i64) -> Result<(), StoreError> {
    Entity::update_many()
        .col_expr(Column::CountedQuantity, Expr::col(Column::CumQuantity))
        .filter(Column::AccountId.eq(account_id))
        .filter(Column::OrderId.is_null())
        .exec(&tx.executor())
        .await?;
    Ok(())
}

/// True if a strategy has traded an issue on the account, and the account holds some of it.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn strategies_hold(db: &dyn Db, account_id: i64, symbol: Symbol) -> Result<bool, StoreError> {
    if holdings::find(db, account_id, symbol).await?.is_none() {
        return Ok(false);
    }
    let traded = orders::Entity::find()
        .filter(orders::Column::AccountId.eq(account_id))
        .filter(orders::Column::Symbol.eq(symbol.as_str()))
        .filter(orders::Column::StrategyId.is_not_null())
        .filter(orders::Column::FilledQuantity.gt(0));
    Ok(traded.count(&db.executor()).await? > 0)
}

/// A person says that a row is somebody else's, so it is no candidate for any order of ours.
///
/// # Errors
/// [`StoreError::NotFound`]; [`StoreError::Conflict`] `own_order` if an order of ours is bound to it.
pub async fn confirm(store: &Store, user_id: i64, row_id: i64, now: DateTime<Utc>) -> Result<BrokerRow, StoreError> {
    let tx = store.begin().await?;
    let (account, row) = lock_row(&tx, user_id, row_id).await?;
    let change = ActiveModel { id: Set(row.id), confirmed_at: Set(Some(now)), ..Default::default() };
    let changed = change.update(&tx.executor()).await?;
    record(&tx, &account, &row, user_id, "broker_order.confirm", now).await?;
    tx.commit().await?;
    changed.try_into()
}

/// A person takes an external order over: it becomes an order of ours that is bound to the row. Its fills are booked when
/// the list is read next.
///
/// # Errors
/// [`StoreError::NotFound`]; [`StoreError::Conflict`] `own_order` if it is ours already, or `foreign_order` if it is of a
/// kind that this system does not know.
pub async fn adopt(store: &Store, user_id: i64, row_id: i64, now: DateTime<Utc>) -> Result<Order, StoreError> {
    let tx = store.begin().await?;
    let (account, row) = lock_row(&tx, user_id, row_id).await?;
    if row.order_type == FOREIGN || !row.is_new_order() || row.counted_quantity.is_positive() {
        return Err(StoreError::Conflict("foreign_order"));
    }
    let order = insert(&tx, &account, &row, now).await?;
    let change = ActiveModel {
        id: Set(row.id),
        order_id: Set(Some(order.id)),
        adopted_by: Set(Some(user_id)),
        confirmed_at: Set(Some(now)),
        ..Default::default()
    };
    change.update(&tx.executor()).await?;
    record(&tx, &account, &row, user_id, "broker_order.adopt", now).await?;
    tx.commit().await?;
    Ok(order)
}

async fn lock_row(tx: &Tx, user_id: i64, row_id: i64) -> Result<(Account, BrokerRow), StoreError> {
    let found = Entity::find_by_id(row_id).one(&tx.executor()).await?.ok_or(StoreError::NotFound)?;
    let account = accounts::lock(tx, found.account_id).await?;
    if account.user_id != user_id {
        return Err(StoreError::NotFound);
    }
    let row = Entity::find_by_id(row_id).one(&tx.executor()).await?.ok_or(StoreError::NotFound)?;
    let row = BrokerRow::try_from(row)?;
    if row.is_external() { Ok((account, row)) } else { Err(StoreError::Conflict("own_order")) }
}

/// The order as the broker has it, accepted and with nothing booked yet.
async fn insert(tx: &Tx, account: &Account, row: &BrokerRow, now: DateTime<Utc>) -> Result<Order, StoreError> {
    let order_type: OrderType = crate::error::word(&row.order_type)?;
    let fields =
        OrderFields { symbol: row.symbol, side: row.side, order_type, quantity: row.facts.order_qty, price: row.price };
    let state = OrderState::Acked;
    let new = orders::ActiveModel {
        user_id: Set(account.user_id),
        account_id: Set(account.id),
        symbol: Set(row.symbol.to_string()),
        order_type: Set(row.order_type.clone()),
        side: Set(row.side.as_str().to_owned()),
        quantity: Set(row.facts.order_qty.0),
        price: Set(row.price.map(|price| price.0)),
        status: Set(state.status().as_str().to_owned()),
        state: Set(state.as_str().to_owned()),
        filled_quantity: Set(0),
        filled_amount: Set(0),
        commission: Set(0),
        tax: Set(0),
        kis_order_id: Set(Some(row.broker_order_id.0.clone())),
        trade_date: Set(row.trade_date),
        attempts: Set(0),
        decided_at: Set(row.accepted_at),
        created_at: Set(now),
        updated_at: Set(now),
        fields_hash: Set(fields_hash(&fields)),
        bound_by: Set(Some(BoundBy::Person.as_str().to_owned())),
        is_suspect: Set(false),
        ..Default::default()
    };
    let row = new.insert(&tx.executor()).await.map_err(|error| StoreError::conflict_or(error, "own_order"))?;
    let order = Order::try_from(row)?;
    step::note(tx, &order, None, state, "adopted", "", now).await?;
    Ok(order)
}

async fn record(
    tx: &Tx,
    account: &Account,
    row: &BrokerRow,
    user_id: i64,
    action: &str,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let entry = NewAudit {
        user_id: Some(account.user_id),
        actor: format!("user:{user_id}"),
        action: action.to_owned(),
        object: format!("broker_order:{}", row.id),
        detail: json!({ "number": row.broker_order_id, "symbol": row.symbol, "facts": to_json(&row.facts) }),
    };
    audit::append(tx, &entry, now).await.map(drop)
}
