//! Bars: the days before from the source, or as this market lived them; today from the tape.

use chrono::{DateTime, DurationRound, NaiveDate, TimeDelta, Utc};
use exodus_domain::{Bar, Interval, Price, Symbol, TradingVenue};

use super::Market;

/// How far back a last price is looked for.
const LOOK_BACK: TimeDelta = TimeDelta::days(400);

impl Market {
    /// The daily bar of a session before today.
    pub(super) fn day_bar(&self, symbol: Symbol, date: NaiveDate) -> Option<Bar> {
        if let Some(bar) = self.lived.get(&date).and_then(|day| day.get(&symbol)) {
            return Some(*bar);
        }
        let from = Bar::day_start(date);
        self.source.bars(symbol, Interval::Day1, from, from + TimeDelta::days(1)).pop()
    }

    /// The last close before a day, however long ago.
    pub(super) fn last_close(&self, symbol: Symbol, date: NaiveDate) -> Option<Price> {
        let until = Bar::day_start(date);
        self.source.bars(symbol, Interval::Day1, until - LOOK_BACK, until).pop().map(|bar| bar.close)
    }

    /// Daily bars from one day to another, today's as far as it is, oldest first.
    pub(in crate::world) fn daily_bars(&self, symbol: Symbol, from: NaiveDate, to: NaiveDate) -> Vec<Bar> {
        if from > to {
            return Vec::new();
        }
        let end = to.min(self.date - TimeDelta::days(1));
        let until = Bar::day_start(end) + TimeDelta::days(1);
        let mut bars = self.source.bars(symbol, Interval::Day1, Bar::day_start(from), until);
        for (date, day) in self.lived.range(from..).take_while(|(date, _)| **date <= end) {
            let Some(lived) = day.get(&symbol) else { continue };
            match bars.binary_search_by_key(date, Bar::trade_date) {
                Ok(place) => bars[place] = *lived,
                Err(place) => bars.insert(place, *lived),
            }
        }
        if (from..=to).contains(&self.date)
            && let Some(issue) = self.issues.get(&symbol)
        {
            let of_day = self.lived.get(&self.date).and_then(|day| day.get(&symbol)).copied();
            bars.extend(of_day.or_else(|| Some(issue.regular_bar()).filter(|bar| !bar.is_halted())));
        }
        bars
    }

    /// Minutes that open from `from` to before `to`, oldest first: of days before today as the source tells them, of
    /// today from the tape of KRX, minutes without a trade left out.
    pub(in crate::world) fn minute_bars(&self, symbol: Symbol, from: DateTime<Utc>, to: DateTime<Utc>) -> Vec<Bar> {
        let today = Bar::day_start(self.date);
        let mut bars = self.source.bars(symbol, Interval::Minute1, from, to.min(today));
        let Some(issue) = self.issues.get(&symbol) else { return bars };
        let past = bars.len();
        for tick in issue.ticks.iter().filter(|tick| tick.venue == TradingVenue::Krx) {
            let Ok(open_time) = tick.at.duration_trunc(TimeDelta::minutes(1)) else { continue };
            if open_time < from || open_time >= to {
                continue;
            }
            match bars[past..].last_mut().filter(|bar| bar.open_time == open_time) {
                Some(bar) => {
                    bar.high = bar.high.max(tick.price);
                    bar.low = bar.low.min(tick.price);
                    bar.close = tick.price;
                    bar.volume += tick.quantity;
                }
                None => {
                    let (price, volume) = (tick.price, tick.quantity);
                    bars.push(Bar { open_time, open: price, high: price, low: price, close: price, volume });
                }
            }
        }
        bars
    }

    /// Sessions whose bars are kept: the most recent ones.
    pub(in crate::world) fn forget_old_days(&mut self, keep: usize) {
        while self.lived.len() > keep {
            self.lived.pop_first();
        }
    }
}
