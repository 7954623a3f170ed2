//! When a ranking decides.

use chrono::{DateTime, Datelike, NaiveDate, Utc};
use exodus_domain::{kst_date, text_enum};

text_enum! {
    /// How often a ranking decides: at the first close of a new one.
    Rebalance {
        /// Day with a bar.
        Day = "day",
        /// Week from Monday to Sunday.
        Week = "week",
        /// Month.
        Month = "month",
        /// Quarter of a year.
        Quarter = "quarter",
    }
}

impl Rebalance {
    /// The period that a date belongs to; later periods are greater.
    fn period_of(self, date: NaiveDate) -> (i32, u32) {
        match self {
            Self::Day => (date.year(), date.ordinal()),
            Self::Week => (date.iso_week().year(), date.iso_week().week()),
            Self::Month => (date.year(), date.month()),
            Self::Quarter => (date.year(), date.month0() / 3),
        }
    }
}

/// Tells the first close of each period by the times of the bars alone, so that holidays need no table.
#[derive(Clone, Copy, Debug)]
pub(super) struct Calendar {
    rebalance: Rebalance,
    /// Starts of the two newest bars seen, the newest first.
    newest: [Option<DateTime<Utc>>; 2],
}

impl Calendar {
    pub(super) fn new(rebalance: Rebalance) -> Self {
        Self { rebalance, newest: [None; 2] }
    }

    /// Notes the start of a bar; bars may come in any order, and together.
    pub(super) fn saw(&mut self, start: DateTime<Utc>) {
        let [newest, second] = self.newest;
        if Some(start) > newest {
            self.newest = [Some(start), newest];
        } else if Some(start) < newest {
            self.newest = [newest, second.max(Some(start))];
        }
    }

    /// True if a period begins with the bars that start at `start`, some of which it may have seen already. Nobody knows
    /// that of the first bars there are.
    pub(super) fn begins_with(&self, start: DateTime<Utc>) -> bool {
        let period = |start| self.rebalance.period_of(kst_date(start));
        let before = self.newest.into_iter().flatten().find(|seen| *seen != start);
        before.is_some_and(|before| period(start) > period(before))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use exodus_domain::{Bar, next_session, previous_session};
    use proptest::prelude::*;

    fn date(text: &str) -> NaiveDate {
        text.parse().expect("a date")
    }

    fn begins(calendar: &Calendar, day: NaiveDate) -> bool {
        calendar.begins_with(Bar::day_start(day))
    }

    fn saw(calendar: &mut Calendar, day: NaiveDate) {
        calendar.saw(Bar::day_start(day));
    }

    /// The dates among `dates` at which a period begins.
    fn beginnings(rebalance: Rebalance, dates: &[&str]) -> Vec<String> {
        let mut calendar = Calendar::new(rebalance);
        let mut found = Vec::new();
        for day in dates.iter().map(|text| date(text)) {
            if begins(&calendar, day) {
                found.push(day.to_string());
            }
            saw(&mut calendar, day);
        }
        found
    }

    #[test]
    fn a_month_begins_with_its_first_bar_after_a_holiday() {
        // Substitute holiday of 1 March, then Chuseok: 28 September to 3 October are closed.
        let days = ["2023-02-28", "2023-03-02", "2023-03-03", "2023-09-27", "2023-10-04", "2023-10-05"];
        assert_eq!(beginnings(Rebalance::Month, &days), ["2023-03-02", "2023-09-27", "2023-10-04"]);
    }

    #[test]
    fn a_week_may_cross_a_year_and_a_quarter_has_three_months() {
        // 30 December 2024 is a Monday, its Thursday is 2 January 2025: one week of 2025.
        let days = ["2024-12-27", "2024-12-30", "2025-01-02", "2025-01-03", "2025-01-06"];
        assert_eq!(beginnings(Rebalance::Week, &days), ["2024-12-30", "2025-01-06"]);
        assert_eq!(beginnings(Rebalance::Quarter, &days), ["2025-01-02"]);
        let days = ["2024-03-29", "2024-04-01", "2024-05-02", "2024-06-28", "2024-07-01"];
        assert_eq!(beginnings(Rebalance::Quarter, &days), ["2024-04-01", "2024-07-01"]);
    }

    #[test]
    fn a_day_begins_once_however_many_bars_it_has() {
        let mut calendar = Calendar::new(Rebalance::Day);
        let minute = |day: &str, minute: i64| Bar::day_start(date(day)) + chrono::TimeDelta::minutes(540 + minute);
        let bars = [("2024-03-29", 379), ("2024-04-01", 0), ("2024-04-01", 1), ("2024-04-02", 0)];
        let mut begun = Vec::new();
        for start in bars.map(|(day, of_day)| minute(day, of_day)) {
            begun.push(calendar.begins_with(start));
            calendar.saw(start);
        }
        assert_eq!(begun, [false, true, false, true]);
        let mut restarted = Calendar::new(Rebalance::Day);
        bars[..2].iter().for_each(|(day, of_day)| restarted.saw(minute(day, *of_day)));
        assert!(!restarted.begins_with(minute("2024-04-01", 1)), "a restart within the day begins no other one");
    }

    #[test]
    fn bars_of_other_issues_at_the_same_close_do_not_hide_the_beginning() {
        let mut calendar = Calendar::new(Rebalance::Month);
        assert!(!begins(&calendar, date("2024-04-01")), "nothing was seen before");
        saw(&mut calendar, date("2024-03-29"));
        saw(&mut calendar, date("2024-04-01"));
        saw(&mut calendar, date("2024-03-28"));
        assert!(begins(&calendar, date("2024-04-01")));
        assert!(!begins(&calendar, date("2024-04-02")));
        assert!(!begins(&calendar, date("2024-03-29")));
    }

    proptest! {
        /// A restart between two closes changes nothing: what was seen follows from the bars before.
        #[test]
        fn a_restart_knows_the_same(offset in 0i64..2_000, warm_up in 1usize..30, rebalance in prop::sample::select(Rebalance::ALL.to_vec())) {
            let start = next_session(date("2019-12-30") + chrono::TimeDelta::days(offset)).expect("a session");
            let mut running = Calendar::new(rebalance);
            let mut day = start;
            for _ in 0..40 {
                saw(&mut running, day);
                day = next_session(day).expect("a session");
            }
            let mut restarted = Calendar::new(rebalance);
            let mut past = day;
            for _ in 0..warm_up {
                past = previous_session(past).expect("a session");
                saw(&mut restarted, past);
            }
            prop_assert_eq!(begins(&restarted, day), begins(&running, day));
        }
    }
}
