//! Prices, books and bars (kis-openapi §6). All of KRX: on paper there is nothing else.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};
use exodus_domain::{Bar, OrderBook, Quote, Symbol, kst_date, kst_time};

use super::Gateway;
use super::account::date;
use crate::budget::Priority;
use crate::environment::Env;
use crate::error::KisError;
use crate::feed::Chart;
use crate::wire::call::{
    Call, INQUIRE_DAILY_ITEMCHARTPRICE, INQUIRE_TIME_DAILYCHARTPRICE, INQUIRE_TIME_ITEMCHARTPRICE,
};
use crate::wire::quotations::market::{daily_bars, minute_bars, order_book, quote, sessions};
use crate::wire::quotations::{
    ChkHolidayQuery, InquireAskingPriceExpCcnQuery, InquireDailyItemchartpriceQuery, InquirePriceOutput,
    InquirePriceQuery, InquireTimeDailychartpriceQuery, InquireTimeItemchartpriceQuery,
};

/// `FID_COND_MRKT_DIV_CODE` of KRX.
pub(super) const KRX: &str = "J";

/// The last bar of any session begins before.
const LAST_HOUR: NaiveTime = NaiveTime::from_hms_opt(20, 0, 0).expect("eight in the evening is a time");

impl<E: Env> Gateway<E> {
    /// The price of an issue with everything the broker says of it (주식현재가 시세).
    ///
    /// # Errors
    /// [`KisError`] says what to do next.
    pub async fn price(&self, symbol: Symbol) -> Result<InquirePriceOutput, KisError> {
        let query = InquirePriceQuery { fid_cond_mrkt_div_code: KRX.to_owned(), fid_input_iscd: self.code_of(symbol) };
        Ok(self.read(&query, Priority::Quote).await?.output)
    }

    /// The quote of an issue.
    ///
    /// # Errors
    /// [`KisError`] says what to do next; an unknown issue is [`KisError::Incomplete`] or [`KisError::Refused`].
    pub async fn quote(&self, symbol: Symbol) -> Result<Quote, KisError> {
        let price = self.price(symbol).await?;
        Ok(quote(&price, symbol, self.now())?)
    }

    /// The order book of an issue, ten levels.
    ///
    /// # Errors
    /// [`KisError`] says what to do next.
    pub async fn order_book(&self, symbol: Symbol) -> Result<OrderBook, KisError> {
        let query = InquireAskingPriceExpCcnQuery {
            fid_cond_mrkt_div_code: KRX.to_owned(),
            fid_input_iscd: self.code_of(symbol),
        };
        let body = self.read(&query, Priority::Quote).await?;
        Ok(order_book(&body.output1, symbol, kst_date(self.now()))?)
    }

    /// The daily bars of some days, both included, oldest first and as they were traded, not adjusted.
    ///
    /// # Errors
    /// [`KisError`] for anything less than all of them.
    pub async fn daily_bars(&self, symbol: Symbol, from: NaiveDate, to: NaiveDate) -> Result<Chart, KisError> {
        let (mut bars, mut to) = (Bars::default(), to);
        while from <= to {
            let query = InquireDailyItemchartpriceQuery {
                fid_cond_mrkt_div_code: KRX.to_owned(),
                fid_input_iscd: self.code_of(symbol),
                fid_input_date_1: date(from),
                fid_input_date_2: date(to),
                fid_period_div_code: "D".to_owned(),
                fid_org_adj_prc: "1".to_owned(),
            };
            let rows = self.read(&query, Priority::Backfill).await?.output2;
            let (is_last, page) = (is_short::<E>(rows.len(), &INQUIRE_DAILY_ITEMCHARTPRICE), daily_bars(&rows)?);
            let Some(oldest) = bars.add(page, Bar::day_start(to) + TimeDelta::days(1))? else { break };
            if is_last {
                break;
            }
            to = kst_date(oldest) - TimeDelta::days(1);
        }
        Ok(bars.since(Bar::day_start(from)))
    }

