//! Minute bars of one issue out of its trades.
//!
//! The stream may lack trades, so the volume of a minute is the growth of the volume of the day, which every trade
//! tells. A minute of which the stream saw only a part is not told from it: it is owed, and read by REST.

use std::collections::VecDeque;

use chrono::{DateTime, DurationRound, NaiveDate, TimeDelta, Utc};
use exodus_domain::{Bar, Interval, Price, Qty, TradingHours, kst_date};

/// The clock of the exchange and the way of a message may be this much late.
pub(super) const GRACE: TimeDelta = TimeDelta::seconds(2);
const MINUTE: TimeDelta = TimeDelta::minutes(1);

/// What a trade tells of its minute.
#[derive(Clone, Copy, Debug)]
pub(super) struct Print {
    pub(super) at: DateTime<Utc>,
    pub(super) price: Price,
    pub(super) quantity: Qty,
    /// Volume of the day, this trade included.
    pub(super) day_volume: Qty,
}

/// Minutes that must be read by REST, from the first to before the last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Owed {
    pub(super) from: DateTime<Utc>,
    pub(super) to: DateTime<Utc>,
}

impl Owed {
    /// True if one answer of the minute chart, thirty rows, holds them all.
    pub(super) fn is_short(&self) -> bool {
        self.to - self.from < MINUTE * 30
    }
}

#[derive(Debug)]
pub(super) struct Minutes {
    /// The first minute that has not been told.
    next: DateTime<Utc>,
    /// From this minute on the stream has seen everything; `None` while it sees nothing.
    whole_from: Option<DateTime<Utc>>,
    running: Option<Bar>,
    /// The day that the volumes are of.
    date: NaiveDate,
    /// Volume of the day at the end of the last minute, as far as it is known.
    volume_before: Option<Qty>,
    /// The greatest that was told of it without a gap; zero before.
    volume: Qty,
    /// Bars from the stream that wait until what is owed before them has been read.
    waiting: VecDeque<Bar>,
}

fn bar_start(at: DateTime<Utc>) -> Option<DateTime<Utc>> {
    TradingHours::Krx.bar_start(at, Interval::Minute1)
}

fn minute(at: DateTime<Utc>) -> DateTime<Utc> {
    at.duration_trunc(MINUTE).expect("a minute divides every time of this age")
}

impl Minutes {
    /// Bars from the minute of `now` on.
    pub(super) fn new(now: DateTime<Utc>) -> Self {
        Self {
            next: minute(now),
            whole_from: None,
            running: None,
            date: kst_date(now),
            volume_before: None,
            volume: Qty(0),
            waiting: VecDeque::new(),
        }
    }

    /// The stream sees every trade from now on. By the clock of the exchange the next minute may have begun.
    pub(super) fn joined(&mut self, now: DateTime<Utc>) {
        self.lost();
        self.whole_from = Some(minute(now + GRACE) + MINUTE);
    }

    /// The stream sees nothing any more.
    pub(super) fn lost(&mut self) {
        self.whole_from = None;
        self.running = None;
        self.volume_before = None;
        self.volume = Qty(0);
    }

    /// Takes a trade in. A trade of a later minute closes the one before.
    pub(super) fn traded(&mut self, print: &Print) {
        let Some(start) = bar_start(print.at) else { return };
        if self.date != kst_date(print.at) {
            self.close_running();
            self.date = kst_date(print.at);
            self.volume = Qty(0);
            self.volume_before = None;
        }
        if self.running.is_some_and(|bar| bar.open_time < start) {
            self.close_running();
        }
        let is_whole = self.whole_from.is_some_and(|from| from <= start);
        // Late by more than the grace: its volume is told with the next minute.
        let is_late = start < self.next || self.waiting.back().is_some_and(|bar| start <= bar.open_time);
        if is_whole && !is_late {
            let before = if self.volume.0 > 0 { self.volume } else { Qty(print.day_volume.0 - print.quantity.0) };
            self.volume_before.get_or_insert(before);
            let price = print.price;
            let bar = self.running.get_or_insert(Bar {
                open_time: start,
                open: price,
                high: price,
                low: price,
                close: price,
                volume: Qty(0),
            });
            bar.high = bar.high.max(price);
            bar.low = bar.low.min(price);
            bar.close = price;
        }
        self.volume = self.volume.max(print.day_volume);
    }

    fn close_running(&mut self) {
        let Some(bar) = self.running.take() else { return };
        let before = self.volume_before.replace(self.volume).unwrap_or(self.volume);
        self.waiting.push_back(Bar { volume: Qty(self.volume.0 - before.0), ..bar });
    }

    /// Closes the minutes that are over at `now`.
    pub(super) fn tick(&mut self, now: DateTime<Utc>) {
        if self.running.is_some_and(|bar| now >= bar.open_time + MINUTE + GRACE) {
            self.close_running();
        }
    }

