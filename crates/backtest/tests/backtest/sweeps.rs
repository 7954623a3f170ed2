//! Sweeps: the same trials on any number of cores and after any stop, folds that see nothing of their tests, and bad
//! requests refused by their field.

use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicUsize, Ordering};

use exodus_backtest::{
    BacktestSpec, BarSeries, Flow, MAXIMUM_TRIALS, Sweep, SweepError, SweepOutcome, SweepRequest, SweepWatch, Trial,
    figure_ids, trials_run,
};
use exodus_domain::{CompactBar, Price};
use exodus_trading::Benchmark;
use serde_json::{Value, json};

use crate::fixture::{changed, momentum};
use crate::markets::walk;

const CODES: [&str; 2] = ["000010", "000020"];

const SESSIONS: usize = 400;

fn spec() -> BacktestSpec {
    let base = crate::fixture::spec(momentum(20, 5.0, 0.0, 40.0), &CODES, 10_000_000);
    let bars = data();
    let days = [&bars[0].bars()[0], &bars[0].bars()[SESSIONS - 1]].map(CompactBar::trade_date);
    BacktestSpec { from: days[0], to: days[1], ..base }
}

fn data() -> Vec<BarSeries> {
    (0..).zip(CODES).map(|(seed, code)| walk(code, seed, SESSIONS)).collect()
}

fn request(more: Value) -> SweepRequest {
    let mut request = json!({
        "axes": {
            "lookback": { "from": 5, "to": 50, "step": 5 },
            "entry_threshold_percent": { "values": [0, 2.5, 5] },
        },
        "constraints": ["exit_threshold_percent <= entry_threshold_percent", "lookback < 50"],
        "objective": { "figure": "sharpe_ratio" },
    });
    let more = more.as_object().expect("an object").clone();
    request.as_object_mut().expect("an object").extend(more);
    serde_json::from_value(request).expect("a request")
}

fn sweep(more: Value) -> Sweep {
    Sweep::new(spec(), &request(more), None, MAXIMUM_TRIALS).expect("a valid request")
}

fn threads(count: usize) -> NonZeroUsize {
    NonZeroUsize::new(count).expect("at least one")
}

fn run(sweep: &Sweep, finished: Vec<Trial>, cores: usize) -> SweepOutcome {
    let watch = SweepWatch { on_trial: &mut |_| {}, stop: &|| false };
    sweep.run(&data(), finished, threads(cores), watch).expect("an outcome")
}

/// Stops after the sessions of some trials, and gives those that were finished, as they come back from where they were
/// stored.
fn stopped(sweep: &Sweep, trials: usize) -> Vec<Trial> {
    let (mut stored, asked) = (Vec::new(), AtomicUsize::new(0));
    let mut on_trial = |trial: &Trial| stored.push(serde_json::to_string(trial).expect("JSON"));
    let stop = || asked.fetch_add(1, Ordering::Relaxed) >= trials * SESSIONS;
    let watch = SweepWatch { on_trial: &mut on_trial, stop: &stop };
    assert_eq!(sweep.run(&data(), Vec::new(), threads(2), watch), Err(SweepError::Cancelled));
    stored.iter().map(|text| serde_json::from_str(text).expect("a trial")).collect()
}

fn json_of(outcome: &SweepOutcome) -> String {
    serde_json::to_string(outcome).expect("JSON")
}

fn searches() -> [Value; 4] {
    [
        json!({}),
        json!({ "search": { "kind": "random", "trials": 20, "seed": 3 } }),
        json!({ "search": { "kind": "tpe", "trials": 25, "seed": 3 }, "constraints": [] }),
        json!({ "walk_forward": { "train_sessions": 150, "test_sessions": 60, "purge_sessions": 5 } }),
    ]
}

#[test]
fn one_core_gives_what_two_give() {
    for search in searches() {
        let sweep = sweep(search);
        let one = run(&sweep, Vec::new(), 1);
        assert_eq!(one.trials.len(), sweep.planned_trials());
        assert!(one.trials.iter().all(|trial| trial.error.is_none()));
        assert_eq!(json_of(&run(&sweep, Vec::new(), 2)), json_of(&one));
    }
}

#[test]
fn a_sweep_that_was_stopped_ends_with_the_same_bytes() {
    for search in searches() {
        let sweep = sweep(search);
        let whole = json_of(&run(&sweep, Vec::new(), 2));
        for trials in [2, 8, 14] {
            let stored = stopped(&sweep, trials);
            // Of the two that were under way, either may have been cut short.
            assert!((trials - 1..=trials).contains(&stored.len()), "{} trials stored", stored.len());
            assert_eq!(json_of(&run(&sweep, stored, 2)), whole);
        }
    }
}

#[test]
fn finished_trials_are_not_run_again() {
    let sweep = sweep(json!({}));
    let outcome = run(&sweep, Vec::new(), 2);
    let mut told = 0;
    let watch = SweepWatch { on_trial: &mut |_| told += 1, stop: &|| true };
    assert_eq!(sweep.run(&data(), outcome.trials.clone(), threads(2), watch), Ok(outcome));
    assert_eq!(told, 0);
}

