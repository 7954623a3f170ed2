//! What happens to an account without an order of its own: corporate actions, and shares that leave the market.

use chrono::{DateTime, Utc};
use exodus_domain::{Bar, CorporateAction, Fill, Price, Qty, Restated, Symbol, Won};

use super::{Engine, EngineError, Watcher};
use crate::strategies::Strategy;

impl Engine {
    /// Puts a corporate action into effect at `at`, the beginning of its ex-date: on the holding, on what each strategy
    /// calls its own, and on open orders of which nothing is filled. `close` is the last price before it, `base` the base
    /// price of the ex-date, at which the issue is valued until it trades.
    ///
    /// What the strategies saw is not changed: [`Engine::relearn`] does that.
    ///
    /// # Errors
    /// [`EngineError::UnknownSymbol`] if the issue was not added.
    pub fn restate(
        &mut self,
        action: &CorporateAction,
        close: Price,
        base: Price,
        at: DateTime<Utc>,
    ) -> Result<Restated, EngineError> {
        let index = self.find(action.symbol)?;
        let before = self.portfolio.position(index).holding;
        let restated = action.restate(&before, close, base);
        self.portfolio.restore(index, restated.holding);
        self.portfolio.credit(restated.cash);
        self.portfolio.mark(index, base, at);
        self.forget_waiting(index);

        let issue = &mut self.issues[index.0];
        let mut owned = Qty::ZERO;
        for watcher in &mut issue.watchers {
            owned += watcher.own.quantity;
            watcher.own.restate(action, close, base);
            if let Some(exits) = &mut watcher.exits {
                exits.restate(action);
            }
        }
        if owned == before.quantity {
            own_the_rest(&mut issue.watchers, restated.holding.quantity);
        }
        for order in issue.open.iter_mut().filter(|order| order.done.quantity == Qty::ZERO) {
            order.fields.quantity = action.restated_quantity(order.fields.quantity);
            order.valued_at = base;
            order.reserve(&mut self.portfolio);
        }
        Ok(restated)
    }

    /// Has a strategy see the past of an issue anew, as after a corporate action the bars before it are adjusted for it.
    ///
    /// # Errors
    /// [`EngineError`] if strategy or issue are not known.
    pub fn relearn(
        &mut self,
        strategy_id: i64,
        strategy: &Strategy,
        symbol: Symbol,
        bars: &[Bar],
    ) -> Result<(), EngineError> {
        let index = self.find(symbol)?;
        let watchers = &mut self.issues[index.0].watchers;
        let watcher = watchers.iter_mut().find(|watcher| watcher.strategy_id == strategy_id);
        let watcher = watcher.ok_or(EngineError::UnknownStrategy(strategy_id))?;
        (watcher.rule, watcher.gauge) = (strategy.rule(), strategy.sizing.gauge());
        for bar in bars.iter().filter(|bar| super::is_tradable(bar)) {
            watcher.learn(bar);
        }
        Ok(())
    }

    /// Books a fill that nobody ordered, such as the end of an issue that leaves the market, and returns what it realised.
    /// Of what is sold, no strategy calls anything its own any more.
    ///
    /// # Errors
    /// [`EngineError`] if the issue was not added, or less is held than sold.
    pub fn book_unordered(&mut self, symbol: Symbol, fill: &Fill) -> Result<Won, EngineError> {
        let index = self.find(symbol)?;
        let realized = self.portfolio.book(index, fill)?;
        let held = self.portfolio.position(index).holding.quantity;
        for watcher in &mut self.issues[index.0].watchers {
            watcher.own.keep(watcher.own.quantity.min(held));
        }
        Ok(realized)
    }
}

/// Gives the shares that parts of several strategies make together to the last one that has any.
fn own_the_rest(watchers: &mut [Watcher], held: Qty) {
    let owned: Qty = watchers.iter().map(|watcher| watcher.own.quantity).sum();
    if let Some(last) = watchers.iter_mut().rev().find(|watcher| watcher.own.quantity.is_positive()) {
        last.own.quantity += held - owned;
    }
}
