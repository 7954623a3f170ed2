//! History through the engine: what an account would have done with a strategy, to the won.
//!
//! The engine, its strategies, its risk gate and its books are those of a live account; only the market is made of
//! bars. A run reads no clock and draws no chance, so a repeat gives the same result, fingerprint included.

mod error;
mod fills;
mod fingerprint;
mod manifest;
mod membership;
mod result;
mod runner;
mod series;
mod spec;
mod timeline;
mod universe;

pub use error::BacktestError;
pub use fills::{FillModel, FillTiming, Slippage};
pub use manifest::{Difference, Manifest, Note, RunInputs, StrategyInputs, verify};
pub use membership::Membership;
pub use result::{BacktestResult, BacktestTrade};
pub use runner::run;
pub use series::BarSeries;
pub use spec::{BacktestSpec, Delisting, Flow, StrategySpec};
pub use universe::{DayFact, IssueFacts, RankBy, Rebalance, Universe, UniverseError};
