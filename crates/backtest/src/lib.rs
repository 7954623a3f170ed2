//! History through the engine: what an account would have done with a strategy, to the won.
//!
//! The engine, its strategies, its risk gate and its books are those of a live account; only the market is made of
//! bars. A run reads no clock and draws no chance, so a repeat gives the same result, fingerprint included.

mod fingerprint;
mod result;
mod runner;
mod series;
mod spec;
mod timeline;

pub use result::{BacktestResult, BacktestTrade, Manifest, Note};
pub use runner::run;
pub use series::BarSeries;
pub use spec::{BacktestError, BacktestSpec, Flow};
