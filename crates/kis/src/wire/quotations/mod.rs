//! Prices, books, bars, indices, issues and days of the market (specification §6).

mod book;
mod chart;
mod index;
mod issue;
pub mod lists;
pub mod market;
mod market_wide;
mod price;

pub use book::{
    InquireAskingPriceExpCcnBook, InquireAskingPriceExpCcnExpected, InquireAskingPriceExpCcnQuery, InquireCcnlQuery,
    InquireCcnlRow, InquireTimeItemconclusionHeader, InquireTimeItemconclusionQuery, InquireTimeItemconclusionRow,
};
pub use chart::{
    InquireDailyItemchartpriceHeader, InquireDailyItemchartpriceQuery, InquireDailyItemchartpriceRow,
    InquireDailyPriceQuery, InquireDailyPriceRow, InquireTimeDailychartpriceQuery, InquireTimeItemchartpriceQuery,
    MinuteChartHeader, MinuteChartRow,
};
pub use index::{
    InquireDailyIndexchartpriceHeader, InquireDailyIndexchartpriceQuery, InquireDailyIndexchartpriceRow,
    InquireIndexDailyPriceHeader, InquireIndexDailyPriceQuery, InquireIndexDailyPriceRow, InquireIndexPriceOutput,
    InquireIndexPriceQuery,
};
pub use issue::{SearchInfoOutput, SearchInfoQuery, SearchStockInfoOutput, SearchStockInfoQuery};
pub use market_wide::{ChkHolidayQuery, ChkHolidayRow, VolumeRankQuery, VolumeRankRow};
pub use price::{InquirePriceOutput, InquirePriceQuery};
