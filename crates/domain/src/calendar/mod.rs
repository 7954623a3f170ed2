//! The trading days of KRX from 1990-01-01 to 2027-12-31, and their hours.
//!
//! The days follow from rules with their dates of validity: public holidays by law (`public_holidays`), the dates of
//! the lunar year (`lunar`) and the exchange's own closures (`exchange_closures`). Elections and ad-hoc holidays that
//! nobody has called yet are missing, and 2027-05-03 and 2027-07-19 are tentative closures: live trading asks the broker
//! every morning and refuses to trade when the two disagree.
//!
//! Outside these years nothing is known: no date is a session there, and no answer is given from there.

use std::ops::RangeInclusive;
use std::sync::OnceLock;

use chrono::{Datelike, NaiveDate};

use crate::time::ymd;

mod exchange_closures;
mod hours;
mod lunar;
mod public_holidays;

pub use hours::SessionHours;

/// The dates the rules cover.
const COVERED: RangeInclusive<NaiveDate> = ymd(1990, 1, 1)..=ymd(2027, 12, 31);

/// The sources put the late opening of 1990 on the second session of that year; unconfirmed.
const LATE_OPENING_1990: NaiveDate = ymd(1990, 1, 4);

/// Sessions between a trade and its settlement (보통거래, KOSPI Business Regulation §7).
const SETTLEMENT_SESSIONS: u32 = 2;

/// Every session, in order.
fn all_sessions() -> &'static [NaiveDate] {
    static SESSIONS: OnceLock<Vec<NaiveDate>> = OnceLock::new();
    SESSIONS.get_or_init(|| {
        let years = COVERED.start().year()..=COVERED.end().year();
        years.flat_map(sessions_of_year).collect()
    })
}

fn sessions_of_year(year: i32) -> impl Iterator<Item = NaiveDate> {
    let holidays = public_holidays::public_holidays(year);
    ymd(year, 1, 1)
        .iter_days()
        .take_while(move |date| date.year() == year)
        .filter(move |date| !holidays.contains(date) && !exchange_closures::exchange_is_closed(*date))
}

/// How many sessions lie before `date`.
fn sessions_before(date: NaiveDate) -> usize {
    all_sessions().partition_point(|session| *session < date)
}

/// True if KRX trades on `date`.
pub fn is_session(date: NaiveDate) -> bool {
    all_sessions().binary_search(&date).is_ok()
}

/// The first session after `date`; `None` if that lies outside the calendar.
pub fn next_session(date: NaiveDate) -> Option<NaiveDate> {
    add_sessions(date, 1)
}

/// The last session before `date`; `None` if that lies outside the calendar.
pub fn previous_session(date: NaiveDate) -> Option<NaiveDate> {
    if !COVERED.contains(&date) {
        return None;
    }
    all_sessions().get(sessions_before(date).checked_sub(1)?).copied()
}

/// The `n`-th session after `date`, which need not be a session itself; `None` if that lies outside the calendar.
///
/// The session zero sessions after `date` is `date`, if it is one.
pub fn add_sessions(date: NaiveDate, n: u32) -> Option<NaiveDate> {
    if !COVERED.contains(&date) {
        return None;
    }
    match n.checked_sub(1) {
        None => is_session(date).then_some(date),
        Some(skipped) => {
            let first_after = sessions_before(date.succ_opt()?);
            all_sessions().get(first_after.checked_add(usize::try_from(skipped).ok()?)?).copied()
        }
    }
}

/// The sessions from `from` to `to`, both included, in order.
pub fn sessions(from: NaiveDate, to: NaiveDate) -> impl Iterator<Item = NaiveDate> {
    let skipped = sessions_before(from);
    all_sessions().iter().skip(skipped).copied().take_while(move |session| *session <= to)
}

/// The date on which a trade on `trade_date` is settled: the second session after it (T+2, KOSPI Business Regulation §7,
/// Clearing and Settlement Regulation). 31 December is no settlement day; as it is no session, it does not count.
///
/// A date without a session, on which only a simulated market trades, counts from the session before it.
pub fn settlement_date(trade_date: NaiveDate) -> Option<NaiveDate> {
    add_sessions(trade_date, SETTLEMENT_SESSIONS)
}

/// The hours of the regular session on `date`; `None` if there is no session.
///
/// Since 2016-08-01 09:00–15:30, before 09:00–15:00, with a lunch break until 2000-05-19; on university exam days all of
/// it an hour later; on the first session of a year the opening alone. The hours of Saturday sessions (until
/// 1998-12-05) are unverified: the answer is the morning session of that time.
pub fn session_hours(date: NaiveDate) -> Option<SessionHours> {
    is_session(date).then(|| hours::hours_of_session(date, opens_the_year(date)))
}

fn opens_the_year(session: NaiveDate) -> bool {
    if session.year() == LATE_OPENING_1990.year() {
        return session == LATE_OPENING_1990;
    }
    previous_session(session).is_none_or(|previous| previous.year() != session.year())
}

#[cfg(test)]
mod tests;
