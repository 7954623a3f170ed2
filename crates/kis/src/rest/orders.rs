//! Orders, amendments, cancels and reservations of an account.

use chrono::NaiveDate;
use exodus_domain::{BrokerOrderId, OrderFields, OrderType, Price, Side};

use super::account::{KisAccount, date};
use super::money::{MoneyAnswer, Prepared, Said};
use crate::budget::Priority;
use crate::environment::Env;
use crate::wire::call::{
    Call, ORDER_CASH_BUY, ORDER_CASH_SELL, ORDER_RESV, ORDER_RESV_AMEND, ORDER_RESV_CANCEL, ORDER_RVSECNCL,
};
use crate::wire::codes::{ChangeCode, Exchange, OrderDivision, side_code};
use crate::wire::envelope::{AnswerError, One, read};
use crate::wire::messages::{Class, class};
use crate::wire::trading::rows::split_order_id;
use crate::wire::trading::{
    OrderCashRequest, OrderResvOutput, OrderResvRequest, OrderResvRvsecnclOutput, OrderResvRvsecnclRequest,
    OrderRvsecnclRequest,
};

/// What a reservation sells or buys: shares for cash (ORD_OBJT_CBLC_DVSN_CD).
const CASH: &str = "10";

/// The number of a reservation (RSVN_ORD_SEQ).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReservationNumber(pub String);

impl<E: Env> KisAccount<E> {
    /// Prepares a new order to KRX.
    ///
    /// # Errors
    /// Why it cannot be sent. Nothing was written.
    pub(crate) async fn prepare_new(&self, order: &OrderFields) -> Result<Prepared<E>, String> {
        let (call, priority) = match order.side {
            Side::Buy => (&ORDER_CASH_BUY, Priority::Buy),
            Side::Sell => (&ORDER_CASH_SELL, Priority::Sell),
        };
        let request = OrderCashRequest {
            cano: self.cano(),
            acnt_prdt_cd: self.product(),
            pdno: self.gateway.code_of(order.symbol),
            ord_dvsn: division(order).to_owned(),
            ord_qty: order.quantity.to_string(),
            ord_unpr: price(order),
            excg_id_dvsn_cd: Exchange::Krx.as_str().to_owned(),
            ..OrderCashRequest::default()
        };
        self.gateway.prepare_order(call, &request, priority).await
    }

    /// Prepares a cancel of the whole rest of an order, which may be filled meanwhile: the list tells.
    ///
    /// # Errors
    /// Why it cannot be sent. Nothing was written.
    pub(crate) async fn prepare_cancel(&self, id: &BrokerOrderId, exchange: Exchange) -> Result<Prepared<E>, String> {
        let (division, price) = (OrderDivision::Limit, Price::ZERO);
        self.prepare_change(id, exchange, ChangeCode::Cancel, division, price, Priority::Cancel).await
    }

    /// Asks for another price of the whole rest of an order. It goes on under a new number, whose row names the old one.
    pub async fn amend(
        &self,
        id: &BrokerOrderId,
        exchange: Exchange,
        division: OrderDivision,
        price: Price,
    ) -> MoneyAnswer {
        match self.prepare_change(id, exchange, ChangeCode::Amend, division, price, Priority::Buy).await {
            Ok(prepared) => prepared.send().await.answer,
            Err(reason) => MoneyAnswer::unwritten(reason),
        }
    }

    async fn prepare_change(
        &self,
        id: &BrokerOrderId,
        exchange: Exchange,
        change: ChangeCode,
        division: OrderDivision,
        price: Price,
        priority: Priority,
    ) -> Result<Prepared<E>, String> {
        let (branch, number) =
            split_order_id(id).ok_or_else(|| format!("{} is no order number of this broker", id.0))?;
        let request = OrderRvsecnclRequest {
            cano: self.cano(),
            acnt_prdt_cd: self.product(),
            krx_fwdg_ord_orgno: branch,
            orgn_odno: number,
            ord_dvsn: division.as_str().to_owned(),
            rvse_cncl_dvsn_cd: change.as_str().to_owned(),
            ord_qty: "0".to_owned(),
            ord_unpr: price.to_string(),
            qty_all_ord_yn: "Y".to_owned(),
            excg_id_dvsn_cd: exchange.as_str().to_owned(),
            ..OrderRvsecnclRequest::default()
        };
        self.gateway.prepare_order(&ORDER_RVSECNCL, &request, priority).await
    }

