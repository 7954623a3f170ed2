use super::*;
use crate::budget::Priority;
use crate::error::KisError;

async fn read(server: &Server) -> Result<String, KisError> {
    gateway(server).read(&price_query(), Priority::Quote).await.map(|body| body.output.stck_prpr)
}

/// The tries of a read that is answered so, and what came of it.
async fn tries(act: fn() -> Act) -> (usize, KisError) {
    let server = server(move |_, _| act()).await;
    let error = read(&server).await.expect_err("no price");
    (server.count("/quotations/"), error)
}

#[tokio::test]
async fn a_request_carries_all_that_the_broker_wants() {
    let server = server(|_, _| price_answer()).await;
    assert_eq!(read(&server).await.as_deref(), Ok("71500"));
    let request = &server.requests()[1];
    let (head, _) = request.split_once("\r\n\r\n").expect("a head");
    let first =
        "GET /uapi/domestic-stock/v1/quotations/inquire-price?FID_COND_MRKT_DIV_CODE=J&FID_INPUT_ISCD=005930 HTTP/1.1";
    assert_eq!(head.lines().next(), Some(first));
    for header in [
        "content-type: application/json; charset=utf-8",
        "authorization: Bearer token-0",
        "appkey: PSTESTAPPKEY",
        "appsecret: test+app/secret=",
        "tr_id: FHKST01010100",
        "tr_cont: ",
        "custtype: P",
    ] {
        assert!(head.lines().any(|line| line == header), "{header} is missing in {head}");
    }
    assert!(head.contains("user-agent: Mozilla/5.0 (compatible; Exodus/"));
}

#[tokio::test]
async fn what_may_pass_is_tried_three_times_and_no_more() {
    assert!(matches!(tries(|| Act::Close).await, (3, KisError::Unreachable(_))));
    assert!(matches!(tries(|| answer(200, "", "<html>")).await, (3, KisError::Incomplete(_))));
    assert!(matches!(tries(|| answer(200, "", r#"{"rt_cd":"0","msg_cd":"MCA0"#)).await, (3, KisError::Incomplete(_))));
    assert!(matches!(tries(|| answer(502, "", "Bad Gateway")).await, (3, KisError::Incomplete(_))));
    let (count, error) = tries(|| failure(500, "EGW00201", "초당 거래건수를 초과하였습니다.")).await;
    assert!(count == 3 && matches!(error, KisError::Busy { failure: Some(_), .. }), "{error:?}");
    let (count, error) = tries(|| failure(500, "EGW00302", "직전 거래를 반드시 확인하십시오")).await;
    assert!(count == 3 && matches!(error, KisError::Again(_)), "{error:?}");
}

#[tokio::test]
async fn a_refusal_is_told_at_once() {
    let (count, error) = tries(|| failure(500, "EGW02006", "모의투자 TR 이 아닙니다")).await;
    assert!(count == 1 && matches!(error, KisError::WrongEnvironment(_)), "{error:?}");
    let (count, error) = tries(|| failure(200, "OPSQ2002", "ERROR : INPUT FIELD LENGTH")).await;
    assert!(count == 1 && matches!(error, KisError::Refused(_)), "{error:?}");
    assert_eq!(error.code(), Some("OPSQ2002"));
}

#[tokio::test]
async fn a_redirect_is_not_followed_and_a_flood_not_read() {
    let redirected = server(|_, _| {
        Act::Write("HTTP/1.1 302 Found\r\nlocation: /uapi/elsewhere\r\ncontent-length: 0\r\n\r\n".to_owned())
    })
    .await;
    assert!(matches!(read(&redirected).await, Err(KisError::Incomplete(_))));
    assert_eq!(redirected.count("/uapi/elsewhere"), 0);
    let flood = server(|_, _| answer(200, "", &format!("{{\"rt_cd\":\"0\"{}}}", " ".repeat(5 << 20)))).await;
    assert!(matches!(read(&flood).await, Err(KisError::Incomplete(_))));
}

#[tokio::test]
async fn a_refused_token_is_replaced_and_the_read_goes_on() {
    let server = server(|number, request| match number {
        0 => failure(500, "EGW00123", "기간이 만료된 token 입니다."),
        _ if request.contains("Bearer token-0") => panic!("the refused token came again"),
        _ => price_answer(),
    })
    .await;
    let timer = real_time();
    let clock = Arc::clone(&timer);
    let gateway = gateway_with(&server, |parts| parts.timer = clock);
    gateway.check_token().await.expect("a token");
    // A token is not a minute old when it is refused otherwise, and no other is issued so soon.
    timer.skip(chrono::TimeDelta::minutes(2));
    let body = gateway.read(&price_query(), Priority::Quote).await.expect("a price");
    assert_eq!(body.output.stck_prpr, "71500");
    assert_eq!(server.count("/oauth2/tokenP"), 2);
}

#[tokio::test]
async fn a_wrong_account_is_asked_again_because_the_broker_errs_at_times() {
    let server = server(|number, _| match number {
        0 => failure(200, "OPSQ2000", "ERROR : INPUT INVALID_CHECK_ACNO"),
        _ => price_answer(),
    })
    .await;
    assert!(read(&server).await.is_ok());
}

#[tokio::test]
async fn an_error_never_repeats_the_account_number() {
    use crate::wire::trading::InquireBalanceQuery;
    let query = InquireBalanceQuery { cano: "50001234".to_owned(), ..InquireBalanceQuery::default() };
    let server = server(|_, _| Act::Close).await;
    let error = gateway(&server).read(&query, Priority::Reconcile).await.map(drop).expect_err("no balance");
    assert!(server.requests().iter().any(|request| request.contains("50001234")));
    assert!(!format!("{error} {error:?}").contains("50001234"), "{error:?}");
}
