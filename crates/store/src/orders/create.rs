//! T1 and T2: signal, decision and order are written down, in one transaction, before anything is sent.

use chrono::{DateTime, Utc};
use exodus_domain::testing::{Defect, Point, planted, reach};
use exodus_domain::{CommissionSchedule, Denial, OrderFields, OrderState, kst_date};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, ExprTrait, QueryFilter, Set};
use serde_json::Value;

use super::{Order, decisions, fields_hash, step, words_of};
use crate::accounts;
use crate::db::{Store, Tx};
use crate::entities::orders::{ActiveModel, Column, Entity};
use crate::error::{StoreError, to_json};
use crate::requests::{self, RequestAnswer};
use crate::signals::{self, NewSignal};

/// An order to be written down.
#[derive(Clone, Debug)]
pub struct NewOrder {
    /// Owner.
    pub user_id: i64,
    /// Account it trades for.
    pub account_id: i64,
    /// Strategy it comes from.
    pub strategy_id: Option<i64>,
    /// Signal it comes from: recorded with the order, unless it was before; leads to one order at most.
    pub signal: Option<NewSignal>,
    /// Request of a person it comes from; leads to one order at most, and is answered with it.
    pub request_id: Option<i64>,
    /// What it asks for.
    pub fields: OrderFields,
    /// What it pays to its end; `None` for a denied order of an unknown issue.
    pub commission: Option<CommissionSchedule>,
    /// What the risk gate saw, limits in force included.
    pub inputs: Value,
}

/// The outcome of [`create_order`].
#[derive(Clone, Debug, PartialEq)]
pub enum Creation {
    /// Written down; may be claimed.
    Created(Order),
    /// The signal or the request led to this order before.
    Existing(Order),
    /// Another order of the account on this symbol and side may or may not be at the broker. Nothing was written.
    InDoubt {
        /// That order.
        order_id: i64,
    },
}

/// Writes down a refusal of the risk gate. A signal or request that led to an order before keeps that one.
///
/// # Errors
/// [`StoreError::NotFound`] if the account is not the user's.
pub async fn create_denied(
    store: &Store,
    new: &NewOrder,
    denial: &Denial,
    now: DateTime<Utc>,
) -> Result<Order, StoreError> {
    let tx = store.begin().await?;
    lock_account(&tx, new).await?;
    let cause = cause(&tx, new, now).await?;
    if let Some(order) = cause.order {
        return Ok(order);
    }
    let order = insert(&tx, new, cause.signal_id, Some(denial), now).await?;
    tx.commit().await?;
    reach(Point::T01);
    Ok(order)
}

/// Writes down an approved order with its signal (T2), if nothing of the same account, symbol and side is in doubt.
///
/// # Errors
/// [`StoreError::NotFound`] if the account is not the user's.
pub async fn create_order(store: &Store, new: &NewOrder, now: DateTime<Utc>) -> Result<Creation, StoreError> {
    let tx = store.begin().await?;
    lock_account(&tx, new).await?;
    let cause = cause(&tx, new, now).await?;
    if let Some(order) = cause.order {
        return Ok(Creation::Existing(order));
    }
    if let Some(order_id) = lock_holder(&tx, new, now).await? {
        return Ok(Creation::InDoubt { order_id });
    }
    let order = insert(&tx, new, cause.signal_id, None, now).await?;
    reach(Point::K01);
    tx.commit().await?;
    reach(Point::T02);
    reach(Point::K02);
    Ok(Creation::Created(order))
}

async fn lock_account(tx: &Tx, new: &NewOrder) -> Result<(), StoreError> {
    let account = accounts::lock(tx, new.account_id).await?;
    if account.user_id == new.user_id { Ok(()) } else { Err(StoreError::NotFound) }
}

/// What an order comes from.
struct Cause {
    signal_id: Option<i64>,
    /// The order that the same signal or the same request led to before.
    order: Option<Order>,
}

