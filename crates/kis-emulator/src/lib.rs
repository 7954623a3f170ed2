//! KIS OpenAPI on localhost, REST and stream, over a simulated exchange, with faults on demand.
//!
//! [`Emulator::start`] serves the real and the mock environment of the broker side by side over one
//! [`World`]. What a client sees follows the specification of the interface (`docs/emulator.md` names its
//! sections); what is simulated follows `exodus_simulator`.

mod arrivals;
pub mod clock;
mod config;
mod control;
mod environment;
mod faults;
mod keys;
mod log;
mod page;
mod past;
mod rest;
mod shared;
mod socket;
mod state;
mod tls;
pub mod world;

use std::net::SocketAddr;
use std::sync::Arc;

use exodus_domain::Clock as _;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

pub use arrivals::{Arrival, ArrivalKind, Busiest, MadeOrder};
pub use config::{EmulatorConfig, EmulatorError, Limits, Ports};
pub use environment::Environment;
pub use faults::{AnswerGarbage, Fault, FaultError, FaultScript, Garbage, PageTrouble, What, When};
pub use keys::Credentials;
pub use tls::read_tls;

use clock::{ClockMode, EmulatorClock};
use faults::Faults;
use keys::KeyRing;
use rest::Desk;
use rest::connection::{Connections, Wire};
use shared::{Settings, Shared, account_terms};
use world::{Refusal, Setup, World};

/// Where one environment is served.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Addresses {
    /// REST, control API and page.
    pub rest: SocketAddr,
    /// WebSocket.
    pub ws: SocketAddr,
}

/// A running emulator. Dropped without [`Emulator::stop`], it ends without writing its keys down.
pub struct Emulator {
    /// The real environment, if it is served.
    pub real: Option<Addresses>,
    /// The mock environment, if it is served.
    pub mock: Option<Addresses>,
    is_tls: bool,
    shared: Arc<Shared>,
    tasks: JoinSet<()>,
}

/// The listening sockets of one environment.
struct Doors {
    environment: Environment,
    rest: TcpListener,
    ws: TcpListener,
}

impl Doors {
    async fn open(config: &EmulatorConfig, environment: Environment) -> Result<Option<Self>, EmulatorError> {
        let ports = match environment {
            Environment::Real => config.real,
            Environment::Mock => config.mock,
        };
        let Some(ports) = ports else { return Ok(None) };
        let listen = async |port| {
            let address = SocketAddr::new(config.host, port);
            TcpListener::bind(address).await.map_err(|cause| EmulatorError::Listen { address, cause })
        };
        Ok(Some(Self { environment, rest: listen(ports.rest).await?, ws: listen(ports.ws).await? }))
    }

    fn addresses(&self) -> Result<Addresses, EmulatorError> {
        let of = |listener: &TcpListener| {
            let unknown = SocketAddr::from(([0, 0, 0, 0], 0));
            listener.local_addr().map_err(|cause| EmulatorError::Listen { address: unknown, cause })
        };
        Ok(Addresses { rest: of(&self.rest)?, ws: of(&self.ws)? })
    }
}

impl Emulator {
    /// Opens the ports, the market and the accounts, and begins to answer.
    ///
    /// # Errors
    /// [`EmulatorError`] for a port that is taken, files that cannot be read, and a state of another market.
    pub async fn start(config: EmulatorConfig) -> Result<Self, EmulatorError> {
        let real = Doors::open(&config, Environment::Real).await?;
        let mock = Doors::open(&config, Environment::Mock).await?;
        if real.is_none() && mock.is_none() {
            return Err(EmulatorError::NothingToServe);
        }
        let shared = Arc::new(share(&config, [&real, &mock])?);
        shared.keep_all();
        let mut emulator = Self {
            real: real.as_ref().map(Doors::addresses).transpose()?,
            mock: mock.as_ref().map(Doors::addresses).transpose()?,
            is_tls: config.tls.is_some(),
            shared: Arc::clone(&shared),
            tasks: JoinSet::new(),
        };
        emulator.tasks.spawn(Arc::clone(&shared).drive());
        for doors in [real, mock].into_iter().flatten() {
            emulator.serve(doors, &config)?;
        }
        Ok(emulator)
    }

