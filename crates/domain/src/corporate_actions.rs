//! Corporate actions, and prices adjusted for them (수정주가, krx-market §12).
//!
//! An action moves the base price of its ex-date away from the close before it; base over close is its factor. Prices
//! before the ex-date times the factor can be compared with prices from it on. Cash dividends of stocks move no base
//! price and are no action here, as in the series of KRX and of the Korean brokers.

use std::fmt;

use chrono::NaiveDate;

use crate::{Bar, InstrumentKind, Market, Price, Qty, Symbol, ceil_to_tick};

text_enum! {
    /// What happened to an issue.
    ActionKind {
        /// 액면분할.
        Split = "split",
        /// 액면병합.
        ReverseSplit = "reverse_split",
        /// 무상증자.
        BonusIssue = "bonus_issue",
        /// 유상증자.
        RightsIssue = "rights_issue",
        /// 주식배당.
        StockDividend = "stock_dividend",
        /// 감자.
        CapitalReduction = "capital_reduction",
        /// 인적분할.
        SpinOff = "spin_off",
        /// 분배금 of an ETF or ETN: money is paid out, the number of shares stays.
        Distribution = "distribution",
        /// Read from a base price that is not the close before it; nobody said what it was.
        Derived = "derived",
    }
}

impl ActionKind {
    /// True if the number of shares changes, so that volumes before it are adjusted too.
    fn changes_shares(self) -> bool {
        self != Self::Distribution
    }
}

/// The largest part of a factor: no price and no share ratio is larger.
const MAX_PART: i64 = 1_000_000_000_000;

/// By how much an action changes the price: new price = old price × numerator / denominator, exactly, in lowest terms.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PriceFactor {
    numerator: i64,
    denominator: i64,
}

impl PriceFactor {
    /// A factor of two numbers from 1 to 10^12 that are not equal; a 5:1 split is 1 / 5.
    pub fn new(numerator: i64, denominator: i64) -> Option<Self> {
        let parts = 1..=MAX_PART;
        if !parts.contains(&numerator) || !parts.contains(&denominator) || numerator == denominator {
            return None;
        }
        let shared = i64::try_from(gcd(numerator.unsigned_abs().into(), denominator.unsigned_abs().into()));
        let shared = shared.expect("a divisor of both is no larger than they are");
        Some(Self { numerator: numerator / shared, denominator: denominator / shared })
    }

    /// The factor that the base price of a session tells, if it is not the one that follows from the close of the
    /// session before: that close, rounded up to the grid of `date` (Enforcement Rules §30).
    pub fn of_base_price(
        market: Market,
        kind: InstrumentKind,
        date: NaiveDate,
        previous_close: Price,
        base: Price,
    ) -> Option<Self> {
        if previous_close.0 <= 0 || base == ceil_to_tick(market, kind, date, previous_close) {
            return None;
        }
        Self::new(base.0, previous_close.0)
    }

    /// Upper part.
    pub const fn numerator(self) -> i64 {
        self.numerator
    }

    /// Lower part.
    pub const fn denominator(self) -> i64 {
        self.denominator
    }
}

impl fmt::Display for PriceFactor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.numerator, self.denominator)
    }
}

/// One action. What happens to an issue on one date is one action with one factor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CorporateAction {
    /// Issue.
    pub symbol: Symbol,
    /// First date on which the new base price holds (권리락일, or the first date after the halt).
    pub ex_date: NaiveDate,
    /// What it was.
    pub kind: ActionKind,
    /// What it did to the price.
    pub factor: PriceFactor,
}

/// Adjusts the raw bars of one issue as of a date: for every action from after the bar's date up to that date, and for
/// nothing that happened later. The same date therefore gives the same prices for ever.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Adjustment {
    /// Oldest first: bars before the date, and not before the date of the step in front, are multiplied.
    steps: Vec<Step>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Step {
    before: NaiveDate,
    price: Ratio,
    volume: Ratio,
}

impl Adjustment {
    /// For the actions of one issue, in any order.
    pub fn as_of(as_of: NaiveDate, actions: &[CorporateAction]) -> Self {
        let mut counted: Vec<&CorporateAction> = actions.iter().filter(|action| action.ex_date <= as_of).collect();
        counted.sort_by_key(|action| std::cmp::Reverse(action.ex_date));
        let (mut price, mut volume) = (Ratio::ONE, Ratio::ONE);
        let mut steps = Vec::with_capacity(counted.len());
        for action in counted {
            let PriceFactor { numerator, denominator } = action.factor;
            price = price.times(numerator, denominator);
            if action.kind.changes_shares() {
                volume = volume.times(denominator, numerator);
            }
            steps.push(Step { before: action.ex_date, price, volume });
        }
        steps.reverse();
        Self { steps }
    }

