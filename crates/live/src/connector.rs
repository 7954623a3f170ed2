//! How an account is connected to whoever holds it.

use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use exodus_domain::{Bar, Broker, Interval, MarketFeed, NoAnswer, Symbol, Timer};
use exodus_store::Store;
use exodus_store::accounts::Account;

use crate::LiveError;
use crate::doubts::AbsencePolicy;
use crate::paper::{PaperBroker, PaperExchange};

/// Connects accounts.
#[async_trait]
pub trait Connector: Send + Sync {
    /// Connects an account. Nothing need have been exchanged with its broker yet.
    ///
    /// # Errors
    /// [`LiveError::NotConnected`] if it cannot be; the caller tries again later.
    async fn connect(&self, account: &Account) -> Result<Connection, LiveError>;

    /// Where bars of the past come from, of that length, for the owner of an account at a broker; `None` if no account of
    /// theirs is told any.
    ///
    /// # Errors
    /// [`LiveError`] if that cannot be found out now; the caller tries again later.
    async fn history(&self, _user_id: i64, _interval: Interval) -> Result<Option<Arc<dyn History>>, LiveError> {
        Ok(None)
    }
}

/// Tells bars of the past, within limits of its own.
#[async_trait]
pub trait History: Send + Sync {
    /// The closed bars that start from `from` until before `to`.
    ///
    /// # Errors
    /// [`NoAnswer`] for anything less than all of them.
    async fn bars(
        &self,
        symbol: Symbol,
        interval: Interval,
        from: DateTime<Utc>,
        to: DateTime<Utc>,
    ) -> Result<Told, NoAnswer>;
}

/// Bars of the past, and what telling them took.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Told {
    /// Oldest first.
    pub bars: Vec<Bar>,
    /// Requests to whoever tells them, as their limits count them.
    pub requests: u64,
}

/// An account that is connected.
#[derive(Clone)]
pub struct Connection {
    /// Where its orders go.
    pub broker: Arc<dyn Broker>,
    /// Where its prices come from.
    pub feeds: Feeds,
    /// What can be expected of its broker.
    pub terms: BrokerTerms,
    /// Who hears whether our books agree with the broker's; `None` if they are one and the same.
    pub watch: Option<Arc<dyn BooksWatch>>,
}

impl Connection {
    /// To a broker whose books are ours.
    pub fn in_house(broker: Arc<dyn Broker>, feed: Arc<dyn MarketFeed>) -> Self {
        let feeds = Feeds { held: Arc::clone(&feed), traded: Arc::clone(&feed), viewed: feed };
        Self { broker, feeds, terms: BrokerTerms::PAPER, watch: None }
    }
}

/// One feed, by what its prices are wanted for: where a broker tells few at a time, the first come first.
#[derive(Clone)]
pub struct Feeds {
    /// For what is held or on order.
    pub held: Arc<dyn MarketFeed>,
    /// For what strategies and people decide on.
    pub traded: Arc<dyn MarketFeed>,
    /// For what is only looked at.
    pub viewed: Arc<dyn MarketFeed>,
}

/// What can be expected of a broker.
#[derive(Clone, Copy, Debug)]
pub struct BrokerTerms {
    /// When an order that its list does not have never came.
    pub absence: AbsencePolicy,
    /// How long a request of a person waits for the first price of its issue.
    pub price_wait: TimeDelta,
}

impl BrokerTerms {
    /// The paper exchange.
    pub const PAPER: Self = Self { absence: AbsencePolicy::PAPER, price_wait: TimeDelta::seconds(2) };

    /// KIS, whose first prices come by REST.
    pub const KIS: Self = Self { absence: AbsencePolicy::KIS, price_wait: TimeDelta::seconds(6) };
}

/// Hears how our books of an account stand to the broker's.
#[async_trait]
pub trait BooksWatch: Send + Sync {
    /// They were compared.
    async fn compared(&self, are_equal: bool);
}

/// Connects demo accounts to the paper exchange.
pub(crate) struct PaperConnector {
    pub(crate) exchange: Arc<PaperExchange>,
    pub(crate) store: Store,
    pub(crate) clock: Arc<dyn Timer>,
    pub(crate) feed: Arc<dyn MarketFeed>,
}

#[async_trait]
impl Connector for PaperConnector {
    async fn connect(&self, account: &Account) -> Result<Connection, LiveError> {
        let exchange = Arc::clone(&self.exchange);
        let broker = PaperBroker::open(exchange, self.store.clone(), account.id, self.clock.now()).await?;
        Ok(Connection::in_house(Arc::new(broker), Arc::clone(&self.feed)))
    }
}
