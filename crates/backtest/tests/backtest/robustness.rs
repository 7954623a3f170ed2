//! The checks of a result: they find what is planted, and leave alone what is clean.

use exodus_backtest::robustness::{Check, CheckOutcome, LEAST_TRIPS, check, look_ahead, trade_order, warm_up};
use exodus_backtest::{
    BacktestError, BacktestResult, BacktestSpec, BarSeries, Delisting, FillTiming, Flow, Membership, Slippage, run,
};
use exodus_domain::{ActionKind, CorporateAction, Price, PriceFactor, Qty};
use exodus_trading::{Strategy, validate};
use serde_json::json;

use crate::fixture::{changed, finished, momentum, spec, symbol};
use crate::leaks::{LEAKS, Leak};
use crate::markets::{minutes, walk};

const CODES: [&str; 3] = ["000010", "000020", "000030"];

fn market(seed: u64, count: usize) -> Vec<BarSeries> {
    (3 * seed..).zip(CODES).map(|(seed, code)| walk(code, seed, count)).collect()
}

fn look_ahead_of(leak: Leak, spec: &BacktestSpec, series: &[BarSeries]) -> Check {
    let result = leak(spec, series).expect("a result");
    look_ahead(spec, series, &result, &|spec, series, _| leak(spec, series)).expect("a check")
}

fn plain(spec: &BacktestSpec, series: &[BarSeries]) -> Result<BacktestResult, BacktestError> {
    run(spec, series, &mut |_| Flow::Continue)
}

#[test]
fn every_planted_leak_is_caught() {
    for seed in 0..3 {
        let series = market(seed, 300);
        let spec = spec(momentum(5, 1.0, 0.0, 50.0), &CODES, 10_000_000);
        let clean = finished(&spec, &series);
        assert_eq!(look_ahead_of(plain, &spec, &series).outcome, CheckOutcome::Passed);
        for (name, leak) in LEAKS {
            assert_ne!(leak(&spec, &series).expect("a result").trades, clean.trades, "{name} is not planted");
            let check = look_ahead_of(leak, &spec, &series);
            assert_eq!(check.outcome, CheckOutcome::Failed, "{name} in market {seed}: {check:?}");
            assert!(check.date.is_some() && !check.details.is_empty());
        }
    }
}

fn clean_strategy(seed: u64) -> Strategy {
    let (part, window) = (seed / 2 % 5, u32::try_from(seed % 17).expect("small") + 1);
    if seed.is_multiple_of(2) {
        return momentum(window, part as f64, part as f64 - 2.0, 30.0);
    }
    let parameters = json!({ "fast": window, "slow": window + 2 + 3 * u32::try_from(part).expect("small"), "position_size_percent": 40 });
    validate("moving_average_cross", &parameters).expect("valid parameters")
}

#[test]
fn no_clean_strategy_is_flagged() {
    let mut traded = 0;
    for seed in 0..100 {
        let codes = &CODES[..1 + usize::try_from(seed % 3).expect("small")];
        let mut spec = spec(clean_strategy(seed), codes, 10_000_000);
        spec.issues.iter_mut().for_each(|issue| issue.adjusted = seed % 4 < 2);
        spec.fill.timing = [FillTiming::NextOpen, FillTiming::ClosingAuction, FillTiming::LimitWithinBar]
            [usize::try_from(seed / 3 % 3).expect("small")];
        spec.fill.slippage = if seed % 5 == 0 { Slippage::BasisPoints(7) } else { Slippage::None };
        let series = market(seed, 250);
        let result = finished(&spec, &series);
        traded += usize::from(!result.trades.is_empty());
        for check in [look_ahead_of(plain, &spec, &series), warm_up_of(plain, &spec, &series)] {
            assert_eq!(check.outcome, CheckOutcome::Passed, "variant {seed}: {check:?}");
        }
    }
    assert!(traded >= 95, "only {traded} of 100 traded");
}

/// Splits, issues that leave the market, and universes by date: what is known beforehand is no look ahead.
#[test]
fn no_clean_strategy_among_events_is_flagged() {
    for seed in 0..20 {
        let mut spec = spec(clean_strategy(seed), &CODES, 10_000_000);
        spec.issues.iter_mut().for_each(|issue| issue.adjusted = false);
        let mut series = market(100 + seed, 200);
        series[0] = changed(&series[0], |bars| bars.truncate(150));
        let day = |at: usize| series[2].bars()[at].trade_date();
        let (symbols, gone) = (CODES.map(symbol), day(151));
        spec.delistings = vec![Delisting { symbol: symbols[0], date: gone }];
        let factor = PriceFactor::new(1, 2).expect("a factor");
        spec.actions = vec![CorporateAction { symbol: symbols[1], ex_date: day(90), kind: ActionKind::Split, factor }];
        let lists = [(day(0), symbols.to_vec()), (day(60), symbols[..2].to_vec()), (day(130), symbols[1..].to_vec())];
        spec.universe = (seed % 3 > 0).then(|| Membership::new(lists, seed % 3 > 1));
        assert!(!finished(&spec, &series).trades.is_empty());
        for check in [look_ahead_of(plain, &spec, &series), warm_up_of(plain, &spec, &series)] {
            assert_eq!(check.outcome, CheckOutcome::Passed, "variant {seed}: {check:?}");
        }
    }
}

