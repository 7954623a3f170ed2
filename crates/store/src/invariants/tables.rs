//! What the tables alone must show.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use exodus_domain::kst_date;
use sea_orm::{EntityTrait, QueryOrder};

use super::Breach;
use crate::db::Db;
use crate::entities::{
    accounts, audit_log, broker_orders, holdings, kill_switches, order_attempts, order_cancels, order_events,
    order_requests, orders, outbox, risk_decisions, trades,
};
use crate::error::StoreError;

/// Every change of state that T1 to T19 list (safety §2.2), as the log of an order shows them. T19 may leave the state as it
/// is.
const LISTED: &[(&str, &[&str])] = &[
    ("", &["denied", "created"]),
    ("created", &["not_sent", "sending"]),
    ("sending", &["acked", "rejected", "created", "not_sent", "unknown"]),
    ("unknown", &["acked", "partial", "filled", "cancelled", "rejected", "expired", "ambiguous", "not_found"]),
    ("ambiguous", &["acked", "partial", "filled", "cancelled", "rejected", "expired", "not_found"]),
    ("not_found", &["acked", "partial", "filled", "cancelled"]),
    ("acked", &["partial", "filled", "cancelled", "rejected", "expired"]),
    ("partial", &["filled", "cancelled", "rejected", "expired"]),
    ("cancelled", &["filled"]),
    ("expired", &["filled"]),
    ("rejected", &["filled"]),
];

/// States in which an order holds the lock of its issue and side.
pub(super) const LOCKING: [&str; 4] = ["created", "sending", "unknown", "ambiguous"];

/// The tables of the order path as they stand.
pub(super) struct Tables {
    pub(super) accounts: Vec<accounts::Model>,
    pub(super) orders: Vec<orders::Model>,
    pub(super) events: Vec<order_events::Model>,
    pub(super) attempts: Vec<order_attempts::Model>,
    pub(super) cancels: Vec<order_cancels::Model>,
    pub(super) rows: Vec<broker_orders::Model>,
    pub(super) decisions: Vec<risk_decisions::Model>,
    pub(super) trades: Vec<trades::Model>,
    pub(super) holdings: Vec<holdings::Model>,
    pub(super) kills: Vec<kill_switches::Model>,
    pub(super) audit: Vec<audit_log::Model>,
    pub(super) requests: Vec<order_requests::Model>,
    pub(super) outbox: Vec<outbox::Model>,
}

impl Tables {
    pub(super) async fn read(db: &dyn Db) -> Result<Self, StoreError> {
        let db = &db.executor();
        Ok(Self {
            accounts: accounts::Entity::find().all(db).await?,
            orders: orders::Entity::find().order_by_asc(orders::Column::Id).all(db).await?,
            events: order_events::Entity::find().order_by_asc(order_events::Column::Id).all(db).await?,
            attempts: order_attempts::Entity::find().order_by_asc(order_attempts::Column::Id).all(db).await?,
            cancels: order_cancels::Entity::find().order_by_asc(order_cancels::Column::Id).all(db).await?,
            rows: broker_orders::Entity::find().order_by_asc(broker_orders::Column::Id).all(db).await?,
            decisions: risk_decisions::Entity::find().all(db).await?,
            trades: trades::Entity::find().order_by_asc(trades::Column::Id).all(db).await?,
            holdings: holdings::Entity::find().all(db).await?,
            kills: kill_switches::Entity::find().all(db).await?,
            audit: audit_log::Entity::find()
                .order_by_asc(audit_log::Column::RecordedAt)
                .order_by_asc(audit_log::Column::Seq)
                .all(db)
                .await?,
            requests: order_requests::Entity::find().all(db).await?,
            outbox: outbox::Entity::find().all(db).await?,
        })
    }

    pub(super) fn order(&self, id: i64) -> Option<&orders::Model> {
        self.orders.iter().find(|order| order.id == id)
    }

    pub(super) fn check(&self, breaches: &mut Vec<Breach>) {
        self.unique_causes(breaches);
        self.exclusive_doubt(breaches);
        self.one_to_one(breaches);
        self.listed_transitions(breaches);
        self.fill_bounds(breaches);
        self.kill_stays(breaches);
        self.right_dates(breaches);
    }

    /// I4.
    fn unique_causes(&self, breaches: &mut Vec<Breach>) {
        for (name, causes) in [
            ("signal", self.orders.iter().filter_map(|order| order.signal_id).collect::<Vec<_>>()),
            ("request", self.orders.iter().filter_map(|order| order.request_id).collect()),
        ] {
            let mut seen = BTreeSet::new();
            let twice = causes.into_iter().filter(|cause| !seen.insert(*cause));
            breaches.extend(twice.map(|cause| Breach::new(4, format!("{name} {cause} has two orders"))));
        }
    }

    /// I5.
    fn exclusive_doubt(&self, breaches: &mut Vec<Breach>) {
        let mut doubts: BTreeMap<(i64, &str, &str), Vec<i64>> = BTreeMap::new();
        for order in self.orders.iter().filter(|order| LOCKING.contains(&order.state.as_str())) {
            doubts.entry((order.account_id, &order.symbol, &order.side)).or_default().push(order.id);
        }
        for ((_, symbol, side), ids) in doubts.into_iter().filter(|(_, ids)| ids.len() > 1) {
            breaches.push(Breach::new(5, format!("orders {ids:?} to {side} {symbol} are in doubt together")));
        }
    }

