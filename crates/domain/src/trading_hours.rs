//! When the bars of an issue can have trades in them: what a bar of minutes, an hour or a day is cut by, and how many
//! bars a day can have.

use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};

use crate::time::from_kst;
use crate::{Bar, Instrument, Interval, is_session, kst_date, session_hours, sessions};

/// How long after the close a print is still the closing one. The next trades, those at the closing price after hours
/// (장후 시간외 종가), are made from ten minutes after the close on (Enforcement Rules §11).
pub const CLOSING_PRINT: TimeDelta = TimeDelta::minutes(10);

/// Trading without a break.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stretch {
    /// The first instant.
    pub start: DateTime<Utc>,
    /// Continuous trading ends. Between it and `end` only the closing auction makes a price.
    pub continuous_end: DateTime<Utc>,
    /// The close.
    pub end: DateTime<Utc>,
    /// Until here, and not including it, a print belongs to the close.
    pub closing_until: DateTime<Utc>,
}

impl Stretch {
    /// The start of the bar that a print of `at` belongs to.
    fn bar_start(&self, at: DateTime<Utc>, interval: Interval) -> DateTime<Utc> {
        let closes_apart = matches!(interval, Interval::Minute1 | Interval::Minute5);
        if at >= self.end && closes_apart {
            return self.end;
        }
        let length = interval.duration().num_seconds();
        let last_minute = self.end - TimeDelta::minutes(1);
        let whole = (at.min(last_minute) - self.start).num_seconds() / length;
        self.start + TimeDelta::seconds(whole * length)
    }

    /// Bars shorter than a day that can have a trade in them.
    fn bars(&self, interval: Interval) -> u64 {
        let minutes = |until: DateTime<Utc>| (until - self.start).num_minutes().unsigned_abs();
        let length = interval.duration().num_minutes().unsigned_abs();
        let has_auction = self.continuous_end < self.end;
        match interval {
            Interval::Minute1 | Interval::Minute5 => {
                minutes(self.continuous_end).div_ceil(length) + u64::from(has_auction)
            }
            Interval::Hour1 | Interval::Day1 => minutes(self.end).div_ceil(length),
        }
    }
}

/// Whose hours a series keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TradingHours {
    /// The regular session of KRX (정규시장).
    Krx,
    /// Every minute of every day, as the demo market trades. Its daily bars exist for sessions of KRX only.
    AroundTheClock,
}

impl TradingHours {
    /// The hours of an issue.
    pub fn of(instrument: &Instrument) -> Self {
        if instrument.is_demo { Self::AroundTheClock } else { Self::Krx }
    }

    /// Trading on `date`, oldest first: one stretch, two with a lunch break, none on a day without trading.
    pub fn stretches(self, date: NaiveDate) -> Vec<Stretch> {
        match self {
            Self::Krx => regular_session(date),
            Self::AroundTheClock => {
                let start = Bar::day_start(date);
                let end = start + TimeDelta::days(1);
                vec![Stretch { start, continuous_end: end, end, closing_until: end }]
            }
        }
    }

    /// True if a bar that starts at `at` can have trades in it.
    pub fn is_open(self, at: DateTime<Utc>) -> bool {
        bar_start(at, Interval::Minute1, &self.stretches(kst_date(at))).is_some()
    }

    /// The start of the bar of `interval` that a print of `at` belongs to; `None` off hours.
    pub fn bar_start(self, at: DateTime<Utc>, interval: Interval) -> Option<DateTime<Utc>> {
        bar_start(at, interval, &self.stretches(kst_date(at)))
    }

    /// The days from `from` to `to`, both included, that have bars of `interval`.
    pub fn days(self, interval: Interval, from: NaiveDate, to: NaiveDate) -> Vec<NaiveDate> {
        match self {
            Self::AroundTheClock if interval != Interval::Day1 => {
                from.iter_days().take_while(|date| *date <= to).collect()
            }
            Self::Krx | Self::AroundTheClock => sessions(from, to).collect(),
        }
    }

    /// How many bars of `interval` a day can have. An issue that trades seldom has fewer.
    pub fn bars_on(self, interval: Interval, date: NaiveDate) -> u64 {
        match interval {
            Interval::Day1 => u64::from(is_session(date)),
            _ => self.stretches(date).iter().map(|stretch| stretch.bars(interval)).sum(),
        }
    }
}

fn regular_session(date: NaiveDate) -> Vec<Stretch> {
    let Some(hours) = session_hours(date) else { return Vec::new() };
    let stretch = |start: NaiveTime, continuous_end: NaiveTime, end: NaiveTime| Stretch {
        start: from_kst(date, start),
        continuous_end: from_kst(date, continuous_end),
        end: from_kst(date, end),
        closing_until: from_kst(date, end) + CLOSING_PRINT,
    };
    let to_the_close = |start| stretch(start, hours.continuous_close, hours.close);
    match hours.lunch_break {
        Some((begin, end)) => vec![stretch(hours.open, begin, begin), to_the_close(end)],
        None => vec![to_the_close(hours.open)],
    }
}