    /// What has to be read by REST before anything later can be told. Nothing, if nothing is traded in that time.
    pub(super) fn owed(&mut self, now: DateTime<Utc>) -> Option<Owed> {
        let over = minute(now - GRACE);
        let to = self.whole_from.map_or(over, |from| from.min(over));
        // Far behind, only the last day counts: older bars come from history.
        self.next = self.next.max(over - TimeDelta::days(1));
        while self.next < to && bar_start(self.next) != Some(self.next) {
            self.next += MINUTE;
        }
        // Nothing is traded after the closing print, and a chart holds one day.
        let stretches = TradingHours::Krx.stretches(kst_date(self.next));
        let to = stretches.last().map_or(to, |stretch| to.min(stretch.end + MINUTE));
        (self.next < to).then_some(Owed { from: self.next, to })
    }

    /// Tells the bars that were read for what was owed.
    pub(super) fn read(&mut self, owed: Owed, bars: &[Bar]) -> Vec<Bar> {
        let is_asked = |bar: &&Bar| {
            owed.from <= bar.open_time
                && bar.open_time < owed.to
                && bar.volume.0 > 0
                && bar_start(bar.open_time) == Some(bar.open_time)
        };
        let told: Vec<Bar> = bars.iter().filter(|bar| bar.open_time >= self.next).filter(is_asked).copied().collect();
        self.next = self.next.max(owed.to);
        told
    }

    /// The bars of the stream that may be told now, oldest first.
    pub(super) fn take(&mut self, now: DateTime<Utc>) -> Vec<Bar> {
        if self.waiting.is_empty() || self.owed(now).is_some() {
            return Vec::new();
        }
        let told: Vec<Bar> = self.waiting.drain(..).filter(|bar| bar.open_time >= self.next).collect();
        if let Some(last) = told.last() {
            self.next = last.open_time + MINUTE;
        }
        told
    }

