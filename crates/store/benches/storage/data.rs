//! Invented bars: prices that walk on a grid of ticks, volumes that differ by orders of magnitude.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use exodus_domain::{Bar, CompactBar, Price, Qty, Symbol, TradingHours, sessions};

/// The last day of every series.
const LAST_DAY: NaiveDate = NaiveDate::from_ymd_opt(2026, 6, 30).expect("a date");

/// A market to be stored.
pub(crate) struct Market {
    pub(crate) symbols: Vec<Symbol>,
    /// When bars start, the same for all issues.
    times: Vec<DateTime<Utc>>,
}

impl Market {
    /// Daily bars of 20 years, of as many issues as make `rows`.
    pub(crate) fn daily(rows: usize) -> Self {
        let days = last_sessions(5_000);
        let times: Vec<DateTime<Utc>> = days.into_iter().map(Bar::day_start).collect();
        Self { symbols: codes(rows.div_ceil(times.len())), times }
    }

    /// Minute bars of a year, of as many issues as make `rows`.
    pub(crate) fn minutes(rows: usize) -> Self {
        let times: Vec<DateTime<Utc>> = last_sessions(250).into_iter().flat_map(minutes_of).collect();
        Self { symbols: codes(rows.div_ceil(times.len())), times }
    }

    pub(crate) fn rows(&self) -> usize {
        self.symbols.len() * self.times.len()
    }

    /// The first instant of the day in the middle.
    pub(crate) fn some_day(&self) -> DateTime<Utc> {
        Bar::day_start(exodus_domain::kst_date(self.times[self.times.len() / 2]))
    }

    /// A bar that follows the last one within the same day or year.
    pub(crate) fn one_more(&self) -> Bar {
        let open_time = self.times[self.times.len() - 1] + TimeDelta::minutes(1);
        let price = Price(10_000);
        Bar { open_time, open: price, high: price, low: price, close: price, volume: Qty(1) }
    }

    /// The bars of the issue at `index`.
    pub(crate) fn series(&self, index: usize) -> Vec<Bar> {
        let mut chance = Chance(0x9E37_79B9_7F4A_7C15 ^ (index as u64 + 1).wrapping_mul(0xD134_2543_DE82_EF95));
        let mut close = 10_000 + 50 * (chance.below(2_000) as i64);
        let mut bars = Vec::with_capacity(self.times.len());
        for &open_time in &self.times {
            let open = close + 50 * chance.step(1);
            close = (open + 50 * chance.step(8)).max(1_000);
            let high = open.max(close) + 50 * chance.below(4) as i64;
            let low = (open.min(close) - 50 * chance.below(4) as i64).max(50);
            let volume = (1 << chance.below(17)) + chance.below(1 << 12) as i64;
            bars.push(Bar {
                open_time,
                open: Price(open.max(low)),
                high: Price(high),
                low: Price(low),
                close: Price(close),
                volume: Qty(volume),
            });
        }
        bars
    }
}

/// A bar as the store gives it: seconds since 1970; open, high, low and close in won; shares.
pub(crate) fn compact(seconds: i64, prices: [i64; 4], volume: i64) -> CompactBar {
    CompactBar::of_parts(seconds * 1_000, prices.map(|price| u32::try_from(price).expect("a price")), volume)
}

fn codes(count: usize) -> Vec<Symbol> {
    (0..count).map(|n| format!("{n:06}").parse().expect("six digits")).collect()
}

fn last_sessions(count: usize) -> Vec<NaiveDate> {
    let all: Vec<NaiveDate> = sessions(NaiveDate::MIN, LAST_DAY).collect();
    all[all.len() - count..].to_vec()
}

fn minutes_of(date: NaiveDate) -> Vec<DateTime<Utc>> {
    let stretches = TradingHours::Krx.stretches(date);
    let minutes = stretches.iter().flat_map(|stretch| {
        let count = (stretch.continuous_end - stretch.start).num_minutes();
        let close = (stretch.continuous_end < stretch.end).then_some(stretch.end);
        (0..count).map(|minute| stretch.start + TimeDelta::minutes(minute)).chain(close)
    });
    minutes.collect()
}

/// xorshift64.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, end: u64) -> u64 {
        (self.next() >> 11) % end
    }

    /// A number from `-most` to `most`.
    fn step(&mut self, most: u64) -> i64 {
        self.below(2 * most + 1) as i64 - most as i64
    }
}