#[test]
fn trials_of_another_sweep_are_refused() {
    let mut trials = run(&sweep(json!({})), Vec::new(), 2).trials;
    trials[4].parameters.insert("lookback".to_owned(), json!(6));
    let watch = SweepWatch { on_trial: &mut |_| {}, stop: &|| false };
    let refused = sweep(json!({})).run(&data(), trials, threads(2), watch);
    assert_eq!(refused, Err(SweepError::Foreign { fold: 0, number: 5 }));
}

#[test]
fn a_trial_is_the_run_of_its_parameters() {
    let sweep = sweep(json!({}));
    let outcome = run(&sweep, Vec::new(), 2);
    let trial = &outcome.trials[7];
    let (lookback, entry) =
        (trial.parameters["lookback"].as_u64(), trial.parameters["entry_threshold_percent"].as_f64());
    let lookback = u32::try_from(lookback.expect("a number")).expect("small");
    let mut alone = spec();
    alone.strategies[0].strategy = momentum(lookback, entry.expect("a number"), 0.0, 40.0);
    let mut alone = crate::fixture::finished(&alone, &data());
    assert_eq!((trial.metrics, trial.objective), (Some(alone.metrics), alone.metrics.sharpe_ratio));
    alone.measure(None, trials_run(&outcome.trials));
    let whole = sweep.result_of(trial, &outcome.trials, &data(), &mut |_| Flow::Continue);
    let whole = whole.expect("a result");
    assert_eq!(whole.report.significance.trials, 27);
    assert_eq!(whole, alone);
}

/// A trial measures no more than it must; what it measures is what the whole report says.
#[test]
fn any_figure_can_be_looked_for() {
    for id in figure_ids() {
        let axes = json!({ "axes": { "lookback": { "values": [15] } }, "objective": { "figure": id } });
        let levels = data()[1].bars().iter().map(|bar| (bar.trade_date(), bar.close().0 as f64)).collect();
        let benchmark = Benchmark { name: "000020".to_owned(), levels };
        let sweep = Sweep::new(spec(), &request(axes), Some(benchmark), MAXIMUM_TRIALS).expect("valid");
        let outcome = run(&sweep, Vec::new(), 1);
        let trial = &outcome.trials[0];
        let whole = sweep.result_of(trial, &outcome.trials, &data(), &mut |_| Flow::Continue).expect("a result");
        let figures = whole.report.figures();
        let figure = figures.iter().find(|figure| format!("{}.{}", figure.group, figure.name) == id);
        assert_eq!(trial.objective, figure.expect("every id is in the report").value, "{id}");
    }
}

#[test]
fn the_best_has_the_highest_objective_and_its_neighbours_are_one_step_away() {
    let sweep = sweep(json!({}));
    let outcome = run(&sweep, Vec::new(), 2);
    let best = outcome.best.as_ref().expect("a best trial");
    assert!(outcome.trials.iter().all(|trial| trial.objective <= best.objective));
    let stability = sweep.stability(&outcome.trials);
    // Trial 11 has the second entry threshold and the second of nine look-backs: neighbours 2, 10, 12 and 20.
    let near = [2, 10, 12, 20].map(|number: usize| outcome.trials[number - 1].objective.expect("defined"));
    let eleventh = stability[10];
    assert_eq!((eleventh.number, eleventh.neighbours), (11, 4));
    assert_eq!(eleventh.worst, near.into_iter().reduce(f64::min));
    assert!((eleventh.mean.expect("four") - near.iter().sum::<f64>() / 4.0).abs() < 1e-12);
    assert_eq!((stability[0].neighbours, stability.len()), (2, 27), "a corner has two");
}

#[test]
fn a_training_sees_nothing_of_its_test() {
    let walk_forward = json!({ "walk_forward": { "train_sessions": 150, "test_sessions": 60, "purge_sessions": 5 } });
    let sweep = sweep(walk_forward);
    let before = run(&sweep, Vec::new(), 2).walk_forward.expect("folds");
    assert_eq!(before.folds.len(), 4);
    let first = &before.folds[0];
    assert!(first.train_to < first.test_from && before.folds[1].test_from > first.test_to);
    let held: Vec<_> = data()
        .iter()
        .map(|one| {
            changed(one, |bars| {
                for bar in bars.iter_mut().filter(|bar| bar.trade_date() > first.train_to) {
                    [bar.open, bar.high, bar.low, bar.close] = [Price(7_777); 4];
                }
            })
        })
        .collect();
    let watch = SweepWatch { on_trial: &mut |_| {}, stop: &|| false };
    let after = sweep.run(&held, Vec::new(), threads(2), watch).expect("an outcome").walk_forward.expect("folds");
    let chosen = |fold: &exodus_backtest::Fold| (fold.parameters.clone(), fold.train_objective);
    assert_eq!(chosen(&after.folds[0]), chosen(first));
    assert_ne!(after.folds[0].test_objective, first.test_objective);
}

