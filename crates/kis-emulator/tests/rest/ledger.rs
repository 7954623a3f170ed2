//! Account reads beside the balance, and reservations (kis-openapi §5.8, §5.10–§5.13).

use exodus_kis_emulator::clock::ClockMode;
use exodus_kis_emulator::{EmulatorConfig, Environment};
use serde_json::json;

use crate::rig::{Rig, at, balance_query, config};

fn symbol(rig: &Rig) -> String {
    rig.emulator.with_world(|world, _| world.instruments()[0].symbol.to_string())
}

#[tokio::test]
async fn assets_are_twenty_rows_in_order_section_5_8() {
    let rig = Rig::start().await;
    let real = rig.session(Environment::Real).await;
    let told =
        real.ledger("inquire-account-balance", "CTRP6548R", &[("INQR_DVSN_1", ""), ("BSPR_BF_DT_APLY_YN", "")]).await;
    assert_eq!((told.code(), told.rows("/output1").len()), ("KIOK0510", 20));
    assert_eq!((told.text("/output1/19/evlu_amt"), told.text("/output2/tot_asst_amt")), ("100000000", "100000000"));
}

#[tokio::test]
async fn an_empty_account_has_a_summary_and_no_rows_section_5_7() {
    let rig = Rig::start().await;
    let real = rig.session(Environment::Real).await;
    let told = real.ledger("inquire-balance", "TTTC8434R", &balance_query()).await;
    assert_eq!((told.rows("/output1").len(), told.rows("/output2").len()), (0, 1));
    let realised = real.ledger("inquire-balance-rlz-pl", "TTTC8494R", &balance_query()).await;
    assert_eq!(realised.text("/output2/0/rlzt_pfls"), "0");
}

#[tokio::test]
async fn what_was_sold_stands_in_the_profits_section_5_11_and_5_12() {
    let rig = Rig::start().await;
    let symbol = symbol(&rig);
    let real = rig.session(Environment::Real).await;
    for (tr_id, quantity) in [("TTTC0012U", "4"), ("TTTC0011U", "3")] {
        let market = json!({ "PDNO": symbol, "ORD_DVSN": "01", "ORD_QTY": quantity, "ORD_UNPR": "0" });
        assert_eq!(real.order("order-cash", tr_id, market).await.code(), "APBK0013");
        rig.step(5);
    }
    let range = [
        ("INQR_STRT_DT", "20261001"),
        ("INQR_END_DT", "20261001"),
        ("PDNO", ""),
        ("SORT_DVSN", "00"),
        ("CBLC_DVSN", "00"),
    ];
    let days = real.ledger("inquire-period-profit", "TTTC8708R", &range).await;
    assert_eq!((days.text("/output1/0/buy_qty1"), days.text("/output1/0/sll_qty1")), ("4", "3"));
    assert_eq!(days.text("/output2/tot_rlzt_pfls"), days.text("/output1/0/rlzt_pfls"));
    let issues = real.ledger("inquire-period-trade-profit", "TTTC8715R", &range).await;
    assert_eq!(issues.text("/output1/0/pdno"), format!("00000A{symbol}"));
    assert_eq!((issues.text("/output1/0/hldg_qty"), issues.text("/output2/sll_qty_smtl")), ("1", "3"));
    assert_eq!(issues.text("/output2/tot_tltx"), days.text("/output2/tot_tltx"));
}

#[tokio::test]
async fn a_reservation_waits_for_the_next_session_section_5_13() {
    let clock = ClockMode::Stepped { start: at("2026-10-01T15:00:00+09:00") };
    let rig = Rig::with(EmulatorConfig { clock, ..config() }).await;
    let symbol = symbol(&rig);
    let real = rig.session(Environment::Real).await;
    let price =
        rig.emulator.with_world(|world, _| world.quote(symbol.parse().expect("a symbol")).expect("a quote").price.0);
    let body = json!({
        "PDNO": symbol, "ORD_QTY": "1", "ORD_UNPR": price.to_string(), "SLL_BUY_DVSN_CD": "02",
        "ORD_DVSN_CD": "00", "ORD_OBJT_CBLC_DVSN_CD": "10",
    });
    assert_eq!(real.order("order-resv", "CTSC0008U", body.clone()).await.code(), "KIER3672");
    rig.step(3600);
    let told = real.order("order-resv", "CTSC0008U", body.clone()).await;
    assert_eq!(told.code(), "APBK2938");
    let number = told.text("/output/RSVN_ORD_SEQ").to_owned();
    let second = real.order("order-resv", "CTSC0008U", body).await;
    let cancel = json!({ "RSVN_ORD_SEQ": second.text("/output/RSVN_ORD_SEQ") });
    let cancelled = real.order("order-resv-rvsecncl", "CTSC0009U", cancel).await;
    assert_eq!(cancelled.text("/output/nrml_prcs_yn"), "Y");
    let query = [
        ("RSVN_ORD_ORD_DT", "20261001"),
        ("RSVN_ORD_END_DT", "20261031"),
        ("RSVN_ORD_SEQ", ""),
        ("TMNL_MDIA_KIND_CD", "00"),
        ("PRCS_DVSN_CD", "0"),
        ("CNCL_YN", "Y"),
        ("PDNO", ""),
        ("SLL_BUY_DVSN_CD", "00"),
        ("CTX_AREA_FK200", ""),
        ("CTX_AREA_NK200", ""),
    ];
    let list = async || real.ledger("order-resv-ccnl", "CTSC0004R", &query).await;
    let waiting = list().await;
    assert_eq!(waiting.rows("/output").len(), 1);
    assert_eq!(
        (waiting.text("/output/0/rsvn_ord_seq"), waiting.text("/output/0/rsvn_ord_ord_dt")),
        (number.as_str(), "20261002")
    );
    assert_eq!((waiting.text("/output/0/odno"), waiting.text("/output/0/prcs_rslt")), ("", "미처리"));
    // Half an hour before the opening it is sent; the step halts there by itself.
    let url = rig.url(Environment::Real, "/emulator/clock/step");
    let stepped = crate::rig::told(rig.client.post(url).json(&json!({ "seconds": 17 * 3600 }))).await;
    assert_eq!(stepped.status, 200);
    let sent = list().await;
    assert_eq!((sent.text("/output/0/ord_tmd"), sent.text("/output/0/prcs_rslt")), ("083000", "정상처리"));
    assert!(!sent.text("/output/0/odno").is_empty());
}
