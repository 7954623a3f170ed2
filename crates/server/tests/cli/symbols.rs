//! `exodus import symbols`.

use serde_json::{Value, json};

use crate::program::{Outcome, Program};

/// Fictional issuers: KRX issues no code with the letters I, O and U.
const LIST: &str = "\
symbol,isin,name_ko,name_en,market,asset,listed_on,par_value,listed_shares,tax_type,status
00I900,KR700I900005,나루전자,Naru Electronics,KOSPI,STOCK,2001-05-02,500,5969782,,LISTED
00U920,KR700U920007,미리내 인버스2X,Mirinae,KOSPI,ETF,2020-01-02,,90,비과세,LISTED
00I900WR,KRA00I900WR0,나루전자3WR,,KOSPI,DELISTED,,,,,DELISTED
";

fn counts(outcome: &Outcome) -> Vec<Value> {
    let line = outcome.json();
    ["rows_read", "rows_added", "rows_changed", "rows_unchanged", "reasons"].map(|name| line[name].clone()).to_vec()
}

#[test]
fn a_symbol_master_comes_in_once_and_names_what_it_skips() {
    let program = Program::new();
    let list = program.file("symbols.csv", LIST);
    let first = program.run(&["import", "symbols", &list, "--json"]);
    assert_eq!(counts(&first), [json!(3), json!(3), json!(0), json!(0), json!({})], "{first:?}");
    let again = program.run(&["import", "symbols", &list, "--json"]);
    assert_eq!(counts(&again), [json!(3), json!(0), json!(0), json!(3), json!({})]);

    let mistaken = program.file("mistaken.csv", &LIST.replace("KR700U920007", "KR700U920008"));
    let outcome = program.run(&["import", "symbols", &mistaken]);
    let said = outcome.ok();
    assert!(
        said.contains("row 2, 00U920, isin: isin (the check digit of KR700U920008 is wrong: it must be 7)"),
        "{said}"
    );
    let outcome = program.run(&["import", "symbols", &mistaken, "--json"]);
    assert_eq!(counts(&outcome), [json!(3), json!(0), json!(0), json!(2), json!({ "isin": 1 })]);
    assert_eq!(outcome.stdout.trim_end().lines().count(), 1);
}

#[test]
fn what_is_no_symbol_master_is_told() {
    let program = Program::new();
    program.run(&["import", "symbols", "/nowhere.csv"]).refused(1, &["/nowhere.csv"]);
    let bars = program.file("bars.csv", "symbol,date,open,high,low,close,volume\n005930,2020-01-02,1,1,1,1,1\n");
    program.run(&["import", "symbols", &bars]).refused(1, &["bars.csv", "column isin is missing"]);
    let renamed = program.file("master.mst", "00I900   KR700I900005");
    program.run(&["import", "symbols", &renamed]).refused(1, &["master.mst", "kospi_code.mst"]);
    assert_eq!(program.run(&["import", "symbols"]).code, Some(2));
}

#[test]
fn an_operator_halts_an_issue_and_lets_it_trade_again() {
    let program = Program::new();
    let list = program.file("symbols.csv", LIST);
    program.run(&["import", "symbols", &list]).ok();
    let shown = program.run(&["issue", "00U920"]);
    assert!(shown.ok().ends_with("in no special state"), "{shown:?}");
    let set = program.run(&["issue", "00U920", "--set", "halted", "--set", "administrative", "--reason", "news"]);
    assert!(set.ok().contains("administrative, halted, since 20"), "{set:?}");
    let again = program.run(&["issue", "00U920", "--clear", "halted"]);
    assert!(again.ok().contains(": administrative, since 20"), "{again:?}");
    program.run(&["issue", "00U920", "--set", "delisted"]).refused(1, &["delisted", "master"]);
    program.run(&["issue", "999999", "--set", "halted"]).refused(1, &["999999", "not known"]);
    assert_eq!(program.run(&["issue", "00U920", "--set", "asleep"]).code, Some(2));
}
