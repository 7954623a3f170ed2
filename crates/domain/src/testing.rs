//! Places and defects that tests of the order path name (safety §2.3, §6.1).
//!
//! The product calls [`reach`] where something can go wrong and asks [`planted`] where a test may make it go wrong.
//! Without the feature `testing` both are constants and cost nothing.

use crate::OrderEvent;

text_enum! {
    /// A place in the order path: a kill point (K), a transition (T), an answer class, or a rare course of events.
    Point {
        /// S1, before the commit that writes an order down.
        K01 = "K01",
        /// S1, after it.
        K02 = "K02",
        /// S2, waiting for a slot of the rate budget.
        K03 = "K03",
        /// S2, while the connection is opened.
        K04 = "K04",
        /// S2, once it is open.
        K05 = "K05",
        /// S3, before the commit of the claim.
        K06 = "K06",
        /// S3, the commit is sent and its result unread.
        K07 = "K07",
        /// S3, after it.
        K08 = "K08",
        /// S5, before the first byte.
        K09 = "K09",
        /// S5, half the request written.
        K10 = "K10",
        /// S5, all of it written.
        K11 = "K11",
        /// S6, half an answer read.
        K12 = "K12",
        /// S6, the answer is in memory only.
        K13 = "K13",
        /// S7, before the commit of the answer.
        K14 = "K14",
        /// S7, after it.
        K15 = "K15",
        /// S8, between publishing a message and marking it.
        K16 = "K16",
        /// A soft timeout is written down.
        K17 = "K17",
        /// A row of the list is bound.
        K18 = "K18",
        /// A lock is released.
        K19 = "K19",
        /// A fill is booked.
        K20 = "K20",
        /// A cancel is claimed.
        K21 = "K21",
        /// A cancel is written to the wire.
        K22 = "K22",
        /// A lease is taken over.
        K23 = "K23",
        /// A kill switch is written.
        K24 = "K24",
        /// The risk gate said no.
        T01 = "T01",
        /// An order was written down.
        T02 = "T02",
        /// An order was given up before its claim.
        T03 = "T03",
        /// An order was claimed.
        T04 = "T04",
        /// An order was accepted.
        T05 = "T05",
        /// An order was refused.
        T06 = "T06",
        /// An attempt is proven unsent and another is allowed.
        T07 = "T07",
        /// An attempt is proven unsent and none is left.
        T08 = "T08",
        /// An answer was lost.
        T09 = "T09",
        /// A row of the list decided a doubt.
        T10 = "T10",
        /// An answer decided a doubt late.
        T11 = "T11",
        /// A doubt became one for a person.
        T12 = "T12",
        /// A person decided.
        T13 = "T13",
        /// An order is absent.
        T14 = "T14",
        /// An absent order reappeared.
        T15 = "T15",
        /// A fill was read.
        T16 = "T16",
        /// A cancel or refusal by the exchange was read.
        T17 = "T17",
        /// An expiry was read.
        T18 = "T18",
        /// A fill of an ended order was read.
        T19 = "T19",
        /// An answer of class A.
        ClassA = "class_a",
        /// An answer of class R.
        ClassR = "class_r",
        /// P1: no byte was written.
        ProofNothingWritten = "proof_p1",
        /// P2: the gateway's rate limit.
        ProofRateLimit = "proof_p2",
        /// P3: the gateway's refusal of a token.
        ProofToken = "proof_p3",
        /// An answer of class U.
        ClassU = "class_u",
        /// M6: two or more candidates.
        TwoCandidates = "two_candidates",
        /// M5: more claimants than one.
        TwoClaimants = "two_claimants",
        /// M4: a row that fits came too late.
        LateRow = "late_row",
        /// M5: contrary evidence.
        ContraryEvidence = "contrary_evidence",
        /// M7: absent, with a witness.
        AbsentByWitness = "absent_by_witness",
        /// M7: absent, by time alone.
        AbsentByTime = "absent_by_time",
        /// T15: reappeared, and bound.
        Resurrected = "resurrected",
        /// T15: reappeared, and flagged SUSPECT.
        Suspect = "suspect",
        /// An order that was being cancelled was filled.
        CancelFillRace = "cancel_fill_race",
        /// A cancel was sent a second or third time.
        CancelAgain = "cancel_again",
        /// A cancel was refused.
        CancelRefused = "cancel_refused",
        /// An order that was SENDING was found at start or take-over.
        FoundSending = "found_sending",
        /// A kill switch withdrew an order at its claim.
        HaltedAtClaim = "halted_at_claim",
        /// A claim found the lease lost.
        LeaseLostAtClaim = "lease_lost_at_claim",
        /// A claim found the decision too old.
        StaleAtClaim = "stale_at_claim",
        /// S4 found no time or no lease left.
        TooLateToWrite = "too_late_to_write",
        /// A second order of an issue and side was refused for doubt.
        InDoubt = "in_doubt",
        /// M1: a lock cools down.
        Cooling = "cooling",
        /// BIND_CONFLICT halted an account.
        BindConflict = "bind_conflict",
        /// FILL_DECREASE halted an account.
        FillDecrease = "fill_decrease",
        /// OVERFILL halted an account.
        Overfill = "overfill",
        /// BROKER_DUPLICATE halted an account.
        BrokerDuplicate = "broker_duplicate",
        /// POSITION_MISMATCH halted an account.
        PositionMismatch = "position_mismatch",
        /// A row of the list showed less than is booked.
        StaleRow = "stale_row",
        /// An order of somebody else was seen.
        ExternalOrder = "external_order",
        /// A notice without an order was kept.
        UnmatchedNotice = "unmatched_notice",
        /// The generation file is ahead of the database.
        GenerationBehind = "generation_behind",
        /// The circuit to the broker opened.
        CircuitOpened = "circuit_opened",
        /// It closed again.
        CircuitClosed = "circuit_closed",
        /// An end-of-day run passed (R5).
        DayClosed = "day_closed",
        /// A read failed and changed nothing (I28).
        ReadFailed = "read_failed",
    }
}

