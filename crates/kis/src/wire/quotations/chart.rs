//! Bars of an issue: days, weeks, months, minutes (§6.4 to §6.6).

use crate::wire::fields::wire_fields;

wire_fields! { request
    /// 주식현재가 일자별 (§6.4): query of `inquire-daily-price`.
    InquireDailyPriceQuery {
        /// Market: J KRX, NX NXT, UN both, U index; in mock J.
        fid_cond_mrkt_div_code: 2,
        /// Symbol, an ETN with its Q, or the code of a sector.
        fid_input_iscd: 12,
        /// Length of a bar: D day, W week, M month.
        fid_period_div_code: 32,
        /// 0 raw, 1 adjusted; the opposite of the charts.
        fid_org_adj_prc: 10,
    }
}

wire_fields! { answer
    /// A day, a week or a month, newest first (§6.4).
    InquireDailyPriceRow {
        /// Business date.
        stck_bsop_date: 8,
        /// Open.
        stck_oprc: 10,
        /// High.
        stck_hgpr: 10,
        /// Low.
        stck_lwpr: 10,
        /// Close.
        stck_clpr: 10,
        /// Cumulative volume.
        acml_vol: 18,
        /// Volume vs previous day %.
        prdy_vrss_vol_rate: 8.4,
        /// Change against the previous close, signed.
        prdy_vrss: 10,
        /// Sign of the change: 1 upper limit, 2 up, 3 flat, 4 lower limit, 5 down.
        prdy_vrss_sign: 1,
        /// Change %.
        prdy_ctrt: 8.2,
        /// Foreign ownership exhaustion %.
        hts_frgn_ehrt: 8.2,
        /// Foreign net buy qty.
        frgn_ntby_qty: 12,
        /// Ex-type: 00 none, 01 rights, 02 dividend, 03 distribution, 04 rights and dividend, 05 interim dividend,
        /// 06 rights and interim, 07 rights and quarterly.
        flng_cls_code: 2,
        /// Cumulative split ratio.
        acml_prtt_rate: 8.4,
    }
}

wire_fields! { request
    /// 국내주식기간별시세 (§6.5): query of `inquire-daily-itemchartprice`.
    InquireDailyItemchartpriceQuery {
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
        /// 0 adjusted, 1 raw.
        fid_org_adj_prc: 10,
    }
}

wire_fields! { answer
    /// The issue (§6.5).
    InquireDailyItemchartpriceHeader {
        /// Change against the previous close, signed.
        prdy_vrss: 10,
        /// Sign of the change: 1 upper limit, 2 up, 3 flat, 4 lower limit, 5 down.
        prdy_vrss_sign: 1,
        /// Change %.
        prdy_ctrt: 11,
        /// Previous close.
        stck_prdy_clpr: 10,
        /// Cumulative volume.
        acml_vol: 18,
        /// Cumulative traded value.
        acml_tr_pbmn: 18,
        /// Korean name.
        hts_kor_isnm: 40,
        /// Price / bar close.
        stck_prpr: 10,
        /// Short code.
        stck_shrn_iscd: 9,
        /// Previous-day volume.
        prdy_vol: 18,
        /// Upper limit price.
        stck_mxpr: 10,
        /// Lower limit price.
        stck_llam: 10,
        /// Open.
        stck_oprc: 10,
        /// High.
        stck_hgpr: 10,
        /// Low.
        stck_lwpr: 10,
        /// Previous open.
        stck_prdy_oprc: 10,
        /// Previous high.
        stck_prdy_hgpr: 10,
        /// Previous low.
        stck_prdy_lwpr: 10,
        /// Best ask.
        askp: 10,
        /// Best bid.
        bidp: 10,
        /// Volume change.
        prdy_vrss_vol: 18,
        /// Volume turnover %.
        vol_tnrt: 11,
        /// Par value.
        stck_fcam: 11,
        /// Listed shares.
        lstn_stcn: 18,
        /// Capital (100 M KRW).
        cpfn: 22,
        /// Market cap (100 M KRW).
        hts_avls: 18,
        /// PER.
        per: 11,
        /// EPS.
        eps: 14,
        /// PBR.
        pbr: 11,
        /// Balance of margin loans, %; the key is misspelled by the broker.
        #[serde(alias = "itewhol_loan_rmnd_ratem name")]
        itewhol_loan_rmnd_ratem: 13,
    }
}

