//! One connection from its upgrade to its end (kis-openapi §7).

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::ws::{Message, WebSocket};
use chrono::{DateTime, TimeDelta, Utc};
use exodus_domain::{KST, Timer as _};
use exodus_kis::wire::stream::{Answer, ControlMessage, KeyAndIv, MAX_REGISTRATIONS, answer};
use tokio::sync::broadcast;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::Instant;

use super::Server;
use super::channel::{Channel, index_of};
use super::delivery::{Delivery, End};
use super::frames::MarketFrames;
use super::notices::{Seal, key_and_iv};
use super::registrations::{Key, Registrations};
use super::request::{self, Refusal, Registration, Request};
use crate::environment::Environment;
use crate::faults::FrameFacts;
use crate::keys::Credentials;
use crate::log::{LogEntry, masked};
use crate::world::{Happening, OrderNotice};

/// Silence after which the server asks whether the client is there (§7.4).
const IDLE: TimeDelta = TimeDelta::seconds(100);
/// Time that the client has to show that it is.
const ANSWER_WITHIN: TimeDelta = TimeDelta::seconds(30);
/// The same in real time, so that an accelerated clock does not let go of a client that answers at once.
const ANSWER_WITHIN_REAL: Duration = Duration::from_secs(3);
/// `tr_id` of an answer about the session as a whole.
const NULL: &str = "(null)";

/// One connection.
struct Session {
    server: Arc<Server>,
    number: u64,
    delivery: Delivery,
    /// Whose approval key opened the session: since its first registration.
    holder: Option<Credentials>,
    registrations: Registrations,
    seals: BTreeMap<Channel, Seal>,
    acknowledged: u64,
    sent_at: DateTime<Utc>,
    asked: Option<Asked>,
}

/// A PINGPONG without an answer yet.
#[derive(Clone, Copy)]
struct Asked {
    at: DateTime<Utc>,
    really: Instant,
}

/// What a session waits for.
enum Event {
    Heard(Option<Result<Message, axum::Error>>),
    Happened(Result<Arc<[Happening]>, RecvError>),
    Late,
    Due,
    Stop,
}

/// Serves a connection until it ends.
pub(super) async fn run(socket: WebSocket, server: Arc<Server>) {
    let number = server.sessions().number();
    let happenings = server.shared.happenings.subscribe();
    let sent_at = server.shared.now();
    let mut session = Session {
        server,
        number,
        delivery: Delivery::new(socket),
        holder: None,
        registrations: Registrations::default(),
        seals: BTreeMap::new(),
        acknowledged: 0,
        sent_at,
        asked: None,
    };
    let end = session.serve(happenings).await;
    session.finish(end);
    if end == End::Left {
        session.delivery.part().await;
    }
}

impl Session {
    async fn serve(&mut self, mut happenings: broadcast::Receiver<Arc<[Happening]>>) -> End {
        loop {
            let due = due(Arc::clone(&self.server), self.sent_at, self.asked);
            let late = late(Arc::clone(&self.server), self.delivery.next_late());
            let event = tokio::select! {
                () = self.server.shared.stop.cancelled() => Event::Stop,
                heard = self.delivery.hear() => Event::Heard(heard),
                happened = happenings.recv() => Event::Happened(happened),
                () = late => Event::Late,
                () = due => Event::Due,
            };
            let now = self.server.shared.now();
            let outcome = match event {
                Event::Stop => Err(End::Dropped),
                Event::Heard(heard) => self.hear(heard, now).await,
                Event::Happened(Ok(batch)) => self.tell(&batch, now).await,
                // It read too slowly to be told everything; the broker would let go of it, too.
                Event::Happened(Err(_)) => Err(End::Dropped),
                Event::Late => self.delivery.send_late(now).await,
                Event::Due => self.ask(now).await,
            };
            if let Err(end) = outcome {
                return end;
            }
        }
    }

    async fn hear(&mut self, heard: Option<Result<Message, axum::Error>>, now: DateTime<Utc>) -> Result<(), End> {
        // Whatever comes shows that the client is there: the text sent back, a pong, or a ping of its own.
        self.asked = None;
        match heard {
            None | Some(Err(_)) => Err(End::Broken),
            Some(Ok(Message::Close(_))) => Err(End::Left),
            Some(Ok(Message::Text(text))) => match request::read(&text) {
                Ok(Request::Pong) => Ok(()),
                Ok(Request::Registration(registration)) => self.register(registration, now).await,
                Err(refusal) => self.refuse(refusal, now).await,
            },
            Some(Ok(Message::Binary(_) | Message::Ping(_) | Message::Pong(_))) => Ok(()),
        }
    }

