//! The circuit to the broker of an account, as its session has it: every call is seen, and while the circuit is not
//! closed no new order goes out and the rest goes slowly (safety §3.3).

#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use exodus_domain::testing::{Point, reach};
use exodus_domain::{
    Broker, BrokerBalance, BrokerOrder, BrokerOrderId, BrokerRequest, Circuit, CircuitChange, CircuitEvent,
    CircuitState, NoAnswer, OrderAnswer, OrderLine, PortStream, Sent, Timer,
};
use exodus_store::circuits::{self, StoredCircuit};
use exodus_store::{Store, StoreError};
use tokio::sync::Mutex;

use crate::connector::Connection;

/// Between two calls while the circuit is not closed, at least.
const SLOW: TimeDelta = TimeDelta::seconds(1);
/// How far calls are spread beyond [`SLOW`], so that accounts that failed together do not call together.
const SPREAD_MILLIS: i64 = 250;

/// The circuit of one account.
pub(crate) struct Breaker {
    store: Store,
    clock: Arc<dyn Timer>,
    account_id: i64,
    held: Mutex<Held>,
    is_closed: AtomicBool,
    /// Before this time nothing is called while the circuit is not closed; and the number of calls, which spreads them.
    next_call: Mutex<(DateTime<Utc>, i64)>,
}

struct Held {
    circuit: Circuit,
    stored: StoredCircuit,
}

impl Breaker {
    /// Puts the stored circuit of an account between it and its broker.
    pub(crate) async fn guard(
        store: &Store,
        clock: &Arc<dyn Timer>,
        account_id: i64,
        connection: Connection,
    ) -> Result<(Connection, Arc<Self>), StoreError> {
        let stored = circuits::get(store, account_id).await?;
        let circuit = Circuit::from_record(stored.record.clone());
        let breaker = Arc::new(Self {
            store: store.clone(),
            clock: Arc::clone(clock),
            account_id,
            is_closed: AtomicBool::new(stored.record.opening.is_none()),
            held: Mutex::new(Held { circuit, stored }),
            next_call: Mutex::new((DateTime::<Utc>::MIN_UTC, account_id)),
        });
        let broker = GuardedBroker { inner: connection.broker, breaker: Arc::clone(&breaker) };
        Ok((Connection { broker: Arc::new(broker), ..connection }, breaker))
    }

    /// True if new orders may go (RK03).
    pub(crate) fn is_closed(&self) -> bool {
        self.is_closed.load(Ordering::Acquire)
    }

    /// True while the broker is being tried: it is to be read, and the store brought together with it.
    pub(crate) async fn is_tried(&self) -> bool {
        !self.is_closed() && self.held.lock().await.circuit.state(self.clock.now()) == CircuitState::HalfOpen
    }

    /// Takes an event in. What a restart must know of it is stored at once; that the store does not answer changes
    /// nothing for this process.
    pub(crate) async fn tell(&self, event: &CircuitEvent) {
        let now = self.clock.now();
        let mut held = self.held.lock().await;
        loop {
            let mut next = held.circuit.clone();
            let change = next.hear(event, now);
            if *next.record() == held.stored.record {
                held.circuit = next;
                return;
            }
            match self.save(&next, held.stored.version, change, now).await {
                Ok(Some(version)) => {
                    held.stored = StoredCircuit { record: next.record().clone(), version };
                }
                Ok(None) => {
                    if self.take_stored(&mut held).await {
                        continue;
                    }
                }
                Err(error) => tracing::error!(account_id = self.account_id, %error, "a circuit is stored later"),
            }
            held.circuit = next;
            self.is_closed.store(held.circuit.record().opening.is_none(), Ordering::Release);
            return;
        }
    }

    async fn save(
        &self,
        circuit: &Circuit,
        known: i64,
        change: Option<CircuitChange>,
        now: DateTime<Utc>,
    ) -> Result<Option<i64>, StoreError> {
        if let Some(change) = change {
            match change {
                CircuitChange::Opened => reach(Point::CircuitOpened),
                CircuitChange::Closed => reach(Point::CircuitClosed),
                CircuitChange::OpenedAgain | CircuitChange::Released => {}
            }
            let account_id = self.account_id;
            tracing::warn!(account_id, ?change, opening = ?circuit.record().opening, "the circuit to the broker");
            metrics::counter!("exodus_circuit_changes_total").increment(1);
        }
        let change = change.map(|change| (change, "system"));
        circuits::save(&self.store, self.account_id, known, circuit.record(), change, now).await
    }

