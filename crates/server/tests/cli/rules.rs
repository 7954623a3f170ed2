//! The rule book, asked on the command line.

use std::path::PathBuf;

use serde_json::json;

use crate::program::Program;

/// The words of a question.
fn ask(question: &str) -> Vec<&str> {
    std::iter::once("rules").chain(question.split(' ')).collect()
}

#[test]
fn one_case_is_answered_by_arguments_without_a_data_folder() {
    let program = Program::new();
    let answers = [
        (
            "tick --date 2026-06-01 --market KOSPI --kind stock --price 70050 --json",
            json!({ "tick": 100, "on_grid": false, "valid_print": true, "floor": 70_000, "nearest": 70_100, "ceil": 70_100,
                    "down": 70_000, "up": 70_100 }),
        ),
        (
            "limits --date 2024-01-12 --market kospi --base-price 6820 --json",
            json!({ "upper": 8_860, "lower": 4_780, "rule": "ordinary" }),
        ),
        (
            "limits --date 2024-01-24 --market kosdaq --base-price 5300 --listed-on 2024-01-24 --json",
            json!({ "upper": 21_200, "lower": 3_180, "rule": "first_session" }),
        ),
        (
            "limits --date 2026-06-01 --market kospi --base-price 70100 --liquidation --json",
            json!({ "upper": null, "lower": null, "rule": "unlimited" }),
        ),
        (
            "limits --date 2026-06-01 --market kospi --base-price 10000 --session after_hours_single --close 12500 --json",
            json!({ "upper": 13_000, "lower": 11_250, "rule": "ordinary" }),
        ),
        (
            "base --date 2026-01-12 --market kosdaq --close 1201 --numerator 1 --denominator 2 --json",
            json!({ "base_price": 600, "auction_upper": null, "auction_lower": null }),
        ),
        (
            "costs --date 2026-06-02 --market kospi --side sell --price 71300 --quantity 10 --json",
            json!({ "settles_on": "2026-06-05", "amount": 713_000, "commission": 100, "transaction_tax": 356,
                    "rural_tax": 1_069, "cash_flow": 711_475 }),
        ),
        (
            "settle --date 2026-04-30 --cash 10000000 --cash-flow -3000000 --json",
            json!({ "settles_on": "2026-05-06", "d": 10_000_000, "d1": 10_000_000, "d2": 7_000_000,
                    "withdrawable": 7_000_000, "orderable": 7_000_000 }),
        ),
        (
            "order --date 2026-06-01 --time 15:25:00 --style best_opposite --json",
            json!({ "accepted": false, "phase": "closing_auction",
                    "reason": "an auction is collecting orders: send a limit or a market order" }),
        ),
        (
            "brakes --date 2026-03-09 --market kospi --time 10:30:00 --previous-close 5584.87 --index 5132.07 --json",
            json!({ "circuit_breaker": "level_1", "halted_until": "10:50:00", "reopens_at": "11:00:00",
                    "sidecar": null, "program_orders_held": null, "held_until": null }),
        ),
        (
            "brakes --date 2026-03-09 --market kosdaq --time 09:10:00 --previous-close 900 --index 870 --future 1500 \
             --future-previous-close 1600 --underlying 1550 --underlying-previous-close 1600 --json",
            json!({ "circuit_breaker": null, "halted_until": null, "reopens_at": null,
                    "sidecar": "sell", "program_orders_held": "program sells", "held_until": "09:15:00" }),
        ),
    ];
    for (question, answer) in answers {
        assert_eq!(program.run(&ask(question)).json(), answer, "{question}");
    }
    let day = program.run(&ask("session --date 2026-06-03 --json")).json();
    assert_eq!((&day["is_session"], &day["next_session"]), (&json!(false), &json!("2026-06-04")));
    let text = program.run(&ask("session --date 2026-11-19"));
    assert!(text.ok().contains("exam") && text.ok().contains("10:00:00–16:20:00"), "{text:?}");
    let text = program.run(&ask("tick --date 2026-06-01 --market kospi --price 70050"));
    assert!(text.ok().contains("nearest      70100"), "{text:?}");
    assert!(!program.data().exists(), "a question writes nothing");
}

#[test]
fn a_table_is_answered_row_by_row_with_its_own_columns_in_front() {
    let program = Program::new();
    let table =
        "date,symbol,market,kind,base_price\n2023-01-25,036810,KOSDAQ,stock,16450\n\n2024-01-12,009415,kospi,,6820\n";
    let answered = program.run_with_input(&["rules", "limits"], table);
    assert_eq!(
        answered.ok().replace('\r', ""),
        "date,symbol,market,kind,base_price,upper,lower,rule\n\
         2023-01-25,036810,KOSDAQ,stock,16450,21350,11520,ordinary\n\
         2024-01-12,009415,kospi,,6820,8860,4780,ordinary"
    );
    let lines = program.run_with_input(&["rules", "settle", "--json"], "date\n2026-02-13\n2025-12-29\n");
    let days: Vec<_> =
        lines.ok().lines().map(|line| line.contains("2026-02-20") || line.contains("2026-01-02")).collect();
    assert_eq!(days, [true, true], "{lines:?}");
    let sessions = program.run_with_input(&["rules", "session"], "date\n2026-01-02\n2026-02-17\n");
    let rows: Vec<_> = sessions.ok().lines().skip(1).map(str::trim_end).collect();
    assert_eq!(rows[0], "2026-01-02,true,10:00,15:30,year_opening,observed,,");
    assert!(rows[1].starts_with("2026-02-17,false,,,,observed,"), "{rows:?}");
    let falls = "date,market,time,previous_close,index,last_step,last_index\n\
                 2026-03-09,kospi,10:30:00,5584.87,5139.00,,\n\
                 2026-03-09,kospi,13:00:00,5584.87,4747.13,level_1,5132.07\n\
                 2026-03-09,kospi,14:55:00,5584.87,4460,level_2,4747.13\n";
    let answered = program.run_with_input(&["rules", "brakes"], falls);
    let rows: Vec<_> = answered.ok().lines().skip(1).map(str::trim_end).collect();
    assert!(rows[0].ends_with("5139.00,,,,,,,,"), "less than 8 %: {rows:?}");
    assert!(rows[1].ends_with("level_2,13:20:00,13:30:00,,,"), "{rows:?}");
    assert!(rows[2].ends_with("level_3,15:30:00,,,,"), "the day is over, also near the close: {rows:?}");
    assert_eq!(program.run_with_input(&["rules", "tick"], "date,market,price\n").ok().lines().count(), 1);
}

