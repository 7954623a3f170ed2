//! The server over real sockets: an emulator on free ports, a stepped clock, and clients that write what they want.

mod faults;
mod feeds;
mod notices;
mod session;

use std::collections::VecDeque;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use exodus_domain::{OrderStyle, Price, Qty, Side, Symbol, from_kst};
use exodus_kis::wire::stream::{ControlMessage, ControlRequest, KeyAndIv};
use futures::{SinkExt as _, StreamExt as _};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use crate::clock::ClockMode;
use crate::environment::Environment;
use crate::faults::FaultScript;
use crate::keys::Credentials;
use crate::world::{MarketChange, NewOrder, OrderKey, OrderVenue, Origin};
use crate::{Emulator, EmulatorConfig};

/// Real time that a message may take.
const SOON: Duration = Duration::from_secs(10);
/// Real time in which nothing comes.
const A_WHILE: Duration = Duration::from_millis(300);

/// A running emulator.
struct Stage {
    emulator: Emulator,
    symbol: Symbol,
}

/// A client.
struct Line {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    /// Frames that came before what was waited for.
    passed: VecDeque<String>,
    approval: String,
}

impl Stage {
    /// An emulator at a time of Thursday, 2026-10-01.
    async fn at(hour: u32, minute: u32) -> Self {
        Self::with(hour, minute, EmulatorConfig::default()).await
    }

    async fn with_faults(script: &str) -> Self {
        let faults = FaultScript::parse(script).unwrap();
        Self::with(10, 0, EmulatorConfig { faults, ..EmulatorConfig::default() }).await
    }

    async fn with(hour: u32, minute: u32, config: EmulatorConfig) -> Self {
        let day = chrono::NaiveDate::from_ymd_opt(2026, 10, 1).unwrap();
        let start = from_kst(day, chrono::NaiveTime::from_hms_opt(hour, minute, 0).unwrap());
        let emulator = Emulator::start(EmulatorConfig { clock: ClockMode::Stepped { start }, ..config }).await.unwrap();
        let symbol = emulator.shared.with_world(|world, _| world.instruments()[0].symbol);
        Self { emulator, symbol }
    }

    fn credentials(&self, environment: Environment, index: usize) -> Credentials {
        self.emulator.accounts().into_iter().filter(|one| one.environment == environment).nth(index).unwrap()
    }

    fn url(&self, environment: Environment, path: &str) -> String {
        let addresses = match environment {
            Environment::Real => self.emulator.real,
            Environment::Mock => self.emulator.mock,
        };
        format!("ws://{}{path}", addresses.unwrap().ws)
    }

    fn now(&self) -> DateTime<Utc> {
        self.emulator.shared.now()
    }

    fn approval(&self, holder: &Credentials) -> String {
        let now = self.now();
        self.emulator.shared.keys().issue_approval(&holder.app_key, now)
    }

    /// A connection of the first account.
    async fn open(&self, environment: Environment) -> Line {
        let approval = self.approval(&self.credentials(environment, 0));
        Line::open(&self.url(environment, "/tryitout"), approval).await
    }

    /// Lets time pass, and what happens in it happen.
    fn step(&self, by: TimeDelta) {
        self.emulator.shared.clock.step(by).unwrap();
        self.emulator.shared.with_world(|_, _| ());
    }

    /// A trade of others.
    fn trade(&self, symbol: Symbol) {
        self.emulator.shared.with_world(|world, now| {
            let price = world.quote(symbol).unwrap().price;
            let change = MarketChange::Trade { price, quantity: Qty(7) };
            world.change_market(symbol, change, now).unwrap();
        });
    }

    fn order(&self, environment: Environment, side: Side, price: Option<Price>, quantity: i64) -> OrderKey {
        let number = self.credentials(environment, 0).account_no.replace('-', "");
        let (style, code) = if price.is_some() { (OrderStyle::Limit, "00") } else { (OrderStyle::Market, "01") };
        let order = NewOrder {
            symbol: self.symbol,
            side,
            style,
            code: code.to_owned(),
            only_in: None,
            quantity: Qty(quantity),
            price,
            stop: None,
            venue: OrderVenue::Krx,
        };
        self.emulator.shared.with_world(|world, now| world.place(&number, order, Origin::Api, now)).unwrap()
    }

