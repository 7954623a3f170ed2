//! Tests of the price limits.

use super::*;
use crate::{base_price, is_on_tick};
use InstrumentKind::{Etf, Etn, Stock};
use Market::{Konex, Kosdaq, Kospi};
use proptest::prelude::*;

const TODAY: NaiveDate = ymd(2026, 6, 1);

fn limits(market: Market, date: NaiveDate, base: i64) -> (i64, i64) {
    let PriceLimits { lower, upper } = price_limits(market, Stock, date, Price(base));
    (lower.0, upper.0)
}

/// The limits of an issue listed on `listed`.
fn limits_since(listed: NaiveDate, market: Market, date: NaiveDate, base: i64) -> Option<(i64, i64)> {
    let terms = LimitTerms { listed_on: Some(listed), ..LimitTerms::ORDINARY };
    let limits = LimitRule::on(date, market, Stock, terms).limits(market, Stock, date, Price(base))?;
    Some((limits.lower.0, limits.upper.0))
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
    assert_eq!(limits(Konex, TODAY, 10_000), (8_500, 11_500));
}

/// The after-hours prices of a KOSPI stock, from its base price and its close.
fn after_hours(date: NaiveDate, base: i64, close: i64) -> (i64, i64) {
    let daily = price_limits(Kospi, Stock, date, Price(base));
    let PriceLimits { lower, upper } = after_hours_single_limits(Kospi, Stock, date, Price(close), Some(daily));
    (lower.0, upper.0)
}

#[test]
fn after_hours_a_tenth_of_the_close_is_allowed_inside_the_limits_of_the_day() {
    assert_eq!(after_hours(TODAY, 70_000, 70_000), (63_000, 77_000));
    // 10 % of 4,875 is 487.5, cut to 485; 5,360 is on the grid of 10 won, 4,390 on that of 5.
    assert_eq!(after_hours(TODAY, 4_875, 4_875), (4_390, 5_360));
    // The daily limits of 10,000 won are 7,000 and 13,000.
    assert_eq!(after_hours(TODAY, 10_000, 12_500), (11_250, 13_000));
    assert_eq!(after_hours(TODAY, 10_000, 7_000), (7_000, 7_700));
    // A close between two ticks, as NXT makes them, has a band on the grid.
    assert_eq!(after_hours(TODAY, 70_000, 70_050), (63_100, 77_000));
    let liquidation = after_hours_single_limits(Kospi, Stock, TODAY, Price(10_000), None);
    assert_eq!(liquidation, PriceLimits { lower: Price(9_000), upper: Price(11_000) });
}

#[test]
fn after_hours_the_width_doubled_in_september_2014() {
    assert_eq!(after_hours(ymd(2014, 8, 29), 10_000, 10_000), (9_500, 10_500));
    assert_eq!(after_hours(ymd(2014, 9, 1), 10_000, 10_000), (9_000, 11_000));
}

#[test]
fn the_width_is_at_least_one_tick_and_no_limit_falls_to_zero() {
    assert_eq!(limits(Kospi, TODAY, 1), (1, 2));
    assert_eq!(limits(Kospi, TODAY, 3), (2, 4));
    let etf = price_limits(Kospi, Etf, ymd(2020, 1, 2), Price(5));
    assert_eq!(etf, PriceLimits { lower: Price(5), upper: Price(10) });
}

#[test]
fn a_new_listing_may_fall_to_sixty_percent_and_rise_to_fourfold() {
    let first = ymd(2024, 1, 24);
    assert_eq!(limits_since(first, Kosdaq, first, 5_300), Some((3_180, 21_200)), "touched at the top");
    assert_eq!(limits_since(first, Kosdaq, ymd(2024, 1, 25), 21_200), Some((14_850, 27_550)), "ordinary again");
    assert_eq!(limits_since(ymd(2024, 1, 26), Kosdaq, ymd(2024, 1, 26), 7_300), Some((4_380, 29_200)));
    assert_eq!(limits_since(first, Konex, first, 10_000), Some((8_500, 11_500)));
    // 40 % of 5,310 is 2,124, cut to 2,120.
    assert_eq!(limits_since(first, Kospi, first, 5_310), Some((3_190, 21_200)), "21,240 is off the grid");
}

#[test]
fn before_2023_06_26_an_auction_made_the_base_price_of_a_new_listing() {
    for (date, rule) in [
        (ymd(2023, 6, 23), LimitRule::FirstSessionByAuction { width: 3_000 }),
        (ymd(2023, 6, 26), LimitRule::FirstSession),
        (ymd(2010, 1, 28), LimitRule::FirstSessionByAuction { width: 1_500 }),
    ] {
        let terms = LimitTerms { listed_on: Some(date), ..LimitTerms::ORDINARY };
        assert_eq!(LimitRule::on(date, Kosdaq, Stock, terms), rule, "{date}");
    }
    let rule = LimitRule::FirstSessionByAuction { width: 3_000 };
    let auction = rule.opening_auction(Kosdaq, Stock, ymd(2021, 1, 27), Price(11_500));
    assert_eq!(auction, Some(PriceLimits { lower: Price(10_350), upper: Price(23_000) }));
    // Opened at 23,000, twice the offer price, and closed at the upper limit from there.
    assert_eq!(limits_since(ymd(2021, 1, 27), Kosdaq, ymd(2021, 1, 27), 23_000), Some((16_100, 29_900)));
    assert_eq!(LimitRule::FirstSession.opening_auction(Kosdaq, Stock, TODAY, Price(11_500)), None);
}

