//! Invented markets of any length.

use chrono::TimeDelta;
use exodus_backtest::BarSeries;
use exodus_domain::{Bar, sessions};

use crate::fixture::{bar, date, symbol};

/// Daily bars of `count` sessions from 2019-05-20 on: a walk whose days have wicks and volumes, halted now and then. The
/// same seed gives the same bars.
pub(crate) fn walk(code: &str, seed: u64, count: usize) -> BarSeries {
    let mut draw = draws(seed);
    let mut close = 5_000 + i64::try_from(draw(100_000)).expect("small");
    let bars = sessions(date("2019-05-20"), date("2027-12-30")).take(count).map(|day| {
        let mut percent =
            |most: u64| i64::try_from(draw(2 * most + 1)).expect("small") - i64::try_from(most).expect("small");
        let (gap, move_) = (percent(2), percent(4));
        let open = (close * (100 + gap) / 100).max(500);
        let last = (open * (100 + move_) / 100).max(500);
        let (up, down) = (percent(1).abs(), percent(1).abs());
        let high = open.max(last) * (100 + up) / 100;
        let low = open.min(last) * (100 - down) / 100;
        if draw(60) == 0 {
            return bar(day, [0, 0, 0, close, 0]);
        }
        close = last;
        bar(day, [open, high, low, last, 100_000 + i64::try_from(draw(1_000_000)).expect("small")])
    });
    BarSeries::new(symbol(code), bars.collect::<Vec<Bar>>()).expect("bars in order")
}

/// Even draws below a bound (SplitMix64, Steele, Lea & Flood 2014).
fn draws(seed: u64) -> impl FnMut(u64) -> u64 {
    let mut state = seed.wrapping_mul(0xD6E8_FEB8_6659_FD93);
    move |bound| {
        state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = state;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ (z >> 31)) % bound
    }
}

/// Minute bars: the first `each_day` minutes of `days` sessions from 2019-05-20 on.
pub(crate) fn minutes(code: &str, seed: u64, days: usize, each_day: i64) -> BarSeries {
    let mut draw = draws(seed);
    let mut close = 50_000_i64;
    let mut bars = Vec::new();
    for day in sessions(date("2019-05-20"), date("2027-12-30")).take(days) {
        let opening = Bar::day_start(day) + TimeDelta::hours(9);
        for minute in 0..each_day {
            let mut per_mille =
                |most: u64| i64::try_from(draw(2 * most + 1)).expect("small") - i64::try_from(most).expect("small");
            let open = close * (1_000 + per_mille(1)) / 1_000;
            close = open * (1_000 + per_mille(4)) / 1_000;
            let shape = [open, open.max(close) + 50, open.min(close) - 50, close, 100_000];
            bars.push(Bar { open_time: opening + TimeDelta::minutes(minute), ..bar(day, shape) });
        }
    }
    BarSeries::new(symbol(code), bars).expect("bars in order")
}
