use std::time::Duration;

use exodus_domain::{Broker, BrokerRequest, OrderAnswer, OrderFields, OrderType, Price, Qty, Side, UnsentProof};

use super::*;
use crate::wire::codes::{Exchange, OrderDivision};
use crate::{Credentials, Hosts, KisAccount, KisBroker, Live, MoneyAnswer, ReservationNumber};

const ACCEPTED: &str = r#"{"rt_cd":"0","msg_cd":"40600000","msg1":"모의투자 매수주문이 완료 되었습니다.","output":{"KRX_FWDG_ORD_ORGNO":"00950","ODNO":"0000012345","ORD_TMD":"093015"}}"#;

fn order() -> OrderFields {
    OrderFields {
        symbol: "005930".parse().expect("a code"),
        side: Side::Buy,
        order_type: OrderType::Limit,
        quantity: Qty(10),
        price: Some(Price(71_200)),
    }
}

fn broker(gateway: Gateway<Paper>) -> KisBroker<Paper> {
    KisBroker::new(KisAccount::new(gateway, "50001234-01".parse().expect("an account")))
}

async fn place(broker: &KisBroker<Paper>, order: &OrderFields) -> OrderAnswer {
    send(broker, BrokerRequest::New(order.clone())).await
}

async fn placed(act: fn() -> Act, proves: bool) -> (usize, OrderAnswer) {
    let server = server(move |_, _| act()).await;
    let gateway = gateway_with(&server, |parts| parts.gateway_refusals_prove = proves);
    let answer = place(&broker(gateway), &order()).await;
    (server.count("/order-cash"), answer)
}

#[tokio::test]
async fn an_order_goes_out_as_the_broker_wants_it() {
    let server = server(|_, _| answer(200, "", ACCEPTED)).await;
    let answered = place(&broker(gateway(&server)), &order()).await;
    assert_eq!(answered, OrderAnswer::Accepted(exodus_domain::BrokerOrderId("00950-0000012345".to_owned())));
    let requests = server.requests();
    let sent = requests.iter().find(|request| request.contains("/order-cash")).expect("an order");
    let (head, body) = sent.split_once("\r\n\r\n").expect("a head");
    assert!(head.starts_with("POST /uapi/domestic-stock/v1/trading/order-cash HTTP/1.1\r\n"), "{head}");
    for header in ["tr_id: VTTC0012U", "authorization: Bearer token-0", "custtype: P"] {
        assert!(head.lines().any(|line| line == header), "{header} is missing in {head}");
    }
    let body: serde_json::Value = serde_json::from_str(body).expect("JSON");
    for (key, value) in [
        ("CANO", "50001234"),
        ("ACNT_PRDT_CD", "01"),
        ("PDNO", "005930"),
        ("ORD_DVSN", "00"),
        ("ORD_QTY", "10"),
        ("ORD_UNPR", "71200"),
        ("EXCG_ID_DVSN_CD", "KRX"),
    ] {
        assert_eq!(body[key], value, "{key}");
    }
}

