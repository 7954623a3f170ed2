//! `exodus backtest run` gives what the API gives.

use std::path::PathBuf;
use std::time::Duration;

use chrono::TimeDelta;
use exodus_domain::{Bar, Instrument, InstrumentKind, Interval, Market, Price, Qty, Symbol};
use exodus_store::bars::{self, SeriesKind};
use exodus_store::{Durability, Store, StoreUrl, instruments};
use serde_json::{Value, json};

use crate::http::{Client, PASSWORD};
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
fn a_document_is_run_from_its_file() {
    let program = Program::new();
    let bars = program.file("made-up.csv", &made_up_bars());
    program.run(&["import", "bars", &bars]).ok();
    let document = "version: \"1.0\"
metadata: {name: 시험}
strategy:
  id: test
  indicators: [{id: sma, alias: mean, params: {period: 20}}]
  entry: {conditions: [{indicator: close, operator: cross_above, compare_to: mean}]}
  exit: {conditions: [{indicator: close, operator: cross_below, compare_to: mean}]}
";
    let run = |name: &str, text: &str| {
        let parameter = format!("document=@{}", program.file(name, text));
        let what = ["backtest", "run", "--strategy", "rules", "--param", &parameter, "--symbols", "005930"];
        program.run(&[&what[..], &["--from", "2020-01-02", "--to", "2021-12-30", "--json"]].concat())
    };
    let done = run("rules.kis.yaml", document).json();
    assert_eq!(done["parameters"]["document"], document);
    assert!(done["metrics"]["trades_count"].as_u64() > Some(0), "{}", done["metrics"]);
    let padded = |bytes: usize| format!("{document}{}", " ".repeat(bytes - document.len()));
    assert_eq!(run("longest.kis.yaml", &padded(256 * 1024)).json()["metrics"], done["metrics"]);
    run("too-long.kis.yaml", &padded(256 * 1024 + 1)).refused(1, &["--param document", "262144 bytes"]);
    run("wrong.kis.yaml", &document.replace("sma", "smaa")).refused(1, &["document", "line 5", "'smaa'"]);
    let nowhere = ["backtest", "run", "--strategy", "rules", "--param", "document=@nowhere.kis.yaml"];
    let period = ["--symbols", "005930", "--from", "2020-01-02", "--to", "2021-12-30"];
    program.run(&[&nowhere[..], &period].concat()).refused(1, &["document=@nowhere.kis.yaml"]);
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
    run("momentum", "lookback=60", "999999", "2020-01-02", "1000000").refused(1, &["--symbols", "999999", "import"]);
    run("momentum", "lookback=60", "Samsung", "2020-01-02", "1000000").refused(1, &["Samsung"]);
    run("momentum", "lookback=60", "005930,005930", "2020-01-02", "1000000").refused(1, &["twice"]);
    run("momentum", "lookback=60", "005930", "2022-01-02", "1000000").refused(1, &["--to", "2022-01-02"]);
    run("momentum", "lookback=60", "005930", "2020-01-02", "40000").refused(1, &["--capital", "40000", "005930"]);
    run("momentum", "lookback=60", "005930", "2020-01-02", "0").refused(1, &["--capital"]);
    run("momentum", "lookback=500", "005930", "2021-12-01", "1000000").refused(1, &["--from", "history"]);
    run("momentum", "lookback=60", "005930", "2020-01-02", "-5").code.filter(|code| *code != 0).expect("refused");
    for number in ["NaN", "inf", "1e999", "", "null"] {
        run("momentum", &format!("lookback={number}"), "005930", "2020-01-02", "1000000").refused(1, &["lookback"]);
        let threshold = format!("entry_threshold_percent={number}");
        run("momentum", &threshold, "005930", "2020-01-02", "1000000").refused(1, &["entry_threshold_percent"]);
    }
    let start = ["backtest", "run", "--strategy", "momentum", "--from", "2020-01-02"];
    let more = |more: &[&str]| program.run(&[&start[..], more].concat());
    more(&["--symbols", "005930", "--to", "2999-12-30"]).refused(1, &["--to", "2999-12-30", "today"]);
    more(&["--symbols", "005930", "--to", "2020-01-01"]).refused(1, &["--to", "before --from"]);
    for (universe, part) in [
        ("{", "--universe"),
        (r#"{"kind":"all"}"#, "all"),
        (r#"{"kind":"market","markets":[]}"#, "markets"),
        (r#"{"kind":"market","markets":["kospi"],"exclude_states":["administrative"]}"#, "exclude_states"),
        (r#"{"kind":"top","by":"value","count":0,"rebalance":"monthly","markets":["kospi"]}"#, "count"),
        (
            r#"{"kind":"top","by":"value","count":5,"rebalance":"monthly","markets":["kospi"],"lookback_days":251}"#,
            "lookback_days",
        ),
        (r#"{"kind":"market","markets":["konex"]}"#, "no issue belongs to the universe"),
    ] {
        more(&["--universe", universe, "--to", "2020-12-30"]).refused(1, &["--universe", part]);
    }
    assert_eq!(run("momentum", "lookback=60", "005930", "2020-02-30", "1000000").code, Some(2));
    let figures = run("momentum", "lookback=60", "005930", "2020-01-02", "1000000");
    for row in ["final capital", "total return", "max drawdown", "Sharpe ratio", "win rate", "result"] {
        assert!(figures.ok().lines().any(|line| line.starts_with(row)), "{row}: {}", figures.stdout);
    }
}

/// So many bars of `symbols` that a run over them takes seconds, put into the database of a program that does not run yet.
/// Tells the first and the last day.
pub(crate) async fn long_history(program: &Program, symbols: &[&str]) -> [&'static str; 2] {
    program.run(&["migrate"]).ok();
    let path = program.data().join("exodus.sqlite");
    let store = Store::connect(&StoreUrl::Sqlite(path), Durability::Required).await.expect("a database");
    let bar = |day: i64, issue: i64| {
        let close = 10_000 + 50 * ((day * 7 + issue * 13) % 200);
        let open_time = Bar::day_start("1991-01-03".parse().expect("a day")) + TimeDelta::days(day);
        let [open, high, low, close] = [close, close + 50, close - 50, close].map(Price);
        Bar { open_time, open, high, low, close, volume: Qty(1_000_000) }
    };
    let symbols = symbols.iter().map(|symbol| symbol.parse().expect("a symbol"));
    let series: Vec<(Symbol, Vec<Bar>)> =
        symbols.zip(0..).map(|(symbol, issue)| (symbol, (0..12_000).map(|day| bar(day, issue)).collect())).collect();
    let issue = |symbol: Symbol| Instrument::new(symbol, Market::Kospi, InstrumentKind::Stock);
    let issues: Vec<_> = series.iter().map(|(symbol, _)| issue(*symbol)).collect();
    let now = "2026-01-05T10:00:00+09:00".parse().expect("an instant");
    let tx = store.begin().await.expect("a transaction");
    instruments::upsert(&tx, &issues, now).await.expect("issues");
    bars::append_many(&tx, SeriesKind::krx(Interval::Day1, true), &series).await.expect("bars");
    tx.commit().await.expect("committed");
    ["1991-02-01", "2023-10-31"]
}

#[tokio::test]
async fn a_backtest_is_taken_up_again_after_its_worker_was_killed_and_gives_the_same() {
    let program = Program::new();
    let symbols: Vec<String> = (0..30).map(|number| format!("9000{number:02}")).collect();
    let symbols: Vec<&str> = symbols.iter().map(String::as_str).collect();
    let [from, to] = long_history(&program, &symbols).await;
    let server = program.start(&[]);
    let client = server.client().register("admin@example.com").await;
    let parameters = json!({ "lookback": 1, "entry_threshold_percent": 0.0, "position_size_percent": 3.0 });
    let request = json!({
        "strategy_type": "momentum", "parameters": parameters, "symbols": symbols,
        "start_date": from, "end_date": to, "initial_capital": 100_000_000,
    });
    let path = format!("/backtest/{}", client.post("/backtest", &request).await.ok(202)["id"]);
    let reached = async |client: &Client, wanted: &str| {
        loop {
            let backtest = client.get(&path).await.ok(200);
            if backtest["status"] == wanted {
                return backtest;
            }
            assert!(matches!(backtest["status"].as_str(), Some("queued" | "running")), "{backtest}");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    reached(&client, "running").await;
    assert_eq!(server.end("KILL"), None);

    let server = program.start(&[]);
    let log_in = json!({ "email": "admin@example.com", "password": PASSWORD });
    let client = server.client().with_session(&server.client().post("/auth/login", &log_in).await.ok(200));
    assert_ne!(client.get(&path).await.ok(200)["status"], "done", "it was killed too late");
    let done = reached(&client, "done").await;
    let jobs = client.get("/admin/jobs").await.ok(200);
    let job = jobs["items"].as_array().expect("jobs").iter().find(|job| job["kind"] == "backtest").cloned();
    assert_eq!(job.map(|job| job["attempts"].clone()), Some(json!(2)), "{jobs}");
    assert_eq!(server.end("TERM"), Some(0));

    // What nobody interrupts gives the same, trade by trade and day by day.
    let symbols = symbols.join(",");
    let undisturbed = program.run(&[
        "backtest",
        "run",
        "--strategy",
        "momentum",
        "--param",
        "lookback=1",
        "--param",
        "entry_threshold_percent=0",
        "--param",
        "position_size_percent=3",
        "--symbols",
        &symbols,
        "--from",
        from,
        "--to",
        to,
        "--json",
    ]);
    let undisturbed = undisturbed.json();
    assert!(undisturbed["metrics"]["trades_count"].as_u64() > Some(1_000), "{}", undisturbed["metrics"]);
    for name in ["data_fingerprint", "result_fingerprint", "bars"] {
        assert_eq!(undisturbed["manifest"][name], done["manifest"][name], "{name}");
    }
}
