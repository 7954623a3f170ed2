//! One side of a book: our orders in the order of their queue, and what others show.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use exodus_domain::{Level, OrderFields, Price, Qty, RowEnd, Side, Won};

use crate::exchange::{Execution, SimOrder};

/// Place in the queue: how good the price is (smaller is better), then when it came.
pub(super) type Rank = (i64, u64);

/// An order of ours in the book.
#[derive(Clone, Debug)]
pub(crate) struct OwnOrder {
    pub(crate) order: SimOrder,
    pub(crate) cum_qty: Qty,
    pub(crate) cum_amount: Won,
}

impl OwnOrder {
    pub(crate) fn open(&self) -> Qty {
        self.order.fields.quantity - self.cum_qty
    }

    pub(super) fn fill(&mut self, quantity: Qty, price: Price, at: DateTime<Utc>) -> Execution {
        self.cum_qty += quantity;
        self.cum_amount += price * quantity;
        self.execution(quantity, price, None, at)
    }

    /// The report of an end without a trade.
    pub(crate) fn ended(&self, end: RowEnd, at: DateTime<Utc>) -> Execution {
        self.execution(Qty::ZERO, Price::ZERO, Some(end), at)
    }

    fn execution(&self, last_qty: Qty, last_price: Price, end: Option<RowEnd>, at: DateTime<Utc>) -> Execution {
        let (cum_qty, cum_amount) = (self.cum_qty, self.cum_amount);
        let OrderFields { symbol, side, .. } = self.order.fields;
        Execution { order_id: self.order.id, symbol, side, cum_qty, cum_amount, last_qty, last_price, end, at }
    }
}

/// One side of the book: our orders, and what others show.
#[derive(Clone, Debug)]
pub(super) struct BookSide {
    pub(super) side: Side,
    pub(super) own: BTreeMap<Rank, OwnOrder>,
    /// Best level last, so that it can be popped.
    pub(super) external: Vec<Level>,
    /// When the external orders came, on the scale of [`Rank`].
    pub(super) external_since: u64,
}

/// Who stands first on a side.
#[derive(Clone, Copy)]
pub(super) enum Maker {
    Own(Rank),
    External,
}

impl BookSide {
    pub(super) fn new(side: Side) -> Self {
        Self { side, own: BTreeMap::new(), external: Vec::new(), external_since: 0 }
    }

    /// Smaller is better: a low offer, a high bid.
    pub(super) fn goodness(&self, price: Price) -> i64 {
        match self.side {
            Side::Sell => price.0,
            Side::Buy => -price.0,
        }
    }

    /// The first in the queue that does not belong to `account`: nobody trades with himself.
    pub(super) fn best_for(&self, account: i64) -> Option<Maker> {
        let own = self.own.iter().find(|(_, order)| order.order.account != account).map(|(rank, _)| *rank);
        let external = self.external.last().map(|level| (self.goodness(level.price), self.external_since));
        match (own, external) {
            (Some(own), Some(external)) if external < own => Some(Maker::External),
            (Some(own), _) => Some(Maker::Own(own)),
            (None, Some(_)) => Some(Maker::External),
            (None, None) => None,
        }
    }

    /// The best price that somebody named; market orders name none.
    pub(super) fn best_named_price(&self) -> Option<Price> {
        let own = self.own.values().find_map(|own| own.order.fields.price);
        let external = self.external.last().map(|level| level.price);
        own.into_iter().chain(external).min_by_key(|price| self.goodness(*price))
    }

    pub(super) fn take_external(&mut self, quantity: Qty) {
        let Some(level) = self.external.last_mut() else { return };
        level.quantity -= quantity;
        if !level.quantity.is_positive() {
            self.external.pop();
        }
    }

    pub(super) fn fill_own(&mut self, rank: Rank, quantity: Qty, price: Price, at: DateTime<Utc>) -> Option<Execution> {
        let own = self.own.get_mut(&rank)?;
        let execution = own.fill(quantity, price, at);
        if !own.open().is_positive() {
            self.own.remove(&rank);
        }
        Some(execution)
    }
}
