//! How many variants were tried before one was chosen: what the deflated Sharpe ratio has to know.

use std::collections::BTreeSet;

use exodus_backtest::set_parameter;
use exodus_domain::Symbol;
use exodus_store::backtests::{self, Backtest};
use exodus_store::sweeps::{self, SweepTrial};
use exodus_store::{Store, StoreError};
use exodus_trading::Trials;
use serde_json::Value;

use super::dto::sole;
use super::setup::{Options, TestedStrategy, Universe};
use crate::sweeps::dto::StoredRequest;

/// The variants that were tried before a run: other parameters of the same strategies on the same issues, at least
/// partly on the same days. The same parameters once more are no further variant.
pub(crate) struct Tried {
    /// Sharpe ratios of the variants; `None` for one that has none.
    sharpe_ratios: Vec<Option<f64>>,
    /// True if the run is one of them.
    has_own: bool,
}

impl Tried {
    /// What was tried before `backtest`: the trials of the sweep that it names, and what its owner ran one by one.
    pub(crate) async fn before(store: &Store, backtest: &Backtest) -> Result<Self, StoreError> {
        let own = Attempt::read(backtest)?;
        let mut seen: Vec<Value> = Vec::new();
        let mut sharpe_ratios = Vec::new();
        if let Some(sweep_id) = own.sweep_id
            && let Some(sweep) = sweeps::find(store, sweep_id).await?
        {
            let base = StoredRequest::read(sweep.request.request)?.base.parameters;
            let strategy_type = &backtest.request.strategy_type;
            let trials = sweeps::all_trials(store, sweep_id).await?;
            for trial in trials.iter().filter(|trial| trial.fold == 0 && trial.error.is_none()) {
                seen.push(Value::from(vec![whole_parameters(strategy_type, &base, trial)]));
                sharpe_ratios.push(trial.sharpe_ratio);
            }
        }
        for earlier in backtests::done_before(store, backtest).await? {
            let attempt = Attempt::read(&earlier)?;
            if attempt.searches_like(&own) && !seen.contains(&attempt.parameters) {
                seen.push(attempt.parameters);
                sharpe_ratios.push(earlier.summary.and_then(|figures| figures.sharpe_ratio));
            }
        }
        Ok(Self { sharpe_ratios, has_own: seen.contains(&own.parameters) })
    }

    /// The trials, the run with this Sharpe ratio among them.
    pub(crate) fn with_own(mut self, sharpe_ratio: Option<f64>) -> Trials {
        if !self.has_own {
            self.sharpe_ratios.push(sharpe_ratio);
        }
        Trials::of(self.sharpe_ratios)
    }
}

/// The parameters of a trial with those that its sweep did not vary.
fn whole_parameters(strategy_type: &str, base: &Value, trial: &SweepTrial) -> Value {
    let mut whole = base.clone();
    if let (Value::Object(whole), Value::Object(varied)) = (&mut whole, &trial.parameters) {
        varied.iter().for_each(|(name, value)| set_parameter(whole, name, value.clone()));
    }
    // As a backtest stores them: a whole number that stands for a ratio becomes one.
    exodus_trading::validate(strategy_type, &whole).map_or(whole, |strategy| strategy.parameters())
}

/// What a backtest tried.
struct Attempt {
    /// Kinds of strategies, each with its issues.
    searched: Vec<(String, BTreeSet<Symbol>)>,
    universe: Option<Universe>,
    /// Of each strategy.
    parameters: Value,
    sweep_id: Option<i64>,
}

impl Attempt {
    fn read(backtest: &Backtest) -> Result<Self, StoreError> {
        let Options { universe, strategies, sweep_id, .. } = Options::read(backtest.request.options.clone())?;
        let strategies = if strategies.is_empty() { vec![sole(&backtest.request)] } else { strategies };
        let parameters = strategies.iter().map(|one| one.parameters.clone()).collect();
        let searched = |one: TestedStrategy| (one.strategy_type, one.symbols.into_iter().collect());
        Ok(Self { searched: strategies.into_iter().map(searched).collect(), universe, parameters, sweep_id })
    }

    fn searches_like(&self, other: &Self) -> bool {
        self.searched == other.searched && self.universe == other.universe
    }
}
