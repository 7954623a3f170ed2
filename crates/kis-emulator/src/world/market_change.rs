//! Changing the market by hand.

use chrono::{DateTime, Utc};
use exodus_domain::{IssueState, IssueStates, Price, Qty, Side, Symbol, is_on_tick};
use serde::{Deserialize, Serialize};

use super::market::{Outcome, Place};
use super::source::Print;
use super::state::Command;
use super::{Happening, MarketEvent, Refusal, World};

/// What somebody does to the market by hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MarketChange {
    /// Others trade once; afterwards the source goes on as if they had not.
    Trade {
        /// Price.
        price: Price,
        /// Shares.
        quantity: Qty,
    },
    /// Trading of the issue is halted.
    Halt,
    /// It is resumed.
    Resume,
    /// What is said of the issue from now on.
    States(IssueStates),
}

impl World {
    /// Changes the market by hand.
    ///
    /// # Errors
    /// [`Refusal::UnknownSymbol`]; for a trade also those of a price that cannot be, and [`Refusal::AfterClose`] while
    /// the issue does not trade.
    pub fn change_market(&mut self, symbol: Symbol, change: MarketChange, now: DateTime<Utc>) -> Result<(), Refusal> {
        self.command(Command::Market { symbol, change }, now).map(drop)
    }

    pub(super) fn take_market_change(&mut self, symbol: Symbol, change: MarketChange) -> Result<(), Refusal> {
        let states = self.quote(symbol).ok_or(Refusal::UnknownSymbol(symbol))?.states;
        let states = match change {
            MarketChange::Trade { price, quantity } => return self.trade_of_others(symbol, price, quantity),
            MarketChange::Halt => states.with(IssueState::Halted),
            MarketChange::Resume => states.without(IssueState::Halted),
            MarketChange::States(states) => states,
        };
        let was_halted = self.quote(symbol).is_some_and(|quote| quote.states.contains(IssueState::Halted));
        let is_halted = states.contains(IssueState::Halted);
        self.market.set_states(symbol, states);
        if was_halted != is_halted {
            let event = if is_halted { MarketEvent::Halted } else { MarketEvent::Resumed };
            self.outbox.push(Happening::MarketOperation { symbol, at: self.now, event });
        }
        Ok(())
    }

    fn trade_of_others(&mut self, symbol: Symbol, price: Price, quantity: Qty) -> Result<(), Refusal> {
        let rules = self.market.board(Place::Krx).rules(symbol).ok_or(Refusal::UnknownSymbol(symbol))?;
        let limits = rules.limits();
        if !limits.contains(price) {
            return Err(Refusal::OutsideLimits { price, lower: limits.lower, upper: limits.upper });
        }
        if !is_on_tick(rules.market, rules.kind, rules.date, price) {
            return Err(Refusal::OffTick(price));
        }
        if !quantity.is_positive() || limits.upper.checked_mul(quantity).is_none() {
            return Err(Refusal::BadQuantity);
        }
        if !self.market.board(Place::Krx).is_trading(symbol) {
            return Err(Refusal::AfterClose);
        }
        let last = self.quote(symbol).map_or(price, |quote| quote.price);
        let taker = if price >= last { Side::Buy } else { Side::Sell };
        let mut outcome = Outcome::default();
        let print = Print { at: self.now, price, quantity, taker, quote: None };
        self.market.others_trade(symbol, print, &mut outcome);
        self.take(outcome);
        Ok(())
    }
}
