//! What a feed reads by REST, read through the gateway of an app key.

use async_trait::async_trait;
use chrono::{DateTime, NaiveDate, Utc};
use exodus_domain::{Bar, NoAnswer, Price, Symbol, kst_date, kst_time};

use super::{Chart, Quotations, Snapshot};
use crate::budget::Priority;
use crate::environment::Env;
use crate::error::KisError;
use crate::rest::Gateway;
use crate::wire::number::price;
use crate::wire::quotations::InquireTimeItemchartpriceQuery;
use crate::wire::quotations::market::{minute_bars, quote};

#[async_trait]
impl<E: Env> Quotations for Gateway<E> {
    async fn snapshot(&self, symbol: Symbol) -> Result<Snapshot, NoAnswer> {
        let told = self.price(symbol).await?;
        let quote = quote(&told, symbol, self.timer().now()).map_err(KisError::from)?;
        let of_day = |text: &str| -> Result<Price, KisError> { Ok(price(text)?.unwrap_or_default()) };
        Ok(Snapshot {
            quote,
            open: of_day(&told.stck_oprc)?,
            high: of_day(&told.stck_hgpr)?,
            low: of_day(&told.stck_lwpr)?,
        })
    }

    async fn minutes_until(&self, symbol: Symbol, until: DateTime<Utc>) -> Result<Vec<Bar>, NoAnswer> {
        let query = InquireTimeItemchartpriceQuery {
            fid_cond_mrkt_div_code: "J".to_owned(),
            fid_input_iscd: self.code_of(symbol),
            fid_input_hour_1: kst_time(until).format("%H%M%S").to_string(),
            fid_pw_data_incu_yn: "Y".to_owned(),
            ..InquireTimeItemchartpriceQuery::default()
        };
        let rows = self.read(&query, Priority::Quote).await?.output2;
        let mut bars = minute_bars(&rows, self.timer().now()).map_err(KisError::from)?;
        bars.retain(|bar| bar.open_time <= until && kst_date(bar.open_time) == kst_date(until));
        Ok(bars)
    }

    async fn minutes(&self, symbol: Symbol, day: NaiveDate) -> Result<Chart, NoAnswer> {
        let is_today = day == kst_date(self.timer().now());
        let chart =
            if is_today { self.minute_bars_today(symbol).await } else { self.minute_bars_of(symbol, day).await };
        Ok(chart?)
    }

    async fn days(&self, symbol: Symbol, from: NaiveDate, to: NaiveDate) -> Result<Chart, NoAnswer> {
        Ok(self.daily_bars(symbol, from, to).await?)
    }
}
