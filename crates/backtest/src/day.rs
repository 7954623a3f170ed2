//! What holds for all bars of a date. A run asks at every daily bar, and a sweep asks the same again and again.

use std::sync::{LazyLock, OnceLock};

use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};
use exodus_domain::{Bar, KST, TradingCalendar, from_kst, next_session, session_hours};

/// Milliseconds of a day, and of the time that Korea is ahead.
const DAY: i64 = 24 * 3_600 * 1_000;
const KST_AHEAD: i64 = KST.local_minus_utc() as i64 * 1_000;

/// By day since the first one of the calendar, as they are asked for. The calendar in force does not change once it was
/// asked.
static KNOWN: LazyLock<Vec<OnceLock<Day>>> = LazyLock::new(|| {
    let length = *TradingCalendar::COVERED.end() - *TradingCalendar::COVERED.start();
    (0..=length.num_days()).map(|_| OnceLock::new()).collect()
});

/// A date of a run. Times of bars are in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Day {
    pub(crate) date: NaiveDate,
    /// Its first millisecond.
    start: i64,
    /// The first millisecond after it.
    pub(crate) end: i64,
    /// Both as moments.
    bounds: [DateTime<Utc>; 2],
    /// When its session opens; `None` if it is none.
    pub(crate) opening: Option<DateTime<Utc>>,
    /// When the first session after it opens: then orders are made on its daily bar. `None` outside the calendar.
    pub(crate) next_opening: Option<DateTime<Utc>>,
}

impl Day {
    /// The date in Korea at the time of a bar.
    pub(crate) fn of(time: i64) -> Self {
        Self::numbered((time + KST_AHEAD).div_euclid(DAY))
    }

    /// The day of a date.
    pub(crate) fn on(date: NaiveDate) -> Self {
        Self::numbered(date.to_epoch_days().into())
    }

    /// A time of the day, or of a day near it; without arithmetic of dates at its ends, where daily bars begin and end, and
    /// from nine in the morning on, when the date is the same in UTC.
    #[inline]
    pub(crate) fn at(&self, time: i64) -> DateTime<Utc> {
        let [first, after] = self.bounds;
        match time {
            time if time == self.start => first,
            time if time == self.end => after,
            time => self.within(time),
        }
    }

    /// As [`Day::at`] for any time.
    fn within(&self, time: i64) -> DateTime<Utc> {
        let since_nine = time - self.start - KST_AHEAD;
        if since_nine < 0 || time >= self.end {
            let [first, _] = self.bounds;
            return first + TimeDelta::milliseconds(time - self.start);
        }
        self.date.and_time(time_of_day(since_nine)).and_utc()
    }

    /// The day so many days after 1970-01-01.
    fn numbered(number: i64) -> Self {
        let place = number - i64::from(TradingCalendar::COVERED.start().to_epoch_days());
        let known = usize::try_from(place).ok().and_then(|place| KNOWN.get(place));
        known.map_or_else(|| Self::worked_out(number), |day| *day.get_or_init(|| Self::worked_out(number)))
    }

    fn worked_out(number: i64) -> Self {
        let date = i32::try_from(number).ok().and_then(NaiveDate::from_epoch_days).expect("the date of a bar");
        let opening = |session| session_hours(session).map(|hours| from_kst(session, hours.open));
        let (start, first) = (number * DAY - KST_AHEAD, Bar::day_start(date));
        Self {
            date,
            start,
            end: start + DAY,
            bounds: [first, first + TimeDelta::days(1)],
            opening: opening(date),
            next_opening: next_session(date).and_then(opening),
        }
    }
}

/// The time so many milliseconds after midnight, less than a day.
#[inline]
fn time_of_day(millis: i64) -> NaiveTime {
    let (seconds, nanos) = (millis / 1_000, millis % 1_000 * 1_000_000);
    let parts = u32::try_from(seconds).ok().zip(u32::try_from(nanos).ok());
    let time = parts.and_then(|(seconds, nanos)| NaiveTime::from_num_seconds_from_midnight_opt(seconds, nanos));
    time.expect("a day has fewer milliseconds")
}

#[cfg(test)]
mod tests {
    use exodus_domain::kst_date;

    use super::*;

    #[test]
    fn every_moment_belongs_to_its_day_within_the_calendar_and_outside() {
        let first = TradingCalendar::COVERED.start().pred_opt().expect("a date");
        for date in first.iter_days().take(13_900) {
            let day = Day::on(date);
            let start = Bar::day_start(date);
            let nine = KST_AHEAD;
            let times =
                [0, 1, nine - 1, nine, nine + 61_001, DAY - 1].map(|since| start + TimeDelta::milliseconds(since));
            for at in times {
                let time = at.timestamp_millis();
                assert_eq!((Day::of(time), day.at(time), kst_date(at)), (day, at, date));
                assert!(time < day.end);
            }
            let next = Bar::day_start(date.succ_opt().expect("a date"));
            assert_eq!((day.end, day.at(day.end)), (next.timestamp_millis(), next));
            assert_eq!(day.at(day.end + 1), next + TimeDelta::milliseconds(1));
        }
    }

    #[test]
    fn a_day_knows_its_opening_and_the_next_one() {
        let date = |text: &str| text.parse::<NaiveDate>().expect("a date");
        let opening =
            |day: &str, hour| from_kst(date(day), NaiveTime::from_hms_opt(hour, 0, 0).expect("a time of day"));
        let friday = Day::on(date("2024-06-07"));
        assert_eq!(friday.opening, Some(opening("2024-06-07", 9)));
        assert_eq!(friday.next_opening, Some(opening("2024-06-10", 9)));
        let last_of_2023 = Day::on(date("2023-12-31"));
        assert_eq!((last_of_2023.opening, last_of_2023.next_opening), (None, Some(opening("2024-01-02", 10))));
        assert_eq!(Day::on(date("2031-01-06")).next_opening, None, "nobody knows its sessions yet");
    }
}
