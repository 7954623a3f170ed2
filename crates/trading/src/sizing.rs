//! How many shares.

use exodus_domain::{Price, Qty, Won};
use serde::{Deserialize, Serialize};

/// How the size of a position is worked out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SizingMethod {
    /// A part of equity.
    #[default]
    PercentOfEquity,
    /// Equity in equal parts: one for each issue watched, or for each that a ranking holds.
    EqualWeight,
    /// So many won.
    FixedAmount,
    /// As much as adds a given volatility to equity.
    VolatilityTarget,
    /// As much as loses a given part of equity if the price falls by a multiple of its average true range.
    AtrRisk,
    /// Equity in parts that grow with the rank: N for the best of N, one for the last.
    RankWeight,
}

/// The size of positions, as parameters. Those that the method does not use are kept as they were given.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Sizing {
    /// Method.
    #[serde(rename = "sizing")]
    pub method: SizingMethod,
    /// Part of equity in one issue, in percent.
    pub position_size_percent: f64,
    /// Won in one issue.
    pub position_amount: Won,
    /// Annual volatility that one issue adds to equity, in percent.
    pub target_volatility_percent: f64,
    /// Bars that volatility is measured over.
    pub volatility_window: u32,
    /// Part of equity lost by the fall that `atr_multiple` tells, in percent.
    pub risk_percent: f64,
    /// Bars of the average true range.
    pub atr_period: u32,
    /// The fall in average true ranges.
    pub atr_multiple: f64,
    /// Part of equity that is never invested, in percent.
    pub cash_buffer_percent: f64,
    /// Drift from its target weight up to which a position is left alone at a rebalance, in percent of the target.
    pub rebalance_band_percent: f64,
    /// Most of the equity in one issue, whatever the method says; a document of rules has it.
    #[serde(skip)]
    pub(crate) most: Option<EquityShare>,
}

impl Default for Sizing {
    /// What the catalogue takes when nothing is given.
    fn default() -> Self {
        Self {
            method: SizingMethod::PercentOfEquity,
            position_size_percent: 10.0,
            position_amount: Won(1_000_000),
            target_volatility_percent: 10.0,
            volatility_window: 60,
            risk_percent: 1.0,
            atr_period: 14,
            atr_multiple: 2.0,
            cash_buffer_percent: 0.0,
            rebalance_band_percent: 0.0,
            most: None,
        }
    }
}

impl Sizing {
    /// A part of equity in each position, in percent.
    pub fn percent_of_equity(percent: f64) -> Self {
        Self { position_size_percent: percent, ..Self::default() }
    }

    /// The part of equity in one issue.
    pub(crate) fn share(&self) -> EquityShare {
        let share = EquityShare::from_percent(self.position_size_percent);
        self.most.map_or(share, |most| share.min(most))
    }
}

/// A part of the account's equity, held in millionths so that no float meets money.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
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
