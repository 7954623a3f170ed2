//! An account at KIS as the product's [`Broker`].

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;
use chrono::{DateTime, NaiveDate, Utc};
use exodus_domain::{
    Broker, BrokerBalance, BrokerOrder, BrokerOrderId, BrokerRequest, NoAnswer, OrderAnswer, OrderLine, PortStream,
    RowEnd, Sent, TradingHours,
};
use futures::future::FutureExt;
use futures::stream;
use tokio::sync::broadcast;
use tokio::sync::broadcast::error::RecvError;

use crate::environment::Env;
use crate::rest::{KisAccount, MoneyAnswer, Prepared};
use crate::wire::codes::{Exchange, Known};
use crate::wire::trading::rows::OrderRow;

/// Hints that may wait for a reader. One that is lost costs a few seconds, until the next regular read.
const HINTS: usize = 256;

/// An account at KIS. `KisBroker<Paper>` and `KisBroker<Live>` have nothing in common but their code.
pub struct KisBroker<E> {
    account: KisAccount<E>,
    hints: broadcast::Sender<BrokerOrderId>,
    /// The venues of orders that somebody sent elsewhere than to KRX, as the last list told.
    elsewhere: Mutex<HashMap<BrokerOrderId, Exchange>>,
}

/// A request that is ready to be written.
struct KisLine<E>(Prepared<E>);

#[async_trait]
impl<E: Env> OrderLine for KisLine<E> {
    async fn send(self: Box<Self>) -> Sent {
        let sent = self.0.send().await;
        Sent { answer: order_answer(sent.answer), late: sent.late.map(|late| late.map(order_answer).boxed()) }
    }
}

impl<E: Env> KisBroker<E> {
    /// The broker of an account.
    pub fn new(account: KisAccount<E>) -> Self {
        let (hints, _) = broadcast::channel(HINTS);
        Self { account, hints, elsewhere: Mutex::default() }
    }

    /// The account.
    pub fn account(&self) -> &KisAccount<E> {
        &self.account
    }

    /// Where whoever hears notices of this account's orders tells them.
    pub fn hints(&self) -> broadcast::Sender<BrokerOrderId> {
        self.hints.clone()
    }

    /// Where an order lies. Our own all go to KRX; only a list can tell otherwise.
    fn venue(&self, id: &BrokerOrderId) -> Exchange {
        let elsewhere = self.elsewhere.lock().unwrap_or_else(PoisonError::into_inner);
        elsewhere.get(id).copied().unwrap_or(Exchange::Krx)
    }

    fn learn_venues(&self, rows: &[OrderRow]) {
        let away = rows.iter().filter_map(|row| match row.exchange {
            Known::Known(exchange) if exchange != Exchange::Krx => Some((row.id.clone(), exchange)),
            _ => None,
        });
        *self.elsewhere.lock().unwrap_or_else(PoisonError::into_inner) = away.collect();
    }
}

fn order_answer(answer: MoneyAnswer) -> OrderAnswer {
    match answer {
        MoneyAnswer::Accepted(accepted) => OrderAnswer::Accepted(accepted.id),
        MoneyAnswer::Refused(failure) => OrderAnswer::Refused { code: failure.msg_cd, message: failure.msg1 },
        MoneyAnswer::ProvenUnsent { proof, detail } => OrderAnswer::ProvenUnsent { proof, detail },
        MoneyAnswer::Unknown(reason) => OrderAnswer::Unknown(reason),
    }
}

/// A row as the product knows orders.
fn broker_order(row: OrderRow, now: DateTime<Utc>) -> BrokerOrder {
    let is_over = TradingHours::Krx.stretches(row.date()).last().is_none_or(|session| session.end <= now);
    let mut order = row.into_broker_order();
    if order.facts.end == Some(RowEnd::Rejected) && is_over {
        // What nobody took is sent back at the end of the session and then looks like a refusal (kis-openapi §5.2). A real
        // one was read as such before.
        order.facts.end = Some(RowEnd::Expired);
    }
    order
}

#[async_trait]
impl<E: Env> Broker for KisBroker<E> {
    async fn open_line(&self, request: &BrokerRequest) -> Result<Box<dyn OrderLine>, String> {
        let prepared = match request {
            BrokerRequest::New(order) => self.account.prepare_new(order).await?,
            BrokerRequest::Cancel(id) => self.account.prepare_cancel(id, self.venue(id)).await?,
        };
        Ok(Box::new(KisLine(prepared)))
    }

    async fn orders(&self, trade_date: NaiveDate) -> Result<Vec<BrokerOrder>, NoAnswer> {
        let rows = self.account.day_orders(trade_date, trade_date).await?;
        self.learn_venues(&rows);
        let now = self.account.gateway().timer().now();
        Ok(rows.into_iter().map(|row| broker_order(row, now)).collect())
    }

    async fn balance(&self) -> Result<BrokerBalance, NoAnswer> {
        let balance = self.account.balance().await?;
        let buyable = self.account.buyable(None).await?;
        Ok(BrokerBalance {
            cash: balance.cash.d2,
            orderable_cash: buyable.amount,
            sellable: balance.holdings.iter().map(|held| (held.holding.symbol, held.sellable)).collect(),
            holdings: balance.holdings.into_iter().map(|held| held.holding).collect(),
        })
    }

    fn notices(&self) -> PortStream<BrokerOrderId> {
        Box::pin(stream::unfold(self.hints.subscribe(), async |mut receiver| {
            loop {
                match receiver.recv().await {
                    Ok(id) => return Some((id, receiver)),
                    // The periodic read finds what the lost ones hinted at.
                    Err(RecvError::Lagged(_)) => {}
                    Err(RecvError::Closed) => return None,
                }
            }
        }))
    }
}
