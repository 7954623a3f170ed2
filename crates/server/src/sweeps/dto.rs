//! What `/backtest/sweeps` is asked, and how that is stored.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use exodus_backtest as engine;
use exodus_domain::{CommissionTerms, Symbol};
use exodus_store::StoreError;
use exodus_store::backtests::NewBacktest;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use crate::backtests::dto::BacktestRequest;
use crate::backtests::setup::Options;
use crate::http::words;

/// A search through the parameters of one strategy.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SweepRequest {
    /// Name.
    #[schema(max_length = 100)]
    pub(crate) name: Option<String>,
    /// The backtest that is run with each set of parameters; its own parameters stay where no axis changes them.
    pub(crate) base: BacktestRequest,
    /// Values by parameter; a parameter of a document is called `overrides.fast`.
    #[schema(value_type = HashMap<String, SweepAxis>)]
    pub(crate) axes: BTreeMap<String, Value>,
    /// How trials are chosen; every combination if left out.
    #[serde(default)]
    pub(crate) search: SweepSearch,
    /// What must hold between two parameters, or a parameter and a number: `lookback < 60`.
    #[serde(default)]
    #[schema(max_items = 50)]
    pub(crate) constraints: Vec<String>,
    /// What is looked for.
    pub(crate) objective: SweepObjective,
    /// Whether the search is repeated on parts of the period and held against what followed.
    pub(crate) walk_forward: Option<SweepWalkForward>,
}

/// The values that one parameter takes: listed, or from one to another by equal steps.
#[derive(ToSchema)]
#[allow(dead_code, reason = "only documents what the engine reads")]
pub(crate) struct SweepAxis {
    /// The values, without the other three.
    #[schema(min_items = 1)]
    values: Option<Vec<Value>>,
    /// The first.
    from: Option<f64>,
    /// The last, if the steps meet it.
    to: Option<f64>,
    /// From one to the next; 1 if left out.
    step: Option<f64>,
}

/// How trials are chosen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SweepSearch {
    /// `grid`: every combination; `random`: different ones drawn by chance; `tpe`: drawn where the trials so far are best.
    #[serde(default)]
    pub(crate) kind: SearchKind,
    /// How many; not for a grid.
    #[schema(minimum = 1, maximum = 10_000)]
    pub(crate) trials: Option<u32>,
    /// The same seed draws the same combinations; 0 if left out.
    pub(crate) seed: Option<u64>,
}

/// A way to choose trials.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum SearchKind {
    /// Every combination.
    #[default]
    Grid,
    /// Drawn by chance.
    Random,
    /// Tree-structured Parzen estimation.
    Tpe,
}

/// What a search looks for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SweepObjective {
    /// A figure of the report: `sharpe_ratio`, or with its group `risk.sharpe_ratio`.
    #[schema(max_length = 100)]
    pub(crate) figure: String,
    /// Which end of it is wanted; what is usual for the figure if left out.
    #[schema(value_type = Option<words::Direction>)]
    pub(crate) direction: Option<engine::Direction>,
}

/// How a period is cut into stretches to search in and to test on, in sessions. A split into training and test is one
/// fold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SweepWalkForward {
    /// Sessions that the search sees.
    #[schema(minimum = 1)]
    pub(crate) train_sessions: u32,
    /// Sessions that its choice is held against.
    #[schema(minimum = 1)]
    pub(crate) test_sessions: u32,
    /// Sessions from one fold to the next; those of a test if left out.
    #[schema(minimum = 1)]
    pub(crate) step_sessions: Option<u32>,
    /// Sessions left out between training and test.
    #[serde(default)]
    pub(crate) purge_sessions: u32,
}

/// What is stored of a request.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct StoredRequest {
    pub(crate) base: StoredBase,
    pub(crate) axes: BTreeMap<String, Value>,
    pub(crate) search: SweepSearch,
    pub(crate) constraints: Vec<String>,
    /// With the direction filled in and the name of the figure complete.
    pub(crate) objective: SweepObjective,
    pub(crate) walk_forward: Option<SweepWalkForward>,
}

