//! Order books: H0STASP0 of KRX, H0NXASP0 of NXT, H0UNASP0 of both (§7.7).

use chrono::NaiveTime;
use exodus_domain::{Price, Qty};

use super::record::record;
use super::{Code, Hundredths, ShortCode};

record! {
    /// What the books of all venues have in common: ten levels on both sides.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
    Book {
        /// Issue.
        code: ShortCode = "MKSC_SHRN_ISCD",
        /// Exchange time, KST.
        time: NaiveTime = "BSOP_HOUR",
        /// 0 regular; A, B, C, D an auction.
        hour_class: Code = "HOUR_CLS_CODE",
        /// Offers, best first; zero where there is no level.
        asks: [Price; 10] = "ASKP1-10",
        /// Bids, best first; zero where there is no level.
        bids: [Price; 10] = "BIDP1-10",
        /// Shares offered at each level.
        ask_quantities: [Qty; 10] = "ASKP_RSQN1-10",
        /// Shares wanted at each level.
        bid_quantities: [Qty; 10] = "BIDP_RSQN1-10",
        /// Shares offered at all levels.
        total_ask_quantity: Qty = "TOTAL_ASKP_RSQN",
        /// Shares wanted at all levels.
        total_bid_quantity: Qty = "TOTAL_BIDP_RSQN",
        /// Shares offered after hours.
        after_hours_ask_quantity: Qty = "OVTM_TOTAL_ASKP_RSQN",
        /// Shares wanted after hours.
        after_hours_bid_quantity: Qty = "OVTM_TOTAL_BIDP_RSQN",
        /// Price that the auction would make now; zero outside of auctions.
        expected_price: Price = "ANTC_CNPR",
        /// Shares it would trade.
        expected_quantity: Qty = "ANTC_CNQN",
        /// Volume of the day it would make.
        expected_volume: Qty = "ANTC_VOL",
        /// Change of the expected price, signed.
        expected_change: Price = "ANTC_CNTG_VRSS",
        /// Its sign, 1 to 5.
        expected_sign: Code = "ANTC_CNTG_VRSS_SIGN",
        /// The same in percent.
        expected_change_rate: Hundredths = "ANTC_CNTG_PRDY_CTRT",
        /// Shares traded on the day so far.
        day_volume: Qty = "ACML_VOL",
        /// Change of the shares offered.
        total_ask_change: Qty = "TOTAL_ASKP_RSQN_ICDC",
        /// Change of the shares wanted.
        total_bid_change: Qty = "TOTAL_BIDP_RSQN_ICDC",
        /// Change of the shares offered after hours.
        after_hours_ask_change: Qty = "OVTM_TOTAL_ASKP_ICDC",
        /// Change of the shares wanted after hours.
        after_hours_bid_change: Qty = "OVTM_TOTAL_BIDP_ICDC",
        /// Not used by the broker.
        deal_class: Code = "STCK_DEAL_CLS_CODE",
    }
}

record! {
    /// Orders at the middle of best offer and best bid (중간가).
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
    Midpoint {
        /// The price.
        price: Price = "MID_PRC",
        /// Shares that wait there.
        quantity: Qty = "MIDP_TOTAL_RSQN",
        /// On which side.
        class: Code = "MIDP_CLS_CODE",
    }
}

record! {
    /// The book of KRX: 59 fields as documented, 62 until 2026-09-14, 63 since.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
    KrxBook {
        /// The levels.
        book: Book = "(book)",
    }
    added {
        /// Mid-price orders.
        mid: Midpoint = "(midpoint)",
        /// Market: 1 pre-market, 2 regular, 3 after-market, 5 closing price.
        market: Code = "MARKET_CLS_CODE",
    }
}

record! {
    /// The book of NXT.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
    NxtBook {
        /// The levels.
        book: Book = "(book)",
    }
    added {
        /// Mid-price orders.
        mid: Midpoint = "(midpoint)",
    }
}

record! {
    /// The book of KRX and NXT together.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
    UnifiedBook {
        /// The levels.
        book: Book = "(book)",
    }
    added {
        /// Mid-price orders on KRX.
        krx_mid: Midpoint = "(midpoint KRX)",
        /// Mid-price orders on NXT.
        nxt_mid: Midpoint = "(midpoint NXT)",
        /// Whose auction the expected price is of: 1 KRX, 2 NXT.
        expected_venue: Code = "ANTC_EXCH_CLS_CODE",
    }
}
