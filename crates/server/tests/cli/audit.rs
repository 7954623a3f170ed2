//! `exodus audit verify` finds what was done to the audit log round the program.

use std::time::Duration;

use sea_orm::{ConnectionTrait, Database};

use crate::http::PASSWORD;
use crate::program::Program;

const LAST: &str = "(SELECT MAX(seq) FROM audit_log WHERE stream = 1)";

/// Somebody who can write the file itself takes the guards away first.
async fn tamper(program: &Program, sql: &str) {
    let path = program.data().join("exodus.sqlite");
    let raw = Database::connect(format!("sqlite:{}", path.display())).await.expect("SQLite opens");
    for guard in ["audit_log_keeps_rows", "audit_log_keeps_values"] {
        raw.execute_unprepared(&format!("DROP TRIGGER IF EXISTS {guard}")).await.expect("dropped");
    }
    raw.execute_unprepared(sql).await.expect(sql);
    raw.close().await.expect("closed");
}

/// Each chain has a line of its own, and the sentence says how many were tampered with.
fn finds(program: &Program, line: &str) {
    let found = program.run(&["audit", "verify"]);
    assert_eq!(found.code, Some(1), "{found:?}");
    assert!(found.stderr.contains("tampered with") && found.stdout.contains(line), "{found:?}");
}

#[tokio::test]
async fn a_log_that_was_tampered_with_is_found_by_its_chain_and_by_the_signed_heads() {
    let program = Program::new();
    program.run(&["audit", "verify"]).refused(1, &["never set up"]);
    let email = ["user", "create", "--email", "admin@example.com", "--role", "admin"];
    program.run_with_input(&email, PASSWORD).ok();
    let server = program.start(&[]);
    let heads = program.data().join("audit-heads.jsonl");
    for _ in 0..300 {
        if heads.exists() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(server.end("TERM"), Some(0));
    let signed = std::fs::read_to_string(&heads).expect("heads are signed soon after the start");
    let found = program.run(&["audit", "verify"]);
    assert!(found.ok().contains("is as recorded"), "{found:?}");

    // A signed line that says something else.
    std::fs::write(&heads, signed.replace("\"seq\":1", "\"seq\":2")).expect("written");
    program.run(&["audit", "verify"]).refused(1, &["line 1", "not what was signed"]);
    std::fs::write(&heads, &signed).expect("written");

    tamper(&program, "UPDATE audit_log SET actor = actor || 'x' WHERE stream = 1 AND seq = 1").await;
    finds(&program, "FAIL  user 1: entry 1: the entry was changed");
    tamper(&program, "UPDATE audit_log SET actor = substr(actor, 1, length(actor) - 1) WHERE stream = 1 AND seq = 1")
        .await;
    program.run(&["audit", "verify"]).ok();

    // The end of a chain is missed by nobody but the heads.
    tamper(&program, &format!("DELETE FROM audit_log WHERE stream = 1 AND seq = {LAST}")).await;
    finds(&program, "cut off");
}
