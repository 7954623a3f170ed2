//! The base price (기준가) of a session, from which its price limits are measured.

use chrono::NaiveDate;
use std::num::NonZeroU32;

use crate::{InstrumentKind, Market, Price, PriceFactor, PriceLimits, ceil_to_tick};

/// The base price of the session on `date` after a regular-session close, where nothing intervenes.
///
/// A close off the grid of `date` is rounded up to it (Enforcement Rules §30; 60 of 60 cases observed). Closes lie off
/// the grid after a mid-price trade, or on the first day of a new tick table. A cash dividend of a stock changes nothing:
/// the rules list no such case. After a day without a trade the close is the best quote that was left, if it lay beyond
/// the base price of that day (특별호가, KOSPI Business Regulation §2(9)), and else that base price.
pub fn base_price(market: Market, kind: InstrumentKind, date: NaiveDate, previous_close: Price) -> Price {
    ceil_to_tick(market, kind, date, previous_close)
}

/// What happened to an issue between its last close and a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BasePriceEvent {
    /// Split (액면분할) or reverse split (액면병합): a 5:1 split has the factor 1/5.
    Split(PriceFactor),
    /// `new` shares for every `existing` ones. A rights issue (유상증자) has an issue price; a bonus issue (무상증자) and a
    /// stock dividend (주식배당) have the issue price zero.
    NewShares {
        /// Shares before.
        existing: NonZeroU32,
        /// Shares that are added to them.
        new: NonZeroU32,
        /// Won paid for a new share.
        issue_price: Price,
    },
    /// Distribution of an ETF or ETN (분배금).
    Distribution {
        /// Won a share.
        per_share: Price,
    },
    /// The opening auction decides.
    Reopening {
        /// Why.
        cause: ReopeningCause,
        /// The price that the exchange appraised (평가가격).
        appraisal: Price,
    },
}

text_enum! {
    /// Why the opening auction makes the base price of a session (KOSPI Enforcement Rules §2(3), annex 1).
    ReopeningCause {
        /// Shares were cancelled (감자).
        CapitalReduction = "capital_reduction",
        /// One company became two (인적분할), and both are listed anew.
        SpinOff = "spin_off",
        /// Listing after a merger (합병).
        Merger = "merger",
        /// The issue was halted for 30 trading days or more.
        LongHalt = "long_halt",
    }
}

/// Where the base price of a session comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SessionBase {
    /// It is known before the opening.
    Fixed(Price),
    /// The opening auction makes it, at a price within these.
    OpeningAuction(PriceLimits),
}

