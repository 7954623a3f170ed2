//! What really arrived, whatever a fault did to the answer; and the faults that end in the middle of a call.

use exodus_kis_emulator::{Arrival, ArrivalKind, EmulatorConfig, Environment, FaultScript};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::rig::{Rig, Session, balance_query, config, told};

const REAL: Environment = Environment::Real;

async fn rig(faults: &str) -> Rig {
    let faults = FaultScript::parse(faults).expect("a script");
    Rig::with(EmulatorConfig { faults, ..config() }).await
}

fn orders(rig: &Rig) -> Vec<Arrival> {
    rig.emulator.wire(0).into_iter().filter(|arrival| arrival.kind == ArrivalKind::Order).collect()
}

/// A listed issue and the lowest price of its day, at which nothing trades.
fn far(rig: &Rig) -> (String, i64) {
    rig.emulator.with_world(|world, _| {
        let symbol = world.instruments()[0].symbol;
        (symbol.to_string(), world.quote(symbol).expect("a quote").limits.lower.0)
    })
}

/// A buy whose answer may not come.
async fn buy(session: &Session<'_>, quantity: i64) -> Option<Value> {
    let (symbol, price) = far(session.rig);
    let body = json!({
        "CANO": session.credentials.cano(), "ACNT_PRDT_CD": "01", "PDNO": symbol, "ORD_DVSN": "00",
        "ORD_QTY": quantity.to_string(), "ORD_UNPR": price.to_string(),
    });
    let url = session.rig.url(REAL, "/uapi/domestic-stock/v1/trading/order-cash");
    let answer = session.headers(session.rig.client.post(url).json(&body), "TTTC0012U").send().await.ok()?;
    let text = answer.text().await.ok()?;
    Some(serde_json::from_str(&text).unwrap_or(Value::String(text)))
}

#[tokio::test]
async fn every_order_that_arrived_is_told_with_the_orders_it_made() {
    let rig = rig(r#"faults = [
            { when = { call = "order-cash", nth = 2 }, what = { kind = "answer_lost" } },
            { when = { call = "order-cash", nth = 3 }, what = { kind = "request_lost" } },
            { when = { call = "order-cash", nth = 4 }, what = { kind = "broker_doubles" } },
            { when = { call = "order-cash", nth = 5 }, what = { kind = "server_error_without_order" } },
        ]"#)
    .await;
    let session = rig.session(REAL).await;
    let answered = [
        buy(&session, 1).await.is_some(),
        buy(&session, 2).await.is_some(),
        buy(&session, 3).await.is_some(),
        buy(&session, 4).await.is_some(),
        buy(&session, 5).await.is_some(),
    ];
    assert_eq!(answered, [true, false, false, true, true]);
    let orders = orders(&rig);
    let told: Vec<(&str, usize, &str)> =
        orders.iter().map(|one| (one.fields["ORD_QTY"].as_str(), one.made.len(), one.code.as_str())).collect();
    assert_eq!(
        told,
        [("1", 1, "APBK0013"), ("2", 1, "APBK0013"), ("3", 0, ""), ("4", 2, "APBK0013"), ("5", 0, "EGW00001")]
    );
    let account = session.credentials.account_no.clone();
    assert!(orders.iter().all(|one| one.complete && one.account == account && one.tr_id == "TTTC0012U"));
    let rows = session.day_list().await;
    let listed: Vec<&str> = rows.rows("/output1").iter().map(|row| row["odno"].as_str().expect("a text")).collect();
    let mut made: Vec<&str> = orders.iter().flat_map(|one| &one.made).map(|made| made.odno.as_str()).collect();
    made.reverse();
    assert_eq!(listed, made);
    let over_http = told_wire(&rig, orders[2].seq).await;
    assert_eq!(over_http["arrivals"].as_array().map(Vec::len), Some(2));
    assert_eq!(over_http["arrivals"][0]["made"][1]["odno"], json!(orders[3].made[1].odno));
}

async fn told_wire(rig: &Rig, after: u64) -> Value {
    told(rig.client.get(rig.url(REAL, &format!("/emulator/wire?after={after}")))).await.body
}

#[tokio::test]
async fn issues_of_tokens_are_told_and_calls_of_a_second_counted() {
    let rig = Rig::start().await;
    let session = rig.session(REAL).await;
    for _ in 0..3 {
        session.ledger("inquire-balance", "TTTC8434R", &balance_query()).await;
    }
    rig.step(1);
    session.day_list().await;
    let tokens: Vec<Arrival> = rig.emulator.wire(0);
    assert_eq!(tokens.len(), 1);
    assert_eq!((tokens[0].kind, tokens[0].account.as_str()), (ArrivalKind::Token, &*session.credentials.account_no));
    assert!(tokens[0].fields.is_empty(), "nobody reads a secret here");
    assert_eq!(rig.emulator.busiest().iter().map(|one| one.calls).collect::<Vec<_>>(), [3]);
}

