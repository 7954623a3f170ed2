//! From a closed bar to an order: the rule's decision, its size, the risk gate.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use exodus_domain::{
    Bar, FIRST_DAY_PART, OrderFields, OrderType, Price, Qty, Reason, RiskCode, Side, Signal, SignalType, ceil_to_tick,
    floor_to_tick, kst_date,
};

use super::order::Order;
use super::{BarClose, Cause, Command, Engine, Issue, Refusal, Watcher, is_tradable};
use crate::exits::ExitMet;
use crate::portfolio::PositionIndex;
use crate::risk::{RiskGate, RiskInputs, TradedIssue};
use crate::sizing::largest_quantity;
use crate::strategies::Stance;

/// With real money an order of a strategy is at the last price and this part of it beyond.
const CROSSING_PART: i64 = 100;

/// A watcher's place: its issue, and its position among the watchers of that issue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Seat {
    pub(super) index: PositionIndex,
    pub(super) watcher: usize,
}

/// A strategy wants to buy or sell.
#[derive(Clone, Debug)]
pub(super) struct Decision {
    pub(super) seat: Seat,
    pub(super) side: Side,
    /// The price it was decided on.
    pub(super) price: Price,
    pub(super) ground: Ground,
}

/// What a decision rests on.
#[derive(Clone, Debug)]
pub(super) enum Ground {
    /// The rule of the strategy.
    Rule,
    /// An exit, whatever the rule says.
    Exit(ExitMet),
    /// A rebalance.
    Rank {
        /// Shares to buy or sell; `None` if no size can be worked out.
        quantity: Option<Qty>,
        /// Confidence and reason, if they are asked for.
        said: Option<Box<(f64, Reason)>>,
    },
}