    /// I6, as far as it needs no book: a command has one row, a row one command, and both sides say so.
    fn one_to_one(&self, breaches: &mut Vec<Breach>) {
        let mut bound = HashMap::new();
        for order in &self.orders {
            let Some(number) = &order.kis_order_id else { continue };
            if let Some(other) = bound.insert((order.account_id, order.trade_date, number), order.id) {
                breaches.push(Breach::new(6, format!("orders {other} and {} are both bound to {number}", order.id)));
            }
        }
        for row in &self.rows {
            let Some(order) = row.order_id.and_then(|id| self.order(id)) else { continue };
            if order.kis_order_id.as_ref() != Some(&row.broker_order_id) {
                let what = format!(
                    "row {} is bound to order {}, which has {:?}",
                    row.broker_order_id, order.id, order.kis_order_id
                );
                breaches.push(Breach::new(6, what));
            }
        }
    }

    /// I7.
    fn listed_transitions(&self, breaches: &mut Vec<Breach>) {
        for event in &self.events {
            let from = event.from_state.as_deref().unwrap_or_default();
            let is_listed = LISTED.iter().any(|(listed, to)| *listed == from && to.contains(&event.to_state.as_str()));
            if from != event.to_state && !is_listed {
                let what =
                    format!("order {} went from {from:?} to {} by {}", event.order_id, event.to_state, event.event);
                breaches.push(Breach::new(7, what));
            }
        }
        // The log ends where the order is.
        let last: HashMap<i64, &str> =
            self.events.iter().map(|event| (event.order_id, event.to_state.as_str())).collect();
        for order in self.orders.iter().filter(|order| last.get(&order.id) != Some(&order.state.as_str())) {
            breaches.push(Breach::new(7, format!("the log of order {} does not end in {}", order.id, order.state)));
        }
    }

    /// I8.
    fn fill_bounds(&self, breaches: &mut Vec<Breach>) {
        let mut sums: HashMap<i64, (i64, i64, i64, i64)> = HashMap::new();
        for trade in &self.trades {
            let (quantity, amount, commission, tax) = sums.entry(trade.order_id).or_default();
            *quantity += trade.quantity;
            *amount += trade.amount;
            *commission += trade.commission;
            *tax += trade.tax;
            if trade.quantity <= 0 || *quantity != trade.cum_quantity {
                let what = format!(
                    "trade {} of order {} books {} to {}",
                    trade.id, trade.order_id, trade.quantity, trade.cum_quantity
                );
                breaches.push(Breach::new(8, what));
            }
        }
        for order in &self.orders {
            let booked = sums.get(&order.id).copied().unwrap_or_default();
            let stands = (order.filled_quantity, order.filled_amount, order.commission, order.tax);
            if booked != stands {
                breaches.push(Breach::new(8, format!("order {} says {stands:?}, its trades {booked:?}", order.id)));
            }
            let is_over = order.filled_quantity > order.quantity && !super::is_stopped(self, order.account_id);
            if order.filled_quantity < 0 || is_over {
                let what = format!("order {} of {} is filled by {}", order.id, order.quantity, order.filled_quantity);
                breaches.push(Breach::new(8, what));
            }
        }
    }

    /// I13: a switch is made weaker by a person only, and stands as it was set last.
    fn kill_stays(&self, breaches: &mut Vec<Breach>) {
        let rank = |state: &str| ["active", "reduce_only", "halted"].iter().position(|known| *known == state);
        let mut known: HashMap<&str, &str> = HashMap::new();
        for entry in self.audit.iter().filter(|entry| entry.action == "kill_switch.set") {
            let state = entry.detail.get("state").and_then(|state| state.as_str()).unwrap_or_default();
            let before = known.insert(&entry.object, state).unwrap_or("active");
            if rank(state) < rank(before) && !entry.actor.starts_with("user:") {
                breaches.push(Breach::new(13, format!("{} was weakened to {state} by {}", entry.object, entry.actor)));
            }
        }
        for row in &self.kills {
            let object = format!("{}:{}", row.scope, row.scope_id);
            if known.get(object.as_str()) != Some(&row.state.as_str()) {
                breaches.push(Breach::new(13, format!("{object} is {}, which nobody set", row.state)));
            }
        }
    }

    /// I26.
    fn right_dates(&self, breaches: &mut Vec<Breach>) {
        for row in self.rows.iter().filter(|row| kst_date(row.accepted_at) != row.trade_date) {
            let what = format!("row {} of {} was accepted at {}", row.broker_order_id, row.trade_date, row.accepted_at);
            breaches.push(Breach::new(26, what));
        }
        let dates: HashMap<i64, _> = self.orders.iter().map(|order| (order.id, order.trade_date)).collect();
        for row in &self.rows {
            let Some(date) = row.order_id.and_then(|id| dates.get(&id)) else { continue };
            // An order of just before midnight may be accepted just after it.
            if *date != row.trade_date && date.succ_opt() != Some(row.trade_date) {
                breaches.push(Breach::new(
                    26,
                    format!("row {} of {} is bound to an order of {date}", row.broker_order_id, row.trade_date),
                ));
            }
        }
    }
}
