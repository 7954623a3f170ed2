//! One client of the WebSocket, from its login to its end.

use std::collections::BTreeSet;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::ws::{Message, WebSocket};
use exodus_domain::{KillScope, Notice, Symbol};
use exodus_store::{accounts, notifications, orders};
use futures::stream::{SplitSink, SplitStream};
use futures::{SinkExt, StreamExt};
use tokio::sync::broadcast::error::RecvError;
use tokio::time::{Instant, MissedTickBehavior};

use super::hub::{HubEvent, QuoteEvent, event_text};
use super::message::{Change, ClientMessage, ServerMessage};
use super::outbox::{Kind, Outbox, Overflow};
use crate::account::books::Books;
use crate::account::kill;
use crate::accounts::dto::RemovedAccount;
use crate::auth::token::Identity;
use crate::bootstrap::App;
use crate::http::caller::authenticate;
use crate::http::problem::Answer;

/// Time a client has for its first message, the access token.
const AUTH_WAIT: Duration = Duration::from_secs(5);
/// Pings, and the question whether the login is still good.
const PULSE: Duration = Duration::from_secs(20);
/// A client that was not heard of for this long is gone.
const SILENCE: Duration = Duration::from_secs(60);
/// Messages a client may send in one pulse.
const MESSAGES_PER_PULSE: u32 = 200;
/// Topics a client may hold.
const MAX_TOPICS: usize = 256;

/// Close codes: 4401 is ours, the others are of RFC 6455.
const CLOSE_UNAUTHENTICATED: u16 = 4401;
const CLOSE_RESTART: u16 = 1012;
const CLOSE_TRY_AGAIN: u16 = 1013;
const CLOSE_POLICY: u16 = 1008;

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Topic {
    Quotes(Symbol),
    Signals,
    Orders,
    Account,
    Jobs,
    Strategies,
}

impl FromStr for Topic {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        match text {
            "signals" => Ok(Self::Signals),
            "orders" => Ok(Self::Orders),
            "account" => Ok(Self::Account),
            "jobs" => Ok(Self::Jobs),
            "strategies" => Ok(Self::Strategies),
            _ => text.strip_prefix("quotes:").and_then(|code| code.parse().ok()).map(Self::Quotes).ok_or(()),
        }
    }
}

impl std::fmt::Display for Topic {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Quotes(symbol) => write!(f, "quotes:{symbol}"),
            Self::Signals => f.write_str("signals"),
            Self::Orders => f.write_str("orders"),
            Self::Account => f.write_str("account"),
            Self::Jobs => f.write_str("jobs"),
            Self::Strategies => f.write_str("strategies"),
        }
    }
}

