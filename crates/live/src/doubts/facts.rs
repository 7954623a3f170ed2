//! Stored orders and rows as the judge knows them.

use exodus_domain::{OrderFields, OrderState, OrderType};
use exodus_store::orders::broker_orders::BrokerRow;
use exodus_store::orders::{BoundBy, Order};

use super::{AbsencePolicy, Command, Owner, Row, Standing};

/// The command of an order; `None` of one that never left, or that the broker is known not to have.
pub(crate) fn command(order: &Order, policy: &AbsencePolicy) -> Option<Command> {
    let standing = match (order.state, &order.kis_order_id) {
        (OrderState::Denied | OrderState::Created | OrderState::NotSent, _) => return None,
        (OrderState::Sending, _) => Standing::InFlight,
        (OrderState::Unknown | OrderState::Ambiguous, _) => Standing::InDoubt,
        (OrderState::NotFound, _) => Standing::Tombstone,
        (_, Some(_)) if order.bound_by == Some(BoundBy::List) => Standing::BoundByList,
        (_, Some(number)) => Standing::BoundByAnswer(number.clone()),
        (_, None) => return None,
    };
    let claimed_at = order.claimed_at?;
    let by_window = claimed_at + policy.answer_window;
    let hard_end = if policy.asks_funds { order.hard_deadline_at.unwrap_or(by_window) } else { by_window };
    let (order_id, fields) = (order.id, order.fields.clone());
    Some(Command { order_id, fields, sent_at: order.sent_at.unwrap_or(claimed_at), hard_end, standing })
}

/// A row as the judge knows it.
pub(crate) fn row(row: &BrokerRow) -> Row {
    let kind: Option<OrderType> = OrderType::ALL.iter().copied().find(|kind| kind.as_str() == row.order_type);
    let owner = match row.order_id {
        Some(order_id) => Owner::Order(order_id),
        None if row.confirmed_at.is_some() => Owner::Somebody,
        None => Owner::Unknown,
    };
    Row {
        id: row.broker_order_id.clone(),
        fields: OrderFields {
            symbol: row.symbol,
            side: row.side,
            order_type: kind.unwrap_or(OrderType::Market),
            quantity: row.facts.order_qty,
            price: row.price,
        },
        is_plain: row.is_new_order() && kind.is_some(),
        accepted_at: row.accepted_at,
        first_seen_at: row.first_seen_at,
        owner,
    }
}