    /// When something closes by the clock.
    pub(super) fn due(&self) -> Option<DateTime<Utc>> {
        self.running.map(|bar| bar.open_time + MINUTE + GRACE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A time of an ordinary session in Korea.
    fn at(text: &str) -> DateTime<Utc> {
        format!("2026-06-01T{text}+09:00").parse().expect("a time")
    }

    fn print(time: &str, price: i64, quantity: i64, day_volume: i64) -> Print {
        Print { at: at(time), price: Price(price), quantity: Qty(quantity), day_volume: Qty(day_volume) }
    }

    fn bar(time: &str, prices: [i64; 4], volume: i64) -> Bar {
        let [open, high, low, close] = prices.map(Price);
        Bar { open_time: at(time), open, high, low, close, volume: Qty(volume) }
    }

    /// Minutes of which the stream sees everything from 10:00:00 on.
    fn whole() -> Minutes {
        let mut minutes = Minutes::new(at("10:00:00"));
        minutes.joined(at("09:59:50"));
        minutes
    }

    #[test]
    fn who_joins_at_the_edge_of_a_minute_may_have_missed_its_first_trades() {
        for (joined, whole_from) in [("09:59:57", "10:00:00"), ("09:59:58", "10:01:00"), ("10:00:00", "10:01:00")] {
            let mut minutes = Minutes::new(at("09:59:00"));
            minutes.joined(at(joined));
            let owed = minutes.owed(at("10:05:00")).expect("minutes are owed");
            assert_eq!(owed.to, at(whole_from), "{joined}");
        }
    }

    #[test]
    fn a_minute_closes_when_its_time_is_over() {
        let mut minutes = whole();
        minutes.traded(&print("10:00:01", 100, 5, 1_005));
        minutes.traded(&print("10:00:30", 110, 1, 1_006));
        minutes.traded(&print("10:00:59", 90, 4, 1_010));
        minutes.tick(at("10:01:01"));
        assert_eq!(minutes.take(at("10:01:01")), [], "a late trade may still come");
        assert_eq!(minutes.due(), Some(at("10:01:02")));
        minutes.tick(at("10:01:02"));
        assert_eq!(minutes.take(at("10:01:02")), [bar("10:00:00", [100, 110, 90, 90], 10)]);
        assert_eq!(minutes.take(at("10:01:02")), [], "a bar is told once");
    }

    #[test]
    fn the_first_trade_of_a_later_minute_closes_the_one_before() {
        let mut minutes = whole();
        minutes.traded(&print("10:00:01", 100, 5, 1_005));
        minutes.traded(&print("10:03:00", 120, 2, 1_007));
        assert_eq!(minutes.take(at("10:03:00")), [bar("10:00:00", [100, 100, 100, 100], 5)]);
        minutes.tick(at("10:04:02"));
        assert_eq!(minutes.take(at("10:04:02")), [bar("10:03:00", [120, 120, 120, 120], 2)], "none without a trade");
    }

    #[test]
    fn the_volume_is_the_growth_of_that_of_the_day() {
        let mut minutes = whole();
        minutes.traded(&print("10:00:01", 100, 5, 1_005));
        minutes.traded(&print("10:00:40", 100, 5, 1_090)); // Trades of 80 shares were not told.
        minutes.traded(&print("10:01:10", 100, 1, 1_100)); // Nor were 9 more.
        minutes.tick(at("10:02:02"));
        let volumes: Vec<i64> = minutes.take(at("10:02:02")).iter().map(|bar| bar.volume.0).collect();
        assert_eq!(volumes, [90, 10]);
    }

    #[test]
    fn a_minute_that_was_seen_in_part_is_owed() {
        let mut minutes = Minutes::new(at("10:00:30"));
        minutes.joined(at("10:00:30"));
        minutes.traded(&print("10:00:40", 100, 5, 1_005));
        minutes.traded(&print("10:01:40", 101, 5, 1_010));
        minutes.tick(at("10:02:02"));
        assert_eq!(minutes.take(at("10:02:02")), [], "the minute before it comes first");
        let owed = minutes.owed(at("10:02:02")).expect("a minute is owed");
        assert_eq!(owed, Owed { from: at("10:00:00"), to: at("10:01:00") });
        let read = [bar("09:59:00", [1; 4], 1), bar("10:00:00", [99, 100, 98, 100], 7), bar("10:01:00", [1; 4], 1)];
        assert_eq!(minutes.read(owed, &read), [read[1]]);
        assert_eq!(minutes.take(at("10:02:02")), [bar("10:01:00", [101; 4], 5)]);
        assert_eq!(minutes.owed(at("10:02:02")), None);
    }

    #[test]
    fn after_a_gap_the_minutes_of_the_gap_are_owed() {
        let mut minutes = whole();
        minutes.traded(&print("10:00:10", 100, 5, 1_005));
        minutes.lost();
        assert_eq!(minutes.owed(at("10:00:50")), None, "the minute is not over");
        minutes.joined(at("10:02:30"));
        minutes.traded(&print("10:02:40", 100, 5, 2_000));
        minutes.traded(&print("10:03:10", 100, 5, 2_005));
        let owed = minutes.owed(at("10:03:10")).expect("minutes are owed");
        assert_eq!(owed, Owed { from: at("10:00:00"), to: at("10:03:00") });
        assert_eq!(minutes.read(owed, &[]), [], "nothing was traded");
        minutes.tick(at("10:04:02"));
        assert_eq!(minutes.take(at("10:04:02")), [bar("10:03:00", [100; 4], 5)]);
    }

    #[test]
    fn without_the_stream_every_minute_of_the_session_is_owed() {
        let mut minutes = Minutes::new(at("08:50:10"));
        assert_eq!(minutes.owed(at("09:00:59")), None, "nothing has been traded");
        assert_eq!(minutes.owed(at("09:01:02")), Some(Owed { from: at("09:00:00"), to: at("09:01:00") }));
        let owed = minutes.owed(at("19:35:00")).expect("the day is owed");
        assert_eq!(owed, Owed { from: at("09:00:00"), to: at("15:31:00") });
        assert!(!owed.is_short());
        minutes.read(owed, &[]);
        assert_eq!(minutes.owed(at("23:00:00")), None, "nothing is traded at night");
    }

    #[test]
    fn every_day_counts_its_volume_anew() {
        let mut minutes = whole();
        minutes.traded(&print("10:00:10", 100, 5, 900_000));
        let next_day = Print { at: at("09:00:10") + TimeDelta::days(1), ..print("09:00:10", 100, 30, 30) };
        minutes.traded(&next_day);
        minutes.tick(next_day.at + MINUTE);
        let volumes: Vec<i64> = minutes.take(next_day.at + MINUTE).iter().map(|bar| bar.volume.0).collect();
        assert_eq!(volumes, [5, 30]);
    }

    #[test]
    fn trades_off_hours_are_in_no_bar_and_the_closing_print_is_in_its_own() {
        let mut minutes = Minutes::new(at("15:19:00"));
        minutes.joined(at("15:18:50"));
        minutes.traded(&print("15:19:50", 100, 5, 1_005));
        minutes.traded(&print("15:30:20", 101, 50, 1_055));
        minutes.traded(&print("15:45:00", 101, 7, 1_062));
        minutes.tick(at("15:45:00"));
        let told = minutes.take(at("15:45:00"));
        assert_eq!(told, [bar("15:19:00", [100; 4], 5), bar("15:30:00", [101; 4], 50)]);
    }

    #[test]
    fn a_trade_that_comes_too_late_changes_no_bar_that_was_told() {
        let mut minutes = whole();
        minutes.traded(&print("10:00:10", 100, 5, 1_005));
        minutes.tick(at("10:01:02"));
        assert_eq!(minutes.take(at("10:01:02")).len(), 1);
        minutes.traded(&print("10:00:59", 500, 5, 1_010));
        minutes.traded(&print("10:01:30", 100, 5, 1_015));
        minutes.tick(at("10:02:02"));
        assert_eq!(minutes.take(at("10:02:02")), [bar("10:01:00", [100; 4], 10)]);
    }
}
