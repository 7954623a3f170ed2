//! The paper exchange of a worker: the simulator's books, filled with what the feed shows, and the order lists of the
//! accounts that trade there.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::{DateTime, NaiveDate, Utc};
use exodus_domain::{
    BrokerOrder, BrokerOrderId, FeedEvent, Instrument, MarketFeed, OrderAnswer, OrderFields, Price, Quote, RowEnd,
    RowFacts, Side, Symbol, Timer, Won, kst_date,
};
use exodus_simulator::{Exchange, Execution, Interruption, IssueRules, SimOrder};
use futures::StreamExt;
use tokio::sync::{broadcast, watch};

/// How long an order waits for the first quote of its issue on a trade date.
const LISTING_WAIT: Duration = Duration::from_secs(2);
/// Notices kept for a slow listener; they are hints, and the list is read anyway.
const NOTICES_KEPT: usize = 256;

/// All accounts of a worker trade on one paper exchange, with each other and with what the feed shows.
pub struct PaperExchange {
    state: Mutex<State>,
    clock: Arc<dyn Timer>,
    /// Counts listings; whoever waits for one looks again when it changes.
    listings: watch::Sender<u64>,
}

struct State {
    exchange: Exchange,
    issues: HashMap<Symbol, Instrument>,
    date: NaiveDate,
    accounts: HashMap<i64, AccountList>,
    /// Account and place in its list of every order the exchange knows.
    places: HashMap<u64, (i64, usize)>,
    last_sim_id: u64,
}

/// The broker's list of the orders of one account.
struct AccountList {
    rows: Vec<Row>,
    last_number: u64,
    notices: broadcast::Sender<BrokerOrderId>,
}

impl AccountList {
    fn next_number(&mut self) -> BrokerOrderId {
        self.last_number += 1;
        BrokerOrderId(format!("{:010}", self.last_number))
    }
}

struct Row {
    order: BrokerOrder,
    trade_date: NaiveDate,
    sim_id: Option<u64>,
}

impl PaperExchange {
    /// An exchange that can trade `instruments`, each from its first quote on.
    pub fn new(instruments: &[Instrument], clock: Arc<dyn Timer>) -> Self {
        let state = State {
            exchange: Exchange::new(),
            issues: instruments.iter().map(|issue| (issue.symbol, issue.clone())).collect(),
            date: kst_date(clock.now()),
            accounts: HashMap::new(),
            places: HashMap::new(),
            last_sim_id: 0,
        };
        Self { state: Mutex::new(state), clock, listings: watch::Sender::new(0) }
    }

    /// Shows the exchange what `feed` tells of its issues, for as long as that is polled.
    pub async fn follow(&self, feed: &dyn MarketFeed) {
        let symbols: Vec<Symbol> = self.lock().issues.keys().copied().collect();
        let mut events = feed.subscribe(&symbols);
        while let Some(event) = events.next().await {
            self.on_feed(&event);
        }
    }

    pub(crate) fn on_feed(&self, event: &FeedEvent) {
        let now = self.clock.now();
        let mut state = self.current(now);
        match event {
            FeedEvent::Quote(quote) => {
                if state.list(quote, now) {
                    self.listings.send_modify(|count| *count += 1);
                }
                state.exchange.show_price(quote.symbol, quote.price, now);
            }
            FeedEvent::Book(book) => {
                let executions = state.exchange.set_book(book, now);
                state.book(&executions);
            }
            FeedEvent::Bar { .. } => {}
        }
    }

    /// Takes over the states that issues have now.
    pub(crate) fn set_states(&self, known: &[Instrument]) {
        let mut state = self.lock();
        for told in known {
            if let Some(issue) = state.issues.get_mut(&told.symbol) {
                issue.states = told.states;
                state.exchange.set_states(told.symbol, told.states);
            }
        }
    }

    /// Waits until an issue is listed for today. False if that takes too long.
    pub(super) async fn is_listed(&self, symbol: Symbol) -> bool {
        let mut listings = self.listings.subscribe();
        let listed = listings.wait_for(|_| self.lock().is_listed(symbol, kst_date(self.clock.now())));
        matches!(tokio::time::timeout(LISTING_WAIT, listed).await, Ok(Ok(_)))
    }

