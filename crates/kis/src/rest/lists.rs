//! Recent trades, levels of indices and the most traded issues (kis-openapi §6.3, §6.8, §6.11).

use chrono::{NaiveDate, TimeDelta};
use exodus_domain::Symbol;

use super::Gateway;
use super::account::date;
use super::quotations::KRX;
use crate::budget::Priority;
use crate::environment::Env;
use crate::error::KisError;
use crate::wire::call::INQUIRE_DAILY_INDEXCHARTPRICE;
use crate::wire::quotations::lists::{RankedIssue, RecentTrade, index_levels, most_traded, recent_trades};
use crate::wire::quotations::{InquireCcnlQuery, InquireDailyIndexchartpriceQuery, VolumeRankQuery};

impl<E: Env> Gateway<E> {
    /// The last thirty trades of an issue, newest first (주식현재가 체결).
    ///
    /// # Errors
    /// [`KisError`] says what to do next.
    pub async fn recent_trades(&self, symbol: Symbol) -> Result<Vec<RecentTrade>, KisError> {
        let (fid_cond_mrkt_div_code, fid_input_iscd) = (KRX.to_owned(), self.code_of(symbol));
        let query = InquireCcnlQuery { fid_cond_mrkt_div_code, fid_input_iscd };
        Ok(recent_trades(&self.read(&query, Priority::Quote).await?.output)?)
    }

    /// The thirty issues of which most was traded today, by value (거래량순위). Live only.
    ///
    /// # Errors
    /// [`KisError`] says what to do next.
    pub async fn most_traded(&self) -> Result<Vec<RankedIssue>, KisError> {
        let query = VolumeRankQuery {
            fid_cond_mrkt_div_code: KRX.to_owned(),
            fid_cond_scr_div_code: "20171".to_owned(),
            fid_input_iscd: "0000".to_owned(),
            fid_div_cls_code: "0".to_owned(),
            fid_blng_cls_code: "3".to_owned(),
            fid_trgt_cls_code: "1".repeat(9),
            fid_trgt_exls_cls_code: "0".repeat(10),
            ..VolumeRankQuery::default()
        };
        Ok(most_traded(&self.read(&query, Priority::Quote).await?.output)?)
    }

    /// The closing levels of an index from day to day, both included, in hundredths of a point, oldest first
    /// (국내주식업종기간별시세). `code` is that of the sector file: `0001` KOSPI, `1001` KOSDAQ, `2001` KOSPI 200.
    ///
    /// # Errors
    /// [`KisError`] for anything less than all of them.
    pub async fn index_levels(
        &self,
        code: &str,
        from: NaiveDate,
        to: NaiveDate,
    ) -> Result<Vec<(NaiveDate, i64)>, KisError> {
        let (mut levels, mut to) = (Vec::new(), to);
        while from <= to {
            let query = InquireDailyIndexchartpriceQuery {
                fid_cond_mrkt_div_code: "U".to_owned(),
                fid_input_iscd: code.to_owned(),
                fid_input_date_1: date(from),
                fid_input_date_2: date(to),
                fid_period_div_code: "D".to_owned(),
            };
            let rows = self.read(&query, Priority::Backfill).await?.output2;
            let page = index_levels(&rows)?;
            let Some(&(oldest, _)) = page.first() else { break };
            if page.last().is_some_and(|(newest, _)| *newest > to) {
                return Err(KisError::Incomplete("a chart answers for other days than were asked for".to_owned()));
            }
            levels.splice(0..0, page);
            if rows.len() < usize::from(INQUIRE_DAILY_INDEXCHARTPRICE.page(E::ENVIRONMENT)) {
                break;
            }
            to = oldest - TimeDelta::days(1);
        }
        levels.retain(|(day, _)| *day >= from);
        Ok(levels)
    }
}
