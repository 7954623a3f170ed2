//! What operators look at, and the limit that keeps one client from using everything up.

use reqwest::Method;
use serde_json::{Value, json};

use crate::http::Reply;
use crate::installation::{Installation, Setup, eventually, on_each_database};

on_each_database!(
    health_metrics_and_headers_tell_the_state,
    a_missing_worker_is_told with WITHOUT_WORKER,
    too_many_requests_are_told_to_wait with SCARCE,
);

async fn health_metrics_and_headers_tell_the_state(installation: &Installation) {
    let (admin, anyone) = (installation.admin().await, installation.anyone());
    let health = eventually("good health", async || {
        let health = anyone.get("//health").await.ok(200);
        (health["status"] == "ok").then_some(health)
    })
    .await;
    for part in ["database", "cache", "worker", "feed"] {
        assert_eq!(health["parts"][part]["status"], "ok", "{health}");
    }
    assert_eq!(health["version"], env!("CARGO_PKG_VERSION"));
    let system = admin.get("/admin/system").await.ok(200);
    let of_store = installation.store.backend().as_str();
    assert_eq!((&system["database"], &system["counts"]["users"]), (&json!(of_store), &json!(1)), "{system}");
    assert_eq!(system["cache"], if of_store == "sqlite" { "memory" } else { "redis" });
    assert_eq!(system["workers"].as_array().map(Vec::len), Some(1), "{system}");
    assert_eq!(system["health"]["status"], "ok");

    anyone.get("/market/status").await.refused(401, "UNAUTHENTICATED");
    let metrics = anyone.get("//metrics").await;
    assert!(metrics.status == 200 && metrics.header("content-type").starts_with("text/plain"), "{metrics}");
    for line in [
        "exodus_http_requests_total{",
        "route=\"/api/v1/admin/system\"",
        "status=\"401\"",
        "exodus_http_request_seconds_bucket{",
    ] {
        assert!(metrics.text.contains(line), "{line}");
    }
    assert!(!metrics.text.contains("admin@example.com"));

    let page = anyone.get("//").await;
    assert_eq!(page.status, 200, "the web app, or a page that says how to build it");
    for reply in [&page, &admin.get("/auth/me").await, &anyone.get("/nowhere").await] {
        assert_eq!(reply.header("x-content-type-options"), "nosniff", "{reply}");
        assert_eq!(reply.header("x-frame-options"), "DENY", "{reply}");
        assert!(reply.header("content-security-policy").contains("frame-ancestors 'none'"), "{reply}");
        assert_eq!(reply.header("x-request-id").len(), 16, "{reply}");
    }
    assert_eq!(admin.get("/auth/me").await.header("cache-control"), "no-store");
    let unknown = anyone.get("/nowhere").await;
    assert_eq!(unknown.refused(404, "NOT_FOUND")["trace_id"], unknown.header("x-request-id"));

    let status = admin.get("/market/status").await.ok(200);
    assert_eq!(
        (&status["mode"], &status["is_demo"], &status["session"]),
        (&json!("demo"), &json!(true), &json!("demo"))
    );
    let issues = admin.get("/market/symbols?source=demo&page_size=200").await.ok(200);
    for issue in issues["items"].as_array().expect("issues") {
        assert!(
            issue["is_demo"] == true && issue["symbol"].as_str().is_some_and(|code| code.contains(['I', 'O', 'U']))
        );
    }
    let named = |items: &Value| items["items"][0]["symbol"].clone();
    assert_eq!(named(&admin.get("/market/symbols?q=dokkaebi").await.ok(200)), "00I010");
    assert_eq!(named(&admin.get("/market/symbols?q=%EB%8F%84%EA%B9%A8%EB%B9%84").await.ok(200)), "00I010");
    let minutes = eventually("minutes of the demo market", async || {
        let candles = admin.get("/market/candles?symbol=00I010&interval=1m&limit=10").await.ok(200);
        (candles["bars"].as_array().map(Vec::len) == Some(10)).then_some(candles)
    })
    .await;
    for bar in minutes["bars"].as_array().expect("bars") {
        let price = |name: &str| bar[name].as_i64().expect("won");
        let ends = [price("open"), price("close")];
        assert!(ends.iter().all(|end| (price("low")..=price("high")).contains(end)), "{bar}");
    }
}

async fn a_missing_worker_is_told(installation: &Installation) {
    let health = installation.anyone().get("//health").await.ok(200);
    // The cache of a PostgreSQL installation may still know the worker of a moment ago.
    if installation.store.backend().as_str() == "sqlite" {
        assert_eq!(health["status"], "degraded", "{health}");
        assert_eq!(
            (&health["parts"]["worker"]["status"], &health["parts"]["feed"]["status"]),
            (&json!("down"), &json!("down"))
        );
    }
    assert_eq!(health["parts"]["database"]["status"], "ok");
}

async fn too_many_requests_are_told_to_wait(installation: &Installation) {
    const LIMIT: u32 = Setup::SCARCE.rate_limit;
    let (admin, [kim]) = installation.with_users(["kim"]).await;
    let mut allowed = 0;
    let limited = loop {
        let reply = kim.get("/auth/me").await;
        if reply.status == 429 {
            break reply;
        }
        reply.ok(200);
        allowed += 1;
        assert!(allowed <= 3 * LIMIT, "no limit");
    };
    assert!(allowed >= LIMIT - 2, "{allowed}");
    limited.refused(429, "RATE_LIMITED");
    let seconds: u64 = limited.header("retry-after").parse().expect("seconds");
    assert!((1..=60).contains(&seconds), "{seconds}");

    // Whoever used everything up can still stop trading; others, and probes, are not held up.
    kim.post("/account/halt", &json!({})).await.ok(200);
    admin.get("/auth/me").await.ok(200);
    for _ in 0..LIMIT + 5 {
        assert_eq!(installation.anyone().get("//health").await.status, 200);
    }
    installation.anyone().get("//metrics").await;

    // Logins have a limit of their own, counted by address.
    let anyone = installation.anyone();
    let mut last: Option<Reply> = None;
    for _ in 0..LIMIT / 10 {
        last =
            Some(anyone.post("/auth/login", &json!({ "email": "x@example.com", "password": "whatever it is" })).await);
    }
    let last = last.expect("an answer");
    last.refused(429, "RATE_LIMITED");
    assert!(!last.header("retry-after").is_empty());
    // A client that waits as long as it was told to gets through.
    tokio::time::sleep(std::time::Duration::from_secs(seconds)).await;
    assert_eq!(kim.send(Method::GET, "/auth/me", None).await.status, 200);
}
