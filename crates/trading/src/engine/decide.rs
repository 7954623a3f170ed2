//! From a closed bar to an order: the rule's decision, its size, the risk gate.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use exodus_domain::{Bar, Interval, OrderFields, OrderType, Price, Qty, Reason, RiskCode, Side, Signal, SignalType};

use super::{Cause, Command, Engine, Refusal};
use crate::portfolio::PositionIndex;
use crate::risk::RiskInputs;
use crate::sizing::{largest_quantity, whole_shares};
use crate::strategies::Stance;

/// A watcher's place: its issue, and its position among the watchers of that issue.
#[derive(Clone, Copy)]
struct Seat {
    index: PositionIndex,
    watcher: usize,
}

impl Engine {
    pub(super) fn on_bar(
        &mut self,
        index: PositionIndex,
        interval: Interval,
        bar: &Bar,
        at: DateTime<Utc>,
        out: &mut Vec<Command>,
    ) {
        for watcher in 0..self.issues[index.0].watchers.len() {
            let seat = Seat { index, watcher };
            if self.issues[index.0].watchers[watcher].interval != interval {
                continue;
            }
            let stance = self.stance(seat);
            let watcher = &mut self.issues[index.0].watchers[watcher];
            match watcher.rule.on_bar(bar, stance) {
                Some(side) => self.decide(seat, side, bar.close, at, out),
                None => watcher.refused = None,
            }
        }
    }

    fn stance(&self, seat: Seat) -> Stance {
        let issue = &self.issues[seat.index.0];
        let id = issue.watchers[seat.watcher].strategy_id;
        if issue.open.iter().any(|order| order.strategy_id == Some(id)) {
            Stance::Pending
        } else if self.own_position(seat).is_positive() {
            Stance::Long
        } else {
            Stance::Flat
        }
    }

    /// Shares the strategy may call its own: what it bought, as far as the account still holds it.
    fn own_position(&self, seat: Seat) -> Qty {
        let bought = self.issues[seat.index.0].watchers[seat.watcher].bought;
        bought.min(self.portfolio.position(seat.index).holding.quantity)
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
        let (confidence, reason) = issue.watchers[seat.watcher].rule.explain(side);
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
            reason: Reason { code: code.to_owned(), values },
            ..self.signal(seat, side, close, Qty::ZERO)
        }
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