    async fn register(&mut self, asked: Registration, now: DateTime<Utc>) -> Result<(), End> {
        let refusal = |answer| Refusal { answer, tr_id: Some(asked.tr_id.clone()), tr_key: Some(asked.tr_key.clone()) };
        if let Err(answer) = self.open(&asked.approval_key, now) {
            let is_in_use = answer == answer::IN_USE;
            let nameless = Refusal { answer, tr_id: None, tr_key: None };
            self.refuse(if is_in_use { nameless } else { refusal(answer) }, now).await?;
            // What the session as a whole is refused for ends its connection.
            return Err(End::Dropped);
        }
        let Some(channel) = Channel::find(&asked.tr_id, self.server.environment) else {
            return self.refuse(refusal(answer::INVALID_TR_ID), now).await;
        };
        let key = match self.key(channel, &asked.tr_key) {
            Ok(key) => key,
            Err(answer) => {
                self.refuse(refusal(answer), now).await?;
                return if answer == answer::INVALID_HTS_ID { Err(End::Dropped) } else { Ok(()) };
            }
        };
        if !asked.is_subscription {
            let answer =
                if self.registrations.remove(channel, &key) { answer::UNSUBSCRIBED } else { answer::NOT_FOUND };
            return self.acknowledge(channel, &asked, answer, None, now).await;
        }
        if self.registrations.contains(channel, &key) {
            return self.acknowledge(channel, &asked, answer::ALREADY_SUBSCRIBED, None, now).await;
        }
        if self.registrations.len() >= MAX_REGISTRATIONS {
            return self.acknowledge(channel, &asked, answer::MAX_OVER, None, now).await;
        }
        self.registrations.add(channel, key);
        let told = self.seal(channel, &asked.approval_key);
        self.acknowledge(channel, &asked, answer::SUBSCRIBED, told, now).await
    }

    /// Checks the approval key and takes its app key, once for a session: a living one survives the key's expiry (§2.3).
    fn open(&mut self, approval_key: &str, now: DateTime<Utc>) -> Result<(), Answer> {
        if self.holder.is_some() {
            return Ok(());
        }
        let environment = self.server.environment;
        let holder = self.server.shared.keys().by_approval_key(approval_key, now).ok().cloned();
        let holder = holder.filter(|holder| holder.environment == environment).ok_or(answer::INVALID_APPROVAL)?;
        if !self.server.sessions().take(&holder.app_key, self.number, now) {
            return Err(answer::IN_USE);
        }
        self.holder = Some(holder);
        Ok(())
    }

    fn key(&self, channel: Channel, text: &str) -> Result<Key, Answer> {
        if channel == Channel::Index {
            return index_of(text).map(|_| Key::Index(text.to_owned())).ok_or(answer::INVALID_TR_KEY);
        }
        if channel.is_sealed() {
            let is_own = self.holder.as_ref().is_some_and(|holder| holder.hts_id == text);
            return if is_own { Ok(Key::Customer(text.to_owned())) } else { Err(answer::INVALID_HTS_ID) };
        }
        let code = text.trim().parse().map_err(|_| answer::INVALID_TR_KEY)?;
        let exodus_kis::wire::stream::ShortCode { symbol, .. } = code;
        let is_listed = self.server.shared.read_world(|world| world.instrument(symbol).is_some());
        if is_listed { Ok(Key::Issue(code)) } else { Err(answer::INVALID_TR_KEY) }
    }

    /// What an acknowledgement tells of the cipher. A new registration changes it (§7.5). Plain feeds have one, too; only
    /// the trades of the mock environment come without (§7.3).
    fn seal(&mut self, channel: Channel, approval_key: &str) -> Option<KeyAndIv> {
        let is_mock = self.server.environment == Environment::Mock;
        if is_mock && channel.tr_id() == "H0STCNT0" {
            return None;
        }
        self.acknowledged += 1;
        let told = key_and_iv(&format!("{approval_key} {} {}", self.number, self.acknowledged));
        if channel.is_sealed() {
            self.seals.insert(channel, Seal::new(&told));
        }
        Some(told)
    }

    async fn acknowledge(
        &mut self,
        channel: Channel,
        asked: &Registration,
        answer: Answer,
        told: Option<KeyAndIv>,
        now: DateTime<Utc>,
    ) -> Result<(), End> {
        self.note(&asked.tr_id, &asked.tr_key, answer, channel.is_sealed(), now);
        let key = Some(asked.tr_key.as_str());
        let message = ControlMessage::answer(channel.tr_id(), key, channel.is_sealed(), answer, told);
        self.delivery.answer(message.to_json(), now).await
    }

