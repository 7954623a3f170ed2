//! The way of an approved order to the broker: written down, claimed, sent once, answered, written down (safety §2.3).

use std::sync::Arc;
use std::time::Duration;

use exodus_domain::{Broker, BrokerOrderId, CancelAnswer, Denial, OrderFields, PlaceAnswer, Timer};
use exodus_store::accounts::Account;
use exodus_store::leases::Lease;
use exodus_store::orders::{self, ClaimOutcome, Creation, NewOrder, Order};
use exodus_store::signals::NewSignal;
use exodus_store::{Store, StoreError};
use exodus_trading::{Approved, RiskInputs};
use serde_json::Value;

use crate::LiveError;
use crate::connector::Connection;

/// What an order belongs to.
#[derive(Clone, Debug, Default)]
pub(crate) struct Origin {
    pub(crate) strategy_id: Option<i64>,
    pub(crate) signal: Option<NewSignal>,
    pub(crate) request_id: Option<i64>,
}

/// Writes and sends the orders of one account.
pub(crate) struct Executor {
    store: Store,
    broker: Arc<dyn Broker>,
    clock: Arc<dyn Timer>,
    user_id: i64,
    account_id: i64,
    /// How long an answer is waited for. After that the order is in doubt and its session goes on.
    answer_timeout: Duration,
}

impl Executor {
    pub(crate) fn new(store: Store, clock: Arc<dyn Timer>, connection: &Connection, account: &Account) -> Self {
        Self {
            store,
            broker: Arc::clone(&connection.broker),
            clock,
            user_id: account.user_id,
            account_id: account.id,
            answer_timeout: connection.terms.answer_timeout,
        }
    }

    /// S1: writes signal, decision, order, events and notices in one transaction. Nothing is sent before that is durable.
    pub(crate) async fn write(&self, order: &Approved<OrderFields>, origin: &Origin) -> Result<Creation, StoreError> {
        let new = self.new_order(order.get(), order.inputs(), origin);
        orders::create_order(&self.store, &new, self.clock.now()).await
    }

    /// Writes down that the risk gate said no.
    pub(crate) async fn write_denied(
        &self,
        fields: &OrderFields,
        inputs: &RiskInputs,
        denial: &Denial,
        origin: &Origin,
    ) -> Result<Order, StoreError> {
        let order =
            orders::create_denied(&self.store, &self.new_order(fields, inputs, origin), denial, self.clock.now())
                .await?;
        count(&order);
        Ok(order)
    }

    fn new_order(&self, fields: &OrderFields, inputs: &RiskInputs, origin: &Origin) -> NewOrder {
        NewOrder {
            user_id: self.user_id,
            account_id: self.account_id,
            strategy_id: origin.strategy_id,
            signal: origin.signal.clone(),
            request_id: origin.request_id,
            fields: fields.clone(),
            commission: inputs.issue.map(|issue| issue.commission),
            inputs: serde_json::to_value(inputs).unwrap_or(Value::Null),
        }
    }

    /// S3 to S7: claims a written order, sends it once and writes the answer down. It is never sent again.
    ///
    /// # Errors
    /// [`LiveError::LeaseLost`] if another worker owns the account by now; nothing was sent then.
    pub(crate) async fn send(&self, order_id: i64, lease: &Lease) -> Result<Order, LiveError> {
        let order = match orders::claim(&self.store, order_id, lease, self.clock.now()).await? {
            ClaimOutcome::Claimed(order) => order,
            ClaimOutcome::Withdrawn { order, why } => {
                tracing::info!(order_id, ?why, "the order was withdrawn before it was sent");
                count(&order);
                return Ok(order);
            }
            ClaimOutcome::LeaseLost => return Err(LiveError::LeaseLost),
            // Somebody took it further already, so it is not ours to send.
            ClaimOutcome::NotCreated(state) => {
                tracing::error!(order_id, %state, "a fresh order was not where it was left");
                return orders::find(&self.store, order_id).await?.ok_or(LiveError::Store(StoreError::NotFound));
            }
        };
        let answer = tokio::time::timeout(self.answer_timeout, self.broker.place(&order.fields)).await;
        let answer =
            answer.unwrap_or_else(|_| PlaceAnswer::Unknown(format!("no answer within {:?}", self.answer_timeout)));
        let order = orders::record_answer(&self.store, order_id, &answer, false, self.clock.now()).await?;
        count(&order);
        Ok(order)
    }

    /// Asks once for the cancellation of an order. What became of it, the list tells.
    pub(crate) async fn cancel(&self, id: &BrokerOrderId) -> CancelAnswer {
        let answer = tokio::time::timeout(self.answer_timeout, self.broker.cancel(id)).await;
        answer.unwrap_or_else(|_| CancelAnswer::Unknown(format!("no answer within {:?}", self.answer_timeout)))
    }
}

/// Counts the state an order reached.
pub(crate) fn count(order: &Order) {
    metrics::counter!("exodus_orders_total", "state" => order.state.as_str()).increment(1);
}
