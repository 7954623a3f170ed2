//! Korean wall-clock time. KRX has kept UTC+9 without daylight saving since 1988-10-09, which covers every date
//! this product knows.

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, TimeZone, Utc};

/// The offset of Asia/Seoul.
pub const KST: FixedOffset = match FixedOffset::east_opt(9 * 3600) {
    Some(offset) => offset,
    None => panic!("nine hours are a valid offset"),
};

/// The calendar date in Korea at `at`.
///
/// Worked out in whole seconds, because a backtest asks at every bar.
#[inline]
pub fn kst_date(at: DateTime<Utc>) -> NaiveDate {
    const DAY: i64 = 24 * 3600;
    let days = (at.timestamp() + i64::from(KST.local_minus_utc())).div_euclid(DAY);
    i32::try_from(days).ok().and_then(NaiveDate::from_epoch_days).expect("nobody asks for the end of time")
}

/// The wall-clock time in Korea at `at`.
pub fn kst_time(at: DateTime<Utc>) -> NaiveTime {
    at.with_timezone(&KST).time()
}

/// The instant of a Korean wall-clock date and time.
pub fn from_kst(date: NaiveDate, time: NaiveTime) -> DateTime<Utc> {
    KST.from_local_datetime(&NaiveDateTime::new(date, time))
        .single()
        .expect("a fixed offset maps each local time to one instant")
        .with_timezone(&Utc)
}

/// A date that is written in the source.
pub(crate) const fn ymd(year: i32, month: u32, day: u32) -> NaiveDate {
    match NaiveDate::from_ymd_opt(year, month, day) {
        Some(date) => date,
        None => panic!("the source names a date that does not exist"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_date_is_that_of_the_wall_clock(seconds in -10_000_000_000_i64..10_000_000_000) {
            let at = DateTime::from_timestamp(seconds, 999_999_999).expect("a time");
            prop_assert_eq!(kst_date(at), at.with_timezone(&KST).date_naive());
        }
    }
}
