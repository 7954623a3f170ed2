//! `exodus backtest run` gives what the API gives.

use std::path::PathBuf;
use std::time::Duration;

use serde_json::{Value, json};

use crate::program::Program;

/// Runs the same backtest over the API and by the command, and compares everything that both tell.
async fn compare(file: &str, adjusted: bool, from: &str, to: &str) {
    let program = Program::new();
    let mut import = vec!["import", "bars", file, "--json"];
    if adjusted {
        import.push("--adjusted");
    }
    assert!(program.run(&import).json()["rows_added"].as_u64() > Some(100));
    let run = [
        "backtest",
        "run",
        "--strategy",
        "momentum",
        "--param",
        "lookback=60",
        "--param",
        "position_size_percent=50.5",
        "--symbols",
        "005930",
        "--from",
        from,
        "--to",
        to,
        "--capital",
        "100000000",
        "--json",
    ];
    let line = program.run(&run).json();

    let server = program.start(&[]);
    let client = server.client().register("admin@example.com").await;
    let request = json!({
        "strategy_type": "momentum", "parameters": { "lookback": 60, "position_size_percent": 50.5 },
        "symbols": ["005930"], "start_date": from, "end_date": to, "initial_capital": 100_000_000,
    });
    let backtest = client.post("/backtest", &request).await.ok(202);
    let done = loop {
        let backtest = client.get(&format!("/backtest/{}", backtest["id"])).await.ok(200);
        if backtest["status"] != "queued" && backtest["status"] != "running" {
            break backtest;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    };
    assert_eq!(done["status"], "done", "{done}");
    assert!(done["trades_count"].as_u64() > Some(2), "{done}");
    for name in ["strategy_type", "parameters", "symbols", "start_date", "end_date", "metrics"] {
        assert_eq!(line[name], done[name], "{name}");
    }
    let without_time = |manifest: &Value| {
        let mut manifest = manifest.clone();
        manifest["elapsed_ms"].take();
        manifest
    };
    assert_eq!(without_time(&line["manifest"]), without_time(&done["manifest"]));
    assert_eq!(line["manifest"]["result_fingerprint"].as_str().map(str::len), Some(64));
    // The terms of the accounts here, BanKIS, are what is charged unless others are given.
    assert_eq!(line["manifest"]["commission"]["plan"], "bankis");
    let free = program.run(&[&run[..], &["--commission", "rate_ppb=0"]].concat()).json();
    assert_eq!((&free["metrics"]["commission"], &free["manifest"]["commission"]["rate_ppb"]), (&json!(0), &json!(0)));
    for (terms, reason) in [("cheap", "fee_waiver"), ("rate_ppb=-1", "rate_ppb"), ("plan=bankis,minimum=5", "minimum")]
    {
        program.run(&[&run[..], &["--commission", terms]].concat()).refused(1, &["--commission", reason]);
    }
    // Beside the running server it is the same once more.
    assert_eq!(program.run(&run).json()["manifest"]["result_fingerprint"], line["manifest"]["result_fingerprint"]);
    assert_eq!(server.end("TERM"), Some(0));
}

/// Two years of made-up bars on the tick grid, rising and falling by turns.
pub(crate) fn made_up_bars() -> String {
    let mut csv = "symbol,date,open,high,low,close,volume\n".to_owned();
    let first: chrono::NaiveDate = "2020-01-01".parse().expect("a day");
    for day in 0..730_i64 {
        let swing = (day % 240 - 120).abs();
        let close = 50_000 + 100 * swing + 100 * (day * 7 % 5);
        let date = first + chrono::TimeDelta::days(day);
        csv += &format!("005930,{date},{},{},{},{close},1000000\n", close - 100, close + 300, close - 300);
    }
    csv
}

#[tokio::test]
async fn the_command_gives_what_the_api_gives() {
    let program = Program::new();
    let file = program.file("made-up.csv", &made_up_bars());
    compare(&file, false, "2020-01-02", "2021-12-30").await;
}

#[tokio::test]
#[allow(clippy::print_stdout, reason = "a test that is skipped must say so")]
async fn samsung_from_1999_to_2022_is_the_same_both_ways() {
    let named = std::env::var_os("EXODUS_SHARED_DATA").map(PathBuf::from);
    let folder = named.unwrap_or_else(|| PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data")));
    let file = folder.join("samples/005930_adj_1999_2022.csv");
    if !file.exists() {
        println!("skipped: no data");
        return;
    }
    compare(&file.display().to_string(), true, "1999-09-16", "2022-03-15").await;
}

#[test]
fn what_cannot_be_run_is_told() {
    let program = Program::new();
    let file = program.file("made-up.csv", &made_up_bars());
    let run = |strategy: &str, parameter: &str, symbols: &str, from: &str, capital: &str| {
        program.run(&[
            "backtest",
            "run",
            "--strategy",
            strategy,
            "--param",
            parameter,
            "--symbols",
            symbols,
            "--from",
            from,
            "--to",
            "2021-12-30",
            "--capital",
            capital,
        ])
    };
    run("momentum", "lookback=60", "005930", "2020-01-02", "1000000").refused(1, &["never set up", "exodus"]);
    program.run(&["import", "bars", &file]).ok();
    run("magic", "lookback=60", "005930", "2020-01-02", "1000000").refused(1, &["strategy_type"]);
    run("momentum", "lookback=0", "005930", "2020-01-02", "1000000").refused(1, &["lookback"]);
    run("momentum", "lookback", "005930", "2020-01-02", "1000000").refused(1, &["name=value"]);
    run("momentum", "colour=red", "005930", "2020-01-02", "1000000").refused(1, &["colour"]);
    run("momentum", "lookback=60", "999999", "2020-01-02", "1000000").refused(1, &["999999", "import"]);
    run("momentum", "lookback=60", "Samsung", "2020-01-02", "1000000").refused(1, &["Samsung"]);
    run("momentum", "lookback=60", "005930,005930", "2020-01-02", "1000000").refused(1, &["twice"]);
    run("momentum", "lookback=60", "005930", "2022-01-02", "1000000").refused(1, &["2022-01-02"]);
    run("momentum", "lookback=60", "005930", "2020-01-02", "-5").code.filter(|code| *code != 0).expect("refused");
    assert_eq!(run("momentum", "lookback=60", "005930", "2020-02-30", "1000000").code, Some(2));
    let figures = run("momentum", "lookback=60", "005930", "2020-01-02", "1000000");
    for row in ["final capital", "total return", "max drawdown", "Sharpe ratio", "win rate", "result"] {
        assert!(figures.ok().lines().any(|line| line.starts_with(row)), "{row}: {}", figures.stdout);
    }
}
