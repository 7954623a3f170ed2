//! The invariants of the order path (safety §2.9) as one library, for unit, simulation and crash tests, and, as far as the
//! tables alone can show them, for the running system.
//!
//! [`of_tables`] needs the database only and holds after every commit. [`check`] also takes what somebody outside knows: what
//! went over the wire, and the broker's true book.

mod books;
mod evidence;
mod tables;
mod wire;

use std::fmt;

use exodus_domain::KillScope;

pub use evidence::{BookOrder, Evidence, Request, RequestKind, TrueBalance};

use crate::db::Db;
use crate::error::StoreError;
use tables::Tables;

/// An invariant that does not hold.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Breach {
    /// Its number in safety §2.9.
    pub invariant: u8,
    /// What was found, for a person.
    pub what: String,
}

impl Breach {
    pub(self) fn new(invariant: u8, what: impl Into<String>) -> Self {
        Self { invariant, what: what.into() }
    }
}

impl fmt::Display for Breach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "I{}: {}", self.invariant, self.what)
    }
}

/// What the tables alone show: I4 to I8, I13, I22 and I26. Holds after every committed transaction.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn of_tables(db: &dyn Db) -> Result<Vec<Breach>, StoreError> {
    let tables = Tables::read(db).await?;
    let mut breaches = Vec::new();
    tables.check(&mut breaches);
    Ok(breaches)
}

/// Everything that tables, wire and book show together. What needs quiescence is looked at if `evidence.is_at_rest`.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn check(db: &dyn Db, evidence: &Evidence<'_>) -> Result<Vec<Breach>, StoreError> {
    let tables = Tables::read(db).await?;
    let mut breaches = Vec::new();
    tables.check(&mut breaches);
    wire::check(&tables, evidence, &mut breaches);
    books::check(&tables, evidence, &mut breaches);
    Ok(breaches)
}

/// True if an account is stopped with a reason: a person looks at what it is about.
fn is_stopped(tables: &Tables, account_id: i64) -> bool {
    let is_halted = |scope: KillScope, id: i64| {
        let of_scope = |row: &&crate::entities::kill_switches::Model| row.scope == scope.as_str() && row.scope_id == id;
        tables.kills.iter().find(of_scope).is_some_and(|row| row.state == "halted")
    };
    let in_review = tables.accounts.iter().any(|row| row.id == account_id && row.review.is_some());
    in_review
        || is_halted(KillScope::Account, account_id)
        || is_halted(KillScope::Global, crate::kill_switches::GLOBAL_ID)
}
