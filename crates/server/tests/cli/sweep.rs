//! `exodus backtest sweep`, `verify` and `report`, and a sweep that outlives its worker.

use std::time::Duration;

use serde_json::{Value, json};

use crate::backtest::{long_history, made_up_bars};
use crate::http::{Client, PASSWORD};
use crate::program::Program;

const PERIOD: [&str; 6] = ["--symbols", "005930", "--from", "2020-06-01", "--to", "2021-12-30"];

fn with_history() -> Program {
    let program = Program::new();
    let file = program.file("made-up.csv", &made_up_bars());
    program.run(&["import", "bars", &file]).ok();
    program
}

fn sweep(program: &Program, more: &[&str]) -> crate::program::Outcome {
    let start = ["backtest", "sweep", "--strategy", "momentum", "--objective", "total_return"];
    program.run(&[&start[..], &PERIOD, more].concat())
}

/// Holds what is above its mean of some closes.
const DOCUMENT: &str = "version: \"1.0\"
metadata: {name: 평균}
strategy:
  id: mean
  params: {period: {default: 20, min: 2, max: 60, type: int}}
  indicators: [{id: sma, alias: mean, params: {period: $period}}]
  entry: {conditions: [{indicator: close, operator: cross_above, compare_to: mean}]}
  exit: {conditions: [{indicator: close, operator: less_than, compare_to: mean}]}
";

#[test]
fn parameters_of_a_document_are_given_and_searched() {
    let program = with_history();
    let document = format!("document=@{}", program.file("mean.kis.yaml", DOCUMENT));
    let command = |words: &[&str], more: &[&str]| {
        let rules = ["--strategy", "rules", "--param", &document, "--json"];
        program.run(&[words, &rules, &PERIOD, more].concat())
    };
    let sweep = ["backtest", "sweep"];
    let more = ["--objective", "total_return", "--axis", "overrides.period=5:15:5", "--constraint"];
    let line = command(&sweep, &[&more[..], &["overrides.period < 15"]].concat()).json();
    let trials = line["trials"].as_array().expect("trials");
    assert_eq!(trials.len(), 2);
    for trial in trials {
        let parameter = format!("overrides.period={}", trial["parameters"]["overrides.period"]);
        let run = command(&["backtest", "run"], &["--param", &parameter]).json();
        assert_eq!(run["metrics"], trial["metrics"], "{parameter}");
    }
    let beyond = command(&["backtest", "run"], &["--param", "overrides.period=61"]);
    beyond.refused(1, &["overrides.period: must be at most 60"]);
    let unknown = command(&sweep, &["--axis", "overrides.perod=5:15"]);
    unknown.refused(1, &["is it \"overrides.period\"?"]);
}

#[test]
fn a_sweep_is_printed_best_first() {
    let program = with_history();
    let axes = ["--axis", "lookback=20:60:20", "--axis", "entry_threshold_percent=0.5,1"];
    let line = sweep(&program, &[&axes[..], &["--json"]].concat()).json();
    let trials = line["trials"].as_array().expect("trials");
    assert_eq!((trials.len(), &line["objective"]), (6, &json!("returns.total_return")));
    let returns = trials.iter().map(|trial| trial["objective"].as_f64().expect("a return"));
    assert_eq!(line["best"]["objective"].as_f64(), returns.reduce(f64::max));
    assert_eq!(line["best_report"]["significance"]["trials"], 6);

    // A trial is what a run with its parameters gives.
    let best = &line["best"]["parameters"];
    let parameters = [
        format!("lookback={}", best["lookback"]),
        format!("entry_threshold_percent={}", best["entry_threshold_percent"]),
    ];
    let start =
        ["backtest", "run", "--strategy", "momentum", "--json", "--param", &parameters[0], "--param", &parameters[1]];
    let run = program.run(&[&start[..], &PERIOD].concat()).json();
    assert_eq!(run["metrics"]["total_return"], line["best"]["metrics"]["total_return"]);

    let csv = program.data().join("trials.csv").display().to_string();
    let told = sweep(&program, &[&axes[..], &["--csv", &csv, "--top", "2", "--walk-forward", "120:60"]].concat());
    let text = told.ok();
    assert!(text.contains("lookback") && text.contains("6 trials; deflated Sharpe ratio"), "{text}");
    assert!(text.contains("tested on"), "{text}");
    let rows = std::fs::read_to_string(&csv).expect("the file is there");
    assert!(rows.lines().count() > 7 && rows.contains("fold,number,entry_threshold_percent,lookback"), "{rows}");

    for (more, parts) in [
        (vec!["--axis", "lookback"], vec!["name=values"]),
        (vec!["--axis", "luck=1:2"], vec!["axes.luck"]),
        (vec!["--axis", "lookback=20:60", "--constraint", "lookback >> 5"], vec!["constraints[0]", ">>"]),
        (vec!["--axis", "lookback=20:60", "--walk-forward", "x"], vec!["--walk-forward"]),
        (vec!["--axis", "lookback=20:60", "--benchmark", "KOSPI"], vec!["--benchmark", "import indices"]),
        (vec!["--axis", "lookback=20:60", "--slippage", "5%"], vec!["--slippage"]),
        (vec!["--axis", "lookback=20:60", "--volume-share", "0"], vec!["volume_share_percent"]),
    ] {
        sweep(&program, &more).refused(1, &parts);
    }
    let luck = ["backtest", "sweep", "--strategy", "momentum", "--objective", "luck", "--axis", "lookback=20:60"];
    program.run(&[&luck[..], &PERIOD].concat()).refused(1, &["objective.figure", "luck"]);
}

