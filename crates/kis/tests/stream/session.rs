//! One session: acknowledgements, notices, PINGPONG, and every way in which it can end.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use chrono::TimeDelta;
use exodus_domain::{BrokerOrderId, PortStream};
use exodus_kis::Environment;
use exodus_kis::stream::{Approval, Hint, KisStream, StreamConfig, StreamProblem};
use exodus_kis::wire::stream::{Cipher, LegacyNotice, Notice, Padded, Record, answer, write_frame, write_sealed};
use futures::StreamExt;
use secrecy::SecretString;

use crate::broker::{Broker, FastClock, IV, KEY, Keys, soon};

const ACCOUNT: &str = "5000123401";

fn stream(broker: &Broker, environment: Environment, speed: u32) -> KisStream {
    let config = StreamConfig { url: broker.url(), environment };
    KisStream::start(config, Arc::new(Keys::default()), FastClock::at("10:00:00", speed))
}

fn cipher() -> Cipher {
    Cipher::new(KEY, IV).expect("lengths are right")
}

fn notice(account_no: &'static str, order_no: &'static str) -> Notice<'static> {
    Notice { customer: "myhtsid", account_no, order_no, branch: "91252", quantity: Padded(4), ..Notice::default() }
}

async fn next(hints: &mut PortStream<Hint>) -> Hint {
    soon(hints.next()).await.expect("hints do not end")
}

fn order(id: &str) -> Hint {
    Hint::Order(BrokerOrderId(id.to_owned()))
}

#[tokio::test]
async fn notices_become_hints_of_their_account() {
    let broker = Broker::listen().await;
    let stream = stream(&broker, Environment::Live, 1);
    let mut hints = stream.hints("myhtsid", ACCOUNT);
    let mut session = broker.accept().await;
    let asked = session.acknowledge(1).await;
    assert_eq!((asked[0].tr_id.as_str(), asked[0].tr_key.as_str()), ("H0STCNI0", "myhtsid"));
    assert_eq!(next(&mut hints).await, Hint::Gap, "what happened before is not told");

    let width = Notice::WIDTH;
    session.send(write_sealed("H0STCNI0", &[notice("5000999901", "1")], width, &cipher())).await;
    session.send(write_sealed("H0STCNI0", &[notice(ACCOUNT, "117057")], width, &cipher())).await;
    session.send(write_sealed("H0STCNI0", &[notice(ACCOUNT, "0000117058")], width + 3, &cipher())).await;
    let old = LegacyNotice { account_no: ACCOUNT, order_no: "9", branch: "00950", ..LegacyNotice::default() };
    session.send(write_sealed("H0STCNI0", &[old, old], LegacyNotice::WIDTH, &cipher())).await;
    assert_eq!(next(&mut hints).await, order("91252-0000117057"), "that of another account is dropped");
    assert_eq!(next(&mut hints).await, order("91252-0000117058"), "wider");
    assert_eq!(next(&mut hints).await, order("00950-0000000009"), "older");
    assert_eq!(next(&mut hints).await, order("00950-0000000009"), "a repeat is one more hint");
}

#[tokio::test]
async fn the_mock_environment_has_its_own_notices() {
    let broker = Broker::listen().await;
    let stream = stream(&broker, Environment::Paper, 1);
    let _hints = stream.hints("myhtsid", ACCOUNT);
    let asked = broker.accept().await.acknowledge(1).await;
    assert_eq!(asked[0].tr_id, "H0STCNI9");
}

#[tokio::test]
async fn a_pingpong_is_echoed() {
    let broker = Broker::listen().await;
    let stream = stream(&broker, Environment::Live, 1);
    let _hints = stream.hints("myhtsid", ACCOUNT);
    let mut session = broker.accept().await;
    session.acknowledge(1).await;
    let ping = r#"{"header":{"tr_id":"PINGPONG","datetime":"20261001101530"}}"#;
    session.send(ping).await;
    assert_eq!(session.text().await.as_deref(), Some(ping));
}

