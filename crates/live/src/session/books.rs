//! The books of an account against those of a broker elsewhere (R3): taken over at the first connection, compared while it
//! lasts.

use chrono::TimeDelta;
use exodus_domain::NoAnswer;
use exodus_store::accounts::{self, SyncOutcome};

use super::Session;
use crate::LiveError;

/// Between two reads of the balance.
const COMPARE_EVERY: TimeDelta = TimeDelta::seconds(30);
/// A difference counts if it is still there after this long: the broker's own parts need not agree at every instant.
const MUST_LAST: TimeDelta = TimeDelta::seconds(10);

impl Session {
    /// Compares, if it is time to. True if the books are the broker's now and not those that the engine was built from.
    pub(super) async fn compare_books(&mut self) -> Result<bool, LiveError> {
        let now = self.now();
        let pause = if self.differs_since.is_some() { MUST_LAST } else { COMPARE_EVERY };
        if self.deps.connection.watch.is_none() || now - self.compared_at < pause {
            return Ok(false);
        }
        match self.read_books().await {
            Err(LiveError::NoAnswer(NoAnswer(why))) => {
                tracing::warn!(account_id = self.account.id, why, "the balance is read again later");
                Ok(false)
            }
            compared => Ok(compared? == SyncOutcome::Corrected),
        }
    }

    /// Reads the balance and holds our books against it.
    pub(super) async fn read_books(&mut self) -> Result<SyncOutcome, LiveError> {
        let read_at = self.now();
        self.compared_at = read_at;
        let told = self.deps.connection.broker.balance().await?;
        self.note_orderable(told.orderable_cash);
        let now = self.now();
        let may_correct = self.differs_since.is_some_and(|since| read_at - since >= MUST_LAST);
        let (store, id) = (&self.deps.store, self.account.id);
        let outcome = accounts::sync(store, id, &told, read_at, may_correct, now).await?;
        self.differs_since = match outcome {
            SyncOutcome::Differs => self.differs_since.or(Some(read_at)),
            SyncOutcome::TakenOver | SyncOutcome::Equal | SyncOutcome::Corrected => None,
        };
        if outcome != SyncOutcome::Equal {
            tracing::warn!(account_id = id, ?outcome, "the books were held against the broker's");
        }
        if let Some(watch) = &self.deps.connection.watch {
            // A difference that comes and goes between two reads is none.
            let lasts = self.differs_since.is_some_and(|since| read_at > since);
            watch.compared(!lasts).await;
        }
        Ok(outcome)
    }
}
