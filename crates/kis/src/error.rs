//! What can go wrong with the broker; the variant says what to do next.

use chrono::{DateTime, Utc};
use exodus_domain::NoAnswer;

use crate::credentials::InputError;
use crate::wire::envelope::Failure;
use crate::wire::messages::{Class, Message, class, message};

/// Storage that processes share does not answer. It says which, never what was stored.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("what the processes share about a key does not answer: {0}")]
pub struct StoreDown(pub String);

/// A request to the broker did not do what was asked.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum KisError {
    /// Too many requests, or no access token to be had yet: ask again at that time.
    #[error("the broker takes no request before {until}{}", told(.failure.as_ref()))]
    Busy {
        /// When to ask again.
        until: DateTime<Utc>,
        /// What the broker said, if it was asked.
        failure: Option<Failure>,
    },
    /// App key or secret are wrong or have expired: a person mends the keys.
    #[error("the broker refused the key pair: {}", told(Some(.0)))]
    Credential(Failure),
    /// The key pair belongs to the other environment: a person mends the keys.
    #[error("the key pair is of the other environment: {}", told(Some(.0)))]
    WrongEnvironment(Failure),
    /// The account is not the one of this key: a person mends the account number.
    #[error("the account is not the one of this key: {}", told(Some(.0)))]
    Account(Failure),
    /// The broker said no to this request: tell who asked for it.
    #[error("the broker refused: {}", told(Some(.0)))]
    Refused(Failure),
    /// This environment has no such call: do without.
    #[error("this environment of the broker does not serve {0}")]
    NotServed(&'static str),
    /// No connection, or it broke: ask again later.
    #[error("the broker is out of reach: {0}")]
    Unreachable(String),
    /// The broker has trouble of its own, also after repeats: ask again later.
    #[error("the broker has trouble: {}", told(Some(.0)))]
    Again(Failure),
    /// An answer that was cut or not understood: conclude nothing from it.
    #[error("the broker's answer is not complete: {0}")]
    Incomplete(String),
    /// Our own shared storage failed, so the broker was not asked.
    #[error(transparent)]
    Shared(#[from] StoreDown),
    /// What a person typed cannot be right.
    #[error(transparent)]
    Input(#[from] InputError),
}

/// Code and sentence of the broker, for a log line.
fn told(failure: Option<&Failure>) -> String {
    failure.map(|failure| format!("{} {}", failure.msg_cd, failure.msg1)).unwrap_or_default()
}

impl KisError {
    /// What a refusal by the broker means for whoever asked. `until` is when a refused pace may be tried again.
    pub(crate) fn of(failure: Failure, until: DateTime<Utc>) -> Self {
        match class(&failure.msg_cd, &failure.msg1) {
            Class::RateLimit | Class::Token => Self::Busy { until, failure: Some(failure) },
            Class::Credential => Self::Credential(failure),
            Class::Environment => Self::WrongEnvironment(failure),
            Class::Account => Self::Account(failure),
            Class::Again | Class::InDoubt | Class::Session => Self::Again(failure),
            _ => Self::Refused(failure),
        }
    }

    /// What the broker said, if it said something.
    pub fn failure(&self) -> Option<&Failure> {
        match self {
            Self::Busy { failure, .. } => failure.as_ref(),
            Self::Credential(failure)
            | Self::WrongEnvironment(failure)
            | Self::Account(failure)
            | Self::Refused(failure)
            | Self::Again(failure) => Some(failure),
            _ => None,
        }
    }

    /// The broker's code.
    pub fn code(&self) -> Option<&str> {
        self.failure().map(|failure| failure.msg_cd.as_str())
    }

    /// Our sentences for what the broker said.
    pub fn message(&self) -> Option<&'static Message> {
        self.failure().and_then(|failure| message(&failure.msg_cd, &failure.msg1))
    }
}

impl From<KisError> for NoAnswer {
    fn from(error: KisError) -> Self {
        Self(error.to_string())
    }
}

/// An error with everything that caused it.
pub(crate) fn reason(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}
