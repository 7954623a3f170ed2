//! Reservations of orders for the next session (§5.13).

use crate::wire::fields::wire_fields;

wire_fields! { request
    /// 예약주문 (§5.13): body of `order-resv`, real only.
    OrderResvRequest {
        /// Account, eight digits.
        cano: 8,
        /// Kind of account: 01 brokerage.
        acnt_prdt_cd: 2,
        /// Symbol.
        pdno: 12,
        /// Shares.
        ord_qty: 10,
        /// Price; 0 for divisions 01 and 05.
        ord_unpr: 19,
        /// 01 sell, 02 buy.
        sll_buy_dvsn_cd: 2,
        /// Order division: 00, 01, 02 or 05.
        ord_dvsn_cd: 2,
        /// 10 cash; others for sales of borrowed shares.
        ord_objt_cblc_dvsn_cd: 2,
        /// Loan date.
        loan_dt: 8,
        /// Last day of a period order; blank for the next session only.
        rsvn_ord_end_dt: 8,
        /// Lending date.
        ldng_dt: 8,
    }
}

wire_fields! { request
    /// 예약주문정정취소 (§5.13): body of `order-resv-rvsecncl`, real only; the TR id tells which. A cancel leaves
    /// everything but account and reservation blank.
    OrderResvRvsecnclRequest {
        /// Account, eight digits.
        cano: 8,
        /// Kind of account: 01 brokerage.
        acnt_prdt_cd: 2,
        /// Symbol.
        pdno: 12,
        /// Shares.
        ord_qty: 10,
        /// Price; 0 for divisions 01 and 05.
        ord_unpr: 19,
        /// 01 sell, 02 buy.
        sll_buy_dvsn_cd: 2,
        /// Order division: 00, 01, 02 or 05.
        ord_dvsn_cd: 2,
        /// 10 cash; others for sales of borrowed shares.
        ord_objt_cblc_dvsn_cd: 2,
        /// Loan date.
        loan_dt: 8,
        /// Last day of a period order; blank for the next session only.
        rsvn_ord_end_dt: 8,
        /// Lending date.
        ldng_dt: 8,
        /// Telephone.
        ctal_tlno: 20,
        /// Number of the reservation.
        rsvn_ord_seq: 10,
        /// Branch.
        rsvn_ord_orgno: 5,
        /// Day of the reservation.
        rsvn_ord_ord_dt: 8,
    }
}

wire_fields! { answer
    /// The answer to a reservation (§5.13): keys in capitals, though the documents print them in lower case.
    #[serde(rename_all = "UPPERCASE")]
    OrderResvOutput {
        /// Number of the reservation.
        #[serde(alias = "rsvn_ord_seq")]
        rsvn_ord_seq: 10,
    }
}

wire_fields! { answer
    /// The answer to an amend or cancel of a reservation (§5.13).
    OrderResvRvsecnclOutput {
        /// Y when it is done.
        nrml_prcs_yn: 1,
    }
}

wire_fields! { request
    /// 예약주문조회 (§5.13): query of `order-resv-ccnl`, real only.
    OrderResvCcnlQuery {
        /// Account, eight digits.
        cano: 8,
        /// Kind of account: 01 brokerage.
        acnt_prdt_cd: 2,
        /// First day.
        rsvn_ord_ord_dt: 8,
        /// Last day.
        rsvn_ord_end_dt: 8,
        /// Number or blank.
        rsvn_ord_seq: 10,
        /// 00.
        tmnl_mdia_kind_cd: 2,
        /// 0 all, 1 processed, 2 not.
        prcs_dvsn_cd: 2,
        /// Y valid ones only.
        cncl_yn: 1,
        /// Symbol or blank.
        pdno: 12,
        /// 01 sell, 02 buy, blank all.
        sll_buy_dvsn_cd: 2,
        /// Continuation key, blank first, then as it came.
        ctx_area_fk200: 200,
        /// Continuation key, blank first, then as it came.
        ctx_area_nk200: 200,
    }
}

wire_fields! { answer
    /// A reservation (§5.13).
    OrderResvCcnlRow {
        /// Reservation sequence number.
        rsvn_ord_seq: 10,
        /// Date the reservation will be sent.
        rsvn_ord_ord_dt: 8,
        /// Reservation receipt date.
        rsvn_ord_rcit_dt: 8,
        /// Symbol; its last six characters count.
        pdno: 12,
        /// ORD_DVSN code.
        ord_dvsn_cd: 2,
        /// Reserved quantity.
        ord_rsvn_qty: 10,
        /// Cumulative filled quantity.
        tot_ccld_qty: 10,
        /// Cancel date.
        cncl_ord_dt: 8,
        /// Order time HHMMSS.
        ord_tmd: 6,
        /// Contact phone.
        ctac_tlno: 20,
        /// Reject reason text.
        rjct_rson2: 200,
        /// Order number, ten digits padded with zeros.
        odno: 10,
        /// Receipt time HHMMSS.
        rsvn_ord_rcit_tmd: 6,
        /// Short Korean name.
        kor_item_shtn_name: 60,
        /// 01 sell, 02 buy.
        sll_buy_dvsn_cd: 2,
        /// Reserved price.
        ord_rsvn_unpr: 19,
        /// Cumulative filled amount.
        tot_ccld_amt: 19,
        /// Loan date YYYYMMDD.
        loan_dt: 8,
        /// Cancel receipt time.
        cncl_rcit_tmd: 6,
        /// Processing result text.
        prcs_rslt: 60,
        /// Order-type name (지정가 …; English on some accounts).
        ord_dvsn_name: 60,
        /// Terminal media code.
        tmnl_mdia_kind_cd: 2,
        /// Reservation end date.
        rsvn_end_dt: 8,
    }
}
