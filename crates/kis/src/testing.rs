//! What the tests of this crate share: a clock, and a server that does as it is told.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use exodus_domain::{Clock, Timer};
use futures::future::{BoxFuture, FutureExt};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::Instant;

use crate::{Credentials, Hosts, Paper};

/// A clock that goes by the runtime's, and that can be turned ahead.
pub(crate) struct TestTimer {
    begun: Instant,
    begun_at: DateTime<Utc>,
    ahead: Mutex<TimeDelta>,
    sleepless: bool,
}

impl TestTimer {
    /// Begins on 2026-10-01 at 10:00 KST.
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self::made(false))
    }

    /// One that turns itself ahead instead of letting anybody sleep. With one task at work that is the same, but sooner.
    pub(crate) fn sleepless() -> Arc<Self> {
        Arc::new(Self::made(true))
    }

    fn made(sleepless: bool) -> Self {
        let begun_at = DateTime::from_timestamp(1_790_816_400, 0).expect("a time");
        Self { begun: Instant::now(), begun_at, ahead: Mutex::default(), sleepless }
    }

    /// Turns the clock ahead. Who sleeps does not notice.
    pub(crate) fn skip(&self, time: TimeDelta) {
        *self.ahead.lock().expect("the clock") += time;
    }
}

impl Clock for TestTimer {
    fn now(&self) -> DateTime<Utc> {
        let passed = TimeDelta::from_std(self.begun.elapsed()).expect("a short test");
        self.begun_at + passed + *self.ahead.lock().expect("the clock")
    }
}

impl Timer for TestTimer {
    fn sleep_until(&self, at: DateTime<Utc>) -> BoxFuture<'static, ()> {
        let left = at - self.now();
        if self.sleepless {
            self.skip(left.max(TimeDelta::zero()));
            return tokio::task::yield_now().boxed();
        }
        // The runtime's clock counts milliseconds; never wake too early.
        tokio::time::sleep(left.to_std().unwrap_or_default() + Duration::from_millis(1)).boxed()
    }
}

/// What the server does with a request.
pub(crate) enum Act {
    /// Writes these bytes and closes.
    Write(String),
    /// Closes without a word.
    Close,
    /// Keeps the connection open and says nothing.
    Mute,
    /// Waits first.
    After(Duration, Box<Act>),
}

/// A whole answer.
pub(crate) fn answer(status: u16, tr_cont: &str, body: &str) -> Act {
    Act::Write(format!(
        "HTTP/1.1 {status} Status\r\ncontent-type: application/json\r\ntr_cont: {tr_cont}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    ))
}

/// The answer of the token path.
pub(crate) fn token(value: &str, expires: &str) -> Act {
    answer(
        200,
        "",
        &format!(
            r#"{{"access_token":"{value}","token_type":"Bearer","expires_in":86400,"access_token_token_expired":"{expires}"}}"#
        ),
    )
}

/// A server on a real socket.
pub(crate) struct Server {
    pub(crate) hosts: Hosts<Paper>,
    requests: Arc<Mutex<Vec<String>>>,
}

impl Server {
    /// Answers the n-th request, counted from zero, as `script` says.
    pub(crate) async fn start(script: impl Fn(usize, &str) -> Act + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let requests = Arc::new(Mutex::new(Vec::new()));
        let (script, log) = (Arc::new(script), Arc::clone(&requests));
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let (script, log) = (Arc::clone(&script), Arc::clone(&log));
                tokio::spawn(async move {
                    let Some(request) = read_request(&mut stream).await else { return };
                    let number = {
                        let mut log = log.lock().expect("the log");
                        log.push(request.clone());
                        log.len() - 1
                    };
                    act(&mut stream, script(number, &request)).await;
                });
            }
        });
        Self { hosts: Hosts::loopback(address, address).expect("this machine"), requests }
    }

    /// Every request so far, head and body.
    pub(crate) fn requests(&self) -> Vec<String> {
        self.requests.lock().expect("the log").clone()
    }

    /// How many requests named this path.
    pub(crate) fn count(&self, path: &str) -> usize {
        self.requests().iter().filter(|request| request.contains(path)).count()
    }
}

async fn act(stream: &mut TcpStream, mut what: Act) {
    loop {
        match what {
            Act::Write(bytes) => {
                let _ = stream.write_all(bytes.as_bytes()).await;
                let _ = stream.shutdown().await;
                return;
            }
            Act::Close => return,
            Act::Mute => return std::future::pending().await,
            Act::After(time, next) => {
                tokio::time::sleep(time).await;
                what = *next;
            }
        }
    }
}

async fn read_request(stream: &mut TcpStream) -> Option<String> {
    let mut bytes = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
            if body.len() >= length.and_then(|length| length.parse().ok()).unwrap_or(0) {
                return Some(text);
            }
        }
        let mut piece = [0; 4_096];
        match stream.read(&mut piece).await {
            Ok(0) | Err(_) => return None,
            Ok(count) => bytes.extend_from_slice(&piece[..count]),
        }
    }
}

/// A key pair for tests.
pub(crate) fn credentials() -> Credentials<Paper> {
    Credentials::new("PSTESTAPPKEY".into(), "test+app/secret=".into()).expect("a pair")
}
