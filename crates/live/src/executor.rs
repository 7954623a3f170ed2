//! The way of an approved order to the broker: written down, claimed, sent once, answered, written down (safety §2.3).

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use exodus_domain::testing::{Defect, Point, planted, reach};
use exodus_domain::{
    Broker, BrokerRequest, Denial, LateAnswer, OrderAnswer, OrderEvent, OrderFields, Sent, Timer, UnsentProof,
};
use exodus_store::accounts::Account;
use exodus_store::leases::Lease;
use exodus_store::orders::{self, Cancel, CancelClaim, ClaimOutcome, Creation, MAX_AGE, MAX_ATTEMPTS, NewOrder, Order};
use exodus_store::signals::NewSignal;
use exodus_store::{Store, StoreError};
use exodus_trading::{Approved, Refused, RiskInputs};
use serde_json::Value;
use tokio::time::Instant;

use crate::LiveError;
use crate::generation::{Claim, LocalFiles};
use crate::kill_file;
use crate::session::SessionDeps;

/// From the claim to the first byte no more may pass (safety S4).
const CLAIM_KEEPS: Duration = Duration::from_secs(1);

/// So much of the lease must be left when the first byte is written (safety S4).
const LEASE_LEFT: TimeDelta = TimeDelta::seconds(5);

/// An answer that cannot be written down is kept so long; no lease outlasts it.
const ANSWER_KEEPS: TimeDelta = TimeDelta::seconds(10);

/// What became of an order so far.
pub(crate) struct SentOrder {
    pub(crate) order: Order,
    /// The answer that may still come.
    pub(crate) late: Option<LateAnswer>,
}

impl SentOrder {
    fn at_once(order: Order) -> Self {
        Self { order, late: None }
    }
}

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
    files: LocalFiles,
    user_id: i64,
    account_id: i64,
}

