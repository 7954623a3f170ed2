//! What a corporate action makes of what is held of an issue.

use crate::{ActionKind, CorporateAction, Holding, Price, Qty, Won};

/// Parts per thousand that are withheld of a distribution: 14 % income tax and a tenth of it for the local one
/// (krx-market §11.1).
const WITHHELD_PER_MILLE: i128 = 154;

/// What an action makes of a holding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Restated {
    /// What is held from the ex-date on.
    pub holding: Holding,
    /// Won paid out, taxes off.
    pub cash: Won,
    /// What the payment gained over the cost of what it was paid for.
    pub realized: Won,
}

impl CorporateAction {
    /// What the action makes of `holding`, with the last close before the ex-date and the base price of the ex-date.
    ///
    /// * Where it changes the number of shares, quantity is divided by the price factor. Only whole shares are held: what
    ///   is left is paid for at the base price (단주대금) with its share of the cost.
    /// * A rights issue (유상증자) gives no shares: the right is taken to be sold at what the price falls by.
    /// * A distribution (분배금) is paid out, less 15.4 %.
    ///
    /// All of it counts on the ex-date, though the new shares are listed and money is paid some weeks later. Amounts are
    /// cut to the won.
    pub fn restate(&self, holding: &Holding, close: Price, base: Price) -> Restated {
        let (numerator, denominator) = (i128::from(self.factor.numerator()), i128::from(self.factor.denominator()));
        let quantity = i128::from(holding.quantity.0);
        // What the holding falls by, over its value.
        let fall = (denominator - numerator).max(0);
        let fallen = quantity * i128::from(close.0) * fall / denominator;
        match self.kind {
            ActionKind::Distribution => {
                let cash = won(fallen - fallen * WITHHELD_PER_MILLE / 1_000);
                Restated { holding: *holding, cash, realized: cash }
            }
            ActionKind::RightsIssue => {
                let cost = won(i128::from(holding.cost.0) * fall / denominator);
                let kept = Holding { cost: holding.cost - cost, ..*holding };
                Restated { holding: kept, cash: won(fallen), realized: won(fallen) - cost }
            }
            _ => {
                let (all, part) = (quantity * denominator, (quantity * denominator) % numerator);
                let cash = won(i128::from(base.0) * part / numerator);
                let cost = if all == 0 { Won::ZERO } else { won(i128::from(holding.cost.0) * part / all) };
                let kept = Holding {
                    quantity: self.restated_quantity(holding.quantity),
                    cost: holding.cost - cost,
                    ..*holding
                };
                Restated { holding: kept, cash, realized: cash - cost }
            }
        }
    }

    /// The whole shares that `quantity` becomes.
    pub fn restated_quantity(&self, quantity: Qty) -> Qty {
        if matches!(self.kind, ActionKind::Distribution | ActionKind::RightsIssue) {
            return quantity;
        }
        let (numerator, denominator) = (i128::from(self.factor.numerator()), i128::from(self.factor.denominator()));
        Qty(i64::try_from(i128::from(quantity.0) * denominator / numerator).unwrap_or(i64::MAX))
    }
}

