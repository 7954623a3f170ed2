use chrono::TimeDelta;
use exodus_domain::{Broker, BrokerOrderId, BrokerRequest, Clock, RowEnd, kst_date};

use super::*;
use crate::{KisAccount, KisBroker};

/// A row of the day's list of 2026-10-01; quantities are ordered, filled, open, cancelled, rejected.
fn row(number: &str, original: &str, label: &str, division: &str, quantities: [u32; 5]) -> String {
    let [ordered, filled, open, cancelled, rejected] = quantities;
    let amount = filled * 71_200;
    format!(
        r#"{{"ord_dt":"20261001","ord_gno_brno":"00950","odno":"{number}","orgn_odno":"{original}","sll_buy_dvsn_cd":"02",
        "sll_buy_dvsn_cd_name":"{label}","pdno":"005930","ord_qty":"{ordered}","ord_unpr":"71200","ord_tmd":"093015",
        "tot_ccld_qty":"{filled}","tot_ccld_amt":"{amount}","rmn_qty":"{open}","cncl_cfrm_qty":"{cancelled}",
        "rjct_qty":"{rejected}","ord_dvsn_cd":"{division}","excg_id_dvsn_cd":"KRX","cncl_yn":""}}"#
    )
}

fn list(rows: &[String]) -> Act {
    let rows = rows.join(",");
    answer(200, "D", &format!(r#"{{"rt_cd":"0","msg_cd":"KIOK0510","msg1":"ok","output1":[{rows}],"output2":{{}}}}"#))
}

fn broker(server: &Server, timer: &Arc<TestTimer>) -> KisBroker<Paper> {
    let clock = Arc::clone(timer);
    let gateway = gateway_with(server, |parts| parts.timer = clock);
    KisBroker::new(KisAccount::new(gateway, "50001234-01".parse().expect("an account")))
}

#[tokio::test]
async fn the_list_tells_of_every_row_and_whether_it_can_be_an_order_of_ours() {
    let rows = [
        row("0000000001", "", "현금매수", "00", [10, 4, 6, 0, 0]),
        row("0000000002", "", "현금매수", "00", [10, 0, 0, 10, 0]),
        row("0000000003", "0000000002", "매수취소", "00", [10, 0, 0, 0, 0]),
        // Conditional limit: the product sends none.
        row("0000000004", "", "현금매수", "02", [10, 0, 10, 0, 0]),
    ];
    let server = server(move |_, _| list(&rows)).await;
    let timer = TestTimer::sleepless();
    let orders = broker(&server, &timer).orders(kst_date(timer.now())).await.expect("a list");
    let seen: Vec<(i64, Option<RowEnd>, Option<&str>, bool)> = orders
        .iter()
        .map(|order| {
            let original = order.original.as_ref().map(|id| id.0.as_str());
            (order.facts.cum_qty.0, order.facts.end, original, order.is_foreign)
        })
        .collect();
    let cancelled = Some(RowEnd::Cancelled);
    assert_eq!(
        seen,
        [
            (4, None, None, false),
            (0, cancelled, None, false),
            (0, cancelled, Some("00950-0000000002"), false),
            (0, None, None, true),
        ]
    );
    let request = server.requests().into_iter().find(|request| request.contains("inquire-daily-ccld")).expect("a read");
    for part in ["tr_id: VTTC0081R", "INQR_STRT_DT=20261001", "EXCG_ID_DVSN_CD=KRX", "CCLD_DVSN=00"] {
        assert!(request.contains(part), "{part} is missing in {request}");
    }
}

#[tokio::test]
async fn what_is_sent_back_at_the_close_has_expired() {
    let server = server(|_, _| list(&[row("0000000001", "", "현금매수", "00", [10, 0, 0, 0, 10])])).await;
    let timer = TestTimer::sleepless();
    let (broker, date) = (broker(&server, &timer), kst_date(timer.now()));
    let end = async || broker.orders(date).await.expect("a list")[0].facts.end;
    assert_eq!(end().await, Some(RowEnd::Rejected));
    timer.skip(TimeDelta::hours(6));
    assert_eq!(end().await, Some(RowEnd::Expired));
}

#[tokio::test]
async fn a_row_that_says_nothing_of_its_shares_makes_it_no_list() {
    let server = server(|_, _| list(&[row("0000000001", "", "현금매수", "00", [10, 0, 0, 0, 0])])).await;
    let timer = TestTimer::sleepless();
    assert!(broker(&server, &timer).orders(kst_date(timer.now())).await.is_err());
}

#[tokio::test]
async fn older_lists_are_asked_for_by_their_own_tr() {
    let server = server(|_, _| list(&[])).await;
    let timer = TestTimer::sleepless();
    let old = kst_date(timer.now()) - TimeDelta::days(100);
    assert_eq!(broker(&server, &timer).orders(old).await, Ok(Vec::new()));
    assert_eq!((server.count("tr_id: VTSC9215R"), server.count("tr_id: VTTC0081R")), (1, 0));
}

#[tokio::test]
async fn a_balance_is_cash_of_two_days_hence_and_what_is_held() {
    let server = server(|_, request| {
        let body = if request.contains("inquire-psbl-order") {
            r#"{"rt_cd":"0","msg_cd":"KIOK0510","msg1":"ok","output":{"ord_psbl_cash":"5000000","nrcvb_buy_amt":"4100000","max_buy_amt":"9900000"}}"#
        } else {
            r#"{"rt_cd":"0","msg_cd":"KIOK0510","msg1":"ok","output1":[
                {"pdno":"005930","hldg_qty":"10","ord_psbl_qty":"10","pchs_amt":"712000","prpr":"71500","pchs_avg_pric":"71200.0000"},
                {"pdno":"005930","hldg_qty":"10","ord_psbl_qty":"10","pchs_amt":"712000","prpr":"71500","pchs_avg_pric":"71200.0000"},
                {"pdno":"000660","hldg_qty":"0","ord_psbl_qty":"0","pchs_amt":"0","prpr":"190000","pchs_avg_pric":"0.0000"}],
                "output2":[{"dnca_tot_amt":"5000000","nxdy_excc_amt":"5000000","prvs_rcdl_excc_amt":"4287893","tot_evlu_amt":"5002893"}]}"#
        };
        answer(200, "D", body)
    })
    .await;
    let balance = broker(&server, &TestTimer::sleepless()).balance().await.expect("a balance");
    assert_eq!((balance.cash.0, balance.orderable_cash.0), (4_287_893, 4_100_000));
    let held: Vec<(&str, i64, i64)> =
        balance.holdings.iter().map(|holding| (holding.symbol.as_str(), holding.quantity.0, holding.cost.0)).collect();
    // One holding under two exchanges is one holding, and what was sold is none.
    assert_eq!(held, [("005930", 10, 712_000)]);
}