    /// Takes a new order of an account.
    pub(super) fn place(&self, account_id: i64, fields: &OrderFields) -> OrderAnswer {
        let now = self.clock.now();
        let mut state = self.current(now);
        let state = &mut *state;
        let Some(list) = state.accounts.get_mut(&account_id) else {
            return OrderAnswer::unwritten("the account is not connected to the paper exchange");
        };
        state.last_sim_id += 1;
        let sim_id = state.last_sim_id;
        match state.exchange.submit(SimOrder { id: sim_id, account: account_id, fields: fields.clone() }, now) {
            Err(reject) => OrderAnswer::Refused { code: "EXCHANGE_REFUSED".to_owned(), message: reject.to_string() },
            Ok(executions) => {
                let id = list.next_number();
                let facts = RowFacts {
                    order_qty: fields.quantity,
                    cum_qty: Default::default(),
                    cum_amount: Won::ZERO,
                    end: None,
                };
                let order = BrokerOrder {
                    id: id.clone(),
                    fields: fields.clone(),
                    facts,
                    accepted_at: now,
                    original: None,
                    is_foreign: false,
                };
                state.places.insert(sim_id, (account_id, list.rows.len()));
                list.rows.push(Row { order, trade_date: state.date, sim_id: Some(sim_id) });
                state.book(&executions);
                OrderAnswer::Accepted(id)
            }
        }
    }

    /// Cancels the open rest of an order.
    pub(super) fn cancel(&self, account_id: i64, id: &BrokerOrderId) -> OrderAnswer {
        let now = self.clock.now();
        let mut state = self.current(now);
        let rows = state.accounts.get(&account_id).map_or(&[][..], |list| &list.rows);
        let sim_id = rows.iter().rev().find(|row| row.order.id == *id).and_then(|row| row.sim_id);
        let execution = sim_id.and_then(|sim_id| state.exchange.cancel(sim_id, now));
        state.book(execution.as_slice());
        match (execution, state.accounts.get_mut(&account_id)) {
            (Some(_), Some(list)) => OrderAnswer::Accepted(list.next_number()),
            _ => OrderAnswer::Refused {
                code: "NOTHING_OPEN".to_owned(),
                message: format!("nothing of order {} is open", id.0),
            },
        }
    }

    /// The orders of an account on a trade date; `None` if the account is not connected.
    pub(super) fn orders(&self, account_id: i64, trade_date: NaiveDate) -> Option<Vec<BrokerOrder>> {
        let state = self.current(self.clock.now());
        let rows = state.accounts.get(&account_id)?.rows.iter();
        Some(rows.filter(|row| row.trade_date == trade_date).map(|row| row.order.clone()).collect())
    }

    /// Connects an account with the list it had: its open orders of today go back into the book, those of earlier
    /// days have expired.
    pub(super) fn attach(&self, account_id: i64, orders: Vec<(NaiveDate, BrokerOrder)>) {
        let now = self.clock.now();
        let mut state = self.lock();
        state.detach(account_id, now);
        let last_number = orders.iter().filter_map(|(_, order)| order.id.0.parse().ok()).max().unwrap_or(0);
        let notices = broadcast::Sender::new(NOTICES_KEPT);
        state.accounts.insert(account_id, AccountList { rows: Vec::new(), last_number, notices });
        for (trade_date, order) in orders {
            state.restore(account_id, trade_date, order, now);
        }
    }

    /// Takes an account with its open orders off the exchange.
    pub(super) fn detach(&self, account_id: i64) {
        self.lock().detach(account_id, self.clock.now());
    }

    /// Hints that an order of an account changed.
    pub(super) fn notices(&self, account_id: i64) -> Option<broadcast::Receiver<BrokerOrderId>> {
        Some(self.lock().accounts.get(&account_id)?.notices.subscribe())
    }

    /// Won that the open buys of an account hold back: at their limit, or at the day's upper limit for a market
    /// order, as KIS reserves it (krx-market §6).
    pub(super) fn reserved(&self, account_id: i64) -> Won {
        let state = self.lock();
        let open = state.exchange.open_orders();
        open.filter(|(order, ..)| order.account == account_id && order.fields.side == Side::Buy)
            .map(|(order, cum_qty, _)| {
                let fields = &order.fields;
                fields.price.unwrap_or_else(|| state.upper_limit(fields.symbol)) * (fields.quantity - cum_qty)
            })
            .sum()
    }

