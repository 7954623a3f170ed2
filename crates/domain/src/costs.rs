//! What a trade costs: the broker's commission, and the taxes of a sale.
//!
//! Costs are counted per order ([`CommissionSchedule`]). Each tax is cut to whole won by itself (원 미만 절사): common
//! practice, unconfirmed.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::time::ymd;
use crate::{CommissionSchedule, InstrumentKind, Market, Rounding, Side, Won, settlement_date};

/// How each tax of an order is rounded.
const TAX_ROUNDING: Rounding = Rounding::WON_FLOOR;

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

/// The rates of both taxes on a sale, in hundredths of a percent of the amount.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SaleTaxRates {
    /// Securities transaction tax (증권거래세).
    pub transaction: i64,
    /// Rural special tax (농어촌특별세), KOSPI only.
    pub rural: i64,
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

/// The tax rates in force on the settlement date (the transfer).
///
/// ETF and ETN bear none. REIT, preferred shares, depositary receipts and trades on Nextrade are taxed as the market of
/// listing (unconfirmed). The 15.4 % withheld on gains of ETF that are not domestic-equity ETF depends on the holder's
/// cost and is not covered.
pub fn sale_tax_rates(market: Market, kind: InstrumentKind, settlement_date: NaiveDate) -> SaleTaxRates {
    if kind != InstrumentKind::Stock {
        return SaleTaxRates::default();
    }
    let rates = TAX_RATES
        .iter()
        .find(|rates| rates.valid_from <= settlement_date)
        .expect("the oldest rates are valid from the first date on");
    match market {
        Market::Kospi => SaleTaxRates { transaction: rates.kospi, rural: rates.kospi_rural },
        Market::Kosdaq => SaleTaxRates { transaction: rates.kosdaq, rural: 0 },
        Market::Konex => SaleTaxRates { transaction: rates.konex, rural: 0 },
    }
}

/// The taxes on shares sold for `amount`, by the [rates](sale_tax_rates) of the settlement date.
pub fn sale_tax(market: Market, kind: InstrumentKind, settlement_date: NaiveDate, amount: Won) -> SaleTax {
    let rates = sale_tax_rates(market, kind, settlement_date);
    let tax = |rate| TAX_ROUNDING.share(amount.max(Won::ZERO), rate, 10_000);
    SaleTax { transaction: tax(rates.transaction), rural: tax(rates.rural) }
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
pub fn order_costs(
    schedule: &CommissionSchedule,
    side: Side,
    market: Market,
    kind: InstrumentKind,
    trade_date: NaiveDate,
    cum_amount: Won,
) -> OrderCosts {
    let note = contract_note(schedule, side, market, kind, trade_date, cum_amount);
    OrderCosts { commission: note.commission, tax: note.tax.total() }
}

/// What a broker's contract note (매매거래 내역) says of one order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ContractNote {
    /// When cash and shares change hands; `None` where the calendar does not reach that day.
    pub settles_on: Option<NaiveDate>,
    /// Commission.
    pub commission: Won,
    /// Taxes; none on a buy.
    pub tax: SaleTax,
    /// What the order does to the cash of the account: negative for a buy.
    pub cash_flow: Won,
}

/// The contract note of an order that traded `amount` on `trade_date`.
///
/// The taxes are those of the settlement date; where the calendar does not reach it, those of the trade date. A cash
/// flow beyond the range of `i64` ends at its limit.
pub fn contract_note(
    schedule: &CommissionSchedule,
    side: Side,
    market: Market,
    kind: InstrumentKind,
    trade_date: NaiveDate,
    amount: Won,
) -> ContractNote {
    let settles_on = settlement_date(trade_date);
    let commission = schedule.commission(amount);
    let (tax, cash_flow) = match side {
        Side::Buy => (SaleTax::default(), 0i64.saturating_sub(amount.0).saturating_sub(commission.0)),
        Side::Sell => {
            let tax = sale_tax(market, kind, settles_on.unwrap_or(trade_date), amount);
            (tax, amount.0.saturating_sub(commission.0).saturating_sub(tax.total().0))
        }
    };
    ContractNote { settles_on, commission, tax, cash_flow: Won(cash_flow) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{RoundingMode, RoundingUnit};
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
    fn an_order_at_the_end_of_the_range_has_a_note() {
        let note =
            |side| contract_note(&CommissionSchedule::bankis(), side, Kospi, Stock, ymd(2026, 6, 1), Won(i64::MAX));
        assert_eq!(note(Side::Buy).cash_flow, Won(i64::MIN));
        assert!(note(Side::Sell).cash_flow.is_positive());
        assert_eq!(note(Side::Sell).settles_on, Some(ymd(2026, 6, 4)));
    }

    fn rounding() -> impl Strategy<Value = Rounding> {
        let units = prop::sample::select(RoundingUnit::ALL.to_vec());
        let modes = prop::sample::select(RoundingMode::ALL.to_vec());
        (units, modes).prop_map(|(unit, mode)| Rounding { unit, mode })
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
            rounding in rounding(),
            (less, more) in (0i64..1_000_000_000_000, 0i64..1_000_000_000),
        ) {
            let schedule = CommissionSchedule { rate_ppb, minimum: Won(minimum), rounding };
            let date = ymd(1990, 1, 3) + chrono::TimeDelta::days(days);
            let costs = |amount| order_costs(&schedule, side, market, kind, date, Won(amount));
            let (small, large) = (costs(less), costs(less + more));
            prop_assert!(small.commission >= Won::ZERO && small.tax >= Won::ZERO);
            prop_assert!(large.commission >= small.commission && large.tax >= small.tax);
        }
    }
}