/// The start of the bar of `interval` that a print of `at` belongs to; `None` off hours. `stretches` are those of the
/// date of `at`.
pub(crate) fn bar_start(at: DateTime<Utc>, interval: Interval, stretches: &[Stretch]) -> Option<DateTime<Utc>> {
    let stretch = stretches.iter().rev().find(|stretch| stretch.start <= at)?;
    if at >= stretch.end && at >= stretch.closing_until {
        return None;
    }
    match interval {
        Interval::Day1 => Some(Bar::day_start(kst_date(at))),
        _ => Some(stretch.bar_start(at, interval)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kst_time;
    use crate::time::ymd;

    /// The start in Korea of the bar that a print of `text` belongs to.
    fn start(text: &str, interval: Interval) -> Option<String> {
        let at: DateTime<Utc> = format!("{text}+09:00").parse().expect("a time");
        let start = bar_start(at, interval, &TradingHours::Krx.stretches(kst_date(at)));
        start.map(|start| kst_time(start).format("%H:%M").to_string())
    }

    #[test]
    fn prints_belong_to_the_bar_of_their_time() {
        use Interval::{Hour1, Minute5};
        let cases = [
            ("an opening print", "2026-06-01T09:00:00", Hour1, Some("09:00")),
            ("the opening of the year", "2026-01-02T10:00:00", Hour1, Some("10:00")),
            ("before the opening of the year", "2026-01-02T09:30:00", Hour1, None),
            ("pre-hours", "2026-06-01T08:35:00", Minute5, None),
            ("the last continuous minute", "2026-06-01T15:19:00", Minute5, Some("15:15")),
            ("the close among hours", "2026-06-01T15:30:00", Hour1, Some("15:00")),
            ("the close among fives", "2026-06-01T15:30:00", Minute5, Some("15:30")),
            ("the close, stamped by its end", "2026-06-01T15:31:00", Minute5, Some("15:30")),
            ("the close, prolonged by a VI", "2026-06-01T15:32:00", Hour1, Some("15:00")),
            ("after-hours closing price", "2026-06-01T15:40:00", Hour1, None),
            ("after-hours single price", "2026-06-01T16:10:00", Hour1, None),
            ("an exam day opens late", "2025-11-13T09:59:00", Hour1, None),
            ("an exam day closes late", "2025-11-13T16:30:00", Hour1, Some("16:00")),
            ("half past three is an ordinary minute of an exam day", "2025-11-13T15:32:00", Minute5, Some("15:30")),
            ("an era that closed at three", "2015-03-02T15:00:00", Hour1, Some("14:00")),
            ("hours are counted from the opening", "1994-03-02T10:35:00", Hour1, Some("09:40")),
            ("the last hour before lunch ends there", "1999-03-02T12:00:00", Hour1, Some("11:00")),
            ("lunch", "1999-03-02T12:30:00", Hour1, None),
            ("after lunch counting begins anew", "1995-03-02T13:05:00", Hour1, Some("13:00")),
            ("no session", "2026-06-03T10:00:00", Hour1, None),
        ];
        for (story, time, interval, expected) in cases {
            assert_eq!(start(time, interval).as_deref(), expected, "{story}");
        }
    }

    #[test]
    fn a_day_has_as_many_bars_as_it_can_trade_in() {
        let counts = |hours: TradingHours, date| -> Vec<u64> {
            Interval::ALL.iter().map(|interval| hours.bars_on(*interval, date)).collect()
        };
        let bars = |date| counts(TradingHours::Krx, date);
        assert_eq!(bars(ymd(2026, 6, 1)), [381, 77, 7, 1], "an ordinary day");
        assert_eq!(bars(ymd(2026, 1, 2)), [321, 65, 6, 1], "the opening of the year");
        assert_eq!(bars(ymd(1999, 3, 2)), [180 + 111, 36 + 23, 3 + 2, 1], "a lunch break");
        assert_eq!(bars(ymd(2026, 6, 3)), [0, 0, 0, 0], "an election");
        assert_eq!(counts(TradingHours::AroundTheClock, ymd(2026, 6, 3)), [1_440, 288, 24, 0]);
    }

    #[test]
    fn days_with_bars_are_sessions_but_for_minutes_of_the_demo() {
        let week = |hours: TradingHours, interval| hours.days(interval, ymd(2026, 6, 1), ymd(2026, 6, 7)).len();
        assert_eq!(week(TradingHours::Krx, Interval::Minute1), 4);
        assert_eq!(week(TradingHours::AroundTheClock, Interval::Day1), 4);
        assert_eq!(week(TradingHours::AroundTheClock, Interval::Minute1), 7);
    }
}
