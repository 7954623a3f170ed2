//! `exodus strategy`: documents looked at without an installation.

use serde_json::{Value, json};

use crate::program::{Program, files};

/// Buys above the mean of two and sells below it, with a stop.
const DOCUMENT: &str = "version: \"1.0\"
metadata: {name: 시험}
strategy:
  id: test
  params: {days: {default: 2, min: 2, max: 9, type: int}}
  indicators: [{id: sma, alias: mean, params: {period: $days}}]
  entry: {conditions: [{indicator: close, operator: cross_above, compare_to: mean}]}
  exit: {conditions: [{indicator: close, operator: cross_below, compare_to: mean}]}
risk: {stop_loss: {enabled: true, percent: 50}}
";

/// Sessions of January 2024.
const DAYS: [u32; 6] = [2, 3, 4, 5, 8, 9];

/// A file of closes, each opened ten won above the close before.
fn bars(program: &Program, closes: &[i64]) -> String {
    let mut text = "symbol,date,open,high,low,close,volume\n".to_owned();
    let mut open = closes[0];
    for (day, close) in DAYS.iter().zip(closes) {
        let (high, low) = (open.max(*close), open.min(*close));
        text += &format!("005930,2024-01-{day:02},{open},{high},{low},{close},1000\n");
        open = close + 10;
    }
    program.file("bars.csv", &text)
}

#[test]
fn a_good_document_is_told_and_shown() {
    let program = Program::new();
    let file = program.file("test.kis.yaml", DOCUMENT);
    let told = program.run(&["strategy", "validate", &file]);
    assert!(
        told.ok().contains("differs line 7, strategy.entry.conditions[0].operator: ") && told.ok().contains("can run")
    );
    let json = program.run(&["strategy", "validate", &file, "--json"]).json();
    assert_eq!((&json["runs"], &json["errors"]), (&json!(true), &json!(0)));

    let shown = program.run_with_input(&["strategy", "show", "-"], DOCUMENT);
    for part in ["시험 (test, custom)", "mean = sma(period 2)", "close crosses above mean", "stop loss 50 %"] {
        assert!(shown.ok().contains(part), "{part}: {shown:?}");
    }
    let json = program.run(&["strategy", "show", &file, "--param", "days=5", "--json"]).json();
    assert_eq!(json["indicators"][0]["parameters"], json!({ "period": 5 }));
    assert_eq!(
        json["entry"]["sentences"][0],
        json!({ "ko": "close ↗ 상향 돌파 mean", "en": "close crosses above mean" })
    );
    assert_eq!((&json["ready_bars"]["exodus"], &json["warm_up_bars"]), (&json!(5), &json!(4)));
    assert!(!program.data().exists(), "nothing is written");
}

#[test]
fn presets_are_found_by_the_ids_of_all_tools() {
    let program = Program::new();
    assert_eq!(program.run(&["strategy", "list-presets"]).ok().lines().count(), 10);
    let all = program.run(&["strategy", "list-presets", "--json"]).json();
    for preset in all.as_array().expect("a list") {
        for id in ["id", "backtester_id", "builder_id"] {
            let shown = program.run(&["strategy", "show", preset[id].as_str().expect("an id"), "--json"]).json();
            assert_eq!(shown["rules"]["id"], preset["id"]);
        }
    }
    program.run(&["strategy", "show", "moon_phase"]).refused(1, &["moon_phase cannot be read"]);
}