/// Why a connection ends from this side.
struct Goodbye(u16, &'static str);

impl From<Overflow> for Goodbye {
    fn from(_: Overflow) -> Self {
        Self(CLOSE_TRY_AGAIN, "too slow")
    }
}

/// Serves one client until either side ends it.
pub(super) async fn run(app: App, socket: WebSocket) {
    let (sink, mut stream) = socket.split();
    let outbox = Arc::new(Outbox::default());
    let mut writer = tokio::spawn(write(sink, Arc::clone(&outbox)));
    let goodbye = match log_in(&app, &mut stream).await {
        Ok(identity) => Connection::new(app, identity, Arc::clone(&outbox)).serve(&mut stream).await,
        Err(goodbye) => Some(goodbye),
    };
    if let Some(Goodbye(code, reason)) = goodbye {
        outbox.close(code, reason);
        // A client that does not take the good-bye must not hold the connection.
        drop(tokio::time::timeout(AUTH_WAIT, &mut writer).await);
    }
    writer.abort();
}

/// Sends what waits, one message after the other, so that a slow client only ever holds up itself.
async fn write(mut sink: SplitSink<WebSocket, Message>, outbox: Arc<Outbox>) {
    loop {
        let message = outbox.next().await;
        let is_last = matches!(message, Message::Close(_));
        if sink.send(message).await.is_err() || is_last {
            return;
        }
    }
}

async fn log_in(app: &App, stream: &mut SplitStream<WebSocket>) -> Result<Identity, Goodbye> {
    let refused = || Goodbye(CLOSE_UNAUTHENTICATED, "send a valid access token first");
    let first = tokio::time::timeout(AUTH_WAIT, stream.next()).await.ok().flatten();
    let Some(Ok(Message::Text(text))) = first else { return Err(refused()) };
    let Ok(ClientMessage::Auth { token }) = serde_json::from_str(&text) else { return Err(refused()) };
    let identity = app.tokens.identify(&token, app.now()).ok_or_else(refused)?;
    authenticate(app, identity).await.map_err(|_| refused())?;
    Ok(identity)
}

struct Connection {
    app: App,
    identity: Identity,
    outbox: Arc<Outbox>,
    topics: BTreeSet<Topic>,
    last_heard: Instant,
    messages: u32,
}

impl Connection {
    fn new(app: App, identity: Identity, outbox: Arc<Outbox>) -> Self {
        Self { app, identity, outbox, topics: BTreeSet::new(), last_heard: Instant::now(), messages: 0 }
    }

    /// Serves until the client leaves (`None`) or has to.
    async fn serve(mut self, stream: &mut SplitStream<WebSocket>) -> Option<Goodbye> {
        let app = self.app.clone();
        let Some(_seat) = app.hub.seat(self.identity.user_id) else {
            return Some(Goodbye(CLOSE_POLICY, "too many connections"));
        };
        let mut events = app.hub.listen();
        let mut quotes = app.hub.listen_to_quotes();
        let mut pulse = tokio::time::interval(PULSE);
        pulse.set_missed_tick_behavior(MissedTickBehavior::Delay);
        if let Err(goodbye) = self.say(&ServerMessage::Ready { user_id: self.identity.user_id }) {
            return Some(goodbye);
        }
        loop {
            let step = tokio::select! {
                message = stream.next() => match message {
                    Some(Ok(Message::Close(_)) | Err(_)) | None => return None,
                    Some(Ok(message)) => self.receive(message).await,
                },
                event = events.recv() => match event {
                    Ok(event) => self.tell(event).await,
                    Err(RecvError::Lagged(_)) => Err(Goodbye(CLOSE_TRY_AGAIN, "too slow")),
                    Err(RecvError::Closed) => Err(Goodbye(CLOSE_RESTART, "the server stops")),
                },
                quote = quotes.recv() => match quote {
                    Ok(quote) => {
                        self.quote(quote);
                        Ok(())
                    }
                    Err(RecvError::Lagged(_)) => {
                        self.skip_to_newest();
                        Ok(())
                    }
                    Err(RecvError::Closed) => Err(Goodbye(CLOSE_RESTART, "the server stops")),
                },
                _ = pulse.tick() => self.beat().await,
                () = app.hub.stopped() => Err(Goodbye(CLOSE_RESTART, "the server stops")),
            };
            if let Err(goodbye) = step {
                return Some(goodbye);
            }
        }
    }

    async fn receive(&mut self, message: Message) -> Result<(), Goodbye> {
        self.last_heard = Instant::now();
        self.messages += 1;
        if self.messages > MESSAGES_PER_PULSE {
            return Err(Goodbye(CLOSE_POLICY, "too many messages"));
        }
        let Message::Text(text) = message else { return Ok(()) };
        match serde_json::from_str(&text) {
            Ok(ClientMessage::Ping) => self.say(&ServerMessage::Pong),
            Ok(ClientMessage::Subscribe { topics }) => {
                self.subscribe(&topics)?;
                self.app.hub.show(self.shown()).await;
                Ok(())
            }
            Ok(ClientMessage::Unsubscribe { topics }) => self.unsubscribe(&topics),
            Ok(ClientMessage::Auth { .. }) => self.refuse("ALREADY_AUTHENTICATED", "This connection is logged in."),
            Err(_) => self.refuse("MALFORMED_MESSAGE", "The message is not one of auth, subscribe, unsubscribe, ping."),
        }
    }

    fn subscribe(&mut self, topics: &[String]) -> Result<(), Goodbye> {
        for text in topics {
            match text.parse() {
                Ok(topic) if self.topics.len() < MAX_TOPICS || self.topics.contains(&topic) => {
                    self.topics.insert(topic);
                }
                Ok(_) => self.refuse("TOO_MANY_TOPICS", "Give some topics back first.")?,
                Err(()) => {
                    let name: String = text.chars().take(40).collect();
                    self.refuse("UNKNOWN_TOPIC", &format!("There is no topic {name}."))?;
                }
            }
        }
        self.confirm()
    }

    /// The issues whose prices the client wants.
    fn shown(&self) -> Vec<Symbol> {
        let quoted = |topic: &Topic| if let Topic::Quotes(symbol) = topic { Some(*symbol) } else { None };
        self.topics.iter().filter_map(quoted).collect()
    }

    fn unsubscribe(&mut self, topics: &[String]) -> Result<(), Goodbye> {
        for topic in topics.iter().filter_map(|text| text.parse().ok()) {
            self.topics.remove(&topic);
            if let Topic::Quotes(symbol) = topic {
                self.outbox.forget(symbol);
            }
        }
        self.confirm()
    }

    fn confirm(&self) -> Result<(), Goodbye> {
        self.say(&ServerMessage::Subscribed { topics: self.topics.iter().map(ToString::to_string).collect() })
    }

    fn refuse(&self, code: &str, detail: &str) -> Result<(), Goodbye> {
        self.say(&ServerMessage::Error { code: code.to_owned(), detail: detail.to_owned() })
    }

    fn say(&self, message: &ServerMessage) -> Result<(), Goodbye> {
        match serde_json::to_string(message) {
            Ok(text) => Ok(self.outbox.push(Message::Text(text.into()))?),
            Err(error) => {
                tracing::error!(%error, "a message could not be written");
                Ok(())
            }
        }
    }

    async fn beat(&mut self) -> Result<(), Goodbye> {
        self.messages = 0;
        self.app.hub.show(self.shown()).await;
        if self.last_heard.elapsed() > SILENCE {
            return Err(Goodbye(CLOSE_POLICY, "not heard of"));
        }
        if authenticate(&self.app, self.identity).await.is_err() {
            return Err(Goodbye(CLOSE_UNAUTHENTICATED, "the session has ended"));
        }
        Ok(self.outbox.push(Message::Ping(bytes::Bytes::new()))?)
    }

    async fn tell(&mut self, event: HubEvent) -> Result<(), Goodbye> {
        match event {
            HubEvent::Notice(notice) => match self.changes(&notice).await {
                Ok(changes) => {
                    for (topic, account_id, change) in changes {
                        if let Some(text) = event_text(topic.to_string(), account_id, change) {
                            self.outbox.push(Message::Text(text))?;
                        }
                    }
                }
                // The client would miss this change: it must read everything again.
                Err(_) => return Err(Goodbye(CLOSE_TRY_AGAIN, "a change could not be read")),
            },
            HubEvent::Missed => return Err(Goodbye(CLOSE_TRY_AGAIN, "changes may have been missed")),
        }
        Ok(())
    }

    fn quote(&self, QuoteEvent { symbol, kind, text }: QuoteEvent) {
        if self.topics.contains(&Topic::Quotes(symbol)) {
            self.outbox.replace(symbol, kind, text);
        }
    }

    /// Takes the newest of everything quoted, whatever was missed.
    fn skip_to_newest(&self) {
        for topic in &self.topics {
            let Topic::Quotes(symbol) = *topic else { continue };
            for kind in [Kind::Price, Kind::Book] {
                if let Some(text) = self.app.hub.newest(symbol, kind) {
                    self.outbox.replace(symbol, kind, text);
                }
            }
        }
    }

    /// Reads what a notice is about, as far as it is this user's and wanted; with the account it is about.
    async fn changes(&self, notice: &Notice) -> Answer<Vec<(Topic, Option<i64>, Change)>> {
        let (db, me) = (&self.app.store, self.identity.user_id);
        let wants = |topic: &Topic| self.topics.contains(topic);
        let mut changes = Vec::new();
        let mut tell = |topic, account_id, change| changes.push((topic, account_id, change));
        match *notice {
            Notice::SignalCreated { user_id, signal_id } if user_id == me && wants(&Topic::Signals) => {
                if let Some((account_id, signal)) = crate::signals::read_with_account(db, me, signal_id).await? {
                    tell(Topic::Signals, account_id, Change::SignalCreated(signal));
                }
            }
            Notice::OrderChanged { user_id, order_id }
                if user_id == me && (wants(&Topic::Orders) || wants(&Topic::Account)) =>
            {
                let Some(row) = orders::get(db, me, order_id).await? else { return Ok(changes) };
                let account_id = row.account_id;
                if wants(&Topic::Orders) {
                    let order = crate::orders::complete(db, row).await?;
                    tell(Topic::Orders, Some(account_id), Change::OrderChanged(order));
                }
                if wants(&Topic::Account)
                    && let Some(account) = accounts::get(db, me, account_id).await?
                {
                    let balance = Books::read(&self.app, account).await?.balance();
                    tell(Topic::Account, Some(account_id), Change::BalanceChanged(balance));
                }
            }
            Notice::TradeBooked { user_id, trade_id } if user_id == me && wants(&Topic::Orders) => {
                if let Some((account_id, trade)) = crate::account::read_trade(db, me, trade_id).await? {
                    tell(Topic::Orders, Some(account_id), Change::TradeBooked(trade));
                }
            }
            Notice::HoldingChanged { user_id, account_id, symbol } if user_id == me && wants(&Topic::Account) => {
                if let Some(account) = accounts::get(db, me, account_id).await? {
                    let books = Books::read(&self.app, account).await?;
                    tell(Topic::Account, Some(account_id), Change::HoldingChanged(books.holding_of(symbol)));
                    tell(Topic::Account, Some(account_id), Change::BalanceChanged(books.balance()));
                }
            }
            Notice::AccountChanged { user_id, account_id } if user_id == me && wants(&Topic::Account) => {
                let change = match crate::accounts::read(db, me, account_id).await? {
                    Some(item) => Change::AccountChanged(Box::new(item)),
                    None => Change::AccountRemoved(RemovedAccount { id: account_id }),
                };
                tell(Topic::Account, Some(account_id), change);
            }
            Notice::KillSwitchChanged { user_id } if user_id.is_none_or(|id| id == me) && wants(&Topic::Account) => {
                for switch in kill::touching(db, me).await? {
                    let account_id = switch.scope_id.filter(|_| switch.scope == KillScope::Account);
                    tell(Topic::Account, account_id, Change::KillSwitchChanged(switch));
                }
            }
            Notice::NotificationChanged { user_id, notification_id } if user_id == me && wants(&Topic::Account) => {
                if let Some(row) = notifications::get(db, me, notification_id).await? {
                    tell(Topic::Account, row.account_id, Change::NotificationChanged(row.into()));
                }
            }
            Notice::BacktestChanged { user_id, backtest_id } if user_id == me && wants(&Topic::Jobs) => {
                if let Some(backtest) = crate::backtests::read(db, me, backtest_id).await? {
                    tell(Topic::Jobs, None, Change::BacktestChanged(Box::new(backtest)));
                }
            }
            Notice::SweepChanged { user_id, sweep_id } if user_id == me && wants(&Topic::Jobs) => {
                if let Some(sweep) = crate::sweeps::read(db, me, sweep_id).await? {
                    tell(Topic::Jobs, None, Change::SweepChanged(Box::new(sweep)));
                }
            }
            Notice::ImportChanged { user_id, import_id } if user_id == me && wants(&Topic::Jobs) => {
                if let Some(import) = crate::market::imports::read(db, me, import_id).await? {
                    tell(Topic::Jobs, None, Change::ImportChanged(import));
                }
            }
            Notice::BackfillChanged { user_id, backfill_id } if user_id == me && wants(&Topic::Jobs) => {
                if let Some(backfill) = crate::market::backfills::read(db, me, backfill_id).await? {
                    tell(Topic::Jobs, None, Change::BackfillChanged(backfill));
                }
            }
            Notice::StrategyChanged { user_id, strategy_id, .. } if user_id == me && wants(&Topic::Strategies) => {
                tell(Topic::Strategies, None, Change::StrategyChanged { id: strategy_id });
            }
            _ => {}
        }
        Ok(changes)
    }
}
