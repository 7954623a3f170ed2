//! Days on which KRX is closed by its own rule though they are no public holidays.
//!
//! Source: KOSPI Business Regulation §5 and KOSDAQ Business Regulation §5; for the closures of single years, days
//! without trading in the index series.

use chrono::{Datelike, NaiveDate, Weekday};

use super::closure::Name;
use crate::time::ymd;

/// The first date on which Saturdays are closed. Before, Saturday was a half-day session.
const SATURDAYS_CLOSED_FROM: NaiveDate = ymd(1998, 12, 12);

/// The first day of the year-end closure (연말 휴장), which lasted to 31 December, in the years before the present rule.
const YEAR_END_FROM: &[NaiveDate] = &[
    ymd(1990, 12, 27),
    ymd(1991, 12, 27),
    ymd(1992, 12, 29),
    ymd(1993, 12, 29),
    ymd(1994, 12, 29),
    ymd(1995, 12, 28),
    ymd(1996, 12, 28),
    ymd(1997, 12, 29),
    ymd(1998, 12, 29),
    ymd(1999, 12, 29),
    ymd(2000, 12, 27),
];

const YEAR_END: Name = Name { ko: "연말 휴장일", en: "Year-end market holiday" };
const LABOUR_DAY: Name = Name { ko: "근로자의 날", en: "Labour Day" };

/// Closures of a single day.
const SINGLE_CLOSURES: &[(NaiveDate, Name)] = &[
    // No trading in the index series; the reason is unconfirmed.
    (ymd(1996, 11, 23), Name { ko: "임시휴장", en: "Market closed, reason unconfirmed" }),
    // First weekday of the year 2000: extra day for the changeover of computer systems.
    (ymd(2000, 1, 3), Name { ko: "연초 휴장", en: "Extra market holiday for the year 2000" }),
];

/// The closure the exchange itself holds on `date`: Labour Day, year end or a single closure. Weekends have no name.
pub(super) fn exchange_closure(date: NaiveDate) -> Option<Name> {
    let single = SINGLE_CLOSURES.iter().find(|(day, _)| *day == date).map(|(_, name)| *name);
    let labour_day = is_labour_day(date).then_some(LABOUR_DAY);
    let year_end = is_year_end(date).then_some(YEAR_END);
    single.or(labour_day).or(year_end)
}

/// True if `date` is a Sunday, or a Saturday since they are closed.
pub(super) fn is_closed_weekend(date: NaiveDate) -> bool {
    match date.weekday() {
        Weekday::Sun => true,
        Weekday::Sat => date >= SATURDAYS_CLOSED_FROM,
        _ => false,
    }
}

/// 근로자의 날: 10 March, since 1994 1 May (Designation of Workers' Day Act). From 2026 on it is a public holiday.
fn is_labour_day(date: NaiveDate) -> bool {
    let labour_day = if date.year() < 1994 { (3, 10) } else { (5, 1) };
    date.year() < 2026 && (date.month(), date.day()) == labour_day
}

/// Since 2001: 31 December, or the last weekday before it when it falls on a weekend.
fn is_year_end(date: NaiveDate) -> bool {
    let year = date.year();
    match YEAR_END_FROM.iter().find(|first| first.year() == year) {
        Some(first) => *first <= date,
        None => {
            let last_weekday = match ymd(year, 12, 31).weekday() {
                Weekday::Sat => 30,
                Weekday::Sun => 29,
                _ => 31,
            };
            date.month() == 12 && date.day() == last_weekday
        }
    }
}
