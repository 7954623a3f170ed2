//! What the wire shows against the tables.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use exodus_domain::{OrderFields, Side};

use super::tables::Tables;
use super::{Breach, Evidence, Request, RequestKind, is_stopped};
use crate::entities::orders;

/// A decision is worth nothing after so long (safety I11).
const DECISION_LIFE: TimeDelta = TimeDelta::seconds(3);
/// Nothing new leaves so long after a switch was pulled (safety I12).
const KILL_WITHIN: TimeDelta = TimeDelta::seconds(1);
/// Between two issues of a token (safety I17).
const TOKEN_SPACING: TimeDelta = TimeDelta::seconds(61);
/// Requests for the cancellation of one order (safety §2.6).
const CANCELS: usize = 3;

pub(super) fn check(tables: &Tables, evidence: &Evidence<'_>, breaches: &mut Vec<Breach>) {
    let mut sent: HashMap<i64, Vec<&Request>> = HashMap::new();
    for request in evidence.requests {
        match &request.kind {
            RequestKind::New(fields) => {
                let Some(order) = request.order_id.and_then(|id| tables.order(id)) else {
                    breaches.push(Breach::new(
                        1,
                        format!("{} was sent at {} without an order that is SENDING", told(fields), request.at),
                    ));
                    continue;
                };
                sent.entry(order.id).or_default().push(request);
                if !fits(order, fields) {
                    breaches.push(Breach::new(1, format!("order {} was sent as {}", order.id, told(fields))));
                }
                decided(tables, order, request, breaches);
                killed(tables, order, request, evidence, breaches);
                if !request.after_first_list {
                    breaches.push(Breach::new(
                        14,
                        format!("{} sent order {} before it had read a list", request.worker, order.id),
                    ));
                }
                if request.oversells {
                    breaches.push(Breach::new(16, format!("order {} wants to sell more than there is", order.id)));
                }
            }
            RequestKind::Cancel(_) => cancelled(tables, request, breaches),
        }
    }
    for (order_id, requests) in &sent {
        sent_once(tables, *order_id, requests, breaches);
    }
    paced(evidence, breaches);
}

fn told(fields: &OrderFields) -> String {
    let OrderFields { symbol, side, quantity, price, .. } = fields;
    format!("{side} {quantity} {symbol} at {price:?}")
}

/// I1: what was sent is what was written down.
fn fits(order: &orders::Model, fields: &OrderFields) -> bool {
    order.symbol == fields.symbol.to_string()
        && order.side == fields.side.as_str()
        && order.order_type == fields.order_type.as_str()
        && order.quantity == fields.quantity.0
        && order.price == fields.price.map(|price| price.0)
}

/// I2 and I3: sent once, unless an attempt is proven not to have arrived; one order at the broker.
fn sent_once(tables: &Tables, order_id: i64, requests: &[&Request], breaches: &mut Vec<Breach>) {
    let of_order =
        || tables.attempts.iter().filter(|attempt| attempt.order_id == order_id && attempt.cancel_id.is_none());
    let proven = of_order().filter(|attempt| matches!(attempt.proof.as_deref(), Some("p2" | "p3"))).count();
    if requests.len() > 1 + proven {
        breaches.push(Breach::new(
            2,
            format!("order {order_id} was sent {} times, {proven} of them proven unsent", requests.len()),
        ));
    }
    let claimed = tables.events.iter().filter(|event| event.order_id == order_id && event.event == "claimed").count();
    if requests.len() > claimed {
        breaches.push(Breach::new(
            2,
            format!("order {order_id} was sent {} times and claimed {claimed} times", requests.len()),
        ));
    }
    let made: usize = requests.iter().map(|request| request.made.len()).sum();
    let account_id = requests.first().map_or(0, |request| request.account_id);
    if made > 1 && !is_stopped(tables, account_id) {
        breaches.push(Breach::new(3, format!("the broker has {made} orders of order {order_id}")));
    }
}