/// Closes 100, 120, 140, 90, 150: the mean of two is -, 110, 130, 115, 120.
#[test]
fn each_bar_is_told_with_the_orders_that_follow() {
    let program = Program::new();
    let (file, bars) = (program.file("test.kis.yaml", DOCUMENT), bars(&program, &[100, 120, 140, 90, 150, 130]));
    let run = ["strategy", "signals", &file, "--bars", &bars];
    let json = |more: &[&str]| program.run(&[&run[..], more].concat()).json();
    let said = |json: &Value| -> Vec<String> {
        let signals = json["signals"].as_array().expect("a list");
        signals.iter().map(|one| one["signal"].as_str().expect("a word").to_owned()).collect()
    };
    let orders = |json: &Value| -> Vec<Value> {
        let orders = json["orders"].as_array().expect("a list");
        orders
            .iter()
            .map(|one| json!([one["side"], one["decided_at"], one["filled_at"], one["price"], one["code"]]))
            .collect()
    };

    let exodus = json(&["--json"]);
    assert_eq!(said(&exodus), ["hold", "hold", "hold", "sell", "buy", "sell"], "a first bar crosses nothing");
    assert_eq!((&exodus["ready_at"], &exodus["signals"][0]["is_ready"]), (&json!("2024-01-03"), &json!(false)));
    assert_eq!(exodus["signals"][4]["values"], json!({ "close": 150.0, "mean": 120.0 }));
    assert_eq!(exodus["signals"][4]["reason"]["en"], "buy: close (150) crossed above mean (120)");
    assert_eq!(exodus["signals"][4]["conditions"][0]["left_before"], 90.0);
    let bought = json!(["buy", "2024-01-08", "2024-01-09", 160.0, "rules_entry"]);
    assert_eq!(orders(&exodus), [bought], "what is decided last finds no further open");

    let official = json(&["--mode", "official", "--json"]);
    assert_eq!(
        said(&official),
        ["hold", "buy", "hold", "sell", "buy", "sell"],
        "the first one sees a cross that was none"
    );
    let expected = [
        json!(["buy", "2024-01-03", "2024-01-03", 120.0, "rules_entry"]),
        json!(["sell", "2024-01-05", "2024-01-05", 90.0, "rules_exit"]),
        json!(["buy", "2024-01-08", "2024-01-08", 150.0, "rules_entry"]),
        json!(["sell", "2024-01-09", "2024-01-09", 130.0, "rules_exit"]),
    ];
    assert_eq!(orders(&official), expected);

    let text = program.run(&run);
    assert!(text.ok().contains("2024-01-08        150  buy: close (150) crossed above mean (120)"), "{text:?}");
    assert!(text.ok().contains("005930 on 6 bars: 1 buy, 2 sell, 3 hold"), "{text:?}");
    program.run(&[&run[..], &["--mode", "official", "--interval", "1m"]].concat()).refused(1, &["daily bars only"]);
    program.run(&[&run[..], &["--symbol", "000660"]].concat()).refused(1, &["--symbol", "005930"]);
    assert!(!program.data().exists(), "nothing is written");
}

#[test]
fn what_is_not_defined_is_counted_and_never_an_order() {
    let program = Program::new();
    let document = DOCUMENT.replace(
        "compare_to: mean}]}\n  exit",
        "compare_to: mean}, {indicator: close, operator: lt, compare_to: mean, compare_operation: div, compare_scalar: 0}]}\n  exit",
    );
    let (file, bars) = (program.file("test.kis.yaml", &document), bars(&program, &[100, 90, 140, 150, 100, 140]));
    let run = ["strategy", "signals", &file, "--bars", &bars];
    let json = program.run(&[&run[..], &["--json"]].concat()).json();
    assert_eq!((&json["undefined_bars"], &json["counts"]["buy"], &json["orders"]), (&json!(5), &json!(0), &json!([])));
    let text = program.run(&run);
    assert!(text.ok().contains("warning: on 5 bars a value was not defined"), "{text:?}");

    let short = program.file("short.csv", "symbol,date,open,high,low,close,volume\n005930,2024-01-02,1,1,1,1,1\n");
    let text = program.run(&["strategy", "signals", "week52_high", "--bars", &short]);
    assert!(text.ok().contains("hold: not ready") && text.ok().contains("no orders: "), "{text:?}");
}

