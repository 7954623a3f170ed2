//! The broker's commission (위탁수수료), the same for buys and sells.
//!
//! It is counted per order, not per fill: a partial fill costs what the order costs after it less what it cost before
//! it, so that splitting an order changes nothing. Whether KIS counts per order, and whether it cuts to 1 won or to
//! 10 won, is unconfirmed; 1 won per order follows account statements best, so that is what every plan begins with.

use serde::{Deserialize, Serialize};

use crate::{InstrumentKind, Rounding, TradingVenue, Won};

/// Parts per billion in one.
const BILLION: i64 = 1_000_000_000;

/// What a broker takes of the amount that an order trades.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommissionSchedule {
    /// Rate in parts per billion of the amount: 0.0140527 % is 140,527. Below zero it counts as zero, above one billion
    /// as one billion.
    pub rate_ppb: i64,
    /// The least an order with any fill costs.
    pub minimum: Won,
    /// How the rate's share of the amount is rounded; the minimum is taken as it is.
    pub rounding: Rounding,
}

impl CommissionSchedule {
    /// A rate without a minimum, cut to whole won.
    pub const fn of_rate(rate_ppb: i64) -> Self {
        Self { rate_ppb, minimum: Won::ZERO, rounding: Rounding::WON_FLOOR }
    }

    /// [`CommissionPlan::Bankis`] for shares on KRX.
    pub const fn bankis() -> Self {
        CommissionPlan::Bankis.schedule(InstrumentKind::Stock, TradingVenue::Krx)
    }

    /// Commission of an order that traded `amount` so far; zero while nothing is traded.
    pub fn commission(&self, amount: Won) -> Won {
        if !amount.is_positive() {
            return Won::ZERO;
        }
        self.rounding.share(amount, self.rate_ppb.clamp(0, BILLION), BILLION).max(self.minimum).max(Won::ZERO)
    }
}

text_enum! {
    /// A price list of KIS (mid-2026). An account with rates of its own has a [`CommissionSchedule`] of its own.
    CommissionPlan {
        /// BanKIS, the online account: 0.0140527 % for shares on KRX, 0.0146527 % for ETF and ETN (price list, press),
        /// 0.0130527 % for shares on Nextrade (public trading programs; unconfirmed).
        Bankis = "bankis",
        /// Paper trading at KIS: 0.0142 % for everything (unconfirmed).
        KisPaper = "kis_paper",
        /// An account with its fee waived pays what exchange and depository take: 0.0036396 % on KRX, 0.0031833 % on
        /// Nextrade (public trading programs; unconfirmed).
        FeeWaiver = "fee_waiver",
    }
}

/// What an account pays: a price list, or terms it has agreed on with the broker.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CommissionTerms {
    /// A price list, which tells kinds of issues and venues apart.
    Plan(CommissionPlan),
    /// One schedule for everything.
    Custom(CommissionSchedule),
}

impl Default for CommissionTerms {
    /// BanKIS, as every account begins.
    fn default() -> Self {
        Self::Plan(CommissionPlan::Bankis)
    }
}

impl CommissionTerms {
    /// What an order of this kind of issue costs on a venue.
    pub const fn schedule(self, kind: InstrumentKind, venue: TradingVenue) -> CommissionSchedule {
        match self {
            Self::Plan(plan) => plan.schedule(kind, venue),
            Self::Custom(schedule) => schedule,
        }
    }
}

