//! Which registrations a session holds: 41 are allowed, and more may be wanted.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use crate::wire::stream::Feed;

/// One registration of a session.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Registration {
    /// The feed.
    pub feed: Feed,
    /// Its key: an issue as the broker names it, or an HTS id.
    pub key: String,
}

/// How much something wants its registration: the greater, the more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Urgency {
    /// States of issues and phases of the market.
    Operation(Rank),
    /// Order books.
    Book(Rank),
    /// Trades: every issue gets its price before any gets its book.
    Trade(Rank),
    /// Notices of own orders.
    Notice,
}

/// How much an issue matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rank {
    /// Somebody looks at it.
    Viewed,
    /// A strategy trades it.
    Strategy,
    /// It is held, or has an open order.
    Held,
}

/// What to do so that the most wanted registrations are held.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Plan {
    /// To leave first, for there is no room.
    pub leave: Vec<Registration>,
    /// To make, most urgent first.
    pub make: Vec<Registration>,
}

/// Plans for `limit` registrations. What is held stays before what is equally urgent, and what nobody wants any more
/// stays until its place is needed: the broker blocks those who come and go all the time (§4).
pub(super) fn plan(wanted: &BTreeMap<Registration, Urgency>, held: &BTreeSet<Registration>, limit: usize) -> Plan {
    let mut ranked: Vec<(&Registration, Urgency)> = wanted.iter().map(|(one, urgency)| (one, *urgency)).collect();
    ranked.sort_by_key(|(one, urgency)| (Reverse(*urgency), !held.contains(*one)));
    ranked.truncate(limit);
    let chosen: BTreeSet<&Registration> = ranked.iter().map(|(one, _)| *one).collect();
    let make: Vec<Registration> =
        ranked.iter().filter(|(one, _)| !held.contains(*one)).map(|(one, _)| (*one).clone()).collect();
    let mut spare: Vec<&Registration> = held.iter().filter(|one| !chosen.contains(one)).collect();
    // Least wanted first; what is not wanted at all before everything else.
    spare.sort_by_key(|one| wanted.get(*one).copied());
    let excess = (held.len() + make.len()).saturating_sub(limit);
    Plan { leave: spare.into_iter().take(excess).cloned().collect(), make }
}

#[cfg(test)]
mod tests {
    use exodus_domain::Venue;
    use proptest::prelude::*;

    use super::*;

    fn trades(key: usize) -> Registration {
        Registration { feed: Feed::Trades(Venue::Krx), key: format!("{key:06}") }
    }

    fn books(key: usize) -> Registration {
        Registration { feed: Feed::Books(Venue::Krx), ..trades(key) }
    }

    fn notices() -> Registration {
        Registration { feed: Feed::Notices, key: "myhtsid".to_owned() }
    }

    #[test]
    fn the_most_urgent_are_made_first() {
        let wanted = BTreeMap::from([
            (books(1), Urgency::Book(Rank::Held)),
            (trades(1), Urgency::Trade(Rank::Viewed)),
            (trades(2), Urgency::Trade(Rank::Held)),
            (trades(3), Urgency::Trade(Rank::Strategy)),
            (notices(), Urgency::Notice),
        ]);
        let plan = plan(&wanted, &BTreeSet::new(), 4);
        assert_eq!(plan.make, [notices(), trades(2), trades(3), trades(1)]);
        assert_eq!(plan.leave, []);
    }

    #[test]
    fn what_is_held_stays_until_something_more_urgent_needs_its_place() {
        let viewed = |keys: std::ops::Range<usize>| keys.map(|key| (trades(key), Urgency::Trade(Rank::Viewed)));
        let held: BTreeSet<_> = (10..13).map(trades).collect();
        let mut wanted: BTreeMap<_, _> = viewed(0..13).collect();
        assert_eq!(plan(&wanted, &held, 3), Plan::default(), "equally urgent ones wait");
        wanted.insert(trades(0), Urgency::Trade(Rank::Held));
        let one = plan(&wanted, &held, 3);
        assert_eq!((one.leave.len(), one.make), (1, vec![trades(0)]));
    }

    #[test]
    fn what_nobody_wants_stays_until_its_place_is_needed() {
        let held: BTreeSet<_> = (0..3).map(trades).collect();
        let wanted =
            BTreeMap::from([(trades(0), Urgency::Trade(Rank::Viewed)), (trades(7), Urgency::Trade(Rank::Held))]);
        assert_eq!(plan(&wanted, &held, 4), Plan { leave: vec![], make: vec![trades(7)] });
        assert_eq!(plan(&wanted, &held, 3), Plan { leave: vec![trades(1)], make: vec![trades(7)] });
    }

    fn urgency() -> impl Strategy<Value = Urgency> {
        let rank = prop_oneof![Just(Rank::Viewed), Just(Rank::Strategy), Just(Rank::Held)];
        rank.prop_flat_map(|rank| {
            prop_oneof![
                Just(Urgency::Operation(rank)),
                Just(Urgency::Book(rank)),
                Just(Urgency::Trade(rank)),
                Just(Urgency::Notice)
            ]
        })
    }

    proptest! {
        #[test]
        fn a_plan_keeps_the_limit_and_holds_the_most_urgent(
            wanted in proptest::collection::btree_map((0_usize..60).prop_map(trades), urgency(), 0..60),
            held in proptest::collection::btree_set((0_usize..60).prop_map(trades), 0..41),
            limit in 1_usize..42,
        ) {
            prop_assume!(held.len() <= limit);
            let plan = plan(&wanted, &held, limit);
            let mut after = held.clone();
            for one in &plan.leave {
                prop_assert!(after.remove(one), "only what is held can be left");
            }
            for one in &plan.make {
                prop_assert!(after.insert(one.clone()), "only what is not held can be made");
            }
            prop_assert!(after.len() <= limit);
            let least = after.iter().filter_map(|one| wanted.get(one)).min();
            let waiting = wanted.iter().filter(|(one, _)| !after.contains(*one)).map(|(_, urgency)| urgency).max();
            if let Some(waiting) = waiting {
                prop_assert!(least.is_some_and(|least| waiting <= least), "something more urgent waits");
            }
        }
    }
}
