//! Holdings, cash and assets (§5.7, §5.8, §5.10).

use crate::wire::fields::wire_fields;

wire_fields! { request
    /// 주식잔고조회 (§5.7): query of `inquire-balance`.
    InquireBalanceQuery {
        /// Account, eight digits.
        cano: 8,
        /// Kind of account: 01 brokerage.
        acnt_prdt_cd: 2,
        /// Price of the valuation, from 2026-09-14: N regular close of KRX, X NXT, Y both together.
        afhr_flpr_yn: 1,
        /// Blank.
        ofl_yn: 1,
        /// 01 by loan date, 02 by symbol.
        inqr_dvsn: 2,
        /// 01.
        unpr_dvsn: 2,
        /// With fund settlements, Y or N.
        fund_sttl_icld_yn: 1,
        /// N.
        fncg_amt_auto_rdpt_yn: 1,
        /// 00 with the trades of the day before, 01 without.
        prcs_dvsn: 2,
        /// Continuation key, blank first, then as it came.
        ctx_area_fk100: 100,
        /// Continuation key, blank first, then as it came.
        ctx_area_nk100: 100,
    }
}

wire_fields! { answer
    /// A holding (§5.7). Sold-out rows stay with a quantity of 0 until they are settled.
    InquireBalanceRow {
        /// Symbol; its last six characters count.
        pdno: 12,
        /// Product name.
        prdt_name: 60,
        /// Trade class (현금 cash, 자기융자 margin …).
        trad_dvsn_name: 60,
        /// Previous-day buy qty.
        bfdy_buy_qty: 10,
        /// Previous-day sell qty.
        bfdy_sll_qty: 10,
        /// Today's buy quantity; no underscore before `qty`.
        #[serde(alias = "thdt_buy_qty")]
        thdt_buyqty: 10,
        /// Today's sell qty.
        thdt_sll_qty: 10,
        /// Holding quantity (trade-date basis).
        hldg_qty: 19,
        /// Quantity that can be sold now.
        ord_psbl_qty: 10,
        /// Average purchase price.
        pchs_avg_pric: 22,
        /// Purchase amount.
        pchs_amt: 19,
        /// Current price.
        prpr: 19,
        /// Valuation amount.
        evlu_amt: 19,
        /// Unrealised P/L.
        evlu_pfls_amt: 19,
        /// Unrealised P/L %.
        evlu_pfls_rt: 9,
        /// Unused (0).
        evlu_erng_rt: 31,
        /// Loan date YYYYMMDD.
        loan_dt: 8,
        /// Loan amount.
        loan_amt: 19,
        /// Short-loan sale proceeds.
        stln_slng_chgs: 19,
        /// Loan expiry date.
        expd_dt: 8,
        /// Change %.
        fltt_rt: 31,
        /// Change vs previous day.
        bfdy_cprs_icdc: 19,
        /// Margin-rate name.
        item_mgna_rt_name: 20,
        /// Deposit-rate name.
        grta_rt_name: 20,
        /// Substitute (collateral) price.
        sbst_pric: 19,
        /// Stock loan unit price.
        stck_loan_unpr: 22,
    }
}

wire_fields! { answer
    /// Cash and totals (§5.7), the same on every page.
    InquireBalanceSummary {
        /// Deposit (예수금).
        dnca_tot_amt: 19,
        /// D+1 deposit.
        nxdy_excc_amt: 19,
        /// D+2 deposit (가수도정산금액).
        prvs_rcdl_excc_amt: 19,
        /// CMA valuation.
        cma_evlu_amt: 19,
        /// Previous-day buy amount.
        bfdy_buy_amt: 19,
        /// Today's buy amount.
        thdt_buy_amt: 19,
        /// D+1 auto redemption.
        nxdy_auto_rdpt_amt: 19,
        /// Previous-day sell amount.
        bfdy_sll_amt: 19,
        /// Today's sell amount.
        thdt_sll_amt: 19,
        /// D+2 auto redemption.
        d2_auto_rdpt_amt: 19,
        /// Previous-day costs (fees+tax).
        bfdy_tlex_amt: 19,
        /// Today's costs.
        thdt_tlex_amt: 19,
        /// Total loans.
        tot_loan_amt: 19,
        /// Securities valuation.
        scts_evlu_amt: 19,
        /// Total = securities valuation + D+2 deposit.
        tot_evlu_amt: 19,
        /// Net assets.
        nass_amt: 19,
        /// Margin-loan auto redemption Y/N.
        fncg_gld_auto_rdpt_yn: 1,
        /// Sum of purchase amounts.
        pchs_amt_smtl_amt: 19,
        /// Sum of valuations.
        evlu_amt_smtl_amt: 19,
        /// Sum of unrealised P/L.
        evlu_pfls_smtl_amt: 19,
        /// Total short-loan proceeds.
        tot_stln_slng_chgs: 19,
        /// Previous-day total asset valuation.
        bfdy_tot_asst_evlu_amt: 19,
        /// Asset change.
        asst_icdc_amt: 19,
        /// Asset change % (not populated).
        asst_icdc_erng_rt: 31,
    }
}

