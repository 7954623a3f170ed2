//! The program `exodus`: HTTP API, worker and command line.

mod account;
mod admin;
mod auth;
mod backtests;
pub mod bootstrap;
pub mod http;
mod market;
mod orders;
mod realtime;
mod signals;
mod strategies;
