//! How orders of each style come into the book, change and go.

use chrono::{DateTime, Utc};
use exodus_domain::{
    Brake, OrderSituation, OrderStyle, Phase, Price, Qty, RowEnd, Side, Symbol, TradingVenue, Won, floor_to_tick,
};

use super::order::{Place, Waiting};
use super::{Board, BoardEvent, BoardRefusal, StyledOrder};
use crate::exchange::opposite;
use crate::{Execution, SimOrder, SimReject};

/// An order that was checked: its limit price in the book, and what it is beside a limit or a market order.
struct Admitted {
    order: StyledOrder,
    price: Option<Price>,
    place: Option<Place>,
}

impl Board {
    /// Takes an order and lets it trade as its style says. What is left of an IOC or FOK order ends as cancelled.
    ///
    /// # Errors
    /// [`BoardRefusal`] if a rule forbids it.
    pub fn enter(
        &mut self,
        order: StyledOrder,
        now: DateTime<Utc>,
        out: &mut Vec<BoardEvent>,
    ) -> Result<(), BoardRefusal> {
        let admitted = self.admit(order)?;
        self.let_in(admitted, now, out);
        Ok(())
    }

    /// Says whether an order would be taken now.
    ///
    /// # Errors
    /// [`BoardRefusal`] if a rule forbids it.
    pub fn check(&self, order: &StyledOrder) -> Result<(), BoardRefusal> {
        self.admit(order.clone()).map(|_| ())
    }

    /// Takes `quantity` shares out of an open order and lets them in as `order`. All of a limit order that keeps its
    /// price keeps its place, everything else is a new order (krx-market §6).
    ///
    /// # Errors
    /// [`BoardRefusal`] if nothing, or less, is open, or a rule forbids the new terms; nothing changed then.
    pub fn amend(
        &mut self,
        id: u64,
        order: StyledOrder,
        now: DateTime<Utc>,
        out: &mut Vec<BoardEvent>,
    ) -> Result<(), BoardRefusal> {
        let open = self.open_quantity(id).ok_or(BoardRefusal::NothingOpen)?;
        if order.quantity > open {
            return Err(BoardRefusal::TooMany(open));
        }
        let admitted = self.admit(order)?;
        let same_terms = self.exchange.open_order(id).is_some_and(|(sim, _)| sim.fields.price == admitted.price)
            && !self.special.contains_key(&id)
            && admitted.order.style == OrderStyle::Limit
            && admitted.order.quantity == open;
        if same_terms {
            let Admitted { order, price, .. } = admitted;
            self.exchange
                .replace_in_place(id, SimOrder { id: order.id, account: order.account, fields: order.fields(price) });
        } else {
            self.take_out(id, admitted.order.quantity);
            self.let_in(admitted, now, out);
        }
        Ok(())
    }

    /// Cancels `quantity` shares of an open order, or all that is open, and tells how many. A part that stays keeps its
    /// place. Taken also while the issue is halted.
    ///
    /// # Errors
    /// [`BoardRefusal`] if nothing, or less, is open, or no phase is held.
    pub fn cancel(&mut self, id: u64, quantity: Option<Qty>) -> Result<Qty, BoardRefusal> {
        let open = self.open_quantity(id).ok_or(BoardRefusal::NothingOpen)?;
        let symbol = self.symbol_of(id).ok_or(BoardRefusal::NothingOpen)?;
        let situation = self.situation(symbol)?;
        if !situation.accepts_cancel() {
            return Err(BoardRefusal::NoPhase);
        }
        let quantity = quantity.unwrap_or(open);
        if quantity > open {
            return Err(BoardRefusal::TooMany(open));
        }
        if !quantity.is_positive() {
            return Err(SimReject::BadQuantity.into());
        }
        self.take_out(id, quantity);
        Ok(quantity)
    }

