//! Who of those who wait goes next.

use super::Priority;

/// In percent: how many of the slots that others get while a read of the reconciliation waits are owed to it (§2.8).
const RECONCILE_SHARE: u32 = 30;

/// Others that may overtake the one who has waited longest, one slot after the other.
const PATIENCE: u32 = 10;

/// How many times longer a cancel may hold up what is owed to others. It takes risk away, but not for ever.
const CANCEL_FACTOR: u32 = 3;

/// One who waits.
pub(super) struct Waiting<T> {
    pub(super) priority: Priority,
    pub(super) is_ledger: bool,
    pub(super) grant: T,
}

/// Those who wait, in order of arrival.
pub(super) struct Queue<T> {
    waiting: Vec<Waiting<T>>,
    /// Percents of a slot owed to the reads of the reconciliation.
    owed: u32,
    /// Slots given since the one who has waited longest got one.
    overtaken: u32,
}

impl<T> Default for Queue<T> {
    fn default() -> Self {
        Self { waiting: Vec::new(), owed: 0, overtaken: 0 }
    }
}

impl<T> Queue<T> {
    pub(super) fn push(&mut self, waiting: Waiting<T>) {
        self.waiting.push(waiting);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    pub(super) fn get(&self, index: usize) -> Option<&Waiting<T>> {
        self.waiting.get(index)
    }

    /// Forgets those who went away.
    pub(super) fn retain(&mut self, stays: impl Fn(&T) -> bool) {
        self.waiting.retain(|one| stays(&one.grant));
    }

    /// The place of the next one; `ledger` tells whether the ledger has room.
    pub(super) fn choose(&self, ledger: bool) -> Option<usize> {
        let may_go = |one: &Waiting<T>| ledger || !one.is_ledger;
        let eligible = || self.waiting.iter().enumerate().filter(|(_, one)| may_go(one));
        // The first of the most urgent ones: equals go in order of arrival.
        let (urgent, first) = eligible().min_by_key(|(_, one)| one.priority)?;
        let factor = if first.priority == Priority::Cancel { CANCEL_FACTOR } else { 1 };
        let read = eligible().find(|(_, one)| one.priority == Priority::Reconcile);
        if self.owed >= (100 - RECONCILE_SHARE) * factor
            && let Some((read, _)) = read
        {
            return Some(read);
        }
        let longest = eligible().next();
        if self.overtaken >= PATIENCE * factor
            && let Some((longest, _)) = longest
        {
            return Some(longest);
        }
        Some(urgent)
    }

    /// Takes one out who gets a slot.
    pub(super) fn take(&mut self, index: usize) -> Waiting<T> {
        let one = self.waiting.remove(index);
        let others_read = self.waiting.iter().any(|other| other.priority == Priority::Reconcile);
        if one.priority == Priority::Reconcile {
            self.owed = self.owed.saturating_sub(100 - RECONCILE_SHARE);
        } else if others_read {
            self.owed = (self.owed + RECONCILE_SHARE).min(100 * CANCEL_FACTOR);
        } else {
            self.owed = 0;
        }
        self.overtaken = if index == 0 { 0 } else { self.overtaken + 1 };
        one
    }
}

#[cfg(test)]
mod tests {
    use super::Priority::*;
    use super::*;
    use proptest::prelude::*;

    fn queue(priorities: &[Priority]) -> Queue<usize> {
        let mut queue = Queue::default();
        for (grant, &priority) in priorities.iter().enumerate() {
            queue.push(Waiting { priority, is_ledger: priority < Quote, grant });
        }
        queue
    }

    fn drain(queue: &mut Queue<usize>) -> Vec<Priority> {
        std::iter::from_fn(|| queue.choose(true).map(|next| queue.take(next).priority)).collect()
    }

    #[test]
    fn the_urgent_go_first_and_equals_in_order_of_arrival() {
        let mut all = queue(&[Backfill, Quote, Buy, Sell, Cancel]);
        assert_eq!(drain(&mut all), [Cancel, Sell, Buy, Quote, Backfill]);
        let mut equals = queue(&[Buy, Buy, Buy]);
        let order: Vec<usize> = (0..3).filter_map(|_| equals.choose(true).map(|i| equals.take(i).grant)).collect();
        assert_eq!(order, [0, 1, 2]);
    }

    #[test]
    fn a_full_ledger_lets_quotes_pass() {
        let mut mixed = queue(&[Cancel, Quote]);
        let next = mixed.choose(false).expect("the quote may go");
        assert_eq!(mixed.take(next).priority, Quote);
        assert_eq!(mixed.choose(false), None);
        assert!(mixed.choose(true).is_some());
    }

    #[test]
    fn reads_of_the_reconciliation_get_their_share_of_a_flood_of_orders() {
        let mut flood = Queue::default();
        let mut reads = 0;
        for slot in 0..1_000 {
            flood.push(Waiting { priority: Buy, is_ledger: true, grant: slot });
            flood.push(Waiting { priority: Reconcile, is_ledger: true, grant: slot });
            let next = flood.choose(true).expect("somebody waits");
            reads += usize::from(flood.take(next).priority == Reconcile);
        }
        assert!((300..=310).contains(&reads), "{reads} of 1,000");
    }

    proptest! {
        /// Whoever waits goes within a number of slots that depends on those before him only, whoever comes later.
        #[test]
        fn nobody_waits_for_ever(before in 0usize..6, late in prop::collection::vec(prop::sample::select(vec![Cancel, Sell, Buy, Reconcile, Quote]), 400)) {
            let mut queue = queue(&vec![Backfill; before + 1]);
            let mut slots = 0;
            for (place, priority) in late.into_iter().enumerate() {
                queue.push(Waiting { priority, is_ledger: false, grant: 100 + place });
                let next = queue.choose(true).expect("somebody waits");
                slots += 1;
                if queue.take(next).grant == before {
                    break;
                }
            }
            prop_assert!(slots <= (before + 1) * 2 * (PATIENCE * CANCEL_FACTOR + 1) as usize, "{slots} slots");
        }

        /// A cancel is overtaken by two at most, whatever was owed to others when it came.
        #[test]
        fn a_cancel_overtakes(history in prop::collection::vec(prop::sample::select(vec![Sell, Buy, Reconcile, Quote, Backfill]), 1..200), slots in 0usize..100) {
            let mut queue = queue(&history);
            for _ in 0..slots.min(history.len()) {
                let next = queue.choose(true).expect("somebody waits");
                queue.take(next);
            }
            queue.push(Waiting { priority: Cancel, is_ledger: true, grant: usize::MAX });
            let place = drain(&mut queue).iter().position(|priority| *priority == Cancel);
            prop_assert!(place.is_some_and(|place| place <= 2), "{place:?}");
        }
    }
}
