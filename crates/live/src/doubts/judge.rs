//! The verdict on one order in doubt by one complete list (M3–M7, M9).

use chrono::{DateTime, Utc};
use exodus_domain::BrokerOrderId;

use super::{AbsencePolicy, Command, Funds, Owner, Row, Standing};

/// One complete list, with everything else that is known when it was read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Look<'a> {
    /// Every row of the broker's date of the order.
    pub(crate) rows: &'a [Row],
    /// Every order of the account that was sent that day. The judged one may be among them.
    pub(crate) commands: &'a [Command],
    /// Whether cash or shares moved by more than the rows explain.
    pub(crate) funds: Funds,
    /// True while a notice names an order that no list has shown.
    pub(crate) has_notice: bool,
    /// True for the second of two equal lists after the close (M9).
    pub(crate) is_final: bool,
    /// When the list was complete.
    pub(crate) at: DateTime<Utc>,
}

/// Lists read so far that showed no candidate.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Progress {
    /// When the first of them was read.
    pub(crate) first_at: Option<DateTime<Utc>>,
    /// When the last of them was read.
    pub(crate) last_at: Option<DateTime<Utc>>,
    /// How many there were.
    pub(crate) lists: u32,
}

impl Progress {
    /// Counts a list in which `command` has no candidate. One that has a candidate begins the count anew.
    pub(crate) fn after(self, command: &Command, look: &Look<'_>, policy: &AbsencePolicy) -> Self {
        if look.rows.iter().any(|row| command.may_have_made(row, policy)) {
            return Self::default();
        }
        Self { first_at: self.first_at.or(Some(look.at)), last_at: Some(look.at), lists: self.lists + 1 }
    }
}

/// What a list says about an order in doubt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Too early to say.
    Wait,
    /// All lists have been read that are needed, but not what cash or shares say: read the balance and judge again.
    AskFunds,
    /// This row is the order.
    Bind(BrokerOrderId),
    /// The evidence names no single outcome; a person decides.
    Ambiguous(Why),
    /// The broker never had it.
    Absent {
        /// Whether the last list showed a newer row.
        by_witness: bool,
    },
}

/// Why a person must decide.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Why {
    /// M6: more than one row fits.
    TwoCandidates,
    /// M5: another order may have made the only row that fits.
    TwoClaimants,
    /// M5: an equal row that nobody has is older than the order by the broker's clock.
    EarlierTwin,
    /// M4: the only row that fits came too late.
    LateRow,
    /// M5, M7: cash, shares or a notice contradict the list.
    ContraryEvidence,
}

impl Why {
    /// The word used in evidence.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::TwoCandidates => "two_candidates",
            Self::TwoClaimants => "two_claimants",
            Self::EarlierTwin => "earlier_twin",
            Self::LateRow => "late_row",
            Self::ContraryEvidence => "contrary_evidence",
        }
    }
}

/// Judges `command` by a list; `progress` counts this list already.
pub(crate) fn judge(command: &Command, look: &Look<'_>, progress: &Progress, policy: &AbsencePolicy) -> Verdict {
    let mut candidates = look.rows.iter().filter(|row| command.may_have_made(row, policy));
    match (candidates.next(), candidates.next()) {
        (Some(_), Some(_)) => Verdict::Ambiguous(Why::TwoCandidates),
        (Some(row), None) => with_candidate(command, row, look, policy),
        (None, _) => without_candidate(command, look, progress, policy),
    }
}

fn with_candidate(command: &Command, row: &Row, look: &Look<'_>, policy: &AbsencePolicy) -> Verdict {
    if command.is_late(row, policy) {
        return Verdict::Ambiguous(Why::LateRow);
    }
    let is_twin = |row: &Row| row.owner == Owner::Unknown && command.asks_for(row) && command.is_older(row, policy);
    if look.rows.iter().any(is_twin) {
        return Verdict::Ambiguous(Why::EarlierTwin);
    }
    let others = look.commands.iter().filter(|other| other.order_id != command.order_id);
    let mut claimants = others.filter(|other| other.claims(row, policy)).peekable();
    if claimants.peek().is_some() {
        // The answer of one that is on its way will name its row.
        let is_passing = claimants.all(|other| other.standing == Standing::InFlight);
        return if is_passing { Verdict::Wait } else { Verdict::Ambiguous(Why::TwoClaimants) };
    }
    if is_contrary(look) {
        return contrary(command, look, policy);
    }
    Verdict::Bind(row.id.clone())
}

fn without_candidate(command: &Command, look: &Look<'_>, progress: &Progress, policy: &AbsencePolicy) -> Verdict {
    let quiet = look.at - command.hard_end;
    let by_witness = look.rows.iter().any(|row| row.accepted_at > command.sent_at);
    let needed = if by_witness { policy.quiet_with_witness } else { policy.quiet };
    let spread = progress.first_at.map_or_else(chrono::TimeDelta::zero, |first| look.at - first);
    let is_shown = progress.lists >= policy.lists && spread >= policy.spread && quiet >= needed;
    if quiet < chrono::TimeDelta::zero() || !(is_shown || look.is_final) {
        return Verdict::Wait;
    }
    // A row that came with this order, but by the broker's clock before it, is not taken for it (M4). If a clock is wrong it
    // may be the order all the same, so nobody but a person says that the order never came.
    let is_near =
        |row: &Row| row.owner == Owner::Unknown && command.asks_for(row) && row.first_seen_at >= command.sent_at;
    if look.rows.iter().any(is_near) {
        return Verdict::Ambiguous(Why::EarlierTwin);
    }
    if is_contrary(look) {
        return contrary(command, look, policy);
    }
    match look.funds {
        Funds::Unread if policy.asks_funds => Verdict::AskFunds,
        _ => Verdict::Absent { by_witness },
    }
}

fn is_contrary(look: &Look<'_>) -> bool {
    look.has_notice || look.funds == Funds::Moved
}

/// Contrary evidence may pass; what lasts is for a person (T12), and so is what is there at the close (M9).
fn contrary(command: &Command, look: &Look<'_>, policy: &AbsencePolicy) -> Verdict {
    let lasts = look.at - command.hard_end >= policy.contrary;
    if lasts || look.is_final { Verdict::Ambiguous(Why::ContraryEvidence) } else { Verdict::Wait }
}

#[cfg(test)]
#[path = "judge_tests.rs"]
mod tests;
