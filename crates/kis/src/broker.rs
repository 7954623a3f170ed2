//! An account at KIS as the product's [`Broker`].

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;
use chrono::NaiveDate;
use exodus_domain::{
    Broker, BrokerBalance, BrokerOrder, BrokerOrderId, CancelAnswer, NoAnswer, OrderFields, OrderType, PlaceAnswer,
    PortStream, Side,
};
use futures::future::{BoxFuture, FutureExt};
use futures::stream;
use tokio::sync::broadcast;
use tokio::sync::broadcast::error::RecvError;

use crate::budget::Priority;
use crate::environment::Env;
use crate::rest::{KisAccount, MoneyAnswer};
use crate::wire::call::{ORDER_CASH_BUY, ORDER_CASH_SELL, ORDER_RVSECNCL};
use crate::wire::codes::{ChangeCode, Exchange, Known, OrderDivision};
use crate::wire::trading::rows::{OrderRow, RowKind, split_order_id};
use crate::wire::trading::{OrderCashRequest, OrderRvsecnclRequest};

/// Hints that may wait for a reader. One that is lost costs a few seconds, until the next regular read.
const HINTS: usize = 256;

/// An account at KIS. `KisBroker<Paper>` and `KisBroker<Live>` have nothing in common but their code.
pub struct KisBroker<E> {
    account: KisAccount<E>,
    hints: broadcast::Sender<BrokerOrderId>,
    /// The venues of orders that somebody sent elsewhere than to KRX, as the last list told.
    elsewhere: Mutex<HashMap<BrokerOrderId, Exchange>>,
}

/// The answer to an order.
pub struct Placed {
    /// What is known by now.
    pub answer: PlaceAnswer,
    /// What is known once no answer can come any more, if none came in time. It ends within half a minute.
    pub late: Option<BoxFuture<'static, PlaceAnswer>>,
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

    /// Sends one new order, once, and also tells what becomes of an answer that does not come in time. Ends by itself: two
    /// seconds for token, connection and slot, three for the answer.
    pub async fn place_watched(&self, order: &OrderFields) -> Placed {
        let (call, priority) = match order.side {
            Side::Buy => (&ORDER_CASH_BUY, Priority::Buy),
            Side::Sell => (&ORDER_CASH_SELL, Priority::Sell),
        };
        let division = match order.order_type {
            OrderType::Limit => OrderDivision::Limit,
            OrderType::Market => OrderDivision::Market,
        };
        let request = OrderCashRequest {
            cano: self.account.number().cano().to_owned(),
            acnt_prdt_cd: self.account.number().product().to_owned(),
            pdno: order.symbol.to_string(),
            ord_dvsn: division.as_str().to_owned(),
            ord_qty: order.quantity.to_string(),
            ord_unpr: order.price.map_or_else(|| "0".to_owned(), |price| price.to_string()),
            excg_id_dvsn_cd: Exchange::Krx.as_str().to_owned(),
            ..OrderCashRequest::default()
        };
        let sent = self.account.gateway().send_order(call, &request, priority).await;
        let late = sent.late.map(|late| late.map(place_answer).boxed());
        Placed { answer: place_answer(sent.answer), late }
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

fn place_answer(answer: MoneyAnswer) -> PlaceAnswer {
    match answer {
        MoneyAnswer::Accepted(accepted) => PlaceAnswer::Accepted(accepted.id),
        MoneyAnswer::Refused(failure) => PlaceAnswer::Refused { code: failure.msg_cd, message: failure.msg1 },
        MoneyAnswer::ProvenUnsent(proof) => PlaceAnswer::ProvenUnsent(proof),
        MoneyAnswer::Unknown(reason) => PlaceAnswer::Unknown(reason),
    }
}

/// A row as the product knows orders: amendments and cancels are requests about orders, and an order of a kind that the
/// product does not send can be none of ours.
fn broker_order(row: OrderRow) -> Option<BrokerOrder> {
    let is_ours = matches!(row.division, Known::Known(OrderDivision::Limit | OrderDivision::Market));
    (row.kind == RowKind::New && is_ours).then(|| row.into_broker_order())
}

#[async_trait]
impl<E: Env> Broker for KisBroker<E> {
    async fn place(&self, order: &OrderFields) -> PlaceAnswer {
        let placed = self.place_watched(order).await;
        if let Some(late) = placed.late {
            let hints = self.hints.clone();
            tokio::spawn(async move {
                if let PlaceAnswer::Accepted(id) = late.await {
                    // Nobody may be listening; the list tells the same later.
                    let _ = hints.send(id);
                }
            });
        }
        placed.answer
    }

    async fn cancel(&self, id: &BrokerOrderId) -> CancelAnswer {
        let Some((branch, number)) = split_order_id(id) else {
            return CancelAnswer::Refused(format!("{} is no order number of this broker", id.0));
        };
        let request = OrderRvsecnclRequest {
            cano: self.account.number().cano().to_owned(),
            acnt_prdt_cd: self.account.number().product().to_owned(),
            krx_fwdg_ord_orgno: branch,
            orgn_odno: number,
            ord_dvsn: OrderDivision::Limit.as_str().to_owned(),
            rvse_cncl_dvsn_cd: ChangeCode::Cancel.as_str().to_owned(),
            ord_qty: "0".to_owned(),
            ord_unpr: "0".to_owned(),
            qty_all_ord_yn: "Y".to_owned(),
            excg_id_dvsn_cd: self.venue(id).as_str().to_owned(),
            ..OrderRvsecnclRequest::default()
        };
        match self.account.gateway().send_order(&ORDER_RVSECNCL, &request, Priority::Cancel).await.answer {
            MoneyAnswer::Accepted(_) => CancelAnswer::Accepted,
            MoneyAnswer::Refused(failure) => CancelAnswer::Refused(format!("{} {}", failure.msg_cd, failure.msg1)),
            MoneyAnswer::ProvenUnsent(proof) => CancelAnswer::Refused(format!("not sent: {proof}")),
            MoneyAnswer::Unknown(reason) => CancelAnswer::Unknown(reason),
        }
    }

    async fn orders(&self, trade_date: NaiveDate) -> Result<Vec<BrokerOrder>, NoAnswer> {
        let rows = self.account.day_orders(trade_date, trade_date).await?;
        self.learn_venues(&rows);
        Ok(rows.into_iter().filter_map(broker_order).collect())
    }

    async fn balance(&self) -> Result<BrokerBalance, NoAnswer> {
        let balance = self.account.balance().await?;
        let buyable = self.account.buyable(None).await?;
        Ok(BrokerBalance {
            cash: balance.cash.d2,
            orderable_cash: buyable.amount,
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
