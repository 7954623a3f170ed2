//! Calls a second (kis-openapi §4): two counters for each app key, in fixed windows of one second of emulated time.

use std::collections::HashMap;

use chrono::{DateTime, Utc};

use crate::config::Limits;
use crate::environment::Environment;

/// What a call is counted as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Counter {
    /// The gateway's: every call.
    Gateway,
    /// The ledger's: orders and account.
    Ledger,
    /// Issues of an approval key.
    Approval,
}

/// The counts of the current second.
#[derive(Default)]
pub(crate) struct Windows(HashMap<(String, Counter), (i64, u32)>);

impl Windows {
    /// Counts a call of `app_key`; false if the second was full. A refused call counts too, as only what the gateway
    /// lets through reaches the next counter.
    pub(crate) fn take(&mut self, app_key: &str, counter: Counter, limit: u32, now: DateTime<Utc>) -> bool {
        let second = now.timestamp();
        let window = self.0.entry((app_key.to_owned(), counter)).or_insert((second, 0));
        if window.0 != second {
            *window = (second, 0);
        }
        window.1 = window.1.saturating_add(1);
        window.1 <= limit
    }

    /// Counts a call of an environment by all counters it falls under, and tells the code of the one that was full.
    pub(crate) fn refusal(
        &mut self,
        app_key: &str,
        limits: Limits,
        environment: Environment,
        ledger: bool,
        now: DateTime<Utc>,
    ) -> Option<&'static str> {
        let (all, of_ledger) = limits.of(environment);
        if !self.take(app_key, Counter::Gateway, all, now) {
            Some("EGW00201")
        } else if ledger && !self.take(app_key, Counter::Ledger, of_ledger, now) {
            Some("EGW00215")
        } else {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_is_a_fixed_window_for_each_key_and_counter_section_4() {
        let mut windows = Windows::default();
        let at = |milliseconds| DateTime::from_timestamp_millis(milliseconds).expect("a time");
        let limits = Limits { real: 3, real_ledger: 2, ..Limits::default() };
        let mut ask = |key, ledger, ms| windows.refusal(key, limits, Environment::Real, ledger, at(ms));
        assert_eq!(ask("a", true, 100), None);
        assert_eq!(ask("a", true, 900), None);
        assert_eq!(ask("a", true, 910), Some("EGW00215"));
        assert_eq!(ask("a", false, 920), Some("EGW00201"));
        assert_eq!(ask("b", false, 920), None);
        assert_eq!(ask("a", true, 1_000), None);
    }
}
