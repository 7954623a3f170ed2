//! The ports: what the engine's surroundings must be able to do, whoever does it.

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;

use async_trait::async_trait;
use chrono::{DateTime, NaiveDate, Utc};
use futures_core::Stream;
use serde::{Deserialize, Serialize};

use crate::{
    AnswerClass, Bar, FeedEvent, Holding, Interval, Notice, OrderFields, Qty, RowFacts, Symbol, UnsentProof, Won,
};

/// A stream that a port hands out.
pub type PortStream<T> = Pin<Box<dyn Stream<Item = T> + Send>>;

/// Tells the time. Everything that acts on time takes it from here or from an event.
pub trait Clock: Send + Sync {
    /// The current instant.
    fn now(&self) -> DateTime<Utc>;
}

/// A clock that can also wake. Whoever waits for an instant waits by the clock that tells it, so that a day can pass in
/// minutes.
pub trait Timer: Clock {
    /// Ends when the clock shows `at` or later.
    fn sleep_until(&self, at: DateTime<Utc>) -> Pin<Box<dyn Future<Output = ()> + Send>>;
}

/// The number by which a broker knows an order, unique within account and trade date.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct BrokerOrderId(pub String);

/// A request that moves money.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BrokerRequest {
    /// A new order. The caller has written it down before.
    New(OrderFields),
    /// Takes back the whole open rest of an order.
    Cancel(BrokerOrderId),
}

/// The broker's answer to a request that moves money (safety §2.4). There is no fifth class: what fits nowhere is
/// [`OrderAnswer::Unknown`]. Of a cancel, even a refusal proves nothing about the order: read the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OrderAnswer {
    /// Class A: taken under this number, which for a cancel is a number of its own.
    Accepted(BrokerOrderId),
    /// Class R: refused for a reason known to be a refusal.
    Refused {
        /// The broker's code.
        code: String,
        /// The broker's sentence.
        message: String,
    },
    /// Class P: proven that the request did not reach the broker's order system.
    ProvenUnsent {
        /// What proves it.
        proof: UnsentProof,
        /// In words.
        detail: String,
    },
    /// Class U: it may have been done or not.
    Unknown(String),
}

impl OrderAnswer {
    /// Not one byte of the request was written.
    pub fn unwritten(detail: impl Into<String>) -> Self {
        Self::ProvenUnsent { proof: UnsentProof::NoBytes, detail: detail.into() }
    }

    /// The class.
    pub const fn class(&self) -> AnswerClass {
        match self {
            Self::Accepted(_) => AnswerClass::Accepted,
            Self::Refused { .. } => AnswerClass::Refused,
            Self::ProvenUnsent { .. } => AnswerClass::Unsent,
            Self::Unknown(_) => AnswerClass::Unknown,
        }
    }
}

/// An answer that is still waited for. It ends by itself: no later than the line is closed.
pub type LateAnswer = Pin<Box<dyn Future<Output = OrderAnswer> + Send>>;

/// What became of a request so far.
pub struct Sent {
    /// What is known by now.
    pub answer: OrderAnswer,
    /// What is known at last, if no answer came in time. Whoever drops it leaves the rest to the list.
    pub late: Option<LateAnswer>,
}

impl From<OrderAnswer> for Sent {
    fn from(answer: OrderAnswer) -> Self {
        Self { answer, late: None }
    }
}

/// An open way to the broker for one request, on which nothing was written yet (safety §2.3).
#[async_trait]
pub trait OrderLine: Send {
    /// Writes the request, once, and waits for its answer until the soft timeout of safety S6.
    async fn send(self: Box<Self>) -> Sent;
}

/// One row of the broker's list of the day's orders.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BrokerOrder {
    /// The broker's number.
    pub id: BrokerOrderId,
    /// What was ordered.
    pub fields: OrderFields,
    /// What became of it.
    pub facts: RowFacts,
    /// When the broker accepted it.
    pub accepted_at: DateTime<Utc>,
    /// The order that it amends or cancels; `None` for a new order.
    pub original: Option<BrokerOrderId>,
    /// True if it is of a kind that is never sent from here, so somebody else sent it.
    pub is_foreign: bool,
}

/// Cash and holdings as the broker has them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BrokerBalance {
    /// Cash in won, settled or not.
    pub cash: Won,
    /// Cash in won that new orders may use.
    pub orderable_cash: Won,
    /// Holdings with a quantity above zero.
    pub holdings: Vec<Holding>,
    /// Of those, shares that can be sold now; an issue that is left out is not told.
    pub sellable: BTreeMap<Symbol, Qty>,
}

/// A read failed: nothing may be concluded from it, least of all absence.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the broker gave no complete answer: {0}")]
pub struct NoAnswer(pub String);

/// A broker account that orders can be sent to.
#[async_trait]
pub trait Broker: Send + Sync {
    /// Opens a way for one request and writes nothing of it (safety S2). It ends by itself, within seconds.
    ///
    /// # Errors
    /// Why there is none; nothing was written then.
    async fn open_line(&self, request: &BrokerRequest) -> Result<Box<dyn OrderLine>, String>;

    /// The complete list of the orders of a trade date.
    ///
    /// # Errors
    /// [`NoAnswer`] for anything less than the complete list.
    async fn orders(&self, trade_date: NaiveDate) -> Result<Vec<BrokerOrder>, NoAnswer>;

    /// Cash and holdings.
    ///
    /// # Errors
    /// [`NoAnswer`] if the broker gave no complete answer.
    async fn balance(&self) -> Result<BrokerBalance, NoAnswer>;

    /// Hints that an order changed. They speed a read up and are never booked themselves (safety B11, B12).
    fn notices(&self) -> PortStream<BrokerOrderId>;
}

/// A source of quotes, books and closed bars.
#[async_trait]
pub trait MarketFeed: Send + Sync {
    /// Everything the feed tells about `symbols` from now on.
    fn subscribe(&self, symbols: &[Symbol]) -> PortStream<FeedEvent>;

    /// Closed bars from `from` up to, not including, `to`, oldest first.
    ///
    /// # Errors
    /// [`NoAnswer`] for anything less than all of them.
    async fn bars(
        &self,
        symbol: Symbol,
        interval: Interval,
        from: DateTime<Utc>,
        to: DateTime<Utc>,
    ) -> Result<Vec<Bar>, NoAnswer>;
}

/// The bus does not answer; state is safe in the store, listeners must re-read when it is back.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the event bus does not answer: {0}")]
pub struct BusDown(pub String);

/// Carries notices between processes. Delivery is best effort: a listener re-reads the store after (re)subscribing.
#[async_trait]
pub trait EventBus: Send + Sync {
    /// Tells everybody who listens now.
    ///
    /// # Errors
    /// [`BusDown`] if the notice could not be handed over.
    async fn publish(&self, notice: &Notice) -> Result<(), BusDown>;

    /// Every notice from now on. `None` in the stream means that some may have been missed: re-read.
    ///
    /// # Errors
    /// [`BusDown`] if no subscription could be made.
    async fn subscribe(&self) -> Result<PortStream<Option<Notice>>, BusDown>;
}