    async fn refuse(&mut self, refusal: Refusal, now: DateTime<Utc>) -> Result<(), End> {
        let Refusal { answer, tr_id, tr_key } = refusal;
        let id = tr_id.as_deref().unwrap_or(NULL);
        self.note(id, tr_key.as_deref().unwrap_or_default(), answer, true, now);
        let message = ControlMessage::answer(id, tr_key.as_deref(), false, answer, None);
        self.delivery.answer(message.to_json(), now).await
    }

    /// Tells the client what happened.
    async fn tell(&mut self, batch: &[Happening], now: DateTime<Utc>) -> Result<(), End> {
        if self.registrations.len() == 0 {
            return Ok(());
        }
        let is_legacy = self.server.shared.settings.legacy_frames;
        let frames = self
            .server
            .shared
            .read_world(|world| MarketFrames { world, is_legacy, now }.of(batch, &mut self.registrations));
        for (channel, text) in frames {
            let faults = self.server.shared.faults().on_frame(&self.facts(channel.tr_id(), false), now);
            self.sent_at = now;
            self.delivery.send(text, &faults, false, now).await?;
        }
        for happening in batch {
            if let Happening::Notice(notice) = happening {
                self.notify(notice, now).await?;
            }
        }
        Ok(())
    }

    async fn notify(&mut self, notice: &OrderNotice, now: DateTime<Utc>) -> Result<(), End> {
        let channel = Channel::notices(self.server.environment);
        let Some(seal) = self.seals.get(&channel).filter(|_| self.registrations.hears(channel, &notice.hts_id)) else {
            return Ok(());
        };
        let faults = self.server.shared.faults().on_frame(&self.facts(channel.tr_id(), true), now);
        let is_legacy = self.server.shared.settings.legacy_frames;
        let text = self
            .server
            .shared
            .read_world(|world| seal.frame(channel.tr_id(), notice, world, is_legacy, faults.garbage));
        self.sent_at = now;
        self.delivery.send(text, &faults, true, now).await
    }

    /// Asks whether the client is there, or lets go of it if it did not answer.
    async fn ask(&mut self, now: DateTime<Utc>) -> Result<(), End> {
        if self.asked.is_some() {
            return Err(End::Dropped);
        }
        // Nothing came behind a notice that was held back.
        self.delivery.release(now).await?;
        self.asked = Some(Asked { at: now, really: Instant::now() });
        self.sent_at = now;
        let faults = self.server.shared.faults().on_frame(&self.facts("PINGPONG", false), now);
        let text = ControlMessage::pingpong(now.with_timezone(&KST).naive_local()).to_json();
        self.delivery.send(text, &faults, false, now).await
    }

    fn facts<'a>(&'a self, tr_id: &'a str, is_notice: bool) -> FrameFacts<'a> {
        let account = self.holder.as_ref().map(Credentials::cano);
        FrameFacts { environment: self.server.environment, tr_id, account, is_notice }
    }

    fn note(&self, tr_id: &str, tr_key: &str, answer: Answer, is_secret: bool, now: DateTime<Utc>) {
        let holder = self.holder.as_ref();
        self.server.shared.note(LogEntry {
            at: now,
            environment: self.server.environment,
            account: holder.map(|holder| masked(&holder.account_no)).unwrap_or_default(),
            call: format!("WS {}", answer.text),
            tr_id: tr_id.to_owned(),
            parameters: if is_secret { String::new() } else { tr_key.to_owned() },
            status: 0,
            code: answer.code.to_owned(),
            milliseconds: 0,
            fault: String::new(),
        });
    }

    fn finish(&self, end: End) {
        let Some(holder) = &self.holder else { return };
        let shared = &self.server.shared;
        let now = shared.now();
        let lingers = match end {
            End::Broken | End::Fault => shared.faults().on_broken_session(self.server.environment, holder.cano(), now),
            End::Left | End::Dropped => None,
        };
        self.server.sessions().release(&holder.app_key, self.number, lingers.map(|time| now + time));
    }
}

/// Ends when something late is to be sent.
async fn late(server: Arc<Server>, at: Option<DateTime<Utc>>) {
    match at {
        Some(at) => server.shared.clock.sleep_until(at).await,
        None => std::future::pending().await,
    }
}

/// Ends when the server has to ask, or has waited long enough for an answer.
async fn due(server: Arc<Server>, sent_at: DateTime<Utc>, asked: Option<Asked>) {
    let clock = &server.shared.clock;
    match asked {
        None => clock.sleep_until(sent_at + IDLE).await,
        Some(asked) => {
            clock.sleep_until(asked.at + ANSWER_WITHIN).await;
            tokio::time::sleep_until(asked.really + ANSWER_WITHIN_REAL).await;
        }
    }
}
