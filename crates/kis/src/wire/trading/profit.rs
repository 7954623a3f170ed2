//! Profit and loss by day and by issue (§5.11, §5.12).

use crate::wire::fields::wire_fields;

wire_fields! { request
    /// 기간별손익일별합산조회 (§5.11): query of `inquire-period-profit`, real only.
    InquirePeriodProfitQuery {
        /// Account, eight digits.
        cano: 8,
        /// Kind of account: 01 brokerage.
        acnt_prdt_cd: 2,
        /// First day.
        inqr_strt_dt: 8,
        /// Last day.
        inqr_end_dt: 8,
        /// Symbol; blank for all.
        pdno: 12,
        /// 00 or 02 newest first, 01 oldest first.
        sort_dvsn: 2,
        /// 00.
        inqr_dvsn: 2,
        /// 00.
        cblc_dvsn: 2,
        /// Continuation key, blank first, then as it came.
        ctx_area_fk100: 100,
        /// Continuation key, blank first, then as it came.
        ctx_area_nk100: 100,
    }
}

wire_fields! { answer
    /// A day (§5.11).
    InquirePeriodProfitRow {
        /// Trade date.
        trad_dt: 8,
        /// Buy amount.
        buy_amt: 19,
        /// Sell amount.
        sll_amt: 19,
        /// Realised P/L.
        rlzt_pfls: 19,
        /// Commission.
        fee: 19,
        /// Loan interest.
        loan_int: 19,
        /// Taxes.
        tl_tax: 19,
        /// P/L %.
        pfls_rt: 23.8,
        /// Sell quantity.
        sll_qty1: 19,
        /// Buy quantity.
        buy_qty1: 9,
    }
}

wire_fields! { answer
    /// Totals of the period (§5.11).
    InquirePeriodProfitSummary {
        /// Sell quantity total.
        sll_qty_smtl: 19,
        /// Sell amount total.
        sll_tr_amt_smtl: 19,
        /// Sell commission total.
        sll_fee_smtl: 19,
        /// Sell tax total.
        sll_tltx_smtl: 19,
        /// Sell settlement total.
        sll_excc_amt_smtl: 19,
        /// Buy quantity total.
        buy_qty_smtl: 19,
        /// Buy amount total.
        buy_tr_amt_smtl: 19,
        /// Buy commission total.
        buy_fee_smtl: 19,
        /// Buy tax total.
        buy_tax_smtl: 19,
        /// Buy settlement total.
        buy_excc_amt_smtl: 19,
        /// Total quantity.
        tot_qty: 10,
        /// Total traded amount.
        tot_tr_amt: 19,
        /// Total commission.
        tot_fee: 19,
        /// Total tax.
        tot_tltx: 19,
        /// Total settlement.
        tot_excc_amt: 19,
        /// Total realised P/L.
        tot_rlzt_pfls: 19,
        /// Loan interest.
        loan_int: 19,
    }
}

wire_fields! { request
    /// 기간별매매손익현황조회 (§5.12): query of `inquire-period-trade-profit`, real only.
    InquirePeriodTradeProfitQuery {
        /// Account, eight digits.
        cano: 8,
        /// Kind of account: 01 brokerage.
        acnt_prdt_cd: 2,
        /// 00 or 02 newest first, 01 oldest first.
        sort_dvsn: 2,
        /// Symbol; blank for all.
        pdno: 12,
        /// First day.
        inqr_strt_dt: 8,
        /// Last day.
        inqr_end_dt: 8,
        /// 00.
        cblc_dvsn: 2,
        /// Continuation key, blank first, then as it came.
        ctx_area_fk100: 100,
        /// Continuation key, blank first, then as it came.
        ctx_area_nk100: 100,
    }
}

wire_fields! { answer
    /// An issue on a day (§5.12).
    InquirePeriodTradeProfitRow {
        /// Trade date.
        trad_dt: 8,
        /// Symbol; its last six characters count.
        pdno: 12,
        /// Product name.
        prdt_name: 60,
        /// Trade class (현금 cash, 자기융자 margin …).
        trad_dvsn_name: 60,
        /// Loan date YYYYMMDD.
        loan_dt: 8,
        /// Holding quantity (trade-date basis).
        hldg_qty: 19,
        /// Purchase unit price.
        pchs_unpr: 19,
        /// Bought quantity.
        buy_qty: 10,
        /// Buy amount.
        buy_amt: 19,
        /// Sell price.
        sll_pric: 10,
        /// Sold quantity.
        sll_qty: 10,
        /// Sell amount.
        sll_amt: 19,
        /// Realised P/L.
        rlzt_pfls: 19,
        /// P/L %.
        pfls_rt: 23.8,
        /// Commission.
        fee: 19,
        /// Taxes.
        tl_tax: 19,
        /// Loan interest.
        loan_int: 19,
    }
}

wire_fields! { answer
    /// Totals of the period (§5.12).
    InquirePeriodTradeProfitSummary {
        /// Sell quantity total.
        sll_qty_smtl: 19,
        /// Sell amount total.
        sll_tr_amt_smtl: 19,
        /// Sell commission total.
        sll_fee_smtl: 19,
        /// Sell tax total.
        sll_tltx_smtl: 19,
        /// Sell settlement total.
        sll_excc_amt_smtl: 19,
        /// Buy quantity total; spelled unlike its sisters.
        #[serde(alias = "buy_qty_smtl")]
        buyqty_smtl: 8,
        /// Buy amount total.
        buy_tr_amt_smtl: 19,
        /// Buy commission total.
        buy_fee_smtl: 19,
        /// Buy tax total.
        buy_tax_smtl: 19,
        /// Buy settlement total.
        buy_excc_amt_smtl: 19,
        /// Total quantity.
        tot_qty: 10,
        /// Total traded amount.
        tot_tr_amt: 19,
        /// Total commission.
        tot_fee: 19,
        /// Total tax.
        tot_tltx: 19,
        /// Total settlement.
        tot_excc_amt: 19,
        /// Total realised P/L.
        tot_rlzt_pfls: 19,
        /// Loan interest.
        loan_int: 19,
        /// Total return %.
        tot_pftrt: 23.8,
    }
}
