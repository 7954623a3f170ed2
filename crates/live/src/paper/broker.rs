//! One account at the paper exchange, as a [`Broker`].

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, NaiveDate, Utc};
use exodus_domain::{
    Broker, BrokerBalance, BrokerOrder, BrokerOrderId, BrokerRequest, NoAnswer, OrderFields, OrderLine, OrderState,
    PortStream, RowEnd, RowFacts, Sent, kst_date,
};
use exodus_store::{Store, accounts, holdings, orders};
use futures::stream;
use tokio::sync::broadcast::error::RecvError;

use super::PaperExchange;
use crate::LiveError;

/// A paper account. Its cash, holdings and past orders are what the store says, so nothing is lost when the process
/// dies: an execution that was never read and booked has simply not happened.
pub struct PaperBroker {
    exchange: Arc<PaperExchange>,
    store: Store,
    account_id: i64,
}

impl PaperBroker {
    /// Connects an account and puts its open orders back into the book.
    ///
    /// # Errors
    /// [`LiveError`] if the store does not answer, or if an issue with an open order has no quote yet: try again.
    pub async fn open(
        exchange: Arc<PaperExchange>,
        store: Store,
        account_id: i64,
        now: DateTime<Utc>,
    ) -> Result<Self, LiveError> {
        let today = kst_date(now);
        let mut known = orders::of_day(&store, account_id, today).await?;
        let earlier = orders::open(&store, account_id).await?;
        known.extend(earlier.into_iter().filter(|order| order.trade_date != today));
        for order in known.iter().filter(|order| order.state.is_open_at_broker() && order.trade_date == today) {
            if !exchange.is_listed(order.fields.symbol).await {
                return Err(LiveError::NoQuote(order.fields.symbol));
            }
        }
        exchange.attach(account_id, known.iter().filter_map(row_of).collect());
        Ok(Self { exchange, store, account_id })
    }
}

/// The row that the paper broker had of an order, as far as the store knows.
fn row_of(order: &orders::Order) -> Option<(NaiveDate, BrokerOrder)> {
    let end = match order.state {
        OrderState::Cancelled => Some(RowEnd::Cancelled),
        OrderState::Rejected => Some(RowEnd::Rejected),
        OrderState::Expired => Some(RowEnd::Expired),
        _ => None,
    };
    let facts = RowFacts {
        order_qty: order.fields.quantity,
        cum_qty: order.filled_quantity,
        cum_amount: order.filled_amount,
        end,
    };
    let (id, fields) = (order.kis_order_id.clone()?, order.fields.clone());
    let accepted_at = order.claimed_at?;
    let row = BrokerOrder { id, fields, facts, accepted_at, original: None, is_foreign: false };
    Some((order.trade_date, row))
}

impl Drop for PaperBroker {
    fn drop(&mut self) {
        self.exchange.detach(self.account_id);
    }
}

/// The way of one request to the paper exchange, which answers at once.
struct PaperLine {
    exchange: Arc<PaperExchange>,
    account_id: i64,
    request: BrokerRequest,
}

#[async_trait]
impl OrderLine for PaperLine {
    async fn send(self: Box<Self>) -> Sent {
        let answer = match &self.request {
            BrokerRequest::New(order) => self.exchange.place(self.account_id, order),
            BrokerRequest::Cancel(id) => self.exchange.cancel(self.account_id, id),
        };
        answer.into()
    }
}

#[async_trait]
impl Broker for PaperBroker {
    async fn open_line(&self, request: &BrokerRequest) -> Result<Box<dyn OrderLine>, String> {
        if let BrokerRequest::New(OrderFields { symbol, .. }) = request
            && !self.exchange.is_listed(*symbol).await
        {
            return Err(format!("{symbol} has no quote yet on this trade date"));
        }
        let (exchange, account_id) = (Arc::clone(&self.exchange), self.account_id);
        Ok(Box::new(PaperLine { exchange, account_id, request: request.clone() }))
    }

    async fn orders(&self, trade_date: NaiveDate) -> Result<Vec<BrokerOrder>, NoAnswer> {
        let rows = self.exchange.orders(self.account_id, trade_date);
        rows.ok_or_else(|| NoAnswer("the account is not connected to the paper exchange".to_owned()))
    }

    async fn balance(&self) -> Result<BrokerBalance, NoAnswer> {
        let unreadable = |error: exodus_store::StoreError| NoAnswer(error.to_string());
        let account = accounts::find(&self.store, self.account_id).await.map_err(unreadable)?;
        let account = account.ok_or_else(|| NoAnswer("the account does not exist".to_owned()))?;
        let held = holdings::of_account(&self.store, self.account_id).await.map_err(unreadable)?;
        Ok(BrokerBalance {
            cash: account.cash,
            orderable_cash: account.cash - self.exchange.reserved(self.account_id),
            sellable: BTreeMap::new(),
            holdings: held.into_iter().map(|record| record.holding).collect(),
        })
    }

    fn notices(&self) -> PortStream<BrokerOrderId> {
        let Some(receiver) = self.exchange.notices(self.account_id) else { return Box::pin(stream::pending()) };
        Box::pin(stream::unfold(receiver, async |mut receiver| {
            loop {
                match receiver.recv().await {
                    Ok(id) => return Some((id, receiver)),
                    // Hints were lost; the periodic read finds what they hinted at.
                    Err(RecvError::Lagged(_)) => {}
                    Err(RecvError::Closed) => return None,
                }
            }
        }))
    }
}
