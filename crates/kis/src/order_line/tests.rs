use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpSocket};
use tokio_rustls::TlsAcceptor;

use super::*;
use crate::testing::{Act, Server, answer};
use crate::tls::client_config;

fn line(origin: &str) -> OrderLine {
    let line = OrderLine::new(origin, client_config()).expect("a line");
    OrderLine { soft_timeout: Duration::from_millis(300), hard_timeout: Duration::from_millis(900), ..line }
}

fn request() -> Request<Full<Bytes>> {
    Request::post("/order").body(Full::from("{}")).expect("a request")
}

async fn sent_to(server: &Server) -> Reply {
    line(server.hosts.rest()).open().await.map_err(|_| "no line").expect("a line").send(request()).await
}

async fn outcome(act: fn() -> Act) -> Outcome {
    let server = Server::start(move |_, _| act()).await;
    match sent_to(&server).await {
        Reply::Final(outcome) => outcome,
        Reply::Late(_) => panic!("no answer in time"),
    }
}

#[tokio::test]
async fn a_whole_answer_is_handed_on_whatever_its_status() {
    let expected = |status| Outcome::Answer { status, body: Bytes::from_static(b"{\"rt_cd\":\"1\"}") };
    assert_eq!(outcome(|| answer(200, "", r#"{"rt_cd":"1"}"#)).await, expected(200));
    assert_eq!(outcome(|| answer(500, "", r#"{"rt_cd":"1"}"#)).await, expected(500));
}

#[tokio::test]
async fn whatever_was_cut_or_garbled_is_doubt() {
    type Fault = fn() -> Act;
    let cut: [(&str, Fault); 5] = [
        ("closed without a word", || Act::Close),
        ("half a head", || Act::Write("HTTP/1.1 200 OK\r\ncontent-le".to_owned())),
        ("half a body", || Act::Write("HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n{\"rt".to_owned())),
        ("no HTTP", || Act::Write("<html>maintenance</html>\r\n\r\n".to_owned())),
        ("too long", || answer(200, "", &" ".repeat(LONGEST_ANSWER + 1))),
    ];
    for (story, act) in cut {
        let outcome = outcome(act).await;
        assert!(matches!(outcome, Outcome::Lost(_)), "{story}: {outcome:?}");
    }
}

#[tokio::test]
async fn the_first_of_two_answers_counts() {
    let outcome = outcome(|| {
        let one = |body: &str| format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{body}", body.len());
        Act::Write(one("first") + &one("again"))
    });
    assert_eq!(outcome.await, Outcome::Answer { status: 200, body: Bytes::from_static(b"first") });
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let server = Server::start(|_, _| {
        Act::Write("HTTP/1.1 307 Moved\r\nlocation: /elsewhere\r\ncontent-length: 0\r\n\r\n".to_owned())
    })
    .await;
    assert!(matches!(sent_to(&server).await, Reply::Final(Outcome::Answer { status: 307, .. })));
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn a_late_answer_is_handed_on_until_the_hard_timeout() {
    let late = |millis| move || Act::After(Duration::from_millis(millis), Box::new(answer(200, "", "late")));
    let server = Server::start(move |_, _| late(500)()).await;
    let Reply::Late(outcome) = sent_to(&server).await else { panic!("not yet") };
    assert_eq!(outcome.await, Ok(Outcome::Answer { status: 200, body: Bytes::from_static(b"late") }));

    let mute = Server::start(|_, _| Act::Mute).await;
    let Reply::Late(outcome) = sent_to(&mute).await else { panic!("not yet") };
    assert!(matches!(outcome.await, Ok(Outcome::Lost(_))));
}

#[tokio::test]
async fn the_line_outlives_a_caller_that_went_away() {
    let server = Server::start(|_, _| Act::After(Duration::from_millis(200), Box::new(answer(200, "", "ok")))).await;
    let open = line(server.hosts.rest()).open().await.map_err(|_| "no line").expect("a line");
    let gone = tokio::time::timeout(Duration::from_millis(50), open.send(request())).await;
    assert!(gone.is_err());
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!(server.requests().len(), 1, "written once and whole");
}

#[tokio::test]
async fn a_request_is_written_once_on_a_connection_of_its_own() {
    let server = Server::start(|_, _| answer(200, "", "ok")).await;
    for _ in 0..3 {
        assert!(matches!(sent_to(&server).await, Reply::Final(Outcome::Answer { .. })));
    }
    let requests = server.requests();
    assert_eq!(requests.len(), 3);
    let host = server.hosts.rest().trim_start_matches("http://").to_owned();
    assert!(requests.iter().all(|request| request.starts_with("POST /order HTTP/1.1\r\n")), "{requests:?}");
    assert!(requests.iter().all(|request| request.contains(&format!("host: {host}\r\n"))), "{requests:?}");
}

#[tokio::test]
async fn without_a_connection_nothing_was_sent() {
    // Bound and never listening, so that nobody else gets the port.
    let nobody = TcpSocket::new_v4().expect("a socket");
    nobody.bind(([127, 0, 0, 1], 0).into()).expect("a free port");
    let address = nobody.local_addr().expect("an address");
    assert!(line(&format!("http://{address}")).open().await.is_err());
}

#[tokio::test]
async fn a_connection_that_ended_before_the_first_byte_proves_it() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let open = line(&format!("http://{address}")).open().await.map_err(|_| "no line").expect("a line");
    let (stream, _) = listener.accept().await.expect("a connection");
    drop(stream);
    // The end must have arrived.
    tokio::time::sleep(Duration::from_millis(50)).await;
    let reply = open.send(request()).await;
    assert!(matches!(reply, Reply::Final(Outcome::Unsent(_))));
}

#[tokio::test]
async fn over_tls_only_a_server_with_a_known_certificate_gets_an_order() {
    let host = "openapi.koreainvestment.com";
    let key = rcgen::generate_simple_self_signed([host.to_owned()]).expect("a certificate");
    let private = rustls::pki_types::PrivateKeyDer::try_from(key.signing_key.serialize_der()).expect("a key");
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let server = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("TLS")
        .with_no_client_auth()
        .with_single_cert(vec![key.cert.der().clone()], private)
        .expect("a server");
    let acceptor = TlsAcceptor::from(Arc::new(server));
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let Ok(mut stream) = acceptor.accept(stream).await else { continue };
            let mut piece = [0; 1_000];
            let read = stream.read(&mut piece).await.unwrap_or(0);
            assert!(piece[..read].starts_with(b"POST /order"));
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok").await;
        }
    });
    let over_tls = async |tls: ClientConfig| {
        let stream = TcpStream::connect(address).await.expect("a connection");
        let line = OrderLine::new(&format!("https://{host}:9443"), tls).expect("a line").open_over(stream).await;
        match line {
            Ok(line) => Ok(line.send(request()).await),
            Err(reason) => Err(reason),
        }
    };
    let refused = over_tls(client_config()).await.err().expect("no order for a stranger");
    assert!(refused.starts_with("TLS: "), "{refused}");

    let mut roots = rustls::RootCertStore::empty();
    roots.add(key.cert.der().clone()).expect("a root");
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let trusting = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().expect("TLS");
    let reply = over_tls(trusting.with_root_certificates(roots).with_no_client_auth()).await;
    let expected = Outcome::Answer { status: 200, body: Bytes::from_static(b"ok") };
    assert!(matches!(reply, Ok(Reply::Final(outcome)) if outcome == expected));
}
