//! `exodus import bars`, `exodus import actions` and `exodus export bars`.

use serde_json::{Value, json};

use crate::program::{Outcome, Program};

const HEADER: &str = "symbol,date,open,high,low,close,volume\n";
const FIRST: &str = "005930,2020-01-02,55500,56000,55000,55200,12993228\n";
const SECOND: &str = "005930,2020-01-03,56000,56600,54900,55500,15422255\n";
const OTHER: &str = "000660,2020-01-03,95000,96200,94000,94700,3000000\n";

fn counts(outcome: &Outcome) -> Vec<Value> {
    let line = outcome.json();
    ["files", "rows_read", "rows_added", "rows_changed", "rows_unchanged", "symbols"].map(|n| line[n].clone()).to_vec()
}

#[test]
fn a_file_comes_in_once_and_a_bad_one_not_at_all() {
    let program = Program::new();
    let good = program.file("good.csv", &format!("{HEADER}{FIRST}"));
    let first = program.run(&["import", "bars", &good, "--json"]);
    assert_eq!(counts(&first), [1, 1, 1, 0, 0, 1].map(|n| json!(n)), "{first:?}");
    assert_eq!(first.stdout.trim_end().lines().count(), 1);
    let again = program.run(&["import", "bars", &good, "--json"]);
    assert_eq!(counts(&again), [1, 1, 0, 0, 1, 1].map(|n| json!(n)));
    let plain = program.run(&["import", "bars", &good]);
    assert!(plain.ok().contains("1 rows") && plain.stdout.contains("1 unchanged"), "{plain:?}");

    // The first row of this file is right, the second is not: none of it comes in.
    let bad = program.file("bad.csv", &format!("{HEADER}{SECOND}000660,2020-01-03,95000,90000,94000,94700,3000000\n"));
    let strict = program.run(&["import", "bars", "--strict", "--json", &bad]);
    let sentence = strict.refused(1, &["bad.csv", "row 2", "high"]);
    assert!(sentence.contains(&bad), "{sentence}");
    let both = program.file("both.csv", &format!("{HEADER}{FIRST}{SECOND}{OTHER}"));
    let rest = program.run(&["import", "bars", &both, "--json"]);
    assert_eq!(counts(&rest), [1, 3, 2, 0, 1, 2].map(|n| json!(n)), "nothing of the bad file was there");

    // A changed row is told, and of several files those before a bad one stay.
    let changed = program.file("changed.csv", &format!("{HEADER}{}", FIRST.replace("55200", "55300")));
    let several = program.run(&["import", "bars", "--strict", &changed, &bad, &good, "--json"]);
    several.refused(1, &["first 1 files", "bad.csv", "row 2"]);
    assert_eq!(counts(&program.run(&["import", "bars", &changed, "--json"])), [1, 1, 0, 0, 1, 1].map(|n| json!(n)));

    // Adjusted prices are a series of their own, and so are minutes.
    let adjusted = program.run(&["import", "bars", "--adjusted", &good, "--json"]);
    assert_eq!(counts(&adjusted), [1, 1, 1, 0, 0, 1].map(|n| json!(n)));
}

#[test]
fn what_is_no_file_of_bars_is_told() {
    let program = Program::new();
    program.run(&["import", "bars", "/nowhere/bars.csv"]).refused(1, &["/nowhere/bars.csv"]);
    let empty = program.file("empty.csv", "");
    program.run(&["import", "bars", &empty]).refused(1, &["empty.csv"]);
    let foreign = program.file("foreign.csv", "a,b\n1,2\n");
    program.run(&["import", "bars", &foreign]).refused(1, &["foreign.csv", "column", "missing"]);
    assert_eq!(program.run(&["import", "bars"]).code, Some(2));
    let good = program.file("good.csv", &format!("{HEADER}{FIRST}"));
    assert_eq!(program.run(&["import", "bars", &good, "--interval", "2d"]).code, Some(2));
}

#[test]
fn wrong_rows_are_set_aside_and_told() {
    let program = Program::new();
    let wrong = "005930,2020-01-04,1,1,1,1,1\n005930,2020-01-06,9,8,9,9,1\n";
    let file = program.file("rows.csv", &format!("{HEADER}{FIRST}{wrong}"));
    let line = program.run(&["import", "bars", &file, "--json"]).json();
    assert_eq!((&line["rows_read"], &line["rows_added"], &line["rows_quarantined"]), (&json!(3), &json!(1), &json!(2)));
    assert_eq!(line["reasons"], json!({ "high_below_low": 1, "non_session": 1 }));
    let told = program.run(&["import", "bars", &file]);
    assert!(told.ok().contains("2 set aside") && told.stdout.contains("non_session"), "{told:?}");
    let row = format!("{file}: row 3, 005930 2020-01-06, high: high_below_low (9,8,9,9,1)");
    assert!(told.stdout.contains(&row), "{told:?}");
    // A strict import tells the same rows and takes none in.
    let strict = program.run(&["import", "bars", &file, "--strict"]);
    assert_eq!(strict.code, Some(1));
    assert!(strict.stdout.contains(&row) && strict.stdout.contains("row 2, 005930 2020-01-04"), "{strict:?}");
    assert!(strict.stderr.contains("row 2") && strict.stderr.contains("one more row cannot be right"), "{strict:?}");
}

#[test]
fn bars_are_adjusted_and_exported() {
    let program = Program::new();
    let bars = program.file("bars.csv", &format!("{HEADER}{FIRST}{SECOND}"));
    program.run(&["import", "bars", &bars]).ok();
    let actions = "symbol,ex_date,kind,numerator,denominator\n005930,2020-01-03,split,1,5\n";
    let actions = program.file("actions.csv", actions);
    let line = program.run(&["import", "actions", &actions, "--json"]).json();
    assert_eq!((&line["rows_added"], &line["rows_quarantined"]), (&json!(1), &json!(0)));

    let export = |name: &str, more: &[&str]| {
        let out = program.data().join(name).display().to_string();
        let arguments = [&["export", "bars", "--symbols", "all", "--out", out.as_str()], more].concat();
        (program.run(&arguments), out)
    };
    let (raw, path) = export("raw.csv", &["--format", "csv", "--prices", "raw"]);
    raw.ok();
    assert_eq!(std::fs::read_to_string(&path).expect("a file"), format!("{HEADER}{FIRST}{SECOND}"));
    let (again, _) = export("raw.csv", &["--format", "csv"]);
    again.refused(1, &["raw.csv", "already"]);
    let (adjusted, path) = export("adjusted.csv", &["--format", "csv", "--as-of", "2020-01-03"]);
    adjusted.ok();
    let text = std::fs::read_to_string(&path).expect("a file");
    assert_eq!(text.lines().nth(1), Some("005930,2020-01-02,11100,11200,11000,11040,64966140"));
    let (columns, path) = export("raw.parquet", &["--format", "parquet", "--prices", "raw"]);
    columns.ok();
    let line = program.run(&["import", "bars", &path, "--strict", "--json"]).json();
    assert_eq!((&line["rows_unchanged"], &line["rows_read"]), (&json!(2), &json!(2)));
    let (table, path) = export("bars.db", &["--format", "sqlite"]);
    table.ok();
    assert!(std::fs::read(&path).expect("a file").starts_with(b"SQLite format 3"));
    let (both, _) = export("x.csv", &["--format", "csv", "--prices", "raw", "--as-of", "2020-01-03"]);
    both.refused(1, &["--as-of"]);
}