impl Executor {
    pub(crate) fn new(deps: &SessionDeps, account: &Account) -> Self {
        Self {
            store: deps.store.clone(),
            broker: Arc::clone(&deps.connection.broker),
            clock: Arc::clone(&deps.clock),
            files: deps.files.clone(),
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

    /// T7: writes down what the risk gate said when it was asked again about an order of which nothing was sent.
    pub(crate) async fn write_again(
        &self,
        order_id: i64,
        decision: &Result<Approved<OrderFields>, Box<Refused>>,
    ) -> Result<Order, StoreError> {
        let (inputs, denial) = match decision {
            Ok(approved) => (approved.inputs(), None),
            Err(refused) => (&refused.inputs, Some(&refused.denial)),
        };
        let inputs = serde_json::to_value(inputs).unwrap_or(Value::Null);
        let order = orders::decide_again(&self.store, order_id, &inputs, denial, self.clock.now()).await?;
        if denial.is_some() {
            count(&order);
        }
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

    /// S2 to S7: opens a way to the broker, claims a written order, sends it once and writes the answer down. The order is
    /// CREATED again if the broker is proven not to have taken it and another attempt is allowed: the risk gate is to be
    /// asked first (T7).
    ///
    /// # Errors
    /// [`LiveError::LeaseLost`] if another worker owns the account by now; nothing was sent then.
    pub(crate) async fn send(&self, order: &Order, lease: &Lease) -> Result<SentOrder, LiveError> {
        let order_id = order.id;
        let line = match self.broker.open_line(&BrokerRequest::New(order.fields.clone())).await {
            Ok(line) => line,
            Err(reason) => return self.withdraw(order_id, &reason).await.map(SentOrder::at_once),
        };
        if kill_file::is_present(&self.files.kill_file) {
            reach(Point::HaltedAtClaim);
            return self.withdraw(order_id, "the KILL file is there").await.map(SentOrder::at_once);
        }
        if planted(Defect::SendBeforeCommit) {
            let sent_at = self.clock.now();
            let Sent { answer, late } = line.send().await;
            orders::claim(&self.store, order_id, lease, sent_at).await?;
            let order = self.record(order_id, &answer, false, sent_at).await?;
            return Ok(SentOrder { order, late });
        }
        let claimed = Instant::now();
        let (attempt_id, order) = match orders::claim(&self.store, order_id, lease, self.clock.now()).await? {
            ClaimOutcome::Claimed { attempt_id, order } => (attempt_id, order),
            ClaimOutcome::Withdrawn { order, why } => {
                tracing::info!(order_id, ?why, "the order was withdrawn before it was sent");
                count(&order);
                return Ok(SentOrder::at_once(order));
            }
            ClaimOutcome::LeaseLost => return Err(LiveError::LeaseLost),
            // Somebody took it further already, so it is not ours to send.
            ClaimOutcome::NotCreated(state) => {
                tracing::error!(order_id, %state, "a fresh order was not where it was left");
                let order = orders::find(&self.store, order_id).await?;
                return order.map(SentOrder::at_once).ok_or(LiveError::Store(StoreError::NotFound));
            }
        };
        let sent_at = self.clock.now();
        let (sent, may_retry) = match self.may_write(Claim { attempt_id, order_id }, lease, claimed) {
            Ok(()) => (line.send().await, self.may_retry(&order)),
            Err(reason) => {
                reach(Point::TooLateToWrite);
                (OrderAnswer::unwritten(reason).into(), false)
            }
        };
        let is_sent_again = planted(Defect::ResendOnTimeout) && matches!(sent.answer, OrderAnswer::Unknown(_));
        let sent = if is_sent_again {
            match self.broker.open_line(&BrokerRequest::New(order.fields.clone())).await {
                Ok(line) => line.send().await,
                Err(_) => sent,
            }
        } else {
            sent
        };
        reach(Point::K13);
        reach_class(&sent.answer);
        let order = self.record(order_id, &sent.answer, may_retry, sent_at).await?;
        count(&order);
        Ok(SentOrder { order, late: sent.late })
    }

    /// T7: true if an order of which the broker took nothing may be tried once more.
    fn may_retry(&self, order: &Order) -> bool {
        order.attempts < MAX_ATTEMPTS && self.clock.now() - order.created_at < MAX_AGE
    }

    /// S7, tried again for a while if the database does not answer: nothing else knows the answer (safety F11). After that
    /// the order is found SENDING at the next start, and the broker's list decides.
    async fn record(
        &self,
        order_id: i64,
        answer: &OrderAnswer,
        may_retry: bool,
        sent_at: DateTime<Utc>,
    ) -> Result<Order, StoreError> {
        let until = self.clock.now() + ANSWER_KEEPS;
        loop {
            let now = self.clock.now();
            match orders::record_answer(&self.store, order_id, answer, may_retry, Some(sent_at), now).await {
                Err(StoreError::Database(error)) if now < until => {
                    tracing::error!(order_id, %error, "the answer to an order is written down again");
                    self.clock.sleep_until(now + TimeDelta::milliseconds(500)).await;
                }
                recorded => return recorded,
            }
        }
    }

    /// S3 and S4: the claim is on disk outside the database too, it is fresh, and the lease will outlast the request.
    /// The error says why nothing may be written.
    fn may_write(&self, claim: Claim, lease: &Lease, claimed: Instant) -> Result<(), String> {
        self.is_fresh(claim, lease, claimed)?;
        reach(Point::K08);
        if kill_file::is_present(&self.files.kill_file) {
            return Err("the KILL file is there".to_owned());
        }
        Ok(())
    }

    /// Claims a cancel that was written down, sends it once, and writes down what came of it. What became of the order, the
    /// list tells.
    ///
    /// # Errors
    /// [`LiveError::LeaseLost`] if another worker owns the account by now; nothing was sent then.
    pub(crate) async fn cancel(
        &self,
        order: &Order,
        cancel: &Cancel,
        lease: &Lease,
    ) -> Result<Option<OrderAnswer>, LiveError> {
        let Some(number) = order.kis_order_id.clone() else { return Ok(None) };
        let line = self.broker.open_line(&BrokerRequest::Cancel(number)).await;
        let claimed = Instant::now();
        let attempt_id = match orders::claim_cancel(&self.store, cancel, lease, self.clock.now()).await? {
            CancelClaim::Claimed { attempt_id, .. } => attempt_id,
            CancelClaim::Settled => return Ok(None),
            CancelClaim::LeaseLost => return Err(LiveError::LeaseLost),
        };
        let sent_at = self.clock.now();
        let claim = Claim { attempt_id, order_id: order.id };
        let answer = match (line, self.is_fresh(claim, lease, claimed)) {
            (Ok(line), Ok(())) => line.send().await.answer,
            (Err(reason), _) | (_, Err(reason)) => OrderAnswer::unwritten(reason),
        };
        reach(Point::K22);
        orders::answer_cancel(&self.store, cancel, &answer, Some(sent_at), self.clock.now()).await?;
        Ok(Some(answer))
    }

    /// What holds for cancels too. They do not ask for the KILL file, since they take risk away.
    fn is_fresh(&self, claim: Claim, lease: &Lease, claimed: Instant) -> Result<(), String> {
        // A few bytes of this machine's disk; the claim before it waited for the same disk.
        self.files.generation.add(claim).map_err(|error| format!("the generation file: {error}"))?;
        if claimed.elapsed() > CLAIM_KEEPS {
            return Err("the claim grew too old".to_owned());
        }
        if lease.expires_at - self.clock.now() < LEASE_LEFT {
            return Err("the lease of the account is about to end".to_owned());
        }
        Ok(())
    }

    /// T3: gives a written order up before it is claimed.
    async fn withdraw(&self, order_id: i64, reason: &str) -> Result<Order, LiveError> {
        let now = self.clock.now();
        let order = orders::apply_event(&self.store, order_id, &OrderEvent::Withdrawn, reason, now).await?;
        tracing::info!(order_id, reason, "the order was withdrawn before it was sent");
        count(&order);
        Ok(order)
    }
}

/// Counts the state an order reached.
pub(crate) fn count(order: &Order) {
    metrics::counter!("exodus_orders_total", "state" => order.state.as_str()).increment(1);
}

/// Counts the class of an answer, and the proof of one that was never given.
fn reach_class(answer: &OrderAnswer) {
    reach(match answer {
        OrderAnswer::Accepted(_) => Point::ClassA,
        OrderAnswer::Refused { .. } => Point::ClassR,
        OrderAnswer::ProvenUnsent { proof: UnsentProof::NoBytes, .. } => Point::ProofNothingWritten,
        OrderAnswer::ProvenUnsent { proof: UnsentProof::RateLimit, .. } => Point::ProofRateLimit,
        OrderAnswer::ProvenUnsent { proof: UnsentProof::Token, .. } => Point::ProofToken,
        OrderAnswer::Unknown(_) => Point::ClassU,
    });
}
