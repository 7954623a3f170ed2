//! What a trade costs: the broker's commission, and the taxes of a sale.
//!
//! Costs are counted per order, not per fill: a partial fill costs what the order costs after it less what it cost
//! before it, so that splitting an order changes nothing. Whether KIS counts per order, and whether it truncates to
//! 1 won or to 10 won, is unconfirmed; 1 won per order follows account statements best. A tax is truncated to whole
//! won, each tax by itself (common practice, unconfirmed).

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::time::ymd;
use crate::{InstrumentKind, Market, Side, Won, settlement_date};

/// A broker's commission (위탁수수료) on the amount traded, the same for buys and sells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommissionSchedule {
    /// Rate in parts per billion of the amount: 0.0140527 % is 140,527. Negative rates count as zero.
    pub rate_ppb: i64,
    /// The least an order with any fill costs.
    pub minimum: Won,
}

impl CommissionSchedule {
    /// KIS BanKIS online account, shares on KRX: 0.0140527 % a side (KIS price list, press).
    pub const fn bankis() -> Self {
        Self { rate_ppb: 140_527, minimum: Won::ZERO }
    }

    /// KIS BanKIS online account, ETF and ETN: 0.0146527 % a side (KIS price list, press).
    pub const fn bankis_etf() -> Self {
        Self { rate_ppb: 146_527, minimum: Won::ZERO }
    }

    /// Commission of an order that traded `amount` so far, cut to whole won; zero while nothing is traded.
    pub fn commission(&self, amount: Won) -> Won {
        if !amount.is_positive() {
            return Won::ZERO;
        }
        share(amount, self.rate_ppb.max(0), 1_000_000_000).max(self.minimum).max(Won::ZERO)
    }
}

/// The taxes of a sale in won, each truncated by itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SaleTax {
    /// Securities transaction tax (증권거래세).
    pub transaction: Won,
    /// Rural special tax (농어촌특별세), KOSPI only.
    pub rural: Won,
}

impl SaleTax {
    /// Both taxes together.
    pub fn total(&self) -> Won {
        self.transaction + self.rural
    }
}

/// Tax rates in hundredths of a percent, in force from a settlement date on.
struct TaxRates {
    valid_from: NaiveDate,
    kospi: i64,
    kospi_rural: i64,
    kosdaq: i64,
    konex: i64,
}

/// Securities Transaction Tax Act and its decree, Rural Special Tax Act; latest rates first. The years 2019, 2020 and
/// 2024 were announced by KRX with the first trade date, which confirms that the settlement date decides.
const TAX_RATES: &[TaxRates] = &[
    TaxRates { valid_from: ymd(2026, 1, 1), kospi: 5, kospi_rural: 15, kosdaq: 20, konex: 10 },
    TaxRates { valid_from: ymd(2025, 1, 1), kospi: 0, kospi_rural: 15, kosdaq: 15, konex: 10 },
    TaxRates { valid_from: ymd(2024, 1, 1), kospi: 3, kospi_rural: 15, kosdaq: 18, konex: 10 },
    TaxRates { valid_from: ymd(2023, 1, 1), kospi: 5, kospi_rural: 15, kosdaq: 20, konex: 10 },
    TaxRates { valid_from: ymd(2021, 1, 1), kospi: 8, kospi_rural: 15, kosdaq: 23, konex: 10 },
    TaxRates { valid_from: ymd(2019, 6, 3), kospi: 10, kospi_rural: 15, kosdaq: 25, konex: 10 },
    // Since 1996. Rates before that year are unconfirmed; these are used for them too.
    TaxRates { valid_from: NaiveDate::MIN, kospi: 15, kospi_rural: 15, kosdaq: 30, konex: 30 },
];

/// The taxes on shares sold for `amount`, by the rates in force on the settlement date (the transfer).
///
/// ETF and ETN bear none. REIT, preferred shares and depositary receipts are taxed as their market (unconfirmed). The
/// 15.4 % withheld on gains of ETF that are not domestic-equity ETF depends on the holder's cost and is not covered.
pub fn sale_tax(market: Market, kind: InstrumentKind, settlement_date: NaiveDate, amount: Won) -> SaleTax {
    if kind != InstrumentKind::Stock || !amount.is_positive() {
        return SaleTax::default();
    }
    let rates = TAX_RATES
        .iter()
        .find(|rates| rates.valid_from <= settlement_date)
        .expect("the oldest rates are valid from the first date on");
    let (transaction, rural) = match market {
        Market::Kospi => (rates.kospi, rates.kospi_rural),
        Market::Kosdaq => (rates.kosdaq, 0),
        Market::Konex => (rates.konex, 0),
    };
    SaleTax { transaction: share(amount, transaction, 10_000), rural: share(amount, rural, 10_000) }
}

/// What an order has cost so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderCosts {
    /// Commission in won.
    pub commission: Won,
    /// Transaction tax and rural special tax in won; zero for a buy.
    pub tax: Won,
}

/// The costs of an order that traded `cum_amount` on `trade_date` so far.
///
/// Where the calendar does not reach the settlement date, the rates of the trade date are used.
pub fn order_costs(
    schedule: &CommissionSchedule,
    side: Side,
    market: Market,
    kind: InstrumentKind,
    trade_date: NaiveDate,
    cum_amount: Won,
) -> OrderCosts {
    let tax = match side {
        Side::Buy => Won::ZERO,
        Side::Sell => {
            let settles = settlement_date(trade_date).unwrap_or(trade_date);
            sale_tax(market, kind, settles, cum_amount).total()
        }
    };
    OrderCosts { commission: schedule.commission(cum_amount), tax }
}