/// The base price of the session on `date`, the first one after `event`.
///
/// A result between two won is cut to the lower one, then rounded up to the grid (Enforcement Rules §30(1), (3), annex 2).
/// The cut is not written there; a 2:1 split after a close of 1,201 gave 600 (2026-01-12).
///
/// * Split: close × factor.
/// * New shares: (close × existing + issue price × new) / (existing + new). Where the issue price is not below the
///   close, a rights issue changes nothing.
/// * Distribution: close − distribution.
/// * Reopening: within 50 % to 200 % of the appraisal, 150 % after a capital reduction.
pub fn base_price_after(
    event: BasePriceEvent,
    market: Market,
    kind: InstrumentKind,
    date: NaiveDate,
    previous_close: Price,
) -> SessionBase {
    let close = u128::from(previous_close.0.max(0).unsigned_abs());
    let whole_won = match event {
        BasePriceEvent::Split(factor) => {
            close * u128::from(factor.numerator().unsigned_abs()) / u128::from(factor.denominator().unsigned_abs())
        }
        BasePriceEvent::NewShares { issue_price, .. } if issue_price >= previous_close => close,
        BasePriceEvent::NewShares { existing, new, issue_price } => {
            let (existing, new) = (u128::from(existing.get()), u128::from(new.get()));
            let paid = u128::from(issue_price.0.max(0).unsigned_abs());
            (close * existing + paid * new) / (existing + new)
        }
        BasePriceEvent::Distribution { per_share } => {
            close.saturating_sub(u128::from(per_share.0.max(0).unsigned_abs()))
        }
        BasePriceEvent::Reopening { cause, appraisal } => {
            let up = if cause == ReopeningCause::CapitalReduction { 5_000 } else { 10_000 };
            return SessionBase::OpeningAuction(PriceLimits::around(market, kind, date, appraisal, 5_000, up));
        }
    };
    let whole_won = Price(i64::try_from(whole_won).unwrap_or(i64::MAX));
    SessionBase::Fixed(base_price(market, kind, date, whole_won))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::is_on_tick;
    use crate::time::ymd;
    use InstrumentKind::{Etf, Stock};
    use Market::{Konex, Kosdaq, Kospi};
    use proptest::prelude::*;

    fn split(numerator: i64, denominator: i64) -> BasePriceEvent {
        BasePriceEvent::Split(PriceFactor::new(numerator, denominator).expect("a factor"))
    }

    fn new_shares(existing: u32, new: u32, issue_price: i64) -> BasePriceEvent {
        let count = |shares| NonZeroU32::new(shares).expect("some shares");
        BasePriceEvent::NewShares { existing: count(existing), new: count(new), issue_price: Price(issue_price) }
    }

    fn fixed(price: i64) -> SessionBase {
        SessionBase::Fixed(Price(price))
    }

    #[test]
    fn an_off_grid_close_is_rounded_up_to_the_base_price() {
        assert_eq!(base_price(Kospi, Stock, ymd(2026, 1, 15), Price(70_050)), Price(70_100));
        assert_eq!(base_price(Kospi, Stock, ymd(2026, 1, 15), Price(70_100)), Price(70_100));
    }

    #[test]
    fn base_prices_that_were_set_in_the_market() {
        let cases = [
            // 2:1 split: 600.5 is cut to 600.
            (Kosdaq, ymd(2026, 1, 12), 1_201, split(1, 2), 600),
            // 1:3 reverse splits: 1,716 and 10,755 are off the grid.
            (Kospi, ymd(2023, 1, 19), 572, split(3, 1), 1_720),
            (Kospi, ymd(2024, 1, 4), 3_585, split(3, 1), 10_760),
            (Konex, ymd(2024, 1, 19), 904, split(2, 1), 1_808),
            // Bonus issues of one for one, two for one, one for two, three for one.
            (Kosdaq, ymd(2024, 1, 19), 24_050, new_shares(1, 1, 0), 12_030),
            (Kosdaq, ymd(2021, 1, 13), 168_500, new_shares(1, 2, 0), 56_200),
            (Kospi, ymd(2026, 1, 5), 19_600, new_shares(2, 1, 0), 13_070),
            (Kosdaq, ymd(2026, 1, 7), 16_210, new_shares(1, 3, 0), 4_055),
        ];
        for (market, date, close, event, base) in cases {
            let found = base_price_after(event, market, Stock, date, Price(close));
            assert_eq!(found, fixed(base), "{date} {close}");
        }
    }

    #[test]
    fn a_rights_issue_counts_only_below_the_close() {
        let after = |event| base_price_after(event, Kospi, Stock, ymd(2026, 6, 1), Price(10_000));
        // (10,000 × 4 + 7,500 × 1) / 5
        assert_eq!(after(new_shares(4, 1, 7_500)), fixed(9_500));
        assert_eq!(after(new_shares(4, 1, 10_000)), fixed(10_000));
        assert_eq!(after(new_shares(4, 1, 12_000)), fixed(10_000));
    }

    #[test]
    fn a_distribution_is_taken_off() {
        let after = |per_share| {
            let event = BasePriceEvent::Distribution { per_share: Price(per_share) };
            base_price_after(event, Kospi, Etf, ymd(2026, 6, 1), Price(10_005))
        };
        assert_eq!(after(62), fixed(9_945), "9,943 is off the grid");
        assert_eq!(after(20_000), fixed(1));
    }

    #[test]
    fn an_auction_decides_after_a_reopening() {
        let after = |cause| {
            let event = BasePriceEvent::Reopening { cause, appraisal: Price(2_000) };
            base_price_after(event, Kosdaq, Stock, ymd(2026, 6, 1), Price(700))
        };
        let within =
            |lower, upper| SessionBase::OpeningAuction(PriceLimits { lower: Price(lower), upper: Price(upper) });
        assert_eq!(after(ReopeningCause::CapitalReduction), within(1_000, 3_000));
        for cause in [ReopeningCause::SpinOff, ReopeningCause::Merger, ReopeningCause::LongHalt] {
            assert_eq!(after(cause), within(1_000, 4_000));
        }
    }

    proptest! {
        #[test]
        fn a_base_price_is_a_valid_price(
            close in any::<i64>(),
            (existing, new) in (1u32.., 1u32..),
            won in any::<i64>(),
            (numerator, denominator) in (1i64..1_000_000_000_000, 1i64..1_000_000_000_000),
        ) {
            let date = ymd(2026, 6, 1);
            let mut events = vec![
                new_shares(existing, new, won),
                BasePriceEvent::Distribution { per_share: Price(won) },
                BasePriceEvent::Reopening { cause: ReopeningCause::SpinOff, appraisal: Price(won.max(1)) },
            ];
            events.extend(PriceFactor::new(numerator, denominator).map(BasePriceEvent::Split));
            for event in events {
                match base_price_after(event, Kospi, Stock, date, Price(close)) {
                    SessionBase::Fixed(base) => prop_assert!(is_on_tick(Kospi, Stock, date, base)),
                    SessionBase::OpeningAuction(PriceLimits { lower, upper }) => {
                        prop_assert!(lower <= upper);
                        prop_assert!(is_on_tick(Kospi, Stock, date, lower) && is_on_tick(Kospi, Stock, date, upper));
                    }
                }
            }
        }

        #[test]
        fn new_shares_make_no_share_dearer(close in 1i64..3_000_000, ratio in (1u32..100, 1u32..100), won in 0i64..3_000_000) {
            let date = ymd(2026, 6, 1);
            let base = base_price_after(new_shares(ratio.0, ratio.1, won), Kospi, Stock, date, Price(close));
            let before = base_price(Kospi, Stock, date, Price(close));
            prop_assert!(matches!(base, SessionBase::Fixed(price) if price <= before));
        }
    }
}
