//! The overseas ledger, which is empty (kis-openapi §8).

use exodus_kis_emulator::{EmulatorConfig, Environment, FaultScript};

use crate::rig::{Rig, config, told};

#[tokio::test]
async fn an_account_holds_and_ordered_nothing_abroad_section_8() {
    let rig = Rig::start().await;
    let sessions = [rig.session(Environment::Real).await, rig.session(Environment::Mock).await];
    for (path, rows, real, mock) in [
        ("inquire-present-balance", "/output1", "CTRP6504R", "VTRP6504R"),
        ("inquire-balance", "/output1", "TTTS3012R", "VTTS3012R"),
        ("inquire-nccs", "/output", "TTTS3018R", "VTTS3018R"),
        ("inquire-ccnl", "/output", "TTTS3035R", "VTTS3035R"),
        ("inquire-period-profit", "/output1", "TTTS3039R", ""),
    ] {
        for (session, tr_id, refusal) in [(&sessions[0], real, "EGW02004"), (&sessions[1], mock, "EGW02006")] {
            let environment = session.credentials.environment;
            let url = rig.url(environment, &format!("/uapi/overseas-stock/v1/trading/{path}"));
            let ask = |tr_id: &str, account: &str| {
                session.headers(rig.client.get(format!("{url}?CANO={account}&ACNT_PRDT_CD=01")), tr_id)
            };
            let own = session.credentials.cano();
            if !tr_id.is_empty() {
                let empty = told(ask(tr_id, own)).await;
                assert_eq!((empty.status, empty.header("tr_cont"), empty.code()), (200, "D", "KIOK0510"), "{path}");
                assert!(empty.rows(rows).is_empty());
                assert_eq!(told(ask(tr_id, "50009999")).await.code(), "OPSQ2000", "{path}");
            }
            let other = if environment == Environment::Real { "VTTS0000R" } else { real };
            assert_eq!(told(ask(other, own)).await.code(), refusal, "{path}");
        }
    }
}

#[tokio::test]
async fn calls_abroad_meet_faults_and_are_logged() {
    let script = r#"faults = [{ when = { call = "TTTS3012R", nth = 1 }, what = { kind = "rate_error" } }]"#;
    let faults = FaultScript::parse(script).expect("a script");
    let rig = Rig::with(EmulatorConfig { faults, ..config() }).await;
    let session = rig.session(Environment::Real).await;
    let url = rig.url(Environment::Real, "/uapi/overseas-stock/v1/trading/inquire-balance");
    let own = session.credentials.cano();
    let ask = || session.headers(rig.client.get(format!("{url}?CANO={own}&ACNT_PRDT_CD=01")), "TTTS3012R");
    assert_eq!((told(ask()).await.code(), told(ask()).await.code()), ("EGW00201", "KIOK0510"));
    let log = told(rig.client.get(rig.url(Environment::Real, "/emulator/log"))).await;
    let codes: Vec<&str> = log.rows("/entries").iter().filter_map(|entry| entry["code"].as_str()).collect();
    assert_eq!(codes[..2], ["KIOK0510", "EGW00201"]);
    assert_eq!(log.text("/entries/0/parameters"), "ACNT_PRDT_CD=01 CANO=******34");
}