#[test]
fn no_clean_strategy_on_minute_bars_is_flagged() {
    for seed in 0..10 {
        let parameters = json!({ "interval": "1m", "lookback": 3 + seed, "entry_threshold_percent": 0.2, "position_size_percent": 50 });
        let spec = spec(validate("momentum", &parameters).expect("valid"), &CODES[..2], 10_000_000);
        let series = [minutes(CODES[0], 2 * seed, 6, 60), minutes(CODES[1], 2 * seed + 1, 6, 60)];
        assert!(!finished(&spec, &series).trades.is_empty());
        for check in [look_ahead_of(plain, &spec, &series), warm_up_of(plain, &spec, &series)] {
            assert_eq!(check.outcome, CheckOutcome::Passed, "variant {seed}: {check:?}");
        }
    }
}

fn warm_up_of(run: Leak, spec: &BacktestSpec, series: &[BarSeries]) -> Check {
    warm_up(spec, series, &|spec, series, _| run(spec, series)).expect("a check")
}

#[test]
fn a_strategy_that_feels_where_its_history_begins_is_flagged() {
    /// Each close over the average of all closes so far: the longer the history, the smoother.
    fn since_the_beginning(spec: &BacktestSpec, series: &[BarSeries]) -> Result<BacktestResult, BacktestError> {
        let averaged: Vec<_> = series
            .iter()
            .map(|one| {
                changed(one, |bars| {
                    let (mut sum, mut count) = (0, 0);
                    for bar in bars {
                        sum += bar.close.0;
                        count += 1;
                        bar.close = Price(bar.close.0 * 1_000 / (sum / count));
                    }
                })
            })
            .collect();
        plain(spec, &averaged)
    }
    let (spec, series) = (spec(momentum(5, 1.0, 0.0, 50.0), &CODES, 10_000_000), market(1, 300));
    let flagged = warm_up_of(since_the_beginning, &spec, &series);
    assert_eq!(flagged.outcome, CheckOutcome::Failed, "{flagged:?}");
    assert_eq!(warm_up_of(plain, &spec, &series[..]).outcome, CheckOutcome::Passed);
    let short: Vec<_> = series.iter().map(|one| changed(one, |bars| bars.truncate(9))).collect();
    assert_eq!(warm_up_of(plain, &spec, &short).outcome, CheckOutcome::Skipped);
}

/// A market that moves by these percentages, over and over.
fn moving(moves: &[i64]) -> BarSeries {
    changed(&walk(CODES[0], 1, 600), |bars| {
        let mut close = 50_000_i64;
        for (bar, percent) in bars.iter_mut().zip(moves.iter().cycle()) {
            let open = close;
            close += close * percent / 100;
            [bar.open, bar.high, bar.low, bar.close] = [open, open.max(close), open.min(close), close].map(Price);
            bar.volume = Qty(10_000_000);
        }
    })
}

#[test]
fn delay_and_cost_are_held_against_the_gain() {
    let spec = spec(momentum(2, 0.0, 0.0, 90.0), &CODES[..1], 10_000_000);
    let outcomes = |moves: &[i64]| {
        let checks = check(&spec, &[moving(moves)], &mut |_| Flow::Continue).expect("checks");
        let codes: Vec<_> = checks.iter().map(|check| check.code.as_str()).collect();
        assert_eq!(codes, ["look_ahead", "warm_up", "delay_one_bar", "double_cost", "trade_order"]);
        assert!(checks[..2].iter().all(|check| check.outcome == CheckOutcome::Passed), "{checks:?}");
        for check in checks[2..4].iter().filter(|check| check.outcome != CheckOutcome::Skipped) {
            assert!(check.values["stressed_total_return"] < check.values["total_return"], "{check:?}");
        }
        [checks[2].outcome, checks[3].outcome]
    };
    let long_waves: Vec<i64> = [[3; 15], [-2; 15]].concat();
    assert_eq!(outcomes(&long_waves), [CheckOutcome::Passed, CheckOutcome::Passed]);
    // Three days up are enough to gain something, and one day of them too few.
    assert_eq!(outcomes(&[2, 2, 2, 2, -3, -2, -2]), [CheckOutcome::Failed, CheckOutcome::Passed]);
    assert_eq!(outcomes(&[3, -3]), [CheckOutcome::Skipped, CheckOutcome::Skipped]);
}

#[test]
fn the_order_of_trades_is_drawn_the_same_for_a_seed() {
    let (mut spec, series) = (spec(momentum(3, 0.0, 0.0, 50.0), &CODES, 10_000_000), market(2, 500));
    let result = finished(&spec, &series);
    let drawn = trade_order(&spec, &result);
    assert_eq!(trade_order(&spec, &result), drawn);
    assert!(drawn.values["round_trips"] >= LEAST_TRIPS as f64);
    for name in ["final_equity", "max_drawdown"] {
        let quantiles = ["_5", "_50", "_95"].map(|share| drawn.values[&format!("{name}{share}")]);
        assert!(quantiles.is_sorted() && quantiles[0] < quantiles[2], "{quantiles:?}");
    }
    let gained = drawn.values["final_equity_5"] > 10_000_000.0;
    assert_eq!(drawn.outcome == CheckOutcome::Passed, gained);
    spec.seed = 1;
    assert_ne!(trade_order(&spec, &result), drawn);
}

#[test]
fn checks_can_be_stopped_and_tell_how_far_they_are() {
    let (spec, series) = (spec(momentum(5, 1.0, 0.0, 50.0), &CODES, 10_000_000), market(3, 200));
    let mut parts = Vec::new();
    check(&spec, &series, &mut |part| {
        parts.push(part);
        Flow::Continue
    })
    .expect("checks");
    assert!(parts.is_sorted() && *parts.last().expect("some") > 0.9, "{:?}", parts.last());
    let mut asked = 0;
    let stopped = check(&spec, &series, &mut |_| {
        asked += 1;
        if asked > 500 { Flow::Cancel } else { Flow::Continue }
    });
    assert_eq!((stopped, asked), (Err(BacktestError::Cancelled), 501));
}
