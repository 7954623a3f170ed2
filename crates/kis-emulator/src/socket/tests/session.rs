//! Connections, approval, limits and life signs.

use super::*;

const REAL: Environment = Environment::Real;
const MOCK: Environment = Environment::Mock;

#[tokio::test]
async fn all_three_kinds_of_path_are_accepted_section_1_1() {
    let stage = Stage::at(10, 0).await;
    for (index, path) in ["", "/tryitout", "/tryitout/H0STCNT0"].into_iter().enumerate() {
        let environment = if index == 2 { MOCK } else { REAL };
        let approval = stage.approval(&stage.credentials(environment, index.min(1) % 2));
        let mut line = Line::open(&stage.url(environment, path), approval).await;
        assert_eq!(code(&line.subscribe("H0STCNT0", &stage.symbol.to_string()).await), "OPSP0000", "{path}");
    }
}

#[tokio::test]
async fn an_acknowledgement_echoes_the_registration_and_tells_the_key_section_7_3() {
    let stage = Stage::at(10, 0).await;
    let symbol = stage.symbol.to_string();
    let mut line = stage.open(REAL).await;
    let answer = line.subscribe("H0STCNT0", &symbol).await;
    assert_eq!((answer.header.tr_id.as_str(), answer.header.tr_key.as_deref()), ("H0STCNT0", Some(symbol.as_str())));
    assert_eq!(answer.header.encrypt.as_deref(), Some("N"));
    assert_eq!((told(&answer).iv.len(), told(&answer).key.len()), (16, 32));
    let body = answer.body.unwrap();
    assert_eq!((body.rt_cd.as_str(), body.msg1.as_str()), ("0", "SUBSCRIBE SUCCESS"));
    let notices = line.subscribe("H0STCNI0", &stage.credentials(REAL, 0).hts_id).await;
    assert_eq!(notices.header.encrypt.as_deref(), Some("Y"));
    let mut mock = stage.open(MOCK).await;
    assert!(mock.subscribe("H0STCNT0", &symbol).await.body.unwrap().output.is_none());
    assert!(mock.subscribe("H0STASP0", &symbol).await.body.unwrap().output.is_some());
}

#[tokio::test]
async fn a_registration_is_made_and_ended_once_section_7_3() {
    let stage = Stage::at(10, 0).await;
    let symbol = stage.symbol.to_string();
    let mut line = stage.open(REAL).await;
    assert_eq!(code(&line.unsubscribe("H0STCNT0", &symbol).await), "OPSP0003");
    assert_eq!(code(&line.subscribe("H0STCNT0", &symbol).await), "OPSP0000");
    assert_eq!(code(&line.subscribe("H0STCNT0", &symbol).await), "OPSP0002");
    assert_eq!(code(&line.unsubscribe("H0STCNT0", &symbol).await), "OPSP0001");
    stage.trade(stage.symbol);
    assert!(line.is_silent().await);
}

#[tokio::test]
async fn wrong_feeds_and_keys_have_their_codes_section_7_3() {
    let stage = Stage::at(10, 0).await;
    let symbol = stage.symbol.to_string();
    let mut line = stage.open(REAL).await;
    assert_eq!(code(&line.subscribe("H0STXXX0", &symbol).await), "OPSP8991");
    assert_eq!(code(&line.subscribe("H0STCNI9", "exor0001").await), "OPSP8991");
    assert_eq!(code(&line.subscribe("H0STCNT0", "999999").await), "OPSP8992");
    assert_eq!(code(&line.subscribe("H0STCNT0", "").await), "OPSP8993");
    line.send("nonsense".to_owned()).await;
    assert_eq!(code(&line.answer().await), "OPSP9999");
    assert_eq!(code(&line.subscribe("H0STCNT0", &symbol).await), "OPSP0000");
}

