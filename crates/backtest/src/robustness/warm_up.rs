//! Has the strategy seen enough before its first decision?

use exodus_domain::{Bar, kst_date};

use super::{Check, Run, part, traded};
use crate::error::BacktestError;
use crate::result::BacktestResult;
use crate::runner::Stress;
use crate::series::BarSeries;
use crate::spec::BacktestSpec;

const CODE: &str = "warm_up";

/// Runs with exactly the bars that the strategies ask for before the period, and with twice as many. The trades must be
/// the same: otherwise a strategy goes on feeling where its history begins.
///
/// Where there are fewer bars before the period, it begins later; if nothing is left of it, the check is skipped.
///
/// # Errors
/// [`BacktestError`] of the runs.
pub fn warm_up(spec: &BacktestSpec, series: &[BarSeries], run: &Run<'_>) -> Result<Check, BacktestError> {
    let needed = spec.strategies.iter().map(|one| one.strategy.warm_up_bars()).max().unwrap_or(0).max(1);
    let first_bar = |one: &BarSeries| Some(traded(one).nth(2 * needed)?.trade_date());
    let Some(from) = series.iter().filter_map(first_bar).max().map(|first| first.max(spec.from)) else {
        return Ok(Check::skipped(CODE, "too_few_bars"));
    };
    if from > spec.to {
        return Ok(Check::skipped(CODE, "too_few_bars"));
    }
    let later = BacktestSpec { from, ..spec.clone() };
    let with = |bars| {
        let begun: Vec<_> = series.iter().map(|one| begun(one, &later, bars)).collect();
        run(&later, &begun, Stress::NONE)
    };
    let (once, twice): (BacktestResult, BacktestResult) = match (with(needed), with(2 * needed)) {
        (Ok(once), Ok(twice)) => (once, twice),
        (Err(BacktestError::Cancelled), _) | (_, Err(BacktestError::Cancelled)) => {
            return Err(BacktestError::Cancelled);
        }
        _ => return Ok(Check::skipped(CODE, "too_few_bars")),
    };
    let mut check = Check::new(CODE, once.trades == twice.trades)
        .with("bars", needed as f64)
        .with("trades", once.trades.len() as f64)
        .with("trades_with_twice_the_bars", twice.trades.len() as f64);
    let same = once.trades.iter().zip(&twice.trades).take_while(|(once, twice)| once == twice).count();
    let differing = [&once, &twice].into_iter().filter_map(|result| result.trades.get(same));
    check.date = differing.map(|trade| kst_date(trade.executed_at)).min();
    Ok(check)
}

/// The series from the `bars`-th traded bar before the period on.
fn begun(series: &BarSeries, spec: &BacktestSpec, bars: usize) -> BarSeries {
    let start = Bar::day_start(spec.from);
    let before = traded(series).filter(|bar| bar.open_time() < start);
    let first = before.rev().nth(bars - 1).map(|bar| bar.open_ms());
    part(series, |bar| first.is_none_or(|first| bar.open_ms() >= first))
}
