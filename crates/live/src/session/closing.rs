//! The end of the day and the morning after it (R5, R6).

use chrono::{DateTime, NaiveDate, Utc};
use exodus_domain::{BrokerOrderId, RowFacts, kst_date};
use exodus_store::orders;

use super::{Session, SessionEnd};
use crate::LiveError;
use crate::loops::{closing_due, morning_due};
use crate::reconcile::Pass;

/// What must be equal in the two lists that close a day.
pub(super) type ListedDay = (NaiveDate, Vec<(BrokerOrderId, RowFacts)>);

/// The rows of a date in a list that was just read.
fn listed(pass: &Pass, date: NaiveDate) -> Vec<(BrokerOrderId, RowFacts)> {
    let rows = pass.rows.get(&date).map_or(&[][..], Vec::as_slice);
    rows.iter().map(|row| (row.broker_order_id.clone(), row.facts)).collect()
}

impl Session {
    /// Closes the day, or looks at the one before, if it is time to. The books of the paper exchange are ours, so nothing
    /// can be late there.
    pub(super) async fn close_day(&mut self) -> Result<(), LiveError> {
        if self.deps.connection.watch.is_none() || self.end.is_some() {
            return Ok(());
        }
        let now = self.now();
        if let Some(date) = morning_due(now).filter(|date| self.checked_day != Some(*date)) {
            return self.check_yesterday(date).await;
        }
        let closed = orders::closed_day(&self.deps.store, self.account.id, kst_date(now)).await?;
        match closing_due(closed.and_then(|day| day.closed_at), now) {
            Some((date, run)) if self.closing.may_read(now) => self.take_closing_list(date, run).await,
            _ => Ok(()),
        }
    }

    /// R5: two equal lists decide what is still open or in doubt, and the day is proven.
    async fn take_closing_list(&mut self, date: NaiveDate, run: DateTime<Utc>) -> Result<(), LiveError> {
        let Some(pass) = self.read_lists(None).await? else { return Ok(()) };
        let now = self.now();
        if !self.closing.take((date, listed(&pass, date)), now) {
            return Ok(());
        }
        let Some(last) = self.read_lists(Some(date)).await? else { return Ok(()) };
        if listed(&last, date) != listed(&pass, date) {
            return Ok(());
        }
        let day = orders::close_day(&self.deps.store, self.account.id, date, self.now()).await?;
        let (holds, doubts) = (day.proof.holds(), day.proof.doubts);
        tracing::info!(account_id = self.account.id, %date, %run, holds, doubts, "the day was closed");
        Ok(())
    }

    /// R6: the list of the day before and the balance once more. What changed overnight is booked now.
    async fn check_yesterday(&mut self, date: NaiveDate) -> Result<(), LiveError> {
        let (store, id) = (self.deps.store.clone(), self.account.id);
        let known = orders::closed_day(&store, id, date).await?;
        if known.is_some_and(|day| day.checked_at.is_some()) {
            self.checked_day = Some(date);
            return Ok(());
        }
        if !self.closing.may_read(self.now()) {
            return Ok(());
        }
        // One list that decides nothing comes first: what is final is what two lists agree on.
        let Some(pass) = self.read_day(date, None).await? else { return Ok(()) };
        let has_orders = !listed(&pass, date).is_empty() || !orders::of_day(&store, id, date).await?.is_empty();
        if known.is_none() && has_orders {
            if !self.closing.take((date, listed(&pass, date)), self.now()) {
                return Ok(());
            }
            if self.read_day(date, Some(date)).await?.is_none() {
                return Ok(());
            }
            orders::close_day(&store, id, date, self.now()).await?;
        }
        self.compare_books().await?;
        if !has_orders {
            self.checked_day = Some(date);
            return Ok(());
        }
        let proof = orders::check_day(&store, id, date, self.now()).await?;
        if let Some(known) = known.filter(|known| known.proof != proof) {
            tracing::error!(account_id = id, %date, before = ?known.proof, after = ?proof, "a closed day has changed");
        }
        self.checked_day = Some(date);
        Ok(())
    }

    /// Reads the list of a day before, beside those of open orders. `None` if it could not be read.
    async fn read_day(&mut self, date: NaiveDate, closes: Option<NaiveDate>) -> Result<Option<Pass>, LiveError> {
        let pass = match self.reconciler.run(closes, Some(date)).await {
            Err(LiveError::NoAnswer(error)) => {
                tracing::warn!(account_id = self.account.id, %error, "the list of the day before is read again later");
                return Ok(None);
            }
            pass => pass?,
        };
        if pass.changed.iter().any(|order| order.filled_quantity.is_positive()) {
            // The engine was built before these fills were booked.
            self.end = Some(SessionEnd::Outdated);
        }
        for order in &pass.changed {
            self.follow(order).await?;
        }
        Ok(Some(pass))
    }
}