    /// Reserves an order for the next session, or for every one up to a day (예약주문). Live only.
    pub async fn reserve(&self, order: &OrderFields, until: Option<NaiveDate>) -> MoneyAnswer<ReservationNumber> {
        let request = OrderResvRequest {
            cano: self.cano(),
            acnt_prdt_cd: self.product(),
            pdno: self.gateway.code_of(order.symbol),
            ord_qty: order.quantity.to_string(),
            ord_unpr: price(order),
            sll_buy_dvsn_cd: side_code(order.side).to_owned(),
            ord_dvsn_cd: division(order).to_owned(),
            ord_objt_cblc_dvsn_cd: CASH.to_owned(),
            rsvn_ord_end_dt: until.map(date).unwrap_or_default(),
            ..OrderResvRequest::default()
        };
        let read = |status, body: &[u8]| {
            reservation(status, body, |output: OrderResvOutput| {
                let number = output.rsvn_ord_seq.trim().to_owned();
                let is_number = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
                is_number.then_some(ReservationNumber(number))
            })
        };
        self.gateway.send_money(&ORDER_RESV, &request, Priority::Buy, read).await
    }

    /// Changes a reservation made on `day`. Live only.
    pub async fn amend_reservation(
        &self,
        number: &ReservationNumber,
        day: NaiveDate,
        order: &OrderFields,
    ) -> MoneyAnswer<()> {
        let request = OrderResvRvsecnclRequest {
            pdno: self.gateway.code_of(order.symbol),
            ord_qty: order.quantity.to_string(),
            ord_unpr: price(order),
            sll_buy_dvsn_cd: side_code(order.side).to_owned(),
            ord_dvsn_cd: division(order).to_owned(),
            ord_objt_cblc_dvsn_cd: CASH.to_owned(),
            ..self.of_reservation(number, day)
        };
        self.change_reservation(&ORDER_RESV_AMEND, &request, Priority::Buy).await
    }

    /// Cancels a reservation made on `day`. Live only.
    pub async fn cancel_reservation(&self, number: &ReservationNumber, day: NaiveDate) -> MoneyAnswer<()> {
        let request = self.of_reservation(number, day);
        self.change_reservation(&ORDER_RESV_CANCEL, &request, Priority::Cancel).await
    }

    fn of_reservation(&self, number: &ReservationNumber, day: NaiveDate) -> OrderResvRvsecnclRequest {
        OrderResvRvsecnclRequest {
            cano: self.cano(),
            acnt_prdt_cd: self.product(),
            rsvn_ord_seq: number.0.clone(),
            rsvn_ord_ord_dt: date(day),
            ..OrderResvRvsecnclRequest::default()
        }
    }

    async fn change_reservation(
        &self,
        call: &'static Call,
        request: &OrderResvRvsecnclRequest,
        priority: Priority,
    ) -> MoneyAnswer<()> {
        let read = |status, body: &[u8]| {
            reservation(status, body, |output: OrderResvRvsecnclOutput| {
                (output.nrml_prcs_yn.trim() == "Y").then_some(())
            })
        };
        self.gateway.send_money(call, request, priority, read).await
    }
}

/// Understands the answer about a reservation; `done` finds in the output what proves that it was done.
fn reservation<O, T>(status: u16, body: &[u8], done: impl Fn(O) -> Option<T>) -> Said<T>
where
    O: serde::de::DeserializeOwned + Default,
{
    match read::<One<O>>(body) {
        Ok(One { output }) if status == 200 => {
            done(output).map_or_else(|| Said::Unknown("a success without its proof".to_owned()), Said::Accepted)
        }
        Ok(_) => Said::Unknown(format!("a success with HTTP status {status}")),
        Err(AnswerError::Refused(failure)) => match class(&failure.msg_cd, &failure.msg1) {
            Class::Refusal => Said::Refused(failure),
            Class::RateLimit | Class::Token => Said::Gateway(failure),
            _ => Said::Unknown(format!("{} {}", failure.msg_cd, failure.msg1)),
        },
        Err(AnswerError::Unreadable(reason)) => Said::Unknown(reason),
    }
}

fn division(order: &OrderFields) -> &'static str {
    match order.order_type {
        OrderType::Limit => OrderDivision::Limit.as_str(),
        OrderType::Market => OrderDivision::Market.as_str(),
    }
}

/// The price, zero for a market order.
fn price(order: &OrderFields) -> String {
    order.price.unwrap_or(Price::ZERO).to_string()
}
