//! The broker's list against the store: fills are booked, ends are noted, doubts are resolved (safety §2.5, §2.7, §2.8).

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use exodus_domain::{
    Broker, BrokerOrder, BrokerOrderId, KillScope, KillState, OrderCosts, OrderEvent, OrderState, RowFacts, kst_date,
};
use exodus_store::orders::{self, Order, RowUpdate};
use exodus_store::{Store, StoreError, kill_switches};

use crate::LiveError;
use crate::executor::count;
use crate::issues::{self, costs_at};
use crate::resolve::{Absence, AbsencePolicy, Verdict, judge};

/// Brings the orders of one account in the store to where the broker's list has them.
pub(crate) struct Reconciler {
    store: Store,
    broker: Arc<dyn Broker>,
    account_id: i64,
    policy: AbsencePolicy,
    absences: HashMap<i64, Option<Absence>>,
}

/// The lists of some trade dates.
type Lists = BTreeMap<NaiveDate, Vec<BrokerOrder>>;

impl Reconciler {
    pub(crate) fn new(store: Store, broker: Arc<dyn Broker>, account_id: i64, policy: AbsencePolicy) -> Self {
        Self { store, broker, account_id, policy, absences: HashMap::new() }
    }

    /// What is found at start, before anything is read: an order that was not claimed was never sent, one that was
    /// claimed may have been (T3, T9).
    pub(crate) async fn recover(&self, now: DateTime<Utc>) -> Result<(), LiveError> {
        for order in orders::open(&self.store, self.account_id).await? {
            let event = match order.state {
                OrderState::Created => OrderEvent::Withdrawn,
                OrderState::Sending => OrderEvent::AnswerLost,
                _ => continue,
            };
            let order = orders::apply_event(&self.store, order.id, &event, "found at start", now).await?;
            count(&order);
        }
        Ok(())
    }

    /// Reads the lists and applies what they say. Returns the orders that changed.
    ///
    /// # Errors
    /// [`LiveError::NoAnswer`] if a list could not be read; nothing is concluded from that.
    pub(crate) async fn run(&mut self, now: DateTime<Utc>) -> Result<Vec<Order>, LiveError> {
        let today = kst_date(now);
        let mut known = orders::of_day(&self.store, self.account_id, today).await?;
        let open = orders::open(&self.store, self.account_id).await?;
        known.extend(open.into_iter().filter(|order| order.trade_date != today));
        let mut dates: BTreeSet<NaiveDate> = known.iter().map(|order| order.trade_date).collect();
        dates.insert(today);
        let mut lists = Lists::new();
        for date in dates {
            lists.insert(date, self.broker.orders(date).await?);
        }
        let mut changed = Vec::new();
        for order in known.iter().filter(|order| order.kis_order_id.is_some()) {
            changed.extend(self.read_row(order, &lists, now).await?);
        }
        for order in known.iter().filter(|order| order.state == OrderState::Unknown) {
            changed.extend(self.resolve(order, &known, &lists, now).await?);
        }
        Ok(changed)
    }

    /// Applies the row of a bound order.
    async fn read_row(&mut self, order: &Order, lists: &Lists, now: DateTime<Utc>) -> Result<Option<Order>, LiveError> {
        let is_bound = |row: &&BrokerOrder| Some(&row.id) == order.kis_order_id.as_ref() && row.fields == order.fields;
        let Some(row) = rows_near(order, lists).find(is_bound) else {
            if order.state.is_open_at_broker() {
                tracing::warn!(order_id = order.id, "an open order is missing in the broker's list");
            }
            return Ok(None);
        };
        let event = OrderEvent::RowRead(row.facts);
        let is_news = row.facts.cum_qty > order.filled_quantity
            || order.state.after(&event).is_ok_and(|state| state != order.state);
        if !is_news {
            return Ok(None);
        }
        self.apply(order, event, &row.facts, None, now).await.map(Some)
    }

    /// Looks for an order whose answer was lost.
    async fn resolve(
        &mut self,
        order: &Order,
        known: &[Order],
        lists: &Lists,
        now: DateTime<Utc>,
    ) -> Result<Option<Order>, LiveError> {
        let rows: Vec<BrokerOrder> = rows_near(order, lists).cloned().collect();
        let bound: HashSet<BrokerOrderId> = known.iter().filter_map(|other| other.kis_order_id.clone()).collect();
        let claimed_at = order.claimed_at.unwrap_or(order.created_at);
        let absence = self.absences.entry(order.id).or_default();
        let order = match judge(order, claimed_at, &rows, &bound, absence, &self.policy, now) {
            Verdict::Wait => return Ok(None),
            Verdict::Bind(row) => {
                self.apply(order, OrderEvent::Matched(row.facts), &row.facts, Some(row.id), now).await?
            }
            Verdict::Ambiguous(evidence) => {
                orders::apply_event(&self.store, order.id, &OrderEvent::Doubted, evidence, now).await?
            }
            Verdict::Absent => {
                let detail = "the broker's list does not have it";
                orders::apply_event(&self.store, order.id, &OrderEvent::Absent, detail, now).await?
            }
        };
        tracing::warn!(order_id = order.id, state = %order.state, "an order in doubt was resolved");
        self.absences.remove(&order.id);
        count(&order);
        Ok(Some(order))
    }

    async fn apply(
        &mut self,
        order: &Order,
        event: OrderEvent,
        facts: &RowFacts,
        broker_id: Option<BrokerOrderId>,
        now: DateTime<Utc>,
    ) -> Result<Order, LiveError> {
        let issue = issues::get(&self.store, self.account_id, order.fields.symbol).await?;
        let costs: OrderCosts = costs_at(order, &issue, facts.cum_amount);
        let update = RowUpdate { event, broker_id, costs, executed_at: now };
        let outcome = match orders::apply_row(&self.store, order.id, &update, now).await {
            Err(StoreError::OverSold(over)) => {
                let reason = format!("{over}: compare the holdings with the broker's");
                halt(&self.store, self.account_id, &reason, now).await?;
                return Err(StoreError::OverSold(over).into());
            }
            outcome => outcome?,
        };
        if let Some(trade) = &outcome.trade {
            metrics::counter!("exodus_fills_total", "side" => trade.side.as_str()).increment(1);
        }
        if outcome.order.state != order.state {
            count(&outcome.order);
        }
        Ok(outcome.order)
    }
}

/// The rows of the trade date on which an order was written down, and of the next: it may have been sent at midnight.
fn rows_near<'a>(order: &Order, lists: &'a Lists) -> impl Iterator<Item = &'a BrokerOrder> + use<'a> {
    lists.range(order.trade_date..).take(2).flat_map(|(_, rows)| rows)
}

/// Halts an account because its facts contradict each other. Only a person clears that.
pub(crate) async fn halt(store: &Store, account_id: i64, reason: &str, now: DateTime<Utc>) -> Result<(), StoreError> {
    tracing::error!(account_id, reason, "the account is halted");
    kill_switches::set(store, KillScope::Account, account_id, KillState::Halted, reason, None, now).await?;
    Ok(())
}
