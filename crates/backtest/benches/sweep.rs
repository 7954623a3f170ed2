//! How many trials a second a sweep makes, on one core and on two: `cargo bench -p exodus-backtest --bench sweep`.
//!
//! Pairs of moving averages over invented daily bars, with every market rule, cost and headline figure on: by the built-in
//! strategy, and by a document of rules that says the same. Arguments, all optional: pairs, issues, bars of each.

#![allow(clippy::print_stdout, reason = "a benchmark prints what it measured")]

use std::num::NonZeroUsize;
use std::time::Instant;

use chrono::NaiveDate;
use exodus_backtest::{BacktestSpec, BarSeries, MAXIMUM_TRIALS, Sweep, SweepOutcome, SweepRequest, SweepWatch};
use exodus_domain::{
    Bar, CommissionSchedule, InstrumentKind, IssueStates, LimitTerms, Market, Price, Qty, Symbol, Won, sessions,
};
use exodus_trading::{Strategy, TradedIssue, TradingHours, validate};
use serde_json::json;

/// Fast averages of 2 to 101 closes; slow ones of 110, 112, …
const FASTS: usize = 100;

fn main() {
    let numbers: Vec<usize> = std::env::args().skip(1).filter_map(|argument| argument.parse().ok()).collect();
    let at = |place: usize, usual: usize| numbers.get(place).copied().unwrap_or(usual);
    let (pairs, issues, bars) = (at(0, 1_000), at(1, 1), at(2, 5_000));
    let series: Vec<_> = (0..issues).map(|issue| walk(issue, bars)).collect();
    for (name, strategy) in strategies(issues) {
        let sweep = sweep(strategy, pairs.div_ceil(FASTS), &series);
        println!("{name}: {} pairs x {issues} issues x {bars} bars", sweep.planned_trials());
        measure(&sweep, &series, issues * bars);
    }
}

fn measure(sweep: &Sweep, series: &[BarSeries], bars: usize) {
    let trials = sweep.planned_trials();
    let mut before: Option<(f64, SweepOutcome)> = None;
    for threads in [1, 2] {
        let (begun, cpu_before) = (Instant::now(), cpu_seconds());
        let watch = SweepWatch { on_trial: &mut |_| {}, stop: &|| false };
        let threads = NonZeroUsize::new(threads).expect("one or two");
        let outcome = sweep.run(series, Vec::new(), threads, watch).expect("an outcome");
        let (seconds, cpu) = (begun.elapsed().as_secs_f64(), cpu_seconds() - cpu_before);
        let each = cpu * 1e9 / (trials * bars) as f64;
        println!("{threads} thread(s): {seconds:.2} s, cpu {cpu:.2} s, {each:.1} ns of cpu a bar");
        if let Some((alone, same)) = &before {
            assert!(*same == outcome, "the number of threads changes nothing");
            println!("two threads are {:.2} times as fast as one", alone / seconds);
        }
        before = Some((seconds, outcome));
    }
}

/// A strategy, and what its parameters are called before `fast` and `slow`.
fn strategies(issues: usize) -> [(&'static str, (Strategy, &'static str)); 2] {
    let size = 80 / issues.min(80);
    let built_in = validate("moving_average_cross", &json!({ "position_size_percent": size }));
    let rules = validate("rules", &json!({ "document": DOCUMENT, "position_size_percent": size }));
    let [built_in, rules] = [built_in, rules].map(|strategy| strategy.expect("valid"));
    [("built in", (built_in, "")), ("rules", (rules, "overrides."))]
}

const DOCUMENT: &str = "version: \"1.0\"
metadata: {name: cross}
strategy:
  id: cross
  params:
    fast: {default: 20, min: 2, max: 500, type: int}
    slow: {default: 60, min: 2, max: 500, type: int}
  indicators:
    - {id: sma, alias: fast, params: {period: $fast}}
    - {id: sma, alias: slow, params: {period: $slow}}
  entry: {conditions: [{indicator: fast, operator: greater_than, compare_to: slow}]}
  exit: {conditions: [{indicator: fast, operator: less_equal, compare_to: slow}]}
";

/// Seconds on any core so far, as Linux counts them; elsewhere not a number.
fn cpu_seconds() -> f64 {
    const TICKS_PER_SECOND: f64 = 100.0;
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // The name of the program stands in brackets before; user and system time are fields 14 and 15.
    let after_name = stat.rsplit(')').next().unwrap_or_default();
    let ticks: Vec<f64> = after_name.split(' ').skip(12).take(2).filter_map(|field| field.parse().ok()).collect();
    if ticks.is_empty() { f64::NAN } else { ticks.iter().sum::<f64>() / TICKS_PER_SECOND }
}

fn sweep((strategy, place): (Strategy, &str), slows: usize, series: &[BarSeries]) -> Sweep {
    let issues = series.iter().map(|one| issue(one.symbol())).collect();
    let days = [series[0].bars().first(), series[0].bars().last()].map(|bar| bar.expect("a bar").trade_date());
    let period = (days[0], days[1]);
    let spec = BacktestSpec::single(strategy, issues, period, Won(100_000_000), days[1]);
    let request: SweepRequest = serde_json::from_value(json!({
        "axes": {
            format!("{place}fast"): { "from": 2, "to": 1 + FASTS },
            format!("{place}slow"): { "from": 110, "to": 108 + 2 * slows, "step": 2 },
        },
        "objective": { "figure": "sharpe_ratio" },
    }))
    .expect("a request");
    Sweep::new(spec, &request, None, MAXIMUM_TRIALS).expect("a sweep")
}

fn issue(symbol: Symbol) -> TradedIssue {
    TradedIssue {
        symbol,
        market: Market::Kospi,
        kind: InstrumentKind::Stock,
        hours: TradingHours::Krx,
        adjusted: false,
        states: IssueStates::default(),
        limit_terms: LimitTerms::ORDINARY,
        commission: CommissionSchedule::bankis(),
    }
}

/// A walk by up to 3 % a day, the same for the same issue.
fn walk(issue: usize, bars: usize) -> BarSeries {
    let mut state = issue as u64 + 1;
    let mut draw = move |bound: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        i64::try_from((state >> 33) % bound).expect("small")
    };
    let symbol: Symbol = format!("{:06}", 10 * (issue + 1)).parse().expect("a code");
    let (first, last) = (NaiveDate::from_ymd_opt(1999, 1, 4), NaiveDate::from_ymd_opt(2026, 11, 20));
    let mut close = 50_000;
    let days = sessions(first.expect("a date"), last.expect("a date")).take(bars).map(|day| {
        let open = close;
        close = (open * (1_000 + draw(61) - 30) / 1_000).clamp(1_000, 900_000);
        Bar {
            open_time: Bar::day_start(day),
            open: Price(open),
            high: Price(open.max(close) * 101 / 100),
            low: Price(open.min(close) * 99 / 100),
            close: Price(close),
            volume: Qty(1_000_000 + draw(1_000_000)),
        }
    });
    BarSeries::new(symbol, days.collect::<Vec<_>>()).expect("bars in order")
}
