//! How many shares.

use exodus_domain::{Price, Qty, Won};
use serde::{Deserialize, Serialize};

/// A part of the account's equity, held in millionths so that no float meets money.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EquityShare {
    ppm: i64,
}

impl EquityShare {
    const WHOLE_PPM: i64 = 1_000_000;

    /// `percent` of equity, rounded to the ten-thousandth of a percent and kept between 0 and 100.
    pub fn from_percent(percent: f64) -> Self {
        let ppm = (percent.clamp(0.0, 100.0) * 10_000.0).round();
        Self { ppm: ppm as i64 }
    }

    /// That part of `equity`, cut to whole won; nothing of a negative equity.
    pub fn of(self, equity: Won) -> Won {
        let part = i128::from(equity.0.max(0)) * i128::from(self.ppm) / i128::from(Self::WHOLE_PPM);
        Won(i64::try_from(part).expect("a part is no more than the whole"))
    }
}

/// Whole shares that `budget` buys at `price`, before costs.
pub fn whole_shares(budget: Won, price: Price) -> Qty {
    if price.is_positive() && budget.is_positive() { Qty(budget.0 / price.0) } else { Qty::ZERO }
}

/// The largest quantity in `least..=most` that `fits`, if any does. Whatever fits must fit in smaller size too.
pub fn largest_quantity(least: Qty, most: Qty, mut fits: impl FnMut(Qty) -> bool) -> Option<Qty> {
    if least > most {
        return None;
    }
    // As a rule all of it fits.
    if fits(most) {
        return Some(most);
    }
    if !fits(least) {
        return None;
    }
    let (mut fitting, mut beyond) = (least.0, most.0);
    while beyond - fitting > 1 {
        let middle = fitting + (beyond - fitting) / 2;
        if fits(Qty(middle)) { fitting = middle } else { beyond = middle }
    }
    Some(Qty(fitting))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_share_of_equity_is_cut_to_whole_won() {
        assert_eq!(EquityShare::from_percent(33.3333).of(Won(100_000_001)), Won(33_333_300));
        assert_eq!(EquityShare::from_percent(100.0).of(Won(i64::MAX)), Won(i64::MAX));
        assert_eq!(EquityShare::from_percent(10.0).of(Won(-5)), Won::ZERO);
    }

    #[test]
    fn shares_are_whole() {
        assert_eq!(whole_shares(Won(999), Price(100)), Qty(9));
        assert_eq!(whole_shares(Won(99), Price(100)), Qty::ZERO);
        assert_eq!(whole_shares(Won(99), Price::ZERO), Qty::ZERO);
    }

    proptest! {
        #[test]
        fn the_largest_fitting_quantity_is_found(least in 0i64..50, span in 0i64..10_000, limit in 0i64..12_000) {
            let most = least + span;
            let found = largest_quantity(Qty(least), Qty(most), |quantity| quantity.0 <= limit);
            let expected = (least <= limit).then(|| Qty(limit.min(most)));
            prop_assert_eq!(found, expected);
        }
    }
}
