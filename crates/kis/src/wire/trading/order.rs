//! New orders, amends, cancels, and what can be bought and sold (§5.2, §5.3, §5.5, §5.6).

use crate::wire::fields::wire_fields;

wire_fields! { request
    /// 현금 주문 (§5.2): body of `order-cash`; the TR id tells the side.
    OrderCashRequest {
        /// Account, eight digits.
        cano: 8,
        /// Kind of account: 01 brokerage.
        acnt_prdt_cd: 2,
        /// Symbol; an ETN with its Q.
        pdno: 12,
        /// Order division, §5.1.
        ord_dvsn: 2,
        /// Shares.
        ord_qty: 10,
        /// Price; 0 for divisions without one.
        ord_unpr: 19,
        /// Venue; KRX where blank.
        excg_id_dvsn_cd: 3,
        /// Kind of sale; 01 normal, blank for a buy.
        sll_type: 2,
        /// Stop price, of division 22 only.
        cndt_pric: 19,
    }
}

wire_fields! { request
    /// 정정취소 주문 (§5.3): body of `order-rvsecncl`.
    OrderRvsecnclRequest {
        /// Account, eight digits.
        cano: 8,
        /// Kind of account: 01 brokerage.
        acnt_prdt_cd: 2,
        /// Branch of the order; blank is taken too.
        krx_fwdg_ord_orgno: 5,
        /// Number of the order; leading zeros may be left out.
        orgn_odno: 10,
        /// Order division; an amend may change it.
        ord_dvsn: 2,
        /// 01 amend, 02 cancel.
        rvse_cncl_dvsn_cd: 2,
        /// Shares of a part; ignored where all of the rest is meant.
        ord_qty: 10,
        /// New price; 0 in a cancel.
        ord_unpr: 19,
        /// Y the whole rest, N a part.
        qty_all_ord_yn: 1,
        /// Stop price, of division 22 only.
        cndt_pric: 19,
        /// Venue of the order; KRX where blank.
        excg_id_dvsn_cd: 3,
    }
}

wire_fields! { answer
    /// The answer to an order, an amend or a cancel (§5.2, §5.3). The documents print the keys of amends in lower case.
    #[serde(rename_all = "UPPERCASE")]
    OrderOutput {
        /// Branch; amend and cancel name it.
        #[serde(alias = "krx_fwdg_ord_orgno")]
        krx_fwdg_ord_orgno: 5,
        /// Order number, padded with zeros.
        #[serde(alias = "odno")]
        odno: 10,
        /// Order time HHMMSS.
        #[serde(alias = "ord_tmd")]
        ord_tmd: 6,
        /// Seen since 2025-12, mostly blank.
        #[serde(alias = "sor_odno")]
        sor_odno: 10,
    }
}

wire_fields! { request
    /// 매수가능조회 (§5.5): query of `inquire-psbl-order`.
    InquirePsblOrderQuery {
        /// Account, eight digits.
        cano: 8,
        /// Kind of account: 01 brokerage.
        acnt_prdt_cd: 2,
        /// Symbol; blank together with the price asks for amounts only.
        pdno: 12,
        /// Price; blank for a market order.
        ord_unpr: 19,
        /// The division to be sent; 00 ignores the margin rate of the issue.
        ord_dvsn: 2,
        /// With the CMA.
        cma_evlu_amt_icld_yn: 1,
        /// With overseas assets.
        ovrs_icld_yn: 1,
    }
}

wire_fields! { answer
    /// What can be bought (§5.5).
    InquirePsblOrderOutput {
        /// Orderable cash.
        ord_psbl_cash: 19,
        /// Orderable substitute collateral (대용).
        ord_psbl_sbst: 19,
        /// Reusable amount from prior/today sales.
        ruse_psbl_amt: 19,
        /// Fund redemption proceeds.
        fund_rpch_chgs: 19,
        /// Unit price used for the quantity (upper limit price for market-type orders).
        psbl_qty_calc_unpr: 19,
        /// Buyable amount without margin (미수없는).
        nrcvb_buy_amt: 19,
        /// Buyable quantity without margin.
        nrcvb_buy_qty: 10,
        /// Maximum buyable amount incl. margin (미수).
        max_buy_amt: 19,
        /// Maximum buyable quantity incl. margin.
        max_buy_qty: 10,
        /// CMA valuation.
        cma_evlu_amt: 19,
        /// Overseas reusable amount in KRW.
        ovrs_re_use_amt_wcrc: 19,
        /// Orderable foreign currency in KRW.
        ord_psbl_frcr_amt_wcrc: 19,
    }
}

wire_fields! { request
    /// 매도가능수량조회 (§5.6): query of `inquire-psbl-sell`.
    InquirePsblSellQuery {
        /// Account, eight digits.
        cano: 8,
        /// Kind of account: 01 brokerage.
        acnt_prdt_cd: 2,
        /// Symbol.
        pdno: 12,
    }
}

wire_fields! { answer
    /// What can be sold of one issue (§5.6).
    InquirePsblSellOutput {
        /// Symbol; its last six characters count.
        pdno: 12,
        /// Product name.
        prdt_name: 60,
        /// Bought quantity.
        buy_qty: 10,
        /// Sold quantity.
        sll_qty: 10,
        /// Balance quantity.
        cblc_qty: 19,
        /// Non-savings quantity (비저축).
        nsvg_qty: 19,
        /// Quantity that can be sold now.
        ord_psbl_qty: 10,
        /// Average purchase price.
        pchs_avg_pric: 18.4,
        /// Purchase amount.
        pchs_amt: 19,
        /// Current price.
        now_pric: 8,
        /// Valuation amount.
        evlu_amt: 19,
        /// Unrealised P/L.
        evlu_pfls_amt: 19,
        /// Unrealised P/L %.
        evlu_pfls_rt: 7.2,
    }
}
