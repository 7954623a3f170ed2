//! What is known from outside the database.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use exodus_domain::{BrokerOrderId, OrderFields, RowFacts, Symbol, Won};

/// What a request asked of the broker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RequestKind {
    /// A new order.
    New(OrderFields),
    /// The cancellation of an order.
    Cancel(BrokerOrderId),
}

/// A request that moves money, as it was written to the wire.
#[derive(Clone, Debug)]
pub struct Request {
    /// The account.
    pub account_id: i64,
    /// The process that wrote it.
    pub worker: String,
    /// When, by a clock that is right.
    pub at: DateTime<Utc>,
    /// When, by the clock of the process that wrote it.
    pub clock: DateTime<Utc>,
    /// What.
    pub kind: RequestKind,
    /// The order it belongs to: the one that was SENDING with these fields in the database at that instant. `None` if there
    /// was none.
    pub order_id: Option<i64>,
    /// Numbers of the orders that the broker made of it.
    pub made: Vec<BrokerOrderId>,
    /// True if a process was stopped between its last look and this byte (safety F37): then the late byte is exempt.
    pub was_stopped: bool,
    /// True if the account had fewer shares to sell than this wants to, by its own orders alone.
    pub oversells: bool,
    /// True if the worker had read a whole list since it began to own the account.
    pub after_first_list: bool,
}

/// An order in the broker's true book.
#[derive(Clone, Debug)]
pub struct BookOrder {
    /// The account.
    pub account_id: i64,
    /// Its trade date.
    pub trade_date: NaiveDate,
    /// Its number.
    pub id: BrokerOrderId,
    /// What was ordered.
    pub fields: OrderFields,
    /// What became of it.
    pub facts: RowFacts,
    /// What it did to the cash of the account, costs included.
    pub cash_flow: Won,
    /// Place in [`Evidence::requests`] of the request that made it; `None` if somebody else ordered.
    pub request: Option<usize>,
}

/// What an account truly has.
#[derive(Clone, Debug)]
pub struct TrueBalance {
    /// The account.
    pub account_id: i64,
    /// Cash, as if every trade were settled.
    pub cash: Won,
    /// Shares.
    pub holdings: BTreeMap<Symbol, i64>,
}

/// What is known from outside the database.
#[derive(Clone, Copy, Debug)]
pub struct Evidence<'a> {
    /// Requests that move money, in the order in which they were written.
    pub requests: &'a [Request],
    /// The broker's book.
    pub book: &'a [BookOrder],
    /// Its balances.
    pub balances: &'a [TrueBalance],
    /// When each call of each kind reached the broker's gateway, with the length of its window and the most that it allows in
    /// one.
    pub calls: &'a [DateTime<Utc>],
    /// How many calls the broker takes in a second.
    pub calls_a_second: usize,
    /// When tokens were issued.
    pub token_issues: &'a [DateTime<Utc>],
    /// How far clocks of processes may be off.
    pub clock_slack: TimeDelta,
    /// True if nothing is under way, and lists and balance were read since the last change.
    pub is_at_rest: bool,
    /// The present.
    pub now: DateTime<Utc>,
}