#[test]
fn a_run_is_held_against_an_index_from_a_file() {
    let program = with_history();
    let mut csv = "symbol,date,close\n".to_owned();
    for day in 1..=28 {
        csv += &format!("KOSPI,2021-02-{day:02},{}.5\n", 3_000 + day * 3 % 7);
    }
    let file = program.file("kospi.csv", &csv);
    assert_eq!(program.run(&["import", "indices", &file, "--json"]).json()["rows_added"], 28);
    let run = ["backtest", "run", "--strategy", "momentum", "--benchmark", "kospi", "--fill", "limit_within_bar"];
    let figures = program.run(&[&run[..], &PERIOD].concat());
    assert!(figures.ok().lines().any(|line| line.starts_with("benchmark") && line.contains("KOSPI")), "{figures:?}");
}

async fn log_in(client: &Client) -> Client {
    let body = json!({ "email": "admin@example.com", "password": PASSWORD });
    client.with_session(&client.post("/auth/login", &body).await.ok(200))
}

async fn until(client: &Client, path: &str, holds: impl Fn(&Value) -> bool) -> Value {
    // The lease of a process that was killed runs out first.
    for _ in 0..1_800 {
        let answer = client.get(path).await.ok(200);
        if holds(&answer) {
            return answer;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("{path} did not come so far: {}", client.get(path).await.ok(200));
}

#[tokio::test]
async fn a_stored_backtest_is_verified_and_written_down() {
    let program = with_history();
    let server = program.start(&[]);
    let client = server.client().register("admin@example.com").await;
    let request = json!({
        "strategy_type": "momentum", "parameters": { "lookback": 60 }, "symbols": ["005930"],
        "start_date": "2020-06-01", "end_date": "2021-12-30", "initial_capital": 100_000_000,
    });
    let id = client.post("/backtest", &request).await.ok(202)["id"].to_string();
    until(&client, &format!("/backtest/{id}"), |backtest| backtest["status"] == "done").await;
    let same = program.run(&["backtest", "verify", &id]);
    assert!(same.ok().contains("same result"), "{same:?}");
    for (format, start) in [("html", "<!DOCTYPE html>"), ("csv", "\u{feff}figure,value,convention"), ("json", "{")] {
        let out = program.data().join(format!("report.{format}")).display().to_string();
        program.run(&["backtest", "report", &id, "--format", format, "--out", &out]).ok();
        let text = std::fs::read_to_string(&out).expect("the file is there");
        assert!(text.starts_with(start), "{format}: {}", &text[..60]);
    }
    program.run(&["backtest", "verify", "999"]).refused(1, &["no backtest 999"]);
    program.run(&["backtest", "report", "999", "--out", "x.html"]).refused(1, &["no backtest 999"]);

    // Other bars, and it says so.
    let file = program.file("changed.csv", &made_up_bars().replace(",1000000\n", ",1000001\n"));
    program.run(&["import", "bars", &file]).ok();
    program.run(&["backtest", "verify", &id]).refused(1, &["differs in data"]);
    assert_eq!(server.end("TERM"), Some(0));
}

#[tokio::test]
async fn a_sweep_goes_on_after_its_worker_was_killed() {
    let program = Program::new();
    let [from, to] = long_history(&program, &["900001", "900002"]).await;
    let server = program.start(&[]);
    let client = server.client().register("admin@example.com").await;
    let request = json!({
        "base": {
            "strategy_type": "momentum", "parameters": {}, "symbols": ["900001", "900002"],
            "start_date": from, "end_date": to, "initial_capital": 100_000_000,
        },
        "axes": { "lookback": { "from": 2, "to": 300 } },
        "objective": { "figure": "sharpe_ratio" },
    });
    let queued = client.post("/backtest/sweeps", &request).await.ok(202);
    let path = format!("/backtest/sweeps/{}", queued["id"]);
    until(&client, &path, |sweep| sweep["trials_done"].as_u64() > Some(0)).await;
    assert_eq!(server.end("KILL"), None);

    let server = program.start(&[]);
    let client = log_in(&server.client()).await;
    let taken_up = client.get(&path).await.ok(200);
    let before = taken_up["trials_done"].as_u64().expect("a number");
    assert!(before < 299, "killed too late: {before}");
    let done = until(&client, &path, |sweep| sweep["status"] == "done").await;
    assert_eq!((&done["trials_done"], &done["trials_total"]), (&json!(299), &json!(299)));
    assert_eq!(server.end("TERM"), Some(0));
}