/// What is stored of the backtest that a sweep repeats.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct StoredBase {
    pub(crate) strategy_id: Option<i64>,
    /// Missing in what was stored before there were versions.
    #[serde(default)]
    pub(crate) strategy_version: Option<i32>,
    pub(crate) strategy_type: String,
    pub(crate) parameters: Value,
    pub(crate) symbols: Vec<Symbol>,
    pub(crate) start_date: NaiveDate,
    pub(crate) end_date: NaiveDate,
    pub(crate) initial_capital: i64,
    pub(crate) commission: CommissionTerms,
    pub(crate) options: Options,
}

impl StoredBase {
    /// What has to be kept of a checked backtest.
    pub(crate) fn of(new: &NewBacktest) -> Result<Self, StoreError> {
        Ok(Self {
            strategy_id: new.strategy_id,
            strategy_version: new.strategy_version,
            strategy_type: new.strategy_type.clone(),
            parameters: new.parameters.clone(),
            symbols: new.symbols.clone(),
            start_date: new.start_date,
            end_date: new.end_date,
            initial_capital: new.initial_capital.0,
            commission: new.commission,
            options: Options::read(new.options.clone())?,
        })
    }

    /// The backtest again.
    pub(crate) fn backtest(&self, user_id: i64) -> NewBacktest {
        NewBacktest {
            user_id,
            strategy_id: self.strategy_id,
            strategy_version: self.strategy_version,
            name: String::new(),
            strategy_type: self.strategy_type.clone(),
            parameters: self.parameters.clone(),
            symbols: self.symbols.clone(),
            start_date: self.start_date,
            end_date: self.end_date,
            initial_capital: exodus_domain::Won(self.initial_capital),
            commission: self.commission,
            options: self.options.stored(),
        }
    }
}

impl StoredRequest {
    /// Reads a stored request back.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`].
    pub(crate) fn read(stored: Value) -> Result<Self, StoreError> {
        serde_json::from_value(stored).map_err(|error| StoreError::Corrupt(error.to_string()))
    }

    /// What the engine is asked.
    pub(crate) fn for_engine(&self) -> engine::SweepRequest {
        let trials = || usize::try_from(self.search.trials.unwrap_or_default()).unwrap_or_default();
        let seed = self.search.seed.unwrap_or_default();
        let count = |sessions: u32| usize::try_from(sessions).unwrap_or(usize::MAX);
        engine::SweepRequest {
            axes: self.axes.clone(),
            constraints: self.constraints.clone(),
            search: match self.search.kind {
                SearchKind::Grid => engine::Search::Grid,
                SearchKind::Random => engine::Search::Random { trials: trials(), seed },
                SearchKind::Tpe => engine::Search::Tpe { trials: trials(), seed },
            },
            objective: engine::ObjectiveRequest {
                figure: self.objective.figure.clone(),
                direction: self.objective.direction,
            },
            walk_forward: self.walk_forward.map(|cut| engine::WalkForward {
                train_sessions: count(cut.train_sessions),
                test_sessions: count(cut.test_sessions),
                step_sessions: cut.step_sessions.map(count),
                purge_sessions: count(cut.purge_sessions),
            }),
        }
    }
}

/// Which trials, and in which order.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct TrialQuery {
    /// Trials of this walk-forward fold; 0 for those of the whole period.
    #[serde(default)]
    #[param(minimum = 0, default = 0)]
    pub(crate) fold: i32,
    /// `number`, `objective`, `total_return`, `annual_return`, `sharpe_ratio`, `max_drawdown` or `trades_count`; with a
    /// minus before it the largest first. What has no value comes last.
    #[param(default = "number")]
    pub(crate) sort: Option<String>,
}
