//! When the broker is read (safety §2.8): R1 for orders in doubt, R2 for open orders, R3 for cash and shares, R4 for
//! everything, R5 at the end of the day, R6 on the next morning. R0 is the opening of a session.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};
use exodus_domain::{from_kst, is_session, kst_date, previous_session};

use crate::doubts::next_read;

/// Between two reads of the list while an order is open (R2).
const OPEN_EVERY: TimeDelta = TimeDelta::seconds(5);
/// Between two reads of the balance (R3).
const BOOKS_EVERY: TimeDelta = TimeDelta::seconds(30);
/// The books are read again so soon after they differed.
const BOOKS_AGAIN: TimeDelta = TimeDelta::seconds(10);
/// Between two reads of the list at the least (R4).
const ALL_EVERY: TimeDelta = TimeDelta::minutes(5);
/// Between the two lists that close a day (R5).
const LISTS_APART: TimeDelta = TimeDelta::seconds(60);

/// The runs at the end of a day (R5): after the regular session, after the hours at single prices, and after everything.
const CLOSINGS: [NaiveTime; 3] = [time(15, 45), time(18, 10), time(20, 10)];
/// The look at the day before (R6).
const MORNING: NaiveTime = time(8, 20);

const fn time(hour: u32, minute: u32) -> NaiveTime {
    match NaiveTime::from_hms_opt(hour, minute, 0) {
        Some(time) => time,
        None => NaiveTime::MIN,
    }
}

/// What is to be read now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Due {
    /// The list of orders (R1, R2 or R4).
    pub(crate) orders: bool,
    /// Cash and holdings (R3).
    pub(crate) books: bool,
}

/// When what was read last.
#[derive(Debug)]
pub(crate) struct Loops {
    orders_at: DateTime<Utc>,
    books_at: DateTime<Utc>,
    /// Orders in doubt, with when the list is read for each next.
    doubts: HashMap<i64, DateTime<Utc>>,
}

impl Loops {
    /// Everything was read at `now` (R0).
    pub(crate) fn new(now: DateTime<Utc>) -> Self {
        Self { orders_at: now, books_at: now, doubts: HashMap::new() }
    }

    /// What is due. `differ` says that the books differed when they were read last.
    pub(crate) fn due(&self, has_open: bool, differ: bool, now: DateTime<Utc>) -> Due {
        let since_orders = now - self.orders_at;
        let is_doubt_due = self.doubts.values().any(|at| *at <= now);
        Due {
            orders: since_orders >= ALL_EVERY || (has_open && since_orders >= OPEN_EVERY) || is_doubt_due,
            books: now - self.books_at >= if differ { BOOKS_AGAIN } else { BOOKS_EVERY },
        }
    }

    /// The list was read, and these orders are in doubt since these instants.
    pub(crate) fn orders_read(&mut self, doubts: impl IntoIterator<Item = (i64, DateTime<Utc>)>, now: DateTime<Utc>) {
        self.orders_at = now;
        self.doubts = doubts.into_iter().map(|(id, since)| (id, next_read(since, now))).collect();
    }

    /// The balance was read.
    pub(crate) fn books_read(&mut self, now: DateTime<Utc>) {
        self.books_at = now;
    }

    /// An order came into doubt.
    pub(crate) fn doubted(&mut self, order_id: i64, since: DateTime<Utc>, now: DateTime<Utc>) {
        self.doubts.entry(order_id).or_insert_with(|| next_read(since, now));
    }
}

