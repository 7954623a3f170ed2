//! What comes of a sweep.

use exodus_trading::{Metrics, Trials};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::folds::WalkForwardResult;
use super::request::Sweep;

/// One run of a sweep.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Trial {
    /// 0 for the whole period, otherwise the number of the walk-forward fold, from 1.
    pub fold: u32,
    /// Number within the fold, from 1.
    pub number: u64,
    /// The parameters that are varied.
    pub parameters: Map<String, Value>,
    /// Value of the objective; `None` where it is not defined.
    pub objective: Option<f64>,
    /// Headline figures; `None` if there was no run.
    pub metrics: Option<Metrics>,
    /// Why there was no run.
    pub error: Option<String>,
}

/// A finished sweep.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SweepOutcome {
    /// All trials, by fold and number.
    pub trials: Vec<Trial>,
    /// The best of the whole period; `None` if the objective is defined for none.
    pub best: Option<Trial>,
    /// What came of the walk-forward, if one was asked for.
    pub walk_forward: Option<WalkForwardResult>,
}

/// Why a sweep has no outcome.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SweepError {
    /// The caller stopped it. The trials that he was told of are finished.
    #[error("the sweep was cancelled: resume it to run the trials that are left")]
    Cancelled,
    /// A finished trial has other parameters than this sweep gives its number.
    #[error("trial {number} of fold {fold} belongs to another sweep: start this one anew")]
    Foreign {
        /// Its fold.
        fold: u32,
        /// Its number.
        number: u64,
    },
    /// Not one trial could be run.
    #[error("no trial could be run; the first one says: {0}")]
    AllFailed(String),
}

impl Sweep {
    /// The best of `trials` in `fold`: of equals the one with the lowest number, and none for which the objective is not
    /// defined.
    pub fn best<'a>(&self, trials: &'a [Trial], fold: u32) -> Option<&'a Trial> {
        trials
            .iter()
            .filter(|trial| trial.fold == fold && trial.objective.is_some())
            .min_by(|left, right| self.order(left, right))
    }

    /// The better trial first, of equals the one with the lower number.
    pub(super) fn order(&self, left: &Trial, right: &Trial) -> std::cmp::Ordering {
        self.objective.compare(left.objective, right.objective).then(left.number.cmp(&right.number))
    }
}

/// How many trials of the whole period were run, and how far their Sharpe ratios lie apart: for the deflated Sharpe ratio
/// of the chosen one. Trials that could not be run are not counted.
pub fn trials_run(trials: &[Trial]) -> Trials {
    let run = trials.iter().filter(|trial| trial.fold == 0).filter_map(|trial| trial.metrics);
    Trials::of(run.map(|metrics| metrics.sharpe_ratio))
}
