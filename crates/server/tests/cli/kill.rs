//! `exodus kill` works without a running server, and outlives every restart.

use serde_json::{Value, json};

use crate::http::{Client, PASSWORD};
use crate::program::{Nobody, Program};

fn buy() -> Value {
    json!({ "symbol": "00I030", "side": "buy", "order_type": "market", "quantity": 1 })
}

async fn log_in(client: Client) -> Client {
    let body = json!({ "email": "admin@example.com", "password": PASSWORD });
    client.with_session(&client.post("/auth/login", &body).await.ok(200))
}

#[tokio::test]
async fn a_halt_needs_no_server_and_stays() {
    let program = Program::new();
    program.run(&["kill"]).refused(1, &["never set up"]);
    let email = ["user", "create", "--email", "admin@example.com", "--role", "admin"];
    program.run_with_input(&email, PASSWORD).ok();
    let halted = program.run(&["kill", "--reason", "nobody is at home"]);
    assert!(halted.ok().contains("halted"), "{halted:?}");

    let server = program.start(&[]);
    let admin = log_in(server.client()).await;
    let switches = admin.get("/account/kill-switches").await.ok(200);
    let switch = &switches[0];
    assert_eq!((&switch["scope"], &switch["state"]), (&json!("global"), &json!("halted")), "{switches}");
    assert_eq!(switch["reason"], "nobody is at home");
    admin.order_as("one", &buy()).await.refused(423, "HALTED");

    // Going on is for a person: not without a reason, and not from a script.
    program.run(&["kill", "--clear"]).refused(1, &["--reason"]);
    program.run_with_input(&["kill", "--clear", "--reason", "over"], "RESUME\n").refused(1, &["terminal"]);
    assert_eq!(server.end("KILL"), None);
    let server = program.start(&[]);
    let admin = log_in(server.client()).await;
    admin.order_as("two", &buy()).await.refused(423, "HALTED");

    // Beside a running server a halt works as well, at once.
    let resume = json!({ "password": PASSWORD, "reason": "I looked" });
    admin.post("/admin/resume", &resume).await.ok(200);
    admin.order_as("three", &buy()).await.ok(202);
    program.run(&["kill"]).ok();
    admin.order_as("four", &buy()).await.refused(423, "HALTED");
    assert_eq!(server.end("TERM"), Some(0));
}

/// The database may be what is broken: the file halts the worker of this machine, and nothing but a person takes it away.
#[test]
fn a_halt_needs_no_database() {
    let (nobody, program) = (Nobody::new(), Program::new());
    let program = program
        .with("DATABASE_URL", format!("postgres://kim:hunter2@{}/exodus", nobody.address()))
        .with("REDIS_URL", format!("redis://{}", nobody.address()));
    // Without the folder of a worker there is nothing that a file could halt.
    let sentence = program.run(&["kill"]).refused(1, &["DATABASE_URL"]).to_owned();
    assert!(!sentence.contains("hunter2"), "{sentence}");
    std::fs::create_dir(program.data()).expect("a folder");
    let file = program.data().join("KILL");
    for reason in ["smoke", "fire"] {
        let halted = program.run(&["kill", "--reason", reason]);
        assert!(halted.ok().contains("KILL"), "{halted:?}");
    }
    let told = std::fs::read_to_string(&file).expect("the file");
    assert!(told.contains("smoke") && told.contains("fire"), "{told}");
    program.run_with_input(&["kill", "--clear", "--reason", "over"], "RESUME\n").refused(1, &["DATABASE_URL"]);
    assert!(file.exists(), "what cannot be read is not cleared");
}
