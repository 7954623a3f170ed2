use super::*;
use chrono::{NaiveTime, Weekday};
use proptest::prelude::*;

fn time(hour: u32, minute: u32) -> NaiveTime {
    NaiveTime::from_hms_opt(hour, minute, 0).expect("a time of day")
}

fn open_and_close(date: NaiveDate) -> Option<(NaiveTime, NaiveTime)> {
    session_hours(date).map(|hours| (hours.open, hours.close))
}

#[test]
fn days_that_public_calendars_get_wrong() {
    for closed in
        [ymd(2026, 6, 3), ymd(2026, 7, 17), ymd(1995, 6, 27), ymd(1995, 12, 28), ymd(1996, 4, 11), ymd(1998, 6, 4)]
    {
        assert!(!is_session(closed), "{closed}");
    }
    for open in [ymd(1992, 12, 28), ymd(1993, 7, 7), ymd(1994, 1, 3), ymd(1994, 2, 14), ymd(1994, 5, 20)] {
        assert!(is_session(open), "{open}");
    }
}

#[test]
fn the_number_of_sessions_of_a_year_is_known() {
    let count = |year| sessions(ymd(year, 1, 1), ymd(year, 12, 31)).count();
    assert_eq!([2019, 2020, 2021, 2022, 2023, 2024, 2025].map(count), [246, 248, 248, 246, 245, 244, 242]);
}

#[test]
fn the_year_ends_on_the_last_weekday_before_31_december() {
    let last = |year| previous_session(ymd(year, 12, 31)).expect("within the calendar");
    assert_eq!(last(1999), ymd(1999, 12, 28));
    assert_eq!(last(2000), ymd(2000, 12, 26));
    assert_eq!(last(2017), ymd(2017, 12, 28));
    assert_eq!(last(2022), ymd(2022, 12, 29));
    assert_eq!(last(2023), ymd(2023, 12, 28));
    assert_eq!(last(2025), ymd(2025, 12, 30));
}

#[test]
fn saturdays_traded_until_1998_12_05() {
    assert!(is_session(ymd(1998, 12, 5)) && !is_session(ymd(1998, 12, 12)));
    assert!(sessions(ymd(1998, 12, 6), ymd(2027, 12, 31)).all(|date| date.weekday() != Weekday::Sat));
    assert!(sessions(ymd(1990, 1, 1), ymd(2027, 12, 31)).all(|date| date.weekday() != Weekday::Sun));
}

#[test]
fn trades_settle_two_sessions_later() {
    let settled = [
        (ymd(2025, 1, 24), ymd(2025, 2, 3)),
        (ymd(2026, 2, 13), ymd(2026, 2, 20)),
        (ymd(2026, 4, 30), ymd(2026, 5, 6)),
        (ymd(2026, 6, 2), ymd(2026, 6, 5)),
        (ymd(2025, 12, 29), ymd(2026, 1, 2)),
        // A Saturday counts from the Friday before it.
        (ymd(2026, 8, 8), ymd(2026, 8, 11)),
    ];
    for (traded, settles) in settled {
        assert_eq!(settlement_date(traded), Some(settles), "{traded}");
    }
}

#[test]
fn hours_follow_the_era() {
    assert_eq!(open_and_close(ymd(2016, 7, 29)), Some((time(9, 0), time(15, 0))));
    assert_eq!(open_and_close(ymd(2016, 8, 1)), Some((time(9, 0), time(15, 30))));
    let hours = session_hours(ymd(2026, 6, 1)).expect("a session");
    assert_eq!((hours.continuous_close, hours.lunch_break), (time(15, 20), None));
    let hours = session_hours(ymd(2000, 5, 19)).expect("a session");
    assert_eq!(hours.lunch_break, Some((time(12, 0), time(13, 0))));
    assert_eq!(session_hours(ymd(2026, 6, 3)), None);
}

#[test]
fn exam_days_move_the_session_and_the_first_session_only_opens_late() {
    for exam in [ymd(2017, 11, 23), ymd(2022, 11, 17), ymd(2024, 11, 14), ymd(2025, 11, 13), ymd(2026, 11, 19)] {
        assert_eq!(open_and_close(exam), Some((time(10, 0), time(16, 30))), "{exam}");
    }
    assert_eq!(open_and_close(ymd(2015, 11, 12)), Some((time(10, 0), time(16, 0))));
    assert_eq!(open_and_close(ymd(2026, 1, 2)), Some((time(10, 0), time(15, 30))));
    assert_eq!(open_and_close(ymd(2026, 1, 5)), Some((time(9, 0), time(15, 30))));
}

#[test]
fn a_saturday_session_is_the_morning() {
    let hours = session_hours(ymd(1998, 12, 5)).expect("a session");
    assert_eq!((hours.open, hours.close, hours.lunch_break), (time(9, 30), time(11, 30), None));
}

#[test]
fn outside_the_calendar_nothing_is_known() {
    for date in [NaiveDate::MIN, ymd(1989, 12, 28), ymd(2028, 1, 3), NaiveDate::MAX] {
        assert!(!is_session(date));
        assert_eq!(next_session(date), None);
        assert_eq!(previous_session(date), None);
        assert_eq!(session_hours(date), None);
    }
    assert_eq!(previous_session(ymd(1990, 1, 3)), None);
    assert_eq!(next_session(ymd(2027, 12, 30)), None);
    assert_eq!(add_sessions(ymd(2027, 1, 4), u32::MAX), None);
    assert_eq!(sessions(ymd(2026, 6, 5), ymd(2026, 6, 1)).count(), 0);
    assert_eq!(sessions(NaiveDate::MIN, NaiveDate::MAX).count(), trading_calendar().sessions.len());
}

proptest! {
    #[test]
    fn stepping_counts_sessions(days in 0i64..13_800, n in 0u32..300) {
        let date = ymd(1990, 1, 3) + chrono::TimeDelta::days(days);
        prop_assert_eq!(add_sessions(date, 0).is_some(), is_session(date));
        if let Some(later) = add_sessions(date, n + 1) {
            prop_assert!(is_session(later) && later > date);
            prop_assert_eq!(sessions(date.succ_opt().expect("a day"), later).count(), n as usize + 1);
            prop_assert_eq!(add_sessions(date, n).is_none_or(|before| next_session(before) == Some(later)), true);
        }
    }

    #[test]
    fn previous_undoes_next(days in 0i64..13_800) {
        let date = ymd(1990, 1, 3) + chrono::TimeDelta::days(days);
        let next = next_session(date).expect("within the calendar");
        let expected = if is_session(date) { Some(date) } else { previous_session(date) };
        prop_assert_eq!(previous_session(next), expected);
    }
}