    /// True if no bar is changed.
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }

    /// The bar with adjusted prices, to the nearest won, and adjusted volume; a half is rounded up. A price never falls
    /// to zero, because that would be a halted day.
    pub fn apply(&self, bar: &Bar) -> Bar {
        let date = bar.trade_date();
        let Some(step) = self.steps.get(self.steps.partition_point(|step| step.before <= date)) else { return *bar };
        let price = |raw: Price| if raw.0 > 0 { Price(step.price.of(raw.0).max(1)) } else { raw };
        Bar {
            open_time: bar.open_time,
            open: price(bar.open),
            high: price(bar.high),
            low: price(bar.low),
            close: price(bar.close),
            volume: Qty(step.volume.of(bar.volume.0)),
        }
    }
}

/// A product of factors. Its parts stay below 2^62: a product that is longer loses its last digits on both sides alike,
/// which moves it by less than one part in 10^18.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Ratio {
    numerator: u128,
    denominator: u128,
}

impl Ratio {
    const ONE: Self = Self { numerator: 1, denominator: 1 };
    const MAX_BITS: u32 = 62;

    fn times(self, numerator: i64, denominator: i64) -> Self {
        let numerator = self.numerator * u128::from(numerator.unsigned_abs());
        let denominator = self.denominator * u128::from(denominator.unsigned_abs());
        let shared = gcd(numerator, denominator);
        let (numerator, denominator) = (numerator / shared, denominator / shared);
        let bits = u128::BITS - numerator.max(denominator).leading_zeros();
        let excess = bits.saturating_sub(Self::MAX_BITS);
        Self { numerator: (numerator >> excess).max(1), denominator: (denominator >> excess).max(1) }
    }

    /// `value` times the ratio, to the nearest whole number.
    fn of(self, value: i64) -> i64 {
        let Ok(value) = u128::try_from(value) else { return value };
        let doubled = value * self.numerator * 2;
        i64::try_from((doubled + self.denominator) / (self.denominator * 2)).unwrap_or(i64::MAX)
    }
}

