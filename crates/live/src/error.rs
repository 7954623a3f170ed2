//! What can go wrong here, by what to do next.

use exodus_domain::{BusDown, NoAnswer, Symbol};
use exodus_store::{KvDown, StoreError};
use exodus_trading::EngineError;

/// Why a session or a part of the worker gave up. Whoever started it starts it again after a pause; everything that
/// counts is in the store.
#[derive(Debug, thiserror::Error)]
pub enum LiveError {
    /// The store refused or did not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Broker or feed gave no complete answer: read again later, conclude nothing.
    #[error(transparent)]
    NoAnswer(#[from] NoAnswer),
    /// The bus does not answer: subscribe again.
    #[error(transparent)]
    Bus(#[from] BusDown),
    /// The cache does not answer: quotes are not shown until it does.
    #[error(transparent)]
    Kv(#[from] KvDown),
    /// The engine met what it does not know: the account is halted, build the engine anew.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// An issue that is needed has no quote yet: try again.
    #[error("{0} has no quote yet: wait for the feed")]
    NoQuote(Symbol),
    /// An issue that is needed is not in the store.
    #[error("{0} is not among the instruments: import it first")]
    UnknownIssue(Symbol),
    /// The account cannot be connected to its broker; the reason is kept with the account.
    #[error("the account is not connected: {0}")]
    NotConnected(String),
    /// The data folder refuses what must be kept there.
    #[error("the data folder cannot be written: {0}")]
    Files(String),
    /// Another process took the account over: stop at once.
    #[error("the lease of the account was lost to another worker")]
    LeaseLost,
}
