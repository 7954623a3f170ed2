//! Crash tests of the real program (safety §6.2): processes are killed and stopped at named places and at random while
//! people trade, the broker (`exodus emulator`) lives on, and afterwards its book is held against ours.
//!
//! `make crash ROUNDS=10` runs it. `EXODUS_CRASH_BLOWS` names some of the blows only, such as `K07,stop K09,random`.

#[path = "../support/http.rs"]
#[allow(dead_code, reason = "the password alone is needed here; these clients outlive servers")]
mod http;
#[path = "../support/postgres.rs"]
mod postgres;

mod blow;
mod check;
mod emulator;
mod person;
mod process;
mod report;
mod rig;
mod story;

use std::panic::AssertUnwindSafe;
use std::sync::Mutex;

use futures::FutureExt;

use blow::{Blow, Figures};
use report::Row;

/// A number from the environment.
fn number(name: &str, default: u32) -> u32 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

/// The blows that are named, or all.
fn blows() -> Vec<Blow> {
    let all = Blow::all();
    match std::env::var("EXODUS_CRASH_BLOWS").unwrap_or_default() {
        names if names.is_empty() => all,
        names => {
            let named = |blow: &Blow| names.split(',').any(|name| name.trim() == blow.to_string());
            let some: Vec<Blow> = all.into_iter().filter(named).collect();
            assert!(!some.is_empty(), "EXODUS_CRASH_BLOWS is \"{names}\": write names such as K07,stop K09,random");
            some
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
#[ignore = "takes an hour: make crash"]
async fn nothing_is_doubled_and_nothing_is_lost() {
    // The workspace has one provider of cryptography, and reqwest wants to be told which.
    drop(rustls::crypto::ring::default_provider().install_default());
    let figures = Figures { rounds: number("EXODUS_CRASH_ROUNDS", 10), factor: number("EXODUS_CRASH_FACTOR", 5) };
    let (blows, rows) = (blows(), Mutex::new(Vec::new()));
    let take = |row: Row| {
        let mut rows = rows.lock().expect("nobody panicked");
        rows.push(row);
        // What is known so far survives an end that comes too early.
        report::write(&rows, figures.factor);
    };
    tokio::join!(on_sqlite(&blows, figures, &take), on_postgres(&blows, figures, &take));
    let rows = rows.into_inner().expect("nobody panicked");
    report::print(&rows);
    let bad: Vec<String> =
        rows.iter().filter(|row| !row.is_good()).map(|row| format!("{} on {}", row.blow, row.database)).collect();
    assert!(bad.is_empty(), "something is wrong after {}", bad.join(", "));
}

async fn on_sqlite(blows: &[Blow], figures: Figures, take: &impl Fn(Row)) {
    for blow in blows.iter().filter(|blow| blow.is_for_sqlite()) {
        take(unbroken(*blow, "sqlite", figures, blow.run(&[], "sqlite", figures)).await);
    }
}

async fn on_postgres(blows: &[Blow], figures: Figures, take: &impl Fn(Row)) {
    for blow in blows.iter().filter(|blow| blow.is_for_postgres()) {
        postgres::with_servers(async |servers| {
            let run = blow.run(&servers, "postgres", figures);
            take(unbroken(*blow, "postgres", figures, run).await);
        })
        .await;
    }
}

/// What breaks the test itself is a finding like any other, and the next blow goes on.
async fn unbroken(blow: Blow, database: &'static str, figures: Figures, run: impl Future<Output = Row>) -> Row {
    AssertUnwindSafe(run).catch_unwind().await.unwrap_or_else(|cause| {
        let text = cause.downcast_ref::<String>().cloned();
        let text = text.or_else(|| cause.downcast_ref::<&str>().map(|text| (*text).to_owned())).unwrap_or_default();
        let mut row = Row::new(blow.to_string(), database, figures.rounds);
        row.not_ready.push(format!("the test broke off: {text}"));
        row
    })
}
