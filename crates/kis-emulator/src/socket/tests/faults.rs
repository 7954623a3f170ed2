//! What goes wrong on a socket on demand.

use exodus_kis::wire::stream::{Frame, read_notices};

use super::notices::{Listener, facts};
use super::*;

const REAL: Environment = Environment::Real;

fn fault(when: &str, what: &str) -> String {
    format!("faults = [{{ when = {{ {when} }}, what = {{ {what} }} }}]")
}

#[tokio::test]
async fn a_socket_is_dropped_in_front_of_the_nth_frame() {
    let stage = Stage::with_faults(&fault(r#"feed = "H0STCNT0", nth = 3"#, r#"kind = "socket_drop""#)).await;
    let symbol = stage.symbol.to_string();
    let mut line = stage.open(REAL).await;
    line.subscribe("H0STCNT0", &symbol).await;
    for _ in 0..3 {
        stage.trade(stage.symbol);
    }
    line.frame("H0STCNT0").await;
    line.frame("H0STCNT0").await;
    assert!(line.ends_abruptly().await);
    let mut again = stage.open(REAL).await;
    assert_eq!(code(&again.subscribe("H0STCNT0", &symbol).await), "OPSP0000");
}

#[tokio::test]
async fn a_stale_session_holds_its_app_key_for_a_minute_section_7_10() {
    let stage = Stage::with_faults(&fault("", r#"kind = "stale_session", seconds = 60"#)).await;
    let symbol = stage.symbol.to_string();
    let mut line = stage.open(REAL).await;
    line.subscribe("H0STCNT0", &symbol).await;
    drop(line);
    let mut next = stage.open(REAL).await;
    assert_eq!(code(&next.subscribe("H0STCNT0", &symbol).await), "OPSP8996");
    // The server has noticed the end by now, and counts from there.
    tokio::time::sleep(A_WHILE).await;
    stage.step(TimeDelta::seconds(59));
    let mut next = stage.open(REAL).await;
    assert_eq!(code(&next.subscribe("H0STCNT0", &symbol).await), "OPSP8996");
    stage.step(TimeDelta::seconds(1));
    let mut next = stage.open(REAL).await;
    assert_eq!(code(&next.subscribe("H0STCNT0", &symbol).await), "OPSP0000");
    // One that says goodbye leaves nothing behind.
    next.socket.close(None).await.unwrap();
    while next.socket.next().await.is_some_and(|last| last.is_ok()) {}
    let mut last = stage.open(REAL).await;
    assert_eq!(code(&last.subscribe("H0STCNT0", &symbol).await), "OPSP0000");
}

#[tokio::test]
async fn a_mute_socket_stays_open_and_says_nothing_for_its_time() {
    let when = r#"feed = "H0STCNT0", nth = 2"#;
    let stage = Stage::with_faults(&fault(when, r#"kind = "socket_mute", seconds = 60"#)).await;
    let mut line = stage.open(REAL).await;
    line.subscribe("H0STCNT0", &stage.symbol.to_string()).await;
    stage.trade(stage.symbol);
    line.frame("H0STCNT0").await;
    stage.trade(stage.symbol);
    stage.trade(stage.symbol);
    assert!(line.is_silent().await);
    stage.step(TimeDelta::seconds(61));
    stage.trade(stage.symbol);
    line.frame("H0STCNT0").await;
}

#[tokio::test]
async fn a_slow_socket_drips() {
    let stage = Stage::with_faults(&fault("", r#"kind = "slow_read", bytes_per_second = 400"#)).await;
    let mut line = stage.open(REAL).await;
    line.subscribe("H0STCNT0", &stage.symbol.to_string()).await;
    let begun = std::time::Instant::now();
    stage.trade(stage.symbol);
    let frame = line.frame("H0STCNT0").await;
    assert!(begun.elapsed().as_millis() >= frame.len() as u128 * 1_000 / 400, "{frame}");
}

#[tokio::test]
async fn a_notice_is_lost() {
    let stage = Stage::with_faults(&fault("nth = 1", r#"kind = "notice_lost""#)).await;
    let mut listener = Listener::of(&stage, REAL).await;
    stage.order(REAL, Side::Buy, Some(stage.lowest()), 1);
    assert!(listener.line.is_silent().await);
    stage.order(REAL, Side::Buy, Some(stage.lowest()), 2);
    let plain = listener.plain().await;
    assert_eq!(facts(&read_notices(1, &plain).unwrap()[0]).3, 2);
}

#[tokio::test]
async fn a_notice_is_repeated() {
    let stage = Stage::with_faults(&fault("", r#"kind = "notice_repeated", times = 3"#)).await;
    let mut listener = Listener::of(&stage, REAL).await;
    stage.order(REAL, Side::Buy, Some(stage.lowest()), 1);
    let first = listener.plain().await;
    assert_eq!(listener.plain().await, first);
    assert_eq!(listener.plain().await, first);
    assert!(listener.line.is_silent().await);
}

#[tokio::test]
async fn a_notice_comes_after_the_one_behind_it() {
    let stage = Stage::with_faults(&fault("nth = 1", r#"kind = "notice_reordered""#)).await;
    let mut listener = Listener::of(&stage, REAL).await;
    stage.order(REAL, Side::Buy, Some(stage.lowest()), 1);
    stage.order(REAL, Side::Buy, Some(stage.lowest()), 2);
    let mut quantities = Vec::new();
    for _ in 0..2 {
        let plain = listener.plain().await;
        quantities.push(facts(&read_notices(1, &plain).unwrap()[0]).3);
    }
    assert_eq!(quantities, [2, 1]);
}

#[tokio::test]
async fn a_notice_is_spoiled_in_each_way() {
    for (garbage, opens, reads) in [
        ("wrong_key", false, false),
        ("bad_padding", false, false),
        ("not_base64", false, false),
        ("more_fields", true, true),
        ("fewer_fields", true, false),
        ("other_account", true, true),
        ("forged", true, true),
    ] {
        let what = format!(r#"kind = "notice_garbage", garbage = "{garbage}""#);
        let stage = Stage::with_faults(&fault("", &what)).await;
        let mut listener = Listener::of(&stage, REAL).await;
        stage.order(REAL, Side::Buy, Some(stage.lowest()), 1);
        let text = listener.line.frame("H0STCNI0").await;
        let hts_id = stage.credentials(REAL, 0).hts_id;
        let plain =
            listener.cipher.open(Frame::parse(&text).unwrap().body).ok().filter(|plain| plain.starts_with(&hts_id));
        assert_eq!(plain.is_some(), opens, "{garbage}");
        let plain = plain.unwrap_or_default();
        let read = read_notices(1, &plain).unwrap_or_default();
        assert_eq!(!read.is_empty(), reads, "{garbage}");
        if let Some(read) = read.first() {
            let own = stage.credentials(REAL, 0).account_no.replace('-', "");
            assert_eq!(read.account_no == own, garbage != "other_account");
            assert_eq!(read.kind.as_str() == "2", garbage == "forged");
        }
    }
}

#[tokio::test]
async fn a_notice_comes_hours_late() {
    let stage = Stage::with_faults(&fault("nth = 1", r#"kind = "notice_late", seconds = 7200"#)).await;
    let mut listener = Listener::of(&stage, REAL).await;
    stage.order(REAL, Side::Buy, Some(stage.lowest()), 1);
    stage.order(REAL, Side::Buy, Some(stage.lowest()), 2);
    let plain = listener.plain().await;
    assert_eq!(facts(&read_notices(1, &plain).unwrap()[0]).3, 2);
    assert!(listener.line.is_silent().await);
    stage.step(TimeDelta::seconds(7_201));
    let late = listener.plain().await;
    assert_eq!(facts(&read_notices(1, &late).unwrap()[0]).3, 1);
}