fn won(amount: i128) -> Won {
    Won(i64::try_from(amount).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::PriceFactor;
    use crate::time::ymd;
    use proptest::prelude::*;

    fn action(kind: ActionKind, numerator: i64, denominator: i64) -> CorporateAction {
        let (symbol, factor) = ("005930".parse().expect("a code"), PriceFactor::new(numerator, denominator));
        CorporateAction { symbol, ex_date: ymd(2018, 5, 4), kind, factor: factor.expect("a factor") }
    }

    fn holding(quantity: i64, cost: i64) -> Holding {
        Holding { symbol: "005930".parse().expect("a code"), quantity: Qty(quantity), cost: Won(cost) }
    }

    fn restated(action: &CorporateAction, held: &Holding, close: i64, base: i64) -> (i64, i64, i64, i64) {
        let Restated { holding, cash, realized } = action.restate(held, Price(close), Price(base));
        (holding.quantity.0, holding.cost.0, cash.0, realized.0)
    }

    #[test]
    fn a_split_multiplies_the_shares_and_keeps_their_cost() {
        let split = action(ActionKind::Split, 1, 50);
        assert_eq!(restated(&split, &holding(3, 7_000_000), 2_650_000, 53_000), (150, 7_000_000, 0, 0));
    }

    #[test]
    fn a_fraction_is_paid_at_the_base_price_and_takes_its_cost_along() {
        // 17 shares at 3 for 1 are 5 ⅔: ⅔ × 1,720 = 1,146.7 of 17 × 572 = 9,724; cost 10,000 × (2/17) = 1,176.5.
        let merger = action(ActionKind::ReverseSplit, 3, 1);
        assert_eq!(restated(&merger, &holding(17, 10_000), 572, 1_720), (5, 8_824, 1_146, 1_146 - 1_176));
        // One share is less than a whole new one: nothing is left but money.
        assert_eq!(restated(&merger, &holding(1, 600), 572, 1_720), (0, 0, 573, -27));
    }

    #[test]
    fn a_bonus_issue_adds_shares() {
        // One for two: 101 become 151 ½, of whose cost 1 in 303 is 6,533.
        let bonus = action(ActionKind::BonusIssue, 2, 3);
        assert_eq!(restated(&bonus, &holding(101, 1_979_600), 19_600, 13_070), (151, 1_973_067, 6_535, 2));
    }

    #[test]
    fn a_right_is_sold_for_what_the_price_falls_by() {
        // 10,000 falls to 9,500: 500 a share, a twentieth of the cost goes with it.
        let rights = action(ActionKind::RightsIssue, 19, 20);
        assert_eq!(restated(&rights, &holding(100, 900_000), 10_000, 9_500), (100, 855_000, 50_000, 5_000));
    }

    #[test]
    fn a_distribution_is_income_less_tax() {
        // 10,000 falls by 100: 10,000 won for 100 shares, of which 1,540 are withheld.
        let paid = action(ActionKind::Distribution, 99, 100);
        assert_eq!(restated(&paid, &holding(100, 900_000), 10_000, 9_900), (100, 900_000, 8_460, 8_460));
    }

    proptest! {
        /// Whatever happens, no won of cost is lost, and value is kept but for cuts, taxes and the grid of the base price.
        #[test]
        fn cost_and_value_are_accounted_for(
            kind in prop::sample::select(ActionKind::ALL.to_vec()),
            (numerator, denominator) in (1i64..100, 1i64..100),
            quantity in 0i64..1_000_000,
            (paid, close) in (1i64..1_000_000, 100i64..1_000_000),
        ) {
            prop_assume!(numerator != denominator);
            let action = action(kind, numerator, denominator);
            let held = holding(quantity, quantity * paid);
            let base = Price(close * numerator / denominator).max(Price(1));
            let Restated { holding, cash, realized } = action.restate(&held, Price(close), base);
            prop_assert!(holding.quantity.0 >= 0 && holding.cost.0 >= 0 && cash.0 >= 0);
            if holding.quantity == Qty::ZERO {
                prop_assert_eq!(holding.cost, Won::ZERO);
            }
            if kind != ActionKind::Distribution {
                prop_assert_eq!(holding.cost + cash - realized, held.cost);
            }
            let before = i128::from(close) * i128::from(quantity);
            let after = i128::from(base.0) * i128::from(holding.quantity.0) + i128::from(cash.0);
            // The base price is cut to the won: that is all that can be missing, for each new share.
            let cut = i128::from(holding.quantity.0) + i128::from(quantity) + 2;
            let kept = kind == ActionKind::Distribution
                || kind == ActionKind::RightsIssue && numerator > denominator
                || base == Price(1)
                || (after - before).abs() <= cut;
            prop_assert!(kept, "{before} became {after}");
        }
    }
}
