//! T5–T9 and T11–T14: the broker's answer, and what is concluded without one.

use chrono::{DateTime, Utc};
use exodus_domain::testing::{Point, reach};
use exodus_domain::{BrokerOrderId, OrderAnswer, OrderEvent, OrderState};
use sea_orm::Set;

use super::{BoundBy, Order, attempts, step};
use crate::db::Store;
use crate::entities::orders::ActiveModel;
use crate::error::StoreError;

/// Writes down the answer to a new order, which was handed to its connection at `sent_at`, if that is known. `may_retry`
/// says what a proof that nothing was sent leads to: CREATED again, or NOT_SENT.
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
    sent_at: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> Result<Order, StoreError> {
    let tx = store.begin().await?;
    let (_, order) = step::lock(&tx, order_id).await?;
    let class = answer.class().as_str().to_owned();
    let mut change = ActiveModel {
        answer_class: Set(Some(class)),
        answer_code: Set(attempts::code_of(answer)),
        ..Default::default()
    };
    if let Some(sent_at) = sent_at {
        change.sent_at = Set(Some(sent_at));
        change.hard_deadline_at = Set(Some(sent_at + attempts::HARD_AFTER_CLAIM));
    }
    let (event, detail) = match answer {
        OrderAnswer::Accepted(number) => {
            if is_bound(&order, number)? {
                return Ok(order);
            }
            change.kis_order_id = Set(Some(number.0.clone()));
            change.bound_by = Set(Some(BoundBy::Answer.as_str().to_owned()));
            (OrderEvent::Accepted, attempts::in_words(answer))
        }
        OrderAnswer::Refused { .. } => (OrderEvent::Refused, attempts::in_words(answer)),
        OrderAnswer::ProvenUnsent { .. } if may_retry => (OrderEvent::ProvenUnsentRetry, attempts::in_words(answer)),
        OrderAnswer::ProvenUnsent { .. } => (OrderEvent::ProvenUnsent, attempts::in_words(answer)),
        OrderAnswer::Unknown(_) if matches!(order.state, OrderState::Unknown | OrderState::Ambiguous) => {
            return Ok(order);
        }
        OrderAnswer::Unknown(what) => (OrderEvent::AnswerLost, what.clone()),
    };
    let order = step::take(&tx, &order, &event, &detail, change, now).await?;
    attempts::finish(&tx, order.id, None, answer, sent_at, now).await?;
    if order.state == OrderState::Unknown {
        reach(Point::K17);
    }
    reach(Point::K14);
    tx.commit().await?;
    reach(Point::K15);
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
