//! Call auctions: everything that was collected meets at one price (krx-market §7; KOSPI Business Regulation §23).

use chrono::{DateTime, Utc};
use exodus_domain::{Level, Price, Qty, Side};

use super::side::{Maker, Rank};
use super::{Book, accepts};
use crate::auction::auction_price;
use crate::exchange::{Execution, opposite};

impl Book {
    /// Collects orders for a call auction from now on; nothing trades until it is [struck](Self::strike_and_go_on).
    /// An interruption that holds passes into it.
    pub(crate) fn collect(&mut self) {
        (self.interruption, self.collecting) = (None, true);
    }

    /// Goes on in continuous trading without an auction, as after a pause in which no orders were taken.
    pub(crate) fn resume(&mut self) {
        self.collecting = false;
    }

    /// The price that the auction would have now, and the shares that would trade; `None` if nothing meets.
    pub(crate) fn indicative(&self) -> Option<Level> {
        let (bids, asks) = (self.interest(Side::Buy), self.interest(Side::Sell));
        let price = auction_price(&bids, &asks, self.last_price)?;
        let wanted: Qty = bids.iter().filter(|bid| bid.price >= price).map(|bid| bid.quantity).sum();
        let offered: Qty = asks.iter().filter(|ask| ask.price <= price).map(|ask| ask.quantity).sum();
        Some(Level { price, quantity: wanted.min(offered) })
    }

    /// Matches everything that was collected at one price and goes on in continuous trading, whatever it was collected
    /// for. Tells the price and the shares of the auction, those that others traded among themselves included.
    ///
    /// At a limit of the day the exchange shares out by lots and forgets time; here time decides there too.
    pub(crate) fn strike_and_go_on(&mut self, at: DateTime<Utc>, out: &mut Vec<Execution>) -> Option<Level> {
        (self.interruption, self.collecting) = (None, false);
        let price = auction_price(&self.interest(Side::Buy), &self.interest(Side::Sell), self.last_price)?;
        let ours = self.match_at(price, at, out);
        let quantity = ours + self.match_others_at(price);
        if !quantity.is_positive() {
            return None;
        }
        (self.last_price, self.auction_price) = (price, price);
        Some(Level { price, quantity })
    }

    /// Ends an interruption by its auction. Where nothing meets, the auction was made by others, at the price that they
    /// showed last.
    pub(crate) fn end_interruption(&mut self, at: DateTime<Utc>, out: &mut Vec<Execution>) {
        if self.strike_and_go_on(at, out).is_none() {
            let made = self.shown_price.unwrap_or(self.last_price);
            (self.last_price, self.auction_price) = (made, made);
        }
    }

    /// What is wanted or offered, each at the worst price it accepts.
    fn interest(&self, side: Side) -> Vec<Level> {
        let orders = self.own_side(side);
        let own = orders.own.values().map(|own| Level { price: self.reach(&own.order.fields), quantity: own.open() });
        own.chain(orders.external.iter().copied()).collect()
    }

    /// Trades our orders that accept `price` at it: first in the queue first, with whoever is first on the other side
    /// and not of the same account. Tells the shares.
    fn match_at(&mut self, price: Price, at: DateTime<Utc>, out: &mut Vec<Execution>) -> Qty {
        let mut traded = Qty::ZERO;
        for side in [Side::Buy, Side::Sell] {
            let ranks: Vec<Rank> = self.own_side(side).own.keys().copied().collect();
            for rank in ranks {
                while let Some((account, open)) = self.open_at(side, rank, price)
                    && let Some((maker, offered)) = self.counterpart_at(opposite(side), account, price)
                {
                    let quantity = open.min(offered);
                    match maker {
                        Maker::External => self.opposite_mut(side).take_external(quantity),
                        Maker::Own(maker) => out.extend(self.opposite_mut(side).fill_own(maker, quantity, price, at)),
                    }
                    out.extend(self.own_side_mut(side).fill_own(rank, quantity, price, at));
                    traded += quantity;
                }
            }
        }
        traded
    }

    /// Takes out of the book what others trade among themselves at `price`.
    fn match_others_at(&mut self, price: Price) -> Qty {
        let left = |side: Side| -> Qty {
            let levels = self.own_side(side).external.iter();
            levels.filter(|level| accepts(side, level.price, price)).map(|level| level.quantity).sum()
        };
        let quantity = left(Side::Buy).min(left(Side::Sell));
        for side in [Side::Buy, Side::Sell] {
            let mut rest = quantity;
            while rest.is_positive()
                && let Some(level) = self.own_side(side).external.last().copied()
            {
                self.own_side_mut(side).take_external(rest.min(level.quantity));
                rest -= rest.min(level.quantity);
            }
        }
        quantity
    }

    /// Account and open rest of an order of ours that accepts `price`.
    fn open_at(&self, side: Side, rank: Rank, price: Price) -> Option<(i64, Qty)> {
        let own = self.own_side(side).own.get(&rank)?;
        accepts(side, self.reach(&own.order.fields), price).then(|| (own.order.account, own.open()))
    }

    /// Who trades at `price` with an order of `account`, and how much.
    fn counterpart_at(&self, side: Side, account: i64, price: Price) -> Option<(Maker, Qty)> {
        let orders = self.own_side(side);
        let maker = orders.best_for(account)?;
        let (reach, quantity) = match maker {
            Maker::External => orders.external.last().map(|level| (level.price, level.quantity))?,
            Maker::Own(rank) => orders.own.get(&rank).map(|own| (self.reach(&own.order.fields), own.open()))?,
        };
        accepts(side, reach, price).then_some((maker, quantity))
    }
}
