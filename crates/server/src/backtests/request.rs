//! Checks backtests before they are queued.

use chrono::{Days, NaiveDate};
use exodus_domain::{Bar, CommissionTerms, Interval, Symbol, Won, kst_date};
use exodus_store::backtests::NewBacktest;
use exodus_store::prices::{self, Wanted};
use exodus_store::strategies::StrategyFields;
use exodus_store::{bars, strategies, sweeps};
use exodus_trading::Strategy;
use serde_json::{Map, Value};

use super::benchmark::Reference;
use super::dto::BacktestRequest;
use super::setup::{MAX_SYMBOLS, Options, TestedStrategy};
use crate::account::commission;
use crate::bootstrap::App;
use crate::http::problem::{Answer, Problem};
use crate::http::validate::Checks;
use crate::strategies::request::{check_parameters, require_known};

const MAX_NAME: usize = 100;
const MAX_STRATEGIES: usize = 20;
const MIN_CAPITAL: i64 = 100_000;
const MAX_CAPITAL: i64 = 1_000_000_000_000;
/// The KRX calendar of this product begins here.
pub(crate) const FIRST_DAY: NaiveDate = NaiveDate::from_ymd_opt(1990, 1, 1).expect("1 January exists in every year");

/// A request that can be run, as far as can be told before its bars are read.
pub(crate) struct Checked {
    /// What is stored.
    pub(crate) new: NewBacktest,
    /// The strategies, by number.
    pub(crate) strategies: Vec<Strategy>,
}

/// Checks everything at once, so that a form can show all refused fields. The names of fields begin with `place`.
pub(crate) async fn check(app: &App, user_id: i64, place: &str, request: BacktestRequest) -> Answer<Checked> {
    let mut checks = Checks::at(place);
    let name = request.name.as_deref().map(|name| checks.text("name", name, 0, MAX_NAME)).unwrap_or_default();
    let (start_date, end_date, capital) = (request.start_date, request.end_date, request.initial_capital);
    checks.require(start_date >= FIRST_DAY, "start_date", format!("must not be before {FIRST_DAY}"));
    checks.require(end_date >= start_date, "end_date", "must not be before start_date");
    checks.require(end_date <= kst_date(app.now()), "end_date", "must not be in the future");
    checks.range("initial_capital", capital, MIN_CAPITAL, MAX_CAPITAL);
    let fill = request.fill.unwrap_or_default().check(&mut checks, "fill.");
    let commission = terms(app, user_id, &request, &mut checks).await?;
    let tested = tested(app, user_id, &request, &mut checks).await?;
    if let Some(universe) = &request.universe {
        universe.check(&mut checks, "universe.");
    }
    let reference = reference(&mut checks, request.benchmark.as_deref());
    if let Some(sweep_id) = request.sweep_id
        && sweeps::get(&app.store, user_id, sweep_id).await?.is_none()
    {
        checks.refuse("sweep_id", "is no sweep of yours");
    }
    checks.finish()?;
    // Without a refusal there are terms; the types say nothing of it.
    let commission = commission.ok_or_else(|| Problem::internal(&"terms were neither taken nor refused"))?;

    let mut checks = Checks::at(place);
    if let Some(reference) = reference
        && let Some(fault) = reference.fault(&app.store, start_date, end_date).await?
    {
        checks.refuse("benchmark", fault);
    }
    let period = (start_date, end_date);
    require_history(app, &mut checks, &tested, request.strategy_ids.is_some(), period, Won(capital)).await?;
    checks.finish()?;

    let strategies = tested.iter().map(|(_, strategy)| strategy.clone()).collect();
    let tested: Vec<TestedStrategy> = tested.into_iter().map(|(tested, _)| tested).collect();
    let first =
        tested.first().cloned().ok_or_else(|| Problem::internal(&"a strategy was neither taken nor refused"))?;
    let mut symbols: Vec<Symbol> = Vec::new();
    for symbol in tested.iter().flat_map(|one| &one.symbols) {
        if !symbols.contains(symbol) {
            symbols.push(*symbol);
        }
    }
    let options = Options {
        fill,
        benchmark: reference.map(|reference| reference.to_string()),
        universe: request.universe,
        strategies: tested,
        sweep_id: request.sweep_id,
    };
    let several = options.strategies.len() > 1;
    let new = NewBacktest {
        user_id,
        strategy_id: first.strategy_id.filter(|_| !several),
        strategy_version: first.strategy_version.filter(|_| !several),
        name: if name.is_empty() { usual_name(&options.strategies, &first, &symbols) } else { name },
        strategy_type: first.strategy_type,
        parameters: first.parameters,
        symbols,
        start_date,
        end_date,
        initial_capital: Won(capital),
        commission,
        options: options.stored(),
    };
    Ok(Checked { new, strategies })
}

