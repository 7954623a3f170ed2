//! What became of an order whose answer was lost: judged by the broker's list alone (safety §2.5).

use std::collections::HashSet;

use chrono::{DateTime, TimeDelta, Utc};
use exodus_domain::{BrokerOrder, BrokerOrderId};
use exodus_store::orders::Order;

/// How long to wait and how often to look before absence from the list means absence from the broker.
#[derive(Clone, Copy, Debug)]
pub(crate) struct AbsencePolicy {
    /// An answer, and so an order, may still come this long after the claim (t_hard).
    pub(crate) answer_window: TimeDelta,
    /// Clocks of broker and worker differ at most so much.
    pub(crate) clock_slack: TimeDelta,
    /// A row accepted so long after `answer_window` may still be ours.
    pub(crate) late_margin: TimeDelta,
    /// Lists without a candidate that are needed.
    pub(crate) lists: u32,
    /// Time from the first to the last of them.
    pub(crate) spread: TimeDelta,
    /// Time from the end of `answer_window` to the last of them.
    pub(crate) quiet: TimeDelta,
}

impl AbsencePolicy {
    /// The paper exchange answers at once or not at all, and its list is complete at any instant.
    pub(crate) const PAPER: Self = Self {
        answer_window: TimeDelta::seconds(5),
        clock_slack: TimeDelta::seconds(2),
        late_margin: TimeDelta::seconds(30),
        lists: 1,
        spread: TimeDelta::zero(),
        quiet: TimeDelta::zero(),
    };
}

/// Lists read so far in which an order did not appear.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Absence {
    first_at: DateTime<Utc>,
    lists: u32,
}

/// What the list says about an order in doubt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// This row is the order.
    Bind(BrokerOrder),
    /// The evidence names no single row; a person decides.
    Ambiguous(&'static str),
    /// The broker never had it.
    Absent,
    /// Too early to say.
    Wait,
}

/// Judges `order`, which was claimed at `claimed_at`, by a complete list. `bound` names the rows of other orders.
pub(crate) fn judge(
    order: &Order,
    claimed_at: DateTime<Utc>,
    rows: &[BrokerOrder],
    bound: &HashSet<BrokerOrderId>,
    absence: &mut Option<Absence>,
    policy: &AbsencePolicy,
    now: DateTime<Utc>,
) -> Verdict {
    let hard_end = claimed_at + policy.answer_window;
    let latest = hard_end + policy.late_margin;
    // An earlier row is not ours.
    let ours = |row: &&BrokerOrder| {
        row.fields == order.fields && !bound.contains(&row.id) && row.accepted_at >= claimed_at - policy.clock_slack
    };
    let mut candidates = rows.iter().filter(ours);
    match (candidates.next(), candidates.next()) {
        (Some(_), Some(_)) => Verdict::Ambiguous("more than one row of the broker's list fits"),
        (Some(row), None) if row.accepted_at > latest => Verdict::Ambiguous("the only row that fits came too late"),
        (Some(row), None) => Verdict::Bind(row.clone()),
        (None, _) if now < hard_end => Verdict::Wait,
        (None, _) => {
            let seen = absence.get_or_insert(Absence { first_at: now, lists: 0 });
            seen.lists += 1;
            let long_enough = now - seen.first_at >= policy.spread && now - hard_end >= policy.quiet;
            if seen.lists >= policy.lists && long_enough { Verdict::Absent } else { Verdict::Wait }
        }
    }
}
