//! One backtest from its plan to its result: the same for the page, the API and the command line.

use std::time::Instant;

use chrono::{NaiveDate, TimeDelta};
use exodus_backtest::{BacktestError, BacktestResult, BacktestSpec, BarSeries, Flow};
use exodus_domain::{Bar, CommissionTerms, IssueStates, LimitTerms, Symbol, Won};
use exodus_store::bars::Span;
use exodus_store::prices::{self, Wanted};
use exodus_store::{Store, StoreError};
use exodus_trading::{Strategy, TradedIssue};

use crate::VERSION;
use crate::market::names::Names;

/// What to run.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    /// Strategy with its parameters.
    pub(crate) strategy: Strategy,
    /// Issues, each once.
    pub(crate) symbols: Vec<Symbol>,
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
    spec: BacktestSpec,
    series: Vec<BarSeries>,
}

/// Loads the history a plan needs: for each issue the prices that can best be compared over the years, with warm-up
/// bars in front.
pub(crate) async fn load(store: &Store, plan: &Plan) -> Result<Run, RunError> {
    let interval = plan.strategy.interval();
    let names = Names::read(store, plan.symbols.iter().copied()).await?;
    let (begin, end) = (Bar::day_start(plan.from), Bar::day_start(plan.to) + TimeDelta::days(1));
    // As of its last day, so that the run knows nothing of what happened to an issue later.
    let mut chosen = prices::choose_many(store, &plan.symbols, interval, Wanted::Best, plan.to).await?;
    let (mut issues, mut prices_of_issues) = (Vec::new(), Vec::new());
    for &symbol in &plan.symbols {
        let instrument = names.get(symbol).ok_or(RunError::UnknownSymbol(symbol))?;
        let prices = chosen.remove(&symbol).ok_or(RunError::NoBars { symbol, interval: interval.as_str() })?;
        let issue = TradedIssue::of(instrument, plan.commission);
        // The state of today says nothing of the past, and limits are only known from a close before, which an issue on
        // the first day of a new listing does not have.
        let limit_terms = LimitTerms { multiple: instrument.limit_multiple, ..LimitTerms::ORDINARY };
        issues.push(TradedIssue {
            adjusted: prices.is_adjusted(),
            states: IssueStates::default(),
            limit_terms,
            ..issue
        });
        prices_of_issues.push(prices);
    }
    let span = Span { before: plan.strategy.warm_up_bars(), from: begin, to: end };
    let loaded = prices::load_many(store, &prices_of_issues, span).await?;
    let series = loaded.into_iter().map(|(symbol, bars)| BarSeries::new(symbol, bars)).collect::<Result<_, _>>()?;
    let period = (plan.from, plan.to);
    let spec = BacktestSpec::single(plan.strategy.clone(), issues, period, plan.capital, plan.today);
    let spec = BacktestSpec { commission: plan.commission, code_version: VERSION.to_owned(), ..spec };
    Ok(Run { spec, series })
}

/// Runs; takes one core until it ends or `progress` says stop.
pub(crate) fn execute(run: &Run, progress: &mut dyn FnMut(f64) -> Flow) -> Result<BacktestResult, BacktestError> {
    let started = Instant::now();
    let mut result = exodus_backtest::run(&run.spec, &run.series, progress)?;
    result.manifest.elapsed_ms = u64::try_from(started.elapsed().as_millis()).ok();
    Ok(result)
}
