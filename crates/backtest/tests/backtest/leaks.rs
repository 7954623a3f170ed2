//! Mistakes that look ahead, planted one at a time between the data and the run, or in its result.

use chrono::Datelike;
use exodus_backtest::{BacktestError, BacktestResult, BacktestSpec, BarSeries, Flow, run};
use exodus_domain::{Bar, Price, Qty, Side};

use crate::fixture::{changed, momentum};

/// A run with a mistake in it.
pub(crate) type Leak = fn(&BacktestSpec, &[BarSeries]) -> Result<BacktestResult, BacktestError>;

/// Every mistake by name.
pub(crate) const LEAKS: [(&str, Leak); 20] = [
    ("decides on the next close", |spec, series| on_closes(spec, series, |closes, at| later(closes, at, 1))),
    ("decides on the close two bars on", |spec, series| on_closes(spec, series, |closes, at| later(closes, at, 2))),
    ("decides on the close of twenty bars on", |spec, series| {
        on_closes(spec, series, |closes, at| later(closes, at, 20))
    }),
    ("averages around the bar", |spec, series| on_closes(spec, series, |closes, at| around(closes, at, 2))),
    ("averages around the bar, widely", |spec, series| on_closes(spec, series, |closes, at| around(closes, at, 10))),
    ("smooths forth and back", |spec, series| plain(spec, &closes_of(series, smoothed))),
    ("knows the close of the week on its Monday", |spec, series| {
        plain(spec, &by_part(series, |bar| bar.trade_date().iso_week().week()))
    }),
    ("knows the close of the month on its first day", |spec, series| {
        plain(spec, &by_part(series, |bar| bar.trade_date().month()))
    }),
    ("interpolates every other close", |spec, series| {
        on_closes(
            spec,
            series,
            |closes, at| if at % 2 == 0 { closes[at] } else { (later(closes, at, 1) + closes[at - 1]) / 2 },
        )
    }),
    ("takes the trend of the whole history out", |spec, series| plain(spec, &closes_of(series, without_trend))),
    ("scales prices by the last one", |spec, series| {
        plain(spec, &scaled(series, |bars| bars.last().map(|bar| bar.close)))
    }),
    ("scales prices by the highest one", |spec, series| {
        plain(spec, &scaled(series, |bars| bars.iter().map(|bar| bar.close).max()))
    }),
    ("chooses parameters on the whole history", best_look_back),
    ("takes the threshold from the whole history", threshold_of_all),
    ("trades only what will have risen", |spec, series| {
        let rising = |bars: &[Bar]| bars.last().map(|bar| bar.close) > bars.first().map(|bar| bar.close);
        plain(spec, &sorted_out(series, rising))
    }),
    ("begins at the lowest close", |spec, series| {
        let lowest = series[0].bars().iter().skip(30).min_by_key(|bar| bar.close()).map(|bar| bar.trade_date());
        plain(&BacktestSpec { from: lowest.unwrap_or(spec.from), ..spec.clone() }, series)
    }),
    ("forgets trades that lost", without_losers),
    ("buys at the low and sells at the high", at_the_extremes),
    ("is not filled on days that fall", |spec, series| {
        plain(spec, &bars_of(series, |bars| bars.iter_mut().filter(|bar| bar.close < bar.open).for_each(halt)))
    }),
    ("is halted before every fall", |spec, series| {
        plain(
            spec,
            &bars_of(series, |bars| {
                for at in 1..bars.len() {
                    if bars[at].close.0 * 100 < bars[at - 1].close.0 * 98 {
                        halt(&mut bars[at - 1]);
                    }
                }
            }),
        )
    }),
];

fn plain(spec: &BacktestSpec, series: &[BarSeries]) -> Result<BacktestResult, BacktestError> {
    run(spec, series, &mut |_| Flow::Continue)
}

fn bars_of(series: &[BarSeries], change: impl Fn(&mut Vec<Bar>)) -> Vec<BarSeries> {
    series.iter().map(|one| changed(one, &change)).collect()
}

fn halt(bar: &mut Bar) {
    bar.volume = Qty(0);
}

/// Other closes for the same bars.
fn closes_of(series: &[BarSeries], change: impl Fn(&[i64]) -> Vec<i64>) -> Vec<BarSeries> {
    bars_of(series, |bars| {
        let closes: Vec<i64> = bars.iter().map(|bar| bar.close.0).collect();
        for (bar, close) in bars.iter_mut().zip(change(&closes)) {
            bar.close = Price(close.max(1));
        }
    })
}

fn on_closes(
    spec: &BacktestSpec,
    series: &[BarSeries],
    close: impl Fn(&[i64], usize) -> i64,
) -> Result<BacktestResult, BacktestError> {
    plain(spec, &closes_of(series, |closes| (0..closes.len()).map(|at| close(closes, at)).collect()))
}

fn later(closes: &[i64], at: usize, bars: usize) -> i64 {
    closes[(at + bars).min(closes.len() - 1)]
}

