//! Cash and holdings of one account, valued at last prices.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use exodus_domain::{Fill, Holding, OverSold, Price, Qty, Symbol, Won};

/// What is held of one issue, and its last price.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Position {
    pub(crate) holding: Holding,
    pub(crate) last_price: Option<Price>,
    /// When the last price was made; older prices do not replace it.
    priced_at: DateTime<Utc>,
}

/// Where an issue is found in the portfolio, and in the engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PositionIndex(pub(crate) usize);

/// Cash and holdings of one account.
///
/// The value of all holdings is kept up to date with each price and fill, so that equity costs nothing to ask for.
#[derive(Clone, Debug)]
pub struct Portfolio {
    cash: Won,
    reserved: Won,
    stock_value: Won,
    /// Holdings without any price; while there is one, equity is not known.
    unpriced: usize,
    positions: Vec<Position>,
    indices: HashMap<Symbol, PositionIndex>,
    /// Bars of many issues come in the order in which the issues were added: the one after the last hit is tried
    /// before the map.
    next: usize,
}

impl Portfolio {
    pub(crate) fn new(cash: Won) -> Self {
        Self {
            cash,
            reserved: Won::ZERO,
            stock_value: Won::ZERO,
            unpriced: 0,
            positions: Vec::new(),
            indices: HashMap::new(),
            next: 0,
        }
    }

    /// Cash in won, reserved or not.
    pub fn cash(&self) -> Won {
        self.cash
    }

    /// Cash that open buys may still need.
    pub fn reserved(&self) -> Won {
        self.reserved
    }

    /// Cash that new buys may use.
    pub fn buying_power(&self) -> Won {
        self.cash - self.reserved
    }

    /// Holdings at last prices; `None` while one of them has no price.
    pub fn stock_value(&self) -> Option<Won> {
        (self.unpriced == 0).then_some(self.stock_value)
    }

    /// Cash and holdings at last prices; `None` while one of them has no price.
    pub fn equity(&self) -> Option<Won> {
        self.stock_value().map(|value| self.cash + value)
    }

    /// What is held of `symbol`.
    pub fn holding(&self, symbol: Symbol) -> Holding {
        self.indices.get(&symbol).map_or(Holding::none(symbol), |index| self.positions[index.0].holding)
    }

    /// What is held of the issue at `index`.
    pub fn holding_at(&self, index: PositionIndex) -> &Holding {
        &self.positions[index.0].holding
    }

    /// Everything held.
    pub fn holdings(&self) -> impl Iterator<Item = &Holding> {
        self.positions.iter().map(|position| &position.holding).filter(|holding| holding.quantity.is_positive())
    }

    /// Makes room for `symbol`, if there is none yet.
    pub(crate) fn add(&mut self, symbol: Symbol) -> PositionIndex {
        *self.indices.entry(symbol).or_insert_with(|| {
            let holding = Holding::none(symbol);
            self.positions.push(Position { holding, last_price: None, priced_at: DateTime::<Utc>::MIN_UTC });
            PositionIndex(self.positions.len() - 1)
        })
    }

    pub(crate) fn find(&mut self, symbol: Symbol) -> Option<PositionIndex> {
        let index = match self.positions.get(self.next) {
            Some(position) if position.holding.symbol == symbol => PositionIndex(self.next),
            _ => *self.indices.get(&symbol)?,
        };
        self.next = index.0 + 1;
        if self.next == self.positions.len() {
            self.next = 0;
        }
        Some(index)
    }

    pub(crate) fn position(&self, index: PositionIndex) -> &Position {
        &self.positions[index.0]
    }

    /// Takes a stored holding in place of what is held of its issue.
    pub(crate) fn restore(&mut self, index: PositionIndex, holding: Holding) {
        self.change(index, |position| position.holding = holding);
    }

    /// Values the issue at `price` made at `at`, unless a newer one is known.
    #[inline]
    pub(crate) fn mark(&mut self, index: PositionIndex, price: Price, at: DateTime<Utc>) {
        let position = &mut self.positions[index.0];
        if at < position.priced_at {
            return;
        }
        position.priced_at = at;
        match position.last_price.replace(price) {
            Some(before) => self.stock_value += (price - before) * position.holding.quantity,
            None if position.holding.quantity == Qty::ZERO => {}
            None => {
                self.stock_value += position.holding.market_value(price);
                self.unpriced -= 1;
            }
        }
    }

    /// Books a fill and returns what it realised.
    ///
    /// # Errors
    /// [`OverSold`] if more is sold than held; nothing changes then.
    pub(crate) fn book(&mut self, index: PositionIndex, fill: &Fill) -> Result<Won, OverSold> {
        let mut holding = self.positions[index.0].holding;
        let realized = holding.apply(fill)?;
        self.change(index, |position| position.holding = holding);
        self.cash += fill.cash_flow();
        Ok(realized)
    }

