//! The broker's list against the store: fills are booked, ends are noted, doubts are resolved (safety §2.5, §2.7, §2.8).

mod beside;
mod doubtful;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use exodus_domain::testing::{Defect, Point, planted, reach};
use exodus_domain::{
    Broker, BrokerBalance, BrokerOrder, BrokerOrderId, CircuitEvent, OrderCosts, OrderEvent, OrderState, Qty, RowEnd,
    RowFacts, Timer, Won, kst_date,
};
use exodus_store::orders::broker_orders::BrokerRow;
use exodus_store::orders::{self, Binding, Booking, Order, RowOutcome, RowUpdate};
use exodus_store::{Store, StoreError, circuits, kill_switches};

use crate::LiveError;
use crate::doubts::{AbsencePolicy, Command, Progress, Row, facts};
use crate::executor::count;
use crate::issues::{self, costs_at};
use crate::loops;

/// Brings the orders of one account in the store to where the broker's list has them.
pub(crate) struct Reconciler {
    store: Store,
    broker: Arc<dyn Broker>,
    clock: Arc<dyn Timer>,
    account_id: i64,
    policy: AbsencePolicy,
    /// Lists read for orders in doubt.
    progress: HashMap<i64, Progress>,
    /// Where the orders of the last read stood: what differs next time was changed by somebody else.
    told: HashMap<i64, (OrderState, Qty)>,
}

/// One read of the broker's lists.
pub(crate) struct Pass {
    /// When the first list was asked for: it shows at least what was done before.
    pub(crate) began_at: DateTime<Utc>,
    /// Orders that changed, by the lists or by a person.
    pub(crate) changed: Vec<Order>,
    /// Orders in doubt, with since when.
    pub(crate) doubts: Vec<(i64, DateTime<Utc>)>,
    /// The rows that were read, by date.
    pub(crate) rows: BTreeMap<NaiveDate, Vec<BrokerRow>>,
    /// True if a list told anything new.
    pub(crate) has_news: bool,
    /// Orders that came back after they were thought absent: their open rest is to be cancelled (T15).
    pub(crate) returned: Vec<i64>,
}

/// Everything that one read works with.
struct Read {
    now: DateTime<Utc>,
    /// The date of which this is the second of two equal lists.
    closes: Option<NaiveDate>,
    orders: Vec<Order>,
    commands: Vec<Command>,
    /// Read once, when it is asked for first.
    balance: Option<BrokerBalance>,
    pass: Pass,
}

impl Read {
    /// True if what the list says of the order is final.
    fn is_final(&self, order: &Order) -> bool {
        self.closes == Some(order.trade_date)
    }

    /// The rows of the trade date on which an order was written down, and of the next: it may have been sent at midnight.
    fn stored_near(&self, order: &Order) -> impl Iterator<Item = &BrokerRow> {
        self.pass.rows.range(order.trade_date..).take(2).flat_map(|(_, rows)| rows)
    }

    fn rows_near(&self, order: &Order) -> Vec<Row> {
        self.stored_near(order).map(facts::row).collect()
    }

    /// Notes that an order changed.
    fn note(&mut self, order: Order, policy: &AbsencePolicy) {
        self.commands.retain(|command| command.order_id != order.id);
        self.commands.extend(facts::command(&order, policy));
        for rows in self.pass.rows.values_mut() {
            let is_its = |row: &&mut BrokerRow| {
                row.order_id.is_none() && Some(&row.broker_order_id) == order.kis_order_id.as_ref()
            };
            if let Some(row) = rows.iter_mut().find(is_its) {
                row.order_id = Some(order.id);
            }
        }
        if let Some(known) = self.orders.iter_mut().find(|known| known.id == order.id) {
            known.clone_from(&order);
        }
        self.pass.changed.retain(|changed| changed.id != order.id);
        self.pass.changed.push(order);
    }
}

impl Reconciler {
    pub(crate) fn new(
        store: Store,
        broker: Arc<dyn Broker>,
        clock: Arc<dyn Timer>,
        account_id: i64,
        policy: AbsencePolicy,
    ) -> Self {
        let (progress, told) = Default::default();
        Self { store, broker, clock, account_id, policy, progress, told }
    }

