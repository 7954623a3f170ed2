//! From a closed bar to an order: the rule's decision, its size, the risk gate.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use exodus_domain::{
    Bar, Interval, OrderFields, OrderType, Price, Qty, Reason, RiskCode, Side, Signal, SignalType, Symbol,
};

use super::order::Order;
use super::{BarClose, Cause, Command, Engine, EngineError, Issue, Refusal, Watcher, is_tradable};
use crate::portfolio::PositionIndex;
use crate::risk::RiskInputs;
use crate::sizing::{largest_quantity, whole_shares};
use crate::strategies::Stance;

/// A watcher's place: its issue, and its position among the watchers of that issue.
#[derive(Clone, Copy, Debug)]
struct Seat {
    index: PositionIndex,
    watcher: usize,
}

/// A strategy wants to buy or sell at a close.
#[derive(Clone, Copy, Debug)]
pub(super) struct Decision {
    seat: Seat,
    side: Side,
    price: Price,
}

impl Engine {
    /// Takes bars that closed together, and appends the commands that follow from them to `out`.
    ///
    /// As [`EngineEvent::BarClosed`](super::EngineEvent::BarClosed) for each, but sizes depend on equity, so every issue
    /// is valued at its close before the first order is made. Orders are made in the order of the bars.
    #[inline]
    pub fn close_bars(
        &mut self,
        close: &BarClose,
        bars: impl IntoIterator<Item = (PositionIndex, Bar)>,
        out: &mut Vec<Command>,
    ) {
        for (index, bar) in bars {
            if is_tradable(&bar) {
                self.portfolio.mark(index, bar.close, close.closed_at);
                self.show_bar(index, close.interval, &bar);
            }
        }
        if !self.decisions.is_empty() {
            self.act(close.at, out);
        }
    }

    /// Makes orders of what was decided.
    fn act(&mut self, at: DateTime<Utc>, out: &mut Vec<Command>) {
        let mut decisions = std::mem::take(&mut self.decisions);
        for Decision { seat, side, price } in decisions.drain(..) {
            self.decide(seat, side, price, at, out);
        }
        // Its memory serves the next bars.
        self.decisions = decisions;
    }

    /// Shows a bar to the strategies that watch its issue, and keeps what they decide.
    #[inline]
    fn show_bar(&mut self, index: PositionIndex, interval: Interval, bar: &Bar) {
        let Issue { watchers, open, .. } = &mut self.issues[index.0];
        let holding = self.portfolio.holding_at(index);
        for (place, watcher) in watchers.iter_mut().enumerate().filter(|(_, watcher)| watcher.interval == interval) {
            match watcher.rule.on_bar(bar, watcher.stance(open, holding.quantity), holding) {
                Some(side) => {
                    let seat = Seat { index, watcher: place };
                    self.decisions.push(Decision { seat, side, price: bar.close });
                }
                None => watcher.refused = None,
            }
        }
    }

    /// Has every strategy that may decide sell what it bought of an issue, whatever its rule says.
    ///
    /// # Errors
    /// [`EngineError::UnknownSymbol`] if the issue was not added.
    pub fn exit(&mut self, symbol: Symbol, at: DateTime<Utc>, out: &mut Vec<Command>) -> Result<(), EngineError> {
        let index = self.find(symbol)?;
        let Some(price) = self.portfolio.position(index).last_price else { return Ok(()) };
        for place in 0..self.issues[index.0].watchers.len() {
            let Issue { watchers, open, .. } = &self.issues[index.0];
            let held = self.portfolio.position(index).holding.quantity;
            if watchers[place].stance(open, held) == Stance::Long {
                self.decide(Seat { index, watcher: place }, Side::Sell, price, at, out);
            }
        }
        Ok(())
    }

    /// Shares the strategy may call its own: what it bought, as far as the account still holds it.
    fn own_position(&self, seat: Seat) -> Qty {
        let held = self.portfolio.position(seat.index).holding.quantity;
        self.issues[seat.index.0].watchers[seat.watcher].own_part(held)
    }

