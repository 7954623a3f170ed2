//! How far a backtest is from the least code that does the same arithmetic, in one process, interleaved, over the same
//! bars: 500 issues of 5,000 daily bars, and one issue of 1,000,000 minute bars.
//!
//! `make bench-ceiling` runs it, `cargo bench -p exodus-backtest --bench ceiling -- days` one of the two. The kernel knows one rule, has no engine, no risk gate and no result; Exodus runs as
//! shipped: price limits, dated costs, order life, round trips, all figures, fingerprints of data and result. Both give
//! the same fills and the same equity to the won, or the bench fails. Times are cpu time of the thread.

#![allow(clippy::print_stdout, reason = "the table is the point of it")]

mod clock;
mod history;
mod kernel;

use exodus_backtest::{BacktestResult, BacktestSpec, Flow, run};
use exodus_domain::{Interval, Won};
use exodus_trading::validate;
use serde_json::json;

use clock::CpuTime;
use history::History;
use kernel::{Kernel, Outcome};

const ROUNDS: usize = 9;
const CAPITAL: Won = Won(10_000_000_000);
const FAST: usize = 20;
const SLOW: usize = 60;

/// One of the two sizes that are measured.
struct Shape {
    name: &'static str,
    history: History,
    interval: Interval,
    /// So small that cash never runs short: what an order is cut to then is not for a kernel.
    position_percent: f64,
}

fn main() {
    println!("| shape | bars | fills | ceiling, ns a bar | exodus, ns a bar | ratio |");
    println!("|---|---:|---:|---:|---:|---:|");
    let wanted = std::env::args().skip(1).find(|argument| !argument.starts_with('-')).unwrap_or_default();
    for shape in [daily, minutes] {
        let shape = shape();
        if shape.name.contains(&wanted) {
            measure(&shape);
        }
    }
}

fn daily() -> Shape {
    let history = History::daily(500, 5_000);
    Shape { name: "500 x 5,000 days", history, interval: Interval::Day1, position_percent: 0.1 }
}

fn minutes() -> Shape {
    let history = History::minutes(1_000_000);
    Shape { name: "1 x 1,000,000 minutes", history, interval: Interval::Minute1, position_percent: 50.0 }
}

fn measure(shape: &Shape) {
    let spec = spec(shape);
    let kernel = || {
        let timer = CpuTime::start();
        let outcome = Kernel::new(&shape.history, &spec).run();
        (timer.elapsed(), outcome)
    };
    let exodus = || {
        let timer = CpuTime::start();
        let result = run(&spec, &shape.history.series, &mut |_| Flow::Continue).expect("a result");
        (timer.elapsed(), result)
    };
    let (_, outcome) = kernel();
    let (_, result) = exodus();
    compare(&outcome, &result);

    let (mut floors, mut ours) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        floors.push(kernel().0);
        ours.push(exodus().0);
    }
    let bars = result.manifest.bars;
    let (floor, own) = (median(floors) / bars as f64, median(ours) / bars as f64);
    let (name, fills) = (shape.name, result.trades.len());
    println!("| {name} | {bars} | {fills} | {floor:.1} | {own:.1} | {:.1} |", own / floor);
}

fn spec(shape: &Shape) -> BacktestSpec {
    let parameters = json!({
        "interval": shape.interval.as_str(), "fast": FAST, "slow": SLOW, "position_size_percent": shape.position_percent,
    });
    let strategy = validate("moving_average_cross", &parameters).expect("valid parameters");
    let History { issues, first, last, .. } = &shape.history;
    BacktestSpec::single(strategy, issues.clone(), (*first, *last), CAPITAL, *last)
}

/// Fills and equity to the won, and two of the figures.
fn compare(outcome: &Outcome, result: &BacktestResult) {
    assert!(result.trades.len() > 1_000, "{} fills prove little", result.trades.len());
    assert_eq!(outcome.fills.len(), result.trades.len());
    for (fill, trade) in outcome.fills.iter().zip(&result.trades) {
        assert_eq!((fill.symbol, fill.side, fill.quantity), (trade.symbol, trade.side, trade.quantity));
        assert_eq!((fill.price, fill.costs), (trade.price, trade.commission + trade.tax));
    }
    let equity = result.equity.iter().map(|point| (point.date, point.equity));
    assert!(outcome.equity.iter().copied().eq(equity), "equity differs");
    let sharpe = result.metrics.sharpe_ratio.expect("it varies");
    assert!((outcome.sharpe - sharpe).abs() < 1e-9, "{} is not {sharpe}", outcome.sharpe);
    assert!((outcome.max_drawdown - result.metrics.max_drawdown).abs() < 1e-12);
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}