    /// What is found at start, before anything is read: an order that was not claimed was never sent, one that was
    /// claimed may have been (T3, T9).
    pub(crate) async fn recover(&self, now: DateTime<Utc>) -> Result<(), LiveError> {
        let open = orders::open(&self.store, self.account_id).await?;
        orders::drop_unsent_cancels(&self.store, &open, now).await?;
        for order in open {
            let event = match order.state {
                OrderState::Created => OrderEvent::Withdrawn,
                OrderState::Sending => {
                    reach(Point::FoundSending);
                    OrderEvent::AnswerLost
                }
                _ => continue,
            };
            let order = orders::apply_event(&self.store, order.id, &event, "found at start", now).await?;
            count(&order);
        }
        Ok(())
    }

    /// Reads the lists and applies what they say. `closes` says that this is the second of two equal lists of a date after
    /// its end (R5): what is over then is over for good. `also` names a date to be read beside those of open orders.
    ///
    /// # Errors
    /// [`LiveError::NoAnswer`] if a list could not be read; nothing is concluded from that.
    pub(crate) async fn run(&mut self, closes: Option<NaiveDate>, also: Option<NaiveDate>) -> Result<Pass, LiveError> {
        let began_at = self.clock.now();
        let today = kst_date(began_at);
        let mut orders = self.known(today, also).await?;
        let mut dates: BTreeSet<NaiveDate> = orders.iter().map(|order| order.trade_date).collect();
        dates.insert(today);
        dates.extend(also);
        let mut lists = Vec::new();
        for date in dates {
            lists.push((date, self.list(date).await?));
        }
        // The lists are complete now, and not before.
        let now = self.clock.now();
        let (changed, doubts, rows, returned) = Default::default();
        let mut pass = Pass { began_at, changed, doubts, rows, has_news: false, returned };
        for (date, list) in &lists {
            let bookings = self.bookings(&orders, *date, list, closes == Some(*date), now).await?;
            let news = orders::record_list(&self.store, self.account_id, *date, list, &bookings, now).await?;
            pass.has_news |= news.changed;
            for outcome in news.booked.iter().filter(|outcome| outcome.changed) {
                if let Some(known) = orders.iter_mut().find(|order| order.id == outcome.order.id) {
                    note_outcome(known, outcome);
                    known.clone_from(&outcome.order);
                }
                pass.changed.push(outcome.order.clone());
            }
            self.tell_missing(&news.missing);
            pass.rows.insert(*date, news.rows);
        }
        let commands = self.commands(&orders).await?;
        let mut read = Read { now, closes, orders, commands, balance: None, pass };
        self.read_rows(&mut read).await?;
        self.resolve_doubts(&mut read).await?;
        self.look_beside(&mut read).await?;
        self.remember(&mut read);
        Ok(read.pass)
    }

    /// The orders that lists can tell of: those of the day, and whatever is open from before.
    async fn known(&self, today: NaiveDate, also: Option<NaiveDate>) -> Result<Vec<Order>, LiveError> {
        let mut known = orders::of_day(&self.store, self.account_id, today).await?;
        if let Some(date) = also.filter(|date| *date != today) {
            known.extend(orders::of_day(&self.store, self.account_id, date).await?);
        }
        let open = orders::open(&self.store, self.account_id).await?;
        known.extend(open.into_iter().filter(|order| order.trade_date != today && Some(order.trade_date) != also));
        Ok(known)
    }

    async fn list(&self, date: NaiveDate) -> Result<Vec<BrokerOrder>, LiveError> {
        match self.broker.orders(date).await {
            Err(_) if planted(Defect::ErrorAsEmptyList) => Ok(Vec::new()),
            Err(error) => {
                reach(Point::ReadFailed);
                Err(error.into())
            }
            Ok(list) => Ok(list),
        }
    }

    fn tell_missing(&self, missing: &[BrokerOrderId]) {
        if !missing.is_empty() {
            metrics::counter!("exodus_rows_missing_total").increment(missing.len() as u64);
            tracing::warn!(
                account_id = self.account_id,
                ?missing,
                "the broker's list lacks rows that it showed before"
            );
        }
    }

