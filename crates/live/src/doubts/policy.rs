//! How long to wait and how often to look before absence from the list means absence from the broker.

use chrono::TimeDelta;

/// How a broker's lists are to be read.
#[derive(Clone, Copy, Debug)]
pub struct AbsencePolicy {
    /// An answer, and so an order, may still come this long after a claim whose sending was never told (t_hard).
    pub answer_window: TimeDelta,
    /// Clocks of broker and worker differ at most so much.
    pub clock_slack: TimeDelta,
    /// A row accepted so long after `answer_window` may still be ours.
    pub late_margin: TimeDelta,
    /// An order that was bound by the list claims other fitting rows for so long after `answer_window`.
    pub claim_margin: TimeDelta,
    /// Two equal orders accepted so close together came from one request.
    pub twin_gap: TimeDelta,
    /// Lists without a candidate that are needed.
    pub lists: u32,
    /// Time from the first to the last of them.
    pub spread: TimeDelta,
    /// Time from the end of `answer_window` to the last of them, if that list shows a row newer than the order.
    pub quiet_with_witness: TimeDelta,
    /// The same if it shows none.
    pub quiet: TimeDelta,
    /// Evidence may contradict the list for so long after `answer_window`; after that a person decides.
    pub contrary: TimeDelta,
    /// Whether cash or shares must show as well that an order never came. A broker whose books are ours has no others.
    pub asks_funds: bool,
}

impl AbsencePolicy {
    /// The paper exchange answers at once or not at all, and its list is complete at any instant.
    pub const PAPER: Self = Self {
        answer_window: TimeDelta::seconds(5),
        lists: 1,
        spread: TimeDelta::zero(),
        quiet_with_witness: TimeDelta::zero(),
        quiet: TimeDelta::zero(),
        asks_funds: false,
        ..Self::KIS
    };

    /// KIS (safety M4, M5, M7): its client gives an order up 30 seconds after it was sent, and its list may lag for minutes.
    pub const KIS: Self = Self {
        answer_window: TimeDelta::seconds(31),
        clock_slack: TimeDelta::seconds(2),
        late_margin: TimeDelta::seconds(30),
        claim_margin: TimeDelta::minutes(10),
        twin_gap: TimeDelta::seconds(2),
        lists: 3,
        spread: TimeDelta::seconds(60),
        quiet_with_witness: TimeDelta::seconds(180),
        quiet: TimeDelta::seconds(600),
        contrary: TimeDelta::seconds(600),
        asks_funds: true,
    };
}