    /// Takes over what others told the stored circuit, such as the release by a person.
    pub(crate) async fn refresh(&self) {
        let mut held = self.held.lock().await;
        self.take_stored(&mut held).await;
    }

    /// False if it could not be read.
    async fn take_stored(&self, held: &mut Held) -> bool {
        match circuits::get(&self.store, self.account_id).await {
            Ok(stored) => {
                if stored.version != held.stored.version {
                    held.circuit.take_record(stored.record.clone());
                    self.is_closed.store(stored.record.opening.is_none(), Ordering::Release);
                    held.stored = stored;
                }
                true
            }
            Err(error) => {
                tracing::warn!(account_id = self.account_id, %error, "a circuit is read again later");
                false
            }
        }
    }

    /// Waits its turn while the circuit is not closed.
    async fn pace(&self) {
        if self.is_closed() {
            return;
        }
        let at = {
            let mut next = self.next_call.lock().await;
            let (at, calls) = *next;
            let at = at.max(self.clock.now());
            let spread = TimeDelta::milliseconds((calls * 97).rem_euclid(SPREAD_MILLIS));
            *next = (at + SLOW + spread, calls + 1);
            at
        };
        self.clock.sleep_until(at).await;
    }

    async fn note<T>(&self, read: Result<T, NoAnswer>, good: CircuitEvent) -> Result<T, NoAnswer> {
        match &read {
            Ok(_) => self.tell(&good).await,
            Err(NoAnswer(why)) => self.tell(&CircuitEvent::Failed(why.clone())).await,
        }
        read
    }
}

/// A broker behind its circuit.
struct GuardedBroker {
    inner: Arc<dyn Broker>,
    breaker: Arc<Breaker>,
}

/// A way to the broker whose answer the circuit hears.
struct GuardedLine {
    inner: Box<dyn OrderLine>,
    breaker: Arc<Breaker>,
    is_new: bool,
}

#[async_trait]
impl OrderLine for GuardedLine {
    async fn send(self: Box<Self>) -> Sent {
        let Self { inner, breaker, is_new } = *self;
        let sent = inner.send().await;
        let event = match &sent.answer {
            OrderAnswer::Accepted(_) | OrderAnswer::Refused { .. } => CircuitEvent::Answered,
            OrderAnswer::Unknown(why) if is_new => CircuitEvent::OrderUnknown(why.clone()),
            OrderAnswer::Unknown(why) | OrderAnswer::ProvenUnsent { detail: why, .. } => {
                CircuitEvent::Failed(why.clone())
            }
        };
        breaker.tell(&event).await;
        sent
    }
}

#[async_trait]
impl Broker for GuardedBroker {
    async fn open_line(&self, request: &BrokerRequest) -> Result<Box<dyn OrderLine>, String> {
        let is_new = matches!(request, BrokerRequest::New(_));
        if is_new && !self.breaker.is_closed() {
            return Err("the circuit to the broker is open".to_owned());
        }
        self.breaker.pace().await;
        match self.inner.open_line(request).await {
            Ok(inner) => Ok(Box::new(GuardedLine { inner, breaker: Arc::clone(&self.breaker), is_new })),
            Err(why) => {
                self.breaker.tell(&CircuitEvent::Failed(why.clone())).await;
                Err(why)
            }
        }
    }

    async fn orders(&self, trade_date: NaiveDate) -> Result<Vec<BrokerOrder>, NoAnswer> {
        self.breaker.pace().await;
        self.breaker.note(self.inner.orders(trade_date).await, CircuitEvent::ListRead).await
    }

    async fn balance(&self) -> Result<BrokerBalance, NoAnswer> {
        self.breaker.pace().await;
        self.breaker.note(self.inner.balance().await, CircuitEvent::BalanceRead).await
    }

    fn notices(&self) -> PortStream<BrokerOrderId> {
        self.inner.notices()
    }
}
