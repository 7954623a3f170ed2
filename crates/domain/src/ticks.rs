//! Tick sizes (호가가격단위) by market, kind of issue and trade date, and the arithmetic of the price grid.
//!
//! Source: KOSPI Market Business Regulation, Enforcement Rules §32 and KOSDAQ Enforcement Rules §18 for the tables in
//! force; the press of the time and 786,096 raw prices without one off the grid for the table before 2023-01-25.
//!
//! The grid is a rule for *orders*. Prices of trades may lie off it: since 2025-03-04 a mid-price order (중간가호가)
//! trades at the floor of half a tick, which [`is_valid_print`] takes and [`is_on_tick`] does not.
//!
//! No price makes these functions fail. Where the grid has no price below, the answer is [`Price::ZERO`]; where the
//! range of `i64` has none above, it is the highest one in that range.

use chrono::NaiveDate;

use crate::time::ymd;
use crate::{InstrumentKind, Market, Price};

/// One price band: prices below `below`, and not in the band before, move in steps of `tick` won.
struct Band {
    below: i64,
    tick: i64,
}

const fn band(below: i64, tick: i64) -> Band {
    Band { below, tick }
}

/// The bands in force from a trade date on, lowest first, and the tick above them.
struct TickTable {
    valid_from: NaiveDate,
    bands: &'static [Band],
    tick_above: i64,
}

/// One table for the shares of all markets: KOSPI Enforcement Rules §32, KOSDAQ Enforcement Rules §18.
const STOCK_2023: TickTable = TickTable {
    valid_from: ymd(2023, 1, 25),
    bands: &[
        band(2_000, 1),
        band(5_000, 5),
        band(20_000, 10),
        band(50_000, 50),
        band(200_000, 100),
        band(500_000, 500),
    ],
    tick_above: 1_000,
};

/// Shares on KOSPI, latest table first.
const KOSPI_STOCK: &[TickTable] = &[
    STOCK_2023,
    // One won below 1,000, from the KRX notice of 2010.
    TickTable {
        valid_from: ymd(2010, 10, 4),
        bands: &[
            band(1_000, 1),
            band(5_000, 5),
            band(10_000, 10),
            band(50_000, 50),
            band(100_000, 100),
            band(500_000, 500),
        ],
        tick_above: 1_000,
    },
    // Official text unconfirmed; all 10,845 closes below 1,000 won before 2010-10-04 are multiples of 5.
    TickTable {
        valid_from: NaiveDate::MIN,
        bands: &[band(5_000, 5), band(10_000, 10), band(50_000, 50), band(100_000, 100), band(500_000, 500)],
        tick_above: 1_000,
    },
];

/// Shares on KOSDAQ and KONEX, latest table first. Until 2023-01-24 no tick there was above 100 won.
const KOSDAQ_STOCK: &[TickTable] = &[
    STOCK_2023,
    TickTable {
        valid_from: ymd(2010, 10, 4),
        bands: &[band(1_000, 1), band(5_000, 5), band(10_000, 10), band(50_000, 50)],
        tick_above: 100,
    },
    // Official text unconfirmed, as for KOSPI.
    TickTable {
        valid_from: NaiveDate::MIN,
        bands: &[band(5_000, 5), band(10_000, 10), band(50_000, 50)],
        tick_above: 100,
    },
];

/// ETF and ETN, latest table first. The date is that of the addendum of 2023-10-17 to KOSPI Enforcement Rules §32; the
/// flat 5 won before are from the press.
const ETF_ETN: &[TickTable] = &[
    TickTable { valid_from: ymd(2023, 12, 11), bands: &[band(2_000, 1)], tick_above: 5 },
    TickTable { valid_from: NaiveDate::MIN, bands: &[], tick_above: 5 },
];

/// The first day of mid-price orders (중간가호가) on KRX.
const MID_PRICE_ORDERS: NaiveDate = ymd(2025, 3, 4);

