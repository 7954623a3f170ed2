//! Trades: H0STCNT0 of KRX, H0NXCNT0 of NXT, H0UNCNT0 of both (§7.6).

use chrono::{NaiveDate, NaiveTime};
use exodus_domain::{AvgPrice, Price, Qty, Won};

use super::record::record;
use super::{Code, Hundredths, ShortCode};

record! {
    /// A trade, and the day of its issue up to it. 46 fields until 2026-09-14, 47 since.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
    Trade {
        /// Issue.
        code: ShortCode = "MKSC_SHRN_ISCD",
        /// Exchange time, KST.
        time: NaiveTime = "STCK_CNTG_HOUR",
        /// Price of the trade.
        price: Price = "STCK_PRPR",
        /// 1 upper limit, 2 up, 3 unchanged, 4 lower limit, 5 down.
        sign: Code = "PRDY_VRSS_SIGN",
        /// Change against the base price, signed.
        change: Price = "PRDY_VRSS",
        /// The same in percent.
        change_rate: Hundredths = "PRDY_CTRT",
        /// Average price of the day, weighted by volume.
        vwap: AvgPrice = "WGHN_AVRG_STCK_PRC",
        /// First price of the day.
        open: Price = "STCK_OPRC",
        /// Highest price of the day.
        high: Price = "STCK_HGPR",
        /// Lowest price of the day.
        low: Price = "STCK_LWPR",
        /// Best offer.
        ask: Price = "ASKP1",
        /// Best bid.
        bid: Price = "BIDP1",
        /// Shares traded.
        quantity: Qty = "CNTG_VOL",
        /// Shares traded on the day so far. True even where trades were missed.
        day_volume: Qty = "ACML_VOL",
        /// Value traded on the day so far.
        day_value: Won = "ACML_TR_PBMN",
        /// Trades that a seller set off.
        sell_count: i64 = "SELN_CNTG_CSNU",
        /// Trades that a buyer set off.
        buy_count: i64 = "SHNU_CNTG_CSNU",
        /// Their difference.
        net_buy_count: i64 = "NTBY_CNTG_CSNU",
        /// Execution strength (체결강도): shares that buyers took for 100 that sellers gave.
        strength: Hundredths = "CTTR",
        /// Shares that sellers gave.
        sell_volume: Qty = "SELN_CNTG_SMTN",
        /// Shares that buyers took.
        buy_volume: Qty = "SHNU_CNTG_SMTN",
        /// Who set the trade off: 1 a buyer, 5 a seller, 3 the auction before the opening.
        side: Code = "CCLD_DVSN",
        /// Share of buyers.
        buy_ratio: Hundredths = "SHNU_RATE",
        /// Volume against that of the day before, in percent.
        volume_rate: Hundredths = "PRDY_VOL_VRSS_ACML_VOL_RATE",
        /// When the first price was made.
        open_time: Option<NaiveTime> = "OPRC_HOUR",
        /// Sign of the next field, 1 to 5.
        from_open_sign: Code = "OPRC_VRSS_PRPR_SIGN",
        /// Price less the first price.
        from_open: Price = "OPRC_VRSS_PRPR",
        /// When the highest price was made.
        high_time: Option<NaiveTime> = "HGPR_HOUR",
        /// Sign of the next field, 1 to 5.
        from_high_sign: Code = "HGPR_VRSS_PRPR_SIGN",
        /// Price less the highest price.
        from_high: Price = "HGPR_VRSS_PRPR",
        /// When the lowest price was made.
        low_time: Option<NaiveTime> = "LWPR_HOUR",
        /// Sign of the next field, 1 to 5.
        from_low_sign: Code = "LWPR_VRSS_PRPR_SIGN",
        /// Price less the lowest price.
        from_low: Price = "LWPR_VRSS_PRPR",
        /// Trade date.
        date: NaiveDate = "BSOP_DATE",
        /// Market phase: 10 before the opening, 20 regular, 30 closed, 40 single price after hours and others.
        phase: Code = "NEW_MKOP_CLS_CODE",
        /// Trading of the issue is halted.
        is_halted: bool = "TRHT_YN",
        /// Shares at the best offer.
        ask_quantity: Qty = "ASKP_RSQN1",
        /// Shares at the best bid.
        bid_quantity: Qty = "BIDP_RSQN1",
        /// Shares offered at all levels.
        total_ask_quantity: Qty = "TOTAL_ASKP_RSQN",
        /// Shares wanted at all levels.
        total_bid_quantity: Qty = "TOTAL_BIDP_RSQN",
        /// Shares traded of all that are listed, in percent.
        turnover: Hundredths = "VOL_TNRT",
        /// Volume of the day before up to the same time.
        previous_volume: Qty = "PRDY_SMNS_HOUR_ACML_VOL",
        /// Volume against it, in percent.
        previous_volume_rate: Hundredths = "PRDY_SMNS_HOUR_ACML_VOL_RATE",
        /// 0 regular; A, B, C, D an expected price of an auction.
        hour_class: Code = "HOUR_CLS_CODE",
        /// Random end of an auction.
        random_end: Code = "MRKT_TRTM_CLS_CODE",
        /// Base price of the static volatility interruption (정적VI).
        vi_base: Price = "VI_STND_PRC",
    }
    added {
        /// Market: 1 pre-market, 2 regular, 3 after-market, 5 closing price.
        market: Code = "MARKET_CLS_CODE",
    }
}
