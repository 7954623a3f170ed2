//! The books of an account against those of a broker elsewhere (R3): taken over at the first connection and after a person
//! released the account, compared while it lasts. A difference that nothing explains halts the account.

use chrono::TimeDelta;
use exodus_domain::testing::{Point, reach};
use exodus_domain::{NoAnswer, Won};
use exodus_store::accounts::{self, Difference, SyncOutcome};
use exodus_store::orders;

use super::Session;
use crate::LiveError;

/// A difference counts if it is still there after this long: the broker's own parts need not agree at every instant.
const MUST_LAST: TimeDelta = TimeDelta::seconds(10);

impl Session {
    /// Compares the books. A balance that cannot be read changes nothing.
    pub(super) async fn compare_books(&mut self) -> Result<(), LiveError> {
        if self.deps.connection.watch.is_none() {
            return Ok(());
        }
        match self.read_books().await {
            Err(LiveError::NoAnswer(NoAnswer(why))) => {
                reach(Point::ReadFailed);
                tracing::warn!(account_id = self.account.id, why, "the balance is read again later");
                Ok(())
            }
            compared => compared.map(drop),
        }
    }

    /// Reads the balance and holds our books against it. True if they were taken over.
    pub(super) async fn read_books(&mut self) -> Result<bool, LiveError> {
        let read_at = self.now();
        self.loops.books_read(read_at);
        let told = self.deps.connection.broker.balance().await?;
        self.note_orderable(told.orderable_cash);
        self.sellable.clone_from(&told.sellable);
        self.tell_sellable();
        let is_empty = told.holdings.is_empty() && told.cash == Won::ZERO;
        if is_empty && !self.held_symbols().is_empty() {
            return Err(NoAnswer("the balance is empty, and something is held".to_owned()).into());
        }
        let (store, id) = (self.deps.store.clone(), self.account.id);
        let outcome = accounts::sync(&store, id, &told, self.now()).await?;
        let taken_over = outcome == SyncOutcome::TakenOver;
        match outcome {
            SyncOutcome::Differs(difference) if self.is_at_rest().await? => {
                tracing::warn!(account_id = id, ?difference, "the broker's books are others than ours");
                let since = *self.differs_since.get_or_insert(read_at);
                if read_at - since >= MUST_LAST {
                    self.mismatch(&difference).await?;
                }
            }
            // Nothing differs, or what is under way explains it.
            SyncOutcome::Differs(_) | SyncOutcome::TakenOver | SyncOutcome::Equal => self.differs_since = None,
        }
        if let Some(watch) = &self.deps.connection.watch {
            // A difference that comes and goes between two reads is none.
            let lasts = self.differs_since.is_some_and(|since| read_at > since);
            watch.compared(!lasts).await;
        }
        Ok(taken_over)
    }

    /// True if nothing of ours can explain a difference: nothing is in doubt, and the list tells nothing new after the
    /// balance was read.
    async fn is_at_rest(&mut self) -> Result<bool, LiveError> {
        if !orders::in_doubt(&self.deps.store, self.account.id).await?.is_empty() {
            return Ok(false);
        }
        Ok(self.read_lists(None).await?.is_some_and(|pass| !pass.has_news && pass.changed.is_empty()))
    }

    async fn mismatch(&mut self, difference: &Difference) -> Result<(), LiveError> {
        reach(Point::PositionMismatch);
        let Difference { expected_cash, told_cash, holdings } = difference;
        let shares: Vec<String> = holdings
            .iter()
            .map(|(symbol, (expected, told))| format!("{symbol} {expected} expected, {told} at the broker"))
            .collect();
        let reason = format!(
            "POSITION_MISMATCH: cash {expected_cash} expected, {told_cash} at the broker; {}",
            if shares.is_empty() { "shares agree".to_owned() } else { shares.join("; ") }
        );
        // Whoever clears the halt and leaves the difference is halted again: the books must be released first.
        self.reconciler.halt_once(&reason, self.now(), self.now()).await
    }
}