    /// Shares of an order that are open; `None` if none are.
    pub fn open_quantity(&self, id: u64) -> Option<Qty> {
        match self.special.get(&id) {
            Some(Waiting { order, place: Place::Beside }) => Some(order.quantity),
            _ => self.exchange.open_order(id).map(|(_, open)| open),
        }
    }

    fn symbol_of(&self, id: u64) -> Option<Symbol> {
        match self.special.get(&id) {
            Some(waiting) => Some(waiting.order.symbol),
            None => self.exchange.open_order(id).map(|(order, _)| order.fields.symbol),
        }
    }

    fn take_out(&mut self, id: u64, quantity: Qty) {
        if let Some(waiting) = self.special.get_mut(&id) {
            waiting.order.quantity -= quantity;
            if waiting.place != Place::Beside {
                self.exchange.reduce(id, quantity);
            }
        } else {
            self.exchange.reduce(id, quantity);
        }
        if self.open_quantity(id).is_none_or(|open| !open.is_positive()) {
            self.special.remove(&id);
        }
    }

    fn situation(&self, symbol: Symbol) -> Result<OrderSituation, BoardRefusal> {
        let listing = self.listings.get(&symbol).ok_or(SimReject::UnknownIssue(symbol))?;
        Ok(OrderSituation {
            venue: self.venue,
            date: self.date,
            phase: listing.phase.ok_or(BoardRefusal::NoPhase)?,
            kind: listing.rules.kind,
            states: listing.rules.states,
            first_session: listing.rules.interruptions.is_some_and(|terms| terms.first_session),
            brake: self.interruption(symbol).map(|_| Brake::VolatilityInterruption),
        })
    }

    /// Checks an order and finds the price it has in the book.
    fn admit(&self, order: StyledOrder) -> Result<Admitted, BoardRefusal> {
        let situation = self.situation(order.symbol)?;
        let phase = situation.phase;
        let named = order.only_in.unwrap_or(phase);
        let after_market_unnamed =
            self.venue == TradingVenue::Krx && phase == Phase::AfterMarket && order.only_in.is_none();
        if named != phase || after_market_unnamed {
            return Err(BoardRefusal::OtherSession(phase));
        }
        situation.accepts(order.style)?;
        self.exchange.admits_quantity(order.symbol, order.quantity)?;
        if order.style.has_price() != order.price.is_some()
            || (order.style == OrderStyle::StopLimit) != order.stop.is_some()
        {
            return Err(SimReject::BadPrice.into());
        }
        let price = self.price_in_book(&order)?;
        let rules = self.rules(order.symbol).ok_or(SimReject::UnknownIssue(order.symbol))?;
        // Only a middle may lie between two ticks.
        let on_grid = price.map(|price| floor_to_tick(rules.market, rules.kind, rules.date, price));
        self.exchange.admits(&order.fields(order.price.or(on_grid)))?;
        if let Some(stop) = order.stop {
            self.exchange.admits(&order.fields(Some(stop)))?;
        }
        self.check_conditional(&order)?;
        let reached = order.stop.is_some_and(|stop| self.has_reached(order.symbol, order.side, stop));
        let place = match order.style {
            OrderStyle::StopLimit if !reached => Some(Place::Beside),
            OrderStyle::MidPrice => Some(Place::Pegged),
            OrderStyle::ConditionalLimit => Some(Place::Booked),
            _ if order.only_in == Some(Phase::PreMarket) => Some(Place::Booked),
            _ => None,
        };
        Ok(Admitted { order, price, place })
    }

