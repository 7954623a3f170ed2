//! The demo market, cut to the hours of the exchange.

use std::ops::Range;

use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Timelike, Utc};
use exodus_domain::{
    Bar, Instrument, Interval, Level, Qty, Symbol, from_kst, kst_date, kst_time, session_hours, sessions,
};
use exodus_simulator::{DemoMarket, DemoTrade};

use super::{Print, Script};

/// Others trade so many times as much in the opening and in the closing auction as in an average minute of the hour.
const OPENING_MINUTES: i64 = 3;
const CLOSING_MINUTES: i64 = 5;
/// Of the trades of the demo, which trades around the clock, one in so many is left before and after the regular session,
/// at half its size.
const OFF_HOURS_PART: usize = 4;
/// Outside these hours no venue trades.
const HOURS: Range<u32> = 8 * 3_600..20 * 3_600;
/// The closing auction begins so long before the close.
const CLOSING_AUCTION: u32 = 10 * 60;

pub(crate) struct Demo {
    market: DemoMarket,
}

impl Demo {
    pub(super) fn new(seed: u64) -> Self {
        Self { market: DemoMarket::new(seed) }
    }

    pub(super) fn instruments(&self) -> &[Instrument] {
        self.market.instruments()
    }

    pub(super) fn script(&self, symbol: Symbol, date: NaiveDate) -> Script {
        let Some((open, close)) = regular(date) else { return Script::default() };
        let mut prints: Vec<Print> =
            self.market.trades(symbol, date, HOURS).iter().map(|trade| print_of(date, trade)).collect();
        let auction = |second: u32, minutes: i64| {
            let hour = second / 60 - 30..second / 60 + 30;
            let volume = self.market.bar_of_minutes(symbol, date, hour)?.volume;
            let at = from_kst(date, NaiveTime::from_num_seconds_from_midnight_opt(second, 0)?);
            let price = self.market.quote(symbol, at)?.price;
            Some(Level { price, quantity: Qty((volume.0 * minutes / 60).max(1)) })
        };
        let (opening, closing) = (auction(open, OPENING_MINUTES), auction(close, CLOSING_MINUTES));
        let second_of = |print: &Print| kst_time(print.at).num_seconds_from_midnight();
        let mut off_hours = 0;
        prints.retain_mut(|print| match second_of(print) {
            second if (open..close - CLOSING_AUCTION).contains(&second) => true,
            second if (open..close).contains(&second) => false,
            _ => {
                off_hours += 1;
                print.quantity = Qty((print.quantity.0 / 2).max(1));
                off_hours % OFF_HOURS_PART == 0
            }
        });
        Script { opening, closing, prints }
    }

    pub(super) fn bars(&self, symbol: Symbol, interval: Interval, from: DateTime<Utc>, to: DateTime<Utc>) -> Vec<Bar> {
        let first = kst_date(from).max(DemoMarket::FIRST_DAY);
        let last = kst_date(to).min(DemoMarket::LAST_DAY);
        let of_day = |date: NaiveDate| {
            let Some((open, close)) = regular(date) else { return Vec::new() };
            let minutes = open / 60..close / 60;
            match interval {
                Interval::Day1 => {
                    let bar = self.market.bar_of_minutes(symbol, date, minutes);
                    bar.map(|bar| Bar { open_time: Bar::day_start(date), ..bar }).into_iter().collect()
                }
                _ => {
                    let day = Bar::day_start(date);
                    let at = |minute: u32| day + TimeDelta::minutes(minute.into());
                    self.market.bars(symbol, interval, at(minutes.start), at(minutes.end))
                }
            }
        };
        let bars = sessions(first, last).flat_map(of_day);
        bars.filter(|bar| from <= bar.open_time && bar.open_time < to).collect()
    }
}

/// Opening and close of the regular session, in seconds of the day.
fn regular(date: NaiveDate) -> Option<(u32, u32)> {
    let hours = session_hours(date)?;
    Some((hours.open.num_seconds_from_midnight(), hours.close.num_seconds_from_midnight()))
}

fn print_of(date: NaiveDate, trade: &DemoTrade) -> Print {
    let at = Bar::day_start(date) + TimeDelta::seconds(trade.second.into());
    Print { at, price: trade.price, quantity: trade.quantity, taker: trade.taker, quote: None }
}
