//! The two worlds of the broker, which never mix: a key of one has no type that fits a host of the other (safety SE50).

use std::fmt;
use std::marker::PhantomData;
use std::net::SocketAddr;

use reqwest::Url;

pub use crate::wire::call::Environment;

mod sealed {
    pub trait Sealed {}
}

/// One of the two environments as a type.
pub trait Env: sealed::Sealed + Copy + Send + Sync + 'static {
    /// The same as a value.
    const ENVIRONMENT: Environment;
    /// Origin of the broker's REST host (kis-openapi §1.1).
    const REST: &'static str;
    /// Origin of the broker's WebSocket host.
    const WEBSOCKET: &'static str;
}

/// 모의투자: orders go to the broker's own simulation.
#[derive(Clone, Copy, Debug)]
pub struct Paper;

/// 실전투자: orders go to the exchanges.
#[derive(Clone, Copy, Debug)]
pub struct Live;

impl sealed::Sealed for Paper {}
impl sealed::Sealed for Live {}

impl Env for Paper {
    const ENVIRONMENT: Environment = Environment::Paper;
    const REST: &'static str = "https://openapivts.koreainvestment.com:29443";
    const WEBSOCKET: &'static str = "ws://ops.koreainvestment.com:31000";
}

impl Env for Live {
    const ENVIRONMENT: Environment = Environment::Live;
    const REST: &'static str = "https://openapi.koreainvestment.com:9443";
    const WEBSOCKET: &'static str = "ws://ops.koreainvestment.com:21000";
}

/// Where an environment answers: the broker itself, or an emulator on this machine in its place.
pub struct Hosts<E> {
    rest: String,
    websocket: String,
    environment: PhantomData<E>,
}

/// A setting names a host that this product must not send a key to (safety SE45).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HostError {
    /// There are not two addresses.
    #[error("\"{0}\" is not two addresses: write the REST address, a blank and the WebSocket address")]
    NotTwo(String),
    /// Neither the broker's address nor one of this machine.
    #[error(
        "\"{given}\" is neither \"{broker}\" nor an emulator on this machine, such as \"{scheme}://127.0.0.1:9443\""
    )]
    Foreign {
        /// What was given.
        given: String,
        /// The broker's address.
        broker: &'static str,
        /// `http` or `ws`.
        scheme: &'static str,
    },
}

/// Where the broker keeps its symbol masters, for both environments (kis-openapi §6.12).
const DOWNLOADS: &str = "https://new.real.download.dws.co.kr";

impl<E: Env> Hosts<E> {
    /// The broker's own hosts.
    pub fn broker() -> Self {
        Self { rest: E::REST.to_owned(), websocket: E::WEBSOCKET.to_owned(), environment: PhantomData }
    }

    /// Reads a setting: REST address, blank, WebSocket address.
    ///
    /// # Errors
    /// [`HostError`] for anything but the broker's addresses and plain ones of this machine.
    pub fn parse(setting: &str) -> Result<Self, HostError> {
        let mut words = setting.split_whitespace();
        let (Some(rest), Some(websocket), None) = (words.next(), words.next(), words.next()) else {
            return Err(HostError::NotTwo(setting.to_owned()));
        };
        Ok(Self {
            rest: origin(rest, E::REST, "http")?,
            websocket: origin(websocket, E::WEBSOCKET, "ws")?,
            environment: PhantomData,
        })
    }

    /// An emulator on this machine.
    ///
    /// # Errors
    /// [`HostError`] if one of the addresses is not of this machine.
    pub fn loopback(rest: SocketAddr, websocket: SocketAddr) -> Result<Self, HostError> {
        Self::parse(&format!("http://{rest} ws://{websocket}"))
    }

    /// Origin of the REST host: scheme, host and port.
    pub fn rest(&self) -> &str {
        &self.rest
    }

    /// Origin of the WebSocket host, without a path.
    pub fn websocket(&self) -> &str {
        &self.websocket
    }

    /// Origin of the host of downloads. An emulator serves them beside everything else.
    pub fn downloads(&self) -> &str {
        if self.rest == E::REST { DOWNLOADS } else { &self.rest }
    }

    /// False if an emulator stands in the broker's place.
    pub fn is_broker(&self) -> bool {
        self.rest == E::REST && self.websocket == E::WEBSOCKET
    }
}

impl<E> Clone for Hosts<E> {
    fn clone(&self) -> Self {
        Self { rest: self.rest.clone(), websocket: self.websocket.clone(), environment: PhantomData }
    }
}

impl<E> fmt::Debug for Hosts<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hosts").field("rest", &self.rest).field("websocket", &self.websocket).finish()
    }
}

/// An address as it may be used: the broker's to the letter, or a number of this machine. Names are not resolved, since
/// a name can be made to mean any machine.
fn origin(given: &str, broker: &'static str, scheme: &'static str) -> Result<String, HostError> {
    let given = given.trim_end_matches('/');
    if given == broker {
        return Ok(given.to_owned());
    }
    let foreign = || HostError::Foreign { given: given.to_owned(), broker, scheme };
    let url = Url::parse(given).map_err(|_| foreign())?;
    let numeric = url.host_str().unwrap_or_default().trim_matches(['[', ']']).parse::<std::net::IpAddr>();
    let bare = url.path().trim_matches('/').is_empty() && url.query().is_none() && url.username().is_empty();
    match (numeric, url.port_or_known_default()) {
        (Ok(host), Some(port)) if url.scheme() == scheme && host.is_loopback() && bare => {
            Ok(format!("{scheme}://{}", SocketAddr::new(host, port)))
        }
        _ => Err(foreign()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_broker_and_this_machine_are_hosts() {
        let broker = format!("{} {}", Paper::REST, Paper::WEBSOCKET);
        assert!(Hosts::<Paper>::parse(&broker).is_ok_and(|hosts| hosts.is_broker()));
        let emulator = Hosts::<Paper>::parse("http://127.0.0.1:29443/ ws://[::1]:31000").expect("an emulator");
        assert_eq!((emulator.rest(), emulator.websocket()), ("http://127.0.0.1:29443", "ws://[::1]:31000"));
        assert!(!emulator.is_broker());
        assert_eq!(emulator.downloads(), emulator.rest());
        assert_eq!(Hosts::<Paper>::broker().downloads(), DOWNLOADS);
        for foreign in [
            "https://openapi.koreainvestment.com.example:9443 ws://127.0.0.1:1",
            "http://localhost:9443 ws://127.0.0.1:1",
            "https://127.0.0.1:9443 ws://127.0.0.1:1",
            "http://10.0.0.1:9443 ws://127.0.0.1:1",
            "http://127.0.0.1:9443 ws://ops.example:31000",
            "http://user@127.0.0.1:9443 ws://127.0.0.1:1",
            "http://127.0.0.1:9443/path ws://127.0.0.1:1",
            "http://127.0.0.1:9443",
            "",
        ] {
            assert!(Hosts::<Paper>::parse(foreign).is_err(), "{foreign} was taken");
        }
    }

    #[test]
    fn the_live_host_is_no_host_of_paper() {
        let live = format!("{} {}", Live::REST, Live::WEBSOCKET);
        assert!(Hosts::<Live>::parse(&live).is_ok());
        assert!(Hosts::<Paper>::parse(&live).is_err());
    }
}
