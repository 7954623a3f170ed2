//! `exodus indicator`: a series of values on the bars of a file.

use serde_json::json;

use crate::program::Program;

const BARS: &str = "symbol,date,open,high,low,close,volume
005930,2024-01-02,100,100,100,100,1000
005930,2024-01-03,110,110,110,110,1000
005930,2024-01-04,0,0,0,110,0
005930,2024-01-05,140,140,140,140,1000
";

#[test]
fn the_series_is_printed_with_nothing_before_it_is_ready() {
    let program = Program::new();
    let bars = program.file("bars.csv", BARS);
    let csv = program.run(&["indicator", "sma", "--param", "p=2", "--bars", &bars]);
    assert_eq!(csv.ok(), "time,value\n2024-01-02,\n2024-01-03,105\n2024-01-05,125", "halted bars are left out");
    let answer =
        program.run(&["indicator", "bollinger", "--param", "period=2", "--param", "std=1", "--bars", &bars, "--json"]);
    let answer = answer.json();
    assert_eq!((&answer["ready_bars"], &answer["parameters"]), (&json!(2), &json!({ "period": 2, "std": 1.0 })));
    assert_eq!(answer["series"][0], json!({ "time": "2024-01-02", "upper": null, "middle": null, "lower": null }));
    assert_eq!(answer["series"][2], json!({ "time": "2024-01-05", "upper": 140.0, "middle": 125.0, "lower": 110.0 }));
    let pattern = program.run(&["indicator", "engulfing", "--bars", &bars, "--json"]).json();
    assert_eq!((&pattern["outputs"], &pattern["series"][2]["signal"]), (&json!(["signal"]), &json!(0.0)));
    assert!(!program.data().exists(), "nothing is written");
}

#[test]
fn the_mode_and_the_index_count() {
    let program = Program::new();
    let bars = program.file("bars.csv", BARS);
    let returns = |mode: &str| {
        let run = ["indicator", "returns", "--param", "period=1", "--bars", &bars, "--mode", mode, "--json"];
        program.run(&run).json()["series"][1]["value"].as_f64().expect("a value")
    };
    assert!((returns("exodus") - 10.0).abs() < 1e-9 && (returns("official") - 1_000.0).abs() < 1e-7);
    let index = "symbol,date,close\nKOSPI,2024-01-02,1000\nKOSPI,2024-01-03,1050\nKOSPI,2024-01-05,1250\n";
    let index = program.file("index.csv", index);
    let beta = ["indicator", "beta", "--param", "period=2", "--bars", &bars];
    program.run(&beta).refused(1, &["--index"]);
    let answer = program.run(&[&beta[..], &["--index", &index, "--json"]].concat()).json();
    // Returns of 10 % and 27.27 % against 5 % and 19.05 %: the slope between two points.
    let (own, of_index) = (30.0 / 110.0 - 0.1, 200.0 / 1_050.0 - 0.05);
    let value = answer["series"][2]["value"].as_f64().expect("a value");
    assert!((value - own / of_index).abs() < 1e-9, "{value}");
}

#[test]
fn what_is_not_known_names_what_is() {
    let program = Program::new();
    let bars = program.file("bars.csv", BARS);
    let refused = |asked: &[&str], parts: &[&str]| {
        program.run(&[&["indicator"], asked, &["--bars", &bars]].concat()).refused(1, parts);
    };
    refused(&["smaa"], &["is it sma or"]);
    refused(&["a/../../b"], &["there is no indicator or candlestick pattern \"a/../../b\""]);
    refused(&[&"x".repeat(10_000)], &["there is no indicator"]);
    refused(&["opening_marubozu"], &["not available"]);
    refused(&["rsi", "--param", "length=9"], &["length", "it takes period (1 to 1000)"]);
    refused(&["ultosc", "--param", "p=9"], &["period1 (1 to 1000), period2"]);
    refused(&["doji", "--param", "p=9"], &["has no parameters"]);
    refused(&["rsi", "--param", "period=0"], &["--param period: must be a whole number from 1 to 1000"]);
    refused(&["rsi", "--param", "period=nan"], &["--param period: must be a whole number"]);
    refused(&["macd", "--param", "fast=30"], &["--param fast: must be less than slow"]);
    refused(&["consecutive", "--param", "direction=sideways"], &["must be one of up, down"]);
    refused(&["rsi", "--param", "p=3", "--param", "period=4"], &["given twice"]);
}
