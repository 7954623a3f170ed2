//! Longer bars out of shorter ones, within the hours of trading.
//!
//! Bars are counted from the start of a stretch of trading, not from midnight: an hour of a day that opens at 09:40
//! begins at 09:40, and none reaches across a lunch break. What is traded off hours (시간외) belongs to no bar of the
//! regular session, neither to an hour nor to the day.
//!
//! The two call auctions are prints of one instant, and vendors stamp them differently. The opening price is struck up
//! to half a minute after the opening, so it lies in the first bar anyway. The closing price is struck up to half a
//! minute after the close, or two and a half minutes later where a volatility interruption (VI) prolongs the auction, and
//! some vendors name a minute by its end: whatever is stamped within [`CLOSING_PRINT`](crate::CLOSING_PRINT) of the close
//! is the closing print. It belongs to the day and to the last hour. Among bars of five minutes it is one of its own,
//! stamped at the close, because continuous trading has ended ten minutes earlier and that silence is no part of it.

use chrono::{DateTime, NaiveDate, Utc};

use crate::trading_hours::{Stretch, bar_start};
use crate::{Bar, Interval, Price, TradingHours};

/// The bars of `interval` out of shorter ones of one issue, oldest first. The last one grows until its time is over.
///
/// Minutes without a trade, and those of a halt, change no price. A bar made of nothing else is a halt itself: no open,
/// no high, no low, and the last close that was known.
pub fn aggregate(bars: &[Bar], interval: Interval, hours: TradingHours) -> Vec<Bar> {
    let mut longer: Vec<Bar> = Vec::new();
    let mut today: Option<(NaiveDate, Vec<Stretch>)> = None;
    for bar in bars {
        let date = bar.trade_date();
        if today.as_ref().is_none_or(|(known, _)| *known != date) {
            today = Some((date, hours.stretches(date)));
        }
        let stretches = today.as_ref().map_or(&[][..], |(_, stretches)| stretches);
        let Some(open_time) = bar_start(bar.open_time, interval, stretches) else { continue };
        match longer.last_mut() {
            Some(last) if last.open_time == open_time => extend(last, bar),
            _ => longer.push(first_of(open_time, bar)),
        }
    }
    longer
}

/// A longer bar that has its first part only.
fn first_of(open_time: DateTime<Utc>, bar: &Bar) -> Bar {
    match bar.is_halted() {
        true => Bar { open_time, open: Price(0), high: Price(0), low: Price(0), ..*bar },
        false => Bar { open_time, ..*bar },
    }
}

/// Adds the next part to a longer bar.
fn extend(longer: &mut Bar, next: &Bar) {
    let volume = longer.volume + next.volume;
    match (longer.is_halted(), next.is_halted()) {
        (true, _) => *longer = first_of(longer.open_time, next),
        (false, true) => {}
        (false, false) => {
            longer.high = longer.high.max(next.high);
            longer.low = longer.low.min(next.low);
            longer.close = next.close;
        }
    }
    longer.volume = volume;
}

#[cfg(test)]
mod tests {
    use super::TradingHours::{AroundTheClock, Krx};
    use super::*;
    use crate::time::ymd;
    use crate::{Qty, kst_time};
    use chrono::TimeDelta;
    use proptest::prelude::*;

    fn minute(text: &str, price: i64, volume: i64) -> Bar {
        let open_time = format!("{text}+09:00").parse().expect("a time");
        let (price, volume) = (Price(price), Qty(volume));
        Bar { open_time, open: price, high: price + Price(10), low: price - Price(10), close: price, volume }
    }

    #[test]
    fn a_day_is_its_regular_session_from_opening_to_closing_print() {
        let minutes = [
            minute("2026-06-01T08:31:00", 999, 7),
            minute("2026-06-01T09:00:00", 1_000, 100),
            minute("2026-06-01T09:01:00", 1_200, 50),
            minute("2026-06-01T15:19:00", 900, 25),
            minute("2026-06-01T15:30:00", 950, 300),
            minute("2026-06-01T15:41:00", 950, 11),
            minute("2026-06-01T17:00:00", 1_300, 13),
        ];
        let expected = Bar {
            open_time: Bar::day_start(ymd(2026, 6, 1)),
            open: Price(1_000),
            high: Price(1_210),
            low: Price(890),
            close: Price(950),
            volume: Qty(475),
        };
        assert_eq!(aggregate(&minutes, Interval::Day1, Krx), [expected]);
        let hours = aggregate(&minutes, Interval::Hour1, Krx);
        let starts: Vec<String> = hours.iter().map(|bar| kst_time(bar.open_time).to_string()).collect();
        assert_eq!(starts, ["09:00:00", "15:00:00"]);
        assert_eq!(hours[1].volume, Qty(325));
        assert_eq!(aggregate(&minutes, Interval::Minute5, Krx).len(), 3);
    }