/// `amount × parts / whole`, truncated to whole won.
fn share(amount: Won, parts: i64, whole: i64) -> Won {
    let share = i128::from(amount.0) * i128::from(parts) / i128::from(whole);
    Won(i64::try_from(share).expect("costs left the range of i64: the rate is absurd"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use InstrumentKind::{Etf, Etn, Stock};
    use Market::{Konex, Kosdaq, Kospi};
    use proptest::prelude::*;

    const AMOUNT: Won = Won(713_000);

    #[test]
    fn a_sale_in_2026_pays_commission_tax_and_rural_tax() {
        let costs =
            |market| order_costs(&CommissionSchedule::bankis(), Side::Sell, market, Stock, ymd(2026, 6, 1), AMOUNT);
        assert_eq!(costs(Kospi), OrderCosts { commission: Won(100), tax: Won(356 + 1_069) });
        assert_eq!(costs(Kosdaq), OrderCosts { commission: Won(100), tax: Won(1_426) });
    }

    #[test]
    fn a_buy_and_an_etf_bear_no_tax() {
        let schedule = CommissionSchedule::bankis();
        let date = ymd(2026, 6, 1);
        assert_eq!(order_costs(&schedule, Side::Buy, Kospi, Stock, date, AMOUNT).tax, Won::ZERO);
        for kind in [Etf, Etn] {
            assert_eq!(order_costs(&schedule, Side::Sell, Kospi, kind, date, AMOUNT).tax, Won::ZERO);
        }
    }

    #[test]
    fn the_settlement_date_decides_the_rate() {
        // Last trade date of the old rate, first trade date of the new one, then KOSPI, KOSDAQ and KONEX in 1/10,000.
        let changes = [
            (ymd(2019, 5, 29), ymd(2019, 5, 30), [25, 25, 10]),
            (ymd(2020, 12, 28), ymd(2020, 12, 29), [23, 23, 10]),
            (ymd(2022, 12, 27), ymd(2022, 12, 28), [20, 20, 10]),
            (ymd(2023, 12, 26), ymd(2023, 12, 27), [18, 18, 10]),
            (ymd(2024, 12, 26), ymd(2024, 12, 27), [15, 15, 10]),
            (ymd(2025, 12, 26), ymd(2025, 12, 29), [20, 20, 10]),
        ];
        let schedule = CommissionSchedule::bankis();
        let rates = |date| {
            [Kospi, Kosdaq, Konex].map(|m| order_costs(&schedule, Side::Sell, m, Stock, date, Won(10_000)).tax.0)
        };
        let mut before = [30, 30, 30];
        for (last, first, after) in changes {
            assert_eq!(rates(last), before, "{last}");
            assert_eq!(rates(first), after, "{first}");
            before = after;
        }
    }

    #[test]
    fn each_tax_is_truncated_by_itself() {
        let tax = sale_tax(Kospi, Stock, ymd(2026, 6, 3), Won(1_999));
        assert_eq!(tax, SaleTax { transaction: Won(0), rural: Won(2) });
        assert_eq!(sale_tax(Kospi, Stock, ymd(2025, 6, 3), AMOUNT), SaleTax { transaction: Won(0), rural: Won(1_069) });
    }

    #[test]
    fn a_minimum_is_charged_only_for_an_order_that_traded() {
        let schedule = CommissionSchedule { rate_ppb: 140_527, minimum: Won(500) };
        assert_eq!(schedule.commission(Won::ZERO), Won::ZERO);
        assert_eq!(schedule.commission(Won(1)), Won(500));
        assert_eq!(schedule.commission(Won(10_000_000)), Won(1_405));
    }

    #[test]
    fn an_amount_near_the_limit_of_i64_does_not_overflow() {
        assert_eq!(CommissionSchedule::bankis().commission(Won(i64::MAX)).0, 1_296_132_802_223_091);
        assert_eq!(CommissionSchedule::bankis_etf().commission(Won(1_000_000_000)), Won(146_527));
    }

    proptest! {
        #[test]
        fn costs_are_never_negative_and_grow_with_the_amount(
            market in prop::sample::select(Market::ALL.to_vec()),
            kind in prop::sample::select(InstrumentKind::ALL.to_vec()),
            side in prop::sample::select(Side::ALL.to_vec()),
            days in 0i64..13_000,
            rate_ppb in -10i64..10_000_000,
            minimum in -10i64..5_000,
            (less, more) in (0i64..1_000_000_000_000, 0i64..1_000_000_000),
        ) {
            let schedule = CommissionSchedule { rate_ppb, minimum: Won(minimum) };
            let date = ymd(1990, 1, 3) + chrono::TimeDelta::days(days);
            let costs = |amount| order_costs(&schedule, side, market, kind, date, Won(amount));
            let (small, large) = (costs(less), costs(less + more));
            prop_assert!(small.commission >= Won::ZERO && small.tax >= Won::ZERO);
            prop_assert!(large.commission >= small.commission && large.tax >= small.tax);
        }
    }
}
