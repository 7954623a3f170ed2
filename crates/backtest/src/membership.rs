//! Which issues may be bought on a day.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use exodus_domain::Symbol;
use serde::{Deserialize, Serialize};

use crate::fingerprint::Fingerprint;

/// A universe by date: on each day the list of the last date that is not after it. Before the first date nobody is a
/// member.
///
/// What is no member is not bought. What is held of it goes on being managed by its strategy, and is sold at once if
/// [`sell_on_exit`](Self::sell_on_exit) is set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Membership {
    /// Oldest first, each date once.
    lists: Vec<(NaiveDate, BTreeSet<Symbol>)>,
    /// True if what leaves the universe is sold.
    pub sell_on_exit: bool,
}

impl Membership {
    /// Lists from the dates on which they begin to hold, in any order; of two with one date the later one counts. A list
    /// that changes nothing is left out.
    pub fn new(lists: impl IntoIterator<Item = (NaiveDate, Vec<Symbol>)>, sell_on_exit: bool) -> Self {
        let by_date: std::collections::BTreeMap<_, BTreeSet<Symbol>> =
            lists.into_iter().map(|(date, symbols)| (date, symbols.into_iter().collect())).collect();
        let mut lists: Vec<_> = by_date.into_iter().collect();
        lists.dedup_by(|later, earlier| later.1 == earlier.1);
        Self { lists, sell_on_exit }
    }

    /// The members on `date`; `None` before the first list.
    pub fn on(&self, date: NaiveDate) -> Option<&BTreeSet<Symbol>> {
        let next = self.lists.partition_point(|(from, _)| *from <= date);
        self.lists[..next].last().map(|(_, members)| members)
    }

    /// True if `symbol` is a member on `date`.
    pub fn contains(&self, date: NaiveDate, symbol: Symbol) -> bool {
        self.on(date).is_some_and(|members| members.contains(&symbol))
    }

    /// The lists with the dates from which they hold, oldest first.
    pub fn lists(&self) -> &[(NaiveDate, BTreeSet<Symbol>)] {
        &self.lists
    }

    /// Every issue that is a member on some day.
    pub fn symbols(&self) -> BTreeSet<Symbol> {
        self.lists.iter().flat_map(|(_, members)| members.iter().copied()).collect()
    }

    /// SHA-256 over dates and members, in hexadecimal.
    pub fn fingerprint(&self) -> String {
        let mut fingerprint = Fingerprint::default();
        fingerprint.membership(self);
        fingerprint.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2024, 6, day).expect("a date")
    }

    fn symbols(codes: &[&str]) -> Vec<Symbol> {
        codes.iter().map(|code| code.parse().expect("a code")).collect()
    }

    #[test]
    fn a_list_holds_until_the_next_one() {
        let lists = [(date(10), symbols(&["000020"])), (date(3), symbols(&["000010", "000020"]))];
        let membership = Membership::new(lists, false);
        let [a, b] = ["000010", "000020"].map(|code| code.parse().expect("a code"));
        let on = |day| (membership.contains(date(day), a), membership.contains(date(day), b));
        assert_eq!(
            [2, 3, 9, 10, 28].map(on),
            [(false, false), (true, true), (true, true), (false, true), (false, true)]
        );
        assert_eq!(membership.symbols(), BTreeSet::from([a, b]));
    }

    #[test]
    fn the_fingerprint_counts_what_holds_and_not_how_it_is_written() {
        let once = Membership::new([(date(3), symbols(&["000010", "000020"]))], false);
        let repeated = Membership::new(
            [(date(3), symbols(&["000020", "000010"])), (date(5), symbols(&["000010", "000020"]))],
            false,
        );
        assert_eq!(once.fingerprint(), repeated.fingerprint());
        for other in [
            Membership::new([(date(3), symbols(&["000010", "000020"]))], true),
            Membership::new([(date(4), symbols(&["000010", "000020"]))], false),
            Membership::new([(date(3), symbols(&["000010"]))], false),
        ] {
            assert_ne!(once.fingerprint(), other.fingerprint());
        }
    }
}
