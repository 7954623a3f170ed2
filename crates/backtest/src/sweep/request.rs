//! What a sweep is asked to do.

use std::collections::BTreeMap;

use exodus_trading::{Benchmark, BenchmarkFigures, ParameterError, Strategy, validate};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::folds::{Period, WalkForward};
use crate::search::{Direction, Objective, ParameterSpace, fault};
use crate::spec::BacktestSpec;

/// Trials that a sweep may have, those of walk-forward folds included, unless the caller sets another limit.
pub const MAXIMUM_TRIALS: usize = 10_000;

/// A sweep as a user describes it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SweepRequest {
    /// Values by parameter: `{"values": [..]}` or `{"from": .., "to": .., "step": ..}`, both ends included, `step` 1 if it
    /// is not given.
    pub axes: BTreeMap<String, Value>,
    /// What must hold between two parameters, or a parameter and a number: `lookback < 60`.
    #[serde(default)]
    pub constraints: Vec<String>,
    /// How trials are chosen.
    #[serde(default)]
    pub search: Search,
    /// What is looked for.
    pub objective: ObjectiveRequest,
    /// Whether the search is repeated on parts of the period and held against what followed.
    #[serde(default)]
    pub walk_forward: Option<WalkForward>,
}

/// How trials are chosen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Search {
    /// Every combination.
    #[default]
    Grid,
    /// Different combinations drawn by chance, all equally likely.
    Random {
        /// How many; all there are if there are fewer.
        trials: usize,
        /// The same seed draws the same combinations.
        #[serde(default)]
        seed: u64,
    },
    /// Tree-structured Parzen estimation: first drawn by chance, then where the trials so far are best.
    Tpe {
        /// How many; all there are if there are fewer.
        trials: usize,
        /// The same seed draws the same combinations.
        #[serde(default)]
        seed: u64,
    },
}

/// A figure of the report, and which end of it is wanted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ObjectiveRequest {
    /// Name of the figure: `sharpe_ratio`, or with its group `risk.sharpe_ratio`.
    pub figure: String,
    /// Which end of it is wanted; what is usual for the figure if it is not given.
    #[serde(default)]
    pub direction: Option<Direction>,
}

/// A sweep that can be run.
#[derive(Clone, Debug)]
pub struct Sweep {
    pub(super) spec: BacktestSpec,
    pub(super) space: ParameterSpace,
    pub(super) search: Search,
    pub(super) objective: Objective,
    pub(super) benchmark: Option<Benchmark>,
    /// The period as a whole, then the folds of a walk-forward.
    pub(super) periods: Vec<Period>,
    trials: usize,
}

impl Sweep {
    /// A sweep over the parameters of the strategy of `spec`, which is valid by itself, each trial held against
    /// `benchmark`. It may have `limit` trials; [`MAXIMUM_TRIALS`] unless there is a reason.
    ///
    /// # Errors
    /// Every fault found, with its field: `axes.lookback.step`, `constraints[0]`, `search.trials`, `objective.figure`,
    /// `walk_forward.train_sessions`.
    pub fn new(
        spec: BacktestSpec,
        request: &SweepRequest,
        benchmark: Option<Benchmark>,
        limit: usize,
    ) -> Result<Self, Vec<ParameterError>> {
        let mut errors = Vec::new();
        let mut periods = vec![Period::whole(&spec)];
        match request.walk_forward.map(|walk_forward| walk_forward.periods(&spec)) {
            Some(Ok(folds)) => periods.extend(folds),
            Some(Err(error)) => errors.push(error),
            None => {}
        }
        let each = limit / periods.len();
        let space = kept(space(request, &spec), &mut errors);
        let trials = space.as_ref().and_then(|space| kept(one(trials(request.search, space, each)), &mut errors));
        let objective = kept(one(objective(&request.objective, benchmark.is_some())), &mut errors);
        match (space, objective, trials) {
            (Some(space), Some(objective), Some(trials)) if errors.is_empty() => {
                Ok(Self { spec, space, search: request.search, objective, benchmark, periods, trials })
            }
            _ => Err(errors),
        }
    }

    /// Trials it will have, those of walk-forward folds included; fewer if a random or TPE search finds no more.
    pub fn planned_trials(&self) -> usize {
        self.trials * self.periods.len()
    }

    /// The parameters that are varied, and their values.
    pub fn space(&self) -> &ParameterSpace {
        &self.space
    }

    /// What is looked for.
    pub fn objective(&self) -> &Objective {
        &self.objective
    }

    /// The strategy with these parameters in place of its own.
    pub(super) fn strategy(&self, varied: &Map<String, Value>) -> Result<Strategy, String> {
        let complete = Value::Object(self.space.complete(varied));
        let joined =
            |errors: Vec<ParameterError>| errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ");
        validate(self.spec.strategies[0].strategy.type_id(), &complete).map_err(joined)
    }
}

fn one<T>(result: Result<T, ParameterError>) -> Result<T, Vec<ParameterError>> {
    result.map_err(|error| vec![error])
}

/// What came out well; otherwise the errors join the others.
fn kept<T>(result: Result<T, Vec<ParameterError>>, errors: &mut Vec<ParameterError>) -> Option<T> {
    result.map_err(|found| errors.extend(found)).ok()
}

/// How many trials a search has in one period, of which there may be `limit`.
fn trials(search: Search, space: &ParameterSpace, limit: usize) -> Result<usize, ParameterError> {
    match search {
        Search::Grid => space.grid(limit).map(|grid| grid.len()),
        Search::Random { trials, .. } | Search::Tpe { trials, .. } if !(1..=limit).contains(&trials) => {
            Err(fault("search.trials", format!("must be from 1 to {limit}")))
        }
        Search::Random { trials, .. } | Search::Tpe { trials, .. } => match space.count() {
            Some(0) => Err(fault("constraints", "leave no combination: loosen them or the axes")),
            Some(count) => Ok(trials.min(count)),
            None => Ok(trials),
        },
    }
}

fn space(request: &SweepRequest, spec: &BacktestSpec) -> Result<ParameterSpace, Vec<ParameterError>> {
    match spec.strategies.as_slice() {
        [one] => ParameterSpace::new(&request.axes, &request.constraints, &one.strategy),
        _ => Err(vec![fault("strategy_ids", "a sweep varies the parameters of one strategy: name exactly one")]),
    }
}

fn objective(request: &ObjectiveRequest, has_benchmark: bool) -> Result<Objective, ParameterError> {
    let objective = Objective::new(&request.figure, request.direction)?;
    if objective.group() == BenchmarkFigures::GROUP && !has_benchmark {
        return Err(fault("objective.figure", "needs a benchmark: choose one, or another figure"));
    }
    Ok(objective)
}
