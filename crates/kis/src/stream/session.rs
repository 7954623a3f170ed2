//! One session: a connection, its registrations, and what comes over it.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use exodus_domain::{BrokerOrderId, Venue};
use futures::{SinkExt, StreamExt};
use secrecy::{ExposeSecret, SecretString};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async_with_config};

use super::registrations::plan;
use super::{MarketEvent, Registration, Shared, StreamProblem, Told, Urgency, is_trading_time};
use crate::Environment;
use crate::wire::stream::{
    Answer, AnswerBody, Cipher, ControlMessage, ControlRequest, Feed, Frame, KrxBook, MAX_REGISTRATIONS,
    MarketOperation, Notice, Record, Trade, answer, read_notices,
};

/// The broker waits between two requests of its own samples (§7.1).
const PACE: TimeDelta = TimeDelta::milliseconds(50);
const MOCK_PACE: TimeDelta = TimeDelta::milliseconds(500);
/// An answer that takes longer does not come.
const ANSWER_WITHIN: TimeDelta = TimeDelta::seconds(15);
/// A PINGPONG comes after 110 seconds of silence at the latest (§7.4).
const SILENCE: TimeDelta = TimeDelta::seconds(150);
/// Nothing is said of the hours in which nothing is traded.
const SILENCE_OFF_HOURS: TimeDelta = TimeDelta::seconds(600);
/// A request that the broker could not serve is made again so much later.
const AGAIN_AFTER: TimeDelta = TimeDelta::seconds(30);
/// The broker may drop the session of whoever asks for something impossible, so it is not asked for again soon.
const REFUSED_FOR: TimeDelta = TimeDelta::minutes(30);
/// More unreadable messages than this in a minute, and the session is made anew (safety F30).
const GARBLED_A_MINUTE: usize = 10;
/// No message of the broker is near this size.
const LARGEST_MESSAGE: usize = 1 << 20;

/// Why a session is over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum SessionEnd {
    /// The connection broke, or was never made.
    Lost(String),
    /// It stood, and nothing came.
    Mute,
    /// Too much came that could not be read.
    Garbled,
    /// The broker refused the session as a whole.
    Refused { code: String, message: String },
}

/// A request that waits for its answer.
struct Asked {
    registration: Registration,
    is_leaving: bool,
    until: DateTime<Utc>,
}

pub(super) struct Session {
    shared: Arc<Shared>,
    key: SecretString,
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    held: BTreeSet<Registration>,
    ciphers: BTreeMap<Feed, Cipher>,
    limit: usize,
    asked: Option<Asked>,
    /// There is nothing to make or to leave until something changes.
    is_settled: bool,
    next_request_at: DateTime<Utc>,
    heard_at: DateTime<Utc>,
    garbled: VecDeque<DateTime<Utc>>,
}

impl Session {
    /// Opens the connection.
    pub(super) async fn connect(shared: Arc<Shared>, key: SecretString) -> Result<Self, String> {
        let url = format!("{}/tryitout", shared.config.url);
        let config =
            WebSocketConfig::default().max_message_size(Some(LARGEST_MESSAGE)).max_frame_size(Some(LARGEST_MESSAGE));
        let connected = connect_async_with_config(url, Some(config), true).await;
        let (socket, _) = connected.map_err(|error| error.to_string())?;
        let now = shared.timer.now();
        shared.wishes().is_mute = false;
        shared.status.send_modify(|status| {
            status.sessions += 1;
            status.connected_since = Some(now);
            status.heard_at = Some(now);
        });
        Ok(Self {
            shared,
            key,
            socket,
            held: BTreeSet::new(),
            ciphers: BTreeMap::new(),
            limit: MAX_REGISTRATIONS,
            asked: None,
            is_settled: false,
            next_request_at: now,
            heard_at: now,
            garbled: VecDeque::new(),
        })
    }

    /// Lives until the session is over.
    pub(super) async fn run(mut self) -> SessionEnd {
        loop {
            if let Err(end) = self.step().await {
                // A farewell is a courtesy to the broker, which may not hear it any more.
                let _ = self.socket.close(None).await;
                return end;
            }
        }
    }

    /// Waits for what comes next and deals with it.
    async fn step(&mut self) -> Result<(), SessionEnd> {
        let now = self.shared.timer.now();
        let silent_until = self.silent_until(now);
        if now >= silent_until || self.asked.as_ref().is_some_and(|asked| now >= asked.until) {
            return Err(SessionEnd::Mute);
        }
        if self.asked.is_none() && !self.is_settled && now >= self.next_request_at {
            self.request(now).await?;
        }
        let wake_at = match &self.asked {
            Some(asked) => silent_until.min(asked.until),
            None if !self.is_settled => silent_until.min(self.next_request_at),
            None => self.shared.next_again(now).map_or(silent_until, |again_at| silent_until.min(again_at)),
        };
        let shared = Arc::clone(&self.shared);
        tokio::select! {
            message = self.socket.next() => match message {
                Some(Ok(message)) => self.hear(message).await,
                Some(Err(error)) => Err(SessionEnd::Lost(error.to_string())),
                None => Err(SessionEnd::Lost("the broker closed the connection".to_owned())),
            },
            () = shared.changed.notified() => {
                self.is_settled = false;
                if shared.wishes().is_mute { Err(SessionEnd::Mute) } else { Ok(()) }
            }
            () = shared.timer.sleep_until(wake_at) => {
                self.is_settled = false;
                Ok(())
            }
        }
    }