fn gcd(mut a: u128, mut b: u128) -> u128 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::ymd;
    use proptest::prelude::*;

    fn action(ex_date: NaiveDate, kind: ActionKind, numerator: i64, denominator: i64) -> CorporateAction {
        let symbol = "005930".parse().expect("a symbol");
        let factor = PriceFactor::new(numerator, denominator).expect("a factor");
        CorporateAction { symbol, ex_date, kind, factor }
    }

    fn bar(date: NaiveDate, price: i64, volume: i64) -> Bar {
        Bar {
            open_time: Bar::day_start(date),
            open: Price(price),
            high: Price(price + 3),
            low: Price(price - 3),
            close: Price(price + 1),
            volume: Qty(volume),
        }
    }

    #[test]
    fn samsung_electronics_was_split_fifty_to_one() {
        let split = [action(ymd(2018, 5, 4), ActionKind::Split, 1, 50)];
        let before = bar(ymd(2018, 4, 27), 2_650_000, 606_216);
        let adjustment = Adjustment::as_of(ymd(2026, 1, 2), &split);
        let adjusted = adjustment.apply(&before);
        assert_eq!((adjusted.open, adjusted.volume), (Price(53_000), Qty(606_216 * 50)));
        let after = bar(ymd(2018, 5, 4), 53_000, 39_565_391);
        assert_eq!(adjustment.apply(&after), after, "the ex-date itself has the new price");
        let earlier = Adjustment::as_of(ymd(2018, 5, 3), &split);
        assert!(earlier.is_empty());
        assert_eq!(earlier.apply(&before), before, "nobody knew of the split then");
    }

    #[test]
    fn several_actions_multiply_and_a_distribution_leaves_the_volume() {
        let actions = [
            action(ymd(2024, 3, 4), ActionKind::Distribution, 99, 100),
            action(ymd(2022, 1, 3), ActionKind::BonusIssue, 1, 2),
        ];
        let adjustment = Adjustment::as_of(ymd(2026, 1, 2), &actions);
        let at = |date| {
            let Bar { open, volume, .. } = adjustment.apply(&bar(date, 10_001, 100));
            (open.0, volume.0)
        };
        assert_eq!(at(ymd(2021, 12, 30)), (4_950, 200), "10,001 × 0.495 = 4,950.495");
        assert_eq!(at(ymd(2022, 1, 3)), (9_901, 100), "10,001 × 0.99 = 9,900.99");
        assert_eq!(at(ymd(2024, 3, 4)), (10_001, 100));
    }

    #[test]
    fn a_half_is_rounded_up_and_no_price_falls_to_zero() {
        let adjustment = Adjustment::as_of(ymd(2026, 1, 2), &[action(ymd(2025, 1, 2), ActionKind::Split, 1, 10)]);
        let adjusted = adjustment.apply(&Bar { low: Price(4), close: Price(15), ..bar(ymd(2024, 1, 2), 25, 7) });
        assert_eq!([adjusted.open, adjusted.high, adjusted.low, adjusted.close].map(|p| p.0), [3, 3, 1, 2]);
        let halted = Bar { open: Price(0), high: Price(0), low: Price(0), ..bar(ymd(2024, 1, 2), 25, 0) };
        assert!(adjustment.apply(&halted).is_halted());
    }

    #[test]
    fn a_base_price_betrays_an_action() {
        let of = |close, base| {
            let (market, kind) = (Market::Kosdaq, InstrumentKind::Stock);
            PriceFactor::of_base_price(market, kind, ymd(2026, 1, 15), Price(close), Price(base))
        };
        assert_eq!(of(517_000, 103_400), PriceFactor::new(1, 5));
        assert_eq!(of(70_100, 70_100), None);
        assert_eq!(of(70_050, 70_100), None, "a close off the grid is rounded up");
        assert_eq!(of(0, 70_100), None);
        assert_eq!(of(70_100, 0), None);
    }

    #[test]
    fn a_factor_is_a_ratio_of_positive_numbers() {
        for (numerator, denominator) in [(0, 1), (1, 0), (-1, 5), (5, 5), (i64::MAX, 1)] {
            assert_eq!(PriceFactor::new(numerator, denominator), None, "{numerator}/{denominator}");
        }
        assert_eq!(PriceFactor::new(20, 100).map(|factor| factor.to_string()).as_deref(), Some("1/5"));
    }

    fn actions() -> impl Strategy<Value = Vec<CorporateAction>> {
        let one = (0i64..9_000, 1..=MAX_PART, 1..=MAX_PART);
        prop::collection::vec(one, 0..40).prop_map(|parts| {
            let some = parts.into_iter().filter(|(_, n, d)| n != d);
            some.map(|(day, n, d)| action(ymd(2000, 1, 1) + chrono::TimeDelta::days(day), ActionKind::Derived, n, d))
                .collect()
        })
    }

    proptest! {
        #[test]
        fn any_actions_leave_a_bar_in_order(actions in actions(), price in 4i64..=MAX_PART, day in 0i64..9_000) {
            let adjustment = Adjustment::as_of(ymd(2026, 1, 2), &actions);
            let date = ymd(2000, 1, 1) + chrono::TimeDelta::days(day);
            let adjusted = adjustment.apply(&bar(date, price, 1_000));
            prop_assert!(adjusted.low.0 >= 1 && adjusted.low <= adjusted.open && adjusted.open <= adjusted.close);
            prop_assert!(adjusted.close <= adjusted.high && adjusted.volume.0 >= 0);
        }

        #[test]
        fn what_happens_later_changes_no_earlier_answer(actions in actions(), day in 0i64..9_000, later in 1i64..999) {
            let as_of = ymd(2000, 1, 1) + chrono::TimeDelta::days(day);
            let mut more = actions.clone();
            more.push(action(as_of + chrono::TimeDelta::days(later), ActionKind::Split, 1, 5));
            prop_assert_eq!(Adjustment::as_of(as_of, &actions), Adjustment::as_of(as_of, &more));
        }

        #[test]
        fn an_action_and_its_reverse_give_back_the_price(n in 1i64..10_000, d in 1i64..10_000, price in 4i64..1_000_000) {
            prop_assume!(n != d);
            let there = action(ymd(2010, 1, 4), ActionKind::Split, n, d);
            let back = action(ymd(2012, 1, 3), ActionKind::ReverseSplit, d, n);
            let bar = bar(ymd(2009, 1, 2), price, 777);
            prop_assert_eq!(Adjustment::as_of(ymd(2026, 1, 2), &[there, back]).apply(&bar), bar);
        }
    }
}
