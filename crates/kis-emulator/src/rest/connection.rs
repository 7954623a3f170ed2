//! Accepted connections, plain or TLS, whose writing a fault can lose, cut, double or slow down.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::time::Sleep;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use super::Desk;
use crate::arrivals::Arrival;

/// A TLS handshake that takes longer is given up.
const HANDSHAKE_TIME: Duration = Duration::from_secs(10);
/// Handshakes done that nobody has taken over yet.
const BACKLOG: usize = 64;

/// What the next bytes on a connection are to suffer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Fate {
    /// They are written as they are.
    #[default]
    Kept,
    /// So many of them are written, then the connection ends.
    Cut(usize),
    /// They are written two times, and the connection ends.
    Doubled,
    /// So many a second.
    Slow(u32),
}

/// The handle by which the answer to a request decides the fate of its bytes.
#[derive(Clone, Default)]
pub(crate) struct Wire(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    fate: Fate,
    /// Bytes read that belong to no request yet.
    unclaimed: usize,
}

impl Wire {
    pub(crate) fn set(&self, fate: Fate) {
        self.state().fate = fate;
    }

    /// A request was read to its end: what came until now was part of it.
    pub(crate) fn read_whole(&self) {
        self.state().unclaimed = 0;
    }

    fn get(&self) -> Fate {
        self.state().fate
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// An accepted connection.
pub(crate) struct Connection {
    stream: Stream,
    wire: Wire,
    desk: Desk,
    /// Bytes still to be written a second time.
    echo: Vec<u8>,
    pause: Option<Pin<Box<Sleep>>>,
}

enum Stream {
    Plain(TcpStream),
    Tls(Box<TlsStream<TcpStream>>),
}

impl Connection {
    fn new(stream: Stream, desk: Desk) -> Self {
        Self { stream, wire: Wire::default(), desk, echo: Vec::new(), pause: None }
    }

    fn write_through(&mut self, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        match &mut self.stream {
            Stream::Plain(stream) => Pin::new(stream).poll_write(context, bytes),
            Stream::Tls(stream) => Pin::new(stream).poll_write(context, bytes),
        }
    }

    fn flush_through(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.stream {
            Stream::Plain(stream) => Pin::new(stream).poll_flush(context),
            Stream::Tls(stream) => Pin::new(stream).poll_flush(context),
        }
    }

    /// Writes what is left to be written again, and ends the connection after it.
    fn repeat(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        while !self.echo.is_empty() {
            let bytes = std::mem::take(&mut self.echo);
            let written = self.write_through(context, &bytes);
            self.echo = bytes;
            let written = ready!(written)?;
            self.echo.drain(..written);
            if self.echo.is_empty() {
                self.wire.set(Fate::Cut(0));
            }
        }
        Poll::Ready(Ok(()))
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        let bytes = self.wire.state().unclaimed;
        if bytes > 0 {
            let Desk { environment, shared } = &self.desk;
            shared.arrivals().push(Arrival::torn(*environment, shared.now(), bytes));
        }
    }
}

fn ended() -> io::Error {
    io::Error::new(io::ErrorKind::ConnectionAborted, "a fault ended the connection")
}

impl AsyncWrite for Connection {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        match self.wire.get() {
            Fate::Kept => self.write_through(context, bytes),
            Fate::Cut(0) => Poll::Ready(Err(ended())),
            Fate::Cut(left) => {
                let written = ready!(self.write_through(context, &bytes[..bytes.len().min(left)]))?;
                self.wire.set(Fate::Cut(left - written));
                Poll::Ready(Ok(written))
            }
            Fate::Doubled => {
                let written = ready!(self.write_through(context, bytes))?;
                self.echo.extend_from_slice(&bytes[..written]);
                Poll::Ready(Ok(written))
            }
            Fate::Slow(rate) => {
                if let Some(pause) = &mut self.pause {
                    ready!(pause.as_mut().poll(context));
                    self.pause = None;
                }
                // Ten drops a second.
                let drop = usize::try_from(rate / 10).unwrap_or(usize::MAX).clamp(1, bytes.len().max(1));
                let written = ready!(self.write_through(context, &bytes[..drop.min(bytes.len())]))?;
                self.pause = Some(Box::pin(tokio::time::sleep(Duration::from_millis(100))));
                Poll::Ready(Ok(written))
            }
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.repeat(context))?;
        self.flush_through(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.repeat(context))?;
        match &mut self.stream {
            Stream::Plain(stream) => Pin::new(stream).poll_shutdown(context),
            Stream::Tls(stream) => Pin::new(stream).poll_shutdown(context),
        }
    }
}

impl AsyncRead for Connection {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let read = match &mut self.stream {
            Stream::Plain(stream) => Pin::new(stream).poll_read(context, buffer),
            Stream::Tls(stream) => Pin::new(stream).poll_read(context, buffer),
        };
        self.wire.state().unclaimed += buffer.filled().len() - before;
        read
    }
}