#[test]
fn the_tests_join_to_one_account() {
    let sweep = sweep(json!({ "walk_forward": { "train_sessions": 100, "test_sessions": 50 } }));
    let walk = run(&sweep, Vec::new(), 2).walk_forward.expect("folds");
    let mut capital = 10_000_000;
    for fold in &walk.folds {
        let metrics = fold.metrics.expect("a test");
        assert_eq!(metrics.initial_capital.0, capital);
        capital = metrics.final_capital.0;
    }
    assert_eq!(walk.equity.last().map(|point| point.equity.0), Some(capital));
    assert!(walk.equity.windows(2).all(|pair| pair[0].date < pair[1].date));
    let report = walk.report.expect("a report");
    assert!((report.returns.total_return - (capital as f64 / 10_000_000.0 - 1.0)).abs() < 1e-12);
}

#[test]
fn a_trial_that_cannot_run_says_why_and_stops_nothing() {
    let exit = json!({ "axes": { "exit_threshold_percent": { "values": [0, 60] } }, "constraints": [] });
    let outcome = run(&sweep(exit), Vec::new(), 2);
    let [good, bad] = outcome.trials.as_slice() else { panic!("two trials") };
    assert!(good.error.is_none() && bad.error.as_ref().is_some_and(|error| error.contains("exit_threshold_percent")));
    assert_eq!(outcome.best.as_ref(), Some(good));

    let neither = json!({ "axes": { "exit_threshold_percent": { "values": [60, 70] } }, "constraints": [] });
    let watch = SweepWatch { on_trial: &mut |_| {}, stop: &|| false };
    let failed = sweep(neither).run(&data(), Vec::new(), threads(2), watch);
    assert!(matches!(failed, Err(SweepError::AllFailed(reason)) if reason.contains("exit_threshold_percent")));
}

#[test]
fn a_benchmark_can_be_the_measure() {
    let data = data();
    let levels = data[0].bars().iter().map(|bar| (bar.trade_date(), bar.close().0 as f64)).collect();
    let benchmark = Benchmark { name: "000010".to_owned(), levels };
    let wanted = request(json!({ "objective": { "figure": "tracking_error" } }));
    let sweep = Sweep::new(spec(), &wanted, Some(benchmark), MAXIMUM_TRIALS).expect("valid");
    let outcome = run(&sweep, Vec::new(), 2);
    let best = outcome.best.expect("a best trial").objective;
    assert!(best.is_some() && outcome.trials.iter().all(|trial| trial.objective >= best), "less is better");
}

#[test]
fn bad_requests_are_refused_by_their_field() {
    let refused = |more: Value, limit: usize| -> Vec<String> {
        let errors = Sweep::new(spec(), &request(more), None, limit).expect_err("refused");
        errors.into_iter().map(|error| error.field).collect()
    };
    let axis = |values: Value| json!({ "axes": { "lookback": values } });
    let cases = [
        (json!({ "axes": {} }), "axes"),
        (json!({ "axes": { "look_back": { "values": [1] } } }), "axes.look_back"),
        (axis(json!({ "values": [] })), "axes.lookback.values"),
        (axis(json!({ "values": ["ten"] })), "axes.lookback"),
        (axis(json!({ "values": [0] })), "axes.lookback"),
        (axis(json!({ "from": 1, "to": "fifty" })), "axes.lookback.to"),
        (axis(json!({ "from": 50, "to": 1 })), "axes.lookback.to"),
        (axis(json!({ "from": 1, "to": 50, "step": 0 })), "axes.lookback.step"),
        (json!({ "constraints": ["lookback <"] }), "constraints[0]"),
        (json!({ "constraints": ["lookback < 10", "looback > 3"] }), "constraints[1]"),
        (json!({ "constraints": ["lookback > 500"] }), "constraints"),
        (json!({ "objective": { "figure": "sharp_ratio" } }), "objective.figure"),
        (json!({ "objective": { "figure": "benchmark.alpha" } }), "objective.figure"),
        (json!({ "search": { "kind": "random", "trials": 0 } }), "search.trials"),
        (json!({ "search": { "kind": "tpe", "trials": 10_001 } }), "search.trials"),
        (json!({ "walk_forward": { "train_sessions": 0, "test_sessions": 5 } }), "walk_forward.train_sessions"),
        (json!({ "walk_forward": { "train_sessions": 5, "test_sessions": 0 } }), "walk_forward.test_sessions"),
        (json!({ "walk_forward": { "train_sessions": 9_000, "test_sessions": 5 } }), "walk_forward.train_sessions"),
        (
            json!({ "walk_forward": { "train_sessions": 90, "test_sessions": 50, "step_sessions": 49 } }),
            "walk_forward.step_sessions",
        ),
    ];
    for (more, field) in cases {
        assert_eq!(refused(more.clone(), MAXIMUM_TRIALS), [field], "{more}");
    }
    assert_eq!(refused(json!({}), 26), ["axes"], "a grid of 27");
    let folds = json!({ "walk_forward": { "train_sessions": 150, "test_sessions": 60 } });
    assert_eq!(refused(folds, 27), ["axes"], "27 for the whole period leave nothing for the folds");
    let both = json!({ "axes": { "lookback": { "values": [] } }, "objective": { "figure": "x" } });
    assert_eq!(refused(both, 100), ["axes.lookback.values", "objective.figure"]);
}
