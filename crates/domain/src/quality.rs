//! What is wrong with a stored series: days that are missing, and prices that cannot have been.
//!
//! Nothing here changes data. Two bars of one instant cannot be stored, so there are no duplicates to look for. Only raw
//! prices are judged: adjusted ones left the tick grid and the limits of their day when they were adjusted.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, Utc};

use crate::{
    Bar, Instrument, Interval, IssueState, LimitRule, LimitTerms, Market, Price, PriceLimits, TradingHours, aggregate,
    base_price, is_session, is_valid_print, previous_session,
};

text_enum! {
    /// What is wrong with a bar.
    Flaw {
        /// A price is not on the tick grid of its day, nor a half tick where those are traded.
        OffGrid = "off_grid",
        /// The close lies beyond the price limits of its day, which follow from the close before, and no corporate
        /// action explains it.
        Outlier = "outlier",
        /// It lies on a day without a session, or off its hours.
        OffSession = "off_session",
    }
}

/// A bar with something wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Start of the bar.
    pub at: DateTime<Utc>,
    /// What is wrong.
    pub flaw: Flaw,
    /// The first price it shows in; the close where it is not about a price.
    pub price: Price,
    /// For an outlier, the prices that were allowed.
    pub limits: Option<PriceLimits>,
}

/// Consecutive trading days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DayRange {
    /// The first day.
    pub first: NaiveDate,
    /// The last day.
    pub last: NaiveDate,
    /// How many trading days they are.
    pub days: u64,
}

/// The days among `trading_days` that `is_missing`, as ranges. A day without trading does not interrupt a range.
pub fn missing_days(trading_days: &[NaiveDate], is_missing: impl Fn(NaiveDate) -> bool) -> Vec<DayRange> {
    let mut ranges: Vec<DayRange> = Vec::new();
    let mut is_open = false;
    for &date in trading_days {
        match (is_missing(date), ranges.last_mut()) {
            (true, Some(range)) if is_open => *range = DayRange { last: date, days: range.days + 1, ..*range },
            (true, _) => ranges.push(DayRange { first: date, last: date, days: 1 }),
            (false, _) => {}
        }
        is_open = is_missing(date);
    }
    ranges
}

/// What is wrong with the raw bars of an issue, oldest first. `ex_dates` are the days of its corporate actions, on which
/// the base price is another than the close before.
pub fn findings(
    instrument: &Instrument,
    interval: Interval,
    bars: &[Bar],
    ex_dates: &BTreeSet<NaiveDate>,
) -> Vec<Finding> {
    let hours = TradingHours::of(instrument);
    let mut found: Vec<Finding> = bars.iter().filter_map(|bar| flaw_of_bar(instrument, hours, interval, bar)).collect();
    match interval {
        Interval::Day1 => found.extend(outliers(instrument, bars, ex_dates)),
        _ => found.extend(outliers(instrument, &aggregate(bars, Interval::Day1, hours), ex_dates)),
    }
    found.sort_by_key(|finding| finding.at);
    found
}

/// What is wrong with a bar by itself.
fn flaw_of_bar(instrument: &Instrument, hours: TradingHours, interval: Interval, bar: &Bar) -> Option<Finding> {
    let date = bar.trade_date();
    let finding = |flaw, price| Some(Finding { at: bar.open_time, flaw, price, limits: None });
    let is_in_session = match interval {
        Interval::Day1 => is_session(date),
        _ => hours.is_open(bar.open_time),
    };
    if !is_in_session {
        return finding(Flaw::OffSession, bar.close);
    }
    if bar.is_halted() {
        return None;
    }
    let is_valid =
        |price| markets_on(instrument, date).iter().any(|market| is_valid_print(*market, instrument.kind, date, price));
    let price = [bar.open, bar.high, bar.low, bar.close].into_iter().find(|price| !is_valid(*price))?;
    finding(Flaw::OffGrid, price)
}

/// How long liquidation trading takes (KOSPI Listing Regulation §9).
const LIQUIDATION_SESSIONS: usize = 7;

/// A halt of so many sessions ends with an opening auction that knows no daily limit (krx-market §5.3).
const LONG_HALT: usize = 30;

/// Closes beyond the price limits of their day. Judged are days with a bar on the session before: what happened in a
/// gap is not known. A halted day carries the old close, and the limits with it.
fn outliers(instrument: &Instrument, days: &[Bar], ex_dates: &BTreeSet<NaiveDate>) -> Vec<Finding> {
    let mut found = Vec::new();
    let mut halted = 0;
    let liquidation = days.last().and_then(|last| liquidation_begin(instrument, last.trade_date()));
    for pair in days.windows(2) {
        let [before, bar] = pair else { continue };
        let date = bar.trade_date();
        halted = if before.is_halted() { halted + 1 } else { 0 };
        let is_next = previous_session(date) == Some(before.trade_date());
        let is_judged = is_next && !bar.is_halted() && before.close.0 > 0 && halted < LONG_HALT;
        if !is_judged || ex_dates.contains(&date) {
            continue;
        }
        let in_liquidation = liquidation.is_some_and(|begin| date >= begin);
        let limits = widest_limits(instrument, date, before.close, in_liquidation);
        if limits.is_some_and(|limits| !limits.contains(bar.close)) {
            found.push(Finding { at: bar.open_time, flaw: Flaw::Outlier, price: bar.close, limits });
        }
    }
    found
}