wire_fields! { request
    /// 주식잔고조회 실현손익 (§5.10): query of `inquire-balance-rlz-pl`, real only.
    InquireBalanceRlzPlQuery {
        /// Account, eight digits.
        cano: 8,
        /// Kind of account: 01 brokerage.
        acnt_prdt_cd: 2,
        /// Price of the valuation, from 2026-09-14: N regular close of KRX, X NXT, Y both together.
        afhr_flpr_yn: 1,
        /// Blank.
        ofl_yn: 1,
        /// 01 by loan date, 02 by symbol.
        inqr_dvsn: 2,
        /// 01.
        unpr_dvsn: 2,
        /// With fund settlements, Y or N.
        fund_sttl_icld_yn: 1,
        /// N.
        fncg_amt_auto_rdpt_yn: 1,
        /// 00 with the trades of the day before, 01 without.
        prcs_dvsn: 2,
        /// With costs, Y or N.
        cost_icld_yn: 1,
        /// Continuation key, blank first, then as it came.
        ctx_area_fk100: 100,
        /// Continuation key, blank first, then as it came.
        ctx_area_nk100: 100,
    }
}

wire_fields! { answer
    /// A holding (§5.10).
    InquireBalanceRlzPlRow {
        /// Symbol; its last six characters count.
        pdno: 12,
        /// Product name.
        prdt_name: 60,
        /// Trade class (현금 cash, 자기융자 margin …).
        trad_dvsn_name: 60,
        /// Previous-day buy qty.
        bfdy_buy_qty: 10,
        /// Previous-day sell qty.
        bfdy_sll_qty: 10,
        /// Today's buy quantity; no underscore before `qty`.
        #[serde(alias = "thdt_buy_qty")]
        thdt_buyqty: 10,
        /// Today's sell qty.
        thdt_sll_qty: 10,
        /// Holding quantity (trade-date basis).
        hldg_qty: 19,
        /// Quantity that can be sold now.
        ord_psbl_qty: 10,
        /// Average purchase price.
        pchs_avg_pric: 23,
        /// Purchase amount.
        pchs_amt: 19,
        /// Current price.
        prpr: 19,
        /// Valuation amount.
        evlu_amt: 19,
        /// Unrealised P/L.
        evlu_pfls_amt: 19,
        /// Unrealised P/L %.
        evlu_pfls_rt: 10,
        /// Unused (0).
        evlu_erng_rt: 32,
        /// Loan date YYYYMMDD.
        loan_dt: 8,
        /// Loan amount.
        loan_amt: 19,
        /// Short-loan sale proceeds.
        stln_slng_chgs: 19,
        /// Loan expiry date.
        expd_dt: 8,
        /// Stock loan unit price.
        stck_loan_unpr: 23,
        /// Change vs previous day.
        bfdy_cprs_icdc: 19,
        /// Change %.
        fltt_rt: 32,
    }
}

