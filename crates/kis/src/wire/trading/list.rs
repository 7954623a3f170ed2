//! The lists of orders: those that are open, and those of some days (§5.4, §5.9).

use crate::wire::fields::wire_fields;

wire_fields! { request
    /// 정정취소가능주문조회 (§5.4): query of `inquire-psbl-rvsecncl`, real only.
    InquirePsblRvsecnclQuery {
        /// Account, eight digits.
        cano: 8,
        /// Kind of account: 01 brokerage.
        acnt_prdt_cd: 2,
        /// Continuation key, blank first, then as it came.
        ctx_area_fk100: 100,
        /// Continuation key, blank first, then as it came.
        ctx_area_nk100: 100,
        /// 0 by order, 1 by symbol.
        inqr_dvsn_1: 1,
        /// 0 all, 1 sell, 2 buy.
        inqr_dvsn_2: 1,
    }
}

wire_fields! { answer
    /// An order that can be amended or cancelled (§5.4). The widths are those of the daily list where it has the
    /// field: the documents are wrong here.
    InquirePsblRvsecnclRow {
        /// Branch that numbered the order (주문채번지점번호); half of its key.
        ord_gno_brno: 5,
        /// Order number, ten digits padded with zeros.
        odno: 10,
        /// Number of the original order when this row is an amend or a cancel; otherwise blank.
        orgn_odno: 10,
        /// Order-type name (지정가 …; English on some accounts).
        ord_dvsn_name: 60,
        /// Symbol; its last six characters count.
        pdno: 12,
        /// Product name.
        prdt_name: 60,
        /// Amend/cancel label (e.g. "BUY AMEND*"; "" if new order).
        rvse_cncl_dvsn_name: 5,
        /// Order quantity.
        ord_qty: 10,
        /// Order price per share.
        ord_unpr: 19,
        /// Order time HHMMSS.
        ord_tmd: 6,
        /// Cumulative filled quantity.
        tot_ccld_qty: 10,
        /// Cumulative filled amount.
        tot_ccld_amt: 19,
        /// Quantity that can still be amended/cancelled.
        psbl_qty: 10,
        /// 01 sell, 02 buy.
        sll_buy_dvsn_cd: 2,
        /// ORD_DVSN code.
        ord_dvsn_cd: 2,
        /// Manager-assigned order number (institutions; "" otherwise).
        mgco_aptm_odno: 5,
        /// Venue as a number: 02 KOSPI, 03 KOSDAQ, 12 seen for SOR, 61, 64, 65 and 81 special sessions.
        excg_dvsn_cd: 2,
        /// Venue: KRX, NXT or SOR.
        excg_id_dvsn_cd: 3,
        /// Venue name.
        excg_id_dvsn_name: 100,
        /// Stop-limit trigger price.
        stpm_cndt_pric: 9,
        /// Stop-limit triggered Y/N.
        stpm_efct_occr_yn: 1,
    }
}

wire_fields! { request
    /// 주식일별주문체결조회 (§5.9): query of `inquire-daily-ccld`.
    InquireDailyCcldQuery {
        /// Account, eight digits.
        cano: 8,
        /// Kind of account: 01 brokerage.
        acnt_prdt_cd: 2,
        /// First order date.
        inqr_strt_dt: 8,
        /// Last order date.
        inqr_end_dt: 8,
        /// 00 all, 01 sell, 02 buy.
        sll_buy_dvsn_cd: 2,
        /// Symbol; blank for all.
        pdno: 12,
        /// Branch or blank.
        ord_gno_brno: 5,
        /// Order number or blank.
        odno: 10,
        /// 00 all, 01 filled, 02 unfilled.
        ccld_dvsn: 2,
        /// 00 newest first, 01 oldest first.
        inqr_dvsn: 2,
        /// Blank all, 1 ELW, 2 pre-board.
        inqr_dvsn_1: 1,
        /// 00 all, 01 cash, 02 and more credit.
        inqr_dvsn_3: 2,
        /// KRX, NXT, SOR or ALL; in mock KRX.
        excg_id_dvsn_cd: 3,
        /// Continuation key, blank first, then as it came.
        ctx_area_fk100: 100,
        /// Continuation key, blank first, then as it came.
        ctx_area_nk100: 100,
    }
}

