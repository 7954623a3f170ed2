//! Hands the slots of the shared window out to those who wait in this process.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use exodus_domain::Timer;
use tokio::sync::{mpsc, oneshot};

use super::queue::{Queue, Waiting};
use super::{Limits, Priority, Quota, Rate, RateWindow, Slot};
use crate::credentials::KeyFingerprint;
use crate::error::StoreDown;

/// The pace after a refusal, in percent of the one before.
const SLOWER: u32 = 70;

/// The slowest pace, in percent of the limit.
const SLOWEST: u32 = 25;

/// How much comes back after each [`RECOVERY`] without a refusal, in percent of the limit.
const FASTER: u32 = 5;

/// See [`FASTER`].
const RECOVERY: TimeDelta = TimeDelta::seconds(10);

/// The broker counts by the second, so a refusal is over when the second is.
const PAUSE: TimeDelta = TimeDelta::seconds(1);

type Grant = oneshot::Sender<Result<(), StoreDown>>;

enum Message {
    Wanted(Waiting<Grant>),
    TooFast { is_ledger: bool },
}

/// The way to a slot. Its task ends when the last clone of it is gone.
#[derive(Clone)]
pub(crate) struct Governor {
    messages: mpsc::UnboundedSender<Message>,
}

impl Governor {
    /// Begins to hand out slots; must be called inside a tokio runtime.
    pub(crate) fn new(
        key: &KeyFingerprint,
        limits: Limits,
        window: Arc<dyn RateWindow>,
        timer: Arc<dyn Timer>,
    ) -> Self {
        let (messages, inbox) = mpsc::unbounded_channel();
        let all = Pace::new(format!("{key}:all"), limits.all);
        let ledger = Pace::new(format!("{key}:ledger"), limits.ledger);
        tokio::spawn(Dispenser { inbox, queue: Queue::default(), all, ledger, window, timer }.run());
        Self { messages }
    }

    /// Waits for a slot. It counts from the moment it is handed out: send at once.
    ///
    /// # Errors
    /// [`StoreDown`] if the shared window does not answer.
    pub(crate) async fn slot(&self, priority: Priority, is_ledger: bool) -> Result<(), StoreDown> {
        let (grant, granted) = oneshot::channel();
        let gone = || StoreDown("the runtime is shutting down".to_owned());
        self.messages.send(Message::Wanted(Waiting { priority, is_ledger, grant })).map_err(|_| gone())?;
        granted.await.map_err(|_| gone())?
    }

    /// Slows down, because the broker refused a call for its pace.
    pub(crate) fn too_fast(&self, is_ledger: bool) {
        // Without the task there is nothing to slow down.
        let _ = self.messages.send(Message::TooFast { is_ledger });
    }
}

/// One counter of the broker.
struct Pace {
    key: String,
    limit: Rate,
    percent: u32,
    changed_at: DateTime<Utc>,
    free_at: DateTime<Utc>,
}

impl Pace {
    fn new(key: String, limit: Rate) -> Self {
        Self { key, limit, percent: 100, changed_at: DateTime::UNIX_EPOCH, free_at: DateTime::UNIX_EPOCH }
    }

    fn slow_down(&mut self, now: DateTime<Utc>) {
        self.percent = (self.percent * SLOWER / 100).max(SLOWEST);
        self.changed_at = now;
        self.free_at = now + PAUSE;
        tracing::warn!(key = self.key, percent = self.percent, "the broker refused the pace");
    }

    fn quota(&mut self, now: DateTime<Utc>) -> Quota {
        if self.percent < 100 && now >= self.changed_at + RECOVERY {
            self.percent = (self.percent + FASTER).min(100);
            self.changed_at = now;
        }
        Quota { key: self.key.clone(), rate: self.limit.at_percent(self.percent) }
    }
}

/// The task behind a [`Governor`].
struct Dispenser {
    inbox: mpsc::UnboundedReceiver<Message>,
    queue: Queue<Grant>,
    all: Pace,
    ledger: Pace,
    window: Arc<dyn RateWindow>,
    timer: Arc<dyn Timer>,
}

impl Dispenser {
    async fn run(mut self) {
        loop {
            while let Ok(message) = self.inbox.try_recv() {
                self.hear(message);
            }
            self.queue.retain(|grant| !grant.is_closed());
            let now = self.timer.now();
            let next = if now < self.all.free_at { None } else { self.queue.choose(now >= self.ledger.free_at) };
            match next {
                Some(index) => self.try_slot(index, now).await,
                None if self.queue.is_empty() => {
                    let Some(message) = self.inbox.recv().await else { return };
                    self.hear(message);
                }
                None => {
                    let free_at = if now < self.all.free_at { self.all.free_at } else { self.ledger.free_at };
                    tokio::select! {
                        message = self.inbox.recv() => {
                            let Some(message) = message else { return };
                            self.hear(message);
                        }
                        () = self.timer.sleep_until(free_at) => {}
                    }
                }
            }
        }
    }

    fn hear(&mut self, message: Message) {
        match message {
            Message::Wanted(waiting) => self.queue.push(waiting),
            Message::TooFast { is_ledger: true } => self.ledger.slow_down(self.timer.now()),
            Message::TooFast { is_ledger: false } => self.all.slow_down(self.timer.now()),
        }
    }

    async fn try_slot(&mut self, index: usize, now: DateTime<Utc>) {
        let is_ledger = self.queue.get(index).is_some_and(|one| one.is_ledger);
        let mut quotas = vec![self.all.quota(now)];
        if is_ledger {
            quotas.push(self.ledger.quota(now));
        }
        let soon = now + TimeDelta::milliseconds(1);
        match self.window.take(&quotas, now).await {
            Ok(Slot::Full { index: 0, until }) => self.all.free_at = until.max(soon),
            Ok(Slot::Full { until, .. }) => self.ledger.free_at = until.max(soon),
            // One who went away meanwhile leaves the slot unused.
            Ok(Slot::Taken) => drop(self.queue.take(index).grant.send(Ok(()))),
            Err(error) => drop(self.queue.take(index).grant.send(Err(error))),
        }
    }
}
