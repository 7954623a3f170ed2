//! Client of the KIS OpenAPI of Korea Investment & Securities (한국투자증권): wire types, tokens, budget, REST, stream.

mod broker;
mod budget;
mod credentials;
mod environment;
mod error;
mod etns;
pub mod feed;
mod order_line;
mod rest;
#[cfg(feature = "testing")]
pub mod simulation;
pub mod stream;
#[cfg(test)]
mod testing;
mod tls;
mod token;
pub mod wire;

pub use broker::KisBroker;
pub use budget::{Limits, MemoryRateWindow, Priority, Quota, Rate, RateWindow, Slot};
pub use credentials::{AccountNumber, Credentials, InputError, KeyFingerprint};
pub use environment::{Env, Environment, HostError, Hosts, Live, Paper};
pub use error::{KisError, StoreDown};
pub use etns::Etns;
pub use rest::{AccountBalance, Gateway, GatewayParts, KisAccount, MoneyAnswer, ReservationNumber};
pub use token::{AccessToken, Claim, MemoryTokenStore, StoredToken, TokenStore};