/// The closing run that is due for the day of `now`, if it was closed last at `closed_at`: its date and its time.
pub(crate) fn closing_due(closed_at: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Option<(NaiveDate, DateTime<Utc>)> {
    let date = kst_date(now);
    if !is_session(date) {
        return None;
    }
    let run = CLOSINGS.into_iter().map(|time| from_kst(date, time)).rfind(|run| *run <= now)?;
    closed_at.is_none_or(|closed_at| closed_at < run).then_some((date, run))
}

/// True once the last run of a day has closed it: what is absent then is forgotten (M8).
pub(crate) fn is_over(date: NaiveDate, closed_at: DateTime<Utc>) -> bool {
    closed_at >= from_kst(date, CLOSINGS[CLOSINGS.len() - 1])
}

/// The day to be looked at once more (R6): the session before that of `now`, from 08:20 on.
pub(crate) fn morning_due(now: DateTime<Utc>) -> Option<NaiveDate> {
    let date = kst_date(now);
    (is_session(date) && now >= from_kst(date, MORNING)).then(|| previous_session(date)).flatten()
}

/// Two equal lists, far enough apart (R5).
#[derive(Debug, Default)]
pub(crate) struct TwoLists<T> {
    first: Option<(DateTime<Utc>, T)>,
}

impl<T: PartialEq> TwoLists<T> {
    /// True if the next list may be read: there is none yet, or it is old enough.
    pub(crate) fn may_read(&self, now: DateTime<Utc>) -> bool {
        self.first.as_ref().is_none_or(|(at, _)| now - *at >= LISTS_APART)
    }

    /// Takes a list. True if it equals the one before; otherwise it is the first now.
    pub(crate) fn take(&mut self, list: T, now: DateTime<Utc>) -> bool {
        let is_equal = self.first.as_ref().is_some_and(|(at, first)| now - *at >= LISTS_APART && *first == list);
        self.first = if is_equal { None } else { Some((now, list)) };
        is_equal
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        format!("2026-11-{text}+09:00").parse().expect("an RFC 3339 time")
    }

    #[test]
    fn the_list_is_read_as_often_as_its_orders_need_it() {
        let start = at("20T10:00:00");
        let second = |second| start + TimeDelta::seconds(second);
        let mut loops = Loops::new(start);
        let orders = |loops: &Loops, has_open, at| loops.due(has_open, false, second(at)).orders;
        assert_eq!([4, 5].map(|at| orders(&loops, true, at)), [false, true], "open orders");
        assert_eq!([299, 300].map(|at| orders(&loops, false, at)), [false, true], "nothing open");
        loops.doubted(7, start, start);
        assert_eq!([0, 1].map(|at| orders(&loops, false, at)), [false, true], "in doubt");
        loops.orders_read([(7, start)], second(8));
        assert_eq!([14, 15].map(|at| orders(&loops, false, at)), [false, true], "still in doubt");
        loops.orders_read([], second(15));
        assert_eq!([30, 314, 315].map(|at| orders(&loops, false, at)), [false, false, true], "decided");
    }

    #[test]
    fn books_that_differ_are_read_again_soon() {
        let start = at("20T10:00:00");
        let loops = Loops::new(start);
        let books = |differ, at| loops.due(false, differ, start + TimeDelta::seconds(at)).books;
        assert_eq!([29, 30].map(|at| books(false, at)), [false, true]);
        assert_eq!([9, 10].map(|at| books(true, at)), [false, true]);
    }

    #[test]
    fn a_day_is_closed_three_times_and_looked_at_once_more() {
        let friday = kst_date(at("20T12:00:00"));
        let due = |closed: Option<&str>, now| closing_due(closed.map(at), at(now)).map(|(_, run)| run);
        assert_eq!(due(None, "20T15:44:59"), None);
        assert_eq!(due(None, "20T15:45:00"), Some(at("20T15:45:00")));
        assert_eq!(due(Some("20T15:46:10"), "20T18:09:59"), None);
        assert_eq!(due(Some("20T15:46:10"), "20T18:10:00"), Some(at("20T18:10:00")));
        assert_eq!(due(Some("20T18:11:05"), "20T23:59:59"), Some(at("20T20:10:00")));
        assert_eq!(due(Some("20T20:11:05"), "20T23:59:59"), None);
        assert_eq!(due(None, "21T20:30:00"), None, "a Saturday");
        assert!(!is_over(friday, at("20T18:11:05")) && is_over(friday, at("20T20:11:05")));
        assert_eq!(morning_due(at("23T08:19:59")), None);
        assert_eq!(morning_due(at("23T08:20:00")), Some(friday), "the Monday after it");
        assert_eq!(morning_due(at("22T12:00:00")), None, "a Sunday");
    }

    #[test]
    fn two_equal_lists_a_minute_apart_close_a_day() {
        let mut lists = TwoLists::default();
        let second = |second| at("20T15:45:00") + TimeDelta::seconds(second);
        assert!(lists.may_read(second(0)) && !lists.take(1, second(0)));
        assert!(!lists.may_read(second(59)) && lists.may_read(second(60)));
        assert!(!lists.take(2, second(60)), "another list");
        assert!(!lists.take(2, second(100)), "too soon");
        assert!(lists.take(2, second(160)));
        assert!(lists.may_read(second(161)), "the next run begins anew");
    }
}
