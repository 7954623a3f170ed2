//! The program ends when it is asked to, and loses nothing when it is not asked.

use std::time::{Duration, Instant};

use futures::StreamExt;
use serde_json::{Value, json};

use crate::http::{Client, PASSWORD};
use crate::program::Program;

#[tokio::test]
async fn a_request_to_end_is_followed_at_once() {
    for signal in ["TERM", "INT"] {
        let program = Program::new();
        let server = program.start(&[]);
        let client = server.client().register("admin@example.com").await;
        client.get("/auth/me").await.ok(200);
        // Neither a connection that is kept open nor a listener holds it up.
        let url = format!("{}/api/v1/ws", server.url.replace("http://", "ws://"));
        let (mut stream, _) = tokio_tungstenite::connect_async(url).await.expect("the WebSocket opens");
        let listening = tokio::spawn(async move { while stream.next().await.is_some_and(|m| m.is_ok()) {} });
        let asked = Instant::now();
        assert_eq!(server.end(signal), Some(0), "{signal}");
        assert!(asked.elapsed() < Duration::from_secs(8), "{signal} took {:?}", asked.elapsed());
        listening.await.expect("the listener was told");
    }
}

/// Everything that must be the same after a crash.
async fn books(client: &Client) -> Value {
    let mut books = json!({});
    for list in ["/orders", "/account/trades", "/account/kill-switches"] {
        books[list] = client.get(list).await.ok(200);
    }
    // Prices move on, what is held does not.
    let holdings = client.get("/account/holdings").await.ok(200);
    let held = holdings["items"].as_array().expect("holdings").iter();
    books["held"] = held.map(|h| json!([h["symbol"], h["quantity"], h["average_price"]])).collect();
    let balance = client.get("/account/balance").await.ok(200);
    for name in ["cash_balance", "reserved_cash", "realized_pnl", "initial_cash"] {
        books[name] = balance[name].clone();
    }
    books
}

async fn until<T>(what: &str, mut probe: impl AsyncFnMut() -> Option<T>) -> T {
    // The lease of a process that was killed runs out first.
    for _ in 0..600 {
        if let Some(found) = probe().await {
            return found;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("{what} did not happen");
}

/// An order that has come so far.
async fn reached(client: &Client, order: &Value, state: &str) {
    let path = format!("/orders/{}", order["id"]);
    until(state, async || (client.get(&path).await.ok(200)["state"] == state).then_some(())).await;
}

#[tokio::test]
async fn a_killed_program_goes_on_where_it_was() {
    // It is killed more often here than an account is trusted after (safety F08).
    let program = Program::new().with("EXODUS_CRASH_LOOP_STARTS", "0");
    let server = program.start(&[]);
    let client = server.client().register("admin@example.com").await;
    let quote = until("a quote", async || {
        let quote = client.get("/market/quote/00I050").await;
        (quote.status == 200).then(|| quote.json())
    })
    .await;
    let market = json!({ "symbol": "00I030", "side": "buy", "order_type": "market", "quantity": 50 });
    let bought = client.order_as("bought", &market).await.ok(202);
    let limit = json!({
        "symbol": "00I050", "side": "buy", "order_type": "limit", "quantity": 7, "price": quote["lower_limit"],
    });
    let resting = client.order_as("resting", &limit).await.ok(202);
    reached(&client, &bought, "filled").await;
    reached(&client, &resting, "acked").await;
    let before = books(&client).await;
    assert_eq!(server.end("KILL"), None);

    let server = program.start(&[]);
    let log_in = json!({ "email": "admin@example.com", "password": PASSWORD });
    let client = server.client().with_session(&server.client().post("/auth/login", &log_in).await.ok(200));
    assert_eq!(books(&client).await, before);
    // The same ticket is still the same order, and the open order still works.
    assert_eq!(client.order_as("bought", &market).await.ok(202)["id"], bought["id"]);
    client.post(&format!("/orders/{}/cancel", resting["id"]), &json!({})).await.ok(202);
    reached(&client, &resting, "cancelled").await;
    assert_eq!(client.get("/account/balance").await.ok(200)["reserved_cash"], 0);

    // What is halted stays halted, and what was held stays held.
    client.post("/account/halt", &json!({ "reason": "before the crash" })).await.ok(200);
    let before = books(&client).await;
    assert_eq!(server.end("KILL"), None);
    let server = program.start(&[]);
    let client = server.client().with_session(&server.client().post("/auth/login", &log_in).await.ok(200));
    assert_eq!(books(&client).await, before);
    client.order_as("halted", &market).await.refused(423, "HALTED");
    assert_eq!(server.end("TERM"), Some(0));
}
