//! Backtests through the public interface: golden runs, properties, and one run over real history.

mod fills;
mod fixture;
mod golden;
mod history;
mod properties;
mod report;
