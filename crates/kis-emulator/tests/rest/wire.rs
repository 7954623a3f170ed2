//! What faults do to the bytes of an answer, and TLS (kis-openapi §1.1).

use std::time::Instant;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use exodus_kis_emulator::{EmulatorConfig, Environment, FaultScript, read_tls};
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::rig::{Rig, config};

/// Asks for a token on a connection of its own, and tells everything that came back.
async fn raw(what: &str) -> String {
    let script = format!("[[faults]]\nwhen = {{ call = \"tokenP\" }}\nwhat = {what}\n");
    let faults = FaultScript::parse(&script).expect("a script");
    let rig = Rig::with(EmulatorConfig { faults, ..config() }).await;
    let one = rig.credentials(Environment::Real);
    let body = json!({ "grant_type": "client_credentials", "appkey": one.app_key, "appsecret": one.app_secret });
    let body = body.to_string();
    let request = format!(
        "POST /oauth2/tokenP HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    let mut stream = TcpStream::connect(rig.addresses(Environment::Real).rest).await.expect("a connection");
    stream.write_all(request.as_bytes()).await.expect("a request");
    let mut answer = Vec::new();
    // A connection that breaks off has told what it had told.
    drop(stream.read_to_end(&mut answer).await);
    String::from_utf8(answer).expect("a text")
}

#[tokio::test]
async fn an_answer_is_lost_cut_or_doubled_on_the_wire() {
    assert_eq!(raw(r#"{ kind = "answer_lost" }"#).await, "");
    let cut = raw(r#"{ kind = "answer_cut", bytes = 40 }"#).await;
    assert!(cut.starts_with("HTTP/1.1 200 OK") && cut.len() == 40, "{cut}");
    let doubled = raw(r#"{ kind = "answer_doubled" }"#).await;
    assert_eq!((doubled.matches("HTTP/1.1 200 OK").count(), doubled.matches("access_token\"").count()), (2, 2));
}

#[tokio::test]
async fn an_answer_drips() {
    let begun = Instant::now();
    let slow = raw(r#"{ kind = "slow_read", bytes_per_second = 500 }"#).await;
    assert!(slow.contains("Bearer") && slow.len() > 300, "{slow}");
    assert!(begun.elapsed().as_millis() > 600 * slow.len() as u128 / 500);
}

fn pem(what: &str, bytes: &[u8]) -> String {
    format!("-----BEGIN {what}-----\n{}\n-----END {what}-----\n", BASE64_STANDARD.encode(bytes))
}

#[tokio::test]
async fn rest_is_served_over_tls_section_1_1() {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).expect("a certificate");
    let folder = tempfile::tempdir().expect("a folder");
    let (certificate, key) = (folder.path().join("cert.pem"), folder.path().join("key.pem"));
    std::fs::write(&certificate, pem("CERTIFICATE", made.cert.der())).expect("a file");
    std::fs::write(&key, pem("PRIVATE KEY", &made.signing_key.serialize_der())).expect("a file");
    let tls = Some(read_tls(&certificate, &key).expect("certificate and key"));
    let rig = Rig::with(EmulatorConfig { tls, ..config() }).await;
    let root = reqwest::Certificate::from_der(made.cert.der()).expect("a certificate");
    let client = reqwest::Client::builder().no_proxy().tls_certs_only([root]).build().expect("a client");
    let port = rig.addresses(Environment::Mock).rest.port();
    let answer = client.get(format!("https://localhost:{port}/emulator/clock")).send().await.expect("an answer");
    assert_eq!(answer.status().as_u16(), 200);
    assert!(rig.client.get(rig.url(Environment::Mock, "/emulator/clock")).send().await.is_err());
    let swapped = read_tls(&key, &certificate).err().map(|error| error.to_string());
    assert!(swapped.is_some_and(|sentence| sentence.contains("PEM certificate")));
}
