use exodus_domain::OrderState;
use proptest::prelude::*;

use super::*;

/// The order of the example of §5.9: ten shares, four filled.
fn row() -> InquireDailyCcldRow {
    let text = |text: &str| text.to_owned();
    InquireDailyCcldRow {
        ord_dt: text("20261001"),
        ord_gno_brno: text("91252"),
        odno: text("0000117057"),
        sll_buy_dvsn_cd: text("02"),
        sll_buy_dvsn_cd_name: text("현금매수"),
        pdno: text("00000A005930"),
        ord_qty: text("0000000010"),
        ord_unpr: text("71200"),
        ord_tmd: text("093015"),
        tot_ccld_qty: text("4"),
        avg_prvs: text("71200"),
        tot_ccld_amt: text("284800"),
        ord_dvsn_cd: text("00"),
        cncl_cfrm_qty: text("0"),
        rmn_qty: text("6"),
        rjct_qty: text("0"),
        excg_id_dvsn_cd: text("KRX"),
        ..InquireDailyCcldRow::default()
    }
}

fn counted(filled: &str, open: &str, cancelled: &str, rejected: &str) -> InquireDailyCcldRow {
    let amount = filled.parse::<i64>().expect("a number") * 71_200;
    InquireDailyCcldRow {
        tot_ccld_qty: filled.to_owned(),
        tot_ccld_amt: amount.to_string(),
        rmn_qty: open.to_owned(),
        cncl_cfrm_qty: cancelled.to_owned(),
        rjct_qty: rejected.to_owned(),
        ..row()
    }
}

fn state(row: &InquireDailyCcldRow) -> Result<OrderState, BadRow> {
    order_rows(std::slice::from_ref(row)).map(|rows| rows[0].facts.state())
}

#[test]
fn a_row_is_an_order() {
    let read = order_rows(&[row()]).expect("a list").remove(0);
    assert_eq!(read.id.0, "91252-0000117057");
    assert_eq!(split_order_id(&read.id), Some(("91252".to_owned(), "0000117057".to_owned())));
    assert_eq!((read.kind, read.division.known()), (RowKind::New, Some(OrderDivision::Limit)));
    assert_eq!(read.avg_price, Some(AvgPrice(712_000_000)));
    assert_eq!(read.date().to_string(), "2026-10-01");
    let order = read.into_broker_order();
    assert_eq!(order.fields.price, Some(Price(71_200)));
    assert_eq!(order.facts.state(), OrderState::Partial);
    assert_eq!(order.accepted_at.to_rfc3339(), "2026-10-01T00:30:15+00:00");
}

#[test]
fn quantities_tell_the_state() {
    for (filled, open, cancelled, rejected, expected) in [
        ("0", "10", "0", "0", OrderState::Acked),
        ("4", "6", "0", "0", OrderState::Partial),
        ("10", "0", "0", "0", OrderState::Filled),
        ("11", "0", "0", "0", OrderState::Filled),
        ("0", "0", "10", "0", OrderState::Cancelled),
        ("4", "0", "6", "0", OrderState::Cancelled),
        ("0", "0", "0", "10", OrderState::Rejected),
        ("4", "0", "0", "6", OrderState::Expired),
        ("0", "0", "", "10", OrderState::Rejected),
    ] {
        assert_eq!(state(&counted(filled, open, cancelled, rejected)), Ok(expected), "{filled} {open} {cancelled}");
    }
}

#[test]
fn what_nothing_explains_is_no_list() {
    let unexplained = counted("4", "0", "0", "0");
    assert!(state(&unexplained).is_err_and(|bad| bad.to_string().contains("0000117057")));
    let cases: [fn(&mut InquireDailyCcldRow); 10] = [
        |row| row.rmn_qty.clear(),
        |row| row.tot_ccld_qty.clear(),
        |row| row.ord_qty = "ten".to_owned(),
        |row| row.tot_ccld_amt = "0".to_owned(),
        |row| row.sll_buy_dvsn_cd = "03".to_owned(),
        |row| row.ord_unpr = "0".to_owned(),
        |row| row.ord_tmd = "250000".to_owned(),
        |row| row.odno.clear(),
        |row| row.pdno = "X".to_owned(),
        |row| row.rmn_qty = "-6".to_owned(),
    ];
    for spoil in cases {
        let mut spoiled = row();
        spoil(&mut spoiled);
        assert!(order_rows(&[row(), spoiled.clone()]).is_err(), "{spoiled:?}");
    }
}

