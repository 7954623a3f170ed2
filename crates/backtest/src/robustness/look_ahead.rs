//! Does a decision rest on what came later?

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};
use exodus_domain::{Bar, CompactBar, Price, kst_date};

use super::{Check, Run, part};
use crate::error::BacktestError;
use crate::fills::FillTiming;
use crate::result::BacktestResult;
use crate::runner::Stress;
use crate::series::BarSeries;
use crate::spec::BacktestSpec;

const CODE: &str = "look_ahead";
/// Cuts at the times of trades, spread over all of them: a leak of one bar shows nowhere else.
const CUTS_AT_TRADES: usize = 16;
/// Cuts at the ends of sessions, spread over the period: a decision that a leak prevented leaves no trade.
const CUTS_AT_SESSIONS: usize = 8;
/// How far the close of the last bar is moved, in percent of its open.
const MOVES: [i64; 2] = [-20, 20];
/// The most runs that the check makes.
pub(super) const MOST_RUNS: f64 = ((CUTS_AT_TRADES + CUTS_AT_SESSIONS) * (1 + MOVES.len())) as f64;

/// Cuts the bars off at several times, just after the open of the bar of a trade and at the ends of sessions. Up to there
/// the trades and the equity of `result` must come out again. With fills at the open, the bar of the trade may also go
/// elsewhere after its open: the trade must not change.
///
/// # Errors
/// [`BacktestError::Cancelled`], and what else `run` says of bars that it ran over before.
pub fn look_ahead(
    spec: &BacktestSpec,
    series: &[BarSeries],
    result: &BacktestResult,
    run: &Run<'_>,
) -> Result<Check, BacktestError> {
    let length = spec.interval()?.duration();
    let moves = if spec.fill.timing == FillTiming::NextOpen { MOVES.as_slice() } else { &[] };
    let cuts = cuts(result);
    let (mut differing, mut first, mut details) = (0, None, BTreeSet::new());
    for &time in &cuts {
        let until = BacktestSpec { to: spec.to.min(kst_date(time)), ..spec.clone() };
        let ended: Vec<_> = series.iter().map(|one| part(one, |bar| bar.open_time() <= time)).collect();
        let mut differs = false;
        if !trades_alike(result, run(&until, &ended, Stress::NONE), time, true)? {
            differs = true;
            details.insert("differs_when_cut");
        }
        for percent in moves {
            let moved: Vec<_> = ended.iter().map(|one| moved(one, time, length, *percent)).collect();
            if !trades_alike(result, run(&until, &moved, Stress::NONE), time, false)? {
                differs = true;
                details.insert("differs_by_the_same_bar");
            }
        }
        if differs {
            differing += 1;
            first = first.or(Some(kst_date(time)));
        }
    }
    let mut check = if cuts.is_empty() { Check::skipped(CODE, "no_session") } else { Check::new(CODE, differing == 0) };
    check.details.extend(details.into_iter().map(str::to_owned));
    check.date = first;
    Ok(check.with("cuts", cuts.len() as f64).with("differing_cuts", f64::from(differing)))
}

/// When to cut, oldest first.
fn cuts(result: &BacktestResult) -> BTreeSet<DateTime<Utc>> {
    let trades = spread(&result.trades, CUTS_AT_TRADES).map(|trade| trade.executed_at);
    let sessions = spread(&result.equity, CUTS_AT_SESSIONS);
    let ends = sessions.filter_map(|point| Some(Bar::day_start(point.date.succ_opt()?) - TimeDelta::milliseconds(1)));
    trades.chain(ends).collect()
}

/// At most `count` of `items`, evenly spread, the last one among them.
fn spread<T>(items: &[T], count: usize) -> impl Iterator<Item = &T> {
    let taken = count.min(items.len());
    (1..=taken).map(move |place| &items[place * items.len() / taken - 1])
}

/// The series with a last bar, if it lasts at `time`, that closes by `percent` away from its open. A bar with one price
/// stays: it tells that the market was locked, which a fill at the open has to know.
fn moved(series: &BarSeries, time: DateTime<Utc>, length: TimeDelta, percent: i64) -> BarSeries {
    let mut bars: Vec<Bar> = series.bars().iter().map(CompactBar::bar).collect();
    if let Some(bar) = bars.last_mut()
        && bar.open_time + length > time
        && bar.high > bar.low
    {
        let close = Price((bar.open.0 + bar.open.0 * percent / 100).max(1));
        *bar = Bar { close, high: bar.open.max(close), low: bar.open.min(close), ..*bar };
    }
    BarSeries::new(series.symbol(), bars).expect("the bars were in order, and a moved price is one")
}

/// True if a run over bars up to `time` trades as the whole run did; for `equity`, if the sessions before are alike too.
fn trades_alike(
    whole: &BacktestResult,
    part: Result<BacktestResult, BacktestError>,
    time: DateTime<Utc>,
    equity: bool,
) -> Result<bool, BacktestError> {
    let before = whole.trades.partition_point(|trade| trade.executed_at <= time);
    let sessions = whole.equity.partition_point(|point| point.date < kst_date(time));
    match part {
        Ok(part) => {
            let same_equity = part.equity.get(..sessions) == Some(&whole.equity[..sessions]);
            Ok(part.trades == whole.trades[..before] && (same_equity || !equity))
        }
        Err(BacktestError::Cancelled) => Err(BacktestError::Cancelled),
        // So few bars that nothing can be run: then nothing may have been traded either.
        Err(_) => Ok(before == 0),
    }
}
