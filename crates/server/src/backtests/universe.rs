//! The members of a universe, from what is stored.

use std::collections::HashMap;

use chrono::{Days, NaiveDate, TimeDelta};
use exodus_backtest::{DayFact, IssueFacts, Membership};
use exodus_domain::{Bar, InstrumentKind, Interval, IssueState, IssueStates, Symbol, Won};
use exodus_store::bars::{self, Span};
use exodus_store::instruments::{self, Issue};
use exodus_store::prices::{self, Wanted};
use exodus_store::{Store, StoreError};

use super::run::RunError;
use super::setup::Universe;

/// Issues whose bars are in memory at one time.
const ISSUES_AT_ONCE: usize = 200;
/// Calendar days in which as many sessions lie as a rule may look back, holidays included.
const DAYS_PER_SESSION: u64 = 2;

/// Who is a member on which day.
///
/// Members are shares, no funds or notes; those of the demo market only where no others are stored. The market of an
/// issue, and its number of shares for a ranking by market capitalisation, are those that the symbol master told last:
/// no dated ones are stored. Of its states only a halt is known by date.
pub(crate) async fn members(
    store: &Store,
    universe: &Universe,
    from: NaiveDate,
    to: NaiveDate,
) -> Result<Membership, RunError> {
    let (rule, sell_on_exit) = universe.rule();
    rule.check()?;
    let facts = match &rule {
        exodus_backtest::Universe::List { .. } => Vec::new(),
        _ => {
            let days = u64::from(rule.lookback_days()) * DAYS_PER_SESSION + 14;
            facts(store, from.checked_sub_days(Days::new(days)).unwrap_or(from), to).await?
        }
    };
    let members = tokio::task::spawn_blocking(move || rule.members(&facts, from, to, sell_on_exit)).await;
    Ok(members.map_err(RunError::crashed)??)
}

/// What is known of every share between two days.
async fn facts(store: &Store, from: NaiveDate, to: NaiveDate) -> Result<Vec<IssueFacts>, StoreError> {
    let shares = shares(store).await?;
    let symbols: Vec<Symbol> = shares.keys().copied().collect();
    let coverages = bars::coverages(store, &symbols, Interval::Day1).await?;
    let is_real = |symbol: &&Symbol| coverages.contains_key(symbol) && !shares[*symbol].is_demo;
    let has_real = symbols.iter().any(|symbol| is_real(&symbol));
    let eligible = symbols.iter().filter(|symbol| !shares[*symbol].is_demo || !has_real);
    let mut eligible: Vec<Symbol> = eligible.filter(|symbol| coverages.contains_key(symbol)).copied().collect();
    eligible.sort_unstable();
    let span = Span { before: 0, from: Bar::day_start(from), to: Bar::day_start(to) + TimeDelta::days(1) };
    let mut facts = Vec::with_capacity(eligible.len());
    for some in eligible.chunks(ISSUES_AT_ONCE) {
        let chosen = prices::choose_many(store, some, Interval::Day1, Wanted::Best, to).await?;
        let chosen: Vec<_> = some.iter().filter_map(|symbol| chosen.get(symbol).cloned()).collect();
        for (symbol, bars) in prices::load_many(store, &chosen, span).await? {
            let issue = &shares[&symbol];
            let first_bar = coverages[&symbol].iter().map(|coverage| exodus_domain::kst_date(coverage.first)).min();
            facts.push(IssueFacts {
                symbol,
                listed_on: issue.listed_on.or(first_bar),
                delisted_on: issue.delisted_on,
                days: bars.into_iter().map(|bar| day_fact(issue, &bar.bar())).collect(),
            });
        }
    }
    Ok(facts)
}

/// Every share that can be traded.
async fn shares(store: &Store) -> Result<HashMap<Symbol, Issue>, StoreError> {
    let issues = instruments::all(store).await?.into_iter();
    let shares = issues.filter(|issue| issue.kind.tradable() == Some(InstrumentKind::Stock));
    Ok(shares.filter_map(|issue| Some((issue.symbol()?, issue))).collect())
}

fn day_fact(issue: &Issue, bar: &Bar) -> DayFact {
    let won = |shares: i64| bar.close.0.checked_mul(shares).map(Won);
    DayFact {
        date: bar.trade_date(),
        market: issue.market,
        states: if bar.is_halted() { IssueStates::default().with(IssueState::Halted) } else { IssueStates::default() },
        value: won(bar.volume.0).unwrap_or(Won(i64::MAX)),
        market_cap: issue.listed_shares.and_then(won),
    }
}
