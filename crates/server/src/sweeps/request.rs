//! Checks sweeps before they are queued.

use exodus_backtest::{BacktestSpec, MAXIMUM_TRIALS, Objective, Sweep, set_parameter};
use exodus_domain::{Instrument, InstrumentKind, Market, kst_date};
use exodus_store::sweeps::NewSweep;
use exodus_trading::{Benchmark, ParameterError, Strategy, TradedIssue};
use serde_json::Value;

use super::dto::{SearchKind, StoredBase, StoredRequest, SweepObjective, SweepRequest};
use crate::backtests::request::{Checked, check as check_backtest};
use crate::bootstrap::App;
use crate::http::problem::{Answer, Problem};
use crate::http::validate::Checks;

const MAX_NAME: usize = 100;
const MAX_CONSTRAINTS: usize = 50;

/// Checks everything, the backtest first: what a sweep may vary depends on its strategy.
pub(super) async fn check(app: &App, user_id: i64, request: SweepRequest) -> Answer<NewSweep> {
    let SweepRequest { name, base, axes, search, constraints, objective, walk_forward } = request;
    let mut checks = Checks::default();
    let name = name.as_deref().map(|name| checks.text("name", name, 0, MAX_NAME)).unwrap_or_default();
    checks.require(base.strategy_ids.is_none(), "base.strategy_ids", "leave it out: a sweep varies one strategy");
    checks.require(base.sweep_id.is_none(), "base.sweep_id", "leave it out of a sweep");
    checks.require(constraints.len() <= MAX_CONSTRAINTS, "constraints", format!("must be at most {MAX_CONSTRAINTS}"));
    match search.kind {
        SearchKind::Grid => {
            let message = "leave it out: a grid tries every combination";
            checks.require(search.trials.is_none(), "search.trials", message);
        }
        SearchKind::Random | SearchKind::Tpe => {
            checks.require(search.trials.is_some(), "search.trials", "say how many trials there are to be");
        }
    }
    checks.finish()?;

    let Checked { new, strategies } = check_backtest(app, user_id, "base.", base).await?;
    let Some(strategy) = strategies.into_iter().next() else {
        return Err(Problem::internal(&"a strategy was neither taken nor refused"));
    };
    let usual_name = new.name.clone();
    let mut stored = StoredRequest { base: StoredBase::of(&new)?, axes, search, constraints, objective, walk_forward };
    let planned = plan(app, &stored, &strategy).map_err(refused)?;
    stored.objective = planned.objective;
    Ok(NewSweep {
        user_id,
        name: if name.is_empty() { usual_name } else { name },
        request: serde_json::to_value(stored).map_err(|error| Problem::internal(&error))?,
        trials_total: planned.trials,
    })
}

/// What a sweep will do.
struct Planned {
    trials: i32,
    objective: SweepObjective,
}

/// Makes the sweep without its history: its faults can be told at once.
fn plan(app: &App, request: &StoredRequest, strategy: &Strategy) -> Result<Planned, Vec<ParameterError>> {
    let StoredBase { start_date, end_date, initial_capital, commission, ref symbols, ref options, .. } = request.base;
    // Which issue it is does not matter here; a universe names none yet.
    let any = symbols.first().copied().or_else(|| "005930".parse().ok());
    let issues = any.map(|symbol| {
        let instrument = Instrument::new(symbol, Market::Kospi, InstrumentKind::Stock);
        TradedIssue::of(&instrument, commission)
    });
    let capital = exodus_domain::Won(initial_capital);
    let (period, today) = ((start_date, end_date), kst_date(app.now()));
    let spec = BacktestSpec::single(strategy.clone(), issues.into_iter().collect(), period, capital, today);
    let benchmark = options.benchmark.clone().map(|name| Benchmark { name, levels: Vec::new() });
    let sweep = Sweep::new(spec, &request.for_engine(), benchmark, MAXIMUM_TRIALS)?;
    let objective: &Objective = sweep.objective();
    Ok(Planned {
        trials: i32::try_from(sweep.planned_trials()).unwrap_or(i32::MAX),
        objective: SweepObjective { figure: objective.figure().to_owned(), direction: Some(objective.direction()) },
    })
}

fn refused(errors: Vec<ParameterError>) -> Problem {
    let mut checks = Checks::default();
    for ParameterError { field, message } in errors {
        checks.refuse(field, message);
    }
    match checks.finish() {
        Err(problem) => problem,
        Ok(()) => Problem::internal(&"a sweep was refused without a reason"),
    }
}

/// The parameters of `strategy` with which it needs the most bars before its first decision, where those of `sweep` vary.
pub(crate) fn most_warm_up_bars(sweep: &Sweep, strategy: &Strategy) -> usize {
    let mut slowest = strategy.clone();
    for axis in sweep.space().axes() {
        for value in &axis.values {
            let mut parameters = slowest.parameters();
            if let Value::Object(members) = &mut parameters {
                set_parameter(members, &axis.name, value.clone());
            }
            match exodus_trading::validate(strategy.type_id(), &parameters) {
                Ok(other) if other.warm_up_bars() > slowest.warm_up_bars() => slowest = other,
                _ => {}
            }
        }
    }
    slowest.warm_up_bars()
}
