//! Daily price limits (가격제한폭) and the base price (기준가) they are measured from.

use chrono::NaiveDate;

use crate::time::ymd;
use crate::{InstrumentKind, Market, Price, ceil_to_tick, floor_to_tick, tick_size};

/// The lowest and the highest price an order may carry on a trade date, both on the tick grid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PriceLimits {
    /// 하한가.
    pub lower: Price,
    /// 상한가.
    pub upper: Price,
}

impl PriceLimits {
    /// True if `price` is neither below the lower nor above the upper limit.
    pub fn contains(&self, price: Price) -> bool {
        self.lower <= price && price <= self.upper
    }
}

/// The limit width in percent of the base price.
///
/// * KOSPI and KOSDAQ ±30 % from 2015-06-15 (KOSPI Business Regulation §20, KOSDAQ Business Regulation §14).
/// * ±15 % before, KOSDAQ ±12 % until 2005-03-25. Daily moves from 1999-09 on pile up at 15 %; when that era began, and
///   the KOSDAQ era of 12 %, is unconfirmed, so no older width is modelled.
/// * KONEX ±15 % throughout (KONEX Business Regulation).
fn limit_percent(market: Market, date: NaiveDate) -> i64 {
    match market {
        Market::Konex => 15,
        Market::Kospi | Market::Kosdaq if date >= ymd(2015, 6, 15) => 30,
        Market::Kosdaq if date <= ymd(2005, 3, 25) => 12,
        Market::Kospi | Market::Kosdaq => 15,
    }
}

/// The price limits of an ordinary session, from the base price of that session.
///
/// Two roundings (KOSPI Business Regulation §20(2), Enforcement Rules §31(1); KOSDAQ Enforcement Rules §17-2): the
/// width is cut to a multiple of the tick *at the base price*, at least one tick; base ± width is then moved inwards
/// to the grid *at the limit price*. `floor(0.7 × base)` and the like are wrong. The lower limit is never below the
/// lowest valid price.
///
/// Not covered, because they depend on more than the kind of issue: leveraged ETF and ETN (width times the multiple),
/// the first session of a listing (60 % to 400 % since 2023-06-26) and liquidation trading (정리매매, no limit).
pub fn price_limits(market: Market, kind: InstrumentKind, date: NaiveDate, base: Price) -> PriceLimits {
    let tick = tick_size(market, kind, date, base);
    let exact = i128::from(base.0) * i128::from(limit_percent(market, date)) / 100;
    let cut = exact - exact % i128::from(tick.0);
    let width = Price(i64::try_from(cut).expect("a part of the base price is smaller than it")).max(tick);
    PriceLimits {
        lower: ceil_to_tick(market, kind, date, base - width),
        upper: floor_to_tick(market, kind, date, base + width),
    }
}

/// The base price of the session on `date` after a regular-session close, where no corporate action intervenes.
///
/// A close off the grid of `date` is rounded up to it (Enforcement Rules §30; 60 of 60 cases observed). Closes lie off
/// the grid after a mid-price trade, or on the first day of a new tick table.
pub fn base_price(market: Market, kind: InstrumentKind, date: NaiveDate, previous_close: Price) -> Price {
    ceil_to_tick(market, kind, date, previous_close)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::is_on_tick;
    use InstrumentKind::{Etf, Stock};
    use Market::{Konex, Kosdaq, Kospi};
    use proptest::prelude::*;

    fn limits(market: Market, date: NaiveDate, base: i64) -> (i64, i64) {
        let PriceLimits { lower, upper } = price_limits(market, Stock, date, Price(base));
        (lower.0, upper.0)
    }

    #[test]
    fn limits_that_were_touched_in_the_market() {
        assert_eq!(limits(Kosdaq, ymd(2023, 1, 25), 16_450).1, 21_350);
        assert_eq!(limits(Kosdaq, ymd(2024, 1, 3), 4_335).1, 5_630);
        assert_eq!(limits(Kospi, ymd(2024, 1, 4), 4_875).1, 6_330);
        assert_eq!(limits(Kosdaq, ymd(2023, 2, 3), 1_652).1, 2_145);
        assert_eq!(limits(Kospi, ymd(2024, 1, 12), 6_820).0, 4_780);
        assert_eq!(limits(Kosdaq, ymd(2024, 2, 1), 24_600).0, 17_250);
        assert_eq!(limits(Kosdaq, ymd(2025, 1, 15), 2_615).0, 1_835);
    }

    #[test]
    fn the_width_depends_on_market_and_date() {
        assert_eq!(limits(Kospi, ymd(2015, 6, 12), 10_000), (8_500, 11_500));
        assert_eq!(limits(Kospi, ymd(2015, 6, 15), 10_000), (7_000, 13_000));
        assert_eq!(limits(Kosdaq, ymd(2005, 3, 25), 10_000), (8_800, 11_200));
        assert_eq!(limits(Kosdaq, ymd(2005, 3, 28), 10_000), (8_500, 11_500));
        assert_eq!(limits(Konex, ymd(2026, 6, 1), 10_000), (8_500, 11_500));
    }

    #[test]
    fn the_width_is_at_least_one_tick_and_no_limit_falls_to_zero() {
        assert_eq!(limits(Kospi, ymd(2026, 6, 1), 1), (1, 2));
        assert_eq!(limits(Kospi, ymd(2026, 6, 1), 3), (2, 4));
        let etf = price_limits(Kospi, Etf, ymd(2020, 1, 2), Price(5));
        assert_eq!(etf, PriceLimits { lower: Price(5), upper: Price(10) });
    }

    #[test]
    fn an_off_grid_close_is_rounded_up_to_the_base_price() {
        assert_eq!(base_price(Kospi, Stock, ymd(2026, 1, 15), Price(70_050)), Price(70_100));
        assert_eq!(base_price(Kospi, Stock, ymd(2026, 1, 15), Price(70_100)), Price(70_100));
    }

    proptest! {
        #[test]
        fn limits_are_valid_prices_around_the_base(
            market in prop::sample::select(Market::ALL.to_vec()),
            kind in prop::sample::select(InstrumentKind::ALL.to_vec()),
            date in prop::sample::select(vec![ymd(2005, 3, 25), ymd(2015, 6, 12), ymd(2022, 6, 1), ymd(2026, 6, 1)]),
            close in 1i64..3_000_000,
        ) {
            let base = base_price(market, kind, date, Price(close));
            let limits = price_limits(market, kind, date, base);
            prop_assert!(limits.contains(base));
            prop_assert!(is_on_tick(market, kind, date, limits.lower));
            prop_assert!(is_on_tick(market, kind, date, limits.upper));
            let percent = limit_percent(market, date);
            let tick = tick_size(market, kind, date, base).0;
            prop_assert!((limits.upper - base).0 <= (base.0 * percent / 100).max(tick));
            prop_assert!((base - limits.lower).0 <= (base.0 * percent / 100).max(tick));
        }
    }
}
