//! What an account holds, ordered and earned.

use chrono::{Days, Months, NaiveDate};
use exodus_domain::testing::{Defect, planted};
use exodus_domain::{Price, Qty, Symbol, kst_date};

use super::Gateway;
use crate::budget::Priority;
use crate::credentials::AccountNumber;
use crate::environment::{Env, Environment};
use crate::error::KisError;
use crate::wire::call::{self, Call};
use crate::wire::codes::Exchange;
use crate::wire::number::{self, BadNumber};
use crate::wire::trading::rows::{self, BadRow, Buyable, Cash, HeldShares, OpenOrder, OrderRow};
use crate::wire::trading::{
    InquireAccountBalanceQuery, InquireAccountBalanceSummary, InquireBalanceQuery, InquireDailyCcldQuery,
    InquirePeriodProfitQuery, InquirePeriodProfitRow, InquirePeriodTradeProfitQuery, InquirePeriodTradeProfitRow,
    InquirePsblOrderQuery, InquirePsblRvsecnclQuery, InquirePsblSellQuery, OrderResvCcnlQuery, OrderResvCcnlRow,
};

/// Orders older than this are asked for by another TR (kis-openapi §5.9).
const RECENT: Months = Months::new(3);

/// One account of a [`Gateway`]. Clones are the same account.
pub struct KisAccount<E> {
    pub(super) gateway: Gateway<E>,
    pub(super) number: AccountNumber,
}

impl<E> Clone for KisAccount<E> {
    fn clone(&self) -> Self {
        Self { gateway: self.gateway.clone(), number: self.number.clone() }
    }
}

/// Cash and holdings of an account.
#[derive(Clone, Debug, PartialEq)]
pub struct AccountBalance {
    /// Deposits and total.
    pub cash: Cash,
    /// What is held, each issue once.
    pub holdings: Vec<HeldShares>,
}

impl From<BadRow> for KisError {
    fn from(error: BadRow) -> Self {
        Self::Incomplete(error.to_string())
    }
}

impl From<BadNumber> for KisError {
    fn from(error: BadNumber) -> Self {
        Self::Incomplete(error.to_string())
    }
}

/// The exchanges whose orders a list of the day is to have: all there are, of which paper has one (safety B5).
pub(crate) fn listed_exchanges(environment: Environment) -> &'static str {
    match environment {
        Environment::Live if !planted(Defect::OneExchangeList) => "ALL",
        Environment::Live | Environment::Paper => Exchange::Krx.as_str(),
    }
}

impl<E: Env> KisAccount<E> {
    /// The account `number` by way of `gateway`, whose key must be the one of this account.
    pub fn new(gateway: Gateway<E>, number: AccountNumber) -> Self {
        Self { gateway, number }
    }

    /// The way to the broker.
    pub fn gateway(&self) -> &Gateway<E> {
        &self.gateway
    }

    /// The account number.
    pub fn number(&self) -> &AccountNumber {
        &self.number
    }

    pub(super) fn cano(&self) -> String {
        self.number.cano().to_owned()
    }

    pub(super) fn product(&self) -> String {
        self.number.product().to_owned()
    }

    /// Cash and holdings, all pages (주식잔고).
    ///
    /// # Errors
    /// [`KisError`] for anything less than all of it.
    pub async fn balance(&self) -> Result<AccountBalance, KisError> {
        let query = InquireBalanceQuery {
            cano: self.cano(),
            acnt_prdt_cd: self.product(),
            afhr_flpr_yn: "N".to_owned(),
            inqr_dvsn: "02".to_owned(),
            unpr_dvsn: "01".to_owned(),
            fund_sttl_icld_yn: "N".to_owned(),
            fncg_amt_auto_rdpt_yn: "N".to_owned(),
            prcs_dvsn: "00".to_owned(),
            ..InquireBalanceQuery::default()
        };
        let pages = self.gateway.read_pages(&query, Priority::Reconcile).await?;
        let summary = pages.last().and_then(|page| page.output2.first());
        let summary = summary.ok_or_else(|| KisError::Incomplete("a balance without its totals".to_owned()))?;
        let cash = rows::cash(summary)?;
        let held: Vec<_> = pages.into_iter().flat_map(|page| page.output1).collect();
        Ok(AccountBalance { cash, holdings: rows::holdings(&held)? })
    }

    /// What can be bought without a receivable (미수): of an issue at a price, at the upper limit price without one, or
    /// the amounts alone.
    ///
    /// # Errors
    /// [`KisError`] says what to do next.
    pub async fn buyable(&self, of: Option<(Symbol, Option<Price>)>) -> Result<Buyable, KisError> {
        let (symbol, price) = (of.map(|(symbol, _)| symbol), of.and_then(|(_, price)| price));
        let query = InquirePsblOrderQuery {
            cano: self.cano(),
            acnt_prdt_cd: self.product(),
            pdno: symbol.map(|symbol| self.gateway.code_of(symbol)).unwrap_or_default(),
            ord_unpr: price.map(|price| price.to_string()).unwrap_or_default(),
            // 00 would leave the margin rate of the issue out.
            ord_dvsn: if price.is_some() { "00" } else { "01" }.to_owned(),
            cma_evlu_amt_icld_yn: "N".to_owned(),
            ovrs_icld_yn: "N".to_owned(),
        };
        let body = self.gateway.read(&query, Priority::Reconcile).await?;
        Ok(rows::buyable(&body.output)?)
    }

    /// Shares of an issue that can be sold now. Live only: on paper the balance tells it.
    ///
    /// # Errors
    /// [`KisError`] says what to do next.
    pub async fn sellable(&self, symbol: Symbol) -> Result<Qty, KisError> {
        let (cano, acnt_prdt_cd) = (self.cano(), self.product());
        let query = InquirePsblSellQuery { cano, acnt_prdt_cd, pdno: self.gateway.code_of(symbol) };
        let body = self.gateway.read(&query, Priority::Reconcile).await?;
        Ok(number::qty(&body.output.ord_psbl_qty)?.unwrap_or(Qty::ZERO))
    }