    /// Every order that may claim a row. What was absent on a day that is over claims nothing any more (M8).
    async fn commands(&self, orders: &[Order]) -> Result<Vec<Command>, LiveError> {
        let mut over = HashMap::new();
        let mut commands = Vec::new();
        for order in orders {
            if order.state == OrderState::NotFound {
                let date = order.trade_date;
                let is_over = match over.get(&date) {
                    Some(is_over) => *is_over,
                    None => {
                        let day = orders::closed_day(&self.store, self.account_id, date).await?;
                        let is_over =
                            day.and_then(|day| day.closed_at).is_some_and(|closed| loops::is_over(date, closed));
                        *over.entry(date).or_insert(is_over)
                    }
                };
                if is_over {
                    continue;
                }
            }
            commands.extend(facts::command(order, &self.policy));
        }
        Ok(commands)
    }

    /// What a list says of the orders that are bound to its rows: booked in the transaction that writes its rows down.
    async fn bookings(
        &self,
        orders: &[Order],
        date: NaiveDate,
        list: &[BrokerOrder],
        is_final: bool,
        now: DateTime<Utc>,
    ) -> Result<Vec<Booking>, LiveError> {
        let mut bookings = Vec::new();
        for order in orders.iter().filter(|order| order.trade_date == date) {
            let Some(row) = list.iter().find(|row| Some(&row.id) == order.kis_order_id.as_ref()) else { continue };
            let facts = self.settled(row.facts, is_final);
            // A row that shows less than is booked is stale as a whole, its end too.
            if facts.cum_qty >= order.filled_quantity && is_news(order, &facts) {
                let costs = costs(&self.store, order, &facts).await?;
                let event = OrderEvent::RowRead(facts);
                let update = RowUpdate { event, binding: None, costs, executed_at: now };
                bookings.push(Booking { order_id: order.id, update });
            }
        }
        Ok(bookings)
    }

    /// Applies the rows of bound orders, as far as that was not done when they were written down: an order may have come to
    /// its row since, or its day may have ended.
    async fn read_rows(&mut self, read: &mut Read) -> Result<(), LiveError> {
        let bound: Vec<Order> = read.orders.iter().filter(|order| order.kis_order_id.is_some()).cloned().collect();
        for order in bound {
            let Some(row) = read.stored_near(&order).find(|row| row.order_id == Some(order.id)).cloned() else {
                if order.state.is_open_at_broker() {
                    tracing::warn!(order_id = order.id, "an open order is missing in the broker's list");
                }
                continue;
            };
            let facts = self.facts_of(&row, read.is_final(&order));
            if !is_news(&order, &facts) {
                continue;
            }
            let order = self.apply(&order, OrderEvent::RowRead(facts), &facts, None, read.now).await?;
            read.note(order, &self.policy);
        }
        Ok(())
    }

    /// What a row says of its order. That the session ended it counts after two equal lists at the end of the day (T18).
    fn facts_of(&self, row: &BrokerRow, is_final: bool) -> RowFacts {
        self.settled(row.facts, is_final)
    }

    fn settled(&self, mut facts: RowFacts, is_final: bool) -> RowFacts {
        if self.policy.asks_funds && !is_final && facts.end == Some(RowEnd::Expired) {
            facts.end = None;
        }
        facts
    }

    async fn apply(
        &mut self,
        order: &Order,
        event: OrderEvent,
        facts: &RowFacts,
        binding: Option<Binding>,
        now: DateTime<Utc>,
    ) -> Result<Order, LiveError> {
        let costs = costs(&self.store, order, facts).await?;
        let update = RowUpdate { event, binding, costs, executed_at: now };
        let outcome = match orders::apply_row(&self.store, order.id, &update, now).await {
            Err(StoreError::OverSold(over)) => {
                let reason = format!("{over}: compare the holdings with the broker's");
                halt(&self.store, self.account_id, &reason, now).await?;
                return Err(StoreError::OverSold(over).into());
            }
            outcome => outcome?,
        };
        note_outcome(order, &outcome);
        Ok(outcome.order)
    }