#[tokio::test]
async fn the_mock_environment_has_its_own_feeds_section_1_3() {
    let stage = Stage::at(10, 0).await;
    let symbol = stage.symbol.to_string();
    let mut line = stage.open(MOCK).await;
    for feed in ["H0NXCNT0", "H0UNCNT0", "H0NXASP0", "H0UNASP0", "H0STMKO0", "H0STANC0", "H0STCNI0", "H0UPCNT0"] {
        assert_eq!(code(&line.subscribe(feed, &symbol).await), "OPSP8991", "{feed}");
    }
    assert_eq!(code(&line.subscribe("H0STCNT0", &symbol).await), "OPSP0000");
    assert_eq!(code(&line.subscribe("H0STASP0", &symbol).await), "OPSP0000");
    let hts_id = stage.credentials(MOCK, 0).hts_id;
    assert_eq!(code(&line.subscribe("H0STCNI9", &hts_id).await), "OPSP0000");
    assert_eq!(code(&line.subscribe("H0GSCNI9", &hts_id).await), "OPSP0000");
}

#[tokio::test]
async fn forty_one_registrations_of_all_feeds_fit_section_4() {
    let stage = Stage::at(10, 0).await;
    let symbols: Vec<String> = stage.emulator.shared.with_world(|world, _| {
        world.instruments().iter().take(20).map(|instrument| instrument.symbol.to_string()).collect()
    });
    let mut line = stage.open(REAL).await;
    let hts_id = stage.credentials(REAL, 0).hts_id;
    assert_eq!(code(&line.subscribe("H0STCNI0", &hts_id).await), "OPSP0000");
    for symbol in &symbols {
        assert_eq!(code(&line.subscribe("H0STCNT0", symbol).await), "OPSP0000");
        assert_eq!(code(&line.subscribe("H0STASP0", symbol).await), "OPSP0000");
    }
    assert_eq!(code(&line.subscribe("H0UNCNT0", &symbols[0]).await), "OPSP0008");
    assert_eq!(code(&line.unsubscribe("H0STASP0", &symbols[0]).await), "OPSP0001");
    assert_eq!(code(&line.subscribe("H0UNCNT0", &symbols[0]).await), "OPSP0000");
}

#[tokio::test]
async fn a_wrong_approval_key_ends_the_connection_without_a_frame_sections_7_3_and_7_10() {
    let stage = Stage::at(10, 0).await;
    let symbol = stage.symbol.to_string();
    let of_mock = stage.approval(&stage.credentials(MOCK, 0));
    for approval in ["00000000-0000-0000-0000-000000000000".to_owned(), of_mock] {
        let mut line = Line::open(&stage.url(REAL, "/"), approval).await;
        assert_eq!(code(&line.subscribe("H0STCNT0", &symbol).await), "OPSP0011");
        assert!(line.ends_abruptly().await);
    }
}

#[tokio::test]
async fn an_approval_key_is_checked_when_a_session_starts_only_section_2_3() {
    let stage = Stage::at(10, 0).await;
    let symbol = stage.symbol.to_string();
    let issued = |index| {
        let key = stage.credentials(REAL, index).app_key;
        let yesterday = stage.now() - TimeDelta::hours(24) + TimeDelta::minutes(1);
        stage.emulator.shared.keys().issue_approval(&key, yesterday)
    };
    let mut line = Line::open(&stage.url(REAL, "/"), issued(0)).await;
    let held_back = issued(1);
    assert_eq!(code(&line.subscribe("H0STCNT0", &symbol).await), "OPSP0000");
    stage.step(TimeDelta::minutes(1));
    assert_eq!(code(&line.subscribe("H0STASP0", &symbol).await), "OPSP0000");
    let mut late = Line::open(&stage.url(REAL, "/"), held_back).await;
    assert_eq!(code(&late.subscribe("H0STCNT0", &symbol).await), "OPSP0011");
}

#[tokio::test]
async fn a_wrong_hts_id_is_refused_and_ends_the_connection_sections_1_2_and_7_10() {
    let stage = Stage::at(10, 0).await;
    let mut line = stage.open(REAL).await;
    assert_eq!(code(&line.subscribe("H0STCNI0", "somebody").await), "OPSP0017");
    assert!(line.ends_abruptly().await);
}

