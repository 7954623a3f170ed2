//! What an emulator is started with, and why it may not start.

use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;

use exodus_domain::Won;

use crate::clock::ClockMode;
use crate::environment::Environment;
use crate::faults::FaultScript;
use crate::world::{MarketSource, WorldError};

/// The ports of one environment; 0 takes any free one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ports {
    /// REST, control API and page.
    pub rest: u16,
    /// WebSocket.
    pub ws: u16,
}

/// Calls a second for each app key, in fixed windows of one second (kis-openapi §4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// All calls of the real environment.
    pub real: u32,
    /// All calls of the mock environment.
    pub mock: u32,
    /// Calls to the ledger (orders and account) of the real environment.
    pub real_ledger: u32,
    /// Calls to the ledger of the mock environment.
    pub mock_ledger: u32,
    /// Issues of an approval key.
    pub approval: u32,
}

impl Limits {
    /// The same number for every kind of call.
    pub fn all(per_second: u32) -> Self {
        Self {
            real: per_second,
            mock: per_second,
            real_ledger: per_second,
            mock_ledger: per_second,
            approval: per_second,
        }
    }

    /// All calls and calls to the ledger of an environment.
    pub(crate) fn of(self, environment: Environment) -> (u32, u32) {
        match environment {
            Environment::Real => (self.real, self.real_ledger),
            Environment::Mock => (self.mock, self.mock_ledger),
        }
    }
}

impl Default for Limits {
    /// Those of the notice of 2026-04-20. The ledger's own figure is not published; order and account calls are said
    /// to meet it first.
    fn default() -> Self {
        Self { real: 18, mock: 1, real_ledger: 15, mock_ledger: 1, approval: 1 }
    }
}

/// How an emulator is started. The default: both environments on free ports, real time, the demo market.
#[derive(Clone)]
pub struct EmulatorConfig {
    /// Address to listen on.
    pub host: IpAddr,
    /// Ports of the real environment, if it is served.
    pub real: Option<Ports>,
    /// Ports of the mock environment, if it is served.
    pub mock: Option<Ports>,
    /// How time passes.
    pub clock: ClockMode,
    /// Accounts in each environment.
    pub accounts: usize,
    /// Cash of each account.
    pub cash: Won,
    /// Where prices come from.
    pub market: MarketSource,
    /// Faults from the start.
    pub faults: FaultScript,
    /// Folder in which the state survives.
    pub state: Option<PathBuf>,
    /// Decides keys, market and chance.
    pub seed: u64,
    /// Certificate and key of REST, if it is served over TLS.
    pub tls: Option<Arc<rustls::ServerConfig>>,
    /// Frames and notices in the widths before the changes of 2025 and 2026 (§7.5).
    pub legacy_frames: bool,
    /// Calls a second.
    pub limits: Limits,
    /// A request without a `user-agent`, or with that of a library, is answered by a dropped connection (§3.1).
    pub require_user_agent: bool,
    /// The token before stays usable when a new one was issued; the specification leaves it open (§2.1).
    pub previous_token_lives: bool,
}

impl Default for EmulatorConfig {
    fn default() -> Self {
        Self {
            host: IpAddr::V4(Ipv4Addr::LOCALHOST),
            real: Some(Ports::default()),
            mock: Some(Ports::default()),
            clock: ClockMode::Real,
            accounts: 2,
            cash: Won(100_000_000),
            market: MarketSource::Demo,
            faults: FaultScript::default(),
            state: None,
            seed: 1,
            tls: None,
            legacy_frames: false,
            limits: Limits::default(),
            require_user_agent: false,
            previous_token_lives: true,
        }
    }
}

/// Why the emulator does not start.
#[derive(Debug, thiserror::Error)]
pub enum EmulatorError {
    /// A port is taken, or the address is not of this machine.
    #[error("cannot listen on {address}: {cause}; choose another port")]
    Listen {
        /// Address.
        address: SocketAddr,
        /// What the system said.
        cause: io::Error,
    },
    /// Market or state cannot be read.
    #[error(transparent)]
    World(#[from] WorldError),
    /// An account cannot be opened.
    #[error("account {number} could not be opened: {cause}")]
    Account {
        /// Ten digits.
        number: String,
        /// Why.
        cause: crate::world::Refusal,
    },
    /// The state cannot be read or written.
    #[error("{path}: {cause}; choose another folder for --state, or delete the file")]
    State {
        /// File.
        path: PathBuf,
        /// What the system said.
        cause: io::Error,
    },
    /// Certificate or key are not what they should be.
    #[error("{path}: {cause}; give a PEM certificate and the key that belongs to it")]
    Tls {
        /// File.
        path: PathBuf,
        /// What is wrong.
        cause: String,
    },
    /// Neither environment has ports.
    #[error("neither the real nor the mock environment is to be served; give at least one of them ports")]
    NothingToServe,
}
