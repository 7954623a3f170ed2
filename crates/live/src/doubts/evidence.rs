//! What is known of an order in doubt, kept with the order and shown to the person who decides.

use chrono::{DateTime, Utc};
use exodus_domain::{BrokerOrderId, Qty, Won};
use serde::{Deserialize, Serialize};

use super::{AbsencePolicy, Books, Command, Funds, Look, Progress, Standing};

/// What speaks for and against an order in doubt.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Evidence {
    /// Why nobody but a person can tell, in one word; `None` while it is being found out.
    pub why: Option<String>,
    /// Complete lists in which it had no candidate.
    pub lists_read: u32,
    /// When the first of them was read.
    pub first_list_at: Option<DateTime<Utc>>,
    /// When the last of them was read.
    pub last_list_at: Option<DateTime<Utc>>,
    /// Whether the last list showed an order that the broker took later.
    pub has_witness: bool,
    /// Rows that fit and that nobody has.
    pub candidates: Vec<BrokerOrderId>,
    /// Other orders of ours that may have made one of them.
    pub claimants: Vec<i64>,
    /// Numbers that notices named and no list showed.
    pub notices: Vec<BrokerOrderId>,
    /// What the balance said; `None` while it was not asked.
    pub balance: Option<BalanceEvidence>,
    /// Who decided; `None` while nobody has.
    pub decided_by: Option<i64>,
    /// What that person wrote.
    pub reason: Option<String>,
}

/// Both sides of the comparison of cash and shares.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BalanceEvidence {
    /// Whether something moved that no row explains.
    pub has_moved: bool,
    /// Cash that new orders may use, as the broker tells it.
    pub orderable: Won,
    /// What that would be without the order.
    pub orderable_expected: Won,
    /// Shares that can be sold, as the broker tells it.
    pub sellable: Option<Qty>,
    /// What that would be without the order.
    pub sellable_expected: Qty,
}

impl BalanceEvidence {
    pub(crate) fn new(books: &Books, funds: Funds) -> Self {
        Self {
            has_moved: funds == Funds::Moved,
            orderable: books.orderable,
            orderable_expected: books.known_cash - books.open_buys,
            sellable: books.sellable,
            sellable_expected: books.known_held - books.open_sells,
        }
    }
}

impl Evidence {
    /// What one look at a list found of an order.
    pub(crate) fn of(command: &Command, look: &Look<'_>, progress: &Progress, policy: &AbsencePolicy) -> Self {
        let candidates: Vec<_> = look.rows.iter().filter(|row| command.may_have_made(row, policy)).collect();
        let others = look.commands.iter().filter(|other| {
            other.order_id != command.order_id && !matches!(other.standing, Standing::BoundByAnswer(_))
        });
        let claimants = others.filter(|other| candidates.iter().any(|row| other.claims(row, policy)));
        Self {
            lists_read: progress.lists,
            first_list_at: progress.first_at,
            last_list_at: progress.last_at,
            has_witness: look.rows.iter().any(|row| row.accepted_at > command.sent_at),
            claimants: claimants.map(|other| other.order_id).collect(),
            candidates: candidates.into_iter().map(|row| row.id.clone()).collect(),
            ..Self::default()
        }
    }

    /// The count of lists, to go on with after a restart.
    pub(crate) fn progress(&self) -> Progress {
        Progress { first_at: self.first_list_at, last_at: self.last_list_at, lists: self.lists_read }
    }
}