wire_fields! { answer
    /// A bar, newest first; beyond the listing blank ones may follow (§6.5).
    InquireDailyItemchartpriceRow {
        /// Business date.
        stck_bsop_date: 8,
        /// Close.
        stck_clpr: 10,
        /// Open.
        stck_oprc: 10,
        /// High.
        stck_hgpr: 10,
        /// Low.
        stck_lwpr: 10,
        /// Cumulative volume.
        acml_vol: 18,
        /// Cumulative traded value.
        acml_tr_pbmn: 18,
        /// Ex-type: 00 none, 01 rights, 02 dividend, 03 distribution, 04 rights and dividend, 05 interim dividend,
        /// 06 rights and interim, 07 rights and quarterly.
        flng_cls_code: 2,
        /// Split ratio (base price / previous close).
        prtt_rate: 11,
        /// Y = no trade that day (bar is synthetic).
        mod_yn: 1,
        /// Sign of the change: 1 upper limit, 2 up, 3 flat, 4 lower limit, 5 down.
        prdy_vrss_sign: 1,
        /// Change against the previous close, signed.
        prdy_vrss: 10,
        /// Re-evaluation reason 00–08, 99 ("" common).
        revl_issu_reas: 2,
    }
}

wire_fields! { request
    /// 주식당일분봉조회 (§6.6): query of `inquire-time-itemchartprice`.
    InquireTimeItemchartpriceQuery {
        /// Market: J KRX, NX NXT, UN both, U index; in mock J.
        fid_cond_mrkt_div_code: 2,
        /// Symbol, an ETN with its Q, or the code of a sector.
        fid_input_iscd: 12,
        /// Newest bar wanted, HHMMSS.
        fid_input_hour_1: 10,
        /// With older bars, Y or N.
        fid_pw_data_incu_yn: 2,
        /// Blank.
        fid_etc_cls_code: 2,
    }
}

wire_fields! { request
    /// 주식일별분봉조회 (§6.6): query of `inquire-time-dailychartprice`, real only.
    InquireTimeDailychartpriceQuery {
        /// Market: J KRX, NX NXT, UN both, U index; in mock J.
        fid_cond_mrkt_div_code: 2,
        /// Symbol, an ETN with its Q, or the code of a sector.
        fid_input_iscd: 12,
        /// Newest bar wanted, HHMMSS.
        fid_input_hour_1: 10,
        /// Its day, up to a year back.
        fid_input_date_1: 10,
        /// With older bars, Y or N.
        fid_pw_data_incu_yn: 2,
        /// Blank.
        fid_fake_tick_incu_yn: 2,
    }
}

wire_fields! { answer
    /// The issue of a minute chart (§6.6).
    MinuteChartHeader {
        /// Change against the previous close, signed.
        prdy_vrss: 10,
        /// Sign of the change: 1 upper limit, 2 up, 3 flat, 4 lower limit, 5 down.
        prdy_vrss_sign: 1,
        /// Change, %.
        prdy_ctrt: 11,
        /// Previous close.
        stck_prdy_clpr: 10,
        /// Cumulative volume.
        acml_vol: 18,
        /// Cumulative traded value.
        acml_tr_pbmn: 18,
        /// Korean name.
        hts_kor_isnm: 40,
        /// Price.
        stck_prpr: 10,
    }
}

wire_fields! { answer
    /// A minute, newest first (§6.6). The traded value is that of the day so far.
    MinuteChartRow {
        /// Business date.
        stck_bsop_date: 8,
        /// Trade/bar time HHMMSS.
        stck_cntg_hour: 6,
        /// Price / bar close.
        stck_prpr: 10,
        /// Open.
        stck_oprc: 10,
        /// High.
        stck_hgpr: 10,
        /// Low.
        stck_lwpr: 10,
        /// Traded quantity (tick or bar).
        cntg_vol: 18,
        /// Cumulative traded value.
        acml_tr_pbmn: 18,
    }
}
