//! Which bars lie in one row.

use chrono::{DateTime, Datelike, Utc};
use exodus_domain::{Interval, kst_date};

/// Calendar years of daily bars in one row.
const YEARS_OF_DAYS: i32 = 8;

/// The number of the period that a bar lies in; it grows with time. Periods follow the calendar of Korea, so that a
/// trading day or year is never cut.
pub(super) fn period(interval: Interval, timestamp: i64) -> i32 {
    let date = kst_date(DateTime::<Utc>::from_timestamp(timestamp, 0).unwrap_or_default());
    match interval {
        Interval::Minute1 => date.num_days_from_ce(),
        Interval::Minute5 => date.year() * 12 + i32::try_from(date.month0()).unwrap_or_default(),
        Interval::Hour1 => date.year(),
        Interval::Day1 => date.year().div_euclid(YEARS_OF_DAYS),
    }
}
