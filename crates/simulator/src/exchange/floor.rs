//! What a [`Board`](crate::Board) needs of the exchange beside continuous trading.

use chrono::{DateTime, Utc};
use exodus_domain::{Level, OrderFields, Price, Qty, RowEnd, Side, Symbol, Won};

use super::{Exchange, Execution, SimOrder, SimReject, check_fields};
use crate::book::{Book, OwnOrder};

impl Exchange {
    /// Says whether an order of these fields, whatever their quantity, would be taken.
    pub(crate) fn admits(&self, fields: &OrderFields) -> Result<(), SimReject> {
        let book = self.books.get(&fields.symbol).ok_or(SimReject::UnknownIssue(fields.symbol))?;
        if book.is_halted() {
            return Err(SimReject::Halted);
        }
        check_fields(fields, book)
    }

    /// Says whether an order of so many shares would be taken.
    pub(crate) fn admits_quantity(&self, symbol: Symbol, quantity: Qty) -> Result<(), SimReject> {
        let book = self.books.get(&symbol).ok_or(SimReject::UnknownIssue(symbol))?;
        let payable = book.limits().upper.checked_mul(quantity).is_some();
        if payable && quantity.is_positive() { Ok(()) } else { Err(SimReject::BadQuantity) }
    }

    /// Lets an order in whose price was checked, or was made here and may lie between two ticks.
    pub(crate) fn enter_admitted(&mut self, order: SimOrder, now: DateTime<Utc>) -> Vec<Execution> {
        let mut executions = Vec::new();
        if let Some(book) = self.books.get_mut(&order.fields.symbol) {
            self.orders.insert(order.id, order.fields.symbol);
            let own = OwnOrder { order, cum_qty: Qty::ZERO, cum_amount: Won::ZERO };
            book.enter(own, now, &mut executions);
        }
        executions
    }

    /// True if an order would be filled whole at once; tried on a copy of the book.
    pub(crate) fn fills_whole(&self, order: &SimOrder, now: DateTime<Utc>) -> bool {
        let Some(mut trial) = self.books.get(&order.fields.symbol).cloned() else { return false };
        let own = OwnOrder { order: order.clone(), cum_qty: Qty::ZERO, cum_amount: Won::ZERO };
        trial.enter(own, now, &mut Vec::new());
        trial.find(order.id).is_none()
    }

    /// Gives an order another price and a new place in the queue. Does nothing if none of it is open.
    pub(crate) fn reprice(&mut self, id: u64, fields: OrderFields, now: DateTime<Utc>) -> Vec<Execution> {
        let mut executions = Vec::new();
        if let Some(book) = self.book_of_mut(id)
            && let Some(mut own) = book.remove(id)
        {
            own.order.fields = fields;
            book.enter(own, now, &mut executions);
        }
        executions
    }

    /// An open order and what is open of it.
    pub(crate) fn open_order(&self, id: u64) -> Option<(&SimOrder, Qty)> {
        let own = self.books.get(self.orders.get(&id)?)?.find(id)?;
        Some((&own.order, own.open()))
    }

    /// Makes an open order smaller; it keeps its place.
    pub(crate) fn reduce(&mut self, id: u64, quantity: Qty) {
        if let Some(book) = self.book_of_mut(id) {
            book.reduce(id, quantity);
        }
    }

    /// Gives the place of an open order to another one at the same price.
    pub(crate) fn replace_in_place(&mut self, id: u64, order: SimOrder) {
        self.orders.insert(order.id, order.fields.symbol);
        if let Some(book) = self.book_of_mut(id) {
            book.replace_in_place(id, order);
        }
    }

    /// Collects the orders of an issue for a call auction.
    pub(crate) fn collect(&mut self, symbol: Symbol) {
        if let Some(book) = self.books.get_mut(&symbol) {
            book.collect();
        }
    }

    /// Lets an issue trade on without an auction.
    pub(crate) fn resume(&mut self, symbol: Symbol) {
        if let Some(book) = self.books.get_mut(&symbol) {
            book.resume();
        }
    }

    /// Strikes the call auction of an issue, whatever it was held for, and lets it trade on.
    pub(crate) fn strike(&mut self, symbol: Symbol, at: DateTime<Utc>) -> (Vec<Execution>, Option<Level>) {
        let mut executions = Vec::new();
        let print = self.books.get_mut(&symbol).and_then(|book| book.strike_and_go_on(at, &mut executions));
        (executions, print)
    }

    /// Lets a trade of others pass our orders.
    pub(crate) fn pass(&mut self, symbol: Symbol, print: Level, at: DateTime<Utc>) -> Vec<Execution> {
        let mut executions = Vec::new();
        if let Some(book) = self.traded(symbol) {
            book.pass(print, at, &mut executions);
        }
        executions
    }

    /// Ends the session of one issue.
    pub(crate) fn close_issue(&mut self, symbol: Symbol, now: DateTime<Utc>) -> Vec<Execution> {
        let open = self.books.get_mut(&symbol).map(|book| book.drain().collect::<Vec<_>>()).unwrap_or_default();
        open.iter().map(|own| own.ended(RowEnd::Expired, now)).collect()
    }

    /// Ends one order with its session.
    pub(crate) fn expire(&mut self, id: u64, now: DateTime<Utc>) -> Option<Execution> {
        Some(self.book_of_mut(id)?.remove(id)?.ended(RowEnd::Expired, now))
    }

    /// The price and the shares that the auction of an issue would have now.
    pub(crate) fn indicative(&self, symbol: Symbol) -> Option<Level> {
        self.books.get(&symbol)?.indicative()
    }

    /// The best price that somebody named on a side without the orders that `hides` names.
    pub(crate) fn best(&self, symbol: Symbol, side: Side, hides: impl Fn(u64) -> bool) -> Option<Price> {
        self.books.get(&symbol)?.best(side, hides)
    }

    /// The best levels of a side without the orders that `hides` names.
    pub(crate) fn levels(&self, symbol: Symbol, side: Side, depth: usize, hides: impl Fn(u64) -> bool) -> Vec<Level> {
        self.books.get(&symbol).map(|book| book.levels(side, depth, hides)).unwrap_or_default()
    }

    /// Price of the last trade, and of the last call auction.
    pub(crate) fn last_prices(&self, symbol: Symbol) -> Option<(Price, Price)> {
        self.books.get(&symbol).map(|book| (book.last_price(), book.last_auction_price()))
    }

    fn book_of_mut(&mut self, id: u64) -> Option<&mut Book> {
        self.books.get_mut(self.orders.get(&id)?)
    }
}
