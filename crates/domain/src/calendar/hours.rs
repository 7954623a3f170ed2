//! The hours of the regular session (정규시장) by date.
//!
//! Source: KOSPI Business Regulation §4, Enforcement Rules §8 (first session of the year) and the notices of the
//! exchange for exam days. Hours before 1998-12-07 are those of a public calendar and unverified.

use chrono::{Datelike, NaiveDate, NaiveTime, TimeDelta, Weekday};

use crate::time::ymd;

/// Hours of one regular session in Korean wall-clock time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionHours {
    /// The opening call auction is struck and continuous trading begins.
    pub open: NaiveTime,
    /// The closing call auction is struck, up to half a minute later.
    pub close: NaiveTime,
    /// Continuous trading ends and only orders for the closing call auction are taken: ten minutes before the close.
    /// Unconfirmed before 2000-05-22.
    pub continuous_close: NaiveTime,
    /// Begin and end of the lunch break, which was held until 2000-05-19.
    pub lunch_break: Option<(NaiveTime, NaiveTime)>,
}

impl SessionHours {
    /// A session from `open` to `close` without a break.
    pub(super) fn unbroken(open: NaiveTime, close: NaiveTime) -> Self {
        Self { open, close, continuous_close: close - CLOSING_AUCTION, lunch_break: None }
    }
}

/// Length of the closing call auction.
const CLOSING_AUCTION: TimeDelta = TimeDelta::minutes(10);

const fn hm(hour: u32, minute: u32) -> NaiveTime {
    match NaiveTime::from_hms_opt(hour, minute, 0) {
        Some(time) => time,
        None => panic!("the source names a time that does not exist"),
    }
}

/// The ordinary hours from a date on.
struct Era {
    valid_from: NaiveDate,
    open: NaiveTime,
    lunch_break: Option<(NaiveTime, NaiveTime)>,
    close: NaiveTime,
}

/// Latest first.
const ERAS: &[Era] = &[
    Era { valid_from: ymd(2016, 8, 1), open: hm(9, 0), lunch_break: None, close: hm(15, 30) },
    Era { valid_from: ymd(2000, 5, 22), open: hm(9, 0), lunch_break: None, close: hm(15, 0) },
    Era { valid_from: ymd(1998, 12, 7), open: hm(9, 0), lunch_break: Some((hm(12, 0), hm(13, 0))), close: hm(15, 0) },
    Era { valid_from: ymd(1995, 1, 1), open: hm(9, 30), lunch_break: Some((hm(11, 30), hm(13, 0))), close: hm(15, 0) },
    Era { valid_from: NaiveDate::MIN, open: hm(9, 40), lunch_break: Some((hm(11, 40), hm(13, 20))), close: hm(15, 20) },
];

/// Days of the university entrance exam (수능). 2021, 2023 and 2027 are unconfirmed as far as the hours go.
const EXAM_DAYS: &[NaiveDate] = &[
    // The first year had two exams.
    ymd(1993, 8, 20),
    ymd(1993, 11, 16),
    ymd(1994, 11, 23),
    ymd(1995, 11, 22),
    ymd(1996, 11, 13),
    ymd(1997, 11, 19),
    ymd(1998, 11, 18),
    ymd(1999, 11, 17),
    ymd(2000, 11, 15),
    ymd(2001, 11, 7),
    ymd(2002, 11, 6),
    ymd(2003, 11, 5),
    ymd(2004, 11, 17),
    ymd(2005, 11, 23),
    ymd(2006, 11, 16),
    ymd(2007, 11, 15),
    ymd(2008, 11, 13),
    ymd(2009, 11, 12),
    ymd(2010, 11, 18),
    ymd(2011, 11, 10),
    ymd(2012, 11, 8),
    ymd(2013, 11, 7),
    ymd(2014, 11, 13),
    ymd(2015, 11, 12),
    ymd(2016, 11, 17),
    // Put off by a week the evening before, after an earthquake; the exchange kept the late hours on both days.
    ymd(2017, 11, 16),
    ymd(2017, 11, 23),
    ymd(2018, 11, 15),
    ymd(2019, 11, 14),
    ymd(2020, 12, 3),
    ymd(2021, 11, 18),
    ymd(2022, 11, 17),
    ymd(2023, 11, 16),
    ymd(2024, 11, 14),
    ymd(2025, 11, 13),
    ymd(2026, 11, 19),
    ymd(2027, 11, 18),
];

/// The hours of a session on `date`; `opens_late` on the first session of a year, when only the opening moves.
pub(super) fn hours_of_session(date: NaiveDate, opens_late: bool) -> SessionHours {
    let era = ERAS.iter().find(|era| era.valid_from <= date).expect("the oldest era is valid from the first date on");
    let shift = exam_shift(date);
    let late = if opens_late { TimeDelta::hours(1) } else { TimeDelta::zero() };
    let lunch_break = era.lunch_break.map(|(begin, end)| (begin + shift, end + shift));
    // Saturday was the morning session alone.
    let (lunch_break, close) = match lunch_break {
        Some((noon, _)) if date.weekday() == Weekday::Sat => (None, noon),
        _ => (lunch_break, era.close + shift),
    };
    SessionHours { open: era.open + shift + late, close, continuous_close: close - CLOSING_AUCTION, lunch_break }
}

/// True on days of the university entrance exam.
pub(super) fn is_exam_day(date: NaiveDate) -> bool {
    EXAM_DAYS.binary_search(&date).is_ok()
}

/// How much later the whole session is held: an hour on exam days, half an hour until 1997.
fn exam_shift(date: NaiveDate) -> TimeDelta {
    match is_exam_day(date) {
        true if date.year() < 1998 => TimeDelta::minutes(30),
        true => TimeDelta::hours(1),
        false => TimeDelta::zero(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exam_days_are_sorted_for_the_search() {
        assert!(EXAM_DAYS.is_sorted());
    }
}
