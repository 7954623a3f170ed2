//! What decides: strategies, sizing, the risk gate, the books of an account, its performance, and the engine that
//! steps through events and answers with commands.
//!
//! Nothing here does I/O, reads a clock or draws chance. The same engine drives a live account and a backtest.

mod candlesticks;
mod catalog;
mod engine;
mod exits;
mod indicators;
mod looked_at;
mod performance;
mod portfolio;
mod ranking;
mod risk;
pub mod rules;
mod sizing;
mod strategies;

pub use candlesticks::{PatternError, PatternStudy, PatternType, Signals, pattern, patterns, unavailable_patterns};
pub use catalog::{
    Choice, LocalText, ParameterError, ParameterRange, ParameterSpec, Preset, StrategyType, Unit, When, catalog,
    strategy_type, validate,
};
pub use engine::{
    BarClose, Cause, ClientRef, Command, DayStanding, Engine, EngineError, EngineEvent, EngineSetup, Live, OwnPosition,
    PastOrder, Refused, RestoredOrder, Standing, StrategySetup, StrategyStanding, StrategySymbol,
};
pub use exits::{AfterEntry, ExitCheck, Exits};
pub use indicators::{
    Category, Constraint, EvaluationMode, IndicatorParameter, IndicatorParameterError, IndicatorType, Pane,
    ParameterKind, Parameters, Study, StudyBar, Values, compute, indicator, indicators,
};
pub use performance::{
    ActivityFigures, Benchmark, BenchmarkFigures, Convention, Drawdown, DrawdownFigures, EquityCurve, EquityPoint,
    Figure, HoldingEvent, IssueBars, Metrics, MonthReturn, OrderTally, PerformanceReport, Regime, RegimeFigures,
    RegimeRule, Regimes, ReportInputs, ReturnFigures, RiskFigures, RollingPoint, RollingWindow, RoundTrip,
    SignificanceFigures, TimedFill, TimedRestatement, TradeTally, Trials, TripFigures, YearReturn, drawdowns,
    round_trips,
};
pub use portfolio::{Portfolio, PositionIndex};
pub use ranking::Rebalance;
pub use risk::{
    Approved, Disabled, DisabledBy, LiveFacts, OrderPace, OwnOpposite, RestrictedBy, Restriction, RiskGate, RiskInputs,
    RiskLimits, TradedIssue, TradingHours,
};
pub use sizing::{EquityShare, Sizing, SizingMethod, largest_quantity, whole_shares};
pub use strategies::{
    Strategy, StrategyKind,
    factor::FactorParameters,
    mean_reversion::{MeanReversionParameters, ReversionSignal},
    momentum::{MomentumMethod, MomentumParameters},
    moving_average_cross::MovingAverageCrossParameters,
    rules::RulesParameters,
};
