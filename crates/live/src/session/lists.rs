//! Reading the broker's list while a session runs (R1, R2, R4), and telling the engine what it changed.

use chrono::{Datelike, NaiveDate};
use exodus_domain::testing::{Defect, planted};
use exodus_domain::{BrokerOrderId, KillState, OrderState, TradingCalendar, kst_date};
use exodus_store::orders::{self, CancelCause, Order, notices};

use super::{Session, SessionEnd};
use crate::LiveError;
use crate::reconcile::Pass;

impl Session {
    /// Reads what is due.
    pub(super) async fn read_what_is_due(&mut self) -> Result<(), LiveError> {
        let now = self.now();
        let due = self.loops.due(!self.refs.ids.is_empty(), self.differs_since.is_some(), now);
        if due.orders {
            self.read_orders().await?;
        }
        if due.books {
            self.compare_books().await?;
        }
        self.close_day().await
    }

    /// The broker hinted at orders. Hints are never booked: they are kept until a list explains them, and it is read now.
    pub(super) async fn on_hints(&mut self, told: &[BrokerOrderId]) -> Result<(), LiveError> {
        if self.deps.connection.terms.absence.asks_funds {
            for id in told.iter().filter(|id| !id.0.is_empty()) {
                notices::keep(&self.deps.store, self.account.id, id, self.now()).await?;
            }
        }
        if planted(Defect::NoticesSummed) {
            self.reconciler.sum_notices(told).await?;
        }
        self.read_orders().await
    }

    /// Reads the broker's list and tells the engine what changed. A list that cannot be read changes nothing.
    pub(super) async fn read_orders(&mut self) -> Result<(), LiveError> {
        self.read_lists(None).await.map(drop)
    }

    /// The same; `closes` names the date of which this is the second of two equal lists. `None` if the list could not be
    /// read.
    pub(super) async fn read_lists(&mut self, closes: Option<NaiveDate>) -> Result<Option<Pass>, LiveError> {
        let pass = match self.reconciler.run(closes, None).await {
            Err(LiveError::NoAnswer(error)) => {
                tracing::warn!(account_id = self.account.id, %error, "the order list is read again later");
                let doubts = orders::in_doubt(&self.deps.store, self.account.id).await?;
                let doubts = doubts.iter().filter(|order| order.state == OrderState::Unknown);
                let since = |order: &Order| order.sent_at.or(order.claimed_at).unwrap_or(order.created_at);
                self.loops.orders_read(doubts.map(|order| (order.id, since(order))), self.now());
                return Ok(None);
            }
            pass => pass?,
        };
        self.loops.orders_read(pass.doubts.iter().copied(), self.now());
        self.listed_at = pass.began_at;
        let open = orders::open(&self.deps.store, self.account.id).await?;
        let seen = Vec::from_iter(pass.changed.iter().chain(&open).cloned());
        orders::settle_cancels(&self.deps.store, &seen, pass.began_at, self.now()).await?;
        self.tell_reconciled().await?;
        self.tell_gate(&pass);
        for order in &pass.changed {
            self.follow_read(order).await?;
        }
        self.cancel_returned(&pass).await?;
        Ok(Some(pass))
    }

    /// Tells the risk gate what lists alone show: open orders of others count in every limit (safety §2.7), and a fitting row
    /// of an order in doubt counts beside it.
    pub(super) fn tell_gate(&mut self, pass: &Pass) {
        self.tell_review();
        let Some(live) = self.engine.live_mut() else { return };
        for (date, row) in pass.rows.iter().flat_map(|(date, rows)| rows.iter().map(move |row| (date, row))) {
            live.saw_order(row.symbol, row.side, row.facts.order_qty, *date);
        }
        let others = pass.rows.values().flatten().filter(|row| row.is_external());
        let open = others.map(|row| (row.symbol, row.side, row.open_quantity()));
        live.set_external(open.filter(|(_, _, quantity)| quantity.is_positive()));
    }

    /// Tells the risk gate why the account only reads (RK01): until a person releases it, or because nobody knows whether
    /// its exchange is open.
    pub(super) fn tell_review(&mut self) {
        let review = self.account.review.as_ref().map(|review| format!("review: {}", review.reason));
        let today = kst_date(self.now());
        let is_dated = self.deps.connection.watch.is_none() || TradingCalendar::COVERED.contains(&today);
        let closed = (!is_dated).then(|| {
            format!("closed: no calendar of the year {} is known, install a version that has it", today.year())
        });
        if let Some(live) = self.engine.live_mut() {
            live.standing_mut().not_ready = review.or(closed);
        }
    }

    /// Tells the engine of an order that the list changed.
    async fn follow_read(&mut self, order: &Order) -> Result<(), LiveError> {
        if !self.refs.refs.contains_key(&order.id) && order.filled_quantity.is_positive() {
            // The engine does not know the order any more, or never did: its books are built anew.
            self.end = Some(SessionEnd::Outdated);
        }
        self.follow(order).await?;
        // An order that was in doubt when the switch was pulled could not be cancelled then.
        if order.state.is_open_at_broker() && self.account_kill == KillState::Halted {
            self.cancel(order, CancelCause::Kill).await?;
        }
        Ok(())
    }

    /// T15: the open rest of an order that came back is taken back. Nobody counts on it any more.
    pub(super) async fn cancel_returned(&mut self, pass: &Pass) -> Result<(), LiveError> {
        for id in &pass.returned {
            if let Some(order) = orders::find(&self.deps.store, *id).await?
                && order.state.is_open_at_broker()
            {
                self.cancel(&order, CancelCause::Reappeared).await?;
            }
        }
        Ok(())
    }
}