#[test]
fn changes_name_their_original() {
    let change = |odno: &str, label: &str| InquireDailyCcldRow {
        odno: odno.to_owned(),
        orgn_odno: "117057".to_owned(),
        sll_buy_dvsn_cd_name: label.to_owned(),
        ..counted("0", "0", "0", "0")
    };
    let cancel = order_rows(&[counted("4", "0", "6", "0"), change("118342", "매수취소*")]).expect("a list");
    assert_eq!(cancel[1].kind, RowKind::Cancel);
    assert_eq!(cancel[1].original, Some(cancel[0].id.clone()));
    assert_eq!(cancel[1].facts.state(), OrderState::Cancelled);
    // The broker need not say more of an amended order than that another one names it.
    let amend = InquireDailyCcldRow { rmn_qty: "6".to_owned(), ..change("118343", "BUY AMEND*") };
    let amended = order_rows(&[counted("4", "0", "0", "0"), amend]).expect("a list");
    assert_eq!((amended[0].facts.state(), amended[1].kind), (OrderState::Cancelled, RowKind::Amend));
    assert!(order_rows(&[change("118344", "?")]).is_err());
    let zeros = InquireDailyCcldRow { orgn_odno: "0000000000".to_owned(), ..row() };
    assert_eq!(order_rows(&[zeros]).expect("a list")[0].kind, RowKind::New);
}

#[test]
fn the_later_row_of_an_order_stands() {
    let rows = order_rows(&[row(), counted("10", "0", "0", "0")]).expect("a list");
    assert_eq!(rows.iter().map(|row| row.facts.state()).collect::<Vec<_>>(), [OrderState::Filled]);
    let yesterday = InquireDailyCcldRow { ord_dt: "20260930".to_owned(), ..row() };
    assert_eq!(order_rows(&[row(), yesterday]).expect("a list").len(), 2, "numbers come again on other days");
}

#[test]
fn words_that_describe_do_not_stop_a_list() {
    let strange = InquireDailyCcldRow { ord_dvsn_cd: "99".to_owned(), excg_id_dvsn_cd: "ATS".to_owned(), ..row() };
    let read = order_rows(&[strange]).expect("a list").remove(0);
    assert_eq!((read.division, read.exchange), (Known::Other("99".to_owned()), Known::Other("ATS".to_owned())));
    assert_eq!(read.fields.order_type, OrderType::Limit);
    let market = InquireDailyCcldRow { ord_dvsn_cd: "01".to_owned(), ord_unpr: "0".to_owned(), ..row() };
    let read = order_rows(&[market]).expect("a list").remove(0);
    assert_eq!((read.fields.order_type, read.fields.price), (OrderType::Market, None));
}

#[test]
fn holdings_are_those_with_shares() {
    let held = |pdno: &str, quantity: &str, cost: &str| InquireBalanceRow {
        pdno: pdno.to_owned(),
        hldg_qty: quantity.to_owned(),
        ord_psbl_qty: quantity.to_owned(),
        pchs_amt: cost.to_owned(),
        prpr: "71500".to_owned(),
        ..InquireBalanceRow::default()
    };
    let rows = [held("005930", "10", "712000"), held("000660", "0", "0"), held("A005930", "12", "854400")];
    let read = holdings(&rows).expect("holdings");
    assert_eq!(read.len(), 1);
    assert_eq!((read[0].holding.quantity, read[0].holding.cost, read[0].sellable), (Qty(12), Won(854_400), Qty(12)));
    assert!(holdings(&[held("005930", "", "1")]).is_err() && holdings(&[held("005930", "1", "")]).is_err());
}

proptest! {
    /// Whatever the quantities are, a row is either refused or tells a state that agrees with them.
    #[test]
    fn a_state_agrees_with_its_quantities(filled in 0_i64..12, open in 0_i64..12, cancelled in 0_i64..12, rejected in 0_i64..12) {
        let text = |number: i64| number.to_string();
        match state(&counted(&text(filled), &text(open), &text(cancelled), &text(rejected))) {
            Ok(OrderState::Filled) => prop_assert!(filled >= 10),
            Ok(OrderState::Acked | OrderState::Partial) => prop_assert!(open > 0 && filled < 10),
            Ok(OrderState::Cancelled) => prop_assert!(open == 0 && cancelled > 0),
            Ok(OrderState::Rejected | OrderState::Expired) => prop_assert!(open == 0 && cancelled == 0 && rejected > 0),
            Ok(other) => prop_assert!(false, "{other}"),
            Err(_) => prop_assert!(open == 0 && cancelled == 0 && rejected == 0 && filled < 10),
        }
    }

    #[test]
    fn nothing_panics(texts in prop::collection::vec("\\PC{0,12}", 12)) {
        let text = |place: usize| texts[place].clone();
        let row = InquireDailyCcldRow {
            ord_dt: text(0), ord_gno_brno: text(1), odno: text(2), orgn_odno: text(3), sll_buy_dvsn_cd: text(4),
            pdno: text(5), ord_qty: text(6), ord_unpr: text(7), ord_tmd: text(8), tot_ccld_qty: text(9),
            tot_ccld_amt: text(10), rmn_qty: text(11), ..InquireDailyCcldRow::default()
        };
        let _ = order_rows(&[row]);
    }
}
