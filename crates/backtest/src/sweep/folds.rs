//! Walk-forward: the search sees one stretch of the period, and what it chose is held against the stretch that follows.
//!
//! Pardo, "The Evaluation and Optimization of Trading Strategies", 2008. Between the two lie sessions that neither uses
//! (purging: López de Prado, "Advances in Financial Machine Learning", 2018, §7.4), so that no trade and no average
//! reaches from one into the other. A split into training and test is a walk-forward with one fold.

use chrono::NaiveDate;
use exodus_domain::sessions;
use exodus_trading::{EquityPoint, Metrics, ParameterError, PerformanceReport};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::search::fault;
use crate::spec::BacktestSpec;

/// How a period is cut into folds, in KRX sessions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WalkForward {
    /// Sessions that the search sees.
    pub train_sessions: usize,
    /// Sessions that its choice is held against.
    pub test_sessions: usize,
    /// Sessions from one fold to the next, at least those of a test; as many as those if it is not given.
    #[serde(default)]
    pub step_sessions: Option<usize>,
    /// Sessions left out between training and test.
    #[serde(default)]
    pub purge_sessions: usize,
}

/// What a walk-forward found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WalkForwardResult {
    /// The folds, oldest first.
    pub folds: Vec<Fold>,
    /// Equity over all tests, one after the other: each begins, without shares, with what the one before ended with. What
    /// is held at the end of a test counts at its close and is not sold. Sessions between tests are left out.
    pub equity: Vec<EquityPoint>,
    /// All figures over that equity and the trades behind it; `None` if no test was run.
    pub report: Option<PerformanceReport>,
}

/// One fold.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Fold {
    /// Number, from 1.
    pub number: u32,
    /// First session of the training.
    pub train_from: NaiveDate,
    /// Last session of the training.
    pub train_to: NaiveDate,
    /// First session of the test.
    pub test_from: NaiveDate,
    /// Last session of the test.
    pub test_to: NaiveDate,
    /// The best parameters of the training; `None` if no trial was good for anything.
    pub parameters: Option<Map<String, Value>>,
    /// The objective they reached in training.
    pub train_objective: Option<f64>,
    /// The objective they reached in the test.
    pub test_objective: Option<f64>,
    /// Headline figures of the test.
    pub metrics: Option<Metrics>,
    /// Why there was no test.
    pub error: Option<String>,
}

/// A stretch that a search sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Period {
    pub(super) from: NaiveDate,
    pub(super) to: NaiveDate,
    /// First and last session of what follows, for a fold.
    pub(super) test: Option<(NaiveDate, NaiveDate)>,
}

impl Period {
    pub(super) fn whole(spec: &BacktestSpec) -> Self {
        Self { from: spec.from, to: spec.to, test: None }
    }
}

impl WalkForward {
    /// The folds within the period of `spec`: as many whole ones as there are.
    pub(super) fn periods(&self, spec: &BacktestSpec) -> Result<Vec<Period>, ParameterError> {
        let Self { train_sessions, test_sessions, purge_sessions, .. } = *self;
        let step = self.step_sessions.unwrap_or(test_sessions);
        let field = |name: &str, message: &str| Err(fault(format!("walk_forward.{name}"), message));
        if train_sessions == 0 {
            return field("train_sessions", "must be at least 1");
        }
        if test_sessions == 0 {
            return field("test_sessions", "must be at least 1");
        }
        if step < test_sessions {
            return field("step_sessions", "must be at least test_sessions, or a session would be tested twice");
        }
        let days: Vec<NaiveDate> = sessions(spec.from, spec.to).collect();
        let length = train_sessions.saturating_add(purge_sessions).saturating_add(test_sessions);
        if length > days.len() {
            let there = days.len();
            return field(
                "train_sessions",
                &format!("with purge and test are {length} sessions, and the period has {there}"),
            );
        }
        let fold = |fold: &[NaiveDate]| {
            let test = &fold[train_sessions + purge_sessions..length];
            let test = Some((test[0], test[test_sessions - 1]));
            Period { from: fold[0], to: fold[train_sessions - 1], test }
        };
        Ok(days.windows(length).step_by(step).map(fold).collect())
    }
}
