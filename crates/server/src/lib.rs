//! The program `exodus`: HTTP API, worker and command line.

mod account;
mod accounts;
mod admin;
mod armings;
mod audit_heads;
mod auth;
mod backtests;
pub mod bootstrap;
pub mod cli;
mod clock;
pub mod config;
pub mod http;
mod jobs;
mod kis;
mod market;
pub mod market_rules;
mod notifications;
mod orders;
mod program;
mod proof;
mod realtime;
mod risk;
pub mod secret;
mod signals;
mod strategies;
mod sweeps;
#[cfg(feature = "testing")]
mod testing;

/// Version of the program.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");