#[tokio::test]
async fn one_session_per_app_key_lives_section_7_1() {
    let stage = Stage::at(10, 0).await;
    let symbol = stage.symbol.to_string();
    let mut first = stage.open(REAL).await;
    assert_eq!(code(&first.subscribe("H0STCNT0", &symbol).await), "OPSP0000");
    let mut second = stage.open(REAL).await;
    let refused = second.subscribe("H0STCNT0", &symbol).await;
    assert_eq!((code(&refused), refused.header.tr_id.as_str()), ("OPSP8996", "(null)"));
    assert_eq!(refused.body.unwrap().rt_cd, "9");
    assert!(second.ends_abruptly().await);
    // Another key on the same machine is free.
    let other = stage.approval(&stage.credentials(REAL, 1));
    let mut other = Line::open(&stage.url(REAL, "/"), other).await;
    assert_eq!(code(&other.subscribe("H0STCNT0", &symbol).await), "OPSP0000");
    first.socket.close(None).await.unwrap();
    assert!(first.socket.next().await.is_none_or(|last| last.is_ok()));
    let mut third = stage.open(REAL).await;
    assert_eq!(code(&third.subscribe("H0STCNT0", &symbol).await), "OPSP0000");
}

#[tokio::test]
async fn pingpong_comes_after_a_hundred_idle_seconds_and_either_reply_keeps_the_session_section_7_4() {
    let stage = Stage::at(10, 0).await;
    let hts_id = stage.credentials(REAL, 0).hts_id;
    for reply_by_pong in [false, true] {
        let mut line = stage.open(REAL).await;
        assert_eq!(code(&line.subscribe("H0STCNI0", &hts_id).await), "OPSP0000");
        stage.step(TimeDelta::seconds(99));
        assert!(line.is_silent().await);
        for _ in 0..3 {
            stage.step(TimeDelta::seconds(101));
            let text = line.text().await.unwrap();
            let ping = ControlMessage::parse(&text).unwrap();
            assert!(ping.is_pingpong() && ping.body.is_none());
            assert_eq!(ping.header.datetime.as_deref().map(str::len), Some(14));
            let reply = if reply_by_pong { Message::Pong(text.into()) } else { Message::text(text) };
            line.socket.send(reply).await.unwrap();
            assert!(line.is_silent().await);
        }
        line.socket.close(None).await.unwrap();
        while line.socket.next().await.is_some_and(|last| last.is_ok()) {}
    }
}

#[tokio::test]
async fn without_a_reply_the_connection_ends_section_7_4() {
    let stage = Stage::at(10, 0).await;
    let hts_id = stage.credentials(REAL, 0).hts_id;
    let mut line = stage.open(REAL).await;
    assert_eq!(code(&line.subscribe("H0STCNI0", &hts_id).await), "OPSP0000");
    stage.step(TimeDelta::seconds(101));
    assert!(line.answer().await.is_pingpong());
    stage.step(TimeDelta::seconds(31));
    assert!(line.ends_abruptly().await);
}

#[tokio::test]
async fn a_client_that_reads_nothing_holds_up_nobody() {
    let stage = Stage::at(10, 0).await;
    let symbol = stage.symbol.to_string();
    let mut lazy = stage.open(REAL).await;
    assert_eq!(code(&lazy.subscribe("H0STCNT0", &symbol).await), "OPSP0000");
    let other = stage.approval(&stage.credentials(REAL, 1));
    let mut keen = Line::open(&stage.url(REAL, "/"), other).await;
    assert_eq!(code(&keen.subscribe("H0STCNT0", &symbol).await), "OPSP0000");
    // Some ten megabytes, more than the buffers of a connection take.
    for round in 1..=100 {
        for _ in 0..300 {
            stage.trade(stage.symbol);
        }
        let mut seen = 0;
        while seen < 300 {
            seen += fields(&keen.frame("H0STCNT0").await).len();
        }
        assert_eq!(seen, 300, "round {round}");
    }
}
