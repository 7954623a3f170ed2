//! What can go wrong in the store, told by what to do next.

use std::fmt::Display;
use std::str::FromStr;

use exodus_domain::{ForbiddenTransition, OverSold};
use sea_orm::{DbErr, SqlErr};
use serde::de::DeserializeOwned;

/// Why the store did not do what it was asked. Nothing was changed in any of these cases.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// No such row, or not one of this owner's. Answer as if it had never existed.
    #[error("no such row")]
    NotFound,
    /// The request contradicts what is stored; the word says what. Tell the user.
    #[error("contradicts what is stored: {0}")]
    Conflict(&'static str),
    /// The order cannot take this event. Read it again and decide anew.
    #[error(transparent)]
    Transition(#[from] ForbiddenTransition),
    /// A fill sells more than is held: books and broker disagree. Halt the account.
    #[error(transparent)]
    OverSold(#[from] OverSold),
    /// The installation is not fit to run; the sentence says the mend. Stop.
    #[error("{0}")]
    Refused(String),
    /// A stored value cannot be read back. Restore a backup or report a defect.
    #[error("the database holds a value that cannot be read: {0}")]
    Corrupt(String),
    /// The database did not do its part. Try again later.
    #[error("the database failed: {0}")]
    Database(#[from] DbErr),
}

impl StoreError {
    /// Turns the violation of a unique index into a conflict named `what`.
    pub(crate) fn conflict_or(error: DbErr, what: &'static str) -> Self {
        if is_unique_violation(&error) { Self::Conflict(what) } else { Self::Database(error) }
    }
}

/// True if a unique index refused the row.
pub(crate) fn is_unique_violation(error: &DbErr) -> bool {
    matches!(error.sql_err(), Some(SqlErr::UniqueConstraintViolation(_)))
}

/// Reads the word of an enum, or a symbol, back.
pub(crate) fn word<T: FromStr<Err: Display>>(text: &str) -> Result<T, StoreError> {
    text.parse().map_err(|e: T::Err| StoreError::Corrupt(e.to_string()))
}

/// Reads a JSON column back.
pub(crate) fn json<T: DeserializeOwned>(value: serde_json::Value) -> Result<T, StoreError> {
    serde_json::from_value(value).map_err(|e| StoreError::Corrupt(e.to_string()))
}

/// Makes the value of a JSON column.
pub(crate) fn to_json(value: &impl serde::Serialize) -> serde_json::Value {
    serde_json::to_value(value).expect("plain data with text keys always becomes JSON")
}

/// Turns rows into records; the first row that cannot be read fails the whole.
pub(crate) fn records<M, T: TryFrom<M, Error = StoreError>>(models: Vec<M>) -> Result<Vec<T>, StoreError> {
    models.into_iter().map(T::try_from).collect()
}
