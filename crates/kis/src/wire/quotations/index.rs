//! Indices and sectors (§6.8).

use crate::wire::fields::wire_fields;

wire_fields! { request
    /// 국내업종 현재지수 (§6.8): query of `inquire-index-price`, real only.
    InquireIndexPriceQuery {
        /// Market: J KRX, NX NXT, UN both, U index; in mock J.
        fid_cond_mrkt_div_code: 2,
        /// Symbol, an ETN with its Q, or the code of a sector.
        fid_input_iscd: 12,
    }
}

wire_fields! { answer
    /// An index now; two decimals (§6.8).
    InquireIndexPriceOutput {
        /// Index value.
        bstp_nmix_prpr: 11.2,
        /// Index change.
        bstp_nmix_prdy_vrss: 11.2,
        /// Sign of the change: 1 upper limit, 2 up, 3 flat, 4 lower limit, 5 down.
        prdy_vrss_sign: 1,
        /// Index change %.
        bstp_nmix_prdy_ctrt: 8.2,
        /// Cumulative volume.
        acml_vol: 18,
        /// Previous-day volume.
        prdy_vol: 18,
        /// Cumulative traded value.
        acml_tr_pbmn: 18,
        /// Previous-day traded value.
        prdy_tr_pbmn: 18,
        /// Index open.
        bstp_nmix_oprc: 11.2,
        /// Open − previous close.
        prdy_nmix_vrss_nmix_oprc: 11.2,
        /// Sign of price vs open.
        oprc_vrss_prpr_sign: 1,
        /// Open change %.
        bstp_nmix_oprc_prdy_ctrt: 8.2,
        /// Index high.
        bstp_nmix_hgpr: 11.2,
        /// High − previous close.
        prdy_nmix_vrss_nmix_hgpr: 11.2,
        /// Sign of price vs high.
        hgpr_vrss_prpr_sign: 1,
        /// High change %.
        bstp_nmix_hgpr_prdy_ctrt: 8.2,
        /// Index low.
        bstp_nmix_lwpr: 11.2,
        /// Low − previous close.
        prdy_clpr_vrss_lwpr: 10,
        /// Sign of price vs low.
        lwpr_vrss_prpr_sign: 1,
        /// Low change %.
        prdy_clpr_vrss_lwpr_rate: 8.4,
        /// Advancing issues.
        ascn_issu_cnt: 7,
        /// Upper-limit issues.
        uplm_issu_cnt: 7,
        /// Unchanged issues.
        stnr_issu_cnt: 7,
        /// Declining issues.
        down_issu_cnt: 7,
        /// Lower-limit issues.
        lslm_issu_cnt: 7,
        /// Year high.
        dryy_bstp_nmix_hgpr: 11.2,
        /// Price vs year high %.
        dryy_hgpr_vrss_prpr_rate: 8.4,
        /// Its date.
        dryy_bstp_nmix_hgpr_date: 8,
        /// Year low.
        dryy_bstp_nmix_lwpr: 11.2,
        /// Price vs year low %.
        dryy_lwpr_vrss_prpr_rate: 8.4,
        /// Its date.
        dryy_bstp_nmix_lwpr_date: 8,
        /// Total ask quantity.
        total_askp_rsqn: 12,
        /// Total bid quantity.
        total_bidp_rsqn: 12,
        /// Ask share %.
        seln_rsqn_rate: 8.4,
        /// Bid share %.
        shnu_rsqn_rate: 8.4,
        /// Net bid quantity.
        ntby_rsqn: 12,
    }
}

wire_fields! { request
    /// 국내업종 일자별지수 (§6.8): query of `inquire-index-daily-price`, real only.
    InquireIndexDailyPriceQuery {
        /// Market: J KRX, NX NXT, UN both, U index; in mock J.
        fid_cond_mrkt_div_code: 2,
        /// Symbol, an ETN with its Q, or the code of a sector.
        fid_input_iscd: 12,
        /// Length of a bar: D day, W week, M month.
        fid_period_div_code: 32,
        /// Newest day wanted.
        fid_input_date_1: 10,
    }
}

