//! A long back-fill survives the sudden end of its process.

use std::time::Duration;

use serde_json::{Value, json};

use crate::http::Client;
use crate::program::Program;

const ISSUES: usize = 6;
/// Days of minutes, of which one request asks for five.
const DAYS: u64 = 120;
const REQUESTS: u64 = ISSUES as u64 * DAYS / 5;

/// Looks at a back-fill until it is as wanted. The lease of a process that was killed runs out first.
async fn until(client: &Client, path: &str, wanted: impl Fn(&Value) -> bool) -> Value {
    for _ in 0..1_800 {
        let backfill = client.get(path).await.ok(200);
        if wanted(&backfill) {
            return backfill;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("{} did not come so far", client.get(path).await.text);
}

fn number(value: &Value) -> u64 {
    value.as_u64().unwrap_or_else(|| panic!("{value} is no number"))
}

#[tokio::test]
async fn a_back_fill_goes_on_after_a_kill_and_asks_for_nothing_twice() {
    let program = Program::new().with("EXODUS_BACKFILL_RATE", 40);
    let server = program.start(&[]);
    let client = server.client().register("admin@example.com").await;
    let known = client.get("/market/symbols?source=demo&page_size=200").await.ok(200);
    let codes: Vec<&str> =
        known["items"].as_array().expect("issues").iter().filter_map(|row| row["symbol"].as_str()).collect();
    let issues = &codes[..ISSUES];
    let request = json!({ "symbols": issues, "interval": "1m", "from": "2024-01-01", "to": "2024-04-29" });
    let backfill = client.post("/market/backfills", &request).await.ok(202);
    let path = format!("/market/backfills/{}", backfill["id"]);
    let before = until(&client, &path, |backfill| backfill["requests"].as_u64() >= Some(20)).await;
    assert_eq!(before["status"], "running", "{before}");
    assert_eq!(server.end("KILL"), None, "killed, not ended");

    let server = program.start(&[]);
    let client = server.client().with_session(&json!({ "access_token": client.token() }));
    let done =
        until(&client, &path, |backfill| !matches!(backfill["status"].as_str(), Some("queued" | "running"))).await;
    assert_eq!((&done["status"], &done["error"]), (&json!("done"), &json!(null)), "{done}");
    assert_eq!(number(&done["days_missing"]), ISSUES as u64 * DAYS);
    assert_eq!(done["days_asked"], done["days_missing"], "each day was answered once");
    assert_eq!(number(&done["requests"]), REQUESTS, "{done}");
    assert_eq!(number(&done["bars_added"]), ISSUES as u64 * DAYS * 1_440);
    let stored = client.get(&format!("/market/coverage/{}?interval=1m&from=2024-01-01&to=2024-04-29", issues[0])).await;
    let stored = stored.ok(200);
    assert_eq!((number(&stored["stored"]), number(&stored["missing"])), (DAYS * 1_440, 0));
    assert_eq!(server.end("TERM"), Some(0));
}