#[tokio::test]
async fn a_request_that_breaks_off_is_told_as_such() {
    let rig = Rig::start().await;
    let one = rig.credentials(REAL);
    let head = format!(
        "POST /uapi/domestic-stock/v1/trading/order-cash HTTP/1.1\r\nhost: localhost\r\nappkey: {}\r\n\
         tr_id: TTTC0012U\r\ncontent-type: application/json\r\ncontent-length: 200\r\n\r\n",
        one.app_key
    );
    for sent in [format!("{head}{{\"CANO\":"), head[..60].to_owned()] {
        let mut stream = TcpStream::connect(rig.addresses(REAL).rest).await.expect("a connection");
        stream.write_all(sent.as_bytes()).await.expect("written");
        stream.shutdown().await.expect("ended");
        drop(stream.read_to_end(&mut Vec::new()).await);
    }
    // The server hears of the end a moment later.
    for _ in 0..100 {
        if rig.emulator.wire(0).len() == 2 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    let told: Vec<_> = rig.emulator.wire(0).into_iter().map(|a| (a.kind, a.complete, a.bytes, a.account)).collect();
    let account = one.account_no.clone();
    assert_eq!(told, [(ArrivalKind::Order, false, 8, account), (ArrivalKind::Unknown, false, 60, String::new())]);
}

#[tokio::test]
async fn a_connection_is_refused() {
    let rig = rig(r#"faults = [{ when = { env = "real", nth = 1 }, what = { kind = "connection_refused" } }]"#).await;
    let mut stream = TcpStream::connect(rig.addresses(REAL).rest).await.expect("the system accepts");
    assert!(stream.read_to_end(&mut Vec::new()).await.is_err(), "a reset");
    assert_eq!(rig.session(REAL).await.day_list().await.code(), "KIOK0510");
    let senseless = r#"faults = [{ when = { call = "order-cash" }, what = { kind = "connection_refused" } }]"#;
    assert!(FaultScript::parse(senseless).is_err());
}

#[tokio::test]
async fn an_answer_is_garbage_or_of_another_request() {
    for (garbage, is_json) in [("html", false), ("cut_json", false), ("wrong_types", true), ("huge", true)] {
        let script = format!(
            r#"faults = [{{ when = {{ call = "order-cash" }}, what = {{ kind = "answer_garbage", garbage = "{garbage}" }} }}]"#
        );
        let rig = rig(&script).await;
        let session = rig.session(REAL).await;
        let body = buy(&session, 1).await.expect("an answer");
        assert_eq!(body.is_object(), is_json, "{garbage}");
        assert!(garbage != "wrong_types" || body["rt_cd"] == json!(["0"]));
        assert_eq!(orders(&rig)[0].made.len(), 1, "carried out all the same");
    }
    let rig =
        rig(r#"faults = [{ when = { call = "order-cash", nth = 2 }, what = { kind = "answer_of_another" } }]"#).await;
    let session = rig.session(REAL).await;
    let (first, second) = (buy(&session, 1).await, buy(&session, 2).await);
    assert!(first.is_some() && first == second);
    assert_ne!(orders(&rig)[0].made, orders(&rig)[1].made);
}

#[tokio::test]
async fn tokens_expire_early_and_issues_are_refused() {
    let rig = rig(r#"faults = [
            { when = { call = "inquire-daily-ccld", nth = 1 }, what = { kind = "token_expired" } },
            { when = { call = "tokenP", nth = 2 }, what = { kind = "rate_error" } },
            { when = { call = "tokenP", nth = 3 }, what = { kind = "server_error_without_order" } },
        ]"#)
    .await;
    let session = rig.session(REAL).await;
    assert_eq!(session.day_list().await.code(), "EGW00123");
    rig.step(61);
    let one = &session.credentials;
    let body = json!({ "grant_type": "client_credentials", "appkey": one.app_key, "appsecret": one.app_secret });
    let issue = async || rig.post(REAL, "/oauth2/tokenP", body.clone()).await;
    assert_eq!((issue().await.code(), issue().await.code()), ("EGW00133", "EGW00002"));
    let token = issue().await.text("/access_token").to_owned();
    assert_ne!(token, session.token, "one that is over is not told again");
    let session = Session { rig: &rig, credentials: one.clone(), token };
    assert_eq!(session.day_list().await.code(), "KIOK0510");
}

#[tokio::test]
async fn a_page_is_lost_reordered_shifted_doubled_or_empty() {
    let rig = Rig::start().await;
    let session = rig.session(REAL).await;
    for _ in 0..130 {
        let answer = buy(&session, 1).await.expect("an answer");
        assert_eq!(answer["rt_cd"], json!("0"), "{answer}");
    }
    assert_eq!(orders(&rig).len(), 130);
    let number = |row: &Value| row["odno"].as_str().and_then(|odno| odno.parse::<u32>().ok()).expect("a number");
    let pages = async |page: Option<&str>| {
        let script = page.map_or(String::new(), |page| {
            let when = r#"{ call = "inquire-daily-ccld", nth = 2 }"#;
            format!(r#"faults = [{{ when = {when}, what = {{ kind = "page_fault", page = "{page}" }} }}]"#)
        });
        rig.emulator.set_faults(FaultScript::parse(&script).expect("a script")).expect("it makes sense");
        let first = session.day_list().await;
        let mut query = crate::rig::day_query("20261001");
        query.retain(|(name, _)| !name.starts_with("CTX"));
        let (fk, nk) = (first.text("/ctx_area_fk100"), first.text("/ctx_area_nk100"));
        query.extend([("CTX_AREA_FK100", fk), ("CTX_AREA_NK100", nk)]);
        let second = session.page("inquire-daily-ccld", "TTTC0081R", &query, "N").await;
        second.rows("/output1").iter().map(number).collect::<Vec<u32>>()
    };
    let right = pages(None).await;
    assert_eq!((right.len(), right[0]), (30, 30));
    assert!(pages(Some("lost")).await.is_empty());
    assert!(pages(Some("empty")).await.is_empty());
    assert_eq!(pages(Some("reordered")).await, right.iter().rev().copied().collect::<Vec<_>>());
    assert_eq!(pages(Some("inserted")).await, [&[31], right.as_slice()].concat());
    assert_eq!(pages(Some("doubled")).await, right.iter().flat_map(|one| [*one, *one]).collect::<Vec<_>>());
}
