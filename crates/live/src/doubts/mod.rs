//! What became of an order whose answer was lost, judged by the broker's lists (safety §2.5, M1–M9).
//!
//! Nothing here reads or writes anything: rows, orders, evidence and the time are passed in, a verdict comes out.

mod evidence;
pub(crate) mod facts;
mod funds;
mod judge;
mod later;
mod misfits;
mod policy;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod testing;
mod timing;

use chrono::{DateTime, Utc};
use exodus_domain::testing::{Defect, planted};
use exodus_domain::{BrokerOrderId, OrderFields};

pub use evidence::{BalanceEvidence, Evidence};
pub(crate) use funds::{Books, Funds, funds};
pub(crate) use judge::{Look, Progress, Verdict, Why, judge};
pub(crate) use later::{ConflictKind, Reappearance, conflicts, reappearance};
pub use misfits::{may_be_bound, misfits, next_list_at};
pub use policy::AbsencePolicy;
pub(crate) use timing::next_read;

/// A new order that was, or may have been, sent today, as far as it matters for whose a row is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Command {
    pub(crate) order_id: i64,
    pub(crate) fields: OrderFields,
    /// When the request was handed to the connection, or claimed if that is not known (t_send).
    pub(crate) sent_at: DateTime<Utc>,
    /// After this no answer can come on its connection (t_hard).
    pub(crate) hard_end: DateTime<Utc>,
    pub(crate) standing: Standing,
}

/// How far a command is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    /// On its way: its answer may still name a row.
    InFlight,
    /// UNKNOWN or AMBIGUOUS.
    InDoubt,
    /// NOT_FOUND, and its day is not closed (M8).
    Tombstone,
    /// Bound because its row was the only one that fitted.
    BoundByList,
    /// Bound by the broker's answer, or by a person.
    BoundByAnswer(BrokerOrderId),
}

/// A row of a complete list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Row {
    pub(crate) id: BrokerOrderId,
    pub(crate) fields: OrderFields,
    /// False for what amends or cancels another order, and for kinds of orders that are never sent from here.
    pub(crate) is_plain: bool,
    /// The broker's time of acceptance.
    pub(crate) accepted_at: DateTime<Utc>,
    /// When the first list that had it was read.
    pub(crate) first_seen_at: DateTime<Utc>,
    pub(crate) owner: Owner,
}

/// Whose a row is known to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Owner {
    /// Nobody knows.
    Unknown,
    /// It is bound to this order of ours.
    Order(i64),
    /// A person said that it is none of ours.
    Somebody,
}

impl Command {
    /// True if the row asks for exactly what this command asked for (M3).
    fn asks_for(&self, row: &Row) -> bool {
        let (ours, theirs) = (&self.fields, &row.fields);
        row.is_plain
            && (ours.symbol, ours.side, ours.quantity) == (theirs.symbol, theirs.side, theirs.quantity)
            && ours.order_type == theirs.order_type
            && match ours.price {
                Some(price) => theirs.price == Some(price),
                None => !planted(Defect::UnpricedPriceCompared),
            }
    }

    /// True if the row could have come from this command: nobody has it, and it is no older than the command. How late it
    /// came is not asked.
    pub(crate) fn may_have_made(&self, row: &Row, policy: &AbsencePolicy) -> bool {
        let is_older = self.is_older(row, policy) && !planted(Defect::ExternalAdopted);
        row.owner == Owner::Unknown && self.asks_for(row) && !is_older
    }

    /// True if the row was there before this command could make it: seen before, or accepted before (M3, M4).
    fn is_older(&self, row: &Row, policy: &AbsencePolicy) -> bool {
        row.first_seen_at < self.sent_at || row.accepted_at < self.sent_at - policy.clock_slack
    }

    /// True if a row that may be of this command came late for it (M4).
    fn is_late(&self, row: &Row, policy: &AbsencePolicy) -> bool {
        row.accepted_at > self.hard_end + policy.late_margin
    }

    /// True if this command is a claimant of a row that another one may have made (M5).
    fn claims(&self, row: &Row, policy: &AbsencePolicy) -> bool {
        self.may_have_made(row, policy)
            && match self.standing {
                Standing::InFlight | Standing::InDoubt | Standing::Tombstone => true,
                Standing::BoundByList => row.accepted_at <= self.hard_end + policy.claim_margin,
                Standing::BoundByAnswer(_) => false,
            }
    }
}
