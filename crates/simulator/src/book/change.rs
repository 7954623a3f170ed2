//! What changes a book beside new orders and new levels: amendments, cancellations, and trades of others.

use chrono::{DateTime, Utc};
use exodus_domain::{Level, Price, Qty, Side, Won};

use super::side::OwnOrder;
use super::{Book, Rank};
use crate::exchange::{Execution, SimOrder};

impl Book {
    /// Takes an open order of ours out of the book.
    pub(crate) fn remove(&mut self, id: u64) -> Option<OwnOrder> {
        let (side, rank) = self.place_of(id)?;
        self.own_side_mut(side).own.remove(&rank)
    }

    /// An open order of ours.
    pub(crate) fn find(&self, id: u64) -> Option<&OwnOrder> {
        let (side, rank) = self.place_of(id)?;
        self.own_side(side).own.get(&rank)
    }

    /// Makes an order smaller by `quantity` where it stands: fewer shares keep their place in the queue (krx-market §6).
    /// Takes it out if nothing is left of it.
    pub(crate) fn reduce(&mut self, id: u64, quantity: Qty) {
        let Some((side, rank)) = self.place_of(id) else { return };
        let orders = &mut self.own_side_mut(side).own;
        if let Some(own) = orders.get_mut(&rank) {
            own.order.fields.quantity -= quantity;
            if !own.open().is_positive() {
                orders.remove(&rank);
            }
        }
    }

    /// Gives the place of an order in the queue to another one that asks for the same price.
    pub(crate) fn replace_in_place(&mut self, id: u64, order: SimOrder) {
        let Some((side, rank)) = self.place_of(id) else { return };
        let own = OwnOrder { order, cum_qty: Qty::ZERO, cum_amount: Won::ZERO };
        self.own_side_mut(side).own.insert(rank, own);
    }

    /// Others traded at `print`: an order of ours that asked for less than that would have come first, and does, at its
    /// own price, as far as the shares of the print go.
    pub(crate) fn pass(&mut self, print: Level, at: DateTime<Utc>, out: &mut Vec<Execution>) {
        let mut left = print.quantity;
        for side in [Side::Buy, Side::Sell] {
            while left.is_positive()
                && self.is_continuous()
                && let Some((rank, fields, open)) = self.first_own(side)
                && let Some(price) = fields.price
                && is_better(side, price, print.price)
                && !self.is_interrupted_by(price, at)
            {
                let quantity = open.min(left);
                left -= quantity;
                out.extend(self.own_side_mut(side).fill_own(rank, quantity, price, at));
                self.last_price = price;
            }
        }
    }

    /// The best price that somebody named on a side, without those of our orders that `hides` names.
    pub(crate) fn best(&self, side: Side, hides: impl Fn(u64) -> bool) -> Option<Price> {
        let orders = self.own_side(side);
        let seen = orders.own.values().filter(|own| !hides(own.order.id));
        let own = seen.filter_map(|own| own.order.fields.price).next();
        let others = orders.external.last().map(|level| level.price);
        own.into_iter().chain(others).min_by_key(|price| orders.goodness(*price))
    }

    /// The best `depth` levels of a side, ours and others' together, without those that `hides` names.
    pub(crate) fn levels(&self, side: Side, depth: usize, hides: impl Fn(u64) -> bool) -> Vec<Level> {
        let orders = self.own_side(side);
        let seen = orders.own.values().filter(|own| !hides(own.order.id));
        let own = seen.map(|own| Level { price: self.reach(&own.order.fields), quantity: own.open() });
        let mut all: Vec<Level> = own.chain(orders.external.iter().copied()).collect();
        all.sort_by_key(|level| orders.goodness(level.price));
        let mut levels: Vec<Level> = Vec::with_capacity(depth);
        for level in all {
            match levels.last_mut() {
                Some(last) if last.price == level.price => last.quantity += level.quantity,
                _ => levels.push(level),
            }
        }
        levels.truncate(depth);
        levels
    }

    /// Price of the last trade, ours or shown; the base price before the first.
    pub(crate) fn last_price(&self) -> Price {
        self.last_price
    }

    /// Price of the last call auction, which static interruptions are measured from.
    pub(crate) fn last_auction_price(&self) -> Price {
        self.auction_price
    }

    fn place_of(&self, id: u64) -> Option<(Side, Rank)> {
        [Side::Buy, Side::Sell].into_iter().find_map(|side| {
            let orders = &self.own_side(side).own;
            orders.iter().find(|(_, own)| own.order.id == id).map(|(rank, _)| (side, *rank))
        })
    }
}

/// True if an order at `price` stands before a trade at `print`.
fn is_better(side: Side, price: Price, print: Price) -> bool {
    match side {
        Side::Buy => price > print,
        Side::Sell => price < print,
    }
}
