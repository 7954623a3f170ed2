//! The way of an approved order to the broker: written down, claimed, sent once, answered, written down (safety §2.3).

use std::path::PathBuf;
use std::sync::Arc;

use exodus_domain::{Broker, BrokerOrderId, BrokerRequest, Denial, OrderAnswer, OrderEvent, OrderFields, Timer};
use exodus_store::accounts::Account;
use exodus_store::leases::Lease;
use exodus_store::orders::{self, ClaimOutcome, Creation, NewOrder, Order};
use exodus_store::signals::NewSignal;
use exodus_store::{Store, StoreError};
use exodus_trading::{Approved, RiskInputs};
use serde_json::Value;

use crate::LiveError;
use crate::kill_file;
use crate::session::SessionDeps;

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
    /// Nothing is claimed while it is there.
    kill_file: PathBuf,
    user_id: i64,
    account_id: i64,
}

impl Executor {
    pub(crate) fn new(deps: &SessionDeps, account: &Account) -> Self {
        Self {
            store: deps.store.clone(),
            broker: Arc::clone(&deps.connection.broker),
            clock: Arc::clone(&deps.clock),
            kill_file: deps.kill_file.clone(),
            user_id: account.user_id,
            account_id: account.id,
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

    /// S2 to S7: opens a way to the broker, claims a written order, sends it once and writes the answer down.
    ///
    /// # Errors
    /// [`LiveError::LeaseLost`] if another worker owns the account by now; nothing was sent then.
    pub(crate) async fn send(&self, order: &Order, lease: &Lease) -> Result<Order, LiveError> {
        let order_id = order.id;
        let line = match self.broker.open_line(&BrokerRequest::New(order.fields.clone())).await {
            Ok(line) => line,
            Err(reason) => return self.withdraw(order_id, &reason).await,
        };
        if kill_file::is_present(&self.kill_file) {
            return self.withdraw(order_id, "the KILL file is there").await;
        }
        match orders::claim(&self.store, order_id, lease, self.clock.now()).await? {
            ClaimOutcome::Claimed(_) => {}
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
        }
        let sent = line.send().await;
        let order = orders::record_answer(&self.store, order_id, &sent.answer, false, self.clock.now()).await?;
        count(&order);
        Ok(order)
    }

    /// T3: gives a written order up before it is claimed.
    async fn withdraw(&self, order_id: i64, reason: &str) -> Result<Order, LiveError> {
        let now = self.clock.now();
        let order = orders::apply_event(&self.store, order_id, &OrderEvent::Withdrawn, reason, now).await?;
        tracing::info!(order_id, reason, "the order was withdrawn before it was sent");
        count(&order);
        Ok(order)
    }

    /// Asks once for the cancellation of an order. What became of it, the list tells.
    pub(crate) async fn cancel(&self, id: &BrokerOrderId) -> OrderAnswer {
        match self.broker.open_line(&BrokerRequest::Cancel(id.clone())).await {
            Ok(line) => line.send().await.answer,
            Err(reason) => OrderAnswer::unwritten(reason),
        }
    }
}

/// Counts the state an order reached.
pub(crate) fn count(order: &Order) {
    metrics::counter!("exodus_orders_total", "state" => order.state.as_str()).increment(1);
}
