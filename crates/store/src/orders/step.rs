//! What every step of the order path has in common.

use chrono::{DateTime, Utc};
use exodus_domain::testing::{Point, reach};
use exodus_domain::{Notice, NotificationKind, OrderEvent, OrderState};
use sea_orm::{ActiveModelTrait, EntityTrait, QuerySelect, Set};
use serde_json::{Value, json};

use super::{Order, cancels};
use crate::accounts::{self, Account};
use crate::audit::{self, Change, NewAudit};
use crate::db::Tx;
use crate::entities::order_events;
use crate::entities::orders::{ActiveModel, Column, Entity};
use crate::error::StoreError;
use crate::notifications::{self, NewNotification};
use crate::outbox;

/// Who moves orders along.
const PROGRAM: &str = "system";

/// The entry of a timeline that changes no state: an absent order may have come to light.
pub(super) const SUSPECT: &str = "suspect";

/// Takes the account of an order, then reads the order.
pub(super) async fn lock(tx: &Tx, order_id: i64) -> Result<(Account, Order), StoreError> {
    let account_id: Option<i64> =
        Entity::find_by_id(order_id).select_only().column(Column::AccountId).into_tuple().one(&tx.executor()).await?;
    let account = accounts::lock(tx, account_id.ok_or(StoreError::NotFound)?).await?;
    let order = super::find(tx, order_id).await?.ok_or(StoreError::NotFound)?;
    Ok((account, order))
}

/// Writes the state after `event` with whatever else `change` sets, the timeline and the notice.
pub(super) async fn take(
    tx: &Tx,
    order: &Order,
    event: &OrderEvent,
    detail: &str,
    change: ActiveModel,
    now: DateTime<Utc>,
) -> Result<Order, StoreError> {
    let next = order.state.after(event)?;
    let change = ActiveModel {
        id: Set(order.id),
        state: Set(next.as_str().to_owned()),
        status: Set(next.status().as_str().to_owned()),
        updated_at: Set(now),
        ..change
    };
    let row = change.update(&tx.executor()).await.map_err(|e| StoreError::conflict_or(e, "kis_order_id"))?;
    let was_doubted = matches!(order.state, OrderState::Unknown | OrderState::Ambiguous);
    reach(Point::of_event(event, was_doubted, order.state.is_ended()));
    note(tx, order, Some(order.state), next, event.as_str(), detail, now).await?;
    if order.state.holds_lock() && !next.holds_lock() {
        reach(Point::K19);
    }
    if next.is_ended() {
        let was_being_cancelled = cancels::end_of_order(tx, order.id, now).await?;
        if was_being_cancelled && next == OrderState::Filled {
            reach(Point::CancelFillRace);
        }
    }
    row.try_into()
}

/// Writes an entry of the timeline, and the notice that the order changed. What a person must hear of is raised with it.
pub(super) async fn note(
    tx: &Tx,
    order: &Order,
    from: Option<OrderState>,
    to: OrderState,
    event: &str,
    detail: &str,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let entry = order_events::ActiveModel {
        order_id: Set(order.id),
        from_state: Set(from.map(|state| state.as_str().to_owned())),
        to_state: Set(to.as_str().to_owned()),
        event: Set(event.to_owned()),
        detail: Set(detail.to_owned()),
        occurred_at: Set(now),
        ..Default::default()
    };
    order_events::Entity::insert(entry).exec_without_returning(&tx.executor()).await?;
    outbox::add(tx, &Notice::OrderChanged { user_id: order.user_id, order_id: order.id }, now).await?;
    if let Some(kind) = alarm(event, from, to) {
        raise(tx, order, kind, detail, now).await?;
    }
    let entry = NewAudit {
        user_id: Some(order.user_id),
        actor: PROGRAM.to_owned(),
        action: format!("{}{event}", audit::STEP),
        object: format!("{}{}", audit::ORDER, order.id),
        detail: json!({ "account_id": order.account_id, "from": from, "to": to, "detail": detail }),
    };
    let change = Change { address: None, before: from.map(|state| facts(order, state)), after: Some(facts(order, to)) };
    audit::append_change(tx, &entry, &change, now).await.map(drop)
}

/// What the owner must hear of a step.
fn alarm(event: &str, from: Option<OrderState>, to: OrderState) -> Option<NotificationKind> {
    if event == SUSPECT || event == OrderEvent::REAPPEARED {
        Some(NotificationKind::OrderReappeared)
    } else if to == OrderState::Ambiguous && from != Some(OrderState::Ambiguous) {
        Some(NotificationKind::OrderAmbiguous)
    } else {
        None
    }
}

async fn raise(
    tx: &Tx,
    order: &Order,
    kind: NotificationKind,
    why: &str,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let new = NewNotification {
        user_id: order.user_id,
        account_id: Some(order.account_id),
        order_id: Some(order.id),
        kind,
        subject: format!("{}{}", audit::ORDER, order.id),
        values: json!({ "symbol": order.fields.symbol, "side": order.fields.side, "detail": why }),
    };
    notifications::raise(tx, &new, now).await
}

/// What an audit entry of an order is hashed over: what it asks for, and where it stands.
fn facts(order: &Order, state: OrderState) -> Value {
    json!({
        "order_id": order.id,
        "fields": order.fields,
        "state": state,
        "filled_quantity": order.filled_quantity,
        "filled_amount": order.filled_amount,
        "broker_order_id": order.kis_order_id,
    })
}
