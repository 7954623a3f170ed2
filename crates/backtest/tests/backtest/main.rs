//! Backtests through the public interface: golden runs, properties, and one run over real history.

mod determinism;
mod events;
mod exits;
mod factors;
mod fills;
mod fixture;
mod golden;
mod history;
mod leaks;
mod markets;
mod properties;
mod ranking;
mod refusals;
mod report;
mod robustness;
mod rules;
mod sweeps;
