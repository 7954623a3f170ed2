//! T5–T9 and T11–T14: the broker's answer, and what is concluded without one.

use chrono::{DateTime, Utc};
use exodus_domain::{BrokerOrderId, OrderAnswer, OrderEvent, OrderState};
use sea_orm::Set;

use super::{Order, step};
use crate::db::Store;
use crate::entities::orders::ActiveModel;
use crate::error::StoreError;

/// Writes down the answer to a new order. `may_retry` says what a proof that nothing was sent leads to: CREATED
/// again, or NOT_SENT.
///
/// An answer that says nothing new changes nothing: a second "unknown", or an acceptance under the number that the
/// order is already bound to.
///
/// # Errors
/// [`StoreError::NotFound`]; [`StoreError::Transition`] if the order was not sent;
/// [`StoreError::Conflict`] `bind_conflict` if it is bound to another number, or `kis_order_id` if another order of
/// the day is bound to this one: halt the account.
pub async fn record_answer(
    store: &Store,
    order_id: i64,
    answer: &OrderAnswer,
    may_retry: bool,
    now: DateTime<Utc>,
) -> Result<Order, StoreError> {
    let tx = store.begin().await?;
    let (_, order) = step::lock(&tx, order_id).await?;
    let mut change = ActiveModel::default();
    let (event, detail) = match answer {
        OrderAnswer::Accepted(number) => {
            if is_bound(&order, number)? {
                return Ok(order);
            }
            change.kis_order_id = Set(Some(number.0.clone()));
            (OrderEvent::Accepted, number.0.clone())
        }
        OrderAnswer::Refused { code, message } => (OrderEvent::Refused, format!("{code}: {message}")),
        OrderAnswer::ProvenUnsent { detail, .. } if may_retry => (OrderEvent::ProvenUnsentRetry, detail.clone()),
        OrderAnswer::ProvenUnsent { detail, .. } => (OrderEvent::ProvenUnsent, detail.clone()),
        OrderAnswer::Unknown(_) if matches!(order.state, OrderState::Unknown | OrderState::Ambiguous) => {
            return Ok(order);
        }
        OrderAnswer::Unknown(what) => (OrderEvent::AnswerLost, what.clone()),
    };
    let order = step::take(&tx, &order, &event, &detail, change, now).await?;
    tx.commit().await?;
    Ok(order)
}

/// Applies an event that comes without a row of the broker's list.
///
/// # Errors
/// [`StoreError::NotFound`]; [`StoreError::Transition`] if the state does not allow it.
pub async fn apply_event(
    store: &Store,
    order_id: i64,
    event: &OrderEvent,
    detail: &str,
    now: DateTime<Utc>,
) -> Result<Order, StoreError> {
    let tx = store.begin().await?;
    let (_, order) = step::lock(&tx, order_id).await?;
    let order = step::take(&tx, &order, event, detail, ActiveModel::default(), now).await?;
    tx.commit().await?;
    Ok(order)
}

/// True if the order carries this number already.
///
/// # Errors
/// [`StoreError::Conflict`] `bind_conflict` if it carries another one: a bound order is never bound anew.
pub(super) fn is_bound(order: &Order, number: &BrokerOrderId) -> Result<bool, StoreError> {
    match &order.kis_order_id {
        Some(bound) if bound == number => Ok(true),
        Some(_) => Err(StoreError::Conflict("bind_conflict")),
        None => Ok(false),
    }
}
