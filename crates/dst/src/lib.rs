//! Deterministic simulation of the product (safety §6.1).
//!
//! The workers are the product's own: sessions, executor, risk gate, reconciliation, schedule, leases, kill switches. Clock,
//! network and process are the simulation's, and the broker is the synchronous core of the emulator with faults of its own.
//! Everything runs on one thread in virtual time; a seed decides what happens, and the same seed happens the same way again.
//!
//! A day is shortened: eight minutes of faults in the middle of a session, and fifteen minutes of quiet in which everything
//! must settle.

#![cfg(feature = "sim")]

mod broker;
mod chance;
mod feed;
mod ledger;
mod market;
mod node;
mod people;
mod plan;
mod process;
mod run;
mod time;
mod troubles;
mod world;

pub use run::{Outcome, Template, run};