    /// The limit price that an order has in the book; `None` for a market order.
    fn price_in_book(&self, order: &StyledOrder) -> Result<Option<Price>, BoardRefusal> {
        use OrderStyle as S;
        let hides = |id| self.is_pegged(id);
        let best = |side| self.exchange.best(order.symbol, side, hides).ok_or(BoardRefusal::NoReference);
        match order.style {
            S::Market | S::MarketIoc | S::MarketFok => Ok(None),
            S::BestOpposite | S::BestOppositeIoc | S::BestOppositeFok => best(opposite(order.side)).map(Some),
            S::BestOwn => best(order.side).map(Some),
            S::MidPrice | S::MidPriceIoc | S::MidPriceFok => {
                self.middle(order.symbol).ok_or(BoardRefusal::NoReference).map(Some)
            }
            S::PreHoursClose | S::AfterHoursClose => {
                let fixed = self.listings.get(&order.symbol).and_then(|listing| listing.fixed_price);
                fixed.ok_or(BoardRefusal::NoReference).map(Some)
            }
            S::Limit | S::ConditionalLimit | S::AfterHoursSingle | S::LimitIoc | S::LimitFok | S::StopLimit => {
                Ok(order.price)
            }
        }
    }

    /// A conditional order is not taken at the limits of the day (KOSPI Enforcement Rules §14).
    fn check_conditional(&self, order: &StyledOrder) -> Result<(), BoardRefusal> {
        let limits = self.rules(order.symbol).map(crate::IssueRules::limits);
        let at_limit = limits.is_some_and(|l| order.price == Some(l.lower) || order.price == Some(l.upper));
        if order.style == OrderStyle::ConditionalLimit && at_limit {
            return Err(SimReject::BadPrice.into());
        }
        Ok(())
    }

    fn let_in(&mut self, admitted: Admitted, now: DateTime<Utc>, out: &mut Vec<BoardEvent>) {
        let Admitted { order, price, place } = admitted;
        if let Some(place) = place {
            self.special.insert(order.id, Waiting { order: order.clone(), place });
        }
        if place == Some(Place::Beside) {
            return;
        }
        if order.style == OrderStyle::StopLimit {
            out.push(BoardEvent::StopReached { order_id: order.id, at: now });
        }
        let sim = SimOrder { id: order.id, account: order.account, fields: order.fields(price) };
        let mut executions = Vec::new();
        if order.is_fok() && !self.exchange.fills_whole(&sim, now) {
            executions.push(ended(&order, RowEnd::Cancelled, now));
        } else {
            executions = self.exchange.enter_admitted(sim, now);
            if order.is_ioc() {
                executions.extend(self.exchange.cancel(order.id, now));
            }
        }
        if !executions.is_empty() {
            out.push(BoardEvent::Traded { executions, taker: Some(order.id) });
        }
        self.follow_up(order.symbol, now, out);
    }

    /// What a trade or a new book brings about: reached stop prices, a new middle, an interruption.
    pub(super) fn follow_up(&mut self, symbol: Symbol, now: DateTime<Utc>, out: &mut Vec<BoardEvent>) {
        self.special.retain(|id, waiting| {
            waiting.place == Place::Beside || waiting.order.symbol != symbol || self.exchange.open_order(*id).is_some()
        });
        self.tell_interruption(symbol, out);
        while let Some(order) = self.reached_stop(symbol) {
            self.special.remove(&order.id);
            let price = order.price;
            self.let_in(Admitted { order, price, place: None }, now, out);
        }
        if self.is_trading(symbol) {
            self.follow_middle(symbol, now, out);
        }
    }

    fn tell_interruption(&mut self, symbol: Symbol, out: &mut Vec<BoardEvent>) {
        if let Some(interruption) = self.exchange.interruption(symbol)
            && let Some(listing) = self.listings.get_mut(&symbol)
            && listing.interruption.is_none()
        {
            listing.interruption = Some(interruption);
            self.agenda.insert((interruption.until, super::Step::Release(symbol)));
            out.push(BoardEvent::Interrupted { symbol, interruption });
        }
    }

    fn reached_stop(&self, symbol: Symbol) -> Option<StyledOrder> {
        let waiting = self.special.values().filter(|waiting| waiting.place == Place::Beside);
        let mut orders = waiting.map(|waiting| &waiting.order).filter(|order| order.symbol == symbol);
        orders.find(|order| order.stop.is_some_and(|stop| self.has_reached(symbol, order.side, stop))).cloned()
    }

