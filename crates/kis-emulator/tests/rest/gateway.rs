//! Headers, environments, limits, envelopes (kis-openapi §1.2, §1.3, §3, §4).

use exodus_kis_emulator::{Environment, Limits};
use serde_json::json;

use crate::rig::{Rig, balance_query, config, day_query, told};

#[tokio::test]
async fn headers_of_an_answer_are_lower_case_echoes_section_3_2() {
    let rig = Rig::start().await;
    let session = rig.session(Environment::Real).await;
    let told = session.day_list().await;
    assert_eq!((told.status, told.header("tr_id"), told.header("tr_cont")), (200, "TTTC0081R", "D"));
    assert_eq!(told.header("content-type"), "application/json; charset=utf-8");
    assert_eq!(told.header("gt_uid").len(), 32);
    let quote = session
        .quote("inquire-price", "FHKST01010100", &[("FID_COND_MRKT_DIV_CODE", "J"), ("FID_INPUT_ISCD", "000000")])
        .await;
    assert_eq!((quote.header("tr_cont"), quote.code()), ("", "MCA00000"));
}

#[tokio::test]
async fn what_is_wrong_with_the_headers_has_its_code_section_2_5_and_3_1() {
    let rig = Rig::start().await;
    let session = rig.session(Environment::Real).await;
    let one = rig.credentials(Environment::Real);
    let bearer = format!("Bearer {}", session.token);
    let other =
        rig.emulator.accounts().into_iter().find(|other| other.account_no != one.account_no).expect("two accounts");
    let url = rig.url(Environment::Real, "/uapi/domestic-stock/v1/quotations/inquire-price");
    let good = [
        ("authorization", bearer.as_str()),
        ("appkey", &one.app_key),
        ("appsecret", &one.app_secret),
        ("tr_id", "FHKST01010100"),
        ("custtype", "P"),
    ];
    for (header, value, status, code) in [
        ("authorization", session.token.as_str(), 500, "EGW00205"),
        ("authorization", "Bearer not.a.token", 500, "EGW00121"),
        ("appkey", "", 403, "EGW00102"),
        ("appkey", "nobody", 403, "EGW00103"),
        ("appkey", &other.app_key, 403, "EGW00105"),
        ("appsecret", "", 403, "EGW00104"),
        ("tr_id", "", 200, "OPSQ9999"),
        ("tr_id", "FHKST99999999", 200, "OPSQ0002"),
        ("tr_id", "TR-ID-OF-NOBODY", 500, "EGW00310"),
        ("custtype", "X", 500, "EGW00208"),
    ] {
        let mut request = rig.client.get(&url);
        for (name, kept) in good {
            request = request.header(name, if name == header { value } else { kept });
        }
        let answer = told(request).await;
        assert_eq!((answer.status, answer.code()), (status, code), "{header}: {value}");
        assert!(answer.text("/rt_cd") != "0" && !answer.text("/msg1").is_empty());
    }
}

#[tokio::test]
async fn a_key_works_in_its_own_environment_only_section_1_2() {
    let rig = Rig::start().await;
    let (real, mock) = (rig.credentials(Environment::Real), rig.credentials(Environment::Mock));
    for (mut credentials, host, tr_id, code) in
        [(mock, Environment::Real, "TTTC8434R", "EGW02004"), (real, Environment::Mock, "VTTC8434R", "EGW02006")]
    {
        // The token is issued all the same.
        credentials.environment = host;
        let session = rig.session_of(credentials).await;
        let answer = session.ledger("inquire-balance", tr_id, &balance_query()).await;
        assert_eq!((answer.status, answer.code()), (500, code));
    }
}

#[tokio::test]
async fn mock_serves_its_own_ids_and_lacks_some_calls_section_1_3() {
    let rig = Rig::start().await;
    let mock = rig.session(Environment::Mock).await;
    assert_eq!(mock.ledger("inquire-balance", "TTTC8434R", &balance_query()).await.code(), "EGW02006");
    assert_eq!(mock.ledger("inquire-psbl-rvsecncl", "TTTC0084R", &[]).await.code(), "EGW02006");
    let holidays = mock.quote("chk-holiday", "CTCA0903R", &[("BASS_DT", "20261001")]).await;
    assert_eq!((holidays.status, holidays.code()), (500, "EGW02006"));
    assert_eq!(mock.ledger("inquire-balance", "VTTC8434R", &balance_query()).await.status, 200);
    let real = rig.session(Environment::Real).await;
    assert_eq!(real.ledger("inquire-balance", "VTTC8434R", &balance_query()).await.code(), "EGW02004");
    // Ids from before the venues are answered in both.
    for (session, tr_id) in [(&mock, "VTTC8001R"), (&real, "TTTC8001R")] {
        assert_eq!(session.ledger("inquire-daily-ccld", tr_id, &day_query("20261001")).await.status, 200);
    }
}

