//! The next opening after a date, in one step: a run asks at every daily bar, and a sweep asks the same again and again.

use std::sync::LazyLock;

use chrono::{DateTime, NaiveDate, Utc};
use exodus_domain::{TradingCalendar, from_kst, session_hours, sessions};

/// By day since the first one of the calendar: the first session after it, and when it opens. The calendar in force does
/// not change once it was asked.
static NEXT_OPENINGS: LazyLock<Vec<(NaiveDate, DateTime<Utc>)>> = LazyLock::new(|| {
    let (first, last) = (*TradingCalendar::COVERED.start(), *TradingCalendar::COVERED.end());
    let mut by_day = Vec::new();
    for session in sessions(first, last) {
        let hours = session_hours(session).expect("a session has hours");
        let days = usize::try_from((session - first).num_days()).expect("it is not before the first");
        by_day.resize(days.max(by_day.len()), (session, from_kst(session, hours.open)));
    }
    by_day
});

/// The first session after `date`, and when it opens; `None` outside the calendar.
pub(crate) fn next_opening(date: NaiveDate) -> Option<(NaiveDate, DateTime<Utc>)> {
    let days = (date - *TradingCalendar::COVERED.start()).num_days();
    usize::try_from(days).ok().and_then(|days| NEXT_OPENINGS.get(days).copied())
}

#[cfg(test)]
mod tests {
    use exodus_domain::next_session;

    use super::*;

    #[test]
    fn it_is_the_opening_of_the_next_session_on_every_day() {
        let around = TradingCalendar::COVERED.start().pred_opt().expect("a date").iter_days().take(13_900);
        for date in around {
            let expected = next_session(date)
                .and_then(|session| session_hours(session).map(|hours| (session, from_kst(session, hours.open))));
            assert_eq!(next_opening(date), expected, "{date}");
        }
    }
}
