//! The table of `make crash`, and the file that `make safety-report` reads.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::check::{Finding, Kind};

/// What came of one kind of blow on one database.
pub(crate) struct Row {
    pub(crate) blow: String,
    pub(crate) database: &'static str,
    /// Rounds that were tried.
    pub(crate) rounds: u32,
    /// Blows that fell.
    pub(crate) blows: u32,
    pub(crate) findings: BTreeSet<Finding>,
    /// From the start of a process to READY, by the product's clock.
    pub(crate) ready: Vec<TimeDelta>,
    /// Returns that did not end in READY, in words.
    pub(crate) not_ready: Vec<String>,
    /// The longest doubt that was settled.
    pub(crate) longest_doubt: TimeDelta,
    /// From the last blow until the books were equal; `None` if they were not in time.
    pub(crate) settled: Option<TimeDelta>,
    /// Orders at the broker.
    pub(crate) orders: usize,
    /// Orders of ours by state, in words.
    pub(crate) states: String,
    /// Accounts that wait for a person, with the reason.
    pub(crate) held: Vec<String>,
    /// Where the logs are, if something is wrong.
    pub(crate) logs: Option<PathBuf>,
}

/// What READY may take (safety §6.2).
const READY_BOUND: TimeDelta = TimeDelta::seconds(30);

impl Row {
    /// Nothing has happened yet.
    pub(crate) fn new(blow: String, database: &'static str, rounds: u32) -> Self {
        Self {
            blow,
            database,
            rounds,
            blows: 0,
            findings: BTreeSet::new(),
            ready: Vec::new(),
            not_ready: Vec::new(),
            longest_doubt: TimeDelta::zero(),
            settled: None,
            orders: 0,
            states: String::new(),
            held: Vec::new(),
            logs: None,
        }
    }

    pub(crate) fn count(&self, kind: Kind) -> usize {
        self.findings.iter().filter(|(of, _)| *of == kind).count()
    }

    /// True if the place was never reached: nothing is known of it then.
    pub(crate) fn is_unreached(&self) -> bool {
        self.blows == 0
    }

    /// True if nothing is wrong.
    pub(crate) fn is_good(&self) -> bool {
        self.findings.is_empty() && self.not_ready.is_empty() && self.slow() == 0
    }

    fn slow(&self) -> usize {
        self.ready.iter().filter(|time| **time > READY_BOUND).count()
    }

    fn json(&self) -> Value {
        let findings: Vec<_> = self.findings.iter().map(|(kind, text)| format!("{kind:?}: {text}")).collect();
        json!({
            "blow": self.blow,
            "database": self.database,
            "rounds": self.rounds,
            "blows": self.blows,
            "doubled": self.count(Kind::Doubled),
            "lost_orders": self.count(Kind::LostOrder),
            "lost_fills": self.count(Kind::LostFill),
            "wrong_bindings": self.count(Kind::WrongBinding),
            "unsettled": self.count(Kind::Unsettled),
            "breaches": self.count(Kind::Breach),
            "ready_seconds": self.ready.iter().map(|time| seconds(*time)).collect::<Vec<_>>(),
            "not_ready": self.not_ready,
            "longest_doubt_seconds": seconds(self.longest_doubt),
            "settled_seconds": self.settled.map(seconds),
            "orders_at_broker": self.orders,
            "states": self.states,
            "held": self.held,
            "findings": findings,
        })
    }
}

/// Prints the rows that are there, worst first for the eye: what is wrong is told below the table.
#[allow(clippy::print_stdout, reason = "the table is the point of it")]
pub(crate) fn print(rows: &[Row]) {
    println!(
        "| blow | database | blows | doubled | lost orders | lost fills | wrong bindings | other | READY p50 / max (s) | longest doubt (s) |"
    );
    println!("|---|---|---:|---:|---:|---:|---:|---:|---:|---:|");
    for row in rows {
        if row.is_unreached() && row.is_good() {
            println!("| {} | {} | not reached in {} rounds | | | | | | | |", row.blow, row.database, row.rounds);
            continue;
        }
        let mut ready: Vec<f64> = row.ready.iter().map(|time| seconds(*time)).collect();
        ready.sort_by(f64::total_cmp);
        let (median, max) = (ready.get(ready.len() / 2).copied(), ready.last().copied());
        let ready = median.zip(max).map_or("–".to_owned(), |(median, max)| format!("{median:.1} / {max:.1}"));
        let other = row.count(Kind::Breach) + row.count(Kind::Unsettled) + row.not_ready.len();
        println!(
            "| {} | {} | {} | {} | {} | {} | {} | {other} | {ready} | {:.0} |",
            row.blow,
            row.database,
            row.blows,
            row.count(Kind::Doubled),
            row.count(Kind::LostOrder),
            row.count(Kind::LostFill),
            row.count(Kind::WrongBinding),
            seconds(row.longest_doubt),
        );
    }
    for row in rows.iter().filter(|row| !row.held.is_empty()) {
        println!("\n{} on {}: for a person: {}", row.blow, row.database, row.held.join(", "));
    }
    for row in rows.iter().filter(|row| !row.is_good()) {
        println!("\n{} on {}: {}", row.blow, row.database, row.states);
        row.findings.iter().for_each(|(kind, text)| println!("  {kind:?}: {text}"));
        row.not_ready.iter().for_each(|text| println!("  not READY: {text}"));
        if row.slow() > 0 {
            println!("  READY took longer than {} s {} times", READY_BOUND.num_seconds(), row.slow());
        }
        if let Some(logs) = &row.logs {
            println!("  logs: {}", logs.display());
        }
    }
}

/// Writes `target/safety/crash.json`.
pub(crate) fn write(rows: &[Row], factor: u32) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/safety");
    std::fs::create_dir_all(&folder).expect("the folder is made");
    let rows: Vec<_> = rows.iter().map(Row::json).collect();
    let text = serde_json::to_string_pretty(&json!({ "clock_factor": factor, "rows": rows })).expect("JSON");
    std::fs::write(folder.join("crash.json"), text).expect("the report is written");
}

fn seconds(time: TimeDelta) -> f64 {
    // A difference of days at most: exact in a float.
    time.num_milliseconds() as f64 / 1_000.0
}
