//! The order book of one issue: price first, then time in continuous trading, one price for all at the end of an
//! interruption (krx-market §7, §8.1).

mod call;
mod change;
mod side;

use chrono::{DateTime, Utc};
use exodus_domain::{IssueStates, Level, OrderFields, OrderType, Price, PriceLimits, Qty, Side, tick_down, tick_up};

use crate::exchange::{Execution, IssueRules, opposite};
use crate::interruption::{Interruption, set_off};
pub(crate) use side::OwnOrder;
use side::{BookSide, Maker, Rank};

/// Both sides of one issue, and the rules of its day.
#[derive(Clone, Debug)]
pub(crate) struct Book {
    rules: IssueRules,
    limits: PriceLimits,
    last_price: Price,
    /// What others paid last; `None` before anything was told.
    shown_price: Option<Price>,
    /// Price of the last call auction; the base price before the first.
    auction_price: Price,
    interruption: Option<Interruption>,
    /// True while orders are collected for a call auction of the timetable.
    collecting: bool,
    bids: BookSide,
    asks: BookSide,
    arrivals: u64,
}

impl Book {
    pub(crate) fn new(rules: IssueRules) -> Self {
        Self {
            limits: rules.limits(),
            last_price: rules.base_price,
            shown_price: None,
            auction_price: rules.base_price,
            interruption: None,
            collecting: false,
            bids: BookSide::new(Side::Buy),
            asks: BookSide::new(Side::Sell),
            arrivals: 0,
            rules,
        }
    }

    pub(crate) fn rules(&self) -> &IssueRules {
        &self.rules
    }

    pub(crate) fn set_states(&mut self, states: IssueStates) {
        self.rules.states = states;
    }

    /// True if nobody can trade the issue: it is halted, or no longer listed.
    pub(crate) fn is_halted(&self) -> bool {
        !self.rules.states.accepts_orders()
    }

    /// True if orders meet as they come.
    fn is_continuous(&self) -> bool {
        self.interruption.is_none() && !self.collecting && !self.is_halted()
    }

    pub(crate) fn limits(&self) -> PriceLimits {
        self.limits
    }

    pub(crate) fn interruption(&self) -> Option<Interruption> {
        self.interruption
    }

    /// Our open orders, bids before offers, each in the order of the queue.
    pub(crate) fn own_orders(&self) -> impl Iterator<Item = &OwnOrder> {
        self.bids.own.values().chain(self.asks.own.values())
    }

    /// Lets a new order take what it can and rests the remainder.
    pub(crate) fn enter(&mut self, mut taker: OwnOrder, at: DateTime<Utc>, out: &mut Vec<Execution>) {
        let side = taker.order.fields.side;
        while taker.open().is_positive() && self.is_continuous() {
            let Some(maker) = self.opposite(side).best_for(taker.order.account) else { break };
            let Some((price, offered)) = self.price_with(maker, &taker.order.fields) else { break };
            if self.is_interrupted_by(price, at) {
                break;
            }
            let quantity = taker.open().min(offered);
            match maker {
                Maker::External => self.opposite_mut(side).take_external(quantity),
                Maker::Own(rank) => out.extend(self.opposite_mut(side).fill_own(rank, quantity, price, at)),
            }
            out.push(taker.fill(quantity, price, at));
            self.last_price = price;
        }
        if taker.open().is_positive() {
            self.arrivals += 1;
            let (reach, arrival) = (self.reach(&taker.order.fields), self.arrivals);
            let own_side = self.own_side_mut(side);
            let rank = (own_side.goodness(reach), arrival);
            own_side.own.insert(rank, taker);
        }
    }

    /// Replaces the orders of others and matches ours against them.
    ///
    /// Ours were there first, so a trade is made at our price. Levels outside the day's limits cannot exist and are
    /// dropped.
    pub(crate) fn replace_external(
        &mut self,
        bids: &[Level],
        asks: &[Level],
        at: DateTime<Utc>,
        out: &mut Vec<Execution>,
    ) {
        self.arrivals += 1;
        let limits = self.limits;
        for (side, levels) in [(&mut self.bids, bids), (&mut self.asks, asks)] {
            let valid = |level: &&Level| level.quantity.is_positive() && limits.contains(level.price);
            side.external = levels.iter().filter(valid).copied().collect();
            side.external.sort_by_key(|level| std::cmp::Reverse(level.price));
            if side.side == Side::Buy {
                side.external.reverse();
            }
            side.external_since = self.arrivals;
        }
        for side in [Side::Buy, Side::Sell] {
            self.match_resting(side, at, out);
        }
    }

    /// Matches our orders of one side, first in the queue first, against the orders of others on the other side.
    fn match_resting(&mut self, side: Side, at: DateTime<Utc>, out: &mut Vec<Execution>) {
        while self.is_continuous()
            && let Some((rank, fields, open)) = self.first_own(side)
        {
            let Some(level) = self.opposite(side).external.last().copied() else { break };
            if !accepts(side, self.reach(&fields), level.price) {
                break;
            }
            let price = fields.price.unwrap_or_else(|| self.standing_price(side, level.price));
            if self.is_interrupted_by(price, at) {
                break;
            }
            let quantity = open.min(level.quantity);
            self.opposite_mut(side).take_external(quantity);
            out.extend(self.own_side_mut(side).fill_own(rank, quantity, price, at));
            self.last_price = price;
        }
    }

