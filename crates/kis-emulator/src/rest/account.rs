//! Holdings, cash and what can be ordered with them (kis-openapi §5.5–§5.8, §5.10).

use exodus_domain::{OrderStyle, Won};
use exodus_kis::wire::codes::OrderDivision;
use exodus_kis::wire::envelope::{Holdings, One, Pair};
use exodus_kis::wire::number;
use exodus_kis::wire::trading::{
    InquireAccountBalanceRow, InquireAccountBalanceSummary, InquireBalanceQuery, InquireBalanceRlzPlQuery,
    InquireBalanceRlzPlRow, InquireBalanceRlzPlSummary, InquireBalanceRow, InquireBalanceSummary,
    InquirePsblOrderOutput, InquirePsblOrderQuery, InquirePsblSellOutput, InquirePsblSellQuery,
};

use super::Ask;
use super::answer::{Answer, KEY_WIDTH, Reject};
use super::orders::{refused, symbol};
use super::pages::page;
use super::quotes::price::COLLATERAL_PERCENT;
use super::text::{average, percent, rate2, rate8};
use crate::world::{Balance, CashSummary, HoldingRow};

/// Rows of the asset summary, in the broker's order (§5.8); stocks come first, deposit and total have fixed places.
const ASSET_ROWS: usize = 20;
const STOCK_ROW: usize = 0;
const DEPOSIT_ROW: usize = 17;
const TOTAL_ROW: usize = 19;

fn balance(ask: &Ask<'_>) -> Result<Balance, Reject> {
    let account = ask.account();
    let balance = ask.shared.with_world(|world, now| {
        let past = ask.shared.past();
        match ask.faults.list_lag.and_then(|lag| past.of(&account, now - lag)) {
            Some(stood) => Ok(stood.balance.clone()),
            None => world.balance(&account, now),
        }
    });
    balance.map_err(|refusal| refused(&refusal, ask.environment))
}

/// `GET inquire-balance`. Rows sold out stay until they are settled; the summary stands on every page.
pub(crate) fn holdings(ask: &Ask<'_>) -> Result<Answer, Reject> {
    let query: InquireBalanceQuery = ask.read()?;
    let Balance { rows, cash } = balance(ask)?;
    let criteria = [query.afhr_flpr_yn.trim(), query.inqr_dvsn.trim(), query.prcs_dvsn.trim()];
    let page = page(ask, rows, |row| row.symbol.to_string(), &criteria, &query.ctx_area_nk100, KEY_WIDTH)?;
    let body = Holdings {
        ctx_area_fk100: page.fk,
        ctx_area_nk100: page.nk,
        output1: page.rows.iter().map(holding).collect(),
        output2: vec![summary(&cash)],
    };
    Ok(Answer::ledger(page.code, page.tr_cont, &body))
}

fn holding(row: &HoldingRow) -> InquireBalanceRow {
    let change = if row.base_price.0 > 0 { row.price.0 - row.base_price.0 } else { 0 };
    let profit = percent(row.profit.0, row.cost.0);
    InquireBalanceRow {
        pdno: row.symbol.to_string(),
        prdt_name: row.name_ko.clone(),
        trad_dvsn_name: "현금".to_owned(),
        bfdy_buy_qty: row.bought_before.0.to_string(),
        bfdy_sll_qty: row.sold_before.0.to_string(),
        thdt_buyqty: row.bought_today.0.to_string(),
        thdt_sll_qty: row.sold_today.0.to_string(),
        hldg_qty: row.quantity.0.to_string(),
        ord_psbl_qty: row.sellable.0.to_string(),
        pchs_avg_pric: average(row.average),
        pchs_amt: row.cost.0.to_string(),
        prpr: row.price.0.to_string(),
        evlu_amt: row.value.0.to_string(),
        evlu_pfls_amt: row.profit.0.to_string(),
        evlu_pfls_rt: rate2(profit),
        evlu_erng_rt: rate8(profit),
        loan_amt: zero(),
        stln_slng_chgs: zero(),
        fltt_rt: rate8(percent(change, row.base_price.0)),
        bfdy_cprs_icdc: change.to_string(),
        item_mgna_rt_name: "20%".to_owned(),
        sbst_pric: (row.base_price.0 * COLLATERAL_PERCENT / 100).to_string(),
        stck_loan_unpr: "0.0000".to_owned(),
        ..InquireBalanceRow::default()
    }
}

