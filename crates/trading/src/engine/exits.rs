//! Exits whatever the rule says: at a close, at a price of the running market, within a bar, and out of a universe.

use chrono::{DateTime, Utc};
use exodus_domain::{Bar, Price, Side, Symbol, ceil_to_tick, floor_to_tick};

use super::decide::{Decision, Ground, Seat};
use super::{Command, Engine, EngineError, Issue, OwnPosition, Watcher, is_tradable};
use crate::exits::{AfterEntry, ExitMet, ExitWatch, Towards};
use crate::portfolio::PositionIndex;
use crate::risk::TradedIssue;
use crate::strategies::Stance;

impl Engine {
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
            let Some(exits) = watcher.exits.as_ref().filter(|exits| exits.is_intraday()) else {
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
}

impl Watcher {
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
    pub(super) fn exit_at_close(
        &mut self,
        close: Price,
        closed_at: DateTime<Utc>,
        stance: Stance,
    ) -> Option<(Side, Ground)> {
        self.watch_close(close, closed_at);
        let exits = self.exits.as_ref().filter(|_| stance == Stance::Long)?;
        exits.met_at_close(close, &self.own).map(|met| (Side::Sell, Ground::Exit(met)))
    }
}