#[tokio::test]
async fn an_order_that_a_list_saw_elsewhere_is_cancelled_there() {
    use crate::{Credentials, Hosts, Live};
    let server = server(|_, request| {
        if request.contains("/order-rvsecncl") {
            return failure(200, "APBK0927", "정정취소 가능수량이 없습니다.");
        }
        list(&[row("0000000001", "", "현금매수", "00", [10, 0, 10, 0, 0]).replace("KRX", "SOR")])
    })
    .await;
    let hosts = Hosts::<Live>::parse(&format!("{} {}", server.hosts.rest(), server.hosts.websocket()));
    let pair = Credentials::new("PSLIVE".into(), "secret".into()).expect("a pair");
    let timer = TestTimer::sleepless();
    let clock = Arc::clone(&timer);
    let parts = GatewayParts::in_memory(hosts.expect("this machine"), pair, clock);
    let account = KisAccount::new(Gateway::new(parts).expect("a gateway"), "50001234-01".parse().expect("a number"));
    let broker = KisBroker::new(account);
    assert!(broker.orders(kst_date(timer.now())).await.is_ok());
    assert!(server.count("EXCG_ID_DVSN_CD=ALL") == 1);
    for number in ["00950-0000000001", "00950-0000000002"] {
        send(&broker, BrokerRequest::Cancel(BrokerOrderId(number.to_owned()))).await;
    }
    let cancels: Vec<String> =
        server.requests().into_iter().filter(|request| request.contains("/order-rvsecncl")).collect();
    assert!(cancels[0].contains(r#""EXCG_ID_DVSN_CD":"SOR""#), "{}", cancels[0]);
    assert!(cancels[1].contains(r#""EXCG_ID_DVSN_CD":"KRX""#), "{}", cancels[1]);
}