fn around(closes: &[i64], at: usize, bars: usize) -> i64 {
    let near = &closes[at.saturating_sub(bars)..(at + bars + 1).min(closes.len())];
    near.iter().sum::<i64>() / i64::try_from(near.len()).expect("few")
}

fn smoothed(closes: &[i64]) -> Vec<i64> {
    let pass = |closes: Vec<i64>| -> Vec<i64> {
        let mut level = closes.first().copied().unwrap_or_default();
        let mut smooth = |close: i64| {
            level = (7 * level + 3 * close) / 10;
            level
        };
        closes.into_iter().map(&mut smooth).collect()
    };
    let mut back = pass(closes.to_vec());
    back.reverse();
    let mut forth = pass(back);
    forth.reverse();
    forth
}

fn without_trend(closes: &[i64]) -> Vec<i64> {
    let count = i64::try_from(closes.len()).expect("few");
    let (Some(first), Some(last)) = (closes.first(), closes.last()) else { return Vec::new() };
    (0..count).zip(closes).map(|(at, close)| close - (last - first) * at / count).collect()
}

/// Each bar with the last close of its part of the calendar.
fn by_part(series: &[BarSeries], part: impl Fn(&Bar) -> u32) -> Vec<BarSeries> {
    bars_of(series, |bars| {
        for same in bars.chunk_by_mut(|left, right| part(left) == part(right)) {
            let last = same[same.len() - 1].close;
            same.iter_mut().for_each(|bar| bar.close = last);
        }
    })
}

/// Prices as if the one that is chosen had been 100,000.
fn scaled(series: &[BarSeries], by: impl Fn(&[Bar]) -> Option<Price>) -> Vec<BarSeries> {
    bars_of(series, |bars| {
        let Some(Price(by)) = by(bars) else { return };
        for bar in bars {
            for price in [&mut bar.open, &mut bar.high, &mut bar.low, &mut bar.close] {
                price.0 = price.0 * 100_000 / by;
            }
        }
    })
}

/// Issues that are not wanted never trade.
fn sorted_out(series: &[BarSeries], wanted: impl Fn(&[Bar]) -> bool) -> Vec<BarSeries> {
    bars_of(series, |bars| {
        if !wanted(bars) {
            bars.iter_mut().skip(1).for_each(halt);
        }
    })
}

fn with_look_back(spec: &BacktestSpec, look_back: u32, entry: f64) -> BacktestSpec {
    let mut spec = spec.clone();
    spec.strategies[0].strategy = momentum(look_back, entry, entry.min(0.0), 50.0);
    spec
}

fn best_look_back(spec: &BacktestSpec, series: &[BarSeries]) -> Result<BacktestResult, BacktestError> {
    let tried = (2..30).step_by(4).map(|look_back| plain(&with_look_back(spec, look_back, 0.0), series));
    let finished: Vec<_> = tried.filter_map(Result::ok).collect();
    let best = finished.into_iter().max_by_key(|result| result.metrics.final_capital);
    best.ok_or(BacktestError::NoBars { from: spec.from, to: spec.to })
}

fn threshold_of_all(spec: &BacktestSpec, series: &[BarSeries]) -> Result<BacktestResult, BacktestError> {
    let closes: Vec<i64> = series[0].bars().iter().map(|bar| bar.close().0).collect();
    let changes: Vec<i64> =
        closes.windows(6).map(|window| (window[5] - window[0]).abs() * 10_000 / window[0]).collect();
    let mean = changes.iter().sum::<i64>() / i64::try_from(changes.len().max(1)).expect("few");
    plain(&with_look_back(spec, 5, mean as f64 / 100.0), series)
}

fn without_losers(spec: &BacktestSpec, series: &[BarSeries]) -> Result<BacktestResult, BacktestError> {
    let mut result = plain(spec, series)?;
    let lost: Vec<_> = result.round_trips.iter().filter(|trip| trip.closed_at.is_some() && trip.pnl.0 < 0).collect();
    result.trades.retain(|trade| {
        let within = |trip: &&&exodus_trading::RoundTrip| {
            trip.symbol == trade.symbol
                && trip.opened_at <= trade.executed_at
                && trip.closed_at.is_some_and(|closed| trade.executed_at <= closed)
        };
        !lost.iter().any(|trip| within(&trip))
    });
    Ok(result)
}

fn at_the_extremes(spec: &BacktestSpec, series: &[BarSeries]) -> Result<BacktestResult, BacktestError> {
    let mut result = plain(spec, series)?;
    for trade in &mut result.trades {
        let bars = series.iter().find(|one| one.symbol() == trade.symbol).expect("it was traded").bars();
        let next = bars.partition_point(|bar| bar.open_time() <= trade.executed_at);
        let bar = bars[next - 1];
        trade.price = if trade.side == Side::Buy { bar.low() } else { bar.high() };
    }
    Ok(result)
}