/// Records the signal, or finds what it led to.
async fn cause(tx: &Tx, new: &NewOrder, now: DateTime<Utc>) -> Result<Cause, StoreError> {
    let mut cause = Cause { signal_id: None, order: None };
    if let Some(signal) = &new.signal {
        let (row, is_new) = signals::put(tx, signal, now).await?;
        cause.signal_id = Some(row.id);
        if !is_new {
            cause.order = caused_by(tx, Column::SignalId, row.id).await?;
        }
    }
    if let (None, Some(request_id)) = (&cause.order, new.request_id) {
        cause.order = caused_by(tx, Column::RequestId, request_id).await?;
    }
    Ok(cause)
}

async fn caused_by(tx: &Tx, column: Column, cause: i64) -> Result<Option<Order>, StoreError> {
    Entity::find().filter(column.eq(cause)).one(&tx.executor()).await?.map(Order::try_from).transpose()
}

async fn lock_holder(tx: &Tx, new: &NewOrder, now: DateTime<Utc>) -> Result<Option<i64>, StoreError> {
    let is_freed = |state| planted(Defect::LockFreedAtTimeout) && state == OrderState::Unknown;
    let holding = words_of(|state| state.holds_lock() && !is_freed(state));
    let query = Entity::find()
        .filter(Column::AccountId.eq(new.account_id))
        .filter(Column::Symbol.eq(new.fields.symbol.as_str()))
        .filter(Column::Side.eq(new.fields.side.as_str()))
        // One that was bound from the list cools down (safety M1).
        .filter(Column::State.is_in(holding).or(Column::LockedUntil.gt(now)));
    let holder = query.one(&tx.executor()).await?;
    if let Some(row) = &holder {
        let is_cooling = row.locked_until.is_some_and(|until| until > now);
        reach(if is_cooling { Point::Cooling } else { Point::InDoubt });
    }
    Ok(holder.map(|row| row.id))
}

async fn insert(
    tx: &Tx,
    new: &NewOrder,
    signal_id: Option<i64>,
    denial: Option<&Denial>,
    now: DateTime<Utc>,
) -> Result<Order, StoreError> {
    let state = if denial.is_some() { OrderState::Denied } else { OrderState::Created };
    let row = ActiveModel {
        user_id: Set(new.user_id),
        account_id: Set(new.account_id),
        strategy_id: Set(new.strategy_id),
        strategy_version: Set(new.signal.as_ref().and_then(|signal| signal.strategy_version)),
        signal_id: Set(signal_id),
        request_id: Set(new.request_id),
        symbol: Set(new.fields.symbol.to_string()),
        order_type: Set(new.fields.order_type.as_str().to_owned()),
        side: Set(new.fields.side.as_str().to_owned()),
        quantity: Set(new.fields.quantity.0),
        price: Set(new.fields.price.map(|price| price.0)),
        status: Set(state.status().as_str().to_owned()),
        state: Set(state.as_str().to_owned()),
        filled_quantity: Set(0),
        filled_amount: Set(0),
        filled_price: Set(None),
        commission: Set(0),
        tax: Set(0),
        commission_schedule: Set(new.commission.as_ref().map(to_json)),
        kis_order_id: Set(None),
        trade_date: Set(kst_date(now)),
        attempts: Set(0),
        denial: Set(denial.map(to_json)),
        decided_at: Set(now),
        claimed_at: Set(None),
        created_at: Set(now),
        updated_at: Set(now),
        fields_hash: Set(fields_hash(&new.fields)),
        is_suspect: Set(false),
        ..Default::default()
    };
    let order = Order::try_from(row.insert(&tx.executor()).await?)?;
    decisions::insert(tx, &order, denial, &new.inputs, now).await?;
    let detail = denial.map_or_else(String::new, |denial| denial.code.as_str().to_owned());
    step::note(tx, &order, None, state, state.as_str(), &detail, now).await?;
    if let Some(request_id) = new.request_id {
        requests::answer(tx, request_id, &RequestAnswer::Order { order_id: order.id }, now).await?;
    }
    Ok(order)
}
