//! `exodus import bars`.

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
    let sentence = program.run(&["import", "bars", &bad]).refused(1, &["bad.csv", "row 2", "high"]).to_owned();
    assert!(sentence.contains(&bad), "{sentence}");
    let both = program.file("both.csv", &format!("{HEADER}{FIRST}{SECOND}{OTHER}"));
    let rest = program.run(&["import", "bars", &both, "--json"]);
    assert_eq!(counts(&rest), [1, 3, 2, 0, 1, 2].map(|n| json!(n)), "nothing of the bad file was there");

    // A changed row is told, and of several files those before a bad one stay.
    let changed = program.file("changed.csv", &format!("{HEADER}{}", FIRST.replace("55200", "55300")));
    let several = program.run(&["import", "bars", &changed, &bad, &good, "--json"]);
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
