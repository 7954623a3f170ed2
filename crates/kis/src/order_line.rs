//! The line that orders go over: a connection of its own for each, on which one request is written once (safety §2.3).
//!
//! Nothing here repeats, redirects, pools or speaks HTTP/2. What this line says of a request that was not answered is
//! either proof that no byte of it was written, or doubt.

mod watched;

use std::sync::Arc;
use std::time::Duration;

use exodus_domain::testing::{Point, reach};
use http_body_util::{BodyExt, Full, Limited};
use hyper::Request;
use hyper::body::Bytes;
use hyper::client::conn::http1::{self, Connection, SendRequest};
use hyper_util::rt::TokioIo;
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio_rustls::TlsConnector;

use crate::error::reason;
use crate::tls::resolve;
use watched::{Watched, Writes};

/// The longest answer to an order.
const LONGEST_ANSWER: usize = 1 << 20;

/// After so long without an answer the caller is told of the doubt. The line stays open.
const SOFT_TIMEOUT: Duration = Duration::from_secs(3);

/// After so long no answer is waited for, and none can come.
const HARD_TIMEOUT: Duration = Duration::from_secs(30);

/// A plain or encrypted stream.
trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

type Io = TokioIo<Watched<Box<dyn Stream>>>;

/// Where orders go.
pub(crate) struct OrderLine {
    /// Host and port, as the header names them.
    authority: String,
    host: String,
    port: u16,
    /// `None` on the way to an emulator on this machine.
    tls: Option<(TlsConnector, ServerName<'static>)>,
    soft_timeout: Duration,
    hard_timeout: Duration,
}

/// What became of a request.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// A whole answer of HTTP.
    Answer { status: u16, body: Bytes },
    /// Proven: no byte of the request was written.
    Unsent(String),
    /// Written, wholly or in part, and not answered.
    Lost(String),
}

/// What is known when the soft timeout is over.
pub(crate) enum Reply {
    /// The end of it.
    Final(Outcome),
    /// No answer yet; one may come.
    Late(oneshot::Receiver<Outcome>),
}

impl OrderLine {
    /// The line to an origin as [`Hosts`](crate::Hosts) has it.
    pub(crate) fn new(origin: &str, tls: ClientConfig) -> Result<Self, String> {
        let url = reqwest::Url::parse(origin).map_err(|error| error.to_string())?;
        let (named, port) = (url.host_str().unwrap_or_default(), url.port_or_known_default().unwrap_or_default());
        let (authority, host) = (format!("{named}:{port}"), named.trim_matches(['[', ']']).to_owned());
        let tls = match url.scheme() {
            "https" => {
                let name = ServerName::try_from(host.clone()).map_err(|error| error.to_string())?;
                Some((TlsConnector::from(Arc::new(tls)), name))
            }
            _ => None,
        };
        Ok(Self { authority, host, port, tls, soft_timeout: SOFT_TIMEOUT, hard_timeout: HARD_TIMEOUT })
    }

    /// Opens a connection for one request and writes nothing of it.
    ///
    /// # Errors
    /// Why there is none; the request was not sent then.
    pub(crate) async fn open(&self) -> Result<OpenLine, String> {
        reach(Point::K04);
        let stream = match &self.tls {
            None => TcpStream::connect((self.host.as_str(), self.port)).await,
            Some(_) => {
                let addresses = resolve(&self.host, self.port).await.map_err(|error| reason(&error))?;
                TcpStream::connect(addresses.as_slice()).await
            }
        };
        self.open_over(stream.map_err(|error| format!("connecting: {}", reason(&error)))?).await
    }

    async fn open_over(&self, stream: TcpStream) -> Result<OpenLine, String> {
        stream.set_nodelay(true).map_err(|error| reason(&error))?;
        let stream: Box<dyn Stream> = match &self.tls {
            None => Box::new(stream),
            Some((tls, name)) => {
                Box::new(tls.connect(name.clone(), stream).await.map_err(|error| format!("TLS: {}", reason(&error)))?)
            }
        };
        let writes = Writes::default();
        let io = TokioIo::new(Watched::new(stream, writes.clone()));
        let (sender, connection) = http1::handshake(io).await.map_err(|error| reason(&error))?;
        let authority = self.authority.clone();
        let (soft_timeout, hard_timeout) = (self.soft_timeout, self.hard_timeout);
        reach(Point::K05);
        Ok(OpenLine { sender, connection, writes, authority, soft_timeout, hard_timeout })
    }
}

/// A connection on which nothing was written yet.
pub(crate) struct OpenLine {
    sender: SendRequest<Full<Bytes>>,
    connection: Connection<Io, Full<Bytes>>,
    writes: Writes,
    authority: String,
    soft_timeout: Duration,
    hard_timeout: Duration,
}

impl OpenLine {
    /// Writes the request, once. From here on the line lives until the answer or the hard timeout, whatever becomes of the
    /// caller.
    pub(crate) async fn send(self, mut request: Request<Full<Bytes>>) -> Reply {
        match self.authority.parse() {
            Ok(authority) => drop(request.headers_mut().insert(hyper::header::HOST, authority)),
            Err(_) => return Reply::Final(Outcome::Unsent("the host has no name for a header".to_owned())),
        }
        let (ended, mut outcome) = oneshot::channel();
        let (soft_timeout, hard_timeout) = (self.soft_timeout, self.hard_timeout);
        let (sender, connection, writes) = (self.sender, self.connection, self.writes);
        tokio::spawn(async move {
            let exchanged = tokio::time::timeout(hard_timeout, exchange(sender, connection, request)).await;
            let failed = match exchanged {
                Ok(Ok((status, body))) => Ok(Outcome::Answer { status, body }),
                Ok(Err(reason)) => Err(reason),
                Err(_) => Err(format!("no answer within {hard_timeout:?}")),
            };
            let unanswered = |reason| if writes.any() { Outcome::Lost(reason) } else { Outcome::Unsent(reason) };
            // The caller may have gone; the broker's list tells the rest then.
            let _ = ended.send(failed.unwrap_or_else(unanswered));
        });
        match tokio::time::timeout(soft_timeout, &mut outcome).await {
            Ok(Ok(outcome)) => Reply::Final(outcome),
            Ok(Err(_)) => Reply::Final(Outcome::Lost("the process is shutting down".to_owned())),
            Err(_) => Reply::Late(outcome),
        }
    }
}

/// One request and its answer.
async fn exchange(
    mut sender: SendRequest<Full<Bytes>>,
    connection: Connection<Io, Full<Bytes>>,
    request: Request<Full<Bytes>>,
) -> Result<(u16, Bytes), String> {
    let answered = async {
        reach(Point::K09);
        let response = sender.send_request(request).await.map_err(|error| reason(&error))?;
        let status = response.status().as_u16();
        let body = Limited::new(response.into_body(), LONGEST_ANSWER).collect().await;
        let body = body.map_err(|error| reason(error.as_ref()))?;
        Ok((status, body.to_bytes()))
    };
    tokio::pin!(answered, connection);
    tokio::select! {
        biased;
        answer = &mut answered => answer,
        // Whatever the connection ended with, the request knows by now.
        _ = &mut connection => answered.await,
    }
}

#[cfg(test)]
mod tests;
