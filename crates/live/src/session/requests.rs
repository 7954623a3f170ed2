//! What people ask for: orders and cancels by hand, taken in order and decided by the same gate.

use exodus_domain::{OrderAnswer, OrderFields};
use exodus_store::orders::{self, CancelCause};
use exodus_store::requests::{self, RequestAction, RequestAnswer};
use exodus_trading::EngineEvent;

use super::Session;
use crate::LiveError;

impl Session {
    /// Answers the queued requests, oldest first. Stops at one whose issue has no price yet.
    pub(super) async fn take_requests(&mut self) -> Result<(), LiveError> {
        self.requests_wait = false;
        for request in requests::queued(&self.deps.store, self.account.id).await? {
            match &request.action {
                RequestAction::Place { fields, confirmed } => {
                    if !self.can_decide(fields).await? {
                        self.requests_wait = true;
                        return Ok(());
                    }
                    let (at, fields, confirmed) = (self.now(), fields.clone(), *confirmed);
                    self.step(&EngineEvent::ManualOrder { at, request_id: request.id, fields, confirmed }).await?;
                }
                RequestAction::Cancel { order_id } => {
                    let answer = self.cancel_by_hand(*order_id).await?;
                    requests::answer_cancel(&self.deps.store, request.id, &answer, self.now()).await?;
                }
            }
        }
        Ok(())
    }

    /// Watches the issue of a request. False while its first price may still come.
    async fn can_decide(&mut self, fields: &OrderFields) -> Result<bool, LiveError> {
        if !self.refresh_issue(fields.symbol).await? {
            return Ok(true);
        }
        self.refresh_facts().await?;
        self.learn_volume(fields.symbol).await?;
        self.market.watch([fields.symbol], self.now());
        let held = self.held_symbols();
        let is_priced =
            self.market.is_priced(fields.symbol) && held.iter().all(|symbol| self.market.is_priced(*symbol));
        // From the first look at the issue, not from the request: that may have waited for a worker to start.
        let since = self.market.watched_since(fields.symbol).unwrap_or(self.now());
        // After that it is decided without, which denies it.
        Ok(is_priced || self.now() - since >= self.deps.connection.terms.price_wait)
    }

    async fn cancel_by_hand(&mut self, order_id: i64) -> Result<RequestAnswer, LiveError> {
        let refused = |detail: &str| Ok(RequestAnswer::CancelRefused { detail: detail.to_owned() });
        let Some(order) = orders::get(&self.deps.store, self.account.user_id, order_id).await? else {
            return refused("there is no such order");
        };
        if !order.state.is_open_at_broker() {
            return refused(&format!("the order is {}, nothing of it is open", order.state));
        }
        let answer = self.cancel(&order, CancelCause::Person).await?;
        if self.cancels_wait.remove(&order_id).is_some() {
            return refused("the account has cancelled as often as it may in a minute: try again in a minute");
        }
        match answer {
            None | Some(OrderAnswer::Accepted(_)) => Ok(RequestAnswer::CancelSent),
            Some(OrderAnswer::Refused { code, message }) => refused(&format!("{code} {message}")),
            Some(OrderAnswer::ProvenUnsent { detail, .. } | OrderAnswer::Unknown(detail)) => refused(&detail),
        }
    }
}