#[tokio::test]
async fn another_account_is_refused_section_1_2() {
    let rig = Rig::start().await;
    let mut session = rig.session(Environment::Real).await;
    session.credentials.account_no = "50009999-01".to_owned();
    let told = session.ledger("inquire-balance", "TTTC8434R", &balance_query()).await;
    assert_eq!((told.status, told.text("/rt_cd"), told.code()), (200, "2", "OPSQ2000"));
}

#[tokio::test]
async fn query_keys_are_taken_in_either_case_and_body_keys_in_capitals_only_conventions() {
    let rig = Rig::start().await;
    let session = rig.session(Environment::Real).await;
    let symbol = rig.emulator.with_world(|world, _| world.instruments()[0].symbol.to_string());
    let lower = [("fid_cond_mrkt_div_code", "J"), ("FID_INPUT_ISCD", symbol.as_str())];
    let price = session.quote("inquire-price", "FHKST01010100", &lower).await;
    assert_eq!(price.text("/output/stck_shrn_iscd"), symbol);
    let body = json!({ "cano": session.credentials.cano(), "acnt_prdt_cd": "01", "pdno": symbol });
    let url = rig.url(Environment::Real, "/uapi/domestic-stock/v1/trading/order-cash");
    let answer = told(session.headers(rig.client.post(url).json(&body), "TTTC0012U")).await;
    assert_eq!(answer.code(), "OPSQ2000");
}

#[tokio::test]
async fn calls_beyond_the_limit_are_refused_until_the_next_second_section_4() {
    let rig = Rig::with(exodus_kis_emulator::EmulatorConfig { limits: Limits::default(), ..config() }).await;
    let mock = rig.session(Environment::Mock).await;
    let balance = async || mock.ledger("inquire-balance", "VTTC8434R", &balance_query()).await;
    assert_eq!(balance().await.status, 200);
    let refused = balance().await;
    assert_eq!((refused.status, refused.code(), refused.text("/rt_cd")), (500, "EGW00201", "1"));
    assert_eq!(refused.text("/msg1"), "초당 거래건수를 초과하였습니다.");
    rig.step(1);
    assert_eq!(balance().await.status, 200);
    // The ledger's own counter is met before the gateway's.
    let real = rig.session(Environment::Real).await;
    let mut codes = Vec::new();
    for _ in 0..19 {
        codes.push(real.ledger("inquire-balance", "TTTC8434R", &balance_query()).await.code().to_owned());
    }
    assert_eq!(codes.iter().filter(|code| *code == "KIOK0510").count(), 15);
    assert_eq!((codes[15].as_str(), codes[18].as_str()), ("EGW00215", "EGW00201"));
}

#[tokio::test]
async fn unknown_paths_are_html_and_bad_json_is_told_section_3_6() {
    let rig = Rig::start().await;
    let told_404 = rig.post(Environment::Real, "/uapi/domestic-stock/v1/nowhere", json!({})).await;
    assert_eq!(told_404.status, 404);
    assert!(told_404.header("content-type").starts_with("text/html"));
    let session = rig.session(Environment::Real).await;
    let twice = rig.url(Environment::Real, "//uapi/domestic-stock/v1/trading/inquire-balance");
    assert_eq!(told(session.headers(rig.client.get(twice), "TTTC8434R")).await.code(), "OPSQ2000");
    let url = rig.url(Environment::Real, "/uapi/domestic-stock/v1/trading/order-cash");
    let broken =
        session.headers(rig.client.post(&url).header("content-type", "application/json").body("{"), "TTTC0012U");
    assert_eq!(told(broken).await.code(), "OPSQ9997");
    let form = session.headers(rig.client.post(&url).header("content-type", "text/plain").body("{}"), "TTTC0012U");
    assert_eq!(told(form).await.code(), "EGW00132");
}

#[tokio::test]
async fn a_client_without_a_name_can_be_dropped_section_3_1() {
    let rig = Rig::with(exodus_kis_emulator::EmulatorConfig { require_user_agent: true, ..config() }).await;
    let url = rig.url(Environment::Real, "/oauth2/tokenP");
    assert!(rig.client.post(&url).json(&json!({})).send().await.is_err());
    let named = rig.client.post(&url).header("user-agent", "Mozilla/5.0").json(&json!({}));
    assert_eq!(told(named).await.code(), "EGW00115");
}
