//! From a closed bar to an order: the rule's decision, its size, the risk gate.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use exodus_domain::{
    Bar, OrderFields, OrderType, Price, Qty, Reason, RiskCode, Side, Signal, SignalType, Symbol, ceil_to_tick,
    floor_to_tick,
};

use super::order::Order;
use super::{BarClose, Cause, Command, Engine, EngineError, Issue, OwnPosition, Refusal, Watcher, is_tradable};
use crate::exits::{AfterEntry, ExitCheck, ExitMet, ExitWatch, Towards};
use crate::portfolio::PositionIndex;
use crate::risk::{RiskInputs, TradedIssue};
use crate::sizing::{largest_quantity, whole_shares};
use crate::strategies::Stance;

/// A watcher's place: its issue, and its position among the watchers of that issue.
#[derive(Clone, Copy, Debug)]
struct Seat {
    index: PositionIndex,
    watcher: usize,
}

/// A strategy wants to buy or sell.
#[derive(Clone, Copy, Debug)]
pub(super) struct Decision {
    seat: Seat,
    side: Side,
    /// The price it was decided on.
    price: Price,
    ground: Ground,
}

/// What a decision rests on.
#[derive(Clone, Copy, Debug)]
enum Ground {
    /// The rule of the strategy.
    Rule,
    /// An exit, whatever the rule says.
    Exit(ExitMet),
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
                self.show_bar(index, close, &bar);
            }
        }
        if !self.decisions.is_empty() {
            self.act(close.at, out);
        }
    }

    /// Makes orders of what was decided.
    fn act(&mut self, at: DateTime<Utc>, out: &mut Vec<Command>) {
        let mut decisions = std::mem::take(&mut self.decisions);
        for decision in decisions.drain(..) {
            self.decide(&decision, at, out);
        }
        // Its memory serves the next bars.
        self.decisions = decisions;
    }

    /// Shows a bar to the strategies that watch its issue, and keeps what they decide.
    #[inline]
    fn show_bar(&mut self, index: PositionIndex, close: &BarClose, bar: &Bar) {
        let Issue { watchers, open, .. } = &mut self.issues[index.0];
        let held = self.portfolio.holding_at(index).quantity;
        let watching = watchers.iter_mut().enumerate().filter(|(_, watcher)| watcher.interval == close.interval);
        for (place, watcher) in watching {
            let stance = watcher.stance(open, held);
            let decided = watcher.rule.on_bar(bar, stance).map(|side| (side, Ground::Rule));
            watcher.undefined_bars += u64::from(watcher.rule.is_undefined());
            // The rule comes before the exits, as in the official order of a bar.
            let decided = match &watcher.exits {
                None => decided,
                Some(_) => decided.or(watcher.exit_at_close(bar.close, close.closed_at, stance)),
            };
            match decided {
                Some((side, ground)) => {
                    let seat = Seat { index, watcher: place };
                    self.decisions.push(Decision { seat, side, price: bar.close, ground });
                }
                None => watcher.refused = None,
            }
        }
    }

    /// Has the strategies whose exits a price of the running market reaches sell at once.
    pub(super) fn exit_by_price(
        &mut self,
        index: PositionIndex,
        price: Price,
        at: DateTime<Utc>,
        out: &mut Vec<Command>,
    ) {
        self.look_at_exits(index, |_, exits, own| exits.met_by(price, own));
        self.act(at, out);
    }

    /// Has the strategies whose exits a bar reaches before its close sell at the price it reached them at, which is the
    /// price of their signals. `after_entry` tells of each strategy how much of the bar came after it had bought.
    ///
    /// This is for a backtest, which has to tell from the ends of a bar what a live account sees price by price. The bar
    /// is not shown to any rule.
    pub fn exit_within_bar(
        &mut self,
        index: PositionIndex,
        bar: &Bar,
        at: DateTime<Utc>,
        after_entry: impl Fn(i64) -> AfterEntry,
        out: &mut Vec<Command>,
    ) {
        if !self.issues[index.0].has_price_exits || !is_tradable(bar) {
            return;
        }
        let TradedIssue { market, kind, adjusted, .. } = self.issues[index.0].rules;
        let date = bar.trade_date();
        let grid = |price, towards| match towards {
            _ if adjusted => price,
            Towards::Down => floor_to_tick(market, kind, date, price),
            Towards::Up => ceil_to_tick(market, kind, date, price),
        };
        let prices = [bar.open, bar.high, bar.low];
        self.look_at_exits(index, |id, exits, own| exits.met_within(prices, after_entry(id), own, grid));
        self.act(at, out);
    }

    /// Keeps the decisions of those exits of an issue that are looked at with every price.
    fn look_at_exits(&mut self, index: PositionIndex, met: impl Fn(i64, &ExitWatch, &OwnPosition) -> Option<ExitMet>) {
        let Issue { watchers, open, .. } = &self.issues[index.0];
        let held = self.portfolio.holding_at(index).quantity;
        for (place, watcher) in watchers.iter().enumerate() {
            let Some(exits) = watcher.exits.as_ref().filter(|exits| exits.check() == ExitCheck::Intraday) else {
                continue;
            };
            if watcher.stance(open, held) == Stance::Long
                && let Some(met @ ExitMet::Price { price, .. }) = met(watcher.strategy_id, exits, &watcher.own)
            {
                let seat = Seat { index, watcher: place };
                self.decisions.push(Decision { seat, side: Side::Sell, price, ground: Ground::Exit(met) });
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
                let seat = Seat { index, watcher: place };
                self.decide(&Decision { seat, side: Side::Sell, price, ground: Ground::Rule }, at, out);
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
    fn decide(&mut self, decision: &Decision, at: DateTime<Utc>, out: &mut Vec<Command>) {
        let Decision { seat, side, .. } = *decision;
        let issue = &self.issues[seat.index.0];
        let strategy_id = issue.watchers[seat.watcher].strategy_id;
        let kill = self.strategies.get(&strategy_id).map_or(self.kill, |own| self.kill.max(*own));
        let inputs = self.inputs(Some(seat.index), side, kill, at);
        let wanted = self.wanted(decision, &inputs);
        if !wanted.is_positive() {
            if self.is_news(seat, side, None) {
                let signal = self.hold_signal(decision);
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
                let signal = self.signal(decision, order.get().quantity);
                self.issues[seat.index.0].watchers[seat.watcher].refused = None;
                self.place(seat.index, Some(strategy_id), Cause::Strategy { strategy_id, signal }, order, out);
            }
            Err(failure) => {
                let fields = market_order(wanted);
                if self.is_news(seat, side, Some(failure.code)) {
                    let cause = Cause::Strategy { strategy_id, signal: self.signal(decision, wanted) };
                    out.push(Command::Deny { at, cause, fields, denial: failure.into(), inputs });
                }
            }
        }
    }

    /// The size the strategy wants: its part of equity for a buy, all of its own shares for a sell.
    fn wanted(&self, decision: &Decision, inputs: &RiskInputs) -> Qty {
        let Decision { seat, side, price, .. } = *decision;
        match (side, inputs.equity) {
            (Side::Sell, _) => self.own_position(seat).min(inputs.sellable),
            (Side::Buy, Some(equity)) => {
                whole_shares(self.issues[seat.index.0].watchers[seat.watcher].size.of(equity), price)
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

    fn signal(&self, decision: &Decision, quantity: Qty) -> Signal {
        let Decision { seat, side, price, ground } = *decision;
        let issue = &self.issues[seat.index.0];
        let (confidence, reason) = match ground {
            Ground::Rule if self.gives_reasons => issue.watchers[seat.watcher].rule.explain(side),
            Ground::Exit(met) if self.gives_reasons => (1.0, met.reason()),
            _ => (0.0, Reason { code: String::new(), values: BTreeMap::new(), conditions: Vec::new() }),
        };
        let signal_type = match side {
            Side::Buy => SignalType::Buy,
            Side::Sell => SignalType::Sell,
        };
        Signal { symbol: issue.rules.symbol, signal_type, confidence, price, quantity, reason }
    }

    /// The signal of a decision that is smaller than one share.
    fn hold_signal(&self, decision: &Decision) -> Signal {
        let code = match decision.side {
            Side::Buy => "position_size_below_one_share",
            Side::Sell => "no_sellable_share",
        };
        let values = BTreeMap::from([("price".to_owned(), decision.price.0 as f64)]);
        Signal {
            signal_type: SignalType::Hold,
            reason: Reason { code: code.to_owned(), values, conditions: Vec::new() },
            ..self.signal(decision, Qty::ZERO)
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
        self.own.quantity.min(held)
    }

    /// Has the exits, if there are any, take a close of a bar that ended at `closed_at`.
    pub(super) fn watch_close(&mut self, close: Price, closed_at: DateTime<Utc>) {
        if let Some(exits) = &mut self.exits {
            match self.own.since {
                Some(since) if since < closed_at => exits.see(close),
                Some(_) => {}
                None => exits.forget(),
            }
        }
    }

    /// Takes a close, and gives the exit that it meets.
    fn exit_at_close(&mut self, close: Price, closed_at: DateTime<Utc>, stance: Stance) -> Option<(Side, Ground)> {
        self.watch_close(close, closed_at);
        let exits = self.exits.as_ref().filter(|_| stance == Stance::Long)?;
        exits.met_at_close(close, &self.own).map(|met| (Side::Sell, Ground::Exit(met)))
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