#[test]
fn a_multiple_widens_the_limits_of_funds_and_notes_only() {
    let width =
        |kind, multiple, date| LimitRule::on(date, Kospi, kind, LimitTerms { multiple, ..LimitTerms::ORDINARY });
    assert_eq!(width(Etf, 200, TODAY), LimitRule::Ordinary { width: 6_000 });
    assert_eq!(width(Etn, 150, TODAY), LimitRule::Ordinary { width: 4_500 });
    assert_eq!(width(Etf, 50, TODAY), LimitRule::Ordinary { width: 3_000 }, "below one it is not applied");
    assert_eq!(width(Stock, 200, TODAY), LimitRule::Ordinary { width: 3_000 });
    assert_eq!(width(Etf, 200, ymd(2015, 6, 12)), LimitRule::Ordinary { width: 3_000 }, "twice 15 %");
    let limits = width(Etf, 200, TODAY).limits(Kospi, Etf, TODAY, Price(10_005));
    assert_eq!(limits, Some(PriceLimits { lower: Price(4_005), upper: Price(16_005) }));
    let below_zero = width(Etn, 400, TODAY).limits(Kospi, Etn, TODAY, Price(10_000));
    assert_eq!(below_zero, Some(PriceLimits { lower: Price(1), upper: Price(22_000) }));
}

#[test]
fn liquidation_trading_has_no_limit_and_the_issue_itself_says_so() {
    let mut instrument = Instrument::new("005930".parse().expect("a symbol"), Kospi, Stock);
    instrument.listed_on = Some(ymd(1975, 6, 11));
    assert_eq!(LimitRule::on(TODAY, Kospi, Stock, LimitTerms::of(&instrument)), LimitRule::Ordinary { width: 3_000 });
    instrument.states = instrument.states.with(IssueState::Liquidation);
    let rule = LimitRule::on(TODAY, Kospi, Stock, LimitTerms::of(&instrument));
    assert_eq!((rule, rule.limits(Kospi, Stock, TODAY, Price(100))), (LimitRule::Unlimited, None));
}

fn rule() -> impl Strategy<Value = (Market, InstrumentKind, NaiveDate, LimitRule)> {
    let dates = vec![ymd(2005, 3, 25), ymd(2015, 6, 12), ymd(2022, 6, 1), ymd(2023, 6, 26), TODAY];
    let markets = prop::sample::select(Market::ALL.to_vec());
    let kinds = prop::sample::select(InstrumentKind::ALL.to_vec());
    (markets, kinds, prop::sample::select(dates), any::<bool>(), 0u32..500).prop_map(
        |(market, kind, date, is_first, multiple)| {
            let terms = LimitTerms { listed_on: is_first.then_some(date), multiple, in_liquidation: false };
            (market, kind, date, LimitRule::on(date, market, kind, terms))
        },
    )
}

proptest! {
    #[test]
    fn limits_are_valid_prices_around_the_base((market, kind, date, rule) in rule(), close in 1i64..3_000_000) {
        let base = base_price(market, kind, date, Price(close));
        let limits = rule.limits(market, kind, date, base).expect("no issue here is in liquidation");
        prop_assert!(limits.contains(base));
        prop_assert!(is_on_tick(market, kind, date, limits.lower));
        prop_assert!(is_on_tick(market, kind, date, limits.upper));
        let (down, up) = match rule {
            LimitRule::FirstSession => (4_000, 30_000),
            LimitRule::Ordinary { width } | LimitRule::FirstSessionByAuction { width } => (width, width),
            LimitRule::Unlimited => unreachable!("no issue here is in liquidation"),
        };
        let tick = tick_size(market, kind, date, base).0;
        prop_assert!((limits.upper - base).0 <= (base.0 * up / 10_000).max(tick));
        prop_assert!((base - limits.lower).0 <= (base.0 * down / 10_000).max(tick));
    }

    #[test]
    fn no_base_price_is_too_far_out(
        (market, kind, date, rule) in rule(),
        base in prop_oneof![i64::MAX - 3_000..=i64::MAX, i64::MIN..=i64::MIN + 3_000, any::<i64>()],
    ) {
        let limits = rule.limits(market, kind, date, Price(base)).expect("no issue here is in liquidation");
        prop_assert!(is_on_tick(market, kind, date, limits.lower));
        prop_assert!(base < 1 || is_on_tick(market, kind, date, limits.upper));
    }

    /// What a validator lets pass is on the grid and inside the limits, whatever rounding a strategy used.
    #[test]
    fn a_price_rounded_into_the_limits_is_a_legal_order_price(
        (market, kind, date, rule) in rule(),
        close in 1i64..3_000_000,
        wish in 1i64..12_000_000,
    ) {
        let base = base_price(market, kind, date, Price(close));
        let limits = rule.limits(market, kind, date, base).expect("no issue here is in liquidation");
        for rounded in [crate::floor_to_tick, crate::ceil_to_tick, crate::round_to_tick] {
            let price = rounded(market, kind, date, Price(wish)).clamp(limits.lower, limits.upper);
            prop_assert!(is_on_tick(market, kind, date, price) && limits.contains(price));
        }
    }
}