text_enum! {
    /// A defect that a test plants to see whether the invariants find it (safety §6.1).
    Defect {
        /// The request leaves before the claim is committed.
        SendBeforeCommit = "send_before_commit",
        /// An order is sent again on a timeout.
        ResendOnTimeout = "resend_on_timeout",
        /// A 5xx counts as a refusal.
        ServerErrorAsRefusal = "server_error_as_refusal",
        /// Only the first page of the list is read.
        FirstPageOnly = "first_page_only",
        /// An error of the list counts as an empty list.
        ErrorAsEmptyList = "error_as_empty_list",
        /// Fills are booked from notices.
        NoticesSummed = "notices_summed",
        /// A cumulative quantity is booked as a new fill.
        CumulativeAsDelta = "cumulative_as_delta",
        /// The key of a broker's order has no date.
        KeyWithoutDate = "key_without_date",
        /// The lock is freed at the soft timeout.
        LockFreedAtTimeout = "lock_freed_at_timeout",
        /// The epoch of a lease is not checked at the claim.
        EpochUnchecked = "epoch_unchecked",
        /// The kill switch is cached for ten seconds.
        KillCached = "kill_cached",
        /// The kill switch is kept in memory only.
        KillInMemory = "kill_in_memory",
        /// The base of the daily loss is set anew at start.
        LossBaseReset = "loss_base_reset",
        /// The price of an unpriced order is compared.
        UnpricedPriceCompared = "unpriced_price_compared",
        /// A refused cancel counts as proof that the order is open.
        RefusedCancelAsAlive = "refused_cancel_as_alive",
        /// A refused cancel counts as proof that the order is filled.
        RefusedCancelAsFilled = "refused_cancel_as_filled",
        /// A late answer is ignored.
        LateAnswerIgnored = "late_answer_ignored",
        /// A resurrection is ignored.
        ResurrectionIgnored = "resurrection_ignored",
        /// The list of one exchange only is read.
        OneExchangeList = "one_exchange_list",
        /// An order of somebody else is adopted as ours.
        ExternalAdopted = "external_adopted",
        /// Each process has a rate limit of its own.
        LimiterPerProcess = "limiter_per_process",
        /// The age of a decision is not checked at the claim.
        StaleDecision = "stale_decision",
        /// A message is published before the commit.
        PublishBeforeCommit = "publish_before_commit",
        /// Each worker has a token of its own.
        TokenPerWorker = "token_per_worker",
    }
}

