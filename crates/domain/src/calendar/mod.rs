//! The trading days of KRX and their hours.

use chrono::{Datelike, NaiveDate, NaiveTime, Weekday};

use crate::time::ymd;

const FIRST: NaiveDate = ymd(1990, 1, 1);
const LAST: NaiveDate = ymd(2027, 12, 31);

/// Opening and closing times of the regular session in Korean wall-clock time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionHours {
    /// The opening call auction is struck; continuous trading begins.
    pub open: NaiveTime,
    /// The closing call auction is struck.
    pub close: NaiveTime,
    /// Continuous trading ends and the closing call auction begins to collect orders.
    pub continuous_close: NaiveTime,
}

/// True if KRX trades on `date`.
pub fn is_session(date: NaiveDate) -> bool {
    (FIRST..=LAST).contains(&date) && !matches!(date.weekday(), Weekday::Sat | Weekday::Sun)
}

/// The first session after `date`.
pub fn next_session(date: NaiveDate) -> Option<NaiveDate> {
    sessions(date.succ_opt()?, LAST).next()
}

/// The last session before `date`.
pub fn previous_session(date: NaiveDate) -> Option<NaiveDate> {
    std::iter::successors(date.pred_opt(), |day| day.pred_opt())
        .take_while(|day| *day >= FIRST)
        .find(|day| is_session(*day))
}

/// The `n`-th session after `date`.
pub fn add_sessions(date: NaiveDate, n: u32) -> Option<NaiveDate> {
    (0..n).try_fold(date, |day, _| next_session(day))
}

/// The sessions from `from` to `to`, both included.
pub fn sessions(from: NaiveDate, to: NaiveDate) -> impl Iterator<Item = NaiveDate> {
    from.max(FIRST).iter_days().take_while(move |day| *day <= to.min(LAST)).filter(|day| is_session(*day))
}

/// The settlement date of a trade.
pub fn settlement_date(trade_date: NaiveDate) -> Option<NaiveDate> {
    add_sessions(trade_date, 2)
}

/// The hours of the regular session on `date`.
pub fn session_hours(date: NaiveDate) -> Option<SessionHours> {
    let time = |hour, minute| NaiveTime::from_hms_opt(hour, minute, 0);
    is_session(date).then_some(SessionHours {
        open: time(9, 0)?,
        close: time(15, 30)?,
        continuous_close: time(15, 20)?,
    })
}
