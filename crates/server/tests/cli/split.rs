//! `exodus serve` and `exodus worker` as separate processes on PostgreSQL and Redis do what one process does.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use crate::http::{Client, Reply};
use crate::postgres::with_servers;
use crate::program::Program;

async fn filled(client: &Client, id: &Value) {
    for _ in 0..300 {
        if client.get(&format!("/orders/{id}")).await.ok(200)["state"] == "filled" {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("order {id} was not filled");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_servers_and_a_worker_are_one_installation() {
    with_servers(async |servers| {
        let mut program = Program::new();
        for (name, address) in servers {
            program.set(name, address);
        }
        for (name, nobody) in
            [("DATABASE_URL", "postgres://kim@127.0.0.1:1/none"), ("REDIS_URL", "redis://127.0.0.1:1")]
        {
            let address = program.replace(name, nobody);
            program.run(&["serve"]).refused(1, &[name]);
            program.set(name, address);
        }
        program.run(&["migrate"]).ok();
        let (one, other) = (program.start(&["serve"]), program.start(&["serve"]));
        let admin = one.client().register("admin@example.com").await;
        // A session of one server counts on the other.
        let there = other.client().with_session(&json!({ "access_token": admin.token() }));
        assert_eq!(there.get("/auth/me").await.ok(200), admin.get("/auth/me").await.ok(200));

        let worker = program.start(&["worker"]);
        let buy = json!({ "symbol": "00I030", "side": "buy", "order_type": "market", "quantity": 5 });
        let bought = there.order_as("before", &buy).await.ok(202);
        filled(&admin, &bought["id"]).await;
        assert_eq!(there.get("/account/holdings").await.ok(200)["items"][0]["quantity"], 5);
        assert_eq!(there.get("//health").await.ok(200)["parts"]["worker"]["status"], "ok");

        // Without a worker tickets wait; the next one takes over when the leases of the dead one have run out.
        assert_eq!(worker.end("KILL"), None);
        let request = admin.request(Method::POST, "/orders").header("Idempotency-Key", "waits");
        let waits = Reply::to(request.json(&buy)).await.ok(202);
        assert_eq!((&waits["state"], &waits["id"]), (&json!("queued"), &json!(0)), "nobody decides");
        let successor = program.start(&["worker"]);
        let decided = there.order_as("waits", &buy).await.ok(202);
        filled(&admin, &decided["id"]).await;
        let sell = json!({ "symbol": "00I030", "side": "sell", "order_type": "market", "quantity": 5 });
        let sold = there.order_as("after", &sell).await.ok(202);
        filled(&there, &sold["id"]).await;
        program.run(&["kill"]).ok();
        admin.order_as("halted", &buy).await.refused(423, "HALTED");
        for running in [successor, one, other] {
            assert_eq!(running.end("TERM"), Some(0));
        }
    })
    .await;
}