wire_fields! { answer
    /// An order of the list of the day, one row for each order, not for each fill (§5.9).
    InquireDailyCcldRow {
        /// Order date YYYYMMDD.
        ord_dt: 8,
        /// Branch that numbered the order (주문채번지점번호); half of its key.
        ord_gno_brno: 5,
        /// Order number, ten digits padded with zeros.
        odno: 10,
        /// Number of the original order when this row is an amend or a cancel; otherwise blank.
        orgn_odno: 10,
        /// Order-type name (지정가 …; English on some accounts).
        ord_dvsn_name: 60,
        /// 01 sell, 02 buy.
        sll_buy_dvsn_cd: 2,
        /// Side label (e.g. 현금매수, 매도정정, "BUY REJECT").
        sll_buy_dvsn_cd_name: 60,
        /// Symbol; its last six characters count.
        pdno: 12,
        /// Product name.
        prdt_name: 60,
        /// Order quantity.
        ord_qty: 10,
        /// Order price per share.
        ord_unpr: 19,
        /// Order time HHMMSS.
        ord_tmd: 6,
        /// Cumulative filled quantity.
        tot_ccld_qty: 10,
        /// Average fill price.
        avg_prvs: 19,
        /// Cancelled Y/N ("" when never).
        cncl_yn: 1,
        /// Cumulative filled amount.
        tot_ccld_amt: 19,
        /// Loan date YYYYMMDD.
        loan_dt: 8,
        /// Entry channel id (e.g. "OpnAPI").
        ordr_empno: 60,
        /// ORD_DVSN code.
        ord_dvsn_cd: 2,
        /// Confirmed cancelled quantity; documented as `cnc_cfrm_qty`.
        #[serde(alias = "cnc_cfrm_qty")]
        cncl_cfrm_qty: 10,
        /// Remaining (open) quantity.
        rmn_qty: 10,
        /// Rejected quantity.
        rjct_qty: 10,
        /// Execution condition name (없음/IOC/FOK, "None").
        ccld_cndt_name: 10,
        /// Order IP.
        inqr_ip_addr: 15,
        /// Order receipt class.
        cpbc_ordp_ord_rcit_dvsn_cd: 2,
        /// Notice method class.
        cpbc_ordp_infm_mthd_dvsn_cd: 2,
        /// Notice time HHMMSS.
        infm_tmd: 6,
        /// Contact phone.
        ctac_tlno: 20,
        /// Product type: 300 stock, ETF, ETN, ELW.
        prdt_type_cd: 3,
        /// Venue as a number: 02 KOSPI, 03 KOSDAQ, 12 seen for SOR, 61, 64, 65 and 81 special sessions.
        excg_dvsn_cd: 2,
        /// Order material class.
        cpbc_ordp_mtrl_dvsn_cd: 2,
        /// Ordering organisation number.
        ord_orgno: 5,
        /// Reservation end date.
        rsvn_ord_end_dt: 8,
        /// Venue: KRX, NXT or SOR; documented with a capital C.
        #[serde(alias = "excg_id_dvsn_Cd")]
        excg_id_dvsn_cd: 3,
        /// Stop-limit trigger price.
        stpm_cndt_pric: 9,
        /// Stop-limit trigger time, detailed.
        stpm_efct_occr_dtmd: 9,
    }
}

wire_fields! { answer
    /// Totals of the list of the day (§5.9); the keys mean what their names say.
    InquireDailyCcldSummary {
        /// Total ordered quantity.
        tot_ord_qty: 10,
        /// Cumulative filled quantity.
        tot_ccld_qty: 10,
        /// Cumulative filled amount.
        tot_ccld_amt: 19,
        /// Estimated costs total.
        prsm_tlex_smtl: 19,
        /// Average purchase price.
        pchs_avg_pric: 18.4,
    }
}
