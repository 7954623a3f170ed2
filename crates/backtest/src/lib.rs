//! History through the engine: what an account would have done with a strategy, to the won.
//!
//! The engine, its strategies, its risk gate and its books are those of a live account; only the market is made of
//! bars. A run reads no clock and draws no chance, so a repeat gives the same result, fingerprint included.

mod chance;
mod check;
mod day;
mod error;
mod fills;
mod fingerprint;
mod manifest;
mod membership;
mod replay;
mod result;
pub mod robustness;
mod runner;
mod search;
mod series;
mod spec;
mod sweep;
mod timeline;
mod universe;

pub use error::BacktestError;
pub use fills::{FillModel, FillTiming, Slippage};
pub use manifest::{Difference, Manifest, Note, RunInputs, StrategyInputs, UndefinedBars, verify};
pub use membership::Membership;
pub use replay::{DayRecord, FillRecord, Moment, OrderRecord, RecordedDay, RecordedStrategy, SignalRecord, replay};
pub use result::{BacktestResult, BacktestTrade, Decision};
pub use runner::{AppliedAction, run, run_explained};
pub use search::{Axis, Direction, Objective, ParameterSpace, figure_ids, set_parameter};
pub use series::BarSeries;
pub use spec::{BacktestSpec, Delisting, Flow, StrategySpec};
pub use sweep::{
    Fold, MAXIMUM_TRIALS, ObjectiveRequest, Search, Stability, Sweep, SweepError, SweepOutcome, SweepRequest,
    SweepWatch, Trial, WalkForward, WalkForwardResult, trials_run,
};
pub use universe::{DayFact, IssueFacts, RankBy, Rebalance, Universe, UniverseError};