/// The table for an issue on a trade date.
fn tick_table(market: Market, kind: InstrumentKind, date: NaiveDate) -> &'static TickTable {
    let tables = match (kind, market) {
        (InstrumentKind::Etf | InstrumentKind::Etn, _) => ETF_ETN,
        (InstrumentKind::Stock, Market::Kospi) => KOSPI_STOCK,
        (InstrumentKind::Stock, Market::Kosdaq | Market::Konex) => KOSDAQ_STOCK,
    };
    tables.iter().find(|table| table.valid_from <= date).expect("the oldest table is valid from the first date on")
}

/// The tick at `price` in won: the step from a valid price to the next one above it.
pub fn tick_size(market: Market, kind: InstrumentKind, date: NaiveDate, price: Price) -> Price {
    let table = tick_table(market, kind, date);
    let band = table.bands.iter().find(|band| price.0 < band.below);
    Price(band.map_or(table.tick_above, |band| band.tick))
}

/// True if an order may carry `price`: positive and a multiple of its tick.
pub fn is_on_tick(market: Market, kind: InstrumentKind, date: NaiveDate, price: Price) -> bool {
    price.is_positive() && price.0 % tick_size(market, kind, date, price).0 == 0
}

/// True if a trade can have been made at `price`: on the grid, or since 2025-03-04 on KOSPI and KOSDAQ half way between
/// two neighbouring valid prices, cut to whole won (mid-price orders, KOSPI Enforcement Rules §4-2).
///
/// All 535 off-grid prices among 354,828 of January and February 2026 are such halves, none of them on KONEX. A middle
/// between best quotes that stand on two sides of a band edge could lie elsewhere; none has been seen. Whether ETF and
/// ETN take mid-price orders is unconfirmed, so their halves are taken too.
pub fn is_valid_print(market: Market, kind: InstrumentKind, date: NaiveDate, price: Price) -> bool {
    if is_on_tick(market, kind, date, price) {
        return true;
    }
    if date < MID_PRICE_ORDERS || market == Market::Konex {
        return false;
    }
    let floor = floor_to_tick(market, kind, date, price);
    let ceil = ceil_to_tick(market, kind, date, price);
    floor.is_positive() && price.0 == floor.0 + (ceil.0 - floor.0) / 2
}

/// The highest valid price at or below `price`; [`Price::ZERO`], which is no price, if there is none.
pub fn floor_to_tick(market: Market, kind: InstrumentKind, date: NaiveDate, price: Price) -> Price {
    if !price.is_positive() {
        return Price::ZERO;
    }
    // Band edges are multiples of the ticks on both sides of them, so the result stays in the band or on its edge.
    Price(price.0 - price.0 % tick_size(market, kind, date, price).0)
}

/// The lowest valid price at or above `price`.
pub fn ceil_to_tick(market: Market, kind: InstrumentKind, date: NaiveDate, price: Price) -> Price {
    let price = price.max(Price(1));
    let floor = floor_to_tick(market, kind, date, price);
    if floor == price {
        return price;
    }
    floor.checked_add(tick_size(market, kind, date, price)).unwrap_or(floor)
}

/// The valid price nearest to `price`; half way between two it is the higher one.
pub fn round_to_tick(market: Market, kind: InstrumentKind, date: NaiveDate, price: Price) -> Price {
    let ceil = ceil_to_tick(market, kind, date, price);
    let floor = floor_to_tick(market, kind, date, price);
    if floor.is_positive() && price - floor < ceil - price { floor } else { ceil }
}

/// The next valid price above `price`.
pub fn tick_up(market: Market, kind: InstrumentKind, date: NaiveDate, price: Price) -> Price {
    ceil_to_tick(market, kind, date, Price(price.0.saturating_add(1)))
}