wire_fields! { answer
    /// Cash and totals with the profit or loss realised (§5.10).
    InquireBalanceRlzPlSummary {
        /// Deposit (예수금).
        dnca_tot_amt: 19,
        /// D+1 deposit.
        nxdy_excc_amt: 19,
        /// D+2 deposit (가수도정산금액).
        prvs_rcdl_excc_amt: 19,
        /// CMA valuation.
        cma_evlu_amt: 19,
        /// Previous-day buy amount.
        bfdy_buy_amt: 19,
        /// Today's buy amount.
        thdt_buy_amt: 19,
        /// D+1 auto redemption.
        nxdy_auto_rdpt_amt: 19,
        /// Previous-day sell amount.
        bfdy_sll_amt: 19,
        /// Today's sell amount.
        thdt_sll_amt: 19,
        /// D+2 auto redemption.
        d2_auto_rdpt_amt: 19,
        /// Previous-day costs (fees+tax).
        bfdy_tlex_amt: 19,
        /// Today's costs.
        thdt_tlex_amt: 19,
        /// Total loans.
        tot_loan_amt: 19,
        /// Securities valuation.
        scts_evlu_amt: 19,
        /// Total = securities valuation + D+2 deposit.
        tot_evlu_amt: 19,
        /// Net assets.
        nass_amt: 19,
        /// Margin-loan auto redemption Y/N.
        fncg_gld_auto_rdpt_yn: 1,
        /// Sum of purchase amounts.
        pchs_amt_smtl_amt: 19,
        /// Sum of valuations.
        evlu_amt_smtl_amt: 19,
        /// Sum of unrealised P/L.
        evlu_pfls_smtl_amt: 19,
        /// Total short-loan proceeds.
        tot_stln_slng_chgs: 19,
        /// Previous-day total asset valuation.
        bfdy_tot_asst_evlu_amt: 19,
        /// Asset change.
        asst_icdc_amt: 19,
        /// Asset change % (not populated).
        asst_icdc_erng_rt: 31,
        /// Realised profit or loss.
        rlzt_pfls: 19,
        /// Realised return, %.
        rlzt_erng_rt: 32,
        /// Real unrealised profit or loss.
        real_evlu_pfls: 19,
        /// The same in %.
        real_evlu_pfls_erng_rt: 32,
    }
}

wire_fields! { request
    /// 투자계좌자산현황조회 (§5.8): query of `inquire-account-balance`, real only.
    InquireAccountBalanceQuery {
        /// Account, eight digits.
        cano: 8,
        /// Kind of account: 01 brokerage.
        acnt_prdt_cd: 2,
        /// Blank.
        inqr_dvsn_1: 1,
        /// Blank.
        bspr_bf_dt_aply_yn: 1,
    }
}

wire_fields! { answer
    /// One of 20 classes of assets, in a fixed order; the last is the total (§5.8).
    InquireAccountBalanceRow {
        /// Purchase amount.
        pchs_amt: 19,
        /// Valuation amount.
        evlu_amt: 19,
        /// Unrealised P/L.
        evlu_pfls_amt: 19,
        /// Credit loan amount.
        crdt_lnd_amt: 19,
        /// Real net assets.
        real_nass_amt: 19,
        /// Weight %.
        whol_weit_rt: 22.8,
    }
}

wire_fields! { answer
    /// Totals of all assets (§5.8).
    InquireAccountBalanceSummary {
        /// Sum of purchase amounts.
        pchs_amt_smtl: 19,
        /// Total net assets.
        nass_tot_amt: 19,
        /// Sum of loans.
        loan_amt_smtl: 19,
        /// Sum of unrealised P/L.
        evlu_pfls_amt_smtl: 19,
        /// Sum of valuations.
        evlu_amt_smtl: 19,
        /// Total assets.
        tot_asst_amt: 19,
        /// Total loans + margin loans.
        tot_lnda_tot_ulst_lnda: 19,
        /// CMA auto loan.
        cma_auto_loan_amt: 19,
        /// Total collateral loans.
        tot_mgln_amt: 19,
        /// Short-loan valuation.
        stln_evlu_amt: 19,
        /// Margin financing.
        crdt_fncg_amt: 19,
        /// OCL/APL loans.
        ocl_apl_loan_amt: 19,
        /// Pledged amount.
        pldg_stup_amt: 19,
        /// Foreign-currency valuation.
        frcr_evlu_tota: 19,
        /// Total deposits.
        tot_dncl_amt: 19,
        /// CMA valuation.
        cma_evlu_amt: 19,
        /// Deposit.
        dncl_amt: 19,
        /// Total substitute.
        tot_sbst_amt: 19,
        /// Today's receivable (미수).
        thdt_rcvb_amt: 20,
        /// Overseas stock valuation.
        ovrs_stck_evlu_amt1: 23.6,
        /// Overseas bond valuation.
        ovrs_bond_evlu_amt: 23.6,
        /// MMF/CMA collateral loan.
        mmf_cma_mgge_loan_amt: 19,
        /// Subscription deposit.
        sbsc_dncl_amt: 19,
        /// IPO subscription loan used.
        pbst_sbsc_fnds_loan_use_amt: 20,
        /// Corporate credit loan.
        etpr_crdt_grnt_loan_amt: 19,
    }
}
