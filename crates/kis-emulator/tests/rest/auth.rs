//! Tokens, approval keys, hash (kis-openapi §2).

use exodus_kis_emulator::{Environment, Limits};
use serde_json::json;

use crate::rig::{Rig, config};

fn token_body(rig: &Rig) -> serde_json::Value {
    let one = rig.credentials(Environment::Real);
    json!({ "grant_type": "client_credentials", "appkey": one.app_key, "appsecret": one.app_secret })
}

#[tokio::test]
async fn a_token_is_told_again_for_six_hours_and_once_a_minute_section_2_1() {
    let rig = Rig::start().await;
    let body = token_body(&rig);
    let first = rig.post(Environment::Real, "/oauth2/tokenP", body.clone()).await;
    assert_eq!((first.status, first.text("/token_type")), (200, "Bearer"));
    assert_eq!(first.body["expires_in"], json!(86_400));
    assert_eq!(first.text("/access_token_token_expired"), "2026-10-02 10:00:00");
    assert_eq!(first.text("/access_token").split('.').count(), 3);
    let again = rig.post(Environment::Real, "/oauth2/tokenP", body.clone()).await;
    assert_eq!((again.status, again.code()), (403, "EGW00133"));
    assert_eq!(again.text("/error_description"), "접근토큰 발급 잠시 후 다시 시도하세요(1분당 1회)");
    rig.step(61);
    let again = rig.post(Environment::Real, "/oauth2/tokenP", body.clone()).await;
    assert_eq!(again.text("/access_token"), first.text("/access_token"));
    rig.step(6 * 3600);
    let later = rig.post(Environment::Real, "/oauth2/tokenP", body).await;
    assert_ne!(later.text("/access_token"), first.text("/access_token"));
}

#[tokio::test]
async fn wrong_keys_are_refused_by_their_own_codes_section_2_5() {
    let rig = Rig::start().await;
    let good = token_body(&rig);
    for (field, value, code) in [
        ("appkey", "", "EGW00102"),
        ("appkey", "PSEXAMPLEKEY000000000000000000000001", "EGW00103"),
        ("appsecret", "", "EGW00104"),
        ("appsecret", "wrong", "EGW00105"),
        ("grant_type", "", "EGW00115"),
        ("grant_type", "password", "EGW00116"),
    ] {
        let mut body = good.clone();
        body[field] = json!(value);
        let told = rig.post(Environment::Real, "/oauth2/tokenP", body).await;
        assert_eq!((told.status, told.code()), (403, code));
        assert!(!told.text("/error_description").is_empty());
    }
}

#[tokio::test]
async fn a_revoked_token_opens_nothing_section_2_2() {
    let rig = Rig::start().await;
    let session = rig.session(Environment::Real).await;
    let mut body = token_body(&rig);
    body["token"] = json!(session.token);
    let told = rig.post(Environment::Real, "/oauth2/revokeP", body).await;
    assert_eq!((told.status, &told.body["code"]), (200, &json!(200)));
    let price = session.quote("inquire-price", "FHKST01010100", &[]).await;
    assert_eq!((price.status, price.code()), (500, "EGW00121"));
}

#[tokio::test]
async fn an_expired_token_is_told_apart_section_2_5() {
    let rig = Rig::start().await;
    let session = rig.session(Environment::Real).await;
    rig.step(24 * 3600);
    let told = session.day_list().await;
    assert_eq!((told.status, told.code(), told.text("/rt_cd")), (500, "EGW00123", "1"));
}

#[tokio::test]
async fn an_approval_key_is_a_uuid_once_a_second_section_2_3() {
    let rig = Rig::with(exodus_kis_emulator::EmulatorConfig { limits: Limits::default(), ..config() }).await;
    let one = rig.credentials(Environment::Mock);
    let body = json!({ "grant_type": "client_credentials", "appkey": one.app_key, "secretkey": one.app_secret });
    let first = rig.post(Environment::Mock, "/oauth2/Approval", body.clone()).await;
    assert_eq!(first.text("/approval_key").len(), 36);
    let second = rig.post(Environment::Mock, "/oauth2/Approval", body.clone()).await;
    assert_eq!((second.status, second.code()), (500, "EGW00201"));
    // The path is case-sensitive.
    assert_eq!(rig.post(Environment::Mock, "/oauth2/approval", body).await.status, 404);
}

#[tokio::test]
async fn a_body_is_hashed_without_a_token_section_2_4() {
    let rig = Rig::start().await;
    let one = rig.credentials(Environment::Real);
    let order = json!({ "CANO": one.cano(), "PDNO": "005930", "ORD_QTY": "1" });
    let request = rig.client.post(rig.url(Environment::Real, "/uapi/hashkey"));
    let request = request.header("appKey", &one.app_key).header("appSecret", &one.app_secret).json(&order);
    let told = crate::rig::told(request).await;
    assert_eq!((told.status, &told.body["BODY"], told.text("/HASH").len()), (200, &order, 64));
}
