//! The same inputs give the same bytes, on one core or on two, and a manifest says in what two runs differ.

use std::thread;

use exodus_backtest::{
    BacktestSpec, BarSeries, Difference, FillModel, FillTiming, Manifest, Membership, Slippage, StrategySpec, verify,
};
use exodus_domain::{Won, sessions};
use exodus_trading::TradedIssue;

use crate::fixture::{bar, changed, date, finished, issue, momentum, spec, symbol};

const CODES: [&str; 4] = ["000010", "000020", "000030", "000040"];

/// Three years of four issues that swing around each other.
fn swinging() -> Vec<BarSeries> {
    let history = |(code, phase): (&str, i64)| {
        let days = sessions(date("2019-01-02"), date("2021-12-30")).zip(0i64..);
        let bars = days.map(|(day, n)| {
            let wave = |n: i64| 10_000 + ((n * (7 + phase) + phase * 13) % 97 - 48) * 40 + n * phase;
            let (open, close) = (wave(n), wave(n + 1));
            bar(day, [open, open.max(close) + 30, open.min(close) - 30, close, 20_000 + (n % 11) * 500])
        });
        BarSeries::new(symbol(code), bars).expect("bars in order")
    };
    CODES.into_iter().zip(1..).map(history).collect()
}

/// Two strategies over all issues; one specification for each fill model.
fn specs() -> Vec<BacktestSpec> {
    let strategy = |id, lookback, size| StrategySpec {
        id,
        strategy: momentum(lookback, 0.5, -0.5, size),
        issues: CODES.map(symbol).to_vec(),
    };
    let issues: Vec<_> = CODES.iter().map(|code| TradedIssue { adjusted: false, ..issue(code) }).collect();
    let base = BacktestSpec {
        strategies: vec![strategy(1, 3, 20.0), strategy(2, 17, 30.0)],
        issues,
        ..spec(momentum(1, 0.0, 0.0, 1.0), &CODES, 30_000_000)
    };
    let lists = [("2019-01-02", &CODES[..2]), ("2020-07-01", &CODES[1..])];
    let lists = lists.map(|(from, codes)| (date(from), codes.iter().map(|code| symbol(code)).collect()));
    let universe = Some(Membership::new(lists, true));
    let timings = [FillTiming::NextOpen, FillTiming::ClosingAuction, FillTiming::LimitWithinBar];
    let models = timings.map(|timing| FillModel { timing, volume_share_bp: 50, slippage: Slippage::Ticks(2) });
    models.map(|fill| BacktestSpec { fill, universe: universe.clone(), ..base.clone() }).to_vec()
}

fn bytes(spec: &BacktestSpec, series: &[BarSeries]) -> Vec<u8> {
    serde_json::to_vec(&finished(spec, series)).expect("JSON")
}

#[test]
fn the_same_bytes_come_out_on_one_core_and_on_two() {
    let (specs, series) = (specs(), swinging());
    let alone: Vec<_> = specs.iter().map(|spec| bytes(spec, &series)).collect();
    for spec in &specs {
        assert!(finished(spec, &series).trades.len() > 100, "too few trades to prove anything");
    }
    let together: Vec<Vec<_>> = thread::scope(|scope| {
        let all = || specs.iter().map(|spec| bytes(spec, &series)).collect();
        let workers = [scope.spawn(all), scope.spawn(all)];
        workers.map(|worker| worker.join().expect("no panic")).into()
    });
    for other in together {
        assert!(other == alone, "another thread gave other bytes");
    }
}

#[test]
fn a_rerun_proves_a_manifest_and_a_difference_is_named() {
    let (specs, series) = (specs(), swinging());
    let stored = finished(&specs[0], &series).manifest;
    let rerun = |spec: &BacktestSpec, series: &[BarSeries]| verify(&stored, &finished(spec, series).manifest);
    assert_eq!(rerun(&specs[0], &series), []);
    let slow = Manifest { elapsed_ms: Some(9_000), ..stored.clone() };
    assert_eq!(verify(&stored, &slow), [], "the time it took proves nothing");

    let mut bars = series.clone();
    bars[0] = changed(&bars[0], |bars| bars[200].close.0 += 500);
    assert_eq!(rerun(&specs[0], &bars), [Difference::Data, Difference::Result]);

    let richer = BacktestSpec { capital: Won(31_000_000), ..specs[0].clone() };
    assert_eq!(rerun(&richer, &series), [Difference::Parameters, Difference::Result]);
    let seeded = BacktestSpec { seed: 7, ..specs[0].clone() };
    assert_eq!(rerun(&seeded, &series), [Difference::Parameters]);
    assert_eq!(rerun(&specs[1], &series), [Difference::Parameters, Difference::Result], "another fill model");
    let open = BacktestSpec { universe: None, ..specs[0].clone() };
    assert_eq!(rerun(&open, &series)[0], Difference::Parameters);

    let newer = BacktestSpec { code_version: "next".to_owned(), ..specs[0].clone() };
    assert_eq!(rerun(&newer, &series), [Difference::Code]);
    let ruled = Manifest { rules_version: "1999-01-01".to_owned(), ..stored.clone() };
    assert_eq!(verify(&stored, &ruled), [Difference::Rules]);
}

#[test]
fn a_manifest_of_an_older_version_is_read_and_compared_as_far_as_it_goes() {
    let (specs, series) = (specs(), swinging());
    let stored = finished(&specs[0], &series).manifest;
    let mut json = serde_json::to_value(&stored).expect("JSON");
    assert_eq!(json["inputs"]["fill"]["slippage"], serde_json::json!({ "kind": "ticks", "value": 2 }));
    json.as_object_mut().expect("an object").remove("inputs");
    let old: Manifest = serde_json::from_value(json).expect("a manifest");
    assert_eq!(old.inputs, None);
    assert_eq!(verify(&old, &stored), []);
}