fn zero() -> String {
    "0".to_owned()
}

fn summary(cash: &CashSummary) -> InquireBalanceSummary {
    let won = |amount: Won| amount.0.to_string();
    InquireBalanceSummary {
        dnca_tot_amt: won(cash.d),
        nxdy_excc_amt: won(cash.d1),
        prvs_rcdl_excc_amt: won(cash.d2),
        cma_evlu_amt: zero(),
        bfdy_buy_amt: won(cash.bought_before),
        thdt_buy_amt: won(cash.bought_today),
        nxdy_auto_rdpt_amt: zero(),
        bfdy_sll_amt: won(cash.sold_before),
        thdt_sll_amt: won(cash.sold_today),
        d2_auto_rdpt_amt: zero(),
        bfdy_tlex_amt: won(cash.costs_before),
        thdt_tlex_amt: won(cash.costs_today),
        tot_loan_amt: zero(),
        scts_evlu_amt: won(cash.value),
        tot_evlu_amt: won(cash.total),
        nass_amt: won(cash.total),
        fncg_gld_auto_rdpt_yn: String::new(),
        pchs_amt_smtl_amt: won(cash.cost),
        evlu_amt_smtl_amt: won(cash.value),
        evlu_pfls_smtl_amt: won(cash.profit),
        tot_stln_slng_chgs: zero(),
        bfdy_tot_asst_evlu_amt: won(cash.total_before),
        asst_icdc_amt: won(cash.total - cash.total_before),
        asst_icdc_erng_rt: rate8(0.0),
    }
}

/// `GET inquire-balance-rlz-pl`: the same with what was realised today.
pub(crate) fn realised(ask: &Ask<'_>) -> Result<Answer, Reject> {
    let query: InquireBalanceRlzPlQuery = ask.read()?;
    let Balance { rows, cash } = balance(ask)?;
    let criteria = [query.afhr_flpr_yn.trim(), query.inqr_dvsn.trim(), query.cost_icld_yn.trim()];
    let page = page(ask, rows, |row| row.symbol.to_string(), &criteria, &query.ctx_area_nk100, KEY_WIDTH)?;
    let body = Holdings {
        ctx_area_fk100: page.fk,
        ctx_area_nk100: page.nk,
        output1: page.rows.iter().map(realised_row).collect(),
        output2: vec![realised_summary(&cash)],
    };
    Ok(Answer::ledger(page.code, page.tr_cont, &body))
}

fn realised_row(row: &HoldingRow) -> InquireBalanceRlzPlRow {
    let row = holding(row);
    InquireBalanceRlzPlRow {
        pdno: row.pdno,
        prdt_name: row.prdt_name,
        trad_dvsn_name: row.trad_dvsn_name,
        bfdy_buy_qty: row.bfdy_buy_qty,
        bfdy_sll_qty: row.bfdy_sll_qty,
        thdt_buyqty: row.thdt_buyqty,
        thdt_sll_qty: row.thdt_sll_qty,
        hldg_qty: row.hldg_qty,
        ord_psbl_qty: row.ord_psbl_qty,
        pchs_avg_pric: row.pchs_avg_pric,
        pchs_amt: row.pchs_amt,
        prpr: row.prpr,
        evlu_amt: row.evlu_amt,
        evlu_pfls_amt: row.evlu_pfls_amt,
        evlu_pfls_rt: row.evlu_pfls_rt,
        evlu_erng_rt: row.evlu_erng_rt,
        loan_dt: row.loan_dt,
        loan_amt: row.loan_amt,
        stln_slng_chgs: row.stln_slng_chgs,
        expd_dt: row.expd_dt,
        stck_loan_unpr: row.stck_loan_unpr,
        bfdy_cprs_icdc: row.bfdy_cprs_icdc,
        fltt_rt: row.fltt_rt,
    }
}

