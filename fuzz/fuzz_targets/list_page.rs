//! Pages of lists: as JSON, and as rows whose fields are the lines of the input.
#![no_main]

use exodus_domain::OrderState;
use exodus_kis::wire::envelope::{Holdings, Ledger, OpenOrders, read};
use exodus_kis::wire::trading::rows::{OrderRow, RowKind, holdings, open_orders, order_rows};
use exodus_kis::wire::trading::{
    InquireBalanceRow, InquireBalanceSummary, InquireDailyCcldRow, InquireDailyCcldSummary, InquirePsblRvsecnclRow,
};
use libfuzzer_sys::fuzz_target;

/// What every row that is believed must keep.
fn check(row: &OrderRow) {
    let facts = row.facts;
    assert!(facts.order_qty.0 >= 0 && facts.cum_qty.0 >= 0);
    assert_eq!(facts.cum_qty.is_positive(), facts.cum_amount.is_positive());
    assert_eq!(row.original.is_some(), row.kind != RowKind::New);
    assert!(row.kind != RowKind::Cancel || facts.end.is_some());
    assert!(facts.state() != OrderState::Unknown);
}

/// Rows of 19 lines each.
fn rows_of(text: &str) -> Vec<InquireDailyCcldRow> {
    let lines: Vec<&str> = text.lines().collect();
    let row = |lines: &[&str]| {
        let line = |place: usize| lines.get(place).copied().unwrap_or_default().to_owned();
        InquireDailyCcldRow {
            ord_dt: line(0),
            ord_gno_brno: line(1),
            odno: line(2),
            orgn_odno: line(3),
            sll_buy_dvsn_cd: line(4),
            sll_buy_dvsn_cd_name: line(5),
            pdno: line(6),
            ord_qty: line(7),
            ord_unpr: line(8),
            ord_tmd: line(9),
            tot_ccld_qty: line(10),
            avg_prvs: line(11),
            cncl_yn: line(12),
            tot_ccld_amt: line(13),
            ord_dvsn_cd: line(14),
            cncl_cfrm_qty: line(15),
            rmn_qty: line(16),
            rjct_qty: line(17),
            excg_id_dvsn_cd: line(18),
            ..InquireDailyCcldRow::default()
        }
    };
    lines.chunks(19).map(row).collect()
}

fuzz_target!(|page: &[u8]| {
    if let Ok(list) = read::<Ledger<InquireDailyCcldRow, InquireDailyCcldSummary>>(page) {
        order_rows(&list.output1).iter().flatten().for_each(check);
    }
    if let Ok(list) = read::<OpenOrders<InquirePsblRvsecnclRow>>(page) {
        let _ = open_orders(&list.output);
    }
    if let Ok(list) = read::<Holdings<InquireBalanceRow, InquireBalanceSummary>>(page) {
        for held in holdings(&list.output1).iter().flatten() {
            assert!(held.holding.quantity.is_positive());
        }
    }
    if let Ok(text) = std::str::from_utf8(page) {
        order_rows(&rows_of(text)).iter().flatten().for_each(check);
    }
});