    /// True if a trade at `price` is not made but interrupts the issue.
    fn is_interrupted_by(&mut self, price: Price, at: DateTime<Utc>) -> bool {
        let kind = set_off(&self.rules, self.last_price, self.auction_price, price);
        self.interruption = kind.map(|kind| Interruption::start(kind, self.rules.symbol, at));
        self.interruption.is_some()
    }

    /// Takes note of what others paid last, which may interrupt the issue.
    ///
    /// The first price of a day may come in its middle. If it lies as far from the base price as an interruption needs,
    /// there has been one, and its auction made about that price.
    pub(crate) fn show_price(&mut self, price: Price, at: DateTime<Utc>) {
        let is_first = self.shown_price.replace(price).is_none();
        if is_first && set_off(&self.rules, price, self.auction_price, price).is_some() {
            self.auction_price = price;
        }
        if is_first || self.interruption.is_none() && !self.is_interrupted_by(price, at) {
            self.last_price = price;
        }
    }

    fn first_own(&self, side: Side) -> Option<(Rank, OrderFields, Qty)> {
        let (rank, own) = self.own_side(side).own.first_key_value()?;
        Some((*rank, own.order.fields.clone(), own.open()))
    }

    /// Takes all open orders of ours out of the book, also while it is interrupted.
    pub(crate) fn drain(&mut self) -> impl Iterator<Item = OwnOrder> + use<> {
        self.interruption = None;
        std::mem::take(&mut self.bids.own).into_values().chain(std::mem::take(&mut self.asks.own).into_values())
    }

    /// The price at which `taker` would trade with `maker`, and how much there is; `None` if their prices do not meet.
    fn price_with(&self, maker: Maker, taker: &OrderFields) -> Option<(Price, Qty)> {
        let makers = self.opposite(taker.side);
        let (named, quantity) = match maker {
            Maker::External => makers.external.last().map(|level| (Some(level.price), level.quantity))?,
            Maker::Own(rank) => makers.own.get(&rank).map(|own| (own.order.fields.price, own.open()))?,
        };
        let price = named.unwrap_or_else(|| self.standing_price(makers.side, self.price_brought(taker)));
        accepts(taker.side, self.reach(taker), price).then_some((price, quantity))
    }

    /// The price an arriving order brings along. A market order brings none: against another market order it settles
    /// for wherever that one stands, which any price within the limits on the far side expresses.
    fn price_brought(&self, taker: &OrderFields) -> Price {
        taker.price.unwrap_or(match taker.side {
            Side::Sell => self.limits.lower,
            Side::Buy => self.limits.upper,
        })
    }

    /// Where a market order that found no counterpart stands: one tick beyond the best named price of its own side,
    /// not past the limit, or at the last price; against a counterpart that asks for more it gives way.
    fn standing_price(&self, side: Side, counterpart: Price) -> Price {
        let IssueRules { market, kind, date, .. } = self.rules;
        let best = self.own_side(side).best_named_price();
        match side {
            Side::Buy => {
                let standing = best.map_or(self.last_price, |best| tick_up(market, kind, date, best));
                standing.min(self.limits.upper).max(counterpart)
            }
            Side::Sell => {
                let standing = best.map_or(self.last_price, |best| tick_down(market, kind, date, best));
                standing.max(self.limits.lower).min(counterpart)
            }
        }
    }

    /// The worst price an order accepts: its limit, or the day's limit for a market order, which gives it the rank
    /// of a limit order there (krx-market §7).
    fn reach(&self, fields: &OrderFields) -> Price {
        match (fields.order_type, fields.price, fields.side) {
            (OrderType::Limit, Some(price), _) => price,
            (_, _, Side::Buy) => self.limits.upper,
            (_, _, Side::Sell) => self.limits.lower,
        }
    }

    fn own_side(&self, side: Side) -> &BookSide {
        match side {
            Side::Buy => &self.bids,
            Side::Sell => &self.asks,
        }
    }

    fn own_side_mut(&mut self, side: Side) -> &mut BookSide {
        match side {
            Side::Buy => &mut self.bids,
            Side::Sell => &mut self.asks,
        }
    }

    fn opposite(&self, side: Side) -> &BookSide {
        self.own_side(opposite(side))
    }

    fn opposite_mut(&mut self, side: Side) -> &mut BookSide {
        self.own_side_mut(opposite(side))
    }
}

/// True if an order that goes as far as `reach` trades at `price`.
fn accepts(side: Side, reach: Price, price: Price) -> bool {
    match side {
        Side::Buy => price <= reach,
        Side::Sell => price >= reach,
    }
}
