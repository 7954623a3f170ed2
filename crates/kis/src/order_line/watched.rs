//! A stream that remembers whether anybody tried to write to it.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use exodus_domain::testing::{ON, Point, reach};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// Whether a write was tried.
#[derive(Clone, Default)]
pub(super) struct Writes(Arc<AtomicBool>);

impl Writes {
    /// True from the first attempt on, whether it succeeded or not: an encrypted stream may have sent a part of what it
    /// says it could not write.
    pub(super) fn any(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }
}

/// A stream under watch.
pub(super) struct Watched<S> {
    stream: S,
    writes: Writes,
}

impl<S> Watched<S> {
    pub(super) fn new(stream: S, writes: Writes) -> Self {
        Self { stream, writes }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Watched<S> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let filled = buf.filled().len();
        let read = Pin::new(&mut self.stream).poll_read(cx, buf);
        if read.is_ready() && buf.filled().len() > filled {
            reach(Point::K12);
        }
        read
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Watched<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        let is_first = !self.writes.0.swap(true, Ordering::AcqRel);
        if ON && is_first && buf.len() > 1 {
            // Tests strike between the halves; the rest is written as any rest is.
            let half = Pin::new(&mut self.stream).poll_write(cx, &buf[..buf.len() / 2]);
            if half.is_ready() {
                reach(Point::K10);
            }
            return half;
        }
        let written = Pin::new(&mut self.stream).poll_write(cx, buf);
        if written.is_ready() {
            reach(Point::K11);
        }
        written
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.writes.0.store(true, Ordering::Release);
        Pin::new(&mut self.stream).poll_write_vectored(cx, bufs)
    }

    fn is_write_vectored(&self) -> bool {
        !ON && self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