impl Engine {
    /// Takes bars that closed together, and appends the commands that follow from them to `out`.
    ///
    /// As [`EngineEvent::BarsClosed`](super::EngineEvent::BarsClosed). Sizes depend on equity, so every issue is valued at its
    /// close before the first order is made. Orders are made in the order of the bars, and those of rankings after them.
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
        if !self.ranked.is_empty() {
            self.rebalance(close, out);
        }
    }

    /// Makes orders of what was decided.
    pub(super) fn act(&mut self, at: DateTime<Utc>, out: &mut Vec<Command>) {
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
            if let Some(gauge) = &mut watcher.gauge {
                gauge.see(bar);
            }
            if watcher.is_ranked {
                self.ranked.push(Seat { index, watcher: place });
            }
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
                // A ranking decides after all bars have been shown.
                None if watcher.is_ranked => {}
                None => watcher.refused = None,
            }
        }
    }

    /// Shares the strategy may call its own: what it bought, as far as the account still holds it.
    fn own_position(&self, seat: Seat) -> Qty {
        let held = self.portfolio.position(seat.index).holding.quantity;
        self.issues[seat.index.0].watchers[seat.watcher].own_part(held)
    }

    /// Makes an order of a decision, as large as wanted or as the gate lets pass, or tells once why there is none.
    pub(super) fn decide(&mut self, decision: &Decision, at: DateTime<Utc>, out: &mut Vec<Command>) {
        let (seat, side) = (decision.seat, decision.side);
        let strategy_id = self.issues[seat.index.0].watchers[seat.watcher].strategy_id;
        let inputs = self.inputs_of(seat, side, at);
        let wanted = self.wanted(decision, &inputs);
        let Some(wanted) = wanted.filter(|quantity| quantity.is_positive()) else {
            if self.is_news(seat, side, None) {
                let signal = self.hold_signal(decision, wanted.is_some());
                out.push(Command::Signal { strategy_id, signal });
            }
            return;
        };
        let mut fields = self.order_of(seat.index, side, wanted, &inputs, at);
        let answer = match self.gate.first_failure(&fields, &inputs, at) {
            None => Ok(wanted),
            Some(failure) => {
                let passes = |quantity| {
                    fields.quantity = quantity;
                    self.gate.first_failure(&fields, &inputs, at).is_none()
                };
                largest_quantity(least_worthwhile(side, wanted), wanted - Qty(1), passes).ok_or(failure)
            }
        };
        match answer {
            Ok(quantity) => {
                let order = self.made_distinct(RiskGate::approve(OrderFields { quantity, ..fields }, inputs, at));
                let signal = self.signal(decision, order.get().quantity);
                self.issues[seat.index.0].watchers[seat.watcher].refused = None;
                self.place(seat.index, Some(strategy_id), Cause::Strategy { strategy_id, signal }, order, out);
            }
            Err(failure) => {
                fields.quantity = wanted;
                if self.is_news(seat, side, Some(failure.code)) {
                    let cause = Cause::Strategy { strategy_id, signal: self.signal(decision, wanted) };
                    let denial = self.gate.denial(failure, &fields, &inputs, at);
                    out.push(Command::Deny { at, cause, fields, denial, inputs });
                }
            }
        }
    }

    /// True if the gate lets an order pass that is as large as wanted.
    pub(super) fn fits(&self, decision: &Decision, at: DateTime<Utc>) -> bool {
        let inputs = self.inputs_of(decision.seat, decision.side, at);
        let wanted = self.wanted(decision, &inputs).filter(|quantity| quantity.is_positive());
        let order = |quantity| self.order_of(decision.seat.index, decision.side, quantity, &inputs, at);
        wanted.is_some_and(|quantity| self.gate.first_failure(&order(quantity), &inputs, at).is_none())
    }

    /// What is known for a decision of the strategy on `seat`.
    fn inputs_of(&self, seat: Seat, side: Side, at: DateTime<Utc>) -> RiskInputs {
        let strategy_id = self.issues[seat.index.0].watchers[seat.watcher].strategy_id;
        let kill = self.strategies.get(&strategy_id).map_or(self.kill, |own| self.kill.max(own.kill));
        self.inputs(Some(seat.index), side, Some(strategy_id), kill, at)
    }

    /// The size the strategy wants: what its sizing says for a buy, all of its own shares for a sell, what is missing to
    /// its target at a rebalance. `None` if no size can be worked out.
    fn wanted(&self, decision: &Decision, inputs: &RiskInputs) -> Option<Qty> {
        let Decision { seat, side, price, .. } = *decision;
        let watcher = &self.issues[seat.index.0].watchers[seat.watcher];
        if side == Side::Sell {
            let most = self.own_position(seat).min(inputs.sellable);
            return match decision.ground {
                Ground::Rank { quantity, .. } => quantity.map(|quantity| quantity.min(most)),
                _ => Some(most),
            };
        }
        // Without equity no size can be worked out; the gate says what is missing.
        let Some(equity) = inputs.equity else { return Some(Qty(1)) };
        let shares = match decision.ground {
            Ground::Rank { quantity, .. } => quantity,
            _ => watcher.size.shares(equity, price, watcher.measured(), 1),
        };
        let shares = shares.map(|shares| watcher.size.beside_buffer(shares, equity, inputs.buying_power, price));
        // A tenth on the first live day, and one share where that is less (SE51).
        let is_first_day = inputs.live.as_deref().is_some_and(|live| live.first_day_orders.is_some());
        if is_first_day { shares.map(|shares| Qty(shares.0.min((shares.0 / FIRST_DAY_PART).max(1)))) } else { shares }
    }

    /// The order of a decision: at the market, and with real money at a price that crosses it (RK07).
    fn order_of(
        &self,
        index: PositionIndex,
        side: Side,
        quantity: Qty,
        inputs: &RiskInputs,
        at: DateTime<Utc>,
    ) -> OrderFields {
        let issue = &self.issues[index.0];
        let is_real_money = inputs.live.as_deref().is_some_and(|live| live.is_real_money);
        let price = if is_real_money { crossing_price(&issue.rules, side, inputs, kst_date(at)) } else { None };
        let order_type = if price.is_some() { OrderType::Limit } else { OrderType::Market };
        OrderFields { symbol: issue.rules.symbol, side, order_type, quantity, price }
    }

    /// Remembers a refusal; false if the one before was the same.
    fn is_news(&mut self, seat: Seat, side: Side, code: Option<RiskCode>) -> bool {
        let refusal = Some(Refusal { side, code });
        let watcher = &mut self.issues[seat.index.0].watchers[seat.watcher];
        std::mem::replace(&mut watcher.refused, refusal) != refusal
    }

    fn signal(&self, decision: &Decision, quantity: Qty) -> Signal {
        let Decision { seat, side, price, .. } = *decision;
        let issue = &self.issues[seat.index.0];
        let (confidence, reason) = match &decision.ground {
            Ground::Rule if self.gives_reasons => issue.watchers[seat.watcher].rule.explain(side),
            Ground::Exit(met) if self.gives_reasons => (1.0, met.reason()),
            Ground::Rank { said: Some(said), .. } => (**said).clone(),
            _ => (0.0, Reason { code: String::new(), values: BTreeMap::new(), conditions: Vec::new() }),
        };
        let signal_type = match side {
            Side::Buy => SignalType::Buy,
            Side::Sell => SignalType::Sell,
        };
        Signal { symbol: issue.rules.symbol, signal_type, confidence, price, quantity, reason }
    }

    /// The signal of a decision that is smaller than one share, or whose size is not known.
    fn hold_signal(&self, decision: &Decision, is_known: bool) -> Signal {
        let code = match decision.side {
            Side::Buy if !is_known => "position_size_unknown",
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
    pub(super) fn stance(&self, open: &[Order], held: Qty) -> Stance {
        if open.iter().any(|order| order.strategy_id == Some(self.strategy_id)) {
            Stance::Pending
        } else if self.own_part(held).is_positive() {
            Stance::Long
        } else {
            Stance::Flat
        }
    }

    /// Of `held` shares in the account, those it may call its own: what it bought, as far as they are still there.
    pub(super) fn own_part(&self, held: Qty) -> Qty {
        self.own.quantity.min(held)
    }

    /// What its sizing goes by, if it goes by something measured and knows it.
    pub(super) fn measured(&self) -> Option<f64> {
        self.gauge.as_ref().and_then(|gauge| gauge.measured())
    }
}

/// A limit that an order at the market would meet: a hundredth beyond the last price, within the limits of the day. `None`
/// before there is a price, which leaves it to the gate to say so.
fn crossing_price(rules: &TradedIssue, side: Side, inputs: &RiskInputs, today: NaiveDate) -> Option<Price> {
    let last = inputs.last_price?;
    let limits = inputs.base_price.and_then(|base| rules.price_limits(today, base));
    let reach = last.0 / CROSSING_PART;
    Some(match side {
        Side::Buy => {
            let price = floor_to_tick(rules.market, rules.kind, today, Price(last.0 + reach)).max(last);
            limits.map_or(price, |limits| price.min(limits.upper))
        }
        Side::Sell => {
            let price = ceil_to_tick(rules.market, rules.kind, today, Price(last.0 - reach)).min(last);
            limits.map_or(price, |limits| price.max(limits.lower))
        }
    })
}

/// The least quantity worth an order where the gate allows less than wanted. A buy below half its size would only
/// scatter the last cash; a sell reduces risk at any size, and the rest follows at the next bar.
fn least_worthwhile(side: Side, wanted: Qty) -> Qty {
    match side {
        Side::Buy => Qty(wanted.0 / 2 + wanted.0 % 2),
        Side::Sell => Qty(1),
    }
}