    /// Until when silence is nothing to worry about.
    fn silent_until(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        self.heard_at + if is_trading_time(now) { SILENCE } else { SILENCE_OFF_HOURS }
    }

    /// Makes or leaves one registration, if there is one to make or to leave.
    async fn request(&mut self, now: DateTime<Utc>) -> Result<(), SessionEnd> {
        let mut wanted: BTreeMap<Registration, Urgency> = self.shared.wanted(now);
        wanted.retain(|one, _| self.is_served(one.feed));
        let plan = plan(&wanted, &self.held, self.limit);
        let Some((registration, is_leaving)) =
            plan.leave.into_iter().map(|one| (one, true)).chain(plan.make.into_iter().map(|one| (one, false))).next()
        else {
            self.is_settled = true;
            return Ok(());
        };
        let (key, tr_id, tr_key) = (self.key.expose_secret(), registration.feed.tr_id(), registration.key.as_str());
        let request = match is_leaving {
            true => ControlRequest::unsubscribe(key, tr_id, tr_key),
            false => ControlRequest::subscribe(key, tr_id, tr_key),
        };
        self.send(request.to_json()).await?;
        let pace = match self.shared.config.environment {
            Environment::Live => PACE,
            Environment::Paper => MOCK_PACE,
        };
        self.next_request_at = now + pace;
        self.asked = Some(Asked { registration, is_leaving, until: now + ANSWER_WITHIN });
        Ok(())
    }

    fn is_served(&self, feed: Feed) -> bool {
        match self.shared.config.environment {
            Environment::Live => feed.is_in_real(),
            Environment::Paper => feed.is_in_mock(),
        }
    }

    async fn send(&mut self, text: String) -> Result<(), SessionEnd> {
        self.socket.send(Message::text(text)).await.map_err(|error| SessionEnd::Lost(error.to_string()))
    }

    async fn hear(&mut self, message: Message) -> Result<(), SessionEnd> {
        let text = match message {
            Message::Text(text) => text,
            Message::Close(_) => return Err(SessionEnd::Lost("the broker closed the session".to_owned())),
            // The connection stands; whether the session does, only its own messages tell.
            Message::Ping(_) | Message::Pong(_) | Message::Binary(_) | Message::Frame(_) => return Ok(()),
        };
        self.heard_at = self.shared.timer.now();
        let heard_at = self.heard_at;
        self.shared.status.send_if_modified(|status| {
            status.heard_at = Some(heard_at);
            false
        });
        if !text.starts_with('{') {
            return self.take_frame(&text);
        }
        match ControlMessage::parse(&text) {
            Ok(message) if message.is_pingpong() => self.send(text.to_string()).await,
            Ok(ControlMessage { body: Some(body), .. }) => self.take_answer(&body),
            Ok(_) | Err(_) => self.garbled(),
        }
    }

    /// Deals with the answer to what was asked. An answer to nothing is about the session as a whole.
    fn take_answer(&mut self, body: &AnswerBody) -> Result<(), SessionEnd> {
        let is = |answers: &[Answer]| answers.iter().any(|answer| answer.code == body.msg_cd);
        let refusal = || (body.msg_cd.clone(), body.msg1.trim().to_owned());
        let of_session = [answer::IN_USE, answer::INVALID_APPROVAL, answer::WRONG_APP_KEY, answer::INVALID_APP_KEY];
        if is(&of_session) {
            let (code, message) = refusal();
            if let Some(asked) = self.asked.take() {
                self.refuse(asked.registration, None, &code, &message);
            }
            return Err(SessionEnd::Refused { code, message });
        }
        let Some(Asked { registration, is_leaving, .. }) = self.asked.take() else { return Ok(()) };
        if is_leaving {
            self.left(registration);
            return Ok(());
        }
        if is(&[answer::SUBSCRIBED, answer::ALREADY_SUBSCRIBED]) {
            return self.joined(registration, body);
        }
        let (code, message) = refusal();
        if is(&[answer::MAX_OVER]) {
            // The broker's limit is lower than ours: make do with what there is.
            self.limit = self.held.len().max(1);
            self.refuse(registration, Some(self.heard_at + AGAIN_AFTER), &code, &message);
            return Ok(());
        }
        let may_mend =
            is(&[answer::SUBSCRIBE_INTERNAL, answer::SEND_FAILED, answer::UNAVAILABLE, answer::PARSING_INTERNAL]);
        let wait = if may_mend { AGAIN_AFTER } else { REFUSED_FOR };
        tracing::warn!(%code, %message, feed = registration.feed.tr_id(), "KIS refused a registration");
        self.refuse(registration, Some(self.heard_at + wait), &code, &message);
        Ok(())
    }