#[tokio::test]
async fn notices_that_cannot_be_read_make_the_list_be_read_and_many_a_new_session() {
    let broker = Broker::listen().await;
    let stream = stream(&broker, Environment::Live, 20);
    let mut hints = stream.hints("myhtsid", ACCOUNT);
    let mut session = broker.accept().await;
    session.acknowledge(1).await;
    assert_eq!(next(&mut hints).await, Hint::Gap);

    let other = Cipher::new("ABCDEFGHIJKLMNOPABCDEFGHIJKLMNOP", IV).expect("lengths are right");
    let forged = notice("500012", "1");
    let garbage = [
        write_sealed("H0STCNI0", &[notice(ACCOUNT, "1")], Notice::WIDTH, &other),
        "1|H0STCNI0|001|no base64!".to_owned(),
        write_sealed("H0STCNI0", &[notice(ACCOUNT, "1")], 12, &cipher()),
        write_frame("H0STCNI0", &[notice(ACCOUNT, "1")], Notice::WIDTH),
        write_sealed("H0STCNI0", &[forged], Notice::WIDTH, &cipher()),
    ];
    for text in &garbage {
        session.send(text.as_str()).await;
        assert_eq!(next(&mut hints).await, Hint::Gap, "{text}");
    }
    for text in ["", "0|H0STCNT0|001", "x|y|z|", "{no json", "0|H0STCNT0|001|a^b^c"] {
        session.send(text).await;
    }
    session.send(write_sealed("H0STCNI0", &[notice(ACCOUNT, "7")], Notice::WIDTH, &cipher())).await;
    assert_eq!(next(&mut hints).await, order("91252-0000000007"), "ten are borne");
    assert_eq!(stream.status().garbled, 10);
    session.send("the eleventh").await;
    assert_eq!(session.text().await, None, "the session is left");
    broker.accept().await.acknowledge(1).await;
}

#[tokio::test]
async fn a_dropped_session_is_made_anew_with_its_registrations_and_a_gap() {
    let broker = Broker::listen().await;
    let stream = stream(&broker, Environment::Live, 20);
    let mut hints = stream.hints("myhtsid", ACCOUNT);
    let mut session = broker.accept().await;
    session.acknowledge(1).await;
    assert_eq!(next(&mut hints).await, Hint::Gap);
    session.drop();
    assert_eq!(next(&mut hints).await, Hint::Gap, "the loss is told");
    let mut session = broker.accept().await;
    let asked = session.acknowledge(1).await;
    assert_eq!(asked[0].key, "key-1", "an approval key is good for a day");
    assert_eq!(next(&mut hints).await, Hint::Gap, "and again when the stream is back");
    session.send(write_sealed("H0STCNI0", &[notice(ACCOUNT, "7")], Notice::WIDTH, &cipher())).await;
    assert_eq!(next(&mut hints).await, order("91252-0000000007"));
}

#[tokio::test]
async fn a_mute_session_is_found_out() {
    let broker = Broker::listen().await;
    let stream = stream(&broker, Environment::Live, 200);
    let _hints = stream.hints("myhtsid", ACCOUNT);
    let mut mute = broker.accept().await;
    mute.acknowledge(1).await;
    let mut session = broker.accept().await;
    session.acknowledge(1).await;
    assert_eq!(stream.check("myhtsid", TimeDelta::seconds(100)).await, Ok(()), "it is there again");
}

#[tokio::test]
async fn a_session_that_does_not_answer_is_left() {
    let broker = Broker::listen().await;
    let stream = stream(&broker, Environment::Live, 100);
    let _hints = stream.hints("myhtsid", ACCOUNT);
    let mut silent = broker.accept().await;
    silent.request().await;
    assert_eq!(silent.text().await, None);
    broker.accept().await.acknowledge(1).await;
}