wire_fields! { answer
    /// The index now (§6.8).
    InquireIndexDailyPriceHeader {
        /// Index value.
        bstp_nmix_prpr: 11.2,
        /// Index change.
        bstp_nmix_prdy_vrss: 11.2,
        /// Sign of the change: 1 upper limit, 2 up, 3 flat, 4 lower limit, 5 down.
        prdy_vrss_sign: 1,
        /// Index change %.
        bstp_nmix_prdy_ctrt: 8.2,
        /// Cumulative volume.
        acml_vol: 18,
        /// Cumulative traded value.
        acml_tr_pbmn: 18,
        /// Index open.
        bstp_nmix_oprc: 11.2,
        /// Index high.
        bstp_nmix_hgpr: 11.2,
        /// Index low.
        bstp_nmix_lwpr: 11.2,
        /// Previous-day volume.
        prdy_vol: 18,
        /// Advancing issues.
        ascn_issu_cnt: 7,
        /// Declining issues.
        down_issu_cnt: 7,
        /// Unchanged issues.
        stnr_issu_cnt: 7,
        /// Upper-limit issues.
        uplm_issu_cnt: 7,
        /// Lower-limit issues.
        lslm_issu_cnt: 7,
        /// Previous-day traded value.
        prdy_tr_pbmn: 18,
        /// Its date.
        dryy_bstp_nmix_hgpr_date: 8,
        /// Year high.
        dryy_bstp_nmix_hgpr: 11.2,
        /// Year low.
        dryy_bstp_nmix_lwpr: 11.2,
        /// Its date.
        dryy_bstp_nmix_lwpr_date: 8,
    }
}

wire_fields! { answer
    /// A day, a week or a month of an index (§6.8).
    InquireIndexDailyPriceRow {
        /// Business date.
        stck_bsop_date: 8,
        /// Index value.
        bstp_nmix_prpr: 11.2,
        /// Sign of the change: 1 upper limit, 2 up, 3 flat, 4 lower limit, 5 down.
        prdy_vrss_sign: 1,
        /// Index change.
        bstp_nmix_prdy_vrss: 11.2,
        /// Index change %.
        bstp_nmix_prdy_ctrt: 8.2,
        /// Index open.
        bstp_nmix_oprc: 11.2,
        /// Index high.
        bstp_nmix_hgpr: 11.2,
        /// Index low.
        bstp_nmix_lwpr: 11.2,
        /// Volume share %.
        acml_vol_rlim: 7.2,
        /// Cumulative volume.
        acml_vol: 18,
        /// Cumulative traded value.
        acml_tr_pbmn: 18,
        /// New psychological line.
        invt_new_psdg: 11.2,
        /// 20-day disparity.
        d20_dsrt: 11.2,
    }
}

wire_fields! { request
    /// 국내주식업종기간별시세 (§6.8): query of `inquire-daily-indexchartprice`.
    InquireDailyIndexchartpriceQuery {
        /// Market: J KRX, NX NXT, UN both, U index; in mock J.
        fid_cond_mrkt_div_code: 2,
        /// Symbol, an ETN with its Q, or the code of a sector.
        fid_input_iscd: 12,
        /// First day.
        fid_input_date_1: 10,
        /// Last day.
        fid_input_date_2: 10,
        /// Length of a bar: D day, W week, M month, Y year.
        fid_period_div_code: 32,
    }
}

wire_fields! { answer
    /// The index now (§6.8).
    InquireDailyIndexchartpriceHeader {
        /// Sign of the change: 1 upper limit, 2 up, 3 flat, 4 lower limit, 5 down.
        prdy_vrss_sign: 1,
        /// Index change %.
        bstp_nmix_prdy_ctrt: 8.2,
        /// Previous index close.
        prdy_nmix: 11.2,
        /// Cumulative volume.
        acml_vol: 18,
        /// Cumulative traded value.
        acml_tr_pbmn: 18,
        /// Korean name.
        hts_kor_isnm: 40,
        /// Index value.
        bstp_nmix_prpr: 11.2,
        /// Sector code.
        bstp_cls_code: 4,
        /// Previous-day volume.
        prdy_vol: 18,
        /// Index open.
        bstp_nmix_oprc: 11.2,
        /// Index high.
        bstp_nmix_hgpr: 11.2,
        /// Index low.
        bstp_nmix_lwpr: 11.2,
        /// Previous open (named as futures).
        futs_prdy_oprc: 11.2,
        /// Previous high.
        futs_prdy_hgpr: 11.2,
        /// Previous low.
        futs_prdy_lwpr: 11.2,
    }
}

wire_fields! { answer
    /// A bar of an index (§6.8).
    InquireDailyIndexchartpriceRow {
        /// Business date.
        stck_bsop_date: 8,
        /// Index value.
        bstp_nmix_prpr: 11.2,
        /// Index open.
        bstp_nmix_oprc: 11.2,
        /// Index high.
        bstp_nmix_hgpr: 11.2,
        /// Index low.
        bstp_nmix_lwpr: 11.2,
        /// Cumulative volume.
        acml_vol: 18,
        /// Cumulative traded value.
        acml_tr_pbmn: 18,
        /// Y = no trade that day (bar is synthetic).
        mod_yn: 1,
    }
}
