//! T12–T15: what is concluded about an order in doubt without a row, and what a person decides about it.

use chrono::{DateTime, Utc};
use exodus_domain::testing::{Point, reach};
use exodus_domain::{BrokerOrderId, OrderEvent, OrderState};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, QueryFilter, Set};
use serde_json::Value;

use super::{Order, step};
use crate::db::{Db, Store, Tx};
use crate::entities::broker_orders;
use crate::entities::orders::{self, ActiveModel};
use crate::error::StoreError;

/// Notes that the evidence names no single outcome: a person decides (T12).
///
/// # Errors
/// [`StoreError::NotFound`]; [`StoreError::Transition`] if the order is not UNKNOWN.
pub async fn doubt(
    store: &Store,
    order_id: i64,
    why: &str,
    evidence: Value,
    now: DateTime<Utc>,
) -> Result<Order, StoreError> {
    conclude(store, order_id, &OrderEvent::Doubted, why, evidence, now).await
}

/// Notes that the broker never had the order (T14).
///
/// # Errors
/// [`StoreError::NotFound`]; [`StoreError::Transition`] if the order is not UNKNOWN.
pub async fn absent(
    store: &Store,
    order_id: i64,
    why: &str,
    evidence: Value,
    now: DateTime<Utc>,
) -> Result<Order, StoreError> {
    conclude(store, order_id, &OrderEvent::Absent, why, evidence, now).await
}

/// Keeps what is known of an order in doubt so far. That is no step in its life.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn keep_evidence(db: &dyn Db, order_id: i64, evidence: Value) -> Result<(), StoreError> {
    let change = ActiveModel { evidence: Set(Some(evidence)), ..Default::default() };
    orders::Entity::update_many()
        .set(change)
        .filter(orders::Column::Id.eq(order_id))
        .filter(orders::Column::State.eq(OrderState::Unknown.as_str()))
        .exec(&db.executor())
        .await?;
    Ok(())
}

async fn conclude(
    store: &Store,
    order_id: i64,
    event: &OrderEvent,
    why: &str,
    evidence: Value,
    now: DateTime<Utc>,
) -> Result<Order, StoreError> {
    let tx = store.begin().await?;
    let (_, order) = step::lock(&tx, order_id).await?;
    let change = ActiveModel { evidence: Set(Some(evidence)), ..Default::default() };
    let order = step::take(&tx, &order, event, why, change, now).await?;
    tx.commit().await?;
    Ok(order)
}

/// Notes that rows appeared which an order that was thought never to have come may have made after all: it stays
/// NOT_FOUND, and a person decides (T15). A second time changes nothing.
///
/// # Errors
/// [`StoreError::NotFound`]; [`StoreError::Conflict`] `not_absent` if the order is not NOT_FOUND.
pub async fn suspect(
    store: &Store,
    order_id: i64,
    why: &str,
    evidence: Value,
    now: DateTime<Utc>,
) -> Result<Order, StoreError> {
    let tx = store.begin().await?;
    let (_, order) = step::lock(&tx, order_id).await?;
    if order.state != OrderState::NotFound {
        return Err(StoreError::Conflict("not_absent"));
    }
    if order.is_suspect {
        return Ok(order);
    }
    reach(Point::Suspect);
    let order = flag(&tx, &order, true, Some(evidence), step::SUSPECT, why, now).await?;
    tx.commit().await?;
    Ok(order)
}

/// A person decides that an AMBIGUOUS or SUSPECT order never came to the broker (T13). The rows that were taken for it
/// are somebody else's.
///
/// # Errors
/// [`StoreError::NotFound`]; [`StoreError::Conflict`] `not_in_doubt` if the order is neither.
pub async fn dismiss(
    store: &Store,
    order_id: i64,
    rows: &[BrokerOrderId],
    evidence: Value,
    detail: &str,
    now: DateTime<Utc>,
) -> Result<Order, StoreError> {
    let tx = store.begin().await?;
    let (_, order) = step::lock(&tx, order_id).await?;
    disown(&tx, &order, rows, now).await?;
    let order = match order.state {
        OrderState::Ambiguous => {
            let change = ActiveModel { evidence: Set(Some(evidence)), ..Default::default() };
            step::take(&tx, &order, &OrderEvent::PersonDismissed, detail, change, now).await?
        }
        OrderState::NotFound if order.is_suspect => {
            flag(&tx, &order, false, Some(evidence), OrderEvent::PersonDismissed.as_str(), detail, now).await?
        }
        _ => return Err(StoreError::Conflict("not_in_doubt")),
    };
    tx.commit().await?;
    Ok(order)
}

/// Says that rows are somebody else's: those that a person passed over when an order was decided.
///
/// # Errors
/// [`StoreError::NotFound`] if there is no such order.
pub async fn pass_over(
    store: &Store,
    order_id: i64,
    rows: &[BrokerOrderId],
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let tx = store.begin().await?;
    let (_, order) = step::lock(&tx, order_id).await?;
    disown(&tx, &order, rows, now).await?;
    tx.commit().await
}

async fn disown(tx: &Tx, order: &Order, rows: &[BrokerOrderId], now: DateTime<Utc>) -> Result<(), StoreError> {
    if rows.is_empty() {
        return Ok(());
    }
    let change = broker_orders::ActiveModel { confirmed_at: Set(Some(now)), ..Default::default() };
    broker_orders::Entity::update_many()
        .set(change)
        .filter(broker_orders::Column::AccountId.eq(order.account_id))
        .filter(broker_orders::Column::TradeDate.gte(order.trade_date))
        .filter(broker_orders::Column::OrderId.is_null())
        .filter(broker_orders::Column::ConfirmedAt.is_null())
        .filter(broker_orders::Column::BrokerOrderId.is_in(rows.iter().map(|id| id.0.as_str())))
        .exec(&tx.executor())
        .await?;
    Ok(())
}

/// Sets or clears the flag SUSPECT, with an entry of the timeline that changes no state.
async fn flag(
    tx: &Tx,
    order: &Order,
    is_suspect: bool,
    evidence: Option<Value>,
    event: &str,
    detail: &str,
    now: DateTime<Utc>,
) -> Result<Order, StoreError> {
    let change = ActiveModel {
        id: Set(order.id),
        is_suspect: Set(is_suspect),
        evidence: Set(evidence),
        updated_at: Set(now),
        ..Default::default()
    };
    let row = change.update(&tx.executor()).await?;
    step::note(tx, order, Some(order.state), order.state, event, detail, now).await?;
    row.try_into()
}