fn realised_summary(cash: &CashSummary) -> InquireBalanceRlzPlSummary {
    let of_balance = summary(cash);
    InquireBalanceRlzPlSummary {
        dnca_tot_amt: of_balance.dnca_tot_amt,
        nxdy_excc_amt: of_balance.nxdy_excc_amt,
        prvs_rcdl_excc_amt: of_balance.prvs_rcdl_excc_amt,
        cma_evlu_amt: of_balance.cma_evlu_amt,
        bfdy_buy_amt: of_balance.bfdy_buy_amt,
        thdt_buy_amt: of_balance.thdt_buy_amt,
        nxdy_auto_rdpt_amt: of_balance.nxdy_auto_rdpt_amt,
        bfdy_sll_amt: of_balance.bfdy_sll_amt,
        thdt_sll_amt: of_balance.thdt_sll_amt,
        d2_auto_rdpt_amt: of_balance.d2_auto_rdpt_amt,
        bfdy_tlex_amt: of_balance.bfdy_tlex_amt,
        thdt_tlex_amt: of_balance.thdt_tlex_amt,
        tot_loan_amt: of_balance.tot_loan_amt,
        scts_evlu_amt: of_balance.scts_evlu_amt,
        tot_evlu_amt: of_balance.tot_evlu_amt,
        nass_amt: of_balance.nass_amt,
        fncg_gld_auto_rdpt_yn: of_balance.fncg_gld_auto_rdpt_yn,
        pchs_amt_smtl_amt: of_balance.pchs_amt_smtl_amt,
        evlu_amt_smtl_amt: of_balance.evlu_amt_smtl_amt,
        evlu_pfls_smtl_amt: of_balance.evlu_pfls_smtl_amt,
        tot_stln_slng_chgs: of_balance.tot_stln_slng_chgs,
        bfdy_tot_asst_evlu_amt: of_balance.bfdy_tot_asst_evlu_amt,
        asst_icdc_amt: of_balance.asst_icdc_amt,
        asst_icdc_erng_rt: of_balance.asst_icdc_erng_rt,
        rlzt_pfls: cash.realised_today.0.to_string(),
        rlzt_erng_rt: rate8(percent(cash.realised_today.0, cash.total_before.0)),
        real_evlu_pfls: cash.profit.0.to_string(),
        real_evlu_pfls_erng_rt: rate8(percent(cash.profit.0, cash.cost.0)),
    }
}

/// `GET inquire-psbl-order`.
pub(crate) fn buyable(ask: &Ask<'_>) -> Result<Answer, Reject> {
    let query: InquirePsblOrderQuery = ask.read()?;
    let price = number::price(&query.ord_unpr).ok().flatten().filter(|price| price.0 > 0);
    let wanted = match query.pdno.trim() {
        "" => None,
        code => Some(symbol(code).map_err(|_| Reject::business("APBK0656"))?),
    };
    let style = query.ord_dvsn.trim().parse::<OrderDivision>().ok().map(OrderDivision::style);
    let style = match (style, price) {
        (Some(style), None) if style.has_price() => OrderStyle::Market,
        (Some(style), _) => style,
        // Own-share, block and basket types exist in this query only (§5.1).
        (None, Some(_)) => OrderStyle::Limit,
        (None, None) => OrderStyle::Market,
    };
    let account = ask.account();
    let price = price.filter(|_| style.has_price());
    let buyable = ask.shared.with_world(|world, now| world.buyable(&account, wanted, style, price, now));
    let buyable = buyable.map_err(|refusal| refused(&refusal, ask.environment))?;
    let output = InquirePsblOrderOutput {
        ord_psbl_cash: buyable.cash.0.to_string(),
        ord_psbl_sbst: zero(),
        ruse_psbl_amt: zero(),
        fund_rpch_chgs: zero(),
        psbl_qty_calc_unpr: buyable.unit_price.0.to_string(),
        nrcvb_buy_amt: buyable.amount.0.to_string(),
        nrcvb_buy_qty: buyable.quantity.0.to_string(),
        max_buy_amt: buyable.amount.0.to_string(),
        max_buy_qty: buyable.quantity.0.to_string(),
        cma_evlu_amt: zero(),
        ovrs_re_use_amt_wcrc: zero(),
        ord_psbl_frcr_amt_wcrc: zero(),
    };
    Ok(Answer::ledger("KIOK0510", "", &One { output }))
}

