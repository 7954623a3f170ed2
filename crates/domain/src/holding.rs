//! What an account holds of one issue, and what a fill does to it.

use serde::{Deserialize, Serialize};

use crate::{AvgPrice, Price, Qty, Side, Symbol, Won};

/// Shares of one issue with their cost.
///
/// The cost is the won paid for the shares held, commission excluded, as KIS states 매입금액. A sale takes out its
/// proportional share of the cost, rounded down, so the last share takes whatever is left and no won is lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holding {
    /// Issue.
    pub symbol: Symbol,
    /// Shares held, never negative: KRX rules and this account type know no short position.
    pub quantity: Qty,
    /// Won paid for them.
    pub cost: Won,
}

/// Shares that changed hands, with what that cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fill {
    /// Side of the order that was filled.
    pub side: Side,
    /// Shares.
    pub quantity: Qty,
    /// Won traded, before costs.
    pub amount: Won,
    /// Commission in won.
    pub commission: Won,
    /// Transaction tax and rural special tax in won; zero for a buy.
    pub tax: Won,
}

impl Fill {
    /// What the fill does to the cash of the account: negative for a buy.
    pub fn cash_flow(&self) -> Won {
        match self.side {
            Side::Buy => -(self.amount + self.commission + self.tax),
            Side::Sell => self.amount - self.commission - self.tax,
        }
    }
}

/// More shares were sold than held.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{sold} shares of {symbol} sold, but only {held} held")]
pub struct OverSold {
    /// Issue.
    pub symbol: Symbol,
    /// Shares held.
    pub held: Qty,
    /// Shares sold.
    pub sold: Qty,
}

impl Holding {
    /// Nothing held of `symbol`.
    pub fn none(symbol: Symbol) -> Self {
        Self { symbol, quantity: Qty::ZERO, cost: Won::ZERO }
    }

    /// Average price paid a share; zero when nothing is held.
    pub fn average_price(&self) -> AvgPrice {
        AvgPrice::of(self.cost, self.quantity)
    }

    /// Value at `price`.
    pub fn market_value(&self, price: Price) -> Won {
        price * self.quantity
    }

    /// Profit or loss at `price`, before the costs of selling.
    pub fn unrealized_pnl(&self, price: Price) -> Won {
        self.market_value(price) - self.cost
    }

    /// Books a fill and returns the profit or loss it realised, net of its own costs.
    ///
    /// A buy realises its commission as a loss at once, so that at any time
    /// `total assets = initial cash + realised + unrealised`, to the won.
    ///
    /// # Errors
    /// [`OverSold`] if more is sold than held; nothing changes then.
    pub fn apply(&mut self, fill: &Fill) -> Result<Won, OverSold> {
        match fill.side {
            Side::Buy => {
                self.quantity += fill.quantity;
                self.cost += fill.amount;
                Ok(-(fill.commission + fill.tax))
            }
            Side::Sell => {
                if fill.quantity > self.quantity {
                    return Err(OverSold { symbol: self.symbol, held: self.quantity, sold: fill.quantity });
                }
                let cost = self.cost_share(fill.quantity);
                self.quantity -= fill.quantity;
                self.cost -= cost;
                Ok(fill.cash_flow() - cost)
            }
        }
    }

    /// The part of the cost that `quantity` of the held shares carry, rounded down.
    fn cost_share(&self, quantity: Qty) -> Won {
        if quantity == self.quantity {
            return self.cost;
        }
        let share = i128::from(self.cost.0) * i128::from(quantity.0) / i128::from(self.quantity.0);
        Won(i64::try_from(share).expect("a part is smaller than the whole"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn fill(side: Side, quantity: i64, amount: i64, commission: i64, tax: i64) -> Fill {
        Fill { side, quantity: Qty(quantity), amount: Won(amount), commission: Won(commission), tax: Won(tax) }
    }

    fn samsung() -> Holding {
        Holding::none("005930".parse().expect("a valid code"))
    }

    #[test]
    fn a_round_trip_realises_the_difference_less_all_costs() {
        let mut holding = samsung();
        assert_eq!(holding.apply(&fill(Side::Buy, 10, 700_000, 98, 0)), Ok(Won(-98)));
        assert_eq!(holding.average_price(), AvgPrice(700_000_000));
        assert_eq!(holding.apply(&fill(Side::Sell, 10, 713_000, 100, 1_425)), Ok(Won(11_475)));
        assert_eq!(holding, samsung());
    }

    #[test]
    fn selling_more_than_held_changes_nothing() {
        let mut holding = samsung();
        assert!(holding.apply(&fill(Side::Buy, 3, 300, 0, 0)).is_ok());
        let before = holding;
        assert!(holding.apply(&fill(Side::Sell, 4, 400, 0, 0)).is_err());
        assert_eq!(holding, before);
    }

    proptest! {
        /// Assets equal initial cash plus realised plus unrealised after any sequence of fills.
        #[test]
        fn the_books_balance_to_the_won(fills in prop::collection::vec((any::<bool>(), 1i64..1_000, 1i64..500_000, 0i64..5_000, 0i64..5_000), 1..40), last in 1i64..500_000) {
            let initial = Won(10_000_000_000);
            let (mut holding, mut cash, mut realized) = (samsung(), initial, Won::ZERO);
            for (buy, quantity, price, commission, tax) in fills {
                let quantity = if buy { quantity } else { quantity.min(holding.quantity.0) };
                if quantity == 0 { continue; }
                let side = if buy { Side::Buy } else { Side::Sell };
                let fill = fill(side, quantity, quantity * price, commission, if buy { 0 } else { tax });
                realized += holding.apply(&fill).expect("never more sold than held");
                cash += fill.cash_flow();
            }
            prop_assert_eq!(cash + holding.market_value(Price(last)), initial + realized + holding.unrealized_pnl(Price(last)));
        }
    }
}
