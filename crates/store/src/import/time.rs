//! Dates and times of files.

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, TimeZone, Utc};
use exodus_domain::Interval;

use super::rows::RowReason;

/// Seconds by which Korean time is ahead of UTC.
pub(super) const KST_SECONDS: i64 = 9 * 3_600;

/// The first and the last date that a bar may have, in days since 1970: KRX computed from 1980 on, and a date after
/// 2100 is a mistake.
const DAYS: std::ops::Range<i64> = 3_652..47_846;

/// Checks and completes the instants of one file.
#[derive(Clone, Copy)]
pub(super) struct Clock {
    bar_seconds: i64,
}

impl Clock {
    /// For bars of this length.
    pub(super) fn new(interval: Interval) -> Self {
        Self { bar_seconds: interval.duration().num_seconds() }
    }

    /// The start of the day that lies `days` after 1970-01-01 in Korea.
    pub(super) fn day(self, days: i64) -> Result<i64, RowReason> {
        self.wall_clock(days.saturating_mul(86_400))
    }

    /// An instant given as Korean wall-clock time, in seconds since 1970-01-01T00:00 of that clock.
    pub(super) fn wall_clock(self, seconds: i64) -> Result<i64, RowReason> {
        if !DAYS.contains(&seconds.div_euclid(86_400)) {
            return Err(RowReason::BadDate);
        }
        if seconds.rem_euclid(self.bar_seconds.min(86_400)) != 0 {
            return Err(RowReason::OffInterval);
        }
        Ok(seconds - KST_SECONDS)
    }

    /// An instant given in seconds since 1970 in UTC.
    pub(super) fn instant(self, seconds: i64) -> Result<i64, RowReason> {
        self.wall_clock(seconds.saturating_add(KST_SECONDS))
    }

    /// A date as a number: 20260821.
    pub(super) fn number(self, number: i64) -> Result<i64, RowReason> {
        let part = |n: i64| u32::try_from(n).unwrap_or(u32::MAX);
        let year = i32::try_from(number / 10_000).unwrap_or(i32::MAX);
        let date = NaiveDate::from_ymd_opt(year, part(number / 100 % 100), part(number % 100));
        self.day(days_of(date.ok_or(RowReason::BadDate)?))
    }

    /// A date or a time as text: `2026-08-21`, `20260821`, `2026-08-21 09:01`, or RFC 3339.
    pub(super) fn text(self, text: &[u8]) -> Result<i64, RowReason> {
        if let Some(date) = plain_date(text) {
            return self.day(days_of(date));
        }
        let text = std::str::from_utf8(text).map_err(|_| RowReason::BadDate)?.trim();
        if let Ok(date) = NaiveDate::parse_from_str(text, "%Y%m%d") {
            return self.day(days_of(date));
        }
        if let Ok(time) = DateTime::parse_from_rfc3339(text) {
            return self.instant(time.timestamp());
        }
        let formats = ["%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M"];
        let time = formats.iter().find_map(|format| NaiveDateTime::parse_from_str(text, format).ok());
        self.wall_clock(time.ok_or(RowReason::BadDate)?.and_utc().timestamp())
    }
}

/// `2026-08-21`, read without the machinery for formats, because most files have millions of them.
pub(super) fn plain_date(text: &[u8]) -> Option<NaiveDate> {
    let &[y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = text else { return None };
    let number =
        |digits: &[u8]| digits.iter().try_fold(0u32, |n, d| d.is_ascii_digit().then(|| n * 10 + u32::from(d - b'0')));
    let year = i32::try_from(number(&[y1, y2, y3, y4])?).ok()?;
    NaiveDate::from_ymd_opt(year, number(&[m1, m2])?, number(&[d1, d2])?)
}

fn days_of(date: NaiveDate) -> i64 {
    Utc.from_utc_datetime(&date.and_time(NaiveTime::MIN)).timestamp().div_euclid(86_400)
}

#[cfg(test)]
mod tests {
    use super::*;
    use exodus_domain::KST;

    fn read(interval: Interval, text: &str) -> Option<String> {
        let seconds = Clock::new(interval).text(text.as_bytes()).ok()?;
        Some(DateTime::from_timestamp(seconds, 0).expect("a valid instant").with_timezone(&KST).to_rfc3339())
    }

    #[test]
    fn a_daily_bar_starts_at_midnight_in_korea() {
        let midnight = Some("2026-08-21T00:00:00+09:00".to_owned());
        for text in ["2026-08-21", "20260821", "2026-08-21 00:00", "2026-08-20T15:00:00Z"] {
            assert_eq!(read(Interval::Day1, text), midnight, "{text}");
        }
        assert_eq!(Clock::new(Interval::Day1).number(20260821), Clock::new(Interval::Day1).text(b"2026-08-21"));
    }

    #[test]
    fn a_minute_bar_has_a_time() {
        let nine = Some("2026-08-21T09:01:00+09:00".to_owned());
        for text in ["2026-08-21 09:01", "2026-08-21T09:01:00", "2026-08-21T00:01:00+00:00"] {
            assert_eq!(read(Interval::Minute1, text), nine, "{text}");
        }
    }

    #[test]
    fn what_is_no_start_of_a_bar_is_refused() {
        for text in ["2026-08-21 09:01", "2026-13-01", "2026-8-21", "1979-12-31", "2101-01-01", "", "x", "20260230"] {
            assert_eq!(read(Interval::Day1, text), None, "{text:?} was accepted");
        }
        assert_eq!(read(Interval::Minute1, "2026-08-21 09:01:30"), None);
    }
}