    /// The lowest price of the day: a bid that waits.
    fn lowest(&self) -> Price {
        self.emulator.shared.with_world(|world, _| world.quote(self.symbol).unwrap().limits.lower)
    }
}

impl Line {
    async fn open(url: &str, approval: String) -> Self {
        let (socket, _) = connect_async(url).await.unwrap();
        Self { socket, passed: VecDeque::new(), approval }
    }

    async fn send(&mut self, text: String) {
        self.socket.send(Message::text(text)).await.unwrap();
    }

    /// Registers, and hears what the server says to it.
    async fn subscribe(&mut self, tr_id: &str, tr_key: &str) -> ControlMessage {
        let request = ControlRequest::subscribe(&self.approval, tr_id, tr_key);
        self.send(request.to_json()).await;
        self.answer().await
    }

    async fn unsubscribe(&mut self, tr_id: &str, tr_key: &str) -> ControlMessage {
        let request = ControlRequest::unsubscribe(&self.approval, tr_id, tr_key);
        self.send(request.to_json()).await;
        self.answer().await
    }

    /// The next text of the server, or why there is none.
    async fn text(&mut self) -> Result<String, String> {
        match tokio::time::timeout(SOON, self.socket.next()).await {
            Err(_) => Err("nothing came".to_owned()),
            Ok(None) => Err("the end".to_owned()),
            Ok(Some(Err(error))) => Err(error.to_string()),
            Ok(Some(Ok(Message::Text(text)))) => Ok(text.to_string()),
            Ok(Some(Ok(other))) => Err(format!("{other:?}")),
        }
    }

    /// The next control message.
    async fn answer(&mut self) -> ControlMessage {
        loop {
            let text = self.text().await.unwrap();
            if text.starts_with('{') {
                return ControlMessage::parse(&text).unwrap();
            }
            self.passed.push_back(text);
        }
    }

    /// The next frame of a feed; those of others are passed over.
    async fn frame(&mut self, tr_id: &str) -> String {
        loop {
            let text = match self.passed.pop_front() {
                Some(text) => text,
                None => self.text().await.unwrap(),
            };
            if text.split('|').nth(1) == Some(tr_id) {
                return text;
            }
        }
    }

    /// True if nothing comes for a while.
    async fn is_silent(&mut self) -> bool {
        self.passed.is_empty() && tokio::time::timeout(A_WHILE, self.socket.next()).await.is_err()
    }

    /// True if the connection ends without a closing frame.
    async fn ends_abruptly(&mut self) -> bool {
        loop {
            match tokio::time::timeout(SOON, self.socket.next()).await {
                Ok(Some(Ok(Message::Text(_) | Message::Ping(_) | Message::Pong(_)))) => {}
                Ok(Some(Ok(_))) | Err(_) => return false,
                Ok(Some(Err(_)) | None) => return true,
            }
        }
    }
}

/// Code of an answer.
fn code(message: &ControlMessage) -> &str {
    message.body.as_ref().map_or("", |body| &body.msg_cd)
}

/// Key and IV of an answer.
fn told(message: &ControlMessage) -> KeyAndIv {
    message.body.as_ref().and_then(|body| body.output.clone()).unwrap()
}

/// Fields of each record of a plain frame.
fn fields(frame: &str) -> Vec<Vec<&str>> {
    let parts: Vec<&str> = frame.splitn(4, '|').collect();
    let count: usize = parts[2].parse().unwrap();
    let all: Vec<&str> = parts[3].split('^').collect();
    assert_eq!(all.len() % count, 0, "{frame}");
    all.chunks(all.len() / count).map(<[&str]>::to_vec).collect()
}
