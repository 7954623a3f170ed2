//! The order book and the trades of an issue (§6.2, §6.3, §6.7).

use crate::wire::fields::wire_fields;

wire_fields! { request
    /// 주식현재가 호가/예상체결 (§6.2): query of `inquire-asking-price-exp-ccn`.
    InquireAskingPriceExpCcnQuery {
        /// Market: J KRX, NX NXT, UN both, U index; in mock J.
        fid_cond_mrkt_div_code: 2,
        /// Symbol, an ETN with its Q, or the code of a sector.
        fid_input_iscd: 12,
    }
}

wire_fields! { answer
    /// The order book of an issue, ten levels (§6.2).
    InquireAskingPriceExpCcnBook {
        /// Time of the book HHMMSS.
        aspr_acpt_hour: 6,
        /// Ask price 1.
        askp1: 10,
        /// Ask price 2.
        askp2: 10,
        /// Ask price 3.
        askp3: 10,
        /// Ask price 4.
        askp4: 10,
        /// Ask price 5.
        askp5: 10,
        /// Ask price 6.
        askp6: 10,
        /// Ask price 7.
        askp7: 10,
        /// Ask price 8.
        askp8: 10,
        /// Ask price 9.
        askp9: 10,
        /// Ask price 10.
        askp10: 10,
        /// Bid price 1.
        bidp1: 10,
        /// Bid price 2.
        bidp2: 10,
        /// Bid price 3.
        bidp3: 10,
        /// Bid price 4.
        bidp4: 10,
        /// Bid price 5.
        bidp5: 10,
        /// Bid price 6.
        bidp6: 10,
        /// Bid price 7.
        bidp7: 10,
        /// Bid price 8.
        bidp8: 10,
        /// Bid price 9.
        bidp9: 10,
        /// Bid price 10.
        bidp10: 10,
        /// Shares asked at level 1.
        askp_rsqn1: 12,
        /// Shares asked at level 2.
        askp_rsqn2: 12,
        /// Shares asked at level 3.
        askp_rsqn3: 12,
        /// Shares asked at level 4.
        askp_rsqn4: 12,
        /// Shares asked at level 5.
        askp_rsqn5: 12,
        /// Shares asked at level 6.
        askp_rsqn6: 12,
        /// Shares asked at level 7.
        askp_rsqn7: 12,
        /// Shares asked at level 8.
        askp_rsqn8: 12,
        /// Shares asked at level 9.
        askp_rsqn9: 12,
        /// Shares asked at level 10.
        askp_rsqn10: 12,
        /// Shares bid at level 1.
        bidp_rsqn1: 12,
        /// Shares bid at level 2.
        bidp_rsqn2: 12,
        /// Shares bid at level 3.
        bidp_rsqn3: 12,
        /// Shares bid at level 4.
        bidp_rsqn4: 12,
        /// Shares bid at level 5.
        bidp_rsqn5: 12,
        /// Shares bid at level 6.
        bidp_rsqn6: 12,
        /// Shares bid at level 7.
        bidp_rsqn7: 12,
        /// Shares bid at level 8.
        bidp_rsqn8: 12,
        /// Shares bid at level 9.
        bidp_rsqn9: 12,
        /// Shares bid at level 10.
        bidp_rsqn10: 12,
        /// Change of the shares asked at level 1.
        askp_rsqn_icdc1: 10,
        /// Change of the shares asked at level 2.
        askp_rsqn_icdc2: 10,
        /// Change of the shares asked at level 3.
        askp_rsqn_icdc3: 10,
        /// Change of the shares asked at level 4.
        askp_rsqn_icdc4: 10,
        /// Change of the shares asked at level 5.
        askp_rsqn_icdc5: 10,
        /// Change of the shares asked at level 6.
        askp_rsqn_icdc6: 10,
        /// Change of the shares asked at level 7.
        askp_rsqn_icdc7: 10,
        /// Change of the shares asked at level 8.
        askp_rsqn_icdc8: 10,
        /// Change of the shares asked at level 9.
        askp_rsqn_icdc9: 10,
        /// Change of the shares asked at level 10.
        askp_rsqn_icdc10: 10,
        /// Change of the shares bid at level 1.
        bidp_rsqn_icdc1: 10,
        /// Change of the shares bid at level 2.
        bidp_rsqn_icdc2: 10,
        /// Change of the shares bid at level 3.
        bidp_rsqn_icdc3: 10,
        /// Change of the shares bid at level 4.
        bidp_rsqn_icdc4: 10,
        /// Change of the shares bid at level 5.
        bidp_rsqn_icdc5: 10,
        /// Change of the shares bid at level 6.
        bidp_rsqn_icdc6: 10,
        /// Change of the shares bid at level 7.
        bidp_rsqn_icdc7: 10,
        /// Change of the shares bid at level 8.
        bidp_rsqn_icdc8: 10,
        /// Change of the shares bid at level 9.
        bidp_rsqn_icdc9: 10,
        /// Change of the shares bid at level 10.
        bidp_rsqn_icdc10: 10,
        /// Shares asked in all.
        total_askp_rsqn: 12,
        /// Shares bid in all.
        total_bidp_rsqn: 12,
        /// Change of the shares asked in all.
        total_askp_rsqn_icdc: 10,
        /// Change of the shares bid in all.
        total_bidp_rsqn_icdc: 10,
        /// Change of the shares asked after hours.
        ovtm_total_askp_icdc: 10,
        /// Change of the shares bid after hours.
        ovtm_total_bidp_icdc: 10,
        /// Shares asked after hours.
        ovtm_total_askp_rsqn: 12,
        /// Shares bid after hours.
        ovtm_total_bidp_rsqn: 12,
        /// Shares bid less shares asked.
        ntby_aspr_rsqn: 12,
        /// Phase of the market, §7.6.
        new_mkop_cls_code: 2,
    }
}

