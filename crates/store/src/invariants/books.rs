//! What the broker's true book shows against the tables, mostly at rest.

use std::collections::{BTreeMap, BTreeSet};

use exodus_domain::{Side, Symbol, Won};

use super::tables::{LOCKING, Tables};
use super::{Breach, Evidence, is_stopped};
use crate::entities::orders;

pub(super) fn check(tables: &Tables, evidence: &Evidence<'_>, breaches: &mut Vec<Breach>) {
    for order in &tables.orders {
        bound_right(tables, evidence, order, breaches);
    }
    if !evidence.is_at_rest {
        return;
    }
    settled(tables, breaches);
    late_truth(tables, evidence, breaches);
    for balance in evidence.balances {
        equal_books(tables, evidence, balance.account_id, breaches);
    }
    if !tables.outbox.is_empty() {
        breaches.push(Breach::new(21, format!("{} messages wait in the outbox", tables.outbox.len())));
    }
}

/// I6: what an order is bound to is what its request made. I28: nothing is booked that the book does not have.
fn bound_right(tables: &Tables, evidence: &Evidence<'_>, order: &orders::Model, breaches: &mut Vec<Breach>) {
    let Some(number) = order.kis_order_id.as_deref() else { return };
    let in_book = evidence.book.iter().find(|row| row.account_id == order.account_id && row.id.0 == number);
    let Some(row) = in_book else {
        breaches.push(Breach::new(6, format!("order {} is bound to {number}, which nobody made", order.id)));
        return;
    };
    let made_for = row.request.and_then(|place| evidence.requests.get(place)).and_then(|request| request.order_id);
    let is_twin = row.request.is_none() && !made_any(evidence, order.id);
    let is_exempt = order.is_suspect || is_twin || is_stopped(tables, order.account_id);
    if made_for != Some(order.id) && !is_exempt {
        breaches
            .push(Breach::new(6, format!("order {} is bound to {number}, which was made for {made_for:?}", order.id)));
    }
    if order.filled_quantity > row.facts.cum_qty.0 || order.filled_amount > row.facts.cum_amount.0 {
        let what = format!(
            "order {} books {} of {number}, of which {} are filled",
            order.id, order.filled_quantity, row.facts.cum_qty
        );
        breaches.push(Breach::new(28, what));
    }
    if evidence.is_at_rest && !is_stopped(tables, order.account_id) && order.state != row.facts.state().as_str() {
        let what = format!("order {} is {}, at the broker it is {}", order.id, order.state, row.facts.state());
        breaches.push(Breach::new(9, what));
    }
}

fn made_any(evidence: &Evidence<'_>, order_id: i64) -> bool {
    evidence.requests.iter().any(|request| request.order_id == Some(order_id) && !request.made.is_empty())
}

/// I18 and I19: no doubt is left open, nothing waits, no lock stays.
fn settled(tables: &Tables, breaches: &mut Vec<Breach>) {
    for order in tables.orders.iter().filter(|order| LOCKING.contains(&order.state.as_str())) {
        // A person has what is AMBIGUOUS, and an account that is stopped.
        let is_with_a_person =
            order.state == "ambiguous" || is_stopped(tables, order.account_id) && order.state == "unknown";
        if !is_with_a_person {
            breaches.push(Breach::new(18, format!("order {} is still {}", order.id, order.state)));
        }
    }
    for cancel in tables.cancels.iter().filter(|cancel| cancel.state != "done") {
        breaches.push(Breach::new(
            18,
            format!("cancel {} of order {} is still {}", cancel.n, cancel.order_id, cancel.state),
        ));
    }
    let stopped = |id| is_stopped(tables, id);
    for request in tables.requests.iter().filter(|row| row.answered_at.is_none() && !stopped(row.account_id)) {
        breaches.push(Breach::new(18, format!("request {} has no answer", request.id)));
    }
    let locked = |order: &&orders::Model| order.locked_until.is_some() && order.state == "denied";
    for order in tables.orders.iter().filter(locked) {
        breaches.push(Breach::new(19, format!("order {} was denied and holds a lock", order.id)));
    }
}

/// I27: an order that was given up as never arrived, and is in the book after all, is taken up or flagged.
fn late_truth(tables: &Tables, evidence: &Evidence<'_>, breaches: &mut Vec<Breach>) {
    for row in evidence.book {
        let made_for = row.request.and_then(|place| evidence.requests.get(place)).and_then(|request| request.order_id);
        let Some(order) = made_for.and_then(|id| tables.order(id)) else { continue };
        let is_open_question = order.state == "ambiguous" || order.is_suspect || is_stopped(tables, order.account_id);
        if order.kis_order_id.is_none() && !is_open_question {
            breaches.push(Breach::new(
                27,
                format!("{} was made for order {}, which is {}", row.id.0, order.id, order.state),
            ));
        }
    }
}

/// I9: ledger and orders that are not ours together are what the broker has, to the share and to the won.
fn equal_books(tables: &Tables, evidence: &Evidence<'_>, account_id: i64, breaches: &mut Vec<Breach>) {
    let Some(balance) = evidence.balances.iter().find(|balance| balance.account_id == account_id) else { return };
    let Some(account) = tables.accounts.iter().find(|row| row.id == account_id) else { return };
    let ours: BTreeSet<&str> = tables.orders.iter().filter_map(|order| order.kis_order_id.as_deref()).collect();
    let mut ledger: BTreeMap<String, i64> = BTreeMap::new();
    for row in tables.holdings.iter().filter(|row| row.account_id == account_id) {
        *ledger.entry(row.symbol.clone()).or_default() += row.quantity;
    }
    let known = ledger.clone();
    let (mut cash, known_cash) = (Won(account.cash), Won(account.cash));
    for row in evidence.book.iter().filter(|row| row.account_id == account_id && !ours.contains(row.id.0.as_str())) {
        let sign = if row.fields.side == Side::Buy { 1 } else { -1 };
        *ledger.entry(row.fields.symbol.to_string()).or_default() += sign * row.facts.cum_qty.0;
        cash += row.cash_flow;
    }
    let held = |ledger: &BTreeMap<String, i64>| -> BTreeMap<String, i64> {
        ledger
            .iter()
            .filter(|(_, quantity)| **quantity != 0)
            .map(|(symbol, quantity)| (symbol.clone(), *quantity))
            .collect()
    };
    let truth: BTreeMap<String, i64> = balance
        .holdings
        .iter()
        .map(|(symbol, quantity): (&Symbol, &i64)| (symbol.to_string(), *quantity))
        .filter(|(_, quantity)| *quantity != 0)
        .collect();
    // What a person released, the books took over whole.
    let is_equal = |ledger: &BTreeMap<String, i64>, cash: Won| held(ledger) == truth && cash == balance.cash;
    if !is_equal(&ledger, cash) && !is_equal(&known, known_cash) {
        let what = format!(
            "the ledger has {:?} and {}, with what is not ours {:?} and {}, the broker {truth:?} and {}",
            held(&known),
            known_cash.0,
            held(&ledger),
            cash.0,
            balance.cash.0
        );
        breaches.push(Breach::new(9, what));
    }
}
