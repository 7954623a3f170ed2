//! Operation of the market: H0STMKO0 of KRX, H0NXMKO0 of NXT, H0UNMKO0 of both (§7.9).

use super::record::record;
use super::{Code, ShortCode};

record! {
    /// The state of an issue and the phase of its market. The venue is often left out, so that 10 fields come.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
    MarketOperation<'a> {
        /// Issue.
        code: ShortCode = "MKSC_SHRN_ISCD",
        /// Trading of the issue is halted.
        is_halted: bool = "TRHT_YN",
        /// Why.
        reason: &'a str = "TR_SUSP_REAS_CNTT",
        /// What happened: 110 auction before the opening, 112 opening, 121 closing auction, 129 close, 174 and 175 circuit
        /// breaker on and off, 387 to 398 sidecars, and others.
        operation: Code = "MKOP_CLS_CODE",
        /// What is expected in auctions.
        expected_operation: Code = "ANTC_MKOP_CLS_CODE",
        /// Random end of an auction.
        random_end: Code = "MRKT_TRTM_CLS_CODE",
        /// Allocation (배분).
        allocation: Code = "DIVI_APP_CLS_CODE",
        /// State of the issue: 51 to 59, 00.
        status: Code = "ISCD_STAT_CLS_CODE",
        /// A volatility interruption runs.
        is_vi: bool = "VI_CLS_CODE",
        /// One runs after hours.
        is_after_hours_vi: bool = "OVTM_VI_CLS_CODE",
    }
    added {
        /// Venue.
        venue: Code = "EXCH_CLS_CODE",
    }
}
