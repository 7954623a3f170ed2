//! The other side of the socket, played by the test: it sees every request and says what it likes.

use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use exodus_domain::{Clock, Timer};
use exodus_kis::stream::Approval;
use exodus_kis::wire::stream::{Answer, ControlMessage, ControlRequest, Feed, KeyAndIv, answer};
use futures::{SinkExt, StreamExt};
use secrecy::SecretString;
use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicU32, Ordering};
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{WebSocketStream, accept_async};

pub(crate) const KEY: &str = "abcdefghijklmnopabcdefghijklmnop";
pub(crate) const IV: &str = "0f1e2d3c4b5a6978";
/// Nothing in these tests takes as long on any machine.
const PATIENCE: Duration = Duration::from_secs(20);

/// A clock that runs faster than the one on the wall.
pub(crate) struct FastClock {
    start: DateTime<Utc>,
    began: Instant,
    speed: u32,
}

impl FastClock {
    /// A clock that shows a time of 2026-06-01, a session, in Korea.
    pub(crate) fn at(time: &str, speed: u32) -> Arc<Self> {
        let start = format!("2026-06-01T{time}+09:00").parse().expect("a time");
        Arc::new(Self { start, began: Instant::now(), speed })
    }
}

impl Clock for FastClock {
    fn now(&self) -> DateTime<Utc> {
        self.start + TimeDelta::from_std(self.began.elapsed() * self.speed).expect("a short time")
    }
}

impl Timer for FastClock {
    fn sleep_until(&self, at: DateTime<Utc>) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        let wait = (at - self.now()).to_std().unwrap_or_default() / self.speed;
        Box::pin(tokio::time::sleep(wait))
    }
}

/// Issues approval keys: `key-1`, `key-2` and so on.
#[derive(Default)]
pub(crate) struct Keys(AtomicU32);

#[async_trait]
impl Approval for Keys {
    async fn approval_key(&self) -> Result<SecretString, String> {
        Ok(SecretString::from(format!("key-{}", self.0.fetch_add(1, Ordering::SeqCst) + 1)))
    }
}

/// Where clients connect.
pub(crate) struct Broker {
    listener: TcpListener,
}

impl Broker {
    pub(crate) async fn listen() -> Self {
        Self { listener: TcpListener::bind("127.0.0.1:0").await.expect("a port") }
    }

    pub(crate) fn url(&self) -> String {
        format!("ws://{}", self.listener.local_addr().expect("an address"))
    }

    /// The next connection.
    pub(crate) async fn accept(&self) -> Session {
        let (stream, _) = soon(self.listener.accept()).await.expect("a connection");
        Session { socket: soon(accept_async(stream)).await.expect("a handshake") }
    }

    /// True if nobody connects within a time on the wall.
    pub(crate) async fn is_left_alone(&self, time: Duration) -> bool {
        tokio::time::timeout(time, self.listener.accept()).await.is_err()
    }
}

pub(crate) async fn soon<T>(event: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, event).await.expect("it did not happen")
}

/// A request as the broker sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Request {
    pub(crate) key: String,
    pub(crate) is_leaving: bool,
    pub(crate) tr_id: String,
    pub(crate) tr_key: String,
}

/// One connection.
pub(crate) struct Session {
    socket: WebSocketStream<TcpStream>,
}

impl Session {
    /// The next text of the client; `None` if it has gone.
    pub(crate) async fn text(&mut self) -> Option<String> {
        loop {
            match soon(self.socket.next()).await {
                Some(Ok(Message::Text(text))) => return Some(text.to_string()),
                Some(Ok(Message::Close(_)) | Err(_)) | None => return None,
                Some(Ok(_)) => {}
            }
        }
    }

    pub(crate) async fn request(&mut self) -> Request {
        read(&self.text().await.expect("the client has gone"))
    }

    /// The next request, or `None` if none comes within a time on the wall.
    pub(crate) async fn request_within(&mut self, time: Duration) -> Option<Request> {
        tokio::time::timeout(time, self.request()).await.ok()
    }

    pub(crate) async fn send(&mut self, text: impl Into<String>) {
        self.socket.send(Message::text(text.into())).await.expect("the client listens");
    }

    pub(crate) async fn answer(&mut self, request: &Request, said: Answer) {
        let is_sealed = Feed::find(&request.tr_id).is_some_and(Feed::is_sealed);
        let output = (said.rt_cd == "0").then(|| KeyAndIv { iv: IV.to_owned(), key: KEY.to_owned() });
        let message = ControlMessage::answer(&request.tr_id, Some(&request.tr_key), is_sealed, said, output);
        self.send(message.to_json()).await;
    }

    /// Takes `count` registrations on.
    pub(crate) async fn acknowledge(&mut self, count: usize) -> Vec<Request> {
        let mut requests = Vec::new();
        for _ in 0..count {
            let request = self.request().await;
            assert!(!request.is_leaving, "{request:?}");
            self.answer(&request, answer::SUBSCRIBED).await;
            requests.push(request);
        }
        requests
    }

    /// Breaks the connection without a word.
    pub(crate) fn drop(self) {}
}

fn read(text: &str) -> Request {
    let request: ControlRequest = serde_json::from_str(text).expect("a request");
    let header = request.header.expect("a header");
    let input = request.body.and_then(|body| body.input).expect("an input");
    assert_eq!((header.custtype.as_deref(), header.content_type.as_deref()), (Some("P"), Some("utf-8")));
    Request {
        key: header.approval_key.expect("an approval key"),
        is_leaving: header.tr_type.as_deref() == Some("2"),
        tr_id: input.tr_id.expect("an id"),
        tr_key: input.tr_key.expect("a key"),
    }
}