    /// The minute bars of today, oldest first; the last one is not over yet.
    ///
    /// # Errors
    /// [`KisError`] for anything less than all of them.
    pub async fn minute_bars_today(&self, symbol: Symbol) -> Result<Chart, KisError> {
        let (mut bars, now) = (Bars::default(), self.now());
        let mut until = now;
        loop {
            let query = InquireTimeItemchartpriceQuery {
                fid_cond_mrkt_div_code: KRX.to_owned(),
                fid_input_iscd: self.code_of(symbol),
                fid_input_hour_1: time(kst_time(until)),
                fid_pw_data_incu_yn: "Y".to_owned(),
                ..InquireTimeItemchartpriceQuery::default()
            };
            let rows = self.read(&query, Priority::Backfill).await?.output2;
            let (is_last, page) = (is_short::<E>(rows.len(), &INQUIRE_TIME_ITEMCHARTPRICE), minute_bars(&rows, now)?);
            let Some(oldest) = bars.add(page, until + TimeDelta::minutes(1))? else { break };
            if is_last {
                break;
            }
            until = oldest - TimeDelta::minutes(1);
        }
        Ok(bars.since(Bar::day_start(kst_date(now))))
    }

    /// The minute bars of a day of the last year, oldest first. Live only.
    ///
    /// # Errors
    /// [`KisError`] for anything less than all of them.
    pub async fn minute_bars_of(&self, symbol: Symbol, day: NaiveDate) -> Result<Chart, KisError> {
        let (mut bars, now, begin) = (Bars::default(), self.now(), Bar::day_start(day));
        let mut until = exodus_domain::from_kst(day, LAST_HOUR).min(now);
        while begin <= until {
            let query = InquireTimeDailychartpriceQuery {
                fid_cond_mrkt_div_code: KRX.to_owned(),
                fid_input_iscd: self.code_of(symbol),
                fid_input_hour_1: time(kst_time(until)),
                fid_input_date_1: date(day),
                fid_pw_data_incu_yn: "Y".to_owned(),
                ..InquireTimeDailychartpriceQuery::default()
            };
            let rows = self.read(&query, Priority::Backfill).await?.output2;
            let (is_last, page) = (is_short::<E>(rows.len(), &INQUIRE_TIME_DAILYCHARTPRICE), minute_bars(&rows, now)?);
            let Some(oldest) = bars.add(page, until + TimeDelta::minutes(1))? else { break };
            if is_last {
                break;
            }
            until = oldest - TimeDelta::minutes(1);
        }
        Ok(bars.since(begin))
    }

    /// Some weeks of days from `from` on, and whether the market opens on them (국내휴장일). Live only; ask once a day.
    ///
    /// # Errors
    /// [`KisError`] says what to do next.
    pub async fn sessions(&self, from: NaiveDate) -> Result<Vec<(NaiveDate, bool)>, KisError> {
        let query = ChkHolidayQuery { bass_dt: date(from), ..ChkHolidayQuery::default() };
        let body = self.read(&query, Priority::Backfill).await?;
        Ok(sessions(&body.output)?)
    }
}

/// Bars of several answers, each of which ends where the one after it begins.
#[derive(Default)]
struct Bars {
    bars: BTreeMap<DateTime<Utc>, Bar>,
    requests: u64,
}

impl Bars {
    /// Adds the bars of an answer about the time before `end`, and returns when the oldest of them begins.
    fn add(&mut self, page: Vec<Bar>, end: DateTime<Utc>) -> Result<Option<DateTime<Utc>>, KisError> {
        if page.iter().any(|bar| bar.open_time >= end) {
            return Err(KisError::Incomplete("a chart answers for another time than was asked for".to_owned()));
        }
        let oldest = page.iter().map(|bar| bar.open_time).min();
        self.bars.extend(page.into_iter().map(|bar| (bar.open_time, bar)));
        self.requests += 1;
        Ok(oldest)
    }

    fn since(mut self, begin: DateTime<Utc>) -> Chart {
        Chart { bars: self.bars.split_off(&begin).into_values().collect(), requests: self.requests }
    }
}

/// True if an answer has room for more rows, so that there are no more.
fn is_short<E: Env>(rows: usize, call: &Call) -> bool {
    rows < usize::from(call.page(E::ENVIRONMENT))
}

fn time(time: NaiveTime) -> String {
    time.format("%H%M%S").to_string()
}
