//! Trades of the demo market one by one, where a tape is wanted rather than a price for every second.

use std::ops::Range;

use chrono::NaiveDate;
use exodus_domain::{Bar, Price, Qty, Side, Symbol, from_kst};

use super::{DemoMarket, shares};

/// A trade between others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DemoTrade {
    /// Second of the day in Korea.
    pub second: u32,
    /// Price.
    pub price: Price,
    /// Shares.
    pub quantity: Qty,
    /// Who came to the other.
    pub taker: Side,
}

impl DemoMarket {
    /// Trades of some seconds of a day, about one in three of them, oldest first: the quotes of those seconds, which
    /// share the volume of their minute. Empty for an issue or a day that the demo does not know.
    pub fn trades(&self, symbol: Symbol, date: NaiveDate, seconds: Range<u32>) -> Vec<DemoTrade> {
        let Some(day) = self.issue(symbol).and_then(|issue| issue.day(date)) else { return Vec::new() };
        let mut trades = Vec::new();
        for minute in seconds.start / 60..seconds.end.div_ceil(60) {
            let path = day.path.minute(minute as usize);
            let weight = |second: u32| day.path.trade(u64::from(second)).weight;
            let is_chosen = |second: &u32| {
                let of_minute = u64::from(second % 60);
                of_minute == path.high_at || of_minute == path.low_at || weight(*second) % 3 == 0
            };
            let of_minute = minute * 60..(minute + 1) * 60;
            let all: u64 = of_minute.clone().filter(is_chosen).map(weight).sum();
            for second in of_minute.filter(is_chosen).filter(|second| seconds.contains(second)) {
                let quantity = shares((day.path.volume(minute as usize) * weight(second) / all.max(1)).max(1));
                let at = u64::from(second);
                let taker = if day.at_offer(at) { Side::Buy } else { Side::Sell };
                trades.push(DemoTrade { second, price: day.price(at), quantity, taker });
            }
        }
        trades
    }

    /// The bar of the minutes from `minutes.start` to before `minutes.end` of a day, counted from midnight in Korea.
    pub fn bar_of_minutes(&self, symbol: Symbol, date: NaiveDate, minutes: Range<u32>) -> Option<Bar> {
        let day = self.issue(symbol)?.day(date)?;
        let open = chrono::NaiveTime::from_num_seconds_from_midnight_opt(minutes.start * 60, 0)?;
        (minutes.start < minutes.end && minutes.end as usize <= super::MINUTES)
            .then(|| day.bar(from_kst(date, open), minutes.start as usize..minutes.end as usize))
    }
}
