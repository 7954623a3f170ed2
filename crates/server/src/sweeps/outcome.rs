//! What a sweep came to, as it is stored beside its trials.

use exodus_backtest::{Stability, Trial, WalkForwardResult};
use exodus_store::StoreError;
use exodus_store::sweeps::SweepTrial;
use exodus_trading::PerformanceReport;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What is stored of a finished sweep.
#[derive(Serialize, Deserialize)]
pub(crate) struct StoredOutcome {
    pub(crate) best_report: Option<PerformanceReport>,
    pub(crate) stability: Vec<Stability>,
    pub(crate) walk_forward: Option<WalkForwardResult>,
}

impl StoredOutcome {
    /// Reads a stored outcome back.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`].
    pub(crate) fn read(stored: Value) -> Result<Self, StoreError> {
        serde_json::from_value(stored).map_err(|error| StoreError::Corrupt(error.to_string()))
    }
}

/// A trial as it is stored.
///
/// # Errors
/// [`StoreError::Corrupt`] if a figure is no JSON, or there are more trials than can be numbered.
pub(crate) fn stored_trial(trial: &Trial) -> Result<SweepTrial, StoreError> {
    let corrupt = |error: &dyn std::fmt::Display| StoreError::Corrupt(error.to_string());
    let metrics = trial.metrics.as_ref();
    Ok(SweepTrial {
        fold: i32::try_from(trial.fold).map_err(|error| corrupt(&error))?,
        number: i32::try_from(trial.number).map_err(|error| corrupt(&error))?,
        parameters: Value::Object(trial.parameters.clone()),
        objective: trial.objective,
        total_return: metrics.map(|metrics| metrics.total_return),
        annual_return: metrics.map(|metrics| metrics.annual_return),
        sharpe_ratio: metrics.and_then(|metrics| metrics.sharpe_ratio),
        max_drawdown: metrics.map(|metrics| metrics.max_drawdown),
        trades_count: metrics.and_then(|metrics| i64::try_from(metrics.trades_count).ok()),
        document: serde_json::to_value(trial).map_err(|error| corrupt(&error))?,
        error: trial.error.clone(),
    })
}

/// A stored trial as the engine knows it.
///
/// # Errors
/// [`StoreError::Corrupt`].
pub(crate) fn engine_trial(stored: SweepTrial) -> Result<Trial, StoreError> {
    serde_json::from_value(stored.document).map_err(|error| StoreError::Corrupt(error.to_string()))
}