/// The next valid price below `price`; [`Price::ZERO`], which is no price, if there is none.
pub fn tick_down(market: Market, kind: InstrumentKind, date: NaiveDate, price: Price) -> Price {
    floor_to_tick(market, kind, date, Price(price.0.saturating_sub(1)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use InstrumentKind::{Etf, Etn, Stock};
    use Market::{Konex, Kosdaq, Kospi};
    use proptest::prelude::*;

    /// The days on both sides of the changes of the stock table and of the ETF table.
    const DATES: [NaiveDate; 6] =
        [ymd(2010, 10, 1), ymd(2010, 10, 4), ymd(2023, 1, 24), ymd(2023, 1, 25), ymd(2023, 12, 8), ymd(2023, 12, 11)];
    const TODAY: NaiveDate = ymd(2026, 6, 1);

    #[test]
    fn ticks_change_with_the_trade_date() {
        let expected = [
            (Kosdaq, Stock, 120_000, [100, 100, 100, 100, 100, 100]),
            (Kospi, Stock, 120_000, [500, 500, 500, 100, 100, 100]),
            (Kospi, Stock, 1_500, [5, 5, 5, 1, 1, 1]),
            (Kospi, Stock, 15_000, [50, 50, 50, 10, 10, 10]),
            (Kosdaq, Stock, 600_000, [100, 100, 100, 1_000, 1_000, 1_000]),
            (Konex, Stock, 600_000, [100, 100, 100, 1_000, 1_000, 1_000]),
            (Kospi, Stock, 999, [5, 1, 1, 1, 1, 1]),
            (Kospi, Etf, 1_500, [5, 5, 5, 5, 5, 1]),
            (Kospi, Etn, 2_000, [5, 5, 5, 5, 5, 5]),
            (Kospi, Etf, 600_000, [5, 5, 5, 5, 5, 5]),
        ];
        for (market, kind, price, ticks) in expected {
            let found = DATES.map(|date| tick_size(market, kind, date, Price(price)).0);
            assert_eq!(found, ticks, "{market} {kind} at {price}");
        }
    }

    #[test]
    fn every_band_begins_at_its_lower_edge() {
        let edges = [(2_000, 1, 5), (5_000, 5, 10), (20_000, 10, 50), (50_000, 50, 100), (200_000, 100, 500)];
        for (edge, below, from) in edges {
            assert_eq!(tick_size(Kospi, Stock, TODAY, Price(edge - 1)), Price(below), "below {edge}");
            assert_eq!(tick_size(Kospi, Stock, TODAY, Price(edge)), Price(from), "from {edge}");
        }
    }

    #[test]
    fn one_tick_crosses_a_band_edge_with_the_tick_of_its_side() {
        assert_eq!(tick_down(Kospi, Stock, TODAY, Price(2_000)), Price(1_999));
        assert_eq!(tick_down(Kospi, Stock, TODAY, Price(5_000)), Price(4_995));
        assert_eq!(tick_down(Kospi, Stock, TODAY, Price(50_000)), Price(49_950));
        assert_eq!(tick_up(Kospi, Stock, TODAY, Price(199_900)), Price(200_000));
        assert_eq!(tick_up(Kospi, Stock, TODAY, Price(200_000)), Price(200_500));
    }

    #[test]
    fn off_the_grid_one_tick_is_the_neighbouring_valid_price() {
        assert_eq!(tick_up(Kospi, Stock, TODAY, Price(70_050)), Price(70_100));
        assert_eq!(tick_down(Kospi, Stock, TODAY, Price(70_050)), Price(70_000));
        assert_eq!(round_to_tick(Kospi, Stock, TODAY, Price(70_049)), Price(70_000));
        assert_eq!(round_to_tick(Kospi, Stock, TODAY, Price(70_050)), Price(70_100));
    }

    #[test]
    fn below_the_lowest_price_there_is_none() {
        assert_eq!(tick_down(Kospi, Stock, TODAY, Price(1)), Price::ZERO);
        assert_eq!(floor_to_tick(Kospi, Etf, ymd(2020, 1, 2), Price(4)), Price::ZERO);
        assert_eq!(round_to_tick(Kospi, Etf, ymd(2020, 1, 2), Price(1)), Price(5));
        assert!(!is_on_tick(Kospi, Stock, TODAY, Price::ZERO));
        assert!(!is_on_tick(Kospi, Stock, TODAY, Price(-100)));
    }

    #[test]
    fn a_trade_may_be_half_way_between_two_ticks_since_mid_price_orders_exist() {
        let halves = [(2_002, 5), (10_005, 10), (20_025, 50), (70_050, 100), (200_250, 500), (500_500, 1_000)];
        for (price, tick) in halves {
            let printed = |market, date| is_valid_print(market, Stock, date, Price(price));
            assert!(printed(Kospi, TODAY) && printed(Kosdaq, ymd(2025, 3, 4)), "half of {tick} at {price}");
            assert!(!printed(Kospi, ymd(2025, 3, 3)) && !printed(Konex, TODAY), "half of {tick} at {price}");
            assert!(!is_on_tick(Kospi, Stock, TODAY, Price(price)));
        }
        for price in [-5, 0, 2_001, 2_003, 10_004, 70_049, 70_051] {
            assert!(!is_valid_print(Kospi, Stock, TODAY, Price(price)), "{price}");
        }
        // Half of 5 won below the lowest valid price of an ETF of old.
        assert!(!is_valid_print(Kospi, Etf, ymd(2020, 1, 2), Price(2)));
    }

    fn issue() -> impl Strategy<Value = (Market, InstrumentKind, NaiveDate)> {
        let markets =
            prop::sample::select(vec![(Kospi, Stock), (Kosdaq, Stock), (Konex, Stock), (Kospi, Etf), (Kospi, Etn)]);
        (markets, prop::sample::select(DATES.to_vec())).prop_map(|((market, kind), date)| (market, kind, date))
    }

    /// Prices around both ends of the range.
    fn far_out() -> impl Strategy<Value = i64> {
        prop_oneof![i64::MAX - 3_000..=i64::MAX, i64::MIN..=i64::MIN + 3_000, any::<i64>()]
    }

    proptest! {
        #[test]
        fn rounding_lands_on_the_grid_and_stays_there((market, kind, date) in issue(), price in 1i64..3_000_000) {
            let price = Price(price);
            let ceil = ceil_to_tick(market, kind, date, price);
            let floor = floor_to_tick(market, kind, date, price);
            let round = round_to_tick(market, kind, date, price);
            prop_assert!(floor <= price && price <= ceil);
            prop_assert!(round == floor || round == ceil);
            for rounded in [ceil, round] {
                prop_assert!(is_on_tick(market, kind, date, rounded));
                prop_assert_eq!(floor_to_tick(market, kind, date, rounded), rounded);
                prop_assert_eq!(ceil_to_tick(market, kind, date, rounded), rounded);
                prop_assert_eq!(round_to_tick(market, kind, date, rounded), rounded);
            }
            prop_assert!(floor == Price::ZERO || is_on_tick(market, kind, date, floor));
        }

        #[test]
        fn a_valid_order_price_is_a_valid_print((market, kind, date) in issue(), price in 1i64..3_000_000) {
            let price = Price(price);
            prop_assert!(is_valid_print(market, kind, date, price) || !is_on_tick(market, kind, date, price));
        }

        #[test]
        fn no_price_is_too_far_out((market, kind, date) in issue(), price in far_out()) {
            let price = Price(price);
            let ceil = ceil_to_tick(market, kind, date, price);
            prop_assert!(is_on_tick(market, kind, date, ceil));
            prop_assert!(is_on_tick(market, kind, date, round_to_tick(market, kind, date, price)));
            prop_assert!(is_on_tick(market, kind, date, tick_up(market, kind, date, price)));
            prop_assert!(floor_to_tick(market, kind, date, price) <= ceil);
            prop_assert!(tick_down(market, kind, date, price) <= ceil);
            prop_assert!(!is_on_tick(market, kind, date, price) || is_valid_print(market, kind, date, price));
        }

        #[test]
        fn up_and_down_undo_each_other_on_the_grid((market, kind, date) in issue(), price in 10i64..3_000_000) {
            let price = ceil_to_tick(market, kind, date, Price(price));
            prop_assert_eq!(tick_down(market, kind, date, tick_up(market, kind, date, price)), price);
            prop_assert_eq!(tick_up(market, kind, date, tick_down(market, kind, date, price)), price);
        }
    }
}
