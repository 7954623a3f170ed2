//! What an issue is (§6.9).

use crate::wire::fields::wire_fields;

wire_fields! { request
    /// 주식기본조회 (§6.9): query of `search-stock-info`, real only.
    SearchStockInfoQuery {
        /// Product type: 300 stock, ETF, ETN, ELW; others for derivatives, bonds and overseas shares.
        prdt_type_cd: 3,
        /// Symbol.
        pdno: 12,
    }
}

wire_fields! { answer
    /// An issue (§6.9). The symbol comes back expanded, as `00000A000660`; days that do not apply are blank.
    SearchStockInfoOutput {
        /// Symbol; its last six characters count.
        pdno: 12,
        /// Product type: 300 stock, ETF, ETN, ELW.
        prdt_type_cd: 3,
        /// STK KOSPI, KSQ KOSDAQ, KNX KONEX, ETF/SPI/EQU… derivatives.
        mket_id_cd: 3,
        /// ST stock, EF ETF, EN ETN, EW ELW, RT REIT, DR, FS foreign, MF, IF, SR, SW, BC, FE ….
        scty_grp_id_cd: 2,
        /// Venue as a number: 02 KOSPI, 03 KOSDAQ, 12 seen for SOR, 61, 64, 65 and 81 special sessions.
        excg_dvsn_cd: 2,
        /// Fiscal month.
        setl_mmdd: 4,
        /// Listed shares.
        lstg_stqt: 19,
        /// Listed capital.
        lstg_cptl_amt: 19,
        /// Capital (KRW).
        cpta: 19,
        /// Par value.
        papr: 19,
        /// Issue price.
        issu_pric: 19,
        /// KOSPI200 member.
        kospi200_item_yn: 1,
        /// KOSPI listing date.
        scts_mket_lstg_dt: 8,
        /// KOSPI delisting date.
        scts_mket_lstg_abol_dt: 8,
        /// KOSDAQ listing date.
        kosdaq_mket_lstg_dt: 8,
        /// KOSDAQ delisting date.
        kosdaq_mket_lstg_abol_dt: 8,
        /// Free-board listing date.
        frbd_mket_lstg_dt: 8,
        /// Free-board delisting date.
        frbd_mket_lstg_abol_dt: 8,
        /// REIT kind.
        reits_kind_cd: 1,
        /// ETF class.
        etf_dvsn_cd: 2,
        /// Oil-field fund.
        oilf_fund_yn: 1,
        /// Index sector, large.
        idx_bztp_lcls_cd: 3,
        /// Index sector, medium.
        idx_bztp_mcls_cd: 3,
        /// Index sector, small.
        idx_bztp_scls_cd: 3,
        /// 101 common, 201–220 preferred, 301 deferred, 401 mixed, 000 n/a.
        stck_kind_cd: 3,
        /// Mutual fund start.
        mfnd_opng_dt: 8,
        /// Mutual fund end.
        mfnd_end_dt: 8,
        /// Deposit registration cancel date.
        dpsi_erlm_cncl_dt: 8,
        /// ETF creation unit.
        etf_cu_qty: 10,
        /// Product name.
        prdt_name: 60,
        /// Name, long.
        prdt_name120: 120,
        /// Abbreviated name.
        prdt_abrv_name: 60,
        /// ISIN.
        std_pdno: 12,
        /// English name.
        prdt_eng_name: 60,
        /// English name, long.
        prdt_eng_name120: 120,
        /// English abbreviation.
        prdt_eng_abrv_name: 60,
        /// Deposit designated.
        dpsi_aptm_erlm_yn: 1,
        /// ETF tax type.
        etf_txtn_type_cd: 2,
        /// ETF type.
        etf_type_cd: 2,
        /// Delisting date.
        lstg_abol_dt: 8,
        /// New/old share class.
        nwst_odst_dvsn_cd: 2,
        /// Substitute (collateral) price.
        sbst_pric: 19,
        /// House substitute price.
        thco_sbst_pric: 19,
        /// Its change date.
        thco_sbst_pric_chng_dt: 8,
        /// Halted.
        tr_stop_yn: 1,
        /// Administrative issue.
        admn_item_yn: 1,
        /// Today's close.
        thdt_clpr: 19,
        /// Previous close.
        bfdy_clpr: 19,
        /// Close change date.
        clpr_chng_dt: 8,
        /// Standard industry code.
        std_idst_clsf_cd: 6,
        /// Its name.
        std_idst_clsf_cd_name: 130,
        /// Large sector name.
        idx_bztp_lcls_cd_name: 60,
        /// Medium sector name.
        idx_bztp_mcls_cd_name: 60,
        /// Small sector name.
        idx_bztp_scls_cd_name: 60,
        /// OCR number.
        ocr_no: 5,
        /// Crowdfunding issue.
        crfd_item_yn: 1,
        /// Electronic security.
        elec_scty_yn: 1,
        /// Issuer code.
        issu_istt_cd: 5,
        /// ETF tracking multiple.
        etf_chas_erng_rt_dbnb: 19,
        /// ETF/ETN caution.
        etf_etn_ivst_heed_item_yn: 1,
        /// Short-loan interest class.
        stln_int_rt_dvsn_cd: 2,
        /// Foreign individual limit %.
        frnr_psnl_lmt_rt: 24,
        /// Listing applicant issuer.
        lstg_rqsr_issu_istt_cd: 5,
        /// Listing applicant symbol.
        lstg_rqsr_item_cd: 12,
        /// Trust institution issuer.
        trst_istt_issu_istt_cd: 5,
        /// Tradable on NXT.
        cptt_trad_tr_psbl_yn: 1,
        /// NXT halted.
        nxt_tr_stop_yn: 1,
    }
}

wire_fields! { request
    /// 상품기본조회 (§6.9): query of `search-info`, real only.
    SearchInfoQuery {
        /// Product type: 300 stock, ETF, ETN, ELW; others for derivatives, bonds and overseas shares.
        prdt_type_cd: 3,
        /// Symbol.
        pdno: 12,
    }
}

wire_fields! { answer
    /// A product (§6.9).
    SearchInfoOutput {
        /// Symbol; its last six characters count.
        pdno: 12,
        /// Product type: 300 stock, ETF, ETN, ELW.
        prdt_type_cd: 3,
        /// Product name.
        prdt_name: 60,
        /// Name, long.
        prdt_name120: 120,
        /// Abbreviated name.
        prdt_abrv_name: 60,
        /// English name.
        prdt_eng_name: 60,
        /// English name, long.
        prdt_eng_name120: 120,
        /// English abbreviation.
        prdt_eng_abrv_name: 60,
        /// ISIN.
        std_pdno: 12,
        /// Short product number.
        shtn_pdno: 12,
        /// Sale status.
        prdt_sale_stat_cd: 2,
        /// Risk grade.
        prdt_risk_grad_cd: 2,
        /// Class code.
        prdt_clsf_cd: 6,
        /// Class name.
        prdt_clsf_name: 60,
        /// Sale start.
        sale_strt_dt: 8,
        /// Sale end.
        sale_end_dt: 8,
        /// Wrap asset type.
        wrap_asst_type_cd: 2,
        /// Investment product type.
        ivst_prdt_type_cd: 4,
        /// Its name.
        ivst_prdt_type_cd_name: 60,
        /// First registration date.
        frst_erlm_dt: 8,
    }
}
