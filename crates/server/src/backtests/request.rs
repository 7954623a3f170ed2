//! Checks backtests before they are queued.

use chrono::NaiveDate;
use exodus_domain::{Symbol, Won, kst_date};
use exodus_store::backtests::NewBacktest;
use exodus_store::{bars, strategies};
use exodus_trading::Strategy;
use serde_json::{Map, Value};

use super::dto::BacktestRequest;
use crate::account::commission;
use crate::bootstrap::App;
use crate::http::problem::{Answer, Problem};
use crate::http::validate::Checks;
use crate::strategies::request::{check_parameters, require_known};

const MAX_NAME: usize = 100;
const MAX_SYMBOLS: usize = 1_000;
const MIN_CAPITAL: i64 = 100_000;
const MAX_CAPITAL: i64 = 1_000_000_000_000;
/// The KRX calendar of this product begins here.
const FIRST_DAY: NaiveDate = NaiveDate::from_ymd_opt(1990, 1, 1).expect("1 January exists in every year");

/// Checks everything at once, so that a form can show all refused fields.
pub(super) async fn check(app: &App, user_id: i64, request: BacktestRequest) -> Answer<NewBacktest> {
    let mut checks = Checks::default();
    let name = request.name.as_deref().map(|name| checks.text("name", name, 0, MAX_NAME)).unwrap_or_default();
    let symbols = checks.symbols("symbols", &request.symbols, 1, MAX_SYMBOLS);
    require_known(app, &mut checks, &symbols).await?;
    let (start_date, end_date, capital) = (request.start_date, request.end_date, request.initial_capital);
    checks.require(start_date >= FIRST_DAY, "start_date", format!("must not be before {FIRST_DAY}"));
    checks.require(end_date >= start_date, "end_date", "must not be before start_date");
    checks.require(end_date <= kst_date(app.now()), "end_date", "must not be in the future");
    checks.range("initial_capital", capital, MIN_CAPITAL, MAX_CAPITAL);
    let commission = match &request.commission {
        Some(asked) => asked.check(&mut checks, "commission."),
        None => Some(commission::of_user(app, user_id).await?),
    };
    let what = match request.strategy_id {
        Some(id) => stored(app, user_id, id, &request, &mut checks).await?,
        None => given(request, &mut checks),
    };
    checks.finish()?;
    // Without a refusal there are terms and a strategy; the types say nothing of it.
    let commission = commission.ok_or_else(|| Problem::internal(&"terms were neither taken nor refused"))?;
    let what = what.ok_or_else(|| Problem::internal(&"a strategy was neither taken nor refused"))?;
    require_bars(app, &what.strategy, &symbols).await?;
    Ok(NewBacktest {
        user_id,
        strategy_id: what.id,
        name: if name.is_empty() { what.name } else { name },
        strategy_type: what.strategy.type_id().to_owned(),
        parameters: what.strategy.parameters(),
        symbols,
        start_date,
        end_date,
        initial_capital: Won(capital),
        commission,
    })
}

/// What is tested.
struct Tested {
    id: Option<i64>,
    name: String,
    strategy: Strategy,
}

/// A strategy of the user, as it is now.
async fn stored(
    app: &App,
    user_id: i64,
    id: i64,
    request: &BacktestRequest,
    checks: &mut Checks,
) -> Answer<Option<Tested>> {
    checks.require(request.strategy_type.is_none(), "strategy_type", "leave it out together with strategy_id");
    checks.require(request.parameters.is_none(), "parameters", "leave them out together with strategy_id");
    let stored = strategies::get(&app.store, user_id, id).await?.ok_or_else(Problem::not_found)?;
    let parameters = match stored.fields.parameters {
        Value::Object(parameters) => parameters,
        _ => Map::new(),
    };
    let strategy = check_parameters(checks, &stored.fields.strategy_type, parameters);
    Ok(strategy.map(|strategy| Tested { id: Some(id), name: stored.fields.name, strategy }))
}

/// A kind of strategy with parameters, stored nowhere.
fn given(request: BacktestRequest, checks: &mut Checks) -> Option<Tested> {
    let Some(kind) = request.strategy_type else {
        checks.refuse("strategy_type", "name a kind of strategy, or a stored strategy by strategy_id");
        return None;
    };
    let strategy = check_parameters(checks, &kind, request.parameters.unwrap_or_default())?;
    let name = match request.symbols.as_slice() {
        [symbol] => format!("{kind} {symbol}"),
        symbols => format!("{kind} ({})", symbols.len()),
    };
    Some(Tested { id: None, name, strategy })
}

/// Refuses issues without history before a worker finds out.
async fn require_bars(app: &App, strategy: &Strategy, symbols: &[Symbol]) -> Answer<()> {
    let mut checks = Checks::default();
    let interval = strategy.interval();
    for (index, &symbol) in symbols.iter().enumerate() {
        let known = bars::preferred(&app.store, symbol, interval).await?;
        let message = format!("there are no {interval} bars of {symbol}; import its history first");
        checks.require(known.is_some(), &format!("symbols[{index}]"), message);
    }
    checks.finish()
}