impl CommissionPlan {
    /// What an order of this kind of issue costs on a venue.
    pub const fn schedule(self, kind: InstrumentKind, venue: TradingVenue) -> CommissionSchedule {
        let rate_ppb = match (self, kind, venue) {
            (Self::Bankis, InstrumentKind::Etf | InstrumentKind::Etn, _) => 146_527,
            (Self::Bankis, InstrumentKind::Stock, TradingVenue::Krx) => 140_527,
            (Self::Bankis, InstrumentKind::Stock, TradingVenue::Nxt) => 130_527,
            (Self::KisPaper, _, _) => 142_000,
            (Self::FeeWaiver, _, TradingVenue::Krx) => 36_396,
            (Self::FeeWaiver, _, TradingVenue::Nxt) => 31_833,
        };
        CommissionSchedule::of_rate(rate_ppb)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{RoundingMode, RoundingUnit};

    #[test]
    fn a_minimum_is_charged_only_for_an_order_that_traded() {
        let schedule = CommissionSchedule { minimum: Won(500), ..CommissionSchedule::bankis() };
        assert_eq!(schedule.commission(Won::ZERO), Won::ZERO);
        assert_eq!(schedule.commission(Won(1)), Won(500));
        assert_eq!(schedule.commission(Won(10_000_000)), Won(1_405));
    }

    #[test]
    fn unit_and_mode_are_those_of_the_schedule() {
        // 713,000 × 0.0140527 % = 100.195751, 749,000 × 0.0140527 % = 105.254723.
        let commission = |unit, mode, amount| {
            let rounding = Rounding { unit, mode };
            CommissionSchedule { rounding, ..CommissionSchedule::bankis() }.commission(Won(amount)).0
        };
        assert_eq!(commission(RoundingUnit::Won1, RoundingMode::Floor, 749_000), 105);
        assert_eq!(commission(RoundingUnit::Won1, RoundingMode::Nearest, 749_000), 105);
        assert_eq!(commission(RoundingUnit::Won10, RoundingMode::Floor, 749_000), 100);
        assert_eq!(commission(RoundingUnit::Won10, RoundingMode::Nearest, 749_000), 110);
        assert_eq!(commission(RoundingUnit::Won10, RoundingMode::Nearest, 713_000), 100);
    }

    #[test]
    fn a_plan_tells_kinds_and_venues_apart() {
        let rate = |plan: CommissionPlan, kind, venue| plan.schedule(kind, venue).rate_ppb;
        use InstrumentKind::{Etf, Stock};
        use TradingVenue::{Krx, Nxt};
        assert_eq!(rate(CommissionPlan::Bankis, Stock, Krx), 140_527);
        assert_eq!(rate(CommissionPlan::Bankis, Stock, Nxt), 130_527);
        assert_eq!(rate(CommissionPlan::Bankis, Etf, Krx), 146_527);
        assert_eq!(rate(CommissionPlan::KisPaper, Stock, Krx), 142_000);
        assert_eq!(rate(CommissionPlan::FeeWaiver, Stock, Krx), 36_396);
        assert_eq!(rate(CommissionPlan::FeeWaiver, Stock, Nxt), 31_833);
    }

    #[test]
    fn terms_are_a_plan_or_a_schedule_and_stay_what_they_are_in_json() {
        let own = CommissionSchedule { minimum: Won(100), ..CommissionSchedule::of_rate(150_000) };
        let read = |terms: &CommissionTerms| serde_json::to_value(terms).and_then(serde_json::from_value);
        for terms in [CommissionTerms::default(), CommissionTerms::Custom(own)] {
            assert_eq!(read(&terms).ok(), Some(terms));
        }
        let etf = |terms: CommissionTerms| terms.schedule(InstrumentKind::Etf, TradingVenue::Krx).rate_ppb;
        assert_eq!((etf(CommissionTerms::default()), etf(CommissionTerms::Custom(own))), (146_527, 150_000));
    }

    #[test]
    fn an_amount_near_the_limit_of_i64_does_not_overflow() {
        assert_eq!(CommissionSchedule::bankis().commission(Won(i64::MAX)).0, 1_296_132_802_223_091);
        let absurd = CommissionSchedule { minimum: Won(i64::MIN), ..CommissionSchedule::of_rate(i64::MAX) };
        assert_eq!(absurd.commission(Won(i64::MAX)), Won(i64::MAX));
        assert_eq!(CommissionSchedule::of_rate(i64::MIN).commission(Won(i64::MAX)), Won::ZERO);
    }
}
