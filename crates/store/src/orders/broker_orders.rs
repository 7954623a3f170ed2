//! The broker's lists as they were read last: our own orders, and those that somebody else placed on the account.
//!
//! A row is written when it is first seen and whenever it tells more. What it showed once it never takes back.

use chrono::{DateTime, NaiveDate, Utc};
use exodus_domain::{BrokerOrderId, Price, Qty, RowFacts, Side, Symbol, Won};

use crate::entities::broker_orders::Model;
use crate::error::{StoreError, word};

/// A row of the broker's list of a trade date.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BrokerRow {
    /// Number.
    pub id: i64,
    /// Account.
    pub account_id: i64,
    /// Date of the list.
    pub trade_date: NaiveDate,
    /// The broker's number, unique within account and date.
    pub broker_order_id: BrokerOrderId,
    /// Our order; `None` for one that somebody else placed, or that is not known to be ours yet.
    pub order_id: Option<i64>,
    /// The order that it amends or cancels; `None` for a new order.
    pub original_id: Option<BrokerOrderId>,
    /// Issue.
    pub symbol: Symbol,
    /// Side.
    pub side: Side,
    /// How it is priced: a word of [`exodus_domain::OrderType`], or the broker's own for what we never send.
    pub order_type: String,
    /// Limit price; `None` for an order without.
    pub price: Option<Price>,
    /// What became of it.
    pub facts: RowFacts,
    /// When the broker accepted it.
    pub accepted_at: DateTime<Utc>,
    /// When the first list that had it was complete.
    pub first_seen_at: DateTime<Utc>,
    /// When it was written last.
    pub seen_at: DateTime<Utc>,
    /// Lists in a row that showed fewer fills than this, each ten seconds or more after the one before.
    pub fewer_seen: i32,
    /// When the first of them was read.
    pub fewer_seen_since: Option<DateTime<Utc>>,
    /// Filled shares that the account's books hold already, of an order that is not ours.
    pub counted_quantity: Qty,
    /// The user who took it over as an order of this system.
    pub adopted_by: Option<i64>,
    /// When a person said that it is somebody else's.
    pub confirmed_at: Option<DateTime<Utc>>,
}

/// So many lists that show less are no lag any more.
const FEWER_LISTS: i32 = 3;

/// How an order is priced that is never sent from here.
pub const FOREIGN: &str = "other";

impl BrokerRow {
    /// True if lists keep showing fewer fills than one before them (FILL_DECREASE).
    pub fn has_decreased(&self) -> bool {
        self.fewer_seen >= FEWER_LISTS
    }

    /// True if no order of ours is bound to it.
    pub fn is_external(&self) -> bool {
        self.order_id.is_none()
    }

    /// False for a row that amends or cancels another.
    pub fn is_new_order(&self) -> bool {
        self.original_id.is_none()
    }

    /// Shares that may still be filled.
    pub fn open_quantity(&self) -> Qty {
        let open = self.facts.order_qty - self.facts.cum_qty;
        if self.facts.end.is_none() && open.is_positive() { open } else { Qty::ZERO }
    }

    /// Shares that somebody else's order traded and that the account's books do not hold yet.
    pub fn uncounted_quantity(&self) -> Qty {
        if self.is_external() { self.facts.cum_qty - self.counted_quantity } else { Qty::ZERO }
    }

    /// What those shares cost or brought, at the average price of the order.
    pub fn uncounted_amount(&self) -> Won {
        let (uncounted, filled) = (i128::from(self.uncounted_quantity().0), i128::from(self.facts.cum_qty.0));
        let amount = i128::from(self.facts.cum_amount.0) * uncounted / filled.max(1);
        Won(i64::try_from(amount).expect("a part of an amount is no larger than the amount"))
    }
}

impl TryFrom<Model> for BrokerRow {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.id,
            account_id: row.account_id,
            trade_date: row.trade_date,
            broker_order_id: BrokerOrderId(row.broker_order_id),
            order_id: row.order_id,
            original_id: row.original_id.map(BrokerOrderId),
            symbol: word(&row.symbol)?,
            side: word(&row.side)?,
            order_type: row.order_type,
            price: row.price.map(Price),
            facts: RowFacts {
                order_qty: Qty(row.quantity),
                cum_qty: Qty(row.cum_quantity),
                cum_amount: Won(row.cum_amount),
                end: row.end.as_deref().map(word).transpose()?,
            },
            accepted_at: row.accepted_at,
            first_seen_at: row.first_seen_at,
            seen_at: row.seen_at,
            fewer_seen: row.fewer_seen,
            fewer_seen_since: row.fewer_seen_since,
            counted_quantity: Qty(row.counted_quantity),
            adopted_by: row.adopted_by,
            confirmed_at: row.confirmed_at,
        })
    }
}