/// I11.
fn decided(tables: &Tables, order: &orders::Model, request: &Request, breaches: &mut Vec<Breach>) {
    let approved = tables.decisions.iter().filter(|row| row.order_id == order.id && row.outcome == "approved");
    let newest = approved.filter(|row| row.decided_at <= request.clock).max_by_key(|row| row.decided_at);
    match newest {
        None => breaches.push(Breach::new(11, format!("order {} was sent without an approval", order.id))),
        Some(row) if !order.fields_hash.is_empty() && row.fields_hash != order.fields_hash => {
            breaches.push(Breach::new(11, format!("order {} is not what was approved", order.id)));
        }
        Some(row) if request.clock - row.decided_at > DECISION_LIFE && !request.was_stopped => {
            let age = (request.clock - row.decided_at).num_milliseconds();
            breaches.push(Breach::new(11, format!("order {} was sent {age} ms after its decision", order.id)));
        }
        Some(_) => {}
    }
}

/// I12: the switches as they stood when the request left, by their log.
fn killed(
    tables: &Tables,
    order: &orders::Model,
    request: &Request,
    evidence: &Evidence<'_>,
    breaches: &mut Vec<Breach>,
) {
    let mut objects =
        vec!["global:0".to_owned(), format!("user:{}", order.user_id), format!("account:{}", order.account_id)];
    objects.extend(order.strategy_id.map(|id| format!("strategy:{id}")));
    let at: DateTime<Utc> = request.at - KILL_WITHIN - evidence.clock_slack;
    for object in objects {
        let entries = tables.audit.iter().filter(|entry| entry.action == "kill_switch.set" && entry.object == object);
        let state_at = |at: DateTime<Utc>| {
            let last = entries.clone().rfind(|entry| entry.recorded_at <= at);
            last.and_then(|entry| entry.detail.get("state")?.as_str()).unwrap_or("active").to_owned()
        };
        // A switch that was cleared meanwhile lets it pass.
        let (before, now) = (state_at(at), state_at(request.at));
        let stops = |state: &str| state == "halted" || state == "reduce_only" && order.side == Side::Buy.as_str();
        if stops(&before) && stops(&now) && !request.was_stopped {
            breaches.push(Breach::new(12, format!("order {} was sent while {object} was {before}", order.id)));
        }
    }
}

/// I2 and I20: a cancel names an order of ours, was written down, and comes three times at most.
fn cancelled(tables: &Tables, request: &Request, breaches: &mut Vec<Breach>) {
    let RequestKind::Cancel(number) = &request.kind else { return };
    let target = tables.orders.iter().find(|order| {
        order.account_id == request.account_id && order.kis_order_id.as_deref() == Some(number.0.as_str())
    });
    let is_adopted = tables.rows.iter().any(|row| row.broker_order_id == number.0 && row.adopted_by.is_some());
    let Some(order) = target else {
        if !is_adopted {
            breaches.push(Breach::new(20, format!("a cancel was sent for {}, which is not ours", number.0)));
        }
        return;
    };
    let written =
        tables.cancels.iter().filter(|cancel| cancel.order_id == order.id && cancel.claimed_at.is_some()).count();
    if written == 0 {
        breaches.push(Breach::new(1, format!("a cancel of order {} was sent and not written down", order.id)));
    }
    if written > CANCELS {
        breaches.push(Breach::new(2, format!("order {} has {written} cancels", order.id)));
    }
}

/// I17.
fn paced(evidence: &Evidence<'_>, breaches: &mut Vec<Breach>) {
    let most = evidence.calls_a_second;
    let too_many = evidence.calls.windows(most + 1).find(|calls| calls[most] - calls[0] < TimeDelta::seconds(1));
    if let Some(calls) = too_many {
        breaches.push(Breach::new(17, format!("{} calls in the second from {}", most + 1, calls[0])));
    }
    let too_soon = evidence.token_issues.windows(2).find(|pair| pair[1] - pair[0] < TOKEN_SPACING);
    if let Some(pair) = too_soon {
        breaches.push(Breach::new(17, format!("tokens were issued at {} and at {}", pair[0], pair[1])));
    }
}