/// `GET inquire-psbl-sell`.
pub(crate) fn sellable(ask: &Ask<'_>) -> Result<Answer, Reject> {
    let query: InquirePsblSellQuery = ask.read()?;
    let Ok(symbol) = symbol(&query.pdno) else { return Err(Reject::business("APBK0656")) };
    let account = ask.account();
    let row = ask.shared.with_world(|world, now| world.sellable(&account, symbol, now));
    let row = row.map_err(|refusal| refused(&refusal, ask.environment))?;
    let output = InquirePsblSellOutput {
        pdno: row.symbol.to_string(),
        prdt_name: row.name_ko.clone(),
        buy_qty: row.bought_today.0.to_string(),
        sll_qty: row.sold_today.0.to_string(),
        cblc_qty: row.quantity.0.to_string(),
        nsvg_qty: zero(),
        ord_psbl_qty: row.sellable.0.to_string(),
        pchs_avg_pric: average(row.average),
        pchs_amt: row.cost.0.to_string(),
        now_pric: row.price.0.to_string(),
        evlu_amt: row.value.0.to_string(),
        evlu_pfls_amt: row.profit.0.to_string(),
        evlu_pfls_rt: rate2(percent(row.profit.0, row.cost.0)),
    };
    Ok(Answer::ledger("KIOK0510", "", &One { output }))
}

/// `GET inquire-account-balance`.
pub(crate) fn assets(ask: &Ask<'_>) -> Result<Answer, Reject> {
    let Balance { cash, .. } = balance(ask)?;
    let row = |cost: Won, value: Won, profit: Won| InquireAccountBalanceRow {
        pchs_amt: cost.0.to_string(),
        evlu_amt: value.0.to_string(),
        evlu_pfls_amt: profit.0.to_string(),
        crdt_lnd_amt: zero(),
        real_nass_amt: value.0.to_string(),
        whol_weit_rt: rate2(percent(value.0, cash.total.0)),
    };
    let mut output1 = vec![row(Won::ZERO, Won::ZERO, Won::ZERO); ASSET_ROWS];
    output1[STOCK_ROW] = row(cash.cost, cash.value, cash.profit);
    output1[DEPOSIT_ROW] = row(cash.d2, cash.d2, Won::ZERO);
    output1[TOTAL_ROW] = row(cash.cost + cash.d2, cash.total, cash.profit);
    let output2 = InquireAccountBalanceSummary {
        pchs_amt_smtl: cash.cost.0.to_string(),
        nass_tot_amt: cash.total.0.to_string(),
        loan_amt_smtl: zero(),
        evlu_pfls_amt_smtl: cash.profit.0.to_string(),
        evlu_amt_smtl: cash.value.0.to_string(),
        tot_asst_amt: cash.total.0.to_string(),
        tot_lnda_tot_ulst_lnda: zero(),
        cma_auto_loan_amt: zero(),
        tot_mgln_amt: zero(),
        stln_evlu_amt: zero(),
        crdt_fncg_amt: zero(),
        ocl_apl_loan_amt: zero(),
        pldg_stup_amt: zero(),
        frcr_evlu_tota: zero(),
        tot_dncl_amt: cash.d2.0.to_string(),
        cma_evlu_amt: zero(),
        dncl_amt: cash.d2.0.to_string(),
        tot_sbst_amt: zero(),
        thdt_rcvb_amt: zero(),
        ovrs_stck_evlu_amt1: "0.000000".to_owned(),
        ovrs_bond_evlu_amt: "0.000000".to_owned(),
        mmf_cma_mgge_loan_amt: zero(),
        sbsc_dncl_amt: zero(),
        pbst_sbsc_fnds_loan_use_amt: zero(),
        etpr_crdt_grnt_loan_amt: zero(),
    };
    Ok(Answer::ledger("KIOK0510", "", &Pair { output1, output2 }))
}
