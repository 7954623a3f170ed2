//! How well an account or a backtest did. Live accounts and backtests are measured by the same code.
//!
//! Conventions of every figure that does not say otherwise: returns are simple and from session end to session end, the
//! first one over the initial capital; a year has 252 sessions, or 365.25 calendar days where growth is annualised by
//! the calendar; deviations are sample deviations (n − 1); the risk-free rate is zero; gains are net of commission and
//! tax. Money is whole won, ratios are `f64`. What is not defined is `None`, never NaN or an infinity.
//!
//! The figures are held against quantstats, empyrical-reloaded and ffn by `scripts/peers.sh`.

mod activity;
mod benchmark;
mod curve;
mod drawdown;
mod figures;
mod regimes;
mod report;
mod returns;
mod risk;
mod rolling;
mod round_trips;
mod significance;
mod statistics;
mod summary;
#[cfg(test)]
mod tests;
mod trips;

pub use activity::{ActivityFigures, OrderTally};
pub use benchmark::{Benchmark, BenchmarkFigures};
pub use curve::{EquityCurve, EquityPoint};
pub use drawdown::{Drawdown, DrawdownFigures, drawdowns};
pub use figures::{Convention, Figure};
pub use regimes::{Regime, RegimeFigures, RegimeRule, Regimes};
pub use report::{PerformanceReport, ReportInputs};
pub use returns::{MonthReturn, ReturnFigures, YearReturn};
pub use risk::RiskFigures;
pub use rolling::{RollingPoint, RollingWindow};
pub use round_trips::{HoldingEvent, IssueBars, RoundTrip, TimedFill, TimedRestatement, round_trips};
pub use significance::{SignificanceFigures, Trials};
pub use summary::{Metrics, TradeTally};
pub use trips::TripFigures;

const SESSIONS_PER_YEAR: f64 = 252.0;
const DAYS_PER_YEAR: f64 = 365.25;