#[tokio::test]
async fn every_answer_has_its_class_and_no_order_is_sent_twice() {
    use OrderAnswer as P;
    type Case = (&'static str, fn() -> Act, fn(&OrderAnswer) -> bool);
    let cases: [Case; 9] = [
        ("A", || answer(200, "", ACCEPTED), |answer| matches!(answer, P::Accepted(_))),
        ("A with 500", || answer(500, "", ACCEPTED), |answer| matches!(answer, P::Unknown(_))),
        (
            "number as number",
            || answer(200, "", &ACCEPTED.replace("\"0000012345\"", "12345")),
            |answer| matches!(answer, P::Unknown(_)),
        ),
        (
            "known refusal",
            || failure(200, "APBK0952", "주문가능금액을 초과 했습니다"),
            |answer| matches!(answer, P::Refused { code, .. } if code == "APBK0952"),
        ),
        ("unknown refusal", || failure(200, "APBK9999", "무언가"), |answer| matches!(answer, P::Unknown(_))),
        (
            "timeout inside",
            || failure(500, "EGW00302", "직전 거래를 반드시 확인"),
            |answer| matches!(answer, P::Unknown(_)),
        ),
        (
            "rate",
            || failure(500, "EGW00201", "초당 거래건수를 초과하였습니다."),
            |answer| matches!(answer, P::Unknown(_)),
        ),
        ("cut", || Act::Close, |answer| matches!(answer, P::Unknown(_))),
        ("html", || answer(502, "", "<html>"), |answer| matches!(answer, P::Unknown(_))),
    ];
    for (story, act, expected) in cases {
        let (count, answer) = placed(act, false).await;
        assert!(expected(&answer), "{story}: {answer:?}");
        assert_eq!(count, 1, "{story}");
    }
}

#[tokio::test]
async fn the_gateways_refusals_prove_once_that_was_checked() {
    let rate = || failure(500, "EGW00201", "초당 거래건수를 초과하였습니다.");
    let expired = || failure(500, "EGW00123", "기간이 만료된 token 입니다.");
    let ledger = || failure(500, "EGW00215", "원장 초당 거래건수를 초과하였습니다.");
    assert!(matches!(placed(rate, true).await, (1, OrderAnswer::ProvenUnsent { .. })));
    assert!(matches!(placed(expired, true).await, (1, OrderAnswer::ProvenUnsent { .. })));
    assert!(matches!(placed(ledger, true).await, (1, OrderAnswer::Unknown(_))), "the ledger is behind the gateway");
    assert!(matches!(placed(expired, false).await, (1, OrderAnswer::Unknown(_))));
}

#[tokio::test]
async fn without_a_token_or_a_slot_nothing_is_sent() {
    let server = Server::start(|_, _| failure(403, "EGW00103", "유효하지 않은 AppKey입니다.")).await;
    assert!(matches!(place(&broker(gateway(&server)), &order()).await, OrderAnswer::ProvenUnsent { .. }));
    assert_eq!(server.count("/order-cash"), 0);

    let server = self::server(|_, _| answer(200, "", ACCEPTED)).await;
    let hour = Rate { calls: 1, per: chrono::TimeDelta::hours(1) };
    let gateway = gateway_with(&server, |parts| {
        parts.timer = real_time();
        parts.limits = Limits { all: hour, ledger: hour };
    });
    let broker = broker(gateway);
    assert!(matches!(place(&broker, &order()).await, OrderAnswer::Accepted(_)));
    assert!(matches!(place(&broker, &order()).await, OrderAnswer::ProvenUnsent { .. }));
    assert_eq!(server.count("/order-cash"), 1);
}

#[tokio::test]
async fn a_caller_that_goes_before_the_slot_sends_nothing() {
    let server = server(|_, _| answer(200, "", ACCEPTED)).await;
    let second = Rate { calls: 1, per: chrono::TimeDelta::seconds(1) };
    let gateway = gateway_with(&server, |parts| {
        parts.timer = real_time();
        parts.limits = Limits { all: second, ledger: second };
    });
    let broker = broker(gateway);
    assert!(matches!(place(&broker, &order()).await, OrderAnswer::Accepted(_)));
    assert!(tokio::time::timeout(Duration::from_millis(200), place(&broker, &order())).await.is_err());
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    assert_eq!(server.count("/order-cash"), 1);
}

#[tokio::test]
async fn a_late_acceptance_is_handed_on() {
    let late = |_: usize, _: &str| Act::After(Duration::from_millis(3_400), Box::new(answer(200, "", ACCEPTED)));
    let server = server(late).await;
    let broker = broker(gateway_with(&server, |parts| parts.timer = real_time()));
    let line = broker.open_line(&BrokerRequest::New(order())).await.expect("a line");
    let sent = line.send().await;
    assert!(matches!(sent.answer, OrderAnswer::Unknown(_)), "{:?}", sent.answer);
    let late = sent.late.expect("the line is open").await;
    assert!(matches!(&late, OrderAnswer::Accepted(id) if id.0 == "00950-0000012345"), "{late:?}");
}

#[tokio::test]
async fn an_open_line_has_written_nothing_and_does_not_keep() {
    let server = server(|_, _| answer(200, "", ACCEPTED)).await;
    let broker = broker(gateway(&server));
    let line = broker.open_line(&BrokerRequest::New(order())).await.expect("a line");
    tokio::time::sleep(Duration::from_millis(250)).await;
    assert!(matches!(line.send().await.answer, OrderAnswer::ProvenUnsent { proof: UnsentProof::NoBytes, .. }));
    drop(broker.open_line(&BrokerRequest::New(order())).await.expect("a line"));
    assert_eq!(server.count("/order-cash"), 0);
}

#[tokio::test]
async fn a_cancel_names_branch_number_and_the_whole_rest() {
    let server = server(|_, _| answer(200, "", ACCEPTED)).await;
    let broker = broker(gateway(&server));
    let id = exodus_domain::BrokerOrderId("00950-0000012345".to_owned());
    assert!(matches!(send(&broker, BrokerRequest::Cancel(id)).await, OrderAnswer::Accepted(_)));
    let requests = server.requests();
    let sent = requests.iter().find(|request| request.contains("/order-rvsecncl")).expect("a cancel");
    assert!(sent.contains("tr_id: VTTC0013U\r\n"), "{sent}");
    let body: serde_json::Value = serde_json::from_str(sent.split_once("\r\n\r\n").expect("a head").1).expect("JSON");
    for (key, value) in [
        ("KRX_FWDG_ORD_ORGNO", "00950"),
        ("ORGN_ODNO", "0000012345"),
        ("RVSE_CNCL_DVSN_CD", "02"),
        ("QTY_ALL_ORD_YN", "Y"),
        ("ORD_QTY", "0"),
        ("ORD_UNPR", "0"),
        ("EXCG_ID_DVSN_CD", "KRX"),
    ] {
        assert_eq!(body[key], value, "{key}");
    }
    let foreign = send(&broker, BrokerRequest::Cancel(exodus_domain::BrokerOrderId("nonsense".to_owned()))).await;
    assert!(matches!(foreign, OrderAnswer::ProvenUnsent { .. }));
    assert_eq!(server.count("/order-rvsecncl"), 1);
}

fn live(server: &Server) -> KisAccount<Live> {
    let hosts = Hosts::parse(&format!("{} {}", server.hosts.rest(), server.hosts.websocket())).expect("this machine");
    let credentials = Credentials::new("PSLIVE".into(), "secret".into()).expect("a pair");
    let parts = GatewayParts::in_memory(hosts, credentials, TestTimer::sleepless());
    KisAccount::new(Gateway::new(parts).expect("a gateway"), "50001234-01".parse().expect("an account"))
}

#[tokio::test]
async fn reservations_are_of_the_live_environment() {
    let server = server(|_, request| {
        let said = if request.contains("tr_id: CTSC0008U") {
            r#"{"rt_cd":"0","msg_cd":"APBK2938","msg1":"예약주문이 접수되었습니다.","output":{"RSVN_ORD_SEQ":"42401"}}"#
        } else if request.contains("tr_id: CTSC0009U") {
            r#"{"rt_cd":"0","msg_cd":"KIOK0510","msg1":"정상처리 되었습니다","output":{"nrml_prcs_yn":"Y"}}"#
        } else {
            r#"{"rt_cd":"0","msg_cd":"KIOK0510","msg1":"정상처리 되었습니다","output":{"nrml_prcs_yn":""}}"#
        };
        answer(200, "", said)
    })
    .await;
    let (account, day) = (live(&server), chrono::NaiveDate::from_ymd_opt(2026, 10, 2).expect("a day"));
    let number = ReservationNumber("42401".to_owned());
    assert_eq!(account.reserve(&order(), None).await, MoneyAnswer::Accepted(number.clone()));
    assert_eq!(account.cancel_reservation(&number, day).await, MoneyAnswer::Accepted(()));
    // Not a word that it was done.
    assert!(matches!(account.amend_reservation(&number, day, &order()).await, MoneyAnswer::Unknown(_)));
    let paper = KisAccount::new(gateway(&server), "50001234-01".parse().expect("an account"));
    assert!(matches!(paper.reserve(&order(), None).await, MoneyAnswer::ProvenUnsent { .. }));
    assert_eq!(server.count("/order-resv"), 3);
}

#[tokio::test]
async fn an_order_is_amended_where_it_lies() {
    let server = server(|_, _| answer(200, "", ACCEPTED)).await;
    let id = exodus_domain::BrokerOrderId("91252-0000117057".to_owned());
    let amended = live(&server).amend(&id, Exchange::Nxt, OrderDivision::Limit, Price(70_000)).await;
    assert!(matches!(amended, MoneyAnswer::Accepted(_)));
    let requests = server.requests();
    let sent = requests.iter().find(|request| request.contains("tr_id: TTTC0013U")).expect("an amendment");
    for part in [r#""RVSE_CNCL_DVSN_CD":"01""#, r#""ORD_UNPR":"70000""#, r#""EXCG_ID_DVSN_CD":"NXT""#] {
        assert!(sent.contains(part), "{part} is missing in {sent}");
    }
}