    /// Takes money that no trade brought.
    pub(crate) fn credit(&mut self, amount: Won) {
        self.cash += amount;
    }

    /// Changes the cash reserved for an open buy from `before` to `after`.
    pub(crate) fn reserve(&mut self, before: Won, after: Won) {
        self.reserved += after - before;
    }

    /// Applies `change` to a position and carries its value over into the totals.
    fn change(&mut self, index: PositionIndex, change: impl FnOnce(&mut Position)) {
        let position = &mut self.positions[index.0];
        let before = position.value();
        change(position);
        let after = position.value();
        self.stock_value += after.unwrap_or_default() - before.unwrap_or_default();
        self.unpriced = self.unpriced + usize::from(after.is_none()) - usize::from(before.is_none());
    }
}

impl Position {
    /// `None` if something is held that has no price.
    fn value(&self) -> Option<Won> {
        match self.last_price {
            Some(price) => Some(self.holding.market_value(price)),
            None => (self.holding.quantity == Qty::ZERO).then_some(Won::ZERO),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use exodus_domain::Side;
    use proptest::prelude::*;

    fn symbols() -> [Symbol; 3] {
        ["000010", "000020", "000030"].map(|code| code.parse().expect("a valid code"))
    }

    fn at(second: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(second, 0).expect("a valid time")
    }

    #[test]
    fn a_holding_without_a_price_hides_equity_until_one_comes() {
        let mut portfolio = Portfolio::new(Won(1_000));
        let index = portfolio.add(symbols()[0]);
        portfolio.restore(index, Holding { symbol: symbols()[0], quantity: Qty(2), cost: Won(100) });
        assert_eq!(portfolio.equity(), None);
        portfolio.mark(index, Price(70), at(1));
        assert_eq!(portfolio.equity(), Some(Won(1_140)));
    }

    #[test]
    fn an_older_price_does_not_replace_a_newer_one() {
        let mut portfolio = Portfolio::new(Won::ZERO);
        let index = portfolio.add(symbols()[0]);
        portfolio.mark(index, Price(70), at(2));
        portfolio.mark(index, Price(60), at(1));
        assert_eq!(portfolio.position(index).last_price, Some(Price(70)));
    }

    #[test]
    fn every_issue_is_found_in_any_order() {
        let mut portfolio = Portfolio::new(Won::ZERO);
        let indices = symbols().map(|symbol| portfolio.add(symbol));
        for position in [0, 1, 2, 0, 2, 1, 1, 0] {
            assert_eq!(portfolio.find(symbols()[position]), Some(indices[position]));
        }
        assert_eq!(portfolio.find("999999".parse().expect("a valid code")), None);
    }

    proptest! {
        /// Totals that are carried along equal totals counted afresh, and every won is accounted for.
        #[test]
        fn the_books_balance_after_every_fill_and_price(
            steps in prop::collection::vec((0usize..3, 0u8..3, 1i64..500, 1i64..100_000, 0i64..500), 1..80),
        ) {
            let initial = Won(10_000_000_000);
            let mut portfolio = Portfolio::new(initial);
            let indices = symbols().map(|symbol| portfolio.add(symbol));
            let (mut flows, mut realized) = (Won::ZERO, Won::ZERO);
            for (second, (issue, action, quantity, price, cost)) in (1..).zip(steps) {
                let index = indices[issue];
                let side = match action {
                    0 => Side::Buy,
                    1 => Side::Sell,
                    _ => {
                        portfolio.mark(index, Price(price), at(second));
                        continue;
                    }
                };
                let fill = Fill {
                    side,
                    quantity: Qty(quantity),
                    amount: Price(price) * Qty(quantity),
                    commission: Won(cost),
                    tax: Won(if side == Side::Sell { cost } else { 0 }),
                };
                let held = portfolio.position(index).holding.quantity;
                let booked = portfolio.book(index, &fill);
                prop_assert_eq!(booked.is_err(), side == Side::Sell && held < fill.quantity);
                if let Ok(pnl) = booked {
                    flows += fill.cash_flow();
                    realized += pnl;
                }
                prop_assert_eq!(portfolio.cash(), initial + flows);
                let positions = indices.map(|index| *portfolio.position(index));
                let values = positions.iter().map(Position::value).collect::<Option<Vec<_>>>();
                prop_assert_eq!(portfolio.stock_value(), values.map(|values| values.into_iter().sum()));
                if let Some(value) = portfolio.stock_value() {
                    let unrealized = value - positions.iter().map(|position| position.holding.cost).sum();
                    prop_assert_eq!(portfolio.equity(), Some(initial + realized + unrealized));
                }
            }
        }
    }
}