    #[test]
    fn halted_minutes_change_no_price_and_a_day_of_them_is_a_halt() {
        let halt = |text| Bar { open: Price(0), high: Price(0), low: Price(0), ..minute(text, 1_000, 0) };
        // A vendor that repeats the last price through minutes without a trade.
        let silent = |text, price| minute(text, price, 0);
        let day = |minutes: &[Bar]| aggregate(minutes, Interval::Day1, Krx)[0];
        let halted = day(&[halt("2026-06-01T09:00:00"), silent("2026-06-01T10:00:00", 1_005)]);
        assert_eq!((halted.open, halted.high, halted.low, halted.close), (Price(0), Price(0), Price(0), Price(1_005)));
        assert!(halted.is_halted());
        let traded = minute("2026-06-01T10:00:00", 700, 5);
        let resumed = day(&[halt("2026-06-01T09:00:00"), traded, silent("2026-06-01T10:01:00", 9)]);
        assert_eq!((resumed.open, resumed.low, resumed.close), (Price(700), Price(690), Price(700)));
        assert_eq!(resumed.volume, Qty(5));
    }

    /// A few days of minutes, some of them off hours and some without a trade.
    fn minutes() -> impl Strategy<Value = Vec<Bar>> {
        let dates = [(1995, 3, 2), (2015, 3, 2), (2025, 11, 13), (2026, 1, 2), (2026, 6, 1), (2026, 6, 3)];
        let dates: Vec<NaiveDate> = dates.into_iter().map(|(y, m, d)| ymd(y, m, d)).collect();
        let key = (prop::sample::select(dates), 0i64..1_440);
        let value = (1i64..100_000, 0i64..50, 0i64..50, 0i64..4);
        prop::collection::btree_map(key, value, 0..400).prop_map(|rows| {
            let bar = |((date, minute), (price, up, down, volume)): ((NaiveDate, i64), (i64, i64, i64, i64))| Bar {
                open_time: Bar::day_start(date) + TimeDelta::minutes(minute),
                open: Price(price),
                high: Price(price + up),
                low: Price((price - down).max(1)),
                close: Price(price + up / 2),
                volume: Qty(volume),
            };
            rows.into_iter().map(bar).collect()
        })
    }

    proptest! {
        #[test]
        fn by_way_of_five_minutes_and_hours_the_answer_is_the_same(bars in minutes(), all_day in any::<bool>()) {
            let hours = if all_day { AroundTheClock } else { Krx };
            let direct = |interval| aggregate(&bars, interval, hours);
            let fives = direct(Interval::Minute5);
            prop_assert_eq!(aggregate(&fives, Interval::Hour1, hours), direct(Interval::Hour1));
            prop_assert_eq!(aggregate(&fives, Interval::Day1, hours), direct(Interval::Day1));
            prop_assert_eq!(aggregate(&direct(Interval::Hour1), Interval::Day1, hours), direct(Interval::Day1));
            prop_assert_eq!(aggregate(&fives, Interval::Minute5, hours), fives);
        }

        #[test]
        fn no_share_is_lost_or_counted_twice(bars in minutes()) {
            for interval in [Interval::Minute5, Interval::Hour1, Interval::Day1] {
                let longer = aggregate(&bars, interval, AroundTheClock);
                let sum = |bars: &[Bar]| bars.iter().map(|bar| bar.volume.0).sum::<i64>();
                prop_assert_eq!(sum(&longer), sum(&bars));
                prop_assert!(longer.windows(2).all(|pair| pair[0].open_time < pair[1].open_time));
                prop_assert!(longer.iter().all(|bar| bar.is_halted() || (bar.low <= bar.open && bar.close <= bar.high)));
            }
        }

        #[test]
        fn off_hours_trades_touch_nothing(bars in minutes()) {
            let inside = |bar: &Bar| {
                bar_start(bar.open_time, Interval::Minute1, &Krx.stretches(bar.trade_date())).is_some()
            };
            let regular: Vec<Bar> = bars.iter().copied().filter(inside).collect();
            for interval in [Interval::Minute5, Interval::Hour1, Interval::Day1] {
                prop_assert_eq!(aggregate(&bars, interval, Krx), aggregate(&regular, interval, Krx));
            }
        }
    }
}
