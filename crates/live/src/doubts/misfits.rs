//! Why a row is not taken for an order in doubt, for the person who decides.

use chrono::{DateTime, Utc};
use exodus_store::orders::Order;
use exodus_store::orders::broker_orders::BrokerRow;

use super::{AbsencePolicy, Owner, facts, next_read};

/// Why a row is not the only thing an order may have made, in one word each; none if everything fits.
pub fn misfits(order: &Order, row: &BrokerRow, policy: &AbsencePolicy) -> Vec<&'static str> {
    let Some(command) = facts::command(order, policy) else { return vec!["never_sent"] };
    let row = facts::row(row);
    let (ours, theirs) = (&command.fields, &row.fields);
    let found = [
        ("other_side", ours.side != theirs.side),
        ("other_quantity", ours.quantity != theirs.quantity),
        ("other_type", ours.order_type != theirs.order_type),
        ("other_price", ours.price.is_some() && ours.price != theirs.price),
        ("not_new", !row.is_plain),
        ("seen_before", row.first_seen_at < command.sent_at),
        ("earlier", row.accepted_at < command.sent_at - policy.clock_slack),
        ("late", command.is_late(&row, policy)),
        ("taken", matches!(row.owner, Owner::Order(_))),
        ("disowned", row.owner == Owner::Somebody),
    ];
    found.into_iter().filter(|(_, is_so)| *is_so).map(|(word, _)| word).collect()
}

/// True if a person may bind the order to the row: it asks for the same, and nobody has it. When it came is for the person
/// to judge.
pub fn may_be_bound(order: &Order, row: &BrokerRow, policy: &AbsencePolicy) -> bool {
    let passes = ["seen_before", "earlier", "late", "disowned"];
    row.symbol == order.fields.symbol && misfits(order, row, policy).iter().all(|word| passes.contains(word))
}

/// When the list is read next for an order in doubt that was read last at `after`.
pub fn next_list_at(order: &Order, after: DateTime<Utc>) -> DateTime<Utc> {
    next_read(order.sent_at.or(order.claimed_at).unwrap_or(order.created_at), after)
}