    fn serve(&mut self, doors: Doors, config: &EmulatorConfig) -> Result<(), EmulatorError> {
        let Doors { environment, rest, ws } = doors;
        let address = SocketAddr::new(config.host, 0);
        let desk = Desk { environment, shared: Arc::clone(&self.shared) };
        let connections = Connections::accept(rest, config.tls.clone(), desk.clone());
        let connections = connections.map_err(|cause| EmulatorError::Listen { address, cause })?;
        let router = rest::router(desk);
        let stop = self.shared.stop.clone();
        self.tasks.spawn(async move {
            let server = axum::serve(connections, router.into_make_service_with_connect_info::<Wire>());
            if let Err(error) = server.with_graceful_shutdown(stop.cancelled_owned()).await {
                tracing::error!(%error, "the REST server ended");
            }
        });
        self.tasks.spawn(socket::serve(ws, environment, Arc::clone(&self.shared)));
        Ok(())
    }

    /// The credentials of every account, the real environment's first.
    pub fn accounts(&self) -> Vec<Credentials> {
        self.shared.keys().credentials().to_vec()
    }

    /// True if REST is served over TLS.
    pub fn is_tls(&self) -> bool {
        self.is_tls
    }

    /// The clock of the emulated world.
    pub fn clock(&self) -> Arc<EmulatorClock> {
        Arc::clone(&self.shared.clock)
    }

    /// Looks into the true world, brought to the present, or changes it by hand.
    pub fn with_world<T>(&self, act: impl FnOnce(&mut World, chrono::DateTime<chrono::Utc>) -> T) -> T {
        self.shared.with_world(act)
    }

    /// The orders and issues of tokens that arrived behind number `after`, oldest first.
    pub fn wire(&self, after: u64) -> Vec<Arrival> {
        self.shared.arrivals().after(after)
    }

    /// The most calls of each account in any second.
    pub fn busiest(&self) -> Vec<Busiest> {
        self.shared.arrivals().busiest()
    }

    /// Begins another script of faults; counting starts anew.
    ///
    /// # Errors
    /// [`FaultError`] for a fault that makes no sense; nothing changes then.
    pub fn set_faults(&self, script: FaultScript) -> Result<(), FaultError> {
        script.check()?;
        self.shared.faults().replace(script);
        Ok(())
    }

    /// Ends all connections and writes down what survives.
    ///
    /// # Errors
    /// [`EmulatorError::State`] if the state could not be written.
    pub async fn stop(mut self) -> Result<(), EmulatorError> {
        self.shared.stop.cancel();
        // Kept connections would hold the servers up.
        let ended = tokio::time::timeout(STOP_WAIT, async { while self.tasks.join_next().await.is_some() {} }).await;
        if ended.is_err() {
            self.tasks.shutdown().await;
        }
        self.shared.write()
    }
}

/// Requests that have not ended this long after the stop are cut off.
const STOP_WAIT: std::time::Duration = std::time::Duration::from_secs(1);

/// World, accounts and keys.
fn share(config: &EmulatorConfig, served: [&Option<Doors>; 2]) -> Result<Shared, EmulatorError> {
    let clock = Arc::new(match config.clock {
        ClockMode::Real => EmulatorClock::real(),
        ClockMode::Stepped { start } => EmulatorClock::stepped(start),
        ClockMode::Scaled { start, factor } => EmulatorClock::scaled(start, factor),
    });
    let now = clock.now();
    let setup = Setup { seed: config.seed, market: config.market.clone(), state: config.state.clone() };
    let mut world = World::open(&setup, now)?;
    let saved = state::read(config.state.as_deref())?;
    let mut credentials = Vec::new();
    for doors in served.into_iter().flatten() {
        // A state may know more accounts than are asked for.
        for index in 0.. {
            let one = Credentials::generate(config.seed, doors.environment, index);
            let terms = account_terms(&one, config.cash);
            let is_known = world.accounts().any(|known| known.number == terms.number);
            if index >= config.accounts && !is_known {
                break;
            }
            match world.open_account(&terms, now) {
                Ok(()) | Err(Refusal::AccountExists) => credentials.push(one),
                Err(cause) => return Err(EmulatorError::Account { number: terms.number, cause }),
            }
        }
    }
    let keys = KeyRing::new(config.seed, config.previous_token_lives, credentials, saved.issued);
    let settings = Settings {
        limits: config.limits,
        legacy_frames: config.legacy_frames,
        require_user_agent: config.require_user_agent,
        state: config.state.clone(),
    };
    let faults = Faults::new(config.faults.clone(), config.seed);
    Ok(Shared::new(clock, world, keys, faults, saved.reservations, settings))
}