impl Point {
    /// The transition that an event of an order's life is. `was_doubted` tells T11 from T5 and T6, `had_ended` T19 from
    /// T16 to T18.
    pub fn of_event(event: &OrderEvent, was_doubted: bool, had_ended: bool) -> Self {
        use crate::{OrderState, RowFacts};
        let row = |facts: &RowFacts| match facts.state() {
            _ if had_ended => Self::T19,
            OrderState::Cancelled | OrderState::Rejected => Self::T17,
            OrderState::Expired => Self::T18,
            _ => Self::T16,
        };
        match event {
            OrderEvent::Withdrawn => Self::T03,
            OrderEvent::Claimed => Self::T04,
            OrderEvent::Accepted | OrderEvent::Refused if was_doubted => Self::T11,
            OrderEvent::Accepted => Self::T05,
            OrderEvent::Refused => Self::T06,
            OrderEvent::ProvenUnsentRetry => Self::T07,
            OrderEvent::ProvenUnsent => Self::T08,
            OrderEvent::AnswerLost => Self::T09,
            OrderEvent::Matched(_) => Self::T10,
            OrderEvent::Doubted => Self::T12,
            OrderEvent::PersonBound(_) | OrderEvent::PersonDismissed => Self::T13,
            OrderEvent::Absent => Self::T14,
            OrderEvent::Reappeared(_) => Self::T15,
            OrderEvent::RowRead(facts) => row(facts),
        }
    }
}

#[cfg(feature = "testing")]
mod switched_on {
    use std::sync::OnceLock;
    use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

    use super::{Defect, Point};

    static REACHED: [AtomicU64; Point::ALL.len()] = [const { AtomicU64::new(0) }; Point::ALL.len()];
    static PLANTED: AtomicU32 = AtomicU32::new(0);
    static HOOK: OnceLock<fn(Point)> = OnceLock::new();

    /// Counts that a place was reached, then calls the hook, which may end the process or unwind.
    pub fn reach(point: Point) {
        REACHED[point as usize].fetch_add(1, Ordering::Relaxed);
        if let Some(hook) = HOOK.get() {
            hook(point);
        }
    }

    /// Has `hook` called at each place; the first hook of a process stays.
    pub fn on_reach(hook: fn(Point)) {
        HOOK.get_or_init(|| hook);
    }

    /// How often a place was reached since the process started.
    pub fn reached(point: Point) -> u64 {
        REACHED[point as usize].load(Ordering::Relaxed)
    }

    /// True while a defect is planted.
    pub fn planted(defect: Defect) -> bool {
        PLANTED.load(Ordering::Relaxed) & bit(defect) != 0
    }

    /// Plants one defect in this process, or none.
    pub fn plant(defect: Option<Defect>) {
        PLANTED.store(defect.map_or(0, bit), Ordering::Relaxed);
    }

    const fn bit(defect: Defect) -> u32 {
        1 << defect as u32
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn one_defect_is_planted_and_no_other() {
            for &defect in Defect::ALL {
                plant(Some(defect));
                assert!(Defect::ALL.iter().all(|&other| planted(other) == (other == defect)), "{defect}");
            }
            plant(None);
            assert!(!Defect::ALL.iter().any(|&defect| planted(defect)));
        }

        #[test]
        fn a_place_counts_its_visits() {
            let before = reached(Point::K01);
            reach(Point::K01);
            reach(Point::K01);
            assert_eq!(reached(Point::K01) - before, 2);
        }
    }
}

#[cfg(feature = "testing")]
pub use switched_on::{on_reach, plant, planted, reach, reached};

/// True where places are counted. Requests are then written in two parts, so that a test can strike between them (K10).
pub const ON: bool = cfg!(feature = "testing");

/// Nothing: tests alone count places.
#[cfg(not(feature = "testing"))]
#[inline(always)]
pub fn reach(_point: Point) {}

/// False: tests alone plant defects.
#[cfg(not(feature = "testing"))]
#[inline(always)]
pub const fn planted(_defect: Defect) -> bool {
    false
}