    /// Tells who waits for the registration; with a time, nobody asks for it before.
    fn refuse(&mut self, registration: Registration, again_at: Option<DateTime<Utc>>, code: &str, message: &str) {
        let problem = StreamProblem::Refused { code: code.to_owned(), message: message.to_owned() };
        if let Some(again_at) = again_at {
            self.shared.wishes().refused.insert(registration.clone(), again_at);
        }
        self.shared.status.send_modify(|status| {
            status.refused.insert(registration, problem);
        });
    }

    fn joined(&mut self, registration: Registration, body: &AnswerBody) -> Result<(), SessionEnd> {
        if registration.feed.is_sealed() {
            let given = body.output.as_ref().and_then(|output| Cipher::new(&output.key, &output.iv).ok());
            let Some(cipher) = given else {
                return Err(SessionEnd::Lost("the broker gave no key for the notices".to_owned()));
            };
            self.ciphers.insert(registration.feed, cipher);
            // What happened before is not told again.
            let _ = self.shared.hints.send(Told::Gap);
        }
        self.held.insert(registration.clone());
        self.shared.status.send_modify(|status| {
            status.held.insert(registration.clone());
            status.refused.remove(&registration);
            status.problem = None;
        });
        let _ = self.shared.market.send(MarketEvent::Joined(registration));
        Ok(())
    }

    fn left(&mut self, registration: Registration) {
        self.held.remove(&registration);
        self.shared.status.send_modify(|status| {
            status.held.remove(&registration);
        });
        let _ = self.shared.market.send(MarketEvent::Left(registration));
    }

    /// Tells what a frame says. One that cannot be read is dropped and counted.
    fn take_frame(&mut self, text: &str) -> Result<(), SessionEnd> {
        let Ok(frame) = Frame::parse(text) else { return self.garbled() };
        let is_read = match Feed::find(frame.tr_id) {
            Some(feed) if feed.is_sealed() => self.take_notices(feed, &frame),
            Some(Feed::Trades(Venue::Krx)) => self.tell(&frame, |trade: Trade| MarketEvent::Trade(trade)),
            Some(Feed::Books(Venue::Krx)) => self.tell(&frame, |book: KrxBook| MarketEvent::Book(book)),
            Some(Feed::Operations(Venue::Krx)) => {
                self.tell(&frame, |told: MarketOperation<'_>| MarketEvent::operation(&told))
            }
            // Nobody asked for it; the broker may have had reasons.
            Some(_) | None => true,
        };
        if is_read { Ok(()) } else { self.garbled() }
    }

    /// False if something in the frame could not be read.
    fn tell<'a, R: Record<'a>>(&self, frame: &Frame<'a>, event: impl Fn(R) -> MarketEvent) -> bool {
        let Ok(records) = frame.records::<R>() else { return false };
        let mut is_read = true;
        for record in records {
            match record {
                Ok(record) => drop(self.shared.market.send(event(record))),
                Err(_) => is_read = false,
            }
        }
        is_read
    }

    /// Tells whose orders changed. The notice itself is not believed (safety B11).
    fn take_notices(&self, feed: Feed, frame: &Frame<'_>) -> bool {
        let plain = match self.ciphers.get(&feed) {
            Some(cipher) if frame.is_sealed => cipher.open(frame.body).ok(),
            _ => None,
        };
        let notices = plain.as_deref().and_then(|plain| read_notices(frame.count, plain).ok());
        let told: Option<Vec<Told>> = notices.and_then(|notices| notices.iter().map(hint).collect());
        match told {
            Some(told) => {
                for hint in told {
                    let _ = self.shared.hints.send(hint);
                }
                true
            }
            None => {
                let _ = self.shared.hints.send(Told::Gap);
                false
            }
        }
    }

    fn garbled(&mut self) -> Result<(), SessionEnd> {
        let now = self.heard_at;
        self.shared.status.send_modify(|status| status.garbled += 1);
        self.garbled.push_back(now);
        self.garbled.retain(|at| now - *at < TimeDelta::minutes(1));
        if self.garbled.len() > GARBLED_A_MINUTE { Err(SessionEnd::Garbled) } else { Ok(()) }
    }
}

/// The hint that a notice is; `None` if its numbers are none.
fn hint(notice: &Notice<'_>) -> Option<Told> {
    let is_number = |text: &str, longest: usize| {
        (1..=longest).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
    };
    if notice.account_no.len() != 10 || !is_number(notice.order_no, 10) || !is_number(notice.branch, 5) {
        return None;
    }
    let id = BrokerOrderId(format!("{}-{:0>10}", notice.branch, notice.order_no));
    Some(Told::Order { account_no: notice.account_no.to_owned(), id })
}
