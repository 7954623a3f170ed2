//! What a strategy may call its own of an issue.

use chrono::{DateTime, Utc};
use exodus_domain::{CorporateAction, Holding, Price, Qty, Side, Won};
use serde::{Deserialize, Serialize};

/// What a strategy's own orders bought of an issue and have not sold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnPosition {
    /// Shares.
    pub quantity: Qty,
    /// Won paid for them, before costs. A sale takes its proportional share out, rounded down, as of a [`Holding`].
    pub cost: Won,
    /// When the first of them was bought, since nothing was held; `None` if nothing is.
    pub since: Option<DateTime<Utc>>,
}

impl OwnPosition {
    /// Takes a fill of one of the strategy's orders, `amount` won before costs.
    pub fn fill(&mut self, side: Side, quantity: Qty, amount: Won, at: DateTime<Utc>) {
        match side {
            Side::Buy => {
                self.since = self.since.or(Some(at));
                self.quantity += quantity;
                self.cost += amount;
            }
            Side::Sell => self.keep(self.quantity - quantity),
        }
    }

    /// Keeps `quantity` of its shares.
    pub(super) fn keep(&mut self, quantity: Qty) {
        if !quantity.is_positive() {
            *self = Self::default();
        } else if quantity < self.quantity {
            let sold = i128::from((self.quantity - quantity).0);
            let released = i128::from(self.cost.0) * sold / i128::from(self.quantity.0);
            self.cost -= Won(i64::try_from(released).expect("a part is no more than the whole"));
            self.quantity = quantity;
        }
    }

    /// Puts a corporate action into effect, as [`CorporateAction::restate`] does on a holding.
    pub(super) fn restate(&mut self, action: &CorporateAction, close: Price, base: Price) {
        let holding = Holding { symbol: action.symbol, quantity: self.quantity, cost: self.cost };
        let restated = action.restate(&holding, close, base).holding;
        (self.quantity, self.cost) = (restated.quantity, restated.cost);
        if !self.quantity.is_positive() {
            *self = Self::default();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(second, 0).expect("a valid time")
    }

    #[test]
    fn it_keeps_cost_and_entry_until_all_is_sold() {
        let mut own = OwnPosition::default();
        own.fill(Side::Buy, Qty(3), Won(100), at(1));
        own.fill(Side::Buy, Qty(1), Won(50), at(2));
        own.fill(Side::Sell, Qty(3), Won(900), at(3));
        assert_eq!(own, OwnPosition { quantity: Qty(1), cost: Won(38), since: Some(at(1)) });
        own.fill(Side::Sell, Qty(1), Won(300), at(4));
        assert_eq!(own, OwnPosition::default());
        own.fill(Side::Buy, Qty(2), Won(80), at(5));
        assert_eq!(own, OwnPosition { quantity: Qty(2), cost: Won(80), since: Some(at(5)) });
    }
}
