//! Writing to a client: faults, silence, slowness, and the end of those who do not read.

use std::time::Duration;

use axum::extract::ws::{Message, WebSocket};
use chrono::{DateTime, Utc};

use crate::faults::FrameFaults;

/// A client that takes no byte for so long is let go. Real time: it is about its connection.
const PATIENCE: Duration = Duration::from_secs(10);

/// Why the server ends a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// The client closed it properly.
    Left,
    /// The connection broke off.
    Broken,
    /// The server ended it, without a closing frame (§7.10).
    Dropped,
    /// A fault did.
    Fault,
}

/// The writing side of a session.
pub(super) struct Delivery {
    socket: WebSocket,
    /// A notice that waits for the one behind it.
    held: Vec<Message>,
    /// What comes late, with its time.
    late: Vec<(DateTime<Utc>, Message)>,
    silent_until: Option<DateTime<Utc>>,
    bytes_per_second: Option<u32>,
}

impl Delivery {
    pub(super) fn new(socket: WebSocket) -> Self {
        Self { socket, held: Vec::new(), late: Vec::new(), silent_until: None, bytes_per_second: None }
    }

    /// The next message of the client; `None` at the end of the connection.
    pub(super) async fn hear(&mut self) -> Option<Result<Message, axum::Error>> {
        self.socket.recv().await
    }

    /// Lets the connection say goodbye after the client did.
    pub(super) async fn part(mut self) {
        // Reading on writes the reply to the closing frame, and ends there; a client that is gone needs none.
        drop(tokio::time::timeout(PATIENCE, self.socket.recv()).await);
    }

    /// Sends what no fault is asked about: acknowledgements.
    pub(super) async fn answer(&mut self, text: String, now: DateTime<Utc>) -> Result<(), End> {
        self.write(Message::text(text), now).await
    }

    /// Sends a frame as its faults want it. `is_notice`: a notice that was held back goes after this one.
    pub(super) async fn send(
        &mut self,
        text: String,
        faults: &FrameFaults,
        is_notice: bool,
        now: DateTime<Utc>,
    ) -> Result<(), End> {
        if faults.is_dropped {
            return Err(End::Fault);
        }
        if let Some(pause) = faults.mute {
            self.silent_until = Some(now + pause);
        }
        if faults.bytes_per_second.is_some() {
            self.bytes_per_second = faults.bytes_per_second;
        }
        let copies = (0..faults.times).map(|_| Message::text(text.clone()));
        if faults.is_held {
            self.held.extend(copies);
            return Ok(());
        }
        if let Some(by) = faults.late {
            self.late.extend(copies.map(|copy| (now + by, copy)));
            return Ok(());
        }
        for message in copies {
            self.write(message, now).await?;
        }
        if is_notice { self.release(now).await } else { Ok(()) }
    }

    /// When something late is to be sent.
    pub(super) fn next_late(&self) -> Option<DateTime<Utc>> {
        self.late.iter().map(|(at, _)| *at).min()
    }

    /// Sends what is late enough.
    pub(super) async fn send_late(&mut self, now: DateTime<Utc>) -> Result<(), End> {
        for (_, message) in self.late.extract_if(.., |(at, _)| *at <= now).collect::<Vec<_>>() {
            self.write(message, now).await?;
        }
        Ok(())
    }

    /// Sends what was held back.
    pub(super) async fn release(&mut self, now: DateTime<Utc>) -> Result<(), End> {
        for message in std::mem::take(&mut self.held) {
            self.write(message, now).await?;
        }
        Ok(())
    }

    async fn write(&mut self, message: Message, now: DateTime<Utc>) -> Result<(), End> {
        if self.silent_until.is_some_and(|until| now < until) {
            return Ok(());
        }
        if let (Some(rate), Message::Text(text)) = (self.bytes_per_second, &message) {
            tokio::time::sleep(Duration::from_secs_f64(text.len() as f64 / f64::from(rate))).await;
        }
        match tokio::time::timeout(PATIENCE, self.socket.send(message)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) => Err(End::Broken),
            Err(_) => Err(End::Dropped),
        }
    }
}
