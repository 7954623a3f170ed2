//! What screens look at, as they tell it over the bus.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use exodus_domain::Symbol;

/// A screen that has not said so again for this long looks at something else by now.
const FORGOTTEN_AFTER: TimeDelta = TimeDelta::seconds(60);

/// The issues that screens look at.
#[derive(Default)]
pub(crate) struct Watched(Mutex<HashMap<Symbol, DateTime<Utc>>>);

impl Watched {
    /// Notes what a screen shows.
    pub(crate) fn note(&self, symbols: &[Symbol], now: DateTime<Utc>) {
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        seen.extend(symbols.iter().map(|symbol| (*symbol, now)));
    }

    /// What screens show now.
    pub(crate) fn now(&self, now: DateTime<Utc>) -> Vec<Symbol> {
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        seen.retain(|_, at| now - *at < FORGOTTEN_AFTER);
        seen.keys().copied().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_looks_at_any_more_is_forgotten() {
        let [one, other]: [Symbol; 2] = ["005930", "000660"].map(|code| code.parse().expect("a code"));
        let at = |second| DateTime::UNIX_EPOCH + TimeDelta::seconds(second);
        let watched = Watched::default();
        watched.note(&[one, other], at(0));
        watched.note(&[other], at(40));
        assert_eq!(watched.now(at(59)).len(), 2);
        assert_eq!(watched.now(at(60)), [other]);
        assert!(watched.now(at(100)).is_empty());
    }
}