/// Hands accepted connections to the server, TLS handshakes done beside each other.
pub(crate) struct Connections {
    accepted: mpsc::Receiver<(Connection, SocketAddr)>,
    address: SocketAddr,
}

impl Connections {
    /// Begins to accept. The task ends when the value is dropped.
    pub(crate) fn accept(
        listener: TcpListener,
        tls: Option<Arc<rustls::ServerConfig>>,
        desk: Desk,
    ) -> io::Result<Self> {
        let address = listener.local_addr()?;
        let (hand_over, accepted) = mpsc::channel(BACKLOG);
        let acceptor = tls.map(TlsAcceptor::from);
        tokio::spawn(async move {
            loop {
                let (stream, peer) = tokio::select! {
                    accepted = listener.accept() => match accepted {
                        Ok(accepted) => accepted,
                        Err(error) => {
                            tracing::warn!(%error, "a connection could not be accepted");
                            tokio::time::sleep(Duration::from_millis(100)).await;
                            continue;
                        }
                    },
                    () = hand_over.closed() => return,
                };
                let is_refused = desk.shared.faults().on_connection(desk.environment, desk.shared.now());
                if is_refused {
                    // A reset rather than a proper end, also to a client that has written already.
                    drop(stream.set_zero_linger());
                    continue;
                }
                // Answers are short: waiting to fill a packet would only delay them.
                if let Err(error) = stream.set_nodelay(true) {
                    tracing::debug!(%error, "the connection was gone at once");
                    continue;
                }
                tokio::spawn(greet(stream, peer, acceptor.clone(), desk.clone(), hand_over.clone()));
            }
        });
        Ok(Self { accepted, address })
    }
}

async fn greet(
    stream: TcpStream,
    peer: SocketAddr,
    acceptor: Option<TlsAcceptor>,
    desk: Desk,
    hand_over: mpsc::Sender<(Connection, SocketAddr)>,
) {
    let stream = match acceptor {
        None => Stream::Plain(stream),
        Some(acceptor) => match tokio::time::timeout(HANDSHAKE_TIME, acceptor.accept(stream)).await {
            Ok(Ok(stream)) => Stream::Tls(Box::new(stream)),
            Ok(Err(error)) => return tracing::debug!(%error, "a TLS handshake failed"),
            Err(_) => return,
        },
    };
    // Fails only when the server has ended.
    drop(hand_over.send((Connection::new(stream, desk), peer)).await);
}

impl Listener for Connections {
    type Io = Connection;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Connection, SocketAddr) {
        match self.accepted.recv().await {
            Some(accepted) => accepted,
            // The accepting task ends only with this value.
            None => std::future::pending().await,
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        Ok(self.address)
    }
}

impl Connected<IncomingStream<'_, Connections>> for Wire {
    fn connect_info(stream: IncomingStream<'_, Connections>) -> Self {
        stream.io().wire.clone()
    }
}
