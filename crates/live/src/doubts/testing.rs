//! Orders and rows for the tests of this module. Second 0 is when the order in question was sent.

use chrono::{DateTime, TimeDelta, Utc};
use exodus_domain::{BrokerOrderId, OrderFields, OrderType, Price, Qty, Side};

use super::{Command, Owner, Row, Standing};

pub(super) fn at(second: i64) -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::days(20_000) + TimeDelta::seconds(second)
}

pub(super) fn fields(quantity: i64) -> OrderFields {
    OrderFields {
        symbol: "00I010".parse().expect("a valid code"),
        side: Side::Buy,
        order_type: OrderType::Limit,
        quantity: Qty(quantity),
        price: Some(Price(70_000)),
    }
}

/// An order in doubt for ten shares, sent at second 0 and heard for until second 30.
pub(super) fn command(order_id: i64) -> Command {
    Command { order_id, fields: fields(10), sent_at: at(0), hard_end: at(30), standing: Standing::InDoubt }
}

/// A row that nobody has, and that the list showed as soon as it was accepted, but not before the order was sent.
pub(super) fn row(number: &str, quantity: i64, accepted: i64) -> Row {
    Row {
        id: BrokerOrderId(number.to_owned()),
        fields: fields(quantity),
        is_plain: true,
        accepted_at: at(accepted),
        first_seen_at: at(accepted.max(0)),
        owner: Owner::Unknown,
    }
}