#[test]
fn what_cannot_be_answered_is_named_by_row_and_column() {
    let program = Program::new();
    let good = "2026-06-01,kospi,stock,70100";
    let refused = |table: String, parts: &[&str]| {
        program.run_with_input(&["rules", "limits"], &table).refused(1, parts);
    };
    for (bad, parts) in [
        ("2026-13-01,kospi,stock,70100", ["row 2", "column date", "2026-13-01"]),
        ("2026-06-01,nyse,stock,70100", ["row 2", "column market", "nyse"]),
        ("2026-06-01,kospi,bond,70100", ["row 2", "column kind", "bond"]),
        ("2026-06-01,kospi,stock,many", ["row 2", "column base_price", "many"]),
        ("2026-06-01,kospi,stock,70050", ["row 2", "column base_price", "70100"]),
        ("2026-06-01,kospi,stock,0", ["row 2", "column base_price", "above zero"]),
        ("2026-06-01,kospi,stock,99999999999999999999", ["row 2", "column base_price", "99999999999999999999"]),
        ("2026-06-01,kospi,stock", ["row 2", "3 fields", "4"]),
    ] {
        refused(format!("date,market,kind,base_price\n{good}\n{bad}\n"), &parts);
    }
    refused(format!("date,market,kind\n{good}\n"), &["base_price"]);
    refused("date,market,market,base_price\n".to_owned(), &["market twice"]);
    refused("date,market,base_price,upper\n".to_owned(), &["upper"]);
    refused(String::new(), &["date, market, base_price"]);

    program
        .run(&ask("limits --date 2026-06-01 --market kospi --base-price 70050"))
        .refused(1, &["--base-price", "70100"]);
    program
        .run(&ask("costs --date 2026-06-01 --market kospi --side buy --price 9 --quantity 0"))
        .refused(1, &["--quantity"]);
    let after_hours = "limits --market kospi --base-price 10000 --session after_hours_single --date";
    program.run(&ask(&format!("{after_hours} 2026-06-01"))).refused(1, &["--close"]);
    program.run(&ask(&format!("{after_hours} 2026-09-14 --close 9000"))).refused(1, &["--session", "not held"]);
    let huge = "costs --date 2026-06-01 --market kospi --side sell --price 9223372036854775807 --quantity 9";
    program.run(&ask(huge)).refused(1, &["--quantity"]);
    program.run(&ask("settle --date 2030-01-02")).refused(1, &["--date"]);
    let both = "base --date 2026-06-01 --market kospi --close 100 --distribution 5 --existing 1 --new 1";
    program.run(&ask(both)).refused(1, &["more than one"]);
    let brakes = "brakes --market kospi --previous-close 5584.87 --date";
    program.run(&ask(&format!("{brakes} 2026-03-08 --time 10:00:00 --index 5000"))).refused(1, &["--date", "session"]);
    program.run(&ask(&format!("{brakes} 2026-03-09 --time 15:40:00 --index 5000"))).refused(1, &["--time", "15:30"]);
    let alone = format!("{brakes} 2026-03-09 --time 10:00:00 --index 5000 --last-step level_1");
    program.run(&ask(&alone)).refused(1, &["--last-index"]);
    let incomplete = program.run(&ask("tick --date 2026-06-01 --price 70050"));
    assert!(incomplete.code == Some(2) && incomplete.stderr.contains("market"), "{incomplete:?}");
}

/// The whole file of limit prices that were touched, through the program.
#[test]
fn a_file_of_the_market_is_answered_as_the_market_did() {
    let folder = std::env::var_os("EXODUS_SHARED_DATA")
        .map_or_else(|| PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data")), PathBuf::from);
    let Ok(table) = std::fs::read_to_string(folder.join("vectors_limit_price.csv")) else {
        eprintln!("skipped: no data");
        return;
    };
    let answered = Program::new().run_with_input(&["rules", "limits"], &table);
    let mut rows = csv::Reader::from_reader(answered.ok().as_bytes());
    let header = rows.headers().expect("a header").clone();
    let place = |name| header.iter().position(|column| column == name).expect("the column");
    let (side, limit, upper, lower) = (place("side"), place("limit"), place("upper"), place("lower"));
    let mut count = 0;
    for row in rows.records() {
        let row = row.expect("a row");
        let found = if &row[side] == "UPPER" { &row[upper] } else { &row[lower] };
        assert_eq!(found, &row[limit], "{row:?}");
        count += 1;
    }
    eprintln!("{count} limit prices as they were touched");
    assert!(count > 900);
}