    /// The interruption that holds an issue up now.
    pub(crate) fn interruption(&self, symbol: Symbol) -> Option<Interruption> {
        self.current(self.clock.now()).exchange.interruption(symbol)
    }

    /// The state at `now`: interruptions whose time has come are over.
    fn current(&self, now: DateTime<Utc>) -> MutexGuard<'_, State> {
        let mut state = self.lock();
        let executions = state.exchange.advance(now);
        state.book(&executions);
        state
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // A panic while the lock was held is a bug that its own task reports; the state is only ever changed by
        // whole calls, so the other accounts go on.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn is_listed(&self, symbol: Symbol, date: NaiveDate) -> bool {
        self.exchange.rules(symbol).is_some_and(|rules| rules.date == date)
    }

    /// Lists an issue at its first quote of a trade date. The first quote of a new date ends the day before.
    fn list(&mut self, quote: &Quote, now: DateTime<Utc>) -> bool {
        let date = kst_date(quote.at);
        if date > self.date {
            let expired = self.exchange.close(now);
            self.book(&expired);
            self.start_day(date);
        }
        if date < self.date || self.is_listed(quote.symbol, date) {
            return false;
        }
        let Some(issue) = self.issues.get(&quote.symbol) else { return false };
        self.exchange.list(IssueRules::of(issue, date, quote.base_price));
        true
    }

    /// Keeps the lists of the day that ended, so that its last rows can still be read, and drops older ones.
    fn start_day(&mut self, date: NaiveDate) {
        let ended = self.date;
        self.date = date;
        self.places.clear();
        for list in self.accounts.values_mut() {
            list.rows.retain(|row| row.trade_date >= ended);
            list.rows.iter_mut().for_each(|row| row.sim_id = None);
        }
    }

    /// Writes executions into the lists and hints at them.
    fn book(&mut self, executions: &[Execution]) {
        for execution in executions {
            let Some((account_id, place)) = self.places.get(&execution.order_id) else { continue };
            let Some(list) = self.accounts.get_mut(account_id) else { continue };
            let Some(row) = list.rows.get_mut(*place) else { continue };
            let facts = &mut row.order.facts;
            facts.cum_qty = execution.cum_qty;
            facts.cum_amount = execution.cum_amount;
            facts.end = execution.end;
            // Nobody listens: nobody needs the hint.
            let _ = list.notices.send(row.order.id.clone());
        }
    }

    fn restore(&mut self, account_id: i64, trade_date: NaiveDate, mut order: BrokerOrder, now: DateTime<Utc>) {
        let is_open = order.facts.end.is_none() && order.facts.cum_qty < order.facts.order_qty;
        let mut restored = None;
        if is_open && trade_date < self.date {
            order.facts.end = Some(RowEnd::Expired);
        } else if is_open {
            self.last_sim_id += 1;
            let sim_order = SimOrder { id: self.last_sim_id, account: account_id, fields: order.fields.clone() };
            let RowFacts { cum_qty, cum_amount, .. } = order.facts;
            match self.exchange.restore(sim_order, cum_qty, cum_amount, now) {
                Ok(executions) => restored = Some((self.last_sim_id, executions)),
                Err(reject) => {
                    tracing::error!(account_id, order = %order.id.0, %reject, "an open order could not be restored");
                    order.facts.end = Some(RowEnd::Rejected);
                }
            }
        }
        let Some(list) = self.accounts.get_mut(&account_id) else { return };
        let place = list.rows.len();
        list.rows.push(Row { order, trade_date, sim_id: restored.as_ref().map(|(sim_id, _)| *sim_id) });
        if let Some((sim_id, executions)) = restored {
            self.places.insert(sim_id, (account_id, place));
            self.book(&executions);
        }
    }

    fn detach(&mut self, account_id: i64, now: DateTime<Utc>) {
        let Some(list) = self.accounts.remove(&account_id) else { return };
        for sim_id in list.rows.iter().filter_map(|row| row.sim_id) {
            self.exchange.cancel(sim_id, now);
            self.places.remove(&sim_id);
        }
    }

    fn upper_limit(&self, symbol: Symbol) -> Price {
        self.exchange.rules(symbol).expect("an open order stands in a listed book").limits().upper
    }
}