/// Whatever is given, the answer is a sentence and an exit code.
#[test]
fn hostile_documents_are_refused_in_one_sentence() {
    let program = Program::new();
    let bomb = (1..9).fold("a0: &a0 [x, x, x, x, x, x, x, x, x]\n".to_owned(), |text, level| {
        let aliases = vec![format!("*a{}", level - 1); 9].join(", ");
        text + &format!("a{level}: &a{level} [{aliases}]\n")
    });
    let rows = [
        (String::new(), "the document is empty"),
        ("x".repeat(300_000), "must not be longer than 262144 bytes"),
        (bomb, "more than 10000 values"),
        (format!("a: {}", "[".repeat(100_000)), "cannot be read as YAML"),
        ("a: &a [*a]\n".to_owned(), "inside itself"),
        ("\u{0}\u{1}".to_owned(), "cannot be read as YAML"),
        (DOCUMENT.replace("id: test", "id: ../../etc/passwd"), "must not look like a path"),
        (
            DOCUMENT.replace("id: sma", "id: smaa"),
            "strategy.indicators[0].id: there is no indicator 'smaa'; is it 'sma'?",
        ),
        (DOCUMENT.replace("id: sma", "id: beta"), "needs levels of an index"),
        (DOCUMENT.replace("id: test", "id: !!python/object:os.system {}"), "tag"),
    ];
    for (text, part) in rows {
        let file = program.file("hostile.kis.yaml", &text);
        let bars = bars(&program, &[100, 120]);
        for command in [&["validate", &file][..], &["signals", &file, "--bars", &bars]] {
            let told = program.run(&[&["strategy"], command].concat());
            assert_eq!(told.code, Some(1), "{part}: {told:?}");
            assert!(
                told.stdout.lines().any(|line| line.starts_with("error ") && line.contains(part)),
                "{part}: {told:?}"
            );
            assert!(told.stderr.starts_with("exodus: ") && told.stderr.lines().count() == 1, "{part}: {told:?}");
            assert!(told.stderr.contains("cannot run because of"), "{told:?}");
        }
    }
    let bytes = program.file("latin.kis.yaml", "");
    std::fs::write(&bytes, b"version: \"1.0\"\nmetadata: \xff\n").expect("written");
    let told = program.run(&["strategy", "validate", &bytes, "--json"]);
    let json: Value = serde_json::from_str(&told.stdout).expect("json");
    assert_eq!((told.code, &json["findings"][0]["line"], &json["runs"]), (Some(1), &json!(2), &json!(false)));
    program.run(&["strategy", "validate", "/"]).refused(1, &["cannot be read"]);
    let good = program.file("test.kis.yaml", DOCUMENT);
    let told = program.run(&["strategy", "validate", &good, "--param", "days=10"]);
    assert!(told.code == Some(1) && told.stdout.contains("error   --param days: must be at most 9"), "{told:?}");
    program.run(&["strategy", "show", &good, "--param", "days"]).refused(1, &["name=value"]);
    assert!(files(&program.data()).is_empty());
}

#[test]
fn hostile_bars_are_refused_in_one_sentence() {
    let program = Program::new();
    let header = "symbol,date,open,high,low,close,volume\n";
    let rows = [
        (String::new(), "the file is empty"),
        ("a,b,c\n".to_owned(), "the column open is missing: found a, b, c"),
        (header.to_owned(), "the file has no rows"),
        (format!("{header}005930,2024-13-45,1,1,1,1,1\n"), "row 1, column date: \"2024-13-45\" is no date"),
        (format!("{header}005930,2024-01-02,x,1,1,1,1\n"), "row 1, column open"),
        (format!("{header}../etc,2024-01-02,1,1,1,1,1\n"), "is not a symbol"),
        (format!("{header}\"005930,2024-01-02"), "the row has 1 fields instead of 7"),
        (format!("{header}005930,2024-01-02,1,1,1,1,1\n000660,2024-01-02,1,1,1,1,1\n"), "choose one with --symbol"),
        ("PAR1garbage".to_owned(), "no sound Parquet file"),
    ];
    for (text, part) in rows {
        let file = program.file("hostile.csv", &text);
        program.run(&["strategy", "signals", "golden_cross", "--bars", &file]).refused(1, &["hostile.csv", part]);
        program.run(&["indicator", "sma", "--bars", &file]).refused(1, &["hostile.csv", part]);
    }
    let latin = program.file("latin.csv", "");
    std::fs::write(&latin, b"\xff\xfe,\x00\n\xff").expect("written");
    for (file, part) in [
        (latin.as_str(), "is missing"),
        ("/dev/zero", "no ordinary file"),
        ("/", "no ordinary file"),
        ("no.csv", "cannot be read"),
    ] {
        program.run(&["strategy", "signals", "golden_cross", "--bars", file]).refused(1, &[part]);
    }
}
