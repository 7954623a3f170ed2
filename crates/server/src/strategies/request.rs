//! Checks strategies before they are stored.

use axum::http::StatusCode;
use exodus_domain::Symbol;
use exodus_store::accounts::{Account, AccountBroker};
use exodus_store::strategies::StrategyFields;
use exodus_trading::{ParameterError, Strategy, validate};
use serde_json::{Map, Value};

use super::dto::StrategyRequest;
use crate::bootstrap::App;
use crate::http::problem::{Answer, Problem};
use crate::http::validate::Checks;
use crate::market::names::Names;
use crate::orders::is_traded_by;

const MAX_NAME: usize = 100;
const MAX_DESCRIPTION: usize = 2_000;
const MAX_SYMBOLS: usize = 50;

/// Checks everything at once, so that a form can show all refused fields.
pub(super) async fn check(app: &App, request: StrategyRequest) -> Answer<StrategyFields> {
    let mut checks = Checks::default();
    let name = checks.text("name", &request.name, 1, MAX_NAME);
    let description = checks.text("description", &request.description, 0, MAX_DESCRIPTION);
    let symbols = checks.symbols("symbols", &request.symbols, 1, MAX_SYMBOLS);
    require_known(app, &mut checks, &symbols).await?;
    let strategy = check_parameters(&mut checks, &request.strategy_type, request.parameters);
    checks.finish()?;
    // Without a refusal there is a strategy; the type says nothing of it.
    let strategy = strategy.ok_or_else(|| Problem::internal(&"parameters were neither taken nor refused"))?;
    Ok(StrategyFields {
        name,
        description,
        strategy_type: strategy.type_id().to_owned(),
        parameters: strategy.parameters(),
        symbols,
    })
}

/// What a version does, with what this version of the program fills in: two versions are the same if these are.
pub(super) fn completed(fields: StrategyFields) -> StrategyFields {
    match validate(&fields.strategy_type, &fields.parameters) {
        Ok(strategy) => StrategyFields { parameters: strategy.parameters(), ..fields },
        Err(_) => fields,
    }
}

/// Refuses what this version of the program cannot run any more.
pub(super) fn require_runnable(fields: &StrategyFields) -> Answer<()> {
    let mut checks = Checks::default();
    let parameters = fields.parameters.as_object().cloned().unwrap_or_default();
    check_parameters(&mut checks, &fields.strategy_type, parameters);
    checks.finish()
}

/// Checks the name of a strategy.
pub(super) fn check_name(name: &str) -> Answer<String> {
    let mut checks = Checks::default();
    let name = checks.text("name", name, 1, MAX_NAME);
    checks.finish()?;
    Ok(name)
}

/// Checks parameters by the schema of their kind; refusals go to `checks`.
pub(crate) fn check_parameters(checks: &mut Checks, kind: &str, parameters: Map<String, Value>) -> Option<Strategy> {
    match validate(kind, &Value::Object(parameters)) {
        Ok(strategy) => Some(strategy),
        Err(errors) => {
            for ParameterError { field, message } in errors {
                let is_own = field == "strategy_type" || field == "parameters";
                checks.refuse(if is_own { field } else { format!("parameters.{field}") }, message);
            }
            None
        }
    }
}

/// Refuses symbols that this installation does not know.
pub(crate) async fn require_known(app: &App, checks: &mut Checks, symbols: &[Symbol]) -> Answer<Names> {
    let names = Names::read(&app.store, symbols.iter().copied()).await?;
    for (index, symbol) in symbols.iter().enumerate() {
        if names.get(*symbol).is_none() {
            checks.refuse(format!("symbols[{index}]"), format!("{symbol} is not known here; import its history first"));
        }
    }
    Ok(names)
}

/// Refuses symbols that the account cannot trade: a strategy on them would wait for ever.
pub(super) async fn require_traded_by(app: &App, account: &Account, symbols: &[Symbol]) -> Answer<()> {
    let names = Names::read(&app.store, symbols.iter().copied()).await?;
    let is_traded = |symbol: &Symbol| names.get(*symbol).is_some_and(|issue| is_traded_by(issue, account));
    let Some(symbol) = symbols.iter().find(|symbol| !is_traded(symbol)) else { return Ok(()) };
    let detail = match account.broker {
        AccountBroker::Demo => {
            format!("No live prices come for {symbol}; the demo account trades issues of the demo market.")
        }
        AccountBroker::Kis => format!("{symbol} is not traded at KIS; an account there trades listed issues only."),
    };
    Err(Problem::new(StatusCode::CONFLICT, "NO_LIVE_PRICES", detail))
}
