//! Days of the market and its most traded issues (§6.10, §6.11).

use crate::wire::fields::wire_fields;

wire_fields! { request
    /// 국내휴장일조회 (§6.10): query of `chk-holiday`, real only, once a day.
    ChkHolidayQuery {
        /// First day.
        bass_dt: 8,
        /// Continuation key, blank first, then as it came.
        ctx_area_nk: 20,
        /// Continuation key, blank first, then as it came.
        ctx_area_fk: 20,
    }
}

wire_fields! { answer
    /// A day (§6.10).
    ChkHolidayRow {
        /// Date YYYYMMDD.
        bass_dt: 8,
        /// 01 Sunday … 07 Saturday.
        wday_dvsn_cd: 2,
        /// Business day (banks open).
        bzdy_yn: 1,
        /// Securities business day (transfers possible).
        tr_day_yn: 1,
        /// Market open day — use this one for trading.
        opnd_yn: 1,
        /// Settlement day.
        sttl_day_yn: 1,
    }
}

wire_fields! { request
    /// 거래량순위 (§6.11): query of `volume-rank`, real only.
    VolumeRankQuery {
        /// J KRX, NX NXT.
        fid_cond_mrkt_div_code: 2,
        /// 20171.
        fid_cond_scr_div_code: 5,
        /// 0000 all, otherwise a sector.
        fid_input_iscd: 12,
        /// 0 all, 1 common, 2 preferred.
        fid_div_cls_code: 2,
        /// 0 average volume, 1 increase, 2 turnover, 3 traded value, 4 turnover of value.
        fid_blng_cls_code: 2,
        /// Nine flags: margin 30, 40, 50, 60 and 100 %, credit 30, 40, 50 and 60 %.
        fid_trgt_cls_code: 32,
        /// Ten flags of what to leave out: warned, administrative, liquidation, unfaithful disclosure, preferred,
        /// halted, ETF, ETN, without credit, SPAC.
        fid_trgt_exls_cls_code: 32,
        /// Lowest price, blank for any.
        fid_input_price_1: 12,
        /// Highest price, blank for any.
        fid_input_price_2: 12,
        /// Least volume, blank for any.
        fid_vol_cnt: 12,
        /// Blank.
        fid_input_date_1: 10,
    }
}

wire_fields! { answer
    /// A place of the ranking (§6.11).
    VolumeRankRow {
        /// Korean name.
        hts_kor_isnm: 40,
        /// Short code.
        mksc_shrn_iscd: 9,
        /// Rank.
        data_rank: 10,
        /// Price / bar close.
        stck_prpr: 10,
        /// Sign of the change: 1 upper limit, 2 up, 3 flat, 4 lower limit, 5 down.
        prdy_vrss_sign: 1,
        /// Change against the previous close, signed.
        prdy_vrss: 10,
        /// Change %.
        prdy_ctrt: 8.2,
        /// Cumulative volume.
        acml_vol: 18,
        /// Previous-day volume.
        prdy_vol: 18,
        /// Listed shares.
        lstn_stcn: 18,
        /// Average volume.
        avrg_vol: 18,
        /// Price vs close N days ago %.
        n_befr_clpr_vrss_prpr_rate: 8.2,
        /// Volume increase %.
        vol_inrt: 8.4,
        /// Volume turnover %.
        vol_tnrt: 8.2,
        /// N-day volume turnover.
        nday_vol_tnrt: 8,
        /// Average traded value.
        avrg_tr_pbmn: 18,
        /// Value turnover %.
        tr_pbmn_tnrt: 8.2,
        /// N-day value turnover.
        nday_tr_pbmn_tnrt: 8,
        /// Cumulative traded value.
        acml_tr_pbmn: 18,
    }
}