    /// Makes an order of a decision, as large as wanted or as the gate lets pass, or tells once why there is none.
    fn decide(&mut self, seat: Seat, side: Side, close: Price, at: DateTime<Utc>, out: &mut Vec<Command>) {
        let issue = &self.issues[seat.index.0];
        let strategy_id = issue.watchers[seat.watcher].strategy_id;
        let kill = self.strategies.get(&strategy_id).map_or(self.kill, |own| self.kill.max(*own));
        let inputs = self.inputs(Some(seat.index), side, kill, at);
        let wanted = self.wanted(seat, side, close, &inputs);
        if !wanted.is_positive() {
            if self.is_news(seat, side, None) {
                let signal = self.hold_signal(seat, side, close);
                out.push(Command::Signal { strategy_id, signal });
            }
            return;
        }
        let market_order = |quantity| OrderFields {
            symbol: issue.rules.symbol,
            side,
            order_type: OrderType::Market,
            quantity,
            price: None,
        };
        let ask = |quantity| self.gate.examine(&market_order(quantity), &inputs, at);
        let answer = ask(wanted).or_else(|failure| {
            largest_quantity(least_worthwhile(side, wanted), wanted - Qty(1), |quantity| ask(quantity).is_ok())
                .and_then(|quantity| ask(quantity).ok())
                .ok_or(failure)
        });
        match answer {
            Ok(order) => {
                let signal = self.signal(seat, side, close, order.get().quantity);
                self.issues[seat.index.0].watchers[seat.watcher].refused = None;
                self.place(seat.index, Some(strategy_id), Cause::Strategy { strategy_id, signal }, order, out);
            }
            Err(failure) => {
                let fields = market_order(wanted);
                if self.is_news(seat, side, Some(failure.code)) {
                    let cause = Cause::Strategy { strategy_id, signal: self.signal(seat, side, close, wanted) };
                    out.push(Command::Deny { at, cause, fields, denial: failure.into(), inputs });
                }
            }
        }
    }

    /// The size the strategy wants: its part of equity for a buy, all of its own shares for a sell.
    fn wanted(&self, seat: Seat, side: Side, close: Price, inputs: &RiskInputs) -> Qty {
        match (side, inputs.equity) {
            (Side::Sell, _) => self.own_position(seat).min(inputs.sellable),
            (Side::Buy, Some(equity)) => {
                whole_shares(self.issues[seat.index.0].watchers[seat.watcher].size.of(equity), close)
            }
            // No size can be worked out; the gate says what is missing.
            (Side::Buy, None) => Qty(1),
        }
    }

    /// Remembers a refusal; false if the one before was the same.
    fn is_news(&mut self, seat: Seat, side: Side, code: Option<RiskCode>) -> bool {
        let refusal = Some(Refusal { side, code });
        let watcher = &mut self.issues[seat.index.0].watchers[seat.watcher];
        std::mem::replace(&mut watcher.refused, refusal) != refusal
    }

    fn signal(&self, seat: Seat, side: Side, close: Price, quantity: Qty) -> Signal {
        let issue = &self.issues[seat.index.0];
        let (confidence, reason) = match self.gives_reasons {
            true => issue.watchers[seat.watcher].rule.explain(side),
            false => (0.0, Reason { code: String::new(), values: BTreeMap::new(), conditions: Vec::new() }),
        };
        let signal_type = match side {
            Side::Buy => SignalType::Buy,
            Side::Sell => SignalType::Sell,
        };
        Signal { symbol: issue.rules.symbol, signal_type, confidence, price: close, quantity, reason }
    }

    /// The signal of a decision that is smaller than one share.
    fn hold_signal(&self, seat: Seat, side: Side, close: Price) -> Signal {
        let code = match side {
            Side::Buy => "position_size_below_one_share",
            Side::Sell => "no_sellable_share",
        };
        let values = BTreeMap::from([("price".to_owned(), close.0 as f64)]);
        Signal {
            signal_type: SignalType::Hold,
            reason: Reason { code: code.to_owned(), values, conditions: Vec::new() },
            ..self.signal(seat, side, close, Qty::ZERO)
        }
    }
}

impl Watcher {
    /// How its position stands, with these open orders of the issue and `held` shares in the account.
    #[inline]
    fn stance(&self, open: &[Order], held: Qty) -> Stance {
        if open.iter().any(|order| order.strategy_id == Some(self.strategy_id)) {
            Stance::Pending
        } else if self.own_part(held).is_positive() {
            Stance::Long
        } else {
            Stance::Flat
        }
    }

    /// Of `held` shares in the account, those it may call its own: what it bought, as far as they are still there.
    fn own_part(&self, held: Qty) -> Qty {
        self.bought.min(held)
    }
}

/// The least quantity worth an order where the gate allows less than wanted. A buy below half its size would only
/// scatter the last cash; a sell reduces risk at any size, and the rest follows at the next bar.
fn least_worthwhile(side: Side, wanted: Qty) -> Qty {
    match side {
        Side::Buy => Qty(wanted.0 / 2 + wanted.0 % 2),
        Side::Sell => Qty(1),
    }
}