#[tokio::test]
async fn while_another_session_lives_the_stream_waits() {
    let broker = Broker::listen().await;
    let stream = stream(&broker, Environment::Live, 20);
    let _hints = stream.hints("myhtsid", ACCOUNT);
    let mut session = broker.accept().await;
    let request = session.request().await;
    session.answer(&request, answer::IN_USE).await;
    session.drop();
    // Thirty seconds at least, which are one and a half here.
    assert!(broker.is_left_alone(Duration::from_millis(1_200)).await, "the broker blocks those who do not wait");
    broker.accept().await.acknowledge(1).await;
}

#[tokio::test]
async fn an_approval_key_that_is_not_known_any_more_is_replaced() {
    for said in [answer::INVALID_APPROVAL, answer::WRONG_APP_KEY] {
        let broker = Broker::listen().await;
        let stream = stream(&broker, Environment::Live, 20);
        let _hints = stream.hints("myhtsid", ACCOUNT);
        let mut session = broker.accept().await;
        let request = session.request().await;
        assert_eq!(request.key, "key-1");
        session.answer(&request, said).await;
        let again = broker.accept().await.acknowledge(1).await;
        assert_eq!(again[0].key, "key-2", "{}", said.code);
    }
}

#[tokio::test]
async fn a_check_tells_what_the_broker_said() {
    let broker = Broker::listen().await;
    let stream = stream(&broker, Environment::Live, 20);
    let answered = async {
        let mut session = broker.accept().await;
        let request = session.request().await;
        session.answer(&request, answer::INVALID_HTS_ID).await;
        session.drop();
    };
    let (refused, ()) = tokio::join!(stream.check("nobody", TimeDelta::seconds(60)), answered);
    assert!(matches!(refused, Err(StreamProblem::Refused { code, .. }) if code == "OPSP0017"));

    let (held, asked) = tokio::join!(stream.check("myhtsid", TimeDelta::seconds(60)), async {
        let mut session = broker.accept().await;
        let asked = session.acknowledge(1).await;
        (session, asked)
    });
    assert_eq!(held, Ok(()));
    assert_eq!(asked.1[0].tr_key, "myhtsid", "what was refused is not asked for again");
}

#[tokio::test]
async fn a_check_tells_that_nobody_is_there() {
    let broker = Broker::listen().await;
    let stream = stream(&broker, Environment::Live, 20);
    drop(broker);
    let problem = stream.check("myhtsid", TimeDelta::seconds(5)).await;
    assert!(matches!(problem, Err(StreamProblem::Unreachable(_))), "{problem:?}");
}

/// Gives no approval key.
struct NoKeys;

#[async_trait]
impl Approval for NoKeys {
    async fn approval_key(&self) -> Result<SecretString, String> {
        Err("EGW00103".to_owned())
    }
}

#[tokio::test]
async fn without_an_approval_key_nobody_connects() {
    let broker = Broker::listen().await;
    let config = StreamConfig { url: broker.url(), environment: Environment::Live };
    let stream = KisStream::start(config, Arc::new(NoKeys), FastClock::at("10:00:00", 20));
    let problem = stream.check("myhtsid", TimeDelta::seconds(5)).await;
    assert_eq!(problem, Err(StreamProblem::Unreachable("EGW00103".to_owned())));
}

#[tokio::test]
async fn the_session_ends_with_the_last_who_uses_it() {
    let broker = Broker::listen().await;
    let stream = stream(&broker, Environment::Live, 20);
    let hints = stream.hints("myhtsid", ACCOUNT);
    let mut session = broker.accept().await;
    session.acknowledge(1).await;
    drop(stream);
    session.send(r#"{"header":{"tr_id":"PINGPONG","datetime":"20261001101530"}}"#).await;
    assert!(session.text().await.is_some(), "hints keep it alive");
    drop(hints);
    assert_eq!(session.text().await, None);
}