/// What a backtest without a name is called.
fn usual_name(all: &[TestedStrategy], first: &TestedStrategy, symbols: &[Symbol]) -> String {
    let names: Vec<&str> = all.iter().map(|one| one.name.as_str()).collect();
    let name = match (names.as_slice(), symbols) {
        ([_, _, ..], _) => names.join(" + "),
        (_, _) if first.strategy_id.is_some() => first.name.clone(),
        (_, [symbol]) => format!("{} {symbol}", first.strategy_type),
        (_, []) => first.strategy_type.clone(),
        (_, symbols) => format!("{} ({})", first.strategy_type, symbols.len()),
    };
    name.chars().take(MAX_NAME).collect()
}

async fn terms(
    app: &App,
    user_id: i64,
    request: &BacktestRequest,
    checks: &mut Checks,
) -> Answer<Option<CommissionTerms>> {
    Ok(match &request.commission {
        Some(asked) => asked.check(checks, "commission."),
        None => Some(commission::of_user(app, user_id).await?),
    })
}

/// The strategies with their issues; refusals go to `checks`.
async fn tested(
    app: &App,
    user_id: i64,
    request: &BacktestRequest,
    checks: &mut Checks,
) -> Answer<Vec<(TestedStrategy, Strategy)>> {
    if let Some(ids) = &request.strategy_ids {
        return several(app, user_id, ids, request, checks).await;
    }
    let message = "leave it out without strategy_ids";
    checks.require(request.strategy_versions.is_none(), "strategy_versions", message);
    let symbols = match (&request.symbols, &request.universe) {
        (Some(symbols), None) => {
            let symbols = checks.symbols("symbols", symbols, 1, MAX_SYMBOLS);
            require_known(app, checks, &symbols).await?;
            symbols
        }
        (None, Some(_)) => Vec::new(),
        (Some(_), Some(_)) => {
            checks.refuse("universe", "leave it out together with symbols");
            Vec::new()
        }
        (None, None) => {
            checks.refuse("symbols", "name at least one issue, or describe a universe");
            Vec::new()
        }
    };
    let what = match request.strategy_id {
        Some(id) => stored(app, user_id, id, request, checks).await?,
        None => {
            let message = "leave it out without strategy_id";
            checks.require(request.strategy_version.is_none(), "strategy_version", message);
            given(request, checks)
        }
    };
    let numbered = |(tested, strategy)| (TestedStrategy { number: 1, symbols, ..tested }, strategy);
    Ok(what.map(numbered).into_iter().collect())
}

