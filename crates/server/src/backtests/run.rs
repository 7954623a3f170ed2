//! One backtest from its plan to its result: the same for the page, the API and the command line.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Instant;

use chrono::{NaiveDate, TimeDelta};
use exodus_backtest::{
    BacktestError, BacktestResult, BacktestSpec, BarSeries, Delisting, FillModel, Flow, StrategySpec, UniverseError,
};
use exodus_domain::{
    Bar, CommissionTerms, CorporateAction, Fundamentals, Interval, IssueStates, LimitTerms, Symbol, Won,
};
use exodus_store::backtests::NewBacktest;
use exodus_store::bars::Span;
use exodus_store::prices::{self, PriceBasis, Wanted};
use exodus_store::{Store, StoreError, actions, fundamentals};
use exodus_trading::{Benchmark, Strategy, TradedIssue, Trials};
use tokio::task::JoinError;

use super::benchmark::Reference;
use super::dto::sole;
use super::setup::{Options, TestedStrategy, Universe};
use super::universe;
use crate::VERSION;
use crate::market::names::Names;

/// What to run.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    /// Strategies on one wallet.
    pub(crate) strategies: Vec<PlannedStrategy>,
    /// Which issues may be bought on which day, in place of the strategies' own.
    pub(crate) universe: Option<Universe>,
    /// First day.
    pub(crate) from: NaiveDate,
    /// Last day.
    pub(crate) to: NaiveDate,
    /// The day on which it is run, in Korea.
    pub(crate) today: NaiveDate,
    /// Won at the start.
    pub(crate) capital: Won,
    /// What its trades pay.
    pub(crate) commission: CommissionTerms,
    /// How orders are filled.
    pub(crate) fill: FillModel,
    /// What the result is held against.
    pub(crate) benchmark: Option<Reference>,
}

/// A strategy of a plan.
#[derive(Clone, Debug)]
pub(crate) struct PlannedStrategy {
    /// Its number in the run, from 1.
    pub(crate) number: i32,
    /// Strategy with its parameters.
    pub(crate) strategy: Strategy,
    /// Issues, each once; none if a universe says them.
    pub(crate) symbols: Vec<Symbol>,
}

impl RunError {
    /// Its sentence after the field of the request that has to change, where one has.
    pub(crate) fn with_field(&self) -> String {
        match self {
            Self::UnknownSymbol(_) | Self::NoBars { .. } => format!("symbols: {self}"),
            Self::Refused(refused) => {
                refused.field().map_or_else(|| self.to_string(), |field| format!("{field}: {self}"))
            }
            Self::Universe(_) | Self::Parameters(_) | Self::Crashed(_) | Self::Store(_) => self.to_string(),
        }
    }

    /// The end of a thread that panicked, with what it said.
    pub(crate) fn crashed(error: JoinError) -> Self {
        Self::Crashed(match error.try_into_panic() {
            Ok(said) => match said.downcast::<String>() {
                Ok(text) => *text,
                Err(said) => said.downcast_ref().map_or("it gave no reason", |text: &&str| *text).to_owned(),
            },
            Err(error) => error.to_string(),
        })
    }
}

impl Plan {
    /// What a stored backtest asks for, run on `today`. What was stored passed every check; a new version of the program
    /// may see it otherwise.
    ///
    /// # Errors
    /// [`RunError::Parameters`], [`RunError::Store`].
    pub(crate) fn of(request: &NewBacktest, today: NaiveDate) -> Result<Self, RunError> {
        let options = Options::read(request.options.clone())?;
        let tested = if options.strategies.is_empty() { vec![sole(request)] } else { options.strategies };
        let planned = |tested: TestedStrategy| {
            let TestedStrategy { number, strategy_type, parameters, symbols, .. } = tested;
            let strategy = exodus_trading::validate(&strategy_type, &parameters).map_err(|errors| {
                let sentences: Vec<String> = errors.iter().map(|e| format!("{}: {}", e.field, e.message)).collect();
                RunError::Parameters(sentences.join("; "))
            })?;
            Ok(PlannedStrategy { number, strategy, symbols })
        };
        let benchmark = options.benchmark.as_deref().map(str::parse).transpose();
        Ok(Self {
            strategies: tested.into_iter().map(planned).collect::<Result<_, RunError>>()?,
            universe: options.universe,
            from: request.start_date,
            to: request.end_date,
            today,
            capital: request.initial_capital,
            commission: request.commission,
            fill: options.fill,
            benchmark: benchmark.map_err(|error| RunError::Parameters(format!("benchmark: {error}")))?,
        })
    }