wire_fields! { answer
    /// The price that an auction would have (§6.2).
    InquireAskingPriceExpCcnExpected {
        /// Phase of the expected price.
        antc_mkop_cls_code: 3,
        /// Price.
        stck_prpr: 10,
        /// Open.
        stck_oprc: 10,
        /// High.
        stck_hgpr: 10,
        /// Low.
        stck_lwpr: 10,
        /// Base price.
        stck_sdpr: 10,
        /// Expected price.
        antc_cnpr: 10,
        /// Sign of its change.
        antc_cntg_vrss_sign: 1,
        /// Its change.
        antc_cntg_vrss: 10,
        /// Its change, %.
        antc_cntg_prdy_ctrt: 11,
        /// Expected volume.
        antc_vol: 18,
        /// Short code.
        stck_shrn_iscd: 9,
        /// Under volatility interruption, Y or N.
        vi_cls_code: 1,
    }
}

wire_fields! { request
    /// 주식현재가 체결 (§6.3): query of `inquire-ccnl`.
    InquireCcnlQuery {
        /// Market: J KRX, NX NXT, UN both, U index; in mock J.
        fid_cond_mrkt_div_code: 2,
        /// Symbol, an ETN with its Q, or the code of a sector.
        fid_input_iscd: 12,
    }
}

wire_fields! { answer
    /// A trade, newest first (§6.3).
    InquireCcnlRow {
        /// Trade/bar time HHMMSS.
        stck_cntg_hour: 6,
        /// Price / bar close.
        stck_prpr: 10,
        /// Change against the previous close, signed.
        prdy_vrss: 10,
        /// Sign of the change: 1 upper limit, 2 up, 3 flat, 4 lower limit, 5 down.
        prdy_vrss_sign: 1,
        /// Traded quantity (tick or bar).
        cntg_vol: 18,
        /// Execution strength (체결강도).
        tday_rltv: 11.2,
        /// Change %.
        prdy_ctrt: 8.2,
    }
}

wire_fields! { request
    /// 주식현재가 당일시간대별체결 (§6.7): query of `inquire-time-itemconclusion`.
    InquireTimeItemconclusionQuery {
        /// Market: J KRX, NX NXT, UN both, U index; in mock J.
        fid_cond_mrkt_div_code: 2,
        /// Symbol, an ETN with its Q, or the code of a sector.
        fid_input_iscd: 12,
        /// Newest time wanted, HHMMSS.
        fid_input_hour_1: 10,
    }
}

wire_fields! { answer
    /// The issue (§6.7).
    InquireTimeItemconclusionHeader {
        /// Price / bar close.
        stck_prpr: 10,
        /// Change against the previous close, signed.
        prdy_vrss: 10,
        /// Sign of the change: 1 upper limit, 2 up, 3 flat, 4 lower limit, 5 down.
        prdy_vrss_sign: 1,
        /// Change %.
        prdy_ctrt: 11,
        /// Cumulative volume.
        acml_vol: 18,
        /// Previous-day volume.
        prdy_vol: 18,
        /// Representative market (KOSPI200, KOSDAQ …).
        rprs_mrkt_kor_name: 40,
    }
}

wire_fields! { answer
    /// A trade (§6.7).
    InquireTimeItemconclusionRow {
        /// Trade/bar time HHMMSS.
        stck_cntg_hour: 6,
        /// Price; its key is misspelled on the wire.
        #[serde(rename = "stck_pbpr", alias = "stck_prpr")]
        stck_prpr: 10,
        /// Change against the previous close, signed.
        prdy_vrss: 10,
        /// Sign of the change: 1 upper limit, 2 up, 3 flat, 4 lower limit, 5 down.
        prdy_vrss_sign: 1,
        /// Change %.
        prdy_ctrt: 11,
        /// Best ask.
        askp: 10,
        /// Best bid.
        bidp: 10,
        /// Execution strength (체결강도).
        tday_rltv: 14,
        /// Cumulative volume.
        acml_vol: 18,
        /// Traded quantity.
        cnqn: 18,
    }
}