    /// What must never be done, for tests that plant it: takes each notice of an open order for a share filled.
    pub(crate) async fn sum_notices(&mut self, told: &[BrokerOrderId]) -> Result<(), LiveError> {
        for order in orders::open(&self.store, self.account_id).await? {
            if order.state.is_open_at_broker() && order.kis_order_id.as_ref().is_some_and(|id| told.contains(id)) {
                let facts = RowFacts {
                    order_qty: order.fields.quantity,
                    cum_qty: order.filled_quantity + Qty(1),
                    cum_amount: order.filled_amount + Won(1),
                    end: None,
                };
                self.apply(&order, OrderEvent::RowRead(facts), &facts, None, self.clock.now()).await?;
            }
        }
        Ok(())
    }

    /// Finds what somebody else changed since the last read, and notes who is in doubt.
    fn remember(&mut self, read: &mut Read) {
        let told = std::mem::take(&mut self.told);
        for order in &read.orders {
            let stands = (order.state, order.filled_quantity);
            let is_told = told.get(&order.id).is_none_or(|told| *told == stands);
            if !is_told && read.pass.changed.iter().all(|changed| changed.id != order.id) {
                read.pass.changed.push(order.clone());
            }
            self.told.insert(order.id, stands);
        }
        let in_doubt = read.orders.iter().filter(|order| order.state == OrderState::Unknown);
        read.pass.doubts =
            in_doubt.map(|order| (order.id, order.sent_at.or(order.claimed_at).unwrap_or(order.created_at))).collect();
        self.progress.retain(|id, _| read.pass.doubts.iter().any(|(doubt, _)| doubt == id));
    }
}

/// True if a row tells more of its order than is booked.
fn is_news(order: &Order, facts: &RowFacts) -> bool {
    let next = order.state.after(&OrderEvent::RowRead(*facts));
    facts.cum_qty > order.filled_quantity || next.is_ok_and(|state| state != order.state)
}

/// Counts and tells what a row did to an order that stood as `before`.
fn note_outcome(before: &Order, outcome: &RowOutcome) {
    if before.state.is_ended() && outcome.trade.is_some() {
        tracing::warn!(order_id = before.id, state = %before.state, "an order that had ended was filled (T19)");
    }
    if let Some(trade) = &outcome.trade {
        metrics::counter!("exodus_fills_total", "side" => trade.side.as_str()).increment(1);
    }
    if outcome.order.state != before.state {
        count(&outcome.order);
    }
}

/// Commission and tax of an order whose row shows these fills.
async fn costs(store: &Store, order: &Order, facts: &RowFacts) -> Result<OrderCosts, LiveError> {
    if !facts.cum_qty.is_positive() {
        return Ok(OrderCosts::default());
    }
    let issue = issues::get(store, order.account_id, order.fields.symbol).await?;
    Ok(costs_at(order, &issue, facts.cum_amount))
}

/// Binds an order in doubt to a row as a person decided (T13, T15), and books what the row shows.
///
/// # Errors
/// [`LiveError::Store`] with a conflict or a forbidden transition if the order is not in doubt any more, or the row is
/// another order's.
pub async fn bind_by_person(
    store: &Store,
    order: &Order,
    row: &BrokerRow,
    evidence: serde_json::Value,
    now: DateTime<Utc>,
) -> Result<Order, LiveError> {
    let event = match order.state {
        OrderState::NotFound => OrderEvent::Reappeared(row.facts),
        _ => OrderEvent::PersonBound(row.facts),
    };
    let binding = Binding {
        number: row.broker_order_id.clone(),
        by: orders::BoundBy::Person,
        locked_until: None,
        evidence: Some(evidence),
    };
    let costs = costs(store, order, &row.facts).await?;
    let update = RowUpdate { event, binding: Some(binding), costs, executed_at: now };
    Ok(orders::apply_row(store, order.id, &update, now).await?.order)
}

/// Halts an account because its facts contradict each other. Only a person clears that.
pub(crate) async fn halt(store: &Store, account_id: i64, reason: &str, now: DateTime<Utc>) -> Result<(), StoreError> {
    tracing::error!(account_id, reason, "the account is halted");
    kill_switches::halt_account(store, account_id, reason, now).await?;
    circuits::tell(store, account_id, &CircuitEvent::Breached(reason.to_owned()), "system", now).await?;
    Ok(())
}
