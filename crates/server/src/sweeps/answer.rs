//! What `/backtest/sweeps` answers.

use std::collections::BTreeMap;

use chrono::{DateTime, FixedOffset, NaiveDate};
use exodus_backtest as engine;
use exodus_store::StoreError;
use exodus_store::sweeps::{self, SweepTrial};
use exodus_trading::PerformanceReport;
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::dto::{StoredBase, StoredRequest, SweepAxis, SweepObjective, SweepSearch, SweepWalkForward};
use super::outcome::StoredOutcome;
use crate::account::commission::Commission;
use crate::account::dto::{EquityPoint, Metrics};
use crate::backtests::dto::RunStatus;
use crate::backtests::setup::{Fill, Universe};
use crate::http::kst;

/// The backtest that a sweep repeats.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SweepBase {
    /// The stored strategy it was copied from, if one.
    #[schema(required)]
    strategy_id: Option<i64>,
    /// Kind of strategy.
    strategy_type: String,
    /// Parameters where no axis changes them.
    #[schema(value_type = HashMap<String, Value>)]
    parameters: Value,
    /// Issues; none if a universe says them.
    symbols: Vec<String>,
    /// Which issues may be bought on which day; null for `symbols` on every day.
    #[schema(required)]
    universe: Option<Universe>,
    /// First day.
    start_date: NaiveDate,
    /// Last day.
    end_date: NaiveDate,
    /// Won at the start.
    initial_capital: i64,
    /// What its trades pay.
    commission: Commission,
    /// How orders are filled.
    fill: Fill,
    /// What it is held against.
    #[schema(required)]
    benchmark: Option<String>,
}

impl From<StoredBase> for SweepBase {
    fn from(base: StoredBase) -> Self {
        Self {
            strategy_id: base.strategy_id,
            strategy_type: base.strategy_type,
            parameters: base.parameters,
            symbols: base.symbols.iter().map(ToString::to_string).collect(),
            universe: base.options.universe,
            start_date: base.start_date,
            end_date: base.end_date,
            initial_capital: base.initial_capital,
            commission: base.commission.into(),
            fill: base.options.fill.into(),
            benchmark: base.options.benchmark,
        }
    }
}

/// One run of a sweep.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Trial {
    /// 0 for the whole period, otherwise the number of the walk-forward fold.
    fold: i32,
    /// Number in the fold, from 1.
    number: i32,
    /// The parameters that are varied.
    #[schema(value_type = HashMap<String, Value>)]
    pub(crate) parameters: Value,
    /// Value of the objective; null where it is not defined.
    #[schema(required)]
    objective: Option<f64>,
    /// Headline figures; null if there was no run.
    #[schema(required)]
    metrics: Option<Metrics>,
    /// Why there was no run.
    #[schema(required)]
    error: Option<String>,
}

impl Trial {
    /// A stored trial.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`].
    pub(crate) fn read(stored: SweepTrial) -> Result<Self, StoreError> {
        let trial: engine::Trial =
            serde_json::from_value(stored.document).map_err(|error| StoreError::Corrupt(error.to_string()))?;
        Ok(Self {
            fold: stored.fold,
            number: stored.number,
            parameters: stored.parameters,
            objective: stored.objective,
            metrics: trial.metrics.map(Metrics::from),
            error: stored.error,
        })
    }
}

/// A sweep.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Sweep {
    /// Id.
    pub(crate) id: i64,
    /// Name.
    name: String,
    /// How far it is.
    pub(crate) status: RunStatus,
    /// 0 to 1.
    progress: f64,
    /// Trials there will be, those of walk-forward folds included; a random or TPE search may find fewer.
    trials_total: i32,
    /// Trials that are finished.
    trials_done: i32,
    /// The best trial of the whole period so far; null without any that has the objective.
    #[schema(required)]
    best: Option<Trial>,
    /// The backtest that it repeats.
    base: SweepBase,
    /// Values by parameter, as they were asked for.
    #[schema(value_type = HashMap<String, SweepAxis>)]
    axes: BTreeMap<String, Value>,
    /// How trials are chosen.
    search: SweepSearch,
    /// What must hold between parameters.
    constraints: Vec<String>,
    /// What is looked for, direction included.
    objective: SweepObjective,
    /// How the period is cut; null if it is not.
    #[schema(required)]
    walk_forward: Option<SweepWalkForward>,
    /// Why it failed.
    #[schema(required)]
    error: Option<String>,
    /// When it was asked for.
    created_at: DateTime<FixedOffset>,
    /// When it ended.
    #[schema(required)]
    finished_at: Option<DateTime<FixedOffset>>,
}

