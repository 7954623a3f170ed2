//! The current price of an issue (§6.1).

use crate::wire::fields::wire_fields;

wire_fields! { request
    /// 주식현재가 시세 (§6.1): query of `inquire-price`.
    InquirePriceQuery {
        /// Market: J KRX, NX NXT, UN both, U index; in mock J.
        fid_cond_mrkt_div_code: 2,
        /// Symbol, an ETN with its Q, or the code of a sector.
        fid_input_iscd: 12,
    }
}

wire_fields! { answer
    /// The current price of an issue and what belongs beside it (§6.1).
    InquirePriceOutput {
        /// State of the issue: 51 administrative, 52 risk, 53 warning, 54 caution, 55 credit-eligible, 57 margin
        /// 100 %, 58 halted, 59 overheated, 00 other.
        iscd_stat_cls_code: 3,
        /// Margin rate %.
        marg_rate: 8.4,
        /// Representative market (KOSPI200, KOSDAQ …).
        rprs_mrkt_kor_name: 40,
        /// New high/low class.
        new_hgpr_lwpr_cls_code: 10,
        /// Sector name.
        bstp_kor_isnm: 40,
        /// Temporary halt.
        temp_stop_yn: 1,
        /// Opening range extended.
        oprc_rang_cont_yn: 1,
        /// Closing range extended.
        clpr_rang_cont_yn: 1,
        /// Credit allowed.
        crdt_able_yn: 1,
        /// Deposit rate class.
        grmn_rate_cls_code: 3,
        /// ELW issued on it.
        elw_pblc_yn: 1,
        /// Price / bar close.
        stck_prpr: 10,
        /// Change against the previous close, signed.
        prdy_vrss: 10,
        /// Sign of the change: 1 upper limit, 2 up, 3 flat, 4 lower limit, 5 down.
        prdy_vrss_sign: 1,
        /// Change %.
        prdy_ctrt: 8.2,
        /// Cumulative traded value.
        acml_tr_pbmn: 18,
        /// Cumulative volume.
        acml_vol: 18,
        /// Volume vs previous day %.
        prdy_vrss_vol_rate: 8.4,
        /// Open.
        stck_oprc: 10,
        /// High.
        stck_hgpr: 10,
        /// Low.
        stck_lwpr: 10,
        /// Upper limit price.
        stck_mxpr: 10,
        /// Lower limit price.
        stck_llam: 10,
        /// Base price.
        stck_sdpr: 10,
        /// VWAP.
        wghn_avrg_stck_prc: 19.2,
        /// Foreign ownership exhaustion %.
        hts_frgn_ehrt: 8.2,
        /// Foreign net buy qty.
        frgn_ntby_qty: 12,
        /// Program net buy qty.
        pgtr_ntby_qty: 18,
        /// Pivot resistance 2.
        pvt_scnd_dmrs_prc: 10,
        /// Pivot resistance 1.
        pvt_frst_dmrs_prc: 10,
        /// Pivot point.
        pvt_pont_val: 10,
        /// Pivot support 1.
        pvt_frst_dmsp_prc: 10,
        /// Pivot support 2.
        pvt_scnd_dmsp_prc: 10,
        /// DeMark resistance.
        dmrs_val: 10,
        /// DeMark support.
        dmsp_val: 10,
        /// Capital (100 M KRW).
        cpfn: 22,
        /// Price-limit width.
        rstc_wdth_prc: 10,
        /// Par value.
        stck_fcam: 11,
        /// Collateral (substitute) price.
        stck_sspr: 10,
        /// Tick size (호가단위).
        aspr_unit: 10,
        /// Lot size.
        hts_deal_qty_unit_val: 10,
        /// Listed shares.
        lstn_stcn: 18,
        /// Market cap (100 M KRW).
        hts_avls: 18,
        /// PER.
        per: 8.2,
        /// PBR.
        pbr: 8.2,
        /// Fiscal month.
        stac_month: 2,
        /// Volume turnover %.
        vol_tnrt: 8.2,
        /// EPS.
        eps: 11.2,
        /// BPS.
        bps: 11.2,
        /// 250-day high.
        d250_hgpr: 10,
        /// Its date.
        d250_hgpr_date: 8,
        /// Price vs 250-day high %.
        d250_hgpr_vrss_prpr_rate: 8.4,
        /// 250-day low.
        d250_lwpr: 10,
        /// Its date.
        d250_lwpr_date: 8,
        /// Price vs 250-day low %.
        d250_lwpr_vrss_prpr_rate: 8.4,
        /// Year high.
        stck_dryy_hgpr: 10,
        /// Price vs year high %.
        dryy_hgpr_vrss_prpr_rate: 8.4,
        /// Its date.
        dryy_hgpr_date: 8,
        /// Year low.
        stck_dryy_lwpr: 10,
        /// Price vs year low %.
        dryy_lwpr_vrss_prpr_rate: 8.4,
        /// Its date.
        dryy_lwpr_date: 8,
        /// 52-week high.
        w52_hgpr: 10,
        /// Price vs 52-week high %.
        w52_hgpr_vrss_prpr_ctrt: 8.2,
        /// Its date.
        w52_hgpr_date: 8,
        /// 52-week low.
        w52_lwpr: 10,
        /// Price vs 52-week low %.
        w52_lwpr_vrss_prpr_ctrt: 8.2,
        /// Its date.
        w52_lwpr_date: 8,
        /// Total margin-loan balance %.
        whol_loan_rmnd_rate: 8.4,
        /// Short-sellable.
        ssts_yn: 1,
        /// Short code.
        stck_shrn_iscd: 9,
        /// Par value text ("5,000").
        fcam_cnnm: 20,
        /// Capital text ("36,576 억").
        cpfn_cnnm: 20,
        /// Approach rate.
        apprch_rate: 11.2,
        /// Foreign holding qty.
        frgn_hldn_qty: 18,
        /// VI applied Y/N.
        vi_cls_code: 1,
        /// After-hours VI Y/N.
        ovtm_vi_cls_code: 1,
        /// Last short-sale fill qty.
        last_ssts_cntg_qty: 12,
        /// Investment caution.
        invt_caful_yn: 1,
        /// 00 none, 01 caution, 02 warning, 03 risk.
        mrkt_warn_cls_code: 2,
        /// Short-term overheated.
        short_over_yn: 1,
        /// Liquidation trading (정리매매).
        sltr_yn: 1,
        /// Administrative issue.
        mang_issu_cls_code: 1,
    }
}
