//! The REST side of the emulator over real sockets. Every test names the section of kis-openapi that it holds.

mod auth;
mod charts;
mod control;
mod gateway;
mod ledger;
mod orders;
mod overseas;
mod quotations;
mod rig;
mod sent;
mod wire;