/// The limits that follow from the close before, the widest where the market is not known; `None` if there are none.
fn widest_limits(
    instrument: &Instrument,
    date: NaiveDate,
    previous_close: Price,
    in_liquidation: bool,
) -> Option<PriceLimits> {
    let kind = instrument.kind;
    let terms = LimitTerms { in_liquidation, ..LimitTerms::of(instrument) };
    let limits = markets_on(instrument, date).iter().map(|&market| {
        let base = base_price(market, kind, date, previous_close);
        LimitRule::on(date, market, kind, terms).limits(market, kind, date, base)
    });
    limits.reduce(|widest, limits| {
        let (widest, limits) = (widest?, limits?);
        Some(PriceLimits { lower: widest.lower.min(limits.lower), upper: widest.upper.max(limits.upper) })
    })?
}

/// The markets an issue may have been traded on. What came before its listing was traded elsewhere, mostly on KOSDAQ or
/// KONEX, because a move between markets is a new listing; nobody told where.
fn markets_on(instrument: &Instrument, date: NaiveDate) -> &[Market] {
    match instrument.listed_on {
        Some(listed) if date < listed => Market::ALL,
        _ => std::slice::from_ref(&instrument.market),
    }
}

/// The first of the days on which an issue that leaves the market is traded without limits (정리매매). `newest` is the
/// day of its newest bar.
fn liquidation_begin(instrument: &Instrument, newest: NaiveDate) -> Option<NaiveDate> {
    let is_leaving = instrument.states.contains(IssueState::Liquidation);
    let end = instrument.delisted_on.or_else(|| is_leaving.then_some(newest.succ_opt()?))?;
    (0..LIQUIDATION_SESSIONS).try_fold(end, |date, _| previous_session(date))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::ymd;
    use crate::{InstrumentKind, Qty, price_limits, sessions};
    use chrono::TimeDelta;
    use proptest::prelude::*;

    fn stock() -> Instrument {
        Instrument::new("005930".parse().expect("a code"), Market::Kospi, InstrumentKind::Stock)
    }

    fn day(date: NaiveDate, close: i64) -> Bar {
        let price = Price(close);
        Bar { open_time: Bar::day_start(date), open: price, high: price, low: price, close: price, volume: Qty(1) }
    }

    fn halt(date: NaiveDate, close: i64) -> Bar {
        Bar { open: Price(0), high: Price(0), low: Price(0), volume: Qty(0), ..day(date, close) }
    }

    fn judged(bars: &[Bar], ex_dates: &[NaiveDate]) -> Vec<(NaiveDate, Flaw, i64)> {
        let ex_dates = ex_dates.iter().copied().collect();
        let found = findings(&stock(), Interval::Day1, bars, &ex_dates);
        found.iter().map(|finding| (crate::kst_date(finding.at), finding.flaw, finding.price.0)).collect()
    }

    #[test]
    fn missing_days_are_ranges_of_trading_days() {
        let days: Vec<NaiveDate> = sessions(ymd(2026, 5, 28), ymd(2026, 6, 9)).collect();
        let stored = [ymd(2026, 5, 28), ymd(2026, 6, 4), ymd(2026, 6, 8)];
        let ranges = missing_days(&days, |date| !stored.contains(&date));
        let range = |first, last, days| DayRange { first, last, days };
        let expected = [
            range(ymd(2026, 5, 29), ymd(2026, 6, 2), 3),
            range(ymd(2026, 6, 5), ymd(2026, 6, 5), 1),
            range(ymd(2026, 6, 9), ymd(2026, 6, 9), 1),
        ];
        assert_eq!(ranges, expected);
        assert_eq!(missing_days(&days, |_| false), []);
    }

    #[test]
    fn a_close_beyond_the_limits_is_an_outlier_unless_an_action_explains_it() {
        let (monday, tuesday, thursday) = (ymd(2026, 6, 1), ymd(2026, 6, 2), ymd(2026, 6, 4));
        let bars = [day(monday, 10_000), day(tuesday, 13_000), day(thursday, 1_300)];
        assert_eq!(judged(&bars, &[]), [(thursday, Flaw::Outlier, 1_300)]);
        assert_eq!(judged(&bars, &[thursday]), []);
        let found = findings(&stock(), Interval::Day1, &bars, &BTreeSet::new());
        assert_eq!(found[0].limits, Some(PriceLimits { lower: Price(9_100), upper: Price(16_900) }));
    }

    #[test]
    fn across_a_gap_or_a_long_halt_nothing_is_judged() {
        let dates: Vec<NaiveDate> = sessions(ymd(2026, 1, 5), ymd(2026, 3, 31)).collect();
        assert_eq!(judged(&[day(dates[0], 10_000), day(dates[2], 1_000)], &[]), []);
        let after_halt_of = |sessions: usize| {
            let mut bars = vec![day(dates[0], 10_000)];
            bars.extend(dates[1..=sessions].iter().map(|date| halt(*date, 10_000)));
            bars.push(day(dates[sessions + 1], 5_000));
            judged(&bars, &[]).len()
        };
        assert_eq!([after_halt_of(1), after_halt_of(29), after_halt_of(30)], [1, 1, 0]);
    }

    #[test]
    fn liquidation_trading_has_no_limits() {
        let dates: Vec<NaiveDate> = sessions(ymd(2026, 1, 5), ymd(2026, 1, 20)).collect();
        let bars: Vec<Bar> = dates.iter().zip([8_000, 4_000, 2_000]).map(|(date, close)| day(*date, close)).collect();
        let judged = |instrument: &Instrument| findings(instrument, Interval::Day1, &bars, &BTreeSet::new()).len();
        let mut instrument = stock();
        assert_eq!(judged(&instrument), 2);
        instrument.delisted_on = Some(dates[8]);
        assert_eq!(judged(&instrument), 0, "the seven sessions before it left begin with the second");
        instrument.delisted_on = Some(dates[9]);
        assert_eq!(judged(&instrument), 1);
        instrument.delisted_on = None;
        instrument.states = instrument.states.with(IssueState::Liquidation);
        assert_eq!(judged(&instrument), 0);
    }

    #[test]
    fn before_a_move_to_another_market_its_old_rules_are_good_enough() {
        // KOSDAQ had ticks of 100 won at this price, KOSPI of 500, until 2023-01-24.
        let (before, after) = (ymd(2022, 1, 3), ymd(2022, 1, 5));
        let mut instrument = stock();
        instrument.listed_on = Some(ymd(2022, 1, 4));
        let found =
            findings(&instrument, Interval::Day1, &[day(before, 222_700), day(after, 222_700)], &BTreeSet::new());
        assert_eq!(found.iter().map(|f| (crate::kst_date(f.at), f.flaw)).collect::<Vec<_>>(), [(after, Flaw::OffGrid)]);
    }

    #[test]
    fn bars_off_the_grid_and_off_the_calendar_are_found() {
        let (monday, election) = (ymd(2026, 6, 1), ymd(2026, 6, 3));
        let mut off_grid = day(monday, 70_000);
        off_grid.high = Price(70_030);
        assert_eq!(
            judged(&[off_grid, day(election, 70_000)], &[]),
            [(monday, Flaw::OffGrid, 70_030), (election, Flaw::OffSession, 70_000)]
        );
        let minute =
            |hour: i64| Bar { open_time: Bar::day_start(monday) + TimeDelta::hours(hour), ..day(monday, 70_000) };
        let found = findings(&stock(), Interval::Minute1, &[minute(8), minute(9), minute(17)], &BTreeSet::new());
        assert_eq!(
            found.iter().map(|f| (f.at, f.flaw)).collect::<Vec<_>>(),
            [(minute(8).open_time, Flaw::OffSession), (minute(17).open_time, Flaw::OffSession)]
        );
    }

    proptest! {
        #[test]
        fn a_series_that_keeps_the_rules_is_without_flaw_and_a_planted_one_is_found(
            moves in prop::collection::vec(-30i64..=30, 5..60),
            victim in 1usize..5,
        ) {
            let instrument = stock();
            let dates = sessions(ymd(2024, 1, 2), ymd(2024, 12, 30));
            let mut close = Price(50_000);
            let mut bars = Vec::new();
            for (date, percent) in dates.zip(&moves) {
                let base = base_price(instrument.market, instrument.kind, date, close);
                let limits = price_limits(instrument.market, instrument.kind, date, base);
                let wanted = Price(base.0 + base.0 * percent / 100).max(limits.lower).min(limits.upper);
                close = crate::floor_to_tick(instrument.market, instrument.kind, date, wanted).max(limits.lower);
                bars.push(day(date, close.0));
            }
            prop_assert_eq!(judged(&bars, &[]), []);
            let date = bars[victim].trade_date();
            bars[victim] = day(date, bars[victim - 1].close.0 * 2);
            let found = judged(&bars, &[]);
            prop_assert!(found.contains(&(date, Flaw::Outlier, bars[victim].close.0)), "{:?}", found);
            let explained = judged(&bars, &[date]);
            prop_assert!(!explained.iter().any(|(at, flaw, _)| (*at, *flaw) == (date, Flaw::Outlier)));
        }
    }
}