    /// Bars in front of the period that its strategies need.
    pub(crate) fn warm_up_bars(&self) -> usize {
        self.strategies.iter().map(|planned| planned.strategy.warm_up_bars()).max().unwrap_or_default()
    }

    /// Every issue that a strategy names.
    fn named_symbols(&self) -> BTreeSet<Symbol> {
        self.strategies.iter().flat_map(|planned| planned.symbols.iter().copied()).collect()
    }
}

/// Why there is no result.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RunError {
    /// The installation does not know the issue.
    #[error("{0} is not known here: import its history first")]
    UnknownSymbol(Symbol),
    /// The issue has no bars of the strategy's interval.
    #[error("there are no {interval} bars of {symbol}: import its history first")]
    NoBars {
        /// The issue.
        symbol: Symbol,
        /// Length of the bars that are missing.
        interval: &'static str,
    },
    /// The universe has no members.
    #[error("universe.{field}: {error}", field = .0.field(), error = .0)]
    Universe(#[from] UniverseError),
    /// The stored parameters do not fit this version of the program.
    #[error("the parameters are not valid any more: {0}")]
    Parameters(String),
    /// The run came to a sudden end.
    #[error("the run stopped by a defect of the program: {0}")]
    Crashed(String),
    /// The runner refused.
    #[error(transparent)]
    Refused(#[from] BacktestError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A plan with its history, ready to run without any further reading.
pub(crate) struct Run {
    /// What to run.
    pub(crate) spec: BacktestSpec,
    /// The bars of its issues.
    pub(crate) series: Vec<BarSeries>,
    /// What the result is held against.
    pub(crate) benchmark: Option<Benchmark>,
}

/// Loads the history a plan needs, with warm-up bars in front.
///
/// An issue is run on what was imported as adjusted, or else on what was traded: then its holdings follow the corporate
/// actions that are known.
pub(crate) async fn load(store: &Store, plan: &Plan) -> Result<Run, RunError> {
    load_with(store, plan, plan.warm_up_bars()).await
}

/// The same with `before` bars of each issue in front.
pub(crate) async fn load_with(store: &Store, plan: &Plan, before: usize) -> Result<Run, RunError> {
    let first = plan.strategies.first().ok_or(BacktestError::NoStrategy)?;
    let membership = match &plan.universe {
        Some(universe) => Some(universe::members(store, universe, plan.from, plan.to).await?),
        None => None,
    };
    let symbols: Vec<Symbol> = match &membership {
        Some(membership) => membership.symbols().into_iter().collect(),
        None => plan.named_symbols().into_iter().collect(),
    };
    let History { issues, series, actions, delistings } = history(store, plan, &symbols, before).await?;
    let fundamentals = if plan.strategies.iter().any(|planned| planned.strategy.needs_fundamentals()) {
        published(store, plan, &issues).await?
    } else {
        BTreeMap::new()
    };
    let strategies = plan.strategies.iter().map(|planned| StrategySpec {
        id: planned.number.into(),
        strategy: planned.strategy.clone(),
        issues: if membership.is_some() { symbols.clone() } else { planned.symbols.clone() },
    });
    let spec = BacktestSpec {
        strategies: strategies.collect(),
        commission: plan.commission,
        fill: plan.fill,
        universe: membership,
        actions,
        delistings,
        fundamentals,
        code_version: VERSION.to_owned(),
        ..BacktestSpec::single(first.strategy.clone(), issues, (plan.from, plan.to), plan.capital, plan.today)
    };
    let benchmark = match plan.benchmark {
        Some(reference) => Some(reference.load(store, plan.from, plan.to).await?),
        None => None,
    };
    Ok(Run { spec, series, benchmark })
}

/// What was published of the issues by the end of the period. Imported series are adjusted as of today.
async fn published(
    store: &Store,
    plan: &Plan,
    issues: &[TradedIssue],
) -> Result<BTreeMap<Symbol, Arc<[Fundamentals]>>, RunError> {
    let issues: Vec<_> = issues.iter().map(|issue| (issue.symbol, issue.adjusted.then_some(plan.today))).collect();
    let histories = fundamentals::histories(store, &issues, plan.to).await?;
    Ok(histories.into_iter().map(|(symbol, history)| (symbol, Arc::from(history))).collect())
}

/// What is known of the issues of a run.
struct History {
    issues: Vec<TradedIssue>,
    series: Vec<BarSeries>,
    actions: Vec<CorporateAction>,
    delistings: Vec<Delisting>,
}

async fn history(store: &Store, plan: &Plan, symbols: &[Symbol], before: usize) -> Result<History, RunError> {
    let interval = plan.strategies.first().map_or(Interval::Day1, |first| first.strategy.interval());
    let names = Names::read(store, symbols.iter().copied()).await?;
    let mut chosen = prices::choose_many(store, symbols, interval, Wanted::Best, plan.to).await?;
    let derived = chosen.values().filter(|prices| prices.basis == PriceBasis::AdjustedDerived);
    let derived: Vec<Symbol> = derived.map(|prices| prices.key.symbol).collect();
    chosen.extend(prices::choose_many(store, &derived, interval, Wanted::Raw, plan.to).await?);
    let (mut issues, mut prices_of_issues, mut delistings) = (Vec::new(), Vec::new(), Vec::new());
    for &symbol in symbols {
        let instrument = names.get(symbol).ok_or(RunError::UnknownSymbol(symbol))?;
        let prices = chosen.remove(&symbol).ok_or(RunError::NoBars { symbol, interval: interval.as_str() })?;
        // The state of today says nothing of the past, and limits are only known from a close before, which an issue on
        // the first day of a new listing does not have.
        let limit_terms = LimitTerms { multiple: instrument.limit_multiple, ..LimitTerms::ORDINARY };
        issues.push(TradedIssue {
            adjusted: prices.is_adjusted(),
            states: IssueStates::default(),
            limit_terms,
            ..TradedIssue::of(instrument, plan.commission)
        });
        prices_of_issues.push(prices);
        delistings.extend(instrument.delisted_on.map(|date| Delisting { symbol, date }));
    }
    let (begin, end) = (Bar::day_start(plan.from), Bar::day_start(plan.to) + TimeDelta::days(1));
    let span = Span { before, from: begin, to: end };
    let loaded = prices::load_many(store, &prices_of_issues, span).await?;
    let series =
        loaded.into_iter().map(|(symbol, bars)| BarSeries::of_compact(symbol, bars)).collect::<Result<_, _>>()?;
    let actions = actions::of_symbols(store, &derived).await?.into_values().flatten();
    let actions = actions.filter(|action| action.ex_date <= plan.to).collect();
    Ok(History { issues, series, actions, delistings })
}

/// Runs; takes one core until it ends or `progress` says stop.
pub(crate) fn execute(run: &Run, progress: &mut dyn FnMut(f64) -> Flow) -> Result<BacktestResult, BacktestError> {
    let started = Instant::now();
    #[cfg(test)]
    assert!(run.spec.capital != PANICS, "the average of nothing");
    let mut result = exodus_backtest::run(&run.spec, &run.series, progress)?;
    result.manifest.elapsed_ms = u64::try_from(started.elapsed().as_millis()).ok();
    if let Some(benchmark) = &run.benchmark {
        result.measure(Some(benchmark), Trials::ONE);
    }
    Ok(result)
}

/// Only in tests: with this capital a strategy panics.
#[cfg(test)]
pub(crate) const PANICS: Won = Won(13_131_313);