/// Several stored strategies, each with its own issues.
async fn several(
    app: &App,
    user_id: i64,
    ids: &[i64],
    request: &BacktestRequest,
    checks: &mut Checks,
) -> Answer<Vec<(TestedStrategy, Strategy)>> {
    let message = "leave it out together with strategy_ids";
    checks.require(request.strategy_id.is_none(), "strategy_id", message);
    checks.require(request.strategy_version.is_none(), "strategy_version", message);
    checks.require(request.strategy_type.is_none(), "strategy_type", message);
    checks.require(request.parameters.is_none(), "parameters", message);
    checks.require(request.symbols.is_none(), "symbols", "leave them out: each strategy has its own");
    checks.require(request.universe.is_none(), "universe", "leave it out: each strategy has its own issues");
    let message = format!("must name 1 to {MAX_STRATEGIES} strategies");
    checks.require((1..=MAX_STRATEGIES).contains(&ids.len()), "strategy_ids", message);
    let versions = request.strategy_versions.as_deref().unwrap_or_default();
    let as_many = request.strategy_versions.is_none() || versions.len() == ids.len();
    checks.require(as_many, "strategy_versions", "must be as many as strategy_ids");
    let mut found: Vec<(TestedStrategy, Strategy)> = Vec::new();
    for ((index, &id), number) in ids.iter().enumerate().take(MAX_STRATEGIES).zip(1..) {
        let field = format!("strategy_ids[{index}]");
        if found.iter().any(|(one, _)| one.strategy_id == Some(id)) {
            checks.refuse(field, format!("{id} is named twice"));
            continue;
        }
        let version = versions.get(index).copied().flatten();
        let place = format!("strategy_versions[{index}]");
        let Some((version, fields)) = stored_version(app, user_id, id, version, &place, checks).await? else {
            continue;
        };
        let Some(strategy) = check_parameters(checks, &fields.strategy_type, object(fields.parameters)) else {
            continue;
        };
        if let Some((_, first)) = found.first() {
            let message = "decides on bars of another length than the first one; run it apart";
            checks.require(strategy.interval() == first.interval(), &field, message);
        }
        let tested = TestedStrategy {
            number,
            strategy_id: Some(id),
            strategy_version: Some(version),
            name: fields.name,
            strategy_type: strategy.type_id().to_owned(),
            parameters: strategy.parameters(),
            symbols: fields.symbols,
        };
        found.push((tested, strategy));
    }
    Ok(found)
}

fn object(parameters: Value) -> Map<String, Value> {
    match parameters {
        Value::Object(parameters) => parameters,
        _ => Map::new(),
    }
}

/// What a version of one of the user's strategies does, the newest one unless another is named; `None` if it was refused.
async fn stored_version(
    app: &App,
    user_id: i64,
    id: i64,
    version: Option<i32>,
    field: &str,
    checks: &mut Checks,
) -> Answer<Option<(i32, StrategyFields)>> {
    let newest = strategies::get(&app.store, user_id, id).await?.ok_or_else(Problem::not_found)?;
    let Some(number) = version.filter(|number| *number != newest.version) else {
        return Ok(Some((newest.version, newest.fields)));
    };
    let found = strategies::version(&app.store, user_id, id, number).await?;
    if found.is_none() {
        checks.refuse(field, format!("strategy {id} has no version {number}; its newest is {}", newest.version));
    }
    Ok(found.map(|version| (number, version.fields)))
}

/// A strategy of the user.
async fn stored(
    app: &App,
    user_id: i64,
    id: i64,
    request: &BacktestRequest,
    checks: &mut Checks,
) -> Answer<Option<(TestedStrategy, Strategy)>> {
    checks.require(request.strategy_type.is_none(), "strategy_type", "leave it out together with strategy_id");
    checks.require(request.parameters.is_none(), "parameters", "leave them out together with strategy_id");
    let found = stored_version(app, user_id, id, request.strategy_version, "strategy_version", checks).await?;
    let Some((version, fields)) = found else { return Ok(None) };
    let strategy = check_parameters(checks, &fields.strategy_type, object(fields.parameters));
    let tested = |strategy: &Strategy| TestedStrategy {
        strategy_id: Some(id),
        strategy_version: Some(version),
        ..of(fields.name, strategy)
    };
    Ok(strategy.map(|strategy| (tested(&strategy), strategy)))
}

