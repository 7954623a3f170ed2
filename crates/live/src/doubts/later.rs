//! Rows that appear after a verdict: of orders thought absent (T15), and of orders that have a row already (M6, F24).

use exodus_domain::BrokerOrderId;

use super::{AbsencePolicy, Command, Row, Standing};

/// What a list shows of an order that was thought never to have come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Reappearance {
    /// This row is the order after all.
    Bind(BrokerOrderId),
    /// These rows may be, and a person decides.
    Suspect(Vec<BrokerOrderId>),
}

/// Looks for the row of a tombstone (T15, M8). `None` if there is none, or while the answer of an order on its way may
/// still name the row.
pub(crate) fn reappearance(
    tombstone: &Command,
    commands: &[Command],
    rows: &[Row],
    policy: &AbsencePolicy,
) -> Option<Reappearance> {
    let others = || commands.iter().filter(|other| other.order_id != tombstone.order_id);
    let is_awaited =
        |row: &Row| others().any(|other| other.standing == Standing::InFlight && other.may_have_made(row, policy));
    let fitting: Vec<&Row> =
        rows.iter().filter(|row| tombstone.may_have_made(row, policy) && !is_awaited(row)).collect();
    match fitting[..] {
        [] => None,
        [row] if !tombstone.is_late(row, policy) && !others().any(|other| other.claims(row, policy)) => {
            Some(Reappearance::Bind(row.id.clone()))
        }
        _ => Some(Reappearance::Suspect(fitting.iter().map(|row| row.id.clone()).collect())),
    }
}

/// A row beside the one that an order is bound to, which the same order may have made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Conflict {
    pub(crate) order_id: i64,
    pub(crate) row: BrokerOrderId,
    pub(crate) kind: ConflictKind,
}

/// What a [`Conflict`] means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ConflictKind {
    /// M6: the order was bound to the only row that fitted, and now another one fits as well.
    BindConflict,
    /// F24: the broker's answer named one row, and an equal one came with it.
    BrokerDuplicate,
}

impl ConflictKind {
    /// The word used in reasons.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::BindConflict => "BIND_CONFLICT",
            Self::BrokerDuplicate => "BROKER_DUPLICATE",
        }
    }
}

/// Every row that nobody has and that an order with a row of its own may have made.
pub(crate) fn conflicts(commands: &[Command], rows: &[Row], policy: &AbsencePolicy) -> Vec<Conflict> {
    let mut found = Vec::new();
    for command in commands {
        for row in rows.iter().filter(|row| command.may_have_made(row, policy)) {
            if let Some(kind) = second_row(command, row, rows, policy)
                // The row of an order that is not bound yet is that order's to judge.
                && !is_anothers(row, command, commands, policy)
            {
                found.push(Conflict { order_id: command.order_id, row: row.id.clone(), kind });
            }
        }
    }
    found
}

/// What a row that a bound command may have made means beside its own.
fn second_row(command: &Command, row: &Row, rows: &[Row], policy: &AbsencePolicy) -> Option<ConflictKind> {
    match &command.standing {
        Standing::BoundByList => (!command.is_late(row, policy)).then_some(ConflictKind::BindConflict),
        Standing::BoundByAnswer(id) => {
            let own = rows.iter().find(|row| row.id == *id)?;
            let is_close = (row.accepted_at - own.accepted_at).abs() <= policy.twin_gap;
            is_close.then_some(ConflictKind::BrokerDuplicate)
        }
        Standing::InFlight | Standing::InDoubt | Standing::Tombstone => None,
    }
}

fn is_anothers(row: &Row, command: &Command, commands: &[Command], policy: &AbsencePolicy) -> bool {
    commands.iter().filter(|other| other.order_id != command.order_id).any(|other| {
        matches!(other.standing, Standing::InFlight | Standing::InDoubt | Standing::Tombstone)
            && other.may_have_made(row, policy)
            && !other.is_late(row, policy)
    })
}

#[cfg(test)]
#[path = "later_tests.rs"]
mod tests;