    /// True if the last price is at the stop price or beyond it (KOSPI Enforcement Rules §4-3).
    fn has_reached(&self, symbol: Symbol, side: Side, stop: Price) -> bool {
        self.last_prices(symbol).is_some_and(|(last, _)| match side {
            Side::Buy => last >= stop,
            Side::Sell => last <= stop,
        })
    }

    /// Moves mid-price orders to the middle as it is now, oldest first.
    fn follow_middle(&mut self, symbol: Symbol, now: DateTime<Utc>, out: &mut Vec<BoardEvent>) {
        let pegged: Vec<u64> = self.special.keys().copied().filter(|id| self.is_pegged(*id)).collect();
        for id in pegged {
            let Some(middle) = self.middle(symbol) else { return };
            let Some((sim, _)) = self.exchange.open_order(id) else { continue };
            if sim.fields.symbol != symbol || sim.fields.price == Some(middle) {
                continue;
            }
            let mut fields = sim.fields.clone();
            fields.price = Some(middle);
            let executions = self.exchange.reprice(id, fields, now);
            if !executions.is_empty() {
                out.push(BoardEvent::Traded { executions, taker: Some(id) });
                self.follow_up(symbol, now, out);
            }
        }
    }

    /// The middle of the best bid and the best offer, rounded down to a won (KOSPI Enforcement Rules §4-2). Orders that
    /// follow it do not make it.
    fn middle(&self, symbol: Symbol) -> Option<Price> {
        let best = |side| self.exchange.best(symbol, side, |id| self.is_pegged(id));
        Some(Price((best(Side::Buy)?.0 + best(Side::Sell)?.0).div_euclid(2)))
    }

    pub(super) fn is_pegged(&self, id: u64) -> bool {
        self.special.get(&id).is_some_and(|waiting| waiting.place == Place::Pegged)
    }

    /// Makes conditional orders market orders, as the closing auction begins (KOSPI Business Regulation §2).
    pub(super) fn turn_conditional_orders(&mut self, symbol: Symbol, now: DateTime<Utc>) {
        let turned = self.special.values().filter(|waiting| waiting.order.style == OrderStyle::ConditionalLimit);
        let turned: Vec<u64> = turned.filter(|w| w.order.symbol == symbol).map(|w| w.order.id).collect();
        for id in turned {
            if let Some((sim, _)) = self.exchange.open_order(id) {
                let mut fields = sim.fields.clone();
                (fields.order_type, fields.price) = (exodus_domain::OrderType::Market, None);
                self.exchange.reprice(id, fields, now);
            }
            self.special.remove(&id);
        }
    }

    /// Ends those special orders of an issue that `ends` names.
    pub(super) fn expire_special(
        &mut self,
        symbol: Symbol,
        now: DateTime<Utc>,
        ends: impl Fn(&StyledOrder) -> bool,
    ) -> Vec<Execution> {
        let over = self.special.values().filter(|w| w.order.symbol == symbol && ends(&w.order));
        let over: Vec<Waiting> = over.cloned().collect();
        let mut executions = Vec::new();
        for Waiting { order, place } in over {
            self.special.remove(&order.id);
            match place {
                Place::Beside => executions.push(ended(&order, RowEnd::Expired, now)),
                Place::Pegged | Place::Booked => executions.extend(self.exchange.expire(order.id, now)),
            }
        }
        executions
    }
}

/// The report of an order that ended before it came into the book.
fn ended(order: &StyledOrder, end: RowEnd, at: DateTime<Utc>) -> Execution {
    Execution {
        order_id: order.id,
        symbol: order.symbol,
        side: order.side,
        cum_qty: Qty::ZERO,
        cum_amount: Won::ZERO,
        last_qty: Qty::ZERO,
        last_price: Price::ZERO,
        end: Some(end),
        at,
    }
}