impl Sweep {
    /// A stored sweep with its best trial so far.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`].
    pub(crate) fn read(row: sweeps::Sweep, best: Option<SweepTrial>) -> Result<Self, StoreError> {
        let request = StoredRequest::read(row.request.request)?;
        Ok(Self {
            id: row.id,
            name: row.request.name,
            status: row.status.into(),
            progress: row.progress,
            trials_total: row.request.trials_total,
            trials_done: row.trials_done,
            best: best.map(Trial::read).transpose()?,
            base: request.base.into(),
            axes: request.axes,
            search: request.search,
            constraints: request.constraints,
            objective: request.objective,
            walk_forward: request.walk_forward,
            error: row.error,
            created_at: kst(row.created_at),
            finished_at: row.finished_at.map(kst),
        })
    }
}

/// A sweep with what it came to.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SweepDetail {
    #[serde(flatten)]
    pub(crate) sweep: Sweep,
    /// All figures of the best trial, the deflated Sharpe ratio counting all trials; null until it is done.
    #[schema(required)]
    pub(crate) best_report: Option<PerformanceReport>,
    /// How the neighbours of each trial did; empty until it is done.
    pub(crate) stability: Vec<TrialStability>,
    /// What the walk-forward found; null without one, and until it is done.
    #[schema(required)]
    pub(crate) walk_forward_result: Option<WalkForwardOutcome>,
}

/// What the neighbours of a trial reached: those whose parameters differ by one step of one axis.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TrialStability {
    /// Number of the trial.
    number: u64,
    /// Neighbours for which the objective is defined.
    neighbours: usize,
    /// Mean of their objectives.
    #[schema(required)]
    mean: Option<f64>,
    /// The worst of their objectives.
    #[schema(required)]
    worst: Option<f64>,
}

/// What a walk-forward found.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct WalkForwardOutcome {
    /// The folds, oldest first.
    folds: Vec<WalkForwardFold>,
    /// Equity over all tests, one after the other.
    equity: Vec<EquityPoint>,
    /// All figures over that equity; null if no test was run.
    #[schema(required)]
    report: Option<PerformanceReport>,
}

/// One fold of a walk-forward.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct WalkForwardFold {
    /// Number, from 1.
    number: u32,
    /// First session of the training.
    train_from: NaiveDate,
    /// Last session of the training.
    train_to: NaiveDate,
    /// First session of the test.
    test_from: NaiveDate,
    /// Last session of the test.
    test_to: NaiveDate,
    /// The best parameters of the training; null if no trial was good for anything.
    #[schema(value_type = Option<HashMap<String, Value>>, required)]
    parameters: Option<Map<String, Value>>,
    /// The objective they reached in training.
    #[schema(required)]
    train_objective: Option<f64>,
    /// The objective they reached in the test.
    #[schema(required)]
    test_objective: Option<f64>,
    /// Headline figures of the test.
    #[schema(required)]
    metrics: Option<Metrics>,
    /// Why there was no test.
    #[schema(required)]
    error: Option<String>,
}

impl SweepDetail {
    /// A sweep with what it came to, if it is done.
    pub(crate) fn new(sweep: Sweep, outcome: Option<StoredOutcome>) -> Self {
        let Some(StoredOutcome { best_report, stability, walk_forward }) = outcome else {
            return Self { sweep, best_report: None, stability: Vec::new(), walk_forward_result: None };
        };
        Self {
            sweep,
            best_report,
            stability: stability.into_iter().map(TrialStability::from).collect(),
            walk_forward_result: walk_forward.map(WalkForwardOutcome::from),
        }
    }
}

impl From<engine::Stability> for TrialStability {
    fn from(stability: engine::Stability) -> Self {
        let engine::Stability { number, neighbours, mean, worst } = stability;
        Self { number, neighbours, mean, worst }
    }
}

impl From<engine::WalkForwardResult> for WalkForwardOutcome {
    fn from(result: engine::WalkForwardResult) -> Self {
        Self {
            folds: result.folds.into_iter().map(WalkForwardFold::from).collect(),
            equity: result.equity.iter().map(EquityPoint::from).collect(),
            report: result.report,
        }
    }
}

impl From<engine::Fold> for WalkForwardFold {
    fn from(fold: engine::Fold) -> Self {
        Self {
            number: fold.number,
            train_from: fold.train_from,
            train_to: fold.train_to,
            test_from: fold.test_from,
            test_to: fold.test_to,
            parameters: fold.parameters,
            train_objective: fold.train_objective,
            test_objective: fold.test_objective,
            metrics: fold.metrics.map(Metrics::from),
            error: fold.error,
        }
    }
}
