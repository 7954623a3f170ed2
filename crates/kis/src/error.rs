//! What can go wrong with the broker; the variant says what to do next.

/// Storage that processes share does not answer. It says which, never what was stored.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("what the processes share about a key does not answer: {0}")]
pub struct StoreDown(pub String);

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
