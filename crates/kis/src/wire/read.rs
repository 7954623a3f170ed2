//! Which query belongs to which call, and which body answers it.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::call::{self, Call};
use super::envelope::{Chart, Holdings, Holidays, Ledger, Many, One, OpenOrders, Pair, Reservations};
use super::fields::Fields;
use super::quotations::*;
use super::trading::*;

/// A GET request.
pub trait Read: Serialize + Fields {
    /// Its call.
    const CALL: &'static Call;
    /// What the answer holds.
    type Body: DeserializeOwned + Serialize + Default;
}

/// A GET request that can ask for the next page.
pub trait Resume: Read {
    /// Puts the keys of the page before in, as they came.
    fn resume(&mut self, fk: &str, nk: &str);
}

macro_rules! reads {
    ($($query:ident => $call:ident, $body:ty $(, $fk:ident, $nk:ident)?;)+) => {
        $(
            impl Read for $query {
                const CALL: &'static Call = &call::$call;
                type Body = $body;
            }

            $(impl Resume for $query {
                fn resume(&mut self, fk: &str, nk: &str) {
                    self.$fk = fk.to_owned();
                    self.$nk = nk.to_owned();
                }
            })?
        )+
    };
}

reads! {
    InquirePsblRvsecnclQuery => INQUIRE_PSBL_RVSECNCL, OpenOrders<InquirePsblRvsecnclRow>, ctx_area_fk100, ctx_area_nk100;
    InquirePsblOrderQuery => INQUIRE_PSBL_ORDER, One<InquirePsblOrderOutput>;
    InquirePsblSellQuery => INQUIRE_PSBL_SELL, One<InquirePsblSellOutput>;
    InquireBalanceQuery => INQUIRE_BALANCE, Holdings<InquireBalanceRow, InquireBalanceSummary>,
        ctx_area_fk100, ctx_area_nk100;
    InquireAccountBalanceQuery => INQUIRE_ACCOUNT_BALANCE,
        Ledger<InquireAccountBalanceRow, InquireAccountBalanceSummary>;
    InquireDailyCcldQuery => INQUIRE_DAILY_CCLD, Ledger<InquireDailyCcldRow, InquireDailyCcldSummary>,
        ctx_area_fk100, ctx_area_nk100;
    InquireBalanceRlzPlQuery => INQUIRE_BALANCE_RLZ_PL, Holdings<InquireBalanceRlzPlRow, InquireBalanceRlzPlSummary>,
        ctx_area_fk100, ctx_area_nk100;
    InquirePeriodProfitQuery => INQUIRE_PERIOD_PROFIT, Ledger<InquirePeriodProfitRow, InquirePeriodProfitSummary>,
        ctx_area_fk100, ctx_area_nk100;
    InquirePeriodTradeProfitQuery => INQUIRE_PERIOD_TRADE_PROFIT,
        Ledger<InquirePeriodTradeProfitRow, InquirePeriodTradeProfitSummary>, ctx_area_fk100, ctx_area_nk100;
    OrderResvCcnlQuery => ORDER_RESV_CCNL, Reservations<OrderResvCcnlRow>, ctx_area_fk200, ctx_area_nk200;
    InquirePriceQuery => INQUIRE_PRICE, One<InquirePriceOutput>;
    InquireAskingPriceExpCcnQuery => INQUIRE_ASKING_PRICE_EXP_CCN,
        Pair<InquireAskingPriceExpCcnBook, InquireAskingPriceExpCcnExpected>;
    InquireCcnlQuery => INQUIRE_CCNL, Many<InquireCcnlRow>;
    InquireDailyPriceQuery => INQUIRE_DAILY_PRICE, Many<InquireDailyPriceRow>;
    InquireDailyItemchartpriceQuery => INQUIRE_DAILY_ITEMCHARTPRICE,
        Chart<InquireDailyItemchartpriceHeader, InquireDailyItemchartpriceRow>;
    InquireTimeItemchartpriceQuery => INQUIRE_TIME_ITEMCHARTPRICE, Chart<MinuteChartHeader, MinuteChartRow>;
    InquireTimeDailychartpriceQuery => INQUIRE_TIME_DAILYCHARTPRICE, Chart<MinuteChartHeader, MinuteChartRow>;
    InquireTimeItemconclusionQuery => INQUIRE_TIME_ITEMCONCLUSION,
        Chart<InquireTimeItemconclusionHeader, InquireTimeItemconclusionRow>;
    InquireIndexPriceQuery => INQUIRE_INDEX_PRICE, One<InquireIndexPriceOutput>;
    InquireIndexDailyPriceQuery => INQUIRE_INDEX_DAILY_PRICE,
        Chart<InquireIndexDailyPriceHeader, InquireIndexDailyPriceRow>;
    InquireDailyIndexchartpriceQuery => INQUIRE_DAILY_INDEXCHARTPRICE,
        Chart<InquireDailyIndexchartpriceHeader, InquireDailyIndexchartpriceRow>;
    SearchStockInfoQuery => SEARCH_STOCK_INFO, One<SearchStockInfoOutput>;
    SearchInfoQuery => SEARCH_INFO, One<SearchInfoOutput>;
    ChkHolidayQuery => CHK_HOLIDAY, Holidays<ChkHolidayRow>, ctx_area_fk, ctx_area_nk;
    VolumeRankQuery => VOLUME_RANK, Many<VolumeRankRow>;
}
