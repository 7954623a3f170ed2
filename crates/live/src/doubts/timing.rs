//! When the list is read for an order in doubt (M2, loop R1).

use chrono::{DateTime, TimeDelta, Utc};

/// Seconds after the doubt began; then every 15 seconds up to [`CLOSELY`], then every [`SELDOM`].
const FIRST: [i64; 5] = [1, 2, 4, 8, 15];
const OFTEN: i64 = 15;
const CLOSELY: i64 = 120;
const SELDOM: i64 = 60;

/// The first instant of the schedule after `after`, for an order in doubt since `since`.
pub(crate) fn next_read(since: DateTime<Utc>, after: DateTime<Utc>) -> DateTime<Utc> {
    let passed = (after - since).num_seconds().max(0);
    let next = match FIRST.into_iter().find(|&second| passed < second) {
        Some(second) => second,
        None if passed < CLOSELY => (passed / OFTEN + 1) * OFTEN,
        None => (passed / SELDOM + 1) * SELDOM,
    };
    since + TimeDelta::seconds(next)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_read_often_at_first_and_then_every_minute() {
        let since = DateTime::UNIX_EPOCH;
        let mut reads = vec![];
        let mut at = since;
        while reads.len() < 16 {
            at = next_read(since, at);
            reads.push((at - since).num_seconds());
        }
        assert_eq!(reads, [1, 2, 4, 8, 15, 30, 45, 60, 75, 90, 105, 120, 180, 240, 300, 360]);
    }

    #[test]
    fn a_read_that_took_long_is_followed_by_the_next_of_the_schedule() {
        let since = DateTime::UNIX_EPOCH;
        let after = since + TimeDelta::milliseconds(16_400);
        assert_eq!(next_read(since, after), since + TimeDelta::seconds(30));
        assert_eq!(next_read(since, since - TimeDelta::seconds(5)), since + TimeDelta::seconds(1));
    }
}