/// A kind of strategy with parameters, stored nowhere.
fn given(request: &BacktestRequest, checks: &mut Checks) -> Option<(TestedStrategy, Strategy)> {
    let Some(kind) = &request.strategy_type else {
        checks.refuse("strategy_type", "name a kind of strategy, or a stored strategy by strategy_id");
        return None;
    };
    let strategy = check_parameters(checks, kind, request.parameters.clone().unwrap_or_default())?;
    Some((of(kind.clone(), &strategy), strategy))
}

fn of(name: String, strategy: &Strategy) -> TestedStrategy {
    TestedStrategy {
        number: 1,
        strategy_id: None,
        strategy_version: None,
        name,
        strategy_type: strategy.type_id().to_owned(),
        parameters: strategy.parameters(),
        symbols: Vec::new(),
    }
}

fn reference(checks: &mut Checks, benchmark: Option<&str>) -> Option<Reference> {
    match benchmark?.trim().parse::<Reference>() {
        Ok(reference) => Some(reference),
        Err(error) => {
            checks.refuse("benchmark", error.to_string());
            None
        }
    }
}

/// Refuses issues without enough history, and a capital that buys no share, before a worker finds out.
async fn require_history(
    app: &App,
    checks: &mut Checks,
    tested: &[(TestedStrategy, Strategy)],
    is_several: bool,
    (from, to): (NaiveDate, NaiveDate),
    capital: Won,
) -> Answer<()> {
    for (place, (tested, strategy)) in tested.iter().enumerate() {
        let (interval, needed) = (strategy.interval(), strategy.warm_up_bars());
        let coverages = bars::coverages(&app.store, &tested.symbols, interval).await?;
        let mut most = 0;
        for (index, symbol) in tested.symbols.iter().enumerate() {
            let field = if is_several { format!("strategy_ids[{place}]") } else { format!("symbols[{index}]") };
            let Some(known) = coverages.get(symbol).and_then(|known| known.first()) else {
                checks.refuse(field, format!("there are no {interval} bars of {symbol}; import its history first"));
                continue;
            };
            let (first, last) = (kst_date(known.first), kst_date(known.last));
            if tested.symbols.len() == 1 && (first > to || last < from) {
                checks.refuse("start_date", format!("the bars of {symbol} are from {first} to {last}"));
            }
            most = most.max(known.rows);
        }
        if most > 0 && usize::try_from(most).is_ok_and(|most| most <= needed) {
            let parameters = if is_several { format!("strategy_ids[{place}]") } else { "parameters".to_owned() };
            let message = format!("the first decision needs {} bars, but no issue has more than {most}", needed + 1);
            checks.refuse(parameters, message);
        }
    }
    if checks.is_empty() {
        let symbols: Vec<Symbol> = tested.iter().flat_map(|(tested, _)| tested.symbols.iter().copied()).collect();
        require_one_share(app, checks, &symbols, from, capital).await?;
    }
    Ok(())
}

/// Refuses a capital below the cheapest close shortly before or after the first day.
async fn require_one_share(
    app: &App,
    checks: &mut Checks,
    symbols: &[Symbol],
    from: NaiveDate,
    capital: Won,
) -> Answer<()> {
    let chosen = prices::choose_many(&app.store, symbols, Interval::Day1, Wanted::Best, from).await?;
    let chosen: Vec<_> = chosen.into_values().collect();
    let until = from.checked_add_days(Days::new(31)).unwrap_or(from);
    let span = bars::Span { before: 1, from: Bar::day_start(from), to: Bar::day_start(until) };
    let loaded = prices::load_many(&app.store, &chosen, span).await?;
    let closes = loaded.iter().filter_map(|(_, bars)| bars.iter().map(|bar| bar.close()).min());
    if let Some(cheapest) = closes.min().filter(|cheapest| cheapest.0 > capital.0) {
        checks.refuse("initial_capital", format!("buys no share: the cheapest issue costs {cheapest} won"));
    }
    Ok(())
}