    /// Every order, amendment and cancel of some days, both included, oldest first: all pages, all exchanges.
    ///
    /// # Errors
    /// [`KisError`] for anything less than the complete list, and for a row whose state is not understood.
    pub async fn day_orders(&self, from: NaiveDate, to: NaiveDate) -> Result<Vec<OrderRow>, KisError> {
        let query = InquireDailyCcldQuery {
            cano: self.cano(),
            acnt_prdt_cd: self.product(),
            inqr_strt_dt: date(from),
            inqr_end_dt: date(to),
            sll_buy_dvsn_cd: "00".to_owned(),
            ccld_dvsn: "00".to_owned(),
            inqr_dvsn: "01".to_owned(),
            inqr_dvsn_3: "00".to_owned(),
            excg_id_dvsn_cd: listed_exchanges(E::ENVIRONMENT).to_owned(),
            ..InquireDailyCcldQuery::default()
        };
        let today = kst_date(self.gateway.now());
        let is_recent = today.checked_sub_months(RECENT).is_none_or(|oldest| from > oldest + Days::new(1));
        let list: &'static Call = if is_recent { &call::INQUIRE_DAILY_CCLD } else { &call::INQUIRE_DAILY_CCLD_OLD };
        let pages = self.gateway.pages_of(list, &query, Priority::Reconcile).await?;
        let found: Vec<_> = pages.into_iter().flat_map(|page| page.output1).collect();
        Ok(rows::order_rows(&found)?)
    }

    /// The orders that can be amended or cancelled. Live only: on paper the orders of the day tell it.
    ///
    /// # Errors
    /// [`KisError`] for anything less than the complete list.
    pub async fn open_orders(&self) -> Result<Vec<OpenOrder>, KisError> {
        let query = InquirePsblRvsecnclQuery {
            cano: self.cano(),
            acnt_prdt_cd: self.product(),
            inqr_dvsn_1: "0".to_owned(),
            inqr_dvsn_2: "0".to_owned(),
            ..InquirePsblRvsecnclQuery::default()
        };
        let pages = self.gateway.read_pages(&query, Priority::Reconcile).await?;
        let found: Vec<_> = pages.into_iter().flat_map(|page| page.output).collect();
        Ok(rows::open_orders(&found)?)
    }

    /// Assets by kind. Live only.
    ///
    /// # Errors
    /// [`KisError`] says what to do next.
    pub async fn assets(&self) -> Result<InquireAccountBalanceSummary, KisError> {
        let (cano, acnt_prdt_cd) = (self.cano(), self.product());
        let query = InquireAccountBalanceQuery { cano, acnt_prdt_cd, ..InquireAccountBalanceQuery::default() };
        Ok(self.gateway.read(&query, Priority::Backfill).await?.output2)
    }

    /// Realised profit by day. Live only.
    ///
    /// # Errors
    /// [`KisError`] for anything less than all days.
    pub async fn profit_by_day(&self, from: NaiveDate, to: NaiveDate) -> Result<Vec<InquirePeriodProfitRow>, KisError> {
        let query = InquirePeriodProfitQuery {
            cano: self.cano(),
            acnt_prdt_cd: self.product(),
            inqr_strt_dt: date(from),
            inqr_end_dt: date(to),
            sort_dvsn: "01".to_owned(),
            inqr_dvsn: "00".to_owned(),
            cblc_dvsn: "00".to_owned(),
            ..InquirePeriodProfitQuery::default()
        };
        let pages = self.gateway.read_pages(&query, Priority::Backfill).await?;
        Ok(pages.into_iter().flat_map(|page| page.output1).collect())
    }

    /// Realised profit by day and issue. Live only.
    ///
    /// # Errors
    /// [`KisError`] for anything less than all of it.
    pub async fn profit_by_symbol(
        &self,
        from: NaiveDate,
        to: NaiveDate,
    ) -> Result<Vec<InquirePeriodTradeProfitRow>, KisError> {
        let query = InquirePeriodTradeProfitQuery {
            cano: self.cano(),
            acnt_prdt_cd: self.product(),
            sort_dvsn: "01".to_owned(),
            inqr_strt_dt: date(from),
            inqr_end_dt: date(to),
            cblc_dvsn: "00".to_owned(),
            ..InquirePeriodTradeProfitQuery::default()
        };
        let pages = self.gateway.read_pages(&query, Priority::Backfill).await?;
        Ok(pages.into_iter().flat_map(|page| page.output1).collect())
    }

    /// The reservations of some days. Live only.
    ///
    /// # Errors
    /// [`KisError`] for anything less than the complete list.
    pub async fn reservations(&self, from: NaiveDate, to: NaiveDate) -> Result<Vec<OrderResvCcnlRow>, KisError> {
        let query = OrderResvCcnlQuery {
            cano: self.cano(),
            acnt_prdt_cd: self.product(),
            rsvn_ord_ord_dt: date(from),
            rsvn_ord_end_dt: date(to),
            tmnl_mdia_kind_cd: "00".to_owned(),
            prcs_dvsn_cd: "0".to_owned(),
            cncl_yn: "Y".to_owned(),
            ..OrderResvCcnlQuery::default()
        };
        let pages = self.gateway.read_pages(&query, Priority::Reconcile).await?;
        Ok(pages.into_iter().flat_map(|page| page.output).collect())
    }
}

pub(super) fn date(date: NaiveDate) -> String {
    date.format("%Y%m%d").to_string()
}
